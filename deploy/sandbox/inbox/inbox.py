"""What was taken, in memory, bounded: by reference, how often, and what the devices show."""

import re
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from heapq import heappop, heappush
from typing import Any, NamedTuple

import msgspec

from deploy.sandbox.devices.item import Item, shown
from deploy.sandbox.inbox.faults import Faults
from shared.clock import Clock, system_clock

SHOWN_LIMIT = 500
BULK_LIMIT = 500  # receipts in one call
REMEMBERED_LIMIT = 1_000_000
DOUBLED_LIMIT = 100
_WAY = re.compile(r"(/[a-z0-9_]+)~(?=[a-z0-9_]+/[0-9]+$)")  # of a mail's id: the key's @ is a ~


class Later(NamedTuple):
    """Something to be told to the other side, when it is due; `kind`: a receipt or a report."""

    due_s: float
    kind: str
    content: bytes


Tell = Callable[[str, bytes], Coroutine[Any, Any, bool]]  # kind, content: whether it was taken


class Inbox:
    """All devices."""

    def __init__(
        self, faults: Faults, monotonic: Callable[[], float], clock: Clock = system_clock
    ) -> None:
        self.faults, self.monotonic, self.clock = faults, monotonic, clock
        self.shown: deque[Item] = deque(maxlen=SHOWN_LIMIT)
        self._later: list[Later] = []  # a heap
        self._counts: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()  # taken, and on no device
        self._befell: Counter[tuple[str, str]] = Counter()  # how often something went wrong
        self._doubled: deque[str] = deque(maxlen=DOUBLED_LIMIT)
        self._seen: set[str] = set()

    def take(self, item: Item) -> None:
        """Show an item on its device, also one that was shown before: such a thing is counted."""
        self._counts[item.reference] += 1
        if self._counts[item.reference] > 1:
            self._doubled.append(item.reference)
        if len(self._counts) > REMEMBERED_LIMIT:
            del self._counts[next(iter(self._counts))]
        self.shown.append(item)

    def lose(self, reference: str) -> None:
        """Take note of an item that was taken, and that no device will show."""
        self._lost[reference] += 1

    def hits(self, kind: str, what: str, name: str) -> bool:
        """Tell whether a fault befalls a mail or a message, and take note of it."""
        is_hit = self.faults.hits(what, name)
        if is_hit:
            self._befell[kind, what] += 1
        return is_hit

    def is_first(self, name: str) -> bool:
        """Tell whether this is asked for the first time."""
        was = name in self._seen
        if len(self._seen) < REMEMBERED_LIMIT:
            self._seen.add(name)
        return not was

    def tell_later(self, kind: str, content: bytes, after_s: float = 0.0) -> None:
        """Let the other side know of something, after a while."""
        due_s = self.monotonic() + self.faults.receipt_delay_s + after_s
        heappush(self._later, Later(due_s, kind, content))

    async def tell(self, tell: Tell) -> int:
        """Tell what is due, receipts in bulk; what is not taken is told again after a while.
        Return how much was.
        """
        now_s, due = self.monotonic(), list[Later]()
        while self._later and self._later[0].due_s <= now_s and len(due) < BULK_LIMIT:
            due.append(heappop(self._later))
        receipts = [each.content for each in due if each.kind == "receipt"]
        calls = [
            (each.kind, each.content, [each.content]) for each in due if each.kind != "receipt"
        ]
        if receipts:
            calls.append(("receipt", b'{"receipts":[' + b",".join(receipts) + b"]}", receipts))
        for kind, content, parts in calls:
            if not await tell(kind, content):
                for part in parts:
                    self.tell_later(kind, part)
        return len(due)

    def outbox(self, counts: bool) -> dict[str, Any]:
        """Return totals, references taken more than once, what was taken last, what went wrong.

        With `counts` how often each reference was taken, and how often one that no device has.
        """
        out: dict[str, Any] = {
            "accepted": sum(self._counts.values()),
            "references": len(self._counts),
            "doubled": list(self._doubled),
            "recent": [shown(item) for item in self.shown],
            "befell": [[*which, times] for which, times in self._befell.items()],
        }
        if counts:
            out |= {"counts": dict(self._counts + self._lost), "lost": dict(self._lost)}
        return out


def mail_item(raw: bytes, to: str, at: datetime) -> Item:
    """Return a mail as a device shows it; its reference is what its id says."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    bodies = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    texts: Mapping[str, str] = {k: body.get_content() if body else "" for k, body in bodies.items()}
    files = tuple((p.get_filename() or "file", _content(p)) for p in mail.iter_attachments())
    id_ = str(mail["Message-ID"] or "").strip("<>").rpartition("@")[0]
    reference = _WAY.sub(r"\1@", id_.rpartition(".")[0]) or id_
    sender, subject = (str(mail[name] or "") for name in ("From", "Subject"))
    text, html = texts["plain"], texts["html"]
    return Item(at, "email", reference, sender, to, subject, text, html, files)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def receipt(reference: str, status: str, message_id: str, code: str = "") -> bytes:
    """Return one of the receipts that go out in a call."""
    told = {"reference": reference, "status": status, "message_id": message_id, "code": code}
    return msgspec.json.encode(told)
