//! DuckDB's rows as Arrow batches.
//!
//! The lossless export keeps types that plain Arrow loses, and goes one step too far for clients:
//! a BOOLEAN becomes the extension type `arrow.bool8`, a byte, though Arrow has booleans. Those
//! are turned back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, FixedSizeListArray, ListArray, MapArray, RecordBatch,
    RecordBatchOptions, StructArray, UnionArray, new_null_array,
};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef, UnionFields};

use super::ffi::{ArrowOptions, DataChunk, ErrorText};

const EXTENSION_NAME: &str = "ARROW:extension:name";
const EXTENSION_METADATA: &str = "ARROW:extension:metadata";
const BOOL8: &str = "arrow.bool8";

/// Converts the chunks of one result.
#[derive(Debug)]
pub(crate) struct Export {
    options: ArrowOptions,
    /// As DuckDB exports.
    raw: SchemaRef,
    /// As the client sees it.
    schema: SchemaRef,
    /// Columns have to be changed.
    converts: bool,
}

impl Export {
    /// `raw` is the schema DuckDB exports, `schema` what [`client_schema`] made of it. A column of
    /// another type in `schema` holds nothing but NULLs.
    pub(crate) fn new(options: ArrowOptions, raw: SchemaRef, schema: SchemaRef) -> Self {
        let both = || raw.fields().iter().zip(schema.fields());
        let converts = both().any(|(from, to)| from.data_type() != to.data_type());
        Self {
            options,
            raw,
            schema,
            converts,
        }
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn batch(&self, chunk: &DataChunk) -> Result<RecordBatch, ErrorText> {
        let columns = self.options.columns(chunk, &self.raw)?;
        let columns = if self.converts {
            columns
                .iter()
                .zip(self.raw.fields())
                .zip(self.schema.fields())
                .map(|((column, from), to)| {
                    if holds_bool8(from) {
                        plain(column, from, to)
                    } else if from.data_type() != to.data_type() {
                        only_nulls(column, to)
                    } else {
                        Ok(Arc::clone(column))
                    }
                })
                .collect::<Result<Vec<ArrayRef>, ArrowError>>()
                .map_err(|error| ErrorText(error.to_string().into_bytes()))?
        } else {
            columns
        };
        let options = RecordBatchOptions::new().with_row_count(Some(chunk.rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|error| ErrorText(error.to_string().into_bytes()))
    }
}

fn only_nulls(column: &ArrayRef, to: &Field) -> Result<ArrayRef, ArrowError> {
    if column.null_count() == column.len() {
        return Ok(new_null_array(to.data_type(), column.len()));
    }
    let text = "the type of a column depends on the value of a parameter";
    Err(ArrowError::InvalidArgumentError(text.to_owned()))
}

/// The client's schema for one that DuckDB exports.
pub(crate) fn client_schema(raw: &Schema) -> Schema {
    let fields: Fields = raw.fields().iter().map(plain_field).collect();
    Schema::new_with_metadata(fields, raw.metadata().clone())
}

fn is_bool8(field: &Field) -> bool {
    field.data_type() == &DataType::Int8
        && field
            .metadata()
            .get(EXTENSION_NAME)
            .is_some_and(|name| name == BOOL8)
}

fn holds_bool8(field: &Field) -> bool {
    is_bool8(field)
        || match field.data_type() {
            DataType::List(child) | DataType::FixedSizeList(child, _) | DataType::Map(child, _) => {
                holds_bool8(child)
            }
            DataType::Struct(fields) => fields.iter().any(|field| holds_bool8(field)),
            DataType::Union(fields, _) => fields.iter().any(|(_, field)| holds_bool8(field)),
            _ => false,
        }
}

fn plain_field(field: &FieldRef) -> FieldRef {
    if !holds_bool8(field) {
        return Arc::clone(field);
    }
    let mut metadata = field.metadata().clone();
    let data_type = match field.data_type() {
        DataType::List(child) => DataType::List(plain_field(child)),
        DataType::FixedSizeList(child, length) => {
            DataType::FixedSizeList(plain_field(child), *length)
        }
        DataType::Map(entries, sorted) => DataType::Map(plain_field(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        DataType::Union(fields, mode) => {
            let fields: UnionFields = fields
                .iter()
                .map(|(id, field)| (id, plain_field(field)))
                .collect();
            DataType::Union(fields, *mode)
        }
        _ => {
            metadata.remove(EXTENSION_NAME);
            metadata.remove(EXTENSION_METADATA);
            DataType::Boolean
        }
    };
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()).with_metadata(metadata))
}

/// `array` of the field `from` as one of the field `to`, which [`plain_field`] made of it.
fn plain(array: &ArrayRef, from: &Field, to: &Field) -> Result<ArrayRef, ArrowError> {
    if is_bool8(from) {
        let bytes = array.as_primitive::<Int8Type>();
        let values = bytes.values();
        let bits = BooleanBuffer::collect_bool(values.len(), |index| values[index] != 0);
        return Ok(Arc::new(BooleanArray::new(bits, bytes.nulls().cloned())));
    }
    Ok(match (from.data_type(), to.data_type()) {
        _ if !holds_bool8(from) => Arc::clone(array),
        (DataType::List(from), DataType::List(to)) => {
            let list = array.as_list::<i32>();
            let values = plain(list.values(), from, to)?;
            Arc::new(ListArray::try_new(
                Arc::clone(to),
                list.offsets().clone(),
                values,
                list.nulls().cloned(),
            )?)
        }
        (DataType::FixedSizeList(from, length), DataType::FixedSizeList(to, _)) => {
            let list = array.as_fixed_size_list();
            let values = plain(list.values(), from, to)?;
            let nulls = list.nulls().cloned();
            Arc::new(FixedSizeListArray::try_new(
                Arc::clone(to),
                *length,
                values,
                nulls,
            )?)
        }
        (DataType::Map(from, _), DataType::Map(to, sorted)) => {
            let map = array.as_map();
            let entries: ArrayRef = Arc::new(map.entries().clone());
            let entries = plain(&entries, from, to)?;
            Arc::new(MapArray::try_new(
                Arc::clone(to),
                map.offsets().clone(),
                entries.as_struct().clone(),
                map.nulls().cloned(),
                *sorted,
            )?)
        }
        (DataType::Struct(from), DataType::Struct(to)) => {
            let structure = array.as_struct();
            let columns = structure
                .columns()
                .iter()
                .zip(from.iter().zip(to))
                .map(|(column, (from, to))| plain(column, from, to))
                .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
            Arc::new(StructArray::try_new(
                to.clone(),
                columns,
                structure.nulls().cloned(),
            )?)
        }
        (DataType::Union(from, _), DataType::Union(to, _)) => {
            let union = array.as_union();
            let children = from
                .iter()
                .zip(to.iter())
                .map(|((id, from), (_, to))| plain(union.child(id), from, to))
                .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
            Arc::new(UnionArray::try_new(
                to.clone(),
                union.type_ids().clone(),
                union.offsets().cloned(),
                children,
            )?)
        }
        (from, _) => {
            return Err(ArrowError::InvalidArgumentError(format!(
                "could not export a column of the type {from}"
            )));
        }
    })
}
