//! SQL behaviour as `.slt` files. Each file is run by DuckDB itself, and by tavana over
//! PostgreSQL's simple protocol, its extended protocol with binary results, and Flight SQL. The
//! expected answers are DuckDB's: `TAVANA_TEST_UPDATE=1` writes them anew from it.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each suite uses a part of it")]
mod support;

mod duckdb_runner;
mod extended_runner;
mod flight_runner;
mod pg_binary;
mod pg_text;
mod simple_runner;

use sqllogictest::{AsyncDB, DefaultColumnType, MakeConnection, Runner};
use std::fmt;
use std::path::{Path, PathBuf};
use support::server::Tavana;

/// A statement that failed: what a person would read.
#[derive(Debug)]
pub(crate) struct SqlError(String);

impl fmt::Display for SqlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SqlError {}

type Output = sqllogictest::DBOutput<DefaultColumnType>;

/// What every runner shows for an empty text, which a line of a file could not hold.
fn shown(rows: Vec<Vec<String>>, columns: usize) -> Output {
    let rows = rows
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|text| {
                    if text.is_empty() {
                        "(empty)".to_owned()
                    } else {
                        text.replace('\n', "\\n")
                    }
                })
                .collect()
        })
        .collect();
    Output::Rows {
        types: vec![DefaultColumnType::Any; columns],
        rows,
    }
}

/// Whether a statement is run for its rows. Statements that change rows are run for their count.
fn returns_rows(sql: &str) -> bool {
    let text = sql.to_ascii_uppercase();
    let word = text
        .split(|character: char| !character.is_ascii_alphabetic())
        .find(|w| !w.is_empty());
    match word {
        Some("WITH") => ![" DELETE FROM ", " INSERT INTO ", " UPDATE "]
            .iter()
            .any(|w| text.contains(w)),
        Some("SELECT" | "VALUES" | "FROM" | "DESCRIBE" | "SUMMARIZE" | "PIVOT" | "UNPIVOT") => true,
        _ => text.contains(" RETURNING "),
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder of the tests") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "slt") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() >= 12, "only {} files", found.len());
    found
}

/// Runs every file on a session of its own and reports all that differ, not just the first.
fn run_files<D, M>(connect: impl Fn() -> M)
where
    D: AsyncDB<ColumnType = DefaultColumnType>,
    M: MakeConnection<Conn = D>,
{
    let only = support::switch("TAVANA_TEST_SLT");
    let mut failures = Vec::new();
    for file in files() {
        if only.as_ref().is_some_and(|only| !file.ends_with(only)) {
            continue;
        }
        let mut runner = Runner::new(connect());
        if let Err(error) = runner.run_file(&file) {
            failures.push(format!("{}: {}", file.display(), error.display(false)));
        }
    }
    assert!(
        failures.is_empty(),
        "{} files differ:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn duckdb_itself_gives_the_expected_answers() {
    if support::switch("TAVANA_TEST_UPDATE").is_some() {
        for file in files() {
            let mut runner = Runner::new(duckdb_runner::connect);
            let update = runner.update_test_file(
                &file,
                " ",
                sqllogictest::default_validator,
                sqllogictest::default_normalizer,
                sqllogictest::default_column_validator,
            );
            futures::executor::block_on(update).expect("the file can be written");
        }
    }
    run_files(|| duckdb_runner::connect);
}

#[test]
fn the_simple_protocol_agrees() {
    let tavana = Tavana::start();
    run_files(|| simple_runner::connect(tavana.postgres));
}

#[test]
fn the_extended_protocol_agrees() {
    let tavana = Tavana::start();
    run_files(|| extended_runner::connect(tavana.postgres));
}

#[test]
fn flight_sql_agrees() {
    let tavana = Tavana::start();
    run_files(|| flight_runner::connect(tavana.flight));
}
