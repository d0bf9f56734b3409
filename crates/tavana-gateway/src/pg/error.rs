//! ErrorResponse and NoticeResponse (PostgreSQL protocol, "Error and Notice Message Fields").

use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::response::{ErrorResponse, NoticeResponse};

use crate::error::QueryError;
use crate::session::Notice;

/// How much an error ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// The statement.
    Error,
    /// The connection.
    Fatal,
}

pub(super) fn error_response(error: &QueryError, severity: Severity) -> PgWireBackendMessage {
    let severity = match severity {
        Severity::Error => "ERROR",
        Severity::Fatal => "FATAL",
    };
    let mut fields = heading(severity, error.sqlstate.0, &error.message);
    if let Some(detail) = &error.detail {
        fields.push((b'D', detail.clone()));
    }
    if let Some(hint) = &error.hint {
        fields.push((b'H', hint.clone()));
    }
    if let Some(position) = error.position {
        fields.push((b'P', position.to_string()));
    }
    if let Some(object) = &error.object {
        fields.push((b's', object.schema.clone()));
        fields.push((b't', object.table.clone()));
        let column = object.column.iter().map(|name| (b'c', name.clone()));
        let constraint = object.constraint.iter().map(|name| (b'n', name.clone()));
        fields.extend(column.chain(constraint));
    }
    PgWireBackendMessage::ErrorResponse(ErrorResponse::new(fields))
}

pub(super) fn notice_response(notice: &Notice) -> PgWireBackendMessage {
    let fields = heading(notice.severity, notice.sqlstate.0, &notice.message);
    PgWireBackendMessage::NoticeResponse(NoticeResponse::new(fields))
}

fn heading(severity: &str, sqlstate: &str, message: &str) -> Vec<(u8, String)> {
    vec![
        (b'S', severity.to_owned()),
        (b'V', severity.to_owned()),
        (b'C', sqlstate.to_owned()),
        (b'M', message.to_owned()),
    ]
}
