//! The way of one statement to a worker and of the first word of its answer back: admission, choice,
//! and what is sent again.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use prost::Message as _;
use tavana_common::catalog::DATABASE_SETTING;
use tavana_common::failure;
use tavana_common::ids::QueryId;
use tavana_common::proto::v1::{
    self, CancelRequest, ExecuteRequest, Pin, PrepareRequest, ResultHeader, Role, SessionContext,
    Setting,
};
use tavana_common::secret::{ClusterKey, SEALED_SETTINGS, SEALED_SQL};
use tokio::time::{Instant, sleep, timeout};
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
use crate::route::{Avoided, Running, Wish, Worker};
use crate::worker::{Ahead, Reply};

/// How often a statement is run again because an object changed while it was read.
const OBJECT_CHANGES_MAX: u32 = 2;

/// How long the worker's last word on a statement that was stopped is waited for: an engine that
/// does not listen is killed before.
const LAST_WORD_MAX: Duration = Duration::from_secs(5);

/// A statement on its way.
pub(super) struct Sent {
    pub(super) worker: Arc<Worker>,
    pub(super) pin: Pin,
    /// The session had, or may have had, an engine there before this statement.
    pub(super) has_engine: bool,
    pub(super) running: Running,
}

impl Session {
    pub(super) async fn prepare_remote(
        &mut self,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, QueryError> {
        let plan = self.plan_in_turn(statement).await;
        if let Some(refused) = plan.refused {
            return Err(refused.into());
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
            let mut avoided = Avoided::default();
            let mut lost_before = false;
            loop {
                let (running, pin) = match &session.pinned {
                    Some(worker) => (worker.begin(wish.memory_bytes), Pin::Required),
                    None => {
                        let begin = || session.begin_at_best(&avoided, &wish);
                        (session.when_usable(give_up, begin).await?, Pin::None)
                    }
                };
                let worker = Arc::clone(running.worker());
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
                if error.is_refusal() && Instant::now() < give_up {
                    let sent = Sent {
                        worker,
                        pin,
                        has_engine: pin == Pin::Required,
                        running,
                    };
                    let refused =
                        session.refused(error, sent, permit, &wish, &mut avoided, give_up);
                    permit = refused.await?;
                    continue;
                }
                // Planning changes nothing: an engine that was lost under it is no reason to fail.
                let again = !lost_before && pin == Pin::None && error.is_loss();
                if !again || !session.gateway.workers.may_retry() {
                    return Err(error);
                }
                lost_before = true;
                session.avoid_lost(&mut avoided, worker).await;
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
        self.run_within(self.limits(), statement, parameters).await
    }

    /// [`Self::run`], with other limits than the session's.
    pub(super) async fn run_within(
        &mut self,
        limits: Limits,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Rows, QueryError> {
        let plan = self.plan_in_turn(statement).await;
        let sql = self.sent(&plan, statement).into_owned();
        let started = Instant::now();
        let pins = *statement.class() != Class::Read || self.block.is_some();
        let work = if plan.only_catalog {
            Work::Look
        } else {
            Work::Run
        };
        let job = self.job(statement.text(), work);
        let attempt = self.attempt(&sql, &parameters, pins, &limits, job);
        let result = if *statement.class() == Class::Read {
            limits.hold(attempt).await
        } else {
            self.hold_change(&limits, attempt).await
        };
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
        let mut permit = match &limits.in_queue {
            Some(waiting) => waiting.hold(self.admit(&job)).await?,
            None => self.admit(&job).await?,
        };
        wish.memory_bytes = permit.memory_bytes();
        self.gateway.workers.sent();
        let has_engine = self.may_have_engine();
        let mut avoided = Avoided::default();
        let mut lost_before = false;
        let mut changes_left = OBJECT_CHANGES_MAX;
        loop {
            let (running, pin) = match &self.pinned {
                Some(worker) => (worker.begin(wish.memory_bytes), Pin::Required),
                None if pins => {
                    let target = || self.begin_at_pin_target(&avoided, &wish);
                    (self.when_usable(give_up, target).await?, Pin::Start)
                }
                None => {
                    let begin = || self.begin_at_best(&avoided, &wish);
                    (self.when_usable(give_up, begin).await?, Pin::None)
                }
            };
            let worker = Arc::clone(running.worker());
            self.place.note(limits.query_id, &worker);
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
                    let remote = Remote::new(reply, ahead, limits.clone(), permit, running);
                    let pinned = (pin == Pin::Start).then_some(worker);
                    return Ok((header, remote, pinned));
                }
                // The worker has the last word: nothing was started there.
                Err(error) if error.is_refusal() && Instant::now() < give_up => {
                    self.place.forget();
                    let sent = Sent {
                        worker,
                        pin,
                        has_engine,
                        running,
                    };
                    let refused = self.refused(error, sent, permit, &wish, &mut avoided, give_up);
                    permit = refused.await?;
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
                    self.avoid_lost(&mut avoided, worker).await;
                }
                // The same, but that it ended by itself: the next try reads what the object is now.
                Err(error) if error.object_changed && !pins && changes_left > 0 => {
                    self.gateway.metrics.statement_retried();
                    changes_left -= 1;
                }
                Err(error) => {
                    if error.is_refusal() && !has_engine {
                        self.forget_tried();
                    }
                    permit.end(rows::end_of(&error));
                    return Err(error);
                }
            }
        }
    }

    /// As [`Limits::hold`], for what may change something: once it was sent, the worker is told to
    /// stop it and its own word counts, so that nobody hears of a cancel when all was done.
    pub(super) async fn hold_change<T>(
        &self,
        limits: &Limits,
        work: impl Future<Output = Result<T, QueryError>>,
    ) -> Result<T, QueryError> {
        tokio::pin!(work);
        let stopped = match limits.hold(async { Ok(work.as_mut().await) }).await {
            Ok(ended) => return ended,
            Err(stopped) => stopped,
        };
        let Some(worker) = self.place.worker_of(limits.query_id) else {
            return Err(stopped);
        };
        let last_word = async {
            tokio::select! {
                ended = work => ended,
                () = self.stop_at(&worker, limits.query_id) => Err(stopped.clone()),
            }
        };
        match timeout(LAST_WORD_MAX, last_word).await {
            Ok(Err(error)) if error.sqlstate == SqlState::QUERY_CANCELED => Err(stopped),
            Ok(ended) => ended,
            Err(_) => Err(stopped),
        }
    }

    /// Tells a worker to stop a statement of this session, until it has found it. Does not return.
    async fn stop_at(&self, worker: &Worker, query: QueryId) {
        let request = CancelRequest {
            query_id: query.to_string(),
            session_id: self.id.to_string(),
        };
        loop {
            match worker.control().cancel(request.clone()).await {
                Ok(answer) if answer.get_ref().found => std::future::pending().await,
                // It may be on its way.
                Ok(_) => {}
                Err(status) => debug!(%query, code = ?status.code(), "a cancel was not heard"),
            }
            sleep(worker_pause()).await;
        }
    }

    /// Whether a worker may keep an engine for this session: it does, or an earlier statement was
    /// sent there to get one.
    pub(super) fn may_have_engine(&self) -> bool {
        let tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        self.pinned.is_some() || tried.is_some()
    }

    /// No worker has an engine for this session.
    pub(super) fn forget_tried(&self) {
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The statement is sent once more, to another worker than `worker` where there is one.
    async fn avoid_lost(&self, avoided: &mut Avoided, worker: Arc<Worker>) {
        avoided.lost(worker);
        if !self.gateway.workers.another_than(avoided) {
            // Its own word, or its silence, comes within this time.
            self.gateway.workers.changed_or(worker_pause()).await;
        }
    }

    /// What becomes of a statement that a worker has refused, because it has no room or drains: the
    /// permit with which it is sent again, when it may be.
    pub(super) async fn refused(
        &self,
        error: QueryError,
        sent: Sent,
        permit: Permit,
        wish: &Wish,
        avoided: &mut Avoided,
        give_up: Instant,
    ) -> Result<Permit, QueryError> {
        let drains = error.sqlstate == SqlState::CANNOT_CONNECT_NOW;
        let Sent {
            worker,
            pin,
            has_engine,
            running,
        } = sent;
        if drains && pin == Pin::Required {
            return Err(QueryError::engine_ended());
        }
        worker.refused();
        drop(running);
        if pin == Pin::Start && (drains || !has_engine) {
            self.forget_tried();
        }
        if drains {
            avoided.drains(worker);
            return if self.gateway.workers.another_than(avoided) {
                Ok(permit)
            } else {
                self.again(permit, give_up, error).await
            };
        }
        // What it waits for may be held by sessions whose next statement ends them: the slot is
        // theirs meanwhile. A session stays where an engine may be kept for it.
        let stays = pin != Pin::None && has_engine;
        if stays || !self.gateway.workers.have_room(avoided, wish) {
            return self.again(permit, give_up, error).await;
        }
        Ok(permit)
    }

    /// Waits for a slot and asks `worker`, which has the session's engine; again while it has no
    /// room, because nothing has started there then.
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
        let mut avoided = Avoided::default();
        loop {
            let running = worker.begin(Wish::default().memory_bytes);
            match ask().await {
                Ok(answer) => return Ok((answer, permit, running)),
                Err(error) if error.is_refusal() && Instant::now() < give_up => {
                    let sent = Sent {
                        worker: Arc::clone(worker),
                        pin: Pin::Required,
                        has_engine: true,
                        running,
                    };
                    let wish = Wish::default();
                    let refused = self.refused(error, sent, permit, &wish, &mut avoided, give_up);
                    permit = refused.await?;
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

    /// What `begin` begins, as soon as there is a worker, and before `give_up`: whoever has a slot
    /// waits for one as those do who wait for a slot.
    pub(super) async fn when_usable<T>(
        &self,
        give_up: Instant,
        begin: impl Fn() -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        loop {
            match begin() {
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
    pub(super) fn begin_at_pin_target(
        &self,
        avoided: &Avoided,
        wish: &Wish,
    ) -> Result<Running, QueryError> {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*tried {
            return Ok(worker.begin(wish.memory_bytes));
        }
        let running = self.begin_at_best(avoided, wish)?;
        *tried = Some(Arc::clone(running.worker()));
        Ok(running)
    }

    fn begin_at_best(&self, avoided: &Avoided, wish: &Wish) -> Result<Running, QueryError> {
        self.gateway.workers.begin(avoided, wish)
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
            in_queue: None,
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
) -> Result<(ResultHeader, Reply, Ahead), QueryError> {
    let stream = heard(running, worker.execute(&request).await)?;
    let mut reply = Reply::new(stream);
    let (header, ahead) = reply.begin().await?;
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
pub(super) fn worker_pause() -> Duration {
    Duration::from_millis(50)
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
