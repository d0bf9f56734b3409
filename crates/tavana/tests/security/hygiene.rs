//! Credentials are in no log at the most talkative level, no metric, no error, no process listing.

use crate::lake::{A, INFRA, Lake};
use crate::support::flight::Flight;
use crate::support::process;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Out, Wire};

const USER: &str = "CANARY-9c1d-user-secret/+x=";
const TOKEN: &str = "CANARY-9c1d-user-session-token";
const AZURE_KEY: &str = "Q0FOQVJZLXVzZXItYXp1cmUta2V5LTAxMjM0NQ==";
const SAS: &str = "CANARYsas%2Bsignature%3D";
const INFRA_AZURE_KEY: &str = "Q0FOQVJZLWluZnJhLWF6dXJlLWtleS0wMTIzNA==";

fn canaries() -> [&'static str; 8] {
    [
        USER,
        "CANARY-9c1d-user-secret%2F%2Bx%3D",
        TOKEN,
        AZURE_KEY,
        SAS,
        INFRA.secret,
        INFRA_AZURE_KEY,
        A.secret,
    ]
}

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    for canary in canaries() {
        if let Some((before, _)) = text.split_once(canary) {
            let start = before.chars().count().saturating_sub(200);
            let near: String = before.chars().skip(start).collect();
            panic!("{what} shows {canary} after: {near}");
        }
    }
}

/// Statements with a credential in them, of which most go wrong.
fn statements(lake: &Lake) -> Vec<String> {
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AZURE_KEY};\
         BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;"
    );
    let port = lake.port;
    vec![
        format!(
            "CREATE SECRET good (TYPE s3, KEY_ID 'AK', SECRET '{USER}', SESSION_TOKEN '{TOKEN}')"
        ),
        format!("CREATE SECRET good (TYPE s3, KEY_ID 'AK', SECRET '{USER}')"),
        format!(
            "CREATE OR REPLACE SECRET good (TYPE s3, KEY_ID 'AK', SECRET '{USER}', ENDPOINT '127.0.0.1:{port}', USE_SSL false, URL_STYLE 'path')"
        ),
        format!("CREATE SECRET x (TYPE s3, KEY_ID 'AK', SECRET '{USER}'"),
        format!("CREATE SECRET x (TYPE s3, KEY_ID 'AK' SECRET '{USER}')"),
        format!("CREATE SECRET x (TYPE s3, SECRET 'x' '{USER}')"),
        format!("CREATE SECRET x (TYPE s3, NO_SUCH '{USER}')"),
        format!("CREATE SECRET x (TYPE '{USER}', SECRET 'x')"),
        format!("CREATE SECRET x (TYPE s3, PROVIDER '{USER}', SECRET 'x')"),
        format!("CREATE SECRET x (TYPE s3, USE_SSL '{USER}')"),
        format!("CREATE SECRET x (TYPE azure, CONNECTION_STRING '{connection}') oops"),
        format!("CREATE SECRET az (TYPE azure, CONNECTION_STRING '{connection}')"),
        "FROM read_csv('az://container/x.csv')".to_owned(),
        format!("SET s3_secret_access_key = '{USER}' oops"),
        format!("SET s3_secret_access_key TO '{USER}', 'x'"),
        format!("SET s3_use_ssl = '{USER}'"),
        format!("SET s3_url_style = '{USER}'"),
        format!("SET s3_secret_access_key = '{USER}'"),
        "SET s3_access_key_id = 'AK'".to_owned(),
        format!("SET s3_session_token = '{TOKEN}'"),
        format!("SET azure_storage_connection_string = '{connection}'"),
        "SHOW s3_secret_access_key".to_owned(),
        "SHOW ALL".to_owned(),
        "SELECT current_setting('s3_secret_access_key')".to_owned(),
        "SELECT name, value FROM duckdb_settings()".to_owned(),
        "FROM duckdb_secrets()".to_owned(),
        "FROM which_secret('s3://bka/one.parquet', 's3')".to_owned(),
        "FROM read_parquet('s3://bka/one.parquet')".to_owned(),
        "FROM delta_scan('s3://bka/delta')".to_owned(),
        format!(
            "FROM read_parquet('s3://bka/one.parquet?s3_access_key_id=AK&s3_secret_access_key={USER}')"
        ),
        format!(
            "FROM read_parquet('s3://bka/no*.parquet?s3_access_key_id=AK&s3_secret_access_key={USER}')"
        ),
        format!("FROM read_csv('s3://bka/rows.csv?s3_session_token={TOKEN}&s3_access_key_id=AK')"),
        format!("FROM read_csv('https://127.0.0.1:9/x.csv?sv=1&sig={SAS}')"),
        format!("FROM delta_scan('https://127.0.0.1:9/x?sig={SAS}')"),
        format!(
            "COPY (SELECT 1) TO 's3://bka/x.csv?s3_access_key_id=AK&s3_secret_access_key={USER}'"
        ),
        format!(
            "EXPLAIN FROM read_csv('s3://bka/rows.csv?s3_access_key_id=AK&s3_secret_access_key={USER}')"
        ),
        "DROP SECRET good".to_owned(),
        "DROP SECRET az".to_owned(),
        "RESET ALL".to_owned(),
        "FROM read_parquet('s3://bka/one.parquet')".to_owned(),
        "DISCARD ALL".to_owned(),
    ]
}

fn start(lake: &Lake) -> Tavana {
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={INFRA_AZURE_KEY};\
         BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;"
    );
    let start: Start = lake.tavana();
    start
        .env("AZURE_STORAGE_CONNECTION_STRING", connection)
        .env("LOG_LEVEL", "trace")
        // At this level libraries warn of what they meet every day.
        .logs("")
        .run()
}

#[test]
fn no_credential_is_in_any_output_whatever_goes_wrong() {
    let lake = Lake::start();
    let tavana = start(&lake);
    let mut wire = Wire::connect(tavana.postgres);
    let mut extended = Wire::connect(tavana.postgres);
    let mut flight = Flight::connect(tavana.flight);
    // A session of the same user may be another person's.
    let mut same = Wire::connect(tavana.postgres);
    for sql in statements(&lake) {
        let simple = wire.query(&sql);
        let seen = same.query("SELECT pid, query FROM pg_stat_activity").ok();
        assert!(seen.texts().len() > 2, "it sees the other sessions");
        assert_clean(&sql, &format!("{:?}", seen.texts()));
        assert_clean(
            &sql,
            &format!("{:?} {:?}", simple.faults(), simple.notices()),
        );
        assert_clean(&sql, &format!("{:?}", simple.texts()));
        let reply = extended.exchange(
            Out::new()
                .parse("", &sql, &[])
                .bind("", "", &[])
                .describe_portal("")
                .execute("", 0)
                .sync(),
        );
        assert_clean(&sql, &format!("{:?} {:?}", reply.faults(), reply.texts()));
        let answer = flight.texts(&sql);
        assert_clean(&sql, &format!("{answer:?}"));
    }
    let mut other = Wire::connect_as(tavana.postgres, &[("user", "somebody_else")]);
    for sql in [
        "FROM pg_stat_activity",
        "FROM duckdb_secrets()",
        "SELECT value FROM duckdb_settings()",
        "FROM duckdb_logs()",
        "FROM read_parquet('s3://bka/one.parquet')",
    ] {
        let reply = other.query(sql);
        assert_clean(sql, &format!("{:?} {:?}", reply.texts(), reply.faults()));
    }
    assert_clean("/metrics", &tavana.http_get("/metrics").1);
    let log = tavana.log();
    assert!(
        log.contains("TRACE"),
        "the log is as talkative as it can be"
    );
    assert_clean("the log", &log);
}

#[test]
fn no_process_shows_anything_in_proc_or_leaves_a_core_file() {
    let lake = Lake::start();
    let tavana = start(&lake);
    let mut wire = Wire::connect(tavana.postgres);
    wire.query(lake.create_secret("", "", A)).ok();
    wire.query(lake.read(crate::lake::Format::Exact, A.bucket, ""))
        .ok();
    let engines = process::engines(tavana.pid());
    assert!(!engines.is_empty());
    for pid in engines {
        assert_clean("arguments", &process::arguments(pid).join(" "));
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        assert_clean("an environment", &environment.escape_ascii().to_string());
    }
    let mut all = process::descendants(tavana.pid());
    all.push(tavana.pid());
    for pid in all {
        assert_clean("arguments", &process::arguments(pid).join(" "));
        // Empty when the process has just ended.
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
        for line in limits
            .lines()
            .filter(|line| line.starts_with("Max core file"))
        {
            let fields: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(fields[4..6], ["0", "0"], "{line}");
        }
    }
}
