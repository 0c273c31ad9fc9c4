"""Processes the launcher starts: a log and a pid file each, an orderly end, none left behind."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from deploy.local import leash
from deploy.local.settings import ROOT, Settings
from shared.errors import Misconfigured

POLL_S = 0.05
LAST = ("kafka", "mongo")  # the others need them to end in order


@dataclass(frozen=True, slots=True)
class Child:
    """A process as its pid file tells; the start time guards against a pid used again."""

    name: str
    pid: int
    started: float
    port: int

    def process(self) -> psutil.Process | None:
        """Return the living process, or None."""
        try:
            process = psutil.Process(self.pid)
            same = process.create_time() == self.started
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


class Children:
    """The processes of one folder.

    Used as a context manager it ends what it started, on any way out; should this process be
    killed, the leash does.  `keep` lets them live on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = secrets.token_hex(8)
        self._leash: subprocess.Popen[str] | None = None
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        names = list(reversed(self._started))
        self.stop([n for n in names if n not in LAST])
        self.stop([n for n in names if n in LAST])
        # one that was being started when an interrupt came is in no book: the leash finds it
        self._let_go(leash.RELEASE if error is None else "")

    def keep(self) -> None:
        """Let what was started live on when this process ends."""
        self._started.clear()
        self._let_go(leash.RELEASE)

    def log(self, name: str) -> Path:
        """Return the log file of a process."""
        return self.folder / "logs" / f"{name}.log"

    def start(
        self, name: str, argv: Sequence[str], port: int, env: Mapping[str, str] | None = None
    ) -> None:
        """Start a process in a session of its own: Ctrl-C is for the launcher, which ends all."""
        for part in ("logs", "run"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self._hold()
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                argv,
                cwd=ROOT,
                env={**os.environ, **(env or {}), leash.MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started[name] = process
        child = Child(name, process.pid, psutil.Process(process.pid).create_time(), port)
        self._pid_file(name).write_text(json.dumps(asdict(child)))

    def find(self, name: str) -> Child | None:
        """Return the living process of this name, whoever started it."""
        child = self.started(name)
        return child if child and child.process() else None

    def started(self, name: str) -> Child | None:
        """Return what was started under this name and not stopped, living or not."""
        try:
            return Child(**json.loads(self._pid_file(name).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def all(self) -> list[Child]:
        """Return every living process of this folder, by name."""
        names = sorted(path.stem for path in (self.folder / "run").glob("*.json"))
        return [child for name in names if (child := self.find(name))]

    def wait_for(self, name: str, ready: Callable[[], bool], limit_s: float) -> None:
        """Return when `ready()`; raise `Misconfigured` if the process ends or takes too long."""
        until = time.monotonic() + limit_s
        while not ready():
            if not self.find(name):
                raise Misconfigured(f"{name} ended while starting: {self.log(name)} says why.")
            if time.monotonic() > until:
                raise Misconfigured(
                    f"{name} was not ready after {limit_s:.0f} s: {self.log(name)} may say why."
                )
            time.sleep(POLL_S)

    def stop(self, names: Sequence[str], limit_s: float = leash.STOP_LIMIT_S) -> list[str]:
        """End these processes together: ask, wait, kill.  Return those that were running."""
        found = {name: process for name in names if (process := self._process(name))}
        leash.end(list(found.values()), limit_s)
        for name in names:
            self._pid_file(name).unlink(missing_ok=True)
            if process := self._started.pop(name, None):
                process.wait()
        return list(found)

    def _process(self, name: str) -> psutil.Process | None:
        """Return a living process, also one whose file an interrupt has kept from being written."""
        if child := self.started(name):
            return child.process()
        ours = self._started.get(name)
        return psutil.Process(ours.pid) if ours and ours.poll() is None else None

    def _pid_file(self, name: str) -> Path:
        return self.folder / "run" / f"{name}.json"

    def _hold(self) -> None:
        if self._leash is None:
            self._leash = subprocess.Popen(  # noqa: S603 - the command is ours
                [sys.executable, "-m", leash.__name__, self._mark],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

    def _let_go(self, word: str) -> None:
        if self._leash is not None:
            self._leash.communicate(word)
            self._leash = None


def home_in_use(settings: Settings) -> Path:
    """Return the folder of what runs: the demonstration's, if that is what was left running."""
    has_own = bool(Children(settings.home).all())
    return settings.demo if not has_own and Children(settings.demo).all() else settings.home
