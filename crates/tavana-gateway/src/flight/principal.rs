//! What a request says of its caller: headers, the login message of older clients, the certificate
//! of the connection. Who that is, `auth` decides.

use arrow_flight::BasicAuth;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use prost::Message;
use tavana_common::secret::{ClusterKey, Secret};
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::ticket::{self, BEARER_LIFE, Purpose, SealedUser, TOKEN_BEARER_LIFE};
use crate::auth::{Authenticator, Login, Origin, Principal, Role, Source};

/// What a caller shows.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    /// A user and a password.
    Password(String, Secret),
    /// A token of our own handshake, or of somebody whom `auth` knows.
    Token(Secret),
}

/// Checks callers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) auth: &'a Authenticator,
    pub(crate) key: &'a ClusterKey,
    pub(crate) origin: Origin,
    /// The common name in the certificate that the client proved to own.
    pub(crate) certificate: Option<&'a str>,
    /// Seconds since 1970.
    pub(crate) now: u64,
}

impl Caller<'_> {
    /// The principal of a request: `authorization: Basic`, `authorization: Bearer` with a token of
    /// our handshake or one that `auth` knows, the `auth-token-bin` header of older Flight clients,
    /// `x-api-key`, or a client certificate.
    pub(crate) async fn of_request(&self, metadata: &MetadataMap) -> Result<Login, Status> {
        self.check(shown(metadata)?).await
    }

    /// The principal of a handshake: the headers as in [`Self::of_request`], else the `BasicAuth`
    /// message that older Flight clients send as its payload.
    pub(crate) async fn of_handshake(
        &self,
        metadata: &MetadataMap,
        payload: &Bytes,
    ) -> Result<Login, Status> {
        if metadata.contains_key("authorization") || payload.is_empty() {
            return self.of_request(metadata).await;
        }
        let login = BasicAuth::decode(payload.clone())
            .map_err(|_| Status::unauthenticated("the handshake holds no user name"))?;
        self.check(Shown::Password(login.username, Secret::new(login.password)))
            .await
    }

    async fn check(&self, shown: Shown) -> Result<Login, Status> {
        let checked = match shown {
            Shown::Nothing => match self.certificate {
                Some(name) => self.auth.certificate(name),
                None => self.auth.anonymous(None),
            },
            // Clients that know no user send empty ones.
            Shown::Password(name, password) if name.is_empty() && password.expose().is_empty() => {
                self.auth.anonymous(None)
            }
            Shown::Password(..) | Shown::Token(_) if !self.auth.may_send_secrets(self.origin) => {
                return Err(Status::unauthenticated(
                    "passwords, tokens and API keys are taken over TLS only",
                ));
            }
            Shown::Password(name, password) => {
                self.auth.password(&name, &password, self.origin).await
            }
            Shown::Token(token) => match self.own_token(&token)? {
                Some(login) => return Ok(login),
                None => self.auth.token(&token, self.origin).await,
            },
        };
        checked.map_err(|denied| denied.status())
    }

    /// A token of our handshake; `None` for one that is not ours.
    fn own_token(&self, token: &Secret) -> Result<Option<Login>, Status> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(token.expose()) else {
            return Ok(None);
        };
        let user = match ticket::open_user(self.key, &sealed, self.now) {
            Ok(user) => user,
            Err(ticket::OpenError::Foreign(_)) => return Ok(None),
            Err(problem) => return Err(problem.into()),
        };
        let principal = principal_of(&user)
            .ok_or_else(|| Status::unauthenticated("the bearer token is of another version"))?;
        if !self.auth.still_good(&principal, &user.proof) {
            return Err(Status::unauthenticated(
                "the bearer token's user may not log in any more",
            ));
        }
        Ok(Some(Login {
            principal,
            until: Some(user.expires_at),
            proof: user.proof,
        }))
    }
}

/// A bearer token for a login, as text. It ends no later than what was shown for it: a token, or
/// an earlier bearer token.
pub(crate) fn bearer_token(key: &ClusterKey, login: &Login, now: u64) -> String {
    let principal = &login.principal;
    let life = match principal.source() {
        Source::Token | Source::External => TOKEN_BEARER_LIFE,
        Source::Claimed | Source::File | Source::Certificate => BEARER_LIFE,
    };
    let user = SealedUser {
        name: principal.name().to_owned(),
        expires_at: login
            .until
            .unwrap_or(u64::MAX)
            .min(ticket::expiry(now, life)),
        proof: login.proof.clone(),
        source: principal.source_name().to_owned(),
        tenant: principal.tenant().map(str::to_owned),
        role: principal.role().name().to_owned(),
        own_credentials_only: principal.own_credentials_only(),
    };
    URL_SAFE_NO_PAD.encode(ticket::seal(key, Purpose::Bearer, &user))
}

fn principal_of(user: &SealedUser) -> Option<Principal> {
    Some(Principal::with_rights(
        Principal::source_of_name(&user.source)?,
        user.tenant.as_deref(),
        &user.name,
        Role::of_name(&user.role)?,
        user.own_credentials_only,
    ))
}

fn shown(metadata: &MetadataMap) -> Result<Shown, Status> {
    if let Some(header) = metadata.get("authorization") {
        let header = header
            .to_str()
            .map_err(|_| Status::unauthenticated("the authorization header is not ASCII"))?;
        let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
        let credentials = credentials.trim();
        if scheme.eq_ignore_ascii_case("basic") {
            return basic(credentials);
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Shown::Token(Secret::new(credentials.to_owned())));
        }
        return Err(Status::unauthenticated(
            "the authorization header is neither Basic nor Bearer",
        ));
    }
    if let Some(token) = metadata.get_bin("auth-token-bin") {
        let token = token
            .to_bytes()
            .ok()
            .and_then(|token| String::from_utf8(token.to_vec()).ok())
            .ok_or_else(|| Status::unauthenticated("the auth-token-bin header is no token"))?;
        return Ok(Shown::Token(Secret::new(token)));
    }
    if let Some(key) = metadata.get("x-api-key") {
        let key = key
            .to_str()
            .map_err(|_| Status::unauthenticated("the x-api-key header is not ASCII"))?;
        return Ok(Shown::Token(Secret::new(key.to_owned())));
    }
    Ok(Shown::Nothing)
}

fn basic(credentials: &str) -> Result<Shown, Status> {
    let malformed =
        || Status::unauthenticated("the Basic credentials are not base64 of user:password");
    let decoded = STANDARD
        .decode(credentials)
        .or_else(|_| STANDARD_NO_PAD.decode(credentials))
        .map_err(|_| malformed())?;
    let decoded = Secret::new(String::from_utf8(decoded).map_err(|_| malformed())?);
    let (user, password) = decoded.expose().split_once(':').ok_or_else(malformed)?;
    Ok(Shown::Password(
        user.to_owned(),
        Secret::new(password.to_owned()),
    ))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tavana_common::env::Env;
    use tonic::Code;
    use tonic::metadata::MetadataValue;

    use super::*;
    use crate::session::Protocol;
    use crate::settings::GatewaySettings;

    fn passthrough() -> Authenticator {
        let mut env = Env::from_pairs([("TAVANA_BIND_ADDRESS".to_owned(), "::1".to_owned())]);
        let settings = GatewaySettings::from_env(&mut env);
        Authenticator::new(&settings.auth).expect("nothing to load")
    }

    fn login(name: &str) -> Login {
        Login {
            principal: Principal::new(Source::Claimed, name),
            until: None,
            proof: Vec::new(),
        }
    }

    fn headers(authorization: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert("authorization", authorization.parse().expect("ASCII"));
        metadata
    }

    fn caller<'a>(auth: &'a Authenticator, key: &'a ClusterKey, now: u64) -> Caller<'a> {
        Caller {
            auth,
            key,
            origin: Origin {
                address: Ipv4Addr::LOCALHOST.into(),
                protocol: Protocol::Flight,
                encrypted: false,
            },
            certificate: None,
            now,
        }
    }

    async fn user(key: &ClusterKey, metadata: &MetadataMap, now: u64) -> Result<String, Code> {
        caller(&passthrough(), key, now)
            .of_request(metadata)
            .await
            .map(|login| login.principal.name().to_owned())
            .map_err(|status| status.code())
    }

    #[tokio::test]
    async fn the_user_is_the_one_that_the_headers_name() {
        let key = ClusterKey::random();
        assert_eq!(
            user(&key, &MetadataMap::new(), 0).await,
            Ok("tavana".to_owned())
        );
        let basic = |text: &str| headers(&format!("Basic {}", STANDARD.encode(text)));
        assert_eq!(
            user(&key, &basic("ana:pass:word"), 0).await,
            Ok("ana".to_owned())
        );
        assert_eq!(user(&key, &basic(":"), 0).await, Ok("tavana".to_owned()));
        let token = bearer_token(&key, &login("bob"), 1000);
        let bearer = headers(&format!("bearer {token}"));
        assert_eq!(user(&key, &bearer, 1000).await, Ok("bob".to_owned()));
        let mut older = MetadataMap::new();
        older.insert_bin(
            "auth-token-bin",
            MetadataValue::from_bytes(token.as_bytes()),
        );
        assert_eq!(user(&key, &older, 1000).await, Ok("bob".to_owned()));
    }

    #[tokio::test]
    async fn credentials_that_cannot_be_read_are_refused_and_never_become_the_default_user() {
        let key = ClusterKey::random();
        let bob = login("bob");
        let of_another = bearer_token(&ClusterKey::random(), &bob, 0);
        let expired = bearer_token(&key, &bob, 0);
        let basic_without_colon = format!("Basic {}", STANDARD.encode("ana"));
        let control = format!("Basic {}", STANDARD.encode("a\nb:x"));
        for text in [
            format!("Bearer {of_another}").as_str(),
            format!("Bearer {expired}").as_str(),
            "Bearer x",
            "Bearer",
            "Basic",
            "Basic ???",
            &basic_without_colon,
            &control,
            "Digest abc",
        ] {
            let now = BEARER_LIFE.as_secs();
            assert_eq!(
                user(&key, &headers(text), now).await,
                Err(Code::Unauthenticated),
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn a_bearer_token_ends_with_what_was_shown_for_it() {
        let key = ClusterKey::random();
        let short = Login {
            until: Some(100),
            ..login("bob")
        };
        let bearer = headers(&format!("Bearer {}", bearer_token(&key, &short, 0)));
        let auth = passthrough();
        let again = caller(&auth, &key, 99).of_request(&bearer).await;
        // A bearer token for the bearer token is no longer one.
        let again = bearer_token(&key, &again.expect("still good"), 99);
        let again = headers(&format!("Bearer {again}"));
        assert_eq!(user(&key, &again, 99).await, Ok("bob".to_owned()));
        for late in [&bearer, &again] {
            assert_eq!(user(&key, late, 100).await, Err(Code::Unauthenticated));
        }
    }

    #[tokio::test]
    async fn the_login_message_of_older_clients_names_the_user() {
        let key = ClusterKey::random();
        let login = BasicAuth {
            username: "ana".to_owned(),
            password: "x".to_owned(),
        };
        let auth = passthrough();
        let principal = caller(&auth, &key, 0)
            .of_handshake(&MetadataMap::new(), &login.encode_to_vec().into())
            .await;
        assert_eq!(principal.expect("a user name").principal.name(), "ana");
    }
}
