//! The options of COPY, in PostgreSQL's words (documentation, COPY).

use super::format::{CopyFormat, ForceQuote};
use crate::error::{QueryError, SqlState};
use crate::session::statement::{CopyOption, CopyOptions, CopyValue};

/// Which way the rows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Out,
    In,
}

/// What the options say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copying {
    pub(super) format: CopyFormat,
    /// The header must name the columns.
    pub(super) match_header: bool,
    pub(super) force_not_null: Columns,
    pub(super) force_null: Columns,
}

/// Columns that an option names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Columns {
    #[default]
    None,
    All,
    Named(Vec<String>),
}

impl Columns {
    /// For each of `names` whether it is meant.
    ///
    /// # Errors
    /// 42703 for a name that is none of them.
    pub(super) fn among(&self, names: &[String]) -> Result<Vec<bool>, QueryError> {
        match self {
            Self::None => Ok(vec![false; names.len()]),
            Self::All => Ok(vec![true; names.len()]),
            Self::Named(wanted) => {
                check_names(wanted, names)?;
                Ok(names.iter().map(|name| wanted.contains(name)).collect())
            }
        }
    }
}

/// Whether all `wanted` columns are among `names`.
///
/// # Errors
/// 42703 for the first that is not.
pub(super) fn check_names(wanted: &[String], names: &[String]) -> Result<(), QueryError> {
    match wanted.iter().find(|wanted| !names.contains(wanted)) {
        None => Ok(()),
        Some(unknown) => Err(QueryError::new(
            SqlState::UNDEFINED_COLUMN,
            format!("column \"{unknown}\" does not exist"),
        )),
    }
}

/// What the options say.
///
/// # Errors
/// 42601 for an option that is unknown or given twice, 22023 for a value that is none, 0A000 for
/// what does not go with the format or the direction.
pub(super) fn parse(options: &CopyOptions, way: Way) -> Result<Copying, QueryError> {
    let mut given = Given::default();
    let mut seen: Vec<&str> = Vec::new();
    for option in &options.entries {
        if seen.contains(&option.name.as_str()) {
            return Err(syntax("conflicting or redundant options").at(option.position));
        }
        given.take(option)?;
        seen.push(&option.name);
    }
    given.check(way)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Text,
    Csv,
    Binary,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Header {
    #[default]
    No,
    Yes,
    Match,
}

#[derive(Default)]
struct Given {
    format: Option<Format>,
    delimiter: Option<String>,
    null: Option<String>,
    header: Option<Header>,
    quote: Option<String>,
    escape: Option<String>,
    force_quote: Columns,
    force_not_null: Columns,
    force_null: Columns,
    freeze: bool,
}

impl Given {
    /// Some mistakes are told with their place, as PostgreSQL does.
    fn take(&mut self, option: &CopyOption) -> Result<(), QueryError> {
        let CopyOption { name, value, .. } = option;
        let here = |error: QueryError| error.at(option.position);
        match name.as_str() {
            "format" => self.format = Some(format_name(text(name, value)?).map_err(here)?),
            "delimiter" => self.delimiter = Some(text(name, value)?.to_owned()),
            "null" => self.null = Some(text(name, value)?.to_owned()),
            "header" => self.header = Some(header(value)?),
            "quote" => self.quote = Some(text(name, value)?.to_owned()),
            "escape" => self.escape = Some(text(name, value)?.to_owned()),
            "force_quote" => self.force_quote = columns(name, value).map_err(here)?,
            "force_not_null" => self.force_not_null = columns(name, value).map_err(here)?,
            "force_null" => self.force_null = columns(name, value).map_err(here)?,
            "encoding" => encoding(text(name, value)?).map_err(here)?,
            // Freezing rows is about PostgreSQL's own storage.
            "freeze" => self.freeze = flag(name, value)?,
            "default" => return Err(unsupported("COPY DEFAULT is not supported")),
            _ => return Err(here(syntax(&format!("option \"{name}\" not recognized")))),
        }
        Ok(())
    }

    /// PostgreSQL's checks in PostgreSQL's order, so that the same mistake has the same answer.
    fn check(self, way: Way) -> Result<Copying, QueryError> {
        let format = self.format.unwrap_or_default();
        let csv = format == Format::Csv;
        if format == Format::Binary {
            for (given, name) in [
                (self.delimiter.is_some(), "DELIMITER"),
                (self.null.is_some(), "NULL"),
            ] {
                if given {
                    return Err(syntax(&format!("cannot specify {name} in BINARY mode")));
                }
            }
        }
        let delimiter = self
            .delimiter
            .as_deref()
            .unwrap_or(if csv { "," } else { "\t" });
        let delimiter = one_byte("delimiter", delimiter)?;
        if matches!(delimiter, b'\r' | b'\n') {
            return Err(wrong("COPY delimiter cannot be newline or carriage return"));
        }
        let null = self
            .null
            .unwrap_or_else(|| if csv { "" } else { "\\N" }.to_owned());
        if null.contains(['\r', '\n']) {
            return Err(wrong(
                "COPY null representation cannot use newline or carriage return",
            ));
        }
        // These would be read as escapes or as parts of numbers.
        if !csv
            && (delimiter.is_ascii_lowercase()
                || delimiter.is_ascii_digit()
                || matches!(delimiter, b'\\' | b'.'))
        {
            return Err(wrong(&format!(
                "COPY delimiter cannot be \"{}\"",
                char::from(delimiter)
            )));
        }
        let header = self.header.unwrap_or_default();
        if format == Format::Binary && header != Header::No {
            return Err(unsupported("cannot specify HEADER in BINARY mode"));
        }
        if header == Header::Match && way == Way::Out {
            return Err(unsupported("cannot use \"match\" with HEADER in COPY TO"));
        }
        if !csv && self.quote.is_some() {
            return Err(unsupported("COPY quote available only in CSV mode"));
        }
        let quote = one_byte("quote", self.quote.as_deref().unwrap_or("\""))?;
        if csv && delimiter == quote {
            return Err(wrong("COPY delimiter and quote must be different"));
        }
        if !csv && self.escape.is_some() {
            return Err(unsupported("COPY escape available only in CSV mode"));
        }
        let escape = match self.escape.as_deref() {
            Some(escape) => one_byte("escape", escape)?,
            None => quote,
        };
        for (columns, name, only, command) in [
            (&self.force_quote, "force quote", Way::Out, "COPY TO"),
            (&self.force_not_null, "force not null", Way::In, "COPY FROM"),
            (&self.force_null, "force null", Way::In, "COPY FROM"),
        ] {
            if *columns != Columns::None && !csv {
                return Err(unsupported(&format!(
                    "COPY {name} available only in CSV mode"
                )));
            }
            if *columns != Columns::None && way != only {
                return Err(unsupported(&format!(
                    "COPY {name} only available using {command}"
                )));
            }
        }
        if format != Format::Binary && null.as_bytes().contains(&delimiter) {
            return Err(unsupported(
                "COPY delimiter must not appear in the NULL specification",
            ));
        }
        if csv && null.as_bytes().contains(&quote) {
            return Err(unsupported(
                "CSV quote character must not appear in the NULL specification",
            ));
        }
        if self.freeze && way == Way::Out {
            return Err(unsupported("COPY freeze only available using COPY FROM"));
        }
        let has_header = header != Header::No;
        Ok(Copying {
            format: match format {
                Format::Text => CopyFormat::Text {
                    delimiter,
                    null,
                    header: has_header,
                },
                Format::Csv => CopyFormat::Csv {
                    delimiter,
                    quote,
                    escape,
                    null,
                    header: has_header,
                    force_quote: match self.force_quote {
                        Columns::None => ForceQuote::None,
                        Columns::All => ForceQuote::All,
                        Columns::Named(names) => ForceQuote::Columns(names),
                    },
                },
                Format::Binary => CopyFormat::Binary,
            },
            match_header: header == Header::Match,
            force_not_null: self.force_not_null,
            force_null: self.force_null,
        })
    }
}

fn syntax(message: &str) -> QueryError {
    QueryError::new(SqlState::SYNTAX_ERROR, message)
}

fn unsupported(message: &str) -> QueryError {
    QueryError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
}

fn wrong(message: &str) -> QueryError {
    QueryError::new(SqlState::INVALID_PARAMETER, message)
}

fn text<'value>(name: &str, value: &'value CopyValue) -> Result<&'value str, QueryError> {
    match value {
        CopyValue::Text(text) => Ok(text),
        CopyValue::None | CopyValue::List(_) => {
            Err(syntax(&format!("{name} requires a parameter")))
        }
    }
}

fn format_name(name: &str) -> Result<Format, QueryError> {
    match name {
        "text" => Ok(Format::Text),
        "csv" => Ok(Format::Csv),
        "binary" => Ok(Format::Binary),
        other => Err(wrong(&format!("COPY format \"{other}\" not recognized"))),
    }
}

fn one_byte(name: &str, text: &str) -> Result<u8, QueryError> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(unsupported(&format!(
            "COPY {name} must be a single one-byte character"
        ))),
    }
}

fn flag(name: &str, value: &CopyValue) -> Result<bool, QueryError> {
    let given = match value {
        CopyValue::None => return Ok(true),
        CopyValue::Text(text) => text.to_ascii_lowercase(),
        CopyValue::List(_) => String::new(),
    };
    match given.as_str() {
        "true" | "on" | "1" => Ok(true),
        "false" | "off" | "0" => Ok(false),
        _ => Err(syntax(&format!("{name} requires a Boolean value"))),
    }
}

fn header(value: &CopyValue) -> Result<Header, QueryError> {
    if let CopyValue::Text(text) = value
        && text.eq_ignore_ascii_case("match")
    {
        return Ok(Header::Match);
    }
    match flag("header", value) {
        Ok(true) => Ok(Header::Yes),
        Ok(false) => Ok(Header::No),
        Err(_) => Err(syntax("header requires a Boolean value or \"match\"")),
    }
}

fn columns(name: &str, value: &CopyValue) -> Result<Columns, QueryError> {
    match value {
        CopyValue::List(columns) => Ok(Columns::Named(columns.clone())),
        CopyValue::Text(text) if text == "*" => Ok(Columns::All),
        CopyValue::Text(_) | CopyValue::None => Err(wrong(&format!(
            "argument to option \"{name}\" must be a list of column names"
        ))),
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
        parse(options, Way::Out).map(|copying| copying.format)
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
    fn some_mistakes_have_a_place() {
        for (sql, position) in [
            ("COPY t TO STDOUT (COLOUR 'red')", Some(19)),
            ("COPY t TO STDOUT (FORMAT csv, FORMAT text)", Some(31)),
            ("COPY t TO STDOUT (FORMAT xml)", Some(19)),
            ("COPY t TO STDOUT (FORMAT csv, FORCE_QUOTE a)", Some(31)),
            ("COPY t TO STDOUT CSV CSV", Some(22)),
            ("COPY BINARY t TO STDOUT BINARY", Some(25)),
            ("COPY t TO STDOUT (DELIMITER)", None),
            ("COPY t TO STDOUT (FORMAT csv, HEADER perhaps)", None),
            ("COPY t TO STDOUT (DELIMITER 'ab')", None),
        ] {
            assert_eq!(parsed(sql).expect_err(sql).position, position, "{sql}");
        }
        let sql = "SELECT 'é'; COPY t TO STDOUT (COLOUR)";
        let statement = Statement::split(sql).unwrap().pop().unwrap();
        let Class::CopyOut { options, .. } = statement.class() else {
            panic!("it copies out")
        };
        let error = parse(options, Way::Out).expect_err("no option");
        assert_eq!(error.position, Some(31));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (sql, sqlstate) in [
            ("COPY t TO STDOUT (FORMAT xml)", "22023"),
            ("COPY t TO STDOUT (FORMAT csv, FORMAT text)", "42601"),
            ("COPY t TO STDOUT (QUOTE 'x')", "0A000"),
            ("COPY t TO STDOUT (FORMAT binary, HEADER)", "0A000"),
            ("COPY t TO STDOUT (FORMAT binary, NULL 'x')", "42601"),
            ("COPY t TO STDOUT (DELIMITER 'a')", "22023"),
            ("COPY t TO STDOUT (DELIMITER E'\\n')", "22023"),
            ("COPY t TO STDOUT (NULL 'a\tb')", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, NULL '\"')", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, FORCE_NULL (a))", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, FORCE_QUOTE a)", "22023"),
            ("COPY t TO STDOUT (FORMAT csv, HEADER match)", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, HEADER perhaps)", "42601"),
            ("COPY t TO STDOUT (FREEZE)", "0A000"),
            ("COPY t TO STDOUT (DELIMITER 'ab')", "0A000"),
            ("COPY t TO STDOUT (COLOUR 'red')", "42601"),
            ("COPY t TO STDOUT (ENCODING 'latin1')", "0A000"),
            ("COPY t TO STDOUT (FORMAT csv, DELIMITER '\"')", "22023"),
        ] {
            assert_eq!(parsed(sql).expect_err(sql).sqlstate.0, sqlstate, "{sql}");
        }
    }
}
