//! The batches of an append, which may have to be sent again: a worker without room says so after
//! the first of them were on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::stream::{Stream, unfold};
use tavana_common::proto::v1::append_request::Message;
use tokio::sync::{Mutex, mpsc};

/// What is kept to be sent again. A worker has refused long before it was sent as much.
const KEPT_BYTES_MAX: usize = 4 << 20;

/// What comes from the client, in order.
#[derive(Debug)]
pub(super) struct Batches(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    log: Mutex<Log>,
    attempts: AtomicU64,
    /// Something was sent that is not kept any more.
    forgotten: AtomicBool,
}

#[derive(Debug)]
struct Log {
    source: mpsc::Receiver<Message>,
    kept: Vec<Message>,
    kept_bytes: usize,
    /// The place of the first batch that is kept.
    first: usize,
}

impl Log {
    fn end(&self) -> usize {
        self.first + self.kept.len()
    }
}

impl Batches {
    pub(super) fn from(source: mpsc::Receiver<Message>) -> Self {
        Self(Arc::new(Shared {
            log: Mutex::new(Log {
                source,
                kept: Vec::new(),
                kept_bytes: 0,
                first: 0,
            }),
            attempts: AtomicU64::new(0),
            forgotten: AtomicBool::new(false),
        }))
    }

    /// Whether all can be sent once more.
    pub(super) fn are_whole(&self) -> bool {
        !self.0.forgotten.load(Ordering::SeqCst)
    }

    /// All batches from the first one on. An earlier stream, which the transport may still hold,
    /// ends; what it took meanwhile is in this one. Where the client has gone it ends without
    /// [`Message::Finish`].
    pub(super) fn stream(&self) -> impl Stream<Item = Message> + Send + use<> {
        let attempt = self.0.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        let shared = Arc::clone(&self.0);
        unfold((shared, 0), move |(shared, at)| async move {
            let batch = {
                let mut log = shared.log.lock().await;
                if at == log.end() {
                    let batch = log.source.recv().await?;
                    if let Message::Batch(batch) = &batch {
                        log.kept_bytes += batch.header.len() + batch.body.len();
                    }
                    log.kept.push(batch);
                }
                if attempt != shared.attempts.load(Ordering::SeqCst) {
                    return None;
                }
                let batch = log.kept.get(at - log.first)?.clone();
                if at + 1 == log.end() && log.kept_bytes > KEPT_BYTES_MAX {
                    shared.forgotten.store(true, Ordering::SeqCst);
                    log.kept = Vec::new();
                    log.first = at + 1;
                }
                batch
            };
            Some((batch, (shared, at + 1)))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::StreamExt as _;
    use tavana_common::proto::v1::Batch;

    use super::*;

    fn batch(number: u64, bytes: usize) -> Message {
        Message::Batch(Batch {
            body: vec![0; bytes].into(),
            rows: number,
            ..Batch::default()
        })
    }

    fn number_of(message: &Message) -> u64 {
        match message {
            Message::Batch(batch) => batch.rows,
            other => panic!("no batch: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_second_attempt_has_what_the_first_one_took_and_the_rest() {
        let (sender, source) = mpsc::channel(16);
        let batches = Batches::from(source);
        sender.send(batch(1, 10)).await.unwrap();
        let mut first = pin!(batches.stream());
        assert_eq!(number_of(&first.next().await.expect("the first")), 1);
        // The transport still waits for the next one.
        let mut waiting = pin!(first.next());
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        let mut second = pin!(batches.stream());
        assert!(batches.are_whole());
        for number in 2..5 {
            sender.send(batch(number, 10)).await.unwrap();
        }
        drop(sender);
        assert_eq!(waiting.await, None, "its attempt is over");
        let mut got = Vec::new();
        while let Some(batch) = second.next().await {
            got.push(number_of(&batch));
        }
        assert_eq!(got, [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded() {
        let (sender, source) = mpsc::channel(16);
        let batches = Batches::from(source);
        let mut stream = pin!(batches.stream());
        for number in 0..5 {
            sender
                .send(batch(number, KEPT_BYTES_MAX / 2))
                .await
                .unwrap();
            assert_eq!(number_of(&stream.next().await.expect("a batch")), number);
            assert_eq!(batches.are_whole(), number < 2);
        }
        assert!(batches.0.log.lock().await.kept.is_empty());
    }
}
