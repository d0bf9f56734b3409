//! Polls that come to another gateway than the one where the statement began.

use std::time::Duration;

use arrow_flight::{Action, CancelFlightInfoRequest, PollInfo, Ticket};
use bytes::Bytes;
use futures::TryStreamExt;
use prost::Message;
use tonic::Code;

use crate::support::cluster::Plan;
use crate::support::polls::{client, poll, poll_to_its_end, query};

/// DuckDB knows how much of the table it has read.
const ENDLESS: &str = "SELECT count(*) FROM big, range(1000000000000) b";
/// Takes longer than one poll, and then has more rows than fit on the way.
const SLOW_THEN_LONG: &str = "WITH s AS MATERIALIZED (
        SELECT sum(hash(a.range + b.range) % 7)::BIGINT AS s FROM range(1000000) a, range(400) b)
    SELECT s.s, r.range FROM s, range(1000000000000) r";

fn ticket(polled: &PollInfo) -> Ticket {
    let info = polled.info.as_ref().expect("an info");
    assert_eq!(info.endpoint.len(), 1);
    info.endpoint[0].ticket.clone().expect("a ticket")
}

#[test]
fn a_poll_at_another_gateway_is_answered_by_the_worker() {
    let cluster = Plan::of(2, 2).start();
    let (own, other) = (cluster.gateways[0].flight, cluster.gateways[1].flight);
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(async {
            let (mut own, mut other) = (client(own).await, client(other).await);
            let table = "CREATE TABLE big AS SELECT range AS i FROM range(3000000)";
            poll_to_its_end(&mut own, table).await;
            let mut polled = poll(&mut own, query(ENDLESS)).await.expect("an answer");
            let mut descriptor = polled.flight_descriptor.take().expect("to poll again");
            for _ in 0..30 {
                polled = poll(&mut other, descriptor).await.expect("an answer");
                descriptor = polled.flight_descriptor.take().expect("to poll again");
                if polled.progress.is_some_and(|progress| progress > 0.0) {
                    break;
                }
            }
            let progress = polled.progress.expect("DuckDB reads a table");
            assert!(progress > 0.0 && progress < 1.0, "{progress}");
            let info = polled.info.expect("an info");
            assert!(info.endpoint.is_empty(), "nothing can be read yet");
            let schema = info.clone().try_decode_schema().expect("a schema");
            assert_eq!(schema.fields().len(), 1);
            // What the other gateway gave out is good for a cancel, and at the first gateway.
            let cancel = CancelFlightInfoRequest { info: Some(info) };
            let action = Action::new("CancelFlightInfo", cancel.encode_to_vec());
            let results: Vec<Bytes> = other
                .do_action(action)
                .await
                .expect("an answer")
                .try_collect()
                .await
                .expect("an answer");
            assert_eq!(results, [Bytes::from_static(&[8, 1])], "CANCELLED");
            let here = poll(&mut own, descriptor.clone()).await;
            assert_eq!(here.expect_err("cancelled").code(), Code::Cancelled);
            let there = poll(&mut other, descriptor)
                .await
                .expect_err("it has ended");
            assert_eq!(there.code(), Code::FailedPrecondition, "{there}");
        });
    cluster.becomes_idle(Duration::from_secs(10));
}

#[test]
fn a_poll_at_another_gateway_is_complete_when_there_are_rows_where_it_began() {
    let cluster = Plan::of(2, 1).start();
    let (own, other) = (cluster.gateways[0].flight, cluster.gateways[1].flight);
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(async {
            let (mut own, mut other) = (client(own).await, client(other).await);
            let mut polled = poll(&mut own, query(SLOW_THEN_LONG))
                .await
                .expect("an answer");
            while let Some(descriptor) = polled.flight_descriptor.take() {
                polled = poll(&mut other, descriptor).await.expect("an answer");
            }
            assert_eq!(polled.progress, Some(1.0));
            let ticket = ticket(&polled);
            let elsewhere = other.do_get(ticket.clone()).await;
            assert!(elsewhere.is_err(), "the rows are where it began");
            let mut rows = own.do_get(ticket).await.expect("rows");
            let batch = rows.try_next().await.expect("rows").expect("a batch");
            assert!(batch.num_rows() > 0);
        });
    cluster.becomes_idle(Duration::from_secs(10));
}
