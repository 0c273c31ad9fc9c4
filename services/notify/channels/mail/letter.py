"""A mail, as bytes: text and page side by side, what goes with them, and headers that say no more
than who writes to which address, what about, when, and that a machine does.

Everything in it but the headers is base64, so that nothing in a text can be taken for a part, a
header or the end of the mail.  The same message gives the same bytes.
"""

import re
from collections.abc import Callable
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import blake2b
from typing import NamedTuple

from services.notify.channels import File, Message

SIZE_LIMIT_BYTES = 10 << 20
SUBJECT_LIMIT = 200
ADDRESS_LIMIT, LOCAL_LIMIT = 254, 64
HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "List-Unsubscribe", "Content-Type", "Content-Transfer-Encoding"),
)

Sign = Callable[[bytes], bytes]  # of a mail: the header that is put before it

_POLICY = policy.SMTP.clone(cte_type="7bit")
_ENCODED_WORD = "=?"  # headers would be read as what it stands for
_OTHERWISE_READ = frozenset("ßẞς\u200c\u200d")  # IDNA 2003 makes other letters of them than 2008
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MEDIA = re.compile(r"([a-z]+)/([a-z0-9.+-]+)((?:; ?[a-z]+=[A-Za-z0-9._-]+)*)")


class BadAddress(ValueError):
    """This is no address that a mail can go to."""


class TooLarge(ValueError):
    """No server would take this mail."""


class House(NamedTuple):
    """Who writes: `domain` of our ids; where one chooses what to hear of; the DKIM signature."""

    domain: str
    unsubscribe: str = ""
    sign: Sign | None = None


def reachable(address: str) -> str:
    """Return an address as it goes over the wire, its domain in ASCII.  Raises `BadAddress`."""
    local, _, domain = address.strip().rpartition("@")
    if _ENCODED_WORD in local or _OTHERWISE_READ & set(domain):
        raise BadAddress("some read it as another address")
    try:
        wire = domain.encode("idna").decode()
    except UnicodeError:
        raise BadAddress("its domain is none") from None
    labels = wire.split(".")
    well_formed = _LOCAL.fullmatch(local) and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not well_formed or len(local) > LOCAL_LIMIT or len(local) + 1 + len(wire) > ADDRESS_LIMIT:
        raise BadAddress("an address is name@domain, the name in ASCII")
    return f"{local}@{wire}"


def compose(message: Message, id_: str, at: datetime, house: House) -> bytes:
    """Return the mail of an attempt.  Raises `BadAddress`, `TooLarge`."""
    mail = EmailMessage(_POLICY)
    mail["From"] = _sender(message.sender)
    mail["To"] = Address(addr_spec=reachable(message.to))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id_}@{house.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: answer nothing by machine
    mail["X-Auto-Response-Suppress"] = "All"
    if house.unsubscribe and not message.urgent:
        mail["List-Unsubscribe"] = f"<{house.unsubscribe}>"
    mail.set_content(_encodable(message.text), cte="base64")
    if message.html:
        mail.add_alternative(_encodable(message.html), subtype="html", cte="base64")
    for file in message.files:
        _attach(mail, file)
    for i, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        # the equals sign is in no base64 text but at its end
        part.set_boundary(f"=_{blake2b(f'{id_}/{i}'.encode(), digest_size=12).hexdigest()}")
    whole = _subject(message.subject) + mail.as_bytes()
    if len(whole) > SIZE_LIMIT_BYTES:
        raise TooLarge(f"{len(whole)} bytes")
    return house.sign(whole) + whole if house.sign else whole


def _subject(subject: str) -> bytes:
    # EmailMessage loses spaces where it folds
    told = Header(one_line(subject)[:SUBJECT_LIMIT], "utf-8", header_name="Subject")
    return f"Subject: {told.encode(linesep=_POLICY.linesep)}\r\n".encode()


def address_of(sender: str) -> str:
    """Return the address of `Name <address>`.  Raises `BadAddress`."""
    return reachable(parseaddr(one_line(sender))[1])


def _sender(sender: str) -> Address:
    return Address(parseaddr(one_line(sender))[0], addr_spec=address_of(sender))


def _attach(mail: EmailMessage, file: File) -> None:
    known = _MEDIA.fullmatch(file.media_type)
    main, sub, rest = known.groups() if known else ("application", "octet-stream", "")
    params = dict(p.strip().split("=", 1) for p in rest.split(";") if p.strip())
    mail.add_attachment(file.content, main, sub, filename=one_line(file.name), params=params)


def one_line(text: str) -> str:
    """Return a text without anything that could end a header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
