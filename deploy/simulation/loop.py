"""An asyncio event loop with virtual time and processes that can be killed or stalled at any await.

Unmodified asyncio code runs on it.  A handle belongs to the process in whose context it was made;
within a process handles run in their order, between processes the seed chooses.  A crash drops what
a process still had to run, as `kill -9` does: no `finally`, no `except`.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from itertools import count
from random import Random
from typing import Any, TypeVar, cast

T = TypeVar("T")

HANDLE_S = 0.0001  # what running a handle takes: nothing goes on for ever in no time
CLOSE_ATTEMPTS = 20


class Wedged(Exception):
    """The schedule does not come to its end."""


class Process:
    """An incarnation of a process: after a crash there is another one of the same name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.paused_until = 0.0
        self.ready: deque[Handle] = deque()

    def __repr__(self) -> str:
        return self.name


WORLDS = Context()  # for calls that are carried out whoever has died
_process: ContextVar[Process] = ContextVar("process")


def current() -> Process | None:
    """Return the process whose code is running; none: broker, database, partners, nobody's."""
    return _process.get(None)


class Handle:
    """A call to be made; the part of `asyncio.TimerHandle` that asyncio relies on."""

    __slots__ = ("args", "callback", "context", "is_cancelled", "process", "when_s")

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context | None,
        when_s: float,
        nobody: Process,
    ) -> None:
        self.callback, self.args, self.when_s = callback, args, when_s
        self.context = context if context is not None else copy_context()
        self.process = self.context.get(_process, nobody)
        self.is_cancelled = False

    def cancel(self) -> None:
        """Do not call."""
        self.is_cancelled = True

    def cancelled(self) -> bool:
        """Tell whether it was cancelled."""
        return self.is_cancelled

    def when(self) -> float:
        """Return when it is due."""
        return self.when_s


class Loop:
    """The loop: what asyncio's own code asks of one, and no more.

    `interfere` is asked before every `self.patience`-th handle of a process.
    """

    def __init__(self, rng: Random) -> None:
        self._self = cast(asyncio.AbstractEventLoop, self)  # as asyncio's types name a loop
        self._rng, self._now_s = rng, 0.0
        self._nobody = Process("nobody")  # broker, database, partners: what no schedule kills
        self._paused_until = 0.0  # the latest of all processes
        self._runnable: list[Process] = []  # those with ready handles, in order of arrival
        self._timers: list[tuple[float, int, Handle]] = []
        self._ids = count()
        self._tasks: list[asyncio.Task[Any]] = []
        self._closed = self._running = False
        self.handles = 0
        self.patience = 0
        self.interfere: Callable[[Process], None] = lambda _: None
        self.silenced: Callable[[Process], None] = lambda _: None  # told of crashes and pauses
        self.errors: list[dict[str, Any]] = []
        self.trace: list[str] | None = None

    def note(self, *words: object) -> None:
        """Write a line of the trace, if one is kept."""
        if self.trace is not None:
            self.trace.append(f"{self._now_s:9.4f} {' '.join(map(str, words))}")

    # ---- processes

    def spawn(self, process: Process, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task of a process."""
        context = copy_context()
        context.run(_process.set, process)
        return self.create_task(coroutine, context=context)

    def crash(self, process: Process) -> None:
        """Kill a process: nothing of it ever runs again."""
        process.alive = False
        process.ready.clear()
        if process in self._runnable:
            self._runnable.remove(process)
        self.note("KILLS", process)
        self.silenced(process)

    def pause(self, process: Process, seconds: float) -> None:
        """Stall a process; it knows nothing of it."""
        self.note("stalls", process, f"for {seconds:.1f} s")
        process.paused_until = max(process.paused_until, self._now_s + seconds)
        self._paused_until = max(self._paused_until, process.paused_until)
        self.silenced(process)
        self.call_later(seconds, lambda: None, context=WORLDS)  # time has to get there

    # ---- running

    def run_until(self, is_done: Callable[[], bool], limit_s: float) -> None:
        """Run until nothing is ready and `is_done`.  Raises `Wedged` past the time limit."""
        until_s = self._now_s + limit_s
        self._running = True
        asyncio._set_running_loop(self._self)
        try:
            while True:
                while self._now_s <= until_s and self._run_one():
                    pass
                if self._now_s <= until_s and is_done():
                    return
                if self._now_s > until_s or not self._advance():
                    raise Wedged(f"not at rest after {limit_s:.0f} s")
        finally:
            asyncio._set_running_loop(None)
            self._running = False

    def run_until_complete(self, future: Any) -> Any:
        """Run a future, or a coroutine, to its end.  Raises what it raises, or `Wedged`."""
        task = asyncio.ensure_future(future, loop=self._self)
        self.run_until(task.done, limit_s=float("inf"))
        return task.result()

    def _run_one(self) -> bool:
        runnable = self._runnable
        if self._now_s < self._paused_until:  # somebody is, or was
            runnable = [p for p in runnable if p.paused_until <= self._now_s]
        if not runnable:
            return False
        process = runnable[int(self._rng.random() * len(runnable))]
        if process is not self._nobody and self.patience:
            self.patience -= 1
            if not self.patience:
                self.interfere(process)
                if not process.alive or process.paused_until > self._now_s:
                    return True
        handle = process.ready.popleft()
        if not process.ready:
            self._runnable.remove(process)
        if not handle.is_cancelled:
            self.handles += 1
            self._now_s += HANDLE_S
            handle.context.run(handle.callback, *handle.args)
        return True

    def _advance(self) -> bool:
        """Go to the next moment at which something may run; False: there is none."""
        while self._timers and self._timers[0][2].is_cancelled:
            heapq.heappop(self._timers)
        if not self._timers:
            return False
        self._now_s = max(self._now_s, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now_s:
            self._enqueue(heapq.heappop(self._timers)[2])
        return True

    def _enqueue(self, handle: Handle) -> None:
        process = handle.process
        if not process.alive or handle.is_cancelled or self._closed:
            return
        if not process.ready:
            self._runnable.append(process)
        process.ready.append(handle)

    # ---- what asyncio asks of a loop

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now_s

    # the handles are ours, not asyncio's: they tell their process
    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Handle:
        """Call as soon as it is this handle's turn."""
        handle = Handle(callback, args, context, self._now_s, self._nobody)
        self._enqueue(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Handle:
        """Call after a delay."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Handle:
        """Call at an instant."""
        handle = Handle(callback, args, context, when, self._nobody)
        if handle.process.alive:
            heapq.heappush(self._timers, (when, next(self._ids), handle))
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of this loop."""
        return asyncio.Future(loop=self._self)

    def create_task(
        self,
        coro: Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        """Start a task; it is kept until the loop is closed: a dead one stays as it died."""
        task = asyncio.Task(coro, loop=self._self, name=name, context=context)
        self._tasks.append(task)
        return task

    def get_task_factory(self) -> None:
        """There is none."""

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Tell whether it runs."""
        return self._running

    def is_closed(self) -> bool:
        """Tell whether it was closed."""
        return self._closed

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what nobody retrieved; the schedule decides whether that matters."""
        if not self._closed:
            self.errors.append(context)

    def close(self) -> None:
        """Take down what is left, silently: dead tasks run their `finally` into nowhere."""
        self._closed = True
        self._timers.clear()
        for process in self._runnable:
            process.ready.clear()
        self._runnable.clear()
        asyncio._set_running_loop(self._self)  # or what they do at their end would make another one
        try:
            for task in self._tasks:
                inside: Any = task
                inside._log_destroy_pending = False
                if not task.done():
                    _close(task.get_coro())
        finally:
            asyncio._set_running_loop(None)
        self._tasks.clear()


def _close(coroutine: Any) -> None:
    for _ in range(CLOSE_ATTEMPTS):
        with suppress(BaseException):
            coroutine.close()
            return
