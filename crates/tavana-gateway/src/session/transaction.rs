//! Transaction blocks as PostgreSQL clients see them (protocol, "ReadyForQuery").
//!
//! The block is the gateway's: DuckDB's own BEGIN is sent before the first statement inside it, so
//! an empty block costs nothing, and DuckDB's idea of a failed transaction, which differs from
//! PostgreSQL's, is never asked.

use super::settings::SessionSettings;

/// What ReadyForQuery tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionState {
    Idle,
    Open,
    Failed,
}

/// A block that is open.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Made by several statements in one Query, not by BEGIN: clients see no block.
    pub(crate) implicit: bool,
    pub(crate) read_only: bool,
    pub(crate) failed: bool,
    /// DuckDB's own transaction is open.
    pub(crate) begun: bool,
    /// Something may have been written, so DuckDB's transaction cannot be begun anew.
    pub(crate) wrote: bool,
    pub(crate) savepoints: Vec<String>,
    /// The settings when the block began: ROLLBACK returns to them.
    pub(crate) settings_before: SessionSettings,
    /// What SET LOCAL replaced: COMMIT returns to these.
    pub(crate) local_before: Vec<(String, Option<String>)>,
}

impl Block {
    pub(crate) fn new(implicit: bool, read_only: bool, settings: &SessionSettings) -> Self {
        Self {
            implicit,
            read_only,
            failed: false,
            begun: false,
            wrote: false,
            savepoints: Vec::new(),
            settings_before: settings.clone(),
            local_before: Vec::new(),
        }
    }

    /// The statement that begins DuckDB's transaction.
    pub(crate) fn begin_text(&self) -> &'static str {
        if self.read_only {
            "BEGIN TRANSACTION READ ONLY"
        } else {
            "BEGIN TRANSACTION"
        }
    }

    /// Forgets the savepoints made after `name`, and it too when `itself`. `false` = no such one.
    pub(crate) fn cut_savepoints(&mut self, name: &str, itself: bool) -> bool {
        match self
            .savepoints
            .iter()
            .rposition(|savepoint| savepoint == name)
        {
            Some(at) => {
                self.savepoints.truncate(if itself { at } else { at + 1 });
                true
            }
            None => false,
        }
    }
}
