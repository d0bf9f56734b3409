//! One statement of a client: where it stands in the text and what its first words make of it.
//!
//! Classification is by tokens, never by substring. A statement that the gateway does not know is
//! DuckDB's, unchanged.

mod copy;
mod cursor;
mod explain;
mod fingerprint;
mod setting;
mod transaction;

use std::sync::{Arc, OnceLock};

pub(crate) use self::copy::{CopyOption, CopyOptions, CopyValue};
pub(crate) use self::cursor::{CursorOptions, Motion};
pub(crate) use self::explain::{Explain, PlanFormat};
pub(crate) use self::fingerprint::Fingerprint;
pub(crate) use self::setting::Scope;
pub(crate) use self::transaction::{ISOLATION_LEVELS, TransactionModes};
use super::lexer::{Kind, Token, tokens};
use crate::catalog::{Plan, Rewriter};
use crate::error::{QueryError, SqlState};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    text: String,
    /// Characters of the client's text before this statement.
    offset: u32,
    class: Class,
    plan: KnownPlan,
}

/// What becomes of a statement, once somebody has asked.
#[derive(Clone, Debug, Default)]
struct KnownPlan(OnceLock<Arc<Plan>>);

/// The text alone tells what the plan is.
impl PartialEq for KnownPlan {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KnownPlan {}

/// What the gateway does with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Runs on any idle engine and may be run again: it reads, and leaves nothing behind.
    Read,
    /// Runs on the session's own engine.
    Stateful,
    Begin {
        modes: TransactionModes,
        tag: &'static str,
    },
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    Savepoint {
        name: String,
    },
    ReleaseSavepoint {
        name: String,
    },
    RollbackToSavepoint {
        name: String,
    },
    /// `SET name = value`; `None` for DEFAULT.
    Set {
        scope: Scope,
        name: String,
        value: Option<String>,
    },
    SetTransaction {
        modes: TransactionModes,
    },
    /// SET SESSION CHARACTERISTICS: what later transactions are.
    SetCharacteristics {
        modes: TransactionModes,
    },
    /// Statements about what DuckDB does not have and nobody misses.
    NoEffect {
        tag: &'static str,
        message: Option<&'static str>,
    },
    LockTable,
    SetConstraints,
    /// Fails when its turn comes.
    Refused(Box<QueryError>),
    Reset {
        name: String,
    },
    ResetAll,
    Show {
        name: String,
    },
    DiscardAll,
    /// DISCARD PLANS, SEQUENCES or TEMP; DEALLOCATE ALL.
    Discard {
        what: String,
    },
    /// PREPARE name [(types)] AS statement.
    Prepare {
        name: String,
        types: Vec<String>,
        query: Box<Statement>,
    },
    /// EXECUTE name [(arguments)]; the arguments are expressions.
    Execute {
        name: String,
        arguments: Vec<String>,
    },
    Deallocate {
        name: String,
    },
    /// LISTEN, UNLISTEN, NOTIFY: accepted without effect.
    Notification {
        tag: &'static str,
    },
    DeclareCursor {
        name: String,
        query: Box<Statement>,
        options: CursorOptions,
    },
    /// FETCH or MOVE.
    Fetch {
        name: String,
        motion: Motion,
        moves: bool,
    },
    /// `None` = all.
    CloseCursor {
        name: Option<String>,
    },
    CopyOut {
        query: Box<Statement>,
        options: CopyOptions,
    },
    CopyIn {
        table: Vec<String>,
        columns: Vec<String>,
        options: CopyOptions,
    },
}

impl Statement {
    /// The statements of `sql`, empty ones dropped.
    ///
    /// # Errors
    /// 42601 when a session word is malformed.
    pub(crate) fn split(sql: &str) -> Result<Vec<Self>, QueryError> {
        let mut statements = Vec::new();
        let mut first: Option<Token> = None;
        let mut last_end = 0;
        let mut counted = Counted {
            sql,
            bytes: 0,
            characters: 0,
        };
        for token in tokens(sql) {
            if token.kind == Kind::Semicolon {
                if let Some(start) = first.take() {
                    statements.push(Self::new(&mut counted, start.start, last_end)?);
                }
            } else {
                first.get_or_insert(token);
                last_end = token.end;
            }
        }
        if let Some(start) = first {
            // Whatever follows the last token belongs to it: DuckDB reports an open comment.
            let end = sql.trim_end().len().max(last_end);
            statements.push(Self::new(&mut counted, start.start, end)?);
        }
        Ok(statements)
    }

    /// The one statement of `sql`; `None` when it has none.
    ///
    /// # Errors
    /// 42601 when there are several, or as [`Self::split`].
    pub(crate) fn single(sql: &str) -> Result<Option<Self>, QueryError> {
        let mut statements = Self::split(sql)?;
        if statements.len() > 1 {
            return Err(QueryError::new(
                SqlState::SYNTAX_ERROR,
                "cannot insert multiple commands into a prepared statement",
            ));
        }
        Ok(statements.pop())
    }

    fn new(counted: &mut Counted<'_>, start: usize, end: usize) -> Result<Self, QueryError> {
        let offset = counted.characters_before(start);
        Self::of(counted.sql.get(start..end).unwrap_or_default(), offset)
    }

    fn of(text: &str, offset: u32) -> Result<Self, QueryError> {
        let class = Words::new(text, offset).classify()?;
        Ok(Self {
            text: text.to_owned(),
            offset,
            class,
            plan: KnownPlan::default(),
        })
    }

    /// A statement that tavana itself wrote.
    pub(crate) fn internal(text: impl Into<String>, class: Class) -> Self {
        Self {
            text: text.into(),
            offset: 0,
            class,
            plan: KnownPlan::default(),
        }
    }

    /// What becomes of it in PostgreSQL's words.
    pub(crate) fn plan(&self, rewriter: &Rewriter) -> Arc<Plan> {
        let plan = || rewriter.plan(&self.text);
        Arc::clone(self.plan.0.get_or_init(plan))
    }

    /// Whether somebody has asked for its plan.
    pub(crate) fn has_plan(&self) -> bool {
        self.plan.0.get().is_some()
    }

    /// Its text without the semicolon.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether this word, given in upper case, stands first.
    pub(crate) fn begins_with(&self, word: &str) -> bool {
        tokens(&self.text)
            .next()
            .is_some_and(|token| token.is_word(&self.text, word))
    }

    pub(crate) fn class(&self) -> &Class {
        &self.class
    }

    /// Whether it returns the rows that it changes: when these cannot be sent, nothing is changed.
    pub(crate) fn returns_changes(&self) -> bool {
        self.class == Class::Stateful
            && tokens(&self.text).any(|token| token.is_word(&self.text, "RETURNING"))
    }

    /// Whether it belongs into the transaction of the statements that are sent with it; `alone`
    /// when there are none.
    pub(crate) fn needs_implicit_block(&self, alone: bool) -> bool {
        if alone {
            self.returns_changes()
        } else {
            self.class.needs_transaction() || self.class.changes_session()
        }
    }

    /// Moves the error's position from this statement's text into the client's.
    pub(crate) fn place(&self, mut error: QueryError) -> QueryError {
        error.position = error
            .position
            .map(|position| position.saturating_add(self.offset));
        error
    }

    /// Whether it ends a transaction block and so is allowed in a failed one.
    pub(crate) fn ends_failed_block(&self) -> bool {
        matches!(
            self.class,
            Class::Commit { .. } | Class::Rollback { .. } | Class::RollbackToSavepoint { .. }
        )
    }
}

impl Class {
    /// A BEGIN that asks for nothing in particular.
    pub(crate) fn begin() -> Self {
        Self::Begin {
            modes: TransactionModes::default(),
            tag: "BEGIN",
        }
    }

    /// Whether it may change something, so that it counts whether it stands in a transaction.
    pub(crate) fn needs_transaction(&self) -> bool {
        matches!(
            self,
            Self::Stateful
                | Self::CopyIn { .. }
                | Self::Execute { .. }
                | Self::DeclareCursor { .. }
        )
    }

    /// Whether it changes what a transaction that fails brings back of the session.
    pub(crate) fn changes_session(&self) -> bool {
        matches!(
            self,
            Self::Set { .. }
                | Self::Reset { .. }
                | Self::ResetAll
                | Self::SetTransaction { .. }
                | Self::Discard { .. }
        )
    }

    fn refused(sqlstate: SqlState, message: &str) -> Self {
        Self::Refused(Box::new(QueryError::new(sqlstate, message)))
    }
}

/// Counts characters up to growing byte offsets, each byte once.
struct Counted<'sql> {
    sql: &'sql str,
    bytes: usize,
    characters: u32,
}

impl Counted<'_> {
    fn characters_before(&mut self, bytes: usize) -> u32 {
        let between = self.sql.get(self.bytes..bytes).unwrap_or_default();
        let count = u32::try_from(between.chars().count()).unwrap_or(u32::MAX);
        self.characters = self.characters.saturating_add(count);
        self.bytes = bytes;
        self.characters
    }
}

/// The first words that only read, wherever they stand first.
const READS: [&str; 11] = [
    "SELECT",
    "FROM",
    "VALUES",
    "TABLE",
    "WITH",
    "DESCRIBE",
    "DESC",
    "SUMMARIZE",
    "EXPLAIN",
    "PIVOT",
    "UNPIVOT",
];

/// Words that make a statement with a reading first word change something.
const WRITES: [&str; 7] = [
    "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "COPY", "INTO",
];

struct Words<'sql> {
    sql: &'sql str,
    offset: u32,
    all: Vec<Token>,
    at: usize,
}

impl<'sql> Words<'sql> {
    fn new(sql: &'sql str, offset: u32) -> Self {
        Self {
            sql,
            offset,
            all: tokens(sql).collect(),
            at: 0,
        }
    }

    fn classify(mut self) -> Result<Class, QueryError> {
        let Some(first) = self.all.first().copied() else {
            return Ok(Class::Stateful);
        };
        if first.is_symbol(self.sql, "(") {
            return Ok(self.reading());
        }
        if first.kind != Kind::Word {
            return Ok(Class::Stateful);
        }
        self.at = 1;
        let word = first.text(self.sql).to_ascii_uppercase();
        match word.as_str() {
            "BEGIN" | "START" => self.begin(&word),
            "COMMIT" | "END" => self.commit(),
            "ROLLBACK" | "ABORT" => self.rollback(),
            "SAVEPOINT" => Ok(Class::Savepoint { name: self.name()? }),
            "RELEASE" => {
                self.take("SAVEPOINT");
                Ok(Class::ReleaseSavepoint { name: self.name()? })
            }
            "SET" => self.set(),
            "RESET" => self.reset(),
            "SHOW" => self.show(),
            "DISCARD" => {
                let what = self.rest_words().to_ascii_uppercase();
                match what.as_str() {
                    "ALL" => Ok(Class::DiscardAll),
                    "PLANS" | "SEQUENCES" | "TEMP" | "TEMPORARY" => Ok(Class::Discard {
                        what: format!("DISCARD {what}"),
                    }),
                    _ => Err(self.syntax_error()),
                }
            }
            "DEALLOCATE" => {
                self.take("PREPARE");
                if self.rest_words().eq_ignore_ascii_case("ALL") {
                    return Ok(Class::Discard {
                        what: "DEALLOCATE ALL".to_owned(),
                    });
                }
                Ok(Class::Deallocate { name: self.name()? })
            }
            "PREPARE" if self.peek_word("TRANSACTION") && self.all.len() == 3 => {
                Ok(transaction::prepared_transactions())
            }
            "PREPARE" => self.prepare(),
            "EXECUTE" => self.execute(),
            "LISTEN" => Ok(Class::Notification { tag: "LISTEN" }),
            "UNLISTEN" => Ok(Class::Notification { tag: "UNLISTEN" }),
            "NOTIFY" => Ok(Class::Notification { tag: "NOTIFY" }),
            "DECLARE" => self.declare(),
            "FETCH" => self.fetch(false),
            "MOVE" => self.fetch(true),
            "CLOSE" => {
                if self.rest_words().eq_ignore_ascii_case("ALL") {
                    Ok(Class::CloseCursor { name: None })
                } else {
                    Ok(Class::CloseCursor {
                        name: Some(self.name()?),
                    })
                }
            }
            "COPY" => self.copy(),
            "LOCK" => Ok(Class::LockTable),
            "REINDEX" => Ok(Class::NoEffect {
                tag: "REINDEX",
                message: Some("indexes need no rebuilding"),
            }),
            "CLUSTER" => Ok(Class::NoEffect {
                tag: "CLUSTER",
                message: Some("tables have no order of their own"),
            }),
            // DuckDB's VACUUM and ANALYZE take no options.
            "VACUUM" if self.has_vacuum_options() => Ok(Class::NoEffect {
                tag: "VACUUM",
                message: Some("options of VACUUM have no effect"),
            }),
            "ANALYZE" | "ANALYSE" if self.has_vacuum_options() => Ok(Class::NoEffect {
                tag: "ANALYZE",
                message: Some("options of ANALYZE have no effect"),
            }),
            "GRANT" | "REVOKE" => Ok(Class::refused(
                SqlState::FEATURE_NOT_SUPPORTED,
                "privileges are not given by SQL",
            )),
            "CREATE" | "ALTER" | "DROP"
                if ["ROLE", "USER", "GROUP"]
                    .iter()
                    .any(|word| self.peek_word(word)) =>
            {
                Ok(Class::refused(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "users and roles are not managed by SQL",
                ))
            }
            _ if READS.contains(&word.as_str()) => Ok(self.reading()),
            _ => Ok(Class::Stateful),
        }
    }

    fn has_vacuum_options(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.is_symbol(self.sql, "("))
            || ["FULL", "FREEZE", "VERBOSE"]
                .iter()
                .any(|word| self.peek_word(word))
    }

    /// A statement that starts like a query still writes when a word like INSERT stands in it
    /// outside of strings. A column of that name only costs the session its freedom to move.
    fn reading(&self) -> Class {
        let writes = self.all.iter().any(|token| {
            token.kind == Kind::Word
                && WRITES
                    .iter()
                    .any(|word| token.text(self.sql).eq_ignore_ascii_case(word))
        });
        if writes { Class::Stateful } else { Class::Read }
    }

    fn prepare(&mut self) -> Result<Class, QueryError> {
        let name = self.name()?;
        let types = if self.take_symbol("(") {
            self.comma_separated()?
        } else {
            Vec::new()
        };
        if !self.take("AS") {
            return Err(self.syntax_error());
        }
        let query = Box::new(self.rest_query()?);
        Ok(Class::Prepare { name, types, query })
    }

    fn execute(&mut self) -> Result<Class, QueryError> {
        let name = self.name()?;
        let arguments = if self.take_symbol("(") {
            self.comma_separated()?
        } else {
            Vec::new()
        };
        match self.peek() {
            None => Ok(Class::Execute { name, arguments }),
            Some(_) => Err(self.syntax_error()),
        }
    }

    /// The texts between the commas up to the closing parenthesis, which is taken too.
    fn comma_separated(&mut self) -> Result<Vec<String>, QueryError> {
        let mut texts = Vec::new();
        let (mut depth, mut start) = (0_usize, self.at);
        loop {
            let token = self.next().ok_or_else(|| self.syntax_error())?;
            let symbol = match token.kind {
                Kind::Symbol => token.text(self.sql),
                _ => "",
            };
            match symbol {
                "(" | "[" | "{" => depth += 1,
                ")" | "," if depth == 0 => {
                    let end = self.at - 1;
                    let text = match (self.all.get(start), self.all.get(end.wrapping_sub(1))) {
                        (Some(first), Some(last)) if start < end => {
                            self.sql.get(first.start..last.end).unwrap_or_default()
                        }
                        _ => return Err(self.syntax_error()),
                    };
                    texts.push(text.to_owned());
                    start = self.at;
                    if symbol == ")" {
                        return Ok(texts);
                    }
                }
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// What PREPARE and DECLARE hold. One within the other is no statement of PostgreSQL, and a
    /// long chain of them must not be followed.
    fn rest_query(&mut self) -> Result<Statement, QueryError> {
        if self.peek_word("PREPARE") || self.peek_word("DECLARE") {
            return Err(self.syntax_error());
        }
        self.rest_statement()
    }

    fn rest_statement(&mut self) -> Result<Statement, QueryError> {
        let end = self.all.len();
        self.statement_between(self.at, end)
    }

    /// The statement made of the tokens from `start` up to `end`.
    fn statement_between(&self, start: usize, end: usize) -> Result<Statement, QueryError> {
        let first = self.all.get(start).filter(|_| start < end);
        let last = end.checked_sub(1).and_then(|last| self.all.get(last));
        let (Some(first), Some(last)) = (first, last) else {
            return Err(self.syntax_error());
        };
        let before = self
            .sql
            .get(..first.start)
            .unwrap_or_default()
            .chars()
            .count();
        let offset = self
            .offset
            .saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        Statement::of(
            self.sql.get(first.start..last.end).unwrap_or_default(),
            offset,
        )
    }

    fn name(&mut self) -> Result<String, QueryError> {
        match self.next() {
            Some(token) if matches!(token.kind, Kind::Word | Kind::Quoted) => {
                Ok(token.value(self.sql))
            }
            _ => {
                self.at = self.at.saturating_sub(1);
                Err(self.syntax_error())
            }
        }
    }

    fn dotted_name(&mut self) -> Result<String, QueryError> {
        let mut name = self.name()?;
        while self.take_symbol(".") {
            name.push('.');
            name.push_str(&self.name()?);
        }
        Ok(name)
    }

    /// The words from here on, single blanks between them.
    fn rest_words(&self) -> String {
        let rest = self.all.get(self.at..).unwrap_or_default();
        rest.iter()
            .map(|token| token.text(self.sql))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Nothing may follow.
    fn end(&self) -> Result<(), QueryError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.syntax_error()),
        }
    }

    fn peek(&self) -> Option<Token> {
        self.all.get(self.at).copied()
    }

    fn peek_word(&self, word: &str) -> bool {
        self.peek()
            .is_some_and(|token| token.is_word(self.sql, word))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take_if(&mut self, accepts: impl Fn(&Token) -> bool) -> Option<Token> {
        let token = self.peek().filter(accepts)?;
        self.at += 1;
        Some(token)
    }

    fn take(&mut self, word: &str) -> bool {
        let sql = self.sql;
        self.take_if(|token| token.is_word(sql, word)).is_some()
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let sql = self.sql;
        self.take_if(|token| token.is_symbol(sql, symbol)).is_some()
    }

    fn syntax_error(&self) -> QueryError {
        let message = match self.peek() {
            Some(token) => {
                let text: String = token.text(self.sql).chars().take(64).collect();
                format!("syntax error at or near \"{text}\"")
            }
            None => "syntax error at end of input".to_owned(),
        };
        QueryError::new(SqlState::SYNTAX_ERROR, message).at(self.position_of(self.at))
    }

    /// Where a token begins in the client's text, in characters from 1; one after the last: the end.
    fn position_of(&self, at: usize) -> u32 {
        let start = self.all.get(at).map_or(self.sql.len(), |token| token.start);
        let before = self.sql.get(..start).unwrap_or_default().chars().count();
        u32::try_from(before)
            .unwrap_or(u32::MAX)
            .saturating_add(self.offset)
            .saturating_add(1)
    }
}

/// `name` as a quoted SQL identifier.
pub(crate) fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use tavana_common::proto::v1::Direction;

    use super::*;

    fn class(sql: &str) -> Class {
        Statement::single(sql)
            .expect("classifies")
            .expect("one statement")
            .class
    }

    #[test]
    fn statements_are_split_where_they_end_and_nowhere_else() {
        let table: &[(&str, &[&str])] = &[
            ("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]),
            (";;SELECT 1;;", &["SELECT 1"]),
            ("", &[]),
            ("-- nothing\n/* here */", &[]),
            ("SELECT ';'; SELECT $$;$$", &["SELECT ';'", "SELECT $$;$$"]),
            ("SELECT 1 -- end", &["SELECT 1 -- end"]),
        ];
        for (sql, expected) in table {
            let statements = Statement::split(sql).expect("splits");
            let texts: Vec<&str> = statements.iter().map(Statement::text).collect();
            assert_eq!(texts, *expected, "{sql}");
        }
    }

    /// Texts and the statements that DuckDB's own parser found in them, as
    /// `tests/clients/python/splits.py` wrote them; TAVANA_TEST_SPLITS names a file with more.
    #[test]
    fn texts_are_split_where_duckdb_splits_them() {
        #[expect(
            clippy::disallowed_methods,
            reason = "the switches of a test run are no settings"
        )]
        let more = std::env::var("TAVANA_TEST_SPLITS");
        let lines = more.map_or_else(
            |_| include_str!("statement/splits.jsonl").to_owned(),
            |path| std::fs::read_to_string(path).expect("the file named by TAVANA_TEST_SPLITS"),
        );
        let words = |sql: &str| -> Vec<String> {
            tokens(sql)
                .filter(|token| token.kind != Kind::Semicolon)
                .map(|token| token.text(sql).to_owned())
                .collect()
        };
        let mut compared = 0;
        for line in lines.lines() {
            let (text, statements): (String, Vec<String>) =
                serde_json::from_str(line).expect("a text and its statements");
            let found = match Statement::split(&text) {
                Ok(found) => found,
                // A session word that DuckDB's parser takes otherwise is refused, not split.
                Err(error) => {
                    assert_eq!(error.sqlstate, SqlState::SYNTAX_ERROR, "{text:?}");
                    continue;
                }
            };
            let found: Vec<Vec<String>> = found
                .iter()
                .map(|statement| words(statement.text()))
                .collect();
            let expected: Vec<Vec<String>> = statements
                .iter()
                .map(|statement| words(statement))
                .collect();
            assert_eq!(found, expected, "{text:?}");
            compared += 1;
        }
        assert!(compared > 1_500, "{compared} texts were compared");
    }

    #[test]
    fn only_statements_that_read_may_run_anywhere() {
        for sql in [
            "SELECT 1",
            "FROM t",
            "(SELECT 1)",
            "VALUES (1)",
            "EXPLAIN SELECT 1",
            "SHOW ALL TABLES",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "SELECT 'insert into t'",
            "describe t",
        ] {
            assert_eq!(class(sql), Class::Read, "{sql}");
        }
        for sql in [
            "INSERT INTO t VALUES (1)",
            "CREATE TABLE t(a int)",
            "WITH a AS (SELECT 1) INSERT INTO t FROM a",
            "EXPLAIN ANALYZE DELETE FROM t",
            "PRAGMA x",
            "ATTACH ':memory:' AS m",
            "SET VARIABLE a = 1",
            "SET GLOBAL memory_limit = '1GB'",
            "COPY t TO 'x.csv'",
            "CALL f()",
        ] {
            assert_eq!(class(sql), Class::Stateful, "{sql}");
        }
    }

    #[test]
    fn session_words_are_understood_in_all_their_spellings() {
        let set = |name: &str, value: &str| Class::Set {
            scope: Scope::Session,
            name: name.to_owned(),
            value: Some(value.to_owned()),
        };
        let table = [
            (
                "ROLLBACK TO SAVEPOINT \"A\"",
                Class::RollbackToSavepoint {
                    name: "A".to_owned(),
                },
            ),
            (
                "rollback to a",
                Class::RollbackToSavepoint {
                    name: "a".to_owned(),
                },
            ),
            (
                "RELEASE x",
                Class::ReleaseSavepoint {
                    name: "x".to_owned(),
                },
            ),
            ("SET extra_float_digits = 3", set("extra_float_digits", "3")),
            (
                "SET SESSION statement_timeout TO '5s'",
                set("statement_timeout", "5s"),
            ),
            ("SET search_path TO a, \"B\"", set("search_path", "a, B")),
            ("SET TIME ZONE 'Asia/Tokyo'", set("TimeZone", "Asia/Tokyo")),
            ("set timezone = -3", set("timezone", "-3")),
            ("SET NAMES 'utf8'", set("client_encoding", "utf8")),
            ("SET my.guc = 'x;y'", set("my.guc", "x;y")),
            (
                "SET LOCAL a = DEFAULT",
                Class::Set {
                    scope: Scope::Local,
                    name: "a".to_owned(),
                    value: None,
                },
            ),
            (
                "SHOW server_version",
                Class::Show {
                    name: "server_version".to_owned(),
                },
            ),
            (
                "SHOW \"lc_collate\"",
                Class::Show {
                    name: "lc_collate".to_owned(),
                },
            ),
            (
                "SHOW TRANSACTION ISOLATION LEVEL",
                Class::Show {
                    name: "transaction_isolation".to_owned(),
                },
            ),
            ("DISCARD ALL", Class::DiscardAll),
            ("RESET ALL", Class::ResetAll),
            ("UNLISTEN *", Class::Notification { tag: "UNLISTEN" }),
            ("CLOSE ALL", Class::CloseCursor { name: None }),
            (
                "fetch forward all in \"C\"",
                Class::Fetch {
                    name: "C".to_owned(),
                    motion: Motion::new(Direction::Forward, Motion::ALL),
                    moves: false,
                },
            ),
            (
                "MOVE 5 FROM c",
                Class::Fetch {
                    name: "c".to_owned(),
                    motion: Motion::new(Direction::Forward, 5),
                    moves: true,
                },
            ),
        ];
        for (sql, expected) in table {
            assert_eq!(class(sql), expected, "{sql}");
        }
    }

    #[test]
    fn copy_with_the_client_is_told_from_copy_with_files() {
        let Class::CopyOut { query, options } =
            class("COPY (SELECT ')' AS a) TO STDOUT (FORMAT \"binary\", HEADER)")
        else {
            panic!("copies out");
        };
        assert_eq!(query.text(), "SELECT ')' AS a");
        let entries: Vec<_> = options
            .entries
            .into_iter()
            .map(|option| (option.name, option.value, option.position))
            .collect();
        assert_eq!(
            entries,
            [
                (
                    "format".to_owned(),
                    CopyValue::Text("binary".to_owned()),
                    35
                ),
                ("header".to_owned(), CopyValue::None, 52),
            ]
        );
        let Class::CopyOut { query, options } =
            class("copy s.\"T\" (a, \"B\") to stdout with csv header delimiter as '|'")
        else {
            panic!("copies out");
        };
        assert_eq!(query.text(), "SELECT \"a\", \"B\" FROM \"s\".\"T\"");
        assert_eq!(options.entries.len(), 3);
        assert!(matches!(class("COPY t FROM STDIN"), Class::CopyIn { .. }));
        assert_eq!(class("COPY t FROM 's3://b/x.csv'"), Class::Stateful);
    }

    #[test]
    fn prepared_statements_of_sql_are_understood() {
        let Class::Prepare { name, types, query } =
            class("PREPARE \"P\" (int, decimal(10, 2)) AS SELECT $1, $2")
        else {
            panic!("prepares");
        };
        assert_eq!((name.as_str(), query.text()), ("P", "SELECT $1, $2"));
        assert_eq!(types, ["int", "decimal(10, 2)"]);
        let Class::Execute { name, arguments } = class("execute p(1, 'a,b)', f(2, [3, 4]))") else {
            panic!("executes");
        };
        assert_eq!(name, "p");
        assert_eq!(arguments, ["1", "'a,b)'", "f(2, [3, 4])"]);
        assert_eq!(
            class("DEALLOCATE PREPARE p"),
            Class::Deallocate {
                name: "p".to_owned()
            }
        );
        for wrong in [
            "EXECUTE p(1",
            "EXECUTE p(1) x",
            "EXECUTE p(,)",
            "PREPARE p SELECT 1",
        ] {
            let error = Statement::single(wrong).expect_err(wrong);
            assert_eq!(error.sqlstate, SqlState::SYNTAX_ERROR, "{wrong}");
        }
    }

    #[test]
    fn a_position_counts_characters_of_the_whole_text() {
        let statements = Statement::split("SELECT '\u{e9}'; SELECT bad").expect("splits");
        let error = QueryError::new(SqlState::UNDEFINED_COLUMN, "x").at(8);
        let placed = statements.last().expect("two").place(error);
        assert_eq!(placed.position, Some(20));
    }

    #[test]
    fn several_statements_are_not_one() {
        let error = Statement::single("SELECT 1; SELECT 2").expect_err("two");
        assert_eq!(error.sqlstate, SqlState::SYNTAX_ERROR);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_classifier(sql in "(BEGIN|SET|SHOW|FETCH|DECLARE|COPY|RESET|CLOSE|ROLLBACK|\\PC| |;|'|\"|\\(|\\)|=|,|\\.|a|1){0,12}") {
            drop(Statement::split(&sql));
        }
    }
}
