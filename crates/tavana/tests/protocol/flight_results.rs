//! Flight SQL: results that are polled for, divided or cancelled, and tickets that nobody made.

use std::net::SocketAddr;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::sql::{Any, ProstMessageExt, TicketStatementQuery};
use arrow_flight::{Action, CancelFlightInfoRequest, FlightClient, FlightInfo, Ticket};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use prost::Message;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::support::polls::{channel, client, poll, poll_to_its_end, query, status};
use crate::support::server::{Start, Tavana};

/// Long enough to be polled for, and ends by itself.
const SLOW: &str =
    "SELECT sum(hash(a.range + b.range) % 7)::BIGINT AS s FROM range(1000000) a, range(400) b";
pub(super) const ENDLESS: &str =
    "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range";

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

pub(super) fn tickets(info: &FlightInfo) -> Vec<Ticket> {
    info.endpoint
        .iter()
        .map(|endpoint| endpoint.ticket.clone().expect("a ticket"))
        .collect()
}

pub(super) async fn read(
    client: &mut FlightClient,
    ticket: Ticket,
) -> Result<Vec<RecordBatch>, Status> {
    let stream = client.do_get(ticket).await.map_err(status)?;
    stream.try_collect().await.map_err(status)
}

pub(super) fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn a_poll_is_complete_at_once_when_the_statement_is_quick() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let polled = poll(&mut client, query("SELECT i FROM range(5000) t(i)"))
            .await
            .expect("an answer");
        assert_eq!(polled.flight_descriptor, None);
        assert_eq!(polled.progress, Some(1.0));
        let info = polled.info.expect("an info");
        assert_eq!(
            info.clone()
                .try_decode_schema()
                .expect("a schema")
                .fields()
                .len(),
            1
        );
        let [ticket] = tickets(&info).try_into().expect("one endpoint");
        let batches = read(&mut client, ticket).await.expect("rows");
        assert_eq!(rows(&batches), 5000);
        // A change runs once, however often it is polled for, and says what it did.
        poll(&mut client, query("CREATE TABLE t (i INTEGER)"))
            .await
            .expect("a table");
        let polled = poll(&mut client, query("INSERT INTO t VALUES (1), (2)")).await;
        assert_eq!(
            polled.expect("rows").info.expect("an info").total_records,
            2
        );
        let polled = poll(&mut client, query("SELECT bad")).await;
        assert_eq!(polled.expect_err("no such column").code(), Code::NotFound);
    });
}

#[test]
fn a_long_statement_runs_while_it_is_polled_for() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let mut client = client(tavana.flight).await;
        let began = Instant::now();
        let mut polled = poll(&mut client, query(SLOW)).await.expect("an answer");
        assert!(
            began.elapsed() < Duration::from_secs(4),
            "it waits a second, not for the end"
        );
        let mut polls = 1;
        while let Some(descriptor) = polled.flight_descriptor.take() {
            let info = polled.info.expect("an info");
            assert!(info.endpoint.is_empty(), "nothing can be read yet");
            assert_eq!(
                info.try_decode_schema().expect("a schema").field(0).name(),
                "s"
            );
            polled = poll(&mut client, descriptor).await.expect("an answer");
            polls += 1;
        }
        assert!(polls > 1, "it took longer than one poll");
        let [ticket] = tickets(&polled.info.expect("an info"))
            .try_into()
            .expect("one endpoint");
        assert_eq!(rows(&read(&mut client, ticket).await.expect("a row")), 1);
    });
}

#[test]
fn a_poll_says_how_much_is_done_where_duckdb_can_tell() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let mut known = client(tavana.flight).await;
        let table = "CREATE TABLE big AS SELECT range AS i FROM range(3000000)";
        poll_to_its_end(&mut known, table).await;
        let endless = query("SELECT count(*) FROM big, range(1000000000000) b");
        let mut polled = poll(&mut known, endless).await.expect("an answer");
        let mut unknown = client(tavana.flight).await;
        let endless = query("SELECT sum(hash(range)) FROM range(1000000000000)");
        let other = poll(&mut unknown, endless).await.expect("an answer");
        assert_eq!(other.progress, None);
        assert!(other.flight_descriptor.is_some());
        for _ in 0..30 {
            if polled.progress.is_some_and(|progress| progress > 0.0) {
                break;
            }
            let descriptor = polled.flight_descriptor.expect("to poll again");
            polled = poll(&mut known, descriptor).await.expect("an answer");
        }
        let progress = polled.progress.expect("DuckDB reads a table");
        assert!(progress > 0.0 && progress < 1.0, "{progress}");
    });
    tavana.becomes_idle(Duration::from_secs(10));
}

#[test]
fn what_is_polled_for_can_be_cancelled_and_ends_with_its_connection() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let mut first = client(tavana.flight).await;
        let polled = poll(&mut first, query(ENDLESS)).await.expect("an answer");
        let info = polled.info.expect("an info");
        let cancel = CancelFlightInfoRequest { info: Some(info) };
        let action = Action::new("CancelFlightInfo", cancel.encode_to_vec());
        let results: Vec<Bytes> = first
            .do_action(action)
            .await
            .expect("an answer")
            .try_collect()
            .await
            .expect("an answer");
        assert_eq!(results, [Bytes::from_static(&[8, 1])], "CANCELLED");
        let again = poll(&mut first, polled.flight_descriptor.expect("to poll again")).await;
        assert_eq!(again.expect_err("cancelled").code(), Code::Cancelled);
        // The other way to end it: the client goes.
        let mut second = client(tavana.flight).await;
        let polled = poll(&mut second, query(ENDLESS)).await.expect("an answer");
        assert!(polled.flight_descriptor.is_some());
    });
    tavana.becomes_idle(Duration::from_secs(10));
}

async fn divided(to: SocketAddr, sql: &str, endpoints: &str) -> (FlightClient, Vec<Ticket>) {
    let mut client = client(to).await;
    client
        .add_header("x-tavana-endpoints", endpoints)
        .expect("a header");
    let info = client.get_flight_info(query(sql)).await.expect("a plan");
    let tickets = tickets(&info);
    (client, tickets)
}

async fn stream(to: &FlightClient, ticket: Ticket) -> FlightRecordBatchStream {
    let mut service = to.inner().clone();
    let answer = service.do_get(ticket).await.expect("a stream").into_inner();
    FlightRecordBatchStream::new_from_flight_data(
        answer.map_err(|status| FlightError::Tonic(Box::new(status))),
    )
}

#[test]
fn endpoints_read_at_once_have_each_row_once() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let sql = "SELECT i, ('v' || i % 3)::ENUM('v0', 'v1', 'v2') AS e FROM range(3000000) t(i)";
        let (client, tickets) = divided(tavana.flight, sql, "3").await;
        assert_eq!(tickets.len(), 3);
        let streams =
            futures::future::join_all(tickets.into_iter().map(|ticket| stream(&client, ticket)))
                .await;
        let parts = futures::future::join_all(
            streams
                .into_iter()
                .map(|stream| stream.try_collect::<Vec<RecordBatch>>()),
        )
        .await;
        let mut seen = vec![false; 3_000_000];
        let mut readers_with_rows = 0;
        for part in parts {
            let part = part.expect("a part");
            readers_with_rows += usize::from(rows(&part) > 0);
            for batch in part {
                let numbers = batch
                    .column(0)
                    .as_any()
                    .downcast_ref::<arrow_array::Int64Array>()
                    .expect("numbers");
                for number in numbers.values() {
                    let place = usize::try_from(*number).expect("small");
                    assert!(
                        !std::mem::replace(&mut seen[place], true),
                        "{number} came twice"
                    );
                }
            }
        }
        assert!(seen.into_iter().all(|seen| seen), "every row came");
        assert!(readers_with_rows > 1, "more than one reader had a share");
    });
}

#[test]
fn a_ticket_of_a_shared_result_is_read_once_and_a_second_reader_takes_nothing() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let sql = "SELECT i FROM range(10) t(i)";
        let (mut client, tickets) = divided(tavana.flight, sql, "2").await;
        let [one, other] = <[Ticket; 2]>::try_from(tickets).expect("two endpoints");
        let polled = poll(&mut client, query(sql)).await.expect("an answer");
        let [polled, _] = self::tickets(&polled.info.expect("an info"))
            .try_into()
            .expect("two endpoints");
        for ticket in [&one, &polled] {
            let first = read(&mut client, ticket.clone()).await.expect("rows");
            assert_eq!(rows(&first), 10);
            let again = read(&mut client, ticket.clone()).await;
            let again = again.expect_err("its rows are gone");
            assert_eq!(again.code(), Code::FailedPrecondition, "{again}");
        }
        let rest = read(&mut client, other).await.expect("nothing is left");
        assert_eq!(rows(&rest), 0);

        // A second reader beside the first one: it hears so, and the first one has all rows.
        let sql = "SELECT i FROM range(5000000) t(i)";
        let (mut client, tickets) = divided(tavana.flight, sql, "1").await;
        let [ticket] = <[Ticket; 1]>::try_from(tickets).expect("one endpoint");
        let mut first = stream(&client, ticket.clone()).await;
        let batch = first.next().await.expect("a batch").expect("a batch");
        let twin = read(&mut client, ticket.clone()).await;
        assert_eq!(
            twin.expect_err("another reads").code(),
            Code::FailedPrecondition
        );
        let others: Vec<RecordBatch> = first.try_collect().await.expect("the rest");
        assert_eq!(batch.num_rows() + rows(&others), 5_000_000);

        // What a failed reader has taken is gone as well.
        let (mut client, tickets) = divided(tavana.flight, sql, "1").await;
        let mut given_up = stream(&client, tickets[0].clone()).await;
        given_up.next().await.expect("a batch").expect("a batch");
        drop(given_up);
        let retried = read(&mut client, tickets[0].clone()).await;
        assert_eq!(
            retried.expect_err("a part is gone").code(),
            Code::FailedPrecondition
        );

        // A change has no rows that could be missing.
        let table = query("CREATE TABLE t AS SELECT 1 AS i");
        let polled = poll(&mut client, table).await.expect("a table");
        let [ticket] = self::tickets(&polled.info.expect("an info"))
            .try_into()
            .expect("one endpoint");
        for _ in 0..2 {
            let nothing = read(&mut client, ticket.clone()).await.expect("no rows");
            assert_eq!(rows(&nothing), 0);
        }
    });
}

#[test]
fn endpoints_end_in_an_error_when_one_of_them_is_given_up_or_the_statement_fails() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let sql = "SELECT i, 'x' || i AS s FROM range(50000000) t(i)";
        let (client, tickets) = divided(tavana.flight, sql, "2").await;
        let [one, other] = <[Ticket; 2]>::try_from(tickets).expect("two endpoints");
        let mut given_up = stream(&client, one).await;
        given_up.next().await.expect("a batch").expect("a batch");
        let mut kept = stream(&client, other).await;
        kept.next().await.expect("a batch").expect("a batch");
        drop(given_up);
        let end = loop {
            match kept.next().await {
                Some(Ok(_)) => {}
                other => break other,
            }
        };
        let error = end
            .expect("no clean end: rows are missing")
            .expect_err("an error");
        assert_eq!(status(error).code(), Code::Cancelled);

        let sql = "SELECT CASE WHEN i = 2000000 THEN error('mine') ELSE i::VARCHAR END \
                   FROM range(3000000) t(i)";
        let (mut client, tickets) = divided(tavana.flight, sql, "2").await;
        for ticket in tickets {
            let error = read(&mut client, ticket).await.expect_err("it fails");
            assert!(error.message().contains("mine"), "{error:?}");
        }
        for wrong in ["0", "65", "many"] {
            client.metadata_mut().clear();
            client
                .add_header("x-tavana-endpoints", wrong)
                .expect("a header");
            let refused = client.get_flight_info(query("SELECT 1")).await;
            assert_eq!(
                status(refused.expect_err("refused")).code(),
                Code::InvalidArgument
            );
        }
    });
    tavana.becomes_idle(Duration::from_secs(10));
}

#[test]
fn of_a_hundred_thousand_changed_tickets_none_is_taken() {
    let tavana = Tavana::start();
    runtime().block_on(async {
        let channel = channel(tavana.flight).await;
        let mut service = FlightServiceClient::new(channel.clone());
        let info = service
            .get_flight_info(query("SELECT 42 AS n FROM range(1)"))
            .await;
        let [good] = tickets(&info.expect("a plan").into_inner())
            .try_into()
            .expect("one");
        let any = Any::decode(good.ticket.clone()).expect("an Any");
        let sealed = any
            .unpack::<TicketStatementQuery>()
            .expect("decodes")
            .expect("a statement's ticket")
            .statement_handle;
        let wrapped = |handle: Vec<u8>| Ticket {
            ticket: TicketStatementQuery {
                statement_handle: handle.into(),
            }
            .as_any()
            .encode_to_vec()
            .into(),
        };
        // Every bit, every length, every byte replaced; then the same with bytes of noise.
        let mut wrong: Vec<Ticket> = Vec::with_capacity(100_000);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            wrong.push(wrapped(changed));
        }
        for length in 0..sealed.len() {
            wrong.push(wrapped(sealed[..length].to_vec()));
            wrong.push(Ticket {
                ticket: good.ticket.slice(..length),
            });
        }
        wrong.push(wrapped([&sealed[..], &sealed[..]].concat()));
        wrong.push(wrapped(vec![7; 1 << 20]));
        wrong.push(Ticket {
            ticket: vec![7; 1 << 20].into(),
        });
        // A generator of the classic kind: the tickets are the same in every run.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        while wrong.len() < 100_000 {
            let mut changed = sealed.to_vec();
            let length = changed.len() as u64;
            for _ in 0..=random() % 8 {
                let place = usize::try_from(random() % length).expect("small");
                changed[place] = u8::try_from(random() % 256).expect("a byte");
            }
            if changed != sealed {
                wrong.push(wrapped(changed));
            }
        }
        let refused = futures::stream::iter(wrong)
            .map(|ticket| {
                let mut service = FlightServiceClient::new(channel.clone());
                async move {
                    let code = match service.do_get(ticket).await {
                        Err(status) => status.code(),
                        Ok(mut stream) => match stream.get_mut().message().await {
                            Err(status) => status.code(),
                            Ok(_) => panic!("a changed ticket was taken"),
                        },
                    };
                    assert!(
                        matches!(
                            code,
                            Code::Unauthenticated | Code::PermissionDenied | Code::NotFound
                        ),
                        "{code:?}"
                    );
                }
            })
            .buffer_unordered(64)
            .count()
            .await;
        assert_eq!(refused, 100_000);
        let answer = service.do_get(good).await.expect("the real one");
        assert!(
            answer
                .into_inner()
                .message()
                .await
                .expect("a schema")
                .is_some()
        );
    });
}

#[test]
fn a_result_of_the_server_is_compressed_when_the_operator_says_so() {
    for (name, smaller) in [("none", false), ("zstd", true), ("lz4", true)] {
        let tavana = Start::new().env("TAVANA_FLIGHT_COMPRESSION", name).run();
        runtime().block_on(async {
            let mut service = FlightServiceClient::new(channel(tavana.flight).await)
                .max_decoding_message_size(64 << 20);
            let sql = "SELECT 'the same text, again and again' AS s FROM range(200000)";
            let info = service
                .get_flight_info(query(sql))
                .await
                .expect("a plan")
                .into_inner();
            let [ticket] = tickets(&info).try_into().expect("one endpoint");
            let mut stream = service.do_get(ticket).await.expect("a stream").into_inner();
            let mut bytes = 0;
            while let Some(message) = stream.message().await.expect("a message") {
                bytes += message.data_body.len();
            }
            assert_eq!(bytes < 2_000_000, smaller, "{name}: {bytes} bytes");
        });
    }
}
