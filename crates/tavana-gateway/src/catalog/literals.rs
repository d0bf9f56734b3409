//! Literals that are cast to a type and that DuckDB spells in another way, or does not know.

use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, Expr, Ident, Interval, Select, SelectItem,
    Statement, TimezoneInfo, TypedString, Value, ValueWithSpan, VisitMut, VisitorMut,
};

use super::types::bytea_literal;
use crate::pg::params::datetime::{Part, respell, respell_interval};
use crate::pg::params::input::boolean;
use crate::session::lexer::{Kind, Token, tokens};

/// Spellings of booleans that are the same to both.
const BOOLEANS: [&str; 6] = ["t", "f", "true", "false", "1", "0"];

/// What stands for `text` where it is cast to `data_type`. `None` when DuckDB reads it as
/// PostgreSQL does, or must refuse it (PostgreSQL documentation, 8.5 and 8.6).
pub(super) fn literal_of(text: &str, data_type: &DataType) -> Option<Expr> {
    let respelled = match data_type {
        _ if super::types::is_bytea(data_type) => bytea_literal(text)?,
        DataType::Bool | DataType::Boolean => {
            let lower = text.trim().to_ascii_lowercase();
            if BOOLEANS.contains(&lower.as_str()) {
                return None;
            }
            boolean(&lower).ok()?.to_string()
        }
        DataType::Interval { .. } => {
            let iso = text.trim_start().starts_with(['P', 'p']);
            let bare = !text.contains(|next: char| next.is_ascii_alphabetic());
            let signed = text.contains(['-', '+']);
            (iso || bare || signed)
                .then(|| respell_interval(text))
                .flatten()?
        }
        _ => {
            let part = part_of(data_type)?;
            if let Some(moment) = moment(text, part) {
                return Some(moment);
            }
            match respell(text, part) {
                Ok(Cow::Owned(respelled)) => respelled,
                // What is out of range is for DuckDB to refuse.
                Ok(Cow::Borrowed(_)) | Err(_) => return None,
            }
        }
    };
    Some(Expr::Value(Value::SingleQuotedString(respelled).into()))
}

fn part_of(data_type: &DataType) -> Option<Part> {
    let zoned = |zone: &TimezoneInfo| matches!(zone, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz);
    Some(match data_type {
        DataType::Date => Part::Date,
        DataType::Time(_, zone) if zoned(zone) => Part::TimeTz,
        DataType::Time(..) => Part::Time,
        DataType::Timestamp(_, zone) if zoned(zone) => Part::TimestampTz,
        DataType::Timestamp(..) => Part::Timestamp,
        _ => return None,
    })
}

/// `now`, `today`, `yesterday` and `tomorrow`.
fn moment(text: &str, part: Part) -> Option<Expr> {
    let name = |name: &str| Expr::Identifier(Ident::new(name));
    let day = |offset: Option<(BinaryOperator, &str)>| {
        let today = name("current_date");
        let Some((op, days)) = offset else {
            return today;
        };
        Expr::Nested(Box::new(Expr::BinaryOp {
            left: Box::new(today),
            op,
            right: Box::new(Expr::Value(Value::Number(days.to_owned(), false).into())),
        }))
    };
    let has_date = matches!(part, Part::Date | Part::Timestamp | Part::TimestampTz);
    match (text.trim().to_ascii_lowercase().as_str(), part) {
        ("now", Part::Timestamp) => Some(name("localtimestamp")),
        ("now", Part::TimestampTz) => Some(name("current_timestamp")),
        ("now", Part::Time) => Some(name("localtime")),
        ("now", Part::TimeTz) => Some(name("current_time")),
        ("now" | "today", _) if has_date => Some(day(None)),
        ("yesterday", _) if has_date => Some(day(Some((BinaryOperator::Minus, "1")))),
        ("tomorrow", _) if has_date => Some(day(Some((BinaryOperator::Plus, "1")))),
        _ => None,
    }
}

/// `INTERVAL 'P1D'`, and `INTERVAL '1 10:00' DAY TO MINUTE`, whose fields say what its text says.
pub(super) fn respell_interval_of(interval: &mut Interval) -> bool {
    let Expr::Value(ValueWithSpan {
        value: Value::SingleQuotedString(text),
        ..
    }) = &mut *interval.value
    else {
        return false;
    };
    let reads = match (&interval.leading_field, &interval.last_field) {
        (None, None) => text.trim_start().starts_with(['P', 'p']),
        (Some(DateTimeField::Year), Some(DateTimeField::Month)) => text.contains('-'),
        (
            Some(DateTimeField::Day | DateTimeField::Hour),
            Some(DateTimeField::Minute | DateTimeField::Second),
        ) => text.contains(':'),
        _ => false,
    };
    let Some(respelled) = reads.then(|| respell_interval(text)).flatten() else {
        return false;
    };
    *text = respelled;
    interval.leading_field = None;
    interval.last_field = None;
    true
}

/// `B'101'` and `X'1F'` as values of the type `bit` (PostgreSQL documentation, 4.1.2.5). DuckDB
/// takes the letter for a part of a text. `None` for any other value, and for digits that are none.
pub(super) fn bits_of(value: &ValueWithSpan) -> Option<Expr> {
    let bits: String = match &value.value {
        Value::SingleQuotedByteStringLiteral(bits) => {
            let only = bits.bytes().all(|bit| matches!(bit, b'0' | b'1'));
            only.then(|| bits.clone())?
        }
        Value::HexStringLiteral(digits) => digits
            .chars()
            .map(|digit| digit.to_digit(16).map(|value| format!("{value:04b}")))
            .collect::<Option<String>>()?,
        _ => return None,
    };
    if bits.is_empty() {
        return None;
    }
    Some(Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(Expr::Value(Value::SingleQuotedString(bits).into())),
        data_type: DataType::Bit(None),
        format: None,
    })
}

/// The text with literals in words that DuckDB and the parser know: those in parts on several
/// lines as one, integers that are not decimal, and escapes of Unicode (PostgreSQL documentation,
/// 4.1.2). `None` when there is none of them.
pub(super) fn respelled(sql: &str) -> Option<String> {
    let found: Vec<Token> = tokens(sql).collect();
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut at = 0;
    while let Some(token) = found.get(at) {
        let text = token.text(sql);
        let mut end = at + 1;
        match token.kind {
            Kind::String if text.ends_with('\'') => {
                let mut whole = match text.strip_prefix(['e', 'E']) {
                    Some(_) => unicode_unescaped(text).unwrap_or_else(|| text.to_owned()),
                    None => text.to_owned(),
                };
                while let Some(next) = found.get(end) {
                    let before = found.get(end - 1).map_or(0, |last| last.end);
                    let between = sql.get(before..next.start).unwrap_or_default();
                    let part = next.text(sql).strip_prefix('\'');
                    let Some(part) = part.filter(|_| between.contains('\n')) else {
                        break;
                    };
                    whole.pop();
                    whole.push_str(part);
                    end += 1;
                }
                if whole != text {
                    let last = found.get(end - 1).map_or(token.end, |last| last.end);
                    changes.push((token.start..last, whole));
                }
            }
            Kind::Number if text == "0" => {
                // The lexer knows what DuckDB knows.
                let digits = found.get(end).filter(|next| next.start == token.end);
                if let Some(digits) = digits
                    && let Some(number) = integer(digits.text(sql))
                {
                    changes.push((token.start..digits.end, number));
                    end += 1;
                }
            }
            Kind::Number => {
                if let Some(number) = text.strip_prefix('0').and_then(integer) {
                    changes.push((token.start..token.end, number));
                }
            }
            _ => {}
        }
        at = end;
    }
    if changes.is_empty() {
        return None;
    }
    let mut text = sql.to_owned();
    for (range, words) in changes.into_iter().rev() {
        text.replace_range(range, &words);
    }
    Some(text)
}

/// `b101`, `o17` or `x1F`, in decimal digits.
fn integer(digits: &str) -> Option<String> {
    let (radix, digits) = match digits.split_at_checked(1)? {
        ("b" | "B", digits) => (2, digits),
        ("o" | "O", digits) => (8, digits),
        ("x" | "X", digits) => (16, digits),
        _ => return None,
    };
    let digits = digits.replace('_', "");
    u128::from_str_radix(&digits, radix)
        .ok()
        .map(|number| number.to_string())
}

/// `E'caf\u00e9'` with the characters in place of their numbers. `None` when there are none, and
/// when one is not a character.
fn unicode_unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let number = |escape: &str| {
            let (width, digits) = match escape.get(..2)? {
                "\\u" => (6, escape.get(2..6)?),
                "\\U" => (10, escape.get(2..10)?),
                _ => return None,
            };
            Some((width, u32::from_str_radix(digits, 16).ok()?))
        };
        let Some((width, first)) = number(escape) else {
            // Of two bytes at least: a lonely backslash cannot end a literal.
            let end = escape
                .char_indices()
                .nth(2)
                .map_or(escape.len(), |(at, _)| at);
            let (kept, after) = escape.split_at(end);
            out.push_str(kept);
            rest = after;
            continue;
        };
        let mut end = width;
        let mut code = first;
        if (0xd800..0xdc00).contains(&first) {
            let (more, second) = number(escape.get(width..)?)?;
            if !(0xdc00..0xe000).contains(&second) {
                return None;
            }
            code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            end += more;
        }
        let character = char::from_u32(code).filter(|character| *character != '\0')?;
        if matches!(character, '\'' | '\\') {
            out.push('\\');
        }
        out.push(character);
        changed = true;
        rest = escape.get(end..)?;
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// `SELECT time "T"`: a column and its alias, which the parser takes for a literal of a type.
pub(super) fn name_columns_like_types(statement: &mut Statement) -> bool {
    struct Columns(bool);

    impl VisitorMut for Columns {
        type Break = Infallible;

        fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
            for item in &mut select.projection {
                if let SelectItem::UnnamedExpr(Expr::TypedString(TypedString {
                    data_type,
                    value:
                        ValueWithSpan {
                            value: Value::DoubleQuotedString(alias),
                            ..
                        },
                    ..
                })) = item
                {
                    *item = SelectItem::ExprWithAlias {
                        expr: Expr::Identifier(Ident::new(data_type.to_string().to_lowercase())),
                        alias: Ident::with_quote('"', alias.clone()),
                    };
                    self.0 = true;
                }
            }
            ControlFlow::Continue(())
        }
    }

    let mut columns = Columns(false);
    let ControlFlow::Continue(()) = VisitMut::visit(statement, &mut columns);
    columns.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_spelled_as_the_parser_and_duckdb_read_them() {
        for (sql, expected) in [
            ("SELECT 'abc'\n  'd''ef'", Some("SELECT 'abcd''ef'")),
            ("SELECT 'a' -- b\n 'c'\n'd', 'e'", Some("SELECT 'acd', 'e'")),
            ("SELECT E'a\\t'\n'b'", Some("SELECT E'a\\tb'")),
            ("SELECT 'abc' 'def'", None),
            ("SELECT 'abc' AS\n'def'", None),
            ("SELECT $$a$$\n'b'", None),
            (
                "SELECT 0b101, 0O17, 0x1F + 0xF_F, 10",
                Some("SELECT 5, 15, 31 + 255, 10"),
            ),
            ("SELECT 0 b101, 0.5, 0", None),
            (
                r"SELECT E'caf\u00e9 \U0001F600'",
                Some("SELECT E'caf\u{e9} \u{1f600}'"),
            ),
            (
                r"SELECT E'\ud83d\ude00\u0027\n'",
                Some("SELECT E'\u{1f600}\\'\\n'"),
            ),
            (r"SELECT E'\\u00e9', E'\ud83d', '\u00e9', E'\x41'", None),
        ] {
            assert_eq!(respelled(sql).as_deref(), expected, "{sql}");
        }
    }

    fn cast_of(sql: &str) -> (String, DataType) {
        let mut parser = sqlparser::parser::Parser::new(&sqlparser::dialect::PostgreSqlDialect {})
            .try_with_sql(sql)
            .unwrap();
        let Expr::Cast {
            expr, data_type, ..
        } = parser.parse_expr().unwrap()
        else {
            panic!("{sql} is a cast");
        };
        let text = super::super::names::string(&expr).unwrap().to_owned();
        (text, data_type)
    }

    #[test]
    fn literals_that_are_cast_are_spelled_as_duckdb_does() {
        for (sql, expected) in [
            ("'20240105'::date", "'2024-01-05'"),
            ("'Jan 5, 2024'::date", "'2024-01-05'"),
            ("'5 january 2024'::date", "'2024-01-05'"),
            ("'05-Jan-2024'::date", "'2024-01-05'"),
            ("'0044-03-15 BC'::date", "'0044-03-15 (BC)'"),
            ("' TODAY '::date", "current_date"),
            ("'yesterday'::date", "(current_date - 1)"),
            ("'now'::timestamp", "localtimestamp"),
            ("'now'::timestamptz", "current_timestamp"),
            ("'now'::time", "localtime"),
            ("'tomorrow'::timestamp", "(current_date + 1)"),
            ("'20240105T100203'::timestamp", "'2024-01-05 10:02:03'"),
            ("'20240105T1002'::timestamp", "'2024-01-05 10:02:00'"),
            ("'2024-01-05 10:02 pm'::timestamp", "'2024-01-05 22:02:00'"),
            ("'2024-01-05 12:02 AM'::timestamp", "'2024-01-05 00:02:00'"),
            (
                "'Jan 5 2024 1:02:03 PM'::timestamp",
                "'2024-01-05 13:02:03'",
            ),
            (
                "'2024-01-05 10:02+02'::timestamptz",
                "'2024-01-05 10:02:00+02:00'",
            ),
            (
                "'2024-01-05 10:02:03 -02'::timestamptz",
                "'2024-01-05 10:02:03-02:00'",
            ),
            (
                "'2024-01-05T10:02Z'::timestamptz",
                "'2024-01-05 10:02:00+00:00'",
            ),
            ("'10:00 PM'::time", "'22:00:00'"),
            ("'on'::bool", "'true'"),
            ("'No'::boolean", "'false'"),
            (
                "'P1DT2H'::interval",
                "'0 months 1 days 7200000000 microseconds'",
            ),
            (
                "'-1 days +03:00:00'::interval",
                "'0 months -1 days 10800000000 microseconds'",
            ),
            ("'1-2'::interval", "'14 months 0 days 0 microseconds'"),
            (r"'\x00ff'::bytea", r"'\x00\xFF'"),
        ] {
            let (text, data_type) = cast_of(sql);
            let literal = literal_of(&text, &data_type).map(|literal| literal.to_string());
            assert_eq!(literal.as_deref(), Some(expected), "{sql}");
        }
        for sql in [
            "'2024-01-05'::date",
            "'2024-01-05 10:02:03.5'::timestamp",
            "'1 day'::interval",
            "'true'::bool",
            "'abc'::text",
            "'now'::text",
            // Whose order is not known, or nobody reads.
            "'1/5/2024'::date",
            "'13:00 PM'::time",
            "'Foo 5, 2024'::date",
            "'today'::time",
            "'maybe'::bool",
            "'2024-02-31'::date",
        ] {
            let (text, data_type) = cast_of(sql);
            assert_eq!(literal_of(&text, &data_type), None, "{sql}");
        }
    }
}
