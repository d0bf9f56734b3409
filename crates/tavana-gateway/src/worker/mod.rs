//! The gateway's side of the worker protocol.

mod client;
mod messages;
mod stream;

pub(crate) use client::{Linker, WorkerClient, WorkerLink};
pub(crate) use messages::{Messages, PREFIX_BYTES};
pub(crate) use stream::{Ahead, Item, Reply, decode_batch, decode_schema, encode_local};
