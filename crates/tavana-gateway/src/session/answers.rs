//! What tools ask about the catalog when they connect is the same for all sessions alike that have
//! not changed anything. The first of them asks a worker; the gateway answers the others.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use moka::sync::Cache;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use tavana_common::proto::v1::{Batch, Column, ResultHeader};
use zeroize::Zeroizing;

use super::secrecy::may_hold_credentials;
use super::{Class, Facts, Parameters, Rows, Session, Statement};
use crate::auth::Role;
use crate::catalog::{Owner as _, Plan};
use crate::error::QueryError;

/// Bytes of all answers together.
const BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Bytes of one answer. Longer ones are no connect-time questions.
pub(super) const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The answers of this gateway. Each holds as long as the worker that gave it is among the workers:
/// another one may have other extensions, or be of another version.
#[derive(Debug)]
pub(crate) struct Answers(Cache<Key, Kept>);

/// All that an answer depends on. Settings may hold credentials, so only their digest is kept.
pub(super) type Key = [u8; SHA256_OUTPUT_LEN];

#[derive(Clone, Debug)]
struct Kept {
    worker: Arc<str>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Facts(Arc<Facts>),
    Rows(Arc<WholeResult>),
}

/// A whole result.
#[derive(Debug)]
pub(super) struct WholeResult {
    pub(super) header: ResultHeader,
    pub(super) batches: Vec<Batch>,
}

impl Default for Answers {
    fn default() -> Self {
        let weigh = |_: &Key, kept: &Kept| u32::try_from(kept.weight()).unwrap_or(u32::MAX);
        Self(
            Cache::builder()
                .max_capacity(BYTES_MAX)
                .weigher(weigh)
                .build(),
        )
    }
}

impl Kept {
    fn weight(&self) -> usize {
        let columns = |columns: &[Column]| -> usize {
            let weight = |column: &Column| {
                size_of_val(column) + column.name.len() + column.duckdb_type.len()
            };
            columns.iter().map(weight).sum()
        };
        size_of::<Key>()
            + size_of::<Self>()
            + match &self.what {
                What::Facts(facts) => {
                    size_of::<Facts>() + columns(&facts.columns) + facts.schema.len()
                }
                What::Rows(result) => {
                    let batches = result.batches.iter().map(weight_of).sum::<usize>();
                    size_of::<WholeResult>()
                        + columns(&result.header.columns)
                        + result.header.schema.len()
                        + batches
                }
            }
    }
}

/// Bytes of a batch.
pub(super) fn weight_of(batch: &Batch) -> usize {
    size_of::<Batch>() + batch.header.len() + batch.body.len()
}

impl Session {
    /// By what the answer to a statement is known; `None` when each asking may bring another one:
    /// the session has begun something in an engine, or the statement is not about the catalog.
    pub(super) fn answer_key(
        &self,
        plan: &Plan,
        statement: &Statement,
        what: &str,
        parameters: &Parameters,
    ) -> Option<Key> {
        let steady = plan.is_steady()
            && *statement.class() == Class::Read
            && self.is_untouched()
            && !may_hold_credentials(statement.text());
        if !steady {
            return None;
        }
        let mut digest = Context::new(&SHA256);
        // Each part with its length, so that no two lists of parts look alike.
        let mut part = |bytes: &[u8]| {
            digest.update(&bytes.len().to_le_bytes());
            digest.update(bytes);
        };
        part(what.as_bytes());
        part(self.sent(plan, statement).as_bytes());
        part(statement.text().as_bytes());
        part(self.principal.id().as_bytes());
        part(self.principal.name().as_bytes());
        part(match self.principal.role() {
            Role::ReadOnly => b"r",
            Role::ReadWrite => b"w",
            Role::Admin => b"a",
        });
        part(self.database().as_bytes());
        for setting in self.settings.for_worker() {
            part(setting.name.as_bytes());
            part(Zeroizing::new(setting.value).as_bytes());
        }
        part(&[]);
        for name in &parameters.types {
            part(name.as_bytes());
        }
        part(&parameters.ipc);
        digest.finish().as_ref().try_into().ok()
    }

    /// Whether no engine holds anything of this session, nor may hold anything.
    pub(super) fn is_untouched(&self) -> bool {
        self.pinned.is_none()
            && !self.left_something
            && !self.open_on_worker
            && self.block.as_ref().is_none_or(|block| !block.begun)
            && self
                .tried
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_none()
    }

    /// A query of the open block is answered though no engine was asked.
    pub(super) fn note_query(&mut self) {
        if let Some(block) = &mut self.block {
            block.queried = true;
        }
    }

    /// The rows of an answer that is known.
    pub(super) fn known_rows(&self, key: &Key) -> Option<Rows> {
        match self.known(key)? {
            What::Rows(result) => Some(Rows::known(&result)),
            What::Facts(_) => None,
        }
    }

    /// What is known of a statement that was prepared before.
    pub(super) fn known_facts(&self, key: &Key) -> Option<Facts> {
        match self.known(key)? {
            What::Facts(facts) => Some(Facts::clone(&facts)),
            What::Rows(_) => None,
        }
    }

    fn known(&self, key: &Key) -> Option<What> {
        let kept = self.gateway.answers.0.get(key)?;
        if self.gateway.workers.has(&kept.worker) {
            return Some(kept.what);
        }
        self.gateway.answers.0.invalidate(key);
        None
    }

    pub(super) fn keep_facts(&self, key: Key, worker: Arc<str>, facts: &Facts) {
        let what = What::Facts(Arc::new(Facts {
            schema: Bytes::copy_from_slice(&facts.schema),
            ..facts.clone()
        }));
        self.gateway.answers.0.insert(key, Kept { worker, what });
    }

    /// Keeps a whole result, if it is a small one, and returns the rows for this session.
    ///
    /// # Errors
    /// The result's own.
    pub(super) async fn keep_rows(&self, key: Key, mut rows: Rows) -> Result<Rows, QueryError> {
        let Some(worker) = rows.worker() else {
            return Ok(rows);
        };
        if let Some(mut result) = rows.read_ahead(ANSWER_BYTES_MAX).await? {
            // As they came they are parts of larger buffers, which would be kept with them.
            result.header.schema = Bytes::copy_from_slice(&result.header.schema);
            for batch in &mut result.batches {
                batch.header = Bytes::copy_from_slice(&batch.header);
                batch.body = Bytes::copy_from_slice(&batch.body);
            }
            let result = Arc::new(result);
            let what = What::Rows(Arc::clone(&result));
            self.gateway.answers.0.insert(key, Kept { worker, what });
            return Ok(Rows::known(&result));
        }
        Ok(rows)
    }
}
