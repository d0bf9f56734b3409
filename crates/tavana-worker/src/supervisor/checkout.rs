//! An engine in the hands of one request.
//!
//! Whatever happens to the request (it ends, its client goes, its task panics), dropping the
//! checkout leaves nothing behind: a quiet engine goes back to where it came from, a busy one is
//! stopped first, a spent one is buried.

use std::sync::Arc;
use std::time::Duration;

use tavana_common::failure;
use tavana_common::ids::CursorId;
use tavana_common::proto::engine::{Grant, to_engine};
use tavana_common::proto::v1::{Batch, Failure, FailureKind};
use tokio::time::Instant;

use super::Supervisor;
use super::aside::Place;
use super::process::{Engine, Reply};
use super::sessions::{CURSORS_MAX, Turn};
use super::stop::{StopReason, Watch};

#[derive(Debug)]
pub(crate) struct Checkout {
    supervisor: Arc<Supervisor>,
    engine: Option<Engine>,
    /// The turn of a pinned session; `None` for an engine of the pool.
    turn: Option<Turn>,
    /// When its statement began.
    began: Option<Instant>,
}

impl Checkout {
    pub(super) fn new(
        supervisor: Arc<Supervisor>,
        engine: Option<Engine>,
        turn: Option<Turn>,
    ) -> Self {
        Self {
            supervisor,
            engine,
            turn,
            began: None,
        }
    }

    pub(super) fn put(&mut self, engine: Engine) {
        self.engine = Some(engine);
    }

    pub(super) fn engine(&mut self) -> Result<&mut Engine, Failure> {
        self.engine.as_mut().ok_or_else(|| {
            failure::new(FailureKind::FailureInternal, "the checkout holds no engine")
        })
    }

    /// What the request may use, to be sent with it. Its CPU time counts from now on.
    pub(crate) fn grant(&mut self) -> Grant {
        let threads = self.supervisor.threads();
        let now = Instant::now();
        self.began = Some(now);
        let Some(engine) = &self.engine else {
            return Grant::default();
        };
        let shares = self.supervisor.shares();
        let ordinary = engine
            .owner()
            .map_or(Duration::ZERO, |owner| shares.left(&owner.principal, now));
        engine.grant(threads, ordinary)
    }

    /// Charges the principal what its statement has used.
    fn charge(&mut self) {
        let now = Instant::now();
        let (Some(began), Some(engine)) = (self.began.take(), &mut self.engine) else {
            return;
        };
        let used = engine.charge(now.duration_since(began));
        if let Some(owner) = engine.owner() {
            self.supervisor.shares().charge(&owner.principal, used, now);
        }
    }

    pub(crate) async fn send(
        &mut self,
        message: to_engine::Message,
        watch: &mut Watch,
    ) -> Result<(), Failure> {
        self.engine()?.send(message, watch).await
    }

    pub(crate) async fn send_batch(
        &mut self,
        batch: Batch,
        watch: &mut Watch,
    ) -> Result<(), Failure> {
        self.engine()?.send_batch(batch, watch).await
    }

    /// See [`Engine::next`].
    pub(crate) async fn next(&mut self, watch: &mut Watch) -> Result<Reply, Failure> {
        let result = self.engine()?.next(watch).await;
        result.inspect_err(|failure| self.spoil(failure))
    }

    /// See [`Engine::answer`].
    pub(crate) async fn answer(&mut self) -> Result<Reply, Failure> {
        let result = self.engine()?.answer().await;
        result.inspect_err(|failure| self.spoil(failure))
    }

    /// An engine that failed on what it read may have kept the bytes in its file cache, where a
    /// later read that the store answers well would find them again. Nobody gets it after this; a
    /// session's own engine stays, because the session has more in it.
    fn spoil(&mut self, failure: &Failure) {
        const SPOILING: [&str; 8] = [
            // What a library under DuckDB made of wrong bytes.
            "Invalid",
            "IO",
            "HTTP",
            "Invalid Input",
            "Serialization",
            "Out of Memory",
            "Internal",
            "Fatal",
        ];
        let spoils = match failure.kind() {
            FailureKind::FailureEngine => SPOILING.contains(&failure.duckdb_class.as_str()),
            FailureKind::FailureObjectChanged => true,
            _ => false,
        };
        if spoils
            && self.turn.is_none()
            && let Some(engine) = &mut self.engine
        {
            if let Some(owner) = engine.owner() {
                let shares = self.supervisor.shares();
                shares.spoil(&owner.principal, Instant::now());
            }
            engine.bury();
        }
    }

    /// A place for what is left of its result.
    pub(crate) fn shelf_place(&self) -> Result<Place, Failure> {
        let owner = self.engine.as_ref().and_then(Engine::owner);
        let owner = owner
            .ok_or_else(|| failure::new(FailureKind::FailureInternal, "the engine has no owner"))?;
        self.supervisor.shelf_place(&owner.principal)
    }

    /// Stops the request; afterwards the engine is quiet or on its way to the grave.
    pub(crate) async fn halt(&mut self, reason: StopReason) -> Failure {
        match &mut self.engine {
            Some(engine) => engine.halt(reason).await,
            None => reason.failure(),
        }
    }

    /// An answer that the protocol does not allow here: the engine is not used again.
    pub(crate) fn out_of_turn(&mut self, reply: &Reply) -> Failure {
        let name = match reply {
            Reply::Header(_) => "header",
            Reply::Batch(_) => "batch",
            Reply::Facts(_) => "facts",
            Reply::Done(_) => "done",
        };
        tracing::error!(answer = name, "an engine gave an answer out of turn");
        if let Some(engine) = &mut self.engine {
            engine.bury();
        }
        failure::new(
            FailureKind::FailureInternal,
            "an engine gave an answer out of turn",
        )
    }

    /// Notes a cursor of the session.
    pub(crate) fn open_cursor(&mut self, cursor: CursorId) -> Result<(), Failure> {
        let Some(turn) = &mut self.turn else {
            let text = "a cursor needs a pinned session";
            return Err(failure::new(FailureKind::FailureInvalid, text));
        };
        if turn.seat.cursors.len() >= CURSORS_MAX {
            let text = format!("a session has at most {CURSORS_MAX} open cursors");
            return Err(failure::new(FailureKind::FailureLimit, text));
        }
        if !turn.seat.cursors.insert(cursor) {
            let text = format!("a cursor with the id {cursor} is already open");
            return Err(failure::new(FailureKind::FailureInvalid, text));
        }
        Ok(())
    }

    pub(crate) fn has_cursor(&self, cursor: CursorId) -> bool {
        self.turn
            .as_ref()
            .is_some_and(|turn| turn.seat.cursors.contains(&cursor))
    }

    pub(crate) fn forget_cursor(&mut self, cursor: CursorId) {
        if let Some(turn) = &mut self.turn {
            turn.seat.cursors.remove(&cursor);
        }
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.charge();
        let engine = self.engine.take();
        let turn = self.turn.take();
        match engine {
            Some(mut engine) if engine.is_busy() => {
                // Nobody waits for the answer any more, but the engine must not go on working.
                engine.disown_slot();
                let supervisor = Arc::clone(&self.supervisor);
                self.supervisor.ledger().run(async move {
                    engine.halt(StopReason::Dropped).await;
                    supervisor.settle(Some(engine), turn);
                });
            }
            engine => self.supervisor.settle(engine, turn),
        }
    }
}
