//! Statements that are polled for by Flight SQL.

use std::net::SocketAddr;

use arrow_flight::error::FlightError;
use arrow_flight::sql::{CommandStatementQuery, ProstMessageExt};
use arrow_flight::{FlightClient, FlightDescriptor, PollInfo};
use prost::Message;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

pub(crate) async fn channel(to: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{to}"))
        .expect("an address")
        .connect()
        .await
        .expect("the Flight port is open")
}

pub(crate) async fn client(to: SocketAddr) -> FlightClient {
    FlightClient::new(channel(to).await)
}

pub(crate) fn query(sql: &str) -> FlightDescriptor {
    let command = CommandStatementQuery {
        query: sql.to_owned(),
        transaction_id: None,
    };
    FlightDescriptor::new_cmd(command.as_any().encode_to_vec())
}

pub(crate) fn status(error: FlightError) -> Status {
    match error {
        FlightError::Tonic(status) => *status,
        other => Status::internal(other.to_string()),
    }
}

pub(crate) async fn poll(
    client: &mut FlightClient,
    descriptor: FlightDescriptor,
) -> Result<PollInfo, Status> {
    client.poll_flight_info(descriptor).await.map_err(status)
}

/// Polls until the statement has ended.
pub(crate) async fn poll_to_its_end(client: &mut FlightClient, sql: &str) {
    let mut next = Some(query(sql));
    while let Some(descriptor) = next {
        let polled = poll(client, descriptor).await.expect("an answer");
        next = polled.flight_descriptor;
    }
}
