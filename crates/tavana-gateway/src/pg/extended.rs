//! The extended protocol: Parse, Bind, Describe, Execute, Close (PostgreSQL protocol, "Extended
//! Query").

use std::sync::Arc;

use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{
    BindComplete, CloseComplete, ParseComplete, PortalSuspended,
};
use tavana_common::proto::v1::Column;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::{Connection, Fault, attend};
use super::frontend::{Bind, Message, Target};
use super::rows::{ActiveRows, Sent, column_formats};
use super::{params, types};
use crate::error::{QueryError, SqlState};
use crate::kept::{Kept, bytes_of_prepared};
use crate::session::lexer::{Kind, tokens};
use crate::session::statement::CursorOptions;
use crate::session::{Answer, Class, Facts, Parameters, Statement, TransactionState};

/// Largest number of a parameter: as many values fit into a Bind.
const PARAMETERS_MAX: usize = 65_535;

/// About what a portal takes beside its parameters.
const PORTAL_BYTES: usize = 512;

/// A prepared statement.
#[derive(Debug)]
pub(super) struct Prepared {
    /// `None` for an empty text.
    statement: Option<Statement>,
    facts: Facts,
    parameter_oids: Vec<u32>,
    _kept: Kept,
}

/// A bound statement, and how far it has been read.
#[derive(Debug)]
pub(super) struct Portal {
    prepared: Arc<Prepared>,
    parameters: Parameters,
    formats: Vec<i16>,
    progress: Progress,
}

#[derive(Debug)]
enum Progress {
    Bound,
    /// Rows are left in an open stream.
    Suspended(Box<ActiveRows>),
    /// Rows are left in a cursor of the session, which has this name.
    Cursor(Box<ActiveRows>, String),
    Done,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(super) async fn extended(&mut self, message: Message) -> Result<(), Fault> {
        match message {
            Message::Parse { name, sql, types } => self.parse(name, &sql, &types).await,
            Message::Bind(bind) => self.bind(bind).await,
            Message::Describe {
                target: Target::Statement,
                name,
            } => self.describe_statement(&name),
            Message::Describe {
                target: Target::Portal,
                name,
            } => self.describe_portal(&name),
            Message::Execute { portal, rows_max } => self.execute_portal(&portal, rows_max).await,
            Message::Close { target, name } => {
                match target {
                    Target::Statement => drop(self.statements.remove(&name)),
                    Target::Portal if self.is_cursor(&name) => {
                        self.session.close_one_cursor(&name).await?;
                    }
                    Target::Portal => self.drop_portal(&name).await,
                }
                self.wire
                    .put(&PgWireBackendMessage::CloseComplete(CloseComplete::new()))?;
                Ok(())
            }
            _ => Err(QueryError::new(SqlState::PROTOCOL_VIOLATION, "unexpected message").into()),
        }
    }

    async fn parse(&mut self, name: String, sql: &str, oids: &[u32]) -> Result<(), Fault> {
        if sql.len() > self.gateway.settings.sql_bytes_max {
            return Err(self.sql_too_long().into());
        }
        if name.is_empty() {
            self.statements.remove("");
        } else if self.statements.contains_key(&name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(QueryError::new(SqlState::DUPLICATE_PREPARED, message).into());
        }
        self.check_room(self.statements.len(), "prepared statements")?;
        let kept = self.session.keeper().keep(bytes_of_prepared(sql))?;
        let statement = Statement::single(sql)?;
        check_parameters(sql, oids)?;
        let declared: Vec<String> = oids
            .iter()
            .map(|oid| {
                types::duckdb_type_of_oid(*oid)
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        let facts = match &statement {
            Some(statement) => match described_by(statement) {
                Some(query) => {
                    // COPY and DECLARE have the parameters of their query but no columns.
                    let facts = self.prepare_watching(query, &declared).await?;
                    Facts {
                        parameter_types: facts.parameter_types,
                        ..Facts::default()
                    }
                }
                None => self.prepare_watching(statement, &declared).await?,
            },
            None => Facts::default(),
        };
        let parameter_oids = facts
            .parameter_types
            .iter()
            .enumerate()
            .map(|(at, duckdb_type)| match oids.get(at).copied() {
                Some(0 | types::oid::UNKNOWN) | None => statement
                    .as_ref()
                    .and_then(|statement| self.session.parameter_oid(statement, at))
                    .unwrap_or_else(|| types::describe(duckdb_type).oid),
                Some(oid) => oid,
            })
            .collect();
        self.statements.insert(
            name,
            Arc::new(Prepared {
                statement,
                facts,
                parameter_oids,
                _kept: kept,
            }),
        );
        self.wire
            .put(&PgWireBackendMessage::ParseComplete(ParseComplete::new()))?;
        Ok(())
    }

    /// A client that goes away while its statement is planned is noticed.
    async fn prepare_watching(
        &mut self,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, Fault> {
        let (news, wanted) = (self.session.news(), self.wants_notices());
        tokio::select! {
            biased;
            facts = self.session.prepare(statement, declared) => Ok(facts?),
            problem = attend(&mut self.wire, &news, wanted) => Err(problem.into()),
        }
    }

    async fn bind(&mut self, bind: Bind) -> Result<(), Fault> {
        let prepared = self.statement(&bind.statement)?;
        if let Some(statement) = &prepared.statement
            && self.session.transaction() == TransactionState::Failed
            && !statement.ends_failed_block()
        {
            return Err(QueryError::in_failed_transaction().into());
        }
        let types = &prepared.facts.parameter_types;
        if bind.parameters.len() != types.len() {
            return Err(QueryError::new(
                SqlState::PROTOCOL_VIOLATION,
                format!(
                    "bind message supplies {} parameters, but prepared statement \"{}\" requires {}",
                    bind.parameters.len(),
                    bind.statement,
                    types.len()
                ),
            )
            .into());
        }
        if prepared.facts.returns_rows {
            column_formats(&bind.result_formats, prepared.facts.columns.len())?;
        }
        let mut parameters = if types.is_empty() {
            Parameters::none()
        } else {
            let (types, ipc) = params::decode(
                &bind.parameters,
                &bind.parameter_formats,
                &prepared.parameter_oids,
                types,
            )
            .map_err(|error| QueryError::new(SqlState(error.sql_state()), error.to_string()))?;
            Parameters {
                types,
                ipc,
                kept: None,
            }
        };
        if bind.portal.is_empty() {
            self.drop_portal("").await;
        } else if self.portals.contains_key(&bind.portal) || self.is_cursor(&bind.portal) {
            let message = format!("cursor \"{}\" already exists", bind.portal);
            return Err(QueryError::new(SqlState::DUPLICATE_CURSOR, message).into());
        }
        self.check_room(self.portals.len(), "portals")?;
        let bytes = PORTAL_BYTES + parameters.ipc.len();
        parameters.kept = Some(Arc::new(self.session.keeper().keep(bytes)?));
        let portal = Portal {
            prepared,
            parameters,
            formats: bind.result_formats,
            progress: Progress::Bound,
        };
        self.portals.insert(bind.portal, portal);
        self.wire
            .put(&PgWireBackendMessage::BindComplete(BindComplete::new()))?;
        Ok(())
    }

    fn describe_statement(&mut self, name: &str) -> Result<(), Fault> {
        let prepared = self.statement(name)?;
        let oids = prepared.parameter_oids.clone();
        self.wire.put(&PgWireBackendMessage::ParameterDescription(
            ParameterDescription::new(oids),
        ))?;
        self.put_columns(&prepared.facts, &[])
    }

    /// A cursor that DECLARE made is a portal of the same name.
    fn describe_portal(&mut self, name: &str) -> Result<(), Fault> {
        let Some(portal) = self.portals.get(name) else {
            let facts = self
                .session
                .cursor_facts(name)
                .map_err(|_| no_portal(name))?;
            return self.put_columns(&facts, &[self.session.cursor_format(name)]);
        };
        let (prepared, formats) = (Arc::clone(&portal.prepared), portal.formats.clone());
        self.put_columns(&prepared.facts, &formats)
    }

    fn put_columns(&mut self, facts: &Facts, formats: &[i16]) -> Result<(), Fault> {
        if facts.returns_rows {
            self.put_row_description(&facts.columns, formats)
        } else {
            self.wire
                .put(&PgWireBackendMessage::NoData(NoData::new()))?;
            Ok(())
        }
    }

    async fn execute_portal(&mut self, name: &str, rows_max: Option<u64>) -> Result<(), Fault> {
        if self.is_cursor(name) {
            return self.execute_cursor(name, rows_max).await;
        }
        let portal = self.portals.get_mut(name).ok_or_else(|| no_portal(name))?;
        let prepared = Arc::clone(&portal.prepared);
        let Some(statement) = &prepared.statement else {
            self.empty_query()?;
            return Ok(());
        };
        let progress = std::mem::replace(&mut portal.progress, Progress::Done);
        let (parameters, formats) = (portal.parameters.clone(), portal.formats.clone());
        let progress = match progress {
            Progress::Bound => {
                return self
                    .execute_bound(name, &prepared, statement, parameters, &formats, rows_max)
                    .await;
            }
            Progress::Suspended(mut active) => {
                active.count_anew();
                self.send_from_stream(statement, active, rows_max).await?
            }
            Progress::Cursor(active, cursor) => {
                self.send_from_cursor(statement, active, cursor, rows_max)
                    .await?
            }
            Progress::Done => {
                // As PostgreSQL: a portal that was read to its end gives no rows again.
                if prepared.facts.returns_rows {
                    self.command_complete("SELECT 0")?;
                    return Ok(());
                }
                let message = format!("portal \"{name}\" cannot be run");
                return Err(QueryError::new(SqlState::OBJECT_NOT_IN_STATE, message).into());
            }
        };
        self.set_progress(name, progress);
        Ok(())
    }

    /// Whether the portal of this name is a cursor that DECLARE made.
    fn is_cursor(&self, name: &str) -> bool {
        !self.portals.contains_key(name) && self.session.has_cursor(name)
    }

    async fn execute_cursor(&mut self, name: &str, rows_max: Option<u64>) -> Result<(), Fault> {
        let formats = [self.session.cursor_format(name)];
        let rows = self.session.fetch_cursor(name, rows_max).await?;
        let mut active = ActiveRows::new(rows, &formats, self.session.settings().text())?;
        self.send_rows(&mut active, None).await?;
        if rows_max.is_some_and(|rows_max| active.sent() >= rows_max) {
            return self.suspended();
        }
        self.command_complete(&format!("SELECT {}", active.sent()))?;
        Ok(())
    }

    async fn execute_bound(
        &mut self,
        name: &str,
        prepared: &Prepared,
        statement: &Statement,
        parameters: Parameters,
        formats: &[i16],
        rows_max: Option<u64>,
    ) -> Result<(), Fault> {
        // Everything up to Sync is one transaction. A single statement needs none of ours, unless
        // it must not write.
        let alone = self.wire.next_is_sync() && !self.session.settings().transaction_read_only();
        if statement.needs_implicit_block(alone) {
            self.session.begin_implicit();
        }
        match statement.class() {
            Class::CopyOut { query, options } => {
                return self.copy_out(query, options, parameters).await;
            }
            Class::CopyIn {
                table,
                columns,
                options,
            } => {
                return self.copy_in(table, columns, options).await;
            }
            _ => {}
        }
        if let Class::Deallocate { name } = statement.class()
            && self.statements.remove(name).is_some()
        {
            return Ok(self.command_complete("DEALLOCATE")?);
        }
        // Inside a block the engine must stay free for other statements while this one waits for
        // its next Execute: the result is kept open by the worker. Outside, the stream just waits.
        let keeps = rows_max.is_some()
            && *statement.class() == Class::Read
            && !self.session.acts(statement)
            && prepared.facts.returns_rows
            && self.session.is_pinned_or_in_block();
        if keeps {
            let cursor = format!("\0portal {name}");
            let session = &mut self.session;
            let opened = async {
                session.close_one_cursor(&cursor).await?;
                session
                    .open_cursor(&cursor, statement, CursorOptions::default(), parameters)
                    .await?;
                session.fetch_cursor(&cursor, rows_max).await
            };
            let rows = tokio::select! {
                biased;
                rows = opened => rows?,
                problem = self.wire.gone() => return Err(problem.into()),
            };
            let active = self.active(rows, formats, prepared)?;
            let progress = self.send_piece(statement, active, cursor, rows_max).await?;
            self.set_progress(name, progress);
            return Ok(());
        }
        let answer = self.execute_watching(statement, parameters).await?;
        match answer {
            Answer::Rows(rows) => {
                let active = self.active(rows, formats, prepared)?;
                let progress = self.send_from_stream(statement, active, rows_max).await?;
                self.set_progress(name, progress);
            }
            Answer::Done(completion) => {
                self.notices(&completion.notices)?;
                match statement.class() {
                    Class::DiscardAll => self.forget_named_statements(),
                    Class::Discard { what } if what == "DEALLOCATE ALL" => {
                        self.forget_named_statements();
                    }
                    _ => {}
                }
                self.command_complete(&completion.tag)?;
            }
        }
        Ok(())
    }

    /// What DEALLOCATE ALL forgets; the statement without a name is not among them.
    fn forget_named_statements(&mut self) {
        self.statements.retain(|name, _| name.is_empty());
    }

    fn active(
        &self,
        rows: crate::session::Rows,
        formats: &[i16],
        prepared: &Prepared,
    ) -> Result<Box<ActiveRows>, QueryError> {
        if !same_columns(&rows.facts().columns, &prepared.facts.columns) {
            // As PostgreSQL: the client was promised other columns.
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "cached plan must not change result type",
            ));
        }
        ActiveRows::new(rows, formats, self.session.settings().text()).map(Box::new)
    }

    async fn send_from_stream(
        &mut self,
        statement: &Statement,
        mut active: Box<ActiveRows>,
        rows_max: Option<u64>,
    ) -> Result<Progress, Fault> {
        match self.send_rows(&mut active, rows_max).await? {
            Sent::All => {
                let tag = active.tag(statement);
                self.command_complete(&tag)?;
                Ok(Progress::Done)
            }
            Sent::Limit => {
                self.suspended()?;
                Ok(Progress::Suspended(active))
            }
        }
    }

    async fn send_from_cursor(
        &mut self,
        statement: &Statement,
        mut active: Box<ActiveRows>,
        cursor: String,
        rows_max: Option<u64>,
    ) -> Result<Progress, Fault> {
        let rows = self.session.fetch_cursor(&cursor, rows_max).await?;
        active.resume(rows);
        self.send_piece(statement, active, cursor, rows_max).await
    }

    /// Sends what one fetch brought; as PostgreSQL, exactly as many as asked for means suspended.
    async fn send_piece(
        &mut self,
        statement: &Statement,
        mut active: Box<ActiveRows>,
        cursor: String,
        rows_max: Option<u64>,
    ) -> Result<Progress, Fault> {
        self.send_rows(&mut active, None).await?;
        if rows_max.is_some_and(|rows_max| active.sent() >= rows_max) {
            self.suspended()?;
            return Ok(Progress::Cursor(active, cursor));
        }
        let tag = active.tag(statement);
        self.command_complete(&tag)?;
        self.session.close_one_cursor(&cursor).await?;
        Ok(Progress::Done)
    }

    fn suspended(&mut self) -> Result<(), Fault> {
        self.wire.put(&PgWireBackendMessage::PortalSuspended(
            PortalSuspended::new(),
        ))?;
        Ok(())
    }

    fn set_progress(&mut self, name: &str, progress: Progress) {
        // COMMIT and the like may have ended the portal itself.
        if let Some(portal) = self.portals.get_mut(name) {
            portal.progress = progress;
        }
    }

    /// Ends a portal and what it keeps open.
    pub(super) async fn drop_portal(&mut self, name: &str) {
        if let Some(Portal {
            progress: Progress::Cursor(_, cursor),
            ..
        }) = self.portals.remove(name)
            && let Err(error) = self.session.close_one_cursor(&cursor).await
        {
            // The engine is gone or busy; the cursor ends with the transaction.
            tracing::debug!(%error, "could not close a portal's cursor");
        }
    }

    fn statement(&self, name: &str) -> Result<Arc<Prepared>, QueryError> {
        self.statements.get(name).map(Arc::clone).ok_or_else(|| {
            let message = if name.is_empty() {
                "unnamed prepared statement does not exist".to_owned()
            } else {
                format!("prepared statement \"{name}\" does not exist")
            };
            QueryError::new(SqlState::INVALID_STATEMENT_NAME, message)
        })
    }

    fn check_room(&self, held: usize, what: &str) -> Result<(), QueryError> {
        let max = self.gateway.settings.statements_per_session_max;
        if held < max {
            return Ok(());
        }
        Err(QueryError::new(
            SqlState::CONFIGURATION_LIMIT,
            format!("a session can hold {max} {what}"),
        ))
    }
}

/// The query inside a statement that has no columns of its own.
fn described_by(statement: &Statement) -> Option<&Statement> {
    match statement.class() {
        Class::CopyOut { query, .. } | Class::DeclareCursor { query, .. } => Some(query),
        _ => None,
    }
}

/// Whether the parameters of a text have numbers that a Bind can serve, and none is missing whose
/// type nobody tells.
///
/// # Errors
/// 42P02 for a number that the protocol cannot carry, 42P18 for a number that neither occurs nor
/// has a type of the client's.
fn check_parameters(sql: &str, oids: &[u32]) -> Result<(), QueryError> {
    if !sql.contains('$') {
        return Ok(());
    }
    let mut occur: Vec<bool> = Vec::new();
    for token in tokens(sql) {
        if token.kind != Kind::Parameter {
            continue;
        }
        let digits = token.text(sql).trim_start_matches('$');
        let number = digits
            .parse::<usize>()
            .ok()
            .filter(|number| *number <= PARAMETERS_MAX);
        let Some(at) = number.and_then(|number| number.checked_sub(1)) else {
            return Err(QueryError::new(
                SqlState::UNDEFINED_PARAMETER,
                format!(
                    "there is no parameter ${}",
                    digits.chars().take(20).collect::<String>()
                ),
            ));
        };
        if occur.len() <= at {
            occur.resize(at + 1, false);
        }
        if let Some(seen) = occur.get_mut(at) {
            *seen = true;
        }
    }
    let untyped = |at: usize| matches!(oids.get(at).copied(), Some(0 | types::oid::UNKNOWN) | None);
    match occur
        .iter()
        .enumerate()
        .find(|(at, seen)| !**seen && untyped(*at))
    {
        Some((at, _)) => Err(QueryError::new(
            SqlState::INDETERMINATE_DATATYPE,
            format!("could not determine data type of parameter ${}", at + 1),
        )),
        None => Ok(()),
    }
}

fn no_portal(name: &str) -> QueryError {
    QueryError::new(
        SqlState::INVALID_CURSOR_NAME,
        format!("portal \"{name}\" does not exist"),
    )
}

fn same_columns(now: &[Column], promised: &[Column]) -> bool {
    now.len() == promised.len()
        && now.iter().zip(promised).all(|(now, promised)| {
            now.duckdb_type == promised.duckdb_type
                || types::describe(&now.duckdb_type).oid
                    == types::describe(&promised.duckdb_type).oid
        })
}
