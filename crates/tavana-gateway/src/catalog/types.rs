//! PostgreSQL's types in DuckDB's words, and its array literals.

use std::iter::Peekable;
use std::str::Chars;

use sqlparser::ast::{
    Array, ArrayElemTypeDef, DataType, ExactNumberInfo, Expr, ObjectName, ObjectNamePart,
    TimezoneInfo, Value,
};
use tavana_common::catalog::REG_TYPES;

use super::names;
use super::transform::{listed, object_name, parts};

/// The name of a type like `regclass`.
pub(super) fn reg_type(data_type: &DataType) -> Option<String> {
    let name = match data_type {
        DataType::Regclass => "regclass".to_owned(),
        DataType::Custom(name, modifiers) if modifiers.is_empty() => {
            match parts(name)?.as_slice() {
                [name] => name.clone(),
                [schema, name] if schema == "pg_catalog" => name.clone(),
                _ => return None,
            }
        }
        _ => return None,
    };
    listed(REG_TYPES, &name).then_some(name)
}

/// Whether a type is an array of `regtype`.
pub(super) fn is_reg_type_array(data_type: &DataType) -> bool {
    element(data_type).is_some_and(|element| reg_type(element).as_deref() == Some("regtype"))
}

pub(super) fn is_text_array(data_type: &DataType) -> bool {
    element(data_type).is_some_and(is_text)
}

fn element(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => Some(element),
        _ => None,
    }
}

pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text
        | DataType::Varchar(_)
        | DataType::CharacterVarying(_)
        | DataType::CharVarying(_)
        | DataType::Character(_)
        | DataType::Char(_) => true,
        DataType::Custom(name, _) => matches!(
            names::last_part(name).as_deref(),
            Some("text" | "varchar" | "name" | "bpchar")
        ),
        _ => false,
    }
}

/// The names that the catalog has for types of arrays, sorted.
pub(super) const ARRAY_TYPES: [&str; 20] = [
    "_bool",
    "_bpchar",
    "_bytea",
    "_date",
    "_float4",
    "_float8",
    "_int2",
    "_int4",
    "_int8",
    "_interval",
    "_json",
    "_jsonb",
    "_name",
    "_numeric",
    "_text",
    "_time",
    "_timestamp",
    "_timestamptz",
    "_uuid",
    "_varchar",
];

fn is_quoted(name: &ObjectName) -> bool {
    name.0.iter().any(|part| match part {
        ObjectNamePart::Identifier(name) => name.quote_style.is_some(),
        ObjectNamePart::Function(_) => false,
    })
}

/// The dimensions that an array of PostgreSQL can have.
const DIMENSIONS_MAX: usize = 6;

/// As [`change_type`], for what a value is cast to. A precision that would round it stays, for
/// DuckDB to refuse.
pub(super) fn change_cast_type(data_type: &mut DataType) -> bool {
    match data_type {
        DataType::Time(Some(0..6), _)
        | DataType::Timestamp(Some(0..6), TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => false,
        _ => change_type(data_type),
    }
}

/// Spells a type as DuckDB does; whether that changed anything.
pub(super) fn change_type(data_type: &mut DataType) -> bool {
    let changed = match data_type {
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _)
            | ArrayElemTypeDef::Qualified(element, _)
            | ArrayElemTypeDef::AngleBracket(element),
        ) => return change_type(element),
        DataType::JSONB => DataType::JSON,
        // DuckDB keeps microseconds of both.
        DataType::Time(precision @ Some(_), _)
        | DataType::Timestamp(precision @ Some(_), TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) =>
        {
            *precision = None;
            return true;
        }
        DataType::BitVarying(_) | DataType::VarBit(_) => DataType::Bit(None),
        DataType::Custom(type_name, modifiers) => {
            let Some(parts) = parts(type_name) else {
                return false;
            };
            let (system, name) = match parts.as_slice() {
                [name] => (false, name.as_str()),
                [schema, name] if schema == "pg_catalog" || schema == "information_schema" => {
                    (true, name.as_str())
                }
                _ => return false,
            };
            match name {
                "name" | "cstring" | "unknown" | "citext" | "pg_node_tree" | "aclitem" | "inet"
                | "cidr" | "macaddr" | "xml" | "sql_identifier" | "character_data"
                | "yes_or_no" | "pg_lsn" | "tid" | "refcursor" => DataType::Varchar(None),
                // The type, not the keyword: `"char"`.
                "char" => DataType::Varchar(None),
                "bpchar" | "text" | "varchar" if system => DataType::Varchar(None),
                "oid" | "xid" | "cid" | "xid8" => DataType::BigInt(None),
                "cardinal_number" => DataType::Integer(None),
                "int2vector" => array_type(DataType::SmallInt(None)),
                "oidvector" => array_type(DataType::BigInt(None)),
                "money" => DataType::Decimal(ExactNumberInfo::PrecisionAndScale(18, 2)),
                "jsonb" => DataType::JSON,
                "varbit" => DataType::Bit(None),
                _ if listed(REG_TYPES, name) => DataType::BigInt(None),
                // In quotes it may be a type of the user's.
                _ if listed(&ARRAY_TYPES, name) && !is_quoted(type_name) => {
                    let element = object_name(&[name.trim_start_matches('_')]);
                    let mut element = DataType::Custom(element, Vec::new());
                    change_type(&mut element);
                    array_type(element)
                }
                _ if system => {
                    *data_type = DataType::Custom(object_name(&[name]), modifiers.clone());
                    return true;
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    *data_type = changed;
    true
}

/// How many brackets a type has.
pub(super) fn dimensions_of(data_type: &DataType) -> usize {
    element(data_type).map_or(0, |element| 1 + dimensions_of(element))
}

/// The type of a list.
pub(super) fn array_type(element: DataType) -> DataType {
    DataType::Array(ArrayElemTypeDef::SquareBracket(Box::new(element), None))
}

pub(super) fn is_bytea(data_type: &DataType) -> bool {
    match data_type {
        DataType::Bytea => true,
        DataType::Custom(name, _) => names::last_part(name).as_deref() == Some("bytea"),
        _ => false,
    }
}

/// A literal of `bytea` (PostgreSQL documentation, 8.4) as DuckDB spells a BLOB; `None` when it is
/// no valid one, or the same to both.
pub(super) fn bytea_literal(text: &str) -> Option<String> {
    let bytes = match text.strip_prefix("\\x") {
        Some(hex) => hex_bytes(hex)?,
        None => escaped_bytes(text)?,
    };
    let mut literal = String::with_capacity(bytes.len() * 4);
    for byte in bytes {
        if byte.is_ascii_graphic() && byte != b'\\' || byte == b' ' {
            literal.push(char::from(byte));
        } else {
            literal.push_str(&format!("\\x{byte:02X}"));
        }
    }
    (literal != text).then_some(literal)
}

/// Pairs of hexadecimal digits; spaces may stand between the pairs.
fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(hex.len() / 2);
    let mut digits = hex.chars().filter(|digit| !digit.is_ascii_whitespace());
    while let Some(high) = digits.next() {
        let (high, low) = (high.to_digit(16)?, digits.next()?.to_digit(16)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(bytes)
}

/// `\\` and `\ooo`. A backslash before anything else is DuckDB's spelling, or a mistake that
/// DuckDB reports.
fn escaped_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let first = rest.next()?;
        if first == b'\\' {
            bytes.push(first);
            continue;
        }
        let mut value = 0_u32;
        for digit in [Some(first), rest.next(), rest.next()] {
            value = value * 8 + char::from(digit?).to_digit(8)?;
        }
        bytes.push(u8::try_from(value).ok()?);
    }
    Some(bytes)
}

/// `{1,2}` or `{{1,2},{3,4}}` as a list, and its dimensions; elements other than texts stay bare
/// strings, which the cast around them reads. `None` when it is no valid one (PostgreSQL
/// documentation, 8.15.6), or says where its indexes begin.
pub(super) fn array_literal(text: &str) -> Option<(Expr, usize)> {
    let mut rest = text.trim().chars().peekable();
    let list = list(&mut rest, DIMENSIONS_MAX)?;
    rest.next().is_none().then_some(list)
}

type Rest<'text> = Peekable<Chars<'text>>;

fn skip_blanks(rest: &mut Rest<'_>) {
    while rest.next_if(|next| next.is_ascii_whitespace()).is_some() {}
}

fn list(rest: &mut Rest<'_>, dimensions_max: usize) -> Option<(Expr, usize)> {
    let below_max = dimensions_max.checked_sub(1)?;
    rest.next_if_eq(&'{')?;
    let mut values = Vec::new();
    skip_blanks(rest);
    if rest.next_if_eq(&'}').is_some() {
        return Some((list_of(values), 1));
    }
    let mut dimensions = None;
    loop {
        skip_blanks(rest);
        let (value, below) = match rest.peek()? {
            '{' => list(rest, below_max)?,
            '"' => (quoted(rest)?, 0),
            _ => (bare(rest)?, 0),
        };
        if *dimensions.get_or_insert(below + 1) != below + 1 {
            return None;
        }
        values.push(value);
        skip_blanks(rest);
        match rest.next()? {
            ',' => {}
            '}' => return Some((list_of(values), dimensions?)),
            _ => return None,
        }
    }
}

fn quoted(rest: &mut Rest<'_>) -> Option<Expr> {
    rest.next_if_eq(&'"')?;
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(element_of(&text, true)),
            '\\' => text.push(rest.next()?),
            other => text.push(other),
        }
    }
}

fn bare(rest: &mut Rest<'_>) -> Option<Expr> {
    let mut text = String::new();
    loop {
        match rest.peek()? {
            ',' | '}' => break,
            '{' | '"' => return None,
            _ => {}
        }
        match rest.next()? {
            '\\' => text.push(rest.next()?),
            other => text.push(other),
        }
    }
    let text = text.trim_end();
    (!text.is_empty()).then(|| element_of(text, false))
}

fn element_of(text: &str, quoted: bool) -> Expr {
    if !quoted && text.eq_ignore_ascii_case("null") {
        return Expr::Value(Value::Null.into());
    }
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

fn list_of(elem: Vec<Expr>) -> Expr {
    Expr::Array(Array { elem, named: true })
}

#[cfg(test)]
mod tests {
    use super::{array_literal, bytea_literal};

    #[test]
    fn literals_of_arrays_are_spelled_as_lists() {
        for (given, expected) in [
            ("{}", Some("ARRAY[]")),
            (" { 1 , 2 } ", Some("ARRAY['1', '2']")),
            (
                r#"{a b,"a,b","x\\y",NULL,"null"}"#,
                Some(r"ARRAY['a b', 'a,b', 'x\y', NULL, 'null']"),
            ),
            (
                "{{1,2},{3,4}}",
                Some("ARRAY[ARRAY['1', '2'], ARRAY['3', '4']]"),
            ),
            ("{{1},2}", None),
            ("{1,2", None),
            ("{1,,2}", None),
            ("{1}}", None),
            ("{\"a}", None),
            ("[0:1]={1,2}", None),
            ("{{{{{{{1}}}}}}}", None),
        ] {
            let list = array_literal(given).map(|(list, _)| list.to_string());
            assert_eq!(list.as_deref(), expected, "{given}");
        }
        assert!(array_literal(&"{".repeat(1_000_000)).is_none());
    }

    #[test]
    fn literals_of_bytea_are_spelled_as_blobs() {
        for (given, expected) in [
            (r"\x00ff5c41", Some(r"\x00\xFF\x5CA")),
            (r"\xDE AD", Some(r"\xDE\xAD")),
            (r"\x", Some("")),
            (r"a\\b", Some(r"a\x5Cb")),
            (r"\000a\377", Some(r"\x00a\xFF")),
            ("\u{e9}", Some(r"\xC3\xA9")),
            // The same to both, DuckDB's own, or for DuckDB to refuse.
            ("abc", None),
            (r"\xAA\xBB", None),
            (r"\x0", None),
            (r"\9", None),
            (r"\777", None),
        ] {
            assert_eq!(bytea_literal(given).as_deref(), expected, "{given}");
        }
    }
}
