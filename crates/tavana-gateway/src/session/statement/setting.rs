//! SET, RESET and SHOW (documentation, SET).

use super::{Class, Words};
use crate::error::QueryError;
use crate::session::lexer::Kind;

/// How long a SET lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Session,
    Local,
}

impl Words<'_> {
    pub(super) fn set(&mut self) -> Result<Class, QueryError> {
        let scope = if self.take("LOCAL") {
            Scope::Local
        } else {
            self.take("SESSION");
            Scope::Session
        };
        // SET VARIABLE, SET GLOBAL and PERSISTENT are DuckDB's.
        if self.peek_word("VARIABLE") || self.peek_word("GLOBAL") || self.peek_word("PERSISTENT") {
            return Ok(Class::Stateful);
        }
        if self.take("TRANSACTION") {
            return self.set_transaction();
        }
        if self.take("CHARACTERISTICS") {
            return self.set_characteristics();
        }
        if self.take("NAMES") {
            let value = match self.next() {
                Some(token) if token.is_word(self.sql, "DEFAULT") => None,
                token => token.map(|token| token.value(self.sql)),
            };
            self.end()?;
            return Ok(Class::Set {
                scope,
                name: "client_encoding".to_owned(),
                value,
            });
        }
        if self.peek_word("AUTHORIZATION") && self.all.len() == self.at + 2 {
            self.at += 1;
            let value = self.setting_value()?;
            return Ok(Class::Set {
                scope,
                name: "session_authorization".to_owned(),
                value,
            });
        }
        if self.take("CONSTRAINTS") {
            return Ok(Class::SetConstraints);
        }
        if self.take("TIME") {
            if !self.take("ZONE") {
                return Err(self.syntax_error());
            }
            let value = self.setting_value()?;
            let value = value.filter(|value| !value.eq_ignore_ascii_case("local"));
            return Ok(Class::Set {
                scope,
                name: "TimeZone".to_owned(),
                value,
            });
        }
        let name = self.dotted_name()?;
        if !self.take("TO") && !self.take_symbol("=") {
            if name == "role" || name == "schema" {
                let value = self.setting_value()?;
                return Ok(Class::Set { scope, name, value });
            }
            return Err(self.syntax_error());
        }
        let value = self.setting_value()?;
        Ok(Class::Set { scope, name, value })
    }

    /// The rest of the statement as a setting's value: one token's value, or a list joined by ", ".
    fn setting_value(&mut self) -> Result<Option<String>, QueryError> {
        let first = self.peek().ok_or_else(|| self.syntax_error())?;
        if first.is_word(self.sql, "DEFAULT") && self.all.len() == self.at + 1 {
            return Ok(None);
        }
        let mut parts: Vec<String> = Vec::new();
        let mut sign = "";
        let mut joins = true;
        while let Some(token) = self.next() {
            if token.is_symbol(self.sql, ",") {
                joins = true;
            } else if token.is_symbol(self.sql, "-") {
                sign = "-";
            } else if token.is_symbol(self.sql, "+") {
                sign = "";
            } else {
                // A bare word keeps its spelling: `SET TimeZone = UTC`.
                let value = if token.kind == Kind::Word {
                    token.text(self.sql).to_owned()
                } else {
                    token.value(self.sql)
                };
                let value = format!("{sign}{value}");
                sign = "";
                match parts.last_mut() {
                    Some(last) if !joins => {
                        last.push(' ');
                        last.push_str(&value);
                    }
                    _ => parts.push(value),
                }
                joins = false;
            }
        }
        Ok(Some(parts.join(", ")))
    }

    pub(super) fn reset(&mut self) -> Result<Class, QueryError> {
        if self.peek_word("GLOBAL") || self.peek_word("VARIABLE") {
            return Ok(Class::Stateful);
        }
        self.take("SESSION");
        if self.rest_words().eq_ignore_ascii_case("ALL") {
            return Ok(Class::ResetAll);
        }
        if self.rest_words().eq_ignore_ascii_case("AUTHORIZATION") {
            return Ok(Class::Reset {
                name: "session_authorization".to_owned(),
            });
        }
        if self.rest_words().eq_ignore_ascii_case("TIME ZONE") {
            return Ok(Class::Reset {
                name: "TimeZone".to_owned(),
            });
        }
        let name = self.dotted_name()?;
        self.end()?;
        Ok(Class::Reset { name })
    }

    pub(super) fn show(&mut self) -> Result<Class, QueryError> {
        let rest = self.rest_words().to_ascii_uppercase();
        match rest.as_str() {
            "TRANSACTION ISOLATION LEVEL" => Ok(Class::Show {
                name: "transaction_isolation".to_owned(),
            }),
            "TIME ZONE" => Ok(Class::Show {
                name: "TimeZone".to_owned(),
            }),
            "SESSION AUTHORIZATION" => Ok(Class::Show {
                name: "session_authorization".to_owned(),
            }),
            _ if self.all.len() == 2
                && self
                    .peek()
                    .is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) =>
            {
                Ok(Class::Show {
                    name: self.dotted_name()?,
                })
            }
            _ if self.all.len() == 4 => match self.dotted_name() {
                Ok(name) if self.peek().is_none() => Ok(Class::Show { name }),
                Ok(_) | Err(_) => Ok(Class::Read),
            },
            // SHOW ALL TABLES and the like are DuckDB's.
            _ => Ok(Class::Read),
        }
    }
}
