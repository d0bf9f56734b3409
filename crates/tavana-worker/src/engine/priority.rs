//! Statements that take long give way to those that do not.
//!
//! A thread may lower its own priority and never raise it again without a privilege that an engine
//! does not have. So the threads that have given way are replaced, not restored: whoever starts a
//! thread passes on its priority, and the threads that only serve keep theirs for that.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{Dir, Mode, OFlags};
use rustix::process::{Pid, setpriority_process};
use rustix::time::{ClockId, clock_gettime};

/// What the kernel calls nice: a thread with it gets about a tenth of the CPU time of an ordinary
/// one when both want the same core, and all of it when no other does.
pub(crate) const GIVING_WAY: i32 = 10;

/// Threads that only serve.
static SERVING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// From here on the calling thread only serves: it does not give way.
pub(crate) fn serve() {
    SERVING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(rustix::thread::gettid());
}

/// Lowers the priority of all threads of this process but those that serve.
///
/// # Errors
/// The threads cannot be listed.
pub(crate) fn give_way() -> io::Result<()> {
    let serving = SERVING.lock().unwrap_or_else(PoisonError::into_inner);
    // By the kernel's own calls: the C library's are guarded, and this folder is not for statements.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open("/proc/self/task", flags, Mode::empty())?;
    for entry in Dir::new(folder)? {
        let thread = entry?
            .file_name()
            .to_str()
            .ok()
            .and_then(|name| name.parse().ok())
            .and_then(Pid::from_raw);
        let Some(thread) = thread.filter(|thread| !serving.contains(thread)) else {
            continue;
        };
        match setpriority_process(Some(thread), GIVING_WAY) {
            // A thread may end meanwhile.
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// CPU time of all threads of this process so far.
pub(crate) fn cpu_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}
