//! The owner of all engine processes of a worker.
//!
//! A request becomes a [`Checkout`]: a slot, memory and an engine, either from the [`pool`] or the
//! one of its pinned session. [`admission`] decides, [`process`] talks to the process, which is a
//! copy of the [`template`] and is killed by its [`handle`], and dropping
//! the checkout gives everything back. No DuckDB runs in this process: whatever a statement does
//! to its engine, it does to nobody else's.

pub(crate) mod admission;
pub(crate) mod aside;
pub(crate) mod checkout;
pub(crate) mod credentials;
pub(crate) mod egress;
pub(crate) mod extensions;
mod handle;
mod leases;
pub(crate) mod ledger;
pub(crate) mod limits;
mod pool;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod queries;
pub(crate) mod sessions;
mod share;
mod spill;
mod stderr;
pub(crate) mod stop;
mod template;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tavana_common::failure;
use tavana_common::ids::{GatewayId, SessionId, WorkerId};
use tavana_common::proto::engine::{Extension, Grant, Start};
use tavana_common::proto::v1::{Failure, FailureKind, Pin, Role, Setting, WorkerStatus};
use tavana_common::secret::ClusterKey;
use tavana_common::task::Task;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tracing::{debug, info, warn};

use self::admission::{Bounds, Length, Refusal, Share};
use self::aside::{Place, Shelf};
use self::checkout::Checkout;
use self::credentials::{FIRST_FETCH_MAX, Refresh, Store, Vault};
use self::ledger::{Ledger, Slot};
use self::limits::Kernel;
use self::pool::Pool;
use self::process::{Blueprint, Engine, Owner, StartError};
use self::queries::Queries;
use self::sessions::{GatewayLease, Pinned, Sessions, Turn};
use self::share::Shares;
use self::spill::SpillRoot;
use self::stop::{StopReason, Watch};
use self::template::Template;
use crate::error::WorkerError;
use crate::settings::{WorkerSettings, readable_folder};

/// How often idle engines and abandoned sessions are looked at, at least.
const SWEEP_EVERY: Duration = Duration::from_millis(500);
/// Sweeps without any statement before the memory of buffers is given back.
const IDLE_SWEEPS: u32 = 4;
/// Memory of buffers that stays for the next results, also when nothing runs.
const KEPT_BYTES_MAX: u64 = 64 << 20;
/// Pause after an engine failed to start; it doubles up to the second value.
const RESTART_PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// How long a request waits for an idle engine to put on disk what it holds above its floor.
const SHRINK_WAIT_MAX: Duration = Duration::from_secs(5);
/// What the next limit is that an idle engine is asked to obey when it holds more than the last.
const SHRINK_STEP: u64 = 4;
/// How long closing a session waits for the death of its engine.
const CLOSE_MAX: Duration = Duration::from_secs(5);
/// How long a draining worker refuses work at least before it goes: gateways hear of its state
/// within a part of this.
const NOTICE: Duration = Duration::from_millis(250);
/// How often a draining worker looks whether it may go.
const DRAIN_LOOK: Duration = Duration::from_millis(20);
/// A session that pauses for longer does not keep a draining worker: it may hold an engine for days.
const SESSION_PAUSE_MAX: Duration = Duration::from_secs(5);
/// How long stopped statements may take to end when the worker drains: the ladder and a death.
const STOP_MAX: Duration = Duration::from_secs(4);
/// How long killed engines may take to be dead, and their folders to be gone, when the worker ends.
/// A kernel that waits for a slow disk has taken more than four seconds.
const DEATHS_MAX: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Supervisor {
    worker: WorkerId,
    /// Opens what gateways of the cluster have sealed.
    cluster_key: Option<ClusterKey>,
    ledger: Arc<Ledger>,
    pool: Mutex<Pool>,
    sessions: Arc<Sessions>,
    queries: Arc<Queries>,
    blueprint: Blueprint,
    /// Names of the extensions that engines have.
    extensions: Vec<String>,
    vault: Arc<Vault>,
    /// Results that are set aside.
    shelf: Shelf,
    threads: u32,
    shares: Shares,
    /// Messages of a result between its engine's socket and its client's stream.
    result_messages_max: usize,
    engine_idle_max: Duration,
    session_lease: Duration,
    duckdb_version: OnceLock<String>,
    kernel: Kernel,
    /// What the kernel allows; followed.
    memory_limit_bytes: AtomicU64,
    buffers: Mutex<Buffers>,
    /// The budget is a part of that.
    follows_limit: bool,
    health: Health,
    /// `None` after the end.
    refresh: Mutex<Option<Refresh>>,
    upkeep: Mutex<Vec<Task<()>>>,
}

/// Whose request it is, in which session, and what is set there.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) session: SessionId,
    pub(crate) gateway: GatewayId,
    pub(crate) principal: Arc<str>,
    /// What `current_user` says.
    pub(crate) user: Arc<str>,
    pub(crate) pin: Pin,
    /// What the engine sets; nothing secret.
    pub(crate) settings: Vec<Setting>,
    pub(crate) store: Store,
    pub(crate) role: Role,
    /// Memory that the request is thought to need; 0 = not known.
    pub(crate) memory_bytes: u64,
    /// How long it is thought to run.
    pub(crate) length: Length,
}

/// Whether a request takes one of the worker's slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    Statement,
    /// So short that it is not counted, and allowed while draining.
    Housekeeping,
}

impl Supervisor {
    pub(crate) fn cluster_key(&self) -> Option<&ClusterKey> {
        self.cluster_key.as_ref()
    }

    pub(crate) fn result_messages_max(&self) -> usize {
        self.result_messages_max
    }

    /// Verifies what the settings promise and starts the first engine.
    pub(crate) async fn start(settings: &WorkerSettings) -> Result<Arc<Self>, WorkerError> {
        let bounds = Bounds::new(
            settings.slots,
            settings.pinned_sessions_max,
            settings.prefork.saturating_add(settings.idle_engines_max),
            settings.memory_budget_bytes,
        )
        .with_reserved(settings.reserved_slots)
        .for_each_principal(
            settings.engines_per_principal_max,
            settings.sessions_per_principal_max,
        );
        let extensions = verified_extensions(settings).await?;
        let allowed_directories = allowed_directories(settings)?;
        let spill = SpillRoot::create(&settings.spill_directory).map_err(|source| {
            WorkerError::SpillDirectory {
                path: settings.spill_directory.clone(),
                source,
            }
        })?;
        let vault = Arc::new(Vault::new(settings.credentials.clone()));
        let (deployment, _) = vault.secrets(&Store::default());
        let spill_bytes_each = settings.spill_bytes_max / u64::from(settings.slots.max(1));
        let start = Start {
            spill_directory: String::new(),
            spill_bytes_max: spill_bytes_each,
            memory_bytes_max: bounds.grant_bytes,
            memory_budget_bytes: bounds.memory_budget_bytes,
            threads: settings.threads,
            allowed_directories,
            extensions,
            http_timeout_seconds: settings.http_timeout_seconds,
            http_retries: settings.http_retries,
            network_allow: settings.egress.network_allow_with(&deployment),
            endpoints_allow: settings.egress.endpoints_allow.clone(),
            credential_chain_allowed: settings.egress.credential_chain_allowed,
            admin_statements: settings.egress.admin_statements.clone(),
        };
        info!(
            slots = bounds.slots,
            threads = settings.threads,
            memory_budget_mib = bounds.memory_budget_bytes >> 20,
            grant_mib = bounds.grant_bytes >> 20,
            pinned_sessions_max = bounds.pinned_sessions_max,
            engines_max = bounds.engines_max,
            "worker bounds"
        );
        let refresh = Refresh::begin(&vault);
        let supervisor = Arc::new(Self {
            worker: WorkerId::mint(),
            cluster_key: settings.cluster_key.clone(),
            ledger: Arc::new(Ledger::new(bounds, Arc::clone(&settings.metrics))),
            pool: Mutex::new(Pool::new(settings.prefork, settings.idle_engines_max)),
            sessions: Arc::new(Sessions::default()),
            queries: Arc::new(Queries::default()),
            extensions: start
                .extensions
                .iter()
                .map(|extension| extension.name.clone())
                .collect(),
            blueprint: Blueprint {
                template: Template::new(settings.engine.clone(), start),
                spill: Arc::new(spill),
            },
            vault,
            shelf: Shelf::new(spill_bytes_each, settings.spill_bytes_max),
            threads: settings.threads,
            shares: Shares::new(settings.threads),
            result_messages_max: settings.result_messages_max,
            engine_idle_max: settings.engine_idle_max,
            session_lease: settings.session_lease,
            duckdb_version: OnceLock::new(),
            memory_limit_bytes: AtomicU64::new(settings.kernel.memory_bytes()),
            buffers: Mutex::default(),
            kernel: settings.kernel.clone(),
            follows_limit: settings.memory_follows_limit,
            health: Health::new(),
            refresh: Mutex::new(None),
            upkeep: Mutex::new(Vec::new()),
        });
        // The C library reads the limit when a program starts. An engine that finds it in force need
        // not execute itself again, which would double the cost of its linking.
        if let Err(error) = crate::engine::limits::set_stack() {
            debug!(%error, "engines set the limit of their stacks themselves");
        }
        // Also without prefork the first engine is started: a worker that cannot run one must say
        // so now and not to its first client.
        let first = supervisor
            .start_engine()
            .await
            .map_err(|error| WorkerError::Engine(error.text()))?;
        drop(supervisor.pool().put_fresh(first));
        supervisor.begin_upkeep();
        supervisor.await_credentials(refresh).await;
        Ok(supervisor)
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    pub(crate) fn queries(&self) -> &Arc<Queries> {
        &self.queries
    }

    /// A place for a result of `principal` that is set aside.
    pub(crate) fn shelf_place(&self, principal: &Arc<str>) -> Result<Place, Failure> {
        match self.blueprint.spill.file() {
            Ok(file) => self.shelf.place(principal, file),
            Err(error) => {
                let text = format!("a result could not be set aside: {error}");
                Err(failure::new(FailureKind::FailureInternal, text))
            }
        }
    }

    pub(crate) fn threads(&self) -> u32 {
        self.threads
    }

    pub(crate) fn shares(&self) -> &Shares {
        &self.shares
    }

    pub(crate) fn health(&self) -> watch::Receiver<bool> {
        self.health.told.subscribe()
    }

    /// Waits a while for the first credentials of the deployment. Without them the worker serves,
    /// because users with credentials of their own need nothing of them, but is not healthy.
    async fn await_credentials(self: &Arc<Self>, refresh: Refresh) {
        let first = refresh.first();
        *self.refresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh);
        tokio::pin!(first);
        if timeout(FIRST_FETCH_MAX, &mut first).await.is_ok() {
            return;
        }
        warn!("not ready: there are no credentials of the infrastructure yet");
        self.health
            .change(|condition| condition.has_credentials = false);
        let rest = self
            .refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(Refresh::first);
        let supervisor = Arc::downgrade(self);
        let later = tavana_common::task::spawn(async move {
            if let Some(rest) = rest {
                rest.await;
            }
            if let Some(supervisor) = supervisor.upgrade() {
                supervisor
                    .health
                    .change(|condition| condition.has_credentials = true);
            }
        });
        self.upkeep
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(later);
    }

    pub(crate) fn lease_gateway(&self, gateway: GatewayId) -> GatewayLease {
        self.sessions.lease(gateway)
    }

    /// The worker's word, as it is told to `gateway`.
    pub(crate) fn status(&self, gateway: GatewayId) -> WorkerStatus {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (idle_engines, fresh_engines) = {
            let pool = self.pool();
            (count(pool.idle()), count(pool.fresh()))
        };
        let here = count(self.queries.len());
        let of_others = count(self.queries.of_others_than(gateway));
        self.ledger.read(|admission| WorkerStatus {
            worker_id: self.worker.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            duckdb_version: self.duckdb_version.get().cloned().unwrap_or_default(),
            slots: admission.bounds().slots,
            reserved_slots: admission.bounds().reserved_slots,
            running: admission.running(),
            pinned_sessions: admission.pinned(),
            idle_engines,
            memory_budget_bytes: admission.bounds().memory_budget_bytes,
            memory_granted_bytes: admission.granted_bytes(),
            draining: admission.draining(),
            queued: here.saturating_sub(admission.running()),
            fresh_engines,
            memory_running_bytes: admission.running_bytes(),
            other_statements: of_others
                .max(admission.running() - admission.waited_for(gateway).slots),
            other_memory_running_bytes: admission.running_bytes()
                - admission.waited_for(gateway).bytes,
            memory_limit_bytes: self.memory_limit_bytes.load(Ordering::Relaxed),
        })
    }

    /// An engine for one request of `context`. Waits for the turn of a pinned session, and for an
    /// engine to start when none is there; never for a slot or for memory.
    ///
    /// # Cancel safety
    /// Cancel safe: whatever was taken is given back.
    pub(crate) async fn checkout(
        self: &Arc<Self>,
        context: &Context,
        load: Load,
        watch: &mut Watch,
    ) -> Result<Checkout, Failure> {
        if load == Load::Statement
            && context.pin != Pin::Required
            && self.ledger.read(admission::Admission::draining)
        {
            return Err(refused(Refusal::Draining));
        }
        match context.pin {
            Pin::None => {
                let slot = self.slot_for(context, false)?;
                let mut engine = watch.race(self.lease(context)).await??;
                engine.set_slot(Some(slot));
                Ok(Checkout::new(Arc::clone(self), Some(engine), None))
            }
            Pin::Start | Pin::Required => self.checkout_pinned(context, load, watch).await,
        }
    }

    async fn checkout_pinned(
        self: &Arc<Self>,
        context: &Context,
        load: Load,
        watch: &mut Watch,
    ) -> Result<Checkout, Failure> {
        loop {
            let found = self
                .sessions
                .find(context.session, context.gateway, &context.principal)?;
            let turn = match found {
                Some(pinned) => {
                    let mut turn = watch.race(pinned.turn()).await??;
                    if turn.seat.ended {
                        // It ended while this request waited: look again.
                        continue;
                    }
                    if !turn.seat.engine.as_ref().is_some_and(Engine::lives) {
                        warn!(session = %context.session, "the engine of a session died idle");
                        self.ledger.metrics.engines_lost.add_one();
                        drop(turn.seat.engine.take());
                        self.settle(None, Some(turn));
                        continue;
                    }
                    turn
                }
                None if context.pin == Pin::Required => {
                    return Err(failure::new(
                        FailureKind::FailureSessionLost,
                        "the session has no engine here any more: its transaction, temporary \
                         objects and cursors are lost",
                    ));
                }
                None => {
                    let pinning = self.ledger.pin(&context.principal).map_err(refused)?;
                    match self.sessions.open(
                        context.session,
                        context.gateway,
                        &context.principal,
                        pinning,
                    ) {
                        Some(turn) => turn,
                        None => continue,
                    }
                }
            };
            return self.occupy(context, load, watch, turn).await;
        }
    }

    /// Fits the engine of a session to its next request.
    async fn occupy(
        self: &Arc<Self>,
        context: &Context,
        load: Load,
        watch: &mut Watch,
        mut turn: Turn,
    ) -> Result<Checkout, Failure> {
        let engine = turn.seat.engine.take();
        let known = engine.is_some();
        // From here on dropping gives back what was taken, and ends a session without engine.
        let mut checkout = Checkout::new(Arc::clone(self), engine, Some(turn));
        let slot = match load {
            Load::Statement => Some(self.slot_for(context, known)?),
            Load::Housekeeping => None,
        };
        if !known {
            checkout.put(watch.race(self.lease(context)).await??);
        } else if load == Load::Statement {
            watch
                .race(self.refit(checkout.engine()?, context))
                .await??;
        }
        checkout.engine()?.set_slot(slot);
        Ok(checkout)
    }

    /// Gives the engine of a session its full memory again, and its session's present credentials.
    async fn refit(
        self: &Arc<Self>,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(), Failure> {
        self.grow(engine, context).await.map_err(refused)?;
        self.assign(engine, context).await
    }

    /// Gives an engine that kept little or started with little its full memory.
    async fn grow(self: &Arc<Self>, engine: &mut Engine, context: &Context) -> Result<(), Refusal> {
        let share = self.share_for(context);
        if let Some(memory) = engine.memory()
            && memory.bytes() < share.full
        {
            while let Err(refusal) = memory.grow(share.full, share.full) {
                if !self.make_room().await {
                    return memory.grow(share.full, share.least).map_err(|_| refusal);
                }
            }
        }
        Ok(())
    }

    fn slot_for(&self, context: &Context, in_session: bool) -> Result<Slot, Failure> {
        let slot = self.ledger.slot(
            context.gateway,
            &context.principal,
            context.length,
            in_session,
        );
        slot.map_err(refused)
    }

    fn share_for(&self, context: &Context) -> Share {
        self.ledger
            .read(|admission| admission.share_for(context.memory_bytes))
    }

    /// Takes from an idle engine what it has more than its next request needs. `false` when it has
    /// to die for that.
    async fn trim(&self, engine: &mut Engine, bytes: u64) -> bool {
        if engine.granted_bytes() <= bytes {
            return true;
        }
        let grant = Grant {
            memory_bytes: bytes,
            threads: self.threads,
            ordinary_cpu_millis: u32::MAX,
        };
        match engine.shrink(grant).await {
            Ok(()) => true,
            Err(failure) => {
                debug!(
                    pid = engine.pid(),
                    reason = failure.message,
                    "cannot shrink"
                );
                self.ledger.metrics.engines_retired.add_one();
                engine.kill().await;
                false
            }
        }
    }

    /// An engine of the pool, with memory granted, that serves nobody but the request's owner.
    async fn lease(self: &Arc<Self>, context: &Context) -> Result<Engine, Failure> {
        let owner = context.owner();
        let mut pause = self.shares.pause(&context.principal, Instant::now());
        loop {
            let idle = self.pool().take_idle(&owner);
            if let Some(mut engine) = idle {
                if !engine.lives() {
                    continue;
                }
                if !self.trim(&mut engine, self.share_for(context).full).await {
                    continue;
                }
                if let Err(refusal) = self.grow(&mut engine, context).await {
                    let floor = self.ledger.read(|a| a.bounds().idle_floor_bytes);
                    self.pool().put_shrunk(engine, floor);
                    return Err(refused(refusal));
                }
                self.assign(&mut engine, context).await?;
                return Ok(engine);
            }
            if !pause.is_zero() {
                sleep(std::mem::take(&mut pause)).await;
                continue;
            }
            // An idle engine of the same principal with other credentials gives way.
            let owned = match self.ledger.own(&context.principal) {
                Ok(owned) => owned,
                Err(refusal) => {
                    if self.retire_idle_of(&context.principal).await {
                        continue;
                    }
                    return Err(refused(refusal));
                }
            };
            let Share { full, least } = self.share_for(context);
            let memory = match self.ledger.memory(full, full) {
                Ok(memory) => memory,
                Err(_) if self.make_room().await => continue,
                Err(_) => self.ledger.memory(full, least).map_err(refused)?,
            };
            let fresh = self.pool().take_fresh();
            self.ledger.refill.notify_one();
            let mut engine = match fresh {
                Some(engine) => {
                    if !engine.lives() {
                        continue;
                    }
                    engine
                }
                None => self.start_engine().await.map_err(|error| {
                    if let NoEngine::Start(error) = &error {
                        warn!(%error, "an engine process did not start");
                    }
                    failure::new(FailureKind::FailureOverloaded, error.text())
                })?,
            };
            engine.set_memory(memory);
            engine.own(owned);
            self.assign(&mut engine, context).await?;
            return Ok(engine);
        }
    }

    /// Frees memory that nobody uses just now: an idle engine is shrunk, the longest idle first,
    /// else an idle pinned one, else the longest-idle engine dies. False when there is none.
    async fn make_room(self: &Arc<Self>) -> bool {
        self.shrink_longest_idle().await
            || self.shrink_pinned().await
            || self.retire_longest_idle().await
    }

    /// Shrinks the longest-idle engine that holds more than an idle one has to.
    async fn shrink_longest_idle(&self) -> bool {
        let floor = self
            .ledger
            .read(|admission| admission.bounds().idle_floor_bytes);
        let longest_idle = self.pool().take_idle_above(floor);
        let Some(mut engine) = longest_idle else {
            return false;
        };
        if self.trim(&mut engine, floor).await {
            self.pool().put_shrunk(engine, floor);
        }
        true
    }

    /// Shrinks the longest-idle engine of a session, as far as what it holds allows.
    async fn shrink_pinned(self: &Arc<Self>) -> bool {
        let floor = self
            .ledger
            .read(|admission| admission.bounds().pinned_floor_bytes);
        let mut idle: Vec<(Instant, Arc<Pinned>)> = self
            .sessions
            .all()
            .into_iter()
            .filter_map(|pinned| Some((pinned.turn_now()?.idle_above(floor)?, pinned)))
            .collect();
        idle.sort_by_key(|(since, _)| *since);
        for (_, pinned) in idle {
            // A request of its own may have come meanwhile.
            let turn = pinned.turn_now();
            let Some(turn) = turn.filter(|turn| turn.idle_above(floor).is_some()) else {
                continue;
            };
            if self.shrink(turn, floor).await {
                return true;
            }
        }
        false
    }

    /// Takes from an idle pinned engine what it does not need to keep what it holds, down to
    /// `floor`. Says whether memory has become free.
    async fn shrink(self: &Arc<Self>, mut turn: Turn, floor: u64) -> bool {
        let engine = turn.seat.engine.take();
        let session = turn.pinned.session;
        let threads = self.threads;
        // Dropping it puts the engine back.
        let mut checkout = Checkout::new(Arc::clone(self), engine, Some(turn));
        let (told, outcome) = oneshot::channel();
        // Not in the hands of the request that needs the memory: if it goes away, or waits no
        // longer, the conversation with somebody else's engine must still come to its end.
        let shrinking = async move {
            let Ok(engine) = checkout.engine() else {
                return;
            };
            let before = engine.granted_bytes();
            let mut limit = floor;
            let mut freed = false;
            while limit < before && !freed {
                let grant = Grant {
                    memory_bytes: limit,
                    threads,
                    ordinary_cpu_millis: u32::MAX,
                };
                match engine.shrink(grant).await {
                    Ok(()) => freed = true,
                    Err(failure) => {
                        debug!(%session, limit, reason = failure.message, "cannot shrink");
                        // It is on its way to the grave, and its memory will be free.
                        freed = !engine.is_quiet();
                        limit = limit.saturating_mul(SHRINK_STEP);
                    }
                }
            }
            drop(checkout);
            if told.send(freed).is_err() {
                debug!(%session, freed, "nobody waits for the memory of an idle engine any more");
            }
        };
        drop(self.ledger.run(shrinking));
        matches!(timeout(SHRINK_WAIT_MAX, outcome).await, Ok(Ok(true)))
    }

    async fn retire_idle_of(&self, principal: &str) -> bool {
        let idle = self.pool().take_idle_of(principal);
        let Some(mut engine) = idle else {
            return false;
        };
        self.ledger.metrics.engines_retired.add_one();
        engine.kill().await;
        true
    }

    async fn retire_longest_idle(&self) -> bool {
        let longest_idle = self.pool().take_longest_idle();
        let Some(mut engine) = longest_idle else {
            return false;
        };
        self.ledger.metrics.engines_retired.add_one();
        engine.kill().await;
        true
    }

    async fn start_engine(&self) -> Result<Engine, NoEngine> {
        let place = match self.ledger.place() {
            Ok(place) => place,
            Err(refusal) => {
                if !self.retire_longest_idle().await {
                    return Err(NoEngine::Refused(refusal));
                }
                self.ledger.place().map_err(NoEngine::Refused)?
            }
        };
        let (engine, version) = Engine::start(&self.blueprint, place, &self.ledger)
            .await
            .map_err(NoEngine::Start)?;
        self.duckdb_version.get_or_init(|| version);
        Ok(engine)
    }

    /// Gives an engine the secrets of its owner as they are now, as far as its extensions know
    /// their types. Does nothing when it has them already.
    async fn assign(&self, engine: &mut Engine, context: &Context) -> Result<(), Failure> {
        let owner = context.owner();
        if engine.owner() == Some(&owner) && engine.generation() == self.vault.generation() {
            return Ok(());
        }
        let (mut secrets, generation) = self.vault.secrets(&context.store);
        secrets.retain(|secret| {
            let needed = if secret.r#type == "azure" {
                "azure"
            } else {
                "httpfs"
            };
            self.extensions.iter().any(|extension| extension == needed)
        });
        engine.assign(&owner, secrets, generation).await
    }

    /// Puts an engine that is not busy where it belongs, and ends a session that has none.
    fn settle(&self, engine: Option<Engine>, turn: Option<Turn>) {
        let engine = engine.and_then(|mut engine| {
            if engine.is_quiet() {
                engine.set_slot(None);
                Some(engine)
            } else {
                engine.bury();
                None
            }
        });
        match (engine, turn) {
            (engine, Some(mut turn)) => {
                // A session that was closed under its last statement takes its engine with it.
                if turn.seat.ended || engine.is_none() {
                    turn.seat.ended = true;
                    self.sessions.remove(&turn.pinned);
                } else {
                    turn.seat.engine = engine;
                }
            }
            (Some(engine), None) => {
                let surplus = self.pool().put_idle(engine);
                if let Some(surplus) = surplus {
                    self.ledger.metrics.engines_retired.add_one();
                    drop(surplus);
                }
                self.ledger.touch();
            }
            (None, None) => {}
        }
    }

    /// Ends a session of `gateway`: what runs in it is killed, and so is its engine, unless the
    /// session left nothing in it.
    pub(crate) async fn close_session(
        &self,
        session: SessionId,
        gateway: GatewayId,
        left_nothing: bool,
    ) -> Result<(), Failure> {
        debug!(%session, %gateway, left_nothing, "a session is closed");
        match self.sessions.get(session) {
            Some(pinned) if pinned.gateway != gateway => {
                let text = "the session belongs to another gateway";
                Err(failure::new(FailureKind::FailurePermission, text))
            }
            Some(pinned) => {
                if !(left_nothing && self.release(&pinned)) {
                    self.end(&pinned).await;
                }
                Ok(())
            }
            None => {
                self.queries
                    .stop_session(session, StopReason::SessionClosed);
                Ok(())
            }
        }
    }

    /// Gives a session's engine back to its principal. `false` when something still runs or is open
    /// in it: then it is not as clean as its gateway thinks.
    fn release(&self, pinned: &Arc<Pinned>) -> bool {
        let Some(mut turn) = pinned.turn_now() else {
            return false;
        };
        if !turn.seat.cursors.is_empty() {
            return false;
        }
        self.sessions.remove(pinned);
        turn.seat.ended = true;
        let engine = turn.seat.engine.take();
        drop(turn);
        if let Some(engine) = engine {
            let surplus = self.pool().put_idle(engine);
            if let Some(surplus) = surplus {
                self.ledger.metrics.engines_retired.add_one();
                drop(surplus);
            }
        }
        self.ledger.touch();
        true
    }

    async fn end(&self, pinned: &Arc<Pinned>) {
        self.sessions.remove(pinned);
        self.queries
            .stop_session(pinned.session, StopReason::SessionClosed);
        // What ran was killed, what waited has left: the turn comes at once.
        let Ok(Ok(mut turn)) = timeout(CLOSE_MAX, pinned.turn()).await else {
            warn!(session = %pinned.session, "a closed session is still busy");
            return;
        };
        turn.seat.ended = true;
        let engine = turn.seat.engine.take();
        drop(turn);
        if let Some(mut engine) = engine {
            engine.kill().await;
        }
    }

    /// Refuses new work, lets running statements end within `grace`, then stops the rest. Sessions
    /// with an engine may go on within the grace time, as long as they do not pause for long: their
    /// transactions can end nowhere else. Returns how many statements had to be stopped.
    pub(crate) async fn drain(&self, grace: Duration) -> u32 {
        self.ledger.drain();
        self.health.change(|condition| condition.draining = true);
        info!(grace_seconds = grace.as_secs_f64(), "draining");
        let drained = async {
            // Gateways that have not heard of it yet must find somebody who tells them.
            sleep(NOTICE).await;
            while !self.queries.is_empty() || self.sessions.any_in_use(SESSION_PAUSE_MAX) {
                sleep(DRAIN_LOOK).await;
            }
        };
        let drained = timeout(grace, drained).await.is_ok();
        self.ledger.close();
        if drained {
            return 0;
        }
        let stopped = self.queries.stop_all(StopReason::Draining);
        if stopped == 0 {
            info!("the grace time is over for idle sessions");
            return 0;
        }
        warn!(
            statements = stopped,
            "stopping what still runs at the end of the grace time"
        );
        if timeout(STOP_MAX, self.queries.empty()).await.is_err() {
            warn!("some statements did not end");
        }
        u32::try_from(stopped).unwrap_or(u32::MAX)
    }

    /// Kills all engines and waits until they are dead.
    pub(crate) async fn shut_down(&self) {
        self.upkeep
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        drop(
            self.refresh
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        self.ledger.close();
        self.queries.stop_all(StopReason::Draining);
        let engines = self.pool().take_all();
        drop(engines);
        for pinned in self.sessions.all() {
            self.end(&pinned).await;
        }
        self.ledger.tasks.close();
        if timeout(DEATHS_MAX, self.ledger.tasks.wait()).await.is_err() {
            let engines = self.ledger.tasks.len();
            warn!(engines, "some engines are not dead yet");
        }
        // Last, because it takes the exits of engines.
        self.blueprint.template.end().await;
    }

    fn begin_upkeep(self: &Arc<Self>) {
        // The tasks hold the supervisor weakly: it owns them, not they it.
        let refill = tavana_common::task::spawn({
            let supervisor = Arc::downgrade(self);
            let ledger = Arc::clone(&self.ledger);
            async move {
                let mut pause = RESTART_PAUSE.0;
                while let Some(supervisor) = supervisor.upgrade() {
                    match supervisor.refill().await {
                        Ok(()) => {
                            pause = RESTART_PAUSE.0;
                            drop(supervisor);
                            ledger.refill.notified().await;
                        }
                        Err(error) => {
                            warn!(%error, "an engine process did not start");
                            supervisor
                                .health
                                .change(|condition| condition.starts_engines = false);
                            drop(supervisor);
                            sleep(pause).await;
                            pause = (pause * 2).min(RESTART_PAUSE.1);
                        }
                    }
                }
            }
        });
        let sweep = tavana_common::task::spawn({
            let supervisor = Arc::downgrade(self);
            async move {
                let mut ticks = interval(SWEEP_EVERY);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    match supervisor.upgrade() {
                        Some(supervisor) => supervisor.sweep().await,
                        None => return,
                    }
                }
            }
        });
        self.upkeep
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend([refill, sweep]);
    }

    /// Starts never-used engines until there are enough. One at a time: a burst of starts would
    /// take the cores from running statements.
    async fn refill(&self) -> Result<(), StartError> {
        while self.pool().wants_fresh() {
            let Ok(place) = self.ledger.place() else {
                return Ok(());
            };
            let (engine, _) = Engine::start(&self.blueprint, place, &self.ledger).await?;
            self.health
                .change(|condition| condition.starts_engines = true);
            drop(self.pool().put_fresh(engine));
        }
        Ok(())
    }

    /// Follows what the kernel allows: a container's limit may change while it runs.
    async fn follow_limit(self: &Arc<Self>) {
        let limit = self.kernel.memory_bytes();
        if self.memory_limit_bytes.swap(limit, Ordering::Relaxed) == limit {
            return;
        }
        self.ledger.touch();
        if !self.follows_limit {
            return;
        }
        let budget = limits::budget_of(limit);
        info!(
            limit_mib = limit >> 20,
            budget_mib = budget >> 20,
            "the memory limit has changed"
        );
        self.ledger.resize(budget);
        let is_over = || {
            let read =
                |a: &admission::Admission| a.granted_bytes() > a.bounds().memory_budget_bytes;
            self.ledger.read(read)
        };
        while is_over() && self.make_room().await {}
    }

    /// Gives the memory of buffers back to the kernel when nothing has run for a while. Those of
    /// many results at once leave the C library's pools full of holes, which it keeps.
    async fn tidy(&self) {
        let buffers = || self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if !buffers().is_due(self.queries.is_empty()) {
            return;
        }
        let trimmed = tavana_common::task::spawn_blocking(crate::engine::give_memory_back).await;
        if let Err(error) = trimmed {
            debug!(%error, "the memory of buffers was not given back");
        }
        buffers().kept_bytes = limits::resident_bytes();
    }

    async fn sweep(self: &Arc<Self>) {
        self.follow_limit().await;
        self.tidy().await;
        self.shares.sweep(Instant::now());
        let expired = self
            .pool()
            .take_expired(Instant::now(), self.engine_idle_max);
        for engine in expired {
            debug!(pid = engine.pid(), "an engine was idle for long");
            self.ledger.metrics.engines_retired.add_one();
            drop(engine);
        }
        let dead = self.pool().take_dead(|engine| engine.lives());
        for engine in dead {
            warn!(pid = engine.pid(), "an idle engine died");
            self.ledger.metrics.engines_lost.add_one();
            drop(engine);
        }
        for pinned in self.sessions.expired(self.session_lease) {
            warn!(
                session = %pinned.session,
                gateway = %pinned.gateway,
                "closing a session: its gateway is gone"
            );
            self.ledger.metrics.sessions_expired.add_one();
            self.end(&pinned).await;
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this process keeps of the memory of buffers.
#[derive(Debug, Default)]
struct Buffers {
    /// Sweeps in a row that found nothing running.
    idle: u32,
    /// What the process had when its memory was last given back.
    kept_bytes: u64,
}

impl Buffers {
    /// Whether to give memory back: once in each pause, when there is enough of it.
    fn is_due(&mut self, is_idle: bool) -> bool {
        self.idle = if is_idle {
            self.idle.saturating_add(1)
        } else {
            0
        };
        self.idle == IDLE_SWEEPS
            && limits::resident_bytes() > self.kept_bytes.saturating_add(KEPT_BYTES_MAX)
    }
}

/// Whether new work is welcome.
#[derive(Debug)]
struct Health {
    condition: Mutex<Condition>,
    told: watch::Sender<bool>,
}

#[derive(Debug)]
struct Condition {
    starts_engines: bool,
    has_credentials: bool,
    draining: bool,
}

impl Health {
    fn new() -> Self {
        Self {
            condition: Mutex::new(Condition {
                starts_engines: true,
                has_credentials: true,
                draining: false,
            }),
            told: watch::Sender::new(true),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Condition)) {
        let mut condition = self
            .condition
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut condition);
        let healthy = condition.starts_engines && condition.has_credentials && !condition.draining;
        // Under the lock, so that the last change is also told last.
        self.told
            .send_if_modified(|told| std::mem::replace(told, healthy) != healthy);
    }
}

impl Context {
    fn owner(&self) -> Owner {
        Owner {
            principal: Arc::clone(&self.principal),
            user: Arc::clone(&self.user),
            credentials: self.store.fingerprint(),
        }
    }
}

/// Why there is no engine for a request.
#[derive(Debug)]
enum NoEngine {
    Refused(Refusal),
    Start(StartError),
}

impl NoEngine {
    fn text(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.text().to_owned(),
            Self::Start(error) => error.to_string(),
        }
    }
}

fn refused(refusal: Refusal) -> Failure {
    Failure {
        hint: refusal.hint().to_owned(),
        ..failure::new(refusal.kind(), refusal.text())
    }
}

async fn verified_extensions(settings: &WorkerSettings) -> Result<Vec<Extension>, WorkerError> {
    let Some(folder) = settings.extensions_directory.clone() else {
        warn!("no folder of DuckDB extensions: object stores, Delta and Iceberg do not work");
        return Ok(Vec::new());
    };
    let verified = tavana_common::task::spawn_blocking(move || extensions::verify(&folder)).await;
    Ok(verified.map_err(|error| WorkerError::Engine(error.to_string()))??)
}

fn allowed_directories(settings: &WorkerSettings) -> Result<Vec<String>, WorkerError> {
    settings
        .allowed_directories
        .iter()
        .map(|path| {
            let refuse = |reason| WorkerError::AllowedDirectory {
                path: path.clone(),
                reason,
            };
            let folder = readable_folder(path).map_err(refuse)?;
            folder
                .to_str()
                .map(str::to_owned)
                .ok_or_else(|| refuse("is not valid UTF-8".to_owned()))
        })
        .collect()
}
