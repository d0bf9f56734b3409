//! Credentials of the infrastructure work for users and are never seen by them; a user's own come
//! before them.

use crate::lake::{A, B, FORMATS, Format, INFRA, Key, Lake};
use crate::support::server::Start;
use crate::support::wire::{Out, Wire};

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

fn asks_with(wire: &mut Wire, lake: &mut Lake, key: Key) {
    for format in FORMATS {
        lake.asked();
        let reply = wire.query(lake.read(format, key.bucket, ""));
        assert_eq!(
            reply.texts(),
            [[Some(format!("rows of {}", key.bucket))]],
            "{format:?} with {}: {:?}",
            key.id,
            reply.faults()
        );
        let asked = lake.asked();
        assert!(
            asked.iter().all(|id| id == key.id),
            "{format:?}: the store was asked by {asked:?}"
        );
    }
}

/// One request that must go out with `key`, whatever comes of it.
#[track_caller]
fn asks_once_with(wire: &mut Wire, lake: &mut Lake, key: Key) {
    lake.asked();
    wire.query(lake.read(Format::Csv, key.bucket, "")).ok();
    let asked = lake.asked();
    assert!(
        asked.iter().eq([key.id]),
        "the store was asked by {asked:?}"
    );
}

#[test]
fn a_users_secret_of_any_name_and_scope_wins_and_the_infrastructures_is_back_after_it() {
    let mut lake = Lake::start();
    let tavana = lake
        .tavana()
        // A secret for one bucket has a longer scope than most a user gives.
        .env("S3_BUCKET", "bka")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    for name in ["aa", "zz", "\"~~\"", "\"\u{10fffe}\""] {
        for scope in ["", "s3://", "s3://bka"] {
            wire.query(lake.create_secret(name, scope, A)).ok();
            asks_with(&mut wire, &mut lake, A);
            wire.query(format!("DROP SECRET {name}")).ok();
            lake.asked();
            wire.query(lake.read(Format::Csv, A.bucket, ""));
            assert!(lake.asked().iter().eq([INFRA.id]), "{name} {scope}");
        }
    }
}

#[test]
fn the_infrastructures_secret_goes_and_comes_with_transactions() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut wire = Wire::connect(tavana.postgres);
    let create = lake.create_secret("mine", "", A);
    asks_once_with(&mut wire, &mut lake, INFRA);
    for end in ["ROLLBACK", "COMMIT"] {
        wire.query("BEGIN").ok();
        wire.query(&create).ok();
        asks_once_with(&mut wire, &mut lake, A);
        wire.query(end).ok();
        let after = if end == "COMMIT" { A } else { INFRA };
        asks_once_with(&mut wire, &mut lake, after);
    }
    wire.query("BEGIN").ok();
    wire.query("DROP SECRET mine").ok();
    asks_once_with(&mut wire, &mut lake, INFRA);
    wire.query("ROLLBACK").ok();
    asks_once_with(&mut wire, &mut lake, A);
    // A transaction that failed after it had changed something.
    wire.query("BEGIN").ok();
    wire.query("DROP SECRET mine").ok();
    assert_ne!(wire.query("SELECT nonsense").state(), "");
    wire.query("ROLLBACK").ok();
    asks_once_with(&mut wire, &mut lake, A);
    // What does not succeed changes nothing.
    assert_ne!(wire.query(&create).state(), "", "it exists");
    assert_ne!(wire.query("CREATE SECRET x (TYPE s3, NOPE 1)").state(), "");
    asks_once_with(&mut wire, &mut lake, A);
    wire.query(create.replace("CREATE SECRET", "CREATE SECRET IF NOT EXISTS"))
        .ok();
    asks_once_with(&mut wire, &mut lake, A);
    let replacement = lake.create_secret("mine", "", B);
    wire.query(replacement.replace("CREATE SECRET", "CREATE OR REPLACE TEMPORARY SECRET"))
        .ok();
    asks_once_with(&mut wire, &mut lake, B);
    wire.query("DROP SECRET IF EXISTS mine").ok();
    wire.query("DROP SECRET IF EXISTS mine").ok();
    asks_once_with(&mut wire, &mut lake, INFRA);
    wire.query(lake.create_secret("one", "", A)).ok();
    wire.query(lake.create_secret("two", "s3://bkb", B)).ok();
    asks_once_with(&mut wire, &mut lake, A);
    asks_once_with(&mut wire, &mut lake, B);
    wire.query("DROP SECRET one").ok();
    lake.asked();
    wire.query(lake.read(Format::Csv, INFRA.bucket, ""));
    assert!(
        !lake.asked().contains(INFRA.id),
        "with any secret of the type the infrastructure's is absent"
    );
    wire.query("DISCARD ALL").ok();
    asks_once_with(&mut wire, &mut lake, INFRA);
}

#[test]
fn settings_of_a_session_are_its_credentials_until_they_are_reset() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut wire = Wire::connect(tavana.postgres);
    let set = |wire: &mut Wire, scope: &str, key: Key| {
        wire.query(format!("SET {scope} s3_access_key_id = '{}'", key.id))
            .ok();
        wire.query(format!(
            "SET {scope} s3_secret_access_key = '{}'",
            key.secret
        ))
        .ok();
    };
    for reset in [
        &["RESET s3_access_key_id", "RESET s3_secret_access_key"][..],
        &["RESET ALL"],
        &["DISCARD ALL"],
    ] {
        set(&mut wire, "", A);
        asks_with(&mut wire, &mut lake, A);
        for sql in reset {
            wire.query(sql).ok();
        }
        asks_once_with(&mut wire, &mut lake, INFRA);
    }
    // Inside a transaction, pinned by it.
    wire.query("BEGIN").ok();
    asks_once_with(&mut wire, &mut lake, INFRA);
    set(&mut wire, "LOCAL", A);
    asks_with(&mut wire, &mut lake, A);
    wire.query("ROLLBACK").ok();
    asks_once_with(&mut wire, &mut lake, INFRA);
    // The keys are never readable, not even by their owner.
    set(&mut wire, "", A);
    for sql in [
        "SELECT current_setting('s3_secret_access_key')",
        "SELECT value FROM duckdb_settings()",
        "FROM duckdb_secrets()",
        "SHOW s3_secret_access_key",
    ] {
        let seen = format!("{:?}", wire.query(sql).texts());
        assert!(!seen.contains(A.secret), "{sql}: {seen}");
    }
}

#[test]
fn prepared_statements_cursors_and_copies_use_the_credentials_of_now() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut wire = Wire::connect(tavana.postgres);
    let read = lake.read(Format::Csv, A.bucket, "");
    wire.query(lake.create_secret("mine", "", A)).ok();
    let rows_of = |reply: &crate::support::wire::Reply| format!("{:?}", reply.texts());
    wire.exchange(Out::new().parse("p", &read, &[]).sync()).ok();
    lake.asked();
    let reply = wire.exchange(Out::new().bind("", "p", &[]).execute("", 0).sync());
    assert!(rows_of(&reply).contains("rows of bka"), "{reply:?}");
    wire.query("BEGIN").ok();
    wire.query(format!("DECLARE c CURSOR FOR {read}")).ok();
    assert!(rows_of(&wire.query("FETCH ALL FROM c")).contains("rows of bka"));
    wire.query("COMMIT").ok();
    let copied = wire.query(format!("COPY ({read}) TO STDOUT")).ok();
    assert!(format!("{copied:?}").contains("rows of bka"));
    assert!(lake.asked().iter().eq([A.id]));
    // A parameter may be a path that brings its keys.
    wire.query("DROP SECRET mine").ok();
    lake.asked();
    let path = format!(
        "s3://bka/rows.csv?s3_access_key_id={}&s3_secret_access_key={}",
        A.id, A.secret
    );
    let reply = wire.exchange(
        Out::new()
            .parse("", "SELECT DISTINCT owner FROM read_csv($1::VARCHAR)", &[])
            .bind("", "", &[Some(&path)])
            .execute("", 0)
            .sync(),
    );
    assert!(
        lake.asked().iter().all(|id| id == A.id),
        "whose key asked: {reply:?}"
    );
    let denied = wire.exchange(Out::new().bind("", "p", &[]).execute("", 0).sync());
    assert!(denied.texts().is_empty() && !denied.faults().is_empty());
    assert!(lake.asked().iter().eq([INFRA.id]));
}

#[test]
fn nobody_drops_or_replaces_the_infrastructures_secret() {
    let mut lake = Lake::start();
    let tavana = lake.tavana().run();
    let mut wire = Wire::connect(tavana.postgres);
    let names = wire.query("SELECT name FROM duckdb_secrets()").texts();
    let name = names
        .iter()
        .flatten()
        .flatten()
        .find(|name| name.ends_with("access_s3"))
        .expect("it is shown, redacted")
        .clone();
    for sql in [
        format!("DROP SECRET \"{name}\""),
        format!("DROP SECRET IF EXISTS \"{name}\" FROM memory"),
        format!("CREATE OR REPLACE SECRET \"{name}\" (TYPE s3, KEY_ID 'x', SECRET 'y')"),
        format!("CREATE SECRET \"{name}x\" (TYPE s3, KEY_ID 'x', SECRET 'y')"),
        format!("/* */ create or replace temporary secret {name} (TYPE s3)"),
    ] {
        assert_eq!(wire.query(&sql).state(), "42501", "{sql}");
    }
    asks_once_with(&mut wire, &mut lake, INFRA);
}
