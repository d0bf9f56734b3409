//! The environment variables by which the storage SDKs and the chart say who the deployment is.

use std::collections::HashMap;

use tavana_common::env::Env;
use tavana_common::secret::Secret;

use super::aws::{Authorization, AwsSource, is_container_url};
use super::azure::{AzureSource, Proof};
use super::gcp::GcpSource;

/// The credentials of the deployment, by kind of store.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    pub(super) s3: Option<S3Access>,
    pub(super) gcs: Option<GcsAccess>,
    pub(super) azure: Option<AzureAccess>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct S3Access {
    pub(super) key: Option<(Secret, Secret)>,
    pub(super) session_token: Option<Secret>,
    /// Where keys come from when there is none in the environment.
    pub(super) source: Option<AwsSource>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) url_style: Option<&'static str>,
    pub(super) bucket: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct GcsAccess {
    pub(super) key: Option<(Secret, Secret)>,
    /// Where tokens come from when there is no key.
    pub(super) source: Option<GcpSource>,
    pub(super) endpoint: Option<Endpoint>,
}

#[derive(Debug, Clone)]
pub(super) enum AzureAccess {
    ConnectionString(Secret),
    /// Public data of one account.
    Account(String),
    /// An application that gets tokens.
    Identity {
        /// Needed for addresses that do not name it.
        account: Option<String>,
        source: AzureSource,
    },
}

/// `host:port` and whether to speak TLS to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    authority: String,
    use_ssl: bool,
}

impl Endpoint {
    /// Understands `http://host:port`, `https://host` and `host:port` (TLS).
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
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

    pub(super) fn insert_into(&self, options: &mut HashMap<String, String>) {
        options.insert("ENDPOINT".to_owned(), self.authority.clone());
        options.insert("USE_SSL".to_owned(), self.use_ssl.to_string());
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
}

fn read_s3(env: &mut Env) -> Option<S3Access> {
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
    let region = region.or(default_region);
    let source = read_aws_source(env, region.as_deref(), key.is_some());
    let s3 = S3Access {
        key,
        session_token,
        source,
        region,
        endpoint: endpoint.or(chart_endpoint),
        url_style: url_style.or(path_style.then_some("path")),
        bucket,
    };
    let given =
        s3.key.is_some() || s3.source.is_some() || s3.endpoint.is_some() || s3.region.is_some();
    given.then_some(s3)
}

/// Where keys come from when they are not in the environment, in the order of the SDKs of AWS: a
/// profile that is asked for, a role, the container's agent.
fn read_aws_source(env: &mut Env, region: Option<&str>, has_key: bool) -> Option<AwsSource> {
    let file = env.optional_text(
        "AWS_SHARED_CREDENTIALS_FILE",
        "Credentials file with profiles; read again when it changes.",
    );
    let profile = env.optional_text(
        "AWS_PROFILE",
        "Profile in AWS_SHARED_CREDENTIALS_FILE; not set: default.",
    );
    let role_arn = env.optional_text(
        "AWS_ROLE_ARN",
        "Role to assume with AWS_WEB_IDENTITY_TOKEN_FILE (EKS: IRSA).",
    );
    let token_file = env.optional_text(
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "File with the token that proves the pod's identity to STS.",
    );
    let session_name = env.text(
        "AWS_ROLE_SESSION_NAME",
        "tavana",
        "Name of the session of the assumed role, as AWS logs it.",
    );
    let sts = env.optional_text(
        "AWS_ENDPOINT_URL_STS",
        "Address of STS; not set: that of AWS_REGION.",
    );
    let full_uri = env.optional_text(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "Address of the agent that has the pod's keys (EKS Pod Identity).",
    );
    let relative_uri = env.optional_text(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "The same as a path at ECS's agent, http://169.254.170.2.",
    );
    let authorization_file = env.optional_text(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "File with the token for that agent; read at each request.",
    );
    let authorization = env.secret(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "The token itself, when it is not in a file.",
    );
    if has_key {
        return None;
    }
    if file.is_some() || profile.is_some() {
        let home = env
            .optional_text("HOME", "")
            .map(|home| format!("{home}/.aws/credentials"));
        let Some(path) = file.or(home) else {
            env.mistake("AWS_PROFILE", "needs AWS_SHARED_CREDENTIALS_FILE or HOME");
            return None;
        };
        return Some(AwsSource::File {
            path,
            profile: profile.unwrap_or_else(|| "default".to_owned()),
        });
    }
    match (role_arn, token_file) {
        (Some(role_arn), Some(token_file)) => {
            let endpoint = sts.unwrap_or_else(|| match region {
                Some(region) if region.starts_with("cn-") => {
                    format!("https://sts.{region}.amazonaws.com.cn/")
                }
                Some(region) => format!("https://sts.{region}.amazonaws.com/"),
                None => "https://sts.amazonaws.com/".to_owned(),
            });
            if !is_http(&endpoint) {
                env.mistake("AWS_ENDPOINT_URL_STS", "is not scheme://host:port");
                return None;
            }
            return Some(AwsSource::WebIdentity {
                endpoint,
                role_arn,
                session_name,
                token_file,
            });
        }
        (Some(_), None) => env.mistake("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN needs it"),
        (None, Some(_)) => env.mistake("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE needs it"),
        (None, None) => {}
    }
    let url =
        full_uri.or_else(|| relative_uri.map(|path| format!("http://169.254.170.2{path}")))?;
    if !is_container_url(&url) {
        env.mistake(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "is neither https:// nor an address of this machine or of an agent of AWS",
        );
        return None;
    }
    let authorization = match (authorization_file, authorization) {
        (Some(path), _) => Authorization::File(path),
        (None, Some(token)) => Authorization::Token(token),
        (None, None) => Authorization::Nothing,
    };
    Some(AwsSource::Container { url, authorization })
}

fn read_gcs(env: &mut Env) -> Option<GcsAccess> {
    let key = pair(
        env,
        ("GCS_ACCESS_KEY_ID", "HMAC key id for Google Cloud Storage."),
        ("GCS_SECRET", "Secret of GCS_ACCESS_KEY_ID."),
    );
    let endpoint = read_endpoint(env, "GCS_ENDPOINT", "GCS endpoint as scheme://host:port.");
    let file = env.optional_text(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "File of a service account or of an external account; read again at each refresh.",
    );
    let metadata_host = env.optional_text(
        "GCE_METADATA_HOST",
        "Host of Google's metadata server; setting it turns TAVANA_GCP_WORKLOAD_IDENTITY on.",
    );
    let workload_identity = env.flag(
        "TAVANA_GCP_WORKLOAD_IDENTITY",
        false,
        "Use the service account of the pod or machine for Google Cloud Storage.",
    );
    let source = if key.is_some() {
        None
    } else if let Some(path) = file {
        Some(GcpSource::File { path })
    } else if workload_identity || metadata_host.is_some() {
        let host = metadata_host.unwrap_or_else(|| "metadata.google.internal".to_owned());
        if host.contains(['/', '@', '?', '#', ' ']) {
            env.mistake("GCE_METADATA_HOST", "is not a host with an optional port");
            return None;
        }
        Some(GcpSource::Metadata { host })
    } else {
        None
    };
    (key.is_some() || source.is_some() || endpoint.is_some()).then_some(GcsAccess {
        key,
        source,
        endpoint,
    })
}

fn read_azure(env: &mut Env) -> Option<AzureAccess> {
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
    let source = read_azure_source(env);
    if let Some(text) = connection_string {
        return Some(AzureAccess::ConnectionString(text));
    }
    if let Some(account) = &account
        && !account.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        env.mistake("AZURE_STORAGE_ACCOUNT_NAME", "is not an account name");
        return None;
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
        return source.map(|source| AzureAccess::Identity {
            account: None,
            source,
        });
    };
    let text = match (key, sas, source) {
        (Some(key), _, _) => format!(
            "DefaultEndpointsProtocol=https;AccountName={account};AccountKey={};\
             EndpointSuffix=core.windows.net",
            key.expose()
        ),
        (None, Some(sas), _) => format!(
            "BlobEndpoint=https://{account}.blob.core.windows.net/;SharedAccessSignature={}",
            sas.expose().trim_start_matches('?')
        ),
        (None, None, Some(source)) => {
            return Some(AzureAccess::Identity {
                account: Some(account),
                source,
            });
        }
        (None, None, None) => return Some(AzureAccess::Account(account)),
    };
    Some(AzureAccess::ConnectionString(Secret::new(text)))
}

fn read_azure_source(env: &mut Env) -> Option<AzureSource> {
    let client_id = env.optional_text(
        "AZURE_CLIENT_ID",
        "Application whose rights are used (Azure workload identity).",
    );
    let tenant = env.optional_text("AZURE_TENANT_ID", "Directory of that application.");
    let token_file = env.optional_text(
        "AZURE_FEDERATED_TOKEN_FILE",
        "File with the token that proves the pod's identity; read at each refresh.",
    );
    let client_secret = env.secret(
        "AZURE_CLIENT_SECRET",
        "Secret of the application, when there is no AZURE_FEDERATED_TOKEN_FILE.",
    );
    let authority = env.text(
        "AZURE_AUTHORITY_HOST",
        "https://login.microsoftonline.com",
        "Address of the service that gives tokens.",
    );
    let proof = match (token_file, client_secret) {
        (Some(path), _) => Proof::TokenFile(path),
        (None, Some(secret)) => Proof::ClientSecret(secret),
        // An id alone is what a cluster gives every pod.
        (None, None) => return None,
    };
    let (Some(client_id), Some(tenant)) = (client_id, tenant) else {
        env.mistake(
            "AZURE_CLIENT_ID",
            "a token file or client secret needs it, and AZURE_TENANT_ID",
        );
        return None;
    };
    if !is_http(&authority) {
        env.mistake("AZURE_AUTHORITY_HOST", "is not scheme://host:port");
        return None;
    }
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    if !plain(&tenant) {
        env.mistake("AZURE_TENANT_ID", "is not the id or domain of a directory");
        return None;
    }
    Some(AzureSource {
        authority: authority.trim_end_matches('/').to_owned(),
        tenant,
        client_id,
        proof,
    })
}

fn is_http(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        url.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    })
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
    fn half_an_identity_is_a_mistake() {
        for (pairs, name) in [
            (
                &[("AWS_ROLE_ARN", "arn")][..],
                "AWS_WEB_IDENTITY_TOKEN_FILE",
            ),
            (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")], "AWS_ROLE_ARN"),
            (&[("AZURE_FEDERATED_TOKEN_FILE", "/t")], "AZURE_CLIENT_ID"),
            (
                &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/")],
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            ),
            (&[("GCE_METADATA_HOST", "h/path")], "GCE_METADATA_HOST"),
        ] {
            let mistakes = read(pairs).1.expect_err(name);
            assert!(mistakes.contains(name), "{mistakes}");
        }
    }

    #[test]
    fn the_nearest_identity_is_used() {
        let role = [
            ("AWS_ROLE_ARN", "arn"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
        ];
        let source = |pairs: &[(&str, &str)]| read(pairs).0.s3.and_then(|s3| s3.source);
        assert_eq!(
            source(&role),
            Some(AwsSource::WebIdentity {
                endpoint: "https://sts.eu-west-1.amazonaws.com/".to_owned(),
                role_arn: "arn".to_owned(),
                session_name: "tavana".to_owned(),
                token_file: "/token".to_owned(),
            })
        );
        assert_eq!(
            source(&role[3..]),
            Some(AwsSource::Container {
                url: "http://169.254.170.2/x".to_owned(),
                authorization: Authorization::Nothing,
            })
        );
        let with_profile = [&role[..], &[("AWS_PROFILE", "p"), ("HOME", "/h")]].concat();
        assert_eq!(
            source(&with_profile),
            Some(AwsSource::File {
                path: "/h/.aws/credentials".to_owned(),
                profile: "p".to_owned(),
            })
        );
        let with_key = [
            &role[..],
            &[("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")],
        ]
        .concat();
        assert_eq!(source(&with_key), None);
        assert_eq!(read(&[("AZURE_CLIENT_ID", "x")]).1, Ok(()));
        assert!(read(&[("AZURE_CLIENT_ID", "x")]).0.azure.is_none());
    }
}
