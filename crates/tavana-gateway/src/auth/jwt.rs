//! JSON Web Tokens (RFC 7519) of an issuer that the deployment trusts.
//!
//! A token counts when a known key signed it by an algorithm that fits the key, and its issuer,
//! audience and times are right. Keys come from the settings or from a key set (RFC 7517) that is
//! fetched again when a token names a key that is not in it, so that a rotated key works at once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use thiserror::Error;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::http::{self, HttpError};
use super::principal::{Principal, Role, Source, is_name};
use crate::settings::JwtSettings;

/// Longest token that is looked at, in bytes.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Least time between two fetches of the key set: tokens of strangers name keys, too.
const REFETCH_AFTER: Duration = Duration::from_secs(5);
/// A key set is fetched again after this time, so that keys that were taken back stop working.
const KEYS_LIFE: Duration = Duration::from_secs(300);
/// How long a key set counts when no newer one can be had.
const KEYS_LIFE_MAX: Duration = Duration::from_secs(24 * 3600);
/// How far the issuer's clock may be ahead of ours.
const CLOCK_SKEW: u64 = 30;
/// Keys of a set that are used.
const KEYS_MAX: usize = 100;

const HMAC: &[Algorithm] = &[Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];
const P256: &[Algorithm] = &[Algorithm::ES256];
const P384: &[Algorithm] = &[Algorithm::ES384];
const ED: &[Algorithm] = &[Algorithm::EdDSA];

/// Why a token does not count.
#[derive(Debug, Error)]
pub(crate) enum JwtError {
    /// It is no token, or one that is wrong, expired or of somebody else.
    #[error("{0}")]
    Refused(String),
    /// The keys to judge it by cannot be had.
    #[error("the key set could not be fetched: {0}")]
    Unavailable(#[from] HttpError),
}

/// Why the settings' keys cannot be used.
#[derive(Debug, Error)]
#[error("{what}: {reason}")]
pub struct KeyError {
    what: &'static str,
    reason: String,
}

/// Judges tokens.
pub(crate) struct Tokens {
    settings: JwtSettings,
    fixed: Vec<Key>,
    fetched: RwLock<Option<Arc<Fetched>>>,
    fetching: tokio::sync::Mutex<Option<Instant>>,
    client: reqwest::Client,
}

struct Key {
    id: Option<String>,
    key: DecodingKey,
    algorithms: &'static [Algorithm],
}

struct Fetched {
    keys: Vec<Key>,
    at: Instant,
}

impl Tokens {
    /// # Errors
    /// When a key of the settings is none.
    pub(crate) fn new(settings: JwtSettings) -> Result<Self, KeyError> {
        let mut fixed = Vec::new();
        if let Some(secret) = &settings.secret {
            fixed.push(Key {
                id: None,
                key: DecodingKey::from_secret(secret.expose().as_bytes()),
                algorithms: HMAC,
            });
        }
        if let Some(path) = &settings.public_key_path {
            let wrong = |reason: String| KeyError {
                what: "TAVANA_JWT_PUBLIC_KEY_PATH",
                reason,
            };
            let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
            fixed.extend(public_key(&pem).ok_or_else(|| {
                wrong("the file holds no RSA, EC or Ed25519 public key in PEM".to_owned())
            })?);
        }
        let client =
            http::client(Duration::from_secs(5), Duration::from_secs(5)).map_err(|error| {
                KeyError {
                    what: "TAVANA_JWT_JWKS_URL",
                    reason: error.to_string(),
                }
            })?;
        Ok(Self {
            settings,
            fixed,
            fetched: RwLock::new(None),
            fetching: tokio::sync::Mutex::new(None),
            client,
        })
    }

    /// Whether a text has the shape of a token.
    pub(crate) fn is_token(text: &str) -> bool {
        text.len() <= TOKEN_BYTES_MAX && text.starts_with("ey") && text.split('.').count() == 3
    }

    /// Who the token is of, and until when it counts, in seconds since 1970.
    pub(crate) async fn judge(&self, token: &str, now: u64) -> Result<(Principal, u64), JwtError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(JwtError::Refused("the token is too long".to_owned()));
        }
        let header = decode_header(token).map_err(|error| JwtError::Refused(error.to_string()))?;
        if names_extensions(token) {
            return Err(JwtError::Refused(
                "the token needs extensions that are not known".to_owned(),
            ));
        }
        let mut last = "no key of the issuer fits the token".to_owned();
        for key in fitting(&self.fixed, header.kid.as_deref(), header.alg) {
            match self.claims(token, key, header.alg) {
                Ok(claims) => return self.principal(&claims, now),
                Err(problem) => last = problem,
            }
        }
        if self.settings.jwks_url.is_some() {
            let set = self.keys(header.kid.as_deref(), header.alg).await?;
            for key in fitting(&set.keys, header.kid.as_deref(), header.alg) {
                match self.claims(token, key, header.alg) {
                    Ok(claims) => return self.principal(&claims, now),
                    Err(problem) => last = problem,
                }
            }
        }
        Err(JwtError::Refused(last))
    }

    fn claims(
        &self,
        token: &str,
        key: &Key,
        algorithm: Algorithm,
    ) -> Result<HashMap<String, Value>, String> {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        validation.validate_nbf = true;
        validation.leeway = CLOCK_SKEW;
        decode(token, &key.key, &validation)
            .map(|token| token.claims)
            .map_err(|error| error.to_string())
    }

    fn principal(
        &self,
        claims: &HashMap<String, Value>,
        now: u64,
    ) -> Result<(Principal, u64), JwtError> {
        let refused = |text: &str| JwtError::Refused(text.to_owned());
        // The library passes over what it cannot read.
        let not_before = claims.get("nbf").map(|value| value.as_u64());
        if not_before.is_some_and(|time| time.is_none_or(|time| time > now + CLOCK_SKEW)) {
            return Err(refused("the token is not valid yet"));
        }
        if claims.get("iss").and_then(Value::as_str) != Some(&self.settings.issuer) {
            return Err(refused("the token is of another issuer"));
        }
        // The library's leeway is for clocks that are behind; an expired token is over.
        let expires_at = claims
            .get("exp")
            .and_then(|value| value.as_u64().or_else(|| value.as_f64().map(whole_seconds)))
            .filter(|expires_at| *expires_at > now)
            .ok_or_else(|| refused("the token has expired"))?;
        let name = claims
            .get(&self.settings.user_claim)
            .and_then(Value::as_str)
            .filter(|name| is_name(name))
            .ok_or_else(|| refused("the token names no user"))?;
        let tenant = match claims.get(&self.settings.tenant_claim) {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                value
                    .as_str()
                    .filter(|tenant| is_name(tenant))
                    .ok_or_else(|| refused("the token's tenant is no name"))?,
            ),
        };
        // A role that is not known gives no more than the least.
        let role = claims
            .get(&self.settings.role_claim)
            .map_or(self.settings.default_role, |claim| {
                role_of(claim).unwrap_or(Role::ReadOnly)
            });
        Ok((
            Principal::with_rights(
                Source::Token,
                tenant,
                name,
                role,
                self.settings.own_credentials_only,
            ),
            expires_at,
        ))
    }

    /// The key set; a newer one when it has no key that fits.
    async fn keys(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<Fetched>, HttpError> {
        if let Some(set) = self.current()
            && set.at.elapsed() < KEYS_LIFE
            && fitting(&set.keys, id, algorithm).next().is_some()
        {
            return Ok(set);
        }
        // One fetch at a time; whoever waited takes what the other one got. With an older set that
        // fits nobody waits: an issuer that hangs must not keep good tokens out.
        let older = self.current().filter(|set| {
            set.at.elapsed() < KEYS_LIFE_MAX && fitting(&set.keys, id, algorithm).next().is_some()
        });
        let mut last = match (self.fetching.try_lock(), older) {
            (Ok(last), _) => last,
            (Err(_), Some(set)) => return Ok(set),
            (Err(_), None) => self.fetching.lock().await,
        };
        if let Some(set) = self.current() {
            let fits = fitting(&set.keys, id, algorithm).next().is_some();
            let fresh = set.at.elapsed() < KEYS_LIFE;
            let soon = last.is_some_and(|at| at.elapsed() < REFETCH_AFTER);
            if soon || (fits && fresh) {
                return Ok(set);
            }
        } else if last.is_some_and(|at| at.elapsed() < Duration::from_secs(1)) {
            return Err(HttpError::Recently);
        }
        *last = Some(Instant::now());
        let fetched = self.fetch().await;
        *last = Some(Instant::now());
        match fetched {
            Ok(set) => {
                let set = Arc::new(set);
                *self.fetched.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Arc::clone(&set));
                Ok(set)
            }
            Err(problem) => match self.current() {
                Some(set) if set.at.elapsed() < KEYS_LIFE_MAX => {
                    warn!(%problem, "could not fetch the key set again: the last one stays");
                    Ok(set)
                }
                _ => Err(problem),
            },
        }
    }

    async fn fetch(&self) -> Result<Fetched, HttpError> {
        let url = self.settings.jwks_url.as_deref().unwrap_or_default();
        let body = http::get(&self.client, url).await?;
        let set: JwkSet =
            serde_json::from_slice(&body).map_err(|error| HttpError::Body(error.to_string()))?;
        let keys: Vec<Key> = set.keys.iter().take(KEYS_MAX).filter_map(of_set).collect();
        debug!(keys = keys.len(), "fetched the key set");
        Ok(Fetched {
            keys,
            at: Instant::now(),
        })
    }

    fn current(&self) -> Option<Arc<Fetched>> {
        self.fetched
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// Whether the header names extensions that a reader must know (RFC 7515, section 4.1.11); none are
/// known here.
fn names_extensions(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|json| serde_json::from_slice::<Value>(&json).ok())
        .is_none_or(|header| header.get("crit").is_some())
}

/// Keys that may have signed: of the token's key id where both have one, and of its algorithm.
fn fitting<'a>(
    keys: &'a [Key],
    id: Option<&'a str>,
    algorithm: Algorithm,
) -> impl Iterator<Item = &'a Key> {
    keys.iter().filter(move |key| {
        key.algorithms.contains(&algorithm)
            && match (&key.id, id) {
                (Some(own), Some(id)) => own == id,
                (None, _) | (_, None) => true,
            }
    })
}

/// A key of a set, unless it is of a kind that is not used: symmetric keys are never published.
fn of_set(jwk: &Jwk) -> Option<Key> {
    use jsonwebtoken::jwk::{EllipticCurve, PublicKeyUse};
    if !matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) {
        return None;
    }
    let algorithms = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA,
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => P256,
            EllipticCurve::P384 => P384,
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(_) => ED,
        AlgorithmParameters::OctetKey(_) => return None,
    };
    Some(Key {
        id: jwk.common.key_id.clone(),
        key: DecodingKey::from_jwk(jwk).ok()?,
        algorithms,
    })
}

fn public_key(pem: &[u8]) -> Option<Vec<Key>> {
    let key = |key, algorithms| Key {
        id: None,
        key,
        algorithms,
    };
    if let Ok(rsa) = DecodingKey::from_rsa_pem(pem) {
        return Some(vec![key(rsa, RSA)]);
    }
    if let (Ok(p256), Ok(p384)) = (DecodingKey::from_ec_pem(pem), DecodingKey::from_ec_pem(pem)) {
        return Some(vec![key(p256, P256), key(p384, P384)]);
    }
    let ed = DecodingKey::from_ed_pem(pem).ok()?;
    Some(vec![key(ed, ED)])
}

/// The highest role that a claim names; `None` when it names none that is known.
fn role_of(claim: &Value) -> Option<Role> {
    match claim {
        Value::String(text) => text.split([' ', ',']).filter_map(Role::of_name).max(),
        Value::Array(values) => values
            .iter()
            .filter_map(Value::as_str)
            .filter_map(Role::of_name)
            .max(),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates; a time before 1970 is in the past, as 0 is"
)]
fn whole_seconds(seconds: f64) -> u64 {
    seconds as u64
}
