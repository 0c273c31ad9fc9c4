"""What was taken, in memory, bounded: by reference, how often, and what the devices show."""

from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any, NamedTuple

import msgspec

from deploy.sandbox.devices.item import Item, shown
from deploy.sandbox.inbox.faults import Faults
from shared.clock import Clock, system_clock

SHOWN_LIMIT = 500
REMEMBERED_LIMIT = 1_000_000
DOUBLED_LIMIT = 100


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
        self.later: deque[Later] = deque()
        self._counts: Counter[str] = Counter()
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

    def is_first(self, name: str) -> bool:
        """Tell whether this is asked for the first time."""
        was = name in self._seen
        if len(self._seen) < REMEMBERED_LIMIT:
            self._seen.add(name)
        return not was

    def tell_later(self, kind: str, content: bytes) -> None:
        """Let the other side know of something, after a while."""
        self.later.append(Later(self.monotonic() + self.faults.receipt_delay_s, kind, content))

    async def tell(self, tell: Tell) -> int:
        """Tell what is due; what is not taken is told again after a while.  Return how much was."""
        due = [each for each in self.later if each.due_s <= self.monotonic()]
        for each in due:
            self.later.remove(each)
            if not await tell(each.kind, each.content):
                self.tell_later(each.kind, each.content)
        return len(due)

    def outbox(self, counts: bool) -> dict[str, Any]:
        """Return totals, references taken more than once, and what was taken last."""
        out: dict[str, Any] = {
            "accepted": sum(self._counts.values()),
            "references": len(self._counts),
            "doubled": list(self._doubled),
            "recent": [shown(item) for item in self.shown],
        }
        return out | ({"counts": dict(self._counts)} if counts else {})


def mail_item(raw: bytes, to: str, at: datetime) -> Item:
    """Return a mail as a device shows it; its reference is what its id says."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    bodies = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    texts: Mapping[str, str] = {k: body.get_content() if body else "" for k, body in bodies.items()}
    files = tuple((p.get_filename() or "file", _content(p)) for p in mail.iter_attachments())
    id_ = str(mail["Message-ID"] or "").strip("<>").rpartition("@")[0]
    reference = id_.rpartition(".")[0].replace("~", "@") or id_
    sender, subject = (str(mail[name] or "") for name in ("From", "Subject"))
    text, html = texts["plain"], texts["html"]
    return Item(at, "email", reference, sender, to, subject, text, html, files)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def receipt(reference: str, status: str, message_id: str, code: str = "") -> bytes:
    """Return a receipt as the contract has it."""
    told = {"reference": reference, "status": status, "message_id": message_id, "code": code}
    return msgspec.json.encode({"receipts": [told]})
