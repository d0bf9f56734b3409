//! Who may open what in the folder DuckDB spills to.
//!
//! DuckDB takes its `temp_directory` for an allowed one, so every file function could read what a
//! session spilled, list it, or fill the disk past the session's bound. It is told apart here by
//! how a file is opened: the buffer manager opens only files of its own names, the swap file for
//! reading and writing at once, and it never truncates one. No function of SQL does that.

use std::ffi::CStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The file that many blocks share.
const STORAGE_PREFIX: &[u8] = b"duckdb_temp_storage_";
/// A block of an odd size has a file of its own.
const BLOCK_PREFIX: &[u8] = b"duckdb_temp_block-";

/// The folder, known by its place on its device: it has many names (`..`, `/proc/self/root`).
#[derive(Debug)]
pub(crate) struct Spilled(Option<(u64, u64)>);

impl Spilled {
    /// # Errors
    /// The folder is not there.
    pub(crate) fn in_folder(path: &Path) -> std::io::Result<Self> {
        let folder = rustix::fs::stat(path)?;
        Ok(Self(Some((folder.st_dev, folder.st_ino))))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.is_some_and(|known| {
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
        !self.holds(path)
    }

    /// Whether a file may be opened with these flags of open(2).
    pub(crate) fn may_open(&self, path: &CStr, flags: libc::c_int) -> bool {
        let path = Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
        if self.is_folder(path) {
            return false;
        }
        if !self.holds(path) {
            return true;
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
        !self.is_folder(Path::new(std::ffi::OsStr::from_bytes(path.to_bytes())))
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
}
