//! Append: Arrow batches into a table.
//!
//! The engine may give up before the last batch, and the client may go before it, so the two
//! directions are watched together. A batch is taken from the client only when the one before it
//! is in the engine's socket: that is the back-pressure.

use std::sync::Arc;

use tavana_common::failure;
use tavana_common::proto::engine::{self, AppendEnd, to_engine};
use tavana_common::proto::v1::{
    AppendRequest, AppendResponse, AppendStart, Failure, FailureKind, append_request,
};
use tonic::{Status, Streaming};
use tracing::debug;

use super::context::{self, invalid};
use super::statement::Statement;
use crate::supervisor::checkout::Checkout;
use crate::supervisor::process::Reply;
use crate::supervisor::stop::{StopReason, Watch};
use crate::supervisor::{Context, Load, Supervisor};

pub(super) async fn append(
    supervisor: &Arc<Supervisor>,
    mut requests: Streaming<AppendRequest>,
) -> Result<AppendResponse, Failure> {
    let first = requests
        .message()
        .await
        .map_err(broken)?
        .and_then(|request| request.message);
    let Some(append_request::Message::Start(mut start)) = first else {
        return Err(invalid("the first message of an append is its start"));
    };
    let context = context::read(start.session.take(), supervisor.cluster_key())?;
    let mut statement = Statement::begin(
        supervisor,
        "append",
        &start.query_id,
        &context,
        start.timeout_ms,
    )?;
    let outcome = run(supervisor, context, start, requests, &mut statement.watch).await;
    statement.end(&outcome);
    outcome
}

async fn run(
    supervisor: &Arc<Supervisor>,
    context: Context,
    start: AppendStart,
    mut requests: Streaming<AppendRequest>,
    watch: &mut Watch,
) -> Result<AppendResponse, Failure> {
    let mut checkout = supervisor
        .checkout(&context, Load::Statement, watch)
        .await?;
    let start = engine::AppendStart {
        role: context.role.into(),
        grant: Some(checkout.grant()),
        settings: context.settings,
        catalog: start.catalog,
        schema: start.schema,
        table: start.table,
        columns: start.columns,
        arrow_schema: start.arrow_schema,
    };
    checkout
        .send(to_engine::Message::AppendStart(start), watch)
        .await?;
    loop {
        tokio::select! {
            biased;
            reason = watch.tripped() => return Err(checkout.halt(reason).await),
            // Before the end of the batches this can only be a failure.
            reply = checkout.answer() => {
                let reply = reply?;
                return Err(checkout.out_of_turn(&reply));
            }
            request = requests.message() => match request.map(|r| r.and_then(|r| r.message)) {
                Ok(Some(append_request::Message::Batch(batch))) => {
                    checkout.send_batch(batch, watch).await?;
                }
                Ok(Some(append_request::Message::Start(_))) => {
                    return Err(give_up(&mut checkout, invalid("a second start")).await);
                }
                Ok(Some(append_request::Message::Finish(_))) => break,
                Ok(None) => {
                    let gone = Status::cancelled("the stream ended before the append did");
                    return Err(give_up(&mut checkout, broken(gone)).await);
                }
                Err(status) => return Err(give_up(&mut checkout, broken(status)).await),
            },
        }
    }
    checkout
        .send(to_engine::Message::AppendEnd(AppendEnd {}), watch)
        .await?;
    match checkout.next(watch).await? {
        Reply::Done(done) => Ok(AppendResponse { rows: done.rows }),
        reply => Err(checkout.out_of_turn(&reply)),
    }
}

async fn give_up(checkout: &mut Checkout, failure: Failure) -> Failure {
    checkout.halt(StopReason::Dropped).await;
    failure
}

/// The client's stream broke off: what it sent so far must not be kept.
fn broken(status: Status) -> Failure {
    debug!(code = ?status.code(), "the stream of an append broke off");
    let kind = match status.code() {
        tonic::Code::OutOfRange | tonic::Code::ResourceExhausted => FailureKind::FailureLimit,
        _ => FailureKind::FailureCancelled,
    };
    failure::new(
        kind,
        format!("the stream of the append broke off: {}", status.message()),
    )
}
