"""A provider's row and its secrets, read: where to bind, as whom, and how it wants its messages."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import msgspec

from services.notify.channels import Row
from services.notify.channels.smpp import wire
from services.notify.channels.smpp.submitting import Options, source
from services.notify.channels.smpp.text import Unfit
from shared.errors import Misconfigured

PORTS = {"smpp": 2775, "smpps": 3550}


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who we are there: a provider's entry among the secrets."""

    system_id: str
    password: str

    def __repr__(self) -> str:
        """Show no password."""
        return f"Account(system_id={self.system_id!r})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to bind, what to say there, and how it wants its messages."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    bind: bytes = field(repr=False)  # the password is in it
    options: Options


def options(url: str) -> Options:
    """Return what a url says of how messages are wanted.  Raises `msgspec.ValidationError`."""
    return msgspec.convert(dict(parse_qsl(urlsplit(url).query)), Options, strict=False)


def read(row: Row, secret: Mapping[str, str]) -> Place:
    """Read a row and its secrets.  Raises `Misconfigured`.

    `url`: `smpp://host:2775`, `smpps://…` with TLS, and `Options`.
    """
    parts = urlsplit(row.url)
    try:
        usual_port = PORTS[parts.scheme]
        account = msgspec.convert(secret, Account)
        wanted = options(row.url)
        source(row.sender, wanted)
        return Place(
            parts.hostname or "127.0.0.1",
            parts.port or usual_port,
            ssl.create_default_context() if parts.scheme == "smpps" else None,
            wire.bind_body(account.system_id, account.password, wanted.system_type),
            wanted,
        )
    except (msgspec.ValidationError, ValueError, KeyError, Unfit) as error:
        raise Misconfigured(
            f"provider {row.name} ({error}): over SMPP it needs a url like "
            f"smpp://host:2775?window=50, a sender, and among the secrets a system_id of at most "
            f"15 characters and a password of at most 8"
        ) from None
