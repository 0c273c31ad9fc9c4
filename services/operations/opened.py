"""One application, opened: what the API answers of it, the console shows and `motcua` prints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from services.operations.domain.causes import APART, HELD
from services.operations.domain.citizen.decided import decided
from services.operations.domain.citizen.units import Units
from services.operations.domain.clocks import clocks
from services.operations.domain.entries import Entry, gist, in_order
from services.operations.domain.explaining import explanations
from services.operations.domain.findings import contiguity, tracing
from services.operations.domain.occurrences import is_cut
from services.operations.domain.patience import Patience
from services.operations.domain.situations import NEVER_MS, all_rows_of
from services.operations.domain.spans import Span, spans
from services.operations.domain.status import status
from services.operations.domain.timeline import timeline
from services.operations.domain.waits import waits
from services.operations.domain.whys import Standing, Why, whys
from services.operations.journeys import Journeys
from services.operations.views import JourneyView, MessageView
from shared.catalogue import Catalogue
from shared.problems import Refusal
from shared.store import Row, Table, prefix
from shared.working_time import local_day

NAME_LIMIT = 200
BESIDE_LIMIT = 500  # rows of one application that are looked at


class Opened(NamedTuple):
    """The messages of an application, in order, and those that contradict an earlier one."""

    application: str
    entries: list[Entry]
    forks: list[Entry]


async def opened(journeys: Journeys, name: str) -> Opened:
    """Return the application with this name.  Raises `Refusal` 404, `Unknown`."""
    application = await journeys.find(name) if len(name) <= NAME_LIMIT else None
    entries, forks = await journeys.of(application) if application else ([], [])
    if not application or not entries:
        raise Refusal(
            404,
            "unknown-application",
            "No message of it is in the log yet. Give an application id, a dossier code or a "
            "payment reference; what was sent a moment ago may need a second.",
        )
    return Opened(application, in_order(entries), forks)


def message_of(one: Opened, place: tuple[str, int, int]) -> MessageView:
    """Return a message of it as it is kept.  Raises `Refusal` 404."""
    entry = next((e for e in one.entries if e.place == place), None)
    if entry is None:
        raise Refusal(404, "unknown-message", "It has no such message: see its timeline.")
    same = ("topic", "partition", "offset", "id", "source", "type", "traceparent", "causationid")
    return MessageView(
        **{name: getattr(entry, name) for name in same},
        subject=entry.application,
        sequence=entry.sequence or None,
        data=msgspec.Raw(entry.data),
    )


class Whys(NamedTuple):
    """What tells why an application is where it is: the rows of the stuck board, how long causes
    may last, and names.
    """

    situations: Table
    patience: Patience
    catalogue: Catalogue

    async def of(self, one: Opened, now: datetime) -> list[Why]:
        """Return why it is here and what happens next, what matters most first.  Raises `Unknown`.

        What its own messages tell is worked out of them; of the board's rows are only what lanes
        and statements say beside them.
        """
        rows = await self.situations.ranges([prefix(f"{one.application}/")], BESIDE_LIMIT)
        return self.told(one, now, [row for row in rows if row["cause"] in APART - {HELD}])

    def told(self, one: Opened, now: datetime, beside: Sequence[Row] = ()) -> list[Why]:
        """Return the same of these rows and its messages."""
        found = all_rows_of(one.application, one.entries, self.patience)
        standing = map(_standing, (*found.values(), *beside))
        units = Units(self.catalogue, local_day(now))
        return whys(one.entries, standing, int(now.timestamp() * 1_000), units)


def _standing(row: Row) -> Standing:
    stuck_ms = int(row["stuck_ms"])
    return Standing(
        stage=row["stage"],
        cause=row["cause"],
        since_ms=int(row["since_ms"]),
        stuck_ms=None if stuck_ms == NEVER_MS else stuck_ms,
        unit=row["unit"],
        partner=row["partner"],
    )


def journey_of(one: Opened, now: datetime, why: list[Why]) -> JourneyView:
    """Return where it stands, why, and every message of it."""
    application, entries, forks = one
    decisions = decided(entries)
    return JourneyView(
        application=application,
        why=why,
        status=status(entries),
        clocks=clocks(decisions, now),
        routing=list(explanations(decisions)),
        findings=[*contiguity(entries, forks), *tracing(application, entries)],
        timeline=timeline(entries),
        is_truncated=is_cut([*entries, *forks]),
    )


def waterfall_of(application: str, entries: list[Entry]) -> dict[str, Any]:
    """Return spans and waits; a wait names the span of the message that ended it."""
    found: list[Span] = spans(application, entries)
    span_of = {id_: span.id for span in found for id_ in span.ids}
    return {
        "application": application,
        "spans": found,
        "waits": [
            {**msgspec.to_builtins(w), "span": span_of.get(w.ended_by, "")} for w in waits(entries)
        ],
    }


def units_of(one: Opened) -> frozenset[str]:
    """Return the units that have to do with it now: as decided last, for each role."""
    roles = ("receiving_unit", "competent_unit", "returning_unit", "unit")
    last: dict[str, str] = {}
    for entry in one.entries:
        if entry.is_decided:
            found = gist(entry.data)
            last |= {role: code for role in roles if (code := getattr(found, role))}
    return frozenset(last.values())
