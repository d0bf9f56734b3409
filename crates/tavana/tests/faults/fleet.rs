//! Several gateways and workers on one machine, each a process of its own.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::worker_service_client::WorkerServiceClient;
use tavana_common::proto::v1::{StatusRequest, WorkerStatus};
use tavana_common::secret::{ClusterKey, Secret};
use tempfile::TempDir;

use crate::support::server::{http_get, program_beside};
use crate::support::{PATIENCE, eventually};

const CLUSTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// How many there are to be, and what is set in all of them.
#[derive(Debug)]
pub(crate) struct Plan {
    gateways: usize,
    workers: usize,
    settings: Vec<(&'static str, &'static str)>,
}

/// What has been started. Its processes end with it, gateways first.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) workers: Vec<Worker>,
    settings: Vec<(&'static str, &'static str)>,
    home: TempDir,
}

#[derive(Debug)]
pub(crate) struct Gateway {
    _process: Process,
    pub(crate) postgres: SocketAddr,
    pub(crate) http: SocketAddr,
}

#[derive(Debug)]
pub(crate) struct Worker {
    process: Process,
    port: u16,
}

#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended is not signalled: its number may be another's by now.
        self.0.kill().expect("our own child");
        self.0.wait().expect("our own child");
    }
}

impl Plan {
    pub(crate) fn of(gateways: usize, workers: usize) -> Self {
        Self {
            gateways,
            workers,
            settings: Vec::new(),
        }
    }

    pub(crate) fn set(mut self, name: &'static str, value: &'static str) -> Self {
        self.settings.push((name, value));
        self
    }

    /// Starts it and waits until every gateway knows every worker.
    pub(crate) fn start(self) -> Fleet {
        let mut fleet = Fleet {
            gateways: Vec::new(),
            workers: Vec::new(),
            settings: self.settings,
            home: TempDir::new().expect("a folder for the test"),
        };
        for _ in 0..self.workers {
            let worker = fleet.worker(free_port());
            fleet.workers.push(worker);
        }
        for _ in 0..self.gateways {
            let gateway = fleet.gateway();
            fleet.gateways.push(gateway);
        }
        for gateway in &fleet.gateways {
            gateway.knows(self.workers);
        }
        fleet
    }
}

impl Fleet {
    fn spawn(&self, program: &str, environment: &[(&str, String)]) -> Process {
        let child = Command::new(program_beside(program))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("LOG_LEVEL", "error")
            .env("TAVANA_BIND_ADDRESS", "127.0.0.1")
            .env("TAVANA_CLUSTER_KEY", CLUSTER_KEY)
            .env("DUCKDB_TEMP_DIR", self.home.path().join("spill"))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .envs(self.settings.iter().copied())
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("it was built before its tests");
        Process(child)
    }

    fn worker(&self, port: u16) -> Worker {
        let process = self.spawn("tavana-worker", &[("GRPC_PORT", port.to_string())]);
        Worker { process, port }
    }

    fn gateway(&self) -> Gateway {
        let addresses: Vec<String> = self
            .workers
            .iter()
            .map(|worker| format!("http://127.0.0.1:{}", worker.port))
            .collect();
        let (postgres, http) = (free_port(), free_port());
        let environment = [
            ("PG_PORT", postgres.to_string()),
            ("HTTP_PORT", http.to_string()),
            ("FLIGHT_SQL_ENABLED", "false".to_owned()),
            ("WORKER_ADDR", addresses.join(",")),
        ];
        Gateway {
            _process: self.spawn("tavana-gateway", &environment),
            postgres: local(postgres),
            http: local(http),
        }
    }

    /// Ends a worker as a lost machine does, but for its engines, which go with it.
    pub(crate) fn kill_worker(&mut self, index: usize) {
        let Process(child) = &mut self.workers[index].process;
        child.kill().expect("our own child");
        child.wait().expect("our own child");
    }

    /// Starts a new worker in the place of one that was killed.
    pub(crate) fn replace_worker(&mut self, index: usize) {
        self.workers[index] = self.worker(self.workers[index].port);
    }
}

impl Gateway {
    /// Waits until it reaches so many workers.
    #[track_caller]
    pub(crate) fn knows(&self, workers: usize) -> std::time::Duration {
        let wanted = workers.to_string();
        eventually("the gateway knows the workers", PATIENCE, || {
            TcpStream::connect(self.http).is_ok()
                && TcpStream::connect(self.postgres).is_ok()
                && metric(self.http, "tavana_workers_up") == wanted
        })
    }
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
        let address = format!("http://127.0.0.1:{}", self.port);
        runtime.block_on(async {
            let endpoint = tonic::transport::Endpoint::from_shared(address).expect("an address");
            let channel = endpoint.timeout(PATIENCE).connect().await.ok()?;
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
}

/// A line of `/metrics`.
pub(crate) fn metric(http: SocketAddr, name: &str) -> String {
    let (_, body) = http_get(http, "/metrics");
    let value = body
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_default().to_owned()
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
