//! Nothing of a session is visible to another one, of the same user or of a different one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::support::flight::Flight;
use crate::support::server::{Start, Tavana};
use crate::support::wire::Wire;
use crate::support::{PATIENCE, eventually, process, rounds};

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

#[test]
fn engines_have_random_numbers_of_their_own() {
    let tavana = Start::new().env("TAVANA_ENGINE_PREFORK", "4").run();
    let mut seen = std::collections::HashSet::new();
    for user in 0..50 {
        // Of another user, so of another engine, which is a copy of the same process.
        let user = format!("user{user}");
        let mut wire = Wire::connect_as(tavana.postgres, &[("user", &user)]);
        for sql in [
            "SELECT gen_random_uuid()::VARCHAR",
            "SELECT random()::VARCHAR",
            "SELECT right(uuidv7()::VARCHAR, 16)",
            "SELECT string_agg(random()::VARCHAR, ',') FROM range(3)",
        ] {
            let found = wire.query(sql).ok().value().expect("a value");
            assert!(seen.insert(found.clone()), "{sql} of {user}: {found} again");
        }
    }
    assert_eq!(seen.len(), 200);
}

/// What a session of an application leaves when it is cut off.
const LEFTOVERS: [&str; 8] = [
    "CREATE TEMP TABLE leftover AS SELECT 'canary' AS x",
    "CREATE TABLE plain AS SELECT 'canary' AS x",
    "SET VARIABLE leftover = 'canary'",
    "PREPARE leftover AS SELECT 'canary'",
    "CREATE SECRET canary (TYPE s3, KEY_ID 'canary', SECRET 'canary')",
    "SET s3_access_key_id = 'canary'",
    "SET search_path = 'canary'",
    "SET app.who = 'canary'",
];

#[test]
fn sessions_that_come_and_go_find_nothing_of_those_before() {
    let tavana = Start::new().env("TAVANA_ENGINE_IDLE_SECS", "2").run();
    let count = rounds(60);
    for round in 0..count {
        let user = if round % 2 == 0 { "ann" } else { "bob" };
        let mut wire = Wire::connect_as(tavana.postgres, &[("user", user)]);
        // A part of them at a time, so that a session with one leaves nothing by another.
        let part = usize::try_from(round / 2).expect("a small number") % LEFTOVERS.len();
        for (sql, state) in [
            ("SELECT x FROM leftover", "42P01"),
            ("SELECT x FROM plain", "42P01"),
            ("EXECUTE leftover", "26000"),
        ] {
            assert_eq!(wire.query(sql).state(), state, "round {round}: {sql}");
        }
        for sql in [
            "SELECT getvariable('leftover')",
            "SELECT string_agg(name || secret_string, ',') FROM duckdb_secrets()",
            "SHOW search_path",
            "SHOW s3_access_key_id",
            "SELECT string_agg(table_name, ',') FROM duckdb_tables()",
        ] {
            let seen = format!("{:?}", wire.query(sql).ok().texts());
            let clean = !["canary", "leftover", "plain"]
                .iter()
                .any(|word| seen.contains(word));
            assert!(clean, "round {round}: {sql}: {seen}");
        }
        assert_ne!(wire.query("SHOW app.who").state(), "", "round {round}");
        // The search path last: the names of the others need the usual one.
        wire.query(LEFTOVERS[part]).ok();
        if round % 3 == 0 {
            for sql in LEFTOVERS.iter().take(6) {
                // The one that is there already says so.
                drop(wire.query(sql));
            }
        }
        match round % 4 {
            0 => wire.vanish(),
            1 => {
                wire.query("BEGIN").ok();
                wire.vanish();
            }
            _ => drop(wire),
        }
    }
    eventually("the engines of all sessions are gone", PATIENCE, || {
        // Those held ready, and one idle for each user.
        tavana.engines().len() <= 4
    });
}

#[test]
fn a_session_that_hogs_memory_is_refused_and_its_neighbours_go_on() {
    let tavana = Start::new()
        .env("MAX_MEMORY_GB", "1")
        .env("TAVANA_WORKER_SLOTS", "2")
        .run();
    let address = tavana.postgres;
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let answers = Arc::new(AtomicU32::new(0));
    let neighbour = std::thread::spawn({
        let answers = Arc::clone(&answers);
        move || {
            let mut wire = Wire::connect_as(address, &[("user", "neighbour")]);
            let mut slowest = Duration::ZERO;
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                let asked = Instant::now();
                let sum = wire
                    .query("SELECT sum(i)::BIGINT FROM range(100000) t(i)")
                    .ok();
                assert_eq!(sum.value().as_deref(), Some("4999950000"));
                slowest = slowest.max(asked.elapsed());
                answers.fetch_add(1, Ordering::SeqCst);
            }
            slowest
        }
    });
    let mut hog = Wire::connect_as(tavana.postgres, &[("user", "hog")]);
    let mut hogged = 0;
    while hogged < rounds(3) || answers.load(Ordering::SeqCst) <= 10 && !neighbour.is_finished() {
        for sql in [
            "SELECT length(range(1000000000))",
            "SELECT length(repeat('x', 4000000000))",
        ] {
            assert_eq!(hog.query(sql).state(), "53200", "{sql}");
        }
        assert_eq!(hog.query("SELECT 1").value().as_deref(), Some("1"));
        hogged += 1;
    }
    drop(stop);
    let slowest = neighbour.join().expect("every answer was right");
    assert!(slowest < Duration::from_secs(5), "one took {slowest:?}");
}

#[test]
fn one_user_has_so_many_sessions_and_engines_and_no_more() {
    let tavana = Start::new()
        .env("TAVANA_SESSIONS_PER_PRINCIPAL_MAX", "2")
        .env("TAVANA_ENGINES_PER_PRINCIPAL_MAX", "3")
        .env("TAVANA_QUEUE_WAIT_SECS", "1")
        .run();
    let pin = "CREATE TEMP TABLE t AS SELECT 1 AS i";
    let [mut first, mut second] = pair(&tavana, ["ann", "ann"]);
    first.query(pin).ok();
    second.query(pin).ok();
    let [mut third, mut other] = pair(&tavana, ["ann", "bob"]);
    let reply = third.query(pin);
    assert_eq!(reply.state(), "53300", "{:?}", reply.faults());
    let hint = reply.faults()[0].fields.get(&'H').cloned();
    assert!(
        hint.is_some_and(|hint| hint.contains("TAVANA_SESSIONS_PER_PRINCIPAL_MAX")),
        "{:?}",
        reply.faults()
    );
    other.query(pin).ok();
    // What needs no engine of its own goes on, with other credentials too.
    for key in ["a", "b", "c"] {
        third.query(format!("SET s3_access_key_id = '{key}'")).ok();
        assert_eq!(third.query("SELECT 1").value().as_deref(), Some("1"));
    }
    first.query("DISCARD ALL").ok();
    third.query(pin).ok();
    assert_eq!(third.query("SELECT i FROM t").value().as_deref(), Some("1"));
}

#[test]
fn a_session_that_waits_for_an_engine_leaves_the_slot_to_those_that_have_one() {
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "1")
        .env("TAVANA_WORKER_PINNED_SESSIONS_MAX", "1")
        .run();
    let pin = "CREATE TEMP TABLE t AS SELECT 1 AS i";
    let [mut first, mut second] = pair(&tavana, ["ann", "bob"]);
    first.query(pin).ok();
    second.send(crate::support::wire::Out::new().query(pin));
    for _ in 0..20 {
        let asked = Instant::now();
        let answer = first.query("SELECT i FROM t").ok().value();
        assert_eq!(answer.as_deref(), Some("1"));
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(5), "it waited {took:?}");
    }
    drop(first);
    second.reply().ok();
    assert_eq!(
        second.query("SELECT i FROM t").value().as_deref(),
        Some("1")
    );
}

#[test]
fn engines_and_spill_of_a_killed_server_do_not_outlive_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let spill = folder.path().to_str().expect("UTF-8").to_owned();
    let start = || {
        Start::new()
            .env("DUCKDB_TEMP_DIR", &spill)
            .env("MAX_MEMORY_GB", "1")
            .env("TAVANA_WORKER_SLOTS", "4")
            .logs("an engine died under its statement")
            .run()
    };
    for round in 0..rounds(3) {
        let tavana = start();
        // Also what the round before left is gone.
        eventually("no bytes of dead sessions", Duration::from_secs(10), || {
            bytes_below(folder.path()) == 0
        });
        let address = tavana.postgres;
        let client = std::thread::spawn(move || {
            let mut wire = Wire::connect(address);
            let sorts = "SELECT count(*) FROM (SELECT i, hash(i) AS h FROM range(60000000) t(i) \
                         ORDER BY h, i OFFSET 1)";
            wire.send(crate::support::wire::Out::new().query(sorts));
            // It ends with the connection, which the server's death ends.
            drop(wire.expect_end());
        });
        eventually("it spills", PATIENCE, || {
            bytes_below(folder.path()) > 50 << 20
        });
        let engines = tavana.engines();
        assert!(!engines.is_empty());
        tavana.stop_by("KILL");
        eventually("its engines are gone", Duration::from_secs(10), || {
            engines.iter().all(|pid| !process::is_alive(*pid))
        });
        client
            .join()
            .unwrap_or_else(|_| panic!("round {round}: the connection ends"));
    }
    let tavana = start();
    eventually("no bytes of dead sessions", Duration::from_secs(10), || {
        bytes_below(folder.path()) == 0
    });
    drop(tavana);
}

fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
