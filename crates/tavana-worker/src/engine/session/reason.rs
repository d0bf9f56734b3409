//! Why a query failed, where DuckDB does not say.

use std::time::Duration;

use arrow_array::RecordBatch;
use tavana_common::proto::v1::{Failure, FailureKind, StatementKind};

use super::super::cursor::LiveRows;
use super::super::ffi::ErrorText;
use super::super::prepare::Prepared;
use super::{Session, Stop};

/// A query that has run for longer is not run again to hear why it failed.
const REASON_MAX: Duration = Duration::from_secs(30);
/// How often it is: about one failure in fifty is lost.
const REASON_TRIES: usize = 3;

impl Session {
    /// Why the rows of a statement ended in `failure`, after `ran`.
    ///
    /// A thread of DuckDB that fails interrupts the others, and now and then what the reader of a
    /// streamed result hears is that interrupt. The error is gone then, so a query is run again to
    /// hear it. DuckDB has given up a transaction that it is part of: another one takes its place,
    /// unless there is something to lose.
    pub(super) fn reason(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
        failure: Failure,
        ran: Duration,
    ) -> Stop {
        let is_told = failure.kind() != FailureKind::FailureCancelled;
        let is_query = prepared.facts.kind() == StatementKind::Select;
        let may_ask = is_query && (!self.in_transaction || self.only_read_since.is_some());
        if is_told || !may_ask || ran > REASON_MAX {
            return failure.into();
        }
        for _ in 0..REASON_TRIES {
            if self.interrupts.is_requested() || self.begin_anew().is_err() {
                break;
            }
            match self.run_unsent(prepared, row) {
                Ok(()) => break,
                Err(Stop::Failure(found)) if found.kind() == FailureKind::FailureCancelled => {}
                // It is part of a transaction all the same.
                Err(Stop::Failure(found)) if found.duckdb_class == "TransactionContext" => break,
                Err(found) => return found,
            }
        }
        failure.into()
    }

    /// Puts a transaction that has only read, if there is one, in the place of the one before.
    fn begin_anew(&mut self) -> Result<(), ErrorText> {
        let Some(begin) = &self.only_read_since else {
            return Ok(());
        };
        let connection = &self.instance.session;
        self.interrupts.held(|| {
            connection.run("ROLLBACK")?;
            connection.run(begin)
        })
    }

    /// Runs a query and sends nothing of its rows.
    fn run_unsent(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
    ) -> Result<(), Stop> {
        let result = self.start(prepared, row)?;
        let mut rows = LiveRows::new(result, prepared.export(&self.instance.session));
        while rows
            .next()
            .map_err(|error| prepared.failure(&error))?
            .is_some()
        {
            self.go_on()?;
        }
        Ok(())
    }
}
