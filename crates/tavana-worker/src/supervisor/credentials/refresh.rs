//! Fetches what expires, before it does.
//!
//! A fetch that fails is a warning and is tried again, ever more slowly; the old credentials stay
//! until they expire. A worker whose first fetch fails starts all the same, because users with
//! credentials of their own need nothing of it, but says that it is not ready.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{debug, error, info, warn};

use super::aws::AwsSource;
use super::azure::AzureSource;
use super::gcp::GcpSource;
use super::http::FetchError;
use super::settings::AzureAccess;
use super::{Credentials, Fetched, Kind, Vault};

/// How long before their end credentials are fetched anew.
const BEFORE_END: Duration = Duration::from_secs(10 * 60);
/// How often a source without an end is looked at: a file may have been replaced.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Pause after a failed fetch; it doubles up to the second value.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How long the start of a worker waits for its first credentials.
pub(crate) const FIRST_FETCH_MAX: Duration = Duration::from_secs(10);

/// The fetching of all sources of a worker. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Refresh {
    sources: Vec<watch::Receiver<bool>>,
    _tasks: Vec<tavana_common::task::Task<()>>,
}

/// One way to get credentials of a kind.
#[derive(Debug, Clone)]
enum Source {
    Aws(AwsSource),
    Gcp(GcpSource),
    Azure(AzureSource),
}

impl Refresh {
    /// Begins to fetch for all kinds of store that need it.
    pub(crate) fn begin(vault: &Arc<Vault>) -> Self {
        let mut sources = Vec::new();
        let mut tasks = Vec::new();
        for (kind, source) in of(&vault.credentials) {
            let (told, fetched) = watch::channel(false);
            sources.push(fetched);
            let vault = Arc::clone(vault);
            tasks.push(tavana_common::task::spawn(keep(vault, kind, source, told)));
        }
        Self {
            sources,
            _tasks: tasks,
        }
    }

    /// Waits until every source has given credentials once.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) fn first(&self) -> impl Future<Output = ()> + Send + 'static {
        let sources = self.sources.clone();
        async move {
            for mut source in sources {
                // An error is the end of the task, which is the end of the worker.
                drop(source.wait_for(|fetched| *fetched).await);
            }
        }
    }
}

fn of(credentials: &Credentials) -> Vec<(Kind, Source)> {
    let mut sources = Vec::new();
    if let Some(source) = credentials.s3.as_ref().and_then(|s3| s3.source.clone()) {
        sources.push((Kind::S3, Source::Aws(source)));
    }
    if let Some(source) = credentials.gcs.as_ref().and_then(|gcs| gcs.source.clone()) {
        sources.push((Kind::Gcs, Source::Gcp(source)));
    }
    if let Some(AzureAccess::Identity { source, .. }) = &credentials.azure {
        sources.push((Kind::Azure, Source::Azure(source.clone())));
    }
    sources
}

impl Source {
    fn name(&self) -> &'static str {
        match self {
            Self::Aws(source) => source.name(),
            Self::Gcp(source) => source.name(),
            Self::Azure(source) => source.name(),
        }
    }

    fn fetch(&self) -> Result<(Fetched, Option<Duration>), FetchError> {
        match self {
            Self::Aws(source) => source.fetch(),
            Self::Gcp(source) => source.fetch(),
            Self::Azure(source) => source.fetch(),
        }
    }
}

async fn keep(vault: Arc<Vault>, kind: Kind, source: Source, told: watch::Sender<bool>) {
    let name = source.name();
    let mut pause = PAUSE.0;
    loop {
        let once = source.clone();
        let fetched = tavana_common::task::spawn_blocking(move || once.fetch()).await;
        let wait = match fetched {
            Ok(Ok((fetched, good_for))) => {
                pause = PAUSE.0;
                let before = vault.generation();
                let until = good_for.map(|good_for| Instant::now() + good_for);
                vault.put(kind, fetched, until);
                if vault.generation() != before {
                    info!(source = name, good_for_seconds = ?good_for.map(|d| d.as_secs()), "credentials fetched");
                }
                told.send_replace(true);
                next_fetch(good_for)
            }
            Ok(Err(error)) => {
                warn!(source = name, %error, "credentials could not be fetched");
                if vault.expire(kind, Instant::now()) {
                    error!(source = name, "the credentials have expired");
                }
                // What expires meanwhile is taken away when it does.
                let left = vault.left(kind, Instant::now()).unwrap_or(pause);
                let wait = pause.min(left.max(PAUSE.0));
                pause = (pause * 2).min(PAUSE.1);
                wait
            }
            Err(ended) => {
                // The runtime goes down.
                debug!(source = name, %ended, "no more fetching");
                return;
            }
        };
        sleep(wait).await;
    }
}

/// When to fetch again what is good for `good_for`: ten minutes before the end, but not before
/// half of the time has passed.
fn next_fetch(good_for: Option<Duration>) -> Duration {
    match good_for {
        None => LOOK_EVERY,
        Some(good_for) => good_for
            .saturating_sub(BEFORE_END)
            .max(good_for / 2)
            .max(PAUSE.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_fetched_ten_minutes_before_their_end() {
        let seconds = Duration::from_secs;
        for (good_for, wait) in [
            (Some(seconds(3600)), seconds(3000)),
            (Some(seconds(900)), seconds(450)),
            (Some(seconds(4)), seconds(2)),
            (Some(seconds(0)), seconds(1)),
            (None, LOOK_EVERY),
        ] {
            assert_eq!(next_fetch(good_for), wait, "{good_for:?}");
        }
    }
}
