//! COPY from and to the client's own stream (documentation, COPY).

use super::{Class, Statement, Words, quote_identifier};
use crate::error::{QueryError, SqlState};
use crate::session::lexer::{Kind, Token};

/// The options of COPY as written: names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CopyOptions {
    pub(crate) entries: Vec<CopyOption>,
}

/// One option of COPY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyOption {
    pub(crate) name: String,
    pub(crate) value: CopyValue,
    /// Where it begins, in characters from 1 in the client's text.
    pub(crate) position: u32,
}

/// The value of a COPY option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CopyValue {
    None,
    Text(String),
    List(Vec<String>),
}

impl Words<'_> {
    /// COPY from or to the client's own stream; every other COPY is DuckDB's.
    pub(super) fn copy(&mut self) -> Result<Class, QueryError> {
        // The spelling from before PostgreSQL 7.3: COPY BINARY t FROM STDIN.
        let binary = self.all.len() > 3 && self.take("BINARY");
        let query = if self.take_symbol("(") {
            let start = self.at;
            let mut depth = 1_usize;
            while let Some(token) = self.next() {
                if token.is_symbol(self.sql, "(") {
                    depth += 1;
                } else if token.is_symbol(self.sql, ")") {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            if depth > 0 {
                return Ok(Class::Stateful);
            }
            Some((start, self.at - 1))
        } else {
            None
        };
        let (mut table, mut columns) = (Vec::new(), Vec::new());
        if query.is_none() {
            let Ok(name) = self.name() else {
                return Ok(Class::Stateful);
            };
            table.push(name);
            while self.take_symbol(".") {
                table.push(self.name()?);
            }
            if self.take_symbol("(") {
                loop {
                    columns.push(self.name()?);
                    if !self.take_symbol(",") {
                        break;
                    }
                }
                if !self.take_symbol(")") {
                    return Err(self.syntax_error());
                }
            }
        }
        if self.take("TO") {
            if !self.take("STDOUT") {
                return Ok(Class::Stateful);
            }
            let options = self.copy_options(binary)?;
            let query = match query {
                Some((start, end)) => self.statement_between(start, end)?,
                None => self.copied_table(&table, &columns),
            };
            return Ok(Class::CopyOut {
                query: Box::new(query),
                options,
            });
        }
        if query.is_none() && self.take("FROM") && self.take("STDIN") {
            if self.peek_word("WHERE")
                || self
                    .all
                    .iter()
                    .any(|token| token.is_word(self.sql, "WHERE"))
            {
                return Ok(Class::refused(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "COPY FROM STDIN takes all rows: WHERE is not supported",
                ));
            }
            let options = self.copy_options(binary)?;
            return Ok(Class::CopyIn {
                table,
                columns,
                options,
            });
        }
        Ok(Class::Stateful)
    }

    fn copied_table(&self, table: &[String], columns: &[String]) -> Statement {
        let list = if columns.is_empty() {
            "*".to_owned()
        } else {
            columns
                .iter()
                .map(|column| quote_identifier(column))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let name = table
            .iter()
            .map(|part| quote_identifier(part))
            .collect::<Vec<_>>()
            .join(".");
        Statement::internal(format!("SELECT {list} FROM {name}"), Class::Read)
    }

    /// `[WITH] (name value, ...)` or the spellings from before PostgreSQL 9.0.
    fn copy_options(&mut self, binary: bool) -> Result<CopyOptions, QueryError> {
        let mut entries = Vec::new();
        if binary {
            entries.push(CopyOption {
                name: "format".to_owned(),
                value: CopyValue::Text("binary".to_owned()),
                // The word after COPY.
                position: self.position_of(1),
            });
        }
        // DELIMITERS stood before WITH.
        if self.take("USING") && !self.peek_word("DELIMITERS") {
            return Err(self.syntax_error());
        }
        let position = self.position_of(self.at);
        if self.take("DELIMITERS") {
            let token = self.string_token()?;
            entries.push(CopyOption {
                name: "delimiter".to_owned(),
                value: CopyValue::Text(token.value(self.sql)),
                position,
            });
        }
        self.take("WITH");
        if self.take_symbol("(") {
            loop {
                let position = self.position_of(self.at);
                let name = self.name()?;
                entries.push(CopyOption {
                    name,
                    value: self.copy_value()?,
                    position,
                });
                if self.take_symbol(",") {
                    continue;
                }
                if self.take_symbol(")") {
                    break;
                }
                return Err(self.syntax_error());
            }
        } else {
            while self.peek().is_some() {
                let position = self.position_of(self.at);
                let name = self.name()?;
                let (name, value) = match name.as_str() {
                    "binary" | "csv" => ("format".to_owned(), CopyValue::Text(name)),
                    "header" | "freeze" => (name, CopyValue::None),
                    "delimiter" | "delimiters" | "null" | "quote" | "escape" | "encoding" => {
                        self.take("AS");
                        let token = self.string_token()?;
                        let name = if name == "delimiters" {
                            "delimiter".to_owned()
                        } else {
                            name
                        };
                        (name, CopyValue::Text(token.value(self.sql)))
                    }
                    "force" => {
                        let option = if self.take("QUOTE") {
                            "force_quote"
                        } else if self.take("NULL") {
                            "force_null"
                        } else if self.take("NOT") && self.take("NULL") {
                            "force_not_null"
                        } else {
                            return Err(self.syntax_error());
                        };
                        let value = if self.take_symbol("*") {
                            CopyValue::Text("*".to_owned())
                        } else {
                            let mut names = vec![self.name()?];
                            while self.take_symbol(",") {
                                names.push(self.name()?);
                            }
                            CopyValue::List(names)
                        };
                        (option.to_owned(), value)
                    }
                    _ => {
                        self.at -= 1;
                        return Err(self.syntax_error());
                    }
                };
                entries.push(CopyOption {
                    name,
                    value,
                    position,
                });
            }
        }
        if self.peek().is_some() {
            return Err(self.syntax_error());
        }
        Ok(CopyOptions { entries })
    }

    fn string_token(&mut self) -> Result<Token, QueryError> {
        self.take_if(|token| token.kind == Kind::String)
            .ok_or_else(|| self.syntax_error())
    }

    fn copy_value(&mut self) -> Result<CopyValue, QueryError> {
        if self.take_symbol("(") {
            let mut names = vec![self.name()?];
            while self.take_symbol(",") {
                names.push(self.name()?);
            }
            if !self.take_symbol(")") {
                return Err(self.syntax_error());
            }
            return Ok(CopyValue::List(names));
        }
        let ends = |token: Token| token.is_symbol(self.sql, ",") || token.is_symbol(self.sql, ")");
        match self.peek() {
            Some(token) if !ends(token) => {
                self.at += 1;
                Ok(CopyValue::Text(token.value(self.sql)))
            }
            _ => Ok(CopyValue::None),
        }
    }
}
