//! tavana over PostgreSQL's simple query protocol: everything is text.

use crate::support::wire::{Fault, Reply, Wire};
use crate::{Output, SqlError, pg_text, shown};
use sqllogictest::{DB, DefaultColumnType};
use std::future::{Ready, ready};
use std::net::SocketAddr;

pub(crate) struct Simple(Wire);

pub(crate) fn connect(to: SocketAddr) -> impl FnMut() -> Ready<Result<Simple, SqlError>> {
    move || {
        let mut wire = Wire::connect(to);
        wire.query("SET TimeZone = 'UTC'").ok();
        ready(Ok(Simple(wire)))
    }
}

impl DB for Simple {
    type Error = SqlError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<Output, SqlError> {
        let reply = self.0.query(sql);
        if let Some(fault) = reply.faults().first() {
            return Err(error_of(fault));
        }
        Ok(output_of(&reply, |oid, bytes| {
            let text = String::from_utf8(bytes.to_vec()).expect("text is UTF-8");
            pg_text::value(oid, &text)
        }))
    }

    fn engine_name(&self) -> &str {
        "simple"
    }
}

pub(crate) fn error_of(fault: &Fault) -> SqlError {
    SqlError(fault.message().to_owned())
}

/// Rows when the reply describes some, else the count at the end of the tag.
pub(crate) fn output_of(reply: &Reply, value: impl Fn(u32, &[u8]) -> String) -> Output {
    if !reply.kinds().contains('T') {
        let tags = reply.tags();
        let tag = tags.first().map_or("", String::as_str);
        let count = tag
            .rsplit(' ')
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(0);
        return Output::StatementComplete(count);
    }
    let columns = reply.columns();
    let rows = reply
        .rows()
        .into_iter()
        .map(|row| {
            row.iter()
                .zip(&columns)
                .map(|(bytes, column)| {
                    bytes
                        .as_ref()
                        .map_or("NULL".to_owned(), |bytes| value(column.oid, bytes))
                })
                .collect()
        })
        .collect();
    shown(rows, columns.len())
}
