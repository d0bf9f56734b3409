//! What strangers can hold before anybody knows them: few connections, for a short time, in little
//! memory; and they keep nobody else out. And what those can hold who are known.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::time::Instant;

use crate::support::flight::Flight;
use crate::support::http2::{Breaker, End, Taken};
use crate::support::process::resident_bytes;
use crate::support::server::{Start, Tavana, report};
use crate::support::wire::{Next, Out, PROTOCOL_3_0, Wire, packet, startup};
use crate::support::{PATIENCE, eventually};

const SOCKETS: usize = 5000;
const GROWTH_MAX: u64 = 16 << 20;

/// Each side of a socket takes a descriptor of this process.
fn allow_descriptors(wanted: u64) {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
        setrlimit(Resource::Nofile, limit).expect("the soft limit may be raised");
    }
}

fn silent(address: SocketAddr, first_bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the port accepts");
    // The server may have made room already.
    drop(stream.write_all(first_bytes));
    stream
        .set_nonblocking(true)
        .expect("a socket can be told not to block");
    stream
}

/// Whether the server has closed it; what it said before is read and forgotten.
fn is_closed(mut stream: &TcpStream) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != ErrorKind::WouldBlock,
        }
    }
}

fn select_1(tavana: &Tavana) {
    let mut wire = Wire::connect(tavana.postgres);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

fn flood(tavana: &Tavana, address: SocketAddr, first_bytes: &[u8]) {
    allow_descriptors(SOCKETS as u64 + 500);
    select_1(tavana);
    let before = resident_bytes(tavana.pid());
    let sockets: Vec<TcpStream> = (0..SOCKETS).map(|_| silent(address, first_bytes)).collect();
    // All of them are open for the client, and somebody who means it gets in at once.
    let began = Instant::now();
    select_1(tavana);
    assert!(began.elapsed() < Duration::from_secs(5));
    let grown = resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < GROWTH_MAX, "the server grew by {grown} bytes");
    eventually(
        "every silent socket is closed",
        Duration::from_secs(30),
        || sockets.iter().all(is_closed),
    );
}

#[test]
fn five_thousand_silent_postgresql_sockets_keep_nobody_out() {
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "3").run();
    flood(&tavana, tavana.postgres, b"\x00\x00");
}

#[test]
fn five_thousand_slow_startups_keep_nobody_out() {
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "3").run();
    // The longest packet there is, but for its last byte.
    let mut start = 10_000_u32.to_be_bytes().to_vec();
    start.extend_from_slice(&PROTOCOL_3_0.to_be_bytes());
    start.resize(9_999, b'x');
    flood(&tavana, tavana.postgres, &start);
}

#[test]
fn five_thousand_silent_flight_sockets_keep_nobody_out() {
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "3").run();
    flood(&tavana, tavana.flight, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

#[test]
fn five_thousand_silent_http_sockets_leave_the_probes_alone() {
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "3").run();
    allow_descriptors(SOCKETS as u64 + 500);
    let before = resident_bytes(tavana.pid());
    let sockets: Vec<TcpStream> = (0..SOCKETS)
        .map(|_| silent(tavana.http, b"GET /"))
        .collect();
    assert!(tavana.http_get("/health").0.contains("200"));
    let grown = resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < GROWTH_MAX, "the server grew by {grown} bytes");
    let open = || sockets.iter().filter(|socket| !is_closed(socket)).count();
    eventually(
        "only as many as there are places stay",
        Duration::from_secs(10),
        || open() <= 256,
    );
}

#[test]
fn a_handshake_that_takes_too_long_is_over_and_one_that_is_done_stays() {
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "1").run();
    let mut wire = Wire::connect(tavana.postgres);
    let slow = silent(tavana.postgres, b"\x00");
    let slow_flight = silent(tavana.flight, b"PRI");
    eventually("both are closed", Duration::from_secs(10), || {
        is_closed(&slow) && is_closed(&slow_flight)
    });
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn lengths_that_cannot_be_cost_nothing() {
    let tavana = Tavana::start();
    select_1(&tavana);
    let before = resident_bytes(tavana.pid());
    for header in [
        &b"\xff\xff\xff\xff"[..],
        b"\x7f\xff\xff\xff\x00\x03\x00\x00",
        b"\x00\x00\x27\x11\x00\x03\x00\x00",
        b"\x00\x00\x00\x00",
    ] {
        let stream = silent(tavana.postgres, header);
        eventually("the connection is refused", Duration::from_secs(5), || {
            is_closed(&stream)
        });
    }
    let grown = resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < 4 << 20, "the server grew by {grown} bytes");
    select_1(&tavana);
}

#[test]
fn a_thousand_startup_parameters_are_answered_and_cost_little() {
    let tavana = Tavana::start();
    select_1(&tavana);
    let before = resident_bytes(tavana.pid());
    let names: Vec<String> = (0..1000).map(|number| format!("p{number}")).collect();
    let mut parameters = vec![("user", "tester")];
    parameters.extend(names.iter().map(|name| (name.as_str(), "x")));
    let bytes = startup(PROTOCOL_3_0, &parameters);
    assert!(bytes.len() < 10_000);
    for _ in 0..20 {
        let mut stream = TcpStream::connect(tavana.postgres).expect("the port accepts");
        stream.write_all(&bytes).expect("a packet");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        let mut kind = [0];
        stream.read_exact(&mut kind).expect("an answer");
        assert!(matches!(kind[0], b'R' | b'E'), "{kind:?}");
    }
    let grown = resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < GROWTH_MAX, "the server grew by {grown} bytes");
    select_1(&tavana);
}

#[test]
fn connections_are_bounded_in_all_and_from_one_address() {
    let tavana = Start::new()
        .env("TAVANA_CONNECTIONS_MAX", "3")
        .env("TAVANA_CONNECTIONS_PER_ADDRESS_MAX", "2")
        .run();
    let first_answer = || {
        let mut wire = Wire::dial(tavana.postgres);
        wire.send_bytes(&startup(PROTOCOL_3_0, &[("user", "tester")]));
        wire.message()
    };
    let (first, _second) = (
        Wire::connect(tavana.postgres),
        Wire::connect(tavana.postgres),
    );
    let fault = first_answer().fault();
    assert_eq!(fault.state(), "53300");
    assert!(fault.message().contains("from this address"), "{fault:?}");
    drop(first);
    eventually("the seat is free again", Duration::from_secs(5), || {
        first_answer().kind == b'R'
    });
}

#[test]
fn a_cancel_request_of_a_stranger_changes_nothing() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for number in 0..200_i32 {
        let mut stream = TcpStream::connect(tavana.postgres).expect("the port accepts");
        let rest = [number.to_be_bytes(), (-number).to_be_bytes()].concat();
        stream
            .write_all(&packet(80_877_102, &rest))
            .expect("a packet");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the end");
        assert!(answer.is_empty());
    }
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn a_client_may_give_up_all_its_calls_at_once() {
    let tavana = Tavana::start();
    for _ in 0..20 {
        let mut breaker = Breaker::connect(tavana.flight);
        let taken = breaker.begin_and_end(200, FLIGHT_CALL, End::Cancel);
        assert_eq!(taken, Taken::Goes);
    }
}

#[test]
fn calls_that_are_begun_and_ended_without_end_cost_little_and_keep_nobody_out() {
    let start = Start::new().logs("pending-accept streams reached limit");
    let tavana = start.run();
    let mut honest = Flight::connect(tavana.flight);
    honest.query("SELECT 1").expect("it is answered");
    let before = resident_bytes(tavana.pid());
    for end in [End::Cancel, End::Provoked] {
        let mut refused = 0;
        let mut breaker = Breaker::connect(tavana.flight);
        for _ in 0..50 {
            match breaker.begin_and_end(10_000, FLIGHT_CALL, end) {
                Taken::Goes => {}
                Taken::GoAway(why) => {
                    assert_eq!(why, "too_many_resets");
                    refused += 1;
                    breaker = Breaker::connect(tavana.flight);
                }
            }
            honest.query("SELECT 1").expect("it is answered");
        }
        let grown = resident_bytes(tavana.pid()).saturating_sub(before);
        report(&format!(
            "{end:?}: {refused} connections ended, {grown} bytes"
        ));
        assert!(grown < GROWTH_MAX, "the server grew by {grown} bytes");
    }
}

/// A method that anybody may call, with a login or without.
const FLIGHT_CALL: &str = "/arrow.flight.protocol.FlightService/GetFlightInfo";

/// What clients begin and do not finish: longer than the room by half.
const HALF_SENT: usize = 56 << 20;
const HALF_SENT_OF: u32 = 60 << 20;
const HALF_SENDERS: usize = 6;

fn with_little_room() -> Tavana {
    let room = "64";
    let tavana = Start::new().env("TAVANA_UNFINISHED_MESSAGES_MAX_MB", room);
    let tavana = tavana.run();
    select_1(&tavana);
    tavana
}

/// Somebody sends a long message well while others send theirs by half, and the server does not
/// hold all that it was sent.
fn a_whole_message_is_read(tavana: &Tavana, before: u64) {
    const LONG: usize = 8 << 20;
    let to = tavana.postgres;
    let sends = std::thread::spawn(move || {
        let text = "x".repeat(LONG);
        let mut wire = Wire::connect(to);
        let statement = Out::new().parse("", "SELECT length($1)", &[25]);
        let bound = statement.bind("", "", &[Some(&text)]).execute("", 0).sync();
        wire.exchange(bound).value()
    });
    let mut most = 0;
    eventually("a long message is answered", PATIENCE * 3, || {
        most = resident_bytes(tavana.pid()).max(most);
        sends.is_finished()
    });
    let answer = sends.join().expect("no panic");
    assert_eq!(answer.as_deref(), Some(LONG.to_string().as_str()));
    let grown = most.saturating_sub(before) >> 20;
    assert!(grown < 180, "the server grew by {grown} MiB");
}

#[test]
fn half_sent_messages_of_postgresql_clients_share_one_room() {
    let tavana = with_little_room();
    let before = resident_bytes(tavana.pid());
    let (tell, told) = mpsc::channel();
    for _ in 0..HALF_SENDERS {
        let (to, tell) = (tavana.postgres, tell.clone());
        std::thread::spawn(move || {
            let mut wire = Wire::connect(to);
            let head = [&b"B"[..], &HALF_SENT_OF.to_be_bytes()].concat();
            let is_sent = wire.try_send(&head) && wire.try_send(&vec![0; HALF_SENT]);
            if is_sent && let Next::Message(message) = wire.next(PATIENCE * 3) {
                let fault = message.fault();
                // Nobody may be interested any more.
                drop(tell.send((fault.state().to_owned(), wire.next(PATIENCE))));
            }
        });
    }
    // One of them has all the room that it asks for before anybody else comes.
    eventually("the room is taken", PATIENCE, || {
        resident_bytes(tavana.pid()) > before + (HALF_SENT as u64) / 2
    });
    a_whole_message_is_read(&tavana, before);
    let (state, end) = told.recv_timeout(PATIENCE).expect("one had to make way");
    assert_eq!(state, "53200");
    assert!(matches!(end, Next::End), "{end:?}");
    select_1(&tavana);
}

#[test]
fn half_sent_messages_of_flight_clients_share_one_room() {
    let tavana = with_little_room();
    let mut honest = Flight::connect(tavana.flight);
    honest.query("SELECT 1").expect("it is answered");
    let before = resident_bytes(tavana.pid());
    let senders: Vec<Flight> = (0..HALF_SENDERS)
        .map(|_| Flight::connect(tavana.flight))
        .collect();
    let calls: Vec<_> = senders
        .iter()
        .map(|sender| sender.put_half(HALF_SENT_OF, HALF_SENT))
        .collect();
    eventually("the room is taken", PATIENCE, || {
        resident_bytes(tavana.pid()) > before + (HALF_SENT as u64) / 2
    });
    a_whole_message_is_read(&tavana, before);
    let is_over = |call: &&tokio::task::JoinHandle<_>| call.is_finished();
    eventually("one had to make way", PATIENCE, || {
        calls.iter().any(|call| is_over(&call))
    });
    let over = calls.into_iter().find(|call| is_over(&call));
    let status = senders[0].wait(over.expect("one is over"));
    // RESOURCE_EXHAUSTED
    assert_eq!(status.as_deref(), Some("8"));
    honest.query("SELECT 1").expect("it is answered");
}
