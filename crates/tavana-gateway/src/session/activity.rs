//! Who is connected by the PostgreSQL protocol and what they do: `pg_stat_activity`, and whom
//! `pg_cancel_backend` and `pg_terminate_backend` may reach.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio_util::sync::CancellationToken;

use super::secrecy::may_hold_credentials;
use super::{Canceller, TransactionState};
use crate::auth::{Principal, Role};
use crate::cancel::Target;
use crate::catalog::ActivityRow;

/// Longest text of a statement that is kept to be shown, in bytes (`track_activity_query_size`).
const QUERY_BYTES_MAX: usize = 1024;
/// What is shown of a statement whose text may hold credentials: other sessions of a user may be
/// those of other people.
const NOT_SHOWN: &str = "<not shown: may hold credentials>";

/// The living PostgreSQL sessions of this gateway, by the process id that their clients were told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activities(Arc<Mutex<Sessions>>);

#[derive(Debug, Default)]
struct Sessions {
    entries: HashMap<i32, Arc<Entry>>,
    /// By what other gateways ask for.
    targets: HashMap<Target, (i32, Signal)>,
}

/// What is done to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// What it runs ends.
    Cancel,
    /// It ends.
    Terminate,
}

/// What has come of a signal to a session of this gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signalled {
    Done,
    /// Somebody else's.
    Denied,
    /// Not one of this gateway.
    Unknown,
}

#[derive(Debug)]
struct Entry {
    principal: Principal,
    user: String,
    database: String,
    address: Option<String>,
    started: i64,
    canceller: Canceller,
    ended: CancellationToken,
    doing: Mutex<Doing>,
}

#[derive(Debug)]
struct Doing {
    application: String,
    state: &'static str,
    query: String,
    query_start: Option<i64>,
    changed: i64,
}

/// A session's own entry; it goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(super) pid: i32,
    entry: Arc<Entry>,
    all: Activities,
}

/// What a session is to others.
#[derive(Debug)]
pub(crate) struct Introduction {
    pub(crate) pid: i32,
    pub(crate) database: String,
    pub(crate) address: Option<String>,
}

impl Activities {
    pub(super) fn enter(
        &self,
        introduction: Introduction,
        principal: &Principal,
        canceller: Canceller,
    ) -> Activity {
        let now = microseconds();
        let entry = Arc::new(Entry {
            principal: principal.clone(),
            user: principal.name().to_owned(),
            database: introduction.database,
            address: introduction.address,
            started: now,
            canceller,
            ended: CancellationToken::new(),
            doing: Mutex::new(Doing {
                application: String::new(),
                state: "idle",
                query: String::new(),
                query_start: None,
                changed: now,
            }),
        });
        let mut sessions = self.lock();
        for (target, signal) in entry.targets(introduction.pid) {
            sessions.targets.insert(target, (introduction.pid, signal));
        }
        sessions
            .entries
            .insert(introduction.pid, Arc::clone(&entry));
        drop(sessions);
        Activity {
            pid: introduction.pid,
            entry,
            all: self.clone(),
        }
    }

    /// The sessions that `reader` may know of, and the texts of its own.
    pub(super) fn rows(&self, reader: &Principal) -> Vec<ActivityRow> {
        let mut rows: Vec<ActivityRow> = self
            .lock()
            .entries
            .iter()
            .filter(|(_, entry)| entry.is_open_to(reader))
            .map(|(pid, entry)| {
                let doing = lock(&entry.doing);
                ActivityRow {
                    pid: *pid,
                    database: entry.database.clone(),
                    user: entry.user.clone(),
                    application: doing.application.clone(),
                    client_address: entry.address.clone(),
                    backend_start: entry.started,
                    query_start: doing.query_start,
                    state_change: doing.changed,
                    state: doing.state,
                    query: (entry.principal.id() == reader.id()).then(|| doing.query.clone()),
                }
            })
            .collect();
        rows.sort_by_key(|row| row.pid);
        rows
    }

    /// Ends what a session runs, or the session, if it is one that `by` may reach.
    pub(super) fn signal(&self, pid: i32, signal: Signal, by: &Principal) -> Signalled {
        let Some(entry) = self.lock().entries.get(&pid).map(Arc::clone) else {
            return Signalled::Unknown;
        };
        if !entry.is_open_to(by) {
            return Signalled::Denied;
        }
        entry
            .rounds(signal)
            .iter()
            .for_each(CancellationToken::cancel);
        Signalled::Done
    }

    /// What has to be cancelled for a signal that came to another gateway.
    pub(crate) fn rounds_of(&self, target: Target) -> Vec<CancellationToken> {
        let sessions = self.lock();
        let found = sessions.targets.get(&target).and_then(|(pid, signal)| {
            let entry = sessions.entries.get(pid)?;
            Some(entry.rounds(*signal))
        });
        found.unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.0)
    }
}

impl Entry {
    fn is_open_to(&self, reader: &Principal) -> bool {
        self.principal.id() == reader.id() || reader.role() == Role::Admin
    }

    /// By whom, and for what, a session may be reached through other gateways: the same as through
    /// its own.
    fn targets(&self, pid: i32) -> impl Iterator<Item = (Target, Signal)> {
        let readers = [Some(&self.principal), None];
        readers.into_iter().flat_map(move |reader| {
            [Signal::Cancel, Signal::Terminate]
                .map(|signal| (Target::of_session(pid, signal, reader), signal))
        })
    }

    fn rounds(&self, signal: Signal) -> Vec<CancellationToken> {
        let running = self.canceller.current();
        match signal {
            Signal::Cancel => vec![running],
            // Before it hears that its statement was cancelled.
            Signal::Terminate => vec![self.ended.clone(), running],
        }
    }
}

impl Activity {
    pub(super) fn database(&self) -> &str {
        &self.entry.database
    }

    pub(super) fn address(&self) -> Option<&str> {
        self.entry.address.as_deref()
    }

    /// Cancelled when somebody has ended this session.
    pub(super) fn ended(&self) -> &CancellationToken {
        &self.entry.ended
    }

    pub(super) fn runs(&self, sql: &str, application: &str) {
        let now = microseconds();
        let sql = if may_hold_credentials(sql) {
            NOT_SHOWN
        } else {
            sql
        };
        let end = (0..=QUERY_BYTES_MAX.min(sql.len()))
            .rev()
            .find(|end| sql.is_char_boundary(*end))
            .unwrap_or(0);
        let mut doing = lock(&self.entry.doing);
        sql.get(..end)
            .unwrap_or_default()
            .clone_into(&mut doing.query);
        application.clone_into(&mut doing.application);
        doing.state = "active";
        doing.query_start = Some(now);
        doing.changed = now;
    }

    pub(super) fn rests(&self, transaction: TransactionState, application: &str) {
        let mut doing = lock(&self.entry.doing);
        doing.state = match transaction {
            TransactionState::Idle => "idle",
            TransactionState::Open => "idle in transaction",
            TransactionState::Failed => "idle in transaction (aborted)",
        };
        application.clone_into(&mut doing.application);
        doing.changed = microseconds();
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        let mut sessions = self.all.lock();
        sessions.entries.remove(&self.pid);
        for (target, _) in self.entry.targets(self.pid) {
            sessions.targets.remove(&target);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn microseconds() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Source;

    fn principal(name: &str, role: Role) -> Principal {
        Principal::with_rights(Source::File, None, name, role, false)
    }

    #[test]
    fn strangers_neither_see_nor_end_a_session_and_administrators_see_no_texts() {
        let activities = Activities::default();
        let ada = principal("ada", Role::ReadWrite);
        let eve = principal("eve", Role::ReadWrite);
        let admin = principal("root", Role::Admin);
        let canceller = Canceller::default();
        let token = canceller.current();
        let introduction = Introduction {
            pid: 7,
            database: "sales".to_owned(),
            address: None,
        };
        let activity = activities.enter(introduction, &ada, canceller);
        activity.runs("SELECT 'é'", "psql");
        let own = activities.rows(&ada);
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].query.as_deref(), Some("SELECT 'é'"));
        assert_eq!(
            (own[0].state, own[0].application.as_str()),
            ("active", "psql")
        );
        assert!(activities.rows(&eve).is_empty());
        activity.runs("CREATE SECRET (TYPE s3, SECRET 'x')", "psql");
        let own = activities.rows(&ada);
        assert_eq!(own[0].query.as_deref(), Some(NOT_SHOWN));
        assert_eq!(activities.rows(&admin)[0].query, None);
        let signal = |pid, signal, by| activities.signal(pid, signal, by);
        assert_eq!(signal(7, Signal::Terminate, &eve), Signalled::Denied);
        assert_eq!(signal(8, Signal::Terminate, &ada), Signalled::Unknown);
        assert!(!token.is_cancelled() && !activity.ended().is_cancelled());
        assert_eq!(signal(7, Signal::Cancel, &ada), Signalled::Done);
        assert!(token.is_cancelled() && !activity.ended().is_cancelled());
        assert_eq!(signal(7, Signal::Terminate, &admin), Signalled::Done);
        assert!(activity.ended().is_cancelled());
        drop(activity);
        assert!(activities.rows(&admin).is_empty());
    }

    #[test]
    fn other_gateways_reach_a_session_for_those_who_may() {
        let activities = Activities::default();
        let ada = principal("ada", Role::ReadWrite);
        let eve = principal("eve", Role::ReadWrite);
        let canceller = Canceller::default();
        let running = canceller.current();
        let introduction = Introduction {
            pid: 7,
            database: "sales".to_owned(),
            address: None,
        };
        let activity = activities.enter(introduction, &ada, canceller);
        let rounds = |pid, signal, by| activities.rounds_of(Target::of_session(pid, signal, by));
        assert!(rounds(7, Signal::Cancel, Some(&eve)).is_empty());
        assert!(rounds(8, Signal::Cancel, Some(&ada)).is_empty());
        for by in [Some(&ada), None] {
            assert_eq!(rounds(7, Signal::Cancel, by).len(), 1);
            assert_eq!(rounds(7, Signal::Terminate, by).len(), 2);
        }
        for round in rounds(7, Signal::Cancel, Some(&ada)) {
            round.cancel();
        }
        assert!(running.is_cancelled() && !activity.ended().is_cancelled());
        for round in rounds(7, Signal::Terminate, None) {
            round.cancel();
        }
        assert!(activity.ended().is_cancelled());
        drop(activity);
        let sessions = activities.lock();
        assert!(sessions.targets.is_empty() && sessions.entries.is_empty());
    }
}
