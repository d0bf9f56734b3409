//! DuckDB in this process, without anything of ours: the oracle.

use crate::support::display;
use crate::{Output, SqlError, returns_rows, shown};
use duckdb::Connection;
use sqllogictest::{DB, DefaultColumnType};

pub(crate) struct InProcess(Connection);

pub(crate) async fn connect() -> Result<InProcess, SqlError> {
    let connection = Connection::open_in_memory().map_err(fault)?;
    // Plain Arrow has no names for HUGEINT and others; time zones are the same everywhere.
    connection
        .execute_batch("SET arrow_lossless_conversion = true; SET TimeZone = 'UTC'")
        .map_err(fault)?;
    Ok(InProcess(connection))
}

impl DB for InProcess {
    type Error = SqlError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<Output, SqlError> {
        let mut statement = self.0.prepare(sql).map_err(fault)?;
        if !returns_rows(sql) {
            let count = statement.execute([]).map_err(fault)?;
            return Ok(Output::StatementComplete(
                u64::try_from(count).expect("a count"),
            ));
        }
        let arrow = statement.query_arrow([]).map_err(fault)?;
        let columns = arrow.get_schema().fields().len();
        let batches: Vec<_> = arrow.collect();
        Ok(shown(
            batches.iter().flat_map(display::rows).collect(),
            columns,
        ))
    }

    fn engine_name(&self) -> &str {
        "duckdb"
    }
}

fn fault(error: duckdb::Error) -> SqlError {
    SqlError(error.to_string())
}
