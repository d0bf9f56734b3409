//! The settings under which strangers may use an instance.
//!
//! The order matters: extensions are loaded while that is still allowed, `allowed_directories` is
//! refused once external access is off, and the lock comes last. After it, an instance cannot be
//! opened up again by any statement; [`verify`] reads that back before the engine says it is
//! ready.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use tavana_common::proto::engine::Start;

use super::ffi::{Connection, ErrorText};
use super::text::quote_text;

/// Options that exist only when an instance is opened. The supervisor has compared the extension
/// files with their pins, so DuckDB's own check of the signature (0.5 s for each start) is left out.
/// One thread: the template's process is copied with DuckDB open, and a copy has the one thread
/// that asked for it.
pub(crate) const OPEN_OPTIONS: [(&str, &str); 2] =
    [("allow_unsigned_extensions", "true"), ("threads", "1")];

/// Settings a session may change.
const SESSION_SETTINGS: [&str; 38] = [
    "Calendar",
    "TimeZone",
    "azure_account_name",
    "azure_endpoint",
    "azure_storage_connection_string",
    "default_collation",
    "default_null_order",
    "default_order",
    "enable_progress_bar",
    "ieee_floating_point_ops",
    "integer_division",
    "null_order",
    "old_implicit_casting",
    "order_by_non_integer_literal",
    "perfect_ht_threshold",
    "pivot_filter_threshold",
    "pivot_limit",
    "preserve_insertion_order",
    "s3_access_key_id",
    "s3_endpoint",
    "s3_kms_key_id",
    "s3_region",
    "s3_requester_pays",
    "s3_secret_access_key",
    "s3_session_token",
    "s3_uploader_max_filesize",
    "s3_uploader_max_parts_per_file",
    "s3_uploader_thread_limit",
    "s3_url_compatibility_mode",
    "s3_url_style",
    "s3_use_ssl",
    "scalar_subquery_error_on_multiple_rows",
    "schema",
    "search_path",
    "unsafe_enable_version_guessing",
    "hf_max_per_page",
    "binary_as_string",
    "ordered_aggregate_threshold",
];

/// Settings only the engine itself changes: with each grant, and when it forgets what it has read.
/// They stay unlocked in DuckDB, so the rules refuse them to clients.
pub(crate) const GRANT_SETTINGS: [&str; 6] = [
    "enable_external_file_cache",
    "memory_limit",
    "max_memory",
    "threads",
    "worker_threads",
    "external_threads",
];

/// Schemes of object stores and of the web: reading them is subject to credentials, not to
/// `allowed_directories`.
const REMOTE_SCHEMES: [&str; 12] = [
    "s3://", "s3a://", "s3n://", "gs://", "gcs://", "r2://", "az://", "azure://", "abfss://",
    "abfs://", "https://", "hf://",
];

/// Whether a path names an object store or the web, and not the local disk.
pub(crate) fn is_remote(path: &str) -> bool {
    // http:// is not in the list of allowed places, but it is not the local disk either: DuckDB
    // refuses it itself.
    path.split_once("://").is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("http")
            || REMOTE_SCHEMES
                .iter()
                .any(|remote| remote.strip_suffix("://") == Some(&scheme.to_ascii_lowercase()))
    })
}

fn temporary_path(start: &Start) -> PathBuf {
    PathBuf::from(&start.spill_directory).join("duckdb")
}

/// Makes the folder DuckDB spills to. What the engine itself writes lies beside it, so that in
/// there are files of DuckDB's only.
pub(crate) fn temporary_folder(start: &Start) -> io::Result<PathBuf> {
    let path = temporary_path(start);
    match DirBuilder::new().mode(0o700).create(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(path),
    }
}

/// Whether DuckDB keeps in memory what it has read of files.
pub(crate) fn caches_files(start: &Start) -> bool {
    start.allowed_directories.is_empty()
}

/// Forgets what was read of files.
pub(crate) const FORGET_FILES: &str = "
    SET GLOBAL enable_external_file_cache=false;
    SET GLOBAL enable_external_file_cache=true;";

/// Settings in force before extensions are loaded.
pub(crate) const BEFORE_EXTENSIONS: &str = "
    SET GLOBAL errors_as_json=true;
    SET GLOBAL allow_persistent_secrets=false;
    SET GLOBAL autoinstall_known_extensions=false;
    SET GLOBAL autoload_known_extensions=false;
    SET GLOBAL allow_community_extensions=false;";

/// Everything else that is the same for all engines of a worker. `GLOBAL` counts for all
/// connections; without it some settings would hold only for the connection that sets them.
pub(crate) fn of_all_engines(start: &Start, loaded: &[String]) -> String {
    let mut sql = format!(
        "SET GLOBAL memory_limit='{memory}B';
         SET GLOBAL max_temp_directory_size='{spill_bytes}B';
         SET GLOBAL max_expression_depth=250;
         SET GLOBAL parquet_metadata_cache=false;
         SET GLOBAL validate_external_file_cache='VALIDATE_ALL';
         SET GLOBAL enable_external_file_cache={file_cache};
         SET GLOBAL arrow_lossless_conversion=true;
         SET GLOBAL preserve_insertion_order=true;",
        // DuckDB tells versions of a local file apart by whole seconds: one that is replaced within
        // the second would be read half from the cache, half anew (docs/decisions/0008). Stores
        // have ETags; the operating system caches local files anyway.
        file_cache = caches_files(start),
        memory = start.memory_bytes_max,
        spill_bytes = start.spill_bytes_max,
    );
    if loaded.iter().any(|name| name == "httpfs") {
        sql.push_str(&format!(
            "SET GLOBAL http_timeout={}; SET GLOBAL http_retries={};
             SET GLOBAL enable_http_metadata_cache=false;",
            start.http_timeout_seconds, start.http_retries
        ));
    }
    let local = start.allowed_directories.iter().map(|directory| {
        // Without the separator a directory would also allow its siblings with the same prefix.
        if directory.ends_with('/') {
            directory.clone()
        } else {
            format!("{directory}/")
        }
    });
    let directories: Vec<String> = local
        .chain(REMOTE_SCHEMES.iter().map(|scheme| (*scheme).to_owned()))
        .map(|directory| quote_text(&directory))
        .collect();
    sql.push_str(&format!(
        "SET GLOBAL allowed_directories=[{}];",
        directories.join(", ")
    ));
    sql
}

/// The rest, and the lock: from there on only the named settings can be changed. The folder can be
/// set only as long as there is external access. Threads come with the grant of the first request:
/// until then there is nothing that they could do but be in the way.
pub(crate) fn of_one_engine(start: &Start) -> String {
    format!(
        "SET GLOBAL temp_directory={spill};
         SET GLOBAL enable_external_access=false;
         SET GLOBAL lock_configuration=true;",
        spill = quote_text(&temporary_path(start).display().to_string()),
    )
}

/// DuckDB counts how far a statement has come only while it has a progress bar, which must not be
/// printed. Both are settings of a connection, and the second one can be changed only before the
/// lock.
pub(crate) const OF_THE_SESSION: &str = "
    SET enable_progress_bar_print=false;
    SET enable_progress_bar=true;";

/// Names the settings that can be changed after the lock.
pub(crate) fn allow_session_settings(connection: &Connection) -> Result<(), ErrorText> {
    let known: Vec<String> = connection
        .rows("SELECT name FROM duckdb_settings()")?
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .collect();
    let allowed: Vec<String> = SESSION_SETTINGS
        .iter()
        .chain(&GRANT_SETTINGS)
        .filter(|name| known.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|name| quote_text(name))
        .collect();
    connection.run(&format!(
        "SET GLOBAL allowed_configs=[{}]",
        allowed.join(", ")
    ))
}

/// Protections that are in force before there are engines.
pub(crate) const PROTECTIONS_OF_ALL: [(&str, &str); 6] = [
    ("allow_persistent_secrets", "false"),
    ("allow_community_extensions", "false"),
    ("autoinstall_known_extensions", "false"),
    ("autoload_known_extensions", "false"),
    ("allow_unredacted_secrets", "false"),
    ("max_expression_depth", "250"),
];

/// Protections of one engine. With the first of them the others can no longer be lifted.
pub(crate) const PROTECTIONS_OF_ONE: [(&str, &str); 3] = [
    ("lock_configuration", "true"),
    ("enable_external_access", "false"),
    ("enable_progress_bar_print", "false"),
];

/// Reads protections back; an engine without them must not serve.
pub(crate) fn verify<const N: usize>(
    connection: &Connection,
    wanted: [(&str, &str); N],
) -> Result<(), String> {
    let columns = wanted.map(|(name, _)| format!("current_setting('{name}')::VARCHAR"));
    let rows = connection
        .rows(&format!("SELECT {}", columns.join(", ")))
        .map_err(|_| "could not read the settings back".to_owned())?;
    let found = rows.into_iter().next().unwrap_or_default();
    for (index, (name, value)) in wanted.into_iter().enumerate() {
        if found.get(index).cloned().flatten().as_deref() != Some(value) {
            return Err(format!("the setting {name} is not {value}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_paths_are_told_from_local_ones() {
        for remote in [
            "s3://b/k",
            "S3://b",
            "https://h/x",
            "abfss://c@a/x",
            "http://h",
        ] {
            assert!(is_remote(remote), "{remote}");
        }
        for local in [
            "/data/x",
            "x.csv",
            "file:///etc/passwd",
            "./s3://x",
            "ftp://x",
            "s3:/x",
        ] {
            assert!(!is_remote(local), "{local}");
        }
    }
}
