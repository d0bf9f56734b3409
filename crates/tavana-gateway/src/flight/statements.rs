//! Statements: what GetFlightInfo promises, DoGet reads and DoPut changes.
//!
//! A statement that returns rows runs at DoGet. One that returns none runs at GetFlightInfo, once:
//! clients that only know "execute a query" send everything that way, and their ticket then says
//! that there is nothing to read.

use std::sync::Arc;
use std::time::Duration;

use arrow_flight::sql::{
    ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult, Any, Command,
    DoPutPreparedStatementResult, ProstMessageExt, TicketStatementQuery,
};
use arrow_flight::{FlightData, FlightDescriptor, FlightInfo};
use arrow_schema::Schema;
use bytes::Bytes;
use prost::Message;
use tavana_common::proto::v1::Compression;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

use super::idle;
use super::info::{
    FlightStream, UNKNOWN_ROWS, bare_schema, empty_stream, encapsulated, encapsulated_schema,
    flight_info, flight_info_of, once,
};
use super::parameters::ParameterBatches;
use super::schema;
use super::service::Service;
use super::sessions::{Binding, ClientSession, Executed, Lease};
use super::shared::State;
use super::stream;
use super::ticket::{
    self, HANDLE_LIFE, Purpose, SealedBinding, SealedFacts, SealedStatement, TICKET_LIFE,
    open_statement, seal,
};
use super::types::parameter_schema;
use crate::error::{QueryError, SqlState};
use crate::session::{Answer, Class, Facts, Parameters, Statement, TransactionState};

/// Largest binding that travels inside a handle or ticket, in bytes. Larger ones stay here.
const INLINE_BYTES_MAX: usize = 1024 * 1024;
/// For how long a handle's own word of its statement is taken.
const KNOWN_LIFE: Duration = Duration::from_secs(1);
/// Largest schema that travels inside a handle, in bytes.
pub(crate) const KNOWN_SCHEMA_BYTES_MAX: usize = 64 * 1024;

impl Service {
    /// The statement that a command asks about; `None` when it asks about the catalog.
    pub(crate) fn promise(
        &self,
        client: &ClientSession,
        command: &Command,
    ) -> Result<Option<Promise>, Status> {
        match command {
            Command::CommandStatementQuery(query) => Ok(Some(Promise {
                sql: query.query.clone(),
                transaction: query.transaction_id.clone(),
                declared: Vec::new(),
                binding: None,
                known: None,
            })),
            Command::CommandPreparedStatementQuery(query) => {
                let handle = self.open_handle(client, &query.prepared_statement_handle)?;
                let binding = bound(client, &handle)?;
                let declared = match &binding {
                    Some((_, binding)) => binding.types.clone(),
                    None => handle.parameter_types.clone(),
                };
                let known = known(client, &handle, &declared);
                Ok(Some(Promise {
                    sql: handle.sql,
                    transaction: None,
                    declared,
                    binding,
                    known,
                }))
            }
            _ => Ok(None),
        }
    }

    /// GetFlightInfo of a statement.
    pub(crate) async fn info(
        &self,
        client: &ClientSession,
        promise: Promise,
        descriptor: FlightDescriptor,
        endpoints: Option<u32>,
    ) -> Result<FlightInfo, Status> {
        let statement = self.parse(&promise.sql)?;
        let lease = self
            .lease(client, &statement, promise.transaction.as_ref())
            .await?;
        let (facts, lease) = self.facts(client, lease, &statement, &promise).await?;
        let id = Uuid::new_v4();
        if facts.returns_rows {
            drop(lease);
            let (sealed_binding, _) = promise.binding.unzip();
            let sealed = SealedStatement {
                id: id.as_bytes().to_vec(),
                sql: promise.sql,
                parameter_types: facts.parameter_types,
                binding: sealed_binding,
                ..Self::sealed_for(client)
            };
            let tickets = match endpoints {
                None => vec![self.ticket(sealed)],
                Some(endpoints) => {
                    client.runs().add(id, encapsulated(&facts.schema));
                    self.shared_tickets(client, sealed, endpoints)
                }
            };
            return Ok(flight_info_of(
                encapsulated(&facts.schema),
                tickets,
                UNKNOWN_ROWS,
                descriptor,
            ));
        }
        let changed = match promise.binding {
            Some((_, Binding { rows: 0, .. })) => 0,
            binding => {
                let parameters = parameters_of(binding.map(|(_, binding)| binding));
                let executed = client
                    .execute(self.running(), lease, id, &statement, parameters)
                    .await?;
                changed_rows(client, executed).await?
            }
        };
        let ticket = self.ticket(SealedStatement {
            id: id.as_bytes().to_vec(),
            done: true,
            ..Self::sealed_for(client)
        });
        Ok(flight_info(
            encapsulated_schema(&Schema::empty())?,
            ticket,
            changed,
            descriptor,
        ))
    }

    /// What the promised statement is, from its handle or from a worker, with the schema as clients
    /// see it.
    pub(crate) async fn facts(
        &self,
        client: &ClientSession,
        mut lease: Lease,
        statement: &Statement,
        promise: &Promise,
    ) -> Result<(PromisedFacts, Lease), Status> {
        let facts = match &promise.known {
            Some(known) => PromisedFacts {
                returns_rows: known.returns_rows,
                parameter_types: promise.declared.clone(),
                schema: known.schema.clone(),
            },
            None => {
                let facts = client
                    .prepare(&mut lease, statement, &promise.declared)
                    .await?;
                PromisedFacts::of(facts)?
            }
        };
        let bound = promise.binding.as_ref().map(|(_, bound)| bound);
        check_bound(facts.parameter_types.len(), bound)?;
        Ok((facts, lease))
    }

    /// Tickets of one result that is read by several calls.
    fn shared_tickets(
        &self,
        client: &ClientSession,
        sealed: SealedStatement,
        endpoints: u32,
    ) -> Vec<Bytes> {
        let sealed = SealedStatement {
            shared: true,
            endpoints,
            session: client.id(),
            ..sealed
        };
        (0..endpoints)
            .map(|endpoint| {
                self.ticket(SealedStatement {
                    endpoint,
                    ..sealed.clone()
                })
            })
            .collect()
    }

    /// The schema of a statement's result as FlightInfo has it. Runs nothing.
    pub(crate) async fn statement_schema(
        &self,
        client: &ClientSession,
        sql: &str,
        declared: &[String],
        transaction: Option<&Bytes>,
    ) -> Result<Bytes, Status> {
        let statement = self.parse(sql)?;
        let mut lease = self.lease(client, &statement, transaction).await?;
        let facts = client.prepare(&mut lease, &statement, declared).await?;
        if facts.returns_rows {
            Ok(encapsulated(&schema::for_clients(&facts.schema)?))
        } else {
            encapsulated_schema(&Schema::empty())
        }
    }

    /// The schema of a prepared statement's result.
    pub(crate) async fn prepared_schema(
        &self,
        client: &ClientSession,
        handle: &[u8],
    ) -> Result<Bytes, Status> {
        let handle = self.open_handle(client, handle)?;
        let declared = match bound(client, &handle)? {
            Some((_, binding)) => binding.types,
            None => handle.parameter_types.clone(),
        };
        match known(client, &handle, &declared) {
            Some(known) if known.returns_rows => Ok(encapsulated(&known.schema)),
            Some(_) | None => {
                self.statement_schema(client, &handle.sql, &declared, None)
                    .await
            }
        }
    }

    /// DoGet of a ticket made by [`Self::info`] or a poll.
    pub(crate) async fn read(
        &self,
        client: &ClientSession,
        sealed: &[u8],
        compression: Compression,
    ) -> Result<FlightStream<FlightData>, Status> {
        let ticket = self.open_ticket(client, sealed)?;
        if ticket.done {
            return Ok(empty_stream(Arc::new(Schema::empty())));
        }
        let patience = self.gateway().patience.clone();
        if ticket.shared {
            let run = client.runs().find(id_of(&ticket)?)?;
            let start = self.start(client, &ticket, compression);
            run.begin(start, patience.clone()).await;
            // Its rows end by themselves when they are cancelled; here it is the reader who stops.
            let never = CancellationToken::new();
            return Ok(idle::bounded(run.read(ticket.endpoint), patience, never));
        }
        match self.start(client, &ticket, compression).await? {
            State::Rows { schema, reading } => Ok(stream::of_rows(schema, reading, patience)),
            State::Done { schema, .. } => Ok(once(FlightData::new().with_data_header(schema))),
        }
    }

    /// The statement in a ticket, if it may run here and now.
    pub(crate) fn open_ticket(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<SealedStatement, Status> {
        let ticket = open_statement(
            self.cluster_key(),
            Purpose::Ticket,
            sealed,
            client.principal(),
            ticket::now(),
        )?;
        if ticket.done {
            return Ok(ticket);
        }
        client.check_session(&ticket.session)?;
        in_its_transaction(client, &ticket)?;
        Ok(ticket)
    }

    /// Runs the statement of a ticket until it begins to answer.
    pub(crate) async fn start(
        &self,
        client: &ClientSession,
        ticket: &SealedStatement,
        compression: Compression,
    ) -> Result<State, Status> {
        let binding = bound(client, ticket)?.map(|(_, binding)| binding);
        let statement = self.parse(&ticket.sql)?;
        let mut lease = client.lease(&statement).await?;
        // It may have ended while this call waited.
        in_its_transaction(client, ticket)?;
        if let Some(Binding { rows: 0, types, .. }) = &binding {
            let facts = client.prepare(&mut lease, &statement, types).await?;
            return Ok(State::Done {
                schema: PromisedFacts::of(facts)?.schema,
                changed_rows: 0,
            });
        }
        let parameters = parameters_of(binding);
        lease.set_compression(compression);
        let executed = client
            .execute(
                self.running(),
                lease,
                id_of(ticket)?,
                &statement,
                parameters,
            )
            .await?;
        match executed.answer {
            Answer::Rows(rows) => Ok(State::Rows {
                schema: schema::for_clients(&rows.facts().schema)?,
                reading: client.reading(rows, executed.hold, executed.run),
            }),
            Answer::Done(done) => Ok(State::Done {
                schema: bare_schema(&Schema::empty())?,
                changed_rows: count(done.changed_rows),
            }),
        }
    }

    /// DoPut of an update's text: runs it and says how many rows it changed.
    pub(crate) async fn update(
        &self,
        client: &ClientSession,
        sql: &str,
        transaction: Option<&Bytes>,
    ) -> Result<i64, Status> {
        let statement = self.parse(sql)?;
        let lease = self.lease(client, &statement, transaction).await?;
        let executed = client
            .execute(
                self.running(),
                lease,
                Uuid::new_v4(),
                &statement,
                Parameters::none(),
            )
            .await?;
        changed_rows(client, executed).await
    }

    /// DoPut of a prepared update: runs it once for each row of `batches` and says how many rows
    /// all of them changed together.
    pub(crate) async fn prepared_update(
        &self,
        client: &ClientSession,
        handle: &[u8],
        batches: ParameterBatches,
    ) -> Result<i64, Status> {
        let handle = self.open_handle(client, handle)?;
        let binding = if batches.columns() == 0 {
            bound(client, &handle)?.map(|(_, binding)| binding)
        } else {
            Some(self.encode(client, &handle, &batches).await?)
        };
        drop(batches);
        check_bound(handle.parameter_types.len(), binding.as_ref())?;
        if matches!(binding, Some(Binding { rows: 0, .. })) {
            return Ok(0);
        }
        let statement = self.parse(&handle.sql)?;
        let lease = client.lease(&statement).await?;
        let executed = client
            .execute(
                self.running(),
                lease,
                id_of(&handle)?,
                &statement,
                parameters_of(binding),
            )
            .await?;
        changed_rows(client, executed).await
    }

    /// Action CreatePreparedStatement: parses and binds, runs nothing.
    pub(crate) async fn prepare(
        &self,
        client: &ClientSession,
        request: ActionCreatePreparedStatementRequest,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let statement = self.parse(&request.query)?;
        let changes = client.changes();
        let mut lease = self
            .lease(client, &statement, request.transaction_id.as_ref())
            .await?;
        let facts = client.prepare(&mut lease, &statement, &[]).await?;
        drop(lease);
        let facts = PromisedFacts::of(facts)?;
        let parameter_schema = encapsulated_schema(&parameter_schema(&facts.parameter_types))?;
        let known = SealedFacts {
            session: client.id(),
            changes,
            returns_rows: facts.returns_rows,
            schema: facts.schema.clone(),
        };
        let handle = SealedStatement {
            id: Uuid::new_v4().as_bytes().to_vec(),
            expires_at: ticket::expiry(ticket::now(), HANDLE_LIFE),
            sql: request.query,
            parameter_types: facts.parameter_types,
            // A handle outlives the transaction in which it was made, as in PostgreSQL.
            transaction: Vec::new(),
            facts: (facts.schema.len() <= KNOWN_SCHEMA_BYTES_MAX).then_some(known),
            ..Self::sealed_for(client)
        };
        // An update has a schema without columns: JDBC knows it by that.
        let dataset_schema = encapsulated(&facts.schema);
        Ok(ActionCreatePreparedStatementResult {
            prepared_statement_handle: seal(self.cluster_key(), Purpose::Handle, &handle),
            dataset_schema,
            parameter_schema,
        })
    }

    /// DoPut of a prepared query: binds its parameters. The answer is a handle that holds them.
    pub(crate) async fn bind(
        &self,
        client: &ClientSession,
        sealed: Bytes,
        batches: ParameterBatches,
    ) -> Result<DoPutPreparedStatementResult, Status> {
        let mut handle = self.open_handle(client, &sealed)?;
        if batches.columns() == 0 {
            return Ok(DoPutPreparedStatementResult {
                prepared_statement_handle: Some(sealed),
            });
        }
        let binding = self.encode(client, &handle, &batches).await?;
        let id = id_of(&handle)?;
        handle.binding = Some(sealed_binding(&binding, id));
        // Clients of before Arrow 17 go on using the handle that they had.
        client.bindings().keep(id, binding)?;
        let handle = seal(self.cluster_key(), Purpose::Handle, &handle);
        Ok(DoPutPreparedStatementResult {
            prepared_statement_handle: Some(handle),
        })
    }

    /// Action ClosePreparedStatement. An expired handle closes too.
    pub(crate) fn close_prepared(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<(), Status> {
        let handle = open_statement(
            self.cluster_key(),
            Purpose::Handle,
            sealed,
            client.principal(),
            0,
        )?;
        client.bindings().forget(id_of(&handle)?);
        Ok(())
    }

    /// The statement in a ticket, to cancel it: an expired ticket may still be running.
    pub(crate) fn running_id(&self, client: &ClientSession, ticket: &[u8]) -> Result<Uuid, Status> {
        let any = Any::decode(ticket)
            .map_err(|_| Status::invalid_argument("the ticket is no Flight SQL ticket"))?;
        let ticket = any
            .unpack::<TicketStatementQuery>()
            .ok()
            .flatten()
            .ok_or_else(|| Status::invalid_argument("the ticket is not one of a statement"))?;
        let statement = open_statement(
            self.cluster_key(),
            Purpose::Ticket,
            &ticket.statement_handle,
            client.principal(),
            0,
        )?;
        id_of(&statement)
    }

    /// The one statement of `sql`.
    pub(crate) fn parse(&self, sql: &str) -> Result<Statement, Status> {
        let bytes_max = self.gateway().settings.sql_bytes_max;
        if sql.len() > bytes_max {
            return Err(QueryError::new(
                SqlState::PROGRAM_LIMIT,
                format!(
                    "the SQL text has {} bytes, {bytes_max} are allowed",
                    sql.len()
                ),
            )
            .grpc_status());
        }
        let statement = Statement::single(sql)
            .map_err(|error| error.grpc_status())?
            .ok_or_else(|| Status::invalid_argument("the query is empty"))?;
        if let Class::CopyIn { .. } | Class::CopyOut { .. } = statement.class() {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "COPY from or to the client exists in the PostgreSQL protocol only",
            )
            .with_hint("Read a query, or ingest batches.")
            .grpc_status());
        }
        Ok(statement)
    }

    fn open_handle(
        &self,
        client: &ClientSession,
        sealed: &[u8],
    ) -> Result<SealedStatement, Status> {
        let handle = open_statement(
            self.cluster_key(),
            Purpose::Handle,
            sealed,
            client.principal(),
            ticket::now(),
        )?;
        client.check_session(&handle.session)?;
        Ok(handle)
    }

    pub(crate) fn sealed_for(client: &ClientSession) -> SealedStatement {
        SealedStatement {
            principal: client.principal().id().to_owned(),
            expires_at: ticket::expiry(ticket::now(), TICKET_LIFE),
            session: client.sealed_id(),
            transaction: client.sealed_transaction(),
            ..SealedStatement::default()
        }
    }

    pub(crate) fn ticket(&self, statement: SealedStatement) -> Bytes {
        let statement_handle = seal(self.cluster_key(), Purpose::Ticket, &statement);
        TicketStatementQuery { statement_handle }
            .as_any()
            .encode_to_vec()
            .into()
    }

    /// The batches as the worker takes them.
    async fn encode(
        &self,
        client: &ClientSession,
        handle: &SealedStatement,
        batches: &ParameterBatches,
    ) -> Result<Binding, Status> {
        let inferred = &handle.parameter_types;
        if batches.columns() != inferred.len() {
            return Err(Status::invalid_argument(format!(
                "the statement takes {} parameters, {} were bound",
                inferred.len(),
                batches.columns()
            )));
        }
        let declared = batches.declared_types(inferred);
        let types = if declared == *inferred {
            declared
        } else {
            let statement = self.parse(&handle.sql)?;
            let mut lease = client.lease(&statement).await?;
            match client.prepare(&mut lease, &statement, &declared).await {
                Ok(facts) => facts.parameter_types,
                // The statement does not take the values as they are: the worker casts them.
                Err(_) if lease.transaction() == TransactionState::Idle => inferred.clone(),
                // In a transaction the refusal has failed it already.
                Err(status) => return Err(status),
            }
        };
        Ok(Binding {
            id: Uuid::new_v4(),
            rows: batches.rows(),
            types,
            ipc: batches.to_ipc()?,
            kept: Some(batches.kept()),
        })
    }
}

/// A statement that GetFlightInfo was asked about.
pub(crate) struct Promise {
    pub(crate) sql: String,
    /// The one it names.
    pub(crate) transaction: Option<Bytes>,
    declared: Vec<String>,
    pub(crate) binding: Option<(SealedBinding, Binding)>,
    /// What its handle says, if that still holds.
    known: Option<SealedFacts>,
}

/// What a promised statement is.
pub(crate) struct PromisedFacts {
    pub(crate) returns_rows: bool,
    pub(crate) parameter_types: Vec<String>,
    /// As clients see it, a bare message; without columns when no rows are returned.
    pub(crate) schema: Bytes,
}

impl PromisedFacts {
    fn of(facts: Facts) -> Result<Self, Status> {
        let schema = if facts.returns_rows {
            schema::for_clients(&facts.schema)?
        } else {
            bare_schema(&Schema::empty())?
        };
        Ok(Self {
            returns_rows: facts.returns_rows,
            parameter_types: facts.parameter_types,
            schema,
        })
    }
}

/// Refuses a ticket whose transaction is not the open one.
fn in_its_transaction(client: &ClientSession, ticket: &SealedStatement) -> Result<(), Status> {
    if ticket.transaction == client.sealed_transaction() {
        return Ok(());
    }
    Err(Status::failed_precondition(
        "the transaction in which the ticket was made has ended",
    ))
}

/// What a handle says of its statement, while it is new and its session has changed nothing since:
/// clients that prepare every statement ask about it at once, and need not wait for a second plan.
fn known(
    client: &ClientSession,
    handle: &SealedStatement,
    declared: &[String],
) -> Option<SealedFacts> {
    let made_at = handle.expires_at.saturating_sub(HANDLE_LIFE.as_secs());
    handle
        .facts
        .clone()
        .filter(|facts| facts.session == client.id() && facts.changes == client.changes())
        .filter(|_| ticket::now().saturating_sub(made_at) <= KNOWN_LIFE.as_secs())
        .filter(|_| declared == handle.parameter_types)
}

/// The bound parameters of a handle or ticket: as it carries them, and themselves.
fn bound(
    client: &ClientSession,
    statement: &SealedStatement,
) -> Result<Option<(SealedBinding, Binding)>, Status> {
    let Some(sealed) = &statement.binding else {
        let id = id_of(statement)?;
        let binding = client.bindings().find(id);
        return Ok(binding.map(|binding| (sealed_binding(&binding, id), binding)));
    };
    let binding = if sealed.kept.is_empty() {
        Binding {
            id: Uuid::nil(),
            rows: sealed.rows,
            types: sealed.types.clone(),
            ipc: sealed.ipc.clone(),
            kept: None,
        }
    } else {
        let (handle, id) = sealed.kept.split_at_checked(16).unwrap_or_default();
        let handle = Uuid::from_slice(handle).map_err(|error| super::info::internal(&error))?;
        let kept = client.bindings().find(handle);
        // Another one may have taken its place.
        kept.filter(|binding| binding.id.as_bytes() == id)
            .ok_or_else(|| {
                Status::failed_precondition(
                    "the bound parameters are not kept on this connection any more; bind them again",
                )
            })?
    };
    Ok(Some((sealed.clone(), binding)))
}

/// As handles and tickets carry what was bound to `handle`.
fn sealed_binding(binding: &Binding, handle: Uuid) -> SealedBinding {
    let inline = binding.ipc.len() <= INLINE_BYTES_MAX;
    SealedBinding {
        rows: binding.rows,
        types: binding.types.clone(),
        ipc: if inline {
            binding.ipc.clone()
        } else {
            Bytes::new()
        },
        kept: if inline {
            Vec::new()
        } else {
            [*handle.as_bytes(), *binding.id.as_bytes()].concat()
        },
    }
}

fn check_bound(parameters: usize, binding: Option<&Binding>) -> Result<(), Status> {
    let bound = binding.map_or(0, |binding| binding.types.len());
    if bound == parameters {
        return Ok(());
    }
    Err(QueryError::new(
        SqlState::UNDEFINED_PARAMETER,
        format!("the statement takes {parameters} parameters, {bound} were bound"),
    )
    .grpc_status())
}

pub(crate) fn parameters_of(binding: Option<Binding>) -> Parameters {
    binding.map_or_else(Parameters::none, |binding| Parameters {
        types: binding.types,
        ipc: binding.ipc,
        kept: binding.kept,
    })
}

pub(crate) fn id_of(statement: &SealedStatement) -> Result<Uuid, Status> {
    Uuid::from_slice(&statement.id).map_err(|error| super::info::internal(&error))
}

/// Waits for the end of a statement whose rows nobody reads. How many rows it changed; 0 when that
/// is not a word for what it did.
async fn changed_rows(client: &ClientSession, executed: Executed) -> Result<i64, Status> {
    let unfinished = |unfinished| {
        if let Some(lease) = &executed.hold {
            client.note_unfinished(lease, unfinished);
        }
    };
    let changed = match executed.answer {
        Answer::Done(completion) => completion.changed_rows,
        Answer::Rows(mut rows) => {
            unfinished(true);
            loop {
                let next = tokio::select! {
                    biased;
                    () = executed.run.stopped().cancelled() => Some(Err(QueryError::canceled())),
                    next = rows.next() => next,
                };
                match next {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        unfinished(false);
                        return Err(error.grpc_status());
                    }
                    None => break,
                }
            }
            unfinished(false);
            rows.complete().and_then(|complete| complete.changed_rows)
        }
    };
    Ok(count(changed))
}

fn count(rows: Option<u64>) -> i64 {
    rows.map_or(0, |rows| i64::try_from(rows).unwrap_or(i64::MAX))
}
