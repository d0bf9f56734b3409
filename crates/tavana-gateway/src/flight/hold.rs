//! A session that is busy with a result, and how it becomes free before the result is read.
//!
//! An engine of a session runs one statement at a time, and a result that its client has not read
//! yet is a statement that runs. Clients read one result while they run the next statement all the
//! same: a loop over one cursor that uses another, a `commit()` before the last row. So when a call
//! waits for the session, and nobody asks for the result that the session is busy with, the worker
//! keeps what is left of the result in a file, and the session goes on.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tavana_common::ids::SessionId;
use tokio::time::Instant;

use super::sessions::Lease;
use crate::error::QueryError;
use crate::session::{Rows, SettingAside};

/// How long nobody has asked for more of a result that is set aside: a reader that is only slow
/// is waited for.
pub(crate) const UNREAD_MIN: Duration = Duration::from_millis(100);

/// What has the session for a result; dropping it gives the session back.
pub(crate) struct Holder(Arc<Hold>);

impl Holder {
    pub(crate) fn new(lease: Lease, rows: &Rows) -> Self {
        Self(Arc::new(Hold {
            session: lease.id(),
            aside: rows.setting_aside(),
            lease: Mutex::new(Some(lease)),
            reader: Mutex::new(Reader::Away(Instant::now())),
        }))
    }

    /// For who waits for the session.
    pub(crate) fn watch(&self) -> Weak<Hold> {
        Arc::downgrade(&self.0)
    }
}

impl Deref for Holder {
    type Target = Hold;

    fn deref(&self) -> &Hold {
        &self.0
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(locked(&self.lease).take());
    }
}

/// The session of a result, until the result is read or set aside.
pub(crate) struct Hold {
    lease: Mutex<Option<Lease>>,
    session: SessionId,
    aside: Option<SettingAside>,
    reader: Mutex<Reader>,
}

enum Reader {
    /// It waits for the statement.
    Asks,
    /// It has taken what there was, the last time at this moment.
    Away(Instant),
}

impl Hold {
    /// `next`, during which the reader waits for the statement.
    pub(crate) async fn asked<T>(&self, next: impl Future<Output = T>) -> T {
        struct Asking<'a>(&'a Hold);
        impl Drop for Asking<'_> {
            fn drop(&mut self) {
                *locked(&self.0.reader) = Reader::Away(Instant::now());
            }
        }
        *locked(&self.reader) = Reader::Asks;
        let _asking = Asking(self);
        next.await
    }

    /// Waits until nobody has asked for the result for a while.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) async fn is_unread(&self) {
        loop {
            let left = match *locked(&self.reader) {
                Reader::Asks => UNREAD_MIN,
                Reader::Away(since) => UNREAD_MIN.saturating_sub(since.elapsed()),
            };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }

    /// Sets the result aside and gives the session back. A result that fails meanwhile fails its
    /// transaction, as if it had been read.
    ///
    /// # Cancel safety
    /// Cancel safe: the worker goes on, and the next call finds the result set aside.
    pub(crate) async fn set_aside(&self) {
        let Some(aside) = &self.aside else { return };
        match aside.run(self.session).await {
            Ok(false) => {}
            Ok(true) => drop(locked(&self.lease).take()),
            Err(error) => self.failed(&error),
        }
    }

    /// The result has failed: its session knows, and is free.
    pub(crate) fn failed(&self, error: &QueryError) {
        if let Some(mut lease) = locked(&self.lease).take() {
            lease.failed(error);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
