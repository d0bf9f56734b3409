//! A worker process of its own, driven over gRPC on loopback, with real engine processes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tavana_common::failure;
use tavana_common::ids::{CursorId, GatewayId, QueryId, SessionId};
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::proto::v1::*;
use tavana_common::secret::{ClusterKey, Secret};
use tokio::time::{Instant, timeout};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Status, Streaming};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

#[path = "service/shares.rs"]
mod shares;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tavana-worker");

/// Long enough for anything that should happen at all on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The planner works on this for minutes and does not listen to an interrupt meanwhile.
fn uninterruptible() -> String {
    let mut sql = "x0".to_owned();
    for depth in 0..30 {
        sql = format!("list_transform([x{depth}], lambda x{}: {sql})", depth + 1);
    }
    format!("SELECT {sql} FROM (SELECT 1 AS x0)")
}

/// Interruptible, and endless for all purposes.
const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b";
const PREFORK: &str = "TAVANA_ENGINE_PREFORK";
/// Rows without end.
const ENDLESS_ROWS: &str = "SELECT range AS i, repeat('x', 100) AS t FROM range(1000000000000)";

// ---------------------------------------------------------------------------------------------
// The worker under test

struct Worker {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    _spill: Option<tempfile::TempDir>,
}

impl Worker {
    /// Starts a worker without prefork, so that each engine process is one that a test asked for.
    async fn start(settings: &[(&str, &str)]) -> Self {
        let spill = tempfile::tempdir().unwrap();
        let mut worker = Self::start_in(spill.path(), settings).await;
        worker._spill = Some(spill);
        worker
    }

    async fn start_in(spill: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = command(settings);
        command.env("DUCKDB_TEMP_DIR", spill);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = child.stderr.take().unwrap();
        let (sender, address) = tokio::sync::oneshot::channel();
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                let mut sender = Some(sender);
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    if let Some(address) = serving(&line)
                        && let Some(sender) = sender.take()
                    {
                        sender.send(address).unwrap();
                    }
                    log.lock().unwrap().push(line);
                }
            }
        });
        let address = timeout(PATIENCE, address).await.unwrap();
        let address = address.unwrap_or_else(|_| panic!("no start: {:#?}", log.lock().unwrap()));
        let worker = Self {
            child,
            address,
            log,
            _spill: None,
        };
        if !settings.iter().any(|(name, _)| *name == PREFORK) {
            // The engine that showed that engines start.
            worker.engines_until(BTreeSet::is_empty).await;
        }
        worker
    }

    async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address))
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    async fn client(&self) -> Client {
        WorkerServiceClient::new(self.channel().await).max_decoding_message_size(1 << 30)
    }

    async fn gateway(&self) -> Gateway {
        let id = GatewayId::mint();
        let mut client = self.client().await;
        let request = StatusRequest {
            gateway_id: id.to_string(),
        };
        let _lease = client.status(request).await.unwrap().into_inner();
        Gateway { id, client, _lease }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The living engines of the worker: children of the process that they are copies of.
    fn engines(&self) -> BTreeSet<u32> {
        children(self.pid())
            .into_iter()
            .flat_map(children)
            .filter(|pid| lives(*pid))
            .collect()
    }

    async fn engines_until(&self, wanted: impl Fn(&BTreeSet<u32>) -> bool) -> BTreeSet<u32> {
        let end = Instant::now() + PATIENCE;
        loop {
            let engines = self.engines();
            if wanted(&engines) {
                return engines;
            }
            assert!(Instant::now() < end, "engines are {engines:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn signal(&self, signal: &str) {
        kill(self.pid(), signal);
    }

    async fn exit_code(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "the worker does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    fn rss_mib(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .env("GRPC_PORT", "0")
        .env("TAVANA_BIND_ADDRESS", "127.0.0.1")
        .env("JSON_LOGS", "true")
        .env("TAVANA_EXTENSIONS_DIR", "none")
        .env(PREFORK, "0")
        .env("TAVANA_WORKER_SLOTS", "4")
        .env("MAX_MEMORY_GB", "4")
        .envs(settings.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Runs a worker that should refuse to start.
fn refused(settings: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let spill = tempfile::tempdir().unwrap();
    let mut command = command(&[]);
    command
        .env("DUCKDB_TEMP_DIR", spill.path())
        .envs(settings.iter().copied())
        .args(arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let end = std::time::SystemTime::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if std::time::SystemTime::now() > end {
            child.kill().unwrap();
            panic!("the worker started");
        }
        std::thread::yield_now();
    }
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

fn serving(line: &str) -> Option<SocketAddr> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let fields = line.get("fields")?;
    (fields.get("message")? == "serving").then_some(())?;
    fields.get("address")?.as_str()?.parse().ok()
}

fn children(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        // pid (name) state parent ...
        let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
        if fields.split(' ').nth(1) == Some(&parent.to_string()) {
            found.push(pid);
        }
    }
    found
}

/// Whether the process is there and not only its exit code. The first thread of a dying process
/// may be gone while others are not.
fn lives(pid: u32) -> bool {
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let stat = std::fs::read_to_string(folder.join("stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default().chars().next();
    let threads = std::fs::read_dir(folder.join("task")).map_or(0, Iterator::count);
    state.is_some_and(|state| state != 'Z' || threads > 1)
}

fn kill(pid: u32, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success(), "kill {signal} {pid}");
}

// ---------------------------------------------------------------------------------------------
// A gateway and its sessions

type Client = WorkerServiceClient<Channel>;

struct Gateway {
    id: GatewayId,
    client: Client,
    _lease: Streaming<WorkerStatus>,
}

impl Gateway {
    fn session(&self, principal: &str) -> Session {
        Session {
            id: SessionId::mint(),
            gateway: self.id,
            principal: principal.to_owned(),
            pin: Pin::None,
            settings: Vec::new(),
            own_credentials_only: false,
            client: self.client.clone(),
        }
    }

    /// Waits for a status of now: the stream that is the lease may hold older ones.
    async fn status_until(&mut self, wanted: impl Fn(&WorkerStatus) -> bool) -> WorkerStatus {
        let request = StatusRequest {
            gateway_id: self.id.to_string(),
        };
        let mut statuses = self.client.status(request).await.unwrap().into_inner();
        let mut last = None;
        let found = timeout(PATIENCE, async {
            loop {
                let status = statuses.message().await.unwrap().unwrap();
                if wanted(&status) {
                    return status;
                }
                last = Some(status);
            }
        });
        match found.await {
            Ok(status) => status,
            Err(_) => panic!("the status stays {last:?}"),
        }
    }
}

#[derive(Clone)]
struct Session {
    id: SessionId,
    gateway: GatewayId,
    principal: String,
    pin: Pin,
    settings: Vec<Setting>,
    own_credentials_only: bool,
    client: Client,
}

#[derive(Debug, Default)]
struct Answer {
    header: Option<ResultHeader>,
    batches: Vec<Batch>,
    complete: Option<ResultComplete>,
}

impl Session {
    fn pinned(&self, pin: Pin) -> Self {
        Self {
            pin,
            ..self.clone()
        }
    }

    fn context(&self) -> Option<SessionContext> {
        Some(SessionContext {
            session_id: self.id.to_string(),
            gateway_id: self.gateway.to_string(),
            role: 0,
            own_credentials_only: self.own_credentials_only,
            user: self.principal.clone(),
            sealed_settings: Vec::new(),
            principal: self.principal.clone(),
            pin: self.pin.into(),
            settings: self.settings.clone(),
        })
    }

    fn request(&self, sql: &str) -> ExecuteRequest {
        ExecuteRequest {
            session: self.context(),
            query_id: QueryId::mint().to_string(),
            sql: sql.to_owned(),
            ..ExecuteRequest::default()
        }
    }

    async fn begin(&self, request: ExecuteRequest) -> Result<Streaming<ResultMessage>, Failure> {
        let answer = timeout(PATIENCE, self.client.clone().execute(request))
            .await
            .unwrap();
        answer
            .map(|answer| answer.into_inner())
            .map_err(|status| failure_of(&status))
    }

    async fn run(&self, request: ExecuteRequest) -> Result<Answer, Failure> {
        read(self.begin(request).await?).await
    }

    async fn execute(&self, sql: &str) -> Result<Answer, Failure> {
        self.run(self.request(sql)).await
    }

    /// The one integer that `sql` returns.
    async fn integer(&self, sql: &str) -> Result<i64, Failure> {
        Ok(self
            .execute(&format!("SELECT ({sql})::BIGINT"))
            .await?
            .integers()[0])
    }

    async fn cancel(&self, query_id: &str) -> bool {
        let request = CancelRequest {
            query_id: query_id.to_owned(),
            session_id: self.id.to_string(),
        };
        self.client
            .clone()
            .cancel(request)
            .await
            .unwrap()
            .into_inner()
            .found
    }

    async fn close(&self) -> Result<(), Failure> {
        let request = CloseSessionRequest {
            session_id: self.id.to_string(),
            gateway_id: self.gateway.to_string(),
            left_nothing: false,
        };
        let closed = self.client.clone().close_session(request).await;
        closed.map(|_| ()).map_err(|status| failure_of(&status))
    }

    /// Starts `sql` in the background; resolves once the worker has it registered.
    fn spawn(&self, sql: &str) -> Running {
        let request = self.request(sql);
        let query_id = request.query_id.clone();
        let session = self.clone();
        let done = Arc::new(AtomicBool::new(false));
        let task = tavana_common::task::spawn({
            let done = Arc::clone(&done);
            async move {
                let outcome = session.run(request).await;
                done.store(true, Ordering::SeqCst);
                outcome
            }
        });
        Running {
            query_id,
            task,
            done,
        }
    }
}

struct Running {
    query_id: String,
    task: tavana_common::task::Task<Result<Answer, Failure>>,
    done: Arc<AtomicBool>,
}

impl Running {
    async fn outcome(self) -> Result<Answer, Failure> {
        timeout(PATIENCE, self.task).await.unwrap().unwrap()
    }
}

impl Answer {
    fn rows(&self) -> u64 {
        self.batches.iter().map(|batch| batch.rows).sum()
    }

    /// The first column, which is BIGINT.
    fn integers(&self) -> Vec<i64> {
        use arrow_array::cast::AsArray;
        use arrow_array::types::Int64Type;

        let mut stream = Vec::new();
        let schema = &self.header.as_ref().unwrap().schema;
        for (header, body) in std::iter::once((schema, &Bytes::new())).chain(
            self.batches
                .iter()
                .map(|batch| (&batch.header, &batch.body)),
        ) {
            stream.extend_from_slice(&[0xff; 4]);
            stream.extend_from_slice(&u32::try_from(header.len()).unwrap().to_le_bytes());
            stream.extend_from_slice(header);
            stream.extend_from_slice(body);
        }
        arrow_ipc::reader::StreamReader::try_new(&stream[..], None)
            .unwrap()
            .flat_map(|batch| {
                let batch = batch.unwrap();
                batch
                    .column(0)
                    .as_primitive::<Int64Type>()
                    .values()
                    .to_vec()
            })
            .collect()
    }
}

async fn read(mut stream: Streaming<ResultMessage>) -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    loop {
        let message = timeout(PATIENCE, stream.message())
            .await
            .expect("the stream goes on");
        match message.map_err(|status| failure_of(&status))? {
            Some(ResultMessage {
                message: Some(message),
            }) => {
                assert!(
                    answer.complete.is_none(),
                    "nothing follows the complete message"
                );
                match message {
                    result_message::Message::Header(header) => answer.header = Some(header),
                    result_message::Message::Batch(batch) => answer.batches.push(batch),
                    result_message::Message::Complete(complete) => {
                        answer.complete = Some(complete);
                    }
                }
            }
            Some(_) => panic!("an empty message"),
            None => {
                let complete = answer.complete.as_ref().expect("an end without complete");
                assert_eq!(complete.rows, answer.rows());
                return Ok(answer);
            }
        }
    }
}

fn failure_of(status: &Status) -> Failure {
    failure::from_status(status).unwrap_or_else(|| panic!("no failure inside {status:?}"))
}

#[track_caller]
fn kind_of<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> FailureKind {
    outcome.expect_err("it should fail").kind()
}

// ---------------------------------------------------------------------------------------------
// Who gets in

#[tokio::test]
async fn only_the_clusters_token_gets_in_and_health_is_open() {
    let key = "0123456789abcdef0123456789abcdef";
    let worker = Worker::start(&[("TAVANA_CLUSTER_KEY", key)]).await;
    let token = ClusterKey::from_text(&Secret::new(key.to_owned()))
        .unwrap()
        .internal_token();
    let request = |token: Option<&str>| {
        let mut request = Request::new(StatusRequest {
            gateway_id: GatewayId::mint().to_string(),
        });
        if let Some(token) = token {
            let value: MetadataValue<_> = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", value);
        }
        request
    };
    let mut client = worker.client().await;
    for wrong in [None, Some(""), Some("x"), Some(key)] {
        let refused = client.status(request(wrong)).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{wrong:?}");
    }
    let mut statuses = client
        .status(request(Some(token.expose())))
        .await
        .unwrap()
        .into_inner();
    let status = statuses.message().await.unwrap().unwrap();
    assert_eq!(
        (status.slots, status.running, status.draining),
        (4, 0, false)
    );
    assert_eq!(status.memory_budget_bytes, 4 << 30);
    assert_eq!(status.duckdb_version, "v1.5.5");

    let mut health = HealthClient::new(worker.channel().await);
    for service in ["", "tavana.v1.WorkerService"] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service:?}");
    }
    assert!(!worker.log().contains("accepts any client"));
    assert!(!worker.log().contains(key) && !worker.log().contains(token.expose()));
}

#[tokio::test]
async fn a_worker_without_a_cluster_key_says_so_loudly() {
    let worker = Worker::start(&[]).await;
    let log = worker.log();
    let line = log
        .lines()
        .find(|line| line.contains("accepts any client"))
        .unwrap();
    assert!(line.contains("\"level\":\"WARN\""), "{line}");
}

// ---------------------------------------------------------------------------------------------
// Statements

#[tokio::test]
async fn select_insert_and_errors_answer_as_they_should() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let answer = session
        .execute("SELECT range::BIGINT AS i FROM range(5)")
        .await
        .unwrap();
    assert_eq!(answer.integers(), [0, 1, 2, 3, 4]);
    assert_eq!(
        answer.header.as_ref().unwrap().columns[0].duckdb_type,
        "BIGINT"
    );

    let pinned = session.pinned(Pin::Start);
    pinned.execute("CREATE TABLE t (i BIGINT)").await.unwrap();
    let inserted = pinned
        .execute("INSERT INTO t SELECT * FROM range(7)")
        .await
        .unwrap();
    assert_eq!(inserted.complete.unwrap().changed_rows, Some(7));
    let required = session.pinned(Pin::Required);
    assert_eq!(required.integer("SELECT count(*) FROM t").await.unwrap(), 7);

    let failure = session.execute("SELECT nonsense").await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::FailureEngine);
    assert_eq!(failure.duckdb_class, "Binder");
    // A failed statement costs nobody the engine.
    assert_eq!(session.integer("1").await.unwrap(), 1);
    assert_eq!(required.integer("SELECT count(*) FROM t").await.unwrap(), 7);
}

#[tokio::test]
async fn prepare_tells_types_and_execute_binds_nothing_it_was_not_given() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let request = PrepareRequest {
        session: session.context(),
        query_id: QueryId::mint().to_string(),
        sql: "SELECT $1::INTEGER AS a, 'x' AS b".to_owned(),
        ..PrepareRequest::default()
    };
    let facts = session
        .client
        .clone()
        .prepare(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(facts.kind(), StatementKind::Select);
    assert_eq!(facts.parameter_types, ["INTEGER"]);
    let types: Vec<_> = facts
        .columns
        .iter()
        .map(|column| column.duckdb_type.as_str())
        .collect();
    assert_eq!(types, ["INTEGER", "VARCHAR"]);
    let unbound = session.execute("SELECT $1::INTEGER").await;
    assert!(matches!(
        kind_of(unbound),
        FailureKind::FailureInvalid | FailureKind::FailureEngine
    ));
}

#[tokio::test]
async fn requests_that_make_no_sense_are_invalid() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let good = session.request("SELECT 1");
    let wrong: [(&str, ExecuteRequest); 4] = [
        (
            "no session",
            ExecuteRequest {
                session: None,
                ..good.clone()
            },
        ),
        (
            "no query id",
            ExecuteRequest {
                query_id: String::new(),
                ..good.clone()
            },
        ),
        ("no principal", {
            let mut nobody = session.clone();
            nobody.principal.clear();
            nobody.request("SELECT 1")
        }),
        ("a session id that is none", {
            let mut request = good.clone();
            request.session.as_mut().unwrap().session_id = "x".to_owned();
            request
        }),
    ];
    for (name, request) in wrong {
        assert_eq!(
            kind_of(session.run(request).await),
            FailureKind::FailureInvalid,
            "{name}"
        );
    }
    let running = session.pinned(Pin::Start).spawn(ENDLESS);
    gateway.status_until(|status| status.running == 1).await;
    let twice = ExecuteRequest {
        query_id: running.query_id.clone(),
        ..session.request("SELECT 1")
    };
    // It may be the second try of one whose answer was lost: it may be sent again.
    assert_eq!(
        kind_of(session.run(twice).await),
        FailureKind::FailureOverloaded
    );
}

// ---------------------------------------------------------------------------------------------
// Isolation

#[tokio::test]
async fn a_killed_engine_costs_its_own_statement_and_nobody_elses() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let bystander = gateway.session("bob").pinned(Pin::Start);
    bystander
        .execute("CREATE TABLE kept AS SELECT 42::BIGINT AS i")
        .await
        .unwrap();
    let bystanders = worker.engines();
    assert_eq!(bystanders.len(), 1);

    for round in 0..20 {
        let victim = gateway.session("alice");
        let mut stream = victim.begin(victim.request(ENDLESS_ROWS)).await.unwrap();
        // In the middle of the result: some rows have arrived, the rest will not.
        for _ in 0..3 {
            assert!(stream.message().await.unwrap().is_some());
        }
        let engines = worker.engines_until(|engines| engines.len() == 2).await;
        let engine = *engines.difference(&bystanders).next().unwrap();
        kill(engine, "-9");
        let outcome = read(stream).await;
        assert_eq!(
            kind_of(outcome),
            FailureKind::FailureEngineLost,
            "round {round}"
        );
        assert_eq!(
            bystander.integer("SELECT i FROM kept").await.unwrap(),
            42,
            "round {round}"
        );
        assert_eq!(
            victim.integer("1").await.unwrap(),
            1,
            "the next statement works"
        );
        // The victim's next engine is idle now; it is not this test's business.
        for idle in worker.engines().difference(&bystanders) {
            kill(*idle, "-9");
        }
        worker.engines_until(|engines| *engines == bystanders).await;
    }
}

#[tokio::test]
async fn two_principals_never_share_an_engine() {
    // `s3_region` is a setting of the httpfs extension.
    let extensions = extensions();
    let folder = ("TAVANA_EXTENSIONS_DIR", extensions.to_str().unwrap());
    let worker = Worker::start(&[folder]).await;
    let gateway = worker.gateway().await;
    let alice = gateway.session("alice");
    alice.execute("SELECT 1").await.unwrap();
    let alices = worker.engines();
    assert_eq!(alices.len(), 1);
    alice.execute("SELECT 1").await.unwrap();
    assert_eq!(
        worker.engines(),
        alices,
        "the same principal gets its warm engine again"
    );

    gateway.session("bob").execute("SELECT 1").await.unwrap();
    let both = worker.engines();
    assert_eq!(both.len(), 2, "bob got a process of his own");
    assert!(both.is_superset(&alices));

    // The same principal with other credentials is somebody else too.
    let mut other = gateway.session("alice");
    other.settings = vec![Setting {
        name: "s3_region".to_owned(),
        value: "eu-west-3".to_owned(),
    }];
    other.execute("SELECT 1").await.unwrap();
    assert_eq!(worker.engines().len(), 3);
    alice.execute("SELECT 1").await.unwrap();
    assert_eq!(
        worker.engines().len(),
        3,
        "alice's first engine is still hers"
    );
}

#[tokio::test]
async fn who_may_use_only_own_credentials_gets_none_of_the_deployments() {
    let extensions = extensions();
    let worker = Worker::start(&[
        ("TAVANA_EXTENSIONS_DIR", extensions.to_str().unwrap()),
        ("AWS_ACCESS_KEY_ID", "AKINFRA"),
        ("AWS_SECRET_ACCESS_KEY", "CANARY"),
        ("AZURE_STORAGE_ACCOUNT_NAME", "accountinfra"),
        ("GCS_ACCESS_KEY_ID", "GOOGINFRA"),
        ("GCS_SECRET", "CANARY"),
    ])
    .await;
    let gateway = worker.gateway().await;
    let may = gateway.session("alice");
    let mut may_not = gateway.session("alice");
    may_not.own_credentials_only = true;
    // An error shows what the engine holds: the text of a list of its secrets.
    // Each statement succeeds as it should: an engine that fails is not kept.
    let holds = |name: &str, is: bool| {
        format!(
            "SELECT CASE WHEN coalesce(contains(s, '{name}'), false) = {is} THEN '' \
             ELSE error('it is not ' || '{is}' || ' that it holds ' || '{name}') END \
             FROM (SELECT string_agg(secret_string) AS s FROM duckdb_secrets())"
        )
    };
    for name in ["AKINFRA", "accountinfra", "GOOGINFRA"] {
        may.execute(&holds(name, true)).await.unwrap();
        may_not.execute(&holds(name, false)).await.unwrap();
    }
    assert_eq!(worker.engines().len(), 2, "their engines are not shared");
}

#[tokio::test]
async fn an_engine_that_failed_on_what_it_read_is_not_used_again() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let alice = gateway.session("alice");
    alice.execute("SELECT 1").await.unwrap();
    let first = worker.engines();
    alice.execute("SELECT nope").await.unwrap_err();
    alice.execute("SELECT 1").await.unwrap();
    assert_eq!(
        worker.engines(),
        first,
        "a name that is wrong harms nothing"
    );

    alice.execute("SELECT '{'::JSON").await.unwrap_err();
    alice
        .execute("SELECT json_extract('{', '$.a')")
        .await
        .unwrap_err();
    alice.execute("SELECT 1").await.unwrap();
    assert!(
        worker.engines().is_disjoint(&first),
        "input that is broken may be cached"
    );
}

#[tokio::test]
async fn an_engine_has_no_environment() {
    let canary = "CANARY-5f2a";
    let worker = Worker::start(&[
        ("AWS_ACCESS_KEY_ID", canary),
        ("AWS_SECRET_ACCESS_KEY", canary),
        ("AZURE_STORAGE_CONNECTION_STRING", canary),
        ("LOG_LEVEL", "debug"),
    ])
    .await;
    let gateway = worker.gateway().await;
    gateway.session("alice").execute("SELECT 1").await.unwrap();
    let running = gateway.session("alice").spawn(ENDLESS);
    for engine in worker.engines() {
        let mut environment = Vec::new();
        let file = std::fs::File::open(format!("/proc/{engine}/environ"));
        if let Ok(mut file) = file
            && file.read_to_end(&mut environment).is_ok()
        {
            assert!(!String::from_utf8(environment).unwrap().contains("CANARY"));
        }
    }
    drop(running);
    assert!(!worker.log().contains("CANARY"), "{}", worker.log());
}

// ---------------------------------------------------------------------------------------------
// Stopping

#[tokio::test]
async fn cancel_ends_a_statement_that_listens_quickly_and_keeps_its_engine() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    session.execute("SELECT 1").await.unwrap();
    let engines = worker.engines();
    let running = session.spawn(ENDLESS);
    gateway.status_until(|status| status.running == 1).await;
    assert!(
        !gateway.session("alice").cancel(&running.query_id).await,
        "another session's query"
    );
    assert!(session.cancel(&running.query_id).await);
    let begun = Instant::now();
    assert_eq!(
        kind_of(running.outcome().await),
        FailureKind::FailureCancelled
    );
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    gateway.status_until(|status| status.running == 0).await;
    assert_eq!(session.integer("7").await.unwrap(), 7);
    assert_eq!(worker.engines(), engines, "the engine goes on");
}

#[tokio::test]
async fn cancel_ends_an_uninterruptible_statement_within_three_seconds() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let sql = uninterruptible();
    let running = session.spawn(&sql);
    gateway.status_until(|status| status.running == 1).await;
    let engines = worker.engines();
    assert!(session.cancel(&running.query_id).await);
    let begun = Instant::now();
    assert_eq!(
        kind_of(running.outcome().await),
        FailureKind::FailureCancelled
    );
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    gateway.status_until(|status| status.running == 0).await;
    worker.engines_until(|now| now.is_disjoint(&engines)).await;
    assert_eq!(session.integer("7").await.unwrap(), 7);
}

#[tokio::test]
async fn a_time_limit_ends_statements_that_listen_and_those_that_do_not() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice");
    session.execute("SELECT 1").await.unwrap();
    for sql in [ENDLESS.to_owned(), uninterruptible()] {
        let request = ExecuteRequest {
            timeout_ms: 300,
            ..session.request(&sql)
        };
        let begun = Instant::now();
        assert_eq!(
            kind_of(session.run(request).await),
            FailureKind::FailureTimeout
        );
        assert!(
            begun.elapsed() > Duration::from_millis(290),
            "{:?}",
            begun.elapsed()
        );
        assert!(
            begun.elapsed() < Duration::from_millis(2800),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn a_time_limit_ends_a_statement_whose_client_does_not_read() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let request = ExecuteRequest {
        timeout_ms: 1000,
        ..session.request(ENDLESS_ROWS)
    };
    let stream = session.begin(request).await.unwrap();
    gateway.status_until(|status| status.running == 1).await;
    // Nobody reads, and yet the slot becomes free.
    gateway.status_until(|status| status.running == 0).await;
    assert_eq!(kind_of(read(stream).await), FailureKind::FailureTimeout);
}

#[tokio::test]
async fn a_client_that_stops_reading_costs_no_memory_and_one_that_goes_stops_its_statement() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    session.execute("SELECT 1").await.unwrap();
    let engines = worker.engines();
    let before = worker.rss_mib();
    let mut stream = session.begin(session.request(ENDLESS_ROWS)).await.unwrap();
    assert!(stream.message().await.unwrap().is_some());
    // Long enough for a worker that buffers to hold gigabytes.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let grown = worker.rss_mib().saturating_sub(before);
    assert!(grown < 100, "the supervisor grew by {grown} MiB");
    drop(stream);
    gateway
        .status_until(|status| status.running == 0 && status.idle_engines == 1)
        .await;
    assert_eq!(session.integer("7").await.unwrap(), 7);
    assert_eq!(
        worker.engines(),
        engines,
        "the engine was interrupted, not killed"
    );
}

// ---------------------------------------------------------------------------------------------
// Admission

#[tokio::test]
async fn a_worker_runs_as_many_statements_as_it_has_slots() {
    let worker = Worker::start(&[("TAVANA_WORKER_SLOTS", "2")]).await;
    let mut gateway = worker.gateway().await;
    let running = [
        gateway.session("alice").spawn(ENDLESS),
        gateway.session("bob").spawn(ENDLESS),
    ];
    // A slot comes before an engine with its memory.
    let are_running =
        |status: &WorkerStatus| status.running == 2 && status.memory_running_bytes > 0;
    let status = gateway.status_until(are_running).await;
    assert!(status.memory_granted_bytes <= status.memory_budget_bytes);
    let of_others =
        |status: &WorkerStatus| (status.other_statements, status.other_memory_running_bytes);
    assert_eq!(of_others(&status), (0, 0));
    let mut other = worker.gateway().await;
    let told = other.status_until(are_running).await;
    assert_eq!(of_others(&told), (2, told.memory_running_bytes));
    let third = gateway.session("carol").execute("SELECT 1").await;
    assert_eq!(kind_of(third), FailureKind::FailureOverloaded);
    let fourth = gateway
        .session("carol")
        .pinned(Pin::Start)
        .execute("SELECT 1")
        .await;
    assert_eq!(kind_of(fourth), FailureKind::FailureOverloaded);
    gateway
        .status_until(|status| status.pinned_sessions == 0)
        .await;
    drop(running);
    gateway.status_until(|status| status.running == 0).await;
    assert_eq!(gateway.session("carol").integer("7").await.unwrap(), 7);
}

#[tokio::test]
async fn idle_engines_and_idle_sessions_make_room_for_running_statements() {
    let worker = Worker::start(&[("TAVANA_WORKER_SLOTS", "2"), ("MAX_MEMORY_GB", "1")]).await;
    let mut gateway = worker.gateway().await;
    // More sessions than there are full grants; each was granted one in its turn.
    let sessions: Vec<Session> = (0..5)
        .map(|_| gateway.session("alice").pinned(Pin::Start))
        .collect();
    for session in &sessions {
        session
            .execute("CREATE TEMP TABLE mine AS SELECT 42::BIGINT AS i")
            .await
            .unwrap();
    }
    for user in ["bob", "carol", "dave"] {
        assert_eq!(
            gateway.session(user).integer("7").await.unwrap(),
            7,
            "{user}"
        );
    }
    for session in &sessions {
        assert_eq!(session.integer("SELECT i FROM mine").await.unwrap(), 42);
    }
    let status = gateway
        .status_until(|status| status.pinned_sessions == 5)
        .await;
    assert!(
        status.memory_granted_bytes <= status.memory_budget_bytes,
        "{status:?}"
    );
}

#[tokio::test]
async fn idle_engines_are_retired_and_never_used_ones_are_replaced() {
    let worker = Worker::start(&[("TAVANA_ENGINE_IDLE_SECS", "1"), (PREFORK, "2")]).await;
    let mut gateway = worker.gateway().await;
    let fresh = worker.engines_until(|engines| engines.len() == 2).await;
    gateway.session("alice").execute("SELECT 1").await.unwrap();
    let three = worker.engines_until(|engines| engines.len() == 3).await;
    assert!(
        three.is_superset(&fresh),
        "alice got a never-used one, and a new one was started"
    );
    gateway
        .status_until(|status| status.idle_engines == 0)
        .await;
    let left = worker.engines_until(|engines| engines.len() == 2).await;
    // A never-used engine that dies is replaced as well.
    kill(*left.first().unwrap(), "-9");
    worker
        .engines_until(|engines| engines.len() == 2 && *engines != left)
        .await;
}

// ---------------------------------------------------------------------------------------------
// Pinned sessions

#[tokio::test]
async fn a_session_keeps_its_engine_until_it_is_closed() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    let required = session.pinned(Pin::Required);
    assert_eq!(
        kind_of(required.execute("SELECT 1").await),
        FailureKind::FailureSessionLost
    );
    session
        .execute("CREATE TEMP TABLE mine AS SELECT 42::BIGINT AS i")
        .await
        .unwrap();
    session.execute("BEGIN").await.unwrap();
    assert_eq!(required.integer("SELECT i FROM mine").await.unwrap(), 42);
    let engines = worker.engines();

    let stranger = Session {
        principal: "mallory".to_owned(),
        ..required.clone()
    };
    assert_eq!(
        kind_of(stranger.execute("SELECT 1").await),
        FailureKind::FailurePermission
    );
    let elsewhere = Session {
        gateway: GatewayId::mint(),
        ..required.clone()
    };
    assert_eq!(
        kind_of(elsewhere.execute("SELECT 1").await),
        FailureKind::FailurePermission
    );
    assert_eq!(
        kind_of(elsewhere.close().await),
        FailureKind::FailurePermission
    );

    gateway
        .status_until(|status| status.pinned_sessions == 1)
        .await;
    session.close().await.unwrap();
    assert!(
        worker.engines().is_disjoint(&engines),
        "its engine is dead when close returns"
    );
    gateway
        .status_until(|status| status.pinned_sessions == 0)
        .await;
    assert_eq!(
        kind_of(required.execute("SELECT 1").await),
        FailureKind::FailureSessionLost
    );
    session.close().await.unwrap();
}

#[tokio::test]
async fn closing_a_session_ends_what_runs_in_it() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    session.execute("SELECT 1").await.unwrap();
    let running = session.spawn(&uninterruptible());
    gateway.status_until(|status| status.running == 1).await;
    let waiting = session.pinned(Pin::Required).spawn("SELECT 1");
    session.close().await.unwrap();
    assert_eq!(
        kind_of(running.outcome().await),
        FailureKind::FailureCancelled
    );
    // Whether it waited already or came after the end, it did not run.
    assert!(matches!(
        kind_of(waiting.outcome().await),
        FailureKind::FailureCancelled | FailureKind::FailureSessionLost
    ));
    gateway
        .status_until(|status| status.running == 0 && status.pinned_sessions == 0)
        .await;
    worker.engines_until(BTreeSet::is_empty).await;
}

#[tokio::test]
async fn requests_of_a_session_run_one_after_another_and_a_waiter_can_be_cancelled() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    session.execute("CREATE TABLE t (i BIGINT)").await.unwrap();
    let running = session.spawn(ENDLESS);
    gateway.status_until(|status| status.running == 1).await;
    let cancelled = session.spawn("INSERT INTO t VALUES (1)");
    let patient = session.spawn("INSERT INTO t VALUES (2)");
    let hasty = ExecuteRequest {
        timeout_ms: 100,
        ..session.request("SELECT 1")
    };
    assert_eq!(
        kind_of(session.run(hasty).await),
        FailureKind::FailureTimeout
    );
    // Both wait by now; the one that is cancelled leaves the queue without having run.
    while !session.cancel(&cancelled.query_id).await {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        kind_of(cancelled.outcome().await),
        FailureKind::FailureCancelled
    );
    assert!(!patient.done.load(Ordering::SeqCst));
    assert!(session.cancel(&running.query_id).await);
    assert_eq!(
        kind_of(running.outcome().await),
        FailureKind::FailureCancelled
    );
    patient.outcome().await.unwrap();
    assert_eq!(session.integer("SELECT sum(i) FROM t").await.unwrap(), 2);
}

#[tokio::test]
async fn a_session_whose_engine_died_is_lost_and_says_so() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    let required = session.pinned(Pin::Required);
    session
        .execute("CREATE TEMP TABLE mine AS SELECT 1")
        .await
        .unwrap();
    kill(*worker.engines().first().unwrap(), "-9");
    worker.engines_until(BTreeSet::is_empty).await;
    assert_eq!(
        kind_of(required.execute("SELECT 1").await),
        FailureKind::FailureSessionLost
    );
    gateway
        .status_until(|status| status.pinned_sessions == 0)
        .await;
    // Beginning anew is the gateway's decision, and possible.
    assert_eq!(session.integer("7").await.unwrap(), 7);
}

#[tokio::test]
async fn sessions_of_a_vanished_gateway_are_closed_and_others_stay() {
    let worker = Worker::start(&[("TAVANA_SESSION_LEASE_SECS", "1")]).await;
    let mut staying = worker.gateway().await;
    let going = worker.gateway().await;
    let kept = staying.session("alice").pinned(Pin::Start);
    kept.execute("CREATE TEMP TABLE mine AS SELECT 42::BIGINT AS i")
        .await
        .unwrap();
    going
        .session("bob")
        .pinned(Pin::Start)
        .execute("SELECT 1")
        .await
        .unwrap();
    staying
        .status_until(|status| status.pinned_sessions == 2)
        .await;
    assert_eq!(worker.engines().len(), 2);
    drop(going);
    staying
        .status_until(|status| status.pinned_sessions == 1)
        .await;
    worker.engines_until(|engines| engines.len() == 1).await;
    assert_eq!(kept.integer("SELECT i FROM mine").await.unwrap(), 42);
}

#[tokio::test]
async fn a_cursor_gives_its_rows_in_parts() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    let cursor = CursorId::mint();
    let open = OpenCursorRequest {
        statement: Some(session.request("SELECT range::BIGINT AS i FROM range(10000)")),
        cursor_id: cursor.to_string(),
        scroll: false,
    };
    let mut client = session.client.clone();
    let header = client.open_cursor(open.clone()).await.unwrap().into_inner();
    assert!(header.returns_rows);
    let twice = client.open_cursor(open).await.unwrap_err();
    assert_eq!(failure_of(&twice).kind(), FailureKind::FailureInvalid);

    let fetch = |cursor: CursorId, rows_max| FetchCursorRequest {
        session: session.context(),
        query_id: QueryId::mint().to_string(),
        cursor_id: cursor.to_string(),
        rows_max,
        timeout_ms: 0,
        motion: None,
    };
    let first = client
        .fetch_cursor(fetch(cursor, 10))
        .await
        .unwrap()
        .into_inner();
    let first = read(first).await.unwrap();
    assert_eq!(
        (first.rows(), first.complete.as_ref().unwrap().more),
        (10, true)
    );
    let rest = client
        .fetch_cursor(fetch(cursor, 0))
        .await
        .unwrap()
        .into_inner();
    let rest = read(rest).await.unwrap();
    assert_eq!(
        (rest.rows(), rest.complete.as_ref().unwrap().more),
        (9990, false)
    );
    let unknown = client
        .fetch_cursor(fetch(CursorId::mint(), 0))
        .await
        .unwrap_err();
    assert_eq!(
        failure_of(&unknown).kind(),
        FailureKind::FailureNoSuchCursor
    );

    let close = CloseCursorRequest {
        session: session.context(),
        cursor_id: cursor.to_string(),
    };
    client.close_cursor(close.clone()).await.unwrap();
    let again = client.close_cursor(close).await.unwrap_err();
    assert_eq!(failure_of(&again).kind(), FailureKind::FailureNoSuchCursor);
}

// ---------------------------------------------------------------------------------------------
// Results that wait for their readers

#[tokio::test]
async fn a_result_that_is_set_aside_frees_its_engine_and_is_read_afterwards() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    session.execute("CREATE TABLE t (i BIGINT)").await.unwrap();
    let request = session.request("SELECT range AS i FROM range(3000000)");
    let query_id = request.query_id.clone();
    let mut client = session.client.clone();
    let mut result = client.execute(request).await.unwrap().into_inner();
    let aside = |session: SessionId| SetAsideRequest {
        query_id: query_id.clone(),
        session_id: session.to_string(),
    };
    let foreign = client.set_aside(aside(SessionId::mint())).await.unwrap();
    assert!(!foreign.into_inner().found, "it is another session's");
    for _ in 0..2 {
        let own = client.set_aside(aside(session.id)).await.unwrap();
        assert!(own.into_inner().found);
        assert_eq!(session.integer("SELECT 42").await.unwrap(), 42);
    }
    let mut rows = 0;
    let complete = loop {
        match result.message().await.unwrap().unwrap().message.unwrap() {
            result_message::Message::Header(_) => {}
            result_message::Message::Batch(batch) => rows += batch.rows,
            result_message::Message::Complete(complete) => break complete,
        }
    };
    assert_eq!((rows, complete.rows), (3_000_000, 3_000_000));
    let ended = client.set_aside(aside(session.id)).await.unwrap();
    assert!(!ended.into_inner().found, "it has ended");
}

// ---------------------------------------------------------------------------------------------
// Append

#[tokio::test]
async fn appended_batches_arrive_and_a_broken_append_leaves_nothing() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    session.execute("CREATE TABLE t (i BIGINT)").await.unwrap();
    let source = session
        .execute("SELECT range::BIGINT AS i FROM range(5000)")
        .await
        .unwrap();
    let schema = source.header.as_ref().unwrap().schema.clone();
    let start = |table: &str| AppendRequest {
        message: Some(append_request::Message::Start(AppendStart {
            session: session.context(),
            query_id: QueryId::mint().to_string(),
            table: table.to_owned(),
            arrow_schema: schema.to_vec(),
            ..AppendStart::default()
        })),
    };
    let batches = || {
        source
            .batches
            .clone()
            .into_iter()
            .map(|batch| AppendRequest {
                message: Some(append_request::Message::Batch(batch)),
            })
    };
    let mut client = session.client.clone();
    let finish = || AppendRequest {
        message: Some(append_request::Message::Finish(AppendFinish {})),
    };
    let requests: Vec<_> = [start("t")].into_iter().chain(batches()).collect();
    let broken = client
        .append(tokio_stream::iter(requests))
        .await
        .unwrap_err();
    assert_eq!(failure_of(&broken).kind(), FailureKind::FailureCancelled);
    assert_eq!(session.integer("SELECT count(*) FROM t").await.unwrap(), 0);

    let requests: Vec<_> = [start("t")]
        .into_iter()
        .chain(batches())
        .chain([finish()])
        .collect();
    let appended = client
        .append(tokio_stream::iter(requests))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(appended.rows, 5000);
    assert_eq!(
        session.integer("SELECT count(*) FROM t").await.unwrap(),
        5000
    );
    assert_eq!(
        session.integer("SELECT sum(i) FROM t").await.unwrap(),
        4999 * 5000 / 2
    );

    let requests: Vec<_> = [start("missing")]
        .into_iter()
        .chain(batches())
        .chain([finish()])
        .collect();
    let missing = client
        .append(tokio_stream::iter(requests))
        .await
        .unwrap_err();
    assert_eq!(failure_of(&missing).kind(), FailureKind::FailureEngine);
    assert_eq!(
        session.integer("SELECT count(*) FROM t").await.unwrap(),
        5000
    );

    let requests: Vec<_> = [start("t"), start("t")].into_iter().collect();
    let twice = client
        .append(tokio_stream::iter(requests))
        .await
        .unwrap_err();
    assert_eq!(failure_of(&twice).kind(), FailureKind::FailureInvalid);
    let requests: Vec<_> = batches().collect();
    let headless = client
        .append(tokio_stream::iter(requests))
        .await
        .unwrap_err();
    assert_eq!(failure_of(&headless).kind(), FailureKind::FailureInvalid);
    assert_eq!(
        session.integer("SELECT count(*) FROM t").await.unwrap(),
        5000
    );
}

// ---------------------------------------------------------------------------------------------
// The end

#[tokio::test]
async fn a_drain_refuses_new_statements_and_lets_running_ones_finish() {
    let mut worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice");
    let slow = "SELECT count(*) FROM range(3000000000)";
    let running = session.spawn(slow);
    gateway.status_until(|status| status.running == 1).await;
    worker.signal("-TERM");
    gateway.status_until(|status| status.draining).await;
    assert_eq!(
        kind_of(session.execute("SELECT 1").await),
        FailureKind::FailureDraining
    );
    running.outcome().await.unwrap();
    assert_eq!(worker.exit_code().await, Some(0), "{}", worker.log());
    assert!(worker.engines().is_empty());
}

#[tokio::test]
async fn a_session_with_an_engine_may_end_its_transaction_while_its_worker_drains() {
    let mut worker = Worker::start(&[("TAVANA_DRAIN_SECS", "2")]).await;
    let mut gateway = worker.gateway().await;
    let session = gateway.session("alice").pinned(Pin::Start);
    session.execute("BEGIN TRANSACTION").await.unwrap();
    let session = session.pinned(Pin::Required);
    session
        .execute("CREATE TEMP TABLE t AS SELECT 42::BIGINT AS i")
        .await
        .unwrap();
    worker.signal("-TERM");
    gateway.status_until(|status| status.draining).await;
    assert_eq!(
        kind_of(
            gateway
                .session("bob")
                .pinned(Pin::Start)
                .execute("SELECT 1")
                .await
        ),
        FailureKind::FailureDraining
    );
    assert_eq!(session.integer("SELECT i FROM t").await.unwrap(), 42);
    session.execute("COMMIT").await.unwrap();
    assert_eq!(worker.exit_code().await, Some(0), "{}", worker.log());
}

#[tokio::test]
async fn the_end_of_the_grace_time_stops_what_still_runs() {
    let mut worker = Worker::start(&[("TAVANA_DRAIN_SECS", "0.2")]).await;
    let mut gateway = worker.gateway().await;
    let listening = gateway.session("alice").spawn(ENDLESS);
    let deaf = gateway.session("bob").spawn(&uninterruptible());
    gateway.status_until(|status| status.running == 2).await;
    worker.signal("-TERM");
    assert_eq!(
        kind_of(listening.outcome().await),
        FailureKind::FailureStopped
    );
    assert_eq!(kind_of(deaf.outcome().await), FailureKind::FailureStopped);
    assert_eq!(worker.exit_code().await, Some(0), "{}", worker.log());
}

#[tokio::test]
async fn the_drain_rpc_counts_what_it_had_to_stop() {
    let worker = Worker::start(&[]).await;
    let mut gateway = worker.gateway().await;
    let running = gateway.session("alice").spawn(ENDLESS);
    gateway.status_until(|status| status.running == 1).await;
    let mut client = worker.client().await;
    let drained = client
        .drain(DrainRequest { grace_ms: 50 })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(drained.cancelled, 1);
    assert_eq!(
        kind_of(running.outcome().await),
        FailureKind::FailureStopped
    );
    let drained = client
        .drain(DrainRequest { grace_ms: 50 })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(drained.cancelled, 0);
}

#[tokio::test]
async fn engines_die_with_a_killed_worker_and_the_next_one_removes_its_spill_folder() {
    let spill = tempfile::tempdir().unwrap();
    let mut worker = Worker::start_in(spill.path(), &[]).await;
    let gateway = worker.gateway().await;
    gateway
        .session("alice")
        .pinned(Pin::Start)
        .execute("SELECT 1")
        .await
        .unwrap();
    let engines = worker.engines();
    assert_eq!(engines.len(), 1);
    worker.signal("-KILL");
    assert_eq!(worker.exit_code().await, None);
    let end = Instant::now() + PATIENCE;
    while engines.iter().any(|engine| lives(*engine)) {
        assert!(Instant::now() < end, "an engine lives on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let folders = || std::fs::read_dir(spill.path()).unwrap().count();
    assert_eq!(folders(), 1, "a killed process cleans up nothing");
    let mut next = Worker::start_in(spill.path(), &[]).await;
    assert_eq!(folders(), 1, "only the next worker's own");
    next.signal("-TERM");
    assert_eq!(next.exit_code().await, Some(0), "{}", next.log());
    assert_eq!(folders(), 0);
}

// ---------------------------------------------------------------------------------------------
// Refusing to start

#[test]
fn wrong_settings_are_all_listed_and_the_exit_code_is_64() {
    let (code, text) = refused(
        &[
            ("GRPC_PORT", "x"),
            ("THREADS", "-1"),
            ("TAVANA_ALLOWED_DIRECTORIES", "/no/such/folder"),
            ("TAVANA_CLUSTER_KEY", "short"),
        ],
        &[],
    );
    assert_eq!(code, Some(64), "{text}");
    for name in [
        "GRPC_PORT",
        "THREADS",
        "TAVANA_ALLOWED_DIRECTORIES",
        "TAVANA_CLUSTER_KEY",
    ] {
        assert!(text.contains(name), "{name} is not in: {text}");
    }
    assert!(text.contains("4 settings are wrong"), "{text}");
}

#[test]
fn an_unknown_argument_is_refused_with_one_line() {
    for arguments in [&["--port"][..], &["engine", "x"], &["serve"]] {
        let (code, text) = refused(&[], arguments);
        assert_eq!((code, text.lines().count()), (Some(64), 1), "{text}");
    }
}

#[test]
fn a_taken_port_is_refused_with_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, text) = refused(&[("GRPC_PORT", &port), ("LOG_LEVEL", "error")], &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    assert!(text.contains(&port), "{text}");
}

/// The unpacked extensions beside the shared library; see `scripts/fetch-deps`.
fn extensions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps/extensions")
}

#[test]
fn a_missing_extension_and_a_flipped_byte_are_refused_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(extensions()).unwrap() {
        let entry = entry.unwrap();
        std::os::unix::fs::symlink(
            entry.path().canonicalize().unwrap(),
            folder.path().join(entry.file_name()),
        )
        .unwrap();
    }
    let delta = folder.path().join("delta.duckdb_extension");
    let path = folder.path().to_str().unwrap();
    let settings = [("TAVANA_EXTENSIONS_DIR", path), ("LOG_LEVEL", "error")];

    let original = std::fs::read(&delta).unwrap();
    std::fs::remove_file(&delta).unwrap();
    let (code, text) = refused(&settings, &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    assert!(text.contains("delta.duckdb_extension"), "{text}");

    let mut flipped = original;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&delta, flipped).unwrap();
    let (code, text) = refused(&settings, &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    assert!(
        text.contains("delta.duckdb_extension has SHA-256"),
        "{text}"
    );
}

#[tokio::test]
async fn the_pinned_extensions_load() {
    let path = extensions();
    let worker = Worker::start(&[
        ("TAVANA_EXTENSIONS_DIR", path.to_str().unwrap()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "CANARY-91c3"),
    ])
    .await;
    let gateway = worker.gateway().await;
    let session = gateway.session("alice");
    session
        .execute("SELECT * FROM tpch_queries() LIMIT 1")
        .await
        .unwrap();
    let secrets = "SELECT count(*) FROM duckdb_secrets() WHERE type = 's3'";
    assert!(session.integer(secrets).await.unwrap() >= 1);
    assert!(!worker.log().contains("CANARY"));
}
