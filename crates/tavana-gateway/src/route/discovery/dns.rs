//! A name that stands for workers: all its addresses, asked for every two seconds.
//!
//! This is how the replicas of a compose service and the pods of a headless Kubernetes service are
//! found. Such names list workers that are ready and leave out those that are not; they do not say
//! whether one is on its way out, which the worker says itself.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::{Discovery, Point, Snapshot};

/// Between two questions. Varied by a tenth, so that gateways do not ask in step.
const EVERY: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Addresses of one name that are used; who has more workers gives them several names.
const ADDRESSES_MAX: usize = 1024;

/// Asks for the addresses of a name.
pub(super) trait Resolve: Debug + Send + Sync + 'static {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// The system's resolver: `/etc/hosts`, search domains, DNS.
#[derive(Debug)]
pub(super) struct System;

impl Resolve for System {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

#[derive(Debug)]
pub(super) struct Names<R> {
    pub(super) host: String,
    pub(super) port: u16,
    /// The name in the certificates of all of them.
    pub(super) tls_name: Option<Arc<str>>,
    pub(super) resolve: R,
}

impl<R: Resolve> Discovery for Names<R> {
    fn snapshots(self: Box<Self>) -> BoxStream<'static, Snapshot> {
        let asking = Asking {
            names: *self,
            told: None,
            answered: true,
        };
        stream::unfold(asking, |mut asking| async move {
            let snapshot = asking.next().await;
            Some((snapshot, asking))
        })
        .boxed()
    }
}

struct Asking<R> {
    names: Names<R>,
    /// The last snapshot; `None` before the first question.
    told: Option<Snapshot>,
    /// Whether the last question was answered, so that a failure is logged once.
    answered: bool,
}

impl<R: Resolve> Asking<R> {
    /// The next snapshot that differs from the last.
    async fn next(&mut self) -> Snapshot {
        let mut asked = self.told.is_some();
        loop {
            if asked {
                sleep(EVERY.mul_f64(rand::random_range(0.9..1.1))).await;
            }
            asked = true;
            if let Some(snapshot) = self.ask().await
                && self.told.as_ref() != Some(&snapshot)
            {
                self.told = Some(snapshot.clone());
                return snapshot;
            }
        }
    }

    /// What the name stands for now; `None` when nobody can say.
    async fn ask(&mut self) -> Option<Snapshot> {
        let Names { host, port, .. } = &self.names;
        let asked = timeout(ANSWER_MAX, self.names.resolve.resolve(host, *port)).await;
        let mut addresses = match asked {
            Ok(Ok(addresses)) if !addresses.is_empty() => addresses,
            Ok(Ok(_)) => return self.unanswered("it has no address"),
            Ok(Err(problem)) => return self.unanswered(&problem.to_string()),
            Err(_) => return self.unanswered("no answer in time"),
        };
        if !self.answered {
            info!(%host, "the workers' name resolves again");
        }
        self.answered = true;
        // Name servers deal the same addresses in another order each time.
        addresses.sort_unstable();
        addresses.dedup();
        addresses.truncate(ADDRESSES_MAX);
        let point = |address| Point {
            address,
            tls_name: self.names.tls_name.clone(),
        };
        Some(addresses.into_iter().map(point).collect())
    }

    fn unanswered(&mut self, problem: &str) -> Option<Snapshot> {
        if self.answered {
            let known = self.told.as_ref().map_or(0, Vec::len);
            warn!(host = %self.names.host, %problem, known, "could not resolve the workers' name: what is known of it stays");
        }
        self.answered = false;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use tokio::time::Instant;

    use super::*;

    /// Answers one after the other, then the last one again and again; `None` is a failure.
    #[derive(Debug)]
    struct Script(Mutex<VecDeque<Option<Vec<u8>>>>);

    impl Resolve for Script {
        fn resolve<'a>(
            &'a self,
            _: &'a str,
            port: u16,
        ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
            let mut answers = self.0.lock().unwrap();
            let answer = if answers.len() > 1 {
                answers.pop_front().unwrap()
            } else {
                answers.front().unwrap().clone()
            };
            let answer = answer
                .map(|ends| ends.into_iter().map(|end| address(end, port)).collect())
                .ok_or_else(|| io::Error::other("the name server is away"));
            Box::pin(std::future::ready(answer))
        }
    }

    fn address(last: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, last], port))
    }

    fn snapshots(answers: &[Option<&[u8]>]) -> BoxStream<'static, Snapshot> {
        let answers = answers.iter().map(|answer| answer.map(<[u8]>::to_vec));
        Box::new(Names {
            host: "worker".to_owned(),
            port: 50053,
            tls_name: None,
            resolve: Script(Mutex::new(answers.collect())),
        })
        .snapshots()
    }

    fn ends(snapshot: &Snapshot) -> Vec<u8> {
        let last = |point: &Point| match point.address {
            SocketAddr::V4(address) => address.ip().octets()[3],
            SocketAddr::V6(_) => 0,
        };
        snapshot.iter().map(last).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_joins_and_one_that_leaves_are_told_within_three_seconds() {
        let mut told = snapshots(&[Some(&[1]), Some(&[2, 1]), Some(&[2])]);
        let began = Instant::now();
        for expected in [&[1][..], &[1, 2], &[2]] {
            assert_eq!(ends(&told.next().await.unwrap()), expected);
        }
        let took = began.elapsed();
        assert!(
            took > 3 * EVERY / 2 && took < Duration::from_secs(6),
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_addresses_in_another_order_are_no_news() {
        let mut told = snapshots(&[Some(&[1, 2]), Some(&[2, 1]), Some(&[2, 1, 2]), Some(&[3])]);
        assert_eq!(ends(&told.next().await.unwrap()), [1, 2]);
        assert_eq!(ends(&told.next().await.unwrap()), [3]);
    }

    #[tokio::test(start_paused = true)]
    async fn workers_stay_known_while_their_name_cannot_be_resolved() {
        let mut told = snapshots(&[None, Some(&[1, 2]), None, Some(&[]), Some(&[2])]);
        assert_eq!(ends(&told.next().await.unwrap()), [1, 2]);
        assert_eq!(ends(&told.next().await.unwrap()), [2]);
        let still = timeout(Duration::from_secs(600), told.next()).await;
        assert!(still.is_err(), "{still:?}");
    }

    #[tokio::test]
    async fn the_system_knows_this_machine() {
        let addresses = System.resolve("localhost", 50053).await.unwrap();
        assert!(
            addresses
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == 50053),
            "{addresses:?}"
        );
    }
}
