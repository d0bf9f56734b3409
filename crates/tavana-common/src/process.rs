//! What every process that holds credentials asks of the kernel.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Makes sure that this process and its children leave no core file: their memory holds
/// credentials and rows. Cannot be taken back.
///
/// # Errors
/// The kernel refused.
pub fn leave_no_core_file() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, none)?)
}
