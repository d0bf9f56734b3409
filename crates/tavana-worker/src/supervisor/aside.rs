//! Results that are set aside: what is left of them waits in a file, and their engines are free.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use prost::Message as _;
use tavana_common::failure;
use tavana_common::proto::v1::{Batch, Failure, FailureKind};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader, BufWriter};
use tokio_util::sync::CancellationToken;

/// The wish that one result is set aside, and what became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aside(Arc<State>);

#[derive(Debug, Default)]
struct State {
    wanted: CancellationToken,
    outcome: OnceLock<Result<(), Failure>>,
    settled: CancellationToken,
}

impl Aside {
    /// Asks for it, and waits until the engine of the statement is free.
    ///
    /// # Errors
    /// The statement's own.
    pub(crate) async fn ask(&self) -> Result<(), Failure> {
        self.0.wanted.cancel();
        self.0.settled.cancelled().await;
        self.0.outcome.get().cloned().unwrap_or(Ok(()))
    }

    /// Waits until somebody asks.
    ///
    /// # Cancel safety
    /// Cancel safe: once asked for, it stays so.
    pub(crate) async fn wanted(&self) {
        self.0.wanted.cancelled().await;
    }

    /// The engine is free, or lost. The first word holds.
    pub(crate) fn settle(&self, outcome: Result<(), Failure>) {
        self.0.outcome.get_or_init(|| outcome);
        self.0.settled.cancel();
    }
}

/// The disk that results may take which are set aside: each of them, and all together.
#[derive(Debug)]
pub(crate) struct Shelf {
    used: Arc<AtomicU64>,
    one_max: u64,
    all_max: u64,
}

impl Shelf {
    pub(crate) fn new(one_max: u64, all_max: u64) -> Self {
        Self {
            used: Arc::default(),
            one_max,
            all_max,
        }
    }

    /// A place for one result, in a `file` that only it has.
    pub(crate) fn place(&self, file: std::fs::File) -> Place {
        Place {
            file: BufWriter::with_capacity(BUFFER_BYTES, File::from_std(file)),
            bytes: 0,
            one_max: self.one_max,
            all: Share {
                used: Arc::clone(&self.used),
                max: self.all_max,
                taken: 0,
            },
        }
    }
}

/// What is handed to the file system at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// A part of what all results may take, given back on drop.
#[derive(Debug)]
struct Share {
    used: Arc<AtomicU64>,
    max: u64,
    taken: u64,
}

impl Share {
    fn take(&mut self, bytes: u64) -> bool {
        let within = |used: u64| used.checked_add(bytes).filter(|used| *used <= self.max);
        let taken = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, within)
            .is_ok();
        if taken {
            self.taken += bytes;
        }
        taken
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.used.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

/// Batches on their way into a file.
#[derive(Debug)]
pub(crate) struct Place {
    file: BufWriter<File>,
    bytes: u64,
    one_max: u64,
    all: Share,
}

impl Place {
    /// # Errors
    /// The batch is more than may be kept, or the file system fails.
    pub(crate) async fn put(&mut self, batch: &Batch) -> Result<(), Failure> {
        let length = u32::try_from(batch.encoded_len()).map_err(|_| too_large(self.one_max))?;
        let cost = u64::from(length) + 4;
        if self.bytes + cost > self.one_max {
            return Err(too_large(self.one_max));
        }
        if !self.all.take(cost) {
            return Err(too_large(self.all.max));
        }
        self.bytes += cost;
        let mut bytes = BytesMut::with_capacity(length as usize);
        batch
            .encode(&mut bytes)
            .map_err(|error| broken(&io::Error::other(error)))?;
        self.file.write_u32(length).await.map_err(|e| broken(&e))?;
        self.file.write_all(&bytes).await.map_err(|e| broken(&e))
    }

    /// Everything is in the file: from its beginning again.
    pub(crate) async fn turn(mut self) -> Result<Kept, Failure> {
        let rewound = async {
            self.file.flush().await?;
            let mut file = self.file.into_inner();
            file.rewind().await?;
            Ok(file)
        };
        let file = rewound.await.map_err(|error: io::Error| broken(&error))?;
        Ok(Kept {
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            left: self.bytes,
            _share: self.all,
        })
    }
}

/// Batches in a file.
#[derive(Debug)]
pub(crate) struct Kept {
    file: BufReader<File>,
    left: u64,
    _share: Share,
}

impl Kept {
    /// The next batch, in the order in which they were put.
    ///
    /// # Errors
    /// The file system fails.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        let read = async {
            let length = self.file.read_u32().await?;
            let mut bytes = vec![0; length as usize];
            self.file.read_exact(&mut bytes).await?;
            self.left = self.left.saturating_sub(u64::from(length) + 4);
            Batch::decode(Bytes::from(bytes)).map_err(io::Error::other)
        };
        read.await.map(Some).map_err(|error| broken(&error))
    }
}

fn too_large(bytes_max: u64) -> Failure {
    failure::new(
        FailureKind::FailureLimit,
        format!(
            "the result was not read to its end before the next statement of its session, and what \
             is left of it has more than {bytes_max} bytes, which is what may be kept meanwhile"
        ),
    )
}

fn broken(error: &io::Error) -> Failure {
    failure::new(
        FailureKind::FailureInternal,
        format!("a result could not be set aside: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(number: u8) -> Batch {
        Batch {
            header: vec![number; 10].into(),
            body: vec![number; 1000].into(),
            rows: u64::from(number),
        }
    }

    fn file() -> std::fs::File {
        tempfile::tempfile().unwrap()
    }

    #[tokio::test]
    async fn what_is_put_aside_comes_back_in_order_and_its_bytes_are_given_back() {
        let shelf = Shelf::new(1 << 20, 1 << 20);
        let mut place = shelf.place(file());
        for number in 0..100 {
            place.put(&batch(number)).await.unwrap();
        }
        assert!(shelf.used.load(Ordering::Relaxed) > 100_000);
        let mut kept = place.turn().await.unwrap();
        for number in 0..100 {
            assert_eq!(kept.next().await.unwrap(), Some(batch(number)));
        }
        assert_eq!(kept.next().await.unwrap(), None);
        drop(kept);
        assert_eq!(shelf.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn one_result_and_all_together_have_a_bound() {
        let shelf = Shelf::new(5_000, 8_000);
        let mut one = shelf.place(file());
        for number in 0..4 {
            one.put(&batch(number)).await.unwrap();
        }
        let refused = one.put(&batch(4)).await.unwrap_err();
        assert_eq!(refused.kind(), FailureKind::FailureLimit);
        assert!(refused.message.contains("5000"), "{}", refused.message);
        let mut other = shelf.place(file());
        for number in 0..3 {
            other.put(&batch(number)).await.unwrap();
        }
        let refused = other.put(&batch(3)).await.unwrap_err();
        assert!(refused.message.contains("8000"), "{}", refused.message);
        drop(one);
        other.put(&batch(3)).await.unwrap();
    }

    #[tokio::test]
    async fn who_asks_hears_when_the_engine_is_free() {
        let aside = Aside::default();
        let mut asking = std::pin::pin!(aside.ask());
        assert!(futures::poll!(asking.as_mut()).is_pending());
        aside.wanted().await;
        aside.settle(Err(too_large(1)));
        aside.settle(Ok(()));
        assert!(asking.await.is_err(), "the first word holds");
    }
}
