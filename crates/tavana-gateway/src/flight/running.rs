//! The statements that run now, so that a cancel finds them from any connection of their user.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::auth::Principal;
use crate::cancel::Target;
use crate::error::QueryError;
use crate::session::Place;

/// All running statements of this gateway's Flight clients. It holds an entry for as long as its
/// [`Run`] lives, so it is bounded by the statements that run.
#[derive(Default)]
pub(crate) struct Running {
    runs: Mutex<HashMap<Uuid, Entry>>,
    /// Cancelled when the gateway waits for none of them any longer.
    ended: CancellationToken,
}

struct Entry {
    /// The ticket, handle or statement that runs, and whose it is. A ticket may be read several
    /// times at once.
    target: Target,
    /// Of the run itself: its session may run something else while the rows are read.
    stopped: CancellationToken,
    round: CancellationToken,
    place: Place,
}

impl Running {
    /// Notes that `statement` runs in this `round` of its session, until the returned guard is
    /// dropped.
    pub(crate) fn enter(
        self: &Arc<Self>,
        statement: Uuid,
        principal: &Principal,
        round: CancellationToken,
        place: Place,
    ) -> Run {
        let id = Uuid::new_v4();
        let stopped = CancellationToken::new();
        let entry = Entry {
            target: Target::of_statement(statement, principal),
            stopped: stopped.clone(),
            round,
            place,
        };
        self.runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, entry);
        Run {
            id,
            stopped,
            running: Arc::clone(self),
        }
    }

    /// The gateway ends: so do all runs, those to come too.
    pub(crate) fn end(&self) {
        self.ended.cancel();
    }

    /// Cancels every run of `target`. Whether there was one.
    pub(crate) fn cancel(&self, target: Target) -> bool {
        let rounds = self.rounds_of(target);
        rounds.iter().for_each(CancellationToken::cancel);
        !rounds.is_empty()
    }

    /// Where `target` runs, if it does.
    pub(crate) fn place_of(&self, target: Target) -> Option<Place> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.values().find(|entry| entry.target == target);
        run.map(|entry| entry.place.clone())
    }

    /// What runs now of `target`.
    pub(crate) fn rounds_of(&self, target: Target) -> Vec<CancellationToken> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let of_target = runs.values().filter(|entry| entry.target == target);
        of_target
            .flat_map(|entry| [entry.stopped.clone(), entry.round.clone()])
            .collect()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

/// One run of a statement.
#[derive(Debug)]
pub(crate) struct Run {
    id: Uuid,
    stopped: CancellationToken,
    running: Arc<Running>,
}

impl Run {
    /// Cancelled when somebody cancels this run.
    pub(crate) fn stopped(&self) -> &CancellationToken {
        &self.stopped
    }

    /// Waits for what may end it before its end, and says what that was.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) async fn stopped_early(&self) -> QueryError {
        tokio::select! {
            biased;
            () = self.stopped.cancelled() => QueryError::canceled(),
            () = self.running.ended.cancelled() => QueryError::shutting_down(),
        }
    }

    /// Cancelled when the gateway ends.
    pub(crate) fn ended(&self) -> &CancellationToken {
        &self.running.ended
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.running
            .runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.id);
    }
}
