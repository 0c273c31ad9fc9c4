"""Who is told something, as the secrets file names them, a row for each name: `alarms`, `reports`;
and one attempt to tell one, by a signed call or a mail, for a bounded time.

A row is the deployment's own, so its address may be inside its network; it is encrypted all the
same, but on this machine.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec
from aiosmtplib import SMTP

from services.operations.domain.alarm_telling import Target
from shared import signing
from shared.errors import Misconfigured

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CALL_LIMIT_S = 10.0  # for each step of it
ATTEMPT_LIMIT_S = 30.0  # for all of it: who answers by drops holds up nobody
PROBLEM_LIMIT = 200
PORTS = {"smtp": 587, "smtps": 465}


class Webhook(Target, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Called by Standard Webhooks, signed with `secret`."""

    url: str
    secret: str

    def __post_init__(self) -> None:
        """Raise `ValueError` for an address or a secret that is none."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_near(parts)):
            raise ValueError("url is no https address")
        signing.secret(self.secret)

    def __repr__(self) -> str:
        """Show nothing that signs."""
        return f"Webhook(name={self.name!r})"


class Mail(Target, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Written to at `to`, through `server`: smtp://…:587 with STARTTLS, or smtps://…:465."""

    to: str
    sender: str
    server: str
    user: str = ""
    password: str = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` for an address that is none."""
        parts = urlsplit(self.server)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("server is neither smtp://… nor smtps://…")
        for address in (self.to, self.sender):
            if "@" not in address or not address.isprintable() or set(address) & set(" ,;<>"):
                raise ValueError("to and sender are each one address")

    def __repr__(self) -> str:
        """Show nothing that opens the server."""
        return f"Mail(name={self.name!r})"

    @property
    def place(self) -> tuple[str, int, Literal["tls", "starttls", "none"]]:
        """Return host, port, and how the connection is encrypted."""
        parts = urlsplit(self.server)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        if parts.scheme == "smtps":
            return host, port, "tls"
        return host, port, "none" if is_near(parts) else "starttls"


def is_near(parts: SplitResult) -> bool:
    """Tell whether an address is this machine's."""
    return parts.hostname in LOOPBACK


def read(rows: Mapping[str, Mapping[str, Any]], section: str = "alarms") -> list[Webhook | Mail]:
    """Return the targets.  Raises `Misconfigured`, with the row that is wrong."""
    found: list[Webhook | Mail] = []
    for name, row in sorted(rows.items()):
        kind: type[Webhook] | type[Mail] = Webhook if "url" in row else Mail
        try:
            found.append(msgspec.convert({**row, "name": name}, kind))
        except (msgspec.ValidationError, ValueError) as error:
            raise Misconfigured(
                f"{section}.{name} of the secrets file: {error}. A row has url and secret, or to,"
                " sender and server."
            ) from None
    return found


def client() -> httpx.AsyncClient:
    """Return a client that follows nothing and has no proxy."""
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=CALL_LIMIT_S)


async def call(
    http: httpx.AsyncClient, target: Webhook, id_: str, said: bytes, at: datetime
) -> str:
    """Call a target, signed; return what was wrong, nothing if it has it."""
    secrets = [signing.secret(target.secret)]
    headers = {
        **signing.headers(id_, int(at.timestamp()), said, secrets),
        "content-type": "application/json",
        "user-agent": "motcua-operations",
    }
    told = http.stream("POST", target.url, content=said, headers=headers)
    async with asyncio.timeout(ATTEMPT_LIMIT_S), told as answer:  # what it says is not read
        return "" if answer.is_success else f"it answered {answer.status_code}"


async def write(target: Mail, mail: EmailMessage) -> str:
    """Hand a mail over; return nothing.  Raises whatever the server, or the way to it, does."""
    host, port, encryption = target.place
    server = SMTP(
        hostname=host,
        port=port,
        timeout=CALL_LIMIT_S,
        use_tls=encryption == "tls",
        start_tls=encryption == "starttls",
        username=target.user or None,
        password=target.password or None,
    )
    async with asyncio.timeout(ATTEMPT_LIMIT_S), server:
        await server.send_message(mail)
    return ""
