//! One client's connection: its states, and which message leads where.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::response::{
    CommandComplete, EmptyQueryResponse, ReadyForQuery, TransactionStatus,
};
use pgwire::messages::startup::ParameterStatus;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::cancel::CancelKey;
use super::error::{Severity, error_response, notice_response};
use super::extended::{Portal, Prepared};
use super::frontend::{Message, decode};
use super::wire::{Acknowledged, Frame, Wire, WireError};
use crate::Gateway;
use crate::error::{QueryError, SqlState};
use crate::intake;
use crate::session::{Answer, News, Notice, Parameters, Session, Statement, TransactionState};

/// A session that waits for its client for longer does not keep a draining gateway, whatever it
/// holds: it could do so for days.
const DRAIN_PAUSE_MAX: Duration = Duration::from_secs(10);

/// Why a request did not end well.
#[derive(Debug)]
pub(super) enum Fault {
    /// The client hears it; the connection goes on.
    Query(QueryError),
    /// The connection is over.
    Wire(WireError),
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<WireError> for Fault {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

/// Where the connection is between two messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Any message may come.
    Ready,
    /// After an error in the extended protocol: everything up to Sync is skipped.
    SkipUntilSync,
    Closed,
}

/// A connection after startup.
#[derive(Debug)]
pub(super) struct Connection<S> {
    pub(super) wire: Wire<S>,
    pub(super) session: Session,
    pub(super) gateway: Arc<Gateway>,
    pub(super) statements: HashMap<String, Arc<Prepared>>,
    pub(super) portals: HashMap<String, Portal>,
    /// What the client was told of each reported setting.
    reported: Vec<(&'static str, String)>,
    /// A new round of statements begins with the next message.
    fresh: bool,
    _key: CancelKey,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Acknowledged> Connection<S> {
    /// Serves the client until it goes, or until `stop`.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> Result<(), WireError> {
        self.ready_for_query()?;
        self.wire.flush().await?;
        let mut phase = Phase::Ready;
        while phase != Phase::Closed {
            let next = {
                // What a statement had sent before it is cut off ends with a whole message.
                let step = self.step(phase);
                tokio::select! {
                    biased;
                    next = step => Some(next),
                    () = stop.cancelled() => None,
                }
            };
            phase = match next {
                Some(Err(WireError::Protocol(problem))) => {
                    let error = QueryError::new(SqlState::PROTOCOL_VIOLATION, problem);
                    self.say_goodbye(&error)?
                }
                Some(Err(WireError::TooSlow)) => self.say_goodbye(&intake::too_slow())?,
                Some(next) => next?,
                None => self.say_goodbye(&QueryError::shutting_down())?,
            };
        }
        let Self {
            wire,
            session,
            portals,
            ..
        } = self;
        // Neither its engine nor its slot waits for a client that takes its time.
        drop((portals, session));
        wire.close().await;
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(super) fn new(
        wire: Wire<S>,
        session: Session,
        key: CancelKey,
        gateway: Arc<Gateway>,
    ) -> Self {
        let reported = session.settings().reported();
        Self {
            wire,
            session,
            gateway,
            statements: HashMap::new(),
            portals: HashMap::new(),
            reported,
            fresh: true,
            _key: key,
        }
    }

    async fn step(&mut self, phase: Phase) -> Result<Phase, WireError> {
        let draining = self.gateway.draining.clone();
        let between = phase == Phase::Ready && self.fresh;
        let is_held =
            self.session.transaction() != TransactionState::Idle || self.session.has_open_results();
        // A transaction and an open cursor may end while the gateway drains, if they go on.
        let may_go = async {
            draining.cancelled().await;
            if is_held {
                tokio::time::sleep(DRAIN_PAUSE_MAX).await;
            }
        };
        let patience = between.then(|| self.session.patience()).flatten();
        let too_long = async {
            match &patience {
                Some((until, _)) => tokio::time::sleep_until(*until).await,
                None => std::future::pending().await,
            }
        };
        let ended = self.session.ended();
        let frame = tokio::select! {
            biased;
            () = ended => return self.say_goodbye(&terminated()),
            frame = self.wire.read() => frame,
            () = may_go, if between => {
                return self.say_goodbye(&QueryError::shutting_down());
            }
            () = too_long => {
                if let Some((_, error)) = patience {
                    self.wire.put(&error_response(&error, Severity::Fatal))?;
                }
                return Ok(Phase::Closed);
            }
        };
        let message = match frame {
            Ok(Frame::Message { tag, body }) => decode(tag, body).map_err(|error| (tag, error)),
            Ok(Frame::TooLong { tag }) => Err((tag, self.too_long(tag))),
            Err(problem) => return Err(problem),
        };
        if std::mem::take(&mut self.fresh) {
            self.session.begin_request();
        }
        let message = match message {
            Ok(message) => message,
            // Which message it was decides what the client expects after the error.
            Err((b'Q' | b'F', error)) => {
                self.fail(&error)?;
                return self.end_round().await;
            }
            Err((b'P' | b'B' | b'D' | b'E' | b'C' | b'H', error)) => {
                if phase == Phase::Ready {
                    self.fail(&error)?;
                    self.wire.flush().await?;
                }
                return Ok(Phase::SkipUntilSync);
            }
            Err((_, error)) => {
                self.wire.put(&error_response(&error, Severity::Fatal))?;
                return Ok(Phase::Closed);
            }
        };
        match (phase, message) {
            (_, Message::Terminate) => Ok(Phase::Closed),
            (_, Message::Sync) => self.sync().await,
            (Phase::SkipUntilSync, _) => Ok(Phase::SkipUntilSync),
            (Phase::Ready, Message::Query(sql)) => {
                // The simple protocol forgets the unnamed statement and portal.
                self.statements.remove("");
                self.drop_portal("").await;
                // On the heap: an idle connection holds nothing of what a statement needs.
                match Box::pin(self.simple_query(&sql)).await {
                    Ok(()) => {}
                    Err(Fault::Query(error)) => self.fail(&error)?,
                    Err(Fault::Wire(problem)) => return Err(problem),
                }
                self.end_round().await
            }
            // What is left of a COPY that failed; the client did not know yet.
            (Phase::Ready, Message::CopyData(_) | Message::CopyDone | Message::CopyFail(_)) => {
                Ok(Phase::Ready)
            }
            (Phase::Ready, Message::FunctionCall) => {
                let error = QueryError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "calling a function by its number is not supported",
                )
                .with_hint("Call it by its name in a query.");
                self.fail(&error)?;
                self.end_round().await
            }
            (Phase::Ready, Message::Flush) => {
                self.wire.flush().await?;
                Ok(Phase::Ready)
            }
            (Phase::Ready, message) => match Box::pin(self.extended(message)).await {
                Ok(()) => Ok(Phase::Ready),
                Err(Fault::Query(error)) => {
                    self.fail(&error)?;
                    self.wire.flush().await?;
                    Ok(Phase::SkipUntilSync)
                }
                Err(Fault::Wire(problem)) => Err(problem),
            },
            (Phase::Closed, _) => Ok(Phase::Closed),
        }
    }

    /// Runs a statement; a client that goes away before its first row is noticed.
    pub(super) async fn execute_watching(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, Fault> {
        let (news, wanted) = (self.session.news(), self.wants_notices());
        let answer = tokio::select! {
            biased;
            answer = self.session.execute(statement, parameters) => answer?,
            problem = attend(&mut self.wire, &news, wanted) => return Err(problem.into()),
        };
        let notices = self.session.take_notices();
        self.notices(&notices)?;
        Ok(answer)
    }

    async fn sync(&mut self) -> Result<Phase, WireError> {
        let well = !self.session.block_failed();
        if let Err(error) = self.session.end_implicit(well).await {
            self.fail(&error)?;
        }
        self.end_round().await
    }

    /// ReadyForQuery: whatever the client sends next begins something new.
    async fn end_round(&mut self) -> Result<Phase, WireError> {
        if self.session.transaction() == TransactionState::Idle {
            // Portals end with their transaction.
            self.portals.clear();
        }
        self.report_settings()?;
        self.session.note_rest();
        self.ready_for_query()?;
        self.wire.flush().await?;
        self.fresh = true;
        Ok(Phase::Ready)
    }

    fn say_goodbye(&mut self, error: &QueryError) -> Result<Phase, WireError> {
        self.wire.put(&error_response(error, Severity::Fatal))?;
        Ok(Phase::Closed)
    }

    fn too_long(&self, tag: u8) -> QueryError {
        match tag {
            b'Q' | b'P' => self.sql_too_long(),
            _ => QueryError::new(SqlState::PROGRAM_LIMIT, "the message is too long"),
        }
    }

    pub(super) fn sql_too_long(&self) -> QueryError {
        let bytes_max = self.gateway.settings.sql_bytes_max;
        QueryError::new(SqlState::PROGRAM_LIMIT, "the statement is too long")
            .with_detail(format!("A statement can have {bytes_max} bytes."))
    }

    /// An error that ends the statement.
    pub(super) fn fail(&mut self, error: &QueryError) -> Result<(), WireError> {
        self.session.failed(error);
        self.wire.put(&error_response(error, Severity::Error))
    }

    /// Whether the client has asked for nothing less than warnings.
    pub(super) fn wants_notices(&self) -> bool {
        let least = self.session.settings().show("client_min_messages");
        !least.is_some_and(|(_, least)| {
            matches!(least.as_str(), "warning" | "error" | "fatal" | "panic")
        })
    }

    pub(super) fn notices(&mut self, notices: &[Notice]) -> Result<(), WireError> {
        let least = self
            .session
            .settings()
            .show("client_min_messages")
            .map_or_else(String::new, |(_, value)| value);
        for notice in notices {
            let wanted = match least.as_str() {
                "warning" => notice.severity == "WARNING",
                "error" | "fatal" | "panic" => false,
                _ => true,
            };
            if wanted {
                self.wire.put(&notice_response(notice))?;
            }
        }
        Ok(())
    }

    pub(super) fn command_complete(&mut self, tag: &str) -> Result<(), WireError> {
        let message = CommandComplete::new(tag.to_owned());
        self.wire
            .put(&PgWireBackendMessage::CommandComplete(message))
    }

    pub(super) fn empty_query(&mut self) -> Result<(), WireError> {
        self.wire.put(&PgWireBackendMessage::EmptyQueryResponse(
            EmptyQueryResponse::new(),
        ))
    }

    /// ParameterStatus for each reported setting that changed.
    fn report_settings(&mut self) -> Result<(), WireError> {
        let now = self.session.settings().reported();
        if now != self.reported {
            for (new, old) in now.iter().zip(&self.reported) {
                if new != old {
                    let status = ParameterStatus::new(new.0.to_owned(), new.1.clone());
                    self.wire
                        .put(&PgWireBackendMessage::ParameterStatus(status))?;
                }
            }
            self.reported = now;
        }
        Ok(())
    }

    fn ready_for_query(&mut self) -> Result<(), WireError> {
        let status = match self.session.transaction() {
            TransactionState::Idle => TransactionStatus::Idle,
            TransactionState::Open => TransactionStatus::Transaction,
            TransactionState::Failed => TransactionStatus::Error,
        };
        self.wire
            .put(&PgWireBackendMessage::ReadyForQuery(ReadyForQuery::new(
                status,
            )))
    }
}

/// Passes on what a client should hear while it waits; ends only when the client is gone.
///
/// # Cancel safety
/// Cancel safe: what was not sent stays in the output, and what was read in the input.
pub(super) async fn attend<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    news: &News,
    wanted: bool,
) -> WireError {
    loop {
        tokio::select! {
            biased;
            notice = news.next(), if wanted => {
                let told = async {
                    wire.put(&notice_response(&notice))?;
                    wire.flush().await
                };
                if let Err(problem) = told.await {
                    return problem;
                }
            }
            problem = wire.gone() => return problem,
        }
    }
}

/// Somebody who may has ended the session.
fn terminated() -> QueryError {
    QueryError::new(
        SqlState::ADMIN_SHUTDOWN,
        "terminating connection due to administrator command",
    )
}
