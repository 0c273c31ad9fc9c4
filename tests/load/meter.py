"""CPU and memory of named processes, and what everybody else took of the machine meanwhile."""

import os
import time
from collections.abc import Mapping
from typing import NamedTuple

import psutil

from shared.errors import Misconfigured

MIB = 1 << 20


class Used(NamedTuple):
    """CPU seconds by process, all of the machine's CPU seconds, and when that was."""

    cpu_s: Mapping[str, float]
    busy_s: float
    at_s: float

    def since(self, before: "Used") -> "Used":
        """Return what was used from `before` to here; `at_s` is how long that took."""
        cpu_s = {name: s - before.cpu_s[name] for name, s in self.cpu_s.items()}
        return Used(cpu_s, self.busy_s - before.busy_s, self.at_s - before.at_s)

    @property
    def cores(self) -> float:
        """Return how many cores the named processes used."""
        return sum(self.cpu_s.values()) / self.at_s

    @property
    def other_cores(self) -> float:
        """Return how many cores everybody else used: what disturbed the measurement."""
        return max(0.0, self.busy_s / self.at_s - self.cores)


class Meter:
    """Looks at processes by their names; this one is among them, as `bench`."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        named = {**pids, "bench": os.getpid()}
        self._processes = {name: psutil.Process(pid) for name, pid in named.items()}
        self.peak_mib: dict[str, float] = dict.fromkeys(named, 0.0)

    def used(self) -> Used:
        """Return what was used until now.  Raises `Misconfigured` if a process has ended."""
        cpu_s = {name: self._cpu_s(name) for name in self._processes}
        times = psutil.cpu_times()
        idle_s = times.idle + times.iowait + times.guest + times.guest_nice  # guest is within user
        return Used(cpu_s, sum(times) - idle_s, time.monotonic())

    def look(self) -> dict[str, float]:
        """Return the memory in use, in MiB, by process, and take note of the highest."""
        found = {}
        for name, process in self._processes.items():
            try:
                found[name] = process.memory_info().rss / MIB
            except psutil.NoSuchProcess:
                raise _ended(name) from None
            self.peak_mib[name] = max(self.peak_mib[name], found[name])
        return found

    def _cpu_s(self, name: str) -> float:
        try:
            times = self._processes[name].cpu_times()
        except psutil.NoSuchProcess:
            raise _ended(name) from None
        return float(times.user + times.system)


def _ended(name: str) -> Misconfigured:
    return Misconfigured(
        f"{name} ended while it was measured, a full disk can be why: "
        f"its log in build/bench-logs says more."
    )
