"""All partners behind one address.

     /{name}/…              a partner, as its own `http.py` says
GET, PUT /faults            `switches`: all partners `down`, or `silent`
GET  /sandbox/statement     all money moved at all of them, in and out, each with its `partner`,
                            and what befell their calls
POST /sandbox/patience/{word}   `endless`: nobody gives up calling; `counted`: from now on as
                            often as each protocol has it
POST /sandbox/pay           passed on to the partner of the body's "pay_url", or to the first
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.sandbox import switches as doors
from deploy.sandbox.partners.opened import Opened
from deploy.sandbox.posts import Patience
from deploy.sandbox.switches import Faulty, Switches
from deploy.sandbox.till import body_of

BODY_LIMIT_BYTES = 16 << 10
SILENT_S = 60.0  # longer than anybody waits for an answer
NOTHING: Mapping[tuple[str, str], int] = MappingProxyType({})


class _Paid(msgspec.Struct):
    pay_url: str = ""


def faults() -> Switches:
    """Return what all partners can be made to do: call nobody and refuse, or answer nobody."""
    return Switches("down", "silent")


def create_app(
    partners: Mapping[str, Opened],
    befell: Mapping[tuple[str, str], int] = NOTHING,
    switches: Switches | None = None,
    patience: Patience | None = None,
) -> FastAPI:
    """Return all partners behind one address; `befell` counts what befell their calls."""
    on, has = switches or faults(), patience or Patience()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for partner in partners.values():  # nobody runs those of what is mounted
                await stack.enter_async_context(partner.app.router.lifespan_context(partner.app))
            yield

    app = FastAPI(title="Sandbox partners", lifespan=lifespan)
    app.add_middleware(Faulty, switches=on, silent_s=SILENT_S)
    app.include_router(doors.router(on))

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/sandbox/statement")
    async def whole() -> Response:
        said = statement(partners)
        body = msgspec.json.encode({**said, "befell": [*said["befell"], *_told(befell)]})
        return Response(body, media_type="application/json")

    @app.post("/sandbox/patience/{word}")
    async def wait(word: Literal["endless", "counted"]) -> dict[str, str]:
        has.is_endless = word == "endless"
        return {"patience": word}

    app.router.routes.append(Route("/sandbox/pay", _Passing(app, list(partners))))
    for name, partner in partners.items():
        app.mount(f"/{name}", partner.app)
    return app


def statement(partners: Mapping[str, Opened]) -> dict[str, Any]:
    """Return what all partners moved, gave back and paid out, and how their calls were answered."""
    payments: list[Mapping[str, Any]] = []
    refunds: list[Mapping[str, Any]] = []
    disbursements: list[Mapping[str, Any]] = []
    answers: Counter[str] = Counter()
    given_up: Counter[tuple[str, str]] = Counter()
    pending_calls = 0
    for name, partner in partners.items():
        said = partner.statement()
        payments += [{**p, "partner": name} for p in said["payments"]]
        refunds += [{**r, "partner": name} for r in said.get("refunds", ())]
        disbursements += [{**d, "partner": name} for d in said.get("disbursements", ())]
        answers.update(said["answers"])
        pending_calls += said["pending_calls"]
        given_up[name, "given_up"] += said["given_up"]
    return {
        "payments": payments,
        "refunds": refunds,
        "disbursements": disbursements,
        "answers": dict(answers),
        "pending_calls": pending_calls,
        "given_up": given_up.total(),
        "befell": _told(given_up),
    }


def _told(befell: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"partner": p, "what": what, "times": n} for (p, what), n in befell.items() if n]


class _Passing:
    """Passes a citizen's payment on to the partner whose page it is."""

    def __init__(self, app: ASGIApp, names: list[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(Request(scope, receive), BODY_LIMIT_BYTES)
        if body is None:
            await Response(status_code=413)(scope, receive, send)
            return
        path = f"/{self._of(body)}/sandbox/pay"
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return given.pop() if given else await receive()

        await self._app({**scope, "path": path, "raw_path": path.encode()}, again, send)

    def _of(self, body: bytes) -> str:
        try:
            url = msgspec.json.decode(body, type=_Paid).pay_url
        except (msgspec.DecodeError, UnicodeDecodeError):
            url = ""  # the partner says what is wrong with it
        name = urlsplit(url).path.removeprefix("/").partition("/")[0]
        return name if name in self._names else self._names[0]
