//! Cancels of what other connections run, on this gateway or another.
//!
//! A client's cancel names what only its owner knows: a session's random key, or a statement that
//! a sealed ticket holds, with its principal. `pg_cancel_backend` and `pg_terminate_backend` name
//! a session and who asks. The hash of that is a [`Target`]. A load balancer may
//! bring the cancel to any gateway. One that does not have the target asks the others by way of the
//! workers ([`ask`]); the one that has it hears of it ([`follow`]), and cancels exactly as if the
//! client had come to it: what runs, and what waits in its queue.
//!
//! A cancel must never hit what its client runs next. So what ran when the order came is held
//! fast first, and is cancelled only if the worker says then that the asking gateway still waits,
//! and has its client wait.

mod allowance;
mod ask;
mod follow;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use ring::digest::{Context, SHA256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use ask::Asking;
pub(crate) use follow::follow;

use crate::Gateway;
use crate::auth::Principal;
use crate::session::activity::Signal;

/// Bytes of a target.
const TARGET_BYTES: usize = 32;
/// Orders that are remembered, because they may come by several workers.
const ORDERS_MAX: usize = 256;

/// What is to be cancelled: a hash, so that those between the gateways learn no key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Target([u8; TARGET_BYTES]);

impl Target {
    /// The session of this key of PostgreSQL's protocol.
    pub(crate) fn of_key(pid: i32, secret: i32) -> Self {
        let (pid, secret) = (pid.to_be_bytes(), secret.to_be_bytes());
        Self::of(&[b"tavana cancel postgres v1", &pid, &secret])
    }

    /// The runs of a Flight statement, which only its principal may end.
    pub(crate) fn of_statement(statement: Uuid, principal: &Principal) -> Self {
        let (id, principal) = (statement.as_bytes(), principal.id().as_bytes());
        Self::of(&[b"tavana cancel flight v1", id, principal])
    }

    /// A session of PostgreSQL's protocol, for a signal of its own principal, or of an administrator
    /// when there is none.
    pub(crate) fn of_session(pid: i32, signal: Signal, by: Option<&Principal>) -> Self {
        let (what, pid): (&[u8], _) = match signal {
            Signal::Cancel => (b"cancel", pid.to_be_bytes()),
            Signal::Terminate => (b"terminate", pid.to_be_bytes()),
        };
        match by {
            Some(by) => Self::of(&[b"tavana signal own v1", &pid, what, by.id().as_bytes()]),
            None => Self::of(&[b"tavana signal any v1", &pid, what]),
        }
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        let mut hash = [0; TARGET_BYTES];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Target(***)")
    }
}

impl Gateway {
    /// What runs here now of `target`.
    fn rounds_of(&self, target: Target) -> Vec<CancellationToken> {
        let mut rounds = self.flight_runs.rounds_of(target);
        rounds.extend(self.cancels.round_of(target));
        rounds.extend(self.activities.rounds_of(target));
        rounds
    }
}

/// The orders that came lately, with what ran when each of them came first.
#[derive(Debug, Default)]
pub(crate) struct Orders(Mutex<VecDeque<(String, Vec<CancellationToken>)>>);

impl Orders {
    /// What ran when this order came first; `now` is asked when it has not come before.
    fn held(
        &self,
        order: &str,
        now: impl FnOnce() -> Vec<CancellationToken>,
    ) -> Vec<CancellationToken> {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rounds)) = orders.iter().find(|(known, _)| known == order) {
            return rounds.clone();
        }
        let rounds = now();
        // Of the many orders that are for others nothing is kept.
        if !rounds.is_empty() {
            if orders.len() >= ORDERS_MAX {
                orders.pop_front();
            }
            orders.push_back((order.to_owned(), rounds.clone()));
        }
        rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Source;

    #[test]
    fn targets_differ_in_each_of_their_parts() {
        let (ada, eve) = (
            Principal::new(Source::File, "ada"),
            Principal::new(Source::File, "eve"),
        );
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let targets = [
            Target::of_key(1, 2),
            Target::of_key(2, 1),
            Target::of_key(1, 3),
            Target::of_statement(one, &ada),
            Target::of_statement(two, &ada),
            Target::of_statement(one, &eve),
            Target::of_session(1, Signal::Cancel, Some(&ada)),
            Target::of_session(2, Signal::Cancel, Some(&ada)),
            Target::of_session(1, Signal::Terminate, Some(&ada)),
            Target::of_session(1, Signal::Cancel, Some(&eve)),
            Target::of_session(1, Signal::Cancel, None),
            Target::of_session(1, Signal::Terminate, None),
        ];
        for (index, target) in targets.iter().enumerate() {
            assert!(!targets[..index].contains(target));
            assert_eq!(Target::from_bytes(&target.0), Some(*target));
        }
        assert_eq!(Target::from_bytes(&[0; 31]), None);
    }

    #[test]
    fn an_order_that_comes_again_is_for_what_ran_when_it_came_first() {
        let orders = Orders::default();
        let (first, second) = (CancellationToken::new(), CancellationToken::new());
        drop(orders.held("a", || vec![first.clone()]));
        let held = orders.held("a", || vec![second.clone()]);
        held.iter().for_each(CancellationToken::cancel);
        assert!(first.is_cancelled() && !second.is_cancelled());
        for number in 0..ORDERS_MAX * 2 {
            drop(orders.held(&number.to_string(), || vec![second.clone()]));
        }
        drop(orders.held("for others", Vec::new));
        assert_eq!(orders.0.lock().unwrap().len(), ORDERS_MAX);
    }
}
