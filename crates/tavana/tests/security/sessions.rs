//! Nothing of a session is visible to another one, of the same user or of a different one.

use crate::support::flight::Flight;
use crate::support::server::Tavana;
use crate::support::wire::Wire;

fn pair(tavana: &Tavana, users: [&str; 2]) -> [Wire; 2] {
    users.map(|user| Wire::connect_as(tavana.postgres, &[("user", user)]))
}

#[test]
fn objects_settings_and_secrets_stay_with_their_session() {
    let tavana = Tavana::start();
    for users in [["ann", "bob"], ["ann", "ann"]] {
        let [mut first, mut second] = pair(&tavana, users);
        for sql in [
            "CREATE TEMP TABLE temporary AS SELECT 'canary' AS x",
            "CREATE TABLE plain AS SELECT 'canary' AS x",
            "CREATE VIEW a_view AS SELECT 'canary' AS x",
            "CREATE MACRO a_macro() AS 'canary'",
            "CREATE SCHEMA a_schema",
            "CREATE TYPE a_type AS ENUM ('canary')",
            "SET VARIABLE a_variable = 'canary'",
            "CREATE SECRET a_secret (TYPE s3, KEY_ID 'canary', SECRET 'canary')",
            "SET TimeZone = 'Asia/Kathmandu'",
            "PREPARE a_statement AS SELECT 'canary'",
        ] {
            first.query(sql).ok();
        }
        for sql in [
            "SELECT * FROM temporary",
            "SELECT * FROM plain",
            "SELECT * FROM a_view",
            "SELECT a_macro()",
            "SELECT 'canary'::a_type",
            "EXECUTE a_statement",
            "DROP SCHEMA a_schema",
            "DROP SECRET a_secret",
        ] {
            let reply = second.query(sql);
            assert!(
                !reply.faults().is_empty(),
                "{users:?}: the other session can {sql}"
            );
        }
        for sql in [
            "SELECT table_name FROM duckdb_tables()",
            "SELECT view_name FROM duckdb_views() WHERE NOT internal",
            "SELECT name FROM duckdb_secrets()",
            "SELECT schema_name FROM duckdb_schemas()",
            "SELECT relname FROM pg_catalog.pg_class",
            "SELECT getvariable('a_variable')",
            "SELECT * FROM duckdb_prepared_statements()",
            "SELECT * FROM duckdb_logs()",
        ] {
            let seen = format!("{:?}", second.query(sql).texts());
            for name in [
                "canary",
                "temporary\"",
                "plain\"",
                "a_view",
                "a_secret",
                "a_schema",
            ] {
                assert!(
                    !seen.contains(name),
                    "{users:?}: {sql} shows {name}: {seen}"
                );
            }
        }
        assert_ne!(
            second.query("SHOW TimeZone").value().as_deref(),
            Some("Asia/Kathmandu")
        );
        assert_eq!(
            first.query("SELECT x FROM plain").value().as_deref(),
            Some("canary")
        );
    }
}

#[test]
fn a_new_session_finds_nothing_of_the_one_before() {
    let tavana = Tavana::start();
    for round in 0..10 {
        let mut wire = Wire::connect(tavana.postgres);
        assert_eq!(
            wire.query("SELECT * FROM leftover").state(),
            "42P01",
            "round {round}"
        );
        assert_eq!(wire.query("SELECT getvariable('leftover')").value(), None);
        wire.query("CREATE TEMP TABLE leftover AS SELECT 1 AS i")
            .ok();
        wire.query("SET VARIABLE leftover = 1").ok();
        wire.query("SET search_path = 'main'").ok();
    }
}

#[test]
fn discard_all_leaves_a_session_like_new() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TEMP TABLE leftover AS SELECT 1 AS i")
        .ok();
    wire.query("CREATE SECRET mine (TYPE s3, KEY_ID 'a', SECRET 'b')")
        .ok();
    wire.query("PREPARE p AS SELECT 1").ok();
    let zone = wire.query("SHOW TimeZone").value();
    wire.query("SET TimeZone = 'Asia/Kathmandu'").ok();
    assert_eq!(wire.query("DISCARD ALL").ok().tags(), ["DISCARD ALL"]);
    assert_eq!(wire.query("SELECT * FROM leftover").state(), "42P01");
    assert_eq!(wire.query("EXECUTE p").state(), "26000");
    assert_eq!(wire.query("SHOW TimeZone").value(), zone);
    let secrets = wire
        .query("SELECT count(*) FROM duckdb_secrets() WHERE name = 'mine'")
        .ok();
    assert_eq!(secrets.value().as_deref(), Some("0"));
}

#[test]
fn flight_connections_are_sessions_of_their_own() {
    let tavana = Tavana::start();
    let mut first = Flight::connect(tavana.flight);
    let mut second = Flight::connect(tavana.flight);
    first
        .update("CREATE TEMP TABLE mine AS SELECT 'canary' AS x")
        .expect("a table");
    assert_eq!(
        first.texts("SELECT x FROM mine").expect("its own"),
        [["canary"]]
    );
    assert!(second.texts("SELECT x FROM mine").is_err());
    assert!(
        Wire::connect(tavana.postgres)
            .query("SELECT x FROM mine")
            .state()
            == "42P01"
    );
    // A plan of a session with state belongs to that session.
    let info = first.info("SELECT x FROM mine").expect("a plan");
    assert!(second.fetch(&info).is_err());
}
