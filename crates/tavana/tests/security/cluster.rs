//! The way from a gateway to a worker: who else reaches the worker's port gets nothing.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tavana_common::proto::v1::StatusRequest;
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::tls::{ClientFiles, ClientTls};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::support::http2::{Breaker, End, Taken};
use crate::support::process::signal;
use crate::support::server::program_beside;
use crate::support::wire::{Out, Wire};
use crate::support::{START_PATIENCE, eventually, free_port};

const CLUSTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// An authority and what it signs, in a folder.
struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let mut parameters = CertificateParams::new(vec![]).expect("no names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(parameters, key).expect("a certificate");
        let folder = folder.join(name);
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("ca.pem"), issuer.pem()).expect("a file");
        Self { folder, issuer }
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).display().to_string()
    }

    /// `<name>.pem` and `<name>.key`.
    fn sign(&self, name: &str) -> (String, String) {
        let mut parameters =
            CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])
                .expect("names");
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters
            .signed_by(&key, &self.issuer)
            .expect("a certificate");
        let files = (
            self.path(&format!("{name}.pem")),
            self.path(&format!("{name}.key")),
        );
        std::fs::write(&files.0, certificate.pem()).expect("a file");
        std::fs::write(&files.1, key.serialize_pem()).expect("a file");
        files
    }
}

/// A process that ends with the test.
struct Process(Child);

impl Process {
    fn start(name: &str, home: &Path, environment: &[(&str, &str)]) -> Self {
        let child = Command::new(program_beside(name))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", home)
            .env("LOG_LEVEL", "error")
            .env("TAVANA_BIND_ADDRESS", "127.0.0.1")
            .env("DUCKDB_TEMP_DIR", home.join("spill"))
            .envs(environment.iter().copied())
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("it was built before its tests");
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        signal(self.0.id(), "TERM");
        self.0.wait().expect("our own child");
    }
}

fn answers(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// What a client with these files, and this token, hears from the worker.
async fn status(port: u16, files: Option<ClientFiles>, token: Option<&str>) -> Result<(), String> {
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://127.0.0.1:{port}"))
        .map_err(|error| error.to_string())?
        .timeout(Duration::from_secs(10));
    let channel = match files {
        None => endpoint.connect().await,
        Some(files) => {
            let tls = ClientTls::load(files).map_err(|error| error.to_string())?;
            let connect = tower::service_fn(move |_: http::Uri| {
                let tls = Arc::clone(&tls);
                async move {
                    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
                    tls.connect("localhost", stream)
                        .await
                        .map(hyper_util::rt::TokioIo::new)
                }
            });
            endpoint.connect_with_connector(connect).await
        }
    }
    .map_err(|error| error.to_string())?;
    let mut request = tonic::Request::new(StatusRequest {
        gateway_id: tavana_common::ids::GatewayId::mint().to_string(),
    });
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("ASCII");
        request.metadata_mut().insert("authorization", value);
    }
    let mut stream = WorkerServiceClient::new(channel)
        .status(request)
        .await
        .map_err(|status| format!("{:?}", status.code()))?
        .into_inner();
    stream
        .message()
        .await
        .map_err(|status| format!("{:?}", status.code()))?
        .map(drop)
        .ok_or_else(|| "no status".to_owned())
}

#[test]
fn a_worker_with_tls_takes_gateways_with_its_authoritys_certificate_and_token_only() {
    let home = TempDir::new().expect("a folder");
    let own = Authority::new(home.path(), "own");
    let other = Authority::new(home.path(), "other");
    let (worker_pem, worker_key) = own.sign("worker");
    let (gateway_pem, gateway_key) = own.sign("gateway");
    let intern = own.sign("intern");
    let stranger = other.sign("gateway");
    let ca = own.path("ca.pem");
    let (worker_port, postgres_port) = (free_port(), free_port());
    let _worker = Process::start(
        "tavana-worker",
        home.path(),
        &[
            ("GRPC_PORT", &worker_port.to_string()),
            ("TAVANA_CLUSTER_KEY", CLUSTER_KEY),
            ("TAVANA_WORKER_TLS_CERT_PATH", &worker_pem),
            ("TAVANA_WORKER_TLS_KEY_PATH", &worker_key),
            ("TAVANA_WORKER_TLS_CLIENT_CA_PATH", &ca),
            ("TAVANA_WORKER_TLS_CLIENT_NAME", "gateway"),
        ],
    );
    let _gateway = Process::start(
        "tavana-gateway",
        home.path(),
        &[
            ("PG_PORT", &postgres_port.to_string()),
            ("FLIGHT_SQL_PORT", "0"),
            ("HTTP_PORT", "0"),
            ("TAVANA_CLUSTER_KEY", CLUSTER_KEY),
            ("WORKER_ADDR", &format!("https://localhost:{worker_port}")),
            ("TAVANA_WORKER_CA_PATH", &ca),
            ("TAVANA_WORKER_CLIENT_CERT_PATH", &gateway_pem),
            ("TAVANA_WORKER_CLIENT_KEY_PATH", &gateway_key),
        ],
    );
    eventually("both listen", START_PATIENCE, || {
        answers(worker_port) && answers(postgres_port)
    });
    let mut wire = Wire::connect(SocketAddr::from(([127, 0, 0, 1], postgres_port)));
    assert_eq!(wire.query("SELECT 42").value().as_deref(), Some("42"));

    let files = |ca: &str, pair: Option<&(String, String)>| {
        Some(ClientFiles {
            ca: PathBuf::from(ca),
            certificate: pair
                .map(|(certificate, key)| (PathBuf::from(certificate), PathBuf::from(key))),
        })
    };
    let gateway = (gateway_pem, gateway_key);
    let token = tavana_common::secret::ClusterKey::from_text(&tavana_common::secret::Secret::new(
        CLUSTER_KEY.to_owned(),
    ))
    .expect("long enough")
    .internal_token();
    let token = Some(token.expose());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let hears = |files, token| runtime.block_on(status(worker_port, files, token));
    assert_eq!(hears(files(&ca, Some(&gateway)), token), Ok(()));
    for (what, files, token) in [
        ("in clear", None, token),
        ("without a certificate", files(&ca, None), token),
        (
            "a certificate of another authority",
            files(&ca, Some(&stranger)),
            token,
        ),
        (
            "a certificate of another name",
            files(&ca, Some(&intern)),
            token,
        ),
        ("without a token", files(&ca, Some(&gateway)), None),
        ("a wrong token", files(&ca, Some(&gateway)), Some("x")),
        (
            "a client that trusts another authority",
            files(&other.path("ca.pem"), Some(&gateway)),
            token,
        ),
    ] {
        let heard = hears(files, token);
        assert!(heard.is_err(), "{what}: {heard:?}");
    }
    assert_eq!(wire.query("SELECT 43").value().as_deref(), Some("43"));
}

/// Passes bytes on to `port` and keeps those of the first side.
fn recorder(port: u16) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let own = listener.local_addr().expect("an address").port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&heard);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(client) = client else { return };
            let Ok(worker) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
                continue;
            };
            let back = (
                worker.try_clone().expect("a socket"),
                client.try_clone().expect("a socket"),
            );
            let heard = Arc::clone(&all);
            std::thread::spawn(move || pass(client, worker, Some(&heard)));
            std::thread::spawn(move || pass(back.0, back.1, None));
        }
    });
    (own, heard)
}

fn pass(
    mut from: std::net::TcpStream,
    mut to: std::net::TcpStream,
    heard: Option<&Mutex<Vec<u8>>>,
) {
    let mut bytes = [0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if let Some(heard) = heard {
            heard
                .lock()
                .expect("no panic")
                .extend_from_slice(&bytes[..count]);
        }
        if to.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

#[test]
fn credentials_cross_a_network_in_clear_in_no_form() {
    let home = TempDir::new().expect("a folder");
    let (worker_port, postgres_port) = (free_port(), free_port());
    let (between, heard) = recorder(worker_port);
    let _worker = Process::start(
        "tavana-worker",
        home.path(),
        &[
            ("GRPC_PORT", &worker_port.to_string()),
            ("TAVANA_CLUSTER_KEY", CLUSTER_KEY),
        ],
    );
    let _gateway = Process::start(
        "tavana-gateway",
        home.path(),
        &[
            ("PG_PORT", &postgres_port.to_string()),
            ("FLIGHT_SQL_PORT", "0"),
            ("HTTP_PORT", "0"),
            ("TAVANA_CLUSTER_KEY", CLUSTER_KEY),
            ("WORKER_ADDR", &format!("http://127.0.0.1:{between}")),
        ],
    );
    eventually("both listen", START_PATIENCE, || {
        answers(worker_port) && answers(postgres_port)
    });
    let mut wire = Wire::connect(SocketAddr::from(([127, 0, 0, 1], postgres_port)));
    for statement in [
        "SET s3_access_key_id = 'CANARYKEY'",
        "SET s3_secret_access_key = 'CANARYSECRET'",
        "CREATE SECRET mine (TYPE s3, KEY_ID 'CANARYKEY', SECRET 'CANARYSECRET')",
        "BEGIN",
        "DECLARE c CURSOR FOR SELECT 'CANARYSECRET' FROM range(10)",
        "FETCH 2 FROM c",
        "COMMIT",
    ] {
        wire.query(statement).ok();
    }
    let reply = wire.exchange(
        Out::new()
            .parse("", "SELECT 'CANARYSECRET', 1", &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync(),
    );
    assert_eq!(reply.ok().rows().len(), 1);
    let heard = heard.lock().expect("no panic");
    let holds = |text: &[u8]| heard.windows(text.len()).any(|window| window == text);
    assert!(holds(b"claimed//tester"), "it was listened to");
    assert!(!holds(b"CANARY"), "{}", heard.escape_ascii());
}

#[test]
fn a_gateway_that_gives_up_many_calls_at_once_keeps_its_connection_to_the_worker() {
    let home = TempDir::new().expect("a folder");
    let port = free_port();
    let _worker = Process::start(
        "tavana-worker",
        home.path(),
        &[("GRPC_PORT", &port.to_string())],
    );
    eventually("it listens", START_PATIENCE, || answers(port));
    for _ in 0..20 {
        let mut breaker = Breaker::connect(SocketAddr::from(([127, 0, 0, 1], port)));
        let taken = breaker.begin_and_end(2000, "/tavana.v1.WorkerService/Status", End::Cancel);
        assert_eq!(taken, Taken::Goes);
    }
}

#[test]
fn a_worker_that_others_can_reach_does_not_start_without_a_key() {
    let home = TempDir::new().expect("a folder");
    let output = Command::new(program_beside("tavana-worker"))
        .env_clear()
        .env("HOME", home.path())
        .env("GRPC_PORT", "0")
        .env("TAVANA_BIND_ADDRESS", "0.0.0.0")
        .env("DUCKDB_TEMP_DIR", home.path().join("spill"))
        .output()
        .expect("it was built before its tests");
    assert_eq!(output.status.code(), Some(64));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("TAVANA_CLUSTER_KEY"), "{said}");
}

#[test]
fn a_gateway_that_others_can_reach_does_not_start_without_a_word_on_authentication() {
    let output = Command::new(program_beside("tavana-gateway"))
        .env_clear()
        .env("PG_PORT", "0")
        .env("FLIGHT_SQL_PORT", "0")
        .env("HTTP_PORT", "0")
        .output()
        .expect("it was built before its tests");
    assert_eq!(output.status.code(), Some(64));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("TAVANA_AUTH_MODE"), "{said}");
}
