//! Admission: how many statements run at once, and who waits. One queue for all protocols.

mod admission;
mod task;

pub(crate) use task::{Permit, Queue};
