//! tavana over Flight SQL.

use crate::support::display;
use crate::support::flight::Flight;
use crate::{Output, SqlError, returns_rows, shown};
use sqllogictest::{DB, DefaultColumnType};
use std::future::{Ready, ready};
use std::net::SocketAddr;

pub(crate) struct OverFlight(Flight);

pub(crate) fn connect(to: SocketAddr) -> impl FnMut() -> Ready<Result<OverFlight, SqlError>> {
    move || {
        let mut flight = Flight::connect(to);
        let set = flight.update("SET TimeZone = 'UTC'");
        ready(
            set.map(|_| OverFlight(flight))
                .map_err(|status| fault(&status)),
        )
    }
}

impl DB for OverFlight {
    type Error = SqlError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<Output, SqlError> {
        if !returns_rows(sql) {
            let count = self.0.update(sql).map_err(|status| fault(&status))?;
            // -1 is Flight SQL's word for "not known", as for CREATE TABLE.
            return Ok(Output::StatementComplete(u64::try_from(count).unwrap_or(0)));
        }
        let (schema, batches) = self.0.query(sql).map_err(|status| fault(&status))?;
        Ok(shown(
            batches.iter().flat_map(display::rows).collect(),
            schema.fields().len(),
        ))
    }

    fn engine_name(&self) -> &str {
        "flight"
    }
}

fn fault(status: &tonic::Status) -> SqlError {
    SqlError(status.message().to_owned())
}
