//! DuckDB's errors as failures on the wire.
//!
//! With `errors_as_json` DuckDB says what went wrong as facts. Its texts are untrusted bytes: they
//! may hold data of the object they failed on, and are capped and made valid UTF-8.

use std::collections::HashMap;

use tavana_common::failure::{self, TEXT_BYTES_MAX, cap_text};
use tavana_common::proto::v1::{Failure, FailureKind};

use super::ffi::ErrorText;
use super::network::{Denied, NETWORK_ALLOW};

/// Longest value of one of DuckDB's extra facts. Lists of candidates can be long.
const EXTRA_CHARACTERS_MAX: usize = 512;
/// Facts that repeat the message at great length, and what a store has sent: bytes of an object.
const EXTRA_SKIPPED: [&str; 4] = [
    "candidates_list",
    "response_body",
    "stack_trace",
    "stack_trace_pointers",
];
/// DuckDB's words for an object that is another one than when the statement began to read it.
const OBJECT_CHANGED: &str = "this likely means the remote file has changed.";
const OBJECT_CHANGED_HINT: &str = "The object was written again while it was read. Run the \
    statement again.";

/// What would allow what DuckDB itself refused.
const PERMISSION_HINT: &str = "Only object stores, https:// addresses and the local folders that \
    TAVANA_ALLOWED_DIRECTORIES lists can be used.";

/// What DuckDB said, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EngineError {
    /// DuckDB's exception type, e.g. `Binder`.
    pub(crate) class: String,
    pub(crate) subtype: String,
    pub(crate) message: String,
    pub(crate) extra: HashMap<String, String>,
    /// Offset in bytes in the text DuckDB was given.
    pub(crate) offset: Option<usize>,
}

impl EngineError {
    pub(crate) fn read(text: &ErrorText) -> Self {
        // A JSON document may follow a prefix such as "Binder Error: ". It holds what a store has
        // answered as it came, which need not be UTF-8.
        let start = text.0.iter().position(|byte| *byte == b'{');
        let document = start
            .and_then(|start| text.0.get(start..))
            .and_then(|json| {
                let json: String = json.utf8_chunks().map(|chunk| chunk.valid()).collect();
                serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&json).ok()
            });
        document
            .filter(|document| document.contains_key("exception_type"))
            .map_or_else(|| Self::from_plain(&text.0), Self::from_document)
    }

    fn from_document(document: serde_json::Map<String, serde_json::Value>) -> Self {
        let mut error = Self::default();
        for (name, value) in document {
            let serde_json::Value::String(value) = value else {
                continue;
            };
            match name.as_str() {
                "exception_type" => error.class = cap_text(value.as_bytes()),
                "exception_message" => error.message = cap_text(value.as_bytes()),
                "error_subtype" => error.subtype = cap_text(value.as_bytes()),
                "position" => error.offset = value.parse().ok(),
                name if EXTRA_SKIPPED.contains(&name) => {}
                _ => {
                    let value: String = value.chars().take(EXTRA_CHARACTERS_MAX).collect();
                    error.extra.insert(name, cap_text(value.as_bytes()));
                }
            }
        }
        error
    }

    /// `Binder Error: text`, as DuckDB writes where JSON does not reach.
    fn from_plain(text: &[u8]) -> Self {
        let text = cap_text(text);
        let (class, message) = match text.split_once(" Error: ") {
            Some((class, message)) if class.len() < 40 && !class.contains(['\n', ':']) => {
                (class.to_owned(), message.to_owned())
            }
            _ => (String::new(), text),
        };
        Self {
            class,
            message,
            ..Self::default()
        }
    }

    /// The failure; `position` is where `offset` lies in the client's text, in characters from 1.
    pub(crate) fn into_failure(self, position: u32) -> Failure {
        if self.class.eq_ignore_ascii_case("INTERRUPT") {
            return cancelled();
        }
        // DuckDB's own picture of the place is for terminals; the position says it to all.
        let message = match self.message.find("\n\nLINE ") {
            Some(end) => self.message.get(..end).unwrap_or(&self.message).to_owned(),
            None => self.message,
        };
        if self.class == "HTTP"
            && let Some(at) = message.find(OBJECT_CHANGED)
        {
            return Failure {
                kind: FailureKind::FailureObjectChanged.into(),
                // What follows is advice for DuckDB's own users.
                message: message.get(..at).unwrap_or_default().to_owned() + OBJECT_CHANGED,
                hint: OBJECT_CHANGED_HINT.to_owned(),
                duckdb_class: self.class,
                ..Failure::default()
            };
        }
        let (message, hint) = match message.split_once("\nHINT: ") {
            Some((message, hint)) => (message.to_owned(), hint.to_owned()),
            None if self.class == "Permission" => (message, PERMISSION_HINT.to_owned()),
            None => (message, String::new()),
        };
        debug_assert!(message.len() <= TEXT_BYTES_MAX);
        Failure {
            kind: FailureKind::FailureEngine.into(),
            message,
            hint,
            duckdb_class: self.class,
            duckdb_subtype: self.subtype,
            duckdb_extra: self.extra,
            position,
        }
    }
}

/// A failure of one of tavana's own statements, where a position means nothing.
pub(crate) fn engine(text: &ErrorText) -> Failure {
    EngineError::read(text).into_failure(0)
}

pub(crate) fn cancelled() -> Failure {
    failure::new(
        FailureKind::FailureCancelled,
        "canceling statement due to user request",
    )
}

/// A thread of DuckDB failed, and its error was lost to that of another one which it stopped.
pub(crate) fn untold() -> Failure {
    Failure {
        kind: FailureKind::FailureEngine.into(),
        message: "the statement failed, and DuckDB does not say why".to_owned(),
        hint: "Run it again to hear the reason.".to_owned(),
        ..Failure::default()
    }
}

pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    failure::new(FailureKind::FailureInvalid, message)
}

pub(crate) fn permission(message: impl Into<String>) -> Failure {
    failure::new(FailureKind::FailurePermission, message)
}

/// A refusal with what would allow it.
pub(crate) fn refused(message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure {
        hint: hint.into(),
        ..permission(message)
    }
}

/// A connection or endpoint that is not allowed.
pub(crate) fn denied(denied: &Denied) -> Failure {
    refused(
        format!("connection to {} is not permitted", denied.to),
        match denied.setting {
            NETWORK_ALLOW => format!(
                "Addresses that are not public are reached only when {NETWORK_ALLOW} lists them."
            ),
            setting => format!("Only what {setting} lists may be reached."),
        },
    )
}

pub(crate) fn limit(message: impl Into<String>) -> Failure {
    failure::new(FailureKind::FailureLimit, message)
}

pub(crate) fn internal(message: impl Into<String>) -> Failure {
    failure::new(FailureKind::FailureInternal, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> EngineError {
        EngineError::read(&ErrorText(text.as_bytes().to_vec()))
    }

    #[test]
    fn json_errors_become_facts() {
        let error = read(
            r#"{"exception_type":"Binder","exception_message":"Referenced column \"nope\" not found in FROM clause!\nCandidate bindings: \"a\"","candidates":"a","position":"7","error_subtype":"COLUMN_NOT_FOUND","name":"nope"}"#,
        );
        assert_eq!(error.offset, Some(7));
        let failure = error.into_failure(8);
        assert_eq!(failure.kind(), FailureKind::FailureEngine);
        assert_eq!(failure.duckdb_class, "Binder");
        assert_eq!(failure.duckdb_subtype, "COLUMN_NOT_FOUND");
        assert_eq!(failure.duckdb_extra["name"], "nope");
        assert_eq!(failure.position, 8);
        assert!(failure.message.starts_with("Referenced column \"nope\""));
    }

    #[test]
    fn plain_errors_lose_their_prefix_and_their_picture() {
        let failure = read("Parser Error: syntax error at or near \"x\"\n\nLINE 1: x\n        ^")
            .into_failure(0);
        assert_eq!(failure.duckdb_class, "Parser");
        assert_eq!(failure.message, "syntax error at or near \"x\"");
    }

    #[test]
    fn what_a_store_has_sent_is_no_part_of_an_error() {
        let mut text = br#"{"exception_type":"HTTP","exception_message":"ETag on reading file \"s3://lake/404.parquet\" was initially a and now it returned b, this likely means the remote file has changed.\nYou can disable checking etags","header_ETag":"b","response_body":""#.to_vec();
        text.extend(b"\xd9\xa5secret rows\xff\"}");
        let failure = EngineError::read(&ErrorText(text)).into_failure(0);
        assert_eq!(failure.kind(), FailureKind::FailureObjectChanged);
        assert_eq!(failure.duckdb_class, "HTTP");
        assert!(failure.message.ends_with("has changed."), "{failure:?}");
        assert!(!format!("{failure:?}").contains("secret rows"));
        let other = br#"{"exception_type":"HTTP","exception_message":"HTTP 500","response_body":"secret rows"}"#;
        let failure = EngineError::read(&ErrorText(other.to_vec())).into_failure(0);
        assert_eq!(failure.message, "HTTP 500");
        assert!(!format!("{failure:?}").contains("secret rows"));
    }

    #[test]
    fn an_interrupt_is_a_cancellation() {
        let json = read(r#"{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}"#);
        assert_eq!(json.into_failure(0).kind(), FailureKind::FailureCancelled);
        let plain = read("INTERRUPT Error: Interrupted!");
        assert_eq!(plain.into_failure(0).kind(), FailureKind::FailureCancelled);
    }

    #[test]
    fn texts_of_any_bytes_and_length_are_capped() {
        let error = EngineError::read(&ErrorText(vec![0xff; 100_000]));
        assert!(error.into_failure(0).message.len() <= TEXT_BYTES_MAX);
    }
}
