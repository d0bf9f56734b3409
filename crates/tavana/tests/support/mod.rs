//! What every suite needs: a tavana of its own, a PostgreSQL client that sends exactly the bytes it
//! is told to, a Flight SQL client, and a look at processes from outside.

pub(crate) mod cluster;
pub(crate) mod display;
pub(crate) mod flight;
pub(crate) mod http2;
pub(crate) mod invariants;
pub(crate) mod polls;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod server;
pub(crate) mod wire;

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long a test waits for something that must happen. Far above what it takes, so that a busy
/// machine does not fail a test; what has a promised time is asserted on its own.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How long a program may take to start, on a disk that has just written what was built and has not
/// read it yet.
pub(crate) const START_PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `condition` holds and says how long that took.
///
/// # Panics
/// When it does not hold within `within`.
#[track_caller]
pub(crate) fn eventually(
    what: &str,
    within: Duration,
    mut condition: impl FnMut() -> bool,
) -> Duration {
    let started = Instant::now();
    loop {
        if condition() {
            return started.elapsed();
        }
        assert!(started.elapsed() < within, "not within {within:?}: {what}");
        pause(Duration::from_millis(10));
    }
}

/// A port that nobody listens on, given out once. It is none of those that the system itself gives:
/// another socket might have got it before it is used.
///
/// # Panics
/// When all are taken.
pub(crate) fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 16_000..32_000;
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    let first = std::process::id().wrapping_mul(131);
    for _ in 0..count {
        let number = first.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % count;
        let port = PORTS.start + u16::try_from(number).expect("below the count of ports");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free in {PORTS:?}");
}

/// Lets time pass between two looks at another process.
#[expect(
    clippy::disallowed_methods,
    reason = "these tests are plain threads; there is no runtime whose thread this could block"
)]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// A text from the environment of the test run.
#[expect(
    clippy::disallowed_methods,
    reason = "the switches of a test run are no settings"
)]
pub(crate) fn switch(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Rounds of a repeated test: few in CI, more when `TAVANA_TEST_ROUNDS` asks for them.
pub(crate) fn rounds(in_ci: u32) -> u32 {
    match switch("TAVANA_TEST_ROUNDS") {
        Some(text) => text.parse().expect("TAVANA_TEST_ROUNDS is a number"),
        None => in_ci,
    }
}
