"""What became of a mail, as a mail server reports it: a mail (RFC 3464), or JSON of a provider.

    failed                      undelivered, for the reason in `words`
    delivered                   delivered
    delayed, relayed, expanded  nothing yet

It is about the attempt whose id it brings back, and counts only with the address we wrote to.
Whatever else comes to where reports come in has a name, and changes nothing:

    unreadable     no mail, or none of this form
    not_a_report   a mail of another kind: an answer by machine, or junk
    not_ours       no id of ours comes back with it
    not_genuine    an id of ours, but not with the address that its mail went to
    no_news        not decided yet
    too_late       of a mail so old that no server tries it any more: whoever has seen a mail knows
                   its id for ever, and could report its address at any time
    not_yours      another provider carried its mail
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import parseaddr
from typing import Annotated, Literal, NamedTuple

import msgspec

from services.notify.channels.mail import ids, words
from services.notify.channels.mail.bounce import address_bounced
from services.notify.channels.receipts import AddressBounced, Receipt
from shared.events import UNREADABLE
from shared.events.notify import ReceiptArrived

Why = Literal[
    "unreadable", "not_a_report", "not_ours", "not_genuine", "no_news", "too_late", "not_yours"
]
BULK_LIMIT = 1_000
RECIPIENTS_LIMIT = 100
FIELD_LIMIT = 1_000
READ_LIMIT_BYTES = 64 << 10  # a report stands before the mail that it brings back
# a report has three parts, and the mail in it a few; each more makes reading all lines slower
PARTS_LIMIT = 20
_PARTS = (b"content-type", b"boundary")

# whether it was delivered; None: nobody knows yet
ACTIONS: Mapping[str, bool | None] = {
    "failed": False,
    "delivered": True,
    "delayed": None,
    "relayed": None,
    "expanded": None,
}
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_DIAGNOSTIC = re.compile(r"(?:smtp;)?\s*([245]\d\d)[ -]+(.*)", re.ASCII | re.DOTALL | re.IGNORECASE)
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


class Told(NamedTuple):
    """What a report says, and an address not to be written to, if it was the address's fault."""

    receipt: Receipt
    bounced: AddressBounced | None


class Bounce(msgspec.Struct, frozen=True):
    """One report as JSON.  `id`: the `Message-ID` of the mail, or its envelope id."""

    id: Annotated[str, msgspec.Meta(max_length=400)]
    recipient: Annotated[str, msgspec.Meta(max_length=320)]
    action: Literal["failed", "delivered", "delayed", "relayed", "expanded"]
    status: Annotated[str, msgspec.Meta(max_length=20)] = ""
    diagnostic: Annotated[str, msgspec.Meta(max_length=FIELD_LIMIT)] = ""

    def __repr__(self) -> str:
        """Show nothing of the person: servers quote addresses in what they say, too."""
        return f"Bounce(action={self.action!r}, status={self.status!r})"


class Bounces(msgspec.Struct, frozen=True):
    """Several; each is decoded by itself, so that a wrong one spoils no other."""

    bounces: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=BULK_LIMIT)]


class _Recipient(NamedTuple):
    action: str
    status: str
    diagnostic: str
    addresses: tuple[str, ...]

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return f"_Recipient(action={self.action!r}, status={self.status!r})"


def read_mail(raw: bytes, secret: bytes, at: datetime) -> Told | Why:
    """Return what the beginning of a mail reports, or why it reports nothing.

    It may be from anybody: with more parts than a report has it is not even parsed.
    """
    raw = raw[:READ_LIMIT_BYTES]
    if any(raw.lower().count(sign) > PARTS_LIMIT for sign in _PARTS):
        return "unreadable"
    try:
        mail = message_from_bytes(raw)
        if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
            return "not_a_report"
        return _read_report(mail, secret, at)
    except (*UNREADABLE, LookupError, TypeError, AttributeError):  # of the parser, on what is none
        return "unreadable"


def read_json(raw: bytes | msgspec.Raw, secret: bytes, at: datetime) -> Told | Why:
    """Return what one report of a provider says, or why it says nothing."""
    try:
        told = msgspec.json.decode(raw, type=Bounce)
    except UNREADABLE:
        return "unreadable"
    recipient = _Recipient(told.action, told.status, told.diagnostic, (told.recipient,))
    return _judged([told.id], [recipient], (), secret, at)


def _read_report(mail: Mail, secret: bytes, at: datetime) -> Told | Why:
    parts = [part for part in mail.get_payload() if isinstance(part, Mail)]
    status = next((p for p in parts if p.get_content_type() in _REPORTS), None)
    if status is None or not status.is_multipart():
        return "not_a_report"
    blocks = [block for block in status.get_payload() if isinstance(block, Mail)]
    returned = next((_headers(p) for p in parts if p.get_content_type() in _RETURNED), None)
    found = [_field(b, "Original-Envelope-Id") for b in blocks[:1]]
    if returned is not None:
        found.append(_field(returned, "Message-ID"))
    found += [_field(mail, name) for name in ("X-Original-Message-ID", "In-Reply-To", "References")]
    written_to = (parseaddr(_field(returned, "To"))[1],) if returned is not None else ()
    recipients = [_recipient(b) for b in blocks[1 : 1 + RECIPIENTS_LIMIT]]
    return _judged(found, recipients, written_to, secret, at)


def _judged(
    found: Sequence[str],
    recipients: Sequence[_Recipient],
    written_to: Sequence[str],
    secret: bytes,
    at: datetime,
) -> Told | Why:
    ours = next((each for text in found if (each := ids.read(text))), None)
    if ours is None:
        return "not_ours"
    addresses = [*written_to, *(a for r in recipients for a in r.addresses)]
    address = ids.genuine(secret, ours, addresses)
    if not address:
        return "not_genuine"
    # one mail goes to one address; should a server have made several of it, one is enough
    for delivered in (True, False):
        for recipient in recipients:
            if ACTIONS.get(recipient.action) is delivered:
                return _told(ours, address, recipient, delivered, at)
    return "no_news"


def _told(
    ours: ids.Ours, address: str, recipient: _Recipient, delivered: bool, at: datetime
) -> Told:
    reason, is_lasting = ("", True) if delivered else _reason(recipient)
    data = ReceiptArrived(key=ours.key, delivered=delivered, code=reason)
    bounced = (
        None if delivered else address_bounced(address, ours.key, reason, at, is_lasting=is_lasting)
    )
    return Told(Receipt(ours.application, data), bounced)


def _reason(recipient: _Recipient) -> tuple[str, bool]:
    """Return why it was not delivered, and whether that was said for good; what the last server
    said is more exact than a 5.0.0.
    """
    reason = words.status_reason(recipient.status)
    said = _DIAGNOSTIC.match(recipient.diagnostic)
    if reason == words.OTHERWISE and said:
        return words.reason(int(said[1]), said[2])[0], said[1].startswith("5")
    return reason, not recipient.status.startswith("4")


def _recipient(block: Mail) -> _Recipient:
    return _Recipient(
        _field(block, "Action").split(" ")[0].lower(),
        _field(block, "Status").split(" ")[0],
        _field(block, "Diagnostic-Code"),
        tuple(
            address
            for name in ("Original-Recipient", "Final-Recipient")
            for address in _addresses(_field(block, name))
        ),
    )


def _addresses(field: str) -> Iterator[str]:
    """Return what follows `rfc822;`, as it is written and as it may be meant."""
    address = field.partition(";")[2].strip().removeprefix("<").removesuffix(">")
    yield address
    yield _XTEXT.sub(lambda found: chr(int(found[1], 16)), address)


def _headers(part: Mail) -> Mail | None:
    """Return the headers that came back: of a mail, or as a text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Mail) else None
    content = part.get_payload(decode=True)
    return message_from_bytes(content) if isinstance(content, bytes) else None


def _field(mail: Mail, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())[:FIELD_LIMIT]
