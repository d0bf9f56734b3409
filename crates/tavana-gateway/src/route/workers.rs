//! The workers and what they say of themselves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::{StatusRequest, WorkerStatus};
use tavana_common::task::{self, Task};
use tavana_common::tls::ClientTls;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::error::{QueryError, SqlState};
use crate::queue::Queue;
use crate::settings::GatewaySettings;
use crate::worker::{WorkerClient, WorkerLink};

/// A worker that has not spoken for this long is not used. Workers speak each second.
const SILENCE_MAX: Duration = Duration::from_secs(4);
/// Between two attempts to reach a worker that is away.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    address: String,
    link: WorkerLink,
    /// Its last word; `None` while it cannot be reached.
    status: Mutex<Option<WorkerStatus>>,
    /// Statements that this gateway runs there now.
    running: AtomicUsize,
}

impl Worker {
    pub(crate) fn client(&self) -> WorkerClient {
        self.link.client()
    }

    pub(crate) fn control(&self) -> WorkerClient {
        self.link.control()
    }

    /// Counts a statement as running there until the guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(Arc::clone(self))
    }

    fn status(&self) -> Option<WorkerStatus> {
        self.status
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn load(&self) -> Load {
        let status = self.status();
        Load {
            usable: status.as_ref().is_some_and(|status| !status.draining),
            slots: status
                .as_ref()
                .map_or(0, |status| usize::try_from(status.slots).unwrap_or(0)),
            // Its own count lags by a moment, ours knows nothing of other gateways.
            running: self
                .running
                .load(Ordering::Relaxed)
                .max(status.map_or(0, |status| usize::try_from(status.running).unwrap_or(0))),
        }
    }
}

/// See [`Worker::begin`].
#[derive(Debug)]
pub(crate) struct Running(Arc<Worker>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All workers of this gateway.
#[derive(Debug)]
pub(crate) struct Workers {
    all: Vec<Arc<Worker>>,
    /// Counts changes, so that waiting for a worker needs no polling.
    changed: watch::Sender<u64>,
    _watchers: Vec<Task<()>>,
}

impl Workers {
    /// Starts to listen to the workers of the static list; `queue` learns of their slots.
    ///
    /// # Errors
    /// When an address is not a URI.
    pub(crate) fn start(
        settings: &GatewaySettings,
        id: GatewayId,
        queue: &Queue,
        draining: &CancellationToken,
        tls: Option<&Arc<ClientTls>>,
    ) -> Result<Self, tonic::transport::Error> {
        let all = settings
            .worker_addresses
            .iter()
            .map(|address| {
                Ok(Arc::new(Worker {
                    address: address.clone(),
                    link: WorkerLink::new(address, settings, tls)?,
                    status: Mutex::new(None),
                    running: AtomicUsize::new(0),
                }))
            })
            .collect::<Result<Vec<_>, tonic::transport::Error>>()?;
        let changed = watch::Sender::new(0_u64);
        let watchers = all
            .iter()
            .map(|worker| {
                let (worker, everyone) = (Arc::clone(worker), all.clone());
                let (queue, changed) = (queue.clone(), changed.clone());
                let draining = draining.clone();
                task::spawn(async move {
                    listen(&worker, id, &draining, || {
                        queue.resize(
                            everyone
                                .iter()
                                .map(|worker| worker.load())
                                .filter(|load| load.usable)
                                .map(|load| load.slots)
                                .sum(),
                        );
                        changed.send_modify(|count| *count = count.wrapping_add(1));
                    })
                    .await;
                })
            })
            .collect();
        Ok(Self {
            all,
            changed,
            _watchers: watchers,
        })
    }

    /// The best worker now, other than `except`.
    ///
    /// # Errors
    /// 57P03 when none can take a statement.
    pub(crate) fn choose(&self, except: Option<&Arc<Worker>>) -> Result<Arc<Worker>, QueryError> {
        let loads: Vec<Load> = self
            .all
            .iter()
            .map(|worker| {
                let mut load = worker.load();
                load.usable &= except.is_none_or(|except| !Arc::ptr_eq(except, worker));
                load
            })
            .collect();
        least_loaded(&loads)
            .and_then(|at| self.all.get(at))
            .map(Arc::clone)
            .ok_or_else(no_worker)
    }

    /// Waits until some worker can take statements.
    ///
    /// # Errors
    /// 57P03 after `wait_max`.
    pub(crate) async fn usable(&self, wait_max: Duration) -> Result<(), QueryError> {
        let mut changed = self.changed.subscribe();
        let usable = async {
            while !self.any_usable() {
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(wait_max, usable)
            .await
            .map_err(|_| no_worker())
    }

    /// Waits until some worker says something new, at most `pause`.
    pub(crate) async fn changed_or(&self, pause: Duration) {
        let mut changed = self.changed.subscribe();
        // Either outcome means: look again.
        drop(tokio::time::timeout(pause, changed.changed()).await);
    }

    /// Whether a statement could go to a worker other than `worker`.
    pub(crate) fn another_than(&self, worker: &Arc<Worker>) -> bool {
        self.all
            .iter()
            .any(|other| !Arc::ptr_eq(other, worker) && other.load().usable)
    }

    pub(crate) fn any_usable(&self) -> bool {
        self.all.iter().any(|worker| worker.load().usable)
    }

    /// The last word of each reachable worker.
    pub(crate) fn statuses(&self) -> Vec<WorkerStatus> {
        self.all
            .iter()
            .filter_map(|worker| worker.status())
            .collect()
    }
}

fn no_worker() -> QueryError {
    QueryError::new(SqlState::CANNOT_CONNECT_NOW, "no worker is ready")
        .with_hint("Try again in a moment.")
}

/// What routing knows of a worker.
#[derive(Clone, Copy, Debug)]
struct Load {
    usable: bool,
    slots: usize,
    running: usize,
}

/// The usable worker with the smallest share of its slots taken; the first of equals.
fn least_loaded(loads: &[Load]) -> Option<usize> {
    loads
        .iter()
        .enumerate()
        .filter(|(_, load)| load.usable && load.slots > 0)
        // a/b < c/d compared as a*d < c*b: whole numbers, no rounding.
        .min_by(|(_, left), (_, right)| {
            (left.running * right.slots).cmp(&(right.running * left.slots))
        })
        .map(|(at, _)| at)
}

/// Keeps a Status stream open for ever: the worker's word, and this gateway's lease on its sessions.
async fn listen(worker: &Worker, id: GatewayId, draining: &CancellationToken, changed: impl Fn()) {
    let set = |status: Option<WorkerStatus>| {
        let mut held = worker.status.lock().unwrap_or_else(PoisonError::into_inner);
        let up = status.is_some();
        let turned = held.is_some() != up;
        *held = status;
        drop(held);
        if turned && up {
            info!(worker = %worker.address, "worker is up");
        } else if turned && draining.is_cancelled() {
            info!(worker = %worker.address, "worker is down, as this gateway soon is");
        } else if turned {
            warn!(worker = %worker.address, "worker is down");
        }
        changed();
    };
    let mut pause = RETRY_MIN;
    loop {
        let request = StatusRequest {
            gateway_id: id.to_string(),
        };
        let opened = tokio::time::timeout(SILENCE_MAX, worker.control().status(request)).await;
        match opened {
            Ok(Ok(answer)) => {
                let mut stream = answer.into_inner();
                while let Ok(Ok(Some(status))) =
                    tokio::time::timeout(SILENCE_MAX, stream.message()).await
                {
                    pause = RETRY_MIN;
                    set(Some(status));
                }
                set(None);
            }
            Ok(Err(status)) if status.code() == tonic::Code::Unauthenticated => {
                warn!(worker = %worker.address, "the worker refuses this gateway's token");
            }
            Ok(Err(_)) | Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(RETRY_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(running: usize, slots: usize) -> Load {
        Load {
            usable: true,
            slots,
            running,
        }
    }

    #[test]
    fn the_worker_with_the_smallest_share_taken_is_chosen() {
        let away = Load {
            usable: false,
            slots: 8,
            running: 0,
        };
        let table: &[(&[Load], Option<usize>)] = &[
            (&[], None),
            (&[away], None),
            (&[load(1, 2), load(1, 4)], Some(1)),
            (&[load(0, 2), load(0, 4)], Some(0)),
            (&[away, load(9, 4)], Some(1)),
            (&[load(0, 0), load(3, 4)], Some(1)),
        ];
        for (loads, expected) in table {
            assert_eq!(least_loaded(loads), *expected, "{loads:?}");
        }
    }
}
