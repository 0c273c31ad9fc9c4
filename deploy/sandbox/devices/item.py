"""What a device shows, and whose it is."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from deploy.sandbox.devices.calendar import entry

NAME_BYTES = 6
ABROAD = "84"  # Vietnam, before a number without its first zero

Kind = Literal["sms", "email", "app"]


class Item(NamedTuple):
    """What a device shows; `html` and `files` of a mail."""

    at: datetime
    kind: Kind
    reference: str
    sender: str
    to: str
    title: str
    text: str
    html: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


def on(device: str, items: Iterable[Item]) -> list[Item]:
    """Return what this device shows, the first one first."""
    return [item for item in items if named(item.to) == device]


def named(to: str) -> str:
    """Return a name of a device for an address bar, however its address or number is written.

    People here are made up, so a plain hash will do.
    """
    known = to.strip().lower().removeprefix("+")
    if known.isdecimal() and known.startswith(ABROAD):
        known = f"0{known.removeprefix(ABROAD)}"
    return blake2b(known.encode(), digest_size=NAME_BYTES).hexdigest()


def hidden(to: str) -> str:
    """Return an address or a number as it may be shown."""
    name, at, domain = to.rpartition("@")
    return f"{name[:1]}***@{domain}" if at else f"{to[:-7]}***{to[-3:]}"


def shown(item: Item) -> dict[str, Any]:
    """Return an item as JSON values; of a file what a calendar shows of it."""
    entries = ((name, entry(content)) for name, content in item.files)
    return {
        "at": item.at,
        "kind": item.kind,
        "reference": item.reference,
        "from": item.sender,
        "to": hidden(item.to),
        "title": item.title,
        "text": item.text,
        "files": [{"name": name, "entry": e._asdict() if e else None} for name, e in entries],
    }
