//! FlightInfo, schemas and streams of our own small results.

use std::pin::Pin;

use arrow_array::RecordBatch;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::{
    FlightData, FlightDescriptor, FlightEndpoint, FlightInfo, IpcMessage, SchemaAsIpc, Ticket,
};
use arrow_ipc::writer::IpcWriteOptions;
use arrow_schema::{Schema, SchemaRef};
use bytes::{BufMut, Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use tonic::Status;

/// What every streaming method returns.
pub(crate) type FlightStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send + 'static>>;

/// Rows of a statement whose number is not known yet.
pub(crate) const UNKNOWN_ROWS: i64 = -1;

/// One endpoint on this same connection, one ticket.
pub(crate) fn flight_info(
    schema: Bytes,
    ticket: Bytes,
    rows: i64,
    descriptor: FlightDescriptor,
) -> FlightInfo {
    flight_info_of(schema, [ticket], rows, descriptor)
}

/// An endpoint on this same connection for each ticket.
pub(crate) fn flight_info_of(
    schema: Bytes,
    tickets: impl IntoIterator<Item = Bytes>,
    rows: i64,
    descriptor: FlightDescriptor,
) -> FlightInfo {
    let mut info = FlightInfo::new()
        .with_descriptor(descriptor)
        .with_total_records(rows)
        .with_total_bytes(-1);
    for ticket in tickets {
        // No location: the client reads on the connection on which it asked.
        info = info.with_endpoint(FlightEndpoint::new().with_ticket(Ticket::new(ticket)));
    }
    info.schema = schema;
    info
}

/// An IPC schema message (the bare flatbuffer) as FlightInfo and GetSchema want it: with the
/// continuation mark and its length in front, padded to 8 bytes.
pub(crate) fn encapsulated(message: &[u8]) -> Bytes {
    let padded = message.len().next_multiple_of(8);
    let mut framed = BytesMut::with_capacity(8 + padded);
    framed.put_u32_le(0xFFFF_FFFF);
    framed.put_u32_le(u32::try_from(padded).expect("a schema is far below 4 GiB"));
    framed.extend_from_slice(message);
    framed.resize(8 + padded, 0);
    framed.freeze()
}

/// `schema` as FlightInfo wants it.
pub(crate) fn encapsulated_schema(schema: &Schema) -> Result<Bytes, Status> {
    let options = IpcWriteOptions::default();
    let IpcMessage(bytes) = SchemaAsIpc::new(schema, &options)
        .try_into()
        .map_err(|error| internal(&error))?;
    Ok(bytes)
}

/// The bare schema message.
pub(crate) fn bare_schema(schema: &Schema) -> Result<Bytes, Status> {
    Ok(encapsulated_schema(schema)?.slice(8..))
}

/// A result that the gateway made itself.
pub(crate) fn batch_stream(batch: RecordBatch) -> FlightStream<FlightData> {
    let schema = batch.schema();
    let batches = futures::stream::iter([Ok(batch)]);
    FlightDataEncoderBuilder::new()
        .with_schema(schema)
        .build(batches)
        .map_err(Status::from)
        .boxed()
}

/// A result without rows.
pub(crate) fn empty_stream(schema: SchemaRef) -> FlightStream<FlightData> {
    FlightDataEncoderBuilder::new()
        .with_schema(schema)
        .build(futures::stream::empty())
        .map_err(Status::from)
        .boxed()
}

/// One message.
pub(crate) fn once<T: Send + 'static>(message: T) -> FlightStream<T> {
    futures::stream::once(async move { Ok(message) }).boxed()
}

/// A fault of ours.
pub(crate) fn internal(error: &dyn std::error::Error) -> Status {
    Status::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use arrow_schema::{DataType, Field};

    use super::*;

    #[test]
    fn a_bare_schema_message_is_framed_as_other_implementations_frame_it() {
        let schema = Schema::new(vec![
            Field::new("a", DataType::Int32, true),
            Field::new("a", DataType::Utf8, true),
        ]);
        let framed = encapsulated_schema(&schema).expect("encodes");
        let bare = framed.slice(8..);
        assert_eq!(encapsulated(&bare), framed);
        let info = FlightInfo {
            schema: encapsulated(&bare),
            ..FlightInfo::default()
        };
        assert_eq!(info.try_decode_schema().expect("decodes"), schema);
    }
}
