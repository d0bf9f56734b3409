//! The options of a session: where unqualified names are looked up, and the session's settings.
//!
//! The messages are those of Flight.proto; the Arrow library has them not.

use std::collections::HashMap;

use prost::{Enumeration, Message, Oneof};
use tonic::Status;

use super::service::Service;
use super::sessions::ClientSession;
use crate::error::{QueryError, SqlState};
use crate::session::statement::quote_identifier;
use crate::session::{Class, Statement};

/// The name of the option that says which catalog is the current one.
const CATALOG: &str = "catalog";
/// The same of the schema.
const SCHEMA: &str = "schema";
/// Options that one request may set.
const OPTIONS_MAX: usize = 1000;

/// `SetSessionOptionsRequest`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SetSessionOptionsRequest {
    #[prost(map = "string, message", tag = "1")]
    pub(crate) session_options: HashMap<String, SessionOptionValue>,
}

/// `SessionOptionValue`. One without a value is to be unset.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SessionOptionValue {
    #[prost(oneof = "OptionValue", tags = "1, 2, 3, 4, 5")]
    pub(crate) value: Option<OptionValue>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum OptionValue {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(sfixed64, tag = "3")]
    Integer(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(message, tag = "5")]
    Texts(StringListValue),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StringListValue {
    #[prost(string, repeated, tag = "1")]
    pub(crate) values: Vec<String>,
}

/// `SetSessionOptionsResult`: what could not be set, and why.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SetSessionOptionsResult {
    #[prost(map = "string, message", tag = "1")]
    pub(crate) errors: HashMap<String, OptionError>,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct OptionError {
    #[prost(enumeration = "OptionErrorValue", tag = "1")]
    pub(crate) value: i32,
}

/// `SetSessionOptionsResult.ErrorValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(crate) enum OptionErrorValue {
    Unspecified = 0,
    InvalidName = 1,
    InvalidValue = 2,
    /// It is neither the name nor the value.
    Error = 3,
}

/// `GetSessionOptionsResult`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GetSessionOptionsResult {
    #[prost(map = "string, message", tag = "1")]
    pub(crate) session_options: HashMap<String, SessionOptionValue>,
}

impl Service {
    /// Action SetSessionOptions. Each option is set by itself: one that cannot be set keeps no
    /// other from being.
    pub(crate) async fn set_options(
        &self,
        client: &ClientSession,
        request: SetSessionOptionsRequest,
    ) -> Result<SetSessionOptionsResult, Status> {
        if request.session_options.len() > OPTIONS_MAX {
            return Err(Status::invalid_argument(format!(
                "more than {OPTIONS_MAX} options at once"
            )));
        }
        let mut options: Vec<_> = request.session_options.into_iter().collect();
        // The catalog before the schema in it.
        options
            .sort_by(|(one, _), (other, _)| (one != CATALOG, one).cmp(&(other != CATALOG, other)));
        let mut errors = HashMap::new();
        for (name, option) in options {
            if let Err(value) = self.set_option(client, &name, option.value).await? {
                let value = value.into();
                errors.insert(name, OptionError { value });
            }
        }
        Ok(SetSessionOptionsResult { errors })
    }

    /// Action GetSessionOptions.
    pub(crate) async fn options(
        &self,
        client: &ClientSession,
    ) -> Result<GetSessionOptionsResult, Status> {
        let (catalog, schema) = self.place(client).await?;
        let lease = client
            .lease(&Statement::internal("SHOW ALL", Class::Read))
            .await?;
        let mut options: HashMap<String, String> = lease
            .settings()
            .rows()
            .into_iter()
            .map(|row| (row.name, row.setting))
            .collect();
        drop(lease);
        options.insert(CATALOG.to_owned(), catalog);
        options.insert(SCHEMA.to_owned(), schema);
        let session_options = options
            .into_iter()
            .map(|(name, text)| {
                let value = Some(OptionValue::Text(text));
                (name, SessionOptionValue { value })
            })
            .collect();
        Ok(GetSessionOptionsResult { session_options })
    }

    /// The current catalog and schema.
    async fn place(&self, client: &ClientSession) -> Result<(String, String), Status> {
        let rows = self
            .texts(client, "SELECT current_catalog(), current_schema()", &[])
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| Status::internal("the session is nowhere"))?;
        Ok((row.text(0).to_owned(), row.text(1).to_owned()))
    }

    /// The outer error ends the request: it is not the option's.
    async fn set_option(
        &self,
        client: &ClientSession,
        name: &str,
        value: Option<OptionValue>,
    ) -> Result<Result<(), OptionErrorValue>, Status> {
        if name == CATALOG || name == SCHEMA {
            return self.move_to(client, name, value).await;
        }
        let text = match (is_name(name), value) {
            (false, _) => return Ok(Err(OptionErrorValue::InvalidName)),
            (true, None) => format!("RESET {name}"),
            (true, Some(value)) => match text_of(value) {
                Some(text) => format!("SET {name} = '{}'", text.replace('\'', "''")),
                None => return Ok(Err(OptionErrorValue::InvalidValue)),
            },
        };
        let Ok(statement) = self.parse(&text) else {
            return Ok(Err(OptionErrorValue::InvalidValue));
        };
        outcome(
            client.run_word(&statement).await?,
            OptionErrorValue::InvalidName,
        )
    }

    /// `USE`. A session is always somewhere: catalog and schema can be changed and not unset.
    async fn move_to(
        &self,
        client: &ClientSession,
        name: &str,
        value: Option<OptionValue>,
    ) -> Result<Result<(), OptionErrorValue>, Status> {
        let Some(OptionValue::Text(to)) = value else {
            return Ok(Err(OptionErrorValue::InvalidValue));
        };
        let (catalog, schema) = self.place(client).await?;
        if to == (if name == CATALOG { &*catalog } else { &*schema }) {
            return Ok(Ok(()));
        }
        let place = if name == CATALOG {
            // Without a schema DuckDB would look for a schema of this name, too.
            format!("{}.main", quote_identifier(&to))
        } else {
            format!("{}.{}", quote_identifier(&catalog), quote_identifier(&to))
        };
        let Ok(statement) = self.parse(&format!("USE {place}")) else {
            return Ok(Err(OptionErrorValue::InvalidValue));
        };
        outcome(
            client.run_word(&statement).await?,
            OptionErrorValue::InvalidValue,
        )
    }
}

/// What the answer to a session's word says of the option. A thing that does not exist is
/// `missing`.
fn outcome(
    answer: Result<(), QueryError>,
    missing: OptionErrorValue,
) -> Result<Result<(), OptionErrorValue>, Status> {
    let Err(error) = answer else {
        return Ok(Ok(()));
    };
    match error.sqlstate.0.get(..2).unwrap_or_default() {
        // Neither name nor value is to blame: the client should hear it.
        "08" | "53" | "57" | "XX" => Err(error.grpc_status()),
        "42" if error.sqlstate == SqlState::INSUFFICIENT_PRIVILEGE => {
            Ok(Err(OptionErrorValue::Error))
        }
        "3D" | "3F" | "42" => Ok(Err(missing)),
        "22" => Ok(Err(OptionErrorValue::InvalidValue)),
        _ => Ok(Err(OptionErrorValue::Error)),
    }
}

/// Names of settings, `app.user` among them. Others could be more than a name in a statement.
fn is_name(name: &str) -> bool {
    name.split('.').all(|part| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// A value as a statement has it; `None` for one that holds what no text can.
fn text_of(value: OptionValue) -> Option<String> {
    let text = match value {
        OptionValue::Text(text) => text,
        OptionValue::Bool(value) => value.to_string(),
        OptionValue::Integer(value) => value.to_string(),
        OptionValue::Double(value) => value.to_string(),
        OptionValue::Texts(list) => list.values.join(","),
    };
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_become_part_of_a_statement() {
        for (name, is) in [
            ("TimeZone", true),
            ("app.user_1", true),
            ("_x", true),
            ("", false),
            ("a b", false),
            ("a;b", false),
            ("a..b", false),
            ("1a", false),
            ("x = 1; DROP TABLE t; --", false),
            ("\u{e9}", false),
        ] {
            assert_eq!(is_name(name), is, "{name:?}");
        }
    }

    #[test]
    fn values_of_every_kind_are_texts() {
        for (value, text) in [
            (OptionValue::Bool(true), Some("true")),
            (OptionValue::Integer(-7), Some("-7")),
            (OptionValue::Double(0.5), Some("0.5")),
            (OptionValue::Text("it's".to_owned()), Some("it's")),
            (OptionValue::Text("a\0b".to_owned()), None),
            (
                OptionValue::Texts(StringListValue {
                    values: vec!["a".to_owned(), "b".to_owned()],
                }),
                Some("a,b"),
            ),
        ] {
            assert_eq!(text_of(value).as_deref(), text);
        }
    }

    #[test]
    fn integers_have_eight_bytes_as_in_the_specification() {
        let option = SessionOptionValue {
            value: Some(OptionValue::Integer(1)),
        };
        assert_eq!(option.encode_to_vec(), [0x19, 1, 0, 0, 0, 0, 0, 0, 0]);
    }
}
