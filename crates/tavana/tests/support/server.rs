//! One tavana, started as a user starts it: the built program, its own data folder, free ports.

use super::{PATIENCE, START_PATIENCE, eventually, process};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Warnings of every start on a machine like this one: cache_httpfs comes from the community
/// repository, which tests do not reach.
const LOGS_ALWAYS: [&str; 1] = ["an optional extension is absent"];

/// How `tavana serve` is to be started.
#[derive(Debug, Default)]
pub(crate) struct Start {
    program: Option<PathBuf>,
    environment: Vec<(String, String)>,
    arguments: Vec<OsString>,
    log_expected: Vec<&'static str>,
}

impl Start {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A WARN or ERROR line with this text is part of the test. Any other fails it.
    pub(crate) fn logs(mut self, text: &'static str) -> Self {
        self.log_expected.push(text);
        self
    }

    /// Another copy of the program than the one that was built.
    pub(crate) fn program(mut self, program: &Path) -> Self {
        self.program = Some(program.to_owned());
        self
    }

    fn command(&self, home: &Path) -> Command {
        let mut command = Command::new(self.program.clone().unwrap_or_else(program));
        // Nothing of the environment of the test run may change what is tested.
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", home)
            .env("PG_PORT", "0")
            .env("FLIGHT_SQL_PORT", "0")
            .env("HTTP_PORT", "0")
            .env("DUCKDB_TEMP_DIR", home.join("spill"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(home)
            .arg("serve")
            .args(&self.arguments)
            .stdin(Stdio::null());
        command
    }

    /// Starts it and waits until it says that it is ready.
    pub(crate) fn run(self) -> Tavana {
        let home = TempDir::new().expect("a folder for the test");
        let data = home.path().join("data");
        std::fs::create_dir(&data).expect("a data folder");
        let mut child = self
            .command(home.path())
            .arg("--data")
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tavana was built before its tests");
        let log = Arc::new(Mutex::new(Vec::new()));
        let log_reader = {
            let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                for line in stderr.split(b'\n') {
                    let line = printable(&line.expect("the log can be read"));
                    log.lock().expect("no writer panicked").push(line);
                }
            })
        };
        let (ready_sender, ready) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let Ok(line) = line else { return };
                if let Some(rest) = line.strip_prefix("tavana is ready: ") {
                    // The receiver is gone only after it has its line.
                    drop(ready_sender.send(rest.to_owned()));
                }
            }
        });
        let Ok(line) = ready.recv_timeout(START_PATIENCE) else {
            // A half-started tavana must not outlive the test that fails because of it.
            drop(child.kill());
            drop(child.wait());
            let log = log.lock().expect("no writer panicked").join("\n");
            panic!("tavana did not become ready. Its log:\n{log}");
        };
        let address = |name: &str| -> SocketAddr {
            line.split_whitespace()
                .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or_else(|| panic!("no {name} address in {line:?}"))
                .parse()
                .expect("an address and a port")
        };
        Tavana {
            postgres: address("postgres"),
            flight: address("flight"),
            http: address("http"),
            child,
            data,
            log,
            log_reader: Some(log_reader),
            log_expected: self.log_expected,
            exited: false,
            _home: home,
        }
    }

    /// Starts it with start-up input that it must refuse; gives the exit code and what it printed.
    pub(crate) fn refused(self) -> (i32, String) {
        let home = TempDir::new().expect("a folder for the test");
        let mut child = self
            .command(home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tavana was built before its tests");
        let read_all = |stream: Box<dyn Read + Send>| {
            std::thread::spawn(move || {
                let mut stream = stream;
                let mut bytes = Vec::new();
                stream
                    .read_to_end(&mut bytes)
                    .expect("its output can be read");
                printable(&bytes)
            })
        };
        let stdout = read_all(Box::new(child.stdout.take().expect("stdout is piped")));
        let stderr = read_all(Box::new(child.stderr.take().expect("stderr is piped")));
        let mut status = None;
        eventually("tavana refuses to start", Duration::from_secs(10), || {
            status = child.try_wait().expect("our own child");
            if status.is_none() && stdout.is_finished() {
                return false;
            }
            status.is_some()
        });
        let stdout = stdout.join().expect("the reader of stdout");
        let stderr = stderr.join().expect("the reader of stderr");
        assert!(
            !stdout.contains("tavana is ready"),
            "it said that it is ready: {stdout}"
        );
        let code = status
            .and_then(|status| status.code())
            .expect("an exit code, not a signal");
        (code, stderr)
    }
}

/// A running tavana. Dropping it stops it as Ctrl-C does and checks what it logged.
#[derive(Debug)]
pub(crate) struct Tavana {
    pub(crate) postgres: SocketAddr,
    pub(crate) flight: SocketAddr,
    pub(crate) http: SocketAddr,
    /// The folder given by `--data`.
    pub(crate) data: PathBuf,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    log_reader: Option<std::thread::JoinHandle<()>>,
    log_expected: Vec<&'static str>,
    exited: bool,
    _home: TempDir,
}

impl Tavana {
    pub(crate) fn start() -> Self {
        Start::new().run()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn engines(&self) -> Vec<u32> {
        process::engines(self.pid())
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no writer panicked").join("\n")
    }

    /// The processes of the tree use no processor: nothing of a statement is left running.
    ///
    /// # Panics
    /// When there is still work going on after `within`.
    #[track_caller]
    pub(crate) fn becomes_idle(&self, within: Duration) -> Duration {
        eventually("the processes of tavana are idle", within, || {
            let before = process::tree_processor_ms(self.pid());
            super::pause(Duration::from_millis(300));
            // A tenth of one core is what timers and status streams may take at most.
            process::tree_processor_ms(self.pid()).saturating_sub(before) <= 30
        })
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// Sends a signal and waits for the exit; checks the log.
    pub(crate) fn stop_by(mut self, signal: &str) -> ExitStatus {
        assert!(process::signal(self.pid(), signal), "tavana was running");
        let status = self.wait();
        self.check_log();
        status
    }

    /// GET over plain HTTP: status line and body.
    pub(crate) fn http_get(&self, path: &str) -> (String, String) {
        http_get(self.http, path)
    }

    fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("tavana exits", PATIENCE, || {
            status = self.child.try_wait().expect("our own child");
            status.is_some()
        });
        self.exited = true;
        if let Some(reader) = self.log_reader.take() {
            reader.join().expect("the log reader");
        }
        status.expect("it has just been seen")
    }

    #[track_caller]
    fn check_log(&self) {
        let log = self.log.lock().expect("no writer panicked");
        let unexpected: Vec<&String> = log
            .iter()
            .filter(|line| is_alarm(line))
            .filter(|line| !LOGS_ALWAYS.iter().any(|expected| line.contains(expected)))
            .filter(|line| {
                !self
                    .log_expected
                    .iter()
                    .any(|expected| line.contains(expected))
            })
            .collect();
        assert!(
            unexpected.is_empty(),
            "lines that no test asked for: {unexpected:#?}"
        );
    }
}

impl Drop for Tavana {
    fn drop(&mut self) {
        if self.exited {
            return;
        }
        if std::thread::panicking() {
            // Which statement failed matters more than how it ends; but say what it logged.
            drop(self.child.kill());
            drop(self.child.wait());
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            for line in tail.iter().rev() {
                report(line);
            }
            return;
        }
        process::signal(self.pid(), "INT");
        let status = self.wait();
        assert!(
            status.success(),
            "Ctrl-C ended it with {status}. Its log:\n{}",
            self.log()
        );
        self.check_log();
    }
}

/// GET over plain HTTP: status line and body.
pub(crate) fn http_get(from: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(from).expect("the HTTP port is open");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: tavana\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let text = printable(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    (
        head.lines().next().unwrap_or_default().to_owned(),
        body.to_owned(),
    )
}

/// The value of a line of `/metrics`; "" when there is none.
pub(crate) fn metric(from: SocketAddr, name: &str) -> String {
    let (_, body) = http_get(from, "/metrics");
    let value = body
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_default().to_owned()
}

/// A line that a person would have to look at.
fn is_alarm(line: &str) -> bool {
    line.contains("panicked at")
        || line
            .split_whitespace()
            .take(3)
            .any(|word| word == "WARN" || word == "ERROR")
}

/// The log without colours, as text whatever it holds.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut escape = false;
    for part in bytes.utf8_chunks() {
        for character in part.valid().chars() {
            match (escape, character) {
                (false, '\u{1b}') => escape = true,
                (false, _) => text.push(character),
                (true, _) => escape = !character.is_ascii_alphabetic(),
            }
        }
        if !part.invalid().is_empty() {
            text.push('\u{fffd}');
        }
    }
    text
}

fn program() -> PathBuf {
    super::switch("TAVANA_BIN").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_tavana")),
        PathBuf::from,
    )
}

/// Another program of the workspace, which lies beside this one.
pub(crate) fn program_beside(name: &str) -> PathBuf {
    program().with_file_name(name)
}

/// Shows a line with the output of the test.
#[expect(
    clippy::print_stderr,
    reason = "a failed test shows what the server logged"
)]
pub(crate) fn report(line: &str) {
    eprintln!("{line}");
}
