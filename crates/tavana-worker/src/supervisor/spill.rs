//! Folders for what DuckDB spills. Each engine has its own: two instances that spill into one
//! folder crash each other. A killed engine leaves its files behind, so folders are removed here.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FlockOperation, flock};
use tracing::{info, warn};

/// Prefix of the folder of one worker process.
const PREFIX: &str = "worker-";
/// Held locked by the process that owns the folder, for as long as it lives.
const LOCK: &str = "lock";

/// The folder of this worker process. Removed with everything in it on drop.
#[derive(Debug)]
pub(crate) struct SpillRoot {
    path: PathBuf,
    next: AtomicU64,
    /// Tells other workers that the folder is in use. Process ids cannot: they repeat between
    /// containers that share a volume, and after a restart.
    _lock: File,
}

impl SpillRoot {
    /// Makes a private folder below `base` and removes those of workers that are dead.
    pub(crate) fn create(base: &Path) -> io::Result<Self> {
        private(true).create(base)?;
        remove_orphans(base)?;
        let id = u64::from(std::process::id());
        for attempt in 0_u64..1000 {
            let path = base.join(format!("{PREFIX}{id}-{attempt}"));
            match private(false).create(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
            let lock = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path.join(LOCK))?;
            flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
            return Ok(Self {
                path,
                next: AtomicU64::new(0),
                _lock: lock,
            });
        }
        Err(io::Error::other(
            "a thousand workers of this process id left their folders",
        ))
    }

    /// A new private file without a name: it ends with its last handle.
    pub(crate) fn file(&self) -> io::Result<File> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.path.join(format!("file-{number}"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    /// A new private folder for one engine.
    pub(crate) fn folder(&self) -> io::Result<SpillFolder> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.path.join(format!("engine-{number}"));
        private(false).create(&path)?;
        Ok(SpillFolder { path })
    }
}

impl Drop for SpillRoot {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// The folder of one engine, removed on drop: drop it after the engine's death.
#[derive(Debug)]
pub(crate) struct SpillFolder {
    path: PathBuf,
}

impl SpillFolder {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SpillFolder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn private(recursive: bool) -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(recursive).mode(0o700);
    builder
}

fn remove(path: &Path) {
    match fs::remove_dir_all(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => warn!(path = %path.display(), %error, "a spill folder stays behind"),
    }
}

fn remove_orphans(base: &Path) -> io::Result<()> {
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        let ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX));
        // A symbolic link is not a folder that a worker made: it is left alone.
        if !ours || !entry.file_type()?.is_dir() {
            continue;
        }
        let path = entry.path();
        if owner_lives(&path) {
            continue;
        }
        info!(path = %path.display(), "removing the spill folder of a dead worker");
        remove(&path);
    }
    Ok(())
}

/// Whether another process holds the folder's lock. A folder without a lock file is one whose
/// worker is just making it, or died doing so; the first lasts microseconds and is rare enough to
/// be treated as the second only when the folder is older than a minute.
fn owner_lives(path: &Path) -> bool {
    let Ok(lock) = File::open(path.join(LOCK)) else {
        let age = fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|modified| modified.elapsed().ok());
        return age.is_none_or(|age| age.as_secs() < 60);
    };
    flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folders_are_private_and_gone_after_their_owner() {
        let base = tempfile::tempdir().unwrap();
        let root = SpillRoot::create(&base.path().join("a/b")).unwrap();
        let (one, two) = (root.folder().unwrap(), root.folder().unwrap());
        assert_ne!(one.path(), two.path());
        let mode = fs::metadata(one.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(one.path().join("spilled"), "data").unwrap();
        let gone = one.path().to_owned();
        drop(one);
        assert!(!gone.exists());
        let _file = root.file().unwrap();
        let files = fs::read_dir(&root.path).unwrap();
        assert_eq!(files.count(), 2, "the lock and the other folder");
        assert!(two.path().exists());
        drop(two);
        drop(root);
        assert_eq!(fs::read_dir(base.path().join("a/b")).unwrap().count(), 0);
    }

    #[test]
    fn a_start_removes_the_folders_of_dead_workers_and_no_others() {
        let base = tempfile::tempdir().unwrap();
        let living = SpillRoot::create(base.path()).unwrap();
        let orphan = base.path().join("worker-1-0");
        fs::create_dir(&orphan).unwrap();
        fs::write(orphan.join(LOCK), "").unwrap();
        fs::write(orphan.join("spilled"), "data").unwrap();
        let stranger = base.path().join("other");
        fs::create_dir(&stranger).unwrap();

        let root = SpillRoot::create(base.path()).unwrap();
        assert!(!orphan.exists());
        assert!(stranger.exists());
        assert!(living.path.exists());
        assert_ne!(root.path, living.path);
    }
}
