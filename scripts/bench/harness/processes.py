"""What the kernel knows of processes: the tree below one, CPU time, resident memory."""

import os
import pathlib
import threading
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def tree(root):
    """Process ids of `root` and all below it, `root` first."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = _stat(int(entry))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def cpu_seconds(pid):
    """User and system time of the process, without its children; None when it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND if fields else None


def cpu_seconds_with_dead_children(pid):
    """The same with the children that the process has waited for; 0 when it is gone."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS_PER_SECOND if fields else 0.0


def command_line(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


def memory_bytes(pid, field="VmRSS"):
    """A line of /proc/<pid>/status in bytes; 0 when the process is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def reset_peak(pid):
    """Makes VmHWM start again from the present resident size."""
    try:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass


def machine_busy_seconds():
    """CPU seconds that all processes of this machine have used since it started."""
    ticks = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = ticks
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


class Sampler:
    """Calls `look` every `interval` seconds in a thread while its block runs."""

    def __init__(self, look, interval):
        self._look, self._interval = look, interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)

    def _loop(self):
        while not self._stop.wait(self._interval):
            self._look()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def wait_until(condition, seconds_max, step=0.02):
    end = time.monotonic() + seconds_max
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(step)
    return False


def _stat(pid):
    """Fields of /proc/<pid>/stat from the state on; the name before it may hold anything."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()
