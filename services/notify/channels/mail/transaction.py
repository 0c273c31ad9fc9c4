"""One mail over one connection: MAIL, RCPT, DATA, the mail and its dot (RFC 5321 3.3)."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiosmtplib import SMTPResponseException

from services.notify.channels.mail import words
from services.notify.channels.mail.pool import CLOSE_LIMIT_S, LOST, Line
from services.notify.channels.mail.words import Meaning, Step

ENVELOPE_ID_LIMIT = 100
GONE = 421  # said at any step by a server that closes: on an idle line, before it heard of a mail

_QUEUED = re.compile(r"(?:queued as|id=)\s*([A-Za-z0-9.-]{1,64})")
_DOTS = re.compile(rb"^\.", re.MULTILINE)


class Envelope(NamedTuple):
    """A mail, who it goes to, who is told of what becomes of it, and under which id."""

    to: str
    return_path: str
    id: str
    content: bytes

    def __repr__(self) -> str:
        """Show neither whose it is nor the id, by which it could be reported."""
        return f"Envelope(key={self.id.rpartition('.')[0]!r})"


class LineGone(Exception):
    """A line that had been used before is no more: take another."""


async def introduce(line: Line, mail: Envelope, limit_s: float) -> Meaning | None:
    """Say who writes to whom, within a time for all of it; None: the server waits for the content.

    Until then it has not the mail.  Raises `LineGone`.
    """
    was_new = line.is_new
    line.mails += 1
    try:
        async with asyncio.timeout(limit_s):
            refused = await _commands(line, mail, limit_s)
    except SMTPResponseException:  # what was said is no reply
        line.smtp.close()
        return Meaning("absent", "protocol")
    except LOST as error:
        line.smtp.close()
        if was_new:
            return Meaning("absent", "connection_lost")
        raise LineGone from error
    if refused is None:
        return None
    step, code, text = refused
    if code == GONE and not was_new:
        line.smtp.close()
        raise LineGone
    await _forget(line)
    return words.refused(step, code, text)


async def _commands(line: Line, mail: Envelope, limit_s: float) -> tuple[Step, int, str] | None:
    """Return at which step the server said something else than was waited for, and what."""
    for step, rest, wanted in _said(line.smtp.esmtp_extensions, mail):
        said = (step, *rest)
        code, text = await line.smtp.execute_command(*(s.encode() for s in said), timeout=limit_s)
        if code // 100 != wanted:
            return step, code, text
    return None


async def hand_over(line: Line, content: bytes, limit_s: float) -> Meaning:
    """Return what came of the content of a mail that was introduced."""
    protocol = line.smtp.protocol
    if protocol is None or not protocol.is_connected:
        line.smtp.close()
        return Meaning("absent", "connection_lost")
    try:
        protocol.write(_DOTS.sub(b"..", content) + b".\r\n")
        code, text = await protocol.read_response(timeout=limit_s)
    except LOST:
        line.smtp.close()
        return Meaning("unknown", "connection_lost")
    meaning = words.after_the_dot(code, text)
    if meaning.finding == "handed" and (queued := _QUEUED.search(text)):
        return meaning._replace(code=queued[1])
    return meaning


async def _forget(line: Line) -> None:
    """Make a connection ready for the next mail, or close it."""
    try:
        code, _ = await line.smtp.execute_command(b"RSET", timeout=CLOSE_LIMIT_S)
        is_ready = code // 100 == 2
    except LOST:
        is_ready = False
    if not is_ready:
        line.smtp.close()


def _said(
    extensions: Mapping[str, str], mail: Envelope
) -> tuple[tuple[Step, Sequence[str], int], ...]:
    """Return what is said before the mail, and the class of the answer that lets us go on."""
    sender, recipient = [f"FROM:<{mail.return_path}>"], [f"TO:<{mail.to}>"]
    if "size" in extensions:
        sender.append(f"SIZE={len(mail.content)}")
    if "dsn" in extensions:
        sender.append("RET=HDRS")  # a report is not to bring the text back
        if len(mail.id) <= ENVELOPE_ID_LIMIT:
            sender.append(f"ENVID={mail.id}")
        recipient += ["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(mail.to)}"]
    return (("MAIL", sender, 2), ("RCPT", recipient, 2), ("DATA", (), 3))


def _xtext(text: str) -> str:
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)
