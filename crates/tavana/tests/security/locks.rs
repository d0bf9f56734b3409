//! Settings and commands by which a user could undo the locks, watch others, or reach the network
//! of the machine.

use crate::support::server::{Start, Tavana};
use crate::support::wire::Wire;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn settings_that_hold_the_locks_cannot_be_changed() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for setting in [
        "enable_external_access = true",
        "allowed_directories = ['/']",
        "allowed_paths = ['/etc/passwd']",
        "disabled_filesystems = ''",
        "lock_configuration = false",
        "allowed_configs = ['x']",
        "memory_limit = '100GB'",
        "max_memory = '100GB'",
        "threads = 64",
        "worker_threads = 64",
        "temp_directory = '/'",
        "max_temp_directory_size = '1TB'",
        "max_expression_depth = 1000000",
        "allow_unsigned_extensions = true",
        "allow_community_extensions = true",
        "autoinstall_known_extensions = true",
        "autoload_known_extensions = true",
        "custom_extension_repository = 'http://127.0.0.1'",
        "allow_persistent_secrets = true",
        "allow_unredacted_secrets = true",
        "http_proxy = 'http://127.0.0.1:1'",
        "ca_cert_file = '/tmp/x'",
        "enable_http_metadata_cache = true",
        "validate_external_file_cache = 'NO_VALIDATION'",
        "log_query_path = '/tmp/x'",
        "home_directory = '/'",
        "enable_logging = true",
        "enable_profiling = 'json'",
        "profiling_output = '/tmp/x'",
        "arrow_lossless_conversion = false",
        "errors_as_json = false",
    ] {
        let (name, value) = setting.split_once(" = ").expect("a name and a value");
        for sql in [
            format!("SET {setting}"),
            format!("SET GLOBAL {setting}"),
            format!("SET SESSION {setting}"),
            format!("SET \"{name}\" TO {value}"),
            format!("/* x */ set {setting}"),
            format!("RESET {name}"),
            format!("RESET GLOBAL {name}"),
            format!("PRAGMA {setting}"),
        ] {
            let reply = wire.query(&sql);
            assert!(!reply.faults().is_empty(), "it was taken: {sql}");
        }
    }
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn commands_that_watch_or_change_the_engine_are_refused() {
    let tavana = Tavana::start();
    for sql in [
        "PRAGMA enable_profiling",
        "PRAGMA enable_profiling = 'json'",
        "PRAGMA profiling_output = '/tmp/x'",
        "CALL enable_logging()",
        "CALL enable_logging('QueryLog')",
        "PRAGMA memory_limit = '100GB'",
        "SELECT * FROM duckdb_secrets(redact = false)",
        "CREATE SECRET c (TYPE s3, PROVIDER credential_chain)",
        "LOAD httpfs_that_does_not_exist",
        "UPDATE EXTENSIONS",
    ] {
        let mut wire = Wire::connect(tavana.postgres);
        let reply = wire.query(sql);
        assert!(!reply.faults().is_empty(), "it was done: {sql}");
    }
}

#[test]
fn the_hidden_catalog_and_other_databases_stay_hidden() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .query("SELECT datname FROM pg_catalog.pg_database ORDER BY 1")
        .ok();
    for row in reply.texts() {
        let name = row[0].clone().unwrap_or_default();
        assert!(
            !name.contains("tavana_") && !name.starts_with("__"),
            "{name}"
        );
    }
}

/// Counts who calls; a user must not make the worker call it.
fn listener() -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, calls)
}

#[test]
fn plain_http_to_services_of_the_machine_is_refused() {
    let (port, calls) = listener();
    let tavana = Start::new().env("TAVANA_HTTP_TIMEOUT_SECS", "2").run();
    for sql in [
        format!("SELECT * FROM read_text('http://127.0.0.1:{port}/latest/meta-data')"),
        format!("SELECT * FROM read_csv('http://localhost:{port}/x.csv')"),
        format!("SELECT * FROM read_text('http://2130706433:{port}/x')"),
        format!("SELECT * FROM read_text('http://[::ffff:127.0.0.1]:{port}/x')"),
        format!("SET http_proxy = 'http://127.0.0.1:{port}'"),
    ] {
        let mut wire = Wire::connect(tavana.postgres);
        assert!(!wire.query(&sql).faults().is_empty(), "{sql}");
        assert_eq!(calls.load(Ordering::SeqCst), 0, "it called: {sql}");
    }
}
