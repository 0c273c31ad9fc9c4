"""How citizens pay at a sandbox partner; `posts` tells of it until it is heard.

What a partner does with an order is its behaviour's steps; how it does today is its mood: `slow`
answers late, `down` not at all.  Both are asked for from outside.
"""

import asyncio
from collections.abc import Callable
from typing import Literal

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

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
    app.state.mood = "up"

    @app.post("/sandbox/mood/{mood}")
    async def turn(mood: Mood) -> dict[str, str]:
        app.state.mood = mood
        return {"mood": mood}

    app.add_middleware(_Moody, state=app.state, slow_s=slow_s)


def is_down(app: FastAPI) -> bool:
    """Tell whether a partner is down."""
    return bool(app.state.mood == "down")


class _Moody:
    def __init__(self, app: ASGIApp, state: State, slow_s: float) -> None:
        self._app, self._state, self._slow_s = app, state, slow_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        is_ours = scope["type"] != "http" or path.startswith(("/sandbox/", "/healthz"))
        if not is_ours and self._state.mood == "down":
            await Response(status_code=503)(scope, receive, send)
            return
        if not is_ours and self._state.mood == "slow":
            await asyncio.sleep(self._slow_s)
        await self._app(scope, receive, send)


async def body_of(request: Request, limit_bytes: int) -> bytes | None:
    """Return a whole body; None: it is longer than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
