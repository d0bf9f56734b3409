//! The Flight service: which message means what.

use std::net::IpAddr;
use std::sync::Arc;

use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::{
    ActionBeginSavepointRequest, ActionBeginTransactionRequest, ActionCancelQueryRequest,
    ActionCancelQueryResult, ActionClosePreparedStatementRequest,
    ActionCreatePreparedStatementRequest, ActionEndSavepointRequest, ActionEndTransactionRequest,
    Any, Command, DoPutUpdateResult, ProstMessageExt,
};
use arrow_flight::{
    Action, ActionType, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, Criteria,
    Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest, HandshakeResponse, PollInfo,
    PutResult, SchemaResult, Ticket,
};
use bytes::Bytes;
use futures::StreamExt;
use prost::Message;
use tavana_common::proto::v1::Compression;
use tavana_common::secret::ClusterKey;
use tonic::metadata::MetadataMap;
use tonic::{Extensions, Request, Response, Status, Streaming};

use super::connection::ConnectionInfo;
use super::dictionaries;
use super::info::{
    FlightStream, UNKNOWN_ROWS, batch_stream, encapsulated_schema, flight_info, once,
};
use super::options::SetSessionOptionsRequest;
use super::parameters::ParameterBatches;
use super::poll::complete;
use super::principal::{Caller, bearer_token};
use super::request;
use super::running::Running;
use super::sessions::ClientSession;
use super::ticket;
use crate::Gateway;
use crate::auth::Origin;
use crate::cancel::Target;
use crate::kept::Keeper;
use crate::session::Protocol;

/// Messages that a client may still send after its update was answered; then the call ends.
const LATE_MESSAGES_MAX: usize = 1024;
/// Statements of one FlightInfo that other gateways are asked for.
const TARGETS_MAX: usize = 4;
/// `CloseSessionResult` of Flight.proto with status CLOSED.
const SESSION_CLOSED: &[u8] = &[0x08, 0x01];

const CANCEL_FLIGHT_INFO: &str = "CancelFlightInfo";
const CANCEL_QUERY: &str = "CancelQuery";
const CREATE_PREPARED: &str = "CreatePreparedStatement";
const CLOSE_PREPARED: &str = "ClosePreparedStatement";
const BEGIN_TRANSACTION: &str = "BeginTransaction";
const END_TRANSACTION: &str = "EndTransaction";
const BEGIN_SAVEPOINT: &str = "BeginSavepoint";
const END_SAVEPOINT: &str = "EndSavepoint";
const SET_SESSION_OPTIONS: &str = "SetSessionOptions";
const GET_SESSION_OPTIONS: &str = "GetSessionOptions";
const CLOSE_SESSION: &str = "CloseSession";

const ACTIONS: [(&str, &str); 11] = [
    (
        CREATE_PREPARED,
        "ActionCreatePreparedStatementRequest: parse and bind a statement.",
    ),
    (
        CLOSE_PREPARED,
        "ActionClosePreparedStatementRequest: forget a prepared statement.",
    ),
    (
        BEGIN_TRANSACTION,
        "ActionBeginTransactionRequest: turn autocommit off.",
    ),
    (
        END_TRANSACTION,
        "ActionEndTransactionRequest: commit or roll back.",
    ),
    (
        BEGIN_SAVEPOINT,
        "ActionBeginSavepointRequest: mark a point in a transaction.",
    ),
    (
        END_SAVEPOINT,
        "ActionEndSavepointRequest: forget the point, or roll back to it where nothing was written since.",
    ),
    (
        CANCEL_FLIGHT_INFO,
        "CancelFlightInfoRequest: stop a running statement.",
    ),
    (
        CANCEL_QUERY,
        "ActionCancelQueryRequest: stop a running statement.",
    ),
    (
        SET_SESSION_OPTIONS,
        "SetSessionOptionsRequest: set the current catalog or schema, or settings.",
    ),
    (
        GET_SESSION_OPTIONS,
        "GetSessionOptionsRequest: the current catalog and schema, and all settings.",
    ),
    (
        CLOSE_SESSION,
        "CloseSessionRequest: end the session of this connection.",
    ),
];

/// The service of one gateway. Copies are the same service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    gateway: Arc<Gateway>,
}

impl Service {
    pub(crate) fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    pub(crate) fn cluster_key(&self) -> &ClusterKey {
        &self.gateway.cluster_key
    }

    pub(crate) fn running(&self) -> &Arc<Running> {
        &self.gateway.flight_runs
    }

    /// Checks who calls, for every call there is.
    async fn caller(
        &self,
        metadata: &MetadataMap,
        extensions: &Extensions,
    ) -> Result<Arc<ClientSession>, Status> {
        let connection = connection(extensions)?;
        let caller = caller_on(&self.gateway, connection);
        let login = caller.of_request(metadata).await?;
        connection.logged_in()?;
        connection
            .sessions()
            .session_of(&login.principal, caller.origin)
    }

    fn compression(&self, metadata: &MetadataMap) -> Result<Compression, Status> {
        request::compression(metadata, self.gateway.settings.flight_compression)
    }

    async fn info_of(
        &self,
        client: &ClientSession,
        descriptor: FlightDescriptor,
        endpoints: Option<u32>,
    ) -> Result<FlightInfo, Status> {
        let command = command_of(&descriptor.cmd)?;
        match self.promise(client, &command)? {
            Some(promise) => self.info(client, promise, descriptor, endpoints).await,
            None => self.catalog_info(&command, descriptor),
        }
    }

    fn catalog_info(
        &self,
        command: &Command,
        descriptor: FlightDescriptor,
    ) -> Result<FlightInfo, Status> {
        // The ticket of a catalog command is the command itself: it says all.
        let schema = encapsulated_schema(&*self.catalog_schema(command)?)?;
        let ticket = descriptor.cmd.clone();
        Ok(flight_info(schema, ticket, UNKNOWN_ROWS, descriptor))
    }

    async fn poll(
        &self,
        client: &Arc<ClientSession>,
        descriptor: FlightDescriptor,
        endpoints: Option<u32>,
        compression: Compression,
    ) -> Result<PollInfo, Status> {
        let command = command_of(&descriptor.cmd)?;
        if let Command::TicketStatementQuery(ticket) = &command {
            return self.poll_again(client, &ticket.statement_handle).await;
        }
        match self.promise(client, &command)? {
            Some(promise) => {
                self.poll_first(client, promise, descriptor, endpoints, compression)
                    .await
            }
            None => Ok(complete(self.catalog_info(&command, descriptor)?)),
        }
    }

    async fn schema_of(&self, client: &ClientSession, command: Command) -> Result<Bytes, Status> {
        match command {
            Command::CommandStatementQuery(query) => {
                let transaction = query.transaction_id.as_ref();
                self.statement_schema(client, &query.query, &[], transaction)
                    .await
            }
            Command::CommandPreparedStatementQuery(query) => {
                self.prepared_schema(client, &query.prepared_statement_handle)
                    .await
            }
            command => encapsulated_schema(&*self.catalog_schema(&command)?),
        }
    }

    async fn cancel(
        &self,
        client: &ClientSession,
        address: IpAddr,
        info: &FlightInfo,
    ) -> Result<CancelStatus, Status> {
        let mut status = CancelStatus::NotCancellable;
        let tickets = info
            .endpoint
            .iter()
            .filter_map(|endpoint| endpoint.ticket.as_ref())
            .map(|ticket| &ticket.ticket);
        // While a client polls there is no endpoint yet.
        let polled = Some(&info.app_metadata).filter(|ticket| !ticket.is_empty());
        let mut elsewhere = Vec::new();
        for ticket in tickets.chain(polled) {
            let id = self.running_id(client, ticket)?;
            let target = Target::of_statement(id, client.principal());
            if self.running().cancel(target) {
                status = CancelStatus::Cancelled;
            } else if !elsewhere.contains(&target) {
                elsewhere.push(target);
            }
        }
        // All endpoints of one statement are read by way of the gateways that gave them out.
        if status != CancelStatus::Cancelled {
            for target in elsewhere.into_iter().take(TARGETS_MAX) {
                if self.gateway.cancel_elsewhere(target, address).await {
                    status = CancelStatus::Cancelled;
                }
            }
        }
        Ok(status)
    }
}

#[tonic::async_trait]
impl FlightService for Service {
    type HandshakeStream = FlightStream<HandshakeResponse>;
    type ListFlightsStream = FlightStream<FlightInfo>;
    type DoGetStream = FlightStream<FlightData>;
    type DoPutStream = FlightStream<PutResult>;
    type DoActionStream = FlightStream<arrow_flight::Result>;
    type ListActionsStream = FlightStream<ActionType>;
    type DoExchangeStream = FlightStream<FlightData>;

    async fn handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Self::HandshakeStream>, Status> {
        let (metadata, extensions, mut messages) = request.into_parts();
        let connection = connection(&extensions)?;
        // Clients that put the user into a header may send no message at all.
        let payload = if metadata.contains_key("authorization") {
            Bytes::new()
        } else {
            messages
                .message()
                .await?
                .map(|message| message.payload)
                .unwrap_or_default()
        };
        let caller = caller_on(&self.gateway, connection);
        let login = caller.of_handshake(&metadata, &payload).await?;
        connection.logged_in()?;
        let token = bearer_token(self.cluster_key(), &login, caller.now);
        let header = format!("Bearer {token}")
            .parse()
            .map_err(|_| Status::internal("the token is no header value"))?;
        let answer = HandshakeResponse {
            protocol_version: 0,
            payload: token.into_bytes().into(),
        };
        let mut response = Response::new(once(answer));
        response.metadata_mut().insert("authorization", header);
        Ok(response)
    }

    async fn list_flights(
        &self,
        request: Request<Criteria>,
    ) -> Result<Response<Self::ListFlightsStream>, Status> {
        self.caller(request.metadata(), request.extensions())
            .await?;
        Ok(Response::new(futures::stream::empty().boxed()))
    }

    async fn get_flight_info(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let client = self
            .caller(request.metadata(), request.extensions())
            .await?;
        let endpoints = request::endpoints(request.metadata())?;
        let plain = dictionaries::unreadable_for(request.metadata());
        let mut info = self
            .info_of(&client, request.into_inner(), endpoints)
            .await?;
        if plain {
            info.schema = dictionaries::schema_without(info.schema)?;
        }
        Ok(Response::new(info))
    }

    async fn poll_flight_info(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<PollInfo>, Status> {
        let client = self
            .caller(request.metadata(), request.extensions())
            .await?;
        let endpoints = request::endpoints(request.metadata())?;
        let compression = self.compression(request.metadata())?;
        let plain = dictionaries::unreadable_for(request.metadata());
        let mut polled = self
            .poll(&client, request.into_inner(), endpoints, compression)
            .await?;
        if let Some(info) = polled.info.as_mut().filter(|_| plain) {
            info.schema = dictionaries::schema_without(std::mem::take(&mut info.schema))?;
        }
        Ok(Response::new(polled))
    }

    async fn get_schema(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<SchemaResult>, Status> {
        let client = self
            .caller(request.metadata(), request.extensions())
            .await?;
        let plain = dictionaries::unreadable_for(request.metadata());
        let command = command_of(&request.into_inner().cmd)?;
        let mut schema = self.schema_of(&client, command).await?;
        if plain {
            schema = dictionaries::schema_without(schema)?;
        }
        Ok(Response::new(SchemaResult { schema }))
    }

    async fn do_get(
        &self,
        request: Request<Ticket>,
    ) -> Result<Response<Self::DoGetStream>, Status> {
        let client = self
            .caller(request.metadata(), request.extensions())
            .await?;
        let compression = self.compression(request.metadata())?;
        let plain = dictionaries::unreadable_for(request.metadata());
        let given = request.into_inner().ticket;
        let unknown = || Status::not_found("there is no such ticket");
        let command = command_of(&given).map_err(|_| unknown())?;
        let stream = match command {
            // What protobuf reads past, as fields that it does not know, is in none that was given out.
            Command::TicketStatementQuery(ticket) if packed(&ticket) != given => {
                return Err(unknown());
            }
            Command::TicketStatementQuery(ticket) => {
                let read = self.read(&client, &ticket.statement_handle, compression);
                let stream = Box::pin(read).await?;
                if plain {
                    dictionaries::stream_without(stream)
                } else {
                    stream
                }
            }
            // A name of no command at all is no ticket of anybody.
            Command::Unknown(_) => return Err(unknown()),
            command => batch_stream(self.catalog_rows(&client, command).await?),
        };
        Ok(Response::new(stream))
    }

    async fn do_put(
        &self,
        request: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoPutStream>, Status> {
        let (metadata, extensions, mut messages) = request.into_parts();
        let client = self.caller(&metadata, &extensions).await?;
        let first = messages
            .message()
            .await?
            .ok_or_else(|| Status::invalid_argument("the call ended before its first message"))?;
        let command = match &first.flight_descriptor {
            Some(descriptor) => command_of(&descriptor.cmd)?,
            None => {
                return Err(Status::invalid_argument(
                    "the first message has no descriptor",
                ));
            }
        };
        let bytes_max = self.gateway.settings.message_bytes_max;
        let result: Bytes = match command {
            Command::CommandStatementUpdate(update) => {
                let transaction = update.transaction_id.as_ref();
                let rows = self.update(&client, &update.query, transaction).await?;
                let result = put_result(DoPutUpdateResult { record_count: rows }.encode_to_vec());
                // Some clients end their side of the call only after they have read the count.
                let late = messages
                    .take(LATE_MESSAGES_MAX)
                    .filter_map(|message| std::future::ready(message.err().map(Err)));
                return Ok(Response::new(once(result).chain(late).boxed()));
            }
            Command::CommandPreparedStatementQuery(query) => {
                let batches = read_batches(first, messages, bytes_max, client.keeper()).await?;
                let handle = query.prepared_statement_handle;
                self.bind(&client, handle, batches)
                    .await?
                    .encode_to_vec()
                    .into()
            }
            Command::CommandPreparedStatementUpdate(update) => {
                let batches = read_batches(first, messages, bytes_max, client.keeper()).await?;
                let handle = update.prepared_statement_handle;
                let rows = self.prepared_update(&client, &handle, batches).await?;
                DoPutUpdateResult { record_count: rows }
                    .encode_to_vec()
                    .into()
            }
            Command::CommandStatementIngest(ingest) => {
                let rows = Box::pin(self.ingest(&client, ingest, first, messages)).await?;
                DoPutUpdateResult { record_count: rows }
                    .encode_to_vec()
                    .into()
            }
            command => return Err(unsupported(&command)),
        };
        Ok(Response::new(once(put_result(result))))
    }

    async fn do_action(
        &self,
        request: Request<Action>,
    ) -> Result<Response<Self::DoActionStream>, Status> {
        let client = self
            .caller(request.metadata(), request.extensions())
            .await?;
        let connection = connection(request.extensions())?.clone();
        let plain = dictionaries::unreadable_for(request.metadata());
        let action = request.into_inner();
        let body: Option<Bytes> = match action.r#type.as_str() {
            CREATE_PREPARED => {
                let request: ActionCreatePreparedStatementRequest = unpack(&action.body)?;
                let mut prepared = self.prepare(&client, request).await?;
                if plain {
                    let schema = std::mem::take(&mut prepared.dataset_schema);
                    prepared.dataset_schema = dictionaries::schema_without(schema)?;
                }
                Some(packed(&prepared))
            }
            CLOSE_PREPARED => {
                let request: ActionClosePreparedStatementRequest = unpack(&action.body)?;
                self.close_prepared(&client, &request.prepared_statement_handle)?;
                None
            }
            BEGIN_TRANSACTION => {
                let ActionBeginTransactionRequest {} = unpack(&action.body)?;
                Some(packed(&self.begin(&client).await?))
            }
            END_TRANSACTION => {
                let request: ActionEndTransactionRequest = unpack(&action.body)?;
                self.end(&client, &request).await?;
                None
            }
            BEGIN_SAVEPOINT => {
                let request: ActionBeginSavepointRequest = unpack(&action.body)?;
                Some(packed(&self.begin_savepoint(&client, request).await?))
            }
            END_SAVEPOINT => {
                let request: ActionEndSavepointRequest = unpack(&action.body)?;
                self.end_savepoint(&client, &request).await?;
                None
            }
            CANCEL_FLIGHT_INFO => {
                let request = CancelFlightInfoRequest::decode(action.body)
                    .map_err(|error| malformed(&error))?;
                let info = request
                    .info
                    .ok_or_else(|| Status::invalid_argument("no flight info"))?;
                let status = self.cancel(&client, connection.address(), &info).await?;
                Some(CancelFlightInfoResult::new(status).encode_to_vec().into())
            }
            CANCEL_QUERY => {
                let request: ActionCancelQueryRequest = unpack(&action.body)?;
                let info = FlightInfo::decode(request.info).map_err(|error| malformed(&error))?;
                let cancelled = self.cancel(&client, connection.address(), &info).await?;
                let result = cancelled.into();
                Some(packed(&ActionCancelQueryResult { result }))
            }
            SET_SESSION_OPTIONS => {
                let request = SetSessionOptionsRequest::decode(action.body)
                    .map_err(|error| malformed(&error))?;
                let result = self.set_options(&client, request).await?;
                Some(result.encode_to_vec().into())
            }
            GET_SESSION_OPTIONS => Some(self.options(&client).await?.encode_to_vec().into()),
            CLOSE_SESSION => {
                connection.sessions().end(client.principal());
                Some(Bytes::from_static(SESSION_CLOSED))
            }
            other => {
                let name: String = other.chars().take(64).collect();
                return Err(Status::unimplemented(format!(
                    "action {name:?} is not supported"
                )));
            }
        };
        let results = body.map(|body| Ok(arrow_flight::Result { body }));
        Ok(Response::new(futures::stream::iter(results).boxed()))
    }

    async fn list_actions(
        &self,
        request: Request<Empty>,
    ) -> Result<Response<Self::ListActionsStream>, Status> {
        self.caller(request.metadata(), request.extensions())
            .await?;
        let actions = ACTIONS.map(|(name, description)| {
            Ok(ActionType {
                r#type: name.to_owned(),
                description: description.to_owned(),
            })
        });
        Ok(Response::new(futures::stream::iter(actions).boxed()))
    }

    async fn do_exchange(
        &self,
        request: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        self.caller(request.metadata(), request.extensions())
            .await?;
        Err(Status::unimplemented(
            "DoExchange is not a part of Flight SQL",
        ))
    }
}

/// Checks who calls on a connection.
pub(crate) fn caller_on<'a>(gateway: &'a Gateway, connection: &'a ConnectionInfo) -> Caller<'a> {
    let tls = connection.tls();
    Caller {
        auth: &gateway.auth,
        key: &gateway.cluster_key,
        origin: Origin {
            address: connection.address(),
            protocol: Protocol::Flight,
            encrypted: tls.is_some(),
        },
        certificate: tls.and_then(|tls| tls.certificate.as_deref()),
        now: ticket::now(),
    }
}

/// Refuses a command that is not for this method, or for no method of ours.
pub(crate) fn unsupported(command: &Command) -> Status {
    let name: String = command.type_url().chars().take(128).collect();
    Status::unimplemented(format!("{name} is not supported here"))
}

fn connection(extensions: &Extensions) -> Result<&ConnectionInfo, Status> {
    extensions
        .get::<ConnectionInfo>()
        .ok_or_else(|| Status::internal("the request came without its connection"))
}

fn command_of(bytes: &[u8]) -> Result<Command, Status> {
    let any = Any::decode(bytes).map_err(|error| malformed(&error))?;
    if any.type_url.is_empty() {
        return Err(Status::invalid_argument(
            "the descriptor or ticket holds no Flight SQL command",
        ));
    }
    Command::try_from(any).map_err(|error| malformed(&error))
}

fn unpack<M: ProstMessageExt>(body: &[u8]) -> Result<M, Status> {
    Any::decode(body)
        .map_err(|error| malformed(&error))?
        .unpack()
        .map_err(|error| malformed(&error))?
        .ok_or_else(|| Status::invalid_argument(format!("the action takes {}", M::type_url())))
}

fn packed(message: &impl ProstMessageExt) -> Bytes {
    message.as_any().encode_to_vec().into()
}

fn put_result(app_metadata: impl Into<Bytes>) -> PutResult {
    PutResult {
        app_metadata: app_metadata.into(),
    }
}

async fn read_batches(
    first: FlightData,
    rest: Streaming<FlightData>,
    bytes_max: usize,
    keeper: &Keeper,
) -> Result<ParameterBatches, Status> {
    let messages = futures::stream::iter([Ok(first)]).chain(rest);
    ParameterBatches::read(messages, bytes_max, keeper).await
}

fn malformed(error: &dyn std::error::Error) -> Status {
    Status::invalid_argument(format!("the message is malformed: {error}"))
}
