//! What engines may reach and what their users may do: the settings of the network guard and of
//! the statement gate.

use std::str::FromStr;

use tavana_common::env::Env;
use tavana_common::proto::engine::Secret;

use crate::engine::network::{Allowance, ENDPOINTS_ALLOW, EVERYWHERE, NETWORK_ALLOW, host_of};

/// Statements that `TAVANA_ADMIN_STATEMENTS` may give to administrators.
const ADMIN_STATEMENTS: [&str; 3] = ["attach", "credential_chain", "logging"];

/// Settings of the network guard and of the statement gate.
#[derive(Debug, Clone, Default)]
pub struct Egress {
    /// Addresses, networks and names that engines may reach though they are not public, each with
    /// or without a port.
    pub network_allow: Vec<String>,
    /// In the same form: when not empty, engines reach nothing else.
    pub endpoints_allow: Vec<String>,
    /// Users may make secrets that use the identity of the machine.
    pub credential_chain_allowed: bool,
    /// What the role ADMIN may do though it is refused to others.
    pub admin_statements: Vec<String>,
}

impl Egress {
    /// Reads the environment; mistakes are collected in `env`.
    pub(crate) fn from_env(env: &mut Env) -> Self {
        let network_allow = allowances(
            env,
            NETWORK_ALLOW,
            "Addresses, networks (10.0.0.0/8) and host names (minio, *.svc.cluster.local), each \
             with or without :port, separated by commas, that statements may reach though they are \
             not public. Endpoints of the deployment's own credentials always are.",
        );
        let endpoints_allow = allowances(
            env,
            ENDPOINTS_ALLOW,
            "Host names and addresses in the same form, or * for every public one: when set, \
             statements reach nothing else, so the stores' own hosts (*.amazonaws.com) belong into \
             it too. Not set: every public host, but an engine that holds keys of the deployment \
             reaches only stores of AWS, Azure and Google and the deployment's own endpoints.",
        );
        let credential_chain_allowed = env.flag(
            "TAVANA_CREDENTIAL_CHAIN_ALLOWED",
            false,
            "Users may make secrets from the identity of the machine (PROVIDER credential_chain \
             and the like).",
        );
        let admin_statements = list(&env.text(
            "TAVANA_ADMIN_STATEMENTS",
            "",
            "What administrators may do though it is refused to others: attach, \
             credential_chain, logging; separated by commas.",
        ));
        for word in &admin_statements {
            if !ADMIN_STATEMENTS.contains(&word.as_str()) {
                env.mistake(
                    "TAVANA_ADMIN_STATEMENTS",
                    format_args!("{word:?} is none of {}", ADMIN_STATEMENTS.join(", ")),
                );
            }
        }
        Self {
            network_allow,
            endpoints_allow,
            credential_chain_allowed,
            admin_statements,
        }
    }

    /// [`Self::network_allow`] with the endpoints of the deployment's own credentials.
    pub(crate) fn network_allow_with(&self, secrets: &[Secret]) -> Vec<String> {
        let mut all = self.network_allow.clone();
        for secret in secrets {
            for (option, value) in &secret.options {
                match option.as_str() {
                    "ENDPOINT" => {
                        let is_http = secret
                            .options
                            .get("USE_SSL")
                            .is_some_and(|value| value == "false");
                        all.extend(endpoint(value, is_http));
                    }
                    "CONNECTION_STRING" => all.extend(
                        value
                            .split(';')
                            .filter_map(|part| part.split_once('='))
                            .filter(|(name, _)| name.trim().ends_with("Endpoint"))
                            .flat_map(|(_, url)| endpoint(url, false)),
                    ),
                    _ => {}
                }
            }
        }
        all
    }
}

/// The host, and for a name also what is below it: buckets may be part of the host's name.
fn endpoint(text: &str, is_http: bool) -> Vec<String> {
    let Some((host, port)) = host_of(text) else {
        return Vec::new();
    };
    let port = port.unwrap_or(if is_http { 80 } else { 443 });
    let plain = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    [plain, format!("*.{host}:{port}")]
        .into_iter()
        .filter(|text| Allowance::from_str(text).is_ok())
        .collect()
}

fn allowances(env: &mut Env, name: &'static str, meaning: &'static str) -> Vec<String> {
    let all = list(&env.text(name, "", meaning));
    for text in all.iter().filter(|text| {
        let everywhere = name == ENDPOINTS_ALLOW && *text == EVERYWHERE;
        !everywhere
    }) {
        if let Err(problem) = Allowance::from_str(text) {
            env.mistake(name, format_args!("{text:?} {problem}"));
        }
    }
    all
}

fn list(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(options: &[(&str, &str)]) -> Secret {
        Secret {
            options: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Secret::default()
        }
    }

    #[test]
    fn endpoints_of_the_deployment_are_allowed_with_their_port() {
        let egress = Egress::default();
        for (options, expected) in [
            (
                vec![("ENDPOINT", "minio:9000"), ("USE_SSL", "false")],
                vec!["minio:9000", "*.minio:9000"],
            ),
            (vec![("ENDPOINT", "10.0.0.1")], vec!["10.0.0.1:443"]),
            (
                vec![("ENDPOINT", "10.0.0.1"), ("USE_SSL", "false")],
                vec!["10.0.0.1:80"],
            ),
            (vec![("ENDPOINT", "[::1]:9000")], vec!["[::1]:9000"]),
            (
                vec![(
                    "CONNECTION_STRING",
                    "AccountName=a;AccountKey=EndpointK==;BlobEndpoint=http://127.0.0.1:10000/a;",
                )],
                vec!["127.0.0.1:10000"],
            ),
            (vec![("KEY_ID", "10.0.0.1")], vec![]),
        ] {
            assert_eq!(egress.network_allow_with(&[secret(&options)]), expected);
        }
    }

    #[test]
    fn what_is_no_address_and_no_statement_is_a_mistake() {
        let mut env = Env::from_pairs([
            (NETWORK_ALLOW.to_owned(), "10.0.0.0/8, http://x".to_owned()),
            (
                "TAVANA_ADMIN_STATEMENTS".to_owned(),
                "attach,drop".to_owned(),
            ),
        ]);
        let egress = Egress::from_env(&mut env);
        assert_eq!(egress.network_allow.len(), 2);
        let mistakes = env.finish().expect_err("two are wrong").mistakes;
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    }
}
