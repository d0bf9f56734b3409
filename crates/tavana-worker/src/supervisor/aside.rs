//! Results that are set aside: what is left of them waits in a file, and their engines are free.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

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

/// Results of one principal that may be aside at once. Each holds a few batches in memory.
const OF_PRINCIPAL_MAX: u32 = 32;
/// Results of all principals that may be aside at once.
const RESULTS_MAX: u32 = 128;

/// What results may take that are set aside: each of them, and all together.
#[derive(Debug)]
pub(crate) struct Shelf {
    used: Arc<Mutex<Used>>,
    one_bytes_max: u64,
    all_bytes_max: u64,
}

#[derive(Debug, Default)]
struct Used {
    bytes: u64,
    results: u32,
    of: HashMap<Arc<str>, u32>,
}

impl Shelf {
    pub(crate) fn new(one_bytes_max: u64, all_bytes_max: u64) -> Self {
        Self {
            used: Arc::default(),
            one_bytes_max,
            all_bytes_max,
        }
    }

    /// A place for one result of `principal`, in a `file` that only it has.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn place(
        &self,
        principal: &Arc<str>,
        file: std::fs::File,
    ) -> Result<Place, Failure> {
        let mut used = locked(&self.used);
        let of_principal = used.of.get(principal).copied().unwrap_or(0);
        if of_principal >= OF_PRINCIPAL_MAX || used.results >= RESULTS_MAX {
            return Err(limit(format!(
                "a result was not read to its end before the next statement of its session, and \
                 {} of them are kept already",
                used.results.min(OF_PRINCIPAL_MAX)
            )));
        }
        used.of.insert(Arc::clone(principal), of_principal + 1);
        used.results += 1;
        Ok(Place {
            file: BufWriter::with_capacity(BUFFER_BYTES, File::from_std(file)),
            bytes: 0,
            one_bytes_max: self.one_bytes_max,
            share: Share {
                used: Arc::clone(&self.used),
                principal: Arc::clone(principal),
                bytes_max: self.all_bytes_max,
                bytes: 0,
            },
        })
    }
}

/// A part of what all results may take, given back on drop.
#[derive(Debug)]
struct Share {
    used: Arc<Mutex<Used>>,
    principal: Arc<str>,
    bytes_max: u64,
    bytes: u64,
}

impl Share {
    fn take(&mut self, bytes: u64) -> bool {
        let mut used = locked(&self.used);
        let fits = used.bytes.saturating_add(bytes) <= self.bytes_max;
        if fits {
            used.bytes += bytes;
            self.bytes += bytes;
        }
        fits
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut used = locked(&self.used);
        used.bytes -= self.bytes;
        used.results -= 1;
        if let Some(of_principal) = used.of.get_mut(&self.principal) {
            *of_principal -= 1;
            if *of_principal == 0 {
                used.of.remove(&self.principal);
            }
        }
    }
}

fn locked(used: &Mutex<Used>) -> MutexGuard<'_, Used> {
    used.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is handed to the file system at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Batches on their way into a file.
#[derive(Debug)]
pub(crate) struct Place {
    file: BufWriter<File>,
    bytes: u64,
    one_bytes_max: u64,
    share: Share,
}

impl Place {
    /// # Errors
    /// The batch is more than may be kept, or the file system fails.
    pub(crate) async fn put(&mut self, batch: &Batch) -> Result<(), Failure> {
        let length =
            u32::try_from(batch.encoded_len()).map_err(|_| too_large(self.one_bytes_max))?;
        let cost = u64::from(length) + 4;
        if self.bytes + cost > self.one_bytes_max {
            return Err(too_large(self.one_bytes_max));
        }
        if !self.share.take(cost) {
            return Err(too_large(self.share.bytes_max));
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
            _share: self.share,
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
    limit(format!(
        "a result was not read to its end before the next statement of its session, and what is \
         left of it has more than {bytes_max} bytes, which is what may be kept meanwhile"
    ))
}

fn limit(text: String) -> Failure {
    failure::new(FailureKind::FailureLimit, text)
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

    fn place(shelf: &Shelf, principal: &str) -> Result<Place, Failure> {
        shelf.place(&principal.into(), tempfile::tempfile().unwrap())
    }

    fn is_empty(shelf: &Shelf) -> bool {
        let used = locked(&shelf.used);
        used.bytes == 0 && used.results == 0 && used.of.is_empty()
    }

    #[tokio::test]
    async fn what_is_put_aside_comes_back_in_order_and_its_bytes_are_given_back() {
        let shelf = Shelf::new(1 << 20, 1 << 20);
        let mut place = place(&shelf, "ann").unwrap();
        for number in 0..100 {
            place.put(&batch(number)).await.unwrap();
        }
        assert!(locked(&shelf.used).bytes > 100_000);
        let mut kept = place.turn().await.unwrap();
        for number in 0..100 {
            assert_eq!(kept.next().await.unwrap(), Some(batch(number)));
        }
        assert_eq!(kept.next().await.unwrap(), None);
        drop(kept);
        assert!(is_empty(&shelf));
    }

    #[tokio::test]
    async fn one_result_and_all_together_have_a_bound_in_bytes() {
        let shelf = Shelf::new(5_000, 8_000);
        let mut one = place(&shelf, "ann").unwrap();
        for number in 0..4 {
            one.put(&batch(number)).await.unwrap();
        }
        let refused = one.put(&batch(4)).await.unwrap_err();
        assert_eq!(refused.kind(), FailureKind::FailureLimit);
        assert!(refused.message.contains("5000"), "{}", refused.message);
        let mut other = place(&shelf, "bob").unwrap();
        for number in 0..3 {
            other.put(&batch(number)).await.unwrap();
        }
        let refused = other.put(&batch(3)).await.unwrap_err();
        assert!(refused.message.contains("8000"), "{}", refused.message);
        drop(one);
        other.put(&batch(3)).await.unwrap();
    }

    #[test]
    fn a_principal_and_all_of_them_have_a_bound_in_results() {
        let shelf = Shelf::new(1, 1);
        let of = |principal: &str| {
            let mut places = Vec::new();
            while let Ok(place) = place(&shelf, principal) {
                places.push(place);
            }
            places
        };
        let mut places: Vec<Vec<Place>> = ["ann", "bob", "cid", "dan", "eve"].map(of).into();
        let counts: Vec<usize> = places.iter().map(Vec::len).collect();
        assert_eq!(counts, [32, 32, 32, 32, 0]);
        places[0].pop();
        assert_eq!(of("bob").len(), 0);
        assert_eq!(of("eve").len(), 1);
        drop(places);
        assert!(is_empty(&shelf));
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
