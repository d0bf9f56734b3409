//! Transaction blocks and what ReadyForQuery says of them.

use crate::support::server::Tavana;
use crate::support::wire::{Out, Wire};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn ready_for_query_tells_the_state_of_the_transaction() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for (sql, tag, status) in [
        ("SELECT 1", "SELECT 1", 'I'),
        ("BEGIN", "BEGIN", 'T'),
        ("SELECT 1", "SELECT 1", 'T'),
        ("COMMIT", "COMMIT", 'I'),
        (
            "START TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION",
            'T',
        ),
        ("ROLLBACK", "ROLLBACK", 'I'),
        ("BEGIN TRANSACTION READ WRITE", "BEGIN", 'T'),
        ("END", "COMMIT", 'I'),
        ("BEGIN", "BEGIN", 'T'),
        ("ABORT", "ROLLBACK", 'I'),
    ] {
        let reply = wire.query(sql).ok();
        assert_eq!(reply.tags(), [tag], "{sql}");
        assert_eq!(reply.status(), status, "{sql}");
    }
}

#[test]
fn a_failed_block_takes_nothing_but_its_end() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    for bad in [
        "SELECT bad",
        "SELECT 'x'::VARCHAR::INTEGER",
        "SELEC",
        "SELECT * FROM none",
    ] {
        for end in ["ROLLBACK", "COMMIT"] {
            wire.query("BEGIN").ok();
            wire.query("INSERT INTO t VALUES (1)").ok();
            let reply = wire.query(bad);
            assert_ne!(reply.state(), "");
            assert_eq!(reply.status(), 'E', "{bad}");
            for refused in [
                "SELECT 1",
                "INSERT INTO t VALUES (2)",
                "SHOW TimeZone",
                "BEGIN",
            ] {
                let reply = wire.query(refused);
                assert_eq!(reply.state(), "25P02", "{refused}");
                assert_eq!(reply.status(), 'E');
            }
            let out = Out::new()
                .parse("", "SELECT 1", &[])
                .bind("", "", &[])
                .execute("", 0)
                .sync();
            let reply = wire.exchange(out);
            assert_eq!((reply.state().as_str(), reply.status()), ("25P02", 'E'));
            let reply = wire.query(end).ok();
            assert_eq!(
                reply.tags(),
                ["ROLLBACK"],
                "a failed block cannot be committed"
            );
            assert_eq!(reply.status(), 'I');
            assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("0"));
        }
    }
}

#[test]
fn rolled_back_changes_are_gone_and_committed_ones_stay() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    wire.query("BEGIN; INSERT INTO t VALUES (1); ROLLBACK").ok();
    assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("0"));
    wire.query("BEGIN; INSERT INTO t VALUES (1); COMMIT").ok();
    assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("1"));
    wire.query("BEGIN").ok();
    wire.query("CREATE TABLE u AS SELECT 1 AS i").ok();
    wire.query("ROLLBACK").ok();
    assert_eq!(wire.query("SELECT * FROM u").state(), "42P01");
}

#[test]
fn ends_and_beginnings_out_of_place_are_warnings() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for (sql, tag) in [("COMMIT", "COMMIT"), ("ROLLBACK", "ROLLBACK")] {
        let reply = wire.query(sql).ok();
        assert_eq!(reply.tags(), [tag]);
        let notices = reply.notices();
        assert_eq!(notices.len(), 1, "{sql}");
        assert_eq!(notices[0].state(), "25P01", "{sql}");
    }
    wire.query("BEGIN").ok();
    let reply = wire.query("BEGIN").ok();
    assert_eq!(
        reply
            .notices()
            .first()
            .map(|notice| notice.state().to_owned()),
        some("25001")
    );
    assert_eq!(reply.status(), 'T');
    wire.query("ROLLBACK").ok();
}

#[test]
fn a_block_in_the_extended_protocol_has_the_same_states() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let one = |sql: &str| {
        Out::new()
            .parse("", sql, &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync()
    };
    assert_eq!(wire.exchange(one("BEGIN")).ok().status(), 'T');
    assert_eq!(wire.exchange(one("SELECT 1")).ok().status(), 'T');
    assert_eq!(wire.exchange(one("SELECT bad")).status(), 'E');
    assert_eq!(wire.exchange(one("SELECT 1")).state(), "25P02");
    assert_eq!(wire.exchange(one("ROLLBACK")).ok().status(), 'I');
}

#[test]
fn savepoints_are_taken_and_released() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    assert_eq!(wire.query("SAVEPOINT s1").ok().tags(), ["SAVEPOINT"]);
    wire.query("SELECT 1").ok();
    assert_eq!(wire.query("RELEASE SAVEPOINT s1").ok().tags(), ["RELEASE"]);
    wire.query("SAVEPOINT s2").ok();
    assert_eq!(wire.query("SELECT bad").status(), 'E');
    // Nothing was written in this block, so going back is possible.
    let reply = wire.query("ROLLBACK TO SAVEPOINT s2").ok();
    assert_eq!(reply.status(), 'T');
    assert_eq!(wire.query("SELECT 2").value(), some("2"));
    wire.query("COMMIT").ok();
}

#[test]
fn a_session_sees_only_its_own_tables() {
    let tavana = Tavana::start();
    let mut first = Wire::connect(tavana.postgres);
    let mut second = Wire::connect(tavana.postgres);
    first.query("CREATE TEMP TABLE mine AS SELECT 1 AS i").ok();
    first.query("CREATE TABLE also_mine AS SELECT 2 AS i").ok();
    assert_eq!(first.query("SELECT i FROM mine").value(), some("1"));
    for table in ["mine", "also_mine"] {
        assert_eq!(
            second.query(format!("SELECT * FROM {table}")).state(),
            "42P01"
        );
        assert_eq!(
            first.query(format!("SELECT count(*) FROM {table}")).value(),
            some("1")
        );
    }
    second
        .query("CREATE TEMP TABLE mine AS SELECT 'other' AS i")
        .ok();
    assert_eq!(first.query("SELECT i FROM mine").value(), some("1"));
}

/// 64 sessions at most keep an engine; these need none once their transaction has ended.
#[test]
fn sessions_that_only_read_in_their_transactions_keep_no_engine() {
    let tavana = Tavana::start();
    let mut open = Vec::new();
    for number in 0..80 {
        let mut wire = Wire::connect(tavana.postgres);
        let end = if number % 2 == 0 {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        wire.query("BEGIN").ok();
        let reply = wire.query("SELECT 41 + 1").ok();
        assert_eq!(reply.value(), some("42"), "session {number}");
        wire.query(end).ok();
        open.push(wire);
    }
}

#[test]
fn an_engine_given_back_by_a_reader_holds_no_transaction_and_no_table_of_others() {
    let tavana = Tavana::start();
    let mut keeper = Wire::connect(tavana.postgres);
    keeper.query("BEGIN").ok();
    keeper.query("CREATE TABLE kept AS SELECT 7 AS i").ok();
    keeper.query("COMMIT").ok();
    for round in 0..10 {
        let mut reader = Wire::connect(tavana.postgres);
        reader.query("BEGIN").ok();
        reader.query("SELECT 1").ok();
        if round % 2 == 0 {
            reader.query("COMMIT").ok();
        }
        // Every other one goes away inside its block.
        drop(reader);
        let mut next = Wire::connect(tavana.postgres);
        next.query("BEGIN").ok();
        assert_eq!(next.query("SELECT * FROM kept").state(), "42P01");
        next.query("ROLLBACK").ok();
    }
    assert_eq!(keeper.query("SELECT i FROM kept").ok().value(), some("7"));
}

#[test]
fn a_transaction_that_only_reads_refuses_to_write() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    for (before, statement, what) in [
        ("BEGIN READ ONLY", "INSERT INTO t VALUES (1)", "INSERT"),
        (
            "BEGIN; SET TRANSACTION READ ONLY",
            "CREATE TABLE u (i INTEGER)",
            "CREATE TABLE",
        ),
        (
            "BEGIN; SELECT 1; SET transaction_read_only = on",
            "DELETE FROM t",
            "DELETE",
        ),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "UPDATE t SET i = 1",
            "UPDATE",
        ),
        (
            "SET default_transaction_read_only = on; BEGIN",
            "DROP TABLE t",
            "DROP TABLE",
        ),
    ] {
        wire.query(before).ok();
        assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("0"));
        for extended in [false, true] {
            let reply = if extended {
                wire.exchange(
                    Out::new()
                        .parse("", statement, &[])
                        .bind("", "", &[])
                        .execute("", 0)
                        .sync(),
                )
            } else {
                wire.query(statement)
            };
            if extended && reply.state() == "25P02" {
                continue;
            }
            assert_eq!(reply.state(), "25006", "{before}: {statement}");
            let message = reply.faults()[0].message().to_owned();
            assert_eq!(
                message,
                format!("cannot execute {what} in a read-only transaction")
            );
        }
        wire.query("ROLLBACK").ok();
        wire.query("RESET default_transaction_read_only").ok();
    }
    wire.query("INSERT INTO t VALUES (1)").ok();
}

#[test]
fn a_savepoint_is_returned_to_after_writes_unless_they_came_later() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER PRIMARY KEY)").ok();
    // A statement that could not be bound undoes nothing of DuckDB's.
    wire.query("BEGIN").ok();
    wire.query("INSERT INTO t VALUES (1)").ok();
    wire.query("SAVEPOINT s").ok();
    for wrong in ["SELECT bad", "SELECT * FROM none", "SELEC"] {
        assert_eq!(wire.query(wrong).status(), 'E');
        assert_eq!(wire.query("ROLLBACK TO s").ok().status(), 'T', "{wrong}");
    }
    wire.query("RELEASE s; INSERT INTO t VALUES (2)").ok();
    wire.query("COMMIT").ok();
    assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("2"));
    // What was written since, or an error that ended DuckDB's transaction, cannot be undone alone.
    for statement in ["INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (1)"] {
        wire.query("BEGIN").ok();
        wire.query("INSERT INTO t VALUES (4)").ok();
        wire.query("SAVEPOINT s").ok();
        wire.query(statement);
        let reply = wire.query("ROLLBACK TO s");
        assert_eq!((reply.state().as_str(), reply.status()), ("0A000", 'E'));
        wire.query("ROLLBACK").ok();
        assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("2"));
    }
}

#[test]
fn a_savepoint_keeps_settings_and_cursors_of_its_time() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN; DECLARE before CURSOR FOR SELECT 1").ok();
    wire.query("SET application_name = 'before'").ok();
    wire.query("SAVEPOINT s").ok();
    wire.query("SET application_name = 'after'; DECLARE after CURSOR FOR SELECT 2")
        .ok();
    wire.query("ROLLBACK TO s").ok();
    assert_eq!(wire.query("SHOW application_name").value(), some("before"));
    assert_eq!(wire.query("FETCH before").value(), some("1"));
    assert_eq!(wire.query("FETCH after").state(), "34000");
    wire.query("ROLLBACK").ok();
}

#[test]
fn discard_temp_drops_what_is_temporary_and_nothing_else() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE kept (i INTEGER)").ok();
    wire.query("CREATE TEMP TABLE \"go\"\"ne\" (i INTEGER)")
        .ok();
    wire.query("CREATE TEMP VIEW seen AS SELECT * FROM \"go\"\"ne\"")
        .ok();
    assert_eq!(wire.query("DISCARD TEMP").ok().tags(), ["DISCARD TEMP"]);
    assert_eq!(wire.query("SELECT * FROM \"go\"\"ne\"").state(), "42P01");
    assert_eq!(wire.query("SELECT * FROM seen").state(), "42P01");
    assert_eq!(wire.query("SELECT count(*) FROM kept").value(), some("0"));
    assert_eq!(wire.query("DISCARD EVERYTHING").state(), "42601");
}
