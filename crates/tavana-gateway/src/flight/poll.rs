//! PollFlightInfo: a statement that begins while its client asks now and then what has become of it.

use std::sync::Arc;
use std::time::Duration;

use arrow_flight::{FlightDescriptor, FlightInfo, PollInfo};
use tavana_common::proto::v1::Compression;
use tavana_common::task;
use tonic::Status;
use uuid::Uuid;

use super::info::{UNKNOWN_ROWS, encapsulated, flight_info, flight_info_of};
use super::service::Service;
use super::sessions::ClientSession;
use super::shared::{Outcome, SharedRun};
use super::statements::{Promise, id_of};
use super::ticket::SealedStatement;

/// How long a poll waits for the statement before it answers that it still runs.
const POLL_WAIT: Duration = Duration::from_secs(1);

impl Service {
    /// Begins a statement and answers when it does, or after [`POLL_WAIT`].
    pub(crate) async fn poll_first(
        &self,
        client: &Arc<ClientSession>,
        promise: Promise,
        descriptor: FlightDescriptor,
        endpoints: Option<u32>,
        compression: Compression,
    ) -> Result<PollInfo, Status> {
        let statement = self.parse(&promise.sql)?;
        let lease = client.lease(&statement).await?;
        let (facts, lease) = self.facts(client, lease, &statement, &promise).await?;
        drop(lease);
        let (binding, _) = promise.binding.unzip();
        let id = Uuid::new_v4();
        let sealed = SealedStatement {
            id: id.as_bytes().to_vec(),
            sql: promise.sql,
            parameter_types: facts.parameter_types,
            binding,
            session: client.id(),
            shared: true,
            endpoints: endpoints.unwrap_or(1),
            ..Self::sealed_for(client)
        };
        let run = client.runs().add(id, encapsulated(&facts.schema));
        let begun = {
            let (service, client) = (self.clone(), Arc::clone(client));
            let (run, sealed) = (Arc::clone(&run), sealed.clone());
            task::spawn(async move {
                let start = service.start(&client, &sealed, compression);
                Box::pin(run.begin(start)).await;
            })
        };
        client.runs().keep(id, begun);
        self.polled(client, &run, sealed, descriptor).await
    }

    /// The answer to a poll with the descriptor that an earlier one gave.
    pub(crate) async fn poll_again(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<PollInfo, Status> {
        let ticket = self.open_ticket(client, sealed)?;
        let run = client.runs().find(id_of(&ticket)?)?;
        let descriptor = FlightDescriptor::new_cmd(self.ticket(ticket.clone()));
        self.polled(client, &run, ticket, descriptor).await
    }

    async fn polled(
        &self,
        client: &ClientSession,
        run: &SharedRun,
        sealed: SealedStatement,
        descriptor: FlightDescriptor,
    ) -> Result<PollInfo, Status> {
        let schema = run.schema();
        if tokio::time::timeout(POLL_WAIT, run.ready()).await.is_err() {
            let ticket = self.ticket(sealed);
            // By the ticket in it the client may cancel.
            let info = FlightInfo {
                app_metadata: ticket.clone(),
                ..flight_info_of(schema, [], UNKNOWN_ROWS, descriptor)
            };
            return Ok(PollInfo {
                info: Some(info),
                flight_descriptor: Some(FlightDescriptor::new_cmd(ticket)),
                ..PollInfo::default()
            });
        }
        Ok(complete(match run.outcome().await? {
            Outcome::Rows => {
                let endpoints = sealed.endpoints;
                let tickets = self.shared_tickets(client, sealed, endpoints);
                flight_info_of(schema, tickets, UNKNOWN_ROWS, descriptor)
            }
            Outcome::Done { changed_rows } => {
                let ticket = self.ticket(sealed);
                flight_info(schema, ticket, changed_rows, descriptor)
            }
        }))
    }
}

/// The answer when there is nothing to wait for any more.
pub(crate) fn complete(info: FlightInfo) -> PollInfo {
    PollInfo {
        info: Some(info),
        progress: Some(1.0),
        ..PollInfo::default()
    }
}
