//! What a client hears while its statement has no answer yet.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Notice;

/// A notice on its way from a session that waits to its client; clones are of the same session.
#[derive(Clone, Debug, Default)]
pub(crate) struct News(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    notice: Mutex<Option<Notice>>,
    come: Notify,
    /// The client has heard that this statement waits.
    is_told: AtomicBool,
}

impl News {
    /// Another statement begins.
    pub(super) fn renew(&self) {
        self.0.is_told.store(false, Ordering::Relaxed);
        *self.notice() = None;
    }

    /// The statement waits in the queue: said once of each.
    pub(super) fn waits(&self, position: usize) {
        if !self.0.is_told.swap(true, Ordering::Relaxed) {
            *self.notice() = Some(Notice::note(&format!(
                "the statement waits for a free slot, at position {position} of the queue"
            )));
            self.0.come.notify_one();
        }
    }

    /// The next notice.
    ///
    /// # Cancel safety
    /// Cancel safe: a notice is either returned or still to come.
    pub(crate) async fn next(&self) -> Notice {
        loop {
            let come = self.0.come.notified();
            if let Some(notice) = self.notice().take() {
                return notice;
            }
            come.await;
        }
    }

    fn notice(&self) -> std::sync::MutexGuard<'_, Option<Notice>> {
        self.0.notice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_statement_is_told_once_that_it_waits() {
        let news = News::default();
        for _ in 0..2 {
            news.renew();
            news.waits(3);
            news.waits(2);
            assert!(news.next().await.message.contains("position 3"));
            assert!(futures::poll!(std::pin::pin!(news.next())).is_pending());
        }
    }
}
