//! Whose credentials engines work with.
//!
//! Those of the infrastructure are read by the supervisor ([`settings`]), either as they are or as
//! the way to get them: the token file of a role ([`aws`]), of an application ([`azure`]) or of a
//! service account ([`gcp`]). What expires is fetched anew before it does ([`refresh`]). Engines
//! get them as DuckDB secrets over their socket, never as settings or environment, which any user
//! can read back.
//!
//! A session's own credentials win ([`session`]). DuckDB lets a secret silently beat a session's
//! `SET s3_*`, so a session that sets its own key or endpoint of a type gets an engine whose secret
//! of that type is made from what it set. The infrastructure's key is then not in that engine at
//! all, and so cannot be sent to an endpoint of the session's choice. What a session makes with
//! CREATE SECRET is the engine's business (`engine/secrets.rs`).

mod aws;
mod azure;
mod gcp;
mod http;
mod refresh;
mod session;
mod settings;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tavana_common::proto::engine;
use tavana_common::secret::Secret;
use tokio::time::Instant;

pub(crate) use self::refresh::{FIRST_FETCH_MAX, Refresh};
pub(crate) use self::session::Store;
pub use self::settings::Credentials;
use self::settings::{AzureAccess, GcsAccess, S3Access};

/// Names of the secrets; the engine puts its reserved prefix in front. DuckDB takes the
/// alphabetically first of two secrets of equal scope: the prefix sorts behind every name a user
/// gives, so a user's own secret wins, and these sort before the engine's anonymous one.
const S3: &str = "access_s3";
const GCS: &str = "access_gcs";
const AZURE: &str = "access_azure";

/// A kind of store that may have an identity whose credentials expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    S3,
    Gcs,
    Azure,
}

/// Credentials that were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// A key of AWS.
    Key {
        id: Secret,
        secret: Secret,
        session_token: Option<Secret>,
    },
    /// An access token of Google or Azure.
    Bearer(Secret),
}

/// The credentials of the deployment as they are now.
#[derive(Debug)]
pub(crate) struct Vault {
    credentials: Credentials,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// Counts changes: an engine whose secrets are of another generation gets them anew before its
    /// next statement.
    generation: u64,
    /// What was fetched, and until when it is good.
    fetched: [Option<(Fetched, Option<Instant>)>; 3],
}

impl Vault {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            held: Mutex::new(Held::default()),
        }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.held().generation
    }

    /// The secrets of an engine whose session has `store` in force, and the generation they are of.
    pub(crate) fn secrets(&self, store: &Store) -> (Vec<engine::Secret>, u64) {
        let held = self.held();
        let mut secrets = Vec::new();
        let s3 = self
            .credentials
            .s3
            .as_ref()
            .map(|s3| s3.secret(held.get(Kind::S3)));
        match (store.s3(s3.as_ref()), s3) {
            (Some(options), _) => secrets.push(own(S3, "s3", options)),
            (None, Some(s3)) => secrets.push(store.placed(s3)),
            (None, None) => {}
        }
        match (store.azure(), &self.credentials.azure) {
            (Some(options), _) => secrets.push(own(AZURE, "azure", options)),
            (None, Some(azure)) if !store.own_only => {
                secrets.extend(azure.secret(held.get(Kind::Azure)));
            }
            (None, _) => {}
        }
        let gcs = self
            .credentials
            .gcs
            .as_ref()
            .map(|gcs| gcs.secret(held.get(Kind::Gcs)));
        match (store.gcs(gcs.as_ref()), gcs) {
            (Some(options), _) => secrets.push(own(GCS, "gcs", options)),
            (None, Some(gcs)) => secrets.push(store.placed(gcs)),
            (None, None) => {}
        }
        (secrets, held.generation)
    }

    /// Takes over what was fetched.
    fn put(&self, kind: Kind, fetched: Fetched, good_until: Option<Instant>) {
        let mut held = self.held();
        let slot = held.slot(kind);
        let changed = slot.as_ref().is_none_or(|(old, _)| *old != fetched);
        *slot = Some((fetched, good_until));
        if changed {
            held.generation += 1;
        }
    }

    /// Forgets what has expired. True when there was something.
    fn expire(&self, kind: Kind, now: Instant) -> bool {
        let mut held = self.held();
        let slot = held.slot(kind);
        let expired = slot
            .as_ref()
            .is_some_and(|(_, until)| until.is_some_and(|until| until <= now));
        if expired {
            *slot = None;
            held.generation += 1;
        }
        expired
    }

    /// How long what was fetched is still good for; `None` when it does not expire.
    fn left(&self, kind: Kind, now: Instant) -> Option<Duration> {
        let mut held = self.held();
        let (_, until) = held.slot(kind).as_ref()?;
        until.map(|until| until.saturating_duration_since(now))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn slot(&mut self, kind: Kind) -> &mut Option<(Fetched, Option<Instant>)> {
        let [s3, gcs, azure] = &mut self.fetched;
        match kind {
            Kind::S3 => s3,
            Kind::Gcs => gcs,
            Kind::Azure => azure,
        }
    }

    fn get(&self, kind: Kind) -> Option<&Fetched> {
        let [s3, gcs, azure] = &self.fetched;
        let slot = match kind {
            Kind::S3 => s3,
            Kind::Gcs => gcs,
            Kind::Azure => azure,
        };
        slot.as_ref().map(|(fetched, _)| fetched)
    }
}

impl S3Access {
    fn secret(&self, fetched: Option<&Fetched>) -> engine::Secret {
        let mut options = HashMap::new();
        if let Some((id, secret)) = &self.key {
            insert(&mut options, "KEY_ID", id.expose());
            insert(&mut options, "SECRET", secret.expose());
            if let Some(token) = &self.session_token {
                insert(&mut options, "SESSION_TOKEN", token.expose());
            }
        } else if let Some(Fetched::Key {
            id,
            secret,
            session_token,
        }) = fetched
        {
            insert(&mut options, "KEY_ID", id.expose());
            insert(&mut options, "SECRET", secret.expose());
            if let Some(token) = session_token {
                insert(&mut options, "SESSION_TOKEN", token.expose());
            }
        }
        let region = self.region.as_deref().unwrap_or("us-east-1");
        insert(&mut options, "REGION", region);
        if let Some(endpoint) = &self.endpoint {
            endpoint.insert_into(&mut options);
        }
        if let Some(style) = self.url_style.or(self.endpoint.as_ref().map(|_| "path")) {
            insert(&mut options, "URL_STYLE", style);
        }
        let scope = self.bucket.as_ref().map(|bucket| format!("s3://{bucket}"));
        infrastructure(S3, "s3", "", scope.unwrap_or_default(), options)
    }
}

impl GcsAccess {
    fn secret(&self, fetched: Option<&Fetched>) -> engine::Secret {
        let mut options = HashMap::new();
        if let Some((id, secret)) = &self.key {
            insert(&mut options, "KEY_ID", id.expose());
            insert(&mut options, "SECRET", secret.expose());
        } else if let Some(Fetched::Bearer(token)) = fetched {
            insert(&mut options, "BEARER_TOKEN", token.expose());
        }
        if let Some(endpoint) = &self.endpoint {
            endpoint.insert_into(&mut options);
            insert(&mut options, "URL_STYLE", "path");
        }
        infrastructure(GCS, "gcs", "", String::new(), options)
    }
}

impl AzureAccess {
    /// `None` as long as no token was fetched: a secret without one is an internal error of DuckDB.
    fn secret(&self, fetched: Option<&Fetched>) -> Option<engine::Secret> {
        let mut options = HashMap::new();
        let provider = match self {
            Self::ConnectionString(text) => {
                insert(&mut options, "CONNECTION_STRING", text.expose());
                ""
            }
            Self::Account(account) => {
                insert(&mut options, "ACCOUNT_NAME", account);
                ""
            }
            Self::Identity { account, .. } => {
                let Some(Fetched::Bearer(token)) = fetched else {
                    return None;
                };
                insert(&mut options, "ACCESS_TOKEN", token.expose());
                if let Some(account) = account {
                    insert(&mut options, "ACCOUNT_NAME", account);
                }
                "access_token"
            }
        };
        Some(infrastructure(
            AZURE,
            "azure",
            provider,
            String::new(),
            options,
        ))
    }
}

fn insert(options: &mut HashMap<String, String>, name: &str, value: &str) {
    options.insert(name.to_owned(), value.to_owned());
}

fn infrastructure(
    name: &str,
    r#type: &str,
    provider: &str,
    scope: String,
    options: HashMap<String, String>,
) -> engine::Secret {
    engine::Secret {
        name: name.to_owned(),
        r#type: r#type.to_owned(),
        provider: provider.to_owned(),
        scope,
        options,
        infrastructure: true,
    }
}

/// A secret from what a session set: it does not give way to what the same session makes with
/// CREATE SECRET, because both are its own.
fn own(name: &str, r#type: &str, options: HashMap<String, String>) -> engine::Secret {
    engine::Secret {
        infrastructure: false,
        ..infrastructure(name, r#type, "", String::new(), options)
    }
}

#[cfg(test)]
mod tests {
    use tavana_common::env::Env;
    use tavana_common::proto::v1::Setting;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Vault, Result<(), String>) {
        let mut env = Env::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let credentials = Credentials::from_env(&mut env);
        let finished = env.finish().map_err(|error| error.to_string());
        (Vault::new(credentials), finished)
    }

    fn store(pairs: &[(&str, &str)], own_only: bool) -> Store {
        let settings = pairs
            .iter()
            .map(|(name, value)| Setting {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect();
        Store::split(settings, own_only).0
    }

    fn nothing() -> Store {
        store(&[], false)
    }

    fn options(secret: &engine::Secret) -> Vec<(&str, &str)> {
        let mut options: Vec<_> = secret
            .options
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        options.sort_unstable();
        options
    }

    #[test]
    fn an_s3_endpoint_loses_its_scheme_and_decides_tls_and_url_style() {
        let (vault, ok) = read(&[
            ("AWS_ACCESS_KEY_ID", "AKA"),
            ("AWS_SECRET_ACCESS_KEY", "sec"),
            ("AWS_ENDPOINT_URL", "http://minio:9000/"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]);
        assert_eq!(ok, Ok(()));
        let (secrets, _) = vault.secrets(&nothing());
        assert_eq!(secrets.len(), 1);
        assert_eq!(
            (secrets[0].r#type.as_str(), secrets[0].scope.as_str()),
            ("s3", "")
        );
        assert!(secrets[0].infrastructure);
        assert_eq!(
            options(&secrets[0]),
            [
                ("ENDPOINT", "minio:9000"),
                ("KEY_ID", "AKA"),
                ("REGION", "eu-central-1"),
                ("SECRET", "sec"),
                ("URL_STYLE", "path"),
                ("USE_SSL", "false"),
            ]
        );
    }

    #[test]
    fn the_charts_names_work_and_the_bucket_narrows_the_secret() {
        let (vault, ok) = read(&[
            ("S3_ENDPOINT", "https://s3.example.com"),
            ("S3_BUCKET", "lake"),
            ("S3_PATH_STYLE", "true"),
        ]);
        assert_eq!(ok, Ok(()));
        let (secrets, _) = vault.secrets(&nothing());
        assert_eq!(secrets[0].scope, "s3://lake");
        assert_eq!(secrets[0].options["USE_SSL"], "true");
        assert_eq!(secrets[0].options["URL_STYLE"], "path");
    }

    #[test]
    fn azure_and_gcs_become_their_secrets() {
        let (vault, ok) = read(&[
            ("AZURE_STORAGE_ACCOUNT_NAME", "acc"),
            ("AZURE_SAS_TOKEN", "?sv=1&sig=x"),
            ("GCS_ACCESS_KEY_ID", "GOOG"),
            ("GCS_SECRET", "s"),
            ("GCS_ENDPOINT", "http://127.0.0.1:4443"),
        ]);
        assert_eq!(ok, Ok(()));
        let (secrets, _) = vault.secrets(&nothing());
        assert_eq!(
            options(&secrets[0]),
            [(
                "CONNECTION_STRING",
                "BlobEndpoint=https://acc.blob.core.windows.net/;SharedAccessSignature=sv=1&sig=x"
            )]
        );
        assert_eq!(
            options(&secrets[1]),
            [
                ("ENDPOINT", "127.0.0.1:4443"),
                ("KEY_ID", "GOOG"),
                ("SECRET", "s"),
                ("URL_STYLE", "path"),
                ("USE_SSL", "false"),
            ]
        );
    }

    #[test]
    fn printed_credentials_hide_their_keys() {
        let (vault, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "CANARY"),
            ("AWS_SECRET_ACCESS_KEY", "CANARY"),
            ("AZURE_STORAGE_CONNECTION_STRING", "CANARY"),
        ]);
        vault.put(
            Kind::Gcs,
            Fetched::Bearer(Secret::new("CANARY".to_owned())),
            None,
        );
        assert!(!format!("{vault:?}").contains("CANARY"));
    }

    #[test]
    fn a_sessions_own_key_or_endpoint_replaces_the_infrastructures_secret() {
        let (vault, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "INFRA"),
            ("AWS_SECRET_ACCESS_KEY", "INFRA"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "infra"),
        ]);
        let own = store(
            &[
                ("S3_Access_Key_Id", "MINE"),
                ("s3_secret_access_key", "mine"),
            ],
            false,
        );
        let (secrets, _) = vault.secrets(&own);
        assert!(!secrets[0].infrastructure);
        assert_eq!(
            options(&secrets[0]),
            [
                ("KEY_ID", "MINE"),
                ("REGION", "us-east-1"),
                ("SECRET", "mine")
            ]
        );
        assert_eq!(options(&secrets[1]), [("ACCOUNT_NAME", "infra")]);

        let (placed, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "INFRA"),
            ("AWS_SECRET_ACCESS_KEY", "INFRA"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", "http://store:9000"),
        ]);
        let (secrets, _) = placed.secrets(&own);
        assert_eq!(secrets[0].options["ENDPOINT"], "store:9000");
        assert_eq!(secrets[0].options["REGION"], "eu-west-1");
        assert_eq!(secrets[0].options["KEY_ID"], "MINE");
        for vault in [&vault, &placed] {
            let (moved, _) = vault.secrets(&store(&[("s3_endpoint", "evil:1")], false));
            assert_eq!(options(&moved[0]), [("ENDPOINT", "evil:1")]);
        }

        let (region_only, _) = vault.secrets(&store(&[("s3_region", "x")], false));
        assert_eq!(region_only[0].options["KEY_ID"], "INFRA");
        assert_eq!(region_only[0].options["REGION"], "x");

        let azure = store(&[("azure_storage_connection_string", "mine")], false);
        assert_eq!(
            options(&vault.secrets(&azure).0[1]),
            [("CONNECTION_STRING", "mine")]
        );
    }

    #[test]
    fn settings_of_google_cloud_storage_become_a_secret_of_its_type() {
        let (vault, _) = read(&[("GCS_ACCESS_KEY_ID", "INFRA"), ("GCS_SECRET", "INFRA")]);
        let own = store(
            &[
                ("gcs_access_key_id", "GOOG"),
                ("gcs_secret", "mine"),
                ("gcs_endpoint", "http://h:1"),
            ],
            false,
        );
        let (secrets, _) = vault.secrets(&own);
        assert_eq!(
            options(&secrets[0]),
            [
                ("ENDPOINT", "h:1"),
                ("KEY_ID", "GOOG"),
                ("SECRET", "mine"),
                ("URL_STYLE", "path"),
                ("USE_SSL", "false"),
            ]
        );
    }

    #[test]
    fn whoever_may_use_only_own_credentials_gets_the_place_but_no_key() {
        let (vault, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "INFRA"),
            ("AWS_SECRET_ACCESS_KEY", "INFRA"),
            ("AWS_SESSION_TOKEN", "INFRA"),
            ("AWS_ENDPOINT_URL", "http://store:9000"),
            ("GCS_ACCESS_KEY_ID", "INFRA"),
            ("GCS_SECRET", "INFRA"),
            ("AZURE_STORAGE_CONNECTION_STRING", "INFRA"),
        ]);
        let (secrets, _) = vault.secrets(&store(&[], true));
        assert!(!format!("{secrets:?}").contains("INFRA"), "{secrets:?}");
        assert_eq!(secrets[0].options["ENDPOINT"], "store:9000");
        let (secrets, _) = vault.secrets(&store(&[("s3_access_key_id", "MINE")], true));
        assert_eq!(secrets[0].options["KEY_ID"], "MINE");
        assert!(!format!("{secrets:?}").contains("INFRA"), "{secrets:?}");
    }

    #[tokio::test]
    async fn what_is_fetched_changes_the_generation_and_ends_with_its_time() {
        let (vault, ok) = read(&[
            ("AZURE_CLIENT_ID", "app"),
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_FEDERATED_TOKEN_FILE", "/token"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "acc"),
        ]);
        assert_eq!(ok, Ok(()));
        let (none, before) = vault.secrets(&nothing());
        assert!(none.is_empty(), "no token yet: {none:?}");
        let until = Instant::now() + Duration::from_secs(60);
        let token = Fetched::Bearer(Secret::new("T1".to_owned()));
        vault.put(Kind::Azure, token.clone(), Some(until));
        let (secrets, after) = vault.secrets(&nothing());
        assert_ne!(before, after);
        assert_eq!(secrets[0].provider, "access_token");
        assert_eq!(
            options(&secrets[0]),
            [("ACCESS_TOKEN", "T1"), ("ACCOUNT_NAME", "acc")]
        );
        vault.put(Kind::Azure, token, Some(until + Duration::from_secs(60)));
        assert_eq!(vault.generation(), after, "the same token is no change");
        assert!(!vault.expire(Kind::Azure, until));
        assert!(vault.expire(Kind::Azure, until + Duration::from_secs(60)));
        assert!(vault.secrets(&nothing()).0.is_empty());
        assert_ne!(vault.generation(), after);
    }
}
