//! What the kernel holds the engine to.
//!
//! DuckDB's `memory_limit` does not count everything it allocates (a list of a billion numbers,
//! plans, strings under construction), and a stack of the usual size does not survive deep input.
//! So the kernel has the last word: an allocation past RLIMIT_DATA fails and becomes an error of
//! the statement, and every thread has a stack of [`STACK_BYTES`], used only as far as needed.

use std::fs;
use std::io;

use rustix::process::{DumpableBehavior, Resource, Rlimit};

use tavana_common::proto::engine::Start;

/// Stack of every thread that runs DuckDB.
pub(crate) const STACK_BYTES: u64 = 64 * 1024 * 1024;
/// Memory beside DuckDB's own accounting: the process, its libraries, plans, batches on the way.
const HEADROOM_BYTES: u64 = 256 * 1024 * 1024;
/// Threads beside DuckDB's workers: reader, executor, writer, HTTP clients.
const OTHER_THREADS: u64 = 8;

/// Makes [`STACK_BYTES`] the stack of new threads, DuckDB's own too. True when it was already in
/// force as this program started; otherwise the program must be executed again, because the C
/// library reads the limit only at its start.
///
/// # Errors
/// The kernel refused the limit.
pub(crate) fn set_stack() -> io::Result<bool> {
    let now = rustix::process::getrlimit(Resource::Stack);
    let wanted = Some(
        now.maximum
            .map_or(STACK_BYTES, |hard| STACK_BYTES.min(hard)),
    );
    if now.current == wanted {
        return Ok(true);
    }
    rustix::process::setrlimit(
        Resource::Stack,
        Rlimit {
            current: wanted,
            maximum: now.maximum,
        },
    )?;
    Ok(false)
}

/// All other limits.
///
/// The engine needs no death signal of its parent: its reader ends it as soon as the supervisor's
/// end of the socket closes, whatever DuckDB is doing.
///
/// # Errors
/// The kernel refused a limit.
pub(crate) fn set(start: &Start) -> io::Result<()> {
    // The order matters: a process that may not be dumped does not own its files in /proc.
    fs::write("/proc/self/oom_score_adj", "500")?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::thread::set_no_new_privs(true)?;
    lower(Resource::Core, 0)?;
    if start.spill_bytes_max > 0 {
        super::ffi::ignore_file_size_signal();
        lower(Resource::Fsize, start.spill_bytes_max)?;
    }
    lower(
        Resource::Data,
        data_bytes(
            start.memory_budget_bytes.max(start.memory_bytes_max),
            start.threads,
        ),
    )?;
    fit_data(start.memory_bytes_max, start.threads)
}

/// Fits the limit on data to what the engine was granted: below the limit of its start, which is
/// that of all memory there is, it can be raised again.
///
/// # Errors
/// The kernel refused the limit.
pub(crate) fn fit_data(memory_bytes: u64, threads: u32) -> io::Result<()> {
    let maximum = rustix::process::getrlimit(Resource::Data).maximum;
    let wanted = data_bytes(memory_bytes, threads);
    rustix::process::setrlimit(
        Resource::Data,
        Rlimit {
            current: Some(maximum.map_or(wanted, |hard| wanted.min(hard))),
            maximum,
        },
    )?;
    Ok(())
}

/// RLIMIT_DATA counts the whole of every thread's stack, touched or not.
fn data_bytes(memory_bytes_max: u64, threads: u32) -> u64 {
    let stacks = (u64::from(threads) + OTHER_THREADS) * STACK_BYTES;
    memory_bytes_max
        .saturating_add(memory_bytes_max / 4)
        .saturating_add(HEADROOM_BYTES)
        .saturating_add(stacks)
}

/// Sets a limit that cannot be raised again; one that is already lower stays.
fn lower(resource: Resource, value: u64) -> io::Result<()> {
    let hard = rustix::process::getrlimit(resource).maximum;
    let value = hard.map_or(value, |hard| value.min(hard));
    rustix::process::setrlimit(
        resource,
        Rlimit {
            current: Some(value),
            maximum: Some(value),
        },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_limit_has_room_for_a_quarter_more_and_for_the_stacks() {
        const GIB: u64 = 1 << 30;
        assert_eq!(data_bytes(4 * GIB, 2), 5 * GIB + GIB / 4 + 10 * GIB / 16);
        assert_eq!(data_bytes(u64::MAX, 2), u64::MAX);
    }
}
