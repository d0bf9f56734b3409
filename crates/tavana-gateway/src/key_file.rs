//! What `tavana-gateway cluster-key FILE` does: a cluster key is made once, for the containers that
//! share the file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use tavana_common::env;
use tavana_common::secret::ClusterKey;

/// Whether the file was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// There is a new key.
    Now,
    /// There was a key already, and it stays.
    Before,
}

/// Writes a random key into `path`, readable for its owner only, unless there is one.
///
/// # Errors
/// When it cannot be written, or when what is there is no key.
pub fn make(path: &Path) -> io::Result<Made> {
    match env::read_secret(path) {
        Ok(text) if ClusterKey::from_text(&text).is_some() => return Ok(Made::Before),
        Ok(_) => return Err(io::Error::other("what is there is too short for a key")),
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
        Err(problem) => return Err(problem),
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o400)
        .open(&beside)?;
    let key = ClusterKey::random().internal_token();
    let written = file
        .write_all(key.expose().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        // Unlike a rename this never takes the place of a key that others use already.
        .and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside)?;
    match written {
        Ok(()) => Ok(Made::Now),
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => Ok(Made::Before),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let folder = std::env::temp_dir().join(format!("tavana-key-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let path = folder.join("cluster");
        assert_eq!(make(&path).unwrap(), Made::Now);
        let first = fs::read_to_string(&path).unwrap();
        assert!(first.len() > 32, "{} characters", first.len());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
        assert_eq!(make(&path).unwrap(), Made::Before);
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing beside");

        let other = folder.join("other");
        assert_eq!(make(&other).unwrap(), Made::Now);
        assert_ne!(fs::read_to_string(&other).unwrap(), first);

        let short = folder.join("short");
        fs::write(&short, "short\n").unwrap();
        make(&short).expect_err("that is no key");
        fs::remove_dir_all(&folder).unwrap();
    }
}
