//! Clients that run short statements whose answers are known, and keep account of what happens.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause};

/// What has happened to statements and connections so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    pub(crate) right: u64,
    /// Neither an error nor the right answer.
    pub(crate) wrong: u64,
    /// Statements that failed, by SQLSTATE.
    pub(crate) failed: BTreeMap<String, u64>,
    /// Sessions that the server ended with a word, by SQLSTATE.
    pub(crate) ended: BTreeMap<String, u64>,
    /// Sessions that ended without one.
    pub(crate) silent: u64,
    pub(crate) slowest: Duration,
}

impl Account {
    pub(crate) fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    pub(crate) fn statements(&self) -> u64 {
        self.right + self.wrong + self.failures()
    }
}

/// A crowd of clients, each on a connection of its own.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    account: Arc<Mutex<Account>>,
    clients: Vec<JoinHandle<()>>,
}

static NUMBERS: AtomicU64 = AtomicU64::new(0);

impl Load {
    /// Each client takes the gateways in turn: the next one when its connection is over.
    pub(crate) fn start(gateways: &[SocketAddr], clients: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let account = Arc::new(Mutex::new(Account::default()));
        let clients = (0..clients)
            .map(|number| {
                let (stop, account) = (Arc::clone(&stop), Arc::clone(&account));
                let gateways = gateways.to_vec();
                std::thread::spawn(move || work(number, &gateways, &stop, &account))
            })
            .collect();
        Self {
            stop,
            account,
            clients,
        }
    }

    pub(crate) fn account(&self) -> Account {
        self.account.lock().expect("no panic").clone()
    }

    /// Waits until so many more statements were answered well.
    #[track_caller]
    pub(crate) fn answers(&self, more: u64) {
        let wanted = self.account().right + more;
        eventually("statements are answered", PATIENCE * 2, || {
            self.account().right >= wanted
        });
    }

    /// # Panics
    /// When an answer was wrong.
    #[track_caller]
    pub(crate) fn finish(self) -> Account {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.join().expect("a client does not panic");
        }
        let account = self.account.lock().expect("no panic").clone();
        assert_eq!(account.wrong, 0, "{account:?}");
        account
    }
}

fn work(number: usize, gateways: &[SocketAddr], stop: &AtomicBool, account: &Mutex<Account>) {
    let mut turn = number;
    while !stop.load(Ordering::Relaxed) {
        let to = gateways[turn % gateways.len()];
        turn += 1;
        let user = format!("load{number}");
        match Wire::try_connect_as(to, &[("user", &user)]) {
            Some(mut wire) => session(&mut wire, stop, account),
            // It is being replaced.
            None => pause(Duration::from_millis(20)),
        }
    }
}

fn session(wire: &mut Wire, stop: &AtomicBool, account: &Mutex<Account>) {
    while !stop.load(Ordering::Relaxed) {
        let rows = 1000 + NUMBERS.fetch_add(1, Ordering::Relaxed) % 1000;
        let expected = (rows * (rows - 1) / 2).to_string();
        let began = Instant::now();
        let sql = format!("SELECT sum(i) FROM range({rows}) t(i)");
        // Where that fails, what the server said before it closed is still there.
        wire.try_send(&Out::new().query(sql).bytes);
        let outcome = read(wire);
        let mut account = account.lock().expect("no panic");
        account.slowest = account.slowest.max(began.elapsed());
        match outcome {
            Outcome::Answer(value) if value == expected => account.right += 1,
            Outcome::Answer(_) => account.wrong += 1,
            Outcome::Failed(state) => *account.failed.entry(state).or_default() += 1,
            Outcome::Ended(state) => {
                *account.ended.entry(state).or_default() += 1;
                return;
            }
            Outcome::Silent => {
                account.silent += 1;
                return;
            }
        }
    }
}

enum Outcome {
    Answer(String),
    Failed(String),
    Ended(String),
    Silent,
}

fn read(wire: &mut Wire) -> Outcome {
    let (mut value, mut complete, mut failed) = (String::new(), false, None);
    loop {
        match wire.next(PATIENCE * 2) {
            Next::Message(message) => match message.kind {
                b'D' => {
                    let bytes = message.row().remove(0).unwrap_or_default();
                    value = String::from_utf8(bytes).expect("digits");
                }
                b'C' => complete = true,
                b'E' => {
                    let fault = message.fault();
                    if fault.fields[&'S'] == "FATAL" {
                        return Outcome::Ended(fault.state().to_owned());
                    }
                    failed = Some(fault.state().to_owned());
                }
                b'Z' => {
                    return match failed {
                        Some(state) => Outcome::Failed(state),
                        None if complete => Outcome::Answer(value),
                        None => Outcome::Answer("incomplete".to_owned()),
                    };
                }
                _ => {}
            },
            Next::End | Next::Silence => return Outcome::Silent,
        }
    }
}
