//! From the first byte to the first ReadyForQuery.

use crate::support::server::Tavana;
use crate::support::wire::{
    GSSENC_REQUEST, Next, PROTOCOL_3_0, SSL_REQUEST, Wire, packet, startup,
};
use std::collections::BTreeSet;
use std::time::Duration;

const USER: [(&str, &str); 2] = [("user", "tester"), ("database", "main")];

#[test]
fn requests_for_encryption_are_declined_in_either_order_and_the_session_starts() {
    let tavana = Tavana::start();
    for requests in [
        vec![],
        vec![SSL_REQUEST],
        vec![GSSENC_REQUEST],
        vec![SSL_REQUEST, GSSENC_REQUEST],
        vec![GSSENC_REQUEST, SSL_REQUEST],
    ] {
        let mut wire = Wire::dial(tavana.postgres);
        for request in &requests {
            wire.send_bytes(&packet(*request, &[]));
            assert_eq!(wire.byte(), b'N', "after {requests:?}");
        }
        wire.send_bytes(&startup(PROTOCOL_3_0, &USER));
        let greeting = wire.reply().ok();
        assert_eq!(greeting.status(), 'I');
        assert_eq!(wire.query("SELECT 7").value().as_deref(), Some("7"));
    }
}

#[test]
fn the_greeting_reports_what_drivers_need() {
    let tavana = Tavana::start();
    let wire = Wire::connect_as(
        tavana.postgres,
        &[
            ("user", "tester"),
            ("database", "main"),
            ("application_name", "wire test"),
        ],
    );
    let expected = [
        ("client_encoding", "UTF8"),
        ("server_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("integer_datetimes", "on"),
        ("IntervalStyle", "postgres"),
        ("application_name", "wire test"),
    ];
    for (name, value) in expected {
        assert_eq!(
            wire.parameters.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
    let date_style = wire
        .parameters
        .get("DateStyle")
        .expect("DateStyle is reported");
    assert!(
        date_style.starts_with("ISO"),
        "pgjdbc ends the session otherwise: {date_style}"
    );
    assert!(wire.parameters.contains_key("TimeZone"));
    let version = wire
        .parameters
        .get("server_version")
        .expect("server_version is reported");
    let major = version.split('.').next().expect("a first part");
    assert_eq!(
        major, "16",
        "psql and SQLAlchemy choose their SQL by it: {version}"
    );
}

#[test]
fn a_session_without_a_database_gets_one() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect_as(tavana.postgres, &[("user", "tester")]);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn every_session_has_its_own_cancel_key() {
    let tavana = Tavana::start();
    let wires: Vec<Wire> = (0..20).map(|_| Wire::connect(tavana.postgres)).collect();
    let keys: BTreeSet<Vec<u8>> = wires.iter().map(|wire| wire.cancel_key.0.clone()).collect();
    assert_eq!(keys.len(), wires.len());
    let secrets: BTreeSet<&[u8]> = keys.iter().map(|key| &key[4..]).collect();
    assert_eq!(
        secrets.len(),
        wires.len(),
        "the secret part alone must not repeat"
    );
}

#[test]
fn a_newer_minor_protocol_and_unknown_options_are_negotiated_down() {
    let tavana = Tavana::start();
    for (version, option) in [
        (PROTOCOL_3_0 + 9, None),
        (PROTOCOL_3_0, Some("_pq_.compression")),
        (PROTOCOL_3_0 + 9, Some("_pq_.x")),
    ] {
        let mut parameters = USER.to_vec();
        parameters.extend(option.map(|name| (name, "on")));
        let mut wire = Wire::dial(tavana.postgres);
        wire.send_bytes(&startup(version, &parameters));
        let greeting = wire.reply().ok();
        let negotiated = greeting
            .messages
            .iter()
            .find(|message| message.kind == b'v')
            .unwrap_or_else(|| panic!("no NegotiateProtocolVersion for {version} {option:?}"));
        let options = i32::from_be_bytes(negotiated.body[4..8].try_into().expect("four bytes"));
        assert_eq!(options, i32::from(option.is_some()), "{version} {option:?}");
        assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    }
}

#[test]
fn a_startup_that_cannot_be_served_is_refused_with_its_own_state() {
    let tavana = Tavana::start();
    let cases: [(&str, Vec<u8>, &[&str]); 4] = [
        ("protocol 2.0", startup(131_072, &USER), &["0A000", "08P01"]),
        (
            "protocol 9.9",
            startup(9 * 65_536 + 9, &USER),
            &["0A000", "08P01"],
        ),
        (
            "no user",
            startup(PROTOCOL_3_0, &[("database", "main")]),
            &["28000"],
        ),
        (
            "replication",
            startup(
                PROTOCOL_3_0,
                &[("user", "tester"), ("replication", "database")],
            ),
            &["0A000"],
        ),
    ];
    for (what, bytes, states) in cases {
        let mut wire = Wire::dial(tavana.postgres);
        wire.send_bytes(&bytes);
        let messages = wire.expect_end_of(what);
        let faults: Vec<_> = messages
            .iter()
            .filter(|message| message.kind == b'E')
            .map(|m| m.fault())
            .collect();
        assert_eq!(
            faults.len(),
            1,
            "{what}: one error and the end, not {messages:?}"
        );
        assert!(
            states.contains(&faults[0].state()),
            "{what}: {:?}",
            faults[0]
        );
        assert_eq!(
            faults[0].fields.get(&'S').map(String::as_str),
            Some("FATAL"),
            "{what}"
        );
    }
}

/// PostgreSQL refuses a database that is not there with 3D000. Today every name leads to the same
/// session. That is wrong as soon as there is more than one catalog to choose from.
#[test]
fn any_database_name_is_taken() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect_as(tavana.postgres, &[("user", "tester"), ("database", "none")]);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn a_startup_packet_with_a_senseless_length_closes_the_connection() {
    let tavana = Tavana::start();
    for length in [0_i32, 3, 4, 7, -1, i32::MIN, i32::MAX, 1_000_000] {
        let mut wire = Wire::dial(tavana.postgres);
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(PROTOCOL_3_0.to_be_bytes());
        wire.send_bytes(&bytes);
        for message in wire.expect_end() {
            assert_eq!(message.kind, b'E', "length {length}: {message:?}");
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
fn a_startup_packet_of_ten_thousand_bytes_is_too_long() {
    let tavana = Tavana::start();
    let long = "x".repeat(10_100);
    let mut wire = Wire::dial(tavana.postgres);
    // The server may close before it has read all of it.
    wire.try_send(&startup(
        PROTOCOL_3_0,
        &[("user", "tester"), ("application_name", &long)],
    ));
    for message in wire.expect_end() {
        assert_eq!(message.kind, b'E', "{message:?}");
    }
}

#[test]
fn a_client_that_says_nothing_harms_nobody() {
    let tavana = Tavana::start();
    let mut silent: Vec<Wire> = (0..50).map(|_| Wire::dial(tavana.postgres)).collect();
    for wire in &mut silent {
        wire.send_bytes(&[0, 0]);
    }
    let mut wire = Wire::connect(tavana.postgres);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    let first = silent[0].next(Duration::from_millis(100));
    assert_eq!(first, Next::Silence, "two bytes are not yet a mistake");
}
