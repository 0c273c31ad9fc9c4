"""The providers: rows of a file, their keys from the secrets file, each behind its channel."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from services.notify.channels import Channel, sms_http
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.wordings import Channel as ChannelName
from shared.errors import Misconfigured

SANDBOX = Path(__file__).with_name("sandbox_providers.json")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider without its keys; an empty `url` is the deployment's SMS gateway.

    Of a channel's rows the lowest `priority` goes first, those of the same by `share`; the first
    row is the one whose name events leave out.  `receipt_slow_s`: a receipt that takes longer is
    slow; `receipt_within_s`: later it is missing; 0: neither is looked at.  `segment_vnd`: what an
    SMS of one segment costs.
    """

    name: str
    channel: ChannelName
    kind: str
    url: str = ""
    sender: str = ""
    priority: int = 1
    share: int = 100
    receipt_slow_s: float = 0
    receipt_within_s: float = 0
    segment_vnd: int = 0


Make = Callable[[Row, Mapping[str, Any], float], Channel]


def _sms_http(row: Row, keys: Mapping[str, Any], limit_s: float) -> Channel:
    return sms_http.SmsHttp(sms_http.connect(row.url, keys["key"], limit_s))


KINDS: Mapping[str, Make] = {"sms_http": _sms_http}


def read(path: Path) -> tuple[Row, ...]:
    """Read a file of providers.  Raises `Misconfigured`."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=tuple[Row, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not a file of providers: {error}") from error
    for n, row in enumerate(rows):
        if row.kind not in KINDS:
            raise Misconfigured(f"provider {row.name}: no kind {row.kind!r} is known")
        if row.name in {other.name for other in rows[:n]}:
            raise Misconfigured(f"provider {row.name}: its name stands twice")
        if row.share < 1:
            raise Misconfigured(f"provider {row.name}: its share must be at least 1")
    return rows


def terms(rows: Iterable[Row]) -> Providers:
    """Return the providers as decisions know them."""
    known = Provider.__annotations__
    return Providers(Provider(**{name: getattr(row, name) for name in known}) for row in rows)


def firsts(rows: Iterable[Row]) -> dict[str, str]:
    """Return the name that events leave out, by channel."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.channel, row.name)
    return found


def channels(
    rows: Iterable[Row], secrets: Mapping[str, Any], sms_url: str, limit_s: float
) -> dict[str, Channel]:
    """Return the channels by their providers' names.  Raises `Misconfigured`, without its keys."""
    made = {}
    for row in rows:
        at = msgspec.structs.replace(row, url=row.url or sms_url)
        try:
            made[row.name] = KINDS[row.kind](at, secrets[row.name], limit_s)
        except KeyError as missing:
            raise Misconfigured(
                f"provider {row.name}: the secrets file lacks {missing} of it, under `providers`"
            ) from None
    return made
