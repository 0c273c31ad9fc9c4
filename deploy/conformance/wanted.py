"""What a run is to do, from what was typed and the keys at hand; what cannot be is said why."""

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from deploy.conformance.cases import NAMES, SIDES, Side
from deploy.conformance.clauses import why_not
from services.payment.gateways import Partner
from services.payment.partners import Row, keyed, read
from services.payment.settings import PaymentSettings
from shared.errors import Misconfigured
from shared.settings import told


class Keys(msgspec.Struct, frozen=True):
    """What is needed of clients.json."""

    partners: dict[str, Any] = {}
    api_keys: dict[str, str] = {}


class Wanted(NamedTuple):
    """Who is played against which address; `portal_key` is empty where it is not needed."""

    row: Partner
    side: Side
    against: str
    portal_key: str


def wanted(partner: str, against: str, side: str, pages: str, path: Path) -> Wanted:
    """Return what is to be done.  Raises `Misconfigured`."""
    settings = told(PaymentSettings)
    row = _row(partner, {row.name: row for row in read(settings.partners)})
    address = _address(against, "--against")
    played = _side(side, row)
    keys = _keys(path)
    found = keyed(
        row,
        keys.partners,
        lifetime_s=settings.payment_lifetime_s,
        **settings.addresses(row),
    )
    if played == "ours":
        page_url = _address(pages, "--pages") if pages else address
        found = msgspec.structs.replace(found, base_url=address, page_url=page_url)
        return Wanted(found, played, address, "")
    if not keys.api_keys.get("portal"):
        raise Misconfigured(
            f"{path} has no key of a portal: give the clients.json of a system as --keys."
        )
    return Wanted(found, played, address, keys.api_keys["portal"])


def _row(partner: str, rows: dict[str, Row]) -> Row:
    if partner not in rows:
        said = f"{partner} is no partner of payment's" if partner else "No --partner is named"
        raise Misconfigured(f"{said}: name one of {', '.join(sorted(rows))}.")
    return rows[partner]


def _address(text: str, option: str) -> str:
    try:
        parts = urlsplit(text)
        has_host = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not has_host:
        raise Misconfigured(
            f"{option} is {text!r}: give an address, as http://127.0.0.1:8103 of payment's edge."
        )
    return text.rstrip("/")


def _side(side: str, row: Row) -> Side:
    for known in SIDES:
        if side == known:
            whys = [why_not(known, row.family, name) for name in NAMES]
            if all(whys):
                raise Misconfigured(f"{row.name} speaks {row.family}. {whys[0]} Give --side bank.")
            return known
    raise Misconfigured(f"--side is {side!r}: `bank` plays the bank, `ours` plays motcua.")


def _keys(path: Path) -> Keys:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Keys)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"{path} cannot be read ({type(error).__name__}): start the system with"
            " `make demo KEEP=1`, or give its clients.json as --keys."
        ) from None
