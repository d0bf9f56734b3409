//! The options of COPY, in PostgreSQL's words (documentation, COPY).

use super::format::{CopyFormat, ForceQuote};
use crate::error::{QueryError, SqlState};
use crate::session::statement::{CopyOptions, CopyValue};

/// What the options say.
///
/// # Errors
/// 42601 for an option that is unknown or given twice, 22023 for a value that is none, 0A000 for
/// what does not go with the format.
pub(super) fn parse(options: &CopyOptions) -> Result<CopyFormat, QueryError> {
    let mut given = Given::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in &options.entries {
        if seen.contains(&name.as_str()) {
            return Err(syntax("conflicting or redundant options"));
        }
        seen.push(name);
        match name.as_str() {
            "format" => given.format = Some(text(name, value)?.to_ascii_lowercase()),
            "delimiter" => given.delimiter = Some(one_byte(name, value)?),
            "null" => given.null = Some(text(name, value)?.to_owned()),
            "header" => given.header = flag(name, value)?,
            "quote" => given.quote = Some(one_byte(name, value)?),
            "escape" => given.escape = Some(one_byte(name, value)?),
            "force_quote" => given.force_quote = Some(force_quote(value)),
            "encoding" => encoding(text(name, value)?)?,
            // Freezing rows is about PostgreSQL's own storage.
            "freeze" => drop(flag(name, value)?),
            _ => return Err(syntax(&format!("option \"{name}\" not recognized"))),
        }
    }
    given.into_format()
}

#[derive(Default)]
struct Given {
    format: Option<String>,
    delimiter: Option<u8>,
    null: Option<String>,
    header: bool,
    quote: Option<u8>,
    escape: Option<u8>,
    force_quote: Option<ForceQuote>,
}

impl Given {
    fn into_format(self) -> Result<CopyFormat, QueryError> {
        let csv_only = self.quote.is_some() || self.escape.is_some() || self.force_quote.is_some();
        match self.format.as_deref() {
            None | Some("text") => {
                if csv_only {
                    return Err(unsupported(
                        "QUOTE, ESCAPE and FORCE_QUOTE require CSV mode",
                    ));
                }
                Ok(CopyFormat::Text {
                    delimiter: self.delimiter.unwrap_or(b'\t'),
                    null: self.null.unwrap_or_else(|| "\\N".to_owned()),
                    header: self.header,
                })
            }
            Some("csv") => {
                let quote = self.quote.unwrap_or(b'"');
                let delimiter = self.delimiter.unwrap_or(b',');
                if quote == delimiter {
                    return Err(QueryError::new(
                        SqlState::INVALID_PARAMETER,
                        "COPY delimiter and quote must be different",
                    ));
                }
                Ok(CopyFormat::Csv {
                    delimiter,
                    quote,
                    escape: self.escape.unwrap_or(quote),
                    null: self.null.unwrap_or_default(),
                    header: self.header,
                    force_quote: self.force_quote.unwrap_or(ForceQuote::None),
                })
            }
            Some("binary") => {
                if csv_only || self.delimiter.is_some() || self.null.is_some() || self.header {
                    return Err(syntax(
                        "options of the text formats are not for BINARY mode",
                    ));
                }
                Ok(CopyFormat::Binary)
            }
            Some(other) => Err(QueryError::new(
                SqlState::INVALID_PARAMETER,
                format!("COPY format \"{other}\" not recognized"),
            )),
        }
    }
}

fn syntax(message: &str) -> QueryError {
    QueryError::new(SqlState::SYNTAX_ERROR, message)
}

fn unsupported(message: &str) -> QueryError {
    QueryError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
}

fn text<'value>(name: &str, value: &'value CopyValue) -> Result<&'value str, QueryError> {
    match value {
        CopyValue::Text(text) => Ok(text),
        CopyValue::None | CopyValue::List(_) => Err(syntax(&format!("{name} requires a value"))),
    }
}

fn one_byte(name: &str, value: &CopyValue) -> Result<u8, QueryError> {
    match text(name, value)?.as_bytes() {
        [byte] if !matches!(byte, b'\n' | b'\r') && byte.is_ascii() => Ok(*byte),
        _ => Err(QueryError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            format!("COPY {name} must be a single one-byte character"),
        )),
    }
}

fn flag(name: &str, value: &CopyValue) -> Result<bool, QueryError> {
    match value {
        CopyValue::None => Ok(true),
        CopyValue::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "1" | "match" => Ok(true),
            "false" | "off" | "0" => Ok(false),
            _ => Err(syntax(&format!("{name} requires a Boolean value"))),
        },
        CopyValue::List(_) => Err(syntax(&format!("{name} requires a Boolean value"))),
    }
}

fn force_quote(value: &CopyValue) -> ForceQuote {
    match value {
        CopyValue::List(columns) => ForceQuote::Columns(columns.clone()),
        CopyValue::Text(text) if text != "*" => ForceQuote::Columns(vec![text.clone()]),
        CopyValue::Text(_) | CopyValue::None => ForceQuote::All,
    }
}

fn encoding(name: &str) -> Result<(), QueryError> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if plain.eq_ignore_ascii_case("utf8") || plain.eq_ignore_ascii_case("sqlascii") {
        Ok(())
    } else {
        Err(unsupported("only the encoding UTF8 is supported"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Class, Statement};

    fn parsed(sql: &str) -> Result<CopyFormat, QueryError> {
        let statement = Statement::single(sql).unwrap().unwrap();
        let Class::CopyOut { options, .. } = statement.class() else {
            panic!("{sql} copies out")
        };
        parse(options)
    }

    #[test]
    fn old_and_new_spellings_mean_the_same() {
        for sql in [
            "COPY t TO STDOUT WITH (FORMAT csv, HEADER true, DELIMITER ';', NULL 'x')",
            "COPY t TO STDOUT (format 'csv', header, delimiter ';', null 'x')",
            "COPY t TO STDOUT CSV HEADER DELIMITER AS ';' NULL AS 'x'",
        ] {
            let expected = CopyFormat::Csv {
                delimiter: b';',
                quote: b'"',
                escape: b'"',
                null: "x".to_owned(),
                header: true,
                force_quote: ForceQuote::None,
            };
            assert_eq!(parsed(sql), Ok(expected), "{sql}");
        }
        assert_eq!(
            parsed("COPY t TO STDOUT (FORMAT \"binary\")"),
            Ok(CopyFormat::Binary)
        );
        assert_eq!(parsed("COPY t TO STDOUT BINARY"), Ok(CopyFormat::Binary));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (sql, sqlstate) in [
            ("COPY t TO STDOUT (FORMAT xml)", "22023"),
            ("COPY t TO STDOUT (FORMAT csv, FORMAT text)", "42601"),
            ("COPY t TO STDOUT (QUOTE 'x')", "0A000"),
            ("COPY t TO STDOUT (FORMAT binary, HEADER)", "42601"),
            ("COPY t TO STDOUT (DELIMITER 'ab')", "0A000"),
            ("COPY t TO STDOUT (COLOUR 'red')", "42601"),
            ("COPY t TO STDOUT (ENCODING 'latin1')", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, DELIMITER '\"')", "22023"),
        ] {
            assert_eq!(parsed(sql).expect_err(sql).sqlstate.0, sqlstate, "{sql}");
        }
    }
}
