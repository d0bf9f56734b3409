//! DECLARE, FETCH, MOVE and CLOSE as SQL.

use crate::support::server::Tavana;
use crate::support::wire::Wire;

fn column(wire: &mut Wire, sql: &str) -> Vec<String> {
    let reply = wire.query(sql).ok();
    reply
        .texts()
        .into_iter()
        .map(|row| row[0].clone().expect("not NULL"))
        .collect()
}

#[test]
fn a_cursor_gives_its_rows_in_parts() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    let reply = wire
        .query("DECLARE c CURSOR FOR SELECT i FROM range(10) t(i)")
        .ok();
    assert_eq!(reply.tags(), ["DECLARE CURSOR"]);
    assert_eq!(column(&mut wire, "FETCH 3 FROM c"), ["0", "1", "2"]);
    assert_eq!(column(&mut wire, "FETCH c"), ["3"]);
    assert_eq!(column(&mut wire, "FETCH NEXT IN c"), ["4"]);
    assert_eq!(column(&mut wire, "FETCH FORWARD 2 FROM c"), ["5", "6"]);
    assert_eq!(wire.query("MOVE 1 FROM c").ok().tags(), ["MOVE 1"]);
    let reply = wire.query("FETCH ALL FROM c").ok();
    assert_eq!(reply.tags(), ["FETCH 2"]);
    let reply = wire.query("FETCH ALL FROM c").ok();
    assert_eq!(
        reply.kinds(),
        "TCZ",
        "an exhausted cursor still has columns"
    );
    assert_eq!(reply.tags(), ["FETCH 0"]);
    assert_eq!(wire.query("CLOSE c").ok().tags(), ["CLOSE CURSOR"]);
    wire.query("COMMIT").ok();
}

#[test]
fn cursor_names_are_names_whatever_they_hold() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE canary (i INTEGER)").ok();
    wire.query("BEGIN").ok();
    let long = "n".repeat(1_000);
    for name in [
        "a b",
        "a\"\"b",
        "x'; DROP TABLE canary; --",
        "ü",
        "SELECT",
        long.as_str(),
    ] {
        wire.query(format!("DECLARE \"{name}\" CURSOR FOR SELECT 42 AS i"))
            .ok();
        assert_eq!(
            column(&mut wire, &format!("FETCH 1 FROM \"{name}\"")),
            ["42"],
            "{name}"
        );
        wire.query(format!("CLOSE \"{name}\"")).ok();
    }
    wire.query("COMMIT").ok();
    assert_eq!(
        wire.query("SELECT count(*) FROM canary").value().as_deref(),
        Some("0")
    );
}

#[test]
fn mistakes_with_cursors_have_their_own_states() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("DECLARE c CURSOR FOR SELECT 1");
    assert_eq!(
        reply.state(),
        "25P01",
        "a cursor without HOLD needs a block"
    );
    for (sql, state) in [
        ("FETCH 1 FROM nothing", "34000"),
        ("CLOSE nothing", "34000"),
        (
            "DECLARE c CURSOR FOR SELECT 1; DECLARE c CURSOR FOR SELECT 2",
            "42P03",
        ),
        ("DECLARE d CURSOR FOR SELECT bad", "42703"),
    ] {
        wire.query("BEGIN").ok();
        let reply = wire.query(sql);
        assert_eq!(reply.state(), state, "{sql}");
        assert_eq!(reply.status(), 'E', "{sql}");
        wire.query("ROLLBACK").ok();
    }
}

#[test]
fn the_end_of_the_block_closes_its_cursors() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    wire.query("DECLARE c CURSOR FOR SELECT 1").ok();
    wire.query("COMMIT").ok();
    wire.query("BEGIN").ok();
    assert_eq!(wire.query("FETCH 1 FROM c").state(), "34000");
    wire.query("ROLLBACK").ok();
}

#[test]
fn several_cursors_are_read_in_turn() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    for cursor in 0..5 {
        let sql =
            format!("DECLARE c{cursor} CURSOR FOR SELECT i * 10 + {cursor} FROM range(40) t(i)");
        wire.query(sql).ok();
    }
    for part in 0..4 {
        for cursor in 0..5 {
            let values = column(&mut wire, &format!("FETCH 10 FROM c{cursor}"));
            let expected: Vec<String> = (part * 10..part * 10 + 10)
                .map(|i| (i * 10 + cursor).to_string())
                .collect();
            assert_eq!(values, expected, "part {part} of c{cursor}");
        }
    }
    wire.query("COMMIT").ok();
}
