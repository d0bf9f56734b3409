//! Infrastructure credentials: read from the environment by the supervisor, handed to engines as
//! DuckDB secrets, never as settings (those any user can read back).
//!
//! A session's own credentials win. DuckDB lets a secret silently beat a session's `SET s3_*`, so
//! a session that sets its own key or endpoint of a type gets an engine whose secret of that type
//! is made from what it set. The infrastructure's key is then not in that engine at all, and so
//! cannot be sent to an endpoint of the session's choice.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use tavana_common::env::Env;
use tavana_common::proto::engine;
use tavana_common::proto::v1::Setting;
use tavana_common::secret::Secret;

/// Names of the secrets; the engine puts its reserved prefix in front. DuckDB takes the
/// alphabetically first of two secrets of equal scope: the prefix sorts behind every name a user
/// gives, so a user's own secret wins, and these sort before the engine's anonymous one.
const S3: &str = "access_s3";
const GCS: &str = "access_gcs";
const AZURE: &str = "access_azure";

/// The credentials of the deployment, by kind of store.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    s3: Option<S3Credentials>,
    gcs: Option<GcsCredentials>,
    azure: Option<AzureCredentials>,
}

#[derive(Debug, Clone, Default)]
struct S3Credentials {
    key: Option<(Secret, Secret)>,
    session_token: Option<Secret>,
    region: Option<String>,
    endpoint: Option<Endpoint>,
    url_style: Option<&'static str>,
    bucket: Option<String>,
}

#[derive(Debug, Clone)]
struct GcsCredentials {
    key: Option<(Secret, Secret)>,
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Clone)]
enum AzureCredentials {
    ConnectionString(Secret),
    /// Public data of one account.
    Account(String),
}

/// `host:port` and whether to speak TLS to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Endpoint {
    authority: String,
    use_ssl: bool,
}

impl Endpoint {
    /// Understands `http://host:port`, `https://host` and `host:port` (TLS).
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (use_ssl, authority) = match text.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            Some(_) => return Err("is neither http:// nor https://"),
            None => (true, text),
        };
        let authority = authority.trim_end_matches('/');
        if authority.is_empty() || authority.contains(['/', '@', '?', '#', ' ']) {
            return Err("is not scheme://host:port");
        }
        Ok(Self {
            authority: authority.to_owned(),
            use_ssl,
        })
    }
}

impl Credentials {
    /// Reads the environment variables of the storage SDKs and of the chart.
    pub(crate) fn from_env(env: &mut Env) -> Self {
        Self {
            s3: read_s3(env),
            gcs: read_gcs(env),
            azure: read_azure(env),
        }
    }

    /// The secrets of an engine whose session has `settings` in force.
    pub(crate) fn secrets(&self, settings: &[Setting]) -> Vec<engine::Secret> {
        let mut secrets = Vec::new();
        let infra = self.s3.as_ref().map(|s3| s3.secret());
        if let Some(options) = session_s3(settings, infra.as_ref()) {
            secrets.push(secret(S3, "s3", "", options));
        } else {
            secrets.extend(infra.map(|infra| placed(infra, settings)));
        }
        if let Some(options) = session_azure(settings) {
            secrets.push(secret(AZURE, "azure", "", options));
        } else if let Some(azure) = &self.azure {
            secrets.push(azure.secret());
        }
        if let Some(gcs) = &self.gcs {
            secrets.push(gcs.secret());
        }
        secrets
    }
}

/// Tells apart the sets of credentials that a session's settings amount to: engines whose
/// fingerprints differ never stand in for each other, because file caches ignore credentials.
pub(crate) fn fingerprint(settings: &[Setting]) -> [u8; 32] {
    let mut storage: Vec<(String, &str)> = settings
        .iter()
        .map(|setting| (setting.name.to_ascii_lowercase(), setting.value.as_str()))
        .filter(|(name, _)| is_storage(name))
        .collect();
    if storage.is_empty() {
        return [0; 32];
    }
    // Of two settings of one name the last one holds; the sort is stable.
    storage.sort_by(|a, b| a.0.cmp(&b.0));
    let mut sha = Sha256::new();
    let mut rest = storage.iter().peekable();
    while let Some((name, value)) = rest.next() {
        if rest.peek().is_some_and(|(next, _)| next == name) {
            continue;
        }
        for text in [name.as_str(), value] {
            sha.update((text.len() as u64).to_le_bytes());
            sha.update(text);
        }
    }
    sha.finalize().into()
}

fn is_storage(name: &str) -> bool {
    ["s3_", "azure_", "gcs_", "r2_", "hf_", "http_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

fn read_s3(env: &mut Env) -> Option<S3Credentials> {
    let key = pair(
        env,
        (
            "AWS_ACCESS_KEY_ID",
            "Key id for S3, used for users without own credentials.",
        ),
        ("AWS_SECRET_ACCESS_KEY", "Secret of AWS_ACCESS_KEY_ID."),
    );
    let session_token = env.secret("AWS_SESSION_TOKEN", "Session token of AWS_ACCESS_KEY_ID.");
    let region = env.optional_text("AWS_REGION", "Region of the S3 buckets.");
    let default_region =
        env.optional_text("AWS_DEFAULT_REGION", "Region when AWS_REGION is not set.");
    let endpoint = read_endpoint(
        env,
        "AWS_ENDPOINT_URL",
        "S3 endpoint as scheme://host:port; not set: Amazon's.",
    );
    let chart_endpoint = read_endpoint(
        env,
        "S3_ENDPOINT",
        "Like AWS_ENDPOINT_URL, which wins over it.",
    );
    let bucket = env.optional_text(
        "S3_BUCKET",
        "The only bucket these S3 credentials are used for; not set: all.",
    );
    let url_style = match env.choice(
        "AWS_S3_URL_STYLE",
        "",
        &["path", "vhost"],
        "path or vhost; not set: path for a custom endpoint, else vhost.",
    ) {
        "" => None,
        style => Some(style),
    };
    let path_style = env.flag(
        "S3_PATH_STYLE",
        false,
        "true: the same as AWS_S3_URL_STYLE=path.",
    );
    let s3 = S3Credentials {
        key,
        session_token,
        region: region.or(default_region),
        endpoint: endpoint.or(chart_endpoint),
        url_style: url_style.or(path_style.then_some("path")),
        bucket,
    };
    let given = s3.key.is_some() || s3.endpoint.is_some() || s3.region.is_some();
    given.then_some(s3)
}

fn read_gcs(env: &mut Env) -> Option<GcsCredentials> {
    let key = pair(
        env,
        ("GCS_ACCESS_KEY_ID", "HMAC key id for Google Cloud Storage."),
        ("GCS_SECRET", "Secret of GCS_ACCESS_KEY_ID."),
    );
    let endpoint = read_endpoint(env, "GCS_ENDPOINT", "GCS endpoint as scheme://host:port.");
    (key.is_some() || endpoint.is_some()).then_some(GcsCredentials { key, endpoint })
}

fn read_azure(env: &mut Env) -> Option<AzureCredentials> {
    let connection_string = env.secret(
        "AZURE_STORAGE_CONNECTION_STRING",
        "Azure connection string; wins over the other AZURE_ variables.",
    );
    let account = env.optional_text("AZURE_STORAGE_ACCOUNT_NAME", "Azure storage account.");
    let key = env.secret(
        "AZURE_STORAGE_ACCOUNT_KEY",
        "Key of AZURE_STORAGE_ACCOUNT_NAME.",
    );
    let sas = env.secret(
        "AZURE_SAS_TOKEN",
        "Shared access signature for the account.",
    );
    if let Some(text) = connection_string {
        return Some(AzureCredentials::ConnectionString(text));
    }
    let Some(account) = account else {
        for (name, value) in [
            ("AZURE_STORAGE_ACCOUNT_KEY", &key),
            ("AZURE_SAS_TOKEN", &sas),
        ] {
            if value.is_some() {
                env.mistake(name, "needs AZURE_STORAGE_ACCOUNT_NAME");
            }
        }
        return None;
    };
    if !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        env.mistake("AZURE_STORAGE_ACCOUNT_NAME", "is not an account name");
        return None;
    }
    let text = match (key, sas) {
        (Some(key), _) => format!(
            "DefaultEndpointsProtocol=https;AccountName={account};AccountKey={};\
             EndpointSuffix=core.windows.net",
            key.expose()
        ),
        (None, Some(sas)) => format!(
            "BlobEndpoint=https://{account}.blob.core.windows.net/;SharedAccessSignature={}",
            sas.expose().trim_start_matches('?')
        ),
        (None, None) => return Some(AzureCredentials::Account(account)),
    };
    Some(AzureCredentials::ConnectionString(Secret::new(text)))
}

/// Two variables that make sense only together.
fn pair(
    env: &mut Env,
    id: (&'static str, &'static str),
    secret: (&'static str, &'static str),
) -> Option<(Secret, Secret)> {
    let (id_name, id_meaning) = id;
    let (secret_name, secret_meaning) = secret;
    match (
        env.secret(id_name, id_meaning),
        env.secret(secret_name, secret_meaning),
    ) {
        (Some(id), Some(secret)) => Some((id, secret)),
        (None, None) => None,
        (Some(_), None) => {
            env.mistake(
                secret_name,
                format_args!("is missing, but {id_name} is set"),
            );
            None
        }
        (None, Some(_)) => {
            env.mistake(
                id_name,
                format_args!("is missing, but {secret_name} is set"),
            );
            None
        }
    }
}

fn read_endpoint(env: &mut Env, name: &'static str, meaning: &'static str) -> Option<Endpoint> {
    let text = env.optional_text(name, meaning)?;
    match Endpoint::parse(&text) {
        Ok(endpoint) => Some(endpoint),
        Err(problem) => {
            env.mistake(name, problem);
            None
        }
    }
}

impl S3Credentials {
    fn secret(&self) -> engine::Secret {
        let mut options = HashMap::new();
        insert_key(&mut options, self.key.as_ref());
        if let Some(token) = &self.session_token {
            options.insert("SESSION_TOKEN".to_owned(), token.expose().to_owned());
        }
        let region = self.region.as_deref().unwrap_or("us-east-1");
        options.insert("REGION".to_owned(), region.to_owned());
        insert_endpoint(&mut options, self.endpoint.as_ref());
        if let Some(style) = self.url_style.or(self.endpoint.as_ref().map(|_| "path")) {
            options.insert("URL_STYLE".to_owned(), style.to_owned());
        }
        let scope = self.bucket.as_ref().map(|bucket| format!("s3://{bucket}"));
        secret(S3, "s3", scope.as_deref().unwrap_or_default(), options)
    }
}

impl GcsCredentials {
    fn secret(&self) -> engine::Secret {
        let mut options = HashMap::new();
        insert_key(&mut options, self.key.as_ref());
        insert_endpoint(&mut options, self.endpoint.as_ref());
        if self.endpoint.is_some() {
            options.insert("URL_STYLE".to_owned(), "path".to_owned());
        }
        secret(GCS, "gcs", "", options)
    }
}

impl AzureCredentials {
    fn secret(&self) -> engine::Secret {
        let (name, value) = match self {
            Self::ConnectionString(text) => ("CONNECTION_STRING", text.expose()),
            Self::Account(account) => ("ACCOUNT_NAME", account.as_str()),
        };
        secret(
            AZURE,
            "azure",
            "",
            HashMap::from([(name.to_owned(), value.to_owned())]),
        )
    }
}

fn insert_key(options: &mut HashMap<String, String>, key: Option<&(Secret, Secret)>) {
    if let Some((id, secret)) = key {
        options.insert("KEY_ID".to_owned(), id.expose().to_owned());
        options.insert("SECRET".to_owned(), secret.expose().to_owned());
    }
}

fn insert_endpoint(options: &mut HashMap<String, String>, endpoint: Option<&Endpoint>) {
    if let Some(endpoint) = endpoint {
        options.insert("ENDPOINT".to_owned(), endpoint.authority.clone());
        options.insert("USE_SSL".to_owned(), endpoint.use_ssl.to_string());
    }
}

fn secret(
    name: &str,
    r#type: &str,
    scope: &str,
    options: HashMap<String, String>,
) -> engine::Secret {
    engine::Secret {
        name: name.to_owned(),
        r#type: r#type.to_owned(),
        provider: String::new(),
        scope: scope.to_owned(),
        options,
    }
}

/// The last value a session set for `name`; an empty one counts as not set.
fn setting<'a>(settings: &'a [Setting], name: &str) -> Option<&'a str> {
    settings
        .iter()
        .rev()
        .find(|setting| setting.name.eq_ignore_ascii_case(name))
        .map(|setting| setting.value.as_str())
        .filter(|value| !value.is_empty())
}

/// A session's own keys are for the deployment's store unless it names another one; of the
/// deployment's secret only the place is taken, never a key.
fn session_s3(
    settings: &[Setting],
    infra: Option<&engine::Secret>,
) -> Option<HashMap<String, String>> {
    if setting(settings, "s3_access_key_id").is_none() && setting(settings, "s3_endpoint").is_none()
    {
        return None;
    }
    let options = [
        ("s3_access_key_id", "KEY_ID"),
        ("s3_secret_access_key", "SECRET"),
        ("s3_session_token", "SESSION_TOKEN"),
        ("s3_region", "REGION"),
        ("s3_endpoint", "ENDPOINT"),
        ("s3_use_ssl", "USE_SSL"),
        ("s3_url_style", "URL_STYLE"),
    ];
    let place = ["REGION", "ENDPOINT", "USE_SSL", "URL_STYLE"];
    let inherited = infra
        .filter(|_| setting(settings, "s3_endpoint").is_none())
        .into_iter()
        .flat_map(|infra| &infra.options)
        .filter(|(option, _)| place.contains(&option.as_str()))
        .map(|(option, value)| (option.clone(), value.clone()));
    let own = options.into_iter().filter_map(|(name, option)| {
        setting(settings, name).map(|value| (option.to_owned(), value.to_owned()))
    });
    Some(inherited.chain(own).collect())
}

/// The deployment's keys, used where and how the session says.
fn placed(mut infra: engine::Secret, settings: &[Setting]) -> engine::Secret {
    for (name, option) in [
        ("s3_region", "REGION"),
        ("s3_use_ssl", "USE_SSL"),
        ("s3_url_style", "URL_STYLE"),
    ] {
        if let Some(value) = setting(settings, name) {
            infra.options.insert(option.to_owned(), value.to_owned());
        }
    }
    infra
}

fn session_azure(settings: &[Setting]) -> Option<HashMap<String, String>> {
    let (option, value) = setting(settings, "azure_storage_connection_string")
        .map(|text| ("CONNECTION_STRING", text))
        .or_else(|| setting(settings, "azure_account_name").map(|name| ("ACCOUNT_NAME", name)))?;
    Some(HashMap::from([(option.to_owned(), value.to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Credentials, Result<(), String>) {
        let mut env = Env::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let credentials = Credentials::from_env(&mut env);
        (credentials, env.finish().map_err(|error| error.to_string()))
    }

    fn settings(pairs: &[(&str, &str)]) -> Vec<Setting> {
        pairs
            .iter()
            .map(|(name, value)| Setting {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect()
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
        let (credentials, ok) = read(&[
            ("AWS_ACCESS_KEY_ID", "AKA"),
            ("AWS_SECRET_ACCESS_KEY", "sec"),
            ("AWS_ENDPOINT_URL", "http://minio:9000/"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]);
        assert_eq!(ok, Ok(()));
        let secrets = credentials.secrets(&[]);
        assert_eq!(secrets.len(), 1);
        assert_eq!(
            (secrets[0].r#type.as_str(), secrets[0].scope.as_str()),
            ("s3", "")
        );
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
        let (credentials, ok) = read(&[
            ("S3_ENDPOINT", "https://s3.example.com"),
            ("S3_BUCKET", "lake"),
            ("S3_PATH_STYLE", "true"),
        ]);
        assert_eq!(ok, Ok(()));
        let secrets = credentials.secrets(&[]);
        assert_eq!(secrets[0].scope, "s3://lake");
        assert_eq!(secrets[0].options["USE_SSL"], "true");
        assert_eq!(secrets[0].options["URL_STYLE"], "path");
    }

    #[test]
    fn azure_and_gcs_become_their_secrets() {
        let (credentials, ok) = read(&[
            ("AZURE_STORAGE_ACCOUNT_NAME", "acc"),
            ("AZURE_SAS_TOKEN", "?sv=1&sig=x"),
            ("GCS_ACCESS_KEY_ID", "GOOG"),
            ("GCS_SECRET", "s"),
            ("GCS_ENDPOINT", "http://127.0.0.1:4443"),
        ]);
        assert_eq!(ok, Ok(()));
        let secrets = credentials.secrets(&[]);
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
    fn half_a_key_and_a_wrong_endpoint_are_mistakes_and_no_value_is_shown() {
        let (_, mistakes) = read(&[
            ("AWS_ACCESS_KEY_ID", "CANARY"),
            ("AWS_ENDPOINT_URL", "ftp://CANARY"),
            ("GCS_SECRET", "CANARY"),
            ("AZURE_SAS_TOKEN", "CANARY"),
        ]);
        let mistakes = mistakes.unwrap_err();
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ENDPOINT_URL",
            "GCS_ACCESS_KEY_ID",
            "AZURE_SAS_TOKEN",
        ] {
            assert!(mistakes.contains(name), "{mistakes}");
        }
        assert!(!mistakes.contains("CANARY"), "{mistakes}");
    }

    #[test]
    fn printed_credentials_hide_their_keys() {
        let (credentials, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "CANARY"),
            ("AWS_SECRET_ACCESS_KEY", "CANARY"),
            ("AZURE_STORAGE_CONNECTION_STRING", "CANARY"),
        ]);
        assert!(!format!("{credentials:?}").contains("CANARY"));
    }

    #[test]
    fn a_sessions_own_key_or_endpoint_replaces_the_infrastructures_secret() {
        let (credentials, _) = read(&[
            ("AWS_ACCESS_KEY_ID", "INFRA"),
            ("AWS_SECRET_ACCESS_KEY", "INFRA"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "infra"),
        ]);
        let own = settings(&[
            ("S3_Access_Key_Id", "MINE"),
            ("s3_secret_access_key", "mine"),
        ]);
        let secrets = credentials.secrets(&own);
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
        let secrets = placed.secrets(&own);
        assert_eq!(secrets[0].options["ENDPOINT"], "store:9000");
        assert_eq!(secrets[0].options["REGION"], "eu-west-1");
        assert_eq!(secrets[0].options["KEY_ID"], "MINE");
        let moved = placed.secrets(&settings(&[("s3_endpoint", "evil:1")]));
        assert_eq!(options(&moved[0]), [("ENDPOINT", "evil:1")]);

        let elsewhere = credentials.secrets(&settings(&[("s3_endpoint", "evil:1")]));
        assert_eq!(options(&elsewhere[0]), [("ENDPOINT", "evil:1")]);

        let region_only = credentials.secrets(&settings(&[("s3_region", "x")]));
        assert_eq!(region_only[0].options["KEY_ID"], "INFRA");
        assert_eq!(region_only[0].options["REGION"], "x");

        let azure = settings(&[("azure_storage_connection_string", "mine")]);
        assert_eq!(
            options(&credentials.secrets(&azure)[1]),
            [("CONNECTION_STRING", "mine")]
        );
    }

    #[test]
    fn fingerprints_differ_exactly_when_the_storage_settings_do() {
        let none = fingerprint(&settings(&[("TimeZone", "UTC")]));
        assert_eq!(none, fingerprint(&[]));
        let a = fingerprint(&settings(&[("s3_access_key_id", "A"), ("s3_region", "r")]));
        let reordered = fingerprint(&settings(&[("s3_region", "r"), ("S3_ACCESS_KEY_ID", "A")]));
        let overridden = fingerprint(&settings(&[
            ("s3_access_key_id", "B"),
            ("s3_region", "r"),
            ("s3_access_key_id", "A"),
        ]));
        assert_eq!(a, reordered);
        assert_eq!(a, overridden);
        assert_ne!(a, none);
        assert_ne!(
            a,
            fingerprint(&settings(&[("s3_access_key_id", "B"), ("s3_region", "r")]))
        );
        assert_ne!(
            fingerprint(&settings(&[("s3_a", "bc")])),
            fingerprint(&settings(&[("s3_ab", "c")]))
        );
    }
}
