//! DuckDB types and Arrow types: for the parameters that a client binds and the tables that it
//! ingests. Results do not pass here, the engine types them.

use std::sync::Arc;

use arrow_schema::{DataType, Field, IntervalUnit, Schema, TimeUnit};

use crate::session::statement::quote_identifier;

/// The plain Arrow type of a DuckDB type; text for everything without a counterpart. The engine
/// itself types results: this is for what is not bound.
pub(crate) fn arrow_of_duckdb(duckdb_type: &str) -> DataType {
    if let Some(element) = duckdb_type.strip_suffix("[]") {
        return DataType::List(Arc::new(Field::new_list_field(
            arrow_of_duckdb(element),
            true,
        )));
    }
    if let Some((precision, scale)) = decimal_arguments(duckdb_type) {
        return DataType::Decimal128(precision, scale);
    }
    match duckdb_type {
        "BOOLEAN" => DataType::Boolean,
        "TINYINT" => DataType::Int8,
        "SMALLINT" => DataType::Int16,
        "INTEGER" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "HUGEINT" => super::schema::HUGEINT,
        "UTINYINT" => DataType::UInt8,
        "USMALLINT" => DataType::UInt16,
        "UINTEGER" => DataType::UInt32,
        "UBIGINT" => DataType::UInt64,
        "FLOAT" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "BLOB" => DataType::Binary,
        "DATE" => DataType::Date32,
        "TIME" => DataType::Time64(TimeUnit::Microsecond),
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP_S" => DataType::Timestamp(TimeUnit::Second, None),
        "TIMESTAMP_MS" => DataType::Timestamp(TimeUnit::Millisecond, None),
        "TIMESTAMP_NS" => DataType::Timestamp(TimeUnit::Nanosecond, None),
        "TIMESTAMP WITH TIME ZONE" => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        "INTERVAL" => DataType::Interval(IntervalUnit::MonthDayNano),
        _ => DataType::Utf8,
    }
}

/// The Arrow type in which a client should bind a parameter of a DuckDB type. DuckDB casts text to
/// whatever the parameter is.
///
/// Times are in milliseconds: the JDBC driver writes milliseconds into the vector of whatever unit
/// it finds here. Clients that have finer values bind them with their own type.
pub(crate) fn parameter_type(duckdb_type: &str) -> DataType {
    match arrow_of_duckdb(duckdb_type) {
        // A decimal of 38 digits does not hold all of them.
        super::schema::HUGEINT => DataType::Utf8,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone),
        DataType::Time64(_) => DataType::Time32(TimeUnit::Millisecond),
        other => other,
    }
}

/// The schema of a statement's parameters, named `$1`, `$2` ...
pub(crate) fn parameter_schema(duckdb_types: &[String]) -> Schema {
    let fields = duckdb_types.iter().enumerate().map(|(index, duckdb_type)| {
        Field::new(format!("${}", index + 1), parameter_type(duckdb_type), true)
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// The DuckDB type that holds every value of an Arrow field; `None` when there is none.
pub(crate) fn duckdb_of_arrow(field: &Field) -> Option<String> {
    match field.extension_type_name() {
        Some("arrow.uuid") => return Some("UUID".to_owned()),
        Some("arrow.json") => return Some("JSON".to_owned()),
        Some("arrow.bool8") => return Some("BOOLEAN".to_owned()),
        _ => {}
    }
    duckdb_of_type(field.data_type())
}

fn duckdb_of_type(data_type: &DataType) -> Option<String> {
    let name = match data_type {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        // A column of nulls says nothing; text takes whatever comes later.
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "BLOB",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Timestamp(TimeUnit::Second, None) => "TIMESTAMP_S",
        DataType::Timestamp(TimeUnit::Millisecond, None) => "TIMESTAMP_MS",
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(TimeUnit::Nanosecond, None) => "TIMESTAMP_NS",
        DataType::Duration(_) | DataType::Interval(_) => "INTERVAL",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale) => {
            let scale = u8::try_from(*scale).ok()?;
            return (*precision <= 38 && scale <= *precision)
                .then(|| format!("DECIMAL({precision},{scale})"));
        }
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::ListView(element)
        | DataType::LargeListView(element) => {
            return Some(format!("{}[]", duckdb_of_arrow(element)?));
        }
        DataType::FixedSizeList(element, length) => {
            return Some(format!("{}[{length}]", duckdb_of_arrow(element)?));
        }
        DataType::Struct(fields) => {
            let fields: Option<Vec<String>> = fields
                .iter()
                .map(|field| {
                    Some(format!(
                        "{} {}",
                        quote_identifier(field.name()),
                        duckdb_of_arrow(field)?
                    ))
                })
                .collect();
            return fields
                .filter(|fields| !fields.is_empty())
                .map(|fields| format!("STRUCT({})", fields.join(", ")));
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else {
                return None;
            };
            let [key, value] = fields.as_ref() else {
                return None;
            };
            return Some(format!(
                "MAP({}, {})",
                duckdb_of_arrow(key)?,
                duckdb_of_arrow(value)?
            ));
        }
        DataType::Dictionary(_, values) => return duckdb_of_type(values),
        DataType::RunEndEncoded(_, values) => return duckdb_of_arrow(values),
        // DuckDB does not read these.
        DataType::Union(_, _) | DataType::Float16 | DataType::Decimal256(_, _) => return None,
    };
    Some(name.to_owned())
}

/// Precision and scale of `DECIMAL(p,s)`.
pub(crate) fn decimal_arguments(duckdb_type: &str) -> Option<(u8, i8)> {
    let arguments = duckdb_type.strip_prefix("DECIMAL(")?.strip_suffix(')')?;
    let (precision, scale) = arguments.split_once(',')?;
    Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_typed_as_duckdb_infers_it() {
        let table: &[(&str, DataType)] = &[
            ("INTEGER", DataType::Int32),
            ("DECIMAL(18,3)", DataType::Decimal128(18, 3)),
            (
                "TIMESTAMP WITH TIME ZONE",
                DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            ),
            ("HUGEINT", DataType::Utf8),
            ("UUID", DataType::Utf8),
            ("STRUCT(a INTEGER)", DataType::Utf8),
            ("ENUM('x', 'y')", DataType::Utf8),
            (
                "DATE[][]",
                DataType::new_list(DataType::new_list(DataType::Date32, true), true),
            ),
        ];
        for (duckdb_type, expected) in table {
            assert_eq!(&parameter_type(duckdb_type), expected, "{duckdb_type}");
        }
        let schema = parameter_schema(&["INTEGER".to_owned(), "VARCHAR".to_owned()]);
        assert_eq!(schema.field(0).name(), "$1");
        assert_eq!(schema.field(1).name(), "$2");
    }

    #[test]
    fn a_table_made_from_an_arrow_schema_holds_every_value() {
        let table: &[(DataType, Option<&str>)] = &[
            (DataType::Utf8View, Some("VARCHAR")),
            (DataType::UInt64, Some("UBIGINT")),
            (DataType::Decimal128(10, 2), Some("DECIMAL(10,2)")),
            (DataType::Decimal256(38, 2), None),
            (DataType::Float16, None),
            (DataType::Decimal128(10, -2), None),
            (
                DataType::Timestamp(TimeUnit::Nanosecond, None),
                Some("TIMESTAMP_NS"),
            ),
            (
                DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
                Some("VARCHAR"),
            ),
            (
                DataType::new_fixed_size_list(DataType::Float32, 3, true),
                Some("FLOAT[3]"),
            ),
            (
                DataType::Struct(
                    vec![
                        Field::new("a\"b", DataType::Int32, true),
                        Field::new("c", DataType::new_list(DataType::Utf8, true), true),
                    ]
                    .into(),
                ),
                Some("STRUCT(\"a\"\"b\" INTEGER, \"c\" VARCHAR[])"),
            ),
        ];
        for (data_type, expected) in table {
            let field = Field::new("f", data_type.clone(), true);
            assert_eq!(duckdb_of_arrow(&field).as_deref(), *expected, "{data_type}");
        }
    }
}
