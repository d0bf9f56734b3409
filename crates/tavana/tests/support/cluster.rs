//! Several gateways and workers on one machine, each a process of its own, and what a test needs to
//! know of them.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::proto::v1::{StatusRequest, WorkerStatus};
use tavana_common::secret::{ClusterKey, Secret};
use tempfile::TempDir;
use tokio::time::Instant;

use super::proxy::Proxy;
use super::server::{http_get, metric, program_beside, report};
use super::{PATIENCE, START_PATIENCE, eventually, free_port, invariants, pause, process};

pub(crate) const CLUSTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// How a cluster is to be started.
#[derive(Debug)]
pub(crate) struct Plan {
    gateways: usize,
    workers: usize,
    /// Gateways reach workers by way of [`Proxy`]s.
    proxied: bool,
    gateway: Vec<(String, String)>,
    worker: Vec<(String, String)>,
}

impl Plan {
    pub(crate) fn of(gateways: usize, workers: usize) -> Self {
        Self {
            gateways,
            workers,
            proxied: false,
            gateway: Vec::new(),
            worker: Vec::new(),
        }
    }

    pub(crate) fn proxied(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// A setting of every gateway.
    pub(crate) fn gateway(mut self, name: &str, value: impl Into<String>) -> Self {
        self.gateway.push((name.to_owned(), value.into()));
        self
    }

    /// A setting of every worker.
    pub(crate) fn worker(mut self, name: &str, value: impl Into<String>) -> Self {
        self.worker.push((name.to_owned(), value.into()));
        self
    }

    /// Starts it and waits until every gateway is ready and knows all workers.
    pub(crate) fn start(self) -> Cluster {
        let home = TempDir::new().expect("a folder for the test");
        let mut cluster = Cluster {
            gateways: Vec::new(),
            workers: Vec::new(),
            proxies: Vec::new(),
            plan: self,
            home,
            started: 0,
        };
        for _ in 0..cluster.plan.workers {
            let port = free_port();
            let worker = cluster.spawn_worker(port);
            cluster.workers.push(worker);
            if cluster.plan.proxied {
                cluster.proxies.push(Proxy::to(local(port)));
            }
        }
        for _ in 0..cluster.plan.gateways {
            let ports = [free_port(), free_port(), free_port()];
            let gateway = cluster.spawn_gateway(ports);
            cluster.gateways.push(gateway);
        }
        let workers = cluster.workers.len();
        for gateway in &cluster.gateways {
            gateway.becomes_ready();
            gateway.knows(workers);
        }
        cluster
    }
}

/// A running cluster. Its processes end with it, and what must hold of every cluster is checked
/// then.
#[derive(Debug)]
pub(crate) struct Cluster {
    // Gateways go before the workers.
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) workers: Vec<Worker>,
    /// One for each worker, where the plan has them.
    pub(crate) proxies: Vec<Proxy>,
    plan: Plan,
    home: TempDir,
    started: u32,
}

impl Cluster {
    fn spawn_worker(&mut self, port: u16) -> Worker {
        let name = self.next_name("worker");
        let spill = self.home.path().join(&name);
        let environment = [
            ("GRPC_PORT", port.to_string()),
            ("DUCKDB_TEMP_DIR", spill.display().to_string()),
            ("MAX_MEMORY_GB", "2".to_owned()),
            ("TAVANA_WORKER_SLOTS", "4".to_owned()),
        ];
        let process = self.spawn("tavana-worker", name, &environment, &self.plan.worker);
        Worker {
            process,
            address: local(port),
        }
    }

    fn spawn_gateway(&mut self, ports: [u16; 3]) -> Gateway {
        let addresses: Vec<String> = if self.plan.proxied {
            let proxies = self.proxies.iter();
            proxies
                .map(|proxy| format!("http://{}", proxy.address))
                .collect()
        } else {
            let workers = self.workers.iter();
            workers
                .map(|worker| format!("http://{}", worker.address))
                .collect()
        };
        let [postgres, flight, http] = ports;
        let environment = [
            ("PG_PORT", postgres.to_string()),
            ("FLIGHT_SQL_PORT", flight.to_string()),
            ("HTTP_PORT", http.to_string()),
            ("WORKER_ADDR", addresses.join(",")),
        ];
        let name = self.next_name("gateway");
        let process = self.spawn("tavana-gateway", name, &environment, &self.plan.gateway);
        Gateway {
            process,
            postgres: local(postgres),
            flight: local(flight),
            http: local(http),
        }
    }

    fn spawn(
        &self,
        program: &str,
        name: String,
        environment: &[(&str, String)],
        settings: &[(String, String)],
    ) -> Process {
        let log = self.home.path().join(format!("{name}.log"));
        let file = File::create(&log).expect("a file");
        let child = Command::new(program_beside(program))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("LOG_LEVEL", "info")
            .env("NO_COLOR", "1")
            .env("TAVANA_BIND_ADDRESS", "127.0.0.1")
            .env("TAVANA_CLUSTER_KEY", CLUSTER_KEY)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::from(file.try_clone().expect("a file")))
            .stderr(Stdio::from(file))
            .spawn()
            .expect("it was built before its tests");
        Process {
            name,
            child,
            log,
            exited: false,
        }
    }

    fn next_name(&mut self, what: &str) -> String {
        self.started += 1;
        format!("{what}-{}", self.started)
    }

    /// Ends a worker as a lost machine does, but for its engines, which go with it.
    pub(crate) fn kill_worker(&mut self, index: usize) {
        let process = &mut self.workers[index].process;
        process.signal("KILL");
        process.ends(PATIENCE);
    }

    /// Starts a new worker in the place of one that has ended.
    pub(crate) fn replace_worker(&mut self, index: usize) {
        let port = self.workers[index].address.port();
        self.workers[index] = self.spawn_worker(port);
    }

    /// Starts a new gateway in the place of one that has ended, and waits until it is ready.
    pub(crate) fn replace_gateway(&mut self, index: usize) {
        let old = &self.gateways[index];
        let ports = [old.postgres, old.flight, old.http].map(|address| address.port());
        self.gateways[index] = self.spawn_gateway(ports);
        self.gateways[index].becomes_ready();
    }

    /// What each process has logged, those that were replaced included.
    pub(crate) fn logs(&self) -> Vec<(String, String)> {
        let files = std::fs::read_dir(self.home.path()).expect("the folder of the test");
        let paths = files.map(|file| file.expect("a file").path());
        let logs = paths.filter(|path| path.extension().is_some_and(|kind| kind == "log"));
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).expect("a log is UTF-8");
            (path.display().to_string(), text)
        };
        logs.map(read).collect()
    }

    /// The workers run nothing, and hold no session and no memory for any.
    #[track_caller]
    pub(crate) fn becomes_idle(&self, within: Duration) -> Duration {
        let mut held = Vec::new();
        let began = Instant::now();
        loop {
            let statuses = self.workers.iter().filter_map(Worker::status);
            held.clear();
            held.extend(statuses.filter(|status| status.running + status.pinned_sessions > 0));
            if held.is_empty() {
                return began.elapsed();
            }
            assert!(began.elapsed() < within, "not within {within:?}: {held:#?}");
            pause(Duration::from_millis(10));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            invariants::assert_clean(self);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) process: Process,
    pub(crate) postgres: SocketAddr,
    pub(crate) flight: SocketAddr,
    pub(crate) http: SocketAddr,
}

impl Gateway {
    #[track_caller]
    fn becomes_ready(&self) {
        eventually("a gateway is ready", START_PATIENCE, || {
            TcpStream::connect(self.http).is_ok() && self.says("/ready") == 200
        });
    }

    /// Waits until it reaches so many workers.
    #[track_caller]
    pub(crate) fn knows(&self, workers: usize) -> Duration {
        let wanted = workers.to_string();
        eventually("the gateway knows the workers", PATIENCE, || {
            metric(self.http, "tavana_workers_up") == wanted
        })
    }

    /// The status code of an answer.
    pub(crate) fn says(&self, path: &str) -> u16 {
        let (head, _) = http_get(self.http, path);
        let code = head.split(' ').nth(1).expect("a status line");
        code.parse().expect("a status code")
    }

    /// `/metrics`; `None` when it has ended or is stopped.
    pub(crate) fn metrics(&self) -> Option<String> {
        if !process::is_running(self.process.pid()) || TcpStream::connect(self.http).is_err() {
            return None;
        }
        Some(http_get(self.http, "/metrics").1)
    }

    /// The value of a line of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let value = metric(self.http, name);
        let value = value.parse();
        value.unwrap_or_else(|_| panic!("no number for {name}"))
    }
}

#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Worker {
    /// Its own word; `None` when it cannot be asked.
    pub(crate) fn status(&self) -> Option<WorkerStatus> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let key = ClusterKey::from_text(&Secret::new(CLUSTER_KEY.to_owned()));
        let token = key.expect("long enough").internal_token();
        runtime.block_on(async {
            let endpoint =
                tonic::transport::Endpoint::from_shared(format!("http://{}", self.address))
                    .expect("an address")
                    .timeout(Duration::from_secs(2));
            let channel = endpoint.connect().await.ok()?;
            let mut request = tonic::Request::new(StatusRequest {
                gateway_id: GatewayId::mint().to_string(),
            });
            let value = format!("Bearer {}", token.expose());
            request
                .metadata_mut()
                .insert("authorization", value.parse().expect("ASCII"));
            let stream = WorkerServiceClient::new(channel).status(request).await;
            stream.ok()?.into_inner().message().await.ok()?
        })
    }

    /// As many statements run.
    #[track_caller]
    pub(crate) fn runs(&self, statements: u32) {
        eventually("the worker runs them", PATIENCE, || {
            self.status()
                .is_some_and(|status| status.running == statements)
        });
    }
}

/// A process of a cluster. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    exited: bool,
}

impl Process {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(process::signal(self.pid(), name), "{} lives", self.name);
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn ends(&mut self, within: Duration) -> ExitStatus {
        let mut status = None;
        eventually(&format!("{} ends", self.name), within, || {
            status = self.child.try_wait().expect("our own child");
            status.is_some()
        });
        self.exited = true;
        status.expect("it has just been seen")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.exited {
            process::signal(self.pid(), "CONT");
            process::signal(self.pid(), "KILL");
            self.child.wait().expect("our own child");
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            for line in &lines[lines.len().saturating_sub(15)..] {
                report(&format!("{}: {line}", self.name));
            }
        }
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
