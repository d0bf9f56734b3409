//! What an Arrow column of a worker holds, by its data type and extension name.
//!
//! Workers export with `arrow_lossless_conversion`, which marks the types that Arrow lacks with
//! extensions: `arrow.bool8`, `arrow.uuid`, `arrow.json`, `geoarrow.wkb`, and `arrow.opaque` with
//! DuckDB's name of the type.

use arrow_schema::{DataType, Field, IntervalUnit, TimeUnit, UnionFields};

use super::EncodeError;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Every value is NULL.
    Null,
    Bool,
    /// A boolean in a byte.
    Bool8,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    /// 16 bytes, low end first.
    HugeInt,
    UHugeInt,
    BigNum,
    Decimal32(usize),
    Decimal64(usize),
    Decimal128(usize),
    Float32,
    Float64,
    Text,
    Enum,
    Json,
    Blob,
    Bit,
    Uuid,
    Date,
    Time(TimeUnit),
    TimeTz,
    Timestamp(TimeUnit),
    TimestampTz(TimeUnit),
    Interval,
    List(Box<Kind>),
    Struct(Vec<(String, Kind)>),
    Map(Box<Kind>, Box<Kind>),
    Union(Vec<(i8, String, Kind)>),
}

impl Kind {
    pub(crate) fn of(field: &Field) -> Result<Self, EncodeError> {
        let extension = field.extension_type_name().unwrap_or_default();
        let opaque = match (extension, field.extension_type_metadata()) {
            ("arrow.opaque", Some(metadata)) => opaque_name(metadata).unwrap_or_default(),
            _ => String::new(),
        };
        Ok(match (field.data_type(), extension, opaque.as_str()) {
            (DataType::Null, ..) => Self::Null,
            (DataType::Boolean, ..) => Self::Bool,
            (DataType::Int8, "arrow.bool8", _) => Self::Bool8,
            (DataType::Int8, ..) => Self::Int8,
            (DataType::Int16, ..) => Self::Int16,
            (DataType::Int32, ..) => Self::Int32,
            (DataType::Int64, ..) => Self::Int64,
            (DataType::UInt8, ..) => Self::UInt8,
            (DataType::UInt16, ..) => Self::UInt16,
            (DataType::UInt32, ..) => Self::UInt32,
            (DataType::UInt64, ..) => Self::UInt64,
            (DataType::FixedSizeBinary(16), _, "hugeint") => Self::HugeInt,
            (DataType::FixedSizeBinary(16), _, "uhugeint") => Self::UHugeInt,
            (DataType::FixedSizeBinary(8), _, "time_tz") => Self::TimeTz,
            (DataType::FixedSizeBinary(16), "arrow.uuid", _) => Self::Uuid,
            (DataType::Binary | DataType::LargeBinary | DataType::BinaryView, _, "bignum") => {
                Self::BigNum
            }
            (DataType::Binary | DataType::LargeBinary | DataType::BinaryView, _, "bit") => {
                Self::Bit
            }
            (DataType::Binary | DataType::LargeBinary | DataType::BinaryView, ..) => Self::Blob,
            (DataType::Decimal32(_, scale), ..) => Self::Decimal32(scale_of(*scale, field)?),
            (DataType::Decimal64(_, scale), ..) => Self::Decimal64(scale_of(*scale, field)?),
            (DataType::Decimal128(_, scale), ..) => Self::Decimal128(scale_of(*scale, field)?),
            (DataType::Float32, ..) => Self::Float32,
            (DataType::Float64, ..) => Self::Float64,
            (DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View, "arrow.json", _) => {
                Self::Json
            }
            (DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View, ..) => Self::Text,
            (DataType::Dictionary(_, values), ..) if **values == DataType::Utf8 => Self::Enum,
            (DataType::Date32, ..) => Self::Date,
            (DataType::Time32(unit) | DataType::Time64(unit), ..) => Self::Time(*unit),
            (DataType::Timestamp(unit, None), ..) => Self::Timestamp(*unit),
            (DataType::Timestamp(unit, Some(_)), ..) => Self::TimestampTz(*unit),
            (DataType::Interval(IntervalUnit::MonthDayNano), ..) => Self::Interval,
            (
                DataType::List(element)
                | DataType::LargeList(element)
                | DataType::FixedSizeList(element, _),
                ..,
            ) => Self::List(Box::new(Self::of(element)?)),
            (DataType::Struct(fields), ..) => Self::Struct(
                fields
                    .iter()
                    .map(|field| Ok((field.name().clone(), Self::of(field)?)))
                    .collect::<Result<_, EncodeError>>()?,
            ),
            (DataType::Map(entries, _), ..) => match entries.data_type() {
                DataType::Struct(fields) if fields.len() == 2 => Self::Map(
                    Box::new(Self::of(&fields[0])?),
                    Box::new(Self::of(&fields[1])?),
                ),
                _ => return Err(unsupported(field)),
            },
            (DataType::Union(fields, _), ..) => Self::Union(union_kinds(fields)?),
            _ => return Err(unsupported(field)),
        })
    }
}

fn union_kinds(fields: &UnionFields) -> Result<Vec<(i8, String, Kind)>, EncodeError> {
    fields
        .iter()
        .map(|(tag, field)| Ok((tag, field.name().clone(), Kind::of(field)?)))
        .collect()
}

fn scale_of(scale: i8, field: &Field) -> Result<usize, EncodeError> {
    usize::try_from(scale)
        .ok()
        .filter(|scale| *scale <= 38)
        .ok_or_else(|| unsupported(field))
}

fn unsupported(field: &Field) -> EncodeError {
    EncodeError::Unsupported {
        column: field.name().clone(),
        arrow_type: field.data_type().to_string(),
    }
}

/// `{"type_name": "hugeint", "vendor_name": "DuckDB"}`.
fn opaque_name(metadata: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(metadata).ok()?;
    Some(value.get("type_name")?.as_str()?.to_owned())
}
