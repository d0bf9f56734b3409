//! Failures on the wire between worker and gateway: a [`Failure`] inside a gRPC status.

use prost::Message;
use tonic::{Code, Status};

use crate::proto::v1::{Failure, FailureKind};

/// Longest text of a failure, in bytes. Engine texts are untrusted: they may hold object data.
pub const TEXT_BYTES_MAX: usize = 4096;

/// A failure without engine facts.
pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
    Failure {
        kind: kind.into(),
        message: message.into(),
        ..Failure::default()
    }
}

/// The status that carries `failure`. Its code is for people and generic clients; tavana itself
/// reads the details.
#[must_use]
pub fn to_status(failure: Failure) -> Status {
    let mut failure = failure;
    failure.message = cap_text(failure.message.as_bytes());
    failure.hint = cap_text(failure.hint.as_bytes());
    // The extra facts (candidate bindings and the like) must not push the trailers over the
    // peer's header limit of 16 KiB.
    if failure
        .duckdb_extra
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum::<usize>()
        > TEXT_BYTES_MAX / 2
    {
        failure.duckdb_extra.clear();
    }
    let code = match failure.kind() {
        FailureKind::FailureUnspecified | FailureKind::FailureInternal => Code::Internal,
        FailureKind::FailureEngine | FailureKind::FailureInvalid => Code::InvalidArgument,
        FailureKind::FailureCancelled => Code::Cancelled,
        FailureKind::FailureTimeout => Code::DeadlineExceeded,
        FailureKind::FailureEngineLost | FailureKind::FailureSessionLost => Code::Aborted,
        FailureKind::FailureOverloaded | FailureKind::FailureLimit => Code::ResourceExhausted,
        FailureKind::FailureDraining | FailureKind::FailureStopped => Code::Unavailable,
        FailureKind::FailurePermission => Code::PermissionDenied,
        FailureKind::FailureNoSuchCursor => Code::NotFound,
        FailureKind::FailureForwardOnly => Code::FailedPrecondition,
        FailureKind::FailureObjectChanged => Code::Aborted,
    };
    // The message is repeated outside the details only in a short form: both are in one trailer.
    let short: String = failure.message.chars().take(200).collect();
    Status::with_details(code, short, failure.encode_to_vec().into())
}

/// The failure inside `status`, if a tavana worker made it.
#[must_use]
pub fn from_status(status: &Status) -> Option<Failure> {
    if status.details().is_empty() {
        return None;
    }
    Failure::decode(status.details())
        .ok()
        .filter(|failure| failure.kind != 0)
}

/// At most [`TEXT_BYTES_MAX`] bytes of `text` as UTF-8; bytes that are not UTF-8 become U+FFFD,
/// and a longer text ends in " ...".
#[must_use]
pub fn cap_text(text: &[u8]) -> String {
    let cut = text.len() > TEXT_BYTES_MAX;
    let kept = text.get(..TEXT_BYTES_MAX.min(text.len())).unwrap_or(text);
    let mut capped = String::with_capacity(kept.len());
    for chunk in kept.utf8_chunks() {
        capped.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            capped.push(char::REPLACEMENT_CHARACTER);
        }
    }
    if cut || capped.len() > TEXT_BYTES_MAX {
        let mut end = TEXT_BYTES_MAX - 4;
        while !capped.is_char_boundary(end) {
            end -= 1;
        }
        capped.truncate(end);
        capped.push_str(" ...");
    }
    capped.retain(|c| c != '\0');
    capped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_the_status() {
        let mut failure = new(FailureKind::FailureEngine, "no such column");
        failure.duckdb_class = "Binder".to_owned();
        failure.position = 8;
        assert_eq!(from_status(&to_status(failure.clone())), Some(failure));
    }

    #[test]
    fn a_status_of_somebody_else_is_not_a_failure() {
        assert_eq!(
            from_status(&Status::unavailable("connection refused")),
            None
        );
    }

    #[test]
    fn text_is_capped_valid_and_without_nul() {
        assert_eq!(cap_text(b"plain"), "plain");
        assert_eq!(cap_text(b"a\xffb\0c"), "a\u{fffd}bc");
        let long = cap_text("\u{e9}".repeat(5000).as_bytes());
        assert!(
            long.len() <= TEXT_BYTES_MAX && long.ends_with(" ..."),
            "{}",
            long.len()
        );
        let garbage = cap_text(&[0xff; 20_000]);
        assert!(garbage.len() <= TEXT_BYTES_MAX);
    }
}
