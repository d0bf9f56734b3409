//! Access tokens of Google: from the metadata server (GKE workload identity), for a service
//! account's key, or by exchanging the token of another identity provider.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tavana_common::secret::Secret;

use super::Fetched;
use super::http::{Body, FetchError, fetch, host, read_file};

const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";
/// How long a service account's own token is asked for.
const LIFETIME_SECONDS: i64 = 3600;

/// Where tokens come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GcpSource {
    /// `host[:port]` of the metadata server.
    Metadata { host: String },
    /// A file as GOOGLE_APPLICATION_CREDENTIALS names it. It is read anew each time: its content
    /// may be replaced.
    File { path: String },
}

impl GcpSource {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Metadata { .. } => "Google metadata server",
            Self::File { .. } => "Google credentials file",
        }
    }

    /// Blocks. Returns how long the token is good for.
    pub(super) fn fetch(&self) -> Result<(Fetched, Option<Duration>), FetchError> {
        match self {
            Self::Metadata { host } => {
                let url = format!(
                    "http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
                );
                let answer = fetch(&url, &[("Metadata-Flavor", "Google")], &Body::Nothing)?;
                token_answer(&url, &answer)
            }
            Self::File { path } => {
                let text = read_file(path)?;
                let broken = |problem: &str| FetchError::File {
                    path: path.clone(),
                    problem: problem.to_owned(),
                };
                let file: Value =
                    serde_json::from_str(text.expose()).map_err(|_| broken("is not JSON"))?;
                match file.get("type").and_then(Value::as_str) {
                    Some("service_account") => service_account(&file, &broken),
                    Some("external_account") => external_account(&file, &broken),
                    _ => Err(broken(
                        "is neither of type service_account nor external_account",
                    )),
                }
            }
        }
    }
}

fn text<'a>(
    file: &'a Value,
    name: &'static str,
    broken: &dyn Fn(&str) -> FetchError,
) -> Result<&'a str, FetchError> {
    file.get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| broken(&format!("has no {name}")))
}

/// RFC 7523: a token signed with the account's key is exchanged for an access token.
fn service_account(
    file: &Value,
    broken: &dyn Fn(&str) -> FetchError,
) -> Result<(Fetched, Option<Duration>), FetchError> {
    let email = text(file, "client_email", broken)?;
    let url = text(file, "token_uri", broken)?;
    let key = signing_key(text(file, "private_key", broken)?)
        .ok_or_else(|| broken("its private_key is not an RSA key in PKCS #8"))?;
    let now = Timestamp::now().as_second();
    let header = json!({
        "alg": "RS256",
        "typ": "JWT",
        "kid": file.get("private_key_id").and_then(Value::as_str).unwrap_or_default(),
    });
    let claims = json!({
        "iss": email,
        "scope": SCOPE,
        "aud": url,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    });
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut signature = vec![0_u8; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| broken("its private_key does not sign"))?;
    let assertion = Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)));
    let answer = fetch(
        url,
        &[],
        &Body::Form(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose()),
        ]),
    )?;
    token_answer(url, &answer)
}

fn signing_key(pem: &str) -> Option<RsaKeyPair> {
    let body: String = pem
        .split("-----BEGIN PRIVATE KEY-----")
        .nth(1)?
        .split("-----END PRIVATE KEY-----")
        .next()?
        .split_whitespace()
        .collect();
    let der = zeroize::Zeroizing::new(STANDARD.decode(body).ok()?);
    RsaKeyPair::from_pkcs8(&der).ok()
}

/// RFC 8693: the token in a file is exchanged, and the result for that of a service account when
/// the file says so.
fn external_account(
    file: &Value,
    broken: &dyn Fn(&str) -> FetchError,
) -> Result<(Fetched, Option<Duration>), FetchError> {
    let url = text(file, "token_url", broken)?;
    let subject_type = text(file, "subject_token_type", broken)?;
    let audience = text(file, "audience", broken)?;
    let source = file
        .get("credential_source")
        .and_then(|source| source.get("file"))
        .and_then(Value::as_str)
        .ok_or_else(|| broken("its credential_source is not a file"))?;
    let subject = read_file(source)?;
    let answer = fetch(
        url,
        &[],
        &Body::Form(&[
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
            ("audience", audience),
            ("scope", "https://www.googleapis.com/auth/cloud-platform"),
            ("subject_token_type", subject_type),
            ("subject_token", subject.expose()),
        ]),
    )?;
    let federated = token_answer(url, &answer)?;
    let Some(impersonate) = file
        .get("service_account_impersonation_url")
        .and_then(Value::as_str)
    else {
        return Ok(federated);
    };
    let (Fetched::Bearer(token), _) = federated else {
        return Ok(federated);
    };
    let authorization = Secret::new(format!("Bearer {}", token.expose()));
    let wanted = json!({ "scope": [SCOPE] }).to_string();
    let answer = fetch(
        impersonate,
        &[("Authorization", authorization.expose())],
        &Body::Json(&wanted),
    )?;
    impersonated(impersonate, &answer)
}

fn impersonated(url: &str, answer: &Secret) -> Result<(Fetched, Option<Duration>), FetchError> {
    let parsed = serde_json::from_str::<Value>(answer.expose()).ok();
    let token = parsed
        .as_ref()
        .and_then(|json| json.get("accessToken")?.as_str());
    let expires: Option<Timestamp> = parsed
        .as_ref()
        .and_then(|json| json.get("expireTime")?.as_str()?.parse().ok());
    match (token, expires) {
        (Some(token), Some(expires)) => Ok((
            Fetched::Bearer(Secret::new(token.to_owned())),
            Some(Duration::try_from(expires.duration_since(Timestamp::now())).unwrap_or_default()),
        )),
        _ => Err(FetchError::Answer {
            host: host(url),
            problem: "there is no token in it",
        }),
    }
}

/// The answer of any OAuth 2 token service: `access_token` and `expires_in`.
pub(super) fn token_answer(
    url: &str,
    answer: &Secret,
) -> Result<(Fetched, Option<Duration>), FetchError> {
    let parsed = serde_json::from_str::<Value>(answer.expose()).ok();
    let token = parsed
        .as_ref()
        .and_then(|json| json.get("access_token")?.as_str());
    let expires = parsed.as_ref().and_then(|json| {
        let expires = json.get("expires_in")?;
        expires
            .as_u64()
            .or_else(|| expires.as_str()?.parse::<u64>().ok())
    });
    match (token, expires) {
        (Some(token), Some(seconds)) => Ok((
            Fetched::Bearer(Secret::new(token.to_owned())),
            Some(Duration::from_secs(seconds)),
        )),
        _ => Err(FetchError::Answer {
            host: host(url),
            problem: "there is no token in it",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_with_its_time_or_not_at_all() {
        let answer = |text: &str| token_answer("https://h/t", &Secret::new(text.to_owned()));
        let token = Fetched::Bearer(Secret::new("T".to_owned()));
        for text in [
            r#"{"access_token":"T","expires_in":60}"#,
            r#"{"access_token":"T","expires_in":"60"}"#,
        ] {
            let (fetched, expires) = answer(text).expect("a token");
            assert_eq!(
                (fetched, expires),
                (token.clone(), Some(Duration::from_secs(60)))
            );
        }
        for text in [
            r#"{"access_token":"CANARY"}"#,
            r#"{"expires_in":1}"#,
            "CANARY",
        ] {
            let error = answer(text).expect_err("no token").to_string();
            assert!(!error.contains("CANARY"), "{error}");
        }
    }
}
