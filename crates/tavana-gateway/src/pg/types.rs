//! DuckDB types as PostgreSQL types: what RowDescription and ParameterDescription say.
//!
//! Only OIDs that PostgreSQL itself ships are ever sent. Drivers that meet another one ask
//! `pg_type` about it and expect exact answers, or give up.

/// OIDs of PostgreSQL's built-in types, named as `pg_type.typname`.
pub(crate) mod oid {
    pub(crate) const BOOL: u32 = 16;
    pub(crate) const BYTEA: u32 = 17;
    pub(crate) const CHAR: u32 = 18;
    pub(crate) const NAME: u32 = 19;
    pub(crate) const INT8: u32 = 20;
    pub(crate) const INT2: u32 = 21;
    pub(crate) const INT2VECTOR: u32 = 22;
    pub(crate) const INT4: u32 = 23;
    pub(crate) const REGPROC: u32 = 24;
    pub(crate) const TEXT: u32 = 25;
    pub(crate) const OID: u32 = 26;
    pub(crate) const XID: u32 = 28;
    pub(crate) const OIDVECTOR: u32 = 30;
    pub(crate) const JSON: u32 = 114;
    pub(crate) const PG_NODE_TREE: u32 = 194;
    pub(crate) const JSON_ARRAY: u32 = 199;
    pub(crate) const FLOAT4: u32 = 700;
    pub(crate) const FLOAT8: u32 = 701;
    pub(crate) const UNKNOWN: u32 = 705;
    pub(crate) const BOOL_ARRAY: u32 = 1000;
    pub(crate) const BYTEA_ARRAY: u32 = 1001;
    pub(crate) const CHAR_ARRAY: u32 = 1002;
    pub(crate) const NAME_ARRAY: u32 = 1003;
    pub(crate) const INT2_ARRAY: u32 = 1005;
    pub(crate) const INT4_ARRAY: u32 = 1007;
    pub(crate) const TEXT_ARRAY: u32 = 1009;
    pub(crate) const BPCHAR_ARRAY: u32 = 1014;
    pub(crate) const VARCHAR_ARRAY: u32 = 1015;
    pub(crate) const INT8_ARRAY: u32 = 1016;
    pub(crate) const FLOAT4_ARRAY: u32 = 1021;
    pub(crate) const FLOAT8_ARRAY: u32 = 1022;
    pub(crate) const OID_ARRAY: u32 = 1028;
    pub(crate) const BPCHAR: u32 = 1042;
    pub(crate) const VARCHAR: u32 = 1043;
    pub(crate) const DATE: u32 = 1082;
    pub(crate) const TIME: u32 = 1083;
    pub(crate) const TIMESTAMP: u32 = 1114;
    pub(crate) const TIMESTAMP_ARRAY: u32 = 1115;
    pub(crate) const DATE_ARRAY: u32 = 1182;
    pub(crate) const TIME_ARRAY: u32 = 1183;
    pub(crate) const TIMESTAMPTZ: u32 = 1184;
    pub(crate) const TIMESTAMPTZ_ARRAY: u32 = 1185;
    pub(crate) const INTERVAL: u32 = 1186;
    pub(crate) const INTERVAL_ARRAY: u32 = 1187;
    pub(crate) const NUMERIC_ARRAY: u32 = 1231;
    pub(crate) const TIMETZ: u32 = 1266;
    pub(crate) const TIMETZ_ARRAY: u32 = 1270;
    pub(crate) const BIT: u32 = 1560;
    pub(crate) const BIT_ARRAY: u32 = 1561;
    pub(crate) const VARBIT: u32 = 1562;
    pub(crate) const VARBIT_ARRAY: u32 = 1563;
    pub(crate) const NUMERIC: u32 = 1700;
    pub(crate) const CSTRING: u32 = 2275;
    pub(crate) const UUID: u32 = 2950;
    pub(crate) const UUID_ARRAY: u32 = 2951;
    pub(crate) const JSONB: u32 = 3802;
    pub(crate) const JSONB_ARRAY: u32 = 3807;
}

/// What RowDescription says about a column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PgColumn {
    pub(crate) oid: u32,
    /// Bytes of a value, -1 when it varies (`pg_type.typlen`).
    pub(crate) size: i16,
    /// `pg_attribute.atttypmod`; -1 when the type takes none.
    pub(crate) typmod: i32,
}

impl PgColumn {
    /// The column of a built-in type without a modifier.
    pub(crate) fn of(oid: u32) -> Self {
        Self {
            oid,
            size: size_of_oid(oid),
            typmod: -1,
        }
    }

    fn numeric(precision: i32, scale: i32) -> Self {
        Self {
            oid: oid::NUMERIC,
            size: -1,
            typmod: ((precision << 16) | scale) + 4,
        }
    }
}

/// The PostgreSQL type in which values of a DuckDB type are sent.
///
/// `duckdb_type` is DuckDB's own spelling, e.g. `DECIMAL(18,3)` or `STRUCT(a INTEGER)[]`. A name
/// that is not known here (a type of an extension) is sent as text.
pub(crate) fn describe(duckdb_type: &str) -> PgColumn {
    if let Some((_, oid)) = SHOWN.iter().find(|(shown, _)| *shown == duckdb_type) {
        return PgColumn::of(*oid);
    }
    if let Some(element) = element_of(duckdb_type) {
        // PostgreSQL's arrays are rectangular and hold scalars; lists of lists, structs and JSON
        // values are neither.
        let element = describe(element);
        return match array_of(element.oid) {
            Some(array) if element.oid != oid::JSON => PgColumn {
                oid: array,
                size: -1,
                typmod: element.typmod,
            },
            Some(_) | None => PgColumn::of(oid::JSON),
        };
    }
    let (base, arguments) = match duckdb_type.split_once('(') {
        Some((base, rest)) => (base.trim_end(), rest.strip_suffix(')')),
        None => (duckdb_type, None),
    };
    match base.to_ascii_uppercase().as_str() {
        "BOOLEAN" => PgColumn::of(oid::BOOL),
        "TINYINT" | "UTINYINT" | "SMALLINT" => PgColumn::of(oid::INT2),
        "USMALLINT" | "INTEGER" => PgColumn::of(oid::INT4),
        "UINTEGER" | "BIGINT" => PgColumn::of(oid::INT8),
        "UBIGINT" => PgColumn::numeric(20, 0),
        "HUGEINT" | "UHUGEINT" => PgColumn::numeric(38, 0),
        "BIGNUM" | "VARINT" => PgColumn::of(oid::NUMERIC),
        "DECIMAL" | "NUMERIC" => match arguments.and_then(precision_and_scale) {
            Some((precision, scale)) => PgColumn::numeric(precision, scale),
            None => PgColumn::of(oid::NUMERIC),
        },
        "FLOAT" => PgColumn::of(oid::FLOAT4),
        "DOUBLE" => PgColumn::of(oid::FLOAT8),
        "BLOB" | "GEOMETRY" => PgColumn::of(oid::BYTEA),
        "BIT" => PgColumn::of(oid::VARBIT),
        "DATE" => PgColumn::of(oid::DATE),
        "TIME" | "TIME_NS" => PgColumn::of(oid::TIME),
        "TIME WITH TIME ZONE" | "TIMETZ" => PgColumn::of(oid::TIMETZ),
        "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" => {
            PgColumn::of(oid::TIMESTAMP)
        }
        "TIMESTAMP WITH TIME ZONE" | "TIMESTAMPTZ" => PgColumn::of(oid::TIMESTAMPTZ),
        "INTERVAL" => PgColumn::of(oid::INTERVAL),
        "UUID" => PgColumn::of(oid::UUID),
        "JSON" | "VARIANT" | "STRUCT" | "MAP" | "UNION" => PgColumn::of(oid::JSON),
        // VARCHAR, ENUM, "NULL", TYPE and whatever extensions add. `text`, not `varchar`: psqlODBC
        // reports a varchar without a length as 255 characters.
        _ => PgColumn::of(oid::TEXT),
    }
}

/// Types of the catalog that DuckDB lacks, under names that no type of DuckDB has.
const SHOWN: &[(&str, u32)] = &[
    ("pg_catalog.text", oid::TEXT),
    ("pg_catalog.oid", oid::OID),
    ("pg_catalog.name", oid::NAME),
    ("pg_catalog.char", oid::CHAR),
    ("pg_catalog.xid", oid::XID),
    ("pg_catalog.int2vector", oid::INT2VECTOR),
    ("pg_catalog.oidvector", oid::OIDVECTOR),
    ("pg_catalog._oid", oid::OID_ARRAY),
    ("pg_catalog._name", oid::NAME_ARRAY),
    ("pg_catalog._char", oid::CHAR_ARRAY),
];

/// The name under which values of a DuckDB type are described as the type `oid` of the catalog;
/// `None` when they cannot be sent as such.
pub(crate) fn shown_as(duckdb_type: &str, oid: u32) -> Option<&'static str> {
    let integers = |of: &str| matches!(of, "BIGINT" | "UBIGINT" | "INTEGER" | "UINTEGER");
    let small = |of: &str| matches!(of, "SMALLINT" | "TINYINT") || integers(of);
    let fits = match oid {
        // NULL alone.
        oid::TEXT => matches!(duckdb_type, "INTEGER" | "\"NULL\""),
        oid::OID | oid::XID => integers(duckdb_type),
        oid::NAME | oid::CHAR => duckdb_type == "VARCHAR",
        oid::INT2VECTOR => element_of(duckdb_type).is_some_and(small),
        oid::OIDVECTOR | oid::OID_ARRAY => element_of(duckdb_type).is_some_and(integers),
        oid::NAME_ARRAY | oid::CHAR_ARRAY => element_of(duckdb_type) == Some("VARCHAR"),
        _ => false,
    };
    if !fits {
        return None;
    }
    let shown = SHOWN.iter().find(|(_, known)| *known == oid);
    shown.map(|(name, _)| *name)
}

/// The DuckDB type of a parameter that the client declared with a PostgreSQL OID, or None when
/// the statement must tell: not declared or not known. A `numeric` is described as DuckDB's usual
/// DECIMAL; what is bound has the digits of its value (`params::decode`).
pub(crate) fn duckdb_type_of_oid(oid: u32) -> Option<&'static str> {
    Some(match oid {
        oid::BOOL => "BOOLEAN",
        oid::INT8 | oid::OID | oid::XID => "BIGINT",
        // psycopg declares small numbers as int2. DuckDB computes `SMALLINT + 30000` in 16 bits
        // and overflows, where PostgreSQL computes in 32.
        oid::INT2 | oid::INT4 => "INTEGER",
        oid::FLOAT4 => "FLOAT",
        oid::FLOAT8 => "DOUBLE",
        oid::NUMERIC => "DECIMAL(18,3)",
        oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::CHAR | oid::CSTRING => "VARCHAR",
        oid::BYTEA => "BLOB",
        oid::DATE => "DATE",
        oid::TIME => "TIME",
        oid::TIMETZ => "TIME WITH TIME ZONE",
        oid::TIMESTAMP => "TIMESTAMP",
        oid::TIMESTAMPTZ => "TIMESTAMP WITH TIME ZONE",
        oid::INTERVAL => "INTERVAL",
        oid::UUID => "UUID",
        oid::JSON | oid::JSONB => "JSON",
        oid::BIT | oid::VARBIT => "BIT",
        oid::BOOL_ARRAY => "BOOLEAN[]",
        oid::INT8_ARRAY | oid::OID_ARRAY => "BIGINT[]",
        oid::INT2_ARRAY | oid::INT4_ARRAY => "INTEGER[]",
        oid::FLOAT4_ARRAY => "FLOAT[]",
        oid::FLOAT8_ARRAY => "DOUBLE[]",
        oid::NUMERIC_ARRAY => "DECIMAL(18,3)[]",
        oid::TEXT_ARRAY
        | oid::VARCHAR_ARRAY
        | oid::BPCHAR_ARRAY
        | oid::NAME_ARRAY
        | oid::CHAR_ARRAY => "VARCHAR[]",
        oid::BYTEA_ARRAY => "BLOB[]",
        oid::DATE_ARRAY => "DATE[]",
        oid::TIME_ARRAY => "TIME[]",
        oid::TIMETZ_ARRAY => "TIME WITH TIME ZONE[]",
        oid::TIMESTAMP_ARRAY => "TIMESTAMP[]",
        oid::TIMESTAMPTZ_ARRAY => "TIMESTAMP WITH TIME ZONE[]",
        oid::INTERVAL_ARRAY => "INTERVAL[]",
        oid::UUID_ARRAY => "UUID[]",
        oid::JSON_ARRAY | oid::JSONB_ARRAY => "JSON[]",
        oid::BIT_ARRAY | oid::VARBIT_ARRAY => "BIT[]",
        _ => return None,
    })
}

/// The element type of a DuckDB list or array type name: `INTEGER[]`, `VARCHAR[3]`.
pub(crate) fn element_of(duckdb_type: &str) -> Option<&str> {
    let inner = duckdb_type.strip_suffix(']')?;
    let (element, length) = inner.rsplit_once('[')?;
    length
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(element)
}

/// The OID of the array type over an element type.
pub(crate) fn array_of(element: u32) -> Option<u32> {
    ARRAYS
        .iter()
        .find(|(_, of)| *of == element)
        .map(|(array, _)| *array)
}

/// The element type of an array type (or of int2vector and oidvector).
pub(crate) fn element_of_oid(array: u32) -> Option<u32> {
    match array {
        oid::INT2VECTOR => Some(oid::INT2),
        oid::OIDVECTOR => Some(oid::OID),
        _ => ARRAYS
            .iter()
            .find(|(of, _)| *of == array)
            .map(|(_, element)| *element),
    }
}

const ARRAYS: &[(u32, u32)] = &[
    (oid::TEXT_ARRAY, oid::TEXT),
    (oid::INT4_ARRAY, oid::INT4),
    (oid::INT8_ARRAY, oid::INT8),
    (oid::INT2_ARRAY, oid::INT2),
    (oid::FLOAT8_ARRAY, oid::FLOAT8),
    (oid::FLOAT4_ARRAY, oid::FLOAT4),
    (oid::NUMERIC_ARRAY, oid::NUMERIC),
    (oid::BOOL_ARRAY, oid::BOOL),
    (oid::DATE_ARRAY, oid::DATE),
    (oid::TIMESTAMP_ARRAY, oid::TIMESTAMP),
    (oid::TIMESTAMPTZ_ARRAY, oid::TIMESTAMPTZ),
    (oid::TIME_ARRAY, oid::TIME),
    (oid::TIMETZ_ARRAY, oid::TIMETZ),
    (oid::INTERVAL_ARRAY, oid::INTERVAL),
    (oid::UUID_ARRAY, oid::UUID),
    (oid::BYTEA_ARRAY, oid::BYTEA),
    (oid::VARBIT_ARRAY, oid::VARBIT),
    (oid::BIT_ARRAY, oid::BIT),
    (oid::JSON_ARRAY, oid::JSON),
    (oid::JSONB_ARRAY, oid::JSONB),
    (oid::VARCHAR_ARRAY, oid::VARCHAR),
    (oid::BPCHAR_ARRAY, oid::BPCHAR),
    (oid::NAME_ARRAY, oid::NAME),
    (oid::CHAR_ARRAY, oid::CHAR),
    (oid::OID_ARRAY, oid::OID),
];

/// `pg_type.typlen`.
fn size_of_oid(oid: u32) -> i16 {
    match oid {
        oid::BOOL | oid::CHAR => 1,
        oid::INT2 => 2,
        oid::INT4 | oid::OID | oid::REGPROC | oid::XID | oid::FLOAT4 | oid::DATE => 4,
        oid::INT8 | oid::FLOAT8 | oid::TIME | oid::TIMESTAMP | oid::TIMESTAMPTZ => 8,
        oid::TIMETZ => 12,
        oid::INTERVAL | oid::UUID => 16,
        oid::NAME => 64,
        _ => -1,
    }
}

fn precision_and_scale(arguments: &str) -> Option<(i32, i32)> {
    let (precision, scale) = arguments.split_once(',').unwrap_or((arguments, "0"));
    Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duckdb_type_has_the_documented_postgres_type() {
        for (duckdb_type, oid, size, typmod) in [
            ("BOOLEAN", 16, 1, -1),
            ("TINYINT", 21, 2, -1),
            ("UTINYINT", 21, 2, -1),
            ("SMALLINT", 21, 2, -1),
            ("USMALLINT", 23, 4, -1),
            ("INTEGER", 23, 4, -1),
            ("UINTEGER", 20, 8, -1),
            ("BIGINT", 20, 8, -1),
            ("UBIGINT", 1700, -1, 1_310_724),
            ("HUGEINT", 1700, -1, 2_490_372),
            ("UHUGEINT", 1700, -1, 2_490_372),
            ("BIGNUM", 1700, -1, -1),
            ("DECIMAL(18,3)", 1700, -1, ((18 << 16) | 3) + 4),
            ("DECIMAL(38, 10)", 1700, -1, ((38 << 16) | 10) + 4),
            ("FLOAT", 700, 4, -1),
            ("DOUBLE", 701, 8, -1),
            ("VARCHAR", 25, -1, -1),
            ("ENUM('a', 'b]')", 25, -1, -1),
            ("BLOB", 17, -1, -1),
            ("BIT", 1562, -1, -1),
            ("DATE", 1082, 4, -1),
            ("TIME", 1083, 8, -1),
            ("TIME_NS", 1083, 8, -1),
            ("TIME WITH TIME ZONE", 1266, 12, -1),
            ("TIMESTAMP", 1114, 8, -1),
            ("TIMESTAMP_S", 1114, 8, -1),
            ("TIMESTAMP_NS", 1114, 8, -1),
            ("TIMESTAMP WITH TIME ZONE", 1184, 8, -1),
            ("INTERVAL", 1186, 16, -1),
            ("UUID", 2950, 16, -1),
            ("JSON", 114, -1, -1),
            ("VARIANT", 114, -1, -1),
            ("STRUCT(a INTEGER[], b VARCHAR)", 114, -1, -1),
            ("MAP(VARCHAR, INTEGER)", 114, -1, -1),
            ("UNION(k INTEGER)", 114, -1, -1),
            ("GEOMETRY", 17, -1, -1),
            ("\"NULL\"", 25, -1, -1),
            ("TYPE", 25, -1, -1),
            ("BOX_2D", 25, -1, -1),
            ("INTEGER[]", 1007, -1, -1),
            ("VARCHAR[3]", 1009, -1, -1),
            ("ENUM('a', 'b')[]", 1009, -1, -1),
            ("DECIMAL(9,2)[]", 1231, -1, ((9 << 16) | 2) + 4),
            ("TIME WITH TIME ZONE[]", 1270, -1, -1),
            ("\"NULL\"[]", 1009, -1, -1),
            ("GEOMETRY[]", 1001, -1, -1),
            ("INTEGER[][]", 114, -1, -1),
            ("INTEGER[2][]", 114, -1, -1),
            ("STRUCT(a INTEGER)[]", 114, -1, -1),
            ("MAP(INTEGER, INTEGER)[2]", 114, -1, -1),
            ("JSON[]", 114, -1, -1),
        ] {
            let expected = PgColumn { oid, size, typmod };
            assert_eq!(describe(duckdb_type), expected, "{duckdb_type}");
        }
    }

    #[test]
    fn a_declared_parameter_type_comes_back_as_a_type_that_holds_it() {
        for (declared, duckdb_type) in [
            (16, Some("BOOLEAN")),
            (20, Some("BIGINT")),
            (21, Some("INTEGER")),
            (25, Some("VARCHAR")),
            (1043, Some("VARCHAR")),
            (1184, Some("TIMESTAMP WITH TIME ZONE")),
            (1016, Some("BIGINT[]")),
            (1700, Some("DECIMAL(18,3)")),
            (705, None),
            (0, None),
            (999_999, None),
        ] {
            assert_eq!(duckdb_type_of_oid(declared), duckdb_type, "{declared}");
        }
    }

    #[test]
    fn every_array_type_knows_its_element_and_back() {
        for (array, element) in ARRAYS {
            assert_eq!(array_of(*element), Some(*array));
            assert_eq!(element_of_oid(*array), Some(*element));
        }
    }
}
