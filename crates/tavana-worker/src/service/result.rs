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
use tavana_common::proto::v1::{
    Failure, FailureKind, ResultComplete, ResultMessage, result_message,
};
use tokio::sync::mpsc;
use tonic::Status;

use super::statement::Statement;
use crate::supervisor::Supervisor;
use crate::supervisor::checkout::Checkout;
use crate::supervisor::process::Reply;

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
    let outcome = tokio::select! {
        biased;
        outcome = relay(&mut checkout, &mut statement, first, &sender) => outcome,
        // Between two messages, too, a vanished client ends its statement.
        () = sender.closed() => return,
    };
    // The engine is free before the client hears of the end, so that its next statement finds it.
    drop(checkout);
    statement.end(&outcome);
    last.send(match outcome {
        Ok(complete) => Ok(ResultMessage {
            message: Some(result_message::Message::Complete(complete)),
        }),
        Err(failure) => Err(failure::to_status(failure)),
    });
}

async fn relay(
    checkout: &mut Checkout,
    statement: &mut Statement,
    first: Option<Reply>,
    sender: &Sender,
) -> Result<ResultComplete, Failure> {
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
            Reply::Done(done) => {
                let (changed_rows, more) = (done.changed_rows, done.more);
                return Ok(ResultComplete {
                    // A cursor that only moves sends none of the rows it passes.
                    rows: done.rows.max(rows),
                    changed_rows,
                    more,
                });
            }
            reply @ Reply::Facts(_) => return Err(checkout.out_of_turn(&reply)),
        };
        let message = Ok(ResultMessage {
            message: Some(message),
        });
        tokio::select! {
            biased;
            place = sender.reserve() => match place {
                Ok(place) => place.send(message),
                // The caller sees the closed channel too, and ends.
                Err(_) => std::future::pending().await,
            },
            reason = statement.watch.tripped() => return Err(checkout.halt(reason).await),
        }
    }
}
