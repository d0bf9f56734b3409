//! Which worker runs a statement.

mod workers;

pub(crate) use workers::{Running, Worker, Workers};
