//! Whose credentials the instance holds.
//!
//! The supervisor assigns secrets: those of the infrastructure, or what the session SET itself. A
//! user may make more with CREATE SECRET. The user's own always win, which DuckDB does not promise:
//! of two secrets it takes the one with the longer scope, whoever made it. So while the user has a
//! secret of a type, the infrastructure's secret of that type is not in the instance at all; and
//! while a path in the statement carries keys of its own, it is there without its keys.
//!
//! DuckDB's secrets are transactional. All changes are therefore made on the session's own
//! connection, inside its transaction when one is open: what a ROLLBACK brings back of the user's
//! is then consistent with what it brings back of ours, and no second connection can conflict. A
//! change is made at the beginning of the next statement, because nothing in between looks.

use std::collections::HashMap;

use tavana_common::proto::engine::Secret;
use tavana_common::proto::v1::{Failure, StatementKind};

use super::failure;
use super::ffi::{Connection, ErrorText};
use super::text::{SqlText, TokenKind, quote_name, quote_text};

/// Prefix of the names of tavana's secrets. Of secrets with equal scope DuckDB takes the one whose
/// name sorts first; this character sorts behind all others, so a user's own secret wins.
const RESERVED: char = '\u{10ffff}';
const RESERVED_PREFIX: &str = "\u{10ffff}tavana_";

/// Without any S3 secret delta_scan would ask the instance metadata service for the machine's own
/// identity. A secret without keys stops that, and does not hide a session's own settings from
/// httpfs.
const ANONYMOUS_S3: &str = "anon_s3";

/// The same for Azure, where it happens when the address names the account. The name of the account
/// in the secret is only there because a secret without one is an internal error of DuckDB's; the
/// one in the address wins. Other addresses are left to the error that no account is known.
const ANONYMOUS_AZURE: [(&str, &str); 2] = [
    ("anon_azure_abfss", "abfss://"),
    ("anon_azure_abfs", "abfs://"),
];

/// Words in the query of an `s3://` path by which httpfs takes keys or another place from it.
const PATH_KEYS: [&str; 4] = [
    "s3_access_key_id=",
    "s3_secret_access_key=",
    "s3_session_token=",
    "s3_endpoint=",
];

/// Of a secret, what says where the store is.
const PLACE: [&str; 4] = ["REGION", "ENDPOINT", "USE_SSL", "URL_STYLE"];
/// Marks the number of an assignment whose secret was made without its keys.
const WITHOUT_KEYS: u64 = 1 << 63;

/// The secrets of an instance: wanted, and in it.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// What the supervisor assigned, each with the number of the assignment that changed it.
    assigned: Vec<(Secret, u64)>,
    assignments: u64,
    /// Ours that are in the instance as the session's connection sees it, by name.
    present: HashMap<String, u64>,
    /// The user may have changed something, or the supervisor has.
    stale: bool,
    /// No statement of a user has run yet: nothing is in the instance but what is `present`.
    untouched: bool,
    /// The open transaction holds changes: its end may undo them.
    in_transaction: bool,
    /// The statement at hand brings keys for S3 in a path.
    path_keys: bool,
    has_s3: bool,
    has_azure: bool,
}

impl Secrets {
    fn new(loaded_extensions: &[String]) -> Self {
        let has = |extension: &str| loaded_extensions.iter().any(|name| name == extension);
        Self {
            has_s3: has("httpfs"),
            has_azure: has("azure"),
            ..Self::default()
        }
    }

    /// Makes the secrets that every engine has.
    ///
    /// # Errors
    /// DuckDB refused one.
    pub(crate) fn found(
        connection: &Connection,
        loaded_extensions: &[String],
    ) -> Result<Self, Misfit> {
        let mut secrets = Self::new(loaded_extensions);
        secrets.fit(connection, false, false)?;
        secrets.untouched = true;
        Ok(secrets)
    }

    /// Takes over what the supervisor assigned. True when it differs from what was there.
    pub(crate) fn assign(&mut self, secrets: &[Secret]) -> bool {
        let first = self.assignments == 0;
        self.assignments += 1;
        let number = self.assignments;
        let before = std::mem::take(&mut self.assigned);
        let same_count = before.len() == secrets.len();
        self.assigned = secrets
            .iter()
            .map(|secret| {
                let known = before.iter().find(|(old, _)| old == secret);
                (secret.clone(), known.map_or(number, |(_, number)| *number))
            })
            .collect();
        let changed = first
            || !same_count
            || self
                .assigned
                .iter()
                .any(|(_, changed_at)| *changed_at == number);
        self.stale |= changed;
        changed
    }

    /// Whether [`Self::fit`] has something to do for a statement with or without keys in a path.
    pub(crate) fn is_stale(&self, path_keys: bool) -> bool {
        self.stale || self.path_keys != path_keys
    }

    /// A statement is about to run. Said before it runs: also one that fails may have changed
    /// something.
    pub(crate) fn before(&mut self, kind: StatementKind, text: &SqlText<'_>, in_transaction: bool) {
        let only_reads_or_writes_rows = matches!(
            kind,
            StatementKind::Select
                | StatementKind::Insert
                | StatementKind::Update
                | StatementKind::Delete
                | StatementKind::Merge
                | StatementKind::Copy
        );
        if !only_reads_or_writes_rows && mentions_secrets(text) {
            self.untouched = false;
            self.stale = true;
            self.in_transaction |= in_transaction;
        }
    }

    /// The transaction ends, one way or the other.
    pub(crate) fn transaction_ends(&mut self) {
        if std::mem::take(&mut self.in_transaction) {
            self.present.clear();
            self.stale = true;
        }
    }

    /// Makes the instance hold what it should. Any error leaves it to be done again.
    pub(crate) fn fit(
        &mut self,
        connection: &Connection,
        path_keys: bool,
        in_transaction: bool,
    ) -> Result<(), Misfit> {
        self.stale = true;
        self.path_keys = path_keys;
        self.in_transaction |= in_transaction;
        let mut ours = Vec::new();
        let mut own_types = Vec::new();
        let found = if std::mem::take(&mut self.untouched) {
            ours.extend(self.present.keys().cloned());
            Vec::new()
        } else {
            connection
                .rows("SELECT name, type FROM duckdb_secrets()")
                .map_err(Misfit::Engine)?
        };
        for row in found {
            let mut row = row.into_iter().map(Option::unwrap_or_default);
            let (Some(name), Some(of_type)) = (row.next(), row.next()) else {
                continue;
            };
            if name.starts_with(RESERVED) {
                ours.push(name);
            } else {
                own_types.push(of_type);
            }
        }
        let wanted = self.wanted(&own_types);
        for name in &ours {
            if !wanted.iter().any(|(secret, _)| full_name(secret) == *name) {
                connection
                    .run(&format!("DROP SECRET IF EXISTS {}", quote_name(name)))
                    .map_err(Misfit::Engine)?;
                self.present.remove(name);
            }
        }
        for (secret, number) in wanted {
            let name = full_name(&secret);
            if ours.contains(&name) && self.present.get(&name) == Some(&number) {
                continue;
            }
            let sql = creation(&name, &secret)?;
            connection.run(&sql).map_err(|error| {
                // DuckDB's text may repeat the statement and with it the key: only its class is
                // told.
                Misfit::Refused(failure::internal(format!(
                    "could not create the secret \"{}\" of type {} ({})",
                    secret.name,
                    secret.r#type,
                    failure::EngineError::read(&error).class
                )))
            })?;
            self.present.insert(name, number);
        }
        self.stale = false;
        Ok(())
    }

    /// Whether keys or tokens of the deployment may be in the instance.
    pub(crate) fn holds_keys(&self) -> bool {
        self.assigned.iter().any(|(secret, _)| {
            let is_key = |option: &String| {
                [
                    "KEY_ID",
                    "SECRET",
                    "SESSION_TOKEN",
                    "BEARER_TOKEN",
                    "ACCESS_TOKEN",
                ]
                .contains(&option.as_str())
                    || option == "CONNECTION_STRING"
            };
            secret.infrastructure
                && self.present.contains_key(&full_name(secret))
                && secret.options.keys().any(is_key)
        })
    }

    /// Ours, as far as the user has nothing of the type.
    fn wanted(&self, own_types: &[String]) -> Vec<(Secret, u64)> {
        let replaced = |secret: &Secret| {
            secret.infrastructure
                && own_types
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(&secret.r#type))
        };
        let mut wanted: Vec<(Secret, u64)> = self
            .assigned
            .iter()
            .filter(|(secret, _)| !replaced(secret))
            .cloned()
            .collect();
        if self.path_keys {
            // Where the deployment's store is, but none of its keys: the path has its own.
            for (secret, number) in &mut wanted {
                if secret.infrastructure && secret.r#type.eq_ignore_ascii_case("s3") {
                    secret
                        .options
                        .retain(|option, _| PLACE.contains(&option.as_str()));
                    *number |= WITHOUT_KEYS;
                }
            }
        }
        let everywhere = wanted
            .iter()
            .any(|(secret, _)| secret.r#type.eq_ignore_ascii_case("s3") && secret.scope.is_empty());
        if self.has_s3 && !everywhere {
            let anonymous = Secret {
                name: ANONYMOUS_S3.to_owned(),
                r#type: "s3".to_owned(),
                ..Secret::default()
            };
            wanted.push((anonymous, 0));
        }
        if self.has_azure {
            wanted.extend(ANONYMOUS_AZURE.map(|(name, scope)| {
                let anonymous = Secret {
                    name: name.to_owned(),
                    r#type: "azure".to_owned(),
                    scope: scope.to_owned(),
                    options: HashMap::from([("ACCOUNT_NAME".to_owned(), "none".to_owned())]),
                    ..Secret::default()
                };
                (anonymous, 0)
            }));
        }
        wanted
    }
}

/// Why the secrets of the instance are not what they should be.
#[derive(Debug)]
pub(crate) enum Misfit {
    /// DuckDB said no, e.g. because the transaction has failed.
    Engine(ErrorText),
    /// With a text that repeats nothing.
    Refused(Failure),
}

impl Misfit {
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Engine(error) => failure::engine(&error),
            Self::Refused(failure) => failure,
        }
    }
}

/// Whether the statement has the keyword SECRET or SECRETS: nothing else makes or drops one.
pub(crate) fn mentions_secrets(text: &SqlText<'_>) -> bool {
    (0..text.tokens.len())
        .any(|index| text.is_keyword(index, "secret") || text.is_keyword(index, "secrets"))
}

/// # Errors
/// A statement about secrets that uses a name kept for tavana's own.
pub(crate) fn check_names(text: &SqlText<'_>) -> Result<(), Failure> {
    if text.sql.contains(RESERVED) && mentions_secrets(text) {
        return Err(failure::permission(
            "names of secrets that hold U+10FFFF are kept for the server",
        ));
    }
    Ok(())
}

/// Whether a path that is written in the statement brings keys or a place for S3.
pub(crate) fn has_path_keys(text: &SqlText<'_>) -> bool {
    text.sql.contains('?')
        && text.tokens.iter().any(|token| {
            matches!(token.kind, TokenKind::Text | TokenKind::Quoted)
                && text_has_path_keys(text.written(token))
        })
}

/// [`has_path_keys`] for a text that is not in the statement.
pub(crate) fn text_has_path_keys(text: &str) -> bool {
    text.split_once('?').is_some_and(|(_, query)| {
        let query = query.to_ascii_lowercase();
        PATH_KEYS.iter().any(|key| query.contains(key))
    })
}

/// As DuckDB keeps it: in lower case.
fn full_name(secret: &Secret) -> String {
    format!("{RESERVED_PREFIX}{}", secret.name.to_ascii_lowercase())
}

fn creation(name: &str, secret: &Secret) -> Result<String, Misfit> {
    let mut options = vec![format!("TYPE {}", quote_text(&secret.r#type))];
    if !secret.provider.is_empty() {
        options.push(format!("PROVIDER {}", quote_text(&secret.provider)));
    }
    if !secret.scope.is_empty() {
        options.push(format!("SCOPE {}", quote_text(&secret.scope)));
    }
    for (name, value) in &secret.options {
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err(Misfit::Refused(failure::invalid(
                "a secret has an option with an unusable name",
            )));
        }
        options.push(format!("{name} {}", quote_text(value)));
    }
    Ok(format!(
        "CREATE OR REPLACE SECRET {} ({})",
        quote_name(name),
        options.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str, of_type: &str, infrastructure: bool) -> Secret {
        Secret {
            name: name.to_owned(),
            r#type: of_type.to_owned(),
            infrastructure,
            ..Secret::default()
        }
    }

    fn names(secrets: &Secrets, own_types: &[&str]) -> Vec<String> {
        let own: Vec<String> = own_types.iter().map(|own| (*own).to_owned()).collect();
        secrets
            .wanted(&own)
            .into_iter()
            .map(|(secret, _)| secret.name)
            .collect()
    }

    #[test]
    fn a_secret_of_the_user_takes_the_place_of_the_infrastructures_of_its_type() {
        let mut secrets = Secrets::new(&["httpfs".to_owned()]);
        secrets.assign(&[secret("s", "s3", true), secret("a", "azure", true)]);
        assert_eq!(names(&secrets, &[]), ["s", "a"]);
        assert_eq!(names(&secrets, &["S3"]), ["a", ANONYMOUS_S3]);
        assert_eq!(names(&secrets, &["azure"]), ["s"]);
        assert_eq!(names(&secrets, &["gcs"]), ["s", "a"]);
        secrets.assigned[0].0.options = [("ENDPOINT", "h"), ("SECRET", "x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        secrets.path_keys = true;
        let (without_keys, number) = secrets.wanted(&[]).remove(0);
        assert_eq!(
            without_keys.options.into_keys().collect::<Vec<_>>(),
            ["ENDPOINT"]
        );
        assert_ne!(number, secrets.assigned[0].1);
        secrets.path_keys = false;
        // What the session SET itself stays beside what it made with CREATE SECRET.
        secrets.assign(&[secret("s", "s3", false)]);
        assert_eq!(names(&secrets, &["s3"]), ["s"]);
    }

    #[test]
    fn only_an_assignment_that_changes_something_has_to_be_made() {
        let mut secrets = Secrets::new(&[]);
        assert!(secrets.assign(&[secret("s", "s3", true)]));
        assert!(!secrets.assign(&[secret("s", "s3", true)]));
        assert!(secrets.assign(&[secret("s", "s3", false)]));
        assert!(secrets.assign(&[]));
        assert!(!secrets.assign(&[]));
    }

    #[test]
    fn keys_in_a_path_are_found_where_paths_can_stand() {
        for (sql, found) in [
            (
                "FROM 's3://b/k?s3_access_key_id=A&s3_secret_access_key=B'",
                true,
            ),
            ("FROM \"s3://b/k?S3_ENDPOINT=h\"", true),
            ("FROM read_csv($$s3://b/k?s3_session_token=x$$)", true),
            ("SELECT s3_access_key_id=1 FROM 's3://b/k?x=1'", false),
            ("FROM 's3://b/k?s3_region=eu'", false),
            ("SELECT ? WHERE 'a' = 's3_endpoint='", false),
        ] {
            assert_eq!(has_path_keys(&SqlText::lex(sql)), found, "{sql}");
        }
    }

    #[test]
    fn reserved_names_are_refused_only_where_secrets_are_the_matter() {
        for (sql, refused) in [
            ("DROP SECRET \"\u{10ffff}tavana_access_s3\"", true),
            ("CREATE OR REPLACE SECRET \u{10ffff}x (TYPE s3)", true),
            ("SELECT '\u{10ffff}'", false),
            ("DROP SECRET mine", false),
        ] {
            assert_eq!(check_names(&SqlText::lex(sql)).is_err(), refused, "{sql}");
        }
    }
}
