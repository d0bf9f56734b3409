//! Sessions that work on while something happens to another one. They check every answer.

use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, rounds};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

/// Checks sums that are known beforehand, again and again, until they are told to stop.
pub(crate) struct Bystanders {
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

impl Bystanders {
    pub(crate) fn start(to: SocketAddr, sessions: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let answers = Arc::new(AtomicU64::new(0));
        let threads = (0..sessions)
            .map(|number| {
                let stop = Arc::clone(&stop);
                let answers = Arc::clone(&answers);
                std::thread::spawn(move || work(to, number, &stop, &answers))
            })
            .collect();
        Self {
            stop,
            answers,
            threads,
        }
    }

    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// # Panics
    /// When one of them saw an error or a wrong answer, or when they got nothing done.
    #[track_caller]
    pub(crate) fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        let troubles: Vec<String> = self
            .threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a bystander does not panic"))
            .collect();
        assert!(
            troubles.is_empty(),
            "{} troubles of others: {troubles:#?}",
            troubles.len()
        );
        assert!(
            self.answers.load(Ordering::Relaxed) > 0,
            "nobody else was served at all"
        );
    }
}

/// What went wrong for this session.
fn work(to: SocketAddr, number: u32, stop: &AtomicBool, answers: &AtomicU64) -> Vec<String> {
    let mut wire = Wire::connect_as(to, &[("user", &format!("bystander{number}"))]);
    let rows = 200_000 + u64::from(number);
    let sql = format!(
        "SELECT count(*), sum(i), count(DISTINCT i % 1000) FROM range({rows}) t(i) \
         WHERE md5(i::VARCHAR) >= '0'"
    );
    let expected = [rows, rows * (rows - 1) / 2, 1000].map(|value| Some(value.to_string()));
    let mut troubles = Vec::new();
    while !stop.load(Ordering::Relaxed) && troubles.len() < 5 {
        wire.send(Out::new().query(&sql));
        let mut row = None;
        loop {
            match wire.next(PATIENCE * 4) {
                Next::Message(message) => match message.kind {
                    b'D' => {
                        let values = message.row().into_iter();
                        let text = |bytes| String::from_utf8(bytes).expect("digits");
                        row = Some(values.map(|value| value.map(text)).collect::<Vec<_>>());
                    }
                    b'E' => troubles.push(format!("session {number}: {:?}", message.fault())),
                    b'Z' => break,
                    _ => {}
                },
                other => {
                    troubles.push(format!("session {number}: {other:?}"));
                    return troubles;
                }
            }
        }
        match row {
            Some(row) if row == expected => {
                answers.fetch_add(1, Ordering::Relaxed);
            }
            other => troubles.push(format!("session {number}: a wrong answer: {other:?}")),
        }
    }
    troubles
}

#[test]
fn many_sessions_at_once_all_get_their_answers() {
    let _alone = crate::alone();
    let tavana = crate::support::server::Tavana::start();
    let bystanders = Bystanders::start(tavana.postgres, 20);
    let wanted = u64::from(rounds(60));
    crate::support::eventually("all sessions are served", PATIENCE * 4, || {
        bystanders.answers() >= wanted
    });
    bystanders.finish();
}
