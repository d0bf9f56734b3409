//! The sessions of one connection: one for each principal that calls on it, from its first
//! statement until the connection ends.
//!
//! Statements that only read run concurrently while the session has no state of its own: each
//! gets a session for itself when the connection's is busy. As soon as the session has state (an
//! own engine, changed settings), its statements run on it one after the other.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tavana_common::proto::v1::Compression;
use tokio::sync::{OwnedMutexGuard, watch};
use tonic::Status;
use uuid::Uuid;

use super::expiry::Expiry;
use super::hold::{Hold, Holder, UNREAD_MIN};
use super::running::{Run, Running};
use super::shared::{SharedRuns, Shelf};
use super::stream::Reading;
use crate::Gateway;
use crate::auth::{Origin, Principal};
use crate::error::{QueryError, SqlState};
use crate::kept::{Keeper, Kept};
use crate::session::{
    Answer, Class, Facts, Parameters, Protocol, Rows, Session, Statement, TransactionState,
};

/// Principals that may call on one connection.
const PRINCIPALS_MAX: usize = 64;
/// Bound parameters that a connection keeps for its handles, in bytes.
pub(crate) const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The sessions of one connection.
pub(crate) struct Sessions {
    gateway: Arc<Gateway>,
    of: Mutex<HashMap<Principal, Arc<ClientSession>>>,
}

impl Sessions {
    pub(crate) fn new(gateway: Arc<Gateway>) -> Self {
        Self {
            gateway,
            of: Mutex::default(),
        }
    }

    /// The session of `principal` on this connection.
    pub(crate) fn session_of(
        &self,
        principal: &Principal,
        origin: Origin,
    ) -> Result<Arc<ClientSession>, Status> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = of.get(principal) {
            let Some(error) = session.expiry.ended() else {
                return Ok(Arc::clone(session));
            };
            let next = ClientSession::open(&self.gateway, principal.clone());
            // Its client hears of what it has lost; nothing was lost without state.
            *next.to_tell() = session.has_state().then(|| error.clone());
            *next.lost() = session.lost().take();
            of.insert(principal.clone(), Arc::clone(&next));
            return Ok(next);
        }
        if of.len() >= PRINCIPALS_MAX {
            return Err(Status::resource_exhausted(format!(
                "{PRINCIPALS_MAX} users have called on this connection already"
            )));
        }
        self.gateway.auth.note(principal, origin);
        let session = ClientSession::open(&self.gateway, principal.clone());
        of.insert(principal.clone(), Arc::clone(&session));
        Ok(session)
    }

    /// Ends the session of `principal` on this connection; its next statement opens a new one.
    pub(crate) fn end(&self, principal: &Principal) {
        let ended = self
            .of
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(principal);
        if let Some(session) = ended {
            session.runs().clear();
        }
    }
}

impl Drop for Sessions {
    /// What a session has begun by itself holds the session.
    fn drop(&mut self) {
        let of = self.of.get_mut().unwrap_or_else(PoisonError::into_inner);
        for session in of.values() {
            session.runs().clear();
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// A principal's session on one connection.
pub(crate) struct ClientSession {
    gateway: Arc<Gateway>,
    principal: Principal,
    id: Uuid,
    session: Arc<tokio::sync::Mutex<Session>>,
    /// The session had an engine of its own, or an open transaction, after its last statement.
    pinned: AtomicBool,
    /// A statement changed settings: only this session has them.
    configured: AtomicBool,
    /// The transaction that the client opened by BeginTransaction.
    transaction: Mutex<Option<Transaction>>,
    bindings: Mutex<Bindings>,
    /// Counts what it keeps of statements.
    keeper: Keeper,
    /// A transaction of our own is open. When its call is dropped in the middle, the next lease
    /// finds this still set.
    expects_rollback: AtomicBool,
    /// A statement that may change something has begun. When its call is dropped in the middle, the
    /// next lease finds this still set.
    unfinished: AtomicBool,
    /// Results that several calls read together.
    runs: Shelf,
    /// Statements so far that may change what others answer.
    changes: AtomicU64,
    /// The result that the session is busy with.
    hold: Mutex<Weak<Hold>>,
    /// The transaction that was rolled back with the session before, or with this one, and why.
    lost: Mutex<Option<(Uuid, QueryError)>>,
    /// Why the session before has ended, for the next statement.
    to_tell: Mutex<Option<QueryError>>,
    /// How often somebody has taken the session.
    uses: AtomicU64,
    /// The client begins or ends a transaction: how long an ingest may be silent from now on.
    ending: watch::Sender<Option<Duration>>,
    expiry: Expiry,
    this: Weak<Self>,
}

/// A transaction of BeginTransaction. It begins when a call first names it: nobody has the name of
/// one whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Transaction {
    id: Uuid,
    begun: bool,
}

impl ClientSession {
    fn open(gateway: &Arc<Gateway>, principal: Principal) -> Arc<Self> {
        let session = Session::open(gateway, principal.clone(), Protocol::Flight);
        Arc::new_cyclic(|this| Self {
            gateway: Arc::clone(gateway),
            principal,
            id: Uuid::new_v4(),
            session: Arc::new(tokio::sync::Mutex::new(session)),
            pinned: AtomicBool::new(false),
            configured: AtomicBool::new(false),
            transaction: Mutex::default(),
            bindings: Mutex::new(Bindings::new(KEPT_BYTES_MAX)),
            keeper: gateway.kept.keeper(),
            expects_rollback: AtomicBool::new(false),
            unfinished: AtomicBool::new(false),
            runs: Shelf::default(),
            changes: AtomicU64::new(0),
            hold: Mutex::default(),
            lost: Mutex::default(),
            to_tell: Mutex::default(),
            uses: AtomicU64::new(0),
            ending: watch::Sender::new(None),
            expiry: Expiry::default(),
            this: Weak::clone(this),
        })
    }

    /// The session, and how often it has been taken so far.
    pub(super) fn now(&self) -> (Arc<tokio::sync::Mutex<Session>>, u64) {
        let uses = self.uses.load(Ordering::Acquire);
        (Arc::clone(&self.session), uses)
    }

    /// Why the transaction `id` was rolled back without its client, who knows it from now on.
    pub(crate) fn why_lost(&self, id: Uuid) -> Option<QueryError> {
        let why = match &*self.lost() {
            Some((lost, why)) if *lost == id => why.clone(),
            Some(_) | None => return None,
        };
        drop(self.to_tell().take());
        Some(why)
    }

    fn lost(&self) -> std::sync::MutexGuard<'_, Option<(Uuid, QueryError)>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn to_tell(&self) -> std::sync::MutexGuard<'_, Option<QueryError>> {
        self.to_tell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expiry(&self) -> &Expiry {
        &self.expiry
    }

    /// Ends what the session has, and its transaction. Calls that have waited for it are told.
    pub(super) fn renew(&self, session: &mut Session, why: QueryError) {
        *session = Session::open(&self.gateway, self.principal.clone(), Protocol::Flight);
        *self.lost() = self.transaction().map(|id| (id, why));
        self.set_transaction(None);
        self.runs().clear();
    }

    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether a statement may run on this session only.
    pub(crate) fn has_state(&self) -> bool {
        self.pinned.load(Ordering::Acquire) || self.configured.load(Ordering::Acquire)
    }

    /// The id of this session, for what only it can answer.
    pub(crate) fn id(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    /// The results that several calls read together.
    pub(crate) fn runs(&self) -> std::sync::MutexGuard<'_, SharedRuns> {
        self.runs.lock()
    }

    /// What was said of a statement holds while this stays the same.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Notes that something may be different now.
    pub(crate) fn note_change(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// The id that tickets carry while the session has state; empty while any session will do.
    pub(crate) fn sealed_id(&self) -> Vec<u8> {
        if self.has_state() {
            self.id.as_bytes().to_vec()
        } else {
            Vec::new()
        }
    }

    /// Whether a ticket or handle that carries `sealed_id` may be used here.
    pub(crate) fn check_session(&self, sealed_id: &[u8]) -> Result<(), Status> {
        if sealed_id.is_empty() || sealed_id == self.id.as_bytes() {
            return Ok(());
        }
        Err(Status::failed_precondition(
            "the statement belongs to a session that has ended, or to another connection",
        ))
    }

    /// The transaction that is open, as tickets carry it; empty when there is none.
    pub(crate) fn sealed_transaction(&self) -> Vec<u8> {
        self.open_transaction()
            .filter(|transaction| transaction.begun)
            .map_or_else(Vec::new, |transaction| transaction.id.as_bytes().to_vec())
    }

    /// The transaction that the client opened.
    pub(crate) fn transaction(&self) -> Option<Uuid> {
        self.open_transaction().map(|transaction| transaction.id)
    }

    /// The transaction that the client opened and that no call has named yet.
    pub(crate) fn transaction_to_begin(&self) -> Option<Uuid> {
        self.open_transaction()
            .filter(|transaction| !transaction.begun)
            .map(|transaction| transaction.id)
    }

    fn open_transaction(&self) -> Option<Transaction> {
        *self
            .transaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the transaction `id`, which must be the open one, has begun.
    pub(crate) fn begun(&self, id: Uuid) -> Result<bool, Status> {
        self.open_transaction()
            .filter(|transaction| transaction.id == id)
            .map(|transaction| transaction.begun)
            .ok_or_else(not_open)
    }

    /// The client has opened a transaction, or closed the one it had.
    pub(crate) fn set_transaction(&self, id: Option<Uuid>) {
        *self
            .transaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner) =
            id.map(|id| Transaction { id, begun: false });
    }

    /// The connection's session inside of the transaction `id`.
    ///
    /// # Errors
    /// It is not open any more, or was not; 55006 as [`Self::lease`].
    pub(crate) async fn lease_in(&self, id: Uuid) -> Result<Lease, Status> {
        if let Some(why) = self.why_lost(id) {
            return Err(why.grpc_status());
        }
        if self.transaction() != Some(id) {
            return Err(not_open());
        }
        let mut lease = self.lease_own().await?;
        // It may have ended while this call waited.
        let transaction = self
            .open_transaction()
            .filter(|transaction| transaction.id == id)
            .ok_or_else(not_open)?;
        if !transaction.begun {
            let begin = Statement::internal("BEGIN", Class::begin());
            lease
                .execute(&begin, Parameters::none())
                .await
                .map_err(|error| self.status(&error))?;
            if let Some(open) = &mut *self
                .transaction
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
            {
                open.begun = true;
            }
            self.note_state(&lease);
        } else if lease.transaction() == TransactionState::Idle {
            return Err(QueryError::new(
                SqlState::NO_ACTIVE_TRANSACTION,
                "the transaction has ended already",
            )
            .grpc_status());
        }
        Ok(lease)
    }

    /// Gives room to what it keeps of statements.
    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    pub(crate) fn bindings(&self) -> std::sync::MutexGuard<'_, Bindings> {
        self.bindings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session to run `statement` on.
    ///
    /// # Errors
    /// 55006 when the session stays busy for the longest wait of the queue: its client has not
    /// read an earlier result to its end.
    pub(crate) async fn lease(&self, statement: &Statement) -> Result<Lease, Status> {
        if let Ok(guard) = Arc::clone(&self.session).try_lock_owned() {
            return self.settled(guard).await;
        }
        if !self.has_state() && *statement.class() == Class::Read {
            let extra = Session::open(&self.gateway, self.principal.clone(), Protocol::Flight);
            return Ok(Lease::Extra(Box::new(extra)));
        }
        self.lease_own().await
    }

    /// The connection's own session, when it is free. A result that it is busy with and that nobody
    /// reads is set aside for that.
    ///
    /// # Errors
    /// See [`Self::lease`].
    pub(crate) async fn lease_own(&self) -> Result<Lease, Status> {
        let free = async {
            tokio::select! {
                biased;
                guard = Arc::clone(&self.session).lock_owned() => guard,
                never = self.set_unread_aside() => match never {},
            }
        };
        match tokio::time::timeout(self.gateway.settings.queue_wait_max, free).await {
            Ok(guard) => self.settled(guard).await,
            Err(_) => Err(QueryError::new(
                SqlState::OBJECT_IN_USE,
                "the session is busy with an earlier statement",
            )
            .with_hint("Read its result to the end, or close it, or use another connection.")
            .grpc_status()),
        }
    }

    /// As [`Self::lease_own`], to begin or end a transaction. An ingest that sends nothing for
    /// `silence` meanwhile has been given up by its client, which may hold its stream open all the
    /// same.
    pub(crate) async fn lease_from_ingest(&self, silence: Duration) -> Result<Lease, Status> {
        struct Ending<'session>(&'session watch::Sender<Option<Duration>>);

        impl Drop for Ending<'_> {
            fn drop(&mut self) {
                self.0.send_replace(None);
            }
        }

        self.ending.send_replace(Some(silence));
        let _ending = Ending(&self.ending);
        self.lease_own().await
    }

    /// Ends when a client that sends nothing has called to begin or end a transaction.
    pub(crate) async fn is_given_up(&self) {
        let mut ending = self.ending.subscribe();
        loop {
            let wanted = ending.wait_for(Option::is_some).await.map(|wanted| *wanted);
            let Ok(Some(silence)) = wanted else {
                // The sender is this session's own.
                return std::future::pending().await;
            };
            tokio::time::sleep(silence).await;
            if ending.borrow().is_some() {
                return;
            }
        }
    }

    /// Sets aside whatever result the session is busy with and that nobody reads.
    async fn set_unread_aside(&self) -> Infallible {
        loop {
            let hold = self.hold().upgrade();
            if let Some(hold) = hold {
                hold.is_unread().await;
                hold.set_aside().await;
            }
            tokio::time::sleep(UNREAD_MIN).await;
        }
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, Weak<Hold>> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a statement with what they need while they are read.
    pub(crate) fn reading(&self, rows: Rows, lease: Option<Lease>, run: Run) -> Reading {
        let lease = lease.filter(|_| !rows.is_whole());
        let is_own = matches!(lease, Some(Lease::Own(_)));
        let holder = lease.map(|lease| Holder::new(lease, &rows));
        if let Some(holder) = holder.as_ref().filter(|_| is_own) {
            *self.hold() = holder.watch();
        }
        Reading::new(rows, holder, run)
    }

    /// Notes that a transaction of our own is open, or not any more.
    pub(crate) fn expect_rollback(&self, expected: bool) {
        self.expects_rollback.store(expected, Ordering::Release);
    }

    /// Notes that what may change something is under way, or has ended. Only for who has the
    /// connection's own session.
    pub(crate) fn note_unfinished(&self, lease: &Lease, unfinished: bool) {
        if let Lease::Own(_) = lease {
            self.unfinished.store(unfinished, Ordering::Release);
        }
    }

    /// The connection's session, after the rollback of what a dropped call left open.
    async fn settled(&self, mut guard: OwnedMutexGuard<Session>) -> Result<Lease, Status> {
        let over = self.to_tell().take();
        if let Some(error) = over.as_ref().or(self.expiry.ended()) {
            return Err(error.grpc_status());
        }
        self.uses.fetch_add(1, Ordering::AcqRel);
        if self.expects_rollback.load(Ordering::Acquire) {
            guard.begin_request();
            let rollback = Statement::internal("ROLLBACK", Class::Rollback { chain: false });
            guard
                .execute(&rollback, Parameters::none())
                .await
                .map_err(|error| error.grpc_status())?;
            self.expect_rollback(false);
        }
        if self.unfinished.swap(false, Ordering::AcqRel)
            && guard.transaction() == TransactionState::Open
        {
            // Nobody was told how far it came.
            guard.failed(&QueryError::canceled());
        }
        Ok(Lease::Own(guard))
    }

    /// A failure for the client, with the time after which the queue expects to have room.
    fn status(&self, error: &QueryError) -> Status {
        error.grpc_status_after(self.gateway.queue.retry_after())
    }

    /// Parses and binds, without running.
    pub(crate) async fn prepare(
        &self,
        lease: &mut Lease,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, Status> {
        lease.begin_request();
        lease
            .prepare(statement, declared)
            .await
            .map_err(|error| self.status(&error))
    }

    /// Runs `statement`, once for each row of `parameters`.
    pub(crate) async fn execute(
        &self,
        running: &Arc<Running>,
        mut lease: Lease,
        id: Uuid,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Executed, Status> {
        lease.begin_request();
        let run = running.enter(
            id,
            &self.principal,
            lease.canceller().current(),
            lease.place(),
        );
        let changes = *statement.class() != Class::Read;
        if changes {
            self.note_change();
        }
        self.note_unfinished(&lease, changes);
        let answer = tokio::select! {
            biased;
            () = run.ended().cancelled() => Err(QueryError::shutting_down()),
            answer = lease.execute(statement, parameters) => answer,
        };
        self.note_unfinished(&lease, false);
        if changes_settings(statement.class()) {
            self.configured.store(true, Ordering::Release);
        }
        self.note_state(&lease);
        lease.set_compression(Compression::None);
        let answer = answer.map_err(|error| self.status(&error))?;
        // Rows need nothing of a session without state; one with its own engine is busy until they
        // are read, and one that is here for this statement alone would end with the lease.
        let needed = matches!(lease, Lease::Extra(_)) || lease.is_pinned();
        let hold = needed.then_some(lease);
        Ok(Executed { answer, hold, run })
    }

    /// Runs a statement that returns no rows, for the session's own sake. The outer error is not
    /// the statement's.
    pub(crate) async fn run_word(
        &self,
        statement: &Statement,
    ) -> Result<Result<(), QueryError>, Status> {
        let mut lease = self.lease(statement).await?;
        lease.begin_request();
        self.note_change();
        self.note_unfinished(&lease, true);
        let answer = lease.execute(statement, Parameters::none()).await;
        self.note_unfinished(&lease, false);
        if changes_settings(statement.class()) {
            self.configured.store(true, Ordering::Release);
        }
        self.note_state(&lease);
        Ok(answer.map(drop))
    }

    /// Takes note of what state the session has after a statement.
    pub(crate) fn note_state(&self, lease: &Lease) {
        if let Lease::Own(session) = lease {
            let pinned = session.is_pinned() || session.transaction() != TransactionState::Idle;
            self.pinned.store(pinned, Ordering::Release);
            if session.patience().is_some() {
                self.expiry.watch(&self.this);
            }
        }
    }
}

impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSession")
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

fn not_open() -> Status {
    Status::invalid_argument("the transaction is not open on this connection")
}

/// Whether later statements depend on settings that this statement makes.
fn changes_settings(class: &Class) -> bool {
    match class {
        Class::Set { .. }
        | Class::SetTransaction { .. }
        | Class::SetCharacteristics { .. }
        | Class::Reset { .. }
        | Class::ResetAll
        | Class::DiscardAll
        | Class::Discard { .. }
        | Class::DeclareCursor { .. }
        | Class::Fetch { .. }
        | Class::CloseCursor { .. }
        | Class::Prepare { .. }
        | Class::Execute { .. }
        | Class::Deallocate { .. }
        | Class::Savepoint { .. }
        | Class::ReleaseSavepoint { .. }
        | Class::RollbackToSavepoint { .. } => true,
        Class::Read
        | Class::Stateful
        | Class::Begin { .. }
        | Class::Commit { .. }
        | Class::Rollback { .. }
        | Class::NoEffect { .. }
        | Class::LockTable
        | Class::SetConstraints
        | Class::Refused(_)
        | Class::Show { .. }
        | Class::Notification { .. }
        | Class::CopyOut { .. }
        | Class::CopyIn { .. } => false,
    }
}

/// What a statement answered, with what its rows need while they are read.
pub(crate) struct Executed {
    pub(crate) answer: Answer,
    pub(crate) hold: Option<Lease>,
    pub(crate) run: Run,
}

/// A session for one statement.
pub(crate) enum Lease {
    /// The connection's own.
    Own(OwnedMutexGuard<Session>),
    /// One for a statement that only reads, because the connection's own is busy.
    Extra(Box<Session>),
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        match self {
            Self::Own(guard) => guard,
            Self::Extra(session) => session,
        }
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Session {
        match self {
            Self::Own(guard) => guard,
            Self::Extra(session) => session,
        }
    }
}

/// Bound parameters, encoded for the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Tells it from others of the same handle.
    pub(crate) id: Uuid,
    /// Executions.
    pub(crate) rows: u64,
    /// DuckDB type of each parameter.
    pub(crate) types: Vec<String>,
    /// Arrow IPC stream.
    pub(crate) ipc: Bytes,
    /// The room that it takes.
    pub(crate) kept: Option<Arc<Kept>>,
}

/// Bindings that a connection keeps: those too large to travel inside a handle, and the last one of
/// each handle for clients that go on using the handle they had before they bound. When the bound
/// in bytes is reached the oldest goes first.
#[derive(Debug)]
pub(crate) struct Bindings {
    bytes_max: usize,
    bytes: usize,
    kept: HashMap<Uuid, Binding>,
    order: VecDeque<Uuid>,
}

impl Bindings {
    fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            bytes: 0,
            kept: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Keeps `binding` under `id` in place of an earlier one.
    ///
    /// # Errors
    /// When it alone is over the bound.
    pub(crate) fn keep(&mut self, id: Uuid, binding: Binding) -> Result<(), Status> {
        let cost = cost(&binding);
        if cost > self.bytes_max {
            return Err(Status::resource_exhausted(format!(
                "the bound parameters take {cost} bytes, {} are allowed",
                self.bytes_max
            )));
        }
        self.forget(id);
        while self.bytes + cost > self.bytes_max {
            let Some(oldest) = self.order.front().copied() else {
                break;
            };
            self.forget(oldest);
        }
        self.bytes += cost;
        self.order.push_back(id);
        self.kept.insert(id, binding);
        Ok(())
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<Binding> {
        self.kept.get(&id).cloned()
    }

    pub(crate) fn forget(&mut self, id: Uuid) {
        if let Some(binding) = self.kept.remove(&id) {
            self.bytes -= cost(&binding);
            self.order.retain(|kept| *kept != id);
        }
    }
}

/// What a kept binding is counted as, in bytes: its data and about what the maps need for it.
fn cost(binding: &Binding) -> usize {
    binding.ipc.len()
        + binding
            .types
            .iter()
            .map(|name| name.len() + 24)
            .sum::<usize>()
        + 256
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(bytes: usize) -> Binding {
        Binding {
            id: Uuid::nil(),
            rows: 1,
            types: Vec::new(),
            ipc: vec![0; bytes].into(),
            kept: None,
        }
    }

    #[test]
    fn kept_bindings_stay_within_their_bound_and_the_oldest_goes_first() {
        let mut bindings = Bindings::new(10_000);
        let ids: Vec<Uuid> = (0..100).map(|_| Uuid::new_v4()).collect();
        for id in &ids {
            bindings.keep(*id, binding(1000)).expect("below the bound");
            assert!(bindings.bytes <= 10_000, "{}", bindings.bytes);
        }
        assert_eq!(bindings.find(ids[0]), None);
        assert_eq!(bindings.find(ids[99]), Some(binding(1000)));
        bindings
            .keep(Uuid::new_v4(), binding(10_000))
            .expect_err("over the bound alone");
        assert!(
            bindings.find(ids[99]).is_some(),
            "a refused binding evicts nothing"
        );
        for id in &ids {
            bindings.forget(*id);
        }
        assert_eq!(
            (bindings.bytes, bindings.kept.len(), bindings.order.len()),
            (0, 0, 0)
        );
    }

    #[test]
    fn binding_a_handle_again_replaces_what_was_bound() {
        let mut bindings = Bindings::new(10_000);
        let id = Uuid::new_v4();
        for size in [10, 20, 30] {
            bindings.keep(id, binding(size)).expect("below the bound");
        }
        assert_eq!(bindings.find(id), Some(binding(30)));
        assert_eq!(bindings.order.len(), 1);
    }
}
