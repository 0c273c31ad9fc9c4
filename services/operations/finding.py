"""Which applications somebody means who types one thing: a code, an id, an order, a transaction; or
a unit, a partner and days.

`understood` says what it may be, `find` what stands under it; `Finder` goes on where nothing does.
Blanks, dashes and case are forgiven wherever nothing else can be meant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from services.operations.domain.entries import Entry, in_order
from services.operations.domain.naming import folded
from services.operations.domain.seeking import UNIT_CODE, Sought, sought
from services.operations.domain.status import STATES, State, status
from services.operations.form_lines import below
from services.operations.journeys import Journeys
from services.operations.seeking import Seeking, is_shown
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.dossier_codes import read_code
from shared.edge import APPLICATION
from shared.petition_codes import read_petition_code
from shared.working_time import local_day

ASKED_LIMIT = 200  # characters
FOUND_LIMIT = 20
TRANSACTION_LEAST = 2  # characters, else everything is one

Named = Literal["application", "dossier_code", "petition_code", "order", "transaction"]
Kind = Literal[Named, "unit", "partner", "days", "subject"]

_ID = re.compile(r"[0-9A-F]{32}")
_ORDER = re.compile(r"(?:DVC)?([0-9]{15})")
# a dossier code of the form that is issued, without its dashes: there is one place for each
_RUN = re.compile(
    r"((?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{1,3})*)([0-9]{8})([0-9]{7})"
)


class Understood(msgspec.Struct, frozen=True):
    """One thing that was typed may be; `name` is how it is kept (of a person, the hash), `partner`
    whose transaction.
    """

    kind: Kind
    name: str
    partner: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """An application that was found, as what, and how it stands; of a petition, its code."""

    application: str
    kind: Kind
    name: str
    partner: str
    dossier_code: str
    petition: str
    procedure: str
    state: State | None
    last_at: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed, what it may be, and all that stands under it; `is_cut`: there is more.

    Of units, a partner, days it is a page; `next` is the `after` of the one that follows.
    """

    asked: str
    understood: list[Understood]
    found: list[Hit]
    is_cut: bool
    next: str | None = None


FOUND = Found(  # an example, made up
    asked="dvc 1",
    understood=[Understood(kind="order", name="DVC1")],
    found=[
        Hit(
            application=APPLICATION,
            kind="order",
            name="DVC1",
            partner="",
            dossier_code="H29.1-20261120-0000001",
            petition="",
            procedure="2.000635",
            state=STATES[4],
            last_at="2026-11-20T01:00:00Z",
        )
    ],
    is_cut=False,
)


class _Named(NamedTuple):
    application: str
    kind: Kind
    name: str
    partner: str = ""


def understood(typed: str) -> list[Understood]:
    """Return all that this may be, the surest first."""
    typed = typed.strip()[:ASKED_LIMIT]
    signs = folded(typed)
    if _ID.fullmatch(signs):
        return [Understood("application", str(UUID(signs))), Understood("transaction", typed)]
    if code := read_code(typed) or _without_dashes(typed):
        return [Understood("dossier_code", code)]
    if code := read_petition_code(typed):
        return [Understood("petition_code", code)]
    out = []
    if order := _ORDER.fullmatch(signs):
        out.append(Understood("order", f"DVC{order[1]}"))
    elif "/" not in typed and signs:
        out.append(Understood("order", signs))
    partner, _, transaction = typed.rpartition("/")
    if len(folded(transaction)) >= TRANSACTION_LEAST:
        out.append(Understood("transaction", transaction.strip(), partner.strip().lower()))
    return out


def _without_dashes(typed: str) -> str | None:
    run = _RUN.fullmatch("".join(typed.upper().split()).replace("-", ""))
    return read_code("-".join(run.groups())) if run else None


async def find(journeys: Journeys, typed: str) -> Found:
    """Return what stands under what was typed, at most `FOUND_LIMIT`.  Raises `Unknown`."""
    may_be = understood(typed)
    named = await _named(journeys, may_be)
    looked = [await _hit(journeys, each) for each in named[:FOUND_LIMIT]]
    hits = [hit for hit in looked if hit]
    asked = typed.strip()[:ASKED_LIMIT]
    is_cut = len(named) > FOUND_LIMIT
    return Found(asked=asked, understood=may_be, found=hits, is_cut=is_cut)


async def _named(journeys: Journeys, may_be: Sequence[Understood]) -> list[_Named]:
    """Return the applications with these names, each once."""
    found: dict[str, _Named] = {}
    for each in may_be:
        for one in await _of(journeys, each):
            found.setdefault(one.application, one)
    return list(found.values())


async def _of(journeys: Journeys, each: Understood) -> list[_Named]:
    if each.kind == "application":
        return [_Named(each.name, each.kind, each.name)]
    if each.kind != "transaction":
        names = await journeys.named([each.name])
        return [_Named(application, each.kind, name) for name, application in names.items()]
    moved = await journeys.moved_by(each.name, FOUND_LIMIT + 1, each.partner)
    return [_Named(to, each.kind, transaction, of) for of, transaction, to in moved]


async def hits(journeys: Journeys, named: Mapping[str, Understood]) -> list[Hit]:
    """Return how these applications stand, those that are on the log.  Raises `Unknown`."""
    standing = await journeys.standing(named)
    return [
        _told(_Named(application, one.kind, one.name, one.partner), entries)
        for application, one in named.items()
        if (entries := standing[application])
    ]


async def _hit(journeys: Journeys, named: _Named) -> Hit | None:
    entries, _forks = await journeys.of(named.application)
    return _told(named, entries) if entries else None


def _told(named: _Named, entries: Sequence[Entry]) -> Hit:
    stands = status(in_order(entries))
    return Hit(
        **named._asdict(),
        dossier_code=stands.dossier_code,
        petition=stands.petition,
        procedure=stands.procedure,
        state=stands.state,
        last_at=stands.last_at,
    )


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds by names, else by unit, partner and days."""

    journeys: Journeys
    seeking: Seeking
    catalogue: Catalogue
    clock: Clock

    async def find(self, typed: str, after: str = "") -> Found:
        """Return what stands under what was typed, or a page of what is sought.

        Raises `Unknown`.
        """
        named = await find(self.journeys, typed)
        if named.found and not after:
            return named
        catalogue, today = self.catalogue.edition(), local_day(self.clock())
        wanted = sought(typed[:ASKED_LIMIT], today, lambda text: _units(catalogue, text, today))
        if wanted is None:
            return named
        means = _means(wanted)
        page = await self.seeking.page(wanted, catalogue, today, after)
        standing = await self.journeys.standing(page.rows)
        found = [
            _told(_Named(application, means[0].kind, means[0].name), entries)
            for application, row in page.rows.items()
            if (entries := standing[application]) and is_shown(wanted, application, entries, row)
        ]
        return Found(
            asked=named.asked,
            understood=[*named.understood, *means],
            found=found,
            is_cut=bool(page.after),
            next=page.after or None,
        )


def _units(catalogue: Catalogue, text: str, on: date) -> list[str]:
    """Return the units that are meant: of a province all, of an old code what it became."""
    if UNIT_CODE.fullmatch(text):
        codes = [text] if text in catalogue.units else [*catalogue.current_units(text, on).units]
    else:
        codes = [unit.code for unit in catalogue.units_named(text, on)]
    return sorted({each for code in codes for each in below(code, catalogue, on)})


def _means(wanted: Sought) -> list[Understood]:
    found = []
    if wanted.partner:
        found.append(Understood("partner", wanted.partner))
    if wanted.units:
        found.append(Understood("unit", _short(wanted.units)))
    if wanted.since and wanted.until:
        days = dict.fromkeys(day.isoformat() for day in (wanted.since, wanted.until))
        found.append(Understood("days", " – ".join(days)))
    return found


def _short(units: Sequence[str]) -> str:
    """Return units as they are named: a province first, in which all of them are, by itself."""
    return (
        units[0] if len(units) == 1 else next((u for u in units if len(u) == 2), ", ".join(units))
    )
