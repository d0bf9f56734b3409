//! The names that PostgreSQL gives to columns without one (`FigureColname` of its parser).
//!
//! Drivers hand rows to applications by name: `rows[0].count` must find what `count(*)` returned.

use sqlparser::ast::{
    AccessExpr, ArrayElemTypeDef, CastKind, CeilFloorKind, DataType, ExactNumberInfo, Expr,
    ObjectName, Query, SelectItem, SetExpr, TimezoneInfo, TrimWhereField, Value,
};

/// The name of a column that nothing names.
pub(crate) const UNNAMED: &str = "?column?";

/// How sure a name is: a cast or CASE takes the name of what is inside only if that has a real one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    None,
    Weak,
    Strong,
}

/// The name of a target without an alias; `None` for a plain column, which keeps its own.
pub(crate) fn target_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => None,
        _ => Some(name_of(expr)),
    }
}

fn name_of(expr: &Expr) -> String {
    match figure(expr) {
        (Strength::None, _) => UNNAMED.to_owned(),
        (_, name) => name,
    }
}

fn strong(name: impl Into<String>) -> (Strength, String) {
    (Strength::Strong, name.into())
}

fn figure(expr: &Expr) -> (Strength, String) {
    match expr {
        Expr::Identifier(name) => strong(folded(name)),
        Expr::CompoundIdentifier(names) => match names.last() {
            Some(name) => strong(folded(name)),
            None => (Strength::None, String::new()),
        },
        Expr::CompoundFieldAccess { root, access_chain } => {
            let field = access_chain.iter().rev().find_map(|access| match access {
                AccessExpr::Dot(field) => Some(figure(field)),
                AccessExpr::Subscript(_) => None,
            });
            field.unwrap_or_else(|| figure(root))
        }
        Expr::Function(function) => match last_part(&function.name) {
            Some(name) => strong(name),
            None => (Strength::None, String::new()),
        },
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => figure(inner),
        Expr::Cast {
            kind: CastKind::Cast | CastKind::DoubleColon,
            expr,
            data_type,
            ..
        } => match figure(expr) {
            (Strength::Strong, name) => strong(name),
            _ => (Strength::Weak, type_name(data_type)),
        },
        Expr::TypedString(typed) => (Strength::Weak, type_name(&typed.data_type)),
        Expr::Interval(_) => (Strength::Weak, "interval".to_owned()),
        Expr::Case { else_result, .. } => match else_result.as_deref().map(figure) {
            Some((Strength::Strong, name)) => strong(name),
            _ => (Strength::Weak, "case".to_owned()),
        },
        Expr::Array(_) => strong("array"),
        Expr::Exists { negated: false, .. } => strong("exists"),
        Expr::Subquery(query) => (Strength::Strong, first_target(query)),
        Expr::Tuple(_) => strong("row"),
        Expr::Extract { .. } => strong("extract"),
        Expr::Position { .. } => strong("position"),
        Expr::Substring { shorthand, .. } => {
            strong(if *shorthand { "substr" } else { "substring" })
        }
        Expr::Overlay { .. } => strong("overlay"),
        Expr::Trim { trim_where, .. } => strong(match trim_where {
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
            Some(TrimWhereField::Both) | None => "btrim",
        }),
        Expr::Ceil {
            field: CeilFloorKind::DateTimeField(_) | CeilFloorKind::Scale(_),
            ..
        } => strong("ceil"),
        Expr::Floor {
            field: CeilFloorKind::DateTimeField(_) | CeilFloorKind::Scale(_),
            ..
        } => strong("floor"),
        Expr::AtTimeZone { .. } => strong("timezone"),
        _ => (Strength::None, String::new()),
    }
}

/// A scalar subquery is named as its only column.
fn first_target(query: &Query) -> String {
    let mut body = &*query.body;
    loop {
        match body {
            SetExpr::Select(select) => {
                return match select.projection.first() {
                    Some(SelectItem::UnnamedExpr(expr)) => name_of(expr),
                    Some(SelectItem::ExprWithAlias { alias, .. }) => folded(alias),
                    _ => UNNAMED.to_owned(),
                };
            }
            SetExpr::Query(query) => body = &query.body,
            SetExpr::SetOperation { left, .. } => body = left,
            SetExpr::Values(_) => return "column1".to_owned(),
            _ => return UNNAMED.to_owned(),
        }
    }
}

/// An identifier as PostgreSQL stores it.
pub(crate) fn folded(name: &sqlparser::ast::Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}

pub(crate) fn last_part(name: &ObjectName) -> Option<String> {
    name.0.last()?.as_ident().map(folded)
}

/// `pg_type.typname` of a type as written; an array has the name of its element in a cast.
pub(crate) fn type_name(data_type: &DataType) -> String {
    let fixed = match data_type {
        DataType::Character(_) | DataType::Char(_) => "bpchar",
        DataType::CharacterVarying(_) | DataType::CharVarying(_) | DataType::Varchar(_) => {
            "varchar"
        }
        DataType::Text => "text",
        DataType::Int2(_) | DataType::SmallInt(_) => "int2",
        DataType::Int(_) | DataType::Int4(_) | DataType::Integer(_) => "int4",
        DataType::Int8(_) | DataType::BigInt(_) => "int8",
        DataType::Numeric(_) | DataType::Decimal(_) | DataType::Dec(_) => "numeric",
        DataType::Real | DataType::Float4 => "float4",
        DataType::Float(ExactNumberInfo::Precision(1..=24)) => "float4",
        DataType::Float(_) | DataType::Float8 | DataType::Double(_) | DataType::DoublePrecision => {
            "float8"
        }
        DataType::Bool | DataType::Boolean => "bool",
        DataType::Date => "date",
        DataType::Time(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => "timetz",
        DataType::Time(..) => "time",
        DataType::Timestamp(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => "timestamptz",
        DataType::Timestamp(..) => "timestamp",
        DataType::Interval { .. } => "interval",
        DataType::JSON => "json",
        DataType::JSONB => "jsonb",
        DataType::Bytea => "bytea",
        DataType::Uuid => "uuid",
        DataType::Bit(_) => "bit",
        DataType::BitVarying(_) | DataType::VarBit(_) => "varbit",
        DataType::Regclass => "regclass",
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _) | ArrayElemTypeDef::Qualified(element, _),
        ) => return type_name(element),
        DataType::Custom(name, _) => return last_part(name).unwrap_or_default(),
        other => return other.to_string().to_lowercase(),
    };
    fixed.to_owned()
}

/// Whether `expr` is a number, a text or the like as written.
pub(crate) fn literal(expr: &Expr) -> Option<&Value> {
    match expr {
        Expr::Value(value) => Some(&value.value),
        Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}

/// The value of a string as written.
pub(crate) fn string(expr: &Expr) -> Option<&str> {
    match literal(expr)? {
        Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text),
        Value::DollarQuotedString(text) => Some(&text.value),
        _ => None,
    }
}
