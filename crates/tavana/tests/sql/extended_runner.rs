//! tavana over PostgreSQL's extended query protocol with binary results, as asyncpg and
//! tokio-postgres read them.

use crate::simple_runner::{error_of, output_of};
use crate::support::wire::{Out, Wire};
use crate::{Output, SqlError, pg_binary};
use sqllogictest::{DB, DefaultColumnType};
use std::future::{Ready, ready};
use std::net::SocketAddr;

pub(crate) struct Extended(Wire);

pub(crate) fn connect(to: SocketAddr) -> impl FnMut() -> Ready<Result<Extended, SqlError>> {
    move || {
        let mut wire = Wire::connect(to);
        wire.query("SET TimeZone = 'UTC'").ok();
        ready(Ok(Extended(wire)))
    }
}

impl DB for Extended {
    type Error = SqlError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<Output, SqlError> {
        let out = Out::new()
            .parse("", sql, &[])
            .bind_formats("", "", &[], &[], &[1])
            .describe_portal("")
            .execute("", 0)
            .sync();
        let reply = self.0.exchange(out);
        if let Some(fault) = reply.faults().first() {
            return Err(error_of(fault));
        }
        Ok(output_of(&reply, pg_binary::value))
    }

    fn engine_name(&self) -> &str {
        "extended"
    }
}
