//! What a session says about stores: its settings of them, taken out of the others, kept as
//! secrets, and made into DuckDB secrets of its engine.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use tavana_common::proto::engine;
use tavana_common::proto::v1::Setting;
use tavana_common::secret::Secret;

use super::settings::Endpoint;

/// Settings that reach an engine only inside a secret. DuckDB knows most of them as settings too;
/// as such any statement could read them back.
const ONLY_IN_SECRETS: [&str; 9] = [
    "s3_access_key_id",
    "s3_secret_access_key",
    "s3_session_token",
    "s3_endpoint",
    "azure_storage_connection_string",
    "gcs_access_key_id",
    "gcs_secret",
    "gcs_bearer_token",
    "gcs_endpoint",
];

/// Any of these makes the session's S3 its own.
const OWN_S3: [&str; 4] = [
    "s3_access_key_id",
    "s3_secret_access_key",
    "s3_session_token",
    "s3_endpoint",
];
const OWN_GCS: [&str; 4] = [
    "gcs_access_key_id",
    "gcs_secret",
    "gcs_bearer_token",
    "gcs_endpoint",
];

/// Of a secret of the infrastructure, what says where the store is.
const PLACE: [&str; 4] = ["REGION", "ENDPOINT", "USE_SSL", "URL_STYLE"];

/// What a session has set about stores. Wiped from memory when dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Store {
    /// In the order they were set; names in lower case.
    settings: Vec<(String, Secret)>,
    /// The principal may not use the infrastructure's keys.
    pub(crate) own_only: bool,
}

impl Store {
    /// Takes the settings about stores out of `settings`; returns what is left for the engine.
    pub(crate) fn split(settings: Vec<Setting>, own_only: bool) -> (Self, Vec<Setting>) {
        let mut store = Self {
            settings: Vec::new(),
            own_only,
        };
        let mut others = Vec::with_capacity(settings.len());
        for setting in settings {
            let name = setting.name.to_ascii_lowercase();
            if !is_storage(&name) {
                others.push(setting);
                continue;
            }
            if !ONLY_IN_SECRETS.contains(&name.as_str()) {
                others.push(setting.clone());
            }
            store.settings.push((name, Secret::new(setting.value)));
        }
        (store, others)
    }

    /// Tells apart the sets of credentials that sessions amount to: engines whose fingerprints
    /// differ never stand in for each other, because file caches ignore credentials.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        if self.settings.is_empty() && !self.own_only {
            return [0; 32];
        }
        let mut storage: Vec<&(String, Secret)> = self.settings.iter().collect();
        // Of two settings of one name the last one holds; the sort is stable.
        storage.sort_by(|a, b| a.0.cmp(&b.0));
        let mut sha = Sha256::new();
        sha.update([u8::from(self.own_only)]);
        let mut rest = storage.iter().peekable();
        while let Some((name, value)) = rest.next() {
            if rest.peek().is_some_and(|(next, _)| next == name) {
                continue;
            }
            for text in [name.as_str(), value.expose()] {
                sha.update((text.len() as u64).to_le_bytes());
                sha.update(text);
            }
        }
        sha.finalize().into()
    }

    /// The last value set for `name`; an empty one counts as not set.
    fn get(&self, name: &str) -> Option<&str> {
        self.settings
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.expose())
            .filter(|value| !value.is_empty())
    }

    fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// A session's own keys are for the deployment's store unless it names another one; of the
    /// deployment's secret only the place is taken, never a key.
    pub(super) fn s3(&self, infra: Option<&engine::Secret>) -> Option<HashMap<String, String>> {
        if !self.has_any(&OWN_S3) {
            return None;
        }
        let mut options = self.place(infra, "s3_endpoint");
        for (name, option) in [
            ("s3_access_key_id", "KEY_ID"),
            ("s3_secret_access_key", "SECRET"),
            ("s3_session_token", "SESSION_TOKEN"),
            ("s3_region", "REGION"),
            ("s3_endpoint", "ENDPOINT"),
            ("s3_use_ssl", "USE_SSL"),
            ("s3_url_style", "URL_STYLE"),
        ] {
            if let Some(value) = self.get(name) {
                options.insert(option.to_owned(), value.to_owned());
            }
        }
        Some(options)
    }

    pub(super) fn gcs(&self, infra: Option<&engine::Secret>) -> Option<HashMap<String, String>> {
        if !self.has_any(&OWN_GCS) {
            return None;
        }
        let mut options = self.place(infra, "gcs_endpoint");
        for (name, option) in [
            ("gcs_access_key_id", "KEY_ID"),
            ("gcs_secret", "SECRET"),
            ("gcs_bearer_token", "BEARER_TOKEN"),
        ] {
            if let Some(value) = self.get(name) {
                options.insert(option.to_owned(), value.to_owned());
            }
        }
        if let Some(text) = self.get("gcs_endpoint") {
            match Endpoint::parse(text) {
                Ok(endpoint) => endpoint.insert_into(&mut options),
                // DuckDB says what is wrong with it when it is used.
                Err(_) => {
                    options.insert("ENDPOINT".to_owned(), text.to_owned());
                }
            }
            options.insert("URL_STYLE".to_owned(), "path".to_owned());
        }
        Some(options)
    }

    pub(super) fn azure(&self) -> Option<HashMap<String, String>> {
        let (option, value) = self
            .get("azure_storage_connection_string")
            .map(|text| ("CONNECTION_STRING", text))
            .or_else(|| {
                self.get("azure_account_name")
                    .map(|name| ("ACCOUNT_NAME", name))
            })?;
        Some(HashMap::from([(option.to_owned(), value.to_owned())]))
    }

    fn place(&self, infra: Option<&engine::Secret>, endpoint: &str) -> HashMap<String, String> {
        infra
            .filter(|_| self.get(endpoint).is_none())
            .into_iter()
            .flat_map(|infra| &infra.options)
            .filter(|(option, _)| PLACE.contains(&option.as_str()))
            .map(|(option, value)| (option.clone(), value.clone()))
            .collect()
    }

    /// The deployment's keys, used how the session says; without them when the principal may not
    /// use them.
    pub(super) fn placed(&self, mut infra: engine::Secret) -> engine::Secret {
        if infra.r#type == "s3" {
            for (name, option) in [
                ("s3_region", "REGION"),
                ("s3_use_ssl", "USE_SSL"),
                ("s3_url_style", "URL_STYLE"),
            ] {
                if let Some(value) = self.get(name) {
                    infra.options.insert(option.to_owned(), value.to_owned());
                }
            }
        }
        if self.own_only {
            infra
                .options
                .retain(|option, _| PLACE.contains(&option.as_str()));
        }
        infra
    }
}

fn is_storage(name: &str) -> bool {
    ["s3_", "azure_", "gcs_", "r2_", "hf_", "http_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pairs: &[(&str, &str)]) -> (Store, Vec<Setting>) {
        let settings = pairs
            .iter()
            .map(|(name, value)| Setting {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect();
        Store::split(settings, false)
    }

    fn fingerprint(pairs: &[(&str, &str)]) -> [u8; 32] {
        split(pairs).0.fingerprint()
    }

    #[test]
    fn keys_do_not_reach_an_engine_as_settings() {
        let (store, others) = split(&[
            ("TimeZone", "UTC"),
            ("S3_SECRET_ACCESS_KEY", "CANARY"),
            ("s3_region", "r"),
            ("gcs_secret", "CANARY"),
            ("azure_storage_connection_string", "CANARY"),
        ]);
        let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
        assert_eq!(names, ["TimeZone", "s3_region"]);
        assert!(!format!("{store:?}").contains("CANARY"));
        assert_eq!(store.get("s3_secret_access_key"), Some("CANARY"));
    }

    #[test]
    fn fingerprints_differ_exactly_when_the_storage_settings_do() {
        let none = fingerprint(&[("TimeZone", "UTC")]);
        assert_eq!(none, fingerprint(&[]));
        let a = fingerprint(&[("s3_access_key_id", "A"), ("s3_region", "r")]);
        let reordered = fingerprint(&[("s3_region", "r"), ("S3_ACCESS_KEY_ID", "A")]);
        let overridden = fingerprint(&[
            ("s3_access_key_id", "B"),
            ("s3_region", "r"),
            ("s3_access_key_id", "A"),
        ]);
        assert_eq!(a, reordered);
        assert_eq!(a, overridden);
        assert_ne!(a, none);
        assert_ne!(
            a,
            fingerprint(&[("s3_access_key_id", "B"), ("s3_region", "r")])
        );
        assert_ne!(
            fingerprint(&[("s3_a", "bc")]),
            fingerprint(&[("s3_ab", "c")])
        );
        let (own_only, _) = Store::split(Vec::new(), true);
        assert_ne!(own_only.fingerprint(), none);
    }
}
