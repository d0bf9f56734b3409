//! Bytes that are no protocol at all. Whatever comes: one error or the end of that connection, no
//! panic, no growth, and everybody else is served.

use crate::support::process;
use crate::support::server::{Tavana, report};
use crate::support::wire::{Next, Out, PROTOCOL_3_0, Wire, startup};
use crate::support::{PATIENCE, switch};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::time::Instant;

/// How long random bytes are sent; `TAVANA_TEST_FUZZ_SECONDS` asks for more.
fn fuzz_time() -> Duration {
    let seconds = switch("TAVANA_TEST_FUZZ_SECONDS").map_or(20, |text| {
        text.parse().expect("TAVANA_TEST_FUZZ_SECONDS is a number")
    });
    Duration::from_secs(seconds)
}

/// Sends bytes, reads a little of what comes, and goes.
fn throw(to: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect_timeout(&to, PATIENCE).expect("the port is still open");
    stream
        .set_read_timeout(Some(Duration::from_millis(5)))
        .expect("a timeout");
    stream
        .set_write_timeout(Some(Duration::from_secs(1)))
        .expect("a timeout");
    // The server may have had enough at any byte.
    drop(stream.write_all(bytes));
    drop(stream.read(&mut [0; 1024]));
}

#[test]
fn random_bytes_on_both_ports_do_no_harm() {
    let tavana = Tavana::start();
    let mut session = Wire::connect(tavana.postgres);
    assert_eq!(session.query("SELECT 1").value().as_deref(), Some("1"));
    let before = process::resident_bytes(tavana.pid());
    let mut random = StdRng::seed_from_u64(0x7461_7661_6e61);
    let ends = Instant::now() + fuzz_time();
    let mut connections = 0_u32;
    while Instant::now() < ends {
        let mut noise = vec![0; random.random_range(1..4096)];
        random.fill(noise.as_mut_slice());
        let greeting = startup(PROTOCOL_3_0, &[("user", "tester"), ("database", "main")]);
        throw(tavana.postgres, &noise);
        // Behind a good startup, and as the body of messages that exist.
        throw(tavana.postgres, &[greeting.as_slice(), &noise].concat());
        let mut out = Out::new();
        for part in noise.chunks(64) {
            let kind = b"QPBDECSHXdcfFp"[random.random_range(0..14)];
            out = out.raw(kind, part);
        }
        throw(tavana.postgres, &[greeting.as_slice(), &out.bytes].concat());
        throw(tavana.flight, &noise);
        throw(
            tavana.flight,
            &[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &noise].concat(),
        );
        throw(tavana.http, &noise);
        connections += 6;
    }
    assert!(
        connections > 100,
        "only {connections} connections: the server was hardly answering"
    );
    assert_eq!(
        session.query("SELECT 2").value().as_deref(),
        Some("2"),
        "an old session"
    );
    assert_eq!(
        Wire::connect(tavana.postgres)
            .query("SELECT 3")
            .value()
            .as_deref(),
        Some("3")
    );
    assert!(tavana.http_get("/health").0.contains("200"));
    let grown = process::resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(
        grown < 96 << 20,
        "the process grew by {grown} bytes in {connections} connections"
    );
    assert!(!tavana.log().contains("panicked"), "{}", tavana.log());
}

#[test]
fn a_message_with_a_senseless_length_ends_only_its_own_connection() {
    let tavana = Tavana::start();
    for kind in *b"QPBDECSHdcfpX\x00\xff" {
        for length in [0_i32, 1, 3, -1, i32::MIN] {
            let mut wire = Wire::connect(tavana.postgres);
            let mut bytes = vec![kind];
            bytes.extend(length.to_be_bytes());
            wire.send_bytes(&bytes);
            for message in wire.expect_end() {
                assert!(
                    matches!(message.kind, b'E' | b'Z' | b'N'),
                    "{length}: {message:?}"
                );
            }
        }
    }
    assert_eq!(
        Wire::connect(tavana.postgres)
            .query("SELECT 1")
            .value()
            .as_deref(),
        Some("1")
    );
}

#[test]
fn messages_that_end_too_early_are_protocol_violations() {
    let tavana = Tavana::start();
    let bodies: [(u8, &[u8]); 12] = [
        (b'Q', b"SELECT 1"),
        (b'P', b"s\0SELECT 1"),
        (b'P', b"s\0SELECT 1\0"),
        (b'P', b"s\0SELECT 1\0\x00\x05\x00"),
        (b'B', b""),
        (b'B', b"\0\0\x7f\xff"),
        (b'B', b"\0\0\x00\x00\x00\x01\x7f\xff\xff\xff"),
        (b'B', b"\0\0\x00\x00\x00\x01\xff\xff\xff\xfe\x00\x00"),
        (b'D', b"Z\0"),
        (b'D', b""),
        (b'E', b"p\0\x00"),
        (b'C', b"Q"),
    ];
    for (kind, body) in bodies {
        let mut wire = Wire::connect(tavana.postgres);
        wire.send(Out::new().raw(kind, body).sync());
        let mut states = Vec::new();
        loop {
            match wire.next(PATIENCE) {
                Next::Message(message) if message.kind == b'E' => {
                    states.push(message.fault().state().to_owned());
                }
                Next::Message(message) => {
                    assert!(matches!(message.kind, b'Z' | b'N'), "{message:?}");
                    if message.kind == b'Z' {
                        break;
                    }
                }
                Next::End => break,
                Next::Silence => panic!("no answer to {}", body.escape_ascii()),
            }
        }
        assert!(states.len() <= 1, "{states:?}");
        for state in states {
            assert!(
                ["08P01", "26000", "34000", "22021"].contains(&state.as_str()),
                "{state}"
            );
        }
    }
    assert_eq!(
        Wire::connect(tavana.postgres)
            .query("SELECT 1")
            .value()
            .as_deref(),
        Some("1")
    );
}

#[test]
fn copy_messages_without_a_copy_are_ignored_or_refused() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    // PostgreSQL ignores them, so that a client that was late to hear of an error gets on.
    wire.send(
        Out::new()
            .copy_data(b"1\t2\n")
            .copy_done()
            .copy_fail("no")
            .query("SELECT 5"),
    );
    let mut value = None;
    loop {
        match wire.next(PATIENCE) {
            Next::Message(message) => match message.kind {
                b'D' => value = message.row().remove(0),
                b'C' | b'T' | b'N' | b'Z' => {}
                b'E' => assert_eq!(message.fault().state(), "08P01"),
                _ => panic!("{message:?}"),
            },
            Next::End => break,
            Next::Silence => panic!("no answer"),
        }
        if value.is_some() {
            break;
        }
    }
    assert!(value.is_none_or(|value| value == b"5"));
}

#[test]
fn an_http_client_on_the_sql_port_is_told_off_quickly() {
    let tavana = Tavana::start();
    let started = Instant::now();
    let mut wire = Wire::dial(tavana.postgres);
    wire.send_bytes(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire.expect_end();
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// Conversations that a server understands, as pieces that may be changed.
fn understood() -> Vec<Vec<u8>> {
    let copy = Out::new()
        .query("CREATE TEMP TABLE IF NOT EXISTS f (i INTEGER, v VARCHAR)")
        .query("COPY f FROM STDIN (FORMAT csv)")
        .copy_data(b"1,a\n2,\"b\"\n")
        .copy_done();
    let extended = Out::new()
        .parse("s", "SELECT $1::INTEGER, i FROM range(10) t(i)", &[23])
        .describe_statement("s")
        .bind("p", "s", &[Some("1")])
        .describe_portal("p")
        .execute("p", 3)
        .execute("p", 0)
        .close_portal("p")
        .close_statement("s");
    let cursor = Out::new()
        .query("BEGIN; DECLARE c SCROLL CURSOR FOR FROM range(100)")
        .query("FETCH 5 FROM c; MOVE ABSOLUTE -3 FROM c; FETCH BACKWARD 2 FROM c")
        .query("SAVEPOINT a; ROLLBACK TO a; COMMIT");
    let words = Out::new()
        .query("SET TIME ZONE 'UTC'; SHOW ALL; RESET ALL")
        .query("PREPARE q AS SELECT $1; EXECUTE q(1); DEALLOCATE q")
        .query("COPY (SELECT 1) TO STDOUT (FORMAT binary)")
        .flush();
    vec![copy.bytes, extended.bytes, cursor.bytes, words.bytes]
}

/// Cuts a byte stream of messages where they begin.
fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = bytes;
    let mut found = Vec::new();
    while let Some(length) = rest.get(1..5) {
        let length: [u8; 4] = length.try_into().expect("four bytes");
        let end = 1 + usize::try_from(u32::from_be_bytes(length)).expect("a length");
        found.push(rest[..end].to_vec());
        rest = &rest[end..];
    }
    found
}

#[test]
fn changed_conversations_end_in_an_answer_or_in_the_end_of_the_connection() {
    let tavana = Tavana::start();
    let pieces: Vec<Vec<u8>> = understood().iter().flat_map(|all| messages(all)).collect();
    let mut random = StdRng::seed_from_u64(0x6675_7a7a);
    let ends = Instant::now() + fuzz_time();
    let (mut answered, mut ended) = (0_u32, 0_u32);
    while Instant::now() < ends {
        let mut wire = Wire::connect(tavana.postgres);
        let mut bytes = Vec::new();
        for _ in 0..random.random_range(1..12) {
            let mut piece = pieces[random.random_range(0..pieces.len())].clone();
            match random.random_range(0..8) {
                // As it is, in any order; or with other bytes in it, its length or its type.
                0 => {
                    let at = random.random_range(5..=piece.len());
                    if let Some(byte) = piece.get_mut(at) {
                        *byte = random.random();
                    }
                }
                1 => piece[0] = b"QPBDECSHXdcfFpz"[random.random_range(0..15)],
                2 => piece[4] = piece[4].wrapping_add(random.random_range(0..4)),
                3 => piece.truncate(random.random_range(1..=piece.len())),
                _ => {}
            }
            bytes.extend(piece);
        }
        // Whatever is still waited for ends here.
        let end = Out::new().copy_done().sync().query("SELECT 1").bytes;
        if !wire.try_send(&[bytes, end].concat()) {
            ended += 1;
            continue;
        }
        wire.shut_down_sending();
        loop {
            match wire.next(PATIENCE) {
                Next::Message(message) if message.kind == b'Z' => answered += 1,
                Next::Message(_) => {}
                Next::End => {
                    ended += 1;
                    break;
                }
                Next::Silence => panic!("a connection hangs"),
            }
        }
    }
    assert!(answered > 0 && ended > 0);
    let mut wire = Wire::connect(tavana.postgres);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    report(&format!(
        "{answered} answers in {ended} changed conversations"
    ));
}

#[test]
fn a_message_of_no_type_that_a_session_knows_ends_it_with_a_word() {
    let tavana = Tavana::start();
    // A password after the login is none, too.
    for kind in [b'p', b'R', b'Z', 0, 255] {
        let mut wire = Wire::connect(tavana.postgres);
        wire.query("SELECT 1").ok();
        wire.send(Out::new().raw(kind, b"x\0").query("SELECT 2"));
        let said = wire.expect_end();
        let [message] = said.as_slice() else {
            panic!("{kind}: {said:?}");
        };
        let fault = message.fault();
        assert_eq!(
            (fault.state(), fault.fields[&'S'].as_str()),
            ("08P01", "FATAL"),
            "{kind}"
        );
    }
}
