//! PollFlightInfo: a statement that begins while its client asks now and then what has become of it.
//!
//! The descriptor of a poll is the ticket of its result, sealed like all others. On the connection
//! where the statement began its session knows how it stands. On any other, at whichever gateway,
//! the worker is asked that the descriptor names: it knows how far the statement has come and
//! whether there are rows, which are read on the connection where it began.

use std::sync::Arc;
use std::time::Duration;

use arrow_flight::{FlightDescriptor, FlightInfo, PollInfo};
use bytes::Bytes;
use tavana_common::proto::v1::Compression;
use tavana_common::task;
use tonic::Status;
use uuid::Uuid;

use super::info::{UNKNOWN_ROWS, encapsulated, flight_info, flight_info_of};
use super::service::Service;
use super::sessions::ClientSession;
use super::shared::{Outcome, SharedRun};
use super::statements::{KNOWN_SCHEMA_BYTES_MAX, Promise, id_of};
use super::ticket::{
    self, Purpose, SealedFacts, SealedPlace, SealedStatement, TICKET_LIFE, open_statement,
};
use crate::cancel::Target;
use crate::error::{QueryError, SqlState};
use crate::session::{Place, Standing};

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
        let lease = self
            .lease(client, &statement, promise.transaction.as_ref())
            .await?;
        let (facts, lease) = self.facts(client, lease, &statement, &promise).await?;
        drop(lease);
        let (binding, _) = promise.binding.unzip();
        let id = Uuid::new_v4();
        // For a poll elsewhere.
        let known = SealedFacts {
            session: client.id(),
            changes: client.changes(),
            returns_rows: facts.returns_rows,
            schema: facts.schema.clone(),
        };
        let sealed = SealedStatement {
            id: id.as_bytes().to_vec(),
            facts: (facts.schema.len() <= KNOWN_SCHEMA_BYTES_MAX).then_some(known),
            sql: promise.sql,
            parameter_types: facts.parameter_types,
            binding,
            session: client.id(),
            shared: true,
            endpoints: endpoints.unwrap_or(1),
            ..Self::sealed_for(client)
        };
        let run = client.runs().add(id, encapsulated(&facts.schema));
        let mut unnamed = Unnamed(Some((client.as_ref(), id)));
        let begun = {
            let (service, client) = (self.clone(), Arc::clone(client));
            let (run, sealed) = (Arc::clone(&run), sealed.clone());
            task::spawn(async move {
                let start = service.start(&client, &sealed, compression);
                let patience = service.gateway().patience.clone();
                Box::pin(run.begin(start, patience)).await;
            })
        };
        client.runs().keep(id, begun);
        let polled = self.polled(client, &run, sealed, descriptor).await?;
        unnamed.0 = None;
        Ok(polled)
    }

    /// The answer to a poll with the descriptor that an earlier one gave.
    pub(crate) async fn poll_again(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<PollInfo, Status> {
        let polled = open_statement(
            self.cluster_key(),
            Purpose::Ticket,
            sealed,
            client.principal(),
            ticket::now(),
        )?;
        let descriptor = FlightDescriptor::new_cmd(self.ticket(polled.clone()));
        if polled.session != client.id() {
            return self.polled_elsewhere(polled, descriptor).await;
        }
        let ticket = self.open_ticket(client, sealed)?;
        let run = client.runs().find(id_of(&ticket)?)?;
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
            let target = Target::of_statement(id_of(&sealed)?, client.principal());
            let place = self.running().place_of(target).unwrap_or_default();
            let progress = match place.standing().await {
                Standing::Runs(progress) => progress,
                Standing::Answers | Standing::Elsewhere => None,
            };
            let sealed = SealedStatement {
                place: place.name().map(|(query, worker)| SealedPlace {
                    query: query.to_string(),
                    worker: worker.as_ref().to_owned(),
                }),
                ..sealed
            };
            return Ok(self.again(schema, sealed, progress, descriptor));
        }
        Ok(complete(match run.outcome()? {
            Outcome::Rows => self.rows_of(schema, sealed, descriptor),
            Outcome::Done { changed_rows } => {
                let ticket = self.ticket(sealed);
                flight_info(schema, ticket, changed_rows, descriptor)
            }
        }))
    }

    /// The answer to a poll for what another connection has begun, perhaps at another gateway.
    async fn polled_elsewhere(
        &self,
        sealed: SealedStatement,
        descriptor: FlightDescriptor,
    ) -> Result<PollInfo, Status> {
        let schema = sealed
            .facts
            .as_ref()
            .map(|facts| encapsulated(&facts.schema));
        let schema = schema.unwrap_or_default();
        let place = sealed.place.as_ref().and_then(|place| {
            let worker = self.gateway().workers.called(&place.worker)?;
            Some(Place::of(place.query.parse().ok()?, &worker))
        });
        let Some(place) = place else {
            return Err(not_running());
        };
        let mut standing = place.standing().await;
        if matches!(standing, Standing::Runs(_)) {
            tokio::time::sleep(POLL_WAIT).await;
            standing = place.standing().await;
        }
        match standing {
            Standing::Runs(progress) => Ok(self.again(schema, sealed, progress, descriptor)),
            Standing::Answers => Ok(complete(self.rows_of(schema, sealed, descriptor))),
            Standing::Elsewhere => Err(not_running()),
        }
    }

    /// The answer while the statement runs.
    fn again(
        &self,
        schema: Bytes,
        sealed: SealedStatement,
        progress: Option<f64>,
        descriptor: FlightDescriptor,
    ) -> PollInfo {
        let ticket = self.ticket(SealedStatement {
            // It may run for longer than a ticket lives.
            expires_at: ticket::expiry(ticket::now(), TICKET_LIFE),
            ..sealed
        });
        // By the ticket in it the client may cancel.
        let info = FlightInfo {
            app_metadata: ticket.clone(),
            ..flight_info_of(schema, [], UNKNOWN_ROWS, descriptor)
        };
        PollInfo {
            info: Some(info),
            flight_descriptor: Some(FlightDescriptor::new_cmd(ticket)),
            progress,
            ..PollInfo::default()
        }
    }

    /// Where the rows can be read.
    fn rows_of(
        &self,
        schema: Bytes,
        sealed: SealedStatement,
        descriptor: FlightDescriptor,
    ) -> FlightInfo {
        let ticket = SealedStatement {
            expires_at: ticket::expiry(ticket::now(), TICKET_LIFE),
            facts: None,
            place: None,
            ..sealed
        };
        let tickets: Vec<Bytes> = (0..ticket.endpoints)
            .map(|endpoint| {
                self.ticket(SealedStatement {
                    endpoint,
                    ..ticket.clone()
                })
            })
            .collect();
        flight_info_of(schema, tickets, UNKNOWN_ROWS, descriptor)
    }
}

/// A statement of which its client has not heard by what to name it. When its call goes before it
/// is answered, nobody could ask for the statement, cancel it or read its rows: it ends.
struct Unnamed<'a>(Option<(&'a ClientSession, Uuid)>);

impl Drop for Unnamed<'_> {
    fn drop(&mut self) {
        if let Some((client, id)) = self.0 {
            client.runs().remove(id);
        }
    }
}

/// Only the connection where the statement began knows more.
fn not_running() -> Status {
    QueryError::new(
        SqlState::OBJECT_NOT_IN_STATE,
        "the statement waits at the gateway where it began, or has ended",
    )
    .with_hint("Poll on the connection on which it began.")
    .grpc_status()
}

/// The answer when there is nothing to wait for any more.
pub(crate) fn complete(info: FlightInfo) -> PollInfo {
    PollInfo {
        info: Some(info),
        progress: Some(1.0),
        ..PollInfo::default()
    }
}
