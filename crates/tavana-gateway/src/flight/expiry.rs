//! Sessions whose clients are silent for too long, and transactions that last too long.
//!
//! A PostgreSQL connection that is over is closed. A Flight connection may have sessions of several
//! users, so only the session ends: its engine is free, its transaction is rolled back, and its
//! client hears so from its next statement. The one after that begins a new session.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tavana_common::task::{self, Task};
use tokio::time::sleep_until;
use tracing::info;

use super::sessions::ClientSession;
use crate::error::QueryError;

/// What ends a session in time.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    /// Runs while the session has a limit.
    watch: Mutex<Option<Task<()>>>,
    /// Why it has ended.
    ended: OnceLock<QueryError>,
}

impl Expiry {
    /// Watches the session from now on, unless that is done already. Only for who has the session.
    pub(super) fn watch(&self, client: &Weak<ClientSession>) {
        let mut watch = self.lock();
        if watch.is_none() {
            *watch = Some(task::spawn(end_in_time(Weak::clone(client))));
        }
    }

    /// Why the session has ended; `None` while it goes on.
    pub(super) fn ended(&self) -> Option<&QueryError> {
        self.ended.get()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Task<()>>> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn end_in_time(client: Weak<ClientSession>) {
    loop {
        let Some((session, uses)) = client.upgrade().map(|client| client.now()) else {
            return;
        };
        let until = {
            // Not before its statement has ended and its result was read.
            let session = session.lock_owned().await;
            let Some(client) = client.upgrade() else {
                return;
            };
            match session.patience() {
                Some((until, _)) => until,
                None => {
                    // The next statement looks again.
                    drop(client.expiry().lock().take());
                    return;
                }
            }
        };
        sleep_until(until).await;
        let Some(client) = client.upgrade() else {
            return;
        };
        let (session, used) = client.now();
        // In use, or used since: its time begins anew.
        let Ok(mut session) = session.try_lock_owned() else {
            continue;
        };
        let Some((_, error)) = session.patience().filter(|_| used == uses) else {
            continue;
        };
        info!(session = %session.id(), %error, "a session is ended");
        client.expiry().ended.get_or_init(|| error.clone());
        client.renew(&mut session, error);
        return;
    }
}
