//! Flight SQL: calls that break off, transactions that nobody can name, and messages that
//! contradict themselves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::sql::client::FlightSqlServiceClient;
use arrow_flight::sql::{
    ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult, Any,
    CommandPreparedStatementQuery, CommandPreparedStatementUpdate, CommandStatementIngest,
    EndTransaction, ProstMessageExt, TableDefinitionOptions, TableExistsOption,
    TableNotExistOption,
};
use arrow_flight::{Action, FlightData, FlightDescriptor, Ticket};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use prost::Message as _;
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use crate::support::server::{Tavana, metric};

/// How often what depends on the moment is tried.
const TRIES: usize = 20;

struct Client {
    raw: FlightServiceClient<Channel>,
    sql: FlightSqlServiceClient<Channel>,
}

impl Client {
    async fn connect(to: SocketAddr) -> Self {
        let channel = Endpoint::from_shared(format!("http://{to}"))
            .expect("an address")
            .connect()
            .await
            .expect("the Flight port is open");
        Self {
            raw: FlightServiceClient::new(channel.clone()),
            sql: FlightSqlServiceClient::new(channel),
        }
    }

    async fn run(&mut self, sql: &str) -> i64 {
        self.sql
            .execute_update(sql.to_owned(), None)
            .await
            .expect(sql)
    }

    /// The one number of a query.
    async fn number(&mut self, sql: &str) -> i64 {
        let info = self.sql.execute(sql.to_owned(), None).await.expect(sql);
        let ticket = info.endpoint[0].ticket.clone().expect("a ticket");
        let batches = self.read(ticket).await.expect("rows");
        let column = batches.iter().find(|batch| batch.num_rows() > 0);
        let column = column.expect("a row").column(0);
        let numbers = column.as_any().downcast_ref::<Int64Array>();
        numbers.expect("a BIGINT").value(0)
    }

    async fn read(&mut self, ticket: Ticket) -> Result<Vec<RecordBatch>, Status> {
        let stream = self.sql.do_get(ticket).await;
        let wrong = |error: String| Status::unknown(error);
        let stream = stream.map_err(|error| wrong(error.to_string()))?;
        let batches = stream.try_collect().await;
        batches.map_err(|error: arrow_flight::error::FlightError| wrong(error.to_string()))
    }

    /// A call that puts `messages` and ends; the body of the answer.
    async fn put(&mut self, messages: Vec<FlightData>) -> Result<Bytes, Status> {
        let mut answer = self
            .raw
            .do_put(futures::stream::iter(messages))
            .await?
            .into_inner();
        let first = answer.message().await?;
        Ok(first.map(|result| result.app_metadata).unwrap_or_default())
    }

    /// A call that puts `messages`, and goes away when the last of them is on its way.
    async fn break_off(&mut self, messages: Vec<FlightData>) {
        let (taken, all_taken) = oneshot::channel();
        let endless = futures::stream::once(async {
            taken.send(()).expect("somebody waits");
            std::future::pending().await
        });
        let stream = futures::stream::iter(messages).chain(endless);
        let call = async {
            let answer = self.raw.do_put(stream).await;
            let mut answer = answer.expect("it begins").into_inner();
            answer.message().await
        };
        tokio::select! {
            answer = call => panic!("it has not ended: {answer:?}"),
            all = all_taken => all.expect("it is told"),
        }
    }

    async fn prepare(&mut self, sql: &str) -> Bytes {
        let request = ActionCreatePreparedStatementRequest {
            query: sql.to_owned(),
            transaction_id: None,
        };
        let action = Action::new("CreatePreparedStatement", request.as_any().encode_to_vec());
        let mut results = self.raw.do_action(action).await.expect(sql).into_inner();
        let result = results.message().await.expect(sql).expect("a result");
        Any::decode(result.body)
            .expect("Any")
            .unpack::<ActionCreatePreparedStatementResult>()
            .expect("its type")
            .expect("its type")
            .prepared_statement_handle
    }
}

fn numbers(value: i64, rows: usize) -> RecordBatch {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![value; rows]));
    RecordBatch::try_from_iter([("i", column)]).expect("one column")
}

async fn messages(command: Any, batches: &[RecordBatch]) -> Vec<FlightData> {
    let batches: Vec<_> = batches.iter().cloned().map(Ok).collect();
    FlightDataEncoderBuilder::new()
        .with_flight_descriptor(Some(FlightDescriptor::new_cmd(command.encode_to_vec())))
        .build(futures::stream::iter(batches))
        .map(|message| message.expect("it encodes"))
        .collect()
        .await
}

fn ingest(table: &str, transaction: Option<Bytes>) -> Any {
    CommandStatementIngest {
        table_definition_options: Some(TableDefinitionOptions {
            if_not_exist: TableNotExistOption::Create.into(),
            if_exists: TableExistsOption::Append.into(),
        }),
        table: table.to_owned(),
        transaction_id: transaction,
        ..CommandStatementIngest::default()
    }
    .as_any()
}

fn on_a_server(test: impl AsyncFnOnce(&Tavana, Client)) {
    let tavana = Tavana::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = Client::connect(tavana.flight).await;
        test(&tavana, client).await;
    });
}

#[test]
fn a_transaction_whose_ingest_or_update_broke_off_cannot_be_committed() {
    on_a_server(async |_, mut client| {
        client.run("CREATE TABLE t (i BIGINT)").await;
        let insert = client.prepare("INSERT INTO t VALUES (?::BIGINT)").await;
        for by_ingest in [true, false] {
            let transaction = client.sql.begin_transaction().await.expect("it begins");
            // It has begun when a statement has named it.
            client
                .sql
                .execute_update(
                    "CREATE TABLE u (i INT)".to_owned(),
                    Some(transaction.clone()),
                )
                .await
                .expect("a table");
            if by_ingest {
                let command = ingest("t", Some(transaction.clone()));
                let batches = vec![numbers(1, 50_000); 8];
                client.break_off(messages(command, &batches).await).await;
            } else {
                let command = CommandPreparedStatementUpdate {
                    prepared_statement_handle: insert.clone(),
                };
                let put = messages(command.as_any(), &[numbers(1, 50_000)]).await;
                let mut raw = client.raw.clone();
                let update = raw.do_put(futures::stream::iter(put));
                tokio::time::timeout(Duration::from_millis(300), update)
                    .await
                    .map(drop)
                    .expect_err("so many executions take longer");
            }
            let commit = client
                .sql
                .end_transaction(transaction, EndTransaction::Commit);
            commit.await.expect_err("nobody knows how far it came");
            assert_eq!(client.number("SELECT count(*) FROM t").await, 0);
        }
    });
}

#[test]
fn parameters_that_broke_off_are_neither_bound_nor_executed() {
    on_a_server(async |_, mut client| {
        client.run("CREATE TABLE t (i BIGINT)").await;
        let insert = client.prepare("INSERT INTO t VALUES (?::BIGINT)").await;
        let select = client.prepare("SELECT ?::BIGINT AS i").await;
        let batches = [numbers(1, 5), numbers(1, 5)];
        for _ in 0..TRIES {
            let command = CommandPreparedStatementUpdate {
                prepared_statement_handle: insert.clone(),
            };
            let put = messages(command.as_any(), &batches).await;
            client.break_off(put).await;
            let command = CommandPreparedStatementQuery {
                prepared_statement_handle: select.clone(),
            };
            let put = messages(command.as_any(), &batches).await;
            client.break_off(put).await;
        }
        assert_eq!(client.number("SELECT count(*) FROM t").await, 0);
        let command = CommandPreparedStatementQuery {
            prepared_statement_handle: select,
        };
        let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
        let info = client.raw.get_flight_info(descriptor).await;
        info.expect_err("nothing was bound to its parameter");
    });
}

#[test]
fn a_transaction_that_nobody_was_told_of_is_none() {
    on_a_server(async |_, mut client| {
        client.run("CREATE TEMP TABLE t (i BIGINT)").await;
        for number in 0..TRIES {
            let action = Action::new(
                "BeginTransaction",
                arrow_flight::sql::ActionBeginTransactionRequest {}
                    .as_any()
                    .encode_to_vec(),
            );
            let mut raw = client.raw.clone();
            let begin = async move { raw.do_action(action).await };
            // Given up at some moment of its life.
            let moment = Duration::from_micros(100 * u64::try_from(number).expect("small"));
            drop(tokio::time::timeout(moment, begin).await);
            assert_eq!(client.run("INSERT INTO t VALUES (1)").await, 1);
        }
        let transaction = client.sql.begin_transaction().await.expect("there is none");
        let undone = client
            .sql
            .execute_update("DELETE FROM t".to_owned(), Some(transaction.clone()))
            .await;
        assert_eq!(undone.expect("rows"), i64::try_from(TRIES).expect("small"));
        let rollback = client
            .sql
            .end_transaction(transaction, EndTransaction::Rollback);
        rollback.await.expect("it ends");
        let rows = client.number("SELECT count(*) FROM t").await;
        assert_eq!(rows, i64::try_from(TRIES).expect("small"));
    });
}

#[test]
fn a_statement_of_a_transaction_that_ends_before_its_turn_is_refused() {
    on_a_server(async |tavana, mut client| {
        client.run("CREATE TABLE t (i BIGINT)").await;
        let transaction = client.sql.begin_transaction().await.expect("it begins");
        let mut other = client.sql.clone();
        let sql =
            "CREATE TABLE x AS SELECT count(*) FROM range(80000000) WHERE hash(range) % 7 = 0";
        let long = other.execute_update(sql.to_owned(), Some(transaction.clone()));
        let mut ending = client.sql.clone();
        let late = async {
            while metric(tavana.http, "tavana_queue_running") != "1" {
                tokio::task::yield_now().await;
            }
            let end = ending.end_transaction(transaction.clone(), EndTransaction::Rollback);
            let mut end = std::pin::pin!(end);
            tokio::time::timeout(Duration::from_millis(100), end.as_mut())
                .await
                .expect_err("it waits for the long one");
            let insert = "INSERT INTO t VALUES (1)".to_owned();
            let late = client.sql.execute_update(insert, Some(transaction.clone()));
            let (ended, late) = tokio::join!(end, late);
            ended.expect("a rollback");
            late
        };
        let (long, late) = tokio::join!(long, late);
        long.expect("a table");
        late.expect_err("its transaction is over");
        assert_eq!(client.number("SELECT count(*) FROM t").await, 0);
    });
}

#[test]
fn a_ticket_is_never_read_with_what_was_bound_after_it() {
    on_a_server(async |_, mut client| {
        let handle = client.prepare("SELECT ?::BIGINT AS i").await;
        let mut tickets = Vec::new();
        for value in [1, 2] {
            // Too large to travel in the handle.
            let command = CommandPreparedStatementQuery {
                prepared_statement_handle: handle.clone(),
            };
            let put = messages(command.as_any(), &[numbers(value, 200_000)]).await;
            let answer = client.put(put).await.expect("bound");
            let bound = arrow_flight::sql::DoPutPreparedStatementResult::decode(answer)
                .expect("its type")
                .prepared_statement_handle
                .expect("a handle");
            let command = CommandPreparedStatementQuery {
                prepared_statement_handle: bound,
            };
            let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
            let info = client.raw.get_flight_info(descriptor).await.expect("info");
            let ticket = info.into_inner().endpoint[0].ticket.clone();
            tickets.push(ticket.expect("a ticket"));
        }
        let first = client.read(tickets.remove(0)).await;
        let first = first.expect_err("its parameters are gone").to_string();
        assert!(first.contains("bind them again"), "{first}");
        let second = client.read(tickets.remove(0)).await.expect("rows");
        assert!(second.iter().all(|batch| {
            let column = batch.column(0).as_any().downcast_ref::<Int64Array>();
            column
                .expect("a BIGINT")
                .iter()
                .all(|value| value == Some(2))
        }));
    });
}

#[test]
fn an_ingest_that_contradicts_itself_is_refused_and_its_session_goes_on() {
    on_a_server(async |_, mut client| {
        client.run("CREATE TEMP TABLE kept (i BIGINT)").await;
        client.run("CREATE TABLE t (i BIGINT)").await;
        let batches = vec![numbers(7, 10); 6];
        let sound = messages(ingest("t", None), &batches).await;
        for cut in [1, 8, 80] {
            let mut put = sound.clone();
            let body = put[3].data_body.clone();
            put[3].data_body = body.slice(..body.len().saturating_sub(cut));
            let refused = client.put(put).await.expect_err("a batch is cut");
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
        }
        assert_eq!(client.number("SELECT count(*) FROM t").await, 0);
        // Whatever a changed bit of a header means, it is told by an error or done.
        for number in 0..200 {
            let mut put = sound.clone();
            let at = if number % 2 == 0 { 0 } else { 2 };
            let mut header = put[at].data_header.to_vec();
            let bit = number * 37 % (header.len() * 8);
            header[bit / 8] ^= 1 << (bit % 8);
            put[at].data_header = header.into();
            if let Err(status) = client.put(put).await {
                let expected = [
                    Code::InvalidArgument,
                    Code::ResourceExhausted,
                    Code::Unimplemented,
                    Code::NotFound,
                ];
                assert!(expected.contains(&status.code()), "{bit}: {status}");
            }
        }
        for names in [vec![], vec![""], vec!["a\0b"]] {
            let columns = names
                .into_iter()
                .map(|name| (name, Arc::new(Int64Array::from(vec![1])) as ArrayRef));
            let batch = RecordBatch::try_from_iter_with_nullable(
                columns.map(|(name, column)| (name, column, true)),
            );
            let Ok(batch) = batch else { continue };
            let put = messages(ingest("n", None), &[batch]).await;
            let refused = client.put(put).await.expect_err("no name of a column");
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
        }
        assert_eq!(client.number("SELECT count(*) FROM kept").await, 0);
    });
}
