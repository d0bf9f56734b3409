//! DuckDB types by name, and whether Arrow can carry them.

use libduckdb_sys as sys;

use super::ffi::LogicalType;
use super::text::{quote_name, quote_text};

/// The type as it is written in SQL, e.g. `DECIMAL(18,3)`, `STRUCT("a" INTEGER)[]`,
/// `ENUM('x', 'y')`.
///
/// Names of user-made types are not used: they mean nothing to a client that has not made them.
pub(crate) fn type_name(logical_type: &LogicalType) -> String {
    if logical_type
        .alias()
        .is_some_and(|alias| alias.eq_ignore_ascii_case("JSON"))
    {
        return "JSON".to_owned();
    }
    match logical_type.id() {
        sys::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => {
            let (width, scale) = logical_type.decimal();
            format!("DECIMAL({width},{scale})")
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_ENUM => {
            let values: Vec<String> = logical_type
                .enum_values()
                .iter()
                .map(|value| quote_text(value))
                .collect();
            format!("ENUM({})", values.join(", "))
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_LIST => format!("{}[]", type_name(&logical_type.list_child())),
        sys::DUCKDB_TYPE_DUCKDB_TYPE_ARRAY => {
            let (child, length) = logical_type.array_child();
            format!("{}[{length}]", type_name(&child))
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_MAP => {
            let (key, value) = logical_type.map_children();
            format!("MAP({}, {})", type_name(&key), type_name(&value))
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT => {
            format!("STRUCT({})", field_list(&logical_type.struct_fields()))
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UNION => {
            format!("UNION({})", field_list(&logical_type.union_members()))
        }
        id => simple_name(id).to_owned(),
    }
}

/// Whether a VARIANT is in the type: DuckDB 1.5 cannot export one to Arrow.
pub(crate) fn holds_variant(logical_type: &LogicalType) -> bool {
    match logical_type.id() {
        sys::DUCKDB_TYPE_DUCKDB_TYPE_VARIANT => true,
        sys::DUCKDB_TYPE_DUCKDB_TYPE_LIST => holds_variant(&logical_type.list_child()),
        sys::DUCKDB_TYPE_DUCKDB_TYPE_ARRAY => holds_variant(&logical_type.array_child().0),
        sys::DUCKDB_TYPE_DUCKDB_TYPE_MAP => {
            let (key, value) = logical_type.map_children();
            holds_variant(&key) || holds_variant(&value)
        }
        sys::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT => logical_type
            .struct_fields()
            .iter()
            .any(|(_, field)| holds_variant(field)),
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UNION => logical_type
            .union_members()
            .iter()
            .any(|(_, member)| holds_variant(member)),
        _ => false,
    }
}

fn field_list(fields: &[(String, LogicalType)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, field)| format!("{} {}", quote_name(name), type_name(field)))
        .collect();
    fields.join(", ")
}

fn simple_name(id: sys::duckdb_type) -> &'static str {
    match id {
        sys::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => "BOOLEAN",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => "TINYINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => "SMALLINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => "INTEGER",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => "BIGINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => "UTINYINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => "USMALLINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => "UINTEGER",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => "UBIGINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => "HUGEINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UHUGEINT => "UHUGEINT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_BIGNUM => "BIGNUM",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => "FLOAT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => "DOUBLE",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => "VARCHAR",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_BLOB => "BLOB",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_BIT => "BIT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_UUID => "UUID",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_DATE => "DATE",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIME => "TIME",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIME_NS => "TIME_NS",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIME_TZ => "TIME WITH TIME ZONE",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP => "TIMESTAMP",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S => "TIMESTAMP_S",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS => "TIMESTAMP_MS",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS => "TIMESTAMP_NS",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ => "TIMESTAMP WITH TIME ZONE",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_INTERVAL => "INTERVAL",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_GEOMETRY => "GEOMETRY",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_VARIANT => "VARIANT",
        sys::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => "\"NULL\"",
        // Types without a C API id (TYPE and the like) and literals of no type of their own.
        _ => "VARCHAR",
    }
}
