//! A provider of identities over HTTP: it says whether a credential is good and whose it is, and
//! whether that principal may use this gateway.
//!
//! `POST {endpoint}/api/v1/auth/validate` with `{"username", "credential"}` and, unless switched
//! off, `POST {endpoint}/api/v1/authz/check`, both with the header `X-API-Key`. Anything but a
//! clear yes is a no; a provider that is away is an error of its own, so that nobody is let in and
//! nobody's miss is counted.

use serde::Deserialize;
use serde_json::json;
use tavana_common::secret::Secret;

use super::http::{self, HttpError};
use super::principal::{Principal, Role, Source, is_name};
use crate::settings::ExternalSettings;

/// What the provider said.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The credential is good and its owner may connect.
    Good(Principal),
    /// It is not.
    Bad,
    /// It is, but its owner may not connect.
    Forbidden(Principal),
}

/// The provider.
#[derive(Debug)]
pub(crate) struct External {
    settings: ExternalSettings,
    client: reqwest::Client,
}

#[derive(Debug, Deserialize)]
struct Validated {
    valid: bool,
    #[serde(default, alias = "user_id", alias = "sub")]
    username: Option<String>,
    #[serde(default, alias = "tenant_id")]
    tenant: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Checked {
    allowed: bool,
}

impl External {
    pub(crate) fn new(settings: ExternalSettings) -> Result<Self, HttpError> {
        let client = http::client(settings.connect_max, settings.request_max)?;
        Ok(Self { settings, client })
    }

    /// Asks whether `credential` is good. `name` is the one that the client gave, if any.
    pub(crate) async fn validate(
        &self,
        name: Option<&str>,
        credential: &Secret,
    ) -> Result<Verdict, HttpError> {
        let question = json!({ "username": name, "credential": credential.expose() });
        let Some(answer) = self.ask("/api/v1/auth/validate", &question).await? else {
            return Ok(Verdict::Bad);
        };
        let answer: Validated = serde_json::from_slice(&answer)
            .map_err(|_| HttpError::Body("wrong JSON".to_owned()))?;
        if !answer.valid {
            return Ok(Verdict::Bad);
        }
        let user = answer.username.as_deref().or(name).unwrap_or_default();
        if !is_name(user) || answer.tenant.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(HttpError::Body("the user or tenant is no name".to_owned()));
        }
        // Roles that are not known give no more than the least.
        let role = if answer.roles.is_empty() {
            self.settings.default_role
        } else {
            let known = answer.roles.iter().filter_map(|role| Role::of_name(role));
            known.max().unwrap_or(Role::ReadOnly)
        };
        let principal = Principal::with_rights(
            Source::External,
            answer.tenant.as_deref(),
            user,
            role,
            self.settings.own_credentials_only,
        );
        if self.settings.authorize && !self.may_connect(&principal).await? {
            return Ok(Verdict::Forbidden(principal));
        }
        Ok(Verdict::Good(principal))
    }

    async fn may_connect(&self, principal: &Principal) -> Result<bool, HttpError> {
        let question = json!({
            "username": principal.name(),
            "tenant": principal.tenant(),
            "action": "connect",
            "resource": "tavana",
        });
        let Some(answer) = self.ask("/api/v1/authz/check", &question).await? else {
            return Ok(false);
        };
        serde_json::from_slice::<Checked>(&answer)
            .map(|answer| answer.allowed)
            .map_err(|_| HttpError::Body("wrong JSON".to_owned()))
    }

    /// The answer; `None` for a plain no (401, 403).
    async fn ask(
        &self,
        path: &str,
        question: &serde_json::Value,
    ) -> Result<Option<Vec<u8>>, HttpError> {
        let mut request = self
            .client
            .post(format!("{}{path}", self.settings.endpoint))
            .json(question);
        if let Some(key) = &self.settings.api_key {
            request = request.header("X-API-Key", key.expose());
        }
        let response = request
            .send()
            .await
            .map_err(|error| http::without_address(&error))?;
        match response.status().as_u16() {
            200 => http::body(response).await.map(Some),
            401 | 403 => Ok(None),
            status => Err(HttpError::Status(status)),
        }
    }
}
