"""Mail over SMTP (RFC 5321, STARTTLS 3207, AUTH 4954, DSN 3461): their words, and ours.

    no connection, no TLS, not let in        not called: nothing was handed over
    2yz to the whole mail                    handed
    4yz, a connection lost before the dot    absent: try again
    5yz                                      rejected, or absent if it may be ours: `mail.words`
    a connection lost after the dot          unknown: the server may have it

The dot that ends a mail is where a server takes it over.  If its answer is lost nobody knows, and
SMTP cannot be asked by reference.  So rows say which mails were begun and what was answered
(`mail.turns`), and `ask` reads them: what nobody had begun is absent, and of those that were under
way when a process or a connection ended it says `unknown`.  Such a mail is never sent again, and
its notice ends as `failed`, `outcome_unknown`, unless a report of the server settles it before; one
that says it was delivered counts even after that.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services.notify.channels import Message, Row
from services.notify.channels.encryption import is_near
from services.notify.channels.mail import ids, letter, pool
from services.notify.channels.mail.bounce import address_bounced
from services.notify.channels.mail.dkim_header import dkim
from services.notify.channels.mail.letter import BadAddress, House, TooLarge
from services.notify.channels.mail.page import page, spoken
from services.notify.channels.mail.pool import Line, NoConnection, NoLine, Pool, Server
from services.notify.channels.mail.transaction import Envelope, LineGone, hand_over, introduce
from services.notify.channels.mail.turns import Turns
from services.notify.channels.mail.words import Meaning
from services.notify.channels.receipts import Bounced, Receipts
from shared.clock import Clock, system_clock
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown
from shared.events.notify import Answered
from shared.store import Table

CUT_OFF_LIMIT_S = 1.0  # for keeping what is known of a mail when its call is ended
LIMIT_S = 60.0  # some servers look through a mail before they take it
UNSUBSCRIBE_LIMIT = 58  # longer, the header would be folded inside the link
OPTIONS = {"return_path", "unsubscribe", "connections"}

Said = dict[str, Meaning]  # by key


class EmailSmtp:
    """A mail server, as notify's effects use it; `send` returns within `limit_s`.

    Of that time, half is for beginning mails; what was begun has three quarters to be introduced,
    for a server may be slow at each step, and the rest is for the answer to its dot.
    """

    def __init__(
        self,
        lines: Pool,
        turns: Turns,
        house: House,
        sender: str,
        return_path: str,
        ids_key: bytes,
        bounced: Bounced,
        *,
        limit_s: float = LIMIT_S,
        workers: int = pool.CONNECTIONS,
        clock: Clock = system_clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines, self._turns, self._house = lines, turns, house
        self._sender, self._return_path = sender, return_path
        self._ids_key, self._bounced, self._limit_s = ids_key, bounced, limit_s
        self._workers, self._clock, self._monotonic = workers, clock, monotonic

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """Send mails over a few connections at once.  Raises `NotCalled`."""
        ends_s = self._monotonic() + 0.95 * self._limit_s
        said = {m.key: Meaning("rejected", "bad_address") for m in messages if not _can_go(m)}
        waiting = deque(m for m in messages if m.key not in said)
        begun = set[str]()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._work(waiting, said, begun, ends_s))
                for _ in range(min(self._workers, len(waiting)))
            ]
        failures = [failure for task in tasks if (failure := task.result())]
        if failures and not begun:  # what was refused before is refused again the next time
            raise NotCalled(str(failures[0])) from failures[0]
        for message in waiting:
            meaning = said[message.key] = Meaning("absent", _why_not(failures))
            if message.key in begun:
                await self._turns.came(message.key, meaning)
        await self._tell(messages, said)
        return [_answered(m.key, said[m.key]) for m in messages]

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """Say what the rows know.  Raises `Unknown`."""
        found = await self._turns.ask(keys)
        return [_answered(key, found[key]) for key in keys]

    async def aclose(self) -> None:
        """Say goodbye."""
        await self._lines.aclose()

    async def _work(
        self, waiting: deque[Message], said: Said, begun: set[str], ends_s: float
    ) -> NoConnection | None:
        """Send what waits, one after the other, and begin none late; or return why none can be."""
        while waiting and (left_s := self._left_s(ends_s)) > 0:
            try:
                async with self._lines.line(left_s) as line:
                    while waiting and line.can_take_one and self._left_s(ends_s) > 0:
                        message = waiting.popleft()
                        meaning = await self._send_one(line, message, begun, ends_s)
                        if meaning is None:
                            waiting.appendleft(message)
                        else:
                            said[message.key] = meaning
            except NoLine:
                return None
            except NoConnection as failure:
                return failure
        return None

    def _left_s(self, ends_s: float) -> float:
        """Return for how long mails may be begun."""
        return ends_s - self._monotonic() - self._limit_s / 2

    def _until_content_s(self, ends_s: float) -> float:
        """Return for how long a server may take until it waits for the content of a mail."""
        return ends_s - self._monotonic() - self._limit_s / 4

    async def _send_one(
        self, line: Line, message: Message, begun: set[str], ends_s: float
    ) -> Meaning | None:
        """Return what came of a mail; None: it needs another line."""
        key = message.key
        try:
            id_ = ids.mail_id(self._ids_key, key, message.to)
            content = letter.compose(self._whole(message), id_, self._clock(), self._house)
        except TooLarge:
            return Meaning("rejected", "too_large")
        except Exception:  # whatever is wrong with one mail, it takes no other with it
            return Meaning("absent", "unfit")
        if key not in begun and (not_now := await self._turns.begin(key)):
            return not_now
        begun.add(key)
        envelope = Envelope(letter.reachable(message.to), self._return_path, id_, content)
        try:
            meaning = await introduce(line, envelope, self._until_content_s(ends_s))
        except LineGone:
            return None
        except asyncio.CancelledError:  # the server has not the mail: whoever asks is to know
            with suppress(TimeoutError):
                async with asyncio.timeout(CUT_OFF_LIMIT_S):
                    await self._turns.came(key, Meaning("absent", "cut_off"))
            raise
        meaning = meaning or await hand_over(line, content, ends_s - self._monotonic())
        if meaning.finding != "unknown":
            await self._turns.came(key, meaning)
        return meaning

    def _whole(self, message: Message) -> Message:
        """Return a message with who writes it, and with a page, unless it has its own."""
        said = page(message.subject, message.text, spoken(message.text), self._house.unsubscribe)
        sender = message.sender or self._sender
        return message._replace(sender=sender, html=message.html or said)

    async def _tell(self, messages: Sequence[Message], said: Said) -> None:
        now = self._clock()
        found = [
            address_bounced(m.to, m.key, meaning.reason, now)
            for m in messages
            if (meaning := said[m.key]).finding == "rejected"
        ]
        if told := [each for each in found if each]:
            with suppress(Unknown):  # what came of the mails matters more; it will bounce again
                await self._bounced(told)


def _why_not(failures: Sequence[NoConnection]) -> str:
    return "no_connection" if failures else "no_turn"


def _can_go(message: Message) -> bool:
    try:
        letter.reachable(message.to)
    except BadAddress:
        return False
    return True


def _answered(key: str, meaning: Meaning) -> Answered:
    gateway_id = meaning.code if meaning.finding == "handed" else ""
    return Answered(key=key, finding=meaning.finding, gateway_id=gateway_id, reason=meaning.reason)


def connect(
    row: Row,
    secret: Mapping[str, Any],
    _receipts: Receipts,  # reports of a mail server come in at the edge
    *,
    table: Table,
    ids_key: bytes,
    bounced: Bounced,
    limit_s: float = LIMIT_S,
    clock: Clock = system_clock,
    clear: bool = False,
) -> EmailSmtp:
    """Return the channel of a row; `table` has its rows.  Raises `Misconfigured`.

    `url`: `smtp://host:587?return_path=…&unsubscribe=…&connections=…`, or `smtps://`; `sender`: who
    writes, unless the message says so, `Name <address>`.

    `secret`: `user`, `password`; `ca`, a certificate in PEM where none of the known ones signed the
    server's; `dkim` with `domain`, `selector` and `private_key`.
    `clear`: for a sandbox alone, without encryption elsewhere, too.
    """
    try:
        url = urlsplit(row.url)
        options = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
        connections = int(options.get("connections", pool.CONNECTIONS))
        sender = letter.address_of(row.sender)
        return_path = letter.reachable(options.get("return_path", sender))
        unsubscribe = options.get("unsubscribe", "")
        if url.scheme not in ("smtp", "smtps") or not url.hostname or options.keys() - OPTIONS:
            raise ValueError("smtp://host:587, with return_path, unsubscribe and connections")
        if url.path.strip("/"):
            raise ValueError("there is no path")
        if len(unsubscribe) > UNSUBSCRIBE_LIMIT or not unsubscribe.isascii() or connections < 1:
            raise ValueError(f"unsubscribe: {UNSUBSCRIBE_LIMIT} characters; connections: 1 or more")
        house = House(sender.rpartition("@")[2], unsubscribe, dkim(secret.get("dkim")))
        may_be_clear = is_near(url.hostname, clear=clear)
        own = (house.domain, secret, connections)
        server = _server(url.scheme, url.hostname, url.port, may_be_clear, *own)
        lines = Pool(server)
    except (ValueError, KeyError, ssl.SSLError) as error:
        raise Misconfigured(f"the mail provider {row.name}: {error}") from error
    return EmailSmtp(
        lines,
        Turns(table, clock, row.name),
        house,
        row.sender,
        return_path,
        ids_key,
        bounced,
        limit_s=limit_s,
        workers=connections,
        clock=clock,
    )


def _server(
    scheme: str,
    host: str,
    port: int | None,
    may_be_clear: bool,
    name: str,
    secret: Mapping[str, Any],
    connections: int,
) -> Server:
    ca = secret.get("ca")
    is_clear = scheme == "smtp" and may_be_clear and not ca
    return Server(
        host,
        port or (465 if scheme == "smtps" else 587),
        "none" if is_clear else "tls" if scheme == "smtps" else "starttls",
        name,
        secret.get("user"),
        secret.get("password"),
        None if is_clear else ssl.create_default_context(cadata=ca),
        connections,
    )
