//! Connections before anybody knows whose they are: bounded in number, time and memory.
//!
//! [`lobby`] holds those that have not logged in; when it is full, the one that has waited longest
//! has to go, so strangers who keep their sockets open never keep others out. [`seats`] counts
//! those that have, in all and by address. [`stream`] is a client's connection, with TLS or
//! without.

mod incoming;
mod lobby;
mod seats;
mod stream;

pub(crate) use incoming::{Arrived, Incoming};
pub(crate) use lobby::{Guest, Lobby};
pub(crate) use seats::{Full, Seat, Seats};
pub(crate) use stream::{ClientStream, Tls, begins_tls};
