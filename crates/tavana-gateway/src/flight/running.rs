//! The statements that run now, so that a cancel finds them from any connection of their user.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::auth::Principal;
use crate::session::Canceller;

/// All running statements of this gateway's Flight clients. It holds an entry for as long as its
/// [`Run`] lives, so it is bounded by the statements that run.
#[derive(Default)]
pub(crate) struct Running {
    runs: Mutex<HashMap<Uuid, Entry>>,
}

struct Entry {
    /// Id of the ticket, handle or statement that runs. A ticket may be read several times at once.
    statement: Uuid,
    principal: Principal,
    canceller: Canceller,
    stopped: CancellationToken,
}

impl Running {
    /// Notes that `statement` runs, until the returned guard is dropped.
    pub(crate) fn enter(
        self: &Arc<Self>,
        statement: Uuid,
        principal: Principal,
        canceller: Canceller,
    ) -> Run {
        let id = Uuid::new_v4();
        let stopped = CancellationToken::new();
        let entry = Entry {
            statement,
            principal,
            canceller,
            stopped: stopped.clone(),
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

    /// Cancels every run of `statement` that is `principal`'s. Whether there was one.
    pub(crate) fn cancel(&self, statement: Uuid, principal: &Principal) -> bool {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = false;
        for entry in runs.values() {
            if entry.statement == statement && entry.principal == *principal {
                entry.stopped.cancel();
                entry.canceller.cancel();
                found = true;
            }
        }
        found
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
