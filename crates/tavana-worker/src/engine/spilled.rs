//! Which files this process may open: those below the allowed folders, and what it needs of the
//! system; and who may open what in the folder DuckDB spills to.
//!
//! DuckDB's own check stands before its file functions only. The readers of Delta open files by
//! paths that they find in a table's log.
//!
//! DuckDB takes its `temp_directory` for an allowed one, so every file function could read what a
//! session spilled, list it, or fill the disk past the session's bound. It is told apart here by
//! how a file is opened: the buffer manager opens only files of its own names, the swap file for
//! reading and writing at once, and it never truncates one. No function of SQL does that.

use std::ffi::CStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The file that many blocks share.
const STORAGE_PREFIX: &[u8] = b"duckdb_temp_storage_";
/// A block of an odd size has a file of its own.
const BLOCK_PREFIX: &[u8] = b"duckdb_temp_block-";

/// What libraries read of the system: certificates, the machine's size. Nothing there is secret.
const SYSTEM_FOLDERS: [&str; 8] = [
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/usr/share",
    "/usr/lib",
    "/usr/local/share",
    "/lib",
    "/sys",
];
/// Files below /proc and /dev that they read.
const SYSTEM_FILES: [&str; 12] = [
    "cgroup",
    "mountinfo",
    "mounts",
    "meminfo",
    "cpuinfo",
    "stat",
    "status",
    "overcommit_memory",
    "null",
    "zero",
    "urandom",
    "random",
];

/// The folder DuckDB spills to, known by its place on its device: it has many names (`..`,
/// `/proc/self/root`); and the folders that files may be opened in.
#[derive(Debug)]
pub(crate) struct Spilled {
    folder: Option<(u64, u64)>,
    /// Without links. Empty: all.
    folders: Vec<PathBuf>,
}

impl Spilled {
    /// # Errors
    /// The folder is not there.
    pub(crate) fn in_folder(path: &Path) -> std::io::Result<Self> {
        let folder = rustix::fs::stat(path)?;
        Ok(Self {
            folder: Some((folder.st_dev, folder.st_ino)),
            folders: Vec::new(),
        })
    }

    /// Nothing may be opened outside of these folders but what the system is asked for. Those that
    /// do not exist have nothing in them.
    pub(crate) fn only_below<'a>(mut self, folders: impl IntoIterator<Item = &'a str>) -> Self {
        self.folders = folders
            .into_iter()
            .filter_map(|folder| std::fs::canonicalize(folder).ok())
            .collect();
        self
    }

    /// Whether a path leads into one of the folders, wherever its links point. One that does not
    /// exist is where its folder is.
    fn is_open(&self, path: &Path, writes: bool) -> bool {
        if self.folders.is_empty() {
            return true;
        }
        let parent = || {
            let parent = path.parent()?;
            let parent = if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            };
            Some(std::fs::canonicalize(parent).ok()?.join(path.file_name()?))
        };
        let Some(path) = std::fs::canonicalize(path).ok().or_else(parent) else {
            // Not even its folder is there: opening it fails by itself.
            return true;
        };
        if self.folders.iter().any(|folder| path.starts_with(folder)) {
            return true;
        }
        let of_the_system = SYSTEM_FOLDERS.iter().any(|folder| path.starts_with(folder))
            || (path.starts_with("/proc") || path.starts_with("/dev"))
                && SYSTEM_FILES
                    .iter()
                    .any(|name| path.file_name().is_some_and(|found| found == *name));
        of_the_system && (!writes || path == Path::new("/dev/null"))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.folder.is_some_and(|known| {
            rustix::fs::stat(path).is_ok_and(|found| (found.st_dev, found.st_ino) == known)
        })
    }

    /// Whether a path names something directly in the folder. There are no folders in it.
    fn holds(&self, path: &Path) -> bool {
        let parent = path.parent().map(|parent| {
            if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            }
        });
        parent.is_some_and(|parent| self.is_folder(parent))
    }

    /// Whether a folder may be made.
    pub(crate) fn may_make(&self, path: &CStr) -> bool {
        let path = Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
        !self.holds(path) && self.is_open(path, true)
    }

    /// Whether a file may be opened with these flags of open(2).
    pub(crate) fn may_open(&self, path: &CStr, flags: libc::c_int) -> bool {
        let path = Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
        if self.is_folder(path) {
            return false;
        }
        if !self.holds(path) {
            let writes = flags & libc::O_ACCMODE != libc::O_RDONLY || flags & libc::O_CREAT != 0;
            return self.is_open(path, writes);
        }
        let name = path.file_name().unwrap_or_default().as_bytes();
        let mode = flags & libc::O_ACCMODE;
        if flags & (libc::O_TRUNC | libc::O_APPEND | libc::O_EXCL) != 0 {
            return false;
        }
        if name.starts_with(STORAGE_PREFIX) {
            return mode == libc::O_RDWR;
        }
        name.starts_with(BLOCK_PREFIX) && (mode == libc::O_RDONLY || flags & libc::O_CREAT != 0)
    }

    /// Whether a folder may be listed.
    pub(crate) fn may_list(&self, path: &CStr) -> bool {
        let path = Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
        !self.is_folder(path) && self.is_open(path, false)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use super::*;

    #[test]
    fn only_the_buffer_manager_opens_files_of_the_folder_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let spilled = Spilled::in_folder(folder.path()).unwrap();
        let at = |path: String| CString::new(path).unwrap();
        let base = folder.path().display().to_string();
        let open = |path: String, flags| spilled.may_open(&at(path), flags);
        let create = libc::O_CREAT;
        for (name, flags) in [
            ("duckdb_temp_storage_DEFAULT-0.tmp", libc::O_RDWR | create),
            ("duckdb_temp_block-17.block", libc::O_WRONLY | create),
            ("duckdb_temp_block-17.block", libc::O_RDONLY),
        ] {
            assert!(open(format!("{base}/{name}"), flags), "{name}");
        }
        for prefix in [
            base.clone(),
            format!("{base}/."),
            format!("/proc/self/root{base}"),
            format!("{base}/../{}", folder.path().file_name().unwrap().display()),
        ] {
            for (name, flags) in [
                ("duckdb_temp_storage_DEFAULT-0.tmp", libc::O_RDONLY),
                (
                    "duckdb_temp_storage_DEFAULT-0.tmp",
                    libc::O_WRONLY | create | libc::O_TRUNC,
                ),
                (
                    "duckdb_temp_block-17.block",
                    libc::O_WRONLY | create | libc::O_TRUNC,
                ),
                ("x.csv", libc::O_WRONLY | create),
                ("x.csv", libc::O_RDONLY),
                ("tmp_x.csv", libc::O_RDWR | create),
            ] {
                assert!(!open(format!("{prefix}/{name}"), flags), "{prefix} {name}");
            }
            assert!(!spilled.may_make(&at(format!("{prefix}/duckdb_temp_block-17.block"))));
            assert!(!spilled.may_list(&at(prefix)));
        }
        assert!(open("/etc/hosts".to_owned(), libc::O_RDONLY));
        assert!(open("hosts".to_owned(), libc::O_RDONLY));
        assert!(spilled.may_list(&at("/etc".to_owned())));
    }

    #[test]
    fn nothing_outside_of_the_folders_is_opened_but_what_the_system_is_asked_for() {
        let (spill, data, outside) = (
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
        );
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "x").unwrap();
        std::os::unix::fs::symlink(&secret, data.path().join("link")).unwrap();
        let folders = [data.path().to_str().unwrap()];
        let spilled = Spilled::in_folder(spill.path())
            .unwrap()
            .only_below(folders);
        let open = |path: &Path, flags| {
            let path = CString::new(path.as_os_str().as_bytes()).unwrap();
            spilled.may_open(&path, flags)
        };
        let write = libc::O_WRONLY | libc::O_CREAT;
        assert!(open(&data.path().join("new"), write));
        assert!(open(Path::new("/dev/null"), libc::O_RDWR));
        assert!(open(Path::new("/proc/self/cgroup"), libc::O_RDONLY));
        for (path, flags) in [
            (secret.clone(), libc::O_RDONLY),
            (outside.path().join("nope"), libc::O_RDONLY),
            (outside.path().join("new"), write),
            (data.path().join("link"), libc::O_RDONLY),
            (
                data.path()
                    .join("../")
                    .join(outside.path().file_name().unwrap())
                    .join("secret"),
                libc::O_RDONLY,
            ),
            (PathBuf::from("/etc/passwd"), libc::O_RDONLY),
            (PathBuf::from("/proc/self/maps"), libc::O_RDONLY),
            (PathBuf::from("/proc/self/root/etc/passwd"), libc::O_RDONLY),
            (PathBuf::from("/proc/self/cgroup"), write),
            (PathBuf::from("/usr/lib/new"), write),
        ] {
            assert!(!open(&path, flags), "{}", path.display());
        }
    }
}
