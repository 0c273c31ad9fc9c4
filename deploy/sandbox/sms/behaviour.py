"""How the sandbox SMS gateway behaves, faults included; in memory, bounded.

Faults are drawn from a seed and the reference, so that a run repeats.
"""

import asyncio
import re
import time
from collections import deque
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
        self._doubled: deque[str] = deque(maxlen=DOUBLED_LIMIT)
        self._accepted = self._calls = self._forgotten = 0

    async def send(self, messages: Sequence[Message]) -> list[Standing] | None:
        """Take messages; None: taken, and the answer is lost."""
        self._calls += 1
        out = [self._take(m) for m in messages]
        taken = [s.reference for s in out if s.status == "accepted"]
        if self._receiver is not None:
            early = {r for r in taken if self._chance("early", r) < self._faults.early_receipts}
            if early and not await self._post(list(early)):
                early = set()
            due_s = self._monotonic() + self._faults.receipt_delay_s
            self._receipts.extend(Receipt(due_s, r) for r in taken if r not in early)
        call = messages[0].reference
        if self._chance("slow", call) < self._faults.slow_answers:
            await asyncio.sleep(self._faults.slow_s)
        return None if self._chance("lost", call) < self._faults.lost_answers else out

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
        while self._receipts and self._receipts[0].due_s <= now_s and len(due) < BULK_LIMIT // 2:
            due.append(self._receipts.popleft().reference)
        due += [r for r in due if self._chance("doubled", r) < self._faults.doubled_receipts]
        if due and not await self._post(due):
            again_s = now_s + RECEIPT_RETRY_S
            self._receipts.extend(Receipt(again_s, r) for r in dict.fromkeys(due))
        return len(due)

    def outbox(self, counts: bool) -> dict[str, Any]:
        """Return what was sent: totals, references sent more than once, some texts."""
        out: dict[str, Any] = {
            "calls": self._calls,
            "accepted": self._accepted,
            "references": len(self._known),
            "forgotten": self._forgotten,
            "doubled": list(self._doubled),
            "recent": [shown(item) for item in list(self.shown)[-LATEST:]],
        }
        if counts:
            out["counts"] = {r: k.count for r, k in self._known.items() if k.count}
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
        self._known[reference] = Known(standing, count)
        if len(self._known) > self._limit:
            del self._known[next(iter(self._known))]
            self._forgotten += 1
        return standing

    def _refusal(self, message: Message) -> str:
        if not _MOBILE.fullmatch(message.to):
            return "invalid_number"
        if self._chance("blocked", message.to) < self._faults.blocked:
            return "blocked"
        if self._chance("throttled", message.reference) < self._faults.throttled:
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
        if self._chance("undelivered", reference) < self._faults.undelivered:
            standing = Standing(reference, "undelivered", message_id, "unreachable")
        else:
            standing = Standing(reference, "delivered", message_id)
        if known:
            known.standing = standing
        return standing

    def _chance(self, what: str, name: str) -> float:
        text = f"{self._faults.seed}/{what}/{name}"
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / (1 << 64)
