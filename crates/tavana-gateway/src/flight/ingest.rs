//! Bulk ingest: the client's batches go to the worker as they are, into a table that is made from
//! their schema if need be. All of it or nothing.

use arrow_flight::FlightData;
use arrow_flight::sql::{CommandStatementIngest, TableExistsOption, TableNotExistOption};
use arrow_schema::Schema;
use tavana_common::proto::v1::append_request::Message as Appended;
use tavana_common::proto::v1::{AppendFinish, Batch};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::arrow_message;
use super::idle;
use super::service::Service;
use super::sessions::{ClientSession, Lease};
use super::types::duckdb_of_arrow;
use crate::error::{QueryError, SqlState};
use crate::queue::Patience;
use crate::session::statement::quote_identifier;
use crate::session::{AppendTarget, Class, Parameters, Statement, TransactionState};

/// Batches between the client's stream and the worker's.
const BATCHES_AHEAD: usize = 2;

impl Service {
    /// DoPut of CommandStatementIngest. How many rows were written.
    pub(crate) async fn ingest(
        &self,
        client: &ClientSession,
        ingest: CommandStatementIngest,
        first: FlightData,
        messages: Streaming<FlightData>,
    ) -> Result<i64, Status> {
        let schema = arrow_message::schema_of(&first.data_header)
            .ok_or_else(|| Status::invalid_argument("the first message holds no Arrow schema"))?;
        check_names(&ingest, &schema)?;
        let target = Target::of(&ingest)?;
        let statements = target.statements(&ingest, &schema)?;
        let begin = Statement::internal("BEGIN", Class::begin());
        let named = ingest
            .transaction_id
            .as_ref()
            .filter(|sealed| !sealed.is_empty());
        let mut lease = match (named, client.transaction_to_begin()) {
            // The ADBC driver does not name its transaction here.
            (None, Some(id)) => client.lease_in(id).await?,
            _ => self.lease(client, &begin, named).await?,
        };
        lease.begin_request();
        let own_transaction = lease.transaction() == TransactionState::Idle;
        if own_transaction {
            client.expect_rollback(true);
            run(&mut lease, &begin).await?;
        }
        let append = AppendTarget {
            catalog: target.catalog,
            schema: target.schema,
            table: target.table,
            // By name: the table's columns may stand in another order.
            columns: schema
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .collect(),
        };
        client.note_change();
        client.note_unfinished(&lease, true);
        let patience = self.gateway().patience.clone();
        let messages = Messages {
            messages,
            patience,
            client,
        };
        let write = write(&mut lease, &statements, append, first, messages);
        let written = Box::pin(write).await;
        let ended = match (&written, own_transaction) {
            (Ok(_), false) => Ok(()),
            (Err(_), false) => {
                lease.failed(&QueryError::canceled());
                Ok(())
            }
            (Ok(_), true) => {
                run(
                    &mut lease,
                    &Statement::internal("COMMIT", Class::Commit { chain: false }),
                )
                .await
            }
            (Err(_), true) => {
                run(
                    &mut lease,
                    &Statement::internal("ROLLBACK", Class::Rollback { chain: false }),
                )
                .await
            }
        };
        client.expect_rollback(false);
        client.note_unfinished(&lease, false);
        client.note_state(&lease);
        let rows = written?;
        ended?;
        Ok(i64::try_from(rows).unwrap_or(i64::MAX))
    }
}

/// Refuses names that no table and no column can have.
fn check_names(ingest: &CommandStatementIngest, schema: &Schema) -> Result<(), Status> {
    if schema.fields().is_empty() {
        return Err(Status::invalid_argument("the ingest has no columns"));
    }
    let tables = [&ingest.catalog, &ingest.schema].into_iter().flatten();
    let columns = schema.fields().iter().map(|field| field.name());
    let zero = tables.chain([&ingest.table]).chain(columns.clone());
    if zero.into_iter().any(|name| name.contains('\0')) {
        return Err(Status::invalid_argument("a name holds a zero byte"));
    }
    if columns.into_iter().any(String::is_empty) {
        return Err(Status::invalid_argument("a column has no name"));
    }
    Ok(())
}

async fn write(
    lease: &mut Lease,
    statements: &[Statement],
    target: AppendTarget,
    first: FlightData,
    messages: Messages<'_>,
) -> Result<u64, Status> {
    for statement in statements {
        run(lease, statement).await?;
    }
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let append = lease.append(target, first.data_header, receiver);
    let forward = forward(messages, sender);
    tokio::pin!(append, forward);
    tokio::select! {
        biased;
        appended = &mut append => appended.map_err(|error| error.grpc_status()),
        forwarded = &mut forward => {
            forwarded?;
            append.await.map_err(|error| error.grpc_status())
        }
    }
}

/// What the client sends, for as long as it goes on.
struct Messages<'client> {
    messages: Streaming<FlightData>,
    patience: Patience,
    client: &'client ClientSession,
}

impl Messages<'_> {
    async fn next(&mut self) -> Result<Option<FlightData>, Status> {
        tokio::select! {
            biased;
            next = idle::next_of(&mut self.messages, &self.patience) => next,
            () = self.client.is_given_up() => {
                let text = "the client began or ended a transaction before the ingest was done";
                Err(QueryError::new(SqlState::QUERY_CANCELED, text).grpc_status())
            }
        }
    }
}

async fn forward(
    mut messages: Messages<'_>,
    batches: mpsc::Sender<Appended>,
) -> Result<(), Status> {
    loop {
        let message = match messages.next().await? {
            None => Appended::Finish(AppendFinish {}),
            Some(message) => match batch_of(message)? {
                None => continue,
                Some(batch) => Appended::Batch(batch),
            },
        };
        let ends = matches!(message, Appended::Finish(_));
        if batches.send(message).await.is_err() {
            // The append has failed: its own error says why.
            return std::future::pending().await;
        }
        if ends {
            return Ok(());
        }
    }
}

/// The batch or dictionary in a message; `None` when it is neither.
fn batch_of(message: FlightData) -> Result<Option<Batch>, Status> {
    if message.data_header.is_empty() {
        return Ok(None);
    }
    let malformed = || Status::invalid_argument("a message of the ingest is no Arrow message");
    let Some(checked) = arrow_message::check(&message).ok_or_else(malformed)? else {
        return Ok(None);
    };
    Ok(Some(Batch {
        header: message.data_header,
        // What stands behind the body belongs to nothing.
        body: message.data_body.slice(..checked.body_bytes),
        rows: checked.rows,
    }))
}

async fn run(lease: &mut Lease, statement: &Statement) -> Result<(), Status> {
    lease
        .execute(statement, Parameters::none())
        .await
        .map(|_| ())
        .map_err(|error| error.grpc_status())
}

struct Target {
    catalog: String,
    schema: String,
    table: String,
}

impl Target {
    fn of(ingest: &CommandStatementIngest) -> Result<Self, Status> {
        if ingest.table.is_empty() {
            return Err(Status::invalid_argument("the ingest names no table"));
        }
        let mut catalog = ingest.catalog.clone().unwrap_or_default();
        let mut schema = ingest.schema.clone().unwrap_or_default();
        if ingest.temporary {
            if !catalog.is_empty() && catalog != "temp" {
                return Err(Status::invalid_argument(
                    "a temporary table has no catalog of its own",
                ));
            }
            "temp".clone_into(&mut catalog);
        }
        if !catalog.is_empty() && schema.is_empty() {
            "main".clone_into(&mut schema);
        }
        Ok(Self {
            catalog,
            schema,
            table: ingest.table.clone(),
        })
    }

    fn quoted(&self) -> String {
        let parts = [&self.catalog, &self.schema, &self.table];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts
            .map(|part| quote_identifier(part))
            .collect::<Vec<_>>()
            .join(".")
    }

    /// What must run before the rows can be appended.
    fn statements(
        &self,
        ingest: &CommandStatementIngest,
        schema: &Schema,
    ) -> Result<Vec<Statement>, Status> {
        let options = ingest.table_definition_options.ok_or_else(|| {
            Status::invalid_argument("the ingest has no table definition options")
        })?;
        let malformed = |_| Status::invalid_argument("the table definition options are malformed");
        let missing = TableNotExistOption::try_from(options.if_not_exist).map_err(malformed)?;
        let present = TableExistsOption::try_from(options.if_exists).map_err(malformed)?;
        let table = self.quoted();
        let kind = if ingest.temporary {
            "TEMPORARY TABLE"
        } else {
            "TABLE"
        };
        let texts = match (missing, present) {
            (TableNotExistOption::Unspecified, _) | (_, TableExistsOption::Unspecified) => {
                return Err(Status::invalid_argument(
                    "the ingest does not say what to do when the table is there or is not",
                ));
            }
            (TableNotExistOption::Create, TableExistsOption::Fail) => {
                vec![format!("CREATE {kind} {table} {}", columns(schema)?)]
            }
            (TableNotExistOption::Create, TableExistsOption::Append) => {
                vec![format!(
                    "CREATE {kind} IF NOT EXISTS {table} {}",
                    columns(schema)?
                )]
            }
            (TableNotExistOption::Create, TableExistsOption::Replace) => {
                vec![format!(
                    "CREATE OR REPLACE {kind} {table} {}",
                    columns(schema)?
                )]
            }
            (TableNotExistOption::Fail, TableExistsOption::Append) => Vec::new(),
            (TableNotExistOption::Fail, TableExistsOption::Replace) => vec![
                format!("DROP TABLE {table}"),
                format!("CREATE {kind} {table} {}", columns(schema)?),
            ],
            (TableNotExistOption::Fail, TableExistsOption::Fail) => {
                return Err(Status::invalid_argument(
                    "the ingest fails when the table is there and when it is not",
                ));
            }
        };
        Ok(texts
            .into_iter()
            .map(|text| Statement::internal(text, Class::Stateful))
            .collect())
    }
}

/// The column list of CREATE TABLE for `schema`.
fn columns(schema: &Schema) -> Result<String, Status> {
    let columns: Result<Vec<String>, Status> = schema
        .fields()
        .iter()
        .map(|field| {
            let duckdb_type = duckdb_of_arrow(field).ok_or_else(|| {
                QueryError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    format!(
                        "could not make a column for {:?}: no type holds {}",
                        field.name(),
                        field.data_type()
                    ),
                )
                .grpc_status()
            })?;
            let null = if field.is_nullable() { "" } else { " NOT NULL" };
            Ok(format!(
                "{} {duckdb_type}{null}",
                quote_identifier(field.name())
            ))
        })
        .collect();
    Ok(format!("({})", columns?.join(", ")))
}

#[cfg(test)]
mod tests {
    use arrow_flight::sql::TableDefinitionOptions;
    use arrow_schema::{DataType, Field};

    use super::*;

    fn texts(
        missing: TableNotExistOption,
        present: TableExistsOption,
        temporary: bool,
    ) -> Result<Vec<String>, Status> {
        let ingest = CommandStatementIngest {
            table_definition_options: Some(TableDefinitionOptions {
                if_not_exist: missing.into(),
                if_exists: present.into(),
            }),
            table: "a\"b".to_owned(),
            temporary,
            ..CommandStatementIngest::default()
        };
        let schema = Schema::new(vec![
            Field::new("x;--", DataType::Int64, false),
            Field::new("y", DataType::Utf8, true),
        ]);
        let statements = Target::of(&ingest)?.statements(&ingest, &schema)?;
        Ok(statements
            .iter()
            .map(|statement| statement.text().to_owned())
            .collect())
    }

    #[test]
    fn the_table_is_made_as_the_client_asks_and_names_are_quoted() {
        use TableExistsOption::{Append, Fail as FailIfThere, Replace};
        use TableNotExistOption::{Create, Fail};
        let columns = "(\"x;--\" BIGINT NOT NULL, \"y\" VARCHAR)";
        let table: &[(TableNotExistOption, TableExistsOption, &[&str])] = &[
            (Create, FailIfThere, &["CREATE TABLE \"a\"\"b\" "]),
            (Create, Append, &["CREATE TABLE IF NOT EXISTS \"a\"\"b\" "]),
            (Create, Replace, &["CREATE OR REPLACE TABLE \"a\"\"b\" "]),
            (Fail, Append, &[]),
            (
                Fail,
                Replace,
                &["DROP TABLE \"a\"\"b\"", "CREATE TABLE \"a\"\"b\" "],
            ),
        ];
        for (missing, present, expected) in table {
            let expected: Vec<String> = expected
                .iter()
                .map(|text| {
                    if text.ends_with(' ') {
                        format!("{text}{columns}")
                    } else {
                        (*text).to_owned()
                    }
                })
                .collect();
            let texts = texts(*missing, *present, false).expect("a sound request");
            assert_eq!(texts, expected, "{missing:?} {present:?}");
        }
        texts(Fail, FailIfThere, false).expect_err("can never work");
        texts(TableNotExistOption::Unspecified, Append, false).expect_err("unspecified");
        let temporary = texts(Create, FailIfThere, true).expect("a sound request");
        assert_eq!(
            temporary,
            [format!(
                "CREATE TEMPORARY TABLE \"temp\".\"main\".\"a\"\"b\" {columns}"
            )]
        );
    }
}
