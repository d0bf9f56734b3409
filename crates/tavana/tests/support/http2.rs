//! HTTP/2 frame by frame, where a library would not send what is needed
//! (<https://www.rfc-editor.org/rfc/rfc9113#name-frame-definitions>).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use super::PATIENCE;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// How a call that was just begun is ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// By the client that made it.
    Cancel,
    /// By the server, because the client allows it to send more than can be counted.
    Provoked,
}

/// A connection on which calls are begun and ended, and nothing else.
#[derive(Debug)]
pub(crate) struct Breaker {
    stream: TcpStream,
    next_stream: u32,
}

/// How a server took what it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The connection goes on.
    Goes,
    /// It ended the connection and said why: the name that the library gives the reason.
    GoAway(String),
}

fn frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("small");
    to.extend_from_slice(&length.to_be_bytes()[1..]);
    to.extend_from_slice(&[kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

impl Breaker {
    pub(crate) fn connect(to: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(to).expect("the port accepts");
        for timeout in [TcpStream::set_read_timeout, TcpStream::set_write_timeout] {
            timeout(&stream, Some(PATIENCE)).expect("a timeout above zero");
        }
        let mut hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        frame(&mut hello, SETTINGS, 0, 0, &[]);
        stream.write_all(&hello).expect("it takes the preface");
        Self {
            stream,
            next_stream: 1,
        }
    }

    /// Begins `count` calls of `path` and ends each at once, all in one piece; then asks for a
    /// sign of life and waits for it.
    pub(crate) fn begin_and_end(&mut self, count: usize, path: &str, end: End) -> Taken {
        // Without an index and without Huffman (RFC 7541, 6.2.2): POST, http, the path.
        let mut headers = vec![0x83, 0x86, 0x04];
        headers.push(u8::try_from(path.len()).expect("a short path"));
        headers.extend_from_slice(path.as_bytes());
        headers.extend_from_slice(b"\x01\x01x");
        let mut bytes = Vec::new();
        for _ in 0..count {
            let stream = self.next_stream;
            self.next_stream += 2;
            frame(&mut bytes, HEADERS, END_HEADERS, stream, &headers);
            match end {
                End::Cancel => frame(&mut bytes, RST_STREAM, 0, stream, &8_u32.to_be_bytes()),
                End::Provoked => {
                    let too_much = 0x7fff_ffff_u32.to_be_bytes();
                    frame(&mut bytes, WINDOW_UPDATE, 0, stream, &too_much);
                }
            }
        }
        frame(&mut bytes, PING, 0, 0, b"are you?");
        // It may have ended the connection in the middle; its reason is read below.
        drop(self.stream.write_all(&bytes));
        self.hear()
    }

    fn hear(&mut self) -> Taken {
        loop {
            let mut head = [0; 9];
            if let Err(error) = self.stream.read_exact(&mut head) {
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                    ),
                    "{error}"
                );
                return Taken::GoAway("the connection is over".to_owned());
            }
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; usize::try_from(length).expect("small")];
            self.stream.read_exact(&mut payload).expect("whole frames");
            match (head[3], head[4] & ACK) {
                (PING, ACK) => return Taken::Goes,
                (GOAWAY, _) => {
                    let why = payload.split_off(8);
                    return Taken::GoAway(String::from_utf8(why).expect("a reason in ASCII"));
                }
                _ => {}
            }
        }
    }
}
