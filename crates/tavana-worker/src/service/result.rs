//! The stream of a result, and the task that fills it.
//!
//! The channel between them holds few messages (`TAVANA_GRPC_CHANNEL_BUFFER`), so memory does not
//! grow with the result: a client that does not read stops the task, which stops the engine's
//! socket, which stops DuckDB. One place of the channel is kept for the last message from the
//! beginning, so that the end of a statement never waits for its client.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::Stream;
use tavana_common::failure;
use tavana_common::proto::engine::Done;
use tavana_common::proto::v1::{
    Batch, Failure, FailureKind, ResultComplete, ResultMessage, result_message,
};
use tokio::sync::mpsc;
use tonic::Status;

use super::statement::Statement;
use crate::supervisor::Supervisor;
use crate::supervisor::aside::Kept;
use crate::supervisor::checkout::Checkout;
use crate::supervisor::process::Reply;
use crate::supervisor::stop::StopReason;

type Sender = mpsc::Sender<Result<ResultMessage, Status>>;
type Last = mpsc::OwnedPermit<Result<ResultMessage, Status>>;

/// Ends with a complete message or a failure, whatever happens to the task behind it.
#[derive(Debug)]
pub(crate) struct ResultStream {
    messages: mpsc::Receiver<Result<ResultMessage, Status>>,
    ended: bool,
}

impl Stream for ResultStream {
    type Item = Result<ResultMessage, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.messages.poll_recv(context).map(|message| {
            match &message {
                Some(Ok(ResultMessage {
                    message:
                        Some(result_message::Message::Header(_) | result_message::Message::Batch(_)),
                })) => {}
                Some(_) => self.ended = true,
                None => {
                    self.ended = true;
                    let text = "the task of the statement ended without a result";
                    let failure = failure::new(FailureKind::FailureInternal, text);
                    return Some(Err(failure::to_status(failure)));
                }
            }
            message
        })
    }
}

/// Forwards the answers of a statement that has been sent, beginning with `first`.
pub(super) fn forward(
    supervisor: &Arc<Supervisor>,
    checkout: Checkout,
    statement: Statement,
    first: Option<Reply>,
) -> ResultStream {
    let (sender, messages) = mpsc::channel(supervisor.result_messages_max() + 1);
    let last = sender
        .clone()
        .try_reserve_owned()
        .expect("the channel is new");
    supervisor
        .ledger()
        .run(run(checkout, statement, first, sender, last));
    ResultStream {
        messages,
        ended: false,
    }
}

async fn run(
    mut checkout: Checkout,
    mut statement: Statement,
    first: Option<Reply>,
    sender: Sender,
    last: Last,
) {
    let relayed = tokio::select! {
        biased;
        relayed = relay(&mut checkout, &mut statement, first, &sender) => relayed,
        // Between two messages, too, a vanished client ends its statement.
        () = sender.closed() => return,
    };
    // The engine is free before the client hears of the end, so that its next statement finds it.
    drop(checkout);
    let settled = relayed.as_ref().map(|_| ()).map_err(Failure::clone);
    statement.aside().settle(settled);
    let outcome = match relayed {
        Ok(Relayed::All(complete)) => Ok(complete),
        Ok(Relayed::Aside(kept, complete)) => tokio::select! {
            biased;
            sent = send_kept(kept, &mut statement, &sender) => sent.map(|()| complete),
            () = sender.closed() => return,
        },
        Err(failure) => Err(failure),
    };
    statement.end(&outcome);
    last.send(match outcome {
        Ok(complete) => Ok(ResultMessage {
            message: Some(result_message::Message::Complete(complete)),
        }),
        Err(failure) => Err(failure::to_status(failure)),
    });
}

/// How far the answers of an engine have come when it is free again.
enum Relayed {
    All(ResultComplete),
    /// The rest is in a file.
    Aside(Kept, ResultComplete),
}

async fn relay(
    checkout: &mut Checkout,
    statement: &mut Statement,
    first: Option<Reply>,
    sender: &Sender,
) -> Result<Relayed, Failure> {
    let mut rows = 0;
    let mut next = first;
    loop {
        let reply = match next.take() {
            Some(reply) => reply,
            None => checkout.next(&mut statement.watch).await?,
        };
        let message = match reply {
            Reply::Header(header) => result_message::Message::Header(header),
            Reply::Batch(batch) => {
                rows += batch.rows;
                result_message::Message::Batch(batch)
            }
            Reply::Done(done) => return Ok(Relayed::All(completion(&done, rows))),
            reply @ Reply::Facts(_) => return Err(checkout.out_of_turn(&reply)),
        };
        let aside = statement.aside().clone();
        tokio::select! {
            biased;
            place = sender.reserve() => match place {
                Ok(place) => place.send(Ok(ResultMessage { message: Some(message) })),
                // The caller sees the closed channel too, and ends.
                Err(_) => std::future::pending().await,
            },
            reason = statement.watch.tripped() => return Err(checkout.halt(reason).await),
            () = aside.wanted() => {
                if let result_message::Message::Batch(batch) = message {
                    return set_aside(checkout, statement, batch, rows).await;
                }
                // A header is the first message, for which there is room.
                return Err(checkout.halt(StopReason::Dropped).await);
            }
        }
    }
}

/// Reads what is left of a result into a file, beginning with `batch`.
async fn set_aside(
    checkout: &mut Checkout,
    statement: &mut Statement,
    batch: Batch,
    mut rows: u64,
) -> Result<Relayed, Failure> {
    let mut place = match checkout.shelf_place() {
        Ok(place) => place,
        Err(failure) => {
            checkout.halt(StopReason::Dropped).await;
            return Err(failure);
        }
    };
    let mut next = batch;
    loop {
        if let Err(failure) = place.put(&next).await {
            checkout.halt(StopReason::Dropped).await;
            return Err(failure);
        }
        next = match checkout.next(&mut statement.watch).await? {
            Reply::Batch(batch) => batch,
            Reply::Done(done) => {
                let kept = place.turn().await?;
                return Ok(Relayed::Aside(kept, completion(&done, rows)));
            }
            reply @ (Reply::Header(_) | Reply::Facts(_)) => {
                return Err(checkout.out_of_turn(&reply));
            }
        };
        rows += next.rows;
    }
}

async fn send_kept(
    mut kept: Kept,
    statement: &mut Statement,
    sender: &Sender,
) -> Result<(), Failure> {
    while let Some(batch) = kept.next().await? {
        let message = Ok(ResultMessage {
            message: Some(result_message::Message::Batch(batch)),
        });
        tokio::select! {
            biased;
            place = sender.reserve() => match place {
                Ok(place) => place.send(message),
                Err(_) => std::future::pending().await,
            },
            reason = statement.watch.tripped() => return Err(reason.failure()),
        }
    }
    Ok(())
}

fn completion(done: &Done, rows: u64) -> ResultComplete {
    ResultComplete {
        // A cursor that only moves sends none of the rows it passes.
        rows: done.rows.max(rows),
        changed_rows: done.changed_rows,
        more: done.more,
    }
}
