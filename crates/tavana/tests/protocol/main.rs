//! The PostgreSQL protocol and Flight SQL as bytes: what a server must answer to messages in the
//! right order, in the wrong order, and to what is no message at all.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each suite uses a part of it")]
mod support;

mod cancel;
mod catalog;
mod copy;
mod cursors;
mod extended;
mod flight;
mod flight_broken;
mod flight_results;
mod flight_unread;
mod hostile;
mod injections;
mod limits;
mod names;
mod simple;
mod startup;
mod timeouts;
mod transactions;
