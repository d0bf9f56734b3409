//! Which worker runs a statement: where workers are, what each of them says, which one is chosen.

mod avoid;
mod choose;
mod circuit;
mod discovery;
mod retries;
mod worker;
mod workers;

pub(crate) use avoid::Avoided;
pub(crate) use choose::Wish;
pub(crate) use worker::{Running, Worker};
pub(crate) use workers::Workers;
