"""What the database worked for whom: MongoDB has a thread for each connection, and the system
counts the CPU of each thread.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from pymongo import MongoClient

NS = 1_000_000_000
OWN = "mongo"  # what it does for nobody's connection: checkpoints, its journal, eviction


class Connections:
    """Looks at the threads of one MongoDB; `pids` are its own and its callers', by name."""

    def __init__(self, url: str, pids: Mapping[str, int]) -> None:
        self._url, self._server = url, pids[OWN]
        self._callers = {name: pid for name, pid in pids.items() if name != OWN}

    def used(self) -> dict[str, float]:
        """Return the CPU seconds of threads that live, by whom they serve; who is not named is left
        out.
        """
        serves, found = self._serves(), Counter({OWN: 0.0, **dict.fromkeys(self._callers, 0.0)})
        for thread, cpu_s in _threads(self._server):
            if not thread.startswith("conn"):
                found[OWN] += cpu_s
            elif thread in serves:
                found[serves[thread]] += cpu_s
        return dict(found)

    def _serves(self) -> dict[str, str]:
        """Return the caller at the other end of each connection."""
        at_port = {port: name for name, pid in self._callers.items() for port in _ports(pid)}
        client: MongoClient[dict[str, Any]] = MongoClient(self._url)
        with client:
            told = client.admin.command({"currentOp": 1, "$all": True})["inprog"]
        ends = {op["desc"]: int(op["client"].rpartition(":")[2]) for op in told if "client" in op}
        return {thread: at_port[port] for thread, port in ends.items() if port in at_port}


def _threads(pid: int) -> list[tuple[str, float]]:
    """Return the name and CPU seconds of each thread."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            ran_ns = int((task / "schedstat").read_text().split()[0])
            found.append(((task / "comm").read_text().strip(), ran_ns / NS))
    return found


def _ports(pid: int) -> list[int]:
    return [c.laddr.port for c in psutil.Process(pid).net_connections("tcp") if c.raddr]
