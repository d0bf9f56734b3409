//! How far a statement has come.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tavana_common::proto::v1::ProgressResponse;

/// Written by whoever reads the engine's answers, read by whoever asks. Copies are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    answering: bool,
    fraction: Option<f64>,
}

impl Progress {
    /// DuckDB estimates that so much is done, 0 to 1.
    pub(crate) fn estimate(&self, fraction: f64) {
        self.lock().fraction = Some(fraction);
    }

    /// There are rows, or it is done.
    pub(crate) fn answers(&self) {
        self.lock().answering = true;
    }

    pub(crate) fn report(&self) -> ProgressResponse {
        let known = self.lock();
        ProgressResponse {
            found: true,
            answering: known.answering,
            fraction: known.fraction,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
