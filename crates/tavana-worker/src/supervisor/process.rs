//! One engine process: its birth, its conversations and its death.
//!
//! The conversation is strict: one request, its answers, a final answer. [`Engine`] knows where it
//! stands ([`Phase`]), so whoever holds it last can tell whether it may be used again. Everything
//! the engine occupies (its place, its memory, the slot of its statement, its spill folder) goes
//! into the grave with it and is free only when the process is dead.

use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;
use std::time::Duration;

use tavana_common::failure;
use tavana_common::proto::engine::{
    self, Assign, FromEngine, Grant, Interrupt, Ready, Start, ToEngine, from_engine, to_engine,
};
use tavana_common::proto::v1::{Batch, Failure, FailureKind, ResultHeader, StatementFacts};
use tokio::io::{self, AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf, pipe};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tracing::{debug, info, warn};
use zeroize::Zeroize;

use super::handle::Handle;
use super::ledger::{Buried, EnginePlace, Ledger, Memory, Owned, Slot};
use super::progress::Progress;
use super::spill::{SpillFolder, SpillRoot};
use super::stderr;
use super::stop::{StopReason, Watch};
use super::template::Template;
use crate::engine::main::ENDED_CLASS;
use crate::stream::{AsyncFrameReader, AsyncFrameWriter, CopyRequest, Frame, FrameError};

/// Until a new engine process says that its instance is open and locked. Where the disk is busy and
/// has not read DuckDB and its extensions before, half a minute has been seen.
pub(super) const START_MAX: Duration = Duration::from_secs(60);
/// Until an engine has taken its owner's secrets.
const ASSIGN_MAX: Duration = Duration::from_secs(10);
/// DuckDB misses an interrupt that arrives between two of its tasks: it is repeated.
const INTERRUPT_EVERY: Duration = Duration::from_millis(50);
/// An engine that has not listened for so long is killed.
const INTERRUPT_MAX: Duration = Duration::from_secs(2);
/// Until an engine has put on disk what a lower limit leaves no room for. DuckDB cannot be
/// interrupted in it, so one that takes longer is killed.
const SHRINK_MAX: Duration = Duration::from_secs(60);
/// Size asked for the socket between the two processes, so that they switch less often.
const SOCKET_BYTES: usize = 1 << 20;

/// What every engine of a worker has in common.
#[derive(Debug)]
pub(crate) struct Blueprint {
    pub(crate) template: Template,
    pub(crate) spill: Arc<SpillRoot>,
}

/// Whom an engine serves. It never serves anybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) principal: Arc<str>,
    /// What `current_user` says; a part of the principal.
    pub(crate) user: Arc<str>,
    /// Tells sets of credentials apart, see [`super::credentials::Store::fingerprint`].
    pub(crate) credentials: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Every request has had its final answer.
    Quiet,
    /// A request waits for its final answer.
    Busy,
    /// Not to be used again: dead, being killed, or broken.
    Spent,
}

#[derive(Debug)]
pub(crate) struct Engine {
    reader: AsyncFrameReader<OwnedReadHalf, FromEngine>,
    writer: AsyncFrameWriter<OwnedWriteHalf>,
    phase: Phase,
    owner: Option<Owner>,
    /// Of the infrastructure's credentials that it has, see [`super::credentials::Vault`].
    generation: u64,
    quiet_since: Instant,
    /// Of the request that it works on.
    progress: Progress,
    /// The end of a statement that was done although it was to stop: it follows its header.
    ahead: Option<engine::Done>,
    /// CPU time of the process that its principal has been charged.
    charged: Duration,
    /// Taken when the process is buried.
    body: Option<Box<Body>>,
    ledger: Arc<Ledger>,
}

/// What an engine occupies until it is dead.
#[derive(Debug)]
struct Body {
    process: Handle,
    log: tavana_common::task::Task<()>,
    memory: Option<Memory>,
    slot: Option<Slot>,
    _spill: SpillFolder,
    /// Counts it among its principal's.
    owned: Option<Owned>,
    _place: EnginePlace,
}

/// An answer of an engine that is not a failure.
#[derive(Debug)]
pub(crate) enum Reply {
    Header(ResultHeader),
    Batch(Batch),
    Facts(StatementFacts),
    Done(engine::Done),
}

/// What a statement that is to stop still said.
struct LastWords {
    header: Option<ResultHeader>,
    lost_rows: bool,
    /// Its end.
    reply: Result<Reply, Failure>,
}

/// Why an engine process is not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("spill folder: {0}")]
    Spill(io::Error),
    #[error("socket: {0}")]
    Socket(io::Error),
    #[error("{program}: {source}")]
    Spawn { program: String, source: io::Error },
    #[error("the process could not be copied: {0}")]
    Copy(io::Error),
    #[error("the process ended or spoke another language: {0}")]
    Conversation(String),
    #[error("{0}")]
    Refused(String),
    #[error("it was not ready within {} s", START_MAX.as_secs())]
    Slow,
    /// The template died while it was asked for a copy.
    #[error("the template of engines: {0}")]
    Template(Box<Self>),
}

impl Engine {
    /// Starts a process and waits until it is ready. Returns DuckDB's version too.
    pub(crate) async fn start(
        blueprint: &Blueprint,
        place: EnginePlace,
        ledger: &Arc<Ledger>,
    ) -> Result<(Self, String), StartError> {
        let started = match Self::copy(blueprint, place, ledger).await {
            Ok((engine, start)) => {
                // What fails or is not waited for any more is killed with its engine.
                let ready = timeout(START_MAX, engine.begin(start)).await;
                ready.unwrap_or(Err(StartError::Slow))
            }
            Err(error) => Err(error),
        };
        match &started {
            Ok(_) => ledger.metrics.engines_started.add_one(),
            Err(_) => ledger.metrics.engines_failed.add_one(),
        }
        started
    }

    async fn begin(mut self, start: Start) -> Result<(Self, String), StartError> {
        let ready = introduce(&mut self.reader, &mut self.writer, start).await?;
        self.quiet();
        Ok((self, ready.duckdb_version))
    }

    /// A process and the message with which it starts.
    async fn copy(
        blueprint: &Blueprint,
        place: EnginePlace,
        ledger: &Arc<Ledger>,
    ) -> Result<(Self, Start), StartError> {
        let spill = blueprint.spill.folder().map_err(StartError::Spill)?;
        let born = match Newborn::of(&blueprint.template).await {
            // A template that died meanwhile costs one more try, with other files.
            Err(StartError::Template(_)) => Newborn::of(&blueprint.template).await?,
            born => born?,
        };
        let Newborn {
            process,
            socket,
            words,
        } = born;
        let (reader, writer) = socket.into_split();

        let start = Start {
            spill_directory: spill
                .path()
                .to_str()
                .ok_or_else(|| StartError::Spill(io::Error::other("the path is not valid UTF-8")))?
                .to_owned(),
            ..Start::default()
        };
        let log = tavana_common::task::spawn(stderr::log(process.pid(), words));
        let body = Body {
            process,
            log,
            memory: None,
            slot: None,
            _spill: spill,
            owned: None,
            _place: place,
        };
        let engine = Self {
            reader: AsyncFrameReader::new(reader),
            writer: AsyncFrameWriter::new(writer),
            phase: Phase::Busy,
            owner: None,
            generation: 0,
            quiet_since: Instant::now(),
            progress: Progress::default(),
            ahead: None,
            charged: Duration::ZERO,
            body: Some(Box::new(body)),
            ledger: Arc::clone(ledger),
        };
        Ok((engine, start))
    }

    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Counts the engine among its principal's, until it is dead.
    pub(crate) fn own(&mut self, owned: Owned) {
        if let Some(body) = &mut self.body {
            body.owned = Some(owned);
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.body.as_ref().map_or(0, |body| body.process.pid())
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.phase == Phase::Quiet
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.phase == Phase::Busy
    }

    pub(crate) fn quiet_since(&self) -> Instant {
        self.quiet_since
    }

    /// Whether the process still runs. Costs one system call.
    pub(crate) fn lives(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.process.lives())
    }

    /// Bytes of the memory budget that it holds.
    pub(crate) fn granted_bytes(&self) -> u64 {
        self.body
            .as_ref()
            .and_then(|body| body.memory.as_ref())
            .map_or(0, Memory::bytes)
    }

    pub(crate) fn memory(&mut self) -> Option<&mut Memory> {
        self.body.as_mut().and_then(|body| body.memory.as_mut())
    }

    pub(crate) fn set_memory(&mut self, memory: Memory) {
        if let Some(body) = &mut self.body {
            body.memory = Some(memory);
        }
    }

    /// The slot stays with the engine until its statement has ended or its process is dead.
    pub(crate) fn set_slot(&mut self, mut slot: Option<Slot>) {
        if let Some(slot) = &mut slot {
            slot.holds(self.granted_bytes());
        }
        if let Some(body) = &mut self.body {
            body.slot = slot;
        }
    }

    /// Whoever sent its statement does not wait for it any more; the slot is taken until it ends.
    pub(crate) fn disown_slot(&mut self) {
        if let Some(slot) = self.body.as_mut().and_then(|body| body.slot.as_mut()) {
            slot.disown();
        }
    }

    /// What the engine may use for its next request.
    /// `ordinary` is the CPU time it has at ordinary priority.
    pub(crate) fn grant(&self, threads: u32, ordinary: Duration) -> Grant {
        Grant {
            memory_bytes: self.granted_bytes(),
            threads,
            ordinary_cpu_millis: u32::try_from(ordinary.as_millis()).unwrap_or(u32::MAX),
        }
    }

    /// CPU time of a request that took `elapsed`. What was used besides counts with the next one.
    pub(crate) fn charge(&mut self, elapsed: Duration) -> Duration {
        /// Where asking the kernel would cost more than it tells.
        const SHORT: Duration = Duration::from_millis(20);
        let total = match &self.body {
            Some(body) if elapsed >= SHORT => body.process.cpu_time(),
            _ => None,
        };
        let used = total.map_or(elapsed, |total| total.saturating_sub(self.charged));
        self.charged = total.unwrap_or(self.charged + used);
        used
    }

    /// Gives the engine its owner's secrets. Only the first owner's principal is ever set.
    pub(crate) async fn assign(
        &mut self,
        owner: &Owner,
        secrets: Vec<engine::Secret>,
        generation: u64,
    ) -> Result<(), Failure> {
        debug_assert!(
            self.owner
                .as_ref()
                .is_none_or(|old| old.principal == owner.principal)
        );
        let mut watch = Watch::within(ASSIGN_MAX);
        let mut frame = Frame::Message(ToEngine {
            message: Some(to_engine::Message::Assign(Assign {
                secrets,
                user: owner.user.to_string(),
            })),
        });
        let written = self.write(&frame, &mut watch).await;
        wipe(&mut frame);
        written?;
        match self.next(&mut watch).await? {
            Reply::Done(_) => {
                self.owner = Some(owner.clone());
                self.generation = generation;
                Ok(())
            }
            reply => Err(self.confused(&reply)),
        }
    }

    /// Makes the engine obey a lower memory limit. Its open results stay open, and an idle engine
    /// stays as idle as it was.
    ///
    /// # Errors
    /// When it holds more than that and cannot put it on disk; it keeps its limit then.
    pub(crate) async fn shrink(&mut self, grant: Grant) -> Result<(), Failure> {
        let mut watch = Watch::within(SHRINK_MAX);
        let quiet_since = self.quiet_since;
        self.send(to_engine::Message::Grant(grant), &mut watch)
            .await?;
        match self.next(&mut watch).await? {
            Reply::Done(_) => {
                self.quiet_since = quiet_since;
                if let Some(memory) = self.memory() {
                    memory.shrink(grant.memory_bytes);
                }
                Ok(())
            }
            reply => Err(self.confused(&reply)),
        }
    }

    /// Sends a request. On a failure the engine is spent or has been stopped.
    ///
    /// # Cancel safety
    /// The engine stays busy, and half a frame may be in the socket: [`Self::halt`] completes it.
    pub(crate) async fn send(
        &mut self,
        message: to_engine::Message,
        watch: &mut Watch,
    ) -> Result<(), Failure> {
        self.write(
            &Frame::Message(ToEngine {
                message: Some(message),
            }),
            watch,
        )
        .await
    }

    /// Sends a batch of an append.
    pub(crate) async fn send_batch(
        &mut self,
        batch: Batch,
        watch: &mut Watch,
    ) -> Result<(), Failure> {
        self.write(&Frame::Batch(batch), watch).await
    }

    async fn write(&mut self, frame: &Frame<ToEngine>, watch: &mut Watch) -> Result<(), Failure> {
        self.phase = Phase::Busy;
        self.ahead = None;
        self.progress = watch.progress().clone();
        let written = tokio::select! {
            biased;
            written = self.writer.write(frame) => Ok(written),
            reason = watch.tripped() => Err(reason),
        };
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error @ FrameError::TooLong { .. })) => {
                // Nothing was written.
                self.quiet();
                Err(failure::new(FailureKind::FailureLimit, error.to_string()))
            }
            Ok(Err(error)) => Err(self.lost(Some(error))),
            Err(reason) => Err(self.halt(reason).await),
        }
    }

    /// The next answer. A failure of the statement leaves the engine usable; the callers learn
    /// that from [`Self::is_quiet`]. When the statement must stop, this runs the ladder first.
    ///
    /// # Cancel safety
    /// Cancel safe: no frame is lost, and a ladder begins anew with [`Self::halt`].
    pub(crate) async fn next(&mut self, watch: &mut Watch) -> Result<Reply, Failure> {
        if let Some(done) = self.ahead.take() {
            return Ok(Reply::Done(done));
        }
        tokio::select! {
            biased;
            reason = watch.tripped() => self.stop(reason).await,
            reply = self.answer() => reply,
        }
    }

    /// Like [`Self::next`], for a caller that watches by itself.
    ///
    /// # Cancel safety
    /// Cancel safe: no frame is lost.
    pub(crate) async fn answer(&mut self) -> Result<Reply, Failure> {
        loop {
            return match self.reader.next().await {
                Ok(Some(Frame::Batch(batch))) => {
                    self.progress.answers();
                    Ok(Reply::Batch(batch))
                }
                Ok(Some(Frame::Message(FromEngine {
                    message: Some(from_engine::Message::Progress(progress)),
                }))) => {
                    self.progress.estimate(progress.fraction);
                    continue;
                }
                Ok(Some(Frame::Message(FromEngine {
                    message: Some(message),
                }))) => self.understand(message),
                Ok(Some(Frame::Message(FromEngine { message: None }))) => {
                    Err(self.confused(&"an empty message"))
                }
                Ok(None) => Err(self.lost(None)),
                Err(error) => Err(self.lost(Some(error))),
            };
        }
    }

    fn understand(&mut self, message: from_engine::Message) -> Result<Reply, Failure> {
        match message {
            from_engine::Message::Header(header) => Ok(Reply::Header(header)),
            from_engine::Message::Facts(facts) => {
                self.quiet();
                Ok(Reply::Facts(facts))
            }
            from_engine::Message::Done(done) => {
                self.quiet();
                self.progress.answers();
                Ok(Reply::Done(done))
            }
            from_engine::Message::Failure(failure) => {
                self.quiet();
                if failure.duckdb_class == ENDED_CLASS {
                    info!(pid = self.pid(), "an engine ended with a refused statement");
                    self.bury();
                }
                // After these DuckDB refuses everything else: the instance is of no use.
                if matches!(
                    failure.duckdb_class.as_str(),
                    "Fatal" | "Internal" | "INTERNAL"
                ) {
                    warn!(
                        pid = self.pid(),
                        class = failure.duckdb_class,
                        "engine is broken"
                    );
                    self.bury();
                }
                Err(failure)
            }
            from_engine::Message::Ready(_) => Err(self.confused(&"a second ready")),
            from_engine::Message::Progress(_) => Err(self.confused(&"progress")),
        }
    }

    /// The ladder: interrupt, again and again, then kill. Afterwards the engine is quiet or spent.
    /// Returns what the client is told.
    ///
    /// # Cancel safety
    /// Cancel safe: it may be begun again.
    pub(crate) async fn halt(&mut self, reason: StopReason) -> Failure {
        // Its outcome does not matter to the caller.
        drop(self.stop(reason).await);
        self.ahead = None;
        reason.failure()
    }

    /// As [`Self::halt`]. A statement that was done all the same says so.
    async fn stop(&mut self, reason: StopReason) -> Result<Reply, Failure> {
        if self.phase != Phase::Busy {
            return Err(reason.failure());
        }
        if reason == StopReason::SessionClosed {
            // Nobody will use the engine again, so nothing is gained by asking politely.
            self.kill_for(reason);
            return Err(reason.failure());
        }
        let Some(last) = self.climb().await else {
            self.kill_for(reason);
            return Err(reason.failure());
        };
        match (last.reply, last.header) {
            (Ok(Reply::Done(done)), None) if !last.lost_rows => Ok(Reply::Done(done)),
            (Ok(Reply::Done(done)), Some(header)) if !last.lost_rows => {
                self.ahead = Some(done);
                Ok(Reply::Header(header))
            }
            _ => Err(reason.failure()),
        }
    }

    /// Interrupts until the final answer or until patience ends (`None`).
    async fn climb(&mut self) -> Option<LastWords> {
        let interrupt = Frame::Message(ToEngine {
            message: Some(to_engine::Message::Interrupt(Interrupt {})),
        });
        let mut ticks = interval(INTERRUPT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let patience = tokio::time::sleep(INTERRUPT_MAX);
        tokio::pin!(patience);
        let mut found = None;
        let mut lost_rows = false;
        loop {
            tokio::select! {
                biased;
                () = &mut patience => return None,
                frame = self.reader.next() => match frame {
                    // Who stops a statement does not read its rows.
                    Ok(Some(Frame::Batch(_))) => lost_rows = true,
                    Ok(Some(Frame::Message(FromEngine { message: Some(message) }))) => match message {
                        from_engine::Message::Progress(_) => {}
                        from_engine::Message::Header(header) => found = Some(header),
                        message => {
                            let reply = self.understand(message);
                            return Some(LastWords { header: found, lost_rows, reply });
                        }
                    },
                    Ok(Some(_) | None) | Err(_) => return None,
                },
                _ = ticks.tick() => {
                    // An engine that does not read has a full socket: patience ends this too.
                    let written = timeout(INTERRUPT_EVERY, self.writer.write(&interrupt));
                    if matches!(written.await, Ok(Err(_))) {
                        return None;
                    }
                }
            }
        }
    }

    fn kill_for(&mut self, reason: StopReason) {
        info!(pid = self.pid(), ?reason, "killing an engine");
        self.ledger.metrics.engines_killed.add_one();
        self.bury();
    }

    /// The engine died, or its socket is of no use any more.
    fn lost(&mut self, error: Option<FrameError>) -> Failure {
        self.ledger.metrics.engines_lost.add_one();
        let error = error.map_or_else(|| "the socket was closed".to_owned(), |e| e.to_string());
        warn!(
            pid = self.pid(),
            error, "an engine died under its statement"
        );
        self.bury();
        failure::new(
            FailureKind::FailureEngineLost,
            "the engine process of the statement died; other sessions are not affected",
        )
    }

    fn confused(&mut self, answer: &dyn std::fmt::Debug) -> Failure {
        // The answer itself may hold rows: only its beginning, which names the message, is shown.
        let answer: String = format!("{answer:?}").chars().take(24).collect();
        tracing::error!(
            pid = self.pid(),
            answer,
            "an engine gave an answer out of turn"
        );
        self.bury();
        failure::new(
            FailureKind::FailureInternal,
            "an engine gave an answer out of turn",
        )
    }

    fn quiet(&mut self) {
        self.phase = Phase::Quiet;
        self.quiet_since = Instant::now();
    }

    /// Kills the process and waits until it is dead and its folder is gone.
    pub(crate) async fn kill(&mut self) {
        if let Some(buried) = self.bury() {
            buried.done().await;
        }
    }

    /// Kills the process; what it occupies is free when it is dead.
    pub(crate) fn bury(&mut self) -> Option<Buried> {
        self.phase = Phase::Spent;
        let body = self.body.take()?;
        Some(self.ledger.run(body.rest()))
    }
}

/// Starts the conversation with a new process.
pub(super) async fn introduce(
    reader: &mut AsyncFrameReader<impl AsyncRead + Unpin, FromEngine>,
    writer: &mut AsyncFrameWriter<impl AsyncWrite + Unpin>,
    start: Start,
) -> Result<Ready, StartError> {
    let start = Frame::Message(ToEngine {
        message: Some(to_engine::Message::Start(start)),
    });
    let talk = |error: FrameError| StartError::Conversation(error.to_string());
    writer.write(&start).await.map_err(talk)?;
    match reader.next().await.map_err(talk)? {
        Some(Frame::Message(FromEngine {
            message: Some(message),
        })) => match message {
            from_engine::Message::Ready(ready) => Ok(ready),
            from_engine::Message::Failure(failure) => Err(StartError::Refused(failure.message)),
            _ => Err(StartError::Conversation(
                "not the answer to a start".to_owned(),
            )),
        },
        Some(_) => Err(StartError::Conversation(
            "not the answer to a start".to_owned(),
        )),
        None => Err(StartError::Conversation("it closed the socket".to_owned())),
    }
}

/// Overwrites the values of secrets that were sent.
fn wipe(frame: &mut Frame<ToEngine>) {
    if let Frame::Message(ToEngine {
        message: Some(to_engine::Message::Assign(assign)),
    }) = frame
    {
        for secret in &mut assign.secrets {
            secret.options.values_mut().for_each(Zeroize::zeroize);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.bury();
    }
}

impl Body {
    async fn rest(mut self: Box<Self>) {
        let pid = self.process.pid();
        self.process.kill();
        if let Err(error) = self.process.died().await {
            tracing::error!(pid, %error, "lost track of an engine");
        }
        // Its last words are in the pipe, which ends with the process.
        if timeout(Duration::from_secs(1), &mut self.log)
            .await
            .is_err()
        {
            debug!(pid, "the pipe of a dead engine is still open");
        }
        // Removing gigabytes of spilled files takes a while; the rest is freed after it.
        // A runtime that shuts down drops the closure unrun, and with it `self`: all the same.
        if let Err(error) = tavana_common::task::spawn_blocking(move || drop(self)).await
            && !error.is_cancelled()
        {
            tracing::error!(pid, %error, "removing what an engine left behind failed");
        }
    }
}
/// A copy of the template, and the ends of what it talks by.
struct Newborn {
    process: Handle,
    socket: UnixStream,
    words: pipe::Receiver,
}

impl Newborn {
    async fn of(template: &Template) -> Result<Self, StartError> {
        let (near, far) = StdUnixStream::pair().map_err(StartError::Socket)?;
        near.set_nonblocking(true).map_err(StartError::Socket)?;
        // The kernel silently caps this at its own maximum, which serves as well.
        rustix::net::sockopt::set_socket_send_buffer_size(&far, SOCKET_BYTES)
            .map_err(|error| StartError::Socket(error.into()))?;
        let socket = UnixStream::from_std(near).map_err(StartError::Socket)?;
        let (words, stderr) = std::io::pipe().map_err(StartError::Socket)?;
        let words = pipe::Receiver::from_owned_fd(words.into()).map_err(StartError::Socket)?;
        // The engine's end of both must be the engine's only, so that they end with it: this one is
        // dropped here.
        let request = CopyRequest {
            socket: far.into(),
            stderr: stderr.into(),
        };
        let process = template.copy(&request).await?;
        Ok(Self {
            process,
            socket,
            words,
        })
    }
}
