//! What the kernel knows of a socket. The one place of this crate with unsafe code.

use std::io;
use std::os::fd::AsFd;

use rustix::ioctl::{Getter, Opcode, ioctl};

/// `SIOCOUTQ` of `linux/sockios.h`; its number is that of `TIOCOUTQ`.
const SIOCOUTQ: Opcode = 0x5411;

/// Bytes, and the end of the stream if it was sent, that the peer of a TCP socket has not
/// acknowledged.
///
/// # Errors
/// When the kernel does not say, for a socket of another kind.
#[expect(unsafe_code, reason = "the kernel's answer has no safe form")]
pub fn unacknowledged(socket: impl AsFd) -> io::Result<u64> {
    // SAFETY: SIOCOUTQ takes the address of an int and stores one there.
    let question = unsafe { Getter::<SIOCOUTQ, i32>::new() };
    // SAFETY: as above; the descriptor is borrowed, hence open, during the call.
    let bytes = unsafe { ioctl(socket, question) }?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn what_a_peer_does_not_take_is_unacknowledged() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        assert_eq!(unacknowledged(&sender).unwrap(), 0);
        sender.set_nonblocking(true).unwrap();
        // Until neither side's buffer has any room.
        let mut sent = 0;
        while let Ok(count) = sender.write(&[0; 65_536]) {
            sent += count;
        }
        assert!(unacknowledged(&sender).unwrap() > 0);
        let mut bytes = vec![0; sent];
        peer.read_exact(&mut bytes).unwrap();
        while unacknowledged(&sender).unwrap() > 0 {
            std::thread::yield_now();
        }
    }
}
