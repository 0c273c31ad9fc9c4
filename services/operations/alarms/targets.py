"""Who is told of alarms, as the secrets file names them: `alarms`, a row for each name.

A row is the deployment's own, so its address may be inside its network; it is encrypted all the
same, but on this machine.
"""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

from services.operations.domain.alarm_telling import Target
from shared import signing
from shared.errors import Misconfigured

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
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
