//! Why a query failed, where DuckDB does not say.

use std::time::Duration;

use arrow_array::RecordBatch;
use tavana_common::proto::v1::{Failure, FailureKind, StatementKind};

use super::super::cursor::LiveRows;
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
    /// streamed result hears is that interrupt. The error is gone then. A query is run again to hear
    /// it, unless it is part of a transaction, which DuckDB has given up.
    pub(super) fn reason(
        &mut self,
        prepared: &mut Prepared,
        row: Option<(&RecordBatch, usize)>,
        failure: Failure,
        ran: Duration,
    ) -> Stop {
        let is_told = failure.kind() != FailureKind::FailureCancelled;
        let may_ask = prepared.facts.kind() == StatementKind::Select && !self.in_transaction;
        if is_told || !may_ask || ran > REASON_MAX {
            return failure.into();
        }
        for _ in 0..REASON_TRIES {
            if self.interrupts.is_requested() {
                break;
            }
            match self.run_unsent(prepared, row) {
                Ok(()) => break,
                Err(Stop::Failure(found)) if found.kind() == FailureKind::FailureCancelled => {}
                Err(found) => return found,
            }
        }
        failure.into()
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
