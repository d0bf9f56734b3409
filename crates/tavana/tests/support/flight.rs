//! A Flight SQL client on one connection, for tests that are plain threads.

use super::display;
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::error::FlightError;
use arrow_flight::sql::client::FlightSqlServiceClient;
use arrow_flight::{Action, FlightData, FlightDescriptor, FlightInfo, Ticket};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt};
use http_body::Frame;
use http_body_util::StreamBody;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, Streaming};
use tower::{Service as _, ServiceExt as _};

#[derive(Debug)]
pub(crate) struct Flight {
    runtime: Runtime,
    channel: Channel,
    client: FlightSqlServiceClient<Channel>,
}

impl Flight {
    pub(crate) fn connect(to: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let channel = runtime
            .block_on(
                Endpoint::from_shared(format!("http://{to}"))
                    .expect("an address")
                    .connect(),
            )
            .expect("the Flight port is open");
        let mut client = FlightSqlServiceClient::new(channel.clone());
        let limit = 256 << 20;
        let inner = client.inner_mut().clone();
        let inner = inner
            .max_decoding_message_size(limit)
            .max_encoding_message_size(limit);
        client = FlightSqlServiceClient::new_from_inner(inner);
        Self {
            runtime,
            channel,
            client,
        }
    }

    /// Begins a DoPut whose first message says that it has `length` bytes, sends `sent` of them, and
    /// then nothing more. What it returns ends with the status of the call.
    pub(crate) fn put_half(&self, length: u32, sent: usize) -> JoinHandle<Option<String>> {
        const PIECE_BYTES: usize = 64 * 1024;
        let prefix = [&[0][..], &length.to_be_bytes()].concat();
        let piece = Bytes::from(vec![0; PIECE_BYTES]);
        let pieces = std::iter::repeat_n(piece, sent / PIECE_BYTES);
        let frames = std::iter::once(Bytes::from(prefix)).chain(pieces);
        let sent = futures::stream::iter(frames.map(|bytes| Ok::<_, Status>(Frame::data(bytes))));
        let body = StreamBody::new(sent.chain(futures::stream::pending()));
        let request = http::Request::post("/arrow.flight.protocol.FlightService/DoPut")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(body))
            .expect("a request");
        let mut channel = self.channel.clone();
        self.runtime.spawn(async move {
            let answer = channel.ready().await.ok()?.call(request).await.ok()?;
            let status = answer.headers().get("grpc-status")?;
            Some(status.to_str().ok()?.to_owned())
        })
    }

    /// What a call that has ended ended with.
    pub(crate) fn wait<T>(&self, call: JoinHandle<T>) -> T {
        self.runtime.block_on(call).expect("no panic")
    }

    pub(crate) fn info(&mut self, sql: &str) -> Result<FlightInfo, Status> {
        let Self {
            runtime, client, ..
        } = self;
        runtime
            .block_on(client.execute(sql.to_owned(), None))
            .map_err(status)
    }

    pub(crate) fn info_of(&mut self, descriptor: FlightDescriptor) -> Result<FlightInfo, Status> {
        let Self {
            runtime, client, ..
        } = self;
        let answer = runtime.block_on(client.inner_mut().get_flight_info(descriptor))?;
        Ok(answer.into_inner())
    }

    /// The data of every endpoint of a plan.
    pub(crate) fn fetch(
        &mut self,
        info: &FlightInfo,
    ) -> Result<(SchemaRef, Vec<RecordBatch>), Status> {
        let mut all = Vec::new();
        let mut schema: SchemaRef = Arc::new(Schema::empty());
        for endpoint in &info.endpoint {
            let ticket = endpoint.ticket.clone().expect("an endpoint has a ticket");
            let (of_endpoint, batches) = self.get(ticket)?;
            schema = of_endpoint;
            all.extend(batches);
        }
        Ok((schema, all))
    }

    pub(crate) fn get(&mut self, ticket: Ticket) -> Result<(SchemaRef, Vec<RecordBatch>), Status> {
        let Self {
            runtime, client, ..
        } = self;
        runtime.block_on(async {
            let mut stream: FlightRecordBatchStream =
                client.do_get(ticket).await.map_err(status)?;
            let mut batches = Vec::new();
            while let Some(batch) = stream.try_next().await.map_err(status)? {
                batches.push(batch);
            }
            let schema = match (stream.schema(), batches.first()) {
                (Some(schema), _) => Arc::clone(schema),
                (None, Some(batch)) => batch.schema(),
                (None, None) => Arc::new(Schema::empty()),
            };
            Ok((schema, batches))
        })
    }

    pub(crate) fn query(&mut self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), Status> {
        let info = self.info(sql)?;
        self.fetch(&info)
    }

    /// The rows of a query as canonical texts.
    pub(crate) fn texts(&mut self, sql: &str) -> Result<Vec<Vec<String>>, Status> {
        let (_, batches) = self.query(sql)?;
        Ok(batches.iter().flat_map(display::rows).collect())
    }

    /// Begins to read and asks for nothing more.
    pub(crate) fn open(&mut self, ticket: Ticket) -> Result<Streaming<FlightData>, Status> {
        let Self {
            runtime, client, ..
        } = self;
        let stream = runtime.block_on(client.inner_mut().do_get(ticket))?;
        Ok(stream.into_inner())
    }

    /// Reads what is left to its end, which must be an error.
    pub(crate) fn last_words(&mut self, stream: &mut Streaming<FlightData>) -> Status {
        let rest = async {
            loop {
                match stream.message().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("it ended as if it were complete"),
                    Err(status) => return status,
                }
            }
        };
        self.runtime.block_on(rest)
    }

    /// The first result of an action.
    pub(crate) fn action(&mut self, action: Action) -> Result<Bytes, Status> {
        let Self {
            runtime, client, ..
        } = self;
        runtime.block_on(async {
            let mut results = client.inner_mut().do_action(action).await?.into_inner();
            let first = results.message().await?;
            Ok(first.map(|result| result.body).unwrap_or_default())
        })
    }

    /// The number of changed rows.
    pub(crate) fn update(&mut self, sql: &str) -> Result<i64, Status> {
        let Self {
            runtime, client, ..
        } = self;
        runtime
            .block_on(client.execute_update(sql.to_owned(), None))
            .map_err(status)
    }

    /// Prepares a statement of an INTEGER and a VARCHAR parameter and runs it for each row.
    pub(crate) fn prepared(
        &mut self,
        sql: &str,
        rows: &[(i32, &str)],
    ) -> Result<Vec<Vec<String>>, Status> {
        let schema = Schema::new(vec![
            Field::new("$1", DataType::Int32, true),
            Field::new("$2", DataType::Utf8, true),
        ]);
        let numbers: ArrayRef =
            Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.0)));
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1)));
        let batch = RecordBatch::try_new(Arc::new(schema), vec![numbers, texts]).expect("a batch");
        let info = {
            let Self {
                runtime, client, ..
            } = self;
            runtime
                .block_on(async {
                    let mut prepared = client.prepare(sql.to_owned(), None).await?;
                    prepared.set_parameters(batch)?;
                    prepared.execute().await
                })
                .map_err(status)?
        };
        let (_, batches) = self.fetch(&info)?;
        Ok(batches.iter().flat_map(display::rows).collect())
    }
}

fn status(error: impl Into<FlightError>) -> Status {
    match error.into() {
        FlightError::Tonic(status) => *status,
        other => Status::internal(other.to_string()),
    }
}
