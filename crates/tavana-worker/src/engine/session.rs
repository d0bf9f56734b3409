//! Works on requests, one at a time, on the thread that owns DuckDB.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use arrow_array::RecordBatch;
use tavana_common::catalog::DATABASE_SETTING;
use tavana_common::proto::engine::{
    AppendStart, Assign, CloseCursor, Done, Execute, FetchCursor, Grant, OpenCursor, Prepare,
    Start, ToEngine, to_engine,
};
use tavana_common::proto::v1::{
    Compression, Direction, Failure, FailureKind, Motion, ResultHeader, Role, Setting,
    StatementKind,
};
use tokio::time::Instant;

use super::append::Append;
use super::catalog::Catalog;
use super::cursor::{Cursor, LiveRows};
use super::failure;
use super::ffi::{ErrorText, Handed, QueryResult, ResultKind};
use super::guard;
use super::instance::Instance;
use super::interrupt::Interrupts;
use super::limits;
use super::output::{Closed, Output};
use super::params;
use super::prepare::{self, Prepared, TransactionChange};
use super::profile::{FORGET_FILES, caches_files};
use super::redact::Redactor;
use super::rules::Rules;
use super::search_path::SearchPath;
use super::secrets::{self, Secrets};
use super::spool::Spool;
use super::text::{SqlText, quote_name, quote_text};
use crate::stream::{Frame, ToEngineFrame};

mod reason;

/// Statements a session may keep under a name by PREPARE.
const NAMED_MAX: usize = 256;
/// Cursors open at once in one session.
const CURSORS_MAX: usize = 64;
const SEARCH_PATH: &str = "search_path";

/// What the reader hands to the executor.
#[derive(Debug)]
pub(crate) enum Job {
    Frame(Box<ToEngineFrame>),
    /// An interrupt has come: wakes an executor that waits for the rest of an append.
    Interrupted,
}

/// The state of the one session this engine serves.
pub(crate) struct Session {
    instance: Instance,
    rules: Rules,
    secrets: Secrets,
    catalog: Catalog,
    redactor: Redactor,
    output: Output,
    interrupts: Interrupts,
    granted: Grant,
    /// What most requests are granted.
    usual: Grant,
    /// What is wrong with an endpoint that the session has set.
    misplaced: Option<Failure>,
    /// `current_user` says whose engine this is.
    has_user: bool,
    /// DuckDB's own threads have given way, and this is another thread than the one they started
    /// from.
    renews_threads: bool,
    /// DuckDB keeps what it has read of files.
    caches_files: bool,
    /// Settings in force, in the order they were set.
    settings: Vec<Setting>,
    path: SearchPath,
    /// Texts of PREPARE by the name of the statement. DuckDB would run the plan it made then, with
    /// statistics that may be wrong by now, so EXECUTE prepares anew.
    named: HashMap<String, String>,
    cursors: Vec<Cursor>,
    spool: Spool,
    in_transaction: bool,
    /// The text that began the transaction, as long as nothing but queries came after it.
    only_read_since: Option<String>,
    /// Of the result that is being made.
    compression: Compression,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Whether a request begins that has some time at ordinary priority.
fn need_not_give_way(request: &ToEngine) -> bool {
    let grant = match &request.message {
        Some(to_engine::Message::Prepare(prepare)) => prepare.grant,
        Some(to_engine::Message::Execute(execute)) => execute.grant,
        Some(to_engine::Message::OpenCursor(open)) => open
            .statement
            .as_ref()
            .and_then(|statement| statement.grant),
        Some(to_engine::Message::AppendStart(start)) => start.grant,
        _ => None,
    };
    grant.is_some_and(|grant| grant.ordinary_cpu_millis > 0)
}

/// Why a request did not end in its final message.
enum Stop {
    Failure(Box<Failure>),
    Closed,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

impl From<Closed> for Stop {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

/// A session on its way to the thread that takes it over, with the request that is next.
#[derive(Debug)]
pub(crate) struct Takeover {
    session: Handed,
    jobs: Receiver<Job>,
    next: Box<ToEngine>,
}

impl Takeover {
    /// See [`Session::run`].
    pub(crate) fn run(self) -> Option<Successor> {
        let mut session = self.session.take();
        session.renews_threads = true;
        session.go_on_with(self.jobs, Some(self.next))
    }
}

/// A thread that takes over, and what it takes.
pub(crate) type Successor = (SyncSender<Takeover>, Takeover);

impl Session {
    pub(crate) fn new(
        start: &Start,
        rules: Rules,
        mut instance: Instance,
        output: Output,
        interrupts: Interrupts,
    ) -> Self {
        Self {
            secrets: std::mem::take(&mut instance.secrets),
            catalog: Catalog::new(Arc::clone(&instance.records)),
            misplaced: None,
            has_user: false,
            redactor: Redactor::default(),
            instance,
            rules,
            output,
            interrupts,
            granted: Grant {
                memory_bytes: start.memory_bytes_max,
                threads: 1,
                ordinary_cpu_millis: 0,
            },
            usual: Grant {
                memory_bytes: start.memory_bytes_max,
                threads: start.threads,
                ordinary_cpu_millis: 0,
            },
            renews_threads: false,
            caches_files: caches_files(start),
            settings: Vec::new(),
            path: SearchPath::default(),
            named: HashMap::new(),
            cursors: Vec::new(),
            spool: Spool::new(&start.spill_directory, start.spill_bytes_max),
            in_transaction: false,
            only_read_since: None,
            compression: Compression::None,
        }
    }

    /// Serves until the reader or the writer is gone, or DuckDB can no longer serve; or until the
    /// threads that work on requests have given way and a request comes that need not.
    pub(crate) fn run(self, jobs: Receiver<Job>) -> Option<Successor> {
        self.go_on_with(jobs, None)
    }

    fn go_on_with(
        mut self,
        jobs: Receiver<Job>,
        mut next: Option<Box<ToEngine>>,
    ) -> Option<Successor> {
        loop {
            let request = match next.take() {
                Some(request) => request,
                None => match jobs.recv() {
                    Ok(Job::Frame(frame)) => match *frame {
                        Frame::Message(request) => Box::new(request),
                        // A batch here belongs to an append that has already failed.
                        Frame::Batch(_) => continue,
                    },
                    Ok(Job::Interrupted) => continue,
                    Err(_) => return None,
                },
            };
            if need_not_give_way(&request)
                && let Some(successor) = self.interrupts.successor()
            {
                let takeover = Takeover {
                    session: Handed::new(self),
                    jobs,
                    next: request,
                };
                return Some((successor, takeover));
            }
            let Some(message) = request.message else {
                continue;
            };
            let answer = match message {
                to_engine::Message::Assign(assign) => self.assign(&assign),
                to_engine::Message::Prepare(prepare) => self.prepare(&prepare),
                to_engine::Message::Execute(execute) => self.execute(&execute),
                to_engine::Message::OpenCursor(open) => self.open_cursor(open),
                to_engine::Message::FetchCursor(fetch) => self.fetch_cursor(&fetch),
                to_engine::Message::CloseCursor(close) => self.close_cursor(&close),
                to_engine::Message::AppendStart(start) => self.append(&start, &jobs),
                to_engine::Message::Grant(grant) => self.regrant(&grant),
                to_engine::Message::Start(_) => {
                    Err(failure::invalid("the engine has already started").into())
                }
                // The end of an append that has already failed, or an interrupt between requests.
                to_engine::Message::AppendEnd(_) | to_engine::Message::Interrupt(_) => continue,
            };
            let sent = match answer {
                Ok(()) => Ok(()),
                Err(Stop::Closed) => Err(Closed),
                Err(Stop::Failure(failure)) => {
                    let requested = self.interrupts.is_requested();
                    let refusal = self.interrupts.disarm();
                    let consequence = matches!(
                        failure.kind(),
                        FailureKind::FailureEngine
                            | FailureKind::FailureObjectChanged
                            | FailureKind::FailureCancelled
                    );
                    let mut failure = match refusal {
                        // What it led to is not of interest.
                        Some(refusal) if consequence && !is_fatal(&failure) => refusal.failure(),
                        // An interrupt may surface as another fault, e.g. of a half-read file.
                        _ if requested && failure.kind() == FailureKind::FailureEngine => {
                            failure::cancelled()
                        }
                        // Nobody has asked for it.
                        _ if !requested && failure.kind() == FailureKind::FailureCancelled => {
                            failure::untold()
                        }
                        _ => *failure,
                    };
                    // The one place where failures leave the engine.
                    self.redactor.failure(&mut failure);
                    let fatal = is_fatal(&failure) || !self.forget_files(&failure);
                    let sent = self.output.failure(failure);
                    if fatal {
                        return None;
                    }
                    sent
                }
            };
            if sent.is_err() {
                return None;
            }
        }
    }

    /// After a fault of a file: DuckDB may have kept parts of it that do not belong together, and
    /// the session, which keeps its engine, would find them again. `false` when they are still
    /// there.
    fn forget_files(&mut self, failure: &Failure) -> bool {
        // "Invalid": what a library under DuckDB made of wrong bytes.
        const OF_FILES: [&str; 5] = ["Invalid", "IO", "HTTP", "Invalid Input", "Serialization"];
        let of_files = failure.kind() == FailureKind::FailureObjectChanged
            || failure.kind() == FailureKind::FailureEngine
                && OF_FILES.contains(&failure.duckdb_class.as_str());
        if !of_files {
            return true;
        }
        let forgotten = !self.caches_files || self.instance.control.run(FORGET_FILES).is_ok();
        // What a connection was told of objects it forgets at the end of a query; a statement that
        // failed while it was planned was none. The end of a transaction does the same.
        let ended = self.in_transaction
            || self.spool_cursors().is_ok() && self.instance.session.run("SELECT 1").is_ok();
        forgotten && ended
    }

    /// The request has succeeded: no interrupt is for it any more. One that tried what it may not
    /// has not.
    fn done(&self, done: Done) -> Result<(), Stop> {
        self.finished()?;
        Ok(self.output.done(done)?)
    }

    fn finished(&self) -> Result<(), Failure> {
        match self.interrupts.disarm() {
            Some(refusal) => Err(refusal.failure()),
            None => Ok(()),
        }
    }

    fn assign(&mut self, assign: &Assign) -> Result<(), Stop> {
        self.redactor.assign(&assign.secrets);
        if !std::mem::replace(&mut self.has_user, true) && !assign.user.is_empty() {
            self.name_user(&assign.user)?;
        }
        // The statement that follows is refused, not this: the engine is the session's own, and
        // what it set may change.
        self.misplaced = assign
            .secrets
            .iter()
            .filter(|secret| !secret.infrastructure)
            .find_map(|secret| self.rules.check_secret(secret).err());
        // Open results would have to be read to their end first: the next statement does that, in
        // its own time. Until then nothing can use a secret.
        if self.secrets.assign(&assign.secrets) && self.cursors.is_empty() {
            let fitted = self.fit_secrets(false);
            // In a failed transaction DuckDB refuses everything: what ends it is followed by the
            // statement that makes up for it.
            if !self.in_transaction {
                fitted?;
            }
        }
        self.done(Done::default())
    }

    /// DuckDB has no users: its functions for them are macros, which others may stand before.
    fn name_user(&self, user: &str) -> Result<(), Stop> {
        self.instance
            .session
            .run(&user_macros(user))
            .map_err(|error| failure::engine(&error))?;
        Ok(())
    }

    /// Takes another grant between requests. It has a connection of its own, so that open results
    /// stay open; what they hold goes to disk as far as the new limit asks for.
    fn regrant(&mut self, grant: &Grant) -> Result<(), Stop> {
        self.apply_grant(grant)?;
        self.done(Done::default())
    }

    fn prepare(&mut self, request: &Prepare) -> Result<(), Stop> {
        let text = SqlText::lex(&request.sql);
        self.enter(
            &text,
            request.grant.as_ref(),
            &request.settings,
            request.role(),
        )?;
        let prepared = self.bind(&text, &request.parameter_types)?;
        if let Some(failure) = prepared.undescribed {
            return Err((*failure).into());
        }
        self.finished()?;
        // Only the facts are kept, by the client: executing binds anew with the types found here.
        Ok(self.output.facts(prepared.facts)?)
    }

    fn execute(&mut self, request: &Execute) -> Result<(), Stop> {
        let text = SqlText::lex(&request.sql);
        self.enter(
            &text,
            request.grant.as_ref(),
            &request.settings,
            request.role(),
        )?;
        let mut prepared = self.bind(&text, &request.parameter_types)?;
        self.may_change(prepared.facts.kind());
        self.secrets
            .before(prepared.facts.kind(), &text, self.in_transaction);
        self.compression = request.compression();
        let batches = self.parameter_rows(&prepared, request)?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let done = if prepared.transaction != TransactionChange::None {
            self.change_transaction(&mut prepared)?
        } else if prepared.has_steps() {
            self.run_steps(&mut prepared)?
        } else if prepared.parameters.is_empty() && batches.is_empty() {
            self.run_whole(&mut prepared, None)?
        } else if rows == 1 {
            let row = batches
                .iter()
                .find(|batch| batch.num_rows() > 0)
                .map(|batch| (batch, 0));
            self.run_whole(&mut prepared, row)?
        } else {
            self.run_each(&mut prepared, &batches)?
        };
        self.note(&prepared, &text)?;
        self.done(done)
    }

    /// One execution. DuckDB commits a statement whose rows nobody reads to their end: one that
    /// returns what it changes needs a transaction of its own.
    fn run_whole(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
    ) -> Result<Done, Stop> {
        if !(prepared.facts.returns_rows && changes_rows(prepared)) {
            return self.run_once(prepared, row, true);
        }
        let own = self.begin_unless_open()?;
        let (done, outcome) = match self.run_once(prepared, row, true) {
            Ok(done) => (done, Ok(())),
            Err(stop) => (Done::default(), Err(stop)),
        };
        self.end_own(own, outcome)?;
        Ok(done)
    }

    /// A statement of several steps, all of them or none.
    fn run_steps(&mut self, prepared: &mut Prepared) -> Result<Done, Stop> {
        let own = self.begin_unless_open()?;
        let outcome = self.run_once(prepared, None, true).and_then(|_| {
            self.go_on()?;
            Ok(prepared.run_later_steps(&self.instance.session)?)
        });
        self.end_own(own, outcome)?;
        Ok(Done::default())
    }

    /// BEGIN, COMMIT or ROLLBACK. A COMMIT that fails has rolled back.
    fn change_transaction(&mut self, prepared: &mut Prepared) -> Result<Done, Stop> {
        let interrupts = self.interrupts.clone();
        let done = interrupts.held(|| self.run_once(prepared, None, true));
        if done.is_err() && prepared.transaction == TransactionChange::Ends {
            // It fails where DuckDB has rolled back itself.
            drop(interrupts.held(|| self.instance.session.run("ROLLBACK")));
            self.in_transaction = false;
        }
        done
    }

    /// One execution for each row, all of them or none.
    fn run_each(&mut self, prepared: &mut Prepared, batches: &[RecordBatch]) -> Result<Done, Stop> {
        let own = self.begin_unless_open()?;
        let mut total = Done::default();
        let mut first = true;
        let outcome = batches
            .iter()
            .flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)))
            .try_for_each(|row| {
                let done = self.run_once(prepared, Some(row), std::mem::take(&mut first))?;
                total.rows += done.rows;
                if let Some(changed) = done.changed_rows {
                    total.changed_rows = Some(total.changed_rows.unwrap_or(0) + changed);
                }
                Ok(())
            });
        if first && outcome.is_ok() {
            // No row, no execution: only the description goes out.
            self.output.header(header(prepared))?;
        }
        self.end_own(own, outcome)?;
        Ok(total)
    }

    /// Runs the statement once and sends its rows.
    fn run_once(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
        first: bool,
    ) -> Result<Done, Stop> {
        let mut result = self.start(prepared, row)?;
        if first {
            self.output.header(header(prepared))?;
            if prepared.facts.returns_rows {
                self.output
                    .schema(Arc::clone(&prepared.schema), self.compression)?;
            }
        }
        match result.kind() {
            ResultKind::Rows => {
                let began = Instant::now();
                let mut rows = LiveRows::new(result, prepared.export(&self.instance.session));
                let mut sent = 0;
                loop {
                    let batch = match rows.next() {
                        Ok(Some(batch)) => batch,
                        Ok(None) => break,
                        Err(error) => {
                            drop(rows);
                            let failure = prepared.failure(&error);
                            return Err(self.reason(prepared, row, failure, began.elapsed()));
                        }
                    };
                    self.go_on()?;
                    sent += u64::try_from(batch.num_rows()).unwrap_or(0);
                    self.output.rows(batch)?;
                }
                let changed_rows = changes_rows(prepared).then_some(sent);
                Ok(Done {
                    rows: sent,
                    changed_rows,
                    more: false,
                })
            }
            ResultKind::ChangedRows | ResultKind::Nothing => {
                let changed_rows =
                    changed_rows(&mut result).map_err(|error| prepared.failure(&error))?;
                Ok(Done {
                    rows: 0,
                    changed_rows,
                    more: false,
                })
            }
        }
    }

    /// Binds one row of parameters and starts the statement.
    fn start(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
    ) -> Result<QueryResult, Stop> {
        self.go_on()?;
        let mut statement = prepared.take_statement(&self.instance.session)?;
        let mut with_null = false;
        if let Some((batch, row)) = row {
            let schema = batch.schema();
            for (name, place) in &prepared.parameters {
                with_null |= batch.column(*place).is_null(row);
                let field = schema.field(*place);
                let value = params::value(field, batch.column(*place), row)?;
                statement
                    .bind(name, &value)
                    .map_err(|error| prepared.failure(&error))?;
            }
        }
        let mut result = statement
            .execute_streaming()
            .map_err(|error| prepared.failure(&error))?;
        let returns_rows = result.kind() == ResultKind::Rows;
        let columns = if returns_rows {
            result.columns()
        } else {
            Vec::new()
        };
        prepared.refresh(&self.instance.session, columns, returns_rows, with_null)?;
        Ok(result)
    }

    fn open_cursor(&mut self, request: OpenCursor) -> Result<(), Stop> {
        let Some(execute) = request.statement else {
            return Err(failure::invalid("a cursor needs a statement").into());
        };
        if self.cursors.len() >= CURSORS_MAX {
            return Err(failure::limit(format!("more than {CURSORS_MAX} open cursors")).into());
        }
        if self
            .cursors
            .iter()
            .any(|cursor| cursor.id == request.cursor_id)
        {
            return Err(failure::invalid("a cursor with this id is already open").into());
        }
        let text = SqlText::lex(&execute.sql);
        self.enter(
            &text,
            execute.grant.as_ref(),
            &execute.settings,
            execute.role(),
        )?;
        let mut prepared = self.bind(&text, &execute.parameter_types)?;
        self.may_change(prepared.facts.kind());
        let batches = self.parameter_rows(&prepared, &execute)?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows > 1 || (rows == 0 && !prepared.parameters.is_empty()) {
            return Err(failure::invalid("a cursor takes one row of parameters").into());
        }
        let row = batches
            .iter()
            .find(|batch| batch.num_rows() > 0)
            .map(|batch| (batch, 0));
        let mut result = self.start(&mut prepared, row)?;
        self.note(&prepared, &text)?;
        let header = header(&prepared);
        let mut changed_rows = None;
        let cursor = match result.kind() {
            ResultKind::Rows => {
                let rows = LiveRows::new(result, prepared.export(&self.instance.session));
                Cursor::new(request.cursor_id, rows, prepared, request.scroll)
            }
            // A cursor over a statement without rows has run it and is at its end.
            ResultKind::ChangedRows | ResultKind::Nothing => {
                changed_rows =
                    self::changed_rows(&mut result).map_err(|error| prepared.failure(&error))?;
                Cursor::ended(request.cursor_id, Arc::clone(&prepared.schema))
            }
        };
        self.cursors.push(cursor);
        self.output.header(header)?;
        self.done(Done {
            rows: 0,
            changed_rows,
            more: false,
        })
    }

    fn fetch_cursor(&mut self, request: &FetchCursor) -> Result<(), Stop> {
        let Some(at) = self
            .cursors
            .iter()
            .position(|cursor| cursor.id == request.cursor_id)
        else {
            return Err(no_such_cursor().into());
        };
        if let Some(grant) = &request.grant {
            self.apply_grant(grant)?;
        }
        let fetched = self.fetch_rows(at, request);
        match fetched {
            Ok(done) => self.done(done),
            Err(stop) => {
                // What a failed cursor would go on with is unknown.
                self.cursors.swap_remove(at).close(&mut self.spool);
                Err(stop)
            }
        }
    }

    fn fetch_rows(&mut self, at: usize, request: &FetchCursor) -> Result<Done, Stop> {
        let cursor = &mut self.cursors[at];
        let motion = request.motion.unwrap_or_else(|| Motion {
            direction: Direction::Forward.into(),
            count: match request.rows_max {
                0 => i64::MAX,
                rows => i64::try_from(rows).unwrap_or(i64::MAX),
            },
            moves_only: false,
        });
        self.output
            .schema(Arc::clone(&cursor.schema), Compression::None)?;
        let rows = cursor.travel(motion, &mut self.spool, |batch| {
            if self.interrupts.is_requested() {
                return Err(Stop::from(failure::cancelled()));
            }
            Ok(self.output.rows(batch)?)
        })?;
        // Who asks for a number of rows and got them all wants to know whether there are more.
        let more = request.motion.is_none()
            && rows == request.rows_max
            && cursor.has_more(&mut self.spool)?;
        Ok(Done {
            rows,
            changed_rows: None,
            more,
        })
    }

    fn close_cursor(&mut self, request: &CloseCursor) -> Result<(), Stop> {
        let Some(at) = self
            .cursors
            .iter()
            .position(|cursor| cursor.id == request.cursor_id)
        else {
            return Err(no_such_cursor().into());
        };
        self.cursors.swap_remove(at).close(&mut self.spool);
        self.done(Done::default())
    }

    fn append(&mut self, start: &AppendStart, jobs: &Receiver<Job>) -> Result<(), Stop> {
        self.enter(
            &SqlText::lex(""),
            start.grant.as_ref(),
            &start.settings,
            start.role(),
        )?;
        self.may_change(StatementKind::Insert);
        let own = self.begin_unless_open()?;
        let outcome = self.append_all(start, jobs);
        let (rows, outcome) = match outcome {
            Ok(rows) => (rows, Ok(())),
            Err(stop) => (0, Err(stop)),
        };
        self.end_own(own, outcome)?;
        self.done(Done {
            rows,
            changed_rows: Some(rows),
            more: false,
        })
    }

    fn append_all(&mut self, start: &AppendStart, jobs: &Receiver<Job>) -> Result<u64, Stop> {
        let mut append = Append::start(&self.instance.session, start)?;
        let failed = loop {
            let Ok(job) = jobs.recv() else {
                break Stop::Closed;
            };
            if self.interrupts.is_requested() {
                break failure::cancelled().into();
            }
            let Job::Frame(frame) = job else { continue };
            match *frame {
                Frame::Batch(batch) => {
                    if let Err(failure) = append.batch(batch) {
                        break failure.into();
                    }
                }
                Frame::Message(message) => match message.message {
                    Some(to_engine::Message::AppendEnd(_)) => return Ok(append.finish()?),
                    _ => break failure::invalid("an append ends with AppendEnd").into(),
                },
            }
        };
        append.discard();
        Err(failed)
    }

    /// What every statement needs first: the rules, a free connection, its grant, its settings.
    fn enter(
        &mut self,
        text: &SqlText<'_>,
        grant: Option<&Grant>,
        settings: &[Setting],
        role: Role,
    ) -> Result<(), Stop> {
        self.go_on()?;
        if text.sql.contains('\0') {
            return Err(failure::invalid("a statement may not contain a zero byte").into());
        }
        if self.in_transaction {
            self.interrupts.is_in_transaction();
        }
        self.redactor.begin(text);
        secrets::check_names(text)?;
        self.rules.check(text, role)?;
        if let Some(failure) = &self.misplaced {
            return Err(failure.clone().into());
        }
        self.spool_cursors()?;
        if let Some(grant) = grant {
            self.apply_grant(grant)?;
        }
        // A failed transaction refuses every SET; what ends it must get through.
        if self.in_transaction && prepare::ends_transaction(text) {
            self.secrets.transaction_ends();
            self.catalog.transaction_ends();
        } else {
            let interrupts = self.interrupts.clone();
            interrupts.held(|| self.apply_settings(settings))?;
            if self.path.look_again(&self.instance.session)? {
                self.catalog.setting_changes(SEARCH_PATH);
            }
            self.path.check(text)?;
            self.catalog
                .before(text, &self.instance.session, self.in_transaction)?;
            let path_keys = secrets::has_path_keys(text);
            if self.secrets.is_stale(path_keys) {
                self.fit_secrets(path_keys)?;
            }
        }
        Ok(())
    }

    /// Brings the secrets of the instance in order before anything can use them.
    fn fit_secrets(&mut self, path_keys: bool) -> Result<(), Stop> {
        self.spool_cursors()?;
        let fitted = self
            .secrets
            .fit(&self.instance.session, path_keys, self.in_transaction);
        guard::hold_keys(self.secrets.holds_keys());
        fitted.map_err(|misfit| misfit.into_failure().into())
    }

    /// DuckDB closes an open result when its connection does anything else.
    fn spool_cursors(&mut self) -> Result<(), Stop> {
        let mut at = 0;
        while at < self.cursors.len() {
            match self.cursors[at].spool(&mut self.spool, &self.interrupts) {
                Ok(()) => at += 1,
                Err(failure) => {
                    self.cursors.swap_remove(at).close(&mut self.spool);
                    return Err(failure.into());
                }
            }
        }
        Ok(())
    }

    fn apply_grant(&mut self, grant: &Grant) -> Result<(), Failure> {
        let refused = |error| failure::engine(&error);
        self.interrupts
            .ordinary_for(Duration::from_millis(grant.ordinary_cpu_millis.into()));
        if self.renews_threads && self.granted.threads > 1 {
            // DuckDB's own threads have given way. Those it starts now have this one's priority.
            self.instance
                .control
                .run("SET GLOBAL threads=1")
                .map_err(refused)?;
            self.granted.threads = 1;
        }
        self.renews_threads = false;
        if grant.memory_bytes > 0 && grant.memory_bytes != self.granted.memory_bytes {
            // An idle engine that keeps less must still be able to say so.
            let bytes = grant.memory_bytes.max(self.usual.memory_bytes);
            limits::fit_data(bytes, self.usual.threads).map_err(|error| {
                tavana_common::failure::new(FailureKind::FailureInternal, error.to_string())
            })?;
            let sql = format!("SET GLOBAL memory_limit='{}B'", grant.memory_bytes);
            self.instance.control.run(&sql).map_err(refused)?;
            self.granted.memory_bytes = grant.memory_bytes;
        }
        if grant.threads > 0 && grant.threads != self.granted.threads {
            let sql = format!("SET GLOBAL threads={}", grant.threads);
            self.instance.control.run(&sql).map_err(refused)?;
            self.granted.threads = grant.threads;
        }
        Ok(())
    }

    /// Makes the settings in force those of the request.
    fn apply_settings(&mut self, all: &[Setting]) -> Result<(), Failure> {
        if all == self.settings {
            return Ok(());
        }
        let (database, wanted): (Vec<&Setting>, Vec<&Setting>) = all
            .iter()
            .partition(|setting| setting.name == DATABASE_SETTING);
        let database = database.first().map(|setting| setting.value.as_str());
        self.catalog.show_as(database, &self.instance.session)?;
        for setting in &wanted {
            let is_name = !setting.name.is_empty()
                && setting
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !is_name {
                return Err(failure::invalid("a setting has an unusable name"));
            }
            self.rules.check_value(setting)?;
        }
        let gone: Vec<String> = self
            .settings
            .iter()
            .filter(|old| {
                old.name != DATABASE_SETTING
                    && !wanted
                        .iter()
                        .any(|new| new.name.eq_ignore_ascii_case(&old.name))
            })
            .map(|old| old.name.clone())
            .collect();
        for name in gone {
            self.catalog.setting_changes(&name);
            self.set(&format!("RESET {name}"))?;
            if name.eq_ignore_ascii_case(SEARCH_PATH) {
                self.path.reset();
            }
            self.settings.retain(|old| old.name != name);
        }
        for setting in &wanted {
            if self.settings.contains(setting) {
                continue;
            }
            self.catalog.setting_changes(&setting.name);
            if setting.name.eq_ignore_ascii_case(SEARCH_PATH) {
                self.path.set(&setting.value, &self.instance.session)?;
            } else {
                self.set(&format!(
                    "SET {}={}",
                    setting.name,
                    quote_text(&setting.value)
                ))?;
            }
            self.settings
                .retain(|old| !old.name.eq_ignore_ascii_case(&setting.name));
            self.settings.push((*setting).clone());
        }
        self.settings = all.to_vec();
        Ok(())
    }

    /// The value may be a credential: a fault is told without the statement.
    fn set(&self, sql: &str) -> Result<(), Failure> {
        self.instance
            .session
            .run(sql)
            .map_err(|error| failure::engine(&error))
    }

    /// Binds a statement for one execution. A bound statement is never kept: DuckDB plans with the
    /// statistics of that moment and does not notice when data that came later breaks them.
    fn bind(&self, text: &SqlText<'_>, types: &[String]) -> Result<Prepared, Failure> {
        if text.is_keyword(0, "execute")
            && let Some(name) = text.name(1)
            && let Some(sql) = self.named.get(name.as_ref())
        {
            self.instance
                .session
                .run(sql)
                .map_err(|error| failure::engine(&error))?;
        }
        let trial = self.in_transaction.then_some(&self.instance.control);
        prepare::prepare(&self.instance.session, text, types, trial)
    }

    /// The rows of parameters, with a column for each parameter.
    fn parameter_rows(
        &mut self,
        prepared: &Prepared,
        request: &Execute,
    ) -> Result<Vec<RecordBatch>, Stop> {
        let batches = params::decode(&request.parameters)?;
        let wanted = prepared.facts.parameter_types.len();
        let found = batches.first().map_or(0, RecordBatch::num_columns);
        let missing = batches.is_empty() && request.parameters.is_empty() && wanted > 0;
        if missing || (!batches.is_empty() && found != wanted) {
            return Err(failure::invalid(format!(
                "the statement has {wanted} parameters and {found} were given"
            ))
            .into());
        }
        let mut path_keys = false;
        for column in batches.iter().flat_map(RecordBatch::columns) {
            params::each_text(column, &mut |text| {
                path_keys |= secrets::text_has_path_keys(text);
                self.rules.check_text(text)
            })?;
        }
        if path_keys && self.secrets.is_stale(true) {
            self.fit_secrets(true)?;
        }
        Ok(batches)
    }

    /// Remembers what a statement that has run did to the session.
    fn note(&mut self, prepared: &Prepared, text: &SqlText<'_>) -> Result<(), Failure> {
        match prepared.transaction {
            TransactionChange::None => {}
            TransactionChange::Begins => {
                self.in_transaction = true;
                self.only_read_since = Some(text.sql.to_owned());
            }
            TransactionChange::Ends => {
                self.in_transaction = false;
                self.only_read_since = None;
            }
        }
        if prepared.facts.kind() == StatementKind::Prepare
            && let Some(name) = text.name(1)
        {
            if self.named.len() >= NAMED_MAX && !self.named.contains_key(name.as_ref()) {
                let name = quote_name(&name);
                self.set(&format!("DEALLOCATE {name}"))?;
                return Err(failure::limit(format!(
                    "more than {NAMED_MAX} prepared statements"
                )));
            }
            self.named.insert(name.into_owned(), text.sql.to_owned());
        } else if text.is_keyword(0, "deallocate") {
            let at = if text.is_keyword(1, "prepare") { 2 } else { 1 };
            match text.name(at) {
                Some(name) if !text.is_keyword(at, "all") => {
                    self.named.remove(name.as_ref());
                }
                _ => self.named.clear(),
            }
        }
        Ok(())
    }

    /// A statement of this kind comes next.
    fn may_change(&mut self, kind: StatementKind) {
        if !matches!(kind, StatementKind::Select | StatementKind::Explain) {
            self.only_read_since = None;
        }
    }

    /// Opens a transaction around several steps unless the client has one. True when it did.
    fn begin_unless_open(&mut self) -> Result<bool, Failure> {
        if self.in_transaction {
            return Ok(false);
        }
        self.interrupts
            .held(|| self.instance.session.run("BEGIN"))
            .map_err(|error| failure::engine(&error))?;
        Ok(true)
    }

    fn end_own(&mut self, own: bool, outcome: Result<(), Stop>) -> Result<(), Stop> {
        if !own {
            return outcome;
        }
        let requested = self.interrupts.is_requested();
        match outcome {
            Ok(()) if !requested => {
                self.interrupts
                    .held(|| self.instance.session.run("COMMIT"))
                    .map_err(|error| failure::engine(&error))?;
                Ok(())
            }
            Ok(()) => {
                self.roll_back()?;
                Err(failure::cancelled().into())
            }
            Err(stop) => {
                self.roll_back()?;
                match stop {
                    // The interrupt is over now, so what it caused is told here.
                    Stop::Failure(failure)
                        if requested && failure.kind() == FailureKind::FailureEngine =>
                    {
                        Err(failure::cancelled().into())
                    }
                    stop => Err(stop),
                }
            }
        }
    }

    /// Not interruptible: it must happen.
    fn roll_back(&mut self) -> Result<(), Failure> {
        drop(self.interrupts.disarm());
        self.instance
            .session
            .run("ROLLBACK")
            .map_err(|error| failure::engine(&error))
    }

    fn go_on(&self) -> Result<(), Failure> {
        if self.interrupts.is_requested() {
            Err(failure::cancelled())
        } else {
            Ok(())
        }
    }
}

/// What makes DuckDB's functions for the user say this name.
pub(super) fn user_macros(user: &str) -> String {
    let user = quote_text(user);
    ["current_user", "session_user", "user"]
        .map(|function| format!("CREATE TEMP MACRO \"{function}\"() AS {user};"))
        .concat()
}

/// After such a fault DuckDB refuses everything until it is opened again.
fn is_fatal(failure: &Failure) -> bool {
    ["FATAL", "INTERNAL"]
        .iter()
        .any(|class| failure.duckdb_class.eq_ignore_ascii_case(class))
}

fn no_such_cursor() -> Failure {
    tavana_common::failure::new(
        FailureKind::FailureNoSuchCursor,
        "the cursor does not exist",
    )
}

fn header(prepared: &Prepared) -> ResultHeader {
    ResultHeader {
        kind: prepared.facts.kind,
        returns_rows: prepared.facts.returns_rows,
        columns: prepared.facts.columns.clone(),
        schema: prepared.facts.schema.clone(),
    }
}

/// Runs a statement without rows of its own to its end. DuckDB tells the number of changed rows as
/// a row; CREATE TABLE AS does so without calling it that, and plain DDL gives no row.
fn changed_rows(result: &mut QueryResult) -> Result<Option<u64>, ErrorText> {
    let mut changed = (result.kind() == ResultKind::ChangedRows).then_some(0);
    while let Some(chunk) = result.fetch()? {
        if let Some(count) = chunk.first_bigint() {
            *changed.get_or_insert(0) += u64::try_from(count).unwrap_or(0);
        }
    }
    Ok(changed)
}

/// A statement whose returned rows are the rows it changed.
fn changes_rows(prepared: &Prepared) -> bool {
    matches!(
        prepared.facts.kind(),
        StatementKind::Insert
            | StatementKind::Update
            | StatementKind::Delete
            | StatementKind::Merge
    )
}
