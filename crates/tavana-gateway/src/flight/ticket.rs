//! What clients carry for us: tickets, prepared handles, transaction ids and bearer tokens.
//!
//! All are sealed with the cluster key, each for its own purpose, so any gateway of the cluster
//! can open them, nobody can make or change one, and none can be used as another. They name the
//! principal they were made for and expire.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use prost::Message;
use tavana_common::secret::ClusterKey;
use tonic::Status;
use uuid::Uuid;

use crate::auth::Principal;

/// How long a ticket may be used.
pub(crate) const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long a prepared handle may be used.
pub(crate) const HANDLE_LIFE: Duration = Duration::from_secs(60 * 60);
/// How long the token of a handshake may be used.
pub(crate) const BEARER_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// The same when the user came with a token, or the provider was asked: their word ends sooner.
pub(crate) const TOKEN_BEARER_LIFE: Duration = Duration::from_secs(60 * 60);

/// What a sealed text is for. Opening one for another purpose fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A statement that DoGet runs.
    Ticket,
    /// A prepared statement.
    Handle,
    /// An open transaction.
    Transaction,
    /// A savepoint in it.
    Savepoint,
    /// The user of a handshake.
    Bearer,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Ticket => "flight ticket v1",
            Self::Handle => "flight prepared handle v1",
            Self::Transaction => "flight transaction v1",
            Self::Savepoint => "flight savepoint v1",
            Self::Bearer => "flight bearer v1",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Handle => "prepared statement handle",
            Self::Transaction => "transaction id",
            Self::Savepoint => "savepoint id",
            Self::Bearer => "bearer token",
        }
    }
}

/// A statement that a client carries: the plain text of a ticket or a prepared handle.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedStatement {
    /// UUID of this statement; a ticket has its own, a handle keeps it when parameters are bound.
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) id: Vec<u8>,
    /// Who may use it.
    #[prost(string, tag = "2")]
    pub(crate) principal: String,
    /// Seconds since 1970.
    #[prost(uint64, tag = "3")]
    pub(crate) expires_at: u64,
    #[prost(string, tag = "4")]
    pub(crate) sql: String,
    /// UUID of the only session that may run it; empty when any may.
    #[prost(bytes = "vec", tag = "5")]
    pub(crate) session: Vec<u8>,
    /// UUID of the transaction it runs in; empty when none.
    #[prost(bytes = "vec", tag = "6")]
    pub(crate) transaction: Vec<u8>,
    /// DuckDB type of each parameter.
    #[prost(string, repeated, tag = "7")]
    pub(crate) parameter_types: Vec<String>,
    /// The bound parameters.
    #[prost(message, optional, tag = "8")]
    pub(crate) binding: Option<SealedBinding>,
    /// The statement ran already; there is nothing to read.
    #[prost(bool, tag = "9")]
    pub(crate) done: bool,
    /// A handle: what was found when it was made.
    #[prost(message, optional, tag = "10")]
    pub(crate) facts: Option<SealedFacts>,
    /// It runs once and is read by several calls: a part of its session's shared results.
    #[prost(bool, tag = "11")]
    pub(crate) shared: bool,
    /// Endpoints that a shared result was asked to have.
    #[prost(uint32, tag = "12")]
    pub(crate) endpoints: u32,
    /// Where it ran when its client polled for it last.
    #[prost(message, optional, tag = "13")]
    pub(crate) place: Option<SealedPlace>,
    /// Which endpoint of a shared result this is, from 0: each is read once.
    #[prost(uint32, tag = "14")]
    pub(crate) endpoint: u32,
}

/// Where a statement runs.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedPlace {
    /// The id by which its worker knows it.
    #[prost(string, tag = "1")]
    pub(crate) query: String,
    /// What the worker calls itself.
    #[prost(string, tag = "2")]
    pub(crate) worker: String,
}

/// What a worker said of a statement when its handle was made.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedFacts {
    /// UUID of the session that asked.
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) session: Vec<u8>,
    /// Changes that the session had made until then.
    #[prost(uint64, tag = "2")]
    pub(crate) changes: u64,
    #[prost(bool, tag = "3")]
    pub(crate) returns_rows: bool,
    /// The result's schema as clients see it, a bare message.
    #[prost(bytes = "bytes", tag = "4")]
    pub(crate) schema: Bytes,
}

/// Bound parameters that travel with a handle or a ticket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedBinding {
    /// Executions.
    #[prost(uint64, tag = "1")]
    pub(crate) rows: u64,
    /// DuckDB type of each parameter, as bound.
    #[prost(string, repeated, tag = "2")]
    pub(crate) types: Vec<String>,
    /// Arrow IPC stream; empty when they are kept at the connection.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) ipc: Bytes,
    /// Id under which the connection keeps them; empty when they are here.
    #[prost(bytes = "vec", tag = "4")]
    pub(crate) kept: Vec<u8>,
}

/// The transaction that a client holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedTransaction {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) id: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(crate) principal: String,
}

/// A savepoint that a client holds.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedSavepoint {
    /// Its name in the session.
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) principal: String,
    /// UUID of its transaction.
    #[prost(bytes = "vec", tag = "3")]
    pub(crate) transaction: Vec<u8>,
}

/// The user of a handshake.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SealedUser {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    /// Seconds since 1970.
    #[prost(uint64, tag = "2")]
    pub(crate) expires_at: u64,
    /// Who vouched for the name.
    #[prost(string, tag = "3")]
    pub(crate) source: String,
    #[prost(string, optional, tag = "4")]
    pub(crate) tenant: Option<String>,
    #[prost(string, tag = "5")]
    pub(crate) role: String,
    #[prost(bool, tag = "6")]
    pub(crate) own_credentials_only: bool,
    /// Which credential of the users file it was; empty for all others.
    #[prost(bytes = "vec", tag = "7")]
    pub(crate) proof: Vec<u8>,
}

/// Why a sealed text cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// Changed, cut, made by another cluster, or made for another purpose.
    Foreign(Purpose),
    Expired(Purpose),
    /// Made for another principal.
    SomebodyElses(Purpose),
}

impl From<OpenError> for Status {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Foreign(Purpose::Bearer) => {
                Self::unauthenticated("the bearer token is not one of this cluster")
            }
            OpenError::Expired(Purpose::Bearer) => {
                Self::unauthenticated("the bearer token has expired; log in again")
            }
            OpenError::Foreign(purpose) => Self::permission_denied(format!(
                "the {} is not one of this cluster",
                purpose.noun()
            )),
            OpenError::Expired(purpose) => {
                Self::not_found(format!("the {} has expired", purpose.noun()))
            }
            OpenError::SomebodyElses(purpose) => {
                Self::permission_denied(format!("the {} was made for another user", purpose.noun()))
            }
        }
    }
}

/// Seals `message` for `purpose`.
pub(crate) fn seal(key: &ClusterKey, purpose: Purpose, message: &impl Message) -> Bytes {
    key.seal(purpose.label(), &message.encode_to_vec()).into()
}

/// The statement in a ticket or a handle, if `principal` may use it now.
pub(crate) fn open_statement(
    key: &ClusterKey,
    purpose: Purpose,
    sealed: &[u8],
    principal: &Principal,
    now: u64,
) -> Result<SealedStatement, OpenError> {
    let statement: SealedStatement = open(key, purpose, sealed)?;
    if statement.principal != principal.id() {
        return Err(OpenError::SomebodyElses(purpose));
    }
    if statement.expires_at <= now {
        return Err(OpenError::Expired(purpose));
    }
    Ok(statement)
}

/// The id in a transaction id, if it is `principal`'s.
pub(crate) fn open_transaction(
    key: &ClusterKey,
    sealed: &[u8],
    principal: &Principal,
) -> Result<Uuid, OpenError> {
    let transaction: SealedTransaction = open(key, Purpose::Transaction, sealed)?;
    if transaction.principal != principal.id() {
        return Err(OpenError::SomebodyElses(Purpose::Transaction));
    }
    Uuid::from_slice(&transaction.id).map_err(|_| OpenError::Foreign(Purpose::Transaction))
}

/// The savepoint in a savepoint id, if it is `principal`'s.
pub(crate) fn open_savepoint(
    key: &ClusterKey,
    sealed: &[u8],
    principal: &Principal,
) -> Result<SealedSavepoint, OpenError> {
    let savepoint: SealedSavepoint = open(key, Purpose::Savepoint, sealed)?;
    if savepoint.principal != principal.id() {
        return Err(OpenError::SomebodyElses(Purpose::Savepoint));
    }
    Ok(savepoint)
}

/// The user in a bearer token.
pub(crate) fn open_user(
    key: &ClusterKey,
    sealed: &[u8],
    now: u64,
) -> Result<SealedUser, OpenError> {
    let user: SealedUser = open(key, Purpose::Bearer, sealed)?;
    if user.expires_at <= now {
        return Err(OpenError::Expired(Purpose::Bearer));
    }
    Ok(user)
}

fn open<M: Message + Default>(
    key: &ClusterKey,
    purpose: Purpose,
    sealed: &[u8],
) -> Result<M, OpenError> {
    key.open(purpose.label(), sealed)
        .and_then(|plain| M::decode(plain.as_slice()).ok())
        .ok_or(OpenError::Foreign(purpose))
}

/// Seconds since 1970 on the wall clock: tickets are opened by other machines than made them.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// When something made at `now` with the given life expires.
pub(crate) fn expiry(now: u64, life: Duration) -> u64 {
    now.saturating_add(life.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Source;

    fn statement_of(principal: &str, expires_at: u64) -> SealedStatement {
        SealedStatement {
            id: Uuid::new_v4().as_bytes().to_vec(),
            principal: Principal::new(Source::Claimed, principal).id().to_owned(),
            expires_at,
            sql: "SELECT 'secret'".to_owned(),
            parameter_types: vec!["INTEGER".to_owned()],
            binding: Some(SealedBinding {
                rows: 1,
                types: vec!["BIGINT".to_owned()],
                ipc: Bytes::from_static(b"parameters"),
                kept: Vec::new(),
            }),
            ..SealedStatement::default()
        }
    }

    #[test]
    fn a_ticket_gives_back_what_was_sealed_to_the_same_user() {
        let key = ClusterKey::random();
        let statement = statement_of("ana", 100);
        let sealed = seal(&key, Purpose::Ticket, &statement);
        assert!(
            !sealed.windows(6).any(|window| window == b"secret"),
            "the text is not readable"
        );
        let ana = Principal::new(Source::Claimed, "ana");
        assert_eq!(
            open_statement(&key, Purpose::Ticket, &sealed, &ana, 99),
            Ok(statement)
        );
    }

    #[test]
    fn a_ticket_is_refused_to_others_after_its_time_changed_or_as_something_else() {
        let key = ClusterKey::random();
        let sealed = seal(&key, Purpose::Ticket, &statement_of("ana", 100));
        let (ana, bob) = (
            Principal::new(Source::Claimed, "ana"),
            Principal::new(Source::Claimed, "bob"),
        );
        let open = |purpose, bytes: &[u8], who: &Principal, now| {
            open_statement(&key, purpose, bytes, who, now).map(|_| ())
        };
        assert_eq!(open(Purpose::Ticket, &sealed, &ana, 99), Ok(()));
        assert_eq!(
            open(Purpose::Ticket, &sealed, &bob, 99),
            Err(OpenError::SomebodyElses(Purpose::Ticket))
        );
        assert_eq!(
            open(Purpose::Ticket, &sealed, &ana, 100),
            Err(OpenError::Expired(Purpose::Ticket))
        );
        assert_eq!(
            open(Purpose::Handle, &sealed, &ana, 99),
            Err(OpenError::Foreign(Purpose::Handle))
        );
        for at in [0, 12, sealed.len() / 2, sealed.len() - 1] {
            let mut changed = sealed.to_vec();
            changed[at] ^= 1;
            assert_eq!(
                open(Purpose::Ticket, &changed, &ana, 99),
                Err(OpenError::Foreign(Purpose::Ticket)),
                "byte {at}"
            );
        }
    }

    #[test]
    fn refusals_have_clean_codes() {
        use tonic::Code;
        let code = |error: OpenError| Status::from(error).code();
        assert_eq!(
            code(OpenError::SomebodyElses(Purpose::Ticket)),
            Code::PermissionDenied
        );
        assert_eq!(
            code(OpenError::Foreign(Purpose::Ticket)),
            Code::PermissionDenied
        );
        assert_eq!(code(OpenError::Expired(Purpose::Handle)), Code::NotFound);
        assert_eq!(
            code(OpenError::Foreign(Purpose::Bearer)),
            Code::Unauthenticated
        );
        assert_eq!(
            code(OpenError::Expired(Purpose::Bearer)),
            Code::Unauthenticated
        );
    }
}
