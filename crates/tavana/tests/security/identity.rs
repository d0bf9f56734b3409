//! Identities of the deployment whose credentials expire: fetched by the supervisor, renewed in
//! engines that run, never seen by users.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::lake::{A, B, Format, Key, Lake};
use crate::support::server::{Start, Tavana};
use crate::support::wire::Wire;
use crate::support::{PATIENCE, eventually};

/// A request as a token service gets it.
#[derive(Debug, Clone)]
struct Request {
    path: String,
    headers: String,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A service on loopback that answers as a test says: status and body.
struct Stub {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    fn start(answer: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let stream = stream.expect("a connection");
                    // A client may go away when it has seen enough.
                    drop(serve(stream, &seen, &*answer));
                });
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("nobody panicked").clone()
    }
}

fn serve(
    stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &dyn Fn(&Request) -> (u16, String),
) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut request = Request {
            path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
            headers: String::new(),
            body: String::new(),
        };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            request.headers.push_str(&line);
        }
        let length = request
            .header("content-length")
            .map_or(0, |text| text.parse().expect("a length"));
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        request.body = String::from_utf8(body).expect("text");
        let (status, text) = answer(&request);
        seen.lock().expect("nobody panicked").push(request);
        let head = first.starts_with("HEAD");
        write!(
            writer,
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{}",
            text.len(),
            if head { "" } else { &text }
        )?;
    }
}

/// The answer of STS that gives `key` for `seconds`.
fn assumed(key: Key, seconds: i64) -> String {
    format!(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>CANARY-session-token</SessionToken><Expiration>{}</Expiration>\
         </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        key.id,
        key.secret,
        in_seconds(seconds)
    )
}

/// RFC 3339, as `date` writes it.
fn in_seconds(seconds: i64) -> String {
    let output = std::process::Command::new("date")
        .args([
            "-u",
            "-d",
            &format!("{seconds} seconds"),
            "+%Y-%m-%dT%H:%M:%SZ",
        ])
        .output()
        .expect("date is installed");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

fn start(lake: &Lake) -> Start {
    Start::new()
        .env("AWS_REGION", "us-east-1")
        .env(
            "AWS_ENDPOINT_URL",
            format!("http://127.0.0.1:{}", lake.port),
        )
        .env("TAVANA_HTTP_RETRIES", "0")
        .env("TAVANA_NETWORK_ALLOW", "127.0.0.1")
}

fn may_read(wire: &mut Wire, lake: &Lake, key: Key) -> bool {
    let reply = wire.query(lake.read(Format::Exact, key.bucket, ""));
    !reply.texts().is_empty()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    // As clusters do it: the new file takes the place of the old one at once.
    let new = folder.path().join("new");
    std::fs::write(&new, text).expect("a file");
    std::fs::rename(&new, &path).expect("replaced");
    path.to_str().expect("UTF-8").to_owned()
}

fn no_canary(tavana: &Tavana) {
    let log = tavana.log();
    assert!(!log.contains("CANARY"), "{log}");
}

#[test]
fn a_roles_keys_are_renewed_in_idle_and_in_pinned_engines() {
    let lake = Lake::start();
    let folder = tempfile::tempdir().expect("a folder");
    let token = file(&folder, "token", "CANARY-token-one");
    let sts = Stub::start(|request| {
        assert!(request.body.contains("Action=AssumeRoleWithWebIdentity"));
        assert!(
            request
                .body
                .contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Flake")
        );
        // Another token, another key.
        if request.body.contains("CANARY-token-two") {
            (200, assumed(B, 3600))
        } else {
            (200, assumed(A, 4))
        }
    });
    let tavana = start(&lake)
        .env("AWS_ROLE_ARN", "arn:aws:iam::1:role/lake")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
        .env("AWS_ENDPOINT_URL_STS", sts.url())
        .env("LOG_LEVEL", "debug")
        .run();
    let mut idle = Wire::connect(tavana.postgres);
    let mut pinned = Wire::connect(tavana.postgres);
    let mut inside = Wire::connect(tavana.postgres);
    pinned.query("CREATE TEMP TABLE t AS SELECT 1 AS i").ok();
    inside.query("BEGIN").ok();
    for wire in [&mut idle, &mut pinned, &mut inside] {
        assert!(may_read(wire, &lake, A), "the first key");
    }
    file(&folder, "token", "CANARY-token-two");
    eventually("the new key is in use", PATIENCE, || {
        may_read(&mut idle, &lake, B)
    });
    assert!(
        may_read(&mut pinned, &lake, B),
        "the session's engine has it"
    );
    assert!(may_read(&mut inside, &lake, B), "also inside a transaction");
    inside.query("ROLLBACK").ok();
    assert!(
        may_read(&mut inside, &lake, B),
        "also after it was rolled back"
    );
    assert!(!may_read(&mut pinned, &lake, A), "the old key is gone");
    assert_eq!(
        pinned.query("SELECT i FROM t").value().as_deref(),
        Some("1")
    );
    let asked = sts.requests().len();
    assert!((2..30).contains(&asked), "asked {asked} times");
    no_canary(&tavana);
}

#[test]
fn keys_of_a_containers_agent_and_of_a_credentials_file_are_used() {
    let lake = Lake::start();
    let folder = tempfile::tempdir().expect("a folder");
    let token = file(&folder, "token", "CANARY-agent-token");
    let agent = Stub::start(|request| {
        if request.header("authorization") != Some("CANARY-agent-token") {
            return (403, String::new());
        }
        let answer = serde_json::json!({
            "AccessKeyId": A.id, "SecretAccessKey": A.secret, "Expiration": in_seconds(3600),
        });
        (200, answer.to_string())
    });
    let tavana = start(&lake)
        .env(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/v1/credentials", agent.url()),
        )
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token)
        .run();
    assert!(may_read(&mut Wire::connect(tavana.postgres), &lake, A));
    no_canary(&tavana);
    drop(tavana);

    let profile = |key: Key| {
        format!(
            "[other]\naws_access_key_id = x\naws_secret_access_key = y\n\
             [lake]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.id, key.secret
        )
    };
    let path = file(&folder, "credentials", &profile(A));
    let tavana = start(&lake)
        .env("AWS_SHARED_CREDENTIALS_FILE", path)
        .env("AWS_PROFILE", "lake")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    assert!(may_read(&mut wire, &lake, A));
    file(&folder, "credentials", &profile(B));
    eventually("the replaced file is read", PATIENCE, || {
        may_read(&mut wire, &lake, B)
    });
}

#[test]
fn a_worker_without_its_first_keys_serves_those_who_have_their_own() {
    let mut lake = Lake::start();
    let folder = tempfile::tempdir().expect("a folder");
    let token = file(&folder, "token", "CANARY-token");
    let open = Arc::new(Mutex::new(false));
    let opened = Arc::clone(&open);
    let sts = Stub::start(move |_| {
        if *opened.lock().expect("nobody panicked") {
            (200, assumed(A, 3600))
        } else {
            (
                400,
                "<Error><Code>InvalidIdentityToken</Code><Message>CANARY</Message></Error>".into(),
            )
        }
    });
    let tavana = start(&lake)
        .env("AWS_ROLE_ARN", "arn")
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", token)
        .env("AWS_ENDPOINT_URL_STS", sts.url())
        .logs("credentials could not be fetched")
        .logs("not ready: there are no credentials of the infrastructure yet")
        .run();
    assert!(
        tavana.log().contains("InvalidIdentityToken"),
        "{}",
        tavana.log()
    );
    let mut own = Wire::connect(tavana.postgres);
    own.query(lake.create_secret("", "", B)).ok();
    assert!(may_read(&mut own, &lake, B));
    let mut other = Wire::connect(tavana.postgres);
    lake.asked();
    assert!(!may_read(&mut other, &lake, A));
    assert!(
        lake.asked().iter().all(String::is_empty),
        "asked without a key"
    );
    *open.lock().expect("nobody panicked") = true;
    eventually("the keys have come", PATIENCE, || {
        may_read(&mut other, &lake, A)
    });
    no_canary(&tavana);
}

#[test]
fn a_google_identity_reads_with_the_token_of_the_metadata_server() {
    let google = Stub::start(|request| {
        let token = "/computeMetadata/v1/instance/service-accounts/default/token";
        if request.path == token && request.header("metadata-flavor") == Some("Google") {
            let answer =
                r#"{"access_token":"CANARY-google-token","expires_in":3599,"token_type":"Bearer"}"#;
            return (200, answer.to_owned());
        }
        match request.header("authorization") {
            Some("Bearer CANARY-google-token") => (200, "a,b\n1,2\n".to_owned()),
            _ => (403, String::new()),
        }
    });
    let tavana = Start::new()
        .env("GCE_METADATA_HOST", &google.address)
        .env("GCS_ENDPOINT", google.url())
        .env("TAVANA_NETWORK_ALLOW", "127.0.0.1")
        .env("LOG_LEVEL", "debug")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    let rows = wire.query("SELECT a FROM read_csv('gs://b/x.csv')").ok();
    assert_eq!(rows.value().as_deref(), Some("1"));
    // A user's own key of the type takes its place.
    wire.query("SET gcs_access_key_id = 'GOOGOWN'").ok();
    wire.query("SET gcs_secret = 'own'").ok();
    assert_ne!(
        wire.query("SELECT a FROM read_csv('gs://b/y.csv')").state(),
        ""
    );
    let own = google
        .requests()
        .into_iter()
        .filter(|request| request.path.contains("y.csv"))
        .all(|request| {
            request
                .header("authorization")
                .is_some_and(|header| header.contains("GOOGOWN"))
        });
    assert!(own, "{:?}", google.requests());
    wire.query("RESET gcs_access_key_id").ok();
    wire.query("RESET gcs_secret").ok();
    let rows = wire.query("SELECT a FROM read_csv('gs://b/z.csv')").ok();
    assert_eq!(rows.value().as_deref(), Some("1"));
    no_canary(&tavana);
}

#[test]
fn a_google_external_account_exchanges_its_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let subject = file(&folder, "subject", "CANARY-subject");
    let google = Stub::start(|request| match request.path.as_str() {
        "/sts" if request.body.contains("subject_token=CANARY-subject") => (
            200,
            r#"{"access_token":"CANARY-federated","expires_in":3600}"#.to_owned(),
        ),
        "/impersonate" if request.header("authorization") == Some("Bearer CANARY-federated") => {
            let answer = serde_json::json!({
                "accessToken": "CANARY-google-token", "expireTime": in_seconds(3600),
            });
            (200, answer.to_string())
        }
        _ => match request.header("authorization") {
            Some("Bearer CANARY-google-token") => (200, "a,b\n1,2\n".to_owned()),
            _ => (403, String::new()),
        },
    });
    let account = serde_json::json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/x",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/sts", google.url()),
        "service_account_impersonation_url": format!("{}/impersonate", google.url()),
        "credential_source": { "file": subject },
    });
    let path = file(&folder, "account.json", &account.to_string());
    let tavana = Start::new()
        .env("GOOGLE_APPLICATION_CREDENTIALS", path)
        .env("GCS_ENDPOINT", google.url())
        .env("TAVANA_NETWORK_ALLOW", "127.0.0.1")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    let rows = wire.query("SELECT a FROM read_csv('gs://b/x.csv')").ok();
    assert_eq!(rows.value().as_deref(), Some("1"));
    no_canary(&tavana);
}

#[test]
fn an_azure_workload_identity_becomes_a_token_and_gives_way_to_a_users_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = file(&folder, "token", "CANARY-federated");
    let login = Stub::start(|request| {
        let asked = request.path == "/tenant-1/oauth2/v2.0/token"
            && request.body.contains("client_id=app-1")
            && request.body.contains("client_assertion=CANARY-federated")
            && request
                .body
                .contains("scope=https%3A%2F%2Fstorage.azure.com%2F.default");
        if asked {
            let answer = r#"{"access_token":"CANARY-azure-token","expires_in":3600}"#;
            (200, answer.to_owned())
        } else {
            (400, r#"{"error":"invalid_client"}"#.to_owned())
        }
    });
    let tavana = Start::new()
        .env("AZURE_CLIENT_ID", "app-1")
        .env("AZURE_TENANT_ID", "tenant-1")
        .env("AZURE_FEDERATED_TOKEN_FILE", token)
        .env("AZURE_AUTHORITY_HOST", login.url())
        .env("AZURE_STORAGE_ACCOUNT_NAME", "account1")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    let infra = "SELECT count(*) FROM duckdb_secrets() WHERE provider = 'access_token'";
    assert_eq!(wire.query(infra).value().as_deref(), Some("1"));
    let shown = wire
        .query("SELECT secret_string FROM duckdb_secrets()")
        .texts();
    assert!(!format!("{shown:?}").contains("CANARY"), "{shown:?}");
    wire.query(
        "CREATE SECRET mine (TYPE azure, CONNECTION_STRING 'AccountName=x;AccountKey=eA==')",
    )
    .ok();
    assert_eq!(wire.query(infra).value().as_deref(), Some("0"));
    wire.query("DROP SECRET mine").ok();
    assert_eq!(wire.query(infra).value().as_deref(), Some("1"));
    eventually("one request was enough", Duration::from_secs(1), || {
        login.requests().len() == 1
    });
    no_canary(&tavana);
}
