//! How long a result may be left unread: its statement keeps its slot and its memory meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::Queue;

/// While statements wait, one result that nobody reads gives way each time.
const PACE: Duration = Duration::from_secs(1);

/// What a client that has stopped reading is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    idle_max: Duration,
    contended: Option<Contended>,
}

#[derive(Clone, Debug)]
struct Contended {
    idle_max: Duration,
    queue: Queue,
    last: Arc<Mutex<Option<Instant>>>,
}

impl Patience {
    /// `idle_max` at all times. Zero is no limit.
    pub(crate) fn of(idle_max: Duration) -> Self {
        Self {
            idle_max,
            contended: None,
        }
    }

    /// And `idle_max`, unless it is zero, while statements of `queue` wait.
    pub(crate) fn while_others_wait(self, idle_max: Duration, queue: Queue) -> Self {
        let contended = (!idle_max.is_zero()).then(|| Contended {
            idle_max,
            queue,
            last: Arc::default(),
        });
        Self { contended, ..self }
    }

    /// Ends when a reader has been idle for too long that took something at `since`.
    pub(crate) async fn lasts(&self, since: Instant) {
        let always = async {
            if self.idle_max.is_zero() {
                return std::future::pending().await;
            }
            sleep_until(since + self.idle_max).await;
        };
        let contended = async {
            let Some(contended) = &self.contended else {
                return std::future::pending().await;
            };
            sleep_until(since + contended.idle_max).await;
            while !contended.gives_way() {
                sleep(PACE).await;
            }
        };
        tokio::select! {
            () = always => {}
            () = contended => {}
        }
    }
}

impl Contended {
    /// Whether others wait, and no other result has just given way to them.
    fn gives_way(&self) -> bool {
        if self.queue.waiting() == 0 {
            return false;
        }
        let now = Instant::now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = last.is_none_or(|last| now.duration_since(last) >= PACE);
        if is_first {
            *last = Some(now);
        }
        is_first
    }
}
