//! `search_path`: PostgreSQL takes names of schemas that do not exist, and skips them until they do
//! (documentation, Schemas). DuckDB refuses the whole list.

use tavana_common::proto::v1::{Failure, FailureKind};

use super::failure::{self, EngineError};
use super::ffi::{Connection, ErrorText};
use super::text::{SqlText, quote_text};

/// How DuckDB begins to say that a schema of the list does not exist.
const NOT_FOUND: &str = "SET search_path: No catalog + schema named";

/// What DuckDB has of the list that the session wants.
#[derive(Debug, Default)]
pub(crate) struct SearchPath {
    /// The wanted list, when DuckDB did not take all of it.
    wanted: Option<String>,
    /// What DuckDB took of it.
    taken: String,
}

impl SearchPath {
    /// Makes `value`, names with commas between them, the session's list: those that exist.
    ///
    /// # Errors
    /// What DuckDB says when it is not that a name is missing.
    pub(crate) fn set(&mut self, value: &str, session: &Connection) -> Result<(), Failure> {
        *self = Self::default();
        match session.run(&set_text(value)) {
            Ok(()) => Ok(()),
            Err(error) if is_not_found(&error) => {
                self.taken = take_existing(value, session)?;
                self.wanted = Some(value.to_owned());
                Ok(())
            }
            Err(error) => Err(failure::engine(&error)),
        }
    }

    /// The list is DuckDB's own again.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Looks for the schemas that did not exist. Returns whether there is another list now.
    ///
    /// # Errors
    /// What DuckDB says when it is not that a name is missing.
    pub(crate) fn look_again(&mut self, session: &Connection) -> Result<bool, Failure> {
        let Some(wanted) = self.wanted.take() else {
            return Ok(false);
        };
        let before = std::mem::take(&mut self.taken);
        if let Err(failure) = self.set(&wanted, session) {
            // E.g. in a transaction that has failed: to be looked for afterwards.
            self.wanted = Some(wanted);
            self.taken = before;
            return Err(failure);
        }
        Ok(self.wanted.is_none() || self.taken != before)
    }

    /// Refuses what would be made in a schema that the session has not chosen.
    ///
    /// # Errors
    /// 3F000, as PostgreSQL, when nothing of the list exists and the statement names no schema.
    pub(crate) fn check(&self, text: &SqlText<'_>) -> Result<(), Failure> {
        if self.wanted.is_some() && self.taken.is_empty() && creates_in_path(text) {
            return Err(Failure {
                kind: FailureKind::FailureEngine.into(),
                message: "no schema has been selected to create in".to_owned(),
                duckdb_class: "Catalog".to_owned(),
                ..Failure::default()
            });
        }
        Ok(())
    }
}

fn set_text(value: &str) -> String {
    format!("SET search_path={}", quote_text(value))
}

fn is_not_found(error: &ErrorText) -> bool {
    EngineError::read(error).message.starts_with(NOT_FOUND)
}

fn take_existing(value: &str, session: &Connection) -> Result<String, Failure> {
    let mut found: Vec<&str> = Vec::new();
    for name in value.split(',') {
        match session.run(&set_text(name)) {
            Ok(()) => found.push(name),
            Err(error) if is_not_found(&error) => {}
            Err(error) => return Err(failure::engine(&error)),
        }
    }
    let taken = found.join(",");
    let sql = if taken.is_empty() {
        "RESET search_path".to_owned()
    } else {
        set_text(&taken)
    };
    session.run(&sql).map_err(|error| failure::engine(&error))?;
    Ok(taken)
}

/// Whether a statement makes an object in the first schema of the list.
fn creates_in_path(text: &SqlText<'_>) -> bool {
    if !text.is_keyword(0, "create") {
        return false;
    }
    let mut at = 1;
    if text.is_keyword(at, "or") {
        at += 2;
    }
    let made = ["table", "view", "sequence", "macro", "function", "type"];
    if !made.iter().any(|kind| text.is_keyword(at, kind)) {
        return false;
    }
    at += 1;
    if text.is_keyword(at, "if") {
        at += 3;
    }
    !text.is_symbol(at + 1, '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_make_something_in_the_path_are_told_from_others() {
        for (sql, wanted) in [
            ("CREATE TABLE t (i INT)", true),
            ("create or replace view v as select 1", true),
            ("CREATE TABLE IF NOT EXISTS \"T\" (i INT)", true),
            ("CREATE TABLE s.t (i INT)", false),
            ("CREATE TABLE IF NOT EXISTS s.t (i INT)", false),
            ("CREATE TEMP TABLE t (i INT)", false),
            ("CREATE SCHEMA s", false),
            ("SELECT 1", false),
        ] {
            assert_eq!(creates_in_path(&SqlText::lex(sql)), wanted, "{sql}");
        }
    }
}
