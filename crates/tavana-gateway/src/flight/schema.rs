//! The schema of a result as Flight clients see it.
//!
//! The engine marks what Arrow has no type for as `arrow.opaque`. A HUGEINT, which every `sum` of
//! integers is, would reach clients as 16 bytes that they cannot read. Its bytes are those of an
//! Arrow decimal, so only the schema says it differently; the batches pass through untouched.

use std::sync::Arc;

use arrow_flight::{IpcMessage, SchemaAsIpc};
use arrow_ipc::writer::IpcWriteOptions;
use arrow_schema::{DataType, Field, FieldRef, Schema, UnionFields};
use bytes::Bytes;
use memchr::memmem;
use tonic::Status;

use super::info::internal;
use crate::worker::decode_schema;

/// Arrow's widest 128-bit decimal. DuckDB's HUGEINT has one digit more at its ends; all readers
/// that were tried give these values exactly too.
pub(crate) const HUGEINT: DataType = DataType::Decimal128(38, 0);
const EXTENSION_NAME: &str = "ARROW:extension:name";
const EXTENSION_METADATA: &str = "ARROW:extension:metadata";

/// The schema message for clients, from the worker's. The same bytes, when they say all.
pub(crate) fn for_clients(message: &Bytes) -> Result<Bytes, Status> {
    if memmem::find(message, b"hugeint").is_none() {
        return Ok(message.clone());
    }
    let schema = decode_schema(message).map_err(|error| internal(&error))?;
    let fields: Vec<FieldRef> = schema.fields().iter().map(field_for_clients).collect();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    // Dictionaries are numbered in the order of the fields, here as in the engine.
    let options = IpcWriteOptions::default();
    let IpcMessage(framed) = SchemaAsIpc::new(&schema, &options)
        .try_into()
        .map_err(|error| internal(&error))?;
    Ok(framed.slice(8..))
}

fn field_for_clients(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::FixedSizeBinary(16) if is_hugeint(field) => {
            let mut metadata = field.metadata().clone();
            metadata.remove(EXTENSION_NAME);
            metadata.remove(EXTENSION_METADATA);
            let decimal = Field::new(field.name(), HUGEINT, field.is_nullable());
            return Arc::new(decimal.with_metadata(metadata));
        }
        DataType::List(child) => DataType::List(field_for_clients(child)),
        DataType::LargeList(child) => DataType::LargeList(field_for_clients(child)),
        DataType::FixedSizeList(child, length) => {
            DataType::FixedSizeList(field_for_clients(child), *length)
        }
        DataType::Map(entries, sorted) => DataType::Map(field_for_clients(entries), *sorted),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(field_for_clients).collect())
        }
        DataType::Union(fields, mode) => {
            let fields: UnionFields = fields
                .iter()
                .map(|(id, field)| (id, field_for_clients(field)))
                .collect();
            DataType::Union(fields, *mode)
        }
        _ => return Arc::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

fn is_hugeint(field: &Field) -> bool {
    field.extension_type_name() == Some("arrow.opaque")
        && field.extension_type_metadata().is_some_and(|metadata| {
            serde_json::from_str::<serde_json::Value>(metadata)
                .is_ok_and(|facts| facts.get("type_name").is_some_and(|name| name == "hugeint"))
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn opaque(name: &str, type_name: &str) -> Field {
        let metadata = HashMap::from([
            (EXTENSION_NAME.to_owned(), "arrow.opaque".to_owned()),
            (
                EXTENSION_METADATA.to_owned(),
                format!(r#"{{"type_name":"{type_name}","vendor_name":"DuckDB"}}"#),
            ),
        ]);
        Field::new(name, DataType::FixedSizeBinary(16), true).with_metadata(metadata)
    }

    fn message(schema: &Schema) -> Bytes {
        super::super::info::encapsulated_schema(schema)
            .expect("encodes")
            .slice(8..)
    }

    #[test]
    fn a_hugeint_is_a_decimal_for_clients_wherever_it_stands() {
        let dictionary = DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8));
        let schema = Schema::new(vec![
            opaque("h", "hugeint"),
            Field::new("e", dictionary.clone(), true),
            Field::new_list("l", Arc::new(opaque("item", "hugeint")), true),
            opaque("u", "uhugeint"),
        ]);
        let seen = for_clients(&message(&schema)).expect("translates");
        let expected = Schema::new(vec![
            Field::new("h", HUGEINT, true),
            Field::new("e", dictionary, true),
            Field::new_list("l", Arc::new(Field::new("item", HUGEINT, true)), true),
            opaque("u", "uhugeint"),
        ]);
        assert_eq!(*decode_schema(&seen).expect("a schema"), expected);
    }

    #[test]
    fn a_schema_without_hugeints_keeps_its_bytes() {
        let schema = message(&Schema::new(vec![Field::new("a", DataType::Int32, true)]));
        assert_eq!(for_clients(&schema).expect("passes"), schema);
    }
}
