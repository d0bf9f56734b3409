//! Transaction blocks as PostgreSQL clients see them (protocol, "ReadyForQuery").
//!
//! The block is the gateway's: DuckDB's own BEGIN is sent before the first statement inside it, so
//! an empty block costs nothing, and DuckDB's idea of a failed transaction, which differs from
//! PostgreSQL's, is never asked.

use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use super::rows::Limits;
use super::settings::SessionSettings;
use super::statement::TransactionModes;
use super::{Class, Completion, Notice, Parameters, Session, Statement};
use crate::error::{QueryError, SqlState};

/// How long a rollback waits for a slot before the client goes on without.
const ROLLBACK_WAIT_MAX: Duration = Duration::from_secs(1);

/// What ReadyForQuery tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionState {
    Idle,
    Open,
    Failed,
}

/// What ROLLBACK TO returns to.
#[derive(Clone, Debug)]
pub(crate) struct Savepoint {
    pub(crate) name: String,
    /// [`Block::writes`] at the time.
    pub(crate) writes: u64,
    /// The cursors that were open.
    pub(crate) cursors: Vec<String>,
    pub(crate) settings: SessionSettings,
    /// [`Block::local_before`] at the time.
    pub(crate) locals: Vec<(String, Option<String>)>,
}

/// A block that is open.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Made by several statements in one Query, not by BEGIN: clients see no block.
    pub(crate) implicit: bool,
    /// When it began.
    pub(crate) began: Instant,
    /// DuckDB's own transaction was begun for reading only.
    pub(crate) read_only: bool,
    pub(crate) failed: bool,
    /// DuckDB's own transaction is open.
    pub(crate) begun: bool,
    /// A query was answered, perhaps by the gateway alone.
    pub(crate) queried: bool,
    /// Something may have been written, so DuckDB's transaction cannot be begun anew.
    pub(crate) wrote: bool,
    /// Statements that may have written, and did not fail.
    pub(crate) writes: u64,
    pub(crate) savepoints: Vec<Savepoint>,
    /// The settings when the block began: ROLLBACK returns to them.
    pub(crate) settings_before: SessionSettings,
    /// What SET LOCAL replaced: COMMIT returns to these.
    pub(crate) local_before: Vec<(String, Option<String>)>,
}

impl Block {
    pub(crate) fn new(implicit: bool, settings: &SessionSettings) -> Self {
        Self {
            implicit,
            began: Instant::now(),
            read_only: false,
            failed: false,
            begun: false,
            queried: false,
            wrote: false,
            writes: 0,
            savepoints: Vec::new(),
            settings_before: settings.clone(),
            local_before: Vec::new(),
        }
    }

    /// The statement that begins DuckDB's transaction.
    pub(crate) fn begin_text(&self) -> &'static str {
        if self.read_only {
            "BEGIN TRANSACTION READ ONLY"
        } else {
            "BEGIN TRANSACTION"
        }
    }

    /// The newest savepoint of this name.
    pub(crate) fn savepoint(&self, name: &str) -> Option<&Savepoint> {
        self.savepoints
            .iter()
            .rfind(|savepoint| savepoint.name == name)
    }

    /// Forgets the savepoints made after `name`, and it too when `itself`. `false` = no such one.
    pub(crate) fn cut_savepoints(&mut self, name: &str, itself: bool) -> bool {
        match self
            .savepoints
            .iter()
            .rposition(|savepoint| savepoint.name == name)
        {
            Some(at) => {
                self.savepoints.truncate(if itself { at } else { at + 1 });
                true
            }
            None => false,
        }
    }
}

impl Session {
    /// Until when its client may be silent from now on, and what it hears then.
    pub(crate) fn patience(&self) -> Option<(Instant, QueryError)> {
        let in_block = self.block.as_ref().filter(|block| !block.implicit);
        let idle = self.settings.idle_timeout(in_block.is_some()).map(|time| {
            let (sqlstate, what) = if in_block.is_some() {
                (SqlState::IDLE_IN_TRANSACTION, "idle-in-transaction timeout")
            } else {
                (SqlState::IDLE_SESSION, "idle-session timeout")
            };
            (Instant::now() + time, sqlstate, what)
        });
        let whole = self.transaction_deadline().map(|deadline| {
            (
                deadline,
                SqlState::TRANSACTION_TIMEOUT,
                "transaction timeout",
            )
        });
        let (until, sqlstate, what) = idle
            .into_iter()
            .chain(whole)
            .min_by_key(|(until, _, _)| *until)?;
        let message = format!("terminating connection due to {what}");
        Some((until, QueryError::new(sqlstate, message)))
    }

    /// When the open transaction has lasted too long.
    pub(super) fn transaction_deadline(&self) -> Option<Instant> {
        let block = self.block.as_ref()?;
        let time = self.settings.transaction_timeout()?;
        Some(block.began + time)
    }

    /// Several statements in one Query run in one transaction, as PostgreSQL does it.
    pub(crate) fn begin_implicit(&mut self) {
        if self.block.is_none() {
            self.block = Some(Block::new(true, &self.settings));
            self.settings.begin_transaction();
        }
    }

    /// Ends what [`Self::begin_implicit`] began, if it is still open.
    ///
    /// # Errors
    /// When the commit fails.
    pub(crate) async fn end_implicit(&mut self, well: bool) -> Result<(), QueryError> {
        if self.block.as_ref().is_some_and(|block| block.implicit) {
            if well {
                self.commit().await?;
            } else {
                self.rollback().await?;
            }
        }
        Ok(())
    }

    pub(super) async fn begin(
        &mut self,
        modes: &TransactionModes,
        tag: &str,
    ) -> Result<Completion, QueryError> {
        let mut completion = Completion::tagged(tag);
        match &mut self.block {
            Some(block) if block.implicit => block.implicit = false,
            Some(_) => completion.notices.push(Notice::warning(
                SqlState::ACTIVE_TRANSACTION,
                "there is already a transaction in progress",
            )),
            None => {
                self.block = Some(Block::new(false, &self.settings));
                self.settings.begin_transaction();
            }
        }
        self.apply_modes(modes).await?;
        Ok(completion)
    }

    /// SET TRANSACTION.
    pub(super) async fn set_transaction(
        &mut self,
        modes: &TransactionModes,
    ) -> Result<Completion, QueryError> {
        let mut completion = Completion::tagged("SET");
        if self.block.is_some() {
            self.apply_modes(modes).await?;
        } else {
            completion.notices.push(Notice::warning(
                SqlState::NO_ACTIVE_TRANSACTION,
                "SET TRANSACTION can only be used in transaction blocks",
            ));
        }
        Ok(completion)
    }

    /// SET of a setting that tells what the transaction is; outside of one it does nothing.
    pub(super) async fn set_mode(
        &mut self,
        name: &str,
        value: Option<&str>,
    ) -> Result<Completion, QueryError> {
        let mut wanted = self.settings.clone();
        wanted.set(name, value)?;
        if self.block.is_some() {
            let (modes, now) = (
                wanted.transaction_modes(),
                self.settings.transaction_modes(),
            );
            let changed = TransactionModes {
                isolation: modes.isolation.filter(|_| modes.isolation != now.isolation),
                read_only: modes.read_only.filter(|_| modes.read_only != now.read_only),
                deferrable: modes
                    .deferrable
                    .filter(|_| modes.deferrable != now.deferrable),
            };
            self.apply_modes(&changed).await?;
        }
        Ok(Completion::tagged("SET"))
    }

    /// Makes the open transaction one of these modes.
    pub(super) async fn apply_modes(&mut self, modes: &TransactionModes) -> Result<(), QueryError> {
        let block = self.block.as_ref();
        let (begun, wrote) = block.map_or((false, false), |block| (block.begun, block.wrote));
        let queried = begun || block.is_some_and(|block| block.queried);
        if let Some(isolation) = modes.isolation {
            if queried && self.settings.transaction_isolation() != isolation {
                return Err(QueryError::new(
                    SqlState::ACTIVE_TRANSACTION,
                    "SET TRANSACTION ISOLATION LEVEL must be called before any query",
                ));
            }
            self.settings
                .set("transaction_isolation", Some(isolation))?;
        }
        if let Some(read_only) = modes.read_only
            && read_only != self.settings.transaction_read_only()
        {
            if queried && !read_only {
                return Err(QueryError::new(
                    SqlState::ACTIVE_TRANSACTION,
                    "transaction read-write mode must be set before any query",
                ));
            }
            if wrote {
                return Err(QueryError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "a transaction that has written cannot become read-only",
                ));
            }
            if begun {
                // It only read so far: the engine begins it anew, read-only.
                self.begin_anew().await;
            }
            let value = if read_only { "on" } else { "off" };
            self.settings.set("transaction_read_only", Some(value))?;
        }
        if let Some(deferrable) = modes.deferrable {
            let value = if deferrable { "on" } else { "off" };
            self.settings.set("transaction_deferrable", Some(value))?;
        }
        Ok(())
    }

    pub(super) async fn commit_block(&mut self, chain: bool) -> Result<Completion, QueryError> {
        let modes = self.chained("COMMIT AND CHAIN", chain)?;
        let implicit = self.block.as_ref().is_some_and(|block| block.implicit);
        let mut completion = self.commit().await?;
        if implicit {
            completion.notices.push(no_transaction());
        }
        self.begin_chained(modes).await?;
        Ok(completion)
    }

    pub(super) async fn rollback_block(&mut self, chain: bool) -> Result<Completion, QueryError> {
        let modes = self.chained("ROLLBACK AND CHAIN", chain)?;
        let implicit = self.block.as_ref().is_some_and(|block| block.implicit);
        let mut completion = self.rollback().await?;
        if implicit {
            completion.notices.push(no_transaction());
        }
        self.begin_chained(modes).await?;
        Ok(completion)
    }

    /// The modes that the next transaction takes over from this one.
    fn chained(&self, what: &str, chain: bool) -> Result<Option<TransactionModes>, QueryError> {
        if !chain {
            return Ok(None);
        }
        match &self.block {
            Some(block) if !block.implicit => Ok(Some(self.settings.transaction_modes())),
            _ => Err(outside_block(what)),
        }
    }

    async fn begin_chained(&mut self, modes: Option<TransactionModes>) -> Result<(), QueryError> {
        if let Some(modes) = modes {
            self.begin(&modes, "BEGIN").await?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<Completion, QueryError> {
        let Some(block) = &self.block else {
            let mut completion = Completion::tagged("COMMIT");
            completion.notices.push(no_transaction());
            return Ok(completion);
        };
        if block.failed {
            return self.rollback().await;
        }
        self.close_transaction_cursors(true).await?;
        let Some(block) = self.block.take() else {
            return Ok(Completion::tagged("COMMIT"));
        };
        for (name, value) in block.local_before.into_iter().rev() {
            self.settings.set(&name, value.as_deref())?;
        }
        self.settings.end_transaction();
        if block.begun {
            // Nobody could tell what became of a commit that was given up half-way; and clients
            // expect no cancel from a Sync.
            let limits = if block.implicit {
                Limits::none()
            } else {
                self.limits().until_sent()
            };
            let commit = self.run_internal_within(limits, "COMMIT").await;
            if let Err(error) = commit {
                self.settings = block.settings_before;
                // DuckDB may not have come as far as its own COMMIT.
                if !error.is_loss() {
                    self.rollback_on_worker().await;
                }
                self.close_transaction_cursors(false).await?;
                return Err(error);
            }
            self.open_on_worker = false;
        }
        self.cursors.hold();
        self.release_if_clean();
        Ok(Completion::tagged("COMMIT"))
    }

    async fn rollback(&mut self) -> Result<Completion, QueryError> {
        let mut completion = Completion::tagged("ROLLBACK");
        let Some(block) = self.block.take() else {
            completion.notices.push(no_transaction());
            return Ok(completion);
        };
        self.settings = block.settings_before;
        match self.close_transaction_cursors(false).await {
            Err(error) if error.is_loss() => self.failed(&error),
            other => other?,
        }
        if self.open_on_worker {
            self.rollback_on_worker().await;
        }
        self.release_if_clean();
        Ok(completion)
    }

    /// A rollback must work whatever happened before it, also a cancel. Where there is no slot for
    /// it soon, [`Self::settle`] makes up for it before the session's next statement.
    async fn rollback_on_worker(&mut self) {
        let soon = Limits {
            deadline: Some(Instant::now() + ROLLBACK_WAIT_MAX),
            ..Limits::none()
        };
        match self.end_on_worker(soon.until_sent()).await {
            // All of it is undone.
            Err(error) if error.is_loss() => self.failed(&error),
            Err(error) => {
                warn!(session = %self.id, error = %error.message, "a transaction is rolled back later");
            }
            Ok(()) => {}
        }
    }

    /// Ends on the worker what may be left there of a block that is no more.
    async fn settle(&mut self) -> Result<(), QueryError> {
        if self.open_on_worker {
            self.end_on_worker(self.limits()).await?;
        }
        Ok(())
    }

    async fn end_on_worker(&mut self, limits: Limits) -> Result<(), QueryError> {
        if self.may_have_engine() {
            match self.run_internal_within(limits, "ROLLBACK").await {
                Err(error) if error.sqlstate == SqlState::NO_ACTIVE_TRANSACTION => {}
                other => other?,
            }
        }
        self.open_on_worker = false;
        Ok(())
    }

    /// A session that only read in its transaction needs no engine of its own after it.
    pub(super) fn release_if_clean(&mut self) {
        if !self.left_something && self.block.is_none() && self.cursors.is_empty() {
            self.unpin();
        }
    }

    pub(super) fn savepoint(&mut self, name: &str) -> Result<Completion, QueryError> {
        match &mut self.block {
            Some(block) if !block.implicit => {
                block.savepoints.push(Savepoint {
                    name: name.to_owned(),
                    writes: block.writes,
                    cursors: self.cursors.names(),
                    settings: self.settings.clone(),
                    locals: block.local_before.clone(),
                });
                Ok(Completion::tagged("SAVEPOINT"))
            }
            _ => Err(outside_block("SAVEPOINT")),
        }
    }

    pub(super) fn release_savepoint(&mut self, name: &str) -> Result<Completion, QueryError> {
        match &mut self.block {
            Some(block) if !block.implicit => {
                if block.cut_savepoints(name, true) {
                    Ok(Completion::tagged("RELEASE"))
                } else {
                    Err(no_savepoint(name))
                }
            }
            _ => Err(outside_block("RELEASE SAVEPOINT")),
        }
    }

    /// DuckDB has no savepoints. Where the block wrote nothing, beginning it anew is the same; and
    /// where nothing was written since the savepoint, and what failed left DuckDB's transaction
    /// whole, there is nothing to undo.
    pub(super) async fn rollback_to_savepoint(
        &mut self,
        name: &str,
    ) -> Result<Completion, QueryError> {
        let Some(block) = self.block.as_mut().filter(|block| !block.implicit) else {
            return Err(outside_block("ROLLBACK TO SAVEPOINT"));
        };
        let Some(savepoint) = block.savepoint(name).cloned() else {
            return Err(no_savepoint(name));
        };
        let wrote_since = block.writes > savepoint.writes;
        let (begun, wrote) = (block.begun, block.wrote);
        if begun && wrote && (wrote_since || !self.transaction_is_whole().await?) {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "could not roll back to a savepoint after the transaction has written",
            )
            .with_hint("Roll back the whole transaction."));
        }
        self.close_cursors_except(&savepoint.cursors).await?;
        if begun && !wrote {
            self.begin_anew().await;
        }
        self.settings = savepoint.settings;
        if let Some(block) = &mut self.block {
            block.cut_savepoints(name, false);
            block.local_before = savepoint.locals;
            block.failed = false;
        }
        Ok(Completion::tagged("ROLLBACK"))
    }

    /// Whether DuckDB's transaction goes on after what failed in it: it does after statements that
    /// it could not bind, and not after those that failed while they ran.
    async fn transaction_is_whole(&mut self) -> Result<bool, QueryError> {
        let probe = Statement::internal("SELECT 1", Class::Read);
        let answer = match self.run(&probe, Parameters::none()).await {
            Ok(mut rows) => rows.finish().await.map(drop),
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => Ok(true),
            Err(error) if error.sqlstate == SqlState::IN_FAILED_TRANSACTION => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The next statement begins DuckDB's transaction once more.
    async fn begin_anew(&mut self) {
        if let Some(block) = &mut self.block {
            block.begun = false;
        }
        self.rollback_on_worker().await;
    }

    /// Sends the block's BEGIN before its first statement.
    pub(super) async fn begin_on_worker(&mut self) -> Result<(), QueryError> {
        let block = self.block.as_ref();
        if block.is_some_and(|block| block.begun || block.failed) {
            return Ok(());
        }
        self.settle().await?;
        let read_only = self.settings.transaction_read_only();
        let Some(block) = &mut self.block else {
            return Ok(());
        };
        block.read_only = read_only;
        let text = block.begin_text();
        // Said before it is sent: the answer may never be seen.
        self.open_on_worker = true;
        self.run_internal(text).await?;
        if let Some(block) = &mut self.block {
            block.begun = true;
        }
        Ok(())
    }

    /// SET CONSTRAINTS: DuckDB checks at once, or at the end where it must.
    pub(super) fn set_constraints(&self) -> Completion {
        let mut completion = Completion::tagged("SET CONSTRAINTS");
        completion.notices.push(if self.block.is_none() {
            Notice::warning(
                SqlState::NO_ACTIVE_TRANSACTION,
                "SET CONSTRAINTS can only be used in transaction blocks",
            )
        } else {
            Notice::note("constraints are always checked at once")
        });
        completion
    }

    /// LOCK TABLE: a session's tables are its own, and stores have no locks.
    pub(super) fn lock_table(&self) -> Result<Completion, QueryError> {
        if self.block.is_none() {
            return Err(outside_block("LOCK TABLE"));
        }
        let mut completion = Completion::tagged("LOCK TABLE");
        completion
            .notices
            .push(Notice::note("locks are accepted, none is taken"));
        Ok(completion)
    }
}

fn no_transaction() -> Notice {
    Notice::warning(
        SqlState::NO_ACTIVE_TRANSACTION,
        "there is no transaction in progress",
    )
}

fn outside_block(what: &str) -> QueryError {
    QueryError::new(
        SqlState::NO_ACTIVE_TRANSACTION,
        format!("{what} can only be used in transaction blocks"),
    )
}

fn no_savepoint(name: &str) -> QueryError {
    QueryError::new(
        SqlState("3B001"),
        format!("savepoint \"{name}\" does not exist"),
    )
}
