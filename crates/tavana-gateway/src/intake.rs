//! What is held of messages that clients have begun to send and not finished.
//!
//! A message is read whole before anything is done with it, and may be long. So whoever begins many
//! of them and finishes none could make a gateway hold more than it has. Long messages therefore get
//! room before they are read, the shortest first; where others wait for room, those that are sent
//! slowly give theirs back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tracing::info;

use crate::error::{QueryError, SqlState};

/// Shorter messages need no room: a connection has few of them.
pub(crate) const LONG_BYTES_MIN: usize = 64 * 1024;
/// Until then nobody is slow.
const SLOW_MIN: Duration = Duration::from_secs(5);
/// How often those that wait look for somebody slow.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Room for the unfinished messages of all clients.
#[derive(Clone, Debug)]
pub(crate) struct Intake(Arc<Mutex<Room>>);

#[derive(Debug)]
struct Room {
    bytes_max: usize,
    bytes_free: usize,
    messages: HashMap<u64, Message>,
    /// Those that wait, by length and number.
    waiting: BTreeMap<(usize, u64), oneshot::Sender<Unfinished>>,
    /// Each number is used once.
    next: u64,
}

/// One that has room.
#[derive(Debug)]
struct Message {
    bytes: usize,
    begun: Instant,
    given_up: CancellationToken,
}

impl Message {
    /// How much it stands in the way of others.
    fn burden(&self, now: Instant) -> u128 {
        let milliseconds = now.duration_since(self.begun).as_millis();
        milliseconds.saturating_mul(u128::try_from(self.bytes).unwrap_or(u128::MAX))
    }
}

impl Intake {
    /// Room for `bytes_max`. A message that is longer needs all of it.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self(Arc::new(Mutex::new(Room {
            bytes_max,
            bytes_free: bytes_max,
            messages: HashMap::new(),
            waiting: BTreeMap::new(),
            next: 0,
        })))
    }

    /// Waits for room for a message of so many bytes.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) async fn room(self, bytes: usize) -> Unfinished {
        let (sender, mut found) = oneshot::channel();
        let key = {
            let mut room = self.lock();
            let key = (bytes.min(room.bytes_max), room.number());
            room.waiting.insert(key, sender);
            key
        };
        let waiting = Waiting { intake: self, key };
        waiting.intake.admit();
        loop {
            match timeout(LOOK_EVERY, &mut found).await {
                Ok(found) => return found.expect("only who waits ends the wait"),
                Err(_) => waiting.intake.give_up_slowest(),
            }
        }
    }

    /// Gives room to those that wait, as far as there is any.
    fn admit(&self) {
        let mut admitted = Vec::new();
        let mut held = self.lock();
        let room = &mut *held;
        while let Some(entry) = room.waiting.first_entry()
            && entry.key().0 <= room.bytes_free
        {
            let ((bytes, number), waits) = entry.remove_entry();
            let given_up = CancellationToken::new();
            let message = Message {
                bytes,
                begun: Instant::now(),
                given_up: given_up.clone(),
            };
            room.bytes_free -= bytes;
            room.messages.insert(number, message);
            let unfinished = Unfinished {
                intake: self.clone(),
                number,
                given_up,
            };
            admitted.push((waits, unfinished));
        }
        drop(held);
        for (waits, unfinished) in admitted {
            // What nobody waits for any more gives its room back as it is dropped.
            drop(waits.send(unfinished));
        }
    }

    /// Takes the room back from the slow message that has most of it for the longest time.
    fn give_up_slowest(&self) {
        let now = Instant::now();
        let mut room = self.lock();
        let is_slow = |message: &Message| now.duration_since(message.begun) >= SLOW_MIN;
        let slow = room.messages.iter().filter(|(_, message)| is_slow(message));
        let slowest = slow
            .max_by_key(|(_, message)| message.burden(now))
            .map(|(number, _)| *number);
        let message = slowest.and_then(|number| room.end(number));
        drop(room);
        if let Some(message) = message {
            info!(
                bytes = message.bytes,
                seconds = now.duration_since(message.begun).as_secs_f64(),
                "a client sends its message too slowly, and others need the room"
            );
            message.given_up.cancel();
            self.admit();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Room> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn end(&mut self, number: u64) -> Option<Message> {
        let message = self.messages.remove(&number)?;
        self.bytes_free += message.bytes;
        Some(message)
    }
}

/// One that waits for room; dropping it ends that.
struct Waiting {
    intake: Intake,
    key: (usize, u64),
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let waits = self.intake.lock().waiting.remove(&self.key);
        drop(waits);
    }
}

/// A message that is being sent; dropping it gives its room back.
#[derive(Debug)]
pub(crate) struct Unfinished {
    intake: Intake,
    number: u64,
    given_up: CancellationToken,
}

impl Unfinished {
    /// Ends when it has lost its room.
    pub(crate) fn given_up(&self) -> WaitForCancellationFutureOwned {
        self.given_up.clone().cancelled_owned()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let ended = self.intake.lock().end(self.number);
        if ended.is_some() {
            self.intake.admit();
        }
    }
}

/// 53200: what a client hears whose message has lost its room.
pub(crate) fn too_slow() -> QueryError {
    QueryError::new(
        SqlState::OUT_OF_MEMORY,
        "the message came too slowly, and others need the memory",
    )
    .with_hint("Try again. The setting TAVANA_UNFINISHED_MESSAGES_MAX_MB bounds what is held.")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const KIB: usize = 1024;

    fn room(intake: &Intake, kibibytes: usize) -> Option<Unfinished> {
        intake.clone().room(kibibytes * KIB).now_or_never()
    }

    fn is_given_up(message: &Unfinished) -> bool {
        message.given_up().now_or_never().is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn messages_wait_for_room_and_get_it_from_those_that_are_done() {
        let intake = Intake::new(100 * KIB);
        let first = room(&intake, 60).expect("room");
        let second = room(&intake, 40).expect("room");
        assert!(room(&intake, 1).is_none());
        let mut longer = Box::pin(intake.clone().room(55 * KIB));
        let mut waiting = Box::pin(intake.clone().room(50 * KIB));
        assert!(futures::poll!(longer.as_mut()).is_pending());
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        tokio::time::sleep(SLOW_MIN / 2).await;
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        assert!(!is_given_up(&first) && !is_given_up(&second));
        drop(first);
        assert!(
            futures::poll!(longer.as_mut()).is_pending(),
            "the shorter one is first"
        );
        let third = waiting.await;
        drop(longer);
        assert!(room(&intake, 11).is_none());
        drop((second, third));
        let all = room(&intake, 1000).expect("one that is longer than all has all");
        assert!(room(&intake, 1).is_none());
        drop(all);
        let room = intake.lock();
        assert!(room.messages.is_empty() && room.waiting.is_empty());
        assert_eq!(room.bytes_free, room.bytes_max);
    }

    #[tokio::test(start_paused = true)]
    async fn of_slow_messages_the_one_with_the_most_room_for_the_longest_time_gives_way() {
        let intake = Intake::new(100 * KIB);
        let old = room(&intake, 10).expect("room");
        tokio::time::sleep(SLOW_MIN).await;
        let large = room(&intake, 50).expect("room");
        tokio::time::sleep(SLOW_MIN * 2).await;
        let fresh = room(&intake, 40).expect("room");
        let next = intake.clone().room(20 * KIB).await;
        assert_eq!(
            [&old, &large, &fresh].map(is_given_up),
            [false, true, false],
            "nobody before somebody waits, and no more than are needed"
        );
        let began = Instant::now();
        let last = intake.clone().room(80 * KIB).await;
        assert_eq!([&old, &fresh, &next].map(is_given_up), [true, true, false]);
        assert!(began.elapsed() >= SLOW_MIN - LOOK_EVERY, "it was not slow");
        drop((old, large, fresh, next));
        assert!(
            room(&intake, 21).is_none(),
            "what is given up gives back once"
        );
        drop(last);
        assert!(room(&intake, 100).is_some());
    }
}
