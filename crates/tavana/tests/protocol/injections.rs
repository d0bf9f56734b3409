//! Names, settings and parameters that look like SQL stay what they are.

use crate::support::server::Start;
use crate::support::wire::{Out, Wire};
use std::fmt::Write as _;

/// What an attacker would like to be run.
const WISHES: [&str; 10] = [
    "DROP TABLE canary",
    "INSERT INTO canary VALUES (2)",
    "DELETE FROM canary",
    "UPDATE canary SET i = 2",
    "CREATE TABLE stolen AS FROM canary",
    "COPY canary TO '{folder}/stolen.csv'",
    "ATTACH '{folder}/stolen.db'",
    "SET search_path = 'stolen'",
    "COMMIT",
    "PRAGMA threads = 1",
];

/// How it might get out of where it stands.
const ESCAPES: [(&str, &str); 25] = [
    ("'; ", "; --"),
    ("\"; ", "; --"),
    ("'); ", "; --"),
    ("\"); ", "; --"),
    ("x' OR 1=1; ", " --"),
    ("\\'; ", "; --"),
    ("''; ", "; --"),
    ("\"\"; ", "; --"),
    ("$$; ", "; $$"),
    ("$1; ", "; --"),
    ("; ", ";"),
    ("*/ ", " /*"),
    ("-- \n", "\n--"),
    ("\r\n; ", ";"),
    ("'||(", ")||'"),
    ("\u{2019}; ", "; --"),
    ("\u{ff07}; ", "; --"),
    ("E'\\'; ", "; --"),
    ("U&'\\0027; ", "; --"),
    ("x\t; ", ";"),
    ("ü'; ", "; --"),
    ("\\\\'; ", "; --"),
    ("{", "}"),
    ("%27; ", "; --"),
    ("NULL; ", ";"),
];

fn name(payload: &str) -> String {
    format!("\"{}\"", payload.replace('"', "\"\""))
}

fn text(payload: &str) -> String {
    format!("'{}'", payload.replace('\'', "''"))
}

#[test]
fn a_thousand_payloads_are_stored_and_none_is_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a plain path");
    let tavana = Start::new().argument("--data").argument(data).run();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE canary (i INTEGER)").ok();
    wire.query("INSERT INTO canary VALUES (1)").ok();
    let mut payloads = 0;
    for wish in WISHES {
        for (before, after) in ESCAPES {
            let payload = format!("{before}{}{after}", wish.replace("{folder}", data));
            let (name, text) = (name(&payload), text(&payload));

            // The name of a cursor, of a savepoint and of a prepared statement.
            wire.query("BEGIN").ok();
            wire.query(format!("SAVEPOINT {name}")).ok();
            wire.query(format!("DECLARE {name} SCROLL CURSOR FOR SELECT 7"))
                .ok();
            let reply = wire.query(format!("FETCH ALL FROM {name}")).ok();
            assert_eq!(reply.value().as_deref(), Some("7"), "{payload}");
            wire.query(format!(
                "MOVE FIRST IN {name}; CLOSE {name}; RELEASE {name}"
            ))
            .ok();
            wire.query("COMMIT").ok();
            wire.query(format!("PREPARE {name} AS SELECT 8")).ok();
            assert_eq!(
                wire.query(format!("EXECUTE {name}"))
                    .ok()
                    .value()
                    .as_deref(),
                Some("8")
            );
            wire.query(format!("DEALLOCATE {name}")).ok();
            payloads += 1;

            // The value of a setting, and its name.
            wire.query(format!("SET application_name = {text}")).ok();
            let shown = wire.query("SHOW application_name").ok().value();
            assert_eq!(shown.as_deref(), Some(payload.as_str()));
            wire.query(format!("SET app.x = {text}; SET LOCAL app.y = {text}"))
                .ok();
            assert_eq!(
                wire.query("SHOW app.x").ok().value().as_deref(),
                Some(payload.as_str())
            );
            for setting in [
                "TimeZone",
                "search_path",
                "statement_timeout",
                "role",
                "threads",
            ] {
                // Refused or kept, but never run.
                wire.query(format!("SET {setting} = {text}"));
                wire.query(format!("RESET {setting}"));
            }
            wire.query(format!("SET {name} = 1"));
            wire.query(format!("SHOW {name}"));
            payloads += 1;

            // A parameter of the protocol and the names that it knows.
            let reply = wire
                .exchange(
                    Out::new()
                        .parse(&payload, "SELECT $1::VARCHAR", &[])
                        .bind(&payload, &payload, &[Some(&payload)])
                        .execute(&payload, 1)
                        .close_portal(&payload)
                        .close_statement(&payload)
                        .sync(),
                )
                .ok();
            assert_eq!(reply.value().as_deref(), Some(payload.as_str()));
            payloads += 1;

            // The startup packet, where a setting may be refused with the session.
            let mut options = String::new();
            for character in payload.chars() {
                // A backslash keeps blanks and backslashes.
                if character == '\\' || character.is_whitespace() {
                    options.push('\\');
                }
                options.push(character);
            }
            let mut packet = String::new();
            write!(packet, "-c app.z={options}").expect("a string takes all");
            let mut other = Wire::connect_as(
                tavana.postgres,
                &[
                    ("user", "tester"),
                    ("application_name", &payload),
                    ("options", &packet),
                ],
            );
            assert_eq!(
                other.query("SHOW app.z").ok().value().as_deref(),
                Some(payload.as_str())
            );
            payloads += 1;
        }
        wire.query("RESET ALL").ok();
        let canary = wire.query("SELECT i FROM canary").ok();
        assert_eq!(canary.value().as_deref(), Some("1"), "{wish}");
    }
    assert_eq!(payloads, 1000);
    let tables = wire
        .query("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'stolen'")
        .ok();
    assert_eq!(tables.value().as_deref(), Some("0"));
    let stolen = std::fs::read_dir(folder.path())
        .expect("the folder")
        .filter_map(Result::ok)
        .filter(|entry| {
            entry
                .path()
                .to_str()
                .is_some_and(|path| path.contains("stolen"))
        })
        .count();
    assert_eq!(stolen, 0);
}
