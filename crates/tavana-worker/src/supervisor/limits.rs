//! How much memory and how many cores this process may use: the control group (v2 or v1), else
//! the machine.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the kernel tells its limits; replaced in tests.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    proc: PathBuf,
    cgroup: PathBuf,
}

impl Default for Kernel {
    fn default() -> Self {
        Self {
            proc: PathBuf::from("/proc"),
            cgroup: PathBuf::from("/sys/fs/cgroup"),
        }
    }
}

/// Assumed when neither a control group nor the machine says anything.
const MEMORY_BYTES_UNKNOWN: u64 = 8 << 30;

/// What statements may use of what the kernel allows; the rest is for the supervisor and what
/// DuckDB does not count.
pub(crate) fn budget_of(limit_bytes: u64) -> u64 {
    limit_bytes / 5 * 4
}

/// Memory of this process that is in RAM; 0 when the system hides it. See proc(5).
pub(crate) fn resident_bytes() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_ascii_whitespace().nth(1);
    let pages: u64 = pages.and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages.saturating_mul(u64::try_from(rustix::param::page_size()).unwrap_or(0))
}

impl Kernel {
    /// Bytes of memory this process may use before the kernel kills something: the smallest limit
    /// of its control groups and their parents, at most the machine's memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let machine = self.machine_bytes();
        let group = self.group_limits().into_iter().min();
        match (group, machine) {
            (Some(group), Some(machine)) => group.min(machine),
            (Some(bytes), None) | (None, Some(bytes)) => bytes,
            (None, None) => MEMORY_BYTES_UNKNOWN,
        }
    }

    fn machine_bytes(&self) -> Option<u64> {
        let text = fs::read_to_string(self.proc.join("meminfo")).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kib = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
        kib.checked_mul(1024)
    }

    fn group_limits(&self) -> Vec<u64> {
        let text = fs::read_to_string(self.proc.join("self/cgroup")).unwrap_or_default();
        let mut limits = Vec::new();
        for line in text.lines() {
            let mut fields = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
                continue;
            };
            if controllers.is_empty() {
                limits_of_parents(&self.cgroup, path, "memory.max", &mut limits);
            } else if controllers
                .split(',')
                .any(|controller| controller == "memory")
            {
                let root = self.cgroup.join("memory");
                limits_of_parents(&root, path, "memory.limit_in_bytes", &mut limits);
            }
        }
        limits
    }
}

/// Collects the limits from the group up to the root. Inside a container the path of
/// `/proc/self/cgroup` may not exist below the mount, whose root is then the container's group.
fn limits_of_parents(root: &Path, path: &str, file: &str, limits: &mut Vec<u64>) {
    let mut group = root.join(path.trim_start_matches('/'));
    while group.starts_with(root) {
        // "max" (v2) is no limit; v1 writes a number near 2^63, which the machine's memory caps.
        if let Ok(text) = fs::read_to_string(group.join(file))
            && let Ok(bytes) = text.trim().parse::<u64>()
        {
            limits.push(bytes);
        }
        if !group.pop() {
            break;
        }
    }
}

/// Cores this process may keep busy: the affinity mask and the control group's quota.
pub(crate) fn cores() -> u32 {
    std::thread::available_parallelism()
        .ok()
        .and_then(|cores| u32::try_from(cores.get()).ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds the files of a made-up kernel.
    struct World {
        folder: tempfile::TempDir,
    }

    impl World {
        fn with(files: &[(&str, &str)]) -> (Self, Kernel) {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            let kernel = Kernel {
                proc: folder.path().join("proc"),
                cgroup: folder.path().join("cg"),
            };
            (Self { folder }, kernel)
        }
    }

    #[test]
    fn a_limit_that_changes_is_seen() {
        let (world, kernel) = World::with(&[
            MEMINFO,
            ("proc/self/cgroup", "0::/a\n"),
            ("cg/a/memory.max", "2097152\n"),
        ]);
        assert_eq!(kernel.memory_bytes(), 2 << 20);
        for (limit, expected) in [("1048576\n", 1 << 20), ("max\n", 16 << 20)] {
            fs::write(world.folder.path().join("cg/a/memory.max"), limit).unwrap();
            assert_eq!(kernel.memory_bytes(), expected);
        }
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemFree: 1 kB\nMemTotal:       16384 kB\n");

    type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, u64);

    #[test]
    fn the_smallest_limit_on_the_way_to_the_root_wins() {
        let table: [Case<'_>; 7] = [
            ("no group", vec![MEMINFO], 16 << 20),
            ("nothing known", vec![], MEMORY_BYTES_UNKNOWN),
            (
                "v2",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "0::/a/b\n"),
                    ("cg/a/b/memory.max", "max\n"),
                    ("cg/a/memory.max", "2097152\n"),
                ],
                2 << 20,
            ),
            (
                "v2 of a container, whose path is not below its mount",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "0::/kubepods/x\n"),
                    ("cg/memory.max", "1048576\n"),
                ],
                1 << 20,
            ),
            (
                "v1",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "5:cpu,cpuacct:/q\n4:memory:/p\n0::/\n"),
                    ("cg/memory/p/memory.limit_in_bytes", "3145728\n"),
                ],
                3 << 20,
            ),
            (
                "v1 without limit",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "4:memory:/p\n"),
                    ("cg/memory/p/memory.limit_in_bytes", "9223372036854771712\n"),
                ],
                16 << 20,
            ),
            (
                "garbage",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "hello\n::\n0::/a\n"),
                    ("cg/a/memory.max", "-1"),
                ],
                16 << 20,
            ),
        ];
        for (name, files, expected) in table {
            let (_world, kernel) = World::with(&files);
            assert_eq!(kernel.memory_bytes(), expected, "{name}");
        }
    }
}
