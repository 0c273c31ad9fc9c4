"""How citizens pay at a sandbox partner, and how it tells of it until it is heard.

What a partner does with an order is its behaviour's steps; how it does today is its mood: `slow`
answers late, `down` not at all.  Both are asked for from outside.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

import httpx
import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response

from deploy.sandbox.bank.behaviours import STEPS, Behaviour, Step
from deploy.sandbox.bank.books import Books, Movement, Order

CALLS_LIMIT = 10
PENDING_LIMIT = 100_000  # calls that wait to be repeated
AT_ONCE = 32
CALL_LIMIT_S = 10.0
NOTHING = "none"  # counted where no answer came

Mood = Literal["up", "slow", "down"]


class Post(NamedTuple):
    """A call as it goes out."""

    body: bytes
    headers: dict[str, str]


Make = Callable[[], Post]  # anew each time: a signature may hold the time


class Posts:
    """Calls one address.  `word` is what an answer says; `heard` are the words that end it.

    `answers` counts what was said, `given_up` the calls that nobody heard.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        interval_s: float,
        word: Callable[[httpx.Response], str],
        heard: frozenset[str],
    ) -> None:
        self._client, self._url, self._interval_s = client, url, interval_s
        self._word, self._heard = word, heard
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    @property
    def pending(self) -> int:
        """Return how many calls wait to be repeated."""
        return len(self._tasks)

    async def tell(self, make: Make) -> None:
        """Call once; repeat later, on the side, if need be."""
        if await self._call(make) in self._heard:
            return
        if len(self._tasks) >= PENDING_LIMIT:
            self.given_up += 1
            return
        task = asyncio.create_task(self._repeat(make))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Return when nothing waits to be repeated."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what waits to be repeated."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, make: Make) -> None:
        for _ in range(CALLS_LIMIT - 1):
            await asyncio.sleep(self._interval_s)
            if await self._call(make) in self._heard:
                return
        self.given_up += 1

    async def _call(self, make: Make) -> str:
        post, word = make(), NOTHING
        async with self._slots:
            try:
                response = await self._client.post(
                    self._url, content=post.body, headers=post.headers, timeout=CALL_LIMIT_S
                )
                word = self._word(response)[:32]
            except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError):
                word = NOTHING
        self.answers[word] += 1
        return word


class Till:
    """Takes money for orders, and tells of each step as often as the behaviour says."""

    def __init__(
        self, books: Books, posts: Posts, told: Callable[[Order, Movement | None], Make]
    ) -> None:
        self.books, self.posts, self._told = books, posts, told
        self._paying: set[asyncio.Task[None]] = set()

    def pay(self, order: Order, behaviour: Behaviour) -> list[Movement]:
        """Move the money now; tell of it on the side.  Raises `Impossible`, `Full`."""
        self.books.begin(order)
        told = [(self._told(order, self._take(order, s)), s.calls) for s in STEPS[behaviour]]
        task = asyncio.create_task(self._tell(told))
        self._paying.add(task)
        task.add_done_callback(self._paying.discard)
        return order.movements

    def _take(self, order: Order, step: Step) -> Movement | None:
        if step.moves:
            return self.books.move(order, order.amount_vnd + step.off_vnd)
        order.status = "declined"
        return None

    async def _tell(self, told: list[tuple[Make, int]]) -> None:
        for make, calls in told:
            for _ in range(calls):
                await self.posts.tell(make)

    async def rest(self) -> None:
        """Return when everything has been told."""
        while self._paying or self.posts.pending:
            await asyncio.gather(*self._paying)
            await self.posts.rest()


def with_mood(app: FastAPI, slow_s: float) -> None:
    """Let a partner be slow or down, by `POST /sandbox/mood/{mood}`; that way stays open."""
    today: list[Mood] = ["up"]

    @app.post("/sandbox/mood/{mood}")
    async def turn(mood: Mood) -> dict[str, str]:
        today[0] = mood
        return {"mood": mood}

    @app.middleware("http")
    async def moody(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        if not path.startswith(("/sandbox/", "/healthz")):
            if today[0] == "down":
                return Response(status_code=503)
            if today[0] == "slow":
                await asyncio.sleep(slow_s)
        return await go_on(request)


async def body_of(request: Request, limit_bytes: int) -> bytes | None:
    """Return a whole body; None: it is longer than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
