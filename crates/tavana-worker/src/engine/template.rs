//! The process that engines are copies of.
//!
//! What is the same for every engine of a worker costs tens of milliseconds: linking DuckDB and its
//! extensions, opening an instance, the settings. It is done here once. For each engine the
//! supervisor hands over its socket and its standard error, and a copy of this process becomes the
//! engine (docs/decisions/0012).
//!
//! The process has one thread for ever, so a copy is complete; it runs no statement of anybody and
//! is told no secret, so a copy holds nothing of any principal. It ends when the supervisor closes
//! the socket. Its copies are its children: it keeps the exit of each until it has handed over the
//! handle by which the supervisor knows it, so no number of a process is ever mistaken for another.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};
use tavana_common::proto::engine::{FromEngine, Start, from_engine};

use super::ffi::{exit_now, forget_argument, fork};
use super::instance::Foundation;
use super::main::{EngineError, TEMPLATE, read_start, ready, serve, tell};
use crate::stream::{CopyAnswer, CopyRequest, Frame, write_frame_blocking};

/// Serves the supervisor's requests for engines until it is gone. Returns in no copy.
pub(super) fn run(
    mut control: UnixStream,
    start: &Start,
    foundation: Foundation,
) -> Result<(), EngineError> {
    let ready = FromEngine {
        message: Some(from_engine::Message::Ready(ready(
            &foundation.loaded_extensions,
        ))),
    };
    write_frame_blocking(&mut control, &Frame::Message(ready))
        .map_err(|error| EngineError::Socket(io::Error::other(error)))?;
    let mut living: Vec<OwnedFd> = Vec::new();
    loop {
        reap(&control, &mut living).map_err(EngineError::Socket)?;
        let request = match CopyRequest::receive(&control).map_err(EngineError::Socket)? {
            Some(request) => request,
            // Engines end by themselves, as their sockets close. Nothing is left to be tidied up.
            None => exit_now(0),
        };
        match fork() {
            Ok(None) => {
                // Of the template's the copy keeps only what is the same for all engines.
                drop((control, living));
                become_engine(request, start, foundation);
            }
            copied => {
                let answer = match copied.and_then(|pid| Ok((pid, pid.map(handle).transpose()?))) {
                    Ok((Some(pid), Some(handle))) => {
                        living.push(handle);
                        CopyAnswer::Made(pid)
                    }
                    Ok(_) => CopyAnswer::Refused(io::Error::other("there is no copy")),
                    // Not the kernel's word: there will never be a copy of this process.
                    Err(error) if error.raw_os_error().is_none() => {
                        return Err(EngineError::Copy(error));
                    }
                    Err(error) => CopyAnswer::Refused(error),
                };
                answer
                    .send(&control, living.last().map(AsFd::as_fd))
                    .map_err(EngineError::Socket)?;
            }
        }
    }
}

fn handle(pid: Pid) -> io::Result<OwnedFd> {
    // Nobody else waits for the child, so its number is its own also when it is dead already.
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// Waits for a request or the end of the supervisor, and meanwhile buries dead engines.
fn reap(control: &UnixStream, living: &mut Vec<OwnedFd>) -> io::Result<()> {
    loop {
        let mut watched: Vec<PollFd<'_>> = std::iter::once(control.as_fd())
            .chain(living.iter().map(AsFd::as_fd))
            .map(|file| PollFd::from_borrowed_fd(file, PollFlags::IN))
            .collect();
        match poll(&mut watched, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut told = watched.iter().map(|file| !file.revents().is_empty());
        let called = told.next().unwrap_or(false);
        let dead: Vec<bool> = told.collect();
        drop(watched);
        let mut dead = dead.into_iter();
        living.retain(|handle| {
            if !dead.next().unwrap_or(false) {
                return true;
            }
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            // Dead but not yet to be waited for: at the next turn.
            !matches!(
                waitid(WaitId::PidFd(handle.as_fd()), options),
                Ok(Some(_)) | Err(_)
            )
        });
        if called {
            return Ok(());
        }
    }
}

/// The life of a copy.
fn become_engine(request: CopyRequest, common: &Start, foundation: Foundation) -> ! {
    let ended = engine(request, common, foundation);
    if let Err(error) = &ended {
        tell(error);
    }
    // Nothing of the template's is run at the end of a copy.
    exit_now(u8::from(ended.is_err()));
}

fn engine(request: CopyRequest, common: &Start, foundation: Foundation) -> Result<(), EngineError> {
    rustix::stdio::dup2_stderr(&request.stderr)
        .map_err(|error| EngineError::Socket(error.into()))?;
    drop(request.stderr);
    forget_argument(TEMPLATE).map_err(EngineError::Copy)?;
    let socket = UnixStream::from(request.socket);
    // The rest has been in force since before there was this process.
    let start = Start {
        spill_directory: read_start(&socket)?.spill_directory,
        ..common.clone()
    };
    serve(socket, start, foundation)
}
