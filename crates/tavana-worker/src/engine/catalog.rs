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
//!
//! DuckDB's own listings walk through all that there is, each time they are named. What the views
//! stand on is therefore recorded ([`Recording`]), and taken anew before a statement that reads it
//! when a statement since may have changed it.

use std::collections::HashMap;
use std::ffi::CString;
use std::sync::Arc;

use tavana_common::catalog::{DATABASE, PG_SCHEMA};
use tavana_common::proto::v1::Failure;

use super::failure;
use super::ffi::{Connection, ErrorText, Recording};
use super::text::{SqlText, TokenKind, quote_text};

/// What makes it, in this order: each part may use those before it.
const PARTS_BEFORE: [&str; 4] = [
    include_str!("catalog/relations.sql"),
    include_str!("catalog/types.sql"),
    include_str!("catalog/rows.sql"),
    include_str!("catalog/base.sql"),
];
/// What is recorded: the name of the relation, and the query that gives its rows. Each may use
/// those before it.
const RECORDED: [(&str, &str); 18] = [
    ("_schemas", include_str!("catalog/recorded/schemas.sql")),
    ("_tables", include_str!("catalog/recorded/tables.sql")),
    ("_columns", include_str!("catalog/recorded/columns.sql")),
    (
        "_constraints",
        include_str!("catalog/recorded/constraints.sql"),
    ),
    ("_indexes", include_str!("catalog/recorded/indexes.sql")),
    (
        "_index_keys",
        include_str!("catalog/recorded/index_keys.sql"),
    ),
    ("_names", include_str!("catalog/recorded/names.sql")),
    ("_enums", include_str!("catalog/recorded/enums.sql")),
    ("_macros", include_str!("catalog/recorded/macros.sql")),
    (
        "_all_attributes",
        include_str!("catalog/recorded/attributes.sql"),
    ),
    (
        "pg_namespace",
        include_str!("catalog/recorded/pg_namespace.sql"),
    ),
    ("pg_class", include_str!("catalog/recorded/pg_class.sql")),
    ("pg_type", include_str!("catalog/recorded/pg_type.sql")),
    (
        "pg_description",
        include_str!("catalog/recorded/pg_description.sql"),
    ),
    (
        "_constraint_definitions",
        include_str!("catalog/recorded/constraint_definitions.sql"),
    ),
    (
        "pg_constraint",
        include_str!("catalog/recorded/pg_constraint.sql"),
    ),
    ("pg_index", include_str!("catalog/recorded/pg_index.sql")),
    (
        "_index_definitions",
        include_str!("catalog/recorded/index_definitions.sql"),
    ),
];
/// How often a name of a column occurs, as a guess: tools join by it.
const COLUMNS_WEIGHT: u64 = 16;
const PARTS_AFTER: [&str; 6] = [
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

/// Statements that begin so leave what is recorded as it is.
const READING_WORDS: [&str; 18] = [
    "select",
    "from",
    "with",
    "values",
    "table",
    "show",
    "describe",
    "desc",
    "summarize",
    "begin",
    "start",
    "commit",
    "end",
    "rollback",
    "abort",
    "fetch",
    "close",
    "deallocate",
];
/// Settings of a session that decide which objects are seen.
const PATH_SETTINGS: [&str; 2] = ["search_path", "schema"];

/// The recordings of an instance.
#[derive(Debug)]
pub(crate) struct Records {
    recordings: Vec<Recording>,
    /// The recordings that stand behind each of the catalog's relations and functions, by name.
    behind: HashMap<String, Set>,
}

/// Some of the recordings, as bits in the order of [`RECORDED`].
type Set = u32;
const ALL: Set = (1 << RECORDED.len()) - 1;

#[derive(Debug)]
pub(crate) struct Catalog {
    records: Arc<Records>,
    /// The recordings that hold.
    fresh: Set,
    /// Something was changed in the open transaction, and may be undone.
    changed_in_transaction: bool,
    /// A database was attached, which may be one that others change.
    attached: bool,
    /// Databases were attached whose views have not been looked at.
    unknown: bool,
    /// The current database may be changed by others at any time.
    shared: bool,
    /// Objects of the user's may name the catalog, so any statement may read it.
    indirect: bool,
    /// The session's own listings leave it out.
    hidden: bool,
    /// What the gateway has said the database is called.
    shown_name: Option<String>,
}

impl Catalog {
    /// That of a session in which nothing has been done yet: the recordings are those of an empty
    /// database.
    pub(crate) fn new(records: Arc<Records>) -> Self {
        Self {
            records,
            fresh: ALL,
            changed_in_transaction: false,
            attached: false,
            unknown: false,
            shared: false,
            indirect: false,
            hidden: false,
            shown_name: None,
        }
    }

    /// Makes what a statement that is to run needs.
    ///
    /// # Errors
    /// The listings could not be made, or what DuckDB holds could not be listed.
    pub(crate) fn before(
        &mut self,
        text: &SqlText<'_>,
        session: &Connection,
        in_transaction: bool,
    ) -> Result<(), Failure> {
        let named = names(text);
        // Not in a transaction, whose end may take them away.
        if !self.hidden && !in_transaction && (named || may_list(text)) {
            hide(session).map_err(|error| failure::engine(&error))?;
            self.hidden = true;
        }
        if std::mem::take(&mut self.unknown) {
            self.indirect |= views_name_it(session);
        }
        if named || self.indirect {
            self.renew(text, session)
                .map_err(|error| failure::engine(&error))?;
        }
        if !leaves_objects(text) {
            self.fresh = 0;
            self.changed_in_transaction |= in_transaction;
            let attaches = text.is_keyword(0, "attach");
            self.attached |= attaches;
            self.unknown |= attaches;
            // A view, a macro or a prepared statement over the catalog.
            self.indirect |=
                named && (text.is_keyword(0, "create") || text.is_keyword(0, "prepare"));
        }
        Ok(())
    }

    /// The end of a transaction, which may undo what was done in it.
    pub(crate) fn transaction_ends(&mut self) {
        if std::mem::take(&mut self.changed_in_transaction) {
            self.fresh = 0;
        }
    }

    /// A setting of the session has another value.
    pub(crate) fn setting_changes(&mut self, name: &str) {
        if PATH_SETTINGS
            .iter()
            .any(|path| name.eq_ignore_ascii_case(path))
        {
            self.fresh = 0;
        }
    }

    /// Takes the recordings anew that the statement reads and that do not hold any more.
    fn renew(&mut self, text: &SqlText<'_>, session: &Connection) -> Result<(), ErrorText> {
        if self.fresh == 0 && self.attached {
            let shared = session.rows(
                "SELECT 1 FROM system.main.duckdb_databases() \
                 WHERE database_name = current_database() AND type <> 'duckdb'",
            )?;
            self.shared = !shared.is_empty();
        }
        if self.shared {
            self.fresh = 0;
        }
        let wanted = if self.indirect {
            ALL
        } else {
            self.records.behind(text)
        };
        let all = self.records.recordings.iter().zip(&RECORDED);
        for (at, (recording, (_, sql))) in all.enumerate() {
            let bit: Set = 1 << at;
            if wanted & !self.fresh & bit != 0 {
                recording.renew(session, sql)?;
                self.fresh |= bit;
            }
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

impl Records {
    /// The recordings that a text may read.
    fn behind(&self, text: &SqlText<'_>) -> Set {
        (0..text.tokens.len())
            .filter_map(|index| text.name(index))
            .filter_map(|name| self.behind.get(name.as_ref()))
            .fold(0, |all, set| all | set)
    }

    /// Finds what stands behind the catalog's relations and functions, whose texts are given by
    /// name.
    fn look_behind(&mut self, objects: &[(String, String)]) {
        for (at, (name, _)) in RECORDED.iter().enumerate() {
            self.behind.insert((*name).to_owned(), 1 << at);
        }
        let lexed: Vec<(&str, SqlText<'_>)> = RECORDED
            .iter()
            .map(|(name, sql)| (*name, SqlText::lex(sql)))
            .chain(
                objects
                    .iter()
                    .map(|(name, sql)| (name.as_str(), SqlText::lex(sql))),
            )
            .collect();
        // Objects stand on each other; some rounds reach them all.
        loop {
            let mut found = false;
            for (name, text) in &lexed {
                let set = self.behind(text);
                let known = self.behind.entry((*name).to_owned()).or_insert(0);
                found |= set & !*known != 0;
                *known |= set;
            }
            if !found {
                return;
            }
        }
    }
}

/// Whether views of the databases at hand were made over the catalog, in an earlier session.
fn views_name_it(session: &Connection) -> bool {
    let found = session.rows(&format!(
        "SELECT 1 FROM system.main.duckdb_views() WHERE database_name <> '{DATABASE}' \
         AND contains(sql, '{DATABASE}') LIMIT 1"
    ));
    // A database that cannot be listed now has none that can be read now.
    found.is_ok_and(|rows| !rows.is_empty())
}

/// Whether a statement leaves the objects, their rows and the path to them as they are.
fn leaves_objects(text: &SqlText<'_>) -> bool {
    let reads = |at| READING_WORDS.iter().any(|word| text.is_keyword(at, word));
    let first = (0..text.tokens.len())
        .find(|at| !text.is_symbol(*at, '(') && !text.is_symbol(*at, ';'))
        .unwrap_or_default();
    if text.is_keyword(first, "explain") {
        return !text.is_keyword(first + 1, "analyze") || reads(first + 2);
    }
    reads(first)
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
pub(crate) fn fill(connection: &Connection) -> Result<Records, ErrorText> {
    connection.run(&format!("ATTACH ':memory:' AS {DATABASE}"))?;
    connection.run(&format!(
        "BEGIN; CREATE SCHEMA {DATABASE}.pg; CREATE SCHEMA {DATABASE}.isch"
    ))?;
    for part in PARTS_BEFORE {
        connection.run(part)?;
    }
    let mut recordings = Vec::new();
    for (name, sql) in RECORDED {
        let function = format!("{DATABASE}_{name}");
        let c_name = CString::new(function.as_str()).expect("the name has no zero byte");
        let weight = if name == "_columns" {
            COLUMNS_WEIGHT
        } else {
            1
        };
        recordings.push(connection.record(&c_name, sql, weight)?);
        connection.run(&format!(
            "CREATE VIEW {DATABASE}.{PG_SCHEMA}.{name} AS FROM system.main.{function}()"
        ))?;
    }
    for part in PARTS_AFTER {
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
    connection.run("COMMIT")?;
    let mut records = Records {
        recordings,
        behind: HashMap::new(),
    };
    let objects = connection.rows(&format!(
        "SELECT view_name, sql FROM system.main.duckdb_views() WHERE database_name = '{DATABASE}' \
         UNION ALL SELECT function_name, macro_definition FROM system.main.duckdb_functions() \
         WHERE database_name = '{DATABASE}'"
    ))?;
    let objects: Vec<(String, String)> = objects
        .into_iter()
        .filter_map(|row| match <[Option<String>; 2]>::try_from(row) {
            Ok([Some(name), Some(sql)]) => Some((name, sql)),
            _ => None,
        })
        .collect();
    records.look_behind(&objects);
    Ok(records)
}

/// Puts macros before DuckDB's listings that leave the catalog out. They belong to the session and
/// are looked up first; whoever drops one sees our names, and nothing else.
fn hide(session: &Connection) -> Result<(), ErrorText> {
    let sql: String = LISTINGS
        .iter()
        .map(|function| {
            let own = match *function {
                "duckdb_functions" => format!(" AND NOT starts_with(function_name, '{DATABASE}')"),
                _ => String::new(),
            };
            format!(
                "CREATE OR REPLACE TEMP MACRO {function}() AS TABLE SELECT * \
                 FROM system.main.{function}() WHERE database_name <> '{DATABASE}'{own};"
            )
        })
        .collect();
    session.run(&sql)
}
