//! A TCP proxy with faults, to stand between a gateway and a worker.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use socket2::SockRef;
use tokio::time::Instant;

/// How long a thread of the proxy waits for bytes before it looks at the faults again.
const LOOK: Duration = Duration::from_millis(20);
/// Pieces under way in one direction: with a delay, as much as a network holds.
const PIECES_MAX: usize = 64;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Every connection is reset, and none is accepted.
    Cut,
    /// Each piece arrives so much later.
    Delay(Duration),
    /// One piece of so many resets its connection.
    ResetOneOf(u64),
    /// A connection is reset when more bytes than these have come from its client.
    ResetAbove(usize),
    /// Connections stay open and nothing passes.
    Hole,
    /// So many bytes a second.
    Trickle(u64),
}

#[derive(Debug)]
struct Shared {
    fault: Mutex<Fault>,
    to: SocketAddr,
    /// The proxy itself ends.
    ended: AtomicBool,
    resets: AtomicU64,
    pieces: AtomicU64,
}

impl Shared {
    fn fault(&self) -> Fault {
        *self.fault.lock().expect("no panic")
    }

    fn is_over(&self) -> bool {
        self.ended.load(Ordering::Relaxed) || self.fault() == Fault::Cut
    }

    /// Whether this piece is the one that resets its connection.
    fn resets_now(&self) -> bool {
        let Fault::ResetOneOf(many) = self.fault() else {
            return false;
        };
        // Fibonacci hashing: as good as dice, and the same in each run.
        let number = self.pieces.fetch_add(1, Ordering::Relaxed);
        let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let hit = hash.is_multiple_of(many);
        if hit {
            self.resets.fetch_add(1, Ordering::Relaxed);
        }
        hit
    }
}

/// A proxy to one address. Its connections end with it.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            fault: Mutex::new(Fault::None),
            to,
            ended: AtomicBool::new(false),
            resets: AtomicU64::new(0),
            pieces: AtomicU64::new(0),
        });
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if all.ended.load(Ordering::Relaxed) {
                    return;
                }
                match client {
                    Ok(client) if !all.is_over() => serve(client, &all),
                    Ok(client) => reset(&client),
                    Err(_) => return,
                }
            }
        });
        Self { address, shared }
    }

    /// From now on.
    pub(crate) fn set(&self, fault: Fault) {
        *self.shared.fault.lock().expect("no panic") = fault;
    }

    /// Connections that [`Fault::ResetOneOf`] and [`Fault::ResetAbove`] have reset.
    pub(crate) fn resets(&self) -> u64 {
        self.shared.resets.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(client: TcpStream, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect_timeout(&shared.to, Duration::from_secs(5)) else {
        reset(&client);
        return;
    };
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a TCP option");
        stream.set_read_timeout(Some(LOOK)).expect("a timeout");
    }
    let ways = [
        (client.try_clone(), server.try_clone()),
        (Ok(server), Ok(client)),
    ];
    for ((from, to), is_client) in ways.into_iter().zip([true, false]) {
        let (from, to) = (from.expect("a socket"), to.expect("a socket"));
        let shared = Arc::clone(shared);
        std::thread::spawn(move || pass(&from, to, is_client, &shared));
    }
}

/// One direction. A second thread sends, so that a delay does not take away from the throughput.
fn pass(mut from: &TcpStream, to: TcpStream, is_client: bool, shared: &Arc<Shared>) {
    let (pieces, under_way) = mpsc::sync_channel::<(Instant, Vec<u8>)>(PIECES_MAX);
    let sending = {
        let shared = Arc::clone(shared);
        let to = to.try_clone().expect("a socket");
        std::thread::spawn(move || send(to, &under_way, &shared))
    };
    let mut bytes = vec![0; 65_536];
    let mut passed = 0;
    let clean = loop {
        if shared.is_over() {
            break false;
        }
        if shared.fault() == Fault::Hole {
            super::pause(LOOK);
            continue;
        }
        let wanted = match shared.fault() {
            Fault::Trickle(rate) => {
                // Ten pieces a second.
                super::pause(Duration::from_millis(100));
                usize::try_from(rate / 10).expect("a small number").max(1)
            }
            _ => bytes.len(),
        };
        match from.read(&mut bytes[..wanted]) {
            Ok(0) => break true,
            Ok(_) if shared.resets_now() => break false,
            Ok(count) => {
                passed += count;
                if is_client && matches!(shared.fault(), Fault::ResetAbove(most) if passed > most) {
                    shared.resets.fetch_add(1, Ordering::Relaxed);
                    break false;
                }
                let late = match shared.fault() {
                    Fault::Delay(late) => late,
                    _ => Duration::ZERO,
                };
                let piece = (Instant::now() + late, bytes[..count].to_vec());
                if pieces.send(piece).is_err() {
                    break false;
                }
            }
            Err(error) if is_pause(error.kind()) => {}
            Err(_) => break false,
        }
    };
    if clean {
        drop(pieces);
        sending.join().expect("it does not panic");
        // The peer may have closed already.
        drop(to.shutdown(Shutdown::Write));
    } else {
        reset(from);
        reset(&to);
    }
}

fn send(mut to: TcpStream, pieces: &mpsc::Receiver<(Instant, Vec<u8>)>, shared: &Shared) {
    while let Ok((due, piece)) = pieces.recv() {
        while Instant::now() < due {
            if shared.is_over() {
                return;
            }
            super::pause((due - Instant::now()).min(LOOK));
        }
        while shared.fault() == Fault::Hole {
            if shared.is_over() {
                return;
            }
            super::pause(LOOK);
        }
        if shared.is_over() || to.write_all(&piece).is_err() {
            return;
        }
    }
}

fn is_pause(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// RST, in both directions.
fn reset(stream: &TcpStream) {
    // The connection may be gone already; nothing else can be wrong with these.
    drop(SockRef::from(stream).set_linger(Some(Duration::ZERO)));
    drop(stream.shutdown(Shutdown::Both));
}
