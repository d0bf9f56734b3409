//! The options of EXPLAIN (documentation, EXPLAIN).

use super::{Statement, Words};
use crate::error::{QueryError, SqlState};
use crate::session::lexer::Kind;

/// Options that say how much is told of a plan. What DuckDB knows is told whatever they say.
const DETAILS: [&str; 8] = [
    "verbose", "costs", "settings", "buffers", "wal", "timing", "summary", "memory",
];

/// Words with which a query may begin, so that a parenthesis before one is the query's.
const QUERIES: [&str; 9] = [
    "SELECT",
    "VALUES",
    "WITH",
    "TABLE",
    "FROM",
    "PIVOT",
    "UNPIVOT",
    "DESCRIBE",
    "SUMMARIZE",
];

/// How a plan is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PlanFormat {
    Text,
    Json,
    Xml,
    /// One that only DuckDB has.
    Own(String),
}

/// What an EXPLAIN asks for.
#[derive(Debug)]
pub(crate) struct Explain {
    pub(crate) analyze: bool,
    pub(crate) format: PlanFormat,
    pub(crate) explained: Statement,
}

impl Explain {
    /// What stands before the explained statement for DuckDB.
    pub(crate) fn prefix(&self) -> String {
        let format = match &self.format {
            PlanFormat::Text if self.analyze => return "EXPLAIN ANALYZE ".to_owned(),
            PlanFormat::Text => return "EXPLAIN ".to_owned(),
            PlanFormat::Json | PlanFormat::Xml => "json",
            PlanFormat::Own(name) => name,
        };
        let analyze = if self.analyze { "ANALYZE, " } else { "" };
        format!("EXPLAIN ({analyze}FORMAT {format}) ")
    }

    /// Moves the error's position from the text that begins with [`Self::prefix`] into that of the
    /// EXPLAIN.
    pub(crate) fn place(&self, mut error: QueryError) -> QueryError {
        let prefix = u32::try_from(self.prefix().chars().count()).unwrap_or(u32::MAX);
        error.position = error
            .position
            .and_then(|position| position.checked_sub(prefix))
            .filter(|position| *position > 0);
        self.explained.place(error)
    }
}

impl Statement {
    /// The options of this statement, which is an EXPLAIN; places are those in its own text.
    ///
    /// # Errors
    /// 42601 and 22023 for options that there are not.
    pub(crate) fn explain(&self) -> Result<Explain, QueryError> {
        Words::new(&self.text, 0).explain()
    }
}

/// Options, as far as they matter.
#[derive(Debug, Default)]
struct Options {
    analyze: bool,
    format: Option<PlanFormat>,
    /// The last one that tells something only of an execution.
    of_execution: Option<&'static str>,
    generic: bool,
}

impl Words<'_> {
    fn explain(mut self) -> Result<Explain, QueryError> {
        self.at = 1;
        let mut options = Options::default();
        if self.has_options() {
            self.at += 1;
            options = self.options()?;
        } else {
            options.analyze = self.take("ANALYZE") || self.take("ANALYSE");
            self.take("VERBOSE");
        }
        Ok(Explain {
            analyze: options.analyze,
            format: options.format.unwrap_or(PlanFormat::Text),
            explained: self.rest_statement()?,
        })
    }

    /// Whether the parenthesis here is that of options: not that of a query.
    fn has_options(&self) -> bool {
        let opens = self
            .peek()
            .is_some_and(|token| token.is_symbol(self.sql, "("));
        opens
            && self.all.get(self.at + 1).is_some_and(|token| {
                matches!(token.kind, Kind::Word | Kind::Quoted)
                    && !QUERIES.iter().any(|word| token.is_word(self.sql, word))
            })
    }

    /// The options up to the closing parenthesis, which is taken too: the last one of a name counts.
    fn options(&mut self) -> Result<Options, QueryError> {
        let mut options = Options::default();
        loop {
            let name = self.option_word()?;
            let has_value = self.peek().is_some_and(|token| {
                !token.is_symbol(self.sql, ",") && !token.is_symbol(self.sql, ")")
            });
            let value = if has_value {
                Some(self.option_word()?)
            } else {
                None
            };
            options.set(&name, value.as_deref())?;
            if self.take_symbol(")") {
                break;
            }
            if !self.take_symbol(",") {
                return Err(self.syntax_error());
            }
        }
        let invalid = |message: String| Err(QueryError::new(SqlState::INVALID_PARAMETER, message));
        match options.of_execution {
            Some(option) if !options.analyze => {
                invalid(format!("EXPLAIN option {option} requires ANALYZE"))
            }
            _ if options.analyze && options.generic => invalid(
                "EXPLAIN options ANALYZE and GENERIC_PLAN cannot be used together".to_owned(),
            ),
            _ => Ok(options),
        }
    }

    /// A name or a value.
    fn option_word(&mut self) -> Result<String, QueryError> {
        let token = self.take_if(|token| {
            matches!(
                token.kind,
                Kind::Word | Kind::Quoted | Kind::String | Kind::Number
            )
        });
        let token = token.ok_or_else(|| self.syntax_error())?;
        Ok(token.value(self.sql))
    }
}

impl Options {
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), QueryError> {
        match name {
            "analyze" | "analyse" => self.analyze = boolean(name, value)?,
            "format" => self.format = Some(format(value)?),
            "serialize" => match value {
                None | Some("text" | "binary") => self.of_execution = Some("SERIALIZE"),
                Some("none") => {}
                Some(other) => return Err(unknown_value(name, other)),
            },
            "wal" if boolean(name, value)? => self.of_execution = Some("WAL"),
            "timing" if boolean(name, value)? => self.of_execution = Some("TIMING"),
            "generic_plan" => self.generic = boolean(name, value)?,
            _ if DETAILS.contains(&name) => {
                boolean(name, value)?;
            }
            _ => {
                return Err(QueryError::new(
                    SqlState::SYNTAX_ERROR,
                    format!("unrecognized EXPLAIN option \"{name}\""),
                ));
            }
        }
        Ok(())
    }
}

fn boolean(name: &str, value: Option<&str>) -> Result<bool, QueryError> {
    let value = value.map(str::to_ascii_lowercase);
    match value.as_deref() {
        None | Some("true" | "on" | "1") => Ok(true),
        Some("false" | "off" | "0") => Ok(false),
        Some(_) => Err(QueryError::new(
            SqlState::SYNTAX_ERROR,
            format!("{name} requires a Boolean value"),
        )),
    }
}

fn format(value: Option<&str>) -> Result<PlanFormat, QueryError> {
    let value = value.unwrap_or_default().to_ascii_lowercase();
    match value.as_str() {
        "text" | "default" => Ok(PlanFormat::Text),
        "json" => Ok(PlanFormat::Json),
        "xml" => Ok(PlanFormat::Xml),
        "yaml" | "html" | "graphviz" | "mermaid" => Ok(PlanFormat::Own(value)),
        _ => Err(unknown_value("format", &value)),
    }
}

fn unknown_value(option: &str, value: &str) -> QueryError {
    QueryError::new(
        SqlState::INVALID_PARAMETER,
        format!("unrecognized value for EXPLAIN option \"{option}\": \"{value}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(sql: &str) -> Result<(bool, PlanFormat, String), String> {
        let statement = Statement::single(sql).expect("it splits").expect("one");
        let explain = statement.explain().map_err(|error| error.message)?;
        let explained = explain.explained.text().to_owned();
        Ok((explain.analyze, explain.format, explained))
    }

    #[test]
    fn the_options_of_postgresql_are_taken_and_no_others() {
        let other = |format, rest: &str| Ok((false, format, rest.to_owned()));
        let text = |analyze, rest: &str| Ok((analyze, PlanFormat::Text, rest.to_owned()));
        let table = [
            ("EXPLAIN SELECT 1", text(false, "SELECT 1")),
            ("explain analyze select 1", text(true, "select 1")),
            ("EXPLAIN ANALYSE VERBOSE SELECT 1", text(true, "SELECT 1")),
            ("EXPLAIN VERBOSE (SELECT 1)", text(false, "(SELECT 1)")),
            ("EXPLAIN (SELECT 1)", text(false, "(SELECT 1)")),
            ("EXPLAIN ((SELECT 1))", text(false, "((SELECT 1))")),
            ("EXPLAIN (COSTS OFF) SELECT 1", text(false, "SELECT 1")),
            (
                "EXPLAIN (ANALYZE 'on', BUFFERS) SELECT 1",
                text(true, "SELECT 1"),
            ),
            (
                "EXPLAIN (ANALYZE, ANALYZE 0) SELECT 1",
                text(false, "SELECT 1"),
            ),
            (
                "EXPLAIN (FORMAT JSON, ANALYZE False, WAL False) SELECT 1",
                other(PlanFormat::Json, "SELECT 1"),
            ),
            (
                "EXPLAIN (FORMAT xml) (SELECT 1)",
                other(PlanFormat::Xml, "(SELECT 1)"),
            ),
            (
                "EXPLAIN (FORMAT HTML) FROM t",
                other(PlanFormat::Own("html".to_owned()), "FROM t"),
            ),
        ];
        for (sql, expected) in table {
            assert_eq!(parsed(sql), expected, "{sql}");
        }
        for (sql, message) in [
            ("EXPLAIN", "syntax error at end of input"),
            ("EXPLAIN (COSTS", "syntax error at end of input"),
            (
                "EXPLAIN (COSTS ON OFF) SELECT 1",
                "syntax error at or near \"OFF\"",
            ),
            (
                "EXPLAIN (costs maybe) SELECT 1",
                "costs requires a Boolean value",
            ),
            (
                "EXPLAIN (speed) SELECT 1",
                "unrecognized EXPLAIN option \"speed\"",
            ),
            (
                "EXPLAIN (FORMAT pdf) SELECT 1",
                "unrecognized value for EXPLAIN option \"format\": \"pdf\"",
            ),
            (
                "EXPLAIN (WAL) SELECT 1",
                "EXPLAIN option WAL requires ANALYZE",
            ),
            (
                "EXPLAIN (ANALYZE, GENERIC_PLAN) SELECT 1",
                "EXPLAIN options ANALYZE and GENERIC_PLAN cannot be used together",
            ),
        ] {
            assert_eq!(parsed(sql), Err(message.to_owned()), "{sql}");
        }
    }

    #[test]
    fn positions_are_those_of_the_clients_text() {
        let statement = Statement::single("EXPLAIN (COSTS OFF)  SELECT x");
        let explain = statement.expect("it splits").expect("one").explain();
        let explain = explain.expect("options");
        let at = |position| QueryError::new(SqlState::INTERNAL, "no").at(position);
        // The x of `EXPLAIN SELECT x`.
        assert_eq!(explain.place(at(16)).position, Some(29));
        assert_eq!(explain.place(at(3)).position, None);
    }
}
