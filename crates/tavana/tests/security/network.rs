//! The network of the machine: no statement may reach it, in whatever spelling and by whatever
//! client of DuckDB's extensions, unless it was allowed at start.

use crate::support::server::{Start, Tavana};
use crate::support::wire::{Reply, Wire};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// A refusal is told within this time, also where a client tries again for a minute.
const REFUSED_MAX: Duration = Duration::from_secs(4);

/// Counts who calls, on every address of the machine.
struct Listener {
    port: u16,
    calls: Arc<AtomicU32>,
}

impl Listener {
    /// Answers every request with these bytes; without any it hangs up.
    fn answering(answer: &'static str) -> Self {
        let redirect = move |_: u16| answer.to_owned();
        Self::new(redirect)
    }

    fn new(answer: impl Fn(u16) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("[::]:0")
            .or_else(|_| TcpListener::bind("0.0.0.0:0"))
            .expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let Ok(mut stream) = stream else { continue };
                let answer = answer(port);
                if !answer.is_empty() {
                    let mut request = [0_u8; 4096];
                    // A client that hangs up is no concern of this one.
                    drop(stream.read(&mut request));
                    drop(stream.write_all(answer.as_bytes()));
                }
            }
        });
        Self { port, calls }
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

fn start() -> Start {
    Start::new()
        .env("TAVANA_HTTP_TIMEOUT_SECS", "2")
        .env("TAVANA_HTTP_RETRIES", "1")
}

/// Runs a script in a session of its own; the reply is that of its last statement.
fn run(tavana: &Tavana, script: &[String]) -> Reply {
    let mut wire = Wire::connect(tavana.postgres);
    let (last, before) = script.split_last().expect("a statement");
    for sql in before {
        let reply = wire.query(sql);
        if !reply.faults().is_empty() {
            return reply;
        }
    }
    wire.query(last)
}

/// Every client that DuckDB and its extensions have, sent to `host`.
fn clients(host: &str) -> Vec<Vec<String>> {
    let s3 = |read: &str| {
        vec![
            format!("SET s3_endpoint = '{host}'"),
            "SET s3_use_ssl = false".to_owned(),
            "SET s3_url_style = 'path'".to_owned(),
            "SET s3_access_key_id = 'key'".to_owned(),
            "SET s3_secret_access_key = 'secret'".to_owned(),
            read.to_owned(),
        ]
    };
    vec![
        vec![format!("SELECT * FROM read_text('https://{host}/x')")],
        vec![format!("SELECT * FROM read_parquet('https://{host}/x')")],
        vec![format!("FROM 'https://{host}/x.csv'")],
        vec![format!("SELECT * FROM delta_scan('https://{host}/t')")],
        s3("SELECT * FROM read_text('s3://bucket/latest/meta-data')"),
        s3("SELECT * FROM glob('s3://bucket/*')"),
        s3("SELECT * FROM delta_scan('s3://bucket/t')"),
        s3("SELECT * FROM iceberg_scan('s3://bucket/t/metadata/v1.metadata.json')"),
        s3("COPY (SELECT 1) TO 's3://bucket/x.csv'"),
        vec![
            format!(
                "CREATE SECRET s (TYPE s3, KEY_ID 'key', SECRET 'secret', ENDPOINT '{host}', \
                 USE_SSL false, URL_STYLE 'path')"
            ),
            "SELECT * FROM read_text('s3://bucket/x')".to_owned(),
        ],
        vec![format!(
            "SELECT * FROM read_text('s3://b/k?s3_endpoint={host}&s3_use_ssl=false&s3_url_style=path')"
        )],
        vec![format!(
            "SELECT * FROM read_text('s3://b/k?s3_' || 'endpoint={host}&s3_use_ssl=false&s3_url_style=path')"
        )],
        vec![
            format!(
                "CREATE SECRET z (TYPE azure, CONNECTION_STRING 'DefaultEndpointsProtocol=http;\
                 AccountName=devstoreaccount1;AccountKey=a2V5;\
                 BlobEndpoint=http://{host}/devstoreaccount1;')"
            ),
            "SELECT * FROM read_text('az://container/x')".to_owned(),
        ],
        vec![format!(
            "ATTACH 'w' AS w (TYPE iceberg, ENDPOINT 'http://{host}', AUTHORIZATION_TYPE 'none')"
        )],
        vec![format!(
            "CREATE SECRET o (TYPE iceberg, CLIENT_ID 'client', CLIENT_SECRET 'secret', \
             OAUTH2_SERVER_URI 'http://{host}/token')"
        )],
        vec![format!(
            "ATTACH 'w' AS w (TYPE iceberg, ENDPOINT 'https://catalog.example', CLIENT_ID 'a', \
             CLIENT_SECRET 'b', OAUTH2_SERVER_URI 'http://{host}/token')"
        )],
    ]
}

#[track_caller]
fn assert_refused(what: &str, reply: &Reply, took: Duration) {
    let faults = reply.faults();
    assert_eq!(faults.len(), 1, "{what}: {faults:?}");
    assert_eq!(faults[0].state(), "42501", "{what}: {faults:?}");
    assert!(
        faults[0].message().contains("is not permitted"),
        "{what}: {faults:?}"
    );
    let hint = faults[0].fields.get(&'H').map_or("", String::as_str);
    assert!(hint.contains("TAVANA_NETWORK_ALLOW"), "{what}: {faults:?}");
    assert!(took < REFUSED_MAX, "{what}: took {took:?}");
}

#[test]
fn no_client_of_an_engine_reaches_this_machine_in_any_spelling() {
    let listener = Listener::answering("");
    let port = listener.port;
    let tavana = start().run();
    let mut hosts = vec![format!("127.0.0.1:{port}")];
    // What resolves to this machine without looking like it, as a rebinding name does.
    let own_name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    for name in ["ip6-localhost", own_name.trim()] {
        if (name, port).to_socket_addrs().is_ok() && !name.is_empty() {
            hosts.push(format!("{name}:{port}"));
            break;
        }
    }
    for host in &hosts {
        for script in clients(host) {
            let begun = Instant::now();
            let reply = run(&tavana, &script);
            assert_refused(&format!("{script:?}"), &reply, begun.elapsed());
        }
    }
    for host in [
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
    ] {
        for script in [
            vec![format!(
                "SELECT * FROM read_text('https://{host}:{port}/x')"
            )],
            vec![format!("SET s3_endpoint = '{host}:{port}'")],
            vec![format!(
                "SELECT * FROM read_text(concat('https://', '{host}:{port}/x'))"
            )],
        ] {
            let begun = Instant::now();
            let reply = run(&tavana, &script);
            assert!(!reply.faults().is_empty(), "{script:?}");
            assert_eq!(reply.state(), "42501", "{script:?}: {:?}", reply.faults());
            assert!(begun.elapsed() < REFUSED_MAX, "{script:?}");
        }
    }
    assert_eq!(listener.calls(), 0, "somebody called");
}

#[test]
fn metadata_services_and_private_networks_are_not_asked() {
    let tavana = start().run();
    for host in [
        "169.254.169.254",
        "169.254.170.2",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "[fe80::1]",
    ] {
        for script in [
            vec![format!("SELECT * FROM read_text('https://{host}/latest')")],
            // The delta kernel has a client of its own and no ear for interrupts.
            vec![format!("SELECT * FROM delta_scan('https://{host}/t')")],
            vec![format!(
                "CREATE SECRET (TYPE s3, ENDPOINT '{host}', USE_SSL false)"
            )],
        ] {
            let begun = Instant::now();
            let reply = run(&tavana, &script);
            assert_refused(&format!("{script:?}"), &reply, begun.elapsed());
        }
    }
    // The engine that a refused statement ended has been replaced.
    let mut wire = Wire::connect(tavana.postgres);
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn what_is_allowed_by_address_or_by_name_is_reached() {
    let listener = Listener::answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    let port = listener.port;
    for (allow, host) in [
        (format!("127.0.0.1:{port}"), "127.0.0.1"),
        ("127.0.0.0/8".to_owned(), "127.0.0.1"),
        (format!("localhost:{port},[::1]"), "localhost"),
    ] {
        let tavana = start().env("TAVANA_NETWORK_ALLOW", &allow).run();
        for script in clients(&format!("{host}:{port}")) {
            let before = listener.calls();
            let reply = run(&tavana, &script);
            assert_ne!(reply.state(), "42501", "{allow}: {script:?}: {reply:?}");
            // A catalog's token is asked for at a place of its own, and a catalog at a public name.
            assert!(
                listener.calls() > before,
                "{allow}: nobody called: {script:?}: {:?}",
                reply.faults()
            );
        }
        let other = format!("SELECT * FROM read_text('https://10.0.0.1:{port}/x')");
        assert_eq!(run(&tavana, &[other]).state(), "42501", "{allow}");
    }
}

#[test]
fn the_endpoints_of_the_deployment_are_reached_and_their_neighbours_are_not() {
    let store = Listener::answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    let neighbour = Listener::answering("");
    let tavana = start()
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env(
            "AWS_ENDPOINT_URL",
            format!("http://127.0.0.1:{}", store.port),
        )
        .run();
    let read = "SELECT * FROM read_text('s3://bucket/x')".to_owned();
    assert_ne!(run(&tavana, &[read]).state(), "42501");
    assert!(store.calls() > 0, "the store was asked");
    for script in clients(&format!("127.0.0.1:{}", neighbour.port)) {
        assert_eq!(run(&tavana, &script).state(), "42501", "{script:?}");
    }
    assert_eq!(neighbour.calls(), 0);
}

#[test]
fn a_redirect_leads_nowhere_else() {
    let target = Listener::answering("");
    let to = target.port;
    let allowed = Listener::new(move |_| {
        format!(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{to}/latest/meta-data\r\n\
             Content-Length: 0\r\n\r\n"
        )
    });
    let host = format!("127.0.0.1:{}", allowed.port);
    let tavana = start().env("TAVANA_NETWORK_ALLOW", &host).run();
    for script in clients(&host) {
        let reply = run(&tavana, &script);
        assert!(!reply.faults().is_empty(), "{script:?}");
    }
    assert!(allowed.calls() > 0, "the first step was taken");
    assert_eq!(target.calls(), 0, "a redirect was followed");
}

#[test]
fn with_a_list_of_endpoints_no_other_host_is_asked() {
    let listener = Listener::answering("");
    let tavana = start()
        .env(
            "TAVANA_ENDPOINTS_ALLOW",
            "*.stores.example,203.0.113.7:9000",
        )
        .env(
            "TAVANA_NETWORK_ALLOW",
            format!("127.0.0.1:{}", listener.port),
        )
        .run();
    for sql in [
        "SET s3_endpoint = 'evil.example'",
        "SET s3_endpoint = 'stores.example.evil.example'",
        "CREATE SECRET s (TYPE s3, ENDPOINT 'evil.example')",
        "ATTACH 'w' AS w (TYPE iceberg, ENDPOINT 'https://evil.example')",
        "SELECT * FROM read_text('s3://b/k?s3_endpoint=evil.example')",
        "SELECT * FROM read_text('s3://b/k?s3_' || 'endpoint=evil.example')",
        "SELECT * FROM read_text('https://evil.example/x')",
        "SELECT * FROM read_text('https://1.1.1.1/x')",
    ] {
        let reply = run(&tavana, &[sql.to_owned()]);
        assert_eq!(reply.state(), "42501", "{sql}: {:?}", reply.faults());
        let hint = reply.faults()[0].fields.get(&'H').cloned();
        assert!(
            hint.is_some_and(|hint| hint.contains("TAVANA_ENDPOINTS_ALLOW")),
            "{sql}"
        );
    }
    for sql in [
        "SET s3_endpoint = 'a.stores.example'".to_owned(),
        format!("SET s3_endpoint = '127.0.0.1:{}'", listener.port),
    ] {
        assert_eq!(
            run(&tavana, std::slice::from_ref(&sql)).state(),
            "",
            "{sql}"
        );
    }
}

#[test]
fn a_setting_that_is_no_address_stops_the_start() {
    let (code, said) = start()
        .env("TAVANA_NETWORK_ALLOW", "10.0.0.0/33,http://x")
        .env("TAVANA_ADMIN_STATEMENTS", "everything")
        .refused();
    assert_eq!(code, 64, "{said}");
    assert!(
        said.contains("10.0.0.0/33") && said.contains("everything"),
        "{said}"
    );
}
