"""How citizens pay at a sandbox partner; `posts` tells of it until it is heard.

What a partner does with an order is its behaviour's steps; how it does today is its mood: `slow`
answers late, `down` not at all.  Both are asked for from outside.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import FastAPI, Request
from fastapi.responses import Response

from deploy.sandbox.bank.behaviours import STEPS, Behaviour, Step
from deploy.sandbox.bank.books import Books, Movement, Order
from deploy.sandbox.posts import Make, Posts

Mood = Literal["up", "slow", "down"]


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
