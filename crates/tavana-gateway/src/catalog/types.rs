//! PostgreSQL's types in DuckDB's words, and its array literals.

use sqlparser::ast::{Array, ArrayElemTypeDef, DataType, ExactNumberInfo, Expr, Value};
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

/// Spells a type as DuckDB does; whether that changed anything.
pub(super) fn change_type(data_type: &mut DataType) -> bool {
    let changed = match data_type {
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _)
            | ArrayElemTypeDef::Qualified(element, _)
            | ArrayElemTypeDef::AngleBracket(element),
        ) => return change_type(element),
        DataType::JSONB => DataType::JSON,
        DataType::BitVarying(_) | DataType::VarBit(_) => DataType::Bit(None),
        DataType::Custom(name, modifiers) => {
            let Some(parts) = parts(name) else {
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

fn array_type(element: DataType) -> DataType {
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

/// `{1,2}` as a list, if it is a plain one; elements of `element` other than texts stay bare
/// strings, which the cast around them reads.
pub(super) fn array_literal(text: &str) -> Option<Expr> {
    let body = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut values = Vec::new();
    let mut characters = body.chars().peekable();
    if body.trim().is_empty() {
        return Some(list_of(values));
    }
    loop {
        while characters.next_if(|next| next.is_whitespace()).is_some() {}
        let mut value = String::new();
        let quoted = characters.next_if_eq(&'"').is_some();
        loop {
            match characters.next() {
                Some('\\') => value.extend(characters.next()),
                Some('"') if quoted => break,
                Some('{' | '}' | '"') if !quoted => return None,
                Some(',') if !quoted => {
                    values.push(element_of(value.trim(), quoted));
                    value.clear();
                    while characters.next_if(|next| next.is_whitespace()).is_some() {}
                    if characters.peek() == Some(&'"') {
                        break;
                    }
                }
                Some(other) => value.push(other),
                None if quoted => return None,
                None => {
                    values.push(element_of(value.trim(), quoted));
                    return Some(list_of(values));
                }
            }
        }
        if quoted {
            values.push(element_of(&value, true));
            while characters.next_if(|next| next.is_whitespace()).is_some() {}
            match characters.next() {
                Some(',') => {}
                None => return Some(list_of(values)),
                Some(_) => return None,
            }
        }
    }
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
    use super::bytea_literal;

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
