//! One line for each login, denied statement and administrator's change, under the target `audit`,
//! never with a secret or the text of a statement.
//!
//! Logins that fail are WARN, everything else INFO. With JSON logs each is an object a line.

use tracing::{info, warn};

use tavana_common::ids::QueryId;

use super::Origin;
use super::principal::Principal;
use crate::session::Protocol;

/// What became of a login.
#[derive(Debug)]
pub(super) enum Outcome<'a> {
    Accepted(&'a Principal),
    /// The reason is for operators; clients hear the same words for all.
    Refused(&'a str),
    Forbidden(&'a Principal),
    Throttled,
    Unavailable(&'a str),
}

/// Writes the line. `name` is what the client calls itself: shown escaped, as it may be anything.
pub(super) fn login(origin: Origin, name: &str, method: &str, outcome: &Outcome<'_>) {
    let Origin {
        address,
        protocol,
        encrypted,
    } = origin;
    match outcome {
        Outcome::Accepted(principal) => info!(
            target: "audit",
            event = "login",
            outcome = "accepted",
            user = ?name,
            principal = principal.id(),
            tenant = principal.tenant(),
            role = principal.role().name(),
            %address,
            ?protocol,
            tls = encrypted,
            method,
            "client logged in"
        ),
        Outcome::Refused(reason) => warn!(
            target: "audit",
            event = "login",
            outcome = "refused",
            user = ?name,
            %address,
            ?protocol,
            tls = encrypted,
            reason,
            "login refused"
        ),
        Outcome::Forbidden(principal) => warn!(
            target: "audit",
            event = "login",
            outcome = "forbidden",
            user = ?name,
            principal = principal.id(),
            %address,
            ?protocol,
            tls = encrypted,
            "login not permitted"
        ),
        Outcome::Throttled => warn!(
            target: "audit",
            event = "login",
            outcome = "throttled",
            user = ?name,
            %address,
            ?protocol,
            tls = encrypted,
            "too many failed logins: further ones are refused for a while"
        ),
        Outcome::Unavailable(reason) => warn!(
            target: "audit",
            event = "login",
            outcome = "unavailable",
            user = ?name,
            %address,
            ?protocol,
            tls = encrypted,
            reason,
            "login could not be checked"
        ),
    }
}

/// A statement that its principal may not run.
pub(crate) fn denied(principal: &Principal, protocol: Protocol, query: QueryId) {
    info!(
        target: "audit",
        event = "statement",
        outcome = "denied",
        principal = principal.id(),
        tenant = principal.tenant(),
        role = principal.role().name(),
        ?protocol,
        %query,
        "statement denied"
    );
}

/// A statement of an administrator that may change something.
pub(crate) fn admin(principal: &Principal, protocol: Protocol, query: QueryId) {
    info!(
        target: "audit",
        event = "statement",
        outcome = "accepted",
        principal = principal.id(),
        tenant = principal.tenant(),
        role = principal.role().name(),
        ?protocol,
        %query,
        "administrator's statement"
    );
}
