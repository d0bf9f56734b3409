//! What the client's messages say (PostgreSQL protocol, "Message Formats").
//!
//! Strict: text that is not UTF-8 is an error and never replaced, and a message that is shorter or
//! longer than what it says of itself is refused whole.

#![warn(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing
)]

use bytes::{Buf, Bytes};

use crate::error::{QueryError, SqlState};

/// A message of the client after startup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Query(String),
    Parse {
        name: String,
        sql: String,
        types: Vec<u32>,
    },
    Bind(Bind),
    Describe {
        target: Target,
        name: String,
    },
    Execute {
        portal: String,
        rows_max: Option<u64>,
    },
    Close {
        target: Target,
        name: String,
    },
    Flush,
    Sync,
    Terminate,
    CopyData(Bytes),
    CopyDone,
    CopyFail(String),
    /// By number, which nobody does since there are prepared statements. What it says is not read.
    FunctionCall,
}

/// Bind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bind {
    pub(super) portal: String,
    pub(super) statement: String,
    pub(super) parameter_formats: Vec<i16>,
    pub(super) parameters: Vec<Option<Bytes>>,
    pub(super) result_formats: Vec<i16>,
}

/// What Describe and Close mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Statement,
    Portal,
}

/// Reads one message.
///
/// # Errors
/// 08P01 when its parts do not fit, 22021 when a text is not UTF-8.
pub(super) fn decode(tag: u8, body: Bytes) -> Result<Message, QueryError> {
    let mut reader = Reader(body);
    let message = match tag {
        b'Q' => Message::Query(reader.text()?),
        b'P' => {
            let (name, sql) = (reader.text()?, reader.text()?);
            let count = reader.count(4)?;
            let types = (0..count).map(|_| reader.u32()).collect::<Result<_, _>>()?;
            Message::Parse { name, sql, types }
        }
        b'B' => Message::Bind(reader.bind()?),
        b'D' => Message::Describe {
            target: reader.target()?,
            name: reader.text()?,
        },
        b'C' => Message::Close {
            target: reader.target()?,
            name: reader.text()?,
        },
        b'E' => {
            let portal = reader.text()?;
            // Zero and what is below it mean all rows.
            let rows = reader.i32()?;
            Message::Execute {
                portal,
                rows_max: u64::try_from(rows).ok().filter(|rows| *rows > 0),
            }
        }
        b'H' => Message::Flush,
        b'S' => Message::Sync,
        b'X' => Message::Terminate,
        b'd' => Message::CopyData(std::mem::take(&mut reader.0)),
        b'c' => Message::CopyDone,
        b'f' => Message::CopyFail(reader.text()?),
        b'F' => {
            reader.0.clear();
            Message::FunctionCall
        }
        _ => return Err(malformed("invalid frontend message type")),
    };
    if reader.0.is_empty() {
        Ok(message)
    } else {
        Err(malformed("invalid message format"))
    }
}

fn malformed(message: &str) -> QueryError {
    QueryError::new(SqlState::PROTOCOL_VIOLATION, message)
}

fn short() -> QueryError {
    malformed("insufficient data left in message")
}

/// `bytes` as text.
///
/// # Errors
/// 22021 when it is not UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<String, QueryError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let wrong = bytes.get(error.valid_up_to()..).unwrap_or_default();
            let shown: Vec<String> = wrong
                .iter()
                .take(error.error_len().unwrap_or(1))
                .map(|byte| format!("0x{byte:02x}"))
                .collect();
            Err(QueryError::new(
                SqlState::CHARACTER_NOT_IN_REPERTOIRE,
                format!(
                    "invalid byte sequence for encoding \"UTF8\": {}",
                    shown.join(" ")
                ),
            ))
        }
    }
}

pub(super) struct Reader(pub(super) Bytes);

impl Reader {
    /// A text that ends in a zero byte.
    pub(super) fn text(&mut self) -> Result<String, QueryError> {
        let end =
            memchr::memchr(0, &self.0).ok_or_else(|| malformed("invalid string in message"))?;
        let text = utf8(&self.0.split_to(end))?;
        self.0.advance(1);
        Ok(text)
    }

    pub(super) fn u32(&mut self) -> Result<u32, QueryError> {
        self.0.try_get_u32().map_err(|_| short())
    }

    pub(super) fn i32(&mut self) -> Result<i32, QueryError> {
        self.0.try_get_i32().map_err(|_| short())
    }

    fn i16(&mut self) -> Result<i16, QueryError> {
        self.0.try_get_i16().map_err(|_| short())
    }

    /// A count of things of at least `bytes` each: no more than can still be there.
    fn count(&mut self, bytes: usize) -> Result<u16, QueryError> {
        let count = self.0.try_get_u16().map_err(|_| short())?;
        if usize::from(count).saturating_mul(bytes) > self.0.len() {
            return Err(short());
        }
        Ok(count)
    }

    fn target(&mut self) -> Result<Target, QueryError> {
        match self.0.try_get_u8().map_err(|_| short())? {
            b'S' => Ok(Target::Statement),
            b'P' => Ok(Target::Portal),
            _ => Err(malformed("invalid message subtype")),
        }
    }

    fn bind(&mut self) -> Result<Bind, QueryError> {
        let (portal, statement) = (self.text()?, self.text()?);
        let formats = self.count(2)?;
        let parameter_formats = (0..formats).map(|_| self.i16()).collect::<Result<_, _>>()?;
        let count = self.count(4)?;
        let parameters = (0..count).map(|_| self.value()).collect::<Result<_, _>>()?;
        let formats = self.count(2)?;
        let result_formats = (0..formats).map(|_| self.i16()).collect::<Result<_, _>>()?;
        Ok(Bind {
            portal,
            statement,
            parameter_formats,
            parameters,
            result_formats,
        })
    }

    fn value(&mut self) -> Result<Option<Bytes>, QueryError> {
        match self.i32()? {
            -1 => Ok(None),
            length => {
                let length =
                    usize::try_from(length).map_err(|_| malformed("invalid value length"))?;
                if length > self.0.len() {
                    return Err(short());
                }
                Ok(Some(self.0.split_to(length)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_the_protocol_writes_them() {
        let table: &[(u8, &[u8], Message)] = &[
            (b'Q', b"SELECT 1\0", Message::Query("SELECT 1".to_owned())),
            (
                b'P',
                b"s\0SELECT $1\0\0\x01\0\0\0\x17",
                Message::Parse {
                    name: "s".to_owned(),
                    sql: "SELECT $1".to_owned(),
                    types: vec![23],
                },
            ),
            (
                b'B',
                b"\0s\0\0\x01\0\x01\0\x02\0\0\0\x01x\xff\xff\xff\xff\0\0",
                Message::Bind(Bind {
                    portal: String::new(),
                    statement: "s".to_owned(),
                    parameter_formats: vec![1],
                    parameters: vec![Some(Bytes::from_static(b"x")), None],
                    result_formats: vec![],
                }),
            ),
            (
                b'E',
                b"p\0\0\0\0\x05",
                Message::Execute {
                    portal: "p".to_owned(),
                    rows_max: Some(5),
                },
            ),
            (
                b'E',
                b"\0\0\0\0\0",
                Message::Execute {
                    portal: String::new(),
                    rows_max: None,
                },
            ),
            (
                b'D',
                b"Ss\0",
                Message::Describe {
                    target: Target::Statement,
                    name: "s".to_owned(),
                },
            ),
        ];
        for (tag, body, expected) in table {
            assert_eq!(
                decode(*tag, Bytes::from_static(body)).as_ref(),
                Ok(expected)
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let table: &[(u8, &[u8], &str)] = &[
            (b'Q', b"no end", "08P01"),
            (b'Q', b"a\0b", "08P01"),
            (b'Q', b"caf\xe9\0", "22021"),
            (b'P', b"\0x\0\xff\xff", "08P01"),
            (b'B', b"\0\0\0\0\0\x01\0\0\0\x09x\0\0", "08P01"),
            (b'B', b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0", "08P01"),
            (b'D', b"Xs\0", "08P01"),
            (b'S', b"extra", "08P01"),
            (b'z', b"", "08P01"),
        ];
        for (tag, body, sqlstate) in table {
            let error = decode(*tag, Bytes::from_static(body)).expect_err("refused");
            assert_eq!(error.sqlstate.0, *sqlstate, "{tag} {body:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(tag in proptest::num::u8::ANY, body in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            drop(decode(tag, Bytes::from(body)));
        }
    }
}
