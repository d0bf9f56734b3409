//! Sessions that keep an engine: who they belong to and whose turn it is.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tavana_common::failure;
use tavana_common::ids::{CursorId, GatewayId, SessionId};
use tavana_common::proto::v1::{Failure, FailureKind};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tracing::debug;

use super::leases::Leases;
use super::ledger::Pinning;
use super::process::Engine;

/// Requests of one session that may wait for their turn.
const WAITING_MAX: u32 = 16;
/// Cursors of one session; one engine can keep only so many results open.
pub(crate) const CURSORS_MAX: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pinned: Mutex<HashMap<SessionId, Arc<Pinned>>>,
    leases: Mutex<Leases>,
}

/// One session with an engine of its own.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) session: SessionId,
    pub(crate) gateway: GatewayId,
    pub(crate) principal: Arc<str>,
    opened: Instant,
    waiting: AtomicU32,
    /// A fair lock: requests of a session run one at a time, in the order of their arrival.
    seat: Arc<tokio::sync::Mutex<Seat>>,
}

/// What the request whose turn it is works with.
#[derive(Debug)]
pub(crate) struct Seat {
    /// `None` only while a request has it, or when the session has ended.
    pub(crate) engine: Option<Engine>,
    pub(crate) cursors: HashSet<CursorId>,
    /// Whoever still waits for this seat comes too late.
    pub(crate) ended: bool,
    _pinning: Pinning,
}

/// The turn of one request of a session.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) pinned: Arc<Pinned>,
    pub(crate) seat: OwnedMutexGuard<Seat>,
}

impl Turn {
    /// Since when the engine of the session is idle, if more than `floor` bytes are granted to it.
    pub(crate) fn idle_above(&self, floor: u64) -> Option<Instant> {
        let engine = self.seat.engine.as_ref()?;
        (engine.granted_bytes() > floor).then(|| engine.quiet_since())
    }
}

impl Sessions {
    /// The session, if `principal` and `gateway` are the ones that opened it.
    pub(crate) fn find(
        &self,
        session: SessionId,
        gateway: GatewayId,
        principal: &str,
    ) -> Result<Option<Arc<Pinned>>, Failure> {
        let pinned = self.lock().get(&session).map(Arc::clone);
        match pinned {
            Some(pinned) if pinned.gateway != gateway || *pinned.principal != *principal => {
                let text = "the session belongs to another user or gateway";
                Err(failure::new(FailureKind::FailurePermission, text))
            }
            pinned => Ok(pinned),
        }
    }

    /// Opens a session whose first turn the caller has. `None`: somebody else was faster.
    pub(crate) fn open(
        &self,
        session: SessionId,
        gateway: GatewayId,
        principal: &Arc<str>,
        pinning: Pinning,
    ) -> Option<Turn> {
        let seat = Seat {
            engine: None,
            cursors: HashSet::new(),
            ended: false,
            _pinning: pinning,
        };
        let seat = Arc::new(tokio::sync::Mutex::new(seat));
        let guard = Arc::clone(&seat)
            .try_lock_owned()
            .expect("nobody else knows the seat yet");
        let pinned = Arc::new(Pinned {
            session,
            gateway,
            principal: Arc::clone(principal),
            opened: Instant::now(),
            waiting: AtomicU32::new(0),
            seat,
        });
        let mut sessions = self.lock();
        if sessions.contains_key(&session) {
            return None;
        }
        sessions.insert(session, Arc::clone(&pinned));
        drop(sessions);
        debug!(%session, %gateway, "a session keeps an engine from now on");
        Some(Turn {
            pinned,
            seat: guard,
        })
    }

    /// Ends a session: no request finds it any more. Its seat ends with the turn that runs.
    pub(crate) fn remove(&self, pinned: &Arc<Pinned>) {
        let mut sessions = self.lock();
        if sessions
            .get(&pinned.session)
            .is_some_and(|current| Arc::ptr_eq(current, pinned))
        {
            sessions.remove(&pinned.session);
            debug!(session = %pinned.session, "a session keeps its engine no longer");
        }
    }

    pub(crate) fn get(&self, session: SessionId) -> Option<Arc<Pinned>> {
        self.lock().get(&session).map(Arc::clone)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Pinned>> {
        self.lock().values().map(Arc::clone).collect()
    }

    /// Whether a session is at work, or was within the last `pause`.
    pub(crate) fn any_in_use(&self, pause: Duration) -> bool {
        self.all().iter().any(|pinned| match pinned.turn_now() {
            None => true,
            Some(turn) => turn
                .seat
                .engine
                .as_ref()
                .is_some_and(|engine| engine.quiet_since().elapsed() < pause),
        })
    }

    /// Sessions whose gateway is gone for `lease`.
    pub(crate) fn expired(&self, lease: Duration) -> Vec<Arc<Pinned>> {
        let now = Instant::now();
        let all = self.all();
        let mut leases = self.leases();
        let expired = all
            .into_iter()
            .filter(|pinned| leases.expired(pinned.gateway, pinned.opened, now, lease))
            .collect();
        leases.forget(now, lease);
        expired
    }

    pub(crate) fn lease(self: &Arc<Self>, gateway: GatewayId) -> GatewayLease {
        self.leases().open(gateway, Instant::now());
        GatewayLease {
            sessions: Arc::clone(self),
            gateway,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Pinned>>> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pinned {
    /// Waits for the turn of one more request.
    ///
    /// # Cancel safety
    /// Cancel safe: a dropped waiter leaves the queue.
    pub(crate) async fn turn(self: &Arc<Self>) -> Result<Turn, Failure> {
        // The common case: nothing runs, nothing waits.
        let seat = match Arc::clone(&self.seat).try_lock_owned() {
            Ok(seat) => seat,
            Err(_) => {
                let _place = Waiting::enter(self)?;
                Arc::clone(&self.seat).lock_owned().await
            }
        };
        Ok(Turn {
            pinned: Arc::clone(self),
            seat,
        })
    }

    /// The turn, if nobody else has it.
    pub(crate) fn turn_now(self: &Arc<Self>) -> Option<Turn> {
        let seat = Arc::clone(&self.seat).try_lock_owned().ok()?;
        Some(Turn {
            pinned: Arc::clone(self),
            seat,
        })
    }
}

struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn enter(pinned: &'a Pinned) -> Result<Self, Failure> {
        let place = Self(&pinned.waiting);
        if pinned.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            let text = format!("{WAITING_MAX} requests of the session wait already");
            return Err(failure::new(FailureKind::FailureOverloaded, text));
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One open Status stream of a gateway.
#[derive(Debug)]
pub(crate) struct GatewayLease {
    sessions: Arc<Sessions>,
    gateway: GatewayId,
}

impl Drop for GatewayLease {
    fn drop(&mut self) {
        self.sessions.leases().close(self.gateway, Instant::now());
    }
}
