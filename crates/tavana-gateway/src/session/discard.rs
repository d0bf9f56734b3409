//! DISCARD and DEALLOCATE ALL: what a session gives up of its state (documentation, DISCARD).

use std::collections::HashMap;

use arrow_array::cast::AsArray;

use super::{Class, Completion, Parameters, Session, Statement};
use crate::error::{QueryError, SqlState};
use crate::worker::{decode_batch, decode_schema};

/// The statements that drop each temporary object of the session, views first, as they may depend
/// on tables. DuckDB keeps them in a catalog of its own.
const DROPS: &str = "\
    SELECT 'DROP VIEW IF EXISTS temp.\"' || replace(schema_name, '\"', '\"\"') || '\".\"' \
        || replace(view_name, '\"', '\"\"') || '\" CASCADE' AS drops, 0 AS place \
    FROM duckdb_views() WHERE temporary AND NOT internal \
    UNION ALL \
    SELECT 'DROP TABLE IF EXISTS temp.\"' || replace(schema_name, '\"', '\"\"') || '\".\"' \
        || replace(table_name, '\"', '\"\"') || '\" CASCADE', 1 \
    FROM duckdb_tables() WHERE temporary AND NOT internal \
    UNION ALL \
    SELECT 'DROP SEQUENCE IF EXISTS temp.\"' || replace(schema_name, '\"', '\"\"') || '\".\"' \
        || replace(sequence_name, '\"', '\"\"') || '\" CASCADE', 2 \
    FROM duckdb_sequences() WHERE temporary \
    ORDER BY place";

impl Session {
    pub(super) fn discard_all(&mut self) -> Result<Completion, QueryError> {
        if self.block.is_some() {
            return Err(QueryError::new(
                SqlState::ACTIVE_TRANSACTION,
                "DISCARD ALL cannot run inside a transaction block",
            ));
        }
        self.unpin();
        self.cursors.clear();
        self.prepared.clear();
        self.settings.reset_all();
        self.moved_away = false;
        Ok(Completion::tagged("DISCARD ALL"))
    }

    /// `what` is the whole statement in upper case.
    pub(super) async fn discard(&mut self, what: &str) -> Result<Completion, QueryError> {
        match what {
            "DEALLOCATE ALL" => self.prepared.clear(),
            "DISCARD TEMP" | "DISCARD TEMPORARY" => {
                self.drop_temporary().await?;
                return Ok(Completion::tagged("DISCARD TEMP"));
            }
            // Nothing is kept of plans, and no session keeps numbers of sequences.
            _ => {}
        }
        Ok(Completion::tagged(what))
    }

    /// A session without an engine has nothing temporary.
    async fn drop_temporary(&mut self) -> Result<(), QueryError> {
        if !self.is_pinned() {
            return Ok(());
        }
        for drop in self.internal_texts(DROPS).await? {
            self.run_internal(&drop).await?;
        }
        Ok(())
    }

    /// The first column of a query of the gateway itself.
    async fn internal_texts(&mut self, sql: &str) -> Result<Vec<String>, QueryError> {
        let broken = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
        self.begin_on_worker().await?;
        let query = Statement::internal(sql, Class::Read);
        let mut rows = self.run(&query, Parameters::none()).await?;
        let schema = decode_schema(&rows.facts().schema).map_err(broken)?;
        let mut dictionaries = HashMap::new();
        let mut texts = Vec::new();
        while let Some(batch) = rows.next().await {
            let decoded = decode_batch(&batch?, &schema, &mut dictionaries).map_err(broken)?;
            let Some(column) = decoded.as_ref().and_then(|batch| batch.columns().first()) else {
                continue;
            };
            let Some(column) = column.as_string_opt::<i32>() else {
                return Err(QueryError::internal("a text was expected"));
            };
            texts.extend(column.iter().flatten().map(str::to_owned));
        }
        Ok(texts)
    }
}
