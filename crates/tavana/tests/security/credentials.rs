//! Credentials of the infrastructure work for users and are never seen by them.

use crate::support::server::Start;
use crate::support::wire::Wire;

const KEY: &str = "AKCANARY6d1f0a2b";
const SECRET: &str = "CANARY-7f3c9e51-infra-secret";
const GCS_SECRET: &str = "CANARY-1b2c3d4e-gcs-secret";
const AZURE_KEY: &str = "Q0FOQVJZLWF6dXJlLWtleS0wMTIzNDU2Nzg5YWJjZGVm";

fn start() -> Start {
    Start::new()
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_REGION", "eu-test-1")
        // Nobody listens there: what is tested is what users can read, not what the store says.
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("GCS_ACCESS_KEY_ID", KEY)
        .env("GCS_SECRET", GCS_SECRET)
        .env("GCS_ENDPOINT", "http://127.0.0.1:9")
        .env(
            "AZURE_STORAGE_CONNECTION_STRING",
            format!(
                "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;\
                 AccountKey={AZURE_KEY};BlobEndpoint=http://127.0.0.1:9/devstoreaccount1;"
            ),
        )
        .env("TAVANA_HTTP_TIMEOUT_SECS", "1")
        .env("TAVANA_HTTP_RETRIES", "0")
}

fn assert_clean(what: &str, text: &str) {
    for canary in [SECRET, GCS_SECRET, AZURE_KEY] {
        assert!(!text.contains(canary), "{what} shows {canary}: {text}");
    }
}

#[test]
fn no_statement_and_no_log_line_shows_them() {
    let tavana = start().env("LOG_LEVEL", "debug").run();
    let mut wire = Wire::connect(tavana.postgres);
    for sql in [
        "SELECT current_setting('s3_secret_access_key')",
        "SELECT current_setting('s3_access_key_id')",
        "SELECT current_setting('s3_session_token')",
        "SELECT current_setting('azure_storage_connection_string')",
        "SELECT name, value FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT secret_string FROM duckdb_secrets()",
        "SELECT * FROM which_secret('s3://x/y', 's3')",
        "SELECT * FROM duckdb_logs()",
        "SELECT * FROM pg_catalog.pg_settings",
        "SHOW ALL",
        "SHOW s3_secret_access_key",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "SELECT * FROM read_csv('gs://bucket/x.csv')",
        "SELECT * FROM read_csv('az://container/x.csv')",
        "SELECT * FROM delta_scan('s3://bucket/t')",
        "EXPLAIN SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "CREATE SECRET broken (TYPE s3, KEY_ID",
    ] {
        let reply = wire.query(sql);
        assert_clean(
            sql,
            &format!(
                "{:?} {:?} {:?}",
                reply.texts(),
                reply.faults(),
                reply.notices()
            ),
        );
    }
    assert_clean("/metrics", &tavana.http_get("/metrics").1);
    assert_clean("the log", &tavana.log());
}

#[test]
fn no_process_shows_them_in_its_arguments() {
    let tavana = start().run();
    Wire::connect(tavana.postgres).query("SELECT 1").ok();
    for pid in crate::support::process::descendants(tavana.pid()) {
        assert_clean(
            "arguments",
            &crate::support::process::arguments(pid).join(" "),
        );
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        assert_clean("an environment", &environment.escape_ascii().to_string());
    }
}

#[test]
fn a_users_own_secret_is_shown_to_nobody_not_even_in_an_error() {
    let own = "CANARY-0e9d8c7b-own-secret";
    let tavana = start().env("LOG_LEVEL", "debug").run();
    let mut wire = Wire::connect(tavana.postgres);
    let mut other = Wire::connect_as(tavana.postgres, &[("user", "somebody_else")]);
    wire.query(format!("SET s3_secret_access_key = '{own}'"))
        .ok();
    wire.query(format!(
        "CREATE SECRET mine (TYPE s3, KEY_ID 'AK', SECRET '{own}')"
    ))
    .ok();
    wire.query(format!(
        "CREATE SECRET broken (TYPE s3, KEY_ID 'AK', SECRET '{own}'"
    ));
    wire.query(format!(
        "CREATE SECRET broken (TYPE s3, NO_SUCH_OPTION 'x', SECRET '{own}')"
    ));
    for sql in [
        "SELECT * FROM duckdb_secrets()",
        "SELECT value FROM duckdb_settings() WHERE name LIKE 's3%'",
        "SELECT * FROM pg_stat_activity",
        "SELECT current_setting('s3_secret_access_key')",
        "SHOW s3_secret_access_key",
    ] {
        let reply = other.query(sql);
        let seen = format!("{:?} {:?}", reply.texts(), reply.faults());
        assert!(!seen.contains(own), "another user sees it by {sql}: {seen}");
    }
    let names = format!(
        "{:?}",
        other.query("SELECT name FROM duckdb_secrets()").texts()
    );
    assert!(!names.contains("mine"), "{names}");
    let reply = wire.query("SELECT * FROM duckdb_secrets()").ok();
    assert!(
        !format!("{:?}", reply.texts()).contains(own),
        "it is redacted for its owner"
    );
    assert!(!tavana.log().contains(own), "it is in the log");
}
