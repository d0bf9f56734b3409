//! What goes wrong in the field: engines that die, clients that vanish or stop reading, statements
//! that eat memory or listen to nobody, wrong start-up input. Each test also checks that whoever
//! has nothing to do with it notices nothing.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each suite uses a part of it")]
mod support;

mod bystanders;
mod clients;
mod engines;
mod queue;
mod resources;
mod routing;
mod shutdown;
mod start;
mod uninterruptible;

/// These tests measure time, memory and processor use of the whole machine: one at a time.
pub(crate) fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
