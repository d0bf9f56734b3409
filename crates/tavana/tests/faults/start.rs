//! Start-up input that must be refused: exit code, one clear line, and no half-started server.

use crate::support::server::Start;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

/// Refused, quickly, with a line that names what is wrong.
#[track_caller]
fn refuses(what: &str, start: Start, names: &[&str]) {
    let (code, text) = start.refused();
    assert_ne!(code, 0, "{what}: {text}");
    assert!(!text.contains("panicked"), "{what}: {text}");
    assert!(
        text.lines().count() <= 12,
        "{what}: that is not one clear line:\n{text}"
    );
    for name in names {
        assert!(
            text.contains(name),
            "{what}: {name:?} is not named:\n{text}"
        );
    }
}

#[test]
fn mistakes_in_settings_are_all_reported_and_nothing_starts() {
    let _alone = crate::alone();
    refuses(
        "a port that is none",
        Start::new().env("PG_PORT", "banana"),
        &["PG_PORT"],
    );
    refuses(
        "a port too high",
        Start::new().env("HTTP_PORT", "70000"),
        &["HTTP_PORT"],
    );
    refuses(
        "a level that is none",
        Start::new().env("LOG_LEVEL", "=,="),
        &["LOG_LEVEL"],
    );
    refuses(
        "memory that is none",
        Start::new().env("MAX_MEMORY_GB", "lots"),
        &["MAX_MEMORY_GB"],
    );
    refuses(
        "three at once",
        Start::new()
            .env("PG_PORT", "x")
            .env("THREADS", "-1")
            .env("MAX_MEMORY_GB", "lots"),
        &["PG_PORT", "THREADS", "MAX_MEMORY_GB"],
    );
    refuses(
        "half a key",
        Start::new().env("AWS_ACCESS_KEY_ID", "AK"),
        &["AWS_SECRET_ACCESS_KEY"],
    );
}

#[test]
fn unknown_options_are_refused() {
    let _alone = crate::alone();
    refuses(
        "an unknown option",
        Start::new().argument("--no-such-option"),
        &["--no-such-option"],
    );
    refuses(
        "a word too many",
        Start::new().argument("banana"),
        &["banana"],
    );
}

#[test]
fn a_port_in_use_is_named() {
    let _alone = crate::alone();
    for variable in ["FLIGHT_SQL_PORT", "HTTP_PORT"] {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = taken.local_addr().expect("its address").port().to_string();
        refuses(variable, Start::new().env(variable, port.clone()), &[&port]);
    }
}

#[test]
fn data_folders_that_cannot_be_read_are_refused() {
    let _alone = crate::alone();
    let folder = TempDir::new().expect("a folder");
    let missing = folder.path().join("missing");
    refuses(
        "a missing folder",
        Start::new().argument("--data").argument(&missing),
        &["missing"],
    );
    let file = folder.path().join("file.csv");
    fs::write(&file, "a\n1\n").expect("a file");
    refuses(
        "a file",
        Start::new().argument("--data").argument(&file),
        &["file.csv"],
    );
}

/// A copy of the built program with its library and its extensions, which a test may spoil.
fn installed() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let source = Path::new(env!("CARGO_BIN_EXE_tavana"));
    let beside = source.parent().expect("a folder");
    let program = folder.path().join("tavana");
    fs::copy(source, &program).expect("the program");
    fs::copy(
        beside.join("libduckdb.so"),
        folder.path().join("libduckdb.so"),
    )
    .expect("the library");
    fs::create_dir(folder.path().join("extensions")).expect("a folder");
    for entry in fs::read_dir(beside.join("extensions")).expect("the extensions") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        fs::copy(&path, folder.path().join("extensions").join(name)).expect("an extension");
    }
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("may be run");
    (folder, program)
}

#[test]
fn a_missing_or_changed_extension_is_named_and_nothing_starts() {
    let _alone = crate::alone();
    let (folder, program) = installed();
    let extension = folder.path().join("extensions/delta.duckdb_extension");
    let whole = fs::read(&extension).expect("the extension");
    let refused = |what: &str| {
        refuses(what, Start::new().program(&program), &["delta"]);
    };
    fs::remove_file(&extension).expect("it was there");
    refused("a missing extension");
    for position in [0, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[position] ^= 1;
        fs::write(&extension, changed).expect("written");
        refused("a flipped bit");
    }
    fs::write(&extension, &whole[..whole.len() - 1]).expect("written");
    refused("a file that is cut short");
    fs::write(&extension, &whole).expect("written");
    drop(Start::new().program(&program).run());
}
