//! Arrow columns built from a client's values.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float32Builder, Float64Builder, Int16Builder, Int32Builder,
    Int64Builder, StringBuilder,
};
use arrow_schema::DataType;

use super::input::{InputType, Value};

#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Bool(BooleanBuilder),
    Int2(Int16Builder),
    Int4(Int32Builder),
    Int8(Int64Builder),
    Float4(Float32Builder),
    Float8(Float64Builder),
    Bytes(BinaryBuilder),
    Text(StringBuilder),
}

impl ColumnBuilder {
    pub(crate) fn new(of: &InputType) -> Self {
        match of {
            InputType::Bool => Self::Bool(BooleanBuilder::new()),
            InputType::Int2 => Self::Int2(Int16Builder::new()),
            InputType::Int4 => Self::Int4(Int32Builder::new()),
            InputType::Int8 | InputType::Oid => Self::Int8(Int64Builder::new()),
            InputType::Float4 => Self::Float4(Float32Builder::new()),
            InputType::Float8 => Self::Float8(Float64Builder::new()),
            InputType::Bytea => Self::Bytes(BinaryBuilder::new()),
            InputType::Numeric
            | InputType::Text
            | InputType::Date
            | InputType::Time
            | InputType::TimeTz
            | InputType::Timestamp
            | InputType::TimestampTz
            | InputType::Interval
            | InputType::Uuid
            | InputType::Json
            | InputType::Jsonb
            | InputType::Bit
            | InputType::Array(_)
            | InputType::Nested => Self::Text(StringBuilder::new()),
        }
    }

    pub(crate) fn data_type(&self) -> DataType {
        match self {
            Self::Bool(_) => DataType::Boolean,
            Self::Int2(_) => DataType::Int16,
            Self::Int4(_) => DataType::Int32,
            Self::Int8(_) => DataType::Int64,
            Self::Float4(_) => DataType::Float32,
            Self::Float8(_) => DataType::Float64,
            Self::Bytes(_) => DataType::Binary,
            Self::Text(_) => DataType::Utf8,
        }
    }

    /// Appends a value of the type the builder was made for.
    pub(crate) fn append(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Bool(builder), Value::Bool(value)) => builder.append_value(value),
            (Self::Int2(builder), Value::Int2(value)) => builder.append_value(value),
            (Self::Int4(builder), Value::Int4(value)) => builder.append_value(value),
            (Self::Int8(builder), Value::Int8(value)) => builder.append_value(value),
            (Self::Float4(builder), Value::Float4(value)) => builder.append_value(value),
            (Self::Float8(builder), Value::Float8(value)) => builder.append_value(value),
            (Self::Bytes(builder), Value::Bytes(value)) => builder.append_value(value),
            (Self::Text(builder), Value::Text(value)) => builder.append_value(value),
            (builder, Value::Null) => builder.append_null(),
            (builder, value) => {
                debug_assert!(false, "{value:?} is not of the type of {builder:?}");
                builder.append_null();
            }
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Bool(builder) => builder.append_null(),
            Self::Int2(builder) => builder.append_null(),
            Self::Int4(builder) => builder.append_null(),
            Self::Int8(builder) => builder.append_null(),
            Self::Float4(builder) => builder.append_null(),
            Self::Float8(builder) => builder.append_null(),
            Self::Bytes(builder) => builder.append_null(),
            Self::Text(builder) => builder.append_null(),
        }
    }

    /// The column so far; the builder is empty again.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(builder) => Arc::new(builder.finish()),
            Self::Int2(builder) => Arc::new(builder.finish()),
            Self::Int4(builder) => Arc::new(builder.finish()),
            Self::Int8(builder) => Arc::new(builder.finish()),
            Self::Float4(builder) => Arc::new(builder.finish()),
            Self::Float8(builder) => Arc::new(builder.finish()),
            Self::Bytes(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}
