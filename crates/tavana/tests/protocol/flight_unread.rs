//! Flight SQL: statements that hold a slot while their clients neither read nor write.

use std::net::SocketAddr;
use std::time::Duration;

use arrow_array::{Int64Array, RecordBatch};
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::sql::{CommandStatementIngest, ProstMessageExt, TableDefinitionOptions};
use arrow_flight::{
    Action, CancelFlightInfoRequest, FlightClient, FlightDescriptor, FlightInfo, Ticket,
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use prost::Message;
use tokio::time::{Instant, sleep, timeout};
use tonic::{Code, Status, Streaming};

use super::flight_results::{ENDLESS, read, rows, runtime, tickets};
use crate::support::polls::{client, poll, query, status};
use crate::support::server::{Start, Tavana, metric};

const LONG: &str = "SELECT i, repeat('x', 1000) AS s FROM range(1000000000) t(i)";
const SOON: Duration = Duration::from_secs(10);

/// Waits until so many statements have a slot.
async fn running(http: SocketAddr, count: &str) {
    let since = Instant::now();
    while metric(http, "tavana_queue_running") != count {
        assert!(since.elapsed() < SOON, "{count} should be running");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until a statement has been running for longer than it takes to prepare one.
async fn runs_on(http: SocketAddr) {
    let mut looks = 0;
    while looks < 30 {
        let runs = metric(http, "tavana_queue_running") == "1";
        looks = if runs { looks + 1 } else { 0 };
        sleep(Duration::from_millis(10)).await;
    }
}

async fn open(client: &FlightClient, ticket: Ticket) -> Streaming<arrow_flight::FlightData> {
    let mut service = client.inner().clone();
    service.do_get(ticket).await.expect("a stream").into_inner()
}

/// What a stream says when it is read on, after what was under way.
async fn last_words(mut stream: Streaming<arrow_flight::FlightData>) -> Status {
    loop {
        match stream.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended as if it were complete"),
            Err(status) => return status,
        }
    }
}

async fn cancel(client: &mut FlightClient, info: FlightInfo) -> Vec<Bytes> {
    let cancel = CancelFlightInfoRequest { info: Some(info) };
    let action = Action::new("CancelFlightInfo", cancel.encode_to_vec());
    let results = client.do_action(action).await.expect("an answer");
    results.try_collect().await.expect("an answer")
}

#[test]
fn what_is_cancelled_while_nobody_reads_it_is_over_and_its_reader_hears_so() {
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "1").run();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let table = query("CREATE TEMP TABLE mine AS SELECT 1 AS i");
        poll(&mut client, table).await.expect("a table");
        for what in ["a reader that stops", "a poll that nobody reads"] {
            let info = if what == "a reader that stops" {
                client.get_flight_info(query(LONG)).await.expect("a plan")
            } else {
                let polled = poll(&mut client, query(LONG)).await;
                polled.expect("an answer").info.expect("an info")
            };
            let ticket = tickets(&info).remove(0);
            let held = if what == "a reader that stops" {
                let mut held = open(&client, ticket.clone()).await;
                held.message().await.expect("a message").expect("a schema");
                Some(held)
            } else {
                None
            };
            running(tavana.http, "1").await;
            let results = cancel(&mut client, info).await;
            assert_eq!(
                results,
                [Bytes::from_static(&[8, 1])],
                "{what}: not CANCELLED"
            );
            running(tavana.http, "0").await;
            // The session has an engine of its own, which is free as well.
            let info = client.get_flight_info(query("SELECT i FROM mine")).await;
            let mine = tickets(&info.expect("a plan")).remove(0);
            assert_eq!(rows(&read(&mut client, mine).await.expect("a row")), 1);
            let held = match held {
                Some(held) => held,
                None => open(&client, ticket).await,
            };
            assert_eq!(last_words(held).await.code(), Code::Cancelled, "{what}");
        }
    });
}

#[test]
fn a_poll_that_its_client_gives_up_before_the_answer_leaves_nothing_running() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let mut given_up = false;
        // It answers after a second, which a machine under load may take to begin.
        for _ in 0..10 {
            let polling = poll(&mut client, query(ENDLESS));
            let polled = tokio::select! {
                polled = polling => polled.expect("an answer"),
                () = runs_on(tavana.http) => {
                    given_up = true;
                    break;
                }
            };
            cancel(&mut client, polled.info.expect("an info")).await;
            running(tavana.http, "0").await;
        }
        assert!(given_up, "the poll was always answered first");
        running(tavana.http, "0").await;
    });
    tavana.becomes_idle(SOON);
}

#[test]
fn rows_that_nobody_comes_for_are_dropped_and_who_comes_late_hears_so() {
    let tavana = Start::new()
        .env("TAVANA_STREAM_IDLE_TIMEOUT_SECS", "1")
        .run();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let polled = poll(&mut client, query(LONG)).await.expect("an answer");
        let ticket = tickets(&polled.info.expect("rows to read")).remove(0);
        running(tavana.http, "1").await;
        running(tavana.http, "0").await;
        let late = read(&mut client, ticket).await.expect_err("it is over");
        assert_eq!(late.code(), Code::Cancelled);
        assert!(late.message().contains("was not read"), "{late}");
    });
    tavana.becomes_idle(SOON);
}

#[test]
fn an_ingest_whose_client_sends_nothing_more_ends_and_nothing_of_it_is_kept() {
    let tavana = Start::new()
        .env("TAVANA_STREAM_IDLE_TIMEOUT_SECS", "1")
        .run();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let ingest = CommandStatementIngest {
            table_definition_options: Some(TableDefinitionOptions {
                if_not_exist: 1,
                if_exists: 1,
            }),
            table: "arrived".to_owned(),
            ..CommandStatementIngest::default()
        };
        let numbers = Int64Array::from_iter_values(0..1000);
        let batch = RecordBatch::try_from_iter([("i", std::sync::Arc::new(numbers) as _)]);
        let messages = FlightDataEncoderBuilder::new()
            .with_flight_descriptor(Some(FlightDescriptor::new_cmd(
                ingest.as_any().encode_to_vec(),
            )))
            .build(futures::stream::iter([Ok(batch.expect("a batch"))]))
            .chain(futures::stream::pending());
        let written = timeout(SOON, async {
            let answers = client.do_put(messages).await?;
            answers.try_collect::<Vec<_>>().await
        });
        let written = written.await.expect("it ends in time");
        let ended = status(written.expect_err("it has no end"));
        assert_eq!(ended.code(), Code::Cancelled);
        assert!(ended.message().contains("sent nothing more"), "{ended}");
        running(tavana.http, "0").await;
        let table = client.get_flight_info(query("SELECT i FROM arrived")).await;
        let missing = status(table.expect_err("nothing of it is there"));
        assert_eq!(missing.code(), Code::NotFound);
    });
}
