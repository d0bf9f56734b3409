//! Arrow batches into a table, all of them or none.
//!
//! The rows are handed to an INSERT that names its target columns, so a subset of the columns
//! gets the others' defaults and DuckDB casts as it does for any INSERT.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, make_array};
use arrow_buffer::Buffer;
use arrow_data::ArrayData;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use tavana_common::proto::engine::AppendStart;
use tavana_common::proto::v1::{Batch, Failure};

use super::failure;
use super::ffi::{Appender, ArrowImport, Connection, VECTOR_ROWS};
use super::text::quote_name;

/// The name under which the INSERT sees the appended rows.
const ROWS_NAME: &str = "~tavana_append";

/// An append under way.
pub(crate) struct Append {
    messages: Messages,
    schema: SchemaRef,
    import: ArrowImport,
    appender: Appender,
    rows: u64,
}

impl Append {
    pub(crate) fn start(connection: &Connection, start: &AppendStart) -> Result<Self, Failure> {
        let mut messages = Messages::new();
        messages.next(&start.arrow_schema, Bytes::new())?;
        let schema = messages
            .decoder
            .schema()
            .ok_or_else(|| failure::invalid("the append starts without a schema"))?;
        if !start.columns.is_empty() && start.columns.len() != schema.fields().len() {
            return Err(failure::invalid(format!(
                "the append names {} columns and sends {}",
                start.columns.len(),
                schema.fields().len()
            )));
        }
        let schema = without_nested_dictionaries(&schema);
        let import = connection
            .arrow_import(&schema)
            .map_err(|error| failure::engine(&error))?;
        // The types DuckDB gives the Arrow columns are those of a chunk made of them.
        let types = import
            .chunk(RecordBatch::new_empty(Arc::clone(&schema)))
            .map_err(|error| failure::engine(&error))?
            .column_types();
        let columns: Vec<_> = types
            .into_iter()
            .enumerate()
            .map(|(index, t)| (format!("c{index}"), t))
            .collect();
        let appender = connection
            .appender(&insert(start), ROWS_NAME, &columns)
            .map_err(|error| failure::engine(&error))?;
        Ok(Self {
            messages,
            schema,
            import,
            appender,
            rows: 0,
        })
    }

    pub(crate) fn batch(&mut self, batch: Batch) -> Result<(), Failure> {
        // A dictionary comes without rows and is kept for the batches after it.
        let Some(batch) = self.messages.next(&batch.header, batch.body)? else {
            return Ok(());
        };
        let batch = unfolded(&batch, &self.schema).map_err(|error| undecodable(&error))?;
        for start in (0..batch.num_rows()).step_by(VECTOR_ROWS) {
            let rows = VECTOR_ROWS.min(batch.num_rows() - start);
            let chunk = self
                .import
                .chunk(batch.slice(start, rows))
                .map_err(|error| failure::engine(&error))?;
            self.appender
                .append(&chunk)
                .map_err(|error| failure::engine(&error))?;
        }
        self.rows += u64::try_from(batch.num_rows()).unwrap_or(0);
        Ok(())
    }

    /// Writes the rest.
    pub(crate) fn finish(mut self) -> Result<u64, Failure> {
        self.appender
            .close()
            .map_err(|error| failure::engine(&error))?;
        Ok(self.rows)
    }

    /// Forgets what is not yet written; the transaction's rollback undoes the rest.
    pub(crate) fn discard(mut self) {
        self.appender.discard();
    }
}

/// DuckDB reads dictionaries as columns, and fails on those inside of lists and structs.
fn without_nested_dictionaries(schema: &Schema) -> SchemaRef {
    let fields: Vec<FieldRef> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Dictionary(_, _) => Arc::clone(field),
            _ => plain(field),
        })
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn plain(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => {
            let values = Field::new(field.name(), values.as_ref().clone(), field.is_nullable());
            return plain(&Arc::new(values));
        }
        DataType::List(child) => DataType::List(plain(child)),
        DataType::LargeList(child) => DataType::LargeList(plain(child)),
        DataType::ListView(child) => DataType::ListView(plain(child)),
        DataType::LargeListView(child) => DataType::LargeListView(plain(child)),
        DataType::FixedSizeList(child, length) => DataType::FixedSizeList(plain(child), *length),
        DataType::Map(child, sorted) => DataType::Map(plain(child), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain).collect()),
        _ => return Arc::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// `batch` with the types of `schema`.
fn unfolded(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                return Ok(Arc::clone(column));
            }
            unfolded_data(&column.to_data(), field.data_type()).map(make_array)
        })
        .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns)
}

/// The same values with their dictionaries unfolded; `target` says where there were some.
fn unfolded_data(data: &ArrayData, target: &DataType) -> Result<ArrayData, ArrowError> {
    if data.data_type() == target {
        return Ok(data.clone());
    }
    if let DataType::Dictionary(_, _) = data.data_type() {
        let array = make_array(data.clone());
        let dictionary = array
            .as_any_dictionary_opt()
            .ok_or_else(|| ArrowError::InvalidArgumentError("not a dictionary".to_owned()))?;
        let keys = dictionary.keys();
        let values = arrow_select::take::take(dictionary.values(), keys, None)?;
        return unfolded_data(&values.to_data(), target);
    }
    let fields: Vec<&FieldRef> = match target {
        DataType::List(child)
        | DataType::LargeList(child)
        | DataType::ListView(child)
        | DataType::LargeListView(child)
        | DataType::FixedSizeList(child, _)
        | DataType::Map(child, _) => vec![child],
        DataType::Struct(fields) => fields.iter().collect(),
        _ => Vec::new(),
    };
    let children = data
        .child_data()
        .iter()
        .zip(fields)
        .map(|(child, field)| unfolded_data(child, field.data_type()))
        .collect::<Result<Vec<ArrayData>, ArrowError>>()?;
    data.clone()
        .into_builder()
        .data_type(target.clone())
        .child_data(children)
        .build()
}

fn insert(start: &AppendStart) -> String {
    let table: Vec<String> = [&start.catalog, &start.schema, &start.table]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| quote_name(part))
        .collect();
    let columns: Vec<String> = start
        .columns
        .iter()
        .map(|column| quote_name(column))
        .collect();
    let columns = if columns.is_empty() {
        String::new()
    } else {
        format!(" ({})", columns.join(", "))
    };
    format!(
        "INSERT INTO {}{columns} SELECT * FROM {}",
        table.join("."),
        quote_name(ROWS_NAME)
    )
}

/// Reads the messages of an IPC stream that arrive without their framing.
struct Messages {
    decoder: StreamDecoder,
}

/// What stands before the length of each message.
const CONTINUATION: [u8; 4] = [0xff; 4];

impl Messages {
    fn new() -> Self {
        Self {
            decoder: StreamDecoder::new(),
        }
    }

    /// The batch in a message, if it is one.
    fn next(&mut self, header: &[u8], body: Bytes) -> Result<Option<RecordBatch>, Failure> {
        let padded = header.len().next_multiple_of(8);
        let mut head = Vec::with_capacity(padded + 8);
        if self.decoder.schema().is_none() {
            head.extend_from_slice(&CONTINUATION);
        }
        head.extend_from_slice(&u32::try_from(padded).unwrap_or(u32::MAX).to_le_bytes());
        head.extend_from_slice(header);
        head.resize(head.len() + padded - header.len(), 0);
        // The decoder looks at a message without a body only when more bytes follow; so the mark
        // of the next message is given to it right away.
        let parts = [
            Buffer::from(head),
            Buffer::from(body),
            Buffer::from(&CONTINUATION),
        ];
        // The decoder panics at some buffers that are shorter than their columns.
        let decoded = catch_unwind(AssertUnwindSafe(|| self.decode(parts)));
        match decoded {
            Ok(decoded) => decoded.map_err(|error| undecodable(&error)),
            Err(_) => Err(failure::invalid(
                "could not decode an append message: it contradicts itself",
            )),
        }
    }

    fn decode(&mut self, parts: [Buffer; 3]) -> Result<Option<RecordBatch>, ArrowError> {
        let mut batch = None;
        for mut part in parts {
            while !part.is_empty() {
                batch = self.decoder.decode(&mut part)?.or(batch);
            }
        }
        Ok(batch)
    }
}

fn undecodable(error: &ArrowError) -> Failure {
    failure::invalid(format!("could not decode an append message: {error}"))
}
