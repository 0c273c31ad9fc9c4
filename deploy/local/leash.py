"""The leash: a tiny process that outlives the launcher and ends what it started.

It reads its standard input, which the launcher holds open.  When the launcher ends, however it
ends, the input ends too; unless the word `release` came before, every process that carries the
launcher's mark in its environment is told to stop, and killed if it does not.  (The kernel's
parent-death signal would do less: it goes with the *thread* that forked, and cannot be taken back
for `motcua up`.)
"""

import sys
import time
from collections.abc import Callable

import psutil

MARK = "MOTCUA_LEASH"
RELEASE = "release"
STOP_LIMIT_S = 10.0
ROUNDS = 3  # a process on its way from fork to exec does not carry the mark yet


def marked(mark: str) -> list[psutil.Process]:
    """Return the living processes that carry this mark, zombies aside."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or not ours to read: then it is not ours to end
    return found


def end(processes: list[psutil.Process], limit_s: float = STOP_LIMIT_S) -> None:
    """Tell them to stop, wait, kill those that are still there."""
    for process in processes:
        _signal(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=limit_s)
    for process in stubborn:
        _signal(process.kill)
    psutil.wait_procs(stubborn, timeout=limit_s)


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return  # ended by itself: what was wanted


def main(mark: str) -> None:
    """Wait for the launcher to end or to release; in the first case end its processes."""
    if sys.stdin.read().strip() == RELEASE:
        return
    for _ in range(ROUNDS):
        end(marked(mark))
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1])
