//! The session context of a request, checked.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use tavana_common::failure;
use tavana_common::proto::v1::{Failure, FailureKind, SessionContext};

use crate::supervisor::Context;
use crate::supervisor::credentials::Store;

const PRINCIPAL_BYTES_MAX: usize = 1024;
const SETTINGS_MAX: usize = 1024;

pub(super) fn read(session: Option<SessionContext>) -> Result<Context, Failure> {
    let Some(session) = session else {
        return Err(invalid("the request has no session"));
    };
    let pin = session.pin();
    let role = session.role();
    if session.principal.is_empty()
        || session.principal.len().max(session.user.len()) > PRINCIPAL_BYTES_MAX
    {
        return Err(invalid("the principal is empty or too long"));
    }
    if session.settings.len() > SETTINGS_MAX {
        return Err(invalid(format!(
            "more than {SETTINGS_MAX} settings are in force"
        )));
    }
    let (store, settings) = Store::split(session.settings, session.own_credentials_only);
    Ok(Context {
        session: id("session_id", &session.session_id)?,
        gateway: id("gateway_id", &session.gateway_id)?,
        principal: Arc::from(session.principal),
        user: Arc::from(session.user),
        pin,
        settings,
        store,
        role,
    })
}

pub(super) fn id<Id>(name: &str, text: &str) -> Result<Id, Failure>
where
    Id: FromStr,
    Id::Err: Display,
{
    text.parse()
        .map_err(|error| invalid(format!("{name}: {error}")))
}

pub(super) fn invalid(message: impl Into<String>) -> Failure {
    failure::new(FailureKind::FailureInvalid, message)
}
