//! The conversation with the template of engines, after its start: a byte with two open files asks
//! for an engine, and the answer is its number and a handle of its process.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::Pid;

/// Number of a process and error of the kernel, little endian; one of them is 0.
const ANSWER_BYTES: usize = 8;

/// What a new engine is given.
#[derive(Debug)]
pub(crate) struct CopyRequest {
    /// The engine's end of its socket.
    pub(crate) socket: OwnedFd,
    /// The writing end of a pipe.
    pub(crate) stderr: OwnedFd,
}

impl CopyRequest {
    /// # Errors
    /// The template is gone, or the socket is full ([`io::ErrorKind::WouldBlock`]).
    pub(crate) fn send(&self, control: impl AsFd) -> io::Result<()> {
        send(control, &[0], &[self.socket.as_fd(), self.stderr.as_fd()])
    }

    /// Waits for a request; `None` when the supervisor is gone.
    ///
    /// # Errors
    /// Something else than a request came.
    pub(crate) fn receive(control: impl AsFd) -> io::Result<Option<Self>> {
        let mut byte = [0];
        let (bytes, mut files) = receive(control, &mut byte)?;
        if bytes == 0 {
            return Ok(None);
        }
        match (files.pop(), files.pop(), files.is_empty()) {
            (Some(stderr), Some(socket), true) => Ok(Some(Self { socket, stderr })),
            _ => Err(malformed()),
        }
    }
}

/// What became of a request.
#[derive(Debug)]
pub(crate) enum CopyAnswer {
    /// The number of the process; its handle travels beside it.
    Made(Pid),
    /// The kernel's word.
    Refused(io::Error),
}

impl CopyAnswer {
    /// # Errors
    /// The supervisor is gone.
    pub(crate) fn send(
        &self,
        control: impl AsFd,
        handle: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let (pid, error) = match self {
            Self::Made(pid) => (pid.as_raw_nonzero().get(), 0),
            // An error that is not the kernel's was told on standard error.
            Self::Refused(error) => (0, error.raw_os_error().unwrap_or(libc::EPERM)),
        };
        let mut answer = [0; ANSWER_BYTES];
        answer[..4].copy_from_slice(&pid.to_le_bytes());
        answer[4..].copy_from_slice(&error.to_le_bytes());
        let handle: Vec<BorrowedFd<'_>> = handle.filter(|_| pid != 0).into_iter().collect();
        send(control, &answer, &handle)
    }

    /// The answer and the handle of the process that was made.
    ///
    /// # Errors
    /// The template is gone or says something else, or nothing is there yet
    /// ([`io::ErrorKind::WouldBlock`]).
    pub(crate) fn receive(control: impl AsFd) -> io::Result<(Self, Option<OwnedFd>)> {
        let mut answer = [0; ANSWER_BYTES];
        // It was sent at once and is so short that it comes at once.
        let (bytes, mut files) = receive(control, &mut answer)?;
        if bytes != ANSWER_BYTES {
            return Err(match bytes {
                0 => io::ErrorKind::UnexpectedEof.into(),
                _ => malformed(),
            });
        }
        let number = |part: &[u8]| part.try_into().map_or(0, i32::from_le_bytes);
        let (pid, error) = (number(&answer[..4]), number(&answer[4..]));
        match (Pid::from_raw(pid.max(0)), files.pop()) {
            (Some(pid), Some(handle)) => Ok((Self::Made(pid), Some(handle))),
            (None, None) => Ok((Self::Refused(io::Error::from_raw_os_error(error)), None)),
            _ => Err(malformed()),
        }
    }
}

fn malformed() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the other process speaks another language",
    )
}

fn send(control: impl AsFd, bytes: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let sent = sendmsg(
        control,
        &[IoSlice::new(bytes)],
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(io::ErrorKind::WriteZero.into())
    }
}

fn receive(control: impl AsFd, bytes: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut place = [IoSliceMut::new(&mut *bytes)];
        match recvmsg(
            &control,
            &mut place,
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        ) {
            Err(rustix::io::Errno::INTR) => {}
            received => break received?.bytes,
        }
    };
    let files = ancillary
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(files) => Some(files),
            _ => None,
        })
        .flatten()
        .collect();
    Ok((received, files))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn files_and_numbers_arrive_as_they_were_sent() {
        let (supervisor, template) = UnixStream::pair().unwrap();
        let (near, far) = UnixStream::pair().unwrap();
        let (reader, writer) = io::pipe().unwrap();
        let request = CopyRequest {
            socket: far.into(),
            stderr: writer.into(),
        };
        request.send(&supervisor).unwrap();
        drop(request);
        let request = CopyRequest::receive(&template).unwrap().unwrap();
        io::Write::write_all(&mut std::fs::File::from(request.stderr), b"said").unwrap();
        assert_eq!(io::read_to_string(reader).unwrap(), "said");
        drop(request.socket);
        assert_eq!(io::read_to_string(near).unwrap(), "");

        let own = rustix::process::getpid();
        let file = std::fs::File::open("/dev/null").unwrap();
        CopyAnswer::Made(own)
            .send(&template, Some(file.as_fd()))
            .unwrap();
        let answer = CopyAnswer::receive(&supervisor).unwrap();
        assert!(matches!(answer, (CopyAnswer::Made(pid), Some(_)) if pid == own));
        CopyAnswer::Refused(io::Error::from_raw_os_error(libc::EAGAIN))
            .send(&template, None)
            .unwrap();
        let (answer, handle) = CopyAnswer::receive(&supervisor).unwrap();
        assert!(handle.is_none());
        assert!(
            matches!(answer, CopyAnswer::Refused(error) if error.kind() == io::ErrorKind::WouldBlock)
        );
        drop(supervisor);
        assert!(CopyRequest::receive(&template).unwrap().is_none());
    }

    #[test]
    fn a_request_without_its_files_is_refused() {
        let (supervisor, template) = UnixStream::pair().unwrap();
        send(&supervisor, &[0], &[]).unwrap();
        assert!(CopyRequest::receive(&template).is_err());
        send(&template, b"abc", &[]).unwrap();
        assert!(CopyAnswer::receive(&supervisor).is_err());
    }
}
