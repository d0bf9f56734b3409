//! Admission: how many statements run at once, and who waits. One queue for all protocols.

mod admission;
mod history;
mod metrics;
mod patience;
mod task;

pub(crate) use admission::{Bounds, Capacity, Needs};
pub(crate) use history::End;
pub(crate) use metrics::QueueMetrics;
pub(crate) use patience::Patience;
pub(crate) use task::{Job, Permit, Queue, QueueSettings, Work};
