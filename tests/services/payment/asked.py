"""A partner that is asked at once, answering as a test tells it, behind payment's edge."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

import httpx
import msgspec

from services.payment.asking import Asking
from tests.services.payment.counter import Counter
from tests.services.payment.gateways.neutral.neutral_words import ROW, answered
from tests.services.payment.gateways.platform.piped_vectors import platform_row

LIMIT_S = 0.05

Answering = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Hours:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Asked:
    """What asks partners: `says` is how they answer, `heard` what they were asked."""

    def __init__(self, counter: Counter, says: Answering) -> None:
        self.says, self.heard, self.hours = says, list[httpx.Request](), Hours()
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.asking = Asking(client, LIMIT_S, counter.refused.__contains__, self.hours)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        answer = self.says(request)
        return await answer if isawaitable(answer) else answer


def bank(a, **changes):
    """A bank of our own protocol, as the counter has partners."""
    return msgspec.structs.replace(
        ROW, terms=msgspec.structs.replace(a.partner().terms, partner=ROW.name), **changes
    )


def platform(a, **changes):
    """The Payment Platform, as the counter has partners."""
    row = platform_row(name="quoc-gia")
    terms = msgspec.structs.replace(a.partner().terms, partner=row.name)
    return msgspec.structs.replace(row, terms=terms, **changes)


def signed(a, function: str, http: int = 200, /, **said) -> httpx.Response:
    """An answer of that bank, now."""
    answer = answered(function, http, at=a.now, **said)
    return httpx.Response(answer.status, content=answer.body, headers=answer.headers)
