//! Tasks with owners: a task that nobody holds any more is aborted.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinHandle};

/// A running task. Dropping it aborts the task at its next `.await`.
#[derive(Debug)]
#[must_use = "dropping a task aborts it"]
pub struct Task<T>(JoinHandle<T>);

/// Runs `future` on the runtime for as long as the returned owner lives.
pub fn spawn<F>(future: F) -> Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
    Task(tokio::spawn(future))
}

/// Runs `work` on a thread where it may block. Dropping the owner does not stop what has begun.
pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Task<T> {
    #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
    Task(tokio::task::spawn_blocking(work))
}

impl<T> Task<T> {
    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_task_is_aborted() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let task = spawn(async move {
            let _held = sender;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        drop(task);
        receiver
            .await
            .expect_err("the aborted task dropped its sender");
    }
}
