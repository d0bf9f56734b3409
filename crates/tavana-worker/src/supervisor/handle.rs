//! A process that is not this one's child, known by its handle and never by its number, which the
//! kernel gives to another process when it is dead.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tracing::debug;

/// Kills the process on drop.
#[derive(Debug)]
pub(crate) struct Handle {
    /// For people only.
    pid: Pid,
    pidfd: AsyncFd<OwnedFd>,
}

impl Handle {
    /// Must be called inside a runtime.
    ///
    /// # Errors
    /// The runtime cannot watch the handle.
    pub(crate) fn new(pid: Pid, pidfd: OwnedFd) -> io::Result<Self> {
        #[expect(
            deprecated,
            reason = "its fault is with types that may name another file later; an owned file \
                      names one for ever, and the other constructor is unsafe"
        )]
        let pidfd = AsyncFd::with_interest(pidfd, Interest::READABLE)?;
        Ok(Self { pid, pidfd })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Whether any thread of the process still runs. Costs one system call.
    pub(crate) fn lives(&self) -> bool {
        let mut watched = [PollFd::new(self.pidfd.get_ref(), PollFlags::IN)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        !matches!(poll(&mut watched, Some(&now)), Ok(1..))
    }

    /// CPU time that the process has used, to the hundredth of a second. `None` when it is dead, or
    /// when the system hides it.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        /// Of user and system time among the fields after the name, see proc(5).
        const TIMES: std::ops::Range<usize> = 11..13;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?;
        // Its number was its own if it still lives.
        if !self.lives() {
            return None;
        }
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let ticks = fields
            .get(TIMES)?
            .iter()
            .map(|field| field.parse::<u64>().ok())
            .sum::<Option<u64>>()?;
        let each = Duration::from_secs(1) / u32::try_from(clock_ticks_per_second()).ok()?;
        Some(each * u32::try_from(ticks).ok()?)
    }

    pub(crate) fn kill(&self) {
        if let Err(error) = pidfd_send_signal(self.pidfd.get_ref(), Signal::KILL) {
            // Also when it is dead already, which is what was wanted.
            debug!(pid = self.pid(), %error, "a process could not be killed");
        }
    }

    /// Waits until no thread of the process runs.
    ///
    /// # Errors
    /// The runtime cannot tell.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub(crate) async fn died(&self) -> io::Result<()> {
        drop(self.pidfd.readable().await?);
        // A process whose parent has died becomes the child of the container's first process, which
        // may be this one. Of every other one somebody else keeps the exit.
        let exit = waitid(
            WaitId::PidFd(std::os::fd::AsFd::as_fd(self.pidfd.get_ref())),
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
        );
        debug!(pid = self.pid(), ?exit, "a process is dead");
        Ok(())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.lives() {
            self.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use rustix::process::{PidfdFlags, pidfd_open};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_process_is_killed_and_its_end_is_seen() {
        for by_drop in [false, true] {
            let mut child = Command::new("cat")
                .stdin(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let pid = Pid::from_child(&child);
            let open = || Handle::new(pid, pidfd_open(pid, PidfdFlags::empty()).unwrap()).unwrap();
            let (watched, killed) = (open(), open());
            assert!(watched.lives());
            assert_eq!(watched.pid(), child.id());
            if by_drop {
                drop(killed);
            } else {
                killed.kill();
            }
            timeout(Duration::from_secs(10), watched.died())
                .await
                .expect("it dies")
                .unwrap();
            assert!(!watched.lives());
            // Its exit was taken by its handle, because it is a child of this process.
            assert!(child.wait().is_err());
        }
    }
}
