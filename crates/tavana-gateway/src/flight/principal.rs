//! Who calls: read from the request's headers, and the handshake that gives out bearer tokens.
//!
//! Passwords are not checked here yet; the name decides whose sessions and tickets these are.

use arrow_flight::BasicAuth;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use prost::Message;
use tavana_common::secret::ClusterKey;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::ticket::{self, BEARER_LIFE, Purpose, SealedUser};
use crate::session::Principal;

/// The user of a client that names none.
pub(crate) const DEFAULT_USER: &str = "tavana";
/// Longest user name, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// The principal of a request: `authorization: Basic`, `authorization: Bearer` with a token of our
/// handshake, the `auth-token-bin` header of older Flight clients, or [`DEFAULT_USER`].
pub(crate) fn principal_of(
    key: &ClusterKey,
    metadata: &MetadataMap,
    now: u64,
) -> Result<Principal, Status> {
    if let Some(header) = metadata.get("authorization") {
        let header = header
            .to_str()
            .map_err(|_| Status::unauthenticated("the authorization header is not ASCII"))?;
        let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
        let credentials = credentials.trim();
        if scheme.eq_ignore_ascii_case("basic") {
            return named(&basic_user(credentials)?);
        }
        if scheme.eq_ignore_ascii_case("bearer") {
            return bearer_user(key, credentials.as_bytes(), now);
        }
        return Err(Status::unauthenticated(
            "the authorization header is neither Basic nor Bearer",
        ));
    }
    if let Some(token) = metadata.get_bin("auth-token-bin") {
        let token = token
            .to_bytes()
            .map_err(|_| Status::unauthenticated("the auth-token-bin header is not base64"))?;
        return bearer_user(key, &token, now);
    }
    Ok(Principal(DEFAULT_USER.to_owned()))
}

/// The principal of a handshake: the headers as in [`principal_of`], else the `BasicAuth` message
/// that older Flight clients send as its payload.
pub(crate) fn principal_of_handshake(
    key: &ClusterKey,
    metadata: &MetadataMap,
    payload: &Bytes,
    now: u64,
) -> Result<Principal, Status> {
    if metadata.contains_key("authorization") || payload.is_empty() {
        return principal_of(key, metadata, now);
    }
    let login = BasicAuth::decode(payload.clone())
        .map_err(|_| Status::unauthenticated("the handshake holds no user name"))?;
    named(&login.username)
}

/// A bearer token for `principal`, as text.
pub(crate) fn bearer_token(key: &ClusterKey, principal: &Principal, now: u64) -> String {
    let user = SealedUser {
        name: principal.0.clone(),
        expires_at: ticket::expiry(now, BEARER_LIFE),
    };
    URL_SAFE_NO_PAD.encode(ticket::seal(key, Purpose::Bearer, &user))
}

fn bearer_user(key: &ClusterKey, token: &[u8], now: u64) -> Result<Principal, Status> {
    let sealed = URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| ticket::OpenError::Foreign(Purpose::Bearer))?;
    named(&ticket::open_user(key, &sealed, now)?)
}

fn basic_user(credentials: &str) -> Result<String, Status> {
    let malformed =
        || Status::unauthenticated("the Basic credentials are not base64 of user:password");
    let decoded = STANDARD
        .decode(credentials)
        .or_else(|_| STANDARD_NO_PAD.decode(credentials))
        .map_err(|_| malformed())?;
    let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (user, _password) = decoded.split_once(':').ok_or_else(malformed)?;
    Ok(user.to_owned())
}

fn named(user: &str) -> Result<Principal, Status> {
    if user.is_empty() {
        return Ok(Principal(DEFAULT_USER.to_owned()));
    }
    if user.len() > NAME_BYTES_MAX || user.chars().any(char::is_control) {
        return Err(Status::unauthenticated(format!(
            "the user name is longer than {NAME_BYTES_MAX} bytes or holds control characters"
        )));
    }
    Ok(Principal(user.to_owned()))
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic::metadata::MetadataValue;

    use super::*;

    fn headers(authorization: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert("authorization", authorization.parse().expect("ASCII"));
        metadata
    }

    fn user(key: &ClusterKey, metadata: &MetadataMap, now: u64) -> Result<String, Code> {
        principal_of(key, metadata, now)
            .map(|principal| principal.0)
            .map_err(|status| status.code())
    }

    #[test]
    fn the_user_is_the_one_that_the_headers_name() {
        let key = ClusterKey::random();
        assert_eq!(user(&key, &MetadataMap::new(), 0), Ok("tavana".to_owned()));
        let basic = |text: &str| headers(&format!("Basic {}", STANDARD.encode(text)));
        assert_eq!(user(&key, &basic("ana:pass:word"), 0), Ok("ana".to_owned()));
        assert_eq!(user(&key, &basic(":"), 0), Ok("tavana".to_owned()));
        let token = bearer_token(&key, &Principal("bob".to_owned()), 1000);
        let bearer = headers(&format!("bearer {token}"));
        assert_eq!(user(&key, &bearer, 1000), Ok("bob".to_owned()));
        let mut older = MetadataMap::new();
        older.insert_bin(
            "auth-token-bin",
            MetadataValue::from_bytes(token.as_bytes()),
        );
        assert_eq!(user(&key, &older, 1000), Ok("bob".to_owned()));
    }

    #[test]
    fn credentials_that_cannot_be_read_are_refused_and_never_become_the_default_user() {
        let key = ClusterKey::random();
        let of_another = bearer_token(&ClusterKey::random(), &Principal("bob".to_owned()), 0);
        let expired = bearer_token(&key, &Principal("bob".to_owned()), 0);
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
                user(&key, &headers(text), now),
                Err(Code::Unauthenticated),
                "{text}"
            );
        }
    }

    #[test]
    fn the_login_message_of_older_clients_names_the_user() {
        let key = ClusterKey::random();
        let login = BasicAuth {
            username: "ana".to_owned(),
            password: "x".to_owned(),
        };
        let principal =
            principal_of_handshake(&key, &MetadataMap::new(), &login.encode_to_vec().into(), 0);
        assert_eq!(principal.expect("a user name").0, "ana");
    }
}
