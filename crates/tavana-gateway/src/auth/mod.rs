//! Who a client is, for both protocols and all ways to prove it. Nothing else decides that.
//!
//! It fails closed: what cannot be checked is refused, an unreadable users file or key stops the
//! process at start, and no error says more to a stranger than that the login failed.
//!
//! A credential is looked for in this order: the users file (password, API key), tokens of the
//! configured issuer, the external provider. Passwords are proven by SCRAM where the protocol has
//! it; otherwise they are compared here, one at a time, off the runtime, behind the [`throttle`].
//! A token or API key has too many bits to be guessed, so a good one is never throttled, whatever
//! others do from the same address.

pub(crate) mod audit;
mod external;
mod http;
pub mod jwt;
mod principal;
pub mod scram;
mod throttle;
mod timeouts;
pub mod users;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use moka::Expiry;
use moka::sync::Cache;
use ring::hmac;
use ring::rand::SystemRandom;
use tavana_common::secret::Secret;
use tavana_common::task::{self, Task};
use thiserror::Error;
use tokio::sync::Semaphore;

use self::audit::Outcome;
use self::external::{External, Verdict};
pub use self::http::HttpError;
use self::jwt::{JwtError, Tokens};
pub use self::principal::Role;
pub(crate) use self::principal::{Principal, Source, is_name};
use self::scram::{Exchange, ScramError, Verifier};
pub(crate) use self::throttle::network;
use self::throttle::{Throttle, Throttled, Try};
pub use self::timeouts::Timeouts;
use self::users::{KeyHash, User, Users};
use crate::error::{QueryError, SqlState};
use crate::session::Protocol;
use crate::settings::{AuthMode, AuthSettings};

/// The user name under which a token or API key may be given as password without knowing whose it
/// is.
pub(crate) const TOKEN_USER: &str = "token";
/// Credentials that were found good and need not be asked about again for a while.
const REMEMBERED_MAX: u64 = 10_000;
/// Misses before a name is refused to an address for a while.
const MISSES_MAX: usize = 5;
/// The same for tokens without a name, which are not to be guessed, only to be bounded.
const NAMELESS_MISSES_MAX: usize = 100;
/// Longest password or token.
const CREDENTIAL_BYTES_MAX: usize = 32 * 1024;
/// Passwords compared at once: the work is the same for a right and a wrong one, and a flood of
/// guesses must not take more than this of the machine.
const COMPARED_AT_ONCE: usize = 1;

/// Why the settings do not add up to an authentication.
#[derive(Debug, Error)]
pub enum AuthStartError {
    /// The users file cannot be used.
    #[error("TAVANA_USERS_FILE: {0}")]
    Users(#[from] users::UsersError),
    /// A key cannot be used.
    #[error("{0}")]
    Key(#[from] jwt::KeyError),
    /// The external provider's client cannot be made.
    #[error("SEPAR_ENDPOINT: {0}")]
    External(#[from] HttpError),
}

/// Where a login comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) protocol: Protocol,
    /// Whether the connection has TLS.
    pub(crate) encrypted: bool,
}

/// Why nobody was let in.
#[derive(Debug, Error)]
pub(crate) enum Denied {
    /// Wrong password, unknown user, bad token: always the same words.
    #[error("password authentication failed for user \"{user}\"")]
    Failed {
        user: String,
        /// Whether the hint that tokens need TLS is of use.
        tokens_need_tls: bool,
    },
    /// A token without a user name.
    #[error("the token is not valid")]
    BadToken,
    /// Too many misses before.
    #[error("too many failed logins, try again later")]
    Throttled,
    /// There was nothing to check.
    #[error("authentication is required")]
    Missing,
    /// The provider or issuer cannot be asked.
    #[error("the identity provider could not be reached")]
    Unavailable,
    /// Known, but not allowed to connect.
    #[error("permission denied to connect")]
    Forbidden,
    /// The client does not speak the protocol of the login.
    #[error("{0}")]
    Malformed(&'static str),
    /// A name that cannot be one.
    #[error("the user name is longer than 256 bytes or holds control characters")]
    Name,
}

impl Denied {
    /// As PostgreSQL clients hear it.
    pub(crate) fn query_error(&self) -> QueryError {
        let sqlstate = match self {
            Self::Failed { .. } => SqlState::INVALID_PASSWORD,
            Self::BadToken | Self::Throttled | Self::Missing | Self::Unavailable | Self::Name => {
                SqlState::INVALID_AUTHORIZATION
            }
            Self::Forbidden => SqlState::INSUFFICIENT_PRIVILEGE,
            Self::Malformed(_) => SqlState::PROTOCOL_VIOLATION,
        };
        let error = QueryError::new(sqlstate, self.to_string());
        match self {
            Self::Failed {
                tokens_need_tls: true,
                ..
            } => error.with_hint("Tokens and API keys are taken as passwords over TLS only: connect with sslmode=require or stronger."),
            _ => error,
        }
    }

    /// As Flight clients hear it.
    pub(crate) fn status(&self) -> tonic::Status {
        match self {
            Self::Failed { .. }
            | Self::BadToken
            | Self::Throttled
            | Self::Missing
            | Self::Malformed(_)
            | Self::Name => tonic::Status::unauthenticated(self.to_string()),
            Self::Unavailable => tonic::Status::unavailable(self.to_string()),
            Self::Forbidden => tonic::Status::permission_denied(self.to_string()),
        }
    }
}

/// A principal with what their proof was worth.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) principal: Principal,
    /// When the proof stops counting, in seconds since 1970.
    pub(crate) until: Option<u64>,
    /// Which credential of the users file it was; empty for all others.
    pub(crate) proof: Vec<u8>,
}

impl Login {
    /// One that nothing was shown for, or nothing that could be taken back.
    fn plain(principal: Principal) -> Self {
        Self {
            principal,
            until: None,
            proof: Vec::new(),
        }
    }
}

/// What a PostgreSQL client is asked for.
#[derive(Debug)]
pub(crate) enum Challenge {
    /// Nothing.
    None(Principal),
    /// A SCRAM proof.
    Scram(Expected),
    /// A password, token or API key in clear; only over TLS, unless the settings allow it without.
    Password,
}

/// Whose proof is expected.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) verifier: Verifier,
    /// Nobody, for a name that is not listed.
    pub(crate) principal: Option<Principal>,
}

/// Decides who clients are.
pub(crate) struct Authenticator {
    mode: AuthMode,
    cleartext_allowed: bool,
    default_role: Role,
    own_credentials_only: bool,
    users: Option<Arc<Users>>,
    tokens: Option<Tokens>,
    external: Option<External>,
    throttle: Throttle,
    /// Tokens that nobody knows, by address.
    nameless: Throttle,
    /// Good credentials, by a keyed hash of them.
    remembered: Cache<[u8; 32], Remembered>,
    remember: Duration,
    compared: Arc<Semaphore>,
    key: hmac::Key,
}

#[derive(Clone, Debug)]
struct Remembered {
    login: Login,
    /// Whether it is something that can be guessed.
    kind: Kind,
    life: Duration,
}

/// Whether a credential can be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Password,
    Token,
}

struct OwnLife;

impl Expiry<[u8; 32], Remembered> for OwnLife {
    #[expect(clippy::disallowed_types, reason = "the signature is the cache's own")]
    fn expire_after_create(
        &self,
        _: &[u8; 32],
        value: &Remembered,
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(value.life)
    }
}

impl Authenticator {
    /// # Errors
    /// When what the settings ask for cannot be had: then nobody must be let in.
    pub(crate) fn new(settings: &AuthSettings) -> Result<Self, AuthStartError> {
        let users = settings.users_file.clone().map(Users::load).transpose()?;
        let tokens = settings.jwt.clone().map(Tokens::new).transpose()?;
        let external = settings.external.clone().map(External::new).transpose()?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .expect("the operating system gives random bytes");
        Ok(Self {
            mode: settings.mode,
            cleartext_allowed: settings.cleartext_allowed,
            default_role: settings.default_role,
            own_credentials_only: settings.own_credentials_only,
            users,
            tokens,
            external,
            throttle: Throttle::new(MISSES_MAX),
            nameless: Throttle::new(NAMELESS_MISSES_MAX),
            remembered: Cache::builder()
                .max_capacity(REMEMBERED_MAX)
                .expire_after(OwnLife)
                .build(),
            remember: settings.remember,
            compared: Arc::new(Semaphore::new(COMPARED_AT_ONCE)),
            key,
        })
    }

    /// Follows the users file for as long as the task lives.
    pub(crate) fn follow(&self) -> Option<Task<()>> {
        let remembered = self.remembered.clone();
        self.users
            .as_ref()
            .map(|users| users.follow(move || remembered.invalidate_all()))
    }

    /// What to ask a PostgreSQL client that calls itself `name` for. `certificate` is the common
    /// name in the certificate that it proved to own.
    pub(crate) fn challenge(
        &self,
        name: &str,
        origin: Origin,
        certificate: Option<&str>,
    ) -> Result<Challenge, Denied> {
        if !is_name(name) {
            return Err(Denied::Name);
        }
        if self.mode == AuthMode::Passthrough {
            return Ok(Challenge::None(self.claimed(name)));
        }
        if certificate == Some(name) {
            return Ok(Challenge::None(self.certified(name)));
        }
        let listed = self.user(name);
        if let Some(User {
            principal,
            verifier: Some(verifier),
            ..
        }) = listed
        {
            return Ok(Challenge::Scram(Expected {
                verifier,
                principal: Some(principal),
            }));
        }
        if self.mode == AuthMode::Optional && listed.is_none() && name != TOKEN_USER {
            return Ok(Challenge::None(self.claimed(name)));
        }
        if self.takes_tokens() && self.may_send_secrets(origin) {
            return Ok(Challenge::Password);
        }
        // Nobody has this name, or not by password. It looks as if somebody had.
        Ok(Challenge::Scram(Expected {
            verifier: Verifier::of_nobody(&self.key, name),
            principal: None,
        }))
    }

    /// Reads the last message of a SCRAM exchange. The text is the server's own proof.
    pub(crate) async fn prove(
        &self,
        name: &str,
        expected: Option<Principal>,
        exchange: Exchange,
        message: &[u8],
        origin: Origin,
    ) -> Result<(Principal, String), Denied> {
        let attempt = self.admit(Some(name), origin).await?;
        match (exchange.finish(message), expected) {
            (Ok(proof), Some(principal)) => {
                attempt.succeeded();
                audit::login(origin, name, "scram", &Outcome::Accepted(&principal));
                Ok((principal, proof))
            }
            (Err(ScramError::Malformed(problem)), _) => Err(Denied::Malformed(problem)),
            (Ok(_) | Err(ScramError::Refused), _) => {
                audit::login(
                    origin,
                    name,
                    "scram",
                    &Outcome::Refused("wrong password or unknown user"),
                );
                Err(self.failed(name, origin))
            }
        }
    }

    /// Whether a secret may cross this connection in clear. (One that did has been read by others,
    /// if anybody listens; refusing it teaches the client.)
    pub(crate) fn may_send_secrets(&self, origin: Origin) -> bool {
        origin.encrypted
            || self.cleartext_allowed
            || self.mode == AuthMode::Passthrough
            // PostgreSQL has SCRAM for connections without TLS; Flight has nothing.
            || (origin.protocol == Protocol::Flight
                && origin.address.to_canonical().is_loopback())
    }

    /// A name with a password, token or API key, all in clear.
    pub(crate) async fn password(
        &self,
        name: &str,
        password: &Secret,
        origin: Origin,
    ) -> Result<Login, Denied> {
        if self.mode == AuthMode::Passthrough {
            return self.anonymous(Some(name));
        }
        if !is_name(name) {
            return Err(Denied::Name);
        }
        if self.mode == AuthMode::Optional
            && password.expose().is_empty()
            && self.user(name).is_none()
        {
            return Ok(Login::plain(self.claimed(name)));
        }
        self.check(Some(name), password, origin).await
    }

    /// A token or API key that says itself whose it is.
    pub(crate) async fn token(&self, token: &Secret, origin: Origin) -> Result<Login, Denied> {
        self.check(None, token, origin).await
    }

    /// A client that shows nothing; `name` is what it calls itself.
    pub(crate) fn anonymous(&self, name: Option<&str>) -> Result<Login, Denied> {
        let name = name.filter(|name| !name.is_empty()).unwrap_or("tavana");
        if !is_name(name) {
            return Err(Denied::Name);
        }
        match self.mode {
            AuthMode::Passthrough => Ok(Login::plain(self.claimed(name))),
            AuthMode::Optional if self.user(name).is_none() => Ok(Login::plain(self.claimed(name))),
            AuthMode::Optional | AuthMode::Required => Err(Denied::Missing),
        }
    }

    /// A client that proved by TLS to own a certificate with this common name.
    pub(crate) fn certificate(&self, name: &str) -> Result<Login, Denied> {
        if !is_name(name) {
            return Err(Denied::Name);
        }
        Ok(Login::plain(match self.mode {
            AuthMode::Passthrough => self.claimed(name),
            AuthMode::Optional | AuthMode::Required => self.certified(name),
        }))
    }

    /// Whether a principal that logged in earlier, by the credential of `proof`, would be let in
    /// today, too.
    pub(crate) fn still_good(&self, principal: &Principal, proof: &[u8]) -> bool {
        match principal.source() {
            Source::Claimed => match self.mode {
                AuthMode::Passthrough => true,
                AuthMode::Optional => self.user(principal.name()).is_none(),
                AuthMode::Required => false,
            },
            Source::File => self
                .user(principal.name())
                .is_some_and(|user| user.principal == *principal && user.still_shows(proof)),
            // Whom the users file lists has what it says of them.
            Source::Certificate => {
                self.mode != AuthMode::Passthrough && self.user(principal.name()).is_none()
            }
            Source::Token => self.tokens.is_some(),
            Source::External => self.external.is_some(),
        }
    }

    async fn check(
        &self,
        name: Option<&str>,
        credential: &Secret,
        origin: Origin,
    ) -> Result<Login, Denied> {
        if credential.expose().len() > CREDENTIAL_BYTES_MAX {
            return Err(Denied::Malformed("the password or token is too long"));
        }
        let key = self.hash(name, credential);
        let shown = name.unwrap_or_default();
        if let Some(remembered) = self.remembered.get(&key) {
            // Who guesses right at last must not be told so.
            if remembered.kind == Kind::Password {
                self.admit(name, origin).await?.succeeded();
            }
            let login = remembered.login;
            // It may have been remembered while the users file was read again.
            if self.still_good(&login.principal, &login.proof) {
                return Ok(login);
            }
        }
        // What cannot be guessed is judged first: good tokens are never throttled.
        let mut checked = self.check_token(credential).await.of(name);
        if !matches!(checked, Checked::Good { .. }) {
            let attempt = self.admit(name, origin).await?;
            if matches!(checked, Checked::Bad(_)) {
                checked = self.compare(name, credential).await.of(name);
            }
            match &checked {
                Checked::Good { .. } | Checked::Forbidden(_) => attempt.succeeded(),
                Checked::Unavailable(_) => attempt.undecided(),
                Checked::Bad(_) => drop(attempt),
            }
        }
        match checked {
            Checked::Good {
                method,
                kind,
                login,
            } => {
                let principal = &login.principal;
                audit::login(origin, shown, method, &Outcome::Accepted(principal));
                let left = login.until.map(|until| until.saturating_sub(now()));
                let life = left.map_or(self.remember, |left| {
                    self.remember.min(Duration::from_secs(left))
                });
                if !life.is_zero() {
                    let login = login.clone();
                    self.remembered
                        .insert(key, Remembered { login, kind, life });
                }
                Ok(login)
            }
            Checked::Bad(why) => {
                audit::login(origin, shown, "password", &Outcome::Refused(&why));
                Err(match name {
                    Some(name) => self.failed(name, origin),
                    None => Denied::BadToken,
                })
            }
            Checked::Forbidden(principal) => {
                audit::login(origin, shown, "external", &Outcome::Forbidden(&principal));
                Err(Denied::Forbidden)
            }
            Checked::Unavailable(why) => {
                audit::login(origin, shown, "external", &Outcome::Unavailable(&why));
                Err(Denied::Unavailable)
            }
        }
    }

    /// Judges what is an API key or a token of the issuer.
    async fn check_token(&self, credential: &Secret) -> Checked {
        let listed = self
            .users
            .as_ref()
            .and_then(|users| users.user_of_key(credential.expose()));
        if let Some(user) = listed {
            return Checked::Good {
                method: "api key",
                kind: Kind::Token,
                login: Login {
                    principal: user.principal,
                    until: None,
                    proof: KeyHash::of(credential.expose()).proof(),
                },
            };
        }
        let Some(tokens) = &self.tokens else {
            return Checked::Bad("unknown credential".to_owned());
        };
        if !Tokens::is_token(credential.expose()) {
            return Checked::Bad("unknown credential".to_owned());
        }
        let now = now();
        match tokens.judge(credential.expose(), now).await {
            Ok((principal, expires_at)) => Checked::Good {
                method: "token",
                kind: Kind::Token,
                login: Login {
                    principal,
                    until: Some(expires_at),
                    proof: Vec::new(),
                },
            },
            Err(JwtError::Refused(why)) => Checked::Bad(why),
            Err(JwtError::Unavailable(why)) => Checked::Unavailable(why.to_string()),
        }
    }

    /// Compares a password with the listed user's; asks the external provider otherwise.
    async fn compare(&self, name: Option<&str>, credential: &Secret) -> Checked {
        let listed = name.and_then(|name| self.user(name));
        let external = self.external.as_ref().filter(|_| listed.is_none());
        if let Some(external) = external {
            return match external.validate(name, credential).await {
                Ok(Verdict::Good(principal)) => Checked::Good {
                    method: "external",
                    // Nobody here knows what the provider takes; with a name it may be a password.
                    kind: if name.is_some() {
                        Kind::Password
                    } else {
                        Kind::Token
                    },
                    login: Login::plain(principal),
                },
                Ok(Verdict::Bad) => Checked::Bad("the provider refused the credential".to_owned()),
                Ok(Verdict::Forbidden(principal)) => Checked::Forbidden(principal),
                Err(problem) => Checked::Unavailable(problem.to_string()),
            };
        }
        let Some(name) = name else {
            return Checked::Bad("unknown credential".to_owned());
        };
        // A name that nobody has costs the same work.
        let (verifier, principal) = match listed {
            Some(User {
                principal,
                verifier: Some(verifier),
                ..
            }) => (verifier, Some(principal)),
            _ => (Verifier::of_nobody(&self.key, name), None),
        };
        let password = credential.clone();
        let proof = verifier.proof();
        let Ok(turn) = Arc::clone(&self.compared).acquire_owned().await else {
            return Checked::Unavailable("the gateway is stopping".to_owned());
        };
        // The turn goes with the work: a client that leaves does not stop what has begun.
        let fits = task::spawn_blocking(move || {
            let _turn = turn;
            verifier.fits(password.expose())
        })
        .await;
        match (fits, principal) {
            (Ok(true), Some(principal)) => Checked::Good {
                method: "password",
                kind: Kind::Password,
                login: Login {
                    principal,
                    until: None,
                    proof,
                },
            },
            (Ok(_), _) => Checked::Bad("wrong password or unknown user".to_owned()),
            (Err(problem), _) => Checked::Unavailable(problem.to_string()),
        }
    }

    /// A place for one try. Misses count for the name; those without a name count for the
    /// address, which may have more of them: many may share it.
    async fn admit(&self, name: Option<&str>, origin: Origin) -> Result<Try, Denied> {
        let (throttle, shown) = match name {
            Some(name) => (&self.throttle, name),
            None => (&self.nameless, ""),
        };
        throttle
            .admit(origin.address, shown)
            .await
            .map_err(|Throttled { first }| {
                if first {
                    audit::login(origin, shown, "any", &Outcome::Throttled);
                }
                Denied::Throttled
            })
    }

    fn failed(&self, name: &str, origin: Origin) -> Denied {
        Denied::Failed {
            user: name.to_owned(),
            tokens_need_tls: !self.may_send_secrets(origin) && self.takes_tokens(),
        }
    }

    /// A line for a session of somebody who was let in without a credential to check.
    pub(crate) fn note(&self, principal: &Principal, origin: Origin) {
        let method = match principal.source() {
            Source::Claimed => "none",
            Source::Certificate => "certificate",
            Source::File | Source::Token | Source::External => "earlier login",
        };
        audit::login(
            origin,
            principal.name(),
            method,
            &Outcome::Accepted(principal),
        );
    }

    /// The time limits that the users file gives to sessions of `principal`.
    pub(crate) fn timeouts(&self, principal: &Principal) -> Timeouts {
        let user = match principal.source() {
            Source::File => self.user(principal.name()),
            Source::Claimed | Source::Certificate | Source::Token | Source::External => None,
        };
        user.map(|user| user.timeouts).unwrap_or_default()
    }

    fn claimed(&self, name: &str) -> Principal {
        Principal::with_rights(
            Source::Claimed,
            None,
            name,
            self.default_role,
            self.own_credentials_only,
        )
    }

    fn certified(&self, name: &str) -> Principal {
        self.user(name).map_or_else(
            || {
                Principal::with_rights(
                    Source::Certificate,
                    None,
                    name,
                    self.default_role,
                    self.own_credentials_only,
                )
            },
            |user| user.principal,
        )
    }

    fn takes_tokens(&self) -> bool {
        self.tokens.is_some()
            || self.external.is_some()
            || self.users.as_ref().is_some_and(|users| users.has_keys())
    }

    fn user(&self, name: &str) -> Option<User> {
        self.users.as_ref().and_then(|users| users.user(name))
    }

    fn hash(&self, name: Option<&str>, credential: &Secret) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&[u8::from(name.is_some())]);
        let name = name.unwrap_or_default();
        context.update(&u64::try_from(name.len()).unwrap_or(u64::MAX).to_le_bytes());
        context.update(name.as_bytes());
        context.update(credential.expose().as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// What became of a credential.
#[derive(Debug)]
enum Checked {
    Good {
        method: &'static str,
        kind: Kind,
        login: Login,
    },
    /// With the reason for the log; clients do not hear it.
    Bad(String),
    Forbidden(Principal),
    Unavailable(String),
}

impl Checked {
    /// A credential counts only for the name it came with; [`TOKEN_USER`] stands for any.
    fn of(self, name: Option<&str>) -> Self {
        match (self, name) {
            (Self::Good { login, .. }, Some(name))
                if name != login.principal.name() && name != TOKEN_USER =>
            {
                Self::Bad("the credential is of another user".to_owned())
            }
            (checked, _) => checked,
        }
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
