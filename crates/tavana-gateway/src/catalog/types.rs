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
