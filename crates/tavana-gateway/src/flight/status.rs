//! Failures as gRPC clients hear them: a code, a message that ends in the SQLSTATE, and details as
//! other gRPC services send them (`google.rpc.Status` with `ErrorInfo` and `RetryInfo`).

use std::collections::HashMap;
use std::time::Duration;

use arrow_flight::sql::Any;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::error::{QueryError, SqlState};

/// Who gave the reason of an `ErrorInfo`.
const DOMAIN: &str = "tavana";
/// When a client should come back if the queue does not know it any better.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.rpc.ErrorInfo`.
#[derive(Clone, PartialEq, Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(map = "string, string", tag = "3")]
    metadata: HashMap<String, String>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<RpcDuration>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct RpcDuration {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl QueryError {
    /// The same failure for a gRPC client. The SQLSTATE stands in the message, as ADBC drivers look
    /// for it; it is the reason in the details, which have DuckDB's class of the error beside it.
    pub(crate) fn grpc_status(&self) -> Status {
        self.grpc_status_after(RETRY_AFTER)
    }

    /// The same; who was refused for want of a slot should come again after `delay`.
    pub(crate) fn grpc_status_after(&self, delay: Duration) -> Status {
        let code = self.grpc_code();
        let mut message = format!("{} (SQLSTATE {})", self.message, self.sqlstate);
        if let Some(hint) = &self.hint {
            message.push_str("; ");
            message.push_str(hint);
        }
        let mut details = vec![packed("google.rpc.ErrorInfo", &self.error_info())];
        let mut metadata = MetadataMap::new();
        if self.sqlstate == SqlState::TOO_MANY_CONNECTIONS {
            let retry = RetryInfo {
                retry_delay: Some(RpcDuration {
                    seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
                    nanos: i32::try_from(delay.subsec_nanos()).unwrap_or_default(),
                }),
            };
            details.push(packed("google.rpc.RetryInfo", &retry));
            // Whole seconds, as the header of HTTP has them.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            metadata.insert("retry-after", seconds.into());
        }
        let details = RpcStatus {
            code: code.into(),
            message: message.clone(),
            details,
        };
        Status::with_details_and_metadata(code, message, details.encode_to_vec().into(), metadata)
    }

    fn error_info(&self) -> ErrorInfo {
        let position = self.position.map(|position| position.to_string());
        let facts = [
            ("sqlstate", Some(self.sqlstate.0)),
            ("duckdb_class", self.duckdb_class.as_deref()),
            ("detail", self.detail.as_deref()),
            ("hint", self.hint.as_deref()),
            ("position", position.as_deref()),
        ];
        ErrorInfo {
            reason: self.sqlstate.0.to_owned(),
            domain: DOMAIN.to_owned(),
            metadata: facts
                .into_iter()
                .filter_map(|(name, fact)| Some((name.to_owned(), fact?.to_owned())))
                .collect(),
        }
    }

    fn grpc_code(&self) -> Code {
        match self.sqlstate.0.get(..2).unwrap_or_default() {
            "0A" => Code::Unimplemented,
            "28" => Code::Unauthenticated,
            "53" | "54" => Code::ResourceExhausted,
            "57" if self.sqlstate == SqlState::QUERY_CANCELED => {
                if *self == Self::timed_out() {
                    Code::DeadlineExceeded
                } else {
                    Code::Cancelled
                }
            }
            // What a client sent is no better when it is sent again.
            "08" if self.sqlstate == SqlState::PROTOCOL_VIOLATION => Code::InvalidArgument,
            "57" | "08" => Code::Unavailable,
            "40" => Code::Aborted,
            "23" if self.sqlstate == SqlState::UNIQUE_VIOLATION => Code::AlreadyExists,
            "23" => Code::InvalidArgument,
            "25" | "55" => Code::FailedPrecondition,
            "58" => Code::NotFound,
            "XX" => Code::Internal,
            _ => match self.sqlstate {
                SqlState::INSUFFICIENT_PRIVILEGE => Code::PermissionDenied,
                SqlState::UNDEFINED_TABLE
                | SqlState::UNDEFINED_COLUMN
                | SqlState::UNDEFINED_FUNCTION
                | SqlState::INVALID_CATALOG
                | SqlState::INVALID_SCHEMA => Code::NotFound,
                SqlState::DUPLICATE_TABLE | SqlState::DUPLICATE_SCHEMA => Code::AlreadyExists,
                _ => Code::InvalidArgument,
            },
        }
    }
}

fn packed(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: message.encode_to_vec().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_have_the_sqlstate_duckdbs_class_and_where_it_is() {
        let error = QueryError {
            duckdb_class: Some("Binder".to_owned()),
            ..QueryError::new(SqlState::UNDEFINED_COLUMN, "no such column").at(8)
        };
        let status = error.grpc_status();
        assert_eq!(status.code(), Code::NotFound);
        let details = RpcStatus::decode(status.details()).expect("a google.rpc.Status");
        assert_eq!(details.code, i32::from(Code::NotFound));
        assert_eq!(details.message, status.message());
        let [any] = details.details.as_slice() else {
            panic!("{details:?}")
        };
        assert_eq!(any.type_url, "type.googleapis.com/google.rpc.ErrorInfo");
        let info = ErrorInfo::decode(any.value.clone()).expect("an ErrorInfo");
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("42703", "tavana")
        );
        let fact = |name: &str| info.metadata.get(name).map(String::as_str);
        assert_eq!(fact("sqlstate"), Some("42703"));
        assert_eq!(fact("duckdb_class"), Some("Binder"));
        assert_eq!(fact("position"), Some("8"));
        assert_eq!(fact("hint"), None);
    }

    #[test]
    fn a_full_queue_says_when_to_come_back() {
        let error = QueryError::new(SqlState::TOO_MANY_CONNECTIONS, "too many");
        for (delay, seconds, header) in [(1000, 1, "1"), (2500, 2, "3")] {
            let status = error.grpc_status_after(Duration::from_millis(delay));
            assert_eq!(status.code(), Code::ResourceExhausted);
            let metadata = status.metadata().get("retry-after");
            assert_eq!(metadata.and_then(|value| value.to_str().ok()), Some(header));
            let details = RpcStatus::decode(status.details()).expect("a google.rpc.Status");
            let retry = RetryInfo::decode(details.details[1].value.clone()).expect("a RetryInfo");
            assert_eq!(retry.retry_delay.expect("a delay").seconds, seconds);
        }
    }
}
