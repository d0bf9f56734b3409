//! Access tokens of Azure for an application: proved by the token file that a cluster gives its
//! pods (workload identity), or by a client secret.

use std::time::Duration;

use tavana_common::secret::Secret;

use super::Fetched;
use super::gcp::token_answer;
use super::http::{Body, FetchError, fetch, read_file};

const SCOPE: &str = "https://storage.azure.com/.default";

/// An application and how it proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AzureSource {
    /// `https://login.microsoftonline.com` or that of another cloud, without a slash at its end.
    pub(super) authority: String,
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) proof: Proof,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    TokenFile(String),
    ClientSecret(Secret),
}

impl AzureSource {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self.proof {
            Proof::TokenFile(_) => "Azure workload identity",
            Proof::ClientSecret(_) => "Azure client secret",
        }
    }

    /// Blocks. Returns how long the token is good for.
    pub(super) fn fetch(&self) -> Result<(Fetched, Option<Duration>), FetchError> {
        let url = format!("{}/{}/oauth2/v2.0/token", self.authority, self.tenant);
        let proof = match &self.proof {
            Proof::TokenFile(path) => read_file(path)?,
            Proof::ClientSecret(secret) => secret.clone(),
        };
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("scope", SCOPE),
            ("grant_type", "client_credentials"),
        ];
        match &self.proof {
            Proof::TokenFile(_) => form.extend([
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", proof.expose()),
            ]),
            Proof::ClientSecret(_) => form.push(("client_secret", proof.expose())),
        }
        let answer = fetch(&url, &[], &Body::Form(&form))?;
        token_answer(&url, &answer)
    }
}
