//! Keys of AWS that are not in the environment: the shared credentials file, a role assumed with a
//! token file (IRSA), and the agent that gives containers theirs (EKS Pod Identity, ECS).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tavana_common::secret::Secret;

use super::Fetched;
use super::http::{Body, FetchError, element, fetch, host, read_file};

/// Where keys come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AwsSource {
    /// A profile of a shared credentials file.
    File { path: String, profile: String },
    /// STS AssumeRoleWithWebIdentity.
    WebIdentity {
        endpoint: String,
        role_arn: String,
        session_name: String,
        token_file: String,
    },
    /// An address that answers with keys.
    Container {
        url: String,
        authorization: Authorization,
    },
}

/// What an agent wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Authorization {
    Nothing,
    Token(Secret),
    File(String),
}

impl AwsSource {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::File { .. } => "AWS credentials file",
            Self::WebIdentity { .. } => "AWS role by web identity",
            Self::Container { .. } => "AWS container credentials",
        }
    }

    /// Blocks. Returns how long the keys are good for; `None`: they do not expire.
    pub(super) fn fetch(&self) -> Result<(Fetched, Option<Duration>), FetchError> {
        match self {
            Self::File { path, profile } => {
                let text = read_file(path)?;
                let key = profile_key(text.expose(), profile);
                key.map(|key| (key, None)).ok_or_else(|| FetchError::File {
                    path: path.clone(),
                    problem: format!("no key in the profile {profile:?}"),
                })
            }
            Self::WebIdentity {
                endpoint,
                role_arn,
                session_name,
                token_file,
            } => {
                let token = read_file(token_file)?;
                let answer = fetch(
                    endpoint,
                    &[("Accept", "application/xml")],
                    &Body::Form(&[
                        ("Action", "AssumeRoleWithWebIdentity"),
                        ("Version", "2011-06-15"),
                        ("RoleArn", role_arn),
                        ("RoleSessionName", session_name),
                        ("WebIdentityToken", token.expose()),
                    ]),
                )?;
                assumed_role(answer.expose()).ok_or_else(|| FetchError::Answer {
                    host: host(endpoint),
                    problem: "there are no credentials in it",
                })
            }
            Self::Container { url, authorization } => {
                let token = match authorization {
                    Authorization::Nothing => None,
                    Authorization::Token(token) => Some(token.clone()),
                    Authorization::File(path) => Some(read_file(path)?),
                };
                let headers: Vec<(&str, &str)> = token
                    .iter()
                    .map(|token| ("Authorization", token.expose()))
                    .collect();
                let answer = fetch(url, &headers, &Body::Nothing)?;
                container_key(answer.expose()).ok_or_else(|| FetchError::Answer {
                    host: host(url),
                    problem: "there are no credentials in it",
                })
            }
        }
    }
}

/// Whether keys may be asked for at `url`: over TLS, or on this machine, or at the addresses of
/// the agents of ECS and EKS. The SDKs of AWS have the same rule.
pub(super) fn is_container_url(url: &str) -> bool {
    const LOCAL: [&str; 6] = [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "169.254.170.2",
        "169.254.170.23",
        "[fd00:ec2::23]",
    ];
    if url.starts_with("https://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    LOCAL.iter().any(|local| {
        authority
            .strip_prefix(local)
            .is_some_and(|port| port.is_empty() || port.starts_with(':'))
    })
}

/// How long from now to `expiration`.
fn until(expiration: &str) -> Option<Duration> {
    let expires: Timestamp = expiration.parse().ok()?;
    // One that is past is good for no time.
    Some(Duration::try_from(expires.duration_since(Timestamp::now())).unwrap_or_default())
}

fn assumed_role(xml: &str) -> Option<(Fetched, Option<Duration>)> {
    let credentials = xml.get(xml.find("<Credentials>")?..)?;
    let text = |name| element(credentials, name).map(|text| Secret::new(text.to_owned()));
    let fetched = Fetched::Key {
        id: text("AccessKeyId")?,
        secret: text("SecretAccessKey")?,
        session_token: Some(text("SessionToken")?),
    };
    Some((fetched, Some(until(element(credentials, "Expiration")?)?)))
}

fn container_key(json: &str) -> Option<(Fetched, Option<Duration>)> {
    let json: Value = serde_json::from_str(json).ok()?;
    let text = |name| {
        json.get(name)
            .and_then(Value::as_str)
            .map(|text| Secret::new(text.to_owned()))
    };
    let expires = match json.get("Expiration").and_then(Value::as_str) {
        Some(expiration) => Some(until(expiration)?),
        None => None,
    };
    let fetched = Fetched::Key {
        id: text("AccessKeyId")?,
        secret: text("SecretAccessKey")?,
        session_token: text("Token"),
    };
    Some((fetched, expires))
}

/// The key of a profile in a file of `[profile]` sections with `name = value` lines.
fn profile_key(text: &str, profile: &str) -> Option<Fetched> {
    let mut inside = false;
    let (mut id, mut secret, mut session_token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|line| line.split(']').next())
        {
            let section = section.trim();
            inside = section.strip_prefix("profile ").unwrap_or(section).trim() == profile;
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| inside) else {
            continue;
        };
        let slot = match name.trim() {
            "aws_access_key_id" => &mut id,
            "aws_secret_access_key" => &mut secret,
            "aws_session_token" => &mut session_token,
            _ => continue,
        };
        *slot = Some(Secret::new(value.trim().to_owned()));
    }
    Some(Fetched::Key {
        id: id?,
        secret: secret?,
        session_token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, secret: &str, token: Option<&str>) -> Fetched {
        let text = |text: &str| Secret::new(text.to_owned());
        Fetched::Key {
            id: text(id),
            secret: text(secret),
            session_token: token.map(text),
        }
    }

    #[test]
    fn an_answer_of_sts_becomes_a_key_with_its_time() {
        let at = Timestamp::now() + jiff::SignedDuration::from_secs(3600);
        let xml = format!(
            "<AssumeRoleWithWebIdentityResponse xmlns=\"x\"><AssumeRoleWithWebIdentityResult>\
             <AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials>\
             <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s/+=</SecretAccessKey>\
             <SessionToken>t==</SessionToken><Expiration>{at}</Expiration></Credentials>"
        );
        let (fetched, expires) = assumed_role(&xml).expect("credentials");
        assert_eq!(fetched, key("ASIA", "s/+=", Some("t==")));
        assert!((3590..=3600).contains(&expires.expect("a time").as_secs()));
        assert!(assumed_role("<Credentials><AccessKeyId>A</AccessKeyId>").is_none());
    }

    #[test]
    fn an_answer_of_an_agent_becomes_a_key() {
        let json = r#"{"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2020-01-01T00:00:00Z"}"#;
        let (fetched, expires) = container_key(json).expect("credentials");
        assert_eq!(fetched, key("A", "S", Some("T")));
        assert_eq!(expires, Some(Duration::ZERO));
        assert!(container_key(r#"{"AccessKeyId":"A","Expiration":"soon"}"#).is_none());
    }

    #[test]
    fn a_profile_is_found_by_its_name() {
        let file = "[default]\naws_access_key_id = A\naws_secret_access_key=S\n\n[profile other]\n\
                    aws_access_key_id=B\naws_secret_access_key = T\naws_session_token = U\n[half]\n\
                    aws_access_key_id=C";
        assert_eq!(profile_key(file, "default"), Some(key("A", "S", None)));
        assert_eq!(profile_key(file, "other"), Some(key("B", "T", Some("U"))));
        assert_eq!(profile_key(file, "half"), None);
        assert_eq!(profile_key(file, "nobody"), None);
    }

    #[test]
    fn keys_are_not_asked_for_in_clear_from_strangers() {
        for (url, fine) in [
            ("https://anything/x", true),
            ("http://169.254.170.23/v1/credentials", true),
            ("http://127.0.0.1:80/x", true),
            ("http://127.0.0.1.evil.example/x", false),
            ("http://169.254.170.234/x", false),
            ("http://evil.example/", false),
            ("ftp://127.0.0.1/", false),
        ] {
            assert_eq!(is_container_url(url), fine, "{url}");
        }
    }
}
