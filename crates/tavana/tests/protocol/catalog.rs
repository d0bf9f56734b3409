//! PostgreSQL's catalog and the functions of a session.

use crate::support::server::Tavana;
use crate::support::wire::{Out, Wire};

fn value(wire: &mut Wire, sql: &str) -> String {
    wire.query(sql).ok().value().expect("not NULL")
}

#[test]
fn a_session_is_told_about_itself() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect_as(tavana.postgres, &[("user", "ada"), ("database", "sales")]);
    assert!(value(&mut wire, "SELECT version()").starts_with("PostgreSQL 16."));
    for (sql, expected) in [
        ("SELECT current_database()", "sales"),
        ("SELECT current_catalog", "sales"),
        ("SELECT current_user", "ada"),
        ("SELECT current_schema", "public"),
        ("SELECT current_schema() FROM range(1)", "public"),
        ("SELECT current_database() FROM range(1)", "sales"),
        (
            "SELECT current_setting('server_version_num')::int/100",
            "1600",
        ),
        ("SELECT current_setting('no.such', true) IS NULL", "t"),
        (
            "SELECT setting FROM pg_settings WHERE name = 'server_encoding'",
            "UTF8",
        ),
        ("SELECT pg_try_advisory_lock(1)", "t"),
        (
            "SELECT table_catalog FROM information_schema.tables LIMIT 1",
            "sales",
        ),
        ("SELECT count(*) FROM sales.public.made", "0"),
    ] {
        if sql.contains("made") {
            wire.query("CREATE TABLE made (i INTEGER)").ok();
        }
        assert_eq!(value(&mut wire, sql), expected, "{sql}");
    }
}

#[test]
fn what_clients_ask_when_they_connect_has_the_same_types_either_way() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let asked = [
        "version()",
        "current_schema()",
        "1",
        "'a'",
        "true",
        "pg_backend_pid()",
        "current_database()",
        "current_setting('server_version')",
    ];
    for target in asked {
        let local = wire.query(format!("SELECT {target}")).ok();
        let remote = wire.query(format!("SELECT {target} FROM range(1)")).ok();
        assert_eq!(local.texts(), remote.texts(), "{target}");
        let (local, remote) = (local.columns().remove(0), remote.columns().remove(0));
        assert_eq!(
            (local.name, local.oid),
            (remote.name, remote.oid),
            "{target}"
        );
    }
}

#[test]
fn set_config_sets_and_says_what_holds() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let sql = "SELECT set_config('application_name', 'it''s', false)";
    assert_eq!(value(&mut wire, sql), "it's");
    assert_eq!(value(&mut wire, "SHOW application_name"), "it's");
    let reply = wire
        .exchange(
            Out::new()
                .parse("", "SELECT set_config('app.user', $1, false)", &[25])
                .bind("", "", &[Some("ada")])
                .execute("", 0)
                .sync(),
        )
        .ok();
    assert_eq!(reply.value().as_deref(), Some("ada"));
    assert_eq!(
        value(&mut wire, "SELECT current_setting('app.user')"),
        "ada"
    );
    wire.query("BEGIN").ok();
    wire.query("SELECT set_config('app.user', 'eve', true)")
        .ok();
    assert_eq!(value(&mut wire, "SHOW app.user"), "eve");
    wire.query("COMMIT").ok();
    assert_eq!(value(&mut wire, "SHOW app.user"), "ada");
    let refused = wire.query("SELECT set_config(i::text, 'x', false) FROM range(1) t(i)");
    assert_eq!(refused.state(), "0A000");
}

#[test]
fn a_session_is_cancelled_and_ended_by_its_own_user() {
    let tavana = Tavana::start();
    let user: &[(&str, &str)] = &[("user", "ada")];
    let mut wire = Wire::connect_as(tavana.postgres, user);
    let mut other = Wire::connect_as(tavana.postgres, user);
    let mut stranger = Wire::connect_as(tavana.postgres, &[("user", "eve")]);
    let pid = value(&mut wire, "SELECT pg_backend_pid()");
    let seen = "SELECT count(*) FROM pg_stat_activity";
    assert_eq!(value(&mut other, seen), "2");
    assert_eq!(value(&mut stranger, seen), "1");
    let end = format!("SELECT pg_terminate_backend({pid})");
    assert_eq!(value(&mut stranger, &end), "f");
    let running = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b";
    wire.send(Out::new().query(running));
    let watch = format!("SELECT state FROM pg_stat_activity WHERE pid = {pid}");
    while value(&mut other, &watch) != "active" {}
    let cancel = format!(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND query LIKE '%range%'"
    );
    assert_eq!(value(&mut other, &cancel), "t");
    assert_eq!(wire.reply().state(), "57014");
    assert_eq!(value(&mut other, &end), "t");
    let goodbye = wire.expect_end();
    assert_eq!(goodbye[0].fault().state(), "57P01");
}

#[test]
fn columns_of_the_catalog_have_the_types_that_drivers_decode() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .exchange(
            Out::new()
                .parse(
                    "",
                    "SELECT t.typname, t.typtype, t.typelem, n.nspname, t.oid \
                     FROM pg_catalog.pg_type t \
                     INNER JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid \
                     WHERE t.oid = $1",
                    &[],
                )
                .describe_statement("")
                .bind_formats("", "", &[1], &[Some(&25_u32.to_be_bytes())], &[1])
                .execute("", 0)
                .sync(),
        )
        .ok();
    let described = reply
        .messages
        .iter()
        .find(|message| message.kind == b't')
        .expect("parameters are described");
    assert_eq!(described.parameter_oids(), [26]);
    let oids: Vec<u32> = reply.columns().iter().map(|column| column.oid).collect();
    assert_eq!(oids, [19, 18, 26, 19, 26]);
    let row = reply.rows().remove(0);
    assert_eq!(row[0].as_deref(), Some(b"text".as_slice()));
    assert_eq!(row[1].as_deref(), Some(b"b".as_slice()));
    assert_eq!(row[2].as_deref(), Some([0, 0, 0, 0].as_slice()));
    assert_eq!(row[4].as_deref(), Some([0, 0, 0, 25].as_slice()));
}

#[test]
fn words_that_duckdb_lacks_are_understood() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE public.a (i INTEGER, s \"char\") WITH (fillfactor=70)")
        .ok();
    wire.query("CREATE TABLE b (i INTEGER)").ok();
    wire.query("INSERT INTO public.a VALUES (1, 'x'), (2, 'y')")
        .ok();
    for (sql, expected) in [
        ("SELECT count(*) FROM a WHERE s ~ '^X' OR s ~* '^X'", "1"),
        ("SELECT count(*) FROM a WHERE i = ANY('{1,3}'::int[])", "1"),
        (
            "SELECT count(*) FROM a WHERE s LIKE ANY(ARRAY['x%', 'z'])",
            "1",
        ),
        ("SELECT max(i) FROM public.a FOR UPDATE", "2"),
        ("SELECT 'a.b' ~ '\\.'", "t"),
    ] {
        assert_eq!(value(&mut wire, sql), expected, "{sql}");
    }
    wire.query("CREATE VIEW v AS SELECT i FROM a").ok();
    assert_eq!(
        wire.query("ALTER TABLE v RENAME TO w").ok().tags(),
        ["ALTER TABLE"]
    );
    assert_eq!(value(&mut wire, "SELECT count(*) FROM w"), "2");
    wire.query("DROP VIEW w").ok();
    assert_eq!(wire.query("TRUNCATE a, b").ok().tags(), ["TRUNCATE TABLE"]);
    let refused = wire.query("DROP TABLE a, nothere");
    assert_eq!(refused.state(), "42P01");
    assert_eq!(value(&mut wire, "SELECT count(*) FROM a"), "0");
    assert_eq!(
        wire.query("DROP TABLE public.a, b").ok().tags(),
        ["DROP TABLE"]
    );
}
