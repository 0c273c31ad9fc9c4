"""Officers at work: wait a while, look whose turn it is, act; many at a time, within limits."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Any

import httpx
import msgspec

from deploy.sandbox.officers.habits import Body, Fate, Habits, Lot, react, refusal
from shared.events import Event
from shared.events.cancelling import Cancelled
from shared.events.routing import (
    ActionRejected,
    Closed,
    NotAccepted,
    Returned,
)

UNDER_WAY_LIMIT = 5_000  # events being attended to; beyond it the log waits
OVER_LIMIT = 50_000  # applications that ended, of which the log may repeat what led there
LOOK_AGAIN_S = (0.5, 1.0, 2.0, 5.0)

NO_LOTS: Mapping[str, Lot] = MappingProxyType({})
_NOT_TAKEN_UP = frozenset({"submitted", "incomplete", "resubmitted"})
_ENDS = (Returned.TYPE, Closed.TYPE, NotAccepted.TYPE, Cancelled.TYPE)


class TurnedAway(Exception):
    """The edge refused what a well-behaved officer sent: one of the two is wrong."""


class Officers:
    """Attend to events; `acted` counts the actions that the edge took.

    `lots`: what some applications meet with, whatever the habits would draw for them; `accepts`:
    whether units accept anything now.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        habits: Habits,
        lots: Mapping[str, Lot] = NO_LOTS,
        accepts: Callable[[], bool] = lambda: True,
    ) -> None:
        self._http, self._habits, self._lots, self._accepts = http, habits, lots, accepts
        self._calls = asyncio.Semaphore(habits.concurrency)
        self._places = asyncio.Semaphore(UNDER_WAY_LIMIT)
        self._fates: dict[str, Fate] = {}
        self._over: dict[str, None] = {}  # in the order of their ends
        self.acted: Counter[str] = Counter()

    async def attend(self, log: AsyncIterator[Event]) -> None:
        """Attend to each event of the log once, many at a time, until it ends."""
        async with asyncio.TaskGroup() as group:
            async for event in log:
                if event.subject in self._over:
                    continue
                fate = self._fate(event)
                if fate.is_news(event):
                    await self._places.acquire()
                    group.create_task(self._attend_to(event, fate))

    async def _attend_to(self, event: Event, fate: Fate) -> None:
        try:
            if fate.is_taken_up(event) or _came_too_soon(event):
                await self._pause(fate)
                await self._take_up(event, fate)
            elif body := react(event, fate):
                await self._pause(fate)
                await self._act(event, body)
        finally:
            self._places.release()

    def _fate(self, event: Event) -> Fate:
        fate = self._fates.pop(event.subject, None)
        fate = fate or Fate(self._habits, event.subject, self._lots.get(event.subject))
        if event.type not in _ENDS:
            self._fates[event.subject] = fate
            return fate
        self._over[event.subject] = None
        if len(self._over) > OVER_LIMIT:
            del self._over[next(iter(self._over))]
        return fate

    async def _pause(self, fate: Fate) -> None:
        await asyncio.sleep(self._habits.delay_s * fate.chance.uniform(0.5, 1.5))

    async def _take_up(self, event: Event, fate: Fate) -> None:
        """Accept or refuse, once it is an officer's turn; it may be accepted without one."""
        until = time.monotonic() + self._habits.patience_s
        looked = 0
        while time.monotonic() < until:
            if not self._accepts():
                await asyncio.sleep(LOOK_AGAIN_S[1])
                continue
            shown = await self._call("GET", f"/v1/applications/{event.subject}", until)
            if shown["stage"] not in _NOT_TAKEN_UP:
                return
            is_refused = fate.is_refused or shown["fee"] == "expired"
            is_open = is_refused or "accept" in shown["possible"]  # not while a fee is due
            if is_open and shown["waits_for"] == "officer":
                await self._act(event, refusal() if is_refused else {"action": "accept"})
                return
            await asyncio.sleep(LOOK_AGAIN_S[min(looked, len(LOOK_AGAIN_S) - 1)])
            looked += 1

    async def _act(self, event: Event, body: Body) -> None:
        path = f"/v1/applications/{event.subject}/actions"
        key = f"{body['action']}-{event.sequence}"
        until = time.monotonic() + self._habits.patience_s
        if body["action"] == "step_done":  # which one, the dossier tells
            shown = await self._call("GET", f"/v1/applications/{event.subject}", until)
            if not (step := _current_step(shown)):
                return
            body, key = body | {"step": step}, f"{step}-{key}"
        await self._call("POST", path, until, body, {"idempotency-key": key})
        self.acted[body["action"]] += 1

    async def _call(
        self,
        method: str,
        path: str,
        until: float,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Call, and call again while the edge cannot answer.  Raises `TurnedAway`."""
        tried = 0
        while True:
            refused = "no answer"
            async with self._calls:
                try:
                    answer = await self._http.request(method, path, json=body, headers=headers)
                except httpx.TransportError as error:
                    refused = repr(error)
                else:
                    if answer.is_success:
                        found: dict[str, Any] = answer.json()
                        return found
                    refused = answer.text
                    if answer.status_code < 500 and answer.status_code != 404:
                        raise TurnedAway(f"{method} {path}: {refused}")
            if time.monotonic() > until:
                raise TurnedAway(f"{method} {path} for {self._habits.patience_s} s: {refused}")
            await asyncio.sleep(LOOK_AGAIN_S[min(tried, len(LOOK_AGAIN_S) - 1)])
            tried += 1


def _current_step(shown: Mapping[str, Any]) -> str:
    """Return the step that a dossier is at; one that is over is at none."""
    steps = shown["workflow"]["steps"] if shown["workflow"] else ()
    return next((str(step["code"]) for step in steps if step["state"] == "current"), "")


def _came_too_soon(event: Event) -> bool:
    """Tell whether an acceptance was turned away: it is tried again when its fee is known."""
    if event.type != ActionRejected.TYPE:
        return False
    return msgspec.json.decode(event.data, type=ActionRejected).action == "accept"
