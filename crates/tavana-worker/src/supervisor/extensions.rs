//! Which extension binaries an engine may load: the ones whose SHA-256 is pinned, checked once at
//! start. Engines then load them by path without DuckDB's own signature check, which costs about
//! half a second for each instance.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tavana_common::proto::engine::Extension;
use tracing::{info, warn};

use crate::error::ExtensionError;

/// The pins of this version: they are part of the program, not of the folder they vouch for.
const PINS: &str = include_str!("../../extensions.sha256");

/// Pins of files that this program does not know, shipped beside them.
const PINS_BESIDE: &str = "SHA256SUMS";

/// In load order: iceberg throws unless avro was loaded before it.
const EXTENSIONS: [(&str, Need); 8] = [
    ("avro", Need::Required),
    ("httpfs", Need::Required),
    ("azure", Need::Required),
    ("delta", Need::Required),
    ("iceberg", Need::Required),
    ("excel", Need::Required),
    ("tpch", Need::Required),
    ("cache_httpfs", Need::Optional),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

#[cfg(target_arch = "x86_64")]
const PLATFORM: &str = "linux_amd64";
#[cfg(target_arch = "aarch64")]
const PLATFORM: &str = "linux_arm64";

/// Verifies the extensions in `folder` and returns them in load order.
///
/// # Errors
/// When a required file is missing, and when any file that would be loaded is not the pinned one.
pub(crate) fn verify(folder: &Path) -> Result<Vec<Extension>, ExtensionError> {
    let mut present = Vec::new();
    for (name, need) in EXTENSIONS {
        let path = folder.join(format!("{name}.duckdb_extension"));
        match File::open(&path) {
            Ok(file) => present.push((name, need, path, file)),
            Err(error) if need == Need::Optional && error.kind() == io::ErrorKind::NotFound => {
                warn!(extension = name, "an optional extension is absent");
            }
            Err(source) => return Err(ExtensionError::Unreadable { path, source }),
        }
    }
    // Two hundred megabytes are hashed: one thread for each file, the cores share them.
    let verified: Result<Vec<Extension>, ExtensionError> = std::thread::scope(|scope| {
        let checks: Vec<_> = present
            .into_iter()
            .map(|(name, need, path, file)| {
                scope.spawn(move || {
                    check(folder, name, &path, file)?;
                    let path = path.to_str().map(str::to_owned).ok_or_else(|| {
                        let source = io::Error::other("the path is not valid UTF-8");
                        ExtensionError::Unreadable {
                            path: path.clone(),
                            source,
                        }
                    })?;
                    let required = need == Need::Required;
                    Ok(Extension {
                        name: name.to_owned(),
                        path,
                        required,
                    })
                })
            })
            .collect();
        checks
            .into_iter()
            .map(|check| check.join().expect("hashing a file does not panic"))
            .collect()
    });
    let verified = verified?;
    info!(folder = %folder.display(), files = verified.len(), "extension files match their pins");
    Ok(verified)
}

fn check(folder: &Path, name: &str, path: &Path, file: File) -> Result<(), ExtensionError> {
    let unreadable = |source| ExtensionError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let expected = match pin(PINS, &format!("{PLATFORM}/{name}")) {
        Some(pin) => pin.to_owned(),
        None => pin_beside(folder, name).ok_or_else(|| ExtensionError::Unpinned {
            path: path.to_owned(),
            platform: PLATFORM,
            name: name.to_owned(),
        })?,
    };
    let found = digest(file).map_err(unreadable)?;
    if found != expected {
        return Err(ExtensionError::Changed {
            path: path.to_owned(),
            found,
            expected,
        });
    }
    Ok(())
}

/// The digest that `list` (in the format of sha256sum) gives for `name`.
fn pin<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let (digest, pinned) = line.split_once("  ")?;
            (pinned.trim() == name).then_some(digest)
        })
}

fn pin_beside(folder: &Path, name: &str) -> Option<String> {
    let list = std::fs::read_to_string(folder.join(PINS_BESIDE)).ok()?;
    pin(&list, &format!("{name}.duckdb_extension")).map(str::to_owned)
}

fn digest(mut file: File) -> io::Result<String> {
    let mut sha = Sha256::new();
    let mut chunk = vec![0_u8; 1 << 20];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            bytes => sha.update(chunk.get(..bytes).expect("a read fits its buffer")),
        }
    }
    Ok(hex(&sha.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String succeeds");
            text
        })
}

/// The folder used when none is configured: `extensions` beside the executable, or
/// `../lib/tavana/extensions` as packages install it.
pub(crate) fn default_folder(executable: &Path) -> Option<PathBuf> {
    let beside = executable.parent()?;
    [
        beside.join("extensions"),
        beside.join("../lib/tavana/extensions"),
    ]
    .into_iter()
    .find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_required_extension_is_pinned_for_both_platforms() {
        for (name, need) in EXTENSIONS {
            for platform in ["linux_amd64", "linux_arm64"] {
                let pin = pin(PINS, &format!("{platform}/{name}"));
                assert_eq!(pin.is_some(), need == Need::Required, "{platform}/{name}");
                assert!(pin.is_none_or(|pin| pin.len() == 64), "{platform}/{name}");
            }
        }
    }

    #[test]
    fn a_missing_required_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = verify(folder.path()).unwrap_err().to_string();
        assert!(error.contains("avro.duckdb_extension"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }

    #[test]
    fn a_file_that_differs_from_its_pin_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (name, _) in EXTENSIONS {
            let path = folder.path().join(format!("{name}.duckdb_extension"));
            fs::write(path, "not an extension").unwrap();
        }
        let error = verify(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("avro.duckdb_extension has SHA-256"),
            "{error}"
        );
    }

    #[test]
    fn an_optional_file_needs_a_pin_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache_httpfs.duckdb_extension");
        fs::write(&path, "abc").unwrap();
        let open = || File::open(&path).unwrap();
        let refused = check(folder.path(), "cache_httpfs", &path, open());
        assert!(
            matches!(refused, Err(ExtensionError::Unpinned { .. })),
            "{refused:?}"
        );

        // SHA-256("abc") of FIPS 180-2, appendix B.1.
        let sums = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  \
                    cache_httpfs.duckdb_extension\n";
        fs::write(folder.path().join(PINS_BESIDE), sums).unwrap();
        check(folder.path(), "cache_httpfs", &path, open()).unwrap();

        fs::write(&path, "abd").unwrap();
        let changed = check(folder.path(), "cache_httpfs", &path, open());
        assert!(
            matches!(changed, Err(ExtensionError::Changed { .. })),
            "{changed:?}"
        );
    }
}
