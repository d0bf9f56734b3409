//! `IF EXISTS` and `IF NOT EXISTS`: PostgreSQL says in a notice that there was nothing to do,
//! DuckDB says nothing.
//!
//! The statement is sent without these words, and what DuckDB then refuses for their reason is the
//! notice. DuckDB refuses it while it binds the statement, which does not abort a transaction.

use super::lexer::{Kind, Token, tokens};
use super::{Notice, tag};
use crate::error::{QueryError, SqlState};

/// Such a statement.
#[derive(Debug)]
pub(super) struct Skippable {
    /// Without the words; blanks stand for them, so that positions are the same.
    pub(super) plain: String,
    /// Its command tag when there was nothing to do.
    pub(super) tag: String,
    excuses: Vec<Excuse>,
}

/// A refusal that the client has asked not to be one.
#[derive(Debug)]
struct Excuse {
    refusal: SqlState,
    /// What it must be said of: a statement can fail because of other objects too, also when a part
    /// of it is done.
    object: Object,
    /// For the notice.
    sqlstate: SqlState,
    message: String,
}

/// What a refusal of DuckDB tells of.
#[derive(Debug)]
enum Object {
    /// Of one of these kinds, or of any.
    Entry(&'static [&'static str], String),
    Column(String),
}

impl Object {
    fn is_in(&self, message: &str) -> bool {
        let (said, name) = match self {
            Self::Entry(kinds, name) => {
                let Some((kind, said)) = message.split_once(" with name ") else {
                    return false;
                };
                if !kinds.is_empty() && !kinds.contains(&kind) {
                    return false;
                }
                (said, name)
            }
            Self::Column(name) => {
                let said = message.split_once(" does not have a column with name ");
                match said.or_else(|| message.split_once("Column with name ")) {
                    Some((_, said)) => (said, name),
                    None => return false,
                }
            }
        };
        // In quotes or not; with its schema when that is missing.
        let said = said.split(['!', '\n']).next().unwrap_or_default();
        let said = match said.split_once("\" does not exist because") {
            Some((said, _)) => said,
            None => said
                .strip_suffix(" does not exist")
                .or_else(|| said.strip_suffix(" already exists"))
                .unwrap_or(said),
        };
        let said = said.trim_matches('"').to_lowercase();
        let name = match name.to_lowercase() {
            // What DuckDB calls it.
            name if name == "public" && said == "main" => said.clone(),
            name => name,
        };
        said == name
            || said
                .strip_suffix(&name)
                .is_some_and(|before| before.ends_with('.'))
    }
}

impl Skippable {
    /// The statement, if it has such words where PostgreSQL knows them.
    pub(super) fn find(sql: &str) -> Option<Self> {
        let mut words = Words {
            sql,
            rest: tokens(sql).collect(),
            at: 0,
            skipped: Vec::new(),
        };
        let excuses = if words.take("DROP") {
            words.dropped()
        } else if words.take("CREATE") {
            words.created()
        } else if words.take("ALTER") {
            words.altered()
        } else {
            None
        }?;
        if words.skipped.is_empty() {
            return None;
        }
        let mut plain = sql.to_owned();
        for token in &words.skipped {
            let blank = " ".repeat(token.end - token.start);
            plain.replace_range(token.start..token.end, &blank);
        }
        Some(Self {
            plain,
            tag: words.tag(),
            excuses,
        })
    }

    /// The notice that takes the place of an error.
    pub(super) fn excuse(&self, error: &QueryError) -> Option<Notice> {
        let excuse = self.excuses.iter().find(|excuse| {
            excuse.refusal == error.sqlstate && excuse.object.is_in(&error.message)
        })?;
        let (sqlstate, message) = match missing_schema(&error.message) {
            Some(schema) => (
                SUCCESS,
                format!("schema \"{schema}\" does not exist, skipping"),
            ),
            None => (excuse.sqlstate, excuse.message.clone()),
        };
        Some(Notice {
            severity: "NOTICE",
            sqlstate,
            message,
        })
    }
}

const SUCCESS: SqlState = SqlState("00000");

/// DuckDB says in the same words that a table and that its schema is missing.
fn missing_schema(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("does not exist because schema \"")?;
    rest.strip_suffix("\" does not exist.")
}

struct Words<'sql> {
    sql: &'sql str,
    rest: Vec<Token>,
    at: usize,
    /// The tokens of IF EXISTS and IF NOT EXISTS.
    skipped: Vec<Token>,
}

impl Words<'_> {
    fn dropped(&mut self) -> Option<Vec<Excuse>> {
        let kinds: [(&str, SqlState, &[&str]); 8] = [
            ("TABLE", SqlState::UNDEFINED_TABLE, &["Table"]),
            ("VIEW", SqlState::UNDEFINED_TABLE, &["View", "Table"]),
            ("INDEX", SqlState::UNDEFINED_OBJECT, &["Index", "Table"]),
            (
                "SEQUENCE",
                SqlState::UNDEFINED_TABLE,
                &["Sequence", "Table"],
            ),
            ("TYPE", SqlState::UNDEFINED_OBJECT, &["Type", "Table"]),
            ("SCHEMA", SqlState::INVALID_SCHEMA, &["Schema"]),
            ("FUNCTION", SqlState::UNDEFINED_FUNCTION, &[]),
            ("MACRO", SqlState::UNDEFINED_FUNCTION, &[]),
        ];
        let (kind, refusal, said) = kinds.into_iter().find(|(kind, ..)| self.take(kind))?;
        self.skip(&["IF", "EXISTS"])?;
        let name = self.last_name()?;
        let object = match kind {
            "FUNCTION" | "MACRO" => format!("function {name}({})", self.arguments()),
            _ => format!("{} \"{name}\"", kind.to_ascii_lowercase()),
        };
        let excuse = |refusal| Excuse {
            refusal,
            object: Object::Entry(said, name.clone()),
            sqlstate: SUCCESS,
            message: format!("{object} does not exist, skipping"),
        };
        // Without its schema DuckDB calls everything a table that is missing.
        Some(vec![excuse(refusal), excuse(SqlState::UNDEFINED_TABLE)])
    }

    fn created(&mut self) -> Option<Vec<Excuse>> {
        for word in ["LOCAL", "GLOBAL", "TEMPORARY", "TEMP", "UNLOGGED", "UNIQUE"] {
            self.take(word);
        }
        let kind = ["TABLE", "INDEX", "SEQUENCE", "SCHEMA"]
            .into_iter()
            .find(|kind| self.take(kind))?;
        self.skip(&["IF", "NOT", "EXISTS"])?;
        let name = self.last_name()?;
        let (word, sqlstate) = match kind {
            "SCHEMA" => ("schema", SqlState::DUPLICATE_SCHEMA),
            _ => ("relation", SqlState::DUPLICATE_TABLE),
        };
        Some(vec![Excuse {
            refusal: sqlstate,
            object: Object::Entry(&[], name.clone()),
            sqlstate,
            message: format!("{word} \"{name}\" already exists, skipping"),
        }])
    }

    fn altered(&mut self) -> Option<Vec<Excuse>> {
        if !self.take("TABLE") && !self.take("VIEW") {
            return None;
        }
        let mut excuses = Vec::new();
        let may_miss = self.skip(&["IF", "EXISTS"]).is_some();
        let table = self.last_name()?;
        if may_miss {
            excuses.push(Excuse {
                refusal: SqlState::UNDEFINED_TABLE,
                object: Object::Entry(&["Table", "View"], table.clone()),
                sqlstate: SUCCESS,
                message: format!("relation \"{table}\" does not exist, skipping"),
            });
        }
        if self.take("ADD") {
            self.take("COLUMN");
            if self.skip(&["IF", "NOT", "EXISTS"]).is_some() {
                let column = self.name()?;
                excuses.push(Excuse {
                    refusal: SqlState::DUPLICATE_COLUMN,
                    object: Object::Column(column.clone()),
                    sqlstate: SqlState::DUPLICATE_COLUMN,
                    message: format!(
                        "column \"{column}\" of relation \"{table}\" already exists, skipping"
                    ),
                });
            }
        } else if self.take("DROP") {
            self.take("COLUMN");
            if self.skip(&["IF", "EXISTS"]).is_some() {
                let column = self.name()?;
                excuses.push(Excuse {
                    refusal: SqlState::UNDEFINED_COLUMN,
                    object: Object::Column(column.clone()),
                    sqlstate: SUCCESS,
                    message: format!(
                        "column \"{column}\" of relation \"{table}\" does not exist, skipping"
                    ),
                });
            }
        }
        Some(excuses)
    }

    /// CREATE TABLE AS has a tag of its own when it makes nothing.
    fn tag(&self) -> String {
        let tag = tag::command(self.sql);
        let mut depth = 0_usize;
        let is_query = self.rest.iter().any(|token| {
            if token.is_symbol(self.sql, "(") {
                depth += 1;
            } else if token.is_symbol(self.sql, ")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && token.is_word(self.sql, "AS")
        });
        if tag == "CREATE TABLE" && is_query {
            "CREATE TABLE AS".to_owned()
        } else {
            tag
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self
            .rest
            .get(self.at)
            .is_some_and(|token| token.is_word(self.sql, word));
        self.at += usize::from(found);
        found
    }

    /// Takes all these words or none.
    fn skip(&mut self, words: &[&str]) -> Option<()> {
        let found = self.rest.get(self.at..self.at + words.len())?;
        let matches = found
            .iter()
            .zip(words)
            .all(|(token, word)| token.is_word(self.sql, word));
        if !matches {
            return None;
        }
        self.skipped.extend(found);
        self.at += words.len();
        Some(())
    }

    fn name(&mut self) -> Option<String> {
        let token = self.rest.get(self.at)?;
        self.at += 1;
        matches!(token.kind, Kind::Word | Kind::Quoted).then(|| token.value(self.sql))
    }

    /// What stands in the parentheses that follow, if any do.
    fn arguments(&self) -> &str {
        let open = self.rest.get(self.at);
        let close = self
            .rest
            .iter()
            .rfind(|token| token.is_symbol(self.sql, ")"));
        match (open, close) {
            (Some(open), Some(close)) if open.is_symbol(self.sql, "(") => {
                self.sql.get(open.end..close.start).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The last part of a qualified name.
    fn last_name(&mut self) -> Option<String> {
        let mut name = self.name()?;
        while self
            .rest
            .get(self.at)
            .is_some_and(|token| token.is_symbol(self.sql, "."))
        {
            self.at += 1;
            name = self.name()?;
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        sql: &str,
        sqlstate: SqlState,
        message: &str,
    ) -> Option<(&'static str, String, String)> {
        let skippable = Skippable::find(sql)?;
        assert_eq!(skippable.plain.len(), sql.len(), "{sql}");
        let notice = skippable.excuse(&QueryError::new(sqlstate, message))?;
        Some((notice.sqlstate.0, notice.message, skippable.tag))
    }

    #[test]
    fn what_there_is_nothing_to_do_for_is_told() {
        let missing = SqlState::UNDEFINED_TABLE;
        let there = SqlState::DUPLICATE_TABLE;
        for (sql, error, said, (sqlstate, message, tag)) in [
            (
                "DROP TABLE IF EXISTS a",
                missing,
                "Table with name a does not exist!\nDid you mean \"b\"?",
                (
                    "00000",
                    "table \"a\" does not exist, skipping",
                    "DROP TABLE",
                ),
            ),
            (
                "drop view if exists s.\"A b\" cascade",
                missing,
                "View with name A b does not exist!",
                (
                    "00000",
                    "view \"A b\" does not exist, skipping",
                    "DROP VIEW",
                ),
            ),
            (
                "DROP SCHEMA IF EXISTS s",
                SqlState::INVALID_SCHEMA,
                "Schema with name s does not exist!",
                (
                    "00000",
                    "schema \"s\" does not exist, skipping",
                    "DROP SCHEMA",
                ),
            ),
            (
                "CREATE TEMP TABLE IF NOT EXISTS t (i INTEGER)",
                there,
                "View with name \"T\" already exists!",
                (
                    "42P07",
                    "relation \"t\" already exists, skipping",
                    "CREATE TABLE",
                ),
            ),
            (
                "CREATE TABLE IF NOT EXISTS t AS SELECT 1",
                there,
                "Table with name \"t\" already exists!",
                (
                    "42P07",
                    "relation \"t\" already exists, skipping",
                    "CREATE TABLE AS",
                ),
            ),
            (
                "CREATE SCHEMA IF NOT EXISTS public",
                SqlState::DUPLICATE_SCHEMA,
                "Schema with name \"main\" already exists!",
                (
                    "42P06",
                    "schema \"public\" already exists, skipping",
                    "CREATE SCHEMA",
                ),
            ),
            (
                "CREATE SCHEMA IF NOT EXISTS s",
                SqlState::DUPLICATE_SCHEMA,
                "Schema with name \"s\" already exists!",
                (
                    "42P06",
                    "schema \"s\" already exists, skipping",
                    "CREATE SCHEMA",
                ),
            ),
            (
                "ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS c INTEGER",
                SqlState::DUPLICATE_COLUMN,
                "Column with name c already exists!",
                (
                    "42701",
                    "column \"c\" of relation \"t\" already exists, skipping",
                    "ALTER TABLE",
                ),
            ),
        ] {
            let expected = (sqlstate, message.to_owned(), tag.to_owned());
            assert_eq!(told(sql, error, said), Some(expected), "{sql}");
            assert_eq!(told(sql, error, "anything"), None, "{sql}");
        }
    }

    #[test]
    fn the_words_are_blanked_where_they_stand_and_only_there() {
        for (before, words, after) in [
            ("DROP TABLE", " IF EXISTS ", "\"if exists\""),
            (
                "CREATE TABLE",
                " IF NOT EXISTS ",
                "t AS SELECT 'IF NOT EXISTS'",
            ),
            ("DROP VIEW 'é'", "", ""),
        ] {
            let sql = format!("{before}{words}{after}");
            let found = Skippable::find(&sql).map(|found| found.plain);
            let plain = format!("{before}{}{after}", " ".repeat(words.len()));
            assert_eq!(found, (!words.is_empty()).then_some(plain), "{sql}");
        }
        for sql in [
            "DROP TABLE t",
            "CREATE TABLE t (i INTEGER)",
            "CREATE OR REPLACE TABLE t (i INTEGER)",
            "SELECT 'DROP TABLE IF EXISTS t'",
            "DROP SECRET IF EXISTS s",
            "ALTER TABLE t ADD COLUMN i INTEGER",
            "DROP TABLE IF EXISTS",
        ] {
            assert!(Skippable::find(sql).is_none(), "{sql}");
        }
    }

    #[test]
    fn other_errors_stay_errors_and_a_missing_schema_is_named() {
        let sql = "DROP TABLE IF EXISTS nos.t";
        let message =
            "Table with name \"nos.t\" does not exist because schema \"nos\" does not exist.";
        let told_of = told(sql, SqlState::UNDEFINED_TABLE, message).expect("it is excused");
        assert_eq!(told_of.1, "schema \"nos\" does not exist, skipping");
        assert_eq!(told(sql, SqlState::DEPENDENT_OBJECTS, ""), None);
        // What its default needs may be missing when the column is there already.
        let sql = "ALTER TABLE IF EXISTS t ADD COLUMN c INTEGER DEFAULT (SELECT max(i) FROM other)";
        for (message, is_skipped) in [
            ("Table with name t does not exist!", true),
            ("Table with name other does not exist!", false),
            ("Sequence with name t does not exist!", false),
        ] {
            let found = told(sql, SqlState::UNDEFINED_TABLE, message);
            assert_eq!(found.is_some(), is_skipped, "{message}");
        }
        let sql = "ALTER TABLE t DROP COLUMN IF EXISTS c";
        let message = "Table \"t\" does not have a column with name \"c\"";
        assert!(told(sql, SqlState::UNDEFINED_COLUMN, message).is_some());
        let message = "Table \"t\" does not have a column with name \"d\"";
        assert!(told(sql, SqlState::UNDEFINED_COLUMN, message).is_none());
        let sql = "CREATE TABLE IF NOT EXISTS t AS SELECT * FROM nothing";
        assert_eq!(told(sql, SqlState::UNDEFINED_TABLE, ""), None);
    }
}
