"""The providers: rows of a file, their keys from the secrets file, each behind its channel."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from services.notify.channels import Channel, email_smtp, encryption, push_http, sms_http, sms_smpp
from services.notify.channels.mail.letter import BadAddress, address_of
from services.notify.channels.receipts import Bounced, Receipts, Reporter
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.wordings import Channel as ChannelName
from shared.clock import Clock
from shared.errors import Misconfigured
from shared.store import Table

SANDBOX = Path(__file__).with_name("sandbox_providers.json")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider without its keys; an empty `url` is the deployment's of its kind.

    Of a channel's rows the lowest `priority` goes first, those of the same by `share`; the first
    row is the one whose name events leave out.  `receipt_slow_s`: a receipt that takes longer is
    slow; `receipt_within_s`: later it is missing; 0: neither is looked at.  `limit_s`: how long a
    call may last; 0: as the deployment has it.  `segment_vnd`: what an SMS of one segment costs.
    `rate_per_s`: messages in a second, at most; `sender_rate_per_s`: of all rows of the channel
    with this sender; 0: any number (over SMPP, what the `url` says).  `receipts_by`: the names of
    callers that bring its receipts, or the reports on its mails; left out: its own.
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
    limit_s: float = 0
    segment_vnd: int = 0
    rate_per_s: float = 0
    sender_rate_per_s: float = 0
    receipts_by: tuple[str, ...] = ()


class House(NamedTuple):
    """What channels are given besides their rows: `urls` by kind, and where what comes in goes."""

    urls: Mapping[str, str]
    limit_s: float
    table: Callable[[str], Table]
    clock: Clock
    ids_key: bytes
    receipts: Callable[[str], Receipts]  # of a provider
    bounced: Bounced
    clear: bool = False  # for a sandbox alone: without encryption, to whomever

    def __repr__(self) -> str:
        """Show no key."""
        return f"House(urls={self.urls!r})"


Make = Callable[[Row, Mapping[str, Any], House], Channel]


def _sms_http(row: Row, keys: Mapping[str, Any], _: House) -> Channel:
    return sms_http.SmsHttp(sms_http.connect(row.url, keys["key"], row.limit_s))


def _sms_smpp(row: Row, keys: Mapping[str, Any], house: House) -> Channel:
    receipts, texted = house.receipts(row.name), house.table("texted")
    return sms_smpp.connect(
        row,
        keys,
        receipts,
        table=texted,
        clock=house.clock,
        marks_key=house.ids_key,
        limit_s=row.limit_s,
    )


def _smtp(row: Row, keys: Mapping[str, Any], house: House) -> Channel:
    return email_smtp.connect(
        row,
        keys,
        house.receipts(row.name),
        table=house.table("mails"),
        ids_key=house.ids_key,
        bounced=house.bounced,
        limit_s=row.limit_s,
        clock=house.clock,
        clear=house.clear,
    )


def _push_http(row: Row, keys: Mapping[str, Any], house: House) -> Channel:
    receipts = house.receipts(row.name)
    return push_http.connect(row, keys, receipts, limit_s=row.limit_s)


KINDS: Mapping[str, Make] = {
    "sms_http": _sms_http,
    "sms_smpp": _sms_smpp,
    "smtp": _smtp,
    "push_http": _push_http,
}
CARRIES: Mapping[str, frozenset[str]] = {
    "sms_http": frozenset({"sms"}),
    "sms_smpp": frozenset({"sms"}),
    "smtp": frozenset({"email"}),
    "push_http": frozenset({"app", "zalo"}),
}
PUSHED = frozenset({"sms_http", "push_http"})  # receipts come to our edge
MAILED = frozenset({"smtp"})  # reports do


def read(path: Path) -> tuple[Row, ...]:
    """Read a file of providers.  Raises `Misconfigured`."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=tuple[Row, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not a file of providers: {error}") from error
    for n, row in enumerate(rows):
        if row.kind not in KINDS:
            raise Misconfigured(f"provider {row.name}: no kind {row.kind!r} is known")
        if row.channel not in CARRIES[row.kind]:
            raise Misconfigured(
                f"provider {row.name}: {row.kind} carries {', '.join(sorted(CARRIES[row.kind]))}, "
                f"not {row.channel}"
            )
        if row.name in {other.name for other in rows[:n]}:
            raise Misconfigured(f"provider {row.name}: its name stands twice")
        if row.share < 1:
            raise Misconfigured(f"provider {row.name}: its share must be at least 1")
        if min(row.limit_s, row.receipt_slow_s, row.receipt_within_s, row.segment_vnd) < 0:
            raise Misconfigured(f"provider {row.name}: no time and no price is below 0")
        if row.rate_per_s < 0 or row.sender_rate_per_s < 0:
            raise Misconfigured(f"provider {row.name}: its rates must be above 0, or be left out")
    return rows


def terms(rows: Iterable[Row]) -> Providers:
    """Return the providers as decisions know them."""
    known = Provider.__annotations__
    return Providers(Provider(**{name: getattr(row, name) for name in known}) for row in rows)


def reporters(rows: Iterable[Row], kinds: frozenset[str]) -> dict[str, Reporter]:
    """Return who brings to our edge what became of the messages of providers of some kinds."""
    return {
        row.name: Reporter(row.channel, frozenset(row.receipts_by or (row.name,)))
        for row in rows
        if row.kind in kinds
    }


def gateway(rows: Iterable[Row]) -> str:
    """Return whose receipts come in without a name: the first SMS gateway's over HTTP."""
    return next((row.name for row in rows if row.kind == "sms_http"), "sms")


def firsts(rows: Iterable[Row]) -> dict[str, str]:
    """Return the name that events leave out, by channel."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.channel, row.name)
    return found


def limits(rows: Iterable[Row], limit_s: float) -> dict[str, float]:
    """Return how long a call may last, by name."""
    return {row.name: row.limit_s or limit_s for row in rows}


def prices(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Return what a segment costs with a channel's cheapest provider, and its dearest."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append(row.segment_vnd)
    return {channel: (min(each), max(each)) for channel, each in found.items()}


def organiser(rows: Iterable[Row]) -> str:
    """Return the address in whose name calendars are told; empty: no mail goes out.  Raises
    `Misconfigured`.
    """
    for row in rows:
        if row.kind in MAILED:
            try:
                return address_of(row.sender)
            except BadAddress as error:
                raise Misconfigured(f"provider {row.name}: its sender: {error}") from error
    return ""


def channels(rows: Iterable[Row], secrets: Mapping[str, Any], house: House) -> dict[str, Channel]:
    """Return the channels by their providers' names.  Raises `Misconfigured`, without its keys."""
    made = {}
    for row in rows:
        whole = msgspec.structs.replace(
            row,
            url=row.url or house.urls.get(row.kind, ""),
            limit_s=row.limit_s or house.limit_s,
        )
        try:
            encryption.check(whole.url, clear=house.clear)
        except ValueError as wrong:
            raise Misconfigured(f"provider {row.name}: {wrong}") from None
        try:
            made[row.name] = KINDS[row.kind](whole, secrets[row.name], house)
        except KeyError as missing:
            raise Misconfigured(
                f"provider {row.name}: the secrets file lacks {missing} of it, under `providers`"
            ) from None
    return made
