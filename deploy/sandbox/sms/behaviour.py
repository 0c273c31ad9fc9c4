"""How the sandbox SMS gateway behaves, faults included; in memory, bounded.

Faults are drawn from a seed and the reference, so that a run repeats.
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any, NamedTuple

import httpx
import msgspec
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.devices.item import Item, shown
from shared.clock import Clock, system_clock

BULK_LIMIT = 500
REMEMBERED_LIMIT = 1_000_000  # references; the oldest are forgotten, and counted
RECENT_LIMIT = 5_000  # texts, for a look at the handsets
LATEST = 200  # of these, in the outbox
DOUBLED_LIMIT = 100
RECEIPT_RETRY_S = 1.0
BRAND = "DVC"  # as whom the account sends: what handsets show
RECEIPTS_PATH = "/v1/receipts/sms"

_MOBILE = re.compile(r"(\+84|0)[35789]\d{8}")

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


class Faults(BaseSettings):
    """`MOTCUA_SMS_…` variables: of all messages or calls, how many go wrong, and how."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_SMS_", frozen=True)

    seed: int = 0
    blocked: Ratio = 0.0  # messages to these numbers are refused for good
    throttled: Ratio = 0.0  # messages are refused for now
    lost_answers: Ratio = 0.0  # calls are taken, then answered 500
    slow_answers: Ratio = 0.0  # calls are taken, then answered late
    slow_s: float = 30.0
    undelivered: Ratio = 0.0  # messages never reach the device
    doubled_receipts: Ratio = 0.0  # receipts come twice
    early_receipts: Ratio = 0.0  # receipts come before the answer
    late_receipts: Ratio = 0.0  # receipts come when nobody expects them any more
    late_s: float = 10.0
    receipts: bool = True
    receipt_delay_s: float = 0.5


class Message(msgspec.Struct, frozen=True):
    """What is to be sent."""

    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    to: Annotated[str, msgspec.Meta(max_length=40)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Sending(msgspec.Struct, frozen=True):
    """A bulk of messages."""

    messages: Annotated[list[Message], msgspec.Meta(min_length=1, max_length=BULK_LIMIT)]


class Asking(msgspec.Struct, frozen=True):
    """References asked after."""

    references: Annotated[list[str], msgspec.Meta(min_length=1, max_length=BULK_LIMIT)]


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a message stands: accepted, rejected, delivered, undelivered or not_found."""

    reference: str
    status: str
    message_id: str = ""
    code: str = ""


@dataclass(slots=True)
class Known:
    """What is remembered of a reference; `count` above one is a message sent twice."""

    standing: Standing
    count: int = 0
    is_lost: bool = False  # it was taken, and never reaches the device


class Receipt(NamedTuple):
    """A receipt to be pushed."""

    due_s: float
    reference: str


class Gateway:
    """The gateway, in memory."""

    def __init__(
        self,
        faults: Faults,
        receiver: httpx.AsyncClient | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        remembered_limit: int = REMEMBERED_LIMIT,
        clock: Clock = system_clock,
    ) -> None:
        self._faults, self._monotonic, self._limit = faults, monotonic, remembered_limit
        self._clock = clock
        self._receiver = receiver if faults.receipts else None
        self._known: dict[str, Known] = {}
        self._receipts: deque[Receipt] = deque(maxlen=remembered_limit)
        self.shown: deque[Item] = deque(maxlen=RECENT_LIMIT)
        self._late: deque[Receipt] = deque(maxlen=remembered_limit)
        self._befell: Counter[str] = Counter()  # what went wrong, how often
        self._doubled: deque[str] = deque(maxlen=DOUBLED_LIMIT)
        self._accepted = self._calls = self._forgotten = 0

    async def send(self, messages: Sequence[Message]) -> list[Standing] | None:
        """Take messages; None: taken, and the answer is lost."""
        self._calls += 1
        out = [self._take(m) for m in messages]
        taken = [s.reference for s in out if s.status == "accepted"]
        if self._receiver is not None:
            early = {r for r in taken if self._strikes("early_receipts", r)}
            if early and not await self._post(list(early)):
                early = set()
            self._owe([r for r in taken if r not in early])
        call = messages[0].reference
        if self._strikes("slow_answers", call):
            await asyncio.sleep(self._faults.slow_s)
        return None if self._strikes("lost_answers", call) else out

    def _owe(self, references: Sequence[str]) -> None:
        """Let receipts come later, some much later."""
        due_s = self._monotonic() + self._faults.receipt_delay_s
        for reference in references:
            if self._strikes("late_receipts", reference):
                self._late.append(Receipt(due_s + self._faults.late_s, reference))
            else:
                self._receipts.append(Receipt(due_s, reference))

    def ask(self, references: Sequence[str]) -> list[Standing]:
        """Return how these stand."""
        known = (self._known.get(r) for r in references)
        return [
            k.standing if k else Standing(r, "not_found")
            for r, k in zip(references, known, strict=True)
        ]

    async def push(self) -> int:
        """Push the receipts that are due, in one call; return how many."""
        now_s, due = self._monotonic(), list[str]()
        for waiting in (self._receipts, self._late):
            while waiting and waiting[0].due_s <= now_s and len(due) < BULK_LIMIT // 2:
                due.append(waiting.popleft().reference)
        due += [r for r in due if self._strikes("doubled_receipts", r)]
        if due and not await self._post(due):
            again_s = now_s + RECEIPT_RETRY_S
            self._receipts.extend(Receipt(again_s, r) for r in dict.fromkeys(due))
        return len(due)

    def outbox(self, counts: bool) -> dict[str, Any]:
        """Return what was sent: totals, references sent more than once, texts, what went wrong.

        With `counts` how often each reference was taken, and which of these no device has.
        """
        out: dict[str, Any] = {
            "calls": self._calls,
            "accepted": self._accepted,
            "references": len(self._known),
            "forgotten": self._forgotten,
            "doubled": list(self._doubled),
            "recent": [shown(item) for item in list(self.shown)[-LATEST:]],
            "befell": dict(self._befell),
        }
        if counts:
            out["counts"] = {r: k.count for r, k in self._known.items() if k.count}
            out["lost"] = [r for r, k in self._known.items() if k.is_lost]
        return out

    def _take(self, message: Message) -> Standing:
        reference = message.reference
        known = self._known.pop(reference, None)
        code = self._refusal(message)
        if code:
            standing = Standing(reference, "rejected", code=code)
        else:
            self._accepted += 1
            standing = Standing(reference, "accepted", f"sms-{self._accepted}")
            told = BRAND, message.to, "", message.text
            self.shown.append(Item(self._clock(), "sms", reference, *told))
        if known and known.count and not code:
            self._doubled.append(reference)
        count = (known.count if known else 0) + (not code)
        is_lost = not code and self._strikes("undelivered", reference)
        self._known[reference] = Known(standing, count, is_lost)
        if len(self._known) > self._limit:
            del self._known[next(iter(self._known))]
            self._forgotten += 1
        return standing

    def _refusal(self, message: Message) -> str:
        if not _MOBILE.fullmatch(message.to):
            return "invalid_number"
        if self._strikes("blocked", message.to):
            return "blocked"
        if self._strikes("throttled", message.reference):
            return "throttled"
        return ""

    async def _post(self, references: Sequence[str]) -> bool:
        """Push receipts; tell whether the other side took them, or never will."""
        assert self._receiver is not None
        receipts = [self._delivered(r) for r in references]
        try:
            answer = await self._receiver.post(
                RECEIPTS_PATH,
                content=msgspec.json.encode({"receipts": receipts}),
                headers={"content-type": "application/json"},
            )
        except httpx.HTTPError:
            return False
        return answer.status_code < 500

    def _delivered(self, reference: str) -> Standing:
        known = self._known.get(reference)
        message_id = known.standing.message_id if known else ""
        if known and known.is_lost:
            standing = Standing(reference, "undelivered", message_id, "unreachable")
        else:
            standing = Standing(reference, "delivered", message_id)
        if known:
            known.standing = standing
        return standing

    def _strikes(self, fault: str, name: str) -> bool:
        """Tell whether a fault strikes this message, number or call, and take note of it."""
        ratio: float = getattr(self._faults, fault)
        if not ratio:
            return False
        drawn = blake2b(f"{self._faults.seed}/{fault}/{name}".encode(), digest_size=8).digest()
        if int.from_bytes(drawn) / (1 << 64) >= ratio:
            return False
        self._befell[fault] += 1
        return True
