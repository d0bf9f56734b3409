//! The signals that end a process.

use std::future::Future;
use std::io;
use std::pin::pin;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, caught from the moment this is made.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Starts catching.
    ///
    /// # Errors
    /// When the process may not install signal handlers.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Runs `serving` to its end. The first signal calls `drain`, which has to make it end; after a
    /// second one nobody waits for that. `None` says that it was so.
    pub async fn govern<T>(
        &mut self,
        serving: impl Future<Output = T>,
        drain: impl FnOnce(),
    ) -> Option<T> {
        let mut serving = pin!(serving);
        tokio::select! {
            biased;
            ended = &mut serving => return Some(ended),
            () = self.next() => drain(),
        }
        tokio::select! {
            biased;
            ended = &mut serving => Some(ended),
            () = self.next() => None,
        }
    }

    /// The next of the two.
    ///
    /// # Cancel safety
    /// Cancel safe: a signal that arrives while nobody waits is reported by the next call.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
