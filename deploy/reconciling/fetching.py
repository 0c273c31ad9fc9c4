"""Statements of banks that speak our own protocol: asked for, and what differs sent back."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import httpx

from deploy.local.children import home_in_use
from deploy.local.secrets import SERVICES_FILE
from deploy.local.settings import Settings
from services.payment.breaks import Standing
from services.payment.effects import TooLong, send
from services.payment.gateways import Answer, Declined, Partner, Refused, Sending, Unsendable
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked
from services.payment.statements.platform_file import Found, write_result
from shared import secrets
from shared.clock import VIETNAM, Clock
from shared.effects import NotCalled
from shared.errors import Misconfigured
from shared.settings import Settings as Shared
from shared.settings import told

T = TypeVar("T")

FAMILY = "neutral"
LIMIT_S = 120.0  # a bank may have to write the file first
STATEMENT_LIMIT_BYTES = 64 << 20
NOT_SAID = (Refused, Declined, Unsendable, NotCalled, TooLong, httpx.HTTPError, TimeoutError)

Send = Callable[[Sending], Awaitable[Answer]]


class NotFetched(Misconfigured):
    """A bank did not give, or not take, a file; another may."""


class Desk:
    """The desk of one bank at which files of a day are asked for and given."""

    def __init__(self, partner: Partner, send: Send, clock: Clock) -> None:
        self._name, self._send, self._clock = partner.name, send, clock
        self._gateway = Neutral(partner)

    async def statement(self, day: date) -> bytes:
        """Return the bank's file of a day, as it gave it.  Raises `NotFetched`."""
        now = self._clock()  # another question each time: the file may be another by now
        try:
            asked = self._gateway.ask(
                "statement", f"{day}/{now.isoformat()}", {"day": _wire(day)}, now
            )
            given = self._gateway.read("statement", await self._send(asked), self._clock())
            if given["day"] != _wire(day):
                raise Refused("unreadable", f"a file of {given['day']}")
            return b64decode(given["file"], validate=True)
        except (*NOT_SAID, ValueError) as error:
            raise NotFetched(self._why("gave no statement", day, error)) from error

    async def result(self, day: date, open_now: Iterable[Standing]) -> None:
        """Send what differs back: the same is one request, however often.  Raises `NotFetched`."""
        opened = [standing.opened for standing in open_now]
        found = [Found(o.kind, o.reference, o.transaction, o.amount_vnd) for o in opened]
        now = self._clock()
        try:
            file = b"".join(write_result(self._name, day, found))
            values = {"day": _wire(day), "file": b64encode(file).decode()}
            key = f"{day}/{sha256(file).hexdigest()}"
            asked = self._gateway.ask("result", key, values, now)
            self._gateway.read("result", await self._send(asked), self._clock())
        except (*NOT_SAID, ValueError) as error:
            raise NotFetched(self._why("did not take the result", day, error)) from error

    def _why(self, what: str, day: date, error: Exception) -> str:
        return f"{self._name} {what} of {day} ({type(error).__name__}: {error}): run this again."


class Fetching:
    """Banks by name, and how they are called; nothing is kept open between calls."""

    def __init__(self, partners: Iterable[Partner], clock: Clock) -> None:
        self._partners = {row.name: row for row in partners if row.family == FAMILY}
        self._clock = clock

    def names(self, partner: str) -> Sequence[str]:
        """Return whom to ask, one or all.  Raises `Misconfigured`."""
        if partner and partner not in self._partners:
            raise Misconfigured(
                f"{partner} gives no statement by itself: name one of"
                f" {', '.join(sorted(self._partners)) or 'none'}, or its file."
            )
        return [partner] if partner else sorted(self._partners)

    def into(self, folder: Path, asked: Asked) -> Path:
        """Fetch a statement into a folder; return the file.  Raises `NotFetched`."""
        text = asyncio.run(self._at(asked.partner, lambda desk: desk.statement(asked.day)))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{asked.partner}_{asked.day}.txt"
        path.write_bytes(text)
        return path

    def back(self, asked: Asked, open_now: Sequence[Standing]) -> None:
        """Send what differs back.  Raises `NotFetched`."""
        asyncio.run(self._at(asked.partner, lambda desk: desk.result(asked.day, open_now)))

    async def _at(self, name: str, do: Callable[[Desk], Awaitable[T]]) -> T:
        async with httpx.AsyncClient(trust_env=False, timeout=LIMIT_S) as client:

            async def call(sending: Sending) -> Answer:
                async with asyncio.timeout(LIMIT_S):
                    return await send(client, sending, STATEMENT_LIMIT_BYTES)

            return await do(Desk(self._partners[name], call, self._clock))


def fetching(clock: Clock) -> Fetching:
    """Return the banks of the partners' file, with payment's own keys.  Raises `Misconfigured`."""
    shared = told(Shared)
    is_told = "secrets" in shared.model_fields_set
    path = shared.secrets if is_told else home_in_use(Settings()) / "secrets" / SERVICES_FILE
    keys = secrets.read(path).partners
    return Fetching(told(PaymentSettings).registry_rows(keys), clock)


def yesterday(at: datetime) -> date:
    """Return the last day that is over."""
    return at.astimezone(VIETNAM).date() - timedelta(days=1)


def _wire(day: date) -> str:
    return day.strftime("%Y%m%d")
