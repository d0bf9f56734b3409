//! The statements that run or wait here, by query id, so that they can be stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tavana_common::failure;
use tavana_common::ids::{GatewayId, QueryId, SessionId};
use tavana_common::proto::v1::{Failure, FailureKind, ProgressResponse};
use tokio::sync::Notify;

use super::aside::Aside;
use super::progress::Progress;
use super::stop::{Stop, StopReason};

/// Statements that may run or wait at once. Far above slots and sessions; it bounds a gateway that
/// sends without waiting for answers.
const QUERIES_MAX: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Queries {
    entries: Mutex<HashMap<QueryId, Entry>>,
    emptied: Notify,
}

#[derive(Debug)]
struct Entry {
    session: SessionId,
    gateway: GatewayId,
    stop: Stop,
    progress: Progress,
    aside: Aside,
}

/// The presence of one statement in the register; dropping it ends that.
#[derive(Debug)]
pub(crate) struct Registration {
    queries: Arc<Queries>,
    query: QueryId,
    stop: Stop,
    progress: Progress,
    aside: Aside,
}

impl Queries {
    pub(crate) fn register(
        self: &Arc<Self>,
        query: QueryId,
        session: SessionId,
        gateway: GatewayId,
    ) -> Result<Registration, Failure> {
        let mut entries = self.lock();
        if entries.len() >= QUERIES_MAX {
            let text = format!("the worker holds {QUERIES_MAX} statements");
            return Err(failure::new(FailureKind::FailureOverloaded, text));
        }
        if entries.contains_key(&query) {
            // It was lost on its way back, and this is its second try: the first one ends as soon
            // as its connection is known to be broken.
            let text = format!("a query with the id {query} is still here");
            return Err(failure::new(FailureKind::FailureOverloaded, text));
        }
        let (stop, progress) = (Stop::default(), Progress::default());
        let aside = Aside::default();
        entries.insert(
            query,
            Entry {
                session,
                gateway,
                stop: stop.clone(),
                progress: progress.clone(),
                aside: aside.clone(),
            },
        );
        Ok(Registration {
            queries: Arc::clone(self),
            query,
            stop,
            progress,
            aside,
        })
    }

    /// Stops one query of one session. False when that session has no such query here.
    pub(crate) fn cancel(&self, query: QueryId, session: SessionId) -> bool {
        let entries = self.lock();
        let Some(entry) = entries.get(&query).filter(|entry| entry.session == session) else {
            return false;
        };
        entry.stop.stop(StopReason::Cancelled);
        true
    }

    /// What sets a query of one session aside.
    pub(crate) fn aside(&self, query: QueryId, session: SessionId) -> Option<Aside> {
        let entries = self.lock();
        let entry = entries.get(&query)?;
        (entry.session == session).then(|| entry.aside.clone())
    }

    /// How far a query has come.
    pub(crate) fn progress(&self, query: QueryId) -> ProgressResponse {
        let entries = self.lock();
        entries
            .get(&query)
            .map_or_else(ProgressResponse::default, |entry| entry.progress.report())
    }

    pub(crate) fn stop_session(&self, session: SessionId, reason: StopReason) {
        for entry in self
            .lock()
            .values()
            .filter(|entry| entry.session == session)
        {
            entry.stop.stop(reason);
        }
    }

    /// How many are here, whether they run or wait for something.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// How many of these other gateways have sent.
    pub(crate) fn of_others_than(&self, gateway: GatewayId) -> usize {
        let entries = self.lock();
        let others = entries.values().filter(|entry| entry.gateway != gateway);
        others.count()
    }

    /// Stops everything; returns how many that were.
    pub(crate) fn stop_all(&self, reason: StopReason) -> usize {
        let entries = self.lock();
        for entry in entries.values() {
            entry.stop.stop(reason);
        }
        entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Waits until no query is here.
    pub(crate) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            // Listens before looking, so that an end between the two is not missed.
            emptied.as_mut().enable();
            if self.lock().is_empty() {
                return;
            }
            emptied.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<QueryId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registration {
    pub(crate) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    pub(crate) fn aside(&self) -> &Aside {
        &self.aside
    }

    pub(crate) fn query(&self) -> QueryId {
        self.query
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.aside.settle(Ok(()));
        let mut entries = self.queries.lock();
        entries.remove(&self.query);
        if entries.is_empty() {
            drop(entries);
            self.queries.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::stop::Watch;
    use super::*;

    #[tokio::test]
    async fn only_the_session_of_a_query_may_cancel_it() {
        let queries = Arc::new(Queries::default());
        let (query, session) = (QueryId::mint(), SessionId::mint());
        let gateway = GatewayId::mint();
        let registration = queries.register(query, session, gateway).unwrap();
        let twice = queries.register(query, session, gateway).unwrap_err();
        assert_eq!(twice.kind(), FailureKind::FailureOverloaded);

        assert!(!queries.cancel(query, SessionId::mint()));
        assert!(!queries.cancel(QueryId::mint(), session));
        assert!(queries.cancel(query, session));
        let mut watch = Watch::new(registration.stop(), Duration::ZERO);
        assert_eq!(watch.tripped().await, StopReason::Cancelled);
        drop(registration);
        assert!(!queries.cancel(query, session));
    }

    #[test]
    fn a_query_says_how_far_it_has_come_until_it_has_ended() {
        let queries = Arc::new(Queries::default());
        let query = QueryId::mint();
        assert!(!queries.progress(query).found);
        let (session, gateway) = (SessionId::mint(), GatewayId::mint());
        let registration = queries.register(query, session, gateway).unwrap();
        let unknown = queries.progress(query);
        assert!(unknown.found && !unknown.answering && unknown.fraction.is_none());
        registration.progress().estimate(0.5);
        assert_eq!(queries.progress(query).fraction, Some(0.5));
        registration.progress().answers();
        assert!(queries.progress(query).answering);
        drop(registration);
        assert!(!queries.progress(query).found);
    }

    #[tokio::test]
    async fn emptiness_is_noticed() {
        let queries = Arc::new(Queries::default());
        queries.empty().await;
        let gateway = GatewayId::mint();
        let registration = queries
            .register(QueryId::mint(), SessionId::mint(), gateway)
            .unwrap();
        assert_eq!(queries.of_others_than(GatewayId::mint()), 1);
        assert_eq!(queries.of_others_than(gateway), 0);
        assert_eq!(queries.stop_all(StopReason::Draining), 1);
        let waiting = queries.empty();
        tokio::pin!(waiting);
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        drop(registration);
        waiting.await;
    }
}
