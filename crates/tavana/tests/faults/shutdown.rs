//! The end of the process.

use crate::support::server::Tavana;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, process};
use std::time::Duration;
use tokio::time::Instant;

#[test]
fn ctrl_c_and_sigterm_end_it_with_code_zero_and_leave_no_process() {
    let _alone = crate::alone();
    for signal in ["INT", "TERM"] {
        let tavana = Tavana::start();
        let mut wire = Wire::connect(tavana.postgres);
        wire.query("SELECT 1").ok();
        let children = process::descendants(tavana.pid());
        assert!(!children.is_empty());
        let started = Instant::now();
        let status = tavana.stop_by(signal);
        assert_eq!(status.code(), Some(0), "{signal}");
        let took = started.elapsed();
        assert!(
            took < Duration::from_secs(10),
            "{signal}: it took {took:?} with nothing to do"
        );
        eventually("its engines are gone", PATIENCE, || {
            !children.iter().any(|pid| process::is_alive(*pid))
        });
    }
}

#[test]
fn a_running_statement_may_finish_while_it_drains() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.send(
        Out::new().query("SELECT count(*) FROM range(12000000) t(i) WHERE md5(i::VARCHAR) >= '0'"),
    );
    eventually("an engine works", PATIENCE, || {
        process::busiest_engine(tavana.pid()).is_some()
    });
    let stopping = std::thread::spawn(move || tavana.stop_by("TERM"));
    let mut value = None;
    let mut last = Vec::new();
    loop {
        match wire.next(PATIENCE) {
            Next::Message(message) => {
                if message.kind == b'D' {
                    value = message.row().remove(0);
                }
                last.push(message);
            }
            Next::End => break,
            Next::Silence => panic!("neither an answer nor the end: {last:?}"),
        }
    }
    assert_eq!(value.as_deref(), Some(&b"12000000"[..]), "{last:?}");
    assert!(stopping.join().expect("the waiting thread").success());
}

#[test]
fn engines_do_not_outlive_a_killed_server() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SELECT 1").ok();
    let children = process::descendants(tavana.pid());
    assert!(!children.is_empty());
    let status = tavana.stop_by("KILL");
    assert_eq!(status.code(), None);
    eventually("its engines are gone", PATIENCE, || {
        !children.iter().any(|pid| process::is_alive(*pid))
    });
}

#[test]
fn health_ready_and_metrics_are_served() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    Wire::connect(tavana.postgres).query("SELECT 1").ok();
    for path in ["/health", "/ready", "/metrics"] {
        let (status, body) = tavana.http_get(path);
        assert!(status.contains("200"), "{path}: {status}");
        assert!(!body.contains("SELECT"), "{path} shows SQL: {body}");
    }
    assert!(tavana.http_get("/nothing").0.contains("404"));
}
