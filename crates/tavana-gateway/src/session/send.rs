//! The way of one statement to a worker and of the first word of its answer back: admission, choice,
//! and what is sent again.

use std::sync::{Arc, PoisonError};

use prost::Message as _;
use tavana_common::catalog::DATABASE_SETTING;
use tavana_common::failure;
use tavana_common::ids::QueryId;
use tavana_common::proto::v1::{
    self, ExecuteRequest, Pin, PrepareRequest, ResultHeader, Role, SessionContext, Setting,
};
use tavana_common::secret::{ClusterKey, SEALED_SETTINGS, SEALED_SQL};
use tokio::time::Instant;
use tonic::Code;
use tracing::{debug, info};
use zeroize::Zeroizing;

use super::rows::{self, Limits, Remote};
use super::statement::Fingerprint;
use super::{Class, Facts, Parameters, Protocol, Rows, Session, Statement};
use crate::auth;
use crate::catalog::Owner as _;
use crate::error::{QueryError, SqlState};
use crate::queue::{End, Job, Needs, Permit, Work};
use crate::route::{Running, Wish, Worker};
use crate::worker::{Item, Reply};

impl Session {
    pub(super) async fn prepare_remote(
        &mut self,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, QueryError> {
        let plan = self.plan(statement);
        if let Some(refused) = plan.refused {
            return Err(QueryError::new(SqlState::FEATURE_NOT_SUPPORTED, refused));
        }
        if plan.count() > 1 {
            return Ok(Facts::default());
        }
        let key = self.answer_key(&plan, statement, "facts", &Parameters::declared(declared));
        if let Some(facts) = key.and_then(|key| self.known_facts(&key)) {
            return Ok(facts);
        }
        self.begin_on_worker().await?;
        let limits = self.limits();
        let session = self;
        let sql = session.sent(&plan, statement).into_owned();
        let (job, wish) = session.job(statement.text(), Work::Plan);
        let work = async {
            let give_up = session.give_up();
            let mut permit = session.admit(&job).await?;
            let mut lost_before = false;
            loop {
                let (worker, pin) = match &session.pinned {
                    Some(worker) => (Arc::clone(worker), Pin::Required),
                    None => {
                        let choose = || session.choose(None, &wish);
                        (session.when_usable(give_up, choose).await?, Pin::None)
                    }
                };
                let running = worker.begin();
                let request = PrepareRequest {
                    session: Some(session.context(pin)),
                    query_id: limits.query_id.to_string(),
                    sql: session.plain_sql(&sql),
                    sealed_sql: session.sealed_sql(&sql),
                    parameter_types: declared.to_vec(),
                    timeout_ms: timeout_ms(limits.deadline),
                };
                let error = match heard(&running, worker.client().prepare(request).await) {
                    Ok(facts) => {
                        permit.end(End::Well);
                        return Ok((facts, running.worker_id()));
                    }
                    Err(error) => error,
                };
                // The worker has the last word, as in `attempt`.
                if error.sqlstate == SqlState::TOO_MANY_CONNECTIONS && Instant::now() < give_up {
                    worker.refused();
                    drop(running);
                    if pin != Pin::None || !session.gateway.workers.have_room(&wish) {
                        permit = session.again(permit, give_up, error).await?;
                    }
                    continue;
                }
                // As in `attempt`: another worker takes it, as soon as this one's word is here.
                if error.sqlstate == SqlState::CANNOT_CONNECT_NOW
                    && pin == Pin::None
                    && Instant::now() < give_up
                {
                    worker.refused();
                    drop(running);
                    if !session.gateway.workers.another_than(&worker) {
                        permit = session.again(permit, give_up, error).await?;
                    }
                    continue;
                }
                // Planning changes nothing: an engine that was lost under it is no reason to fail.
                let again = !lost_before && pin == Pin::None && error.is_loss();
                if !again || !session.gateway.workers.may_retry() {
                    return Err(error);
                }
                lost_before = true;
            }
        };
        let facts = limits.hold(work).await;
        session.audit(&limits, facts.as_ref().err(), false);
        match facts {
            Ok((mut facts, worker)) => {
                Self::shape(&plan, &mut facts.columns);
                Self::shape_signals(&plan, &mut facts.columns);
                if let (Some(key), Some(worker)) = (key, worker) {
                    session.keep_facts(key, worker, &facts);
                }
                Ok(facts)
            }
            Err(error) => Err(session.locate(statement, error)),
        }
    }

    /// Queue, route, send; up to the first message after the header.
    pub(super) async fn run(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Rows, QueryError> {
        let plan = self.plan(statement);
        let sql = self.sent(&plan, statement).into_owned();
        let limits = self.limits();
        let started = Instant::now();
        let pins = *statement.class() != Class::Read || self.block.is_some();
        let work = if plan.only_catalog {
            Work::Look
        } else {
            Work::Run
        };
        let job = self.job(statement.text(), work);
        let result = limits
            .hold(self.attempt(&sql, &parameters, pins, &limits, job))
            .await;
        let outcome = result
            .as_ref()
            .err()
            .map_or("00000", |error| error.sqlstate.0);
        self.audit(&limits, result.as_ref().err(), pins);
        // Info for what changes something, debug for the many that read.
        let milliseconds = started.elapsed().as_millis();
        if pins {
            info!(query = %limits.query_id, session = %self.id, principal = %self.principal, protocol = ?self.protocol, outcome, milliseconds, "statement started");
        } else {
            debug!(query = %limits.query_id, session = %self.id, principal = %self.principal, protocol = ?self.protocol, outcome, milliseconds, "statement started");
        }
        let (mut header, remote, pinned) = result.map_err(|error| self.locate(statement, error))?;
        Self::shape(&plan, &mut header.columns);
        if let Some(worker) = pinned {
            self.pinned = Some(worker);
        }
        self.gateway.metrics.statement_started(self.protocol);
        Ok(Rows::remote(header, remote))
    }

    /// A line for what was denied, and for what an administrator changes.
    pub(super) fn audit(&self, limits: &Limits, error: Option<&QueryError>, changes: bool) {
        match error {
            Some(error) if error.sqlstate == SqlState::INSUFFICIENT_PRIVILEGE => {
                auth::audit::denied(&self.principal, self.protocol, limits.query_id);
            }
            None if changes && self.principal.role() == auth::Role::Admin => {
                auth::audit::admin(&self.principal, self.protocol, limits.query_id);
            }
            Some(_) | None => {}
        }
    }

    pub(super) async fn attempt(
        &self,
        sql: &str,
        parameters: &Parameters,
        pins: bool,
        limits: &Limits,
        (job, mut wish): (Job, Wish),
    ) -> Result<(ResultHeader, Remote, Option<Arc<Worker>>), QueryError> {
        let give_up = self.give_up();
        let begins = pins && self.pinned.is_none();
        let _beginning = if begins {
            Some(self.begin_pinned(&job).await?)
        } else {
            None
        };
        let mut permit = self.admit(&job).await?;
        wish.memory_bytes = permit.memory_bytes();
        self.gateway.workers.sent();
        let mut except: Option<Arc<Worker>> = None;
        let mut lost_before = false;
        loop {
            let (worker, pin) = match &self.pinned {
                Some(worker) => (Arc::clone(worker), Pin::Required),
                None if pins => {
                    let target = || self.pin_target(except.as_ref(), &wish);
                    (self.when_usable(give_up, target).await?, Pin::Start)
                }
                None => {
                    let choose = || self.choose(except.as_ref(), &wish);
                    (self.when_usable(give_up, choose).await?, Pin::None)
                }
            };
            let running = worker.begin();
            let request = ExecuteRequest {
                memory_bytes: wish.memory_bytes,
                short: permit.is_short(),
                compression: self.compression.into(),
                session: Some(self.context(pin)),
                query_id: limits.query_id.to_string(),
                sql: self.plain_sql(sql),
                sealed_sql: self.sealed_sql(sql),
                parameter_types: parameters.types.clone(),
                parameters: parameters.ipc.clone(),
                timeout_ms: timeout_ms(limits.deadline),
            };
            match first_message(&worker, &running, request).await {
                Ok((header, reply, ahead)) => {
                    let remote = Remote {
                        reply,
                        ahead: [ahead].into(),
                        limits: limits.clone(),
                        permit,
                        running,
                    };
                    let pinned = (pin == Pin::Start).then_some(worker);
                    return Ok((header, remote, pinned));
                }
                // The worker has the last word: nothing was started there.
                Err(error)
                    if error.sqlstate == SqlState::TOO_MANY_CONNECTIONS
                        && Instant::now() < give_up =>
                {
                    worker.refused();
                    drop(running);
                    if pin == Pin::Start {
                        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    }
                    // What it waits for may be held by sessions whose next statement ends them: the
                    // slot is theirs meanwhile.
                    if pin == Pin::Required || !self.gateway.workers.have_room(&wish) {
                        permit = self.again(permit, give_up, error).await?;
                    }
                    except = None;
                }
                // It drains and has refused: nothing was started there, and another one takes it.
                Err(error)
                    if error.sqlstate == SqlState::CANNOT_CONNECT_NOW
                        && pin != Pin::Required
                        && Instant::now() < give_up =>
                {
                    *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    worker.refused();
                    drop(running);
                    if self.gateway.workers.another_than(&worker) {
                        except = Some(worker);
                    } else {
                        permit = self.again(permit, give_up, error).await?;
                        except = None;
                    }
                }
                // Nothing of the answer was seen and nothing can have been changed: once more.
                Err(error)
                    if error.is_loss()
                        && pin == Pin::None
                        && !lost_before
                        && self.gateway.workers.may_retry() =>
                {
                    self.gateway.metrics.statement_retried();
                    lost_before = true;
                    except = self.gateway.workers.another_than(&worker).then_some(worker);
                    if except.is_none() {
                        // Its own word, or its silence, comes within this time.
                        self.gateway.workers.changed_or(worker_pause()).await;
                    }
                }
                Err(error) => {
                    permit.end(rows::end_of(&error));
                    return Err(error);
                }
            }
        }
    }

    /// Waits for a slot and asks `worker`; again while it has no room, because nothing has started
    /// there then.
    pub(super) async fn when_there_is_room<T, F>(
        &self,
        worker: &Arc<Worker>,
        job: &Job,
        ask: impl Fn() -> F,
    ) -> Result<(T, Permit, Running), QueryError>
    where
        F: Future<Output = Result<T, QueryError>>,
    {
        let give_up = self.give_up();
        let mut permit = self.admit(job).await?;
        loop {
            let running = worker.begin();
            match ask().await {
                Ok(answer) => return Ok((answer, permit, running)),
                Err(error)
                    if error.sqlstate == SqlState::TOO_MANY_CONNECTIONS
                        && Instant::now() < give_up =>
                {
                    // As in `attempt`: the slot belongs to others meanwhile.
                    worker.refused();
                    drop(running);
                    permit = self.again(permit, give_up, error).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Until when a statement that begins now waits for a slot.
    pub(super) fn give_up(&self) -> Instant {
        Instant::now() + self.gateway.settings.queue_wait_max
    }

    /// What the queue and the routing must know of a statement.
    pub(super) fn job(&self, text: &str, work: Work) -> (Job, Wish) {
        let Fingerprint { statement, sources } = Fingerprint::of(text);
        let job = Job {
            principal: Arc::from(self.principal.id()),
            user: Arc::from(self.principal.name()),
            pid: self.activity.as_ref().map_or(0, |activity| activity.pid),
            // To plan a statement is another thing than to run it.
            statement: match work {
                Work::Plan => !statement,
                Work::Look | Work::Run => statement,
            },
            work,
            needs: match self.pinned {
                Some(_) => Needs::Slot,
                None => Needs::Engine,
            },
        };
        let wish = Wish {
            sources,
            memory_bytes: 0,
        };
        (job, wish)
    }

    /// Waits until this session may ask for an engine of its own.
    pub(super) async fn begin_pinned(&self, job: &Job) -> Result<Permit, QueryError> {
        let tell = |position| self.news.waits(position);
        let beginning = self.gateway.queue.begin(job, &tell).await;
        beginning.map_err(|error| self.not_admitted(error))
    }

    /// Waits for a slot.
    pub(super) async fn admit(&self, job: &Job) -> Result<Permit, QueryError> {
        let tell = |position| self.news.waits(position);
        let permit = self.gateway.queue.admit(job, &tell).await;
        permit.map_err(|error| self.not_admitted(error))
    }

    /// Waits once more for a slot, where the statement stood before; at `give_up` the client hears
    /// why the worker has no room.
    pub(super) async fn again(
        &self,
        permit: Permit,
        give_up: Instant,
        refusal: QueryError,
    ) -> Result<Permit, QueryError> {
        let tell = |position| self.news.waits(position);
        permit.again(give_up, &tell).await.map_err(|_| refusal)
    }

    /// What `choose` finds, as soon as there is a worker, and before `give_up`: whoever has a slot
    /// waits for one as those do who wait for a slot.
    pub(super) async fn when_usable<T>(
        &self,
        give_up: Instant,
        choose: impl Fn() -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        loop {
            match choose() {
                Err(error)
                    if error.sqlstate == SqlState::CANNOT_CONNECT_NOW
                        && Instant::now() < give_up =>
                {
                    self.gateway.workers.changed_or(worker_pause()).await;
                }
                found => return found,
            }
        }
    }

    pub(super) fn not_admitted(&self, error: QueryError) -> QueryError {
        if self.gateway.workers.any_usable() {
            error
        } else {
            no_worker(error)
        }
    }

    /// Where a session that has no engine yet gets one: the same worker each time it tries.
    pub(super) fn pin_target(
        &self,
        except: Option<&Arc<Worker>>,
        wish: &Wish,
    ) -> Result<Arc<Worker>, QueryError> {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*tried {
            return Ok(Arc::clone(worker));
        }
        let worker = self.choose(except, wish)?;
        *tried = Some(Arc::clone(&worker));
        Ok(worker)
    }

    pub(super) fn choose(
        &self,
        except: Option<&Arc<Worker>>,
        wish: &Wish,
    ) -> Result<Arc<Worker>, QueryError> {
        self.gateway.workers.choose(except, wish)
    }

    pub(super) fn limits(&self) -> Limits {
        let timeout = self.settings.statement_timeout().or_else(|| {
            let default = self.gateway.settings.query_timeout;
            (!default.is_zero()).then_some(default)
        });
        Limits {
            query_id: QueryId::mint(),
            cancelled: self.canceller.current(),
            deadline: timeout
                .map(|timeout| Instant::now() + timeout)
                .into_iter()
                .chain(self.transaction_deadline())
                .min(),
        }
    }

    /// The key that workers have, too.
    pub(super) fn shared_key(&self) -> Option<&ClusterKey> {
        self.gateway.settings.cluster_key.as_ref()
    }

    /// A statement's text on its way to a worker that cannot unseal it.
    pub(super) fn plain_sql(&self, text: &str) -> String {
        self.shared_key()
            .map_or_else(|| text.to_owned(), |_| String::new())
    }

    /// A statement's text on its way to a worker: it may hold credentials.
    pub(super) fn sealed_sql(&self, text: &str) -> Vec<u8> {
        self.shared_key()
            .map_or_else(Vec::new, |key| key.seal(SEALED_SQL, text.as_bytes()))
    }

    pub(super) fn context(&self, pin: Pin) -> SessionContext {
        let mut settings = self.settings.for_worker();
        if self.protocol == Protocol::Postgres {
            settings.push(Setting {
                name: DATABASE_SETTING.to_owned(),
                value: self.database(),
            });
        }
        let sealed_settings = match self.shared_key().filter(|_| !settings.is_empty()) {
            Some(key) => {
                let message = v1::Settings {
                    settings: std::mem::take(&mut settings),
                };
                key.seal(SEALED_SETTINGS, &Zeroizing::new(message.encode_to_vec()))
            }
            None => Vec::new(),
        };
        SessionContext {
            session_id: self.id.to_string(),
            gateway_id: self.gateway.id.to_string(),
            principal: self.principal.id().to_owned(),
            user: self.principal.name().to_owned(),
            pin: pin.into(),
            settings,
            sealed_settings,
            role: match self.principal.role() {
                auth::Role::ReadOnly => Role::Readonly,
                auth::Role::ReadWrite => Role::Readwrite,
                auth::Role::Admin => Role::Admin,
            }
            .into(),
            own_credentials_only: self.principal.own_credentials_only(),
        }
    }
}

pub(super) async fn first_message(
    worker: &Arc<Worker>,
    running: &Running,
    request: ExecuteRequest,
) -> Result<(ResultHeader, Reply, Item), QueryError> {
    let stream = heard(running, worker.client().execute(request).await)?;
    let mut reply = Reply::new(stream);
    let header = reply.header().await?;
    let ahead = reply.next().await?;
    Ok((header, reply, ahead))
}

/// A worker's answer, which also tells whether the worker can be reached.
pub(super) fn heard<T>(
    running: &Running,
    answer: Result<tonic::Response<T>, tonic::Status>,
) -> Result<T, QueryError> {
    match answer {
        Ok(response) => {
            running.answered();
            Ok(response.into_inner())
        }
        Err(status) => {
            let lost = matches!(
                status.code(),
                Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled
            );
            if lost && failure::from_status(&status).is_none() {
                running.failed();
            } else {
                running.answered();
            }
            Err(QueryError::from_status(&status))
        }
    }
}

/// How long to wait for a worker to say something new.
pub(super) fn worker_pause() -> std::time::Duration {
    std::time::Duration::from_millis(50)
}

pub(super) fn no_worker(error: QueryError) -> QueryError {
    QueryError {
        sqlstate: SqlState::CANNOT_CONNECT_NOW,
        message: "no worker is ready".to_owned(),
        ..error
    }
}

pub(super) fn timeout_ms(deadline: Option<Instant>) -> u64 {
    deadline.map_or(0, |deadline| {
        let left = deadline
            .saturating_duration_since(Instant::now())
            .as_millis();
        u64::try_from(left).unwrap_or(u64::MAX).max(1)
    })
}
