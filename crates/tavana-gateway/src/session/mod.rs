//! A client's session: the same for PostgreSQL and Flight SQL, and all that they know.
//!
//! A session is stateless until proven stateful: its settings travel with each statement, which may
//! run on any worker, until the first statement that leaves something behind. From then on it is
//! pinned to one engine of one worker, until it ends or says DISCARD ALL.

pub(crate) mod activity;
pub(crate) mod answers;
mod batches;
mod cursor;
mod dialect;
mod discard;
mod explain;
pub(crate) mod lexer;
mod news;
mod place;
mod prepared;
mod rows;
pub(crate) mod secrecy;
mod send;
pub(crate) mod settings;
mod skip;
pub(crate) mod statement;
mod tag;
pub(crate) mod transaction;
mod violation;

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::ids::SessionId;
use tavana_common::proto::v1::{
    AppendRequest, AppendStart, Column, Compression, Pin, ResultHeader, StatementFacts,
    StatementKind, append_request,
};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::warn;

pub(crate) use news::News;
pub(crate) use place::{Place, Standing};
pub(crate) use rows::{Canceller, Rows, SettingAside};
pub(crate) use statement::{Class, Statement};
pub(crate) use tag::tag as command_tag;
pub(crate) use transaction::TransactionState;

use self::activity::Activity;
use self::batches::Batches;
use self::cursor::Cursors;
use self::prepared::PreparedStatements;
use self::rows::Limits;
use self::send::{Sent, heard, timeout_ms};
use self::settings::{Change, SessionSettings, names_endpoint};
use self::statement::Scope;
use self::tag::tag;
use self::transaction::Block;
use self::violation::Target;
use crate::auth::Principal;
use crate::catalog::Owner as _;
use crate::error::{QueryError, SqlState};
use crate::kept::{Keeper, Kept};
use crate::queue::{End, Work};
use crate::route::{Avoided, Worker};
use crate::worker::encode_local;
use crate::{Gateway, Left};

/// The protocol a session came by, for logs and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Postgres,
    Flight,
}

/// What a statement is, takes and returns; from the worker, or made by the gateway for its own words.
pub(crate) type Facts = StatementFacts;

/// The parameters of one execution or more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    /// DuckDB type names, as [`Session::prepare`] gave them.
    pub(crate) types: Vec<String>,
    /// An Arrow IPC stream: one column for each parameter, one row for each execution.
    pub(crate) ipc: Bytes,
    /// The room that they take.
    pub(crate) kept: Option<Arc<Kept>>,
}

impl Parameters {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Types without values.
    fn declared(types: &[String]) -> Self {
        Self {
            types: types.to_vec(),
            ..Self::default()
        }
    }
}

/// A statement's answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Rows(Rows),
    Done(Completion),
}

/// A statement that returned no rows has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Completion {
    /// PostgreSQL's command tag.
    pub(crate) tag: String,
    pub(crate) changed_rows: Option<u64>,
    pub(crate) notices: Vec<Notice>,
}

impl Completion {
    fn tagged(tag: impl Into<String>) -> Self {
        Self {
            tag: tag.into(),
            ..Self::default()
        }
    }
}

/// Something a client should know that is no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// `WARNING` or `NOTICE`.
    pub(crate) severity: &'static str,
    pub(crate) sqlstate: SqlState,
    pub(crate) message: String,
}

impl Notice {
    fn warning(sqlstate: SqlState, message: &str) -> Self {
        Self {
            severity: "WARNING",
            sqlstate,
            message: message.to_owned(),
        }
    }

    fn note(message: &str) -> Self {
        Self {
            severity: "NOTICE",
            sqlstate: SqlState("00000"),
            message: message.to_owned(),
        }
    }
}

/// Where appended batches go.
#[derive(Clone, Debug, Default)]
pub(crate) struct AppendTarget {
    /// Empty = the current one.
    pub(crate) catalog: String,
    /// Empty = the current one.
    pub(crate) schema: String,
    pub(crate) table: String,
    /// Empty = all, in table order.
    pub(crate) columns: Vec<String>,
}

/// One client's session. Dropping it frees its engine.
#[derive(Debug)]
pub(crate) struct Session {
    gateway: Arc<Gateway>,
    id: SessionId,
    principal: Principal,
    protocol: Protocol,
    settings: SessionSettings,
    /// Those before the functions of the statement that runs have set anything.
    settings_before: Option<Box<SessionSettings>>,
    block: Option<Block>,
    cursors: Cursors,
    prepared: PreparedStatements,
    /// Counts what it keeps of statements.
    keeper: Keeper,
    pinned: Option<Arc<Worker>>,
    /// Where a first stateful statement was sent. It may have pinned an engine there even if its
    /// answer was never seen.
    tried: Mutex<Option<Arc<Worker>>>,
    /// A statement that may leave something behind was sent to the engine.
    left_something: bool,
    /// A transaction of DuckDB may be open in the engine.
    open_on_worker: bool,
    canceller: Canceller,
    place: Place,
    news: News,
    told_about_tables: bool,
    /// What others may know of it; PostgreSQL's only.
    activity: Option<Activity>,
    /// USE was said: `public` may be a schema where the session looks now.
    moved_away: bool,
    /// Notices of functions of the session, which have no answer of their own to go with.
    gateway_notices: Vec<Notice>,
    /// Of the batches of results; who changes it can read them.
    compression: Compression,
}

impl Session {
    /// A new session without any state.
    pub(crate) fn open(gateway: &Arc<Gateway>, principal: Principal, protocol: Protocol) -> Self {
        Self {
            gateway: Arc::clone(gateway),
            id: SessionId::mint(),
            settings: first_settings(gateway, &principal),
            settings_before: None,
            principal,
            protocol,
            block: None,
            cursors: Cursors::default(),
            prepared: PreparedStatements::default(),
            keeper: gateway.kept.keeper(),
            pinned: None,
            tried: Mutex::new(None),
            left_something: false,
            open_on_worker: false,
            canceller: Canceller::default(),
            place: Place::default(),
            news: News::default(),
            told_about_tables: false,
            activity: None,
            moved_away: false,
            gateway_notices: Vec::new(),
            compression: Compression::None,
        }
    }

    /// Gives room to what it keeps of statements.
    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// How the batches of the next results are compressed.
    pub(crate) fn set_compression(&mut self, compression: Compression) {
        self.compression = compression;
    }

    pub(crate) fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    pub(crate) fn settings_mut(&mut self) -> &mut SessionSettings {
        &mut self.settings
    }

    /// Whether it keeps an engine.
    pub(crate) fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// Whether a cursor is open in it, which nobody else can go on with.
    pub(crate) fn has_open_results(&self) -> bool {
        !self.cursors.is_empty()
    }

    /// Whether its statements must run on one engine now.
    pub(crate) fn is_pinned_or_in_block(&self) -> bool {
        self.pinned.is_some() || self.block.is_some()
    }

    /// Whether a statement of the open block, implicit or not, has failed.
    pub(crate) fn block_failed(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.failed)
    }

    pub(crate) fn transaction(&self) -> TransactionState {
        match &self.block {
            None => TransactionState::Idle,
            Some(block) if block.implicit => TransactionState::Idle,
            Some(block) if block.failed => TransactionState::Failed,
            Some(_) => TransactionState::Open,
        }
    }

    /// Cancels from elsewhere what this session runs.
    pub(crate) fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Where the request runs that has begun last.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    /// What the client should hear while it waits for an answer.
    pub(crate) fn news(&self) -> News {
        self.news.clone()
    }

    /// A protocol calls this when a new request of the client begins: a cancel that came before
    /// has no power over it.
    pub(crate) fn begin_request(&mut self) {
        self.canceller.renew();
        self.place = Place::default();
    }

    /// Parse and bind, no execution. `declared` holds DuckDB type names; "" = infer.
    ///
    /// # Errors
    /// What the statement's execution would answer before it starts.
    pub(crate) async fn prepare(
        &mut self,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, QueryError> {
        if self.block_failed() && !statement.ends_failed_block() {
            return Err(QueryError::in_failed_transaction());
        }
        self.news.renew();
        let result = match statement.class() {
            Class::Read | Class::Stateful if self.explains(statement) => {
                self.prepare_explain(statement, declared).await
            }
            Class::Read | Class::Stateful => {
                let plan = self.plan_in_turn(statement).await;
                match self.local_facts(&plan) {
                    Some(facts) => Ok(facts),
                    None => self.prepare_remote(statement, declared).await,
                }
            }
            Class::Show { name } => match self.settings.show(name) {
                Some((name, value)) => Ok(show_facts(&show_rows(&name, &value)?)),
                None if name.eq_ignore_ascii_case("all") => Ok(show_facts(&self.show_all()?)),
                None if name.contains('.') => Err(unknown_setting(name)),
                None => {
                    let facts = self.prepare_remote(statement, declared).await;
                    facts.map_err(|error| not_shown(error, name))
                }
            },
            // That it is not open is told when it is fetched from.
            Class::Fetch {
                name, moves: false, ..
            } => Ok(self.cursors.facts(name).unwrap_or_default()),
            Class::Execute { name, .. } => self.prepared.facts(name),
            _ => Ok(Facts::default()),
        };
        result.map_err(|error| {
            self.failed(&error);
            statement.place(error)
        })
    }

    /// Runs one statement; session words are handled here. Waits in the queue first.
    ///
    /// # Errors
    /// Whatever the client must hear; an open transaction block has failed then.
    pub(crate) async fn execute(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        if self.block_failed() && !statement.ends_failed_block() {
            return Err(QueryError::in_failed_transaction());
        }
        self.note_running(statement);
        self.news.renew();
        // On the heap, or the futures of whoever waits for it would be very large.
        let result = Box::pin(self.dispatch(statement, parameters)).await;
        result.map_err(|error| {
            self.failed(&error);
            match statement.class() {
                // The query inside of them knows its place.
                Class::DeclareCursor { .. } | Class::Prepare { .. } => error,
                _ => statement.place(error),
            }
        })
    }

    async fn dispatch(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        let done = |tag: &str| Ok(Answer::Done(Completion::tagged(tag)));
        match statement.class() {
            Class::Read | Class::Stateful if self.explains(statement) => {
                Box::pin(self.explain(statement, parameters)).await
            }
            Class::Read | Class::Stateful => {
                Box::pin(self.run_in_dialect(statement, parameters)).await
            }
            Class::Begin { modes, tag } => self.begin(modes, tag).await.map(Answer::Done),
            Class::Commit { chain } => self.commit_block(*chain).await.map(Answer::Done),
            Class::Rollback { chain } => self.rollback_block(*chain).await.map(Answer::Done),
            Class::Savepoint { name } => self.savepoint(name).map(Answer::Done),
            Class::ReleaseSavepoint { name } => self.release_savepoint(name).map(Answer::Done),
            Class::RollbackToSavepoint { name } => {
                self.rollback_to_savepoint(name).await.map(Answer::Done)
            }
            Class::Set { scope, name, value } => {
                self.set(statement, *scope, name, value.as_deref()).await
            }
            Class::SetTransaction { modes } => self.set_transaction(modes).await.map(Answer::Done),
            Class::SetCharacteristics { modes } => {
                self.settings.set_defaults(modes)?;
                done("SET")
            }
            Class::NoEffect { tag, message } => {
                let mut completion = Completion::tagged(*tag);
                completion.notices.extend(message.map(Notice::note));
                Ok(Answer::Done(completion))
            }
            Class::LockTable => self.lock_table().map(Answer::Done),
            Class::SetConstraints => Ok(Answer::Done(self.set_constraints())),
            Class::Refused(error) => Err((**error).clone()),
            Class::Reset { name } => match self.settings.set(name, None)? {
                Change::Done => done("RESET"),
                Change::Foreign => {
                    let answer = self.run_to_answer(statement, parameters).await;
                    self.or_locked(answer, name).await
                }
            },
            Class::ResetAll => {
                self.settings.reset_all();
                done("RESET")
            }
            Class::Show { name } => self.show(statement, name).await,
            Class::DiscardAll => self.discard_all().map(Answer::Done),
            Class::Discard { what } => self.discard(what).await.map(Answer::Done),
            Class::Prepare { name, types, query } => {
                self.prepare_sql(name, types, query).await.map(Answer::Done)
            }
            Class::Execute { name, arguments } => self.execute_sql(name, arguments).await,
            Class::Deallocate { name } => self.prepared.remove(name).map(Answer::Done),
            Class::Notification { tag } => {
                let mut completion = Completion::tagged(*tag);
                completion.notices.push(Notice::note(
                    "notifications are accepted, none is delivered",
                ));
                Ok(Answer::Done(completion))
            }
            Class::DeclareCursor {
                name,
                query,
                options,
            } => self
                .declare(name, query, *options, parameters)
                .await
                .map(Answer::Done),
            Class::Fetch {
                name,
                motion,
                moves,
            } => self.fetch(name, *motion, *moves).await,
            Class::CloseCursor { name } => {
                self.close_cursor(name.as_deref()).await.map(Answer::Done)
            }
            Class::CopyOut { .. } | Class::CopyIn { .. } => Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "COPY with the client's own stream is part of the PostgreSQL protocol",
            )),
        }
    }

    /// The rows of a reading statement, for COPY and cursors of the protocol.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub(crate) async fn query(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Rows, QueryError> {
        match self.execute(statement, parameters).await? {
            Answer::Rows(rows) => Ok(rows),
            Answer::Done(_) => Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "the statement returns no rows",
            )),
        }
    }

    /// What workers know it by.
    pub(crate) fn id(&self) -> SessionId {
        self.id
    }

    /// Tells the session that rows it handed out failed, or that the protocol failed a request.
    pub(crate) fn failed(&mut self, error: &QueryError) {
        if let Some(block) = &mut self.block {
            block.failed = true;
        }
        if error.is_loss() {
            self.forget_tried();
            self.open_on_worker = false;
        }
        if error.is_loss() && self.pinned.is_some() {
            // The engine, and all that the session had made in it, is gone.
            self.pinned = None;
            self.cursors.clear();
            if let Some(block) = &mut self.block {
                block.begun = false;
            }
        }
        self.gateway.metrics.statement_failed(error.sqlstate);
    }

    async fn set(
        &mut self,
        statement: &Statement,
        scope: Scope,
        name: &str,
        value: Option<&str>,
    ) -> Result<Answer, QueryError> {
        let before = self.settings.to_restore(name);
        let mut completion = Completion::tagged("SET");
        if SessionSettings::is_of_transaction(name) {
            return self.set_mode(name, value).await.map(Answer::Done);
        }
        match self.settings.set(name, value)? {
            Change::Foreign => {
                let answer = self.run_to_answer(statement, Parameters::none()).await;
                return self.or_locked(answer, name).await;
            }
            Change::Done => {}
        }
        // Which endpoints may be named is the workers' to say, better now than to the next query.
        if value.is_some() && names_endpoint(name) {
            let query = Statement::internal("SELECT 1", Class::Read);
            let checked = match self.run(&query, Parameters::none()).await {
                Ok(mut rows) => rows.finish().await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = checked
                && error.sqlstate == SqlState::INSUFFICIENT_PRIVILEGE
            {
                self.settings.set(name, before.as_deref())?;
                return Err(error);
            }
        }
        if scope != Scope::Local
            && let Some(block) = &mut self.block
        {
            // It outlives the block, and what SET LOCAL replaced before does not come back.
            block
                .local_before
                .retain(|(local, _)| !local.eq_ignore_ascii_case(name));
        }
        if scope == Scope::Local {
            match &mut self.block {
                Some(block) => block.local_before.push((name.to_owned(), before)),
                None => {
                    self.settings.set(name, before.as_deref())?;
                    completion.notices.push(Notice::warning(
                        SqlState::NO_ACTIVE_TRANSACTION,
                        "SET LOCAL can only be used in transaction blocks",
                    ));
                }
            }
        }
        Ok(Answer::Done(completion))
    }

    /// What DuckDB answered to SET or RESET of `name`, or why it may not be changed.
    async fn or_locked(
        &mut self,
        answer: Result<Answer, QueryError>,
        name: &str,
    ) -> Result<Answer, QueryError> {
        match answer {
            Err(error) if error.message.contains("configuration has been locked") => {
                Err(self.locked_setting(name).await?)
            }
            answer => answer,
        }
    }

    /// DuckDB refuses settings that it does not know with the same words as those that are locked.
    async fn locked_setting(&mut self, name: &str) -> Result<QueryError, QueryError> {
        let query = Statement::internal(
            "SELECT 1 FROM duckdb_settings() WHERE name = lower($1)",
            Class::Read,
        );
        let wrong = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
        let value = show_rows("name", name)?;
        let mut writer = StreamWriter::try_new(Vec::new(), &value.schema()).map_err(wrong)?;
        writer.write(&value).map_err(wrong)?;
        let parameters = Parameters {
            types: vec!["VARCHAR".to_owned()],
            ipc: writer.into_inner().map_err(wrong)?.into(),
            kept: None,
        };
        let found = self.run(&query, parameters).await?.finish().await?;
        Ok(if found.rows > 0 {
            QueryError::new(
                SqlState::INSUFFICIENT_PRIVILEGE,
                format!("permission denied to set parameter \"{name}\""),
            )
            .with_hint("The worker has fixed it at its start; no setting allows it.")
        } else {
            unknown_setting(name)
        })
    }

    async fn show(&mut self, statement: &Statement, name: &str) -> Result<Answer, QueryError> {
        let rows = match self.settings.show(name) {
            Some((name, value)) => show_rows(&name, &value)?,
            None if name.eq_ignore_ascii_case("all") => self.show_all()?,
            None if name.contains('.') => return Err(unknown_setting(name)),
            // SHOW TABLES and the like are DuckDB's, and SHOW of a table.
            None => {
                let answer = self.run_to_answer(statement, Parameters::none()).await;
                return answer.map_err(|error| not_shown(error, name));
            }
        };
        local_answer(&rows)
    }

    fn show_all(&self) -> Result<RecordBatch, QueryError> {
        let (names, values): (Vec<_>, Vec<_>) = self.settings.all().into_iter().unzip();
        let descriptions = SessionSettings::descriptions();
        RecordBatch::try_from_iter([
            ("name", Arc::new(StringArray::from(names)) as ArrayRef),
            ("setting", Arc::new(StringArray::from(values)) as ArrayRef),
            (
                "description",
                Arc::new(StringArray::from(descriptions)) as ArrayRef,
            ),
        ])
        .map_err(|error| QueryError::internal(error.to_string()))
    }

    /// Runs a statement of DuckDB to its answer: rows that stream, or its completion.
    async fn run_to_answer(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        let key = self.answer_key(&self.plan(statement), statement, "rows", &parameters);
        if let Some(rows) = key.and_then(|key| self.known_rows(&key)) {
            self.note_query();
            return Ok(Answer::Rows(rows));
        }
        self.begin_on_worker().await?;
        let writes = *statement.class() != Class::Read;
        if writes {
            self.left_something = true;
            if let Some(block) = &mut self.block {
                block.wrote = true;
                block.writes += 1;
            }
        }
        let explain =
            |error: QueryError| violation::explain(error, Target::of(statement.text()).as_ref());
        let begun = self.run(statement, parameters).await;
        if let Err(error) = &begun
            && error.is_of_binding()
            && writes
            && let Some(block) = &mut self.block
        {
            // It was never run.
            block.writes -= 1;
        }
        let mut rows = begun.map_err(|error| explain(read_only_error(error, statement)))?;
        if rows.facts().returns_rows && !tag::has_no_rows(statement.text()) {
            return Ok(Answer::Rows(match key {
                Some(key) => self.keep_rows(key, rows).await?,
                None => rows,
            }));
        }
        let kind = rows.facts().kind();
        let complete = rows.finish().await.map_err(explain)?;
        let mut completion = Completion {
            tag: tag(kind, statement.text(), complete.rows, complete.changed_rows),
            changed_rows: tag::changed(kind, statement.text(), complete.changed_rows),
            notices: Vec::new(),
        };
        if completion.tag == "CREATE TABLE" && !self.told_about_tables {
            self.told_about_tables = true;
            completion.notices.push(Notice::note(
                "tables of this session live in memory and end with it",
            ));
        }
        Ok(Answer::Done(completion))
    }

    /// A statement of the gateway itself, on the session's own engine.
    async fn run_internal(&mut self, text: &str) -> Result<(), QueryError> {
        self.run_internal_within(self.limits(), text).await
    }

    async fn run_internal_within(&mut self, limits: Limits, text: &str) -> Result<(), QueryError> {
        let statement = Statement::internal(text, Class::Stateful);
        self.run_within(limits, &statement, Parameters::none())
            .await?
            .finish()
            .await?;
        Ok(())
    }

    /// Appends Arrow batches to a table; returns the rows appended. All of them or none: when
    /// `batches` ends without [`append_request::Message::Finish`], none.
    ///
    /// # Errors
    /// What the worker says, or a cancel.
    pub(crate) async fn append(
        &mut self,
        target: AppendTarget,
        schema: Bytes,
        batches: mpsc::Receiver<append_request::Message>,
    ) -> Result<u64, QueryError> {
        if self.block_failed() {
            return Err(QueryError::in_failed_transaction());
        }
        let changed = Target::new(Some(target.schema.clone()), target.table.clone());
        let result = Box::pin(self.append_rows(target, schema, batches)).await;
        let result = result.map_err(|error| violation::explain(error, Some(&changed)));
        result.inspect_err(|error| self.failed(error))
    }

    async fn append_rows(
        &mut self,
        target: AppendTarget,
        schema: Bytes,
        batches: mpsc::Receiver<append_request::Message>,
    ) -> Result<u64, QueryError> {
        self.begin_on_worker().await?;
        self.left_something = true;
        if let Some(block) = &mut self.block {
            // Also when it fails: some of the rows may be written by then, and DuckDB has no
            // savepoint to return to.
            block.wrote = true;
            block.writes += 1;
        }
        // Little of what is appended can be sent twice, so the session has its engine before that:
        // where there is no room for it, another worker is asked.
        if self.pinned.is_none() {
            self.run_internal("SELECT 1").await?;
        }
        let limits = self.limits();
        let Some(worker) = self.pinned.clone() else {
            return Err(QueryError::worker_lost());
        };
        let start = AppendRequest {
            message: Some(append_request::Message::Start(AppendStart {
                session: Some(self.context(Pin::Required)),
                query_id: limits.query_id.to_string(),
                catalog: if target.catalog == self.database() {
                    String::new()
                } else {
                    target.catalog
                },
                schema: self.schema_of(target.schema),
                table: target.table,
                columns: target.columns,
                arrow_schema: schema.to_vec(),
                timeout_ms: timeout_ms(limits.deadline),
            })),
        };
        let batches = Batches::from(batches);
        let (job, wish) = self.job("COPY", Work::Run);
        let session = &*self;
        let work = async {
            let give_up = session.give_up();
            let mut permit = session.admit(&job).await?;
            let mut avoided = Avoided::default();
            loop {
                let running = worker.begin(wish.memory_bytes);
                session.place.note(limits.query_id, &worker);
                let later = batches.stream().map(|message| AppendRequest {
                    message: Some(message),
                });
                let messages = futures::stream::iter([start.clone()]).chain(later);
                let error = match heard(&running, worker.client().append(messages).await) {
                    Ok(response) => {
                        permit.end(End::Well);
                        return Ok(response.rows);
                    }
                    Err(error) => error,
                };
                // Nothing was started there: others have taken the slot meanwhile.
                let drains = error.sqlstate == SqlState::CANNOT_CONNECT_NOW;
                if !error.is_refusal()
                    || !(drains || batches.are_whole())
                    || Instant::now() >= give_up
                {
                    return Err(error);
                }
                session.place.forget();
                let sent = Sent {
                    worker: Arc::clone(&worker),
                    pin: Pin::Required,
                    has_engine: true,
                    running,
                };
                let refused = session.refused(error, sent, permit, &wish, &mut avoided, give_up);
                permit = refused.await?;
            }
        };
        self.hold_change(&limits, work).await
    }

    /// Gives up the engine. The session goes on under a new id: what is still under way for the
    /// old one cannot reach what comes next.
    fn unpin(&mut self) {
        let tried = self
            .tried
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(worker) = self.pinned.take().or(tried) {
            let clean = !self.left_something && !self.open_on_worker && self.cursors.is_empty();
            let left = if clean {
                Left::Nothing
            } else {
                Left::Something
            };
            self.gateway.close_session(worker, self.id, left);
            self.id = SessionId::mint();
            self.left_something = false;
            self.open_on_worker = false;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.canceller.cancel();
        self.unpin();
    }
}

/// What a session begins with: the limits of all sessions, then those of its user.
fn first_settings(gateway: &Gateway, principal: &Principal) -> SessionSettings {
    let mut settings = SessionSettings::new(principal.name());
    let of_all = [
        ("idle_session_timeout", gateway.settings.idle_session_max),
        (
            "idle_in_transaction_session_timeout",
            gateway.settings.idle_transaction_max,
        ),
    ];
    let of_all = of_all
        .into_iter()
        .filter(|(_, limit)| !limit.is_zero())
        .map(|(name, limit)| (name, format!("{}ms", limit.as_millis())));
    let own = gateway.auth.timeouts(principal);
    let own = own.all().map(|(name, value)| (name, value.to_owned()));
    for (name, value) in of_all.chain(own) {
        if let Err(error) = settings.set_initial(name, &value) {
            // Only a time beyond PostgreSQL's limit of 24 days can be wrong here.
            warn!(
                name,
                value,
                reason = error.message,
                "could not set a time limit"
            );
        }
    }
    settings
}

fn unknown_setting(name: &str) -> QueryError {
    QueryError::new(
        SqlState::UNDEFINED_OBJECT,
        format!("unrecognized configuration parameter \"{name}\""),
    )
}

/// SHOW of what is neither a setting nor a table.
fn not_shown(error: QueryError, name: &str) -> QueryError {
    match error.sqlstate {
        SqlState::UNDEFINED_TABLE => unknown_setting(name),
        _ => error,
    }
}

/// What DuckDB says of a write in a read-only transaction, in PostgreSQL's words.
fn read_only_error(error: QueryError, statement: &Statement) -> QueryError {
    if error.sqlstate != SqlState::READ_ONLY_TRANSACTION {
        return error;
    }
    QueryError::new(
        error.sqlstate,
        format!(
            "cannot execute {} in a read-only transaction",
            tag::command(statement.text())
        ),
    )
}

fn show_rows(name: &str, value: &str) -> Result<RecordBatch, QueryError> {
    RecordBatch::try_from_iter([(name, Arc::new(StringArray::from(vec![value])) as ArrayRef)])
        .map_err(|error| QueryError::internal(error.to_string()))
}

fn show_facts(rows: &RecordBatch) -> Facts {
    let header = local_header(rows, Bytes::new());
    let schema = encode_local(rows)
        .map(|(schema, _)| schema)
        .unwrap_or_default();
    Facts {
        kind: header.kind,
        parameter_types: Vec::new(),
        returns_rows: true,
        columns: header.columns,
        schema,
    }
}

fn local_header(rows: &RecordBatch, schema: Bytes) -> ResultHeader {
    let columns = rows
        .schema()
        .fields()
        .iter()
        .map(|field| Column {
            name: field.name().clone(),
            duckdb_type: "VARCHAR".to_owned(),
        })
        .collect();
    ResultHeader {
        kind: StatementKind::Select.into(),
        returns_rows: true,
        columns,
        schema,
    }
}

/// Rows of the gateway itself; all their columns are texts.
fn local_answer(rows: &RecordBatch) -> Result<Answer, QueryError> {
    let (schema, batch) =
        encode_local(rows).map_err(|error| QueryError::internal(error.to_string()))?;
    Ok(Answer::Rows(Rows::local(
        local_header(rows, schema),
        vec![batch],
    )))
}
