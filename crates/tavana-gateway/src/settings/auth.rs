//! Settings of authentication.

use std::path::PathBuf;
use std::time::Duration;

use tavana_common::env::Env;
use tavana_common::secret::Secret;

use crate::auth::Role;

/// Whether clients must prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// Nobody has to: the name that a client gives is taken as it is.
    Passthrough,
    /// Listed users and tokens are checked; other names come in without proof.
    Optional,
    /// Everybody has to.
    Required,
}

/// How clients prove who they are.
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// Who must.
    pub mode: AuthMode,
    /// Whether the mode was chosen, or is the default.
    pub mode_was_set: bool,
    /// Passwords and API keys.
    pub users_file: Option<PathBuf>,
    /// Tokens of an issuer.
    pub jwt: Option<JwtSettings>,
    /// A provider over HTTP.
    pub external: Option<ExternalSettings>,
    /// Whether passwords may cross the network in clear, without TLS.
    pub cleartext_allowed: bool,
    /// The role of those of whom nothing else is said.
    pub default_role: Role,
    /// Whether those of whom nothing else is said may read only with credentials of their own.
    pub own_credentials_only: bool,
    /// How long a credential that was good is not asked about again.
    pub remember: Duration,
}

/// Tokens of one issuer.
#[derive(Clone, Debug)]
pub struct JwtSettings {
    /// `iss` of its tokens.
    pub issuer: String,
    /// One of `aud` of tokens that are for this gateway.
    pub audience: String,
    /// Where its keys are published: `https:`, `http:` or `file:`.
    pub jwks_url: Option<String>,
    /// A key shared with the issuer (HS256, HS384, HS512).
    pub secret: Option<Secret>,
    /// Its public key in PEM (RSA, EC, Ed25519).
    pub public_key_path: Option<PathBuf>,
    /// The claim with the user's name.
    pub user_claim: String,
    /// The claim with the role or roles.
    pub role_claim: String,
    /// The claim with the tenant.
    pub tenant_claim: String,
    /// The role of a token that names none.
    pub default_role: Role,
    /// Whether token users may read only with credentials of their own.
    pub own_credentials_only: bool,
}

/// A provider that is asked over HTTP.
#[derive(Clone, Debug)]
pub struct ExternalSettings {
    /// `http://host:port` or `https://host:port`, without a slash at the end.
    pub endpoint: String,
    /// Shown to it as `X-API-Key`.
    pub api_key: Option<Secret>,
    /// Whether it is also asked if the user may connect.
    pub authorize: bool,
    /// Longest time to connect.
    pub connect_max: Duration,
    /// Longest time for an answer.
    pub request_max: Duration,
    /// The role of a user of whom it names none.
    pub default_role: Role,
    /// Whether its users may read only with credentials of their own.
    pub own_credentials_only: bool,
}

impl AuthSettings {
    pub(super) fn from_env(env: &mut Env) -> Self {
        let mode_was_set = env.is_set("TAVANA_AUTH_MODE");
        let mode = env.choice(
            "TAVANA_AUTH_MODE",
            "passthrough",
            &["passthrough", "optional", "required"],
            "whether clients must prove who they are: passthrough (nobody), optional (listed users and tokens), required (everybody); must be set when the ports are open to more than this machine",
        );
        let mode = match mode {
            "required" => AuthMode::Required,
            "optional" => AuthMode::Optional,
            _ => AuthMode::Passthrough,
        };
        let users_file = env
            .optional_text(
                "TAVANA_USERS_FILE",
                "file of users with passwords and API keys, written by `tavana user`",
            )
            .map(PathBuf::from);
        let default_role = env.choice(
            "TAVANA_AUTH_DEFAULT_ROLE",
            "readwrite",
            &Role::NAMES,
            "role of clients of whom nothing else is said: readonly, readwrite or admin",
        );
        let default_role = Role::of_name(default_role).unwrap_or(Role::ReadOnly);
        let own_credentials_only = !env.flag(
            "TAVANA_AUTH_INFRA_CREDENTIALS",
            true,
            "whether clients of whom nothing else is said may read with the deployment's credentials",
        );
        let jwt = read_jwt(env, default_role, own_credentials_only);
        let external = read_external(env, default_role, own_credentials_only);
        let cleartext_allowed = env.flag(
            "TAVANA_AUTH_CLEARTEXT",
            false,
            "take passwords, tokens and API keys in clear on connections without TLS",
        );
        let remember = env.seconds(
            "TAVANA_AUTH_CACHE_TTL_SECS",
            Duration::from_secs(60),
            "how long a credential that was good is not asked about again, in seconds; 0 = always ask",
        );
        if mode == AuthMode::Required
            && users_file.is_none()
            && jwt.is_none()
            && external.is_none()
            && !env.is_set("TAVANA_TLS_CLIENT_CA_PATH")
        {
            env.mistake(
                "TAVANA_AUTH_MODE",
                "required, but nobody could log in: set TAVANA_USERS_FILE, TAVANA_JWT_ISSUER, SEPAR_ENDPOINT or TAVANA_TLS_CLIENT_CA_PATH",
            );
        }
        Self {
            mode,
            mode_was_set,
            users_file,
            jwt,
            external,
            cleartext_allowed,
            default_role,
            own_credentials_only,
            remember,
        }
    }
}

fn read_jwt(env: &mut Env, default_role: Role, own_credentials_only: bool) -> Option<JwtSettings> {
    let issuer = env.optional_text(
        "TAVANA_JWT_ISSUER",
        "issuer (iss) whose tokens are taken as passwords and bearer tokens",
    );
    let audience = env.optional_text(
        "TAVANA_JWT_AUDIENCE",
        "audience (aud) that a token must name",
    );
    let jwks_url = env.optional_text(
        "TAVANA_JWT_JWKS_URL",
        "where the issuer's keys are published: https:, http: or file:",
    );
    let secret = env.secret(
        "TAVANA_JWT_SECRET",
        "key shared with the issuer (HS256, HS384, HS512), at least 32 characters",
    );
    let public_key_path = env
        .optional_text(
            "TAVANA_JWT_PUBLIC_KEY_PATH",
            "file with the issuer's public key in PEM (RSA, EC, Ed25519)",
        )
        .map(PathBuf::from);
    let user_claim = env.text("TAVANA_JWT_USER_CLAIM", "sub", "claim with the user's name");
    let role_claim = env.text(
        "TAVANA_JWT_ROLE_CLAIM",
        "role",
        "claim with the role, or a list of roles",
    );
    let tenant_claim = env.text("TAVANA_JWT_TENANT_CLAIM", "tenant", "claim with the tenant");
    let given = issuer.is_some()
        || audience.is_some()
        || jwks_url.is_some()
        || secret.is_some()
        || public_key_path.is_some();
    if !given {
        return None;
    }
    if let Some(url) = &jwks_url
        && !["https://", "http://", "file://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    {
        env.mistake("TAVANA_JWT_JWKS_URL", "is not https:, http: or file:");
    }
    if secret
        .as_ref()
        .is_some_and(|secret| secret.expose().len() < 32)
    {
        env.mistake("TAVANA_JWT_SECRET", "is shorter than 32 characters");
    }
    if jwks_url.is_none() && secret.is_none() && public_key_path.is_none() {
        env.mistake(
            "TAVANA_JWT_ISSUER",
            "there is no key to check tokens by: set TAVANA_JWT_JWKS_URL, TAVANA_JWT_SECRET or TAVANA_JWT_PUBLIC_KEY_PATH",
        );
    }
    // Without them, tokens that the same keys signed for somebody else would count here.
    for (name, value) in [
        ("TAVANA_JWT_ISSUER", &issuer),
        ("TAVANA_JWT_AUDIENCE", &audience),
    ] {
        if value.is_none() {
            env.mistake(name, "must be set where tokens are taken");
        }
    }
    Some(JwtSettings {
        issuer: issuer?,
        audience: audience?,
        jwks_url,
        secret,
        public_key_path,
        user_claim,
        role_claim,
        tenant_claim,
        default_role,
        own_credentials_only,
    })
}

fn read_external(
    env: &mut Env,
    default_role: Role,
    own_credentials_only: bool,
) -> Option<ExternalSettings> {
    let endpoint = env.optional_text(
        "SEPAR_ENDPOINT",
        "http(s)://host:port of a provider that validates credentials (POST /api/v1/auth/validate)",
    );
    let api_key = env.secret("SEPAR_API_KEY", "shown to the provider as X-API-Key");
    let authorize = env.flag(
        "SEPAR_ENABLE_AUTHZ",
        true,
        "ask the provider also whether the user may connect (POST /api/v1/authz/check)",
    );
    let connect_max = Duration::from_millis(env.number(
        "SEPAR_CONNECT_TIMEOUT_MS",
        5000,
        1..=600_000,
        "longest time to connect to the provider, in milliseconds",
    ));
    let request_max = Duration::from_millis(env.number(
        "SEPAR_REQUEST_TIMEOUT_MS",
        10_000,
        1..=600_000,
        "longest time for the provider's answer, in milliseconds",
    ));
    let endpoint = endpoint?.trim_end_matches('/').to_owned();
    let valid = endpoint.parse::<::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if !valid {
        env.mistake("SEPAR_ENDPOINT", "is not http(s)://host:port");
    }
    Some(ExternalSettings {
        endpoint,
        api_key,
        authorize,
        connect_max,
        request_max,
        default_role,
        own_credentials_only,
    })
}
