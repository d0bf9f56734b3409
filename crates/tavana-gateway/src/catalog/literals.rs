//! Literals that are cast to a type and that DuckDB spells in another way, or does not know.

use std::borrow::Cow;

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, Expr, Ident, Interval, TimezoneInfo, Value,
    ValueWithSpan,
};

use super::types::bytea_literal;
use crate::pg::params::datetime::{Part, respell, respell_interval};
use crate::pg::params::input::boolean;

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
            (iso || bare).then(|| respell_interval(text)).flatten()?
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

#[cfg(test)]
mod tests {
    use super::*;

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
            ("'Jan 5 2024 1:02:03 PM'::timestamp", "'2024-01-05 13:02:03'"),
            ("'2024-01-05 10:02+02'::timestamptz", "'2024-01-05 10:02:00+02:00'"),
            ("'2024-01-05 10:02:03 -02'::timestamptz", "'2024-01-05 10:02:03-02:00'"),
            ("'2024-01-05T10:02Z'::timestamptz", "'2024-01-05 10:02:00+00:00'"),
            ("'10:00 PM'::time", "'22:00:00'"),
            ("'on'::bool", "'true'"),
            ("'No'::boolean", "'false'"),
            ("'P1DT2H'::interval", "'0 months 1 days 7200000000 microseconds'"),
            ("'1-2'::interval", "'14 months 0 days 0 microseconds'"),
            (r"'\x00'::bytea", r"'\x00'"),
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
