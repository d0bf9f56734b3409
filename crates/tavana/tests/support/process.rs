//! Processes as the kernel shows them: children, memory, processor time.

use std::fs;
use std::process::Command;

/// Bytes of a page and ticks of a second of processor time: constant on Linux for user space.
const KERNEL_TICKS_PER_SECOND: u64 = 100;

/// Every living descendant of `root`, without `root`.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is there") {
        let name = entry.expect("an entry of /proc").file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Some(stat) = Stat::of(pid)
            && stat.state != 'Z'
        {
            parents.push((pid, stat.parent));
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    found.remove(0);
    found
}

/// The engine processes below `root`.
pub(crate) fn engines(root: u32) -> Vec<u32> {
    with_arguments(root, &["engine"])
}

/// The process below `root` that its engines are copies of.
pub(crate) fn template(root: u32) -> Option<u32> {
    // For a moment a new copy looks the same.
    with_arguments(root, &["engine", "template"])
        .into_iter()
        .find(|pid| Stat::of(*pid).is_some_and(|stat| stat.parent == root))
}

fn with_arguments(root: u32, wanted: &[&str]) -> Vec<u32> {
    let mut found = descendants(root);
    found.retain(|pid| {
        arguments(*pid)
            .get(1..)
            .is_some_and(|found| found == wanted)
    });
    found
}

/// How many threads a process has; 0 when it is gone.
pub(crate) fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

/// How many files and sockets a process has open; 0 when it is gone.
pub(crate) fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// The engine that uses the processor most, if one did so in two looks at it: a new engine that
/// only starts up is busy for less.
pub(crate) fn busiest_engine(root: u32) -> Option<u32> {
    let look = || -> Vec<(u32, u64)> {
        let engines = engines(root).into_iter();
        engines
            .filter_map(|pid| Some((pid, processor_ms(pid)?)))
            .collect()
    };
    let busiest = |before: &[(u32, u64)], after: &[(u32, u64)]| {
        after
            .iter()
            .filter_map(|(pid, now)| {
                let (_, was) = before.iter().find(|(of, _)| of == pid)?;
                Some((*pid, now.saturating_sub(*was)))
            })
            .filter(|(_, used)| *used >= 40)
            .max_by_key(|(_, used)| *used)
            .map(|(pid, _)| pid)
    };
    let pause = || super::pause(std::time::Duration::from_millis(100));
    let first = look();
    pause();
    let second = look();
    let candidate = busiest(&first, &second)?;
    pause();
    (busiest(&second, &look()) == Some(candidate)).then_some(candidate)
}

/// What the kernel shows of a process in a file of `/proc`, zero bytes as spaces; empty when it is
/// gone.
pub(crate) fn file(pid: u32, name: &str) -> String {
    let bytes = fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let texts = bytes.utf8_chunks().map(|chunk| chunk.valid());
    texts.collect::<String>().replace('\0', " ")
}

/// The command line of a process; empty when it is gone.
pub(crate) fn arguments(pid: u32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    bytes
        .split(|byte| *byte == 0)
        .filter(|part| !part.is_empty())
        .map(|part| String::from_utf8(part.to_vec()).expect("our arguments are UTF-8"))
        .collect()
}

pub(crate) fn is_alive(pid: u32) -> bool {
    Stat::of(pid).is_some_and(|stat| stat.state != 'Z')
}

/// Whether a process is there, and neither a zombie nor stopped.
pub(crate) fn is_running(pid: u32) -> bool {
    Stat::of(pid).is_some_and(|stat| !matches!(stat.state, 'Z' | 'T'))
}

/// Resident memory in bytes; 0 when the process is gone.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1024)
}

/// User and system time of a process so far.
pub(crate) fn processor_ms(pid: u32) -> Option<u64> {
    let stat = Stat::of(pid)?;
    Some(stat.ticks * 1000 / KERNEL_TICKS_PER_SECOND)
}

/// Processor time of the whole tree: `root` and everything below it that is alive.
pub(crate) fn tree_processor_ms(root: u32) -> u64 {
    let mut sum = processor_ms(root).unwrap_or(0);
    for pid in descendants(root) {
        sum += processor_ms(pid).unwrap_or(0);
    }
    sum
}

/// Sends a signal by name (`KILL`, `INT`).
pub(crate) fn signal(pid: u32, name: &str) -> bool {
    Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("kill is installed")
        .success()
}

struct Stat {
    state: char,
    parent: u32,
    ticks: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything; the fields start after the last one.
        let (_, fields) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            state: fields.first()?.chars().next()?,
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
        })
    }
}
