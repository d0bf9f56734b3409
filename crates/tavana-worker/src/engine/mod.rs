//! An engine process: one DuckDB instance, one principal, one statement at a time.
//!
//! The life of a statement here: [`main`] reads its frame and hands it to the [`session`]'s
//! thread; the [`rules`] look at its tokens ([`text`]); [`prepare`] binds it and finds the types of
//! its parameters; [`params`] turns the parameters' Arrow into values; DuckDB runs it ([`ffi`],
//! the only module that touches the C API); its rows go as Arrow ([`export`]) to the [`output`]'s thread, which
//! encodes them once. A [`cursor`] keeps its result open in between and its rows in the [`spool`], an [`append`] takes rows in
//! the other direction, and an [`interrupt`] ends any of them. [`secrets`] keeps the user's own
//! credentials ahead of the infrastructure's, and [`redact`] keeps all of them out of failures.
//!
//! The process is a copy of the [`template`], which has done what is the same for all engines.
//!
//! Whatever a library in this process connects to or opens passes the [`guard`], which asks
//! [`network`] and [`spilled`].
//!
//! The process is expendable: whatever happens in it costs the statements of its owner and
//! nobody else's. [`limits`] and the [`profile`] keep it from costing more.

mod append;
mod catalog;
mod cursor;
mod export;
mod failure;
mod ffi;
mod guard;
mod instance;
mod interrupt;
pub(crate) mod limits;
pub mod main;
pub(crate) mod network;
mod output;
mod params;
mod prepare;
mod priority;
mod profile;
mod redact;
mod rules;
mod search_path;
mod secrets;
mod session;
mod spilled;
mod spool;
mod template;
mod text;
mod types;

pub(crate) use self::ffi::give_memory_back;
