//! What a user must not reach: files of the machine, settings that hold the locks, credentials of
//! the infrastructure, anything of another session.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each suite uses a part of it")]
mod support;

mod cluster;
mod credentials;
mod files;
mod floods;
mod gate;
mod hygiene;
mod identity;
mod lake;
mod locks;
mod matrix;
mod network;
mod sessions;
