//! The hidden database that makes an engine look like PostgreSQL.
//!
//! DuckDB's own `pg_catalog` can be neither extended nor replaced, so the gateway rewrites what a
//! statement names there to a database of ours (names in [`tavana_common::catalog`]). It holds
//! PostgreSQL's relations with all their columns, as views over what the engine holds where there
//! is something, and macros for the functions that DuckDB lacks.
//!
//! Making it takes some tenths of a second of CPU, so it is made once, in the process that engines
//! are copied from. Users may read it, which says nothing that they may not know; the rules keep
//! them from changing it.

use tavana_common::catalog::DATABASE;
use tavana_common::proto::v1::Failure;

use super::failure;
use super::ffi::{Connection, ErrorText};
use super::text::{SqlText, TokenKind, quote_text};

/// What makes it, in this order: each part may use those before it.
const PARTS: [&str; 10] = [
    include_str!("catalog/relations.sql"),
    include_str!("catalog/types.sql"),
    include_str!("catalog/rows.sql"),
    include_str!("catalog/base.sql"),
    include_str!("catalog/pg.sql"),
    include_str!("catalog/isch.sql"),
    include_str!("catalog/monitor.sql"),
    include_str!("catalog/functions.sql"),
    include_str!("catalog/text.sql"),
    include_str!("catalog/values.sql"),
];

/// DuckDB has time zones only with its extension icu.
const TIMEZONES: &str = include_str!("catalog/timezones.sql");
const NO_TIMEZONES: &str = "CREATE TABLE __tavana.pg.pg_timezone_names(\
    name VARCHAR, abbrev VARCHAR, utc_offset INTERVAL, is_dst BOOLEAN)";

/// The functions by which DuckDB lists what it holds. Its own `information_schema`, SHOW and PRAGMA
/// are made of them.
const LISTINGS: [&str; 11] = [
    "duckdb_columns",
    "duckdb_constraints",
    "duckdb_databases",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_schemas",
    "duckdb_sequences",
    "duckdb_tables",
    "duckdb_types",
    "duckdb_views",
    "pragma_database_size",
];
/// How the words begin by which a statement may come to them.
const LISTING_WORDS: [&str; 9] = [
    "duckdb_",
    "pragma",
    "show",
    "desc",
    "information_schema",
    "pg_",
    "sqlite_",
    "query",
    "execute",
];

#[derive(Debug, Default)]
pub(crate) struct Catalog {
    /// The session's own listings leave it out.
    hidden: bool,
    /// What the gateway has said the database is called.
    shown_name: Option<String>,
}

impl Catalog {
    /// Makes what a statement that is to run needs.
    ///
    /// # Errors
    /// The listings could not be made.
    pub(crate) fn before(
        &mut self,
        text: &SqlText<'_>,
        session: &Connection,
        in_transaction: bool,
    ) -> Result<(), Failure> {
        // Not in a transaction, whose end may take them away.
        if !self.hidden && !in_transaction && (names(text) || may_list(text)) {
            hide(session).map_err(|error| failure::engine(&error))?;
            self.hidden = true;
        }
        Ok(())
    }

    /// Says what the views call the database that DuckDB calls `memory`; `None`: nothing said.
    ///
    /// # Errors
    /// DuckDB refused the variable, e.g. in a transaction that has failed.
    pub(crate) fn show_as(
        &mut self,
        name: Option<&str>,
        session: &Connection,
    ) -> Result<(), Failure> {
        if self.shown_name.as_deref() == name {
            return Ok(());
        }
        let sql = match name {
            Some(name) => format!("SET VARIABLE {DATABASE}_database = {}", quote_text(name)),
            None => format!("RESET VARIABLE {DATABASE}_database"),
        };
        session.run(&sql).map_err(|error| failure::engine(&error))?;
        self.shown_name = name.map(str::to_owned);
        Ok(())
    }
}

/// Whether a statement names the catalog, as far as names can be seen.
pub(crate) fn names(text: &SqlText<'_>) -> bool {
    (0..text.tokens.len()).any(|index| is_name(text, index))
}

/// Whether a token is the name of the catalog.
pub(crate) fn is_name(text: &SqlText<'_>, index: usize) -> bool {
    matches!(
        text.tokens.get(index).map(|token| token.kind),
        Some(TokenKind::Word | TokenKind::Quoted)
    ) && text.name(index).is_some_and(|name| name == DATABASE)
}

fn may_list(text: &SqlText<'_>) -> bool {
    (0..text.tokens.len()).any(|index| {
        text.name(index).is_some_and(|name| {
            LISTING_WORDS
                .iter()
                .any(|beginning| name.starts_with(beginning))
        })
    })
}

/// Makes the catalog.
///
/// # Errors
/// What DuckDB said.
pub(crate) fn fill(connection: &Connection) -> Result<(), ErrorText> {
    connection.run(&format!("ATTACH ':memory:' AS {DATABASE}"))?;
    connection.run(&format!(
        "BEGIN; CREATE SCHEMA {DATABASE}.pg; CREATE SCHEMA {DATABASE}.isch"
    ))?;
    for part in PARTS {
        connection.run(part)?;
    }
    let zones = connection.rows(
        "SELECT 1 FROM system.main.duckdb_functions() WHERE function_name = 'pg_timezone_names'",
    )?;
    connection.run(if zones.is_empty() {
        NO_TIMEZONES
    } else {
        TIMEZONES
    })?;
    connection.run("COMMIT")
}

/// Puts macros before DuckDB's listings that leave the catalog out. They belong to the session and
/// are looked up first; whoever drops one sees our names, and nothing else.
fn hide(session: &Connection) -> Result<(), ErrorText> {
    let sql: String = LISTINGS
        .iter()
        .map(|function| {
            format!(
                "CREATE OR REPLACE TEMP MACRO {function}() AS TABLE SELECT * \
                 FROM system.main.{function}() WHERE database_name <> '{DATABASE}';"
            )
        })
        .collect();
    session.run(&sql)
}
