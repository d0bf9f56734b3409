//! The S3 server of `tests/support/s3_lake.py`: three buckets with the same tables, keys with
//! rights of their own, and a log of who asked for what.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::support::server::Start;
use crate::support::switch;

/// A key and what belongs to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    /// The bucket it has all rights in.
    pub(crate) bucket: &'static str,
}

pub(crate) const A: Key = Key {
    id: "AKA",
    secret: "CANARY-secret-of-a-000001",
    bucket: "bka",
};
pub(crate) const B: Key = Key {
    id: "AKB",
    secret: "CANARY-secret-of-b-000002",
    bucket: "bkb",
};
/// May list bka, and read nothing anywhere.
pub(crate) const LISTER: Key = Key {
    id: "AKC",
    secret: "CANARY-secret-of-c-000003",
    bucket: "",
};
/// The infrastructure's.
pub(crate) const INFRA: Key = Key {
    id: "AKI",
    secret: "CANARY-secret-of-i-000004",
    bucket: "bki",
};

/// The ways to read a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Exact,
    Glob,
    Delta,
    Iceberg,
    Csv,
    Json,
}

pub(crate) const FORMATS: [Format; 6] = [
    Format::Exact,
    Format::Glob,
    Format::Delta,
    Format::Iceberg,
    Format::Csv,
    Format::Json,
];

#[derive(Debug)]
pub(crate) struct Lake {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub(crate) port: u16,
    iceberg: serde_json::Value,
}

impl Lake {
    pub(crate) fn start() -> Self {
        let python = switch("TAVANA_TEST_PYTHON")
            .expect("scripts/test-setup installs Python's packages: TAVANA_TEST_PYTHON");
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/s3_lake.py");
        let mut child = Command::new(python)
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python is there");
        let commands = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        answers.read_line(&mut line).expect("the server starts");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("it says where it is");
        Self {
            child,
            commands,
            answers,
            port: u16::try_from(ready["port"].as_u64().expect("a port")).expect("a port"),
            iceberg: ready["iceberg"].clone(),
        }
    }

    /// A server whose infrastructure has the key of `bki`.
    pub(crate) fn tavana(&self) -> Start {
        Start::new()
            .env("AWS_ACCESS_KEY_ID", INFRA.id)
            .env("AWS_SECRET_ACCESS_KEY", INFRA.secret)
            .env("AWS_REGION", "us-east-1")
            .env(
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            )
            .env("TAVANA_HTTP_RETRIES", "0")
            .env("TAVANA_HTTP_TIMEOUT_SECS", "5")
            // The store of the test is on loopback.
            .env("TAVANA_NETWORK_ALLOW", "127.0.0.1")
    }

    /// A statement that reads `format` in `bucket`; `query` is put behind the path.
    pub(crate) fn read(&self, format: Format, bucket: &str, query: &str) -> String {
        let base = format!("s3://{bucket}");
        let source = match format {
            Format::Exact => format!("read_parquet('{base}/one.parquet{query}')"),
            Format::Glob => format!("read_parquet('{base}/many/*.parquet{query}')"),
            Format::Delta => format!("delta_scan('{base}/delta{query}')"),
            Format::Iceberg => {
                let metadata = self.iceberg[bucket].as_str().expect("a metadata file");
                format!("iceberg_scan('{metadata}{query}')")
            }
            Format::Csv => format!("read_csv('{base}/rows.csv{query}')"),
            Format::Json => format!("read_json('{base}/rows.json{query}')"),
        };
        format!("SELECT DISTINCT owner FROM {source}")
    }

    /// CREATE SECRET for `key`; `name` and `scope` may be empty.
    pub(crate) fn create_secret(&self, name: &str, scope: &str, key: Key) -> String {
        let scope = if scope.is_empty() {
            String::new()
        } else {
            format!(", SCOPE '{scope}'")
        };
        format!(
            "CREATE SECRET {name} (TYPE s3, KEY_ID '{}', SECRET '{}', REGION 'us-east-1', \
             ENDPOINT '127.0.0.1:{}', USE_SSL false, URL_STYLE 'path'{scope})",
            key.id, key.secret, self.port
        )
    }

    /// The key ids of the requests since the last time; "" for an unsigned one.
    pub(crate) fn asked(&mut self) -> BTreeSet<String> {
        let commands = self.commands.as_mut().expect("taken only at the end");
        commands.write_all(b"log\n").expect("the server lives");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let log: Vec<(String, String, String, u16)> =
            serde_json::from_str(&line).expect("requests");
        log.into_iter().map(|(key, ..)| key).collect()
    }
}

impl Drop for Lake {
    fn drop(&mut self) {
        // The end of its input is the end of the server.
        drop(self.commands.take());
        drop(self.child.wait());
    }
}
