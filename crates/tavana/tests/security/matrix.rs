//! Two users, each with a bucket of their own on one S3 server: whatever the way they give their
//! keys, whatever they read and whatever was read before them, neither sees the other's rows.

use std::collections::BTreeMap;

use crate::lake::{A, B, FORMATS, Format, INFRA, Key, LISTER, Lake};
use crate::support::flight::Flight;
use crate::support::rounds;
use crate::support::server::Tavana;
use crate::support::wire::{Reply, Wire};

/// How a user brings credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Set,
    Secret,
    ScopedSecret,
    Path,
    /// Brings none: the infrastructure's are used.
    Infra,
}

const WAYS: [Way; 5] = [
    Way::Set,
    Way::Secret,
    Way::ScopedSecret,
    Way::Path,
    Way::Infra,
];

impl Way {
    fn statements(self, lake: &Lake, key: Key) -> Vec<String> {
        match self {
            Self::Set => vec![
                format!("SET s3_access_key_id = '{}'", key.id),
                format!("SET s3_secret_access_key = '{}'", key.secret),
            ],
            Self::Secret => vec![lake.create_secret("", "", key)],
            Self::ScopedSecret => vec![lake.create_secret("mine", "s3://", key)],
            Self::Path | Self::Infra => Vec::new(),
        }
    }

    fn query(self, key: Key) -> String {
        match self {
            Self::Path => format!(
                "?s3_access_key_id={}&s3_secret_access_key={}",
                key.id, key.secret
            ),
            _ => String::new(),
        }
    }

    /// The key of this way for a user who has `key`.
    fn key(self, key: Key) -> Key {
        if self == Self::Infra { INFRA } else { key }
    }

    /// Delta and Iceberg read files whose paths they make themselves, without the query.
    fn reads(self, format: Format) -> bool {
        self != Self::Path || !matches!(format, Format::Delta | Format::Iceberg)
    }
}

fn connect(tavana: &Tavana, lake: &Lake, user: &str, way: Way, key: Key) -> Wire {
    let mut wire = Wire::connect_as(tavana.postgres, &[("user", user)]);
    for sql in way.statements(lake, key) {
        wire.query(sql).ok();
    }
    wire
}

/// What a client sees, without what differs from one run to the next.
fn outcome(reply: &Reply) -> String {
    let faults: Vec<(String, String)> = reply
        .faults()
        .iter()
        .map(|fault| (fault.state().to_owned(), without_times(fault.message())))
        .collect();
    format!("{:?} {faults:?}", reply.texts())
}

fn without_times(text: &str) -> String {
    let is_time = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.trim_end_matches(',').ends_with('s')
            && word.contains(|c: char| c.is_ascii_digit())
    };
    text.split(' ')
        .map(|word| if is_time(word) { "TIME" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Reads everything of its own in all formats, and checks whose key was used.
fn reads_its_own(wire: &mut Wire, lake: &mut Lake, way: Way, key: Key) {
    let used = way.key(key);
    for format in FORMATS {
        if !way.reads(format) {
            continue;
        }
        lake.asked();
        let reply = wire.query(lake.read(format, used.bucket, &way.query(key)));
        assert_eq!(
            reply.texts(),
            [[Some(format!("rows of {}", used.bucket))]],
            "{way:?} {format:?}: {:?}",
            reply.faults()
        );
        let asked = lake.asked();
        assert!(
            asked.iter().all(|id| id == used.id),
            "{way:?} {format:?}: the store was asked by {asked:?}"
        );
    }
}

/// Tries to read everything of somebody else; returns what it saw instead.
fn is_kept_out(
    wire: &mut Wire,
    lake: &mut Lake,
    way: Way,
    key: Key,
    others: &str,
) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for format in FORMATS {
        lake.asked();
        let reply = wire.query(lake.read(format, others, &way.query(key)));
        assert!(
            reply.texts().is_empty() && !reply.faults().is_empty(),
            "{way:?} {format:?}: rows of {others}: {:?}",
            reply.texts()
        );
        let asked = lake.asked();
        let allowed = [way.key(key).id, ""];
        assert!(
            asked.iter().all(|id| allowed.contains(&id.as_str())),
            "{way:?} {format:?}: the store was asked by {asked:?}"
        );
        // httpfs lists once more with the secret alone when the keys of a path are refused: that
        // the request is unsigned, and not signed by the infrastructure, is the point.
        if way != Way::Path {
            assert!(
                !asked.contains(""),
                "{way:?} {format:?}: an unsigned request"
            );
        }
        let outcome = outcome(&reply);
        for key in [A, B, LISTER, INFRA] {
            assert!(!outcome.contains(key.secret), "{outcome}");
        }
        seen.insert(format!("{way:?} {format:?}"), outcome);
    }
    seen
}

#[test]
fn neither_of_two_users_sees_the_others_rows_whoever_read_them_before() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut cold = BTreeMap::new();
    for way in WAYS {
        let mut bob = connect(&tavana, &lake, "bob", way, B);
        cold.append(&mut is_kept_out(&mut bob, &mut lake, way, B, A.bucket));
    }
    // Another principal, and another session of the same one, with the other key.
    for other in ["ann", "bob"] {
        for way in WAYS {
            let mut ann = connect(&tavana, &lake, other, way, A);
            reads_its_own(&mut ann, &mut lake, way, A);
            let mut bob = connect(&tavana, &lake, "bob", way, B);
            reads_its_own(&mut bob, &mut lake, way, B);
            for bobs in WAYS {
                let mut bob = connect(&tavana, &lake, "bob", bobs, B);
                let warm = is_kept_out(&mut bob, &mut lake, bobs, B, A.bucket);
                for (cell, seen) in warm {
                    assert_eq!(seen, cold[&cell], "{cell}, after {other} by {way:?}");
                }
            }
            // And the first one is kept out of what the second one has just read.
            if way != Way::Infra {
                is_kept_out(&mut ann, &mut lake, way, A, B.bucket);
            }
        }
    }
}

#[test]
fn who_may_only_list_gets_no_row_after_somebody_else_read_them_all() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    for round in 0..rounds(5) {
        for way in [Way::Set, Way::Secret, Way::Path] {
            let mut ann = connect(&tavana, &lake, "ann", way, A);
            reads_its_own(&mut ann, &mut lake, way, A);
            let mut eve = connect(&tavana, &lake, "eve", way, LISTER);
            for sql in [
                lake.read(Format::Glob, A.bucket, &way.query(LISTER)),
                lake.read(Format::Exact, A.bucket, &way.query(LISTER)),
            ] {
                let reply = eve.query(&sql);
                assert!(
                    reply.texts().is_empty() && !reply.faults().is_empty(),
                    "round {round}, {way:?}: {sql}"
                );
            }
        }
    }
}

#[test]
fn flight_clients_are_kept_apart_by_the_same_engines() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut ann = Wire::connect_as(tavana.postgres, &[("user", "ann")]);
    ann.query(lake.create_secret("", "", A)).ok();
    reads_its_own(&mut ann, &mut lake, Way::Secret, A);
    for way in [Way::Set, Way::Secret, Way::Infra] {
        let mut flight = Flight::connect(tavana.flight);
        for sql in way.statements(&lake, B) {
            flight.update(&sql).expect("its own credentials");
        }
        let used = way.key(B);
        for format in FORMATS {
            lake.asked();
            let own = flight
                .texts(&lake.read(format, used.bucket, ""))
                .unwrap_or_else(|status| panic!("{way:?} {format:?}: {status}"));
            assert_eq!(own, [[format!("rows of {}", used.bucket)]]);
            let asked = lake.asked();
            assert!(
                asked.iter().all(|id| id == used.id),
                "{way:?} {format:?}: the store was asked by {asked:?}"
            );
            let others = flight.texts(&lake.read(format, A.bucket, ""));
            let status = others.expect_err("somebody else's bucket");
            assert!(!status.to_string().contains("CANARY"), "{status}");
        }
    }
}
