//! PREPARE, EXECUTE and DEALLOCATE of SQL.
//!
//! The text is kept here and planned anew for each execution: a plan of DuckDB that is executed
//! again after the data changed can answer from statistics that no longer hold.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_ipc::writer::StreamWriter;
use bytes::Bytes;

use super::{Answer, Class, Completion, Facts, Parameters, Session, Statement};
use crate::error::{QueryError, SqlState};
use crate::kept::{Kept, bytes_of_prepared};
use crate::worker::{decode_batch, decode_schema};

/// What a session has prepared by SQL, by the client's names.
#[derive(Debug, Default)]
pub(super) struct PreparedStatements(HashMap<String, Prepared>);

#[derive(Clone, Debug)]
struct Prepared {
    statement: Statement,
    facts: Facts,
    _kept: Arc<Kept>,
}

impl PreparedStatements {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What EXECUTE of `name` returns; it takes no parameters of the protocol.
    pub(super) fn facts(&self, name: &str) -> Result<Facts, QueryError> {
        let facts = self.find(name)?.facts.clone();
        Ok(Facts {
            parameter_types: Vec::new(),
            ..facts
        })
    }

    pub(super) fn remove(&mut self, name: &str) -> Result<Completion, QueryError> {
        self.find(name)?;
        self.0.remove(name);
        Ok(Completion::tagged("DEALLOCATE"))
    }

    fn find(&self, name: &str) -> Result<&Prepared, QueryError> {
        self.0.get(name).ok_or_else(|| {
            QueryError::new(
                SqlState::INVALID_STATEMENT_NAME,
                format!("prepared statement \"{name}\" does not exist"),
            )
        })
    }
}

impl Session {
    pub(super) async fn prepare_sql(
        &mut self,
        name: &str,
        types: &[String],
        query: &Statement,
    ) -> Result<Completion, QueryError> {
        if self.prepared.0.contains_key(name) {
            return Err(QueryError::new(
                SqlState::DUPLICATE_PREPARED,
                format!("prepared statement \"{name}\" already exists"),
            ));
        }
        let max = self.gateway.settings.statements_per_session_max;
        if self.prepared.0.len() >= max {
            return Err(QueryError::new(
                SqlState::CONFIGURATION_LIMIT,
                format!("a session can hold {max} prepared statements"),
            ));
        }
        if !matches!(query.class(), Class::Read | Class::Stateful) {
            return Err(QueryError::new(
                SqlState::SYNTAX_ERROR,
                "only statements that read or change data can be prepared",
            ));
        }
        let kept = self.keeper.keep(bytes_of_prepared(query.text()))?;
        let facts = self
            .prepare_remote(query, types)
            .await
            .map_err(|error| query.place(error))?;
        let prepared = Prepared {
            statement: query.clone(),
            facts,
            _kept: Arc::new(kept),
        };
        self.prepared.0.insert(name.to_owned(), prepared);
        Ok(Completion::tagged("PREPARE"))
    }

    pub(super) async fn execute_sql(
        &mut self,
        name: &str,
        arguments: &[String],
    ) -> Result<Answer, QueryError> {
        let (statement, parameters) = self.call_of(name, arguments).await?;
        let answer = Box::pin(self.run_in_dialect(&statement, parameters)).await;
        // Its position is one in the text of PREPARE, which the client is not looking at.
        answer.map_err(|error| QueryError {
            position: None,
            ..error
        })
    }

    /// What EXECUTE runs.
    pub(super) async fn call_of(
        &mut self,
        name: &str,
        arguments: &[String],
    ) -> Result<(Statement, Parameters), QueryError> {
        let prepared = self.prepared.find(name)?.clone();
        let types = prepared.facts.parameter_types;
        if arguments.len() != types.len() {
            return Err(QueryError::new(
                SqlState::SYNTAX_ERROR,
                format!("wrong number of parameters for prepared statement \"{name}\""),
            )
            .with_detail(format!(
                "Expected {} parameters but got {}.",
                types.len(),
                arguments.len()
            )));
        }
        let parameters = if types.is_empty() {
            Parameters::none()
        } else {
            let ipc = self.evaluate(arguments).await?;
            let kept = Some(Arc::new(self.keeper.keep(ipc.len())?));
            Parameters { types, ipc, kept }
        };
        Ok((prepared.statement, parameters))
    }

    /// The values of the client's expressions, as one row of an Arrow IPC stream.
    async fn evaluate(&mut self, arguments: &[String]) -> Result<Bytes, QueryError> {
        let list: Vec<String> = arguments.iter().map(|text| format!("({text})")).collect();
        let query = Statement::internal(format!("SELECT {}", list.join(", ")), Class::Read);
        self.begin_on_worker().await?;
        let mut rows = self.run(&query, Parameters::none()).await?;
        let broken = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
        let schema = decode_schema(&rows.facts().schema).map_err(broken)?;
        let mut dictionaries = HashMap::new();
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(broken)?;
        let mut count = 0;
        while let Some(batch) = rows.next().await {
            if let Some(batch) =
                decode_batch(&batch?, &schema, &mut dictionaries).map_err(broken)?
            {
                count += batch.num_rows();
                if count > 1 {
                    break;
                }
                writer.write(&batch).map_err(broken)?;
            }
        }
        if count != 1 {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "an argument of EXECUTE must be a single value",
            ));
        }
        writer.into_inner().map(Bytes::from).map_err(broken)
    }
}
