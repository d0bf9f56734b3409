//! The session context of a request, checked.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use prost::Message as _;
use tavana_common::failure;
use tavana_common::proto::v1::{Failure, FailureKind, SessionContext, Settings};
use tavana_common::secret::{ClusterKey, SEALED_SETTINGS, SEALED_SQL};
use zeroize::Zeroizing;

use crate::supervisor::Context;
use crate::supervisor::admission::Length;
use crate::supervisor::credentials::Store;

const PRINCIPAL_BYTES_MAX: usize = 1024;
const SETTINGS_MAX: usize = 1024;

/// Whose request it is; what is sealed is opened with the cluster's key.
pub(super) fn read(
    session: Option<SessionContext>,
    key: Option<&ClusterKey>,
) -> Result<Context, Failure> {
    let Some(mut session) = session else {
        return Err(invalid("the request has no session"));
    };
    if !session.sealed_settings.is_empty() {
        let opened = key.and_then(|key| key.open(SEALED_SETTINGS, &session.sealed_settings));
        let settings =
            opened.and_then(|plain| Settings::decode(Zeroizing::new(plain).as_slice()).ok());
        session.settings = settings.ok_or_else(foreign)?.settings;
    }
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
        memory_bytes: 0,
        length: Length::Unknown,
    })
}

/// A statement's text, in clear or sealed.
pub(super) fn sql(
    plain: String,
    sealed: &[u8],
    key: Option<&ClusterKey>,
) -> Result<String, Failure> {
    if sealed.is_empty() {
        return Ok(plain);
    }
    key.and_then(|key| key.open(SEALED_SQL, sealed))
        .and_then(|text| String::from_utf8(text).ok())
        .ok_or_else(foreign)
}

fn foreign() -> Failure {
    invalid("the request was sealed with the key of another cluster")
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

#[cfg(test)]
mod tests {
    use tavana_common::ids::{GatewayId, SessionId};
    use tavana_common::proto::v1::Setting;

    use super::*;

    #[test]
    fn what_was_sealed_is_opened_with_the_clusters_key_only() {
        let key = ClusterKey::random();
        let settings = Settings {
            settings: vec![Setting {
                name: "TimeZone".to_owned(),
                value: "UTC".to_owned(),
            }],
        };
        let session = |sealed_settings| {
            Some(SessionContext {
                session_id: SessionId::mint().to_string(),
                gateway_id: GatewayId::mint().to_string(),
                principal: "ann".to_owned(),
                sealed_settings,
                ..SessionContext::default()
            })
        };
        let sealed = key.seal(SEALED_SETTINGS, &settings.encode_to_vec());
        let context = read(session(sealed.clone()), Some(&key)).unwrap();
        assert_eq!(context.settings, settings.settings);
        let sealed_sql = key.seal(SEALED_SQL, b"SELECT 1");
        let opened = sql(String::new(), &sealed_sql, Some(&key));
        assert_eq!(opened.as_deref().ok(), Some("SELECT 1"));

        let other = ClusterKey::random();
        for key in [None, Some(&other)] {
            let refused = read(session(sealed.clone()), key).err();
            assert_eq!(
                refused.map(|failure| failure.kind()),
                Some(FailureKind::FailureInvalid)
            );
            assert!(sql(String::new(), &sealed_sql, key).is_err());
        }
        // One is not the other.
        assert!(sql(String::new(), &sealed, Some(&key)).is_err());
    }
}
