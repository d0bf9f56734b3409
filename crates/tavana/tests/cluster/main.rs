//! Several gateways and workers: what one gateway is asked and another has, what is left when a
//! process dies, stops or is told to end, and what a bad network does between them. Each test also
//! checks that nobody gets a wrong answer, and that nothing is held afterwards.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each suite uses a part of it")]
mod support;

mod cancel;
mod crowds;
mod drain;
mod fleet;
mod leases;
mod links;
mod load;
mod loss;
mod mixed;
mod polls;

/// These tests measure time and memory of the whole machine: one at a time.
pub(crate) fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Without an end, and interruptible at any time.
pub(crate) const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b";
