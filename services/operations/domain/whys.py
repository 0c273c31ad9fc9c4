"""Why an application is here, and what happens next: a sentence of each thing that it waits for,
and of its end.  Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from services.operations.domain.causes import CAUSES, over_ms
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.ends import ENDS, FAMILY, MOVING, UNKNOWN
from services.operations.domain.entries import Entry
from services.operations.domain.nexts import NEXT
from services.operations.domain.status import OF_FAMILIES, REGISTERED
from services.operations.domain.waits import NEXT as WAITS
from services.operations.domain.waits import Who
from shared.events import petitions

_SOMEBODY = Words("đơn vị", "the unit")
_PARTNER = Words("đối tác", "the partner")
_KNOWN = REGISTERED | {petitions.PetitionReceived.TYPE}
_BEGINNING = frozenset({"unanswered", "unrouted", "unassessed"})  # nothing to what is over
_NOTICES = frozenset(name for name, cause in CAUSES.items() if cause.stage == "notify")


class Standing(NamedTuple):
    """Something waited for, as a row of the stuck board has it; `stuck_ms`: from when on it is
    stuck, None: nobody can say.
    """

    stage: str
    cause: str
    since_ms: int
    stuck_ms: int | None
    unit: str = ""
    partner: str = ""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in both languages.  `cause` and `who` has to act are empty where nobody is waited
    for; `until`: when that is to be over, or was; `is_stuck`: it waits for longer than it should.
    """

    vi: str
    en: str
    cause: str = ""
    who: Who | None = None
    unit: str = ""
    partner: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_stuck: bool = False


def whys(
    entries: Sequence[Entry], standing: Iterable[Standing], now_ms: int, units: Units
) -> list[Why]:
    """Return at least one, first what keeps it here: what is stuck before what waits as it should,
    the oldest first; its end before what still waits after that; notices last.
    """
    ended = _ended(entries)
    lasting = (one for one in standing if not _is_over(one, now_ms))
    left = (one for one in lasting if ended is None or one.cause not in _BEGINNING)
    found = sorted(left, key=lambda one: _rank(one, now_ms))
    sentences = [_of(one, now_ms, units) for one in found]
    waiting = [_rank(one, now_ms) for one in found]
    if ended is None and any(not is_of_notice for is_of_notice, *_ in waiting):
        return sentences
    before = sum(rank < (False, True) for rank in waiting)
    return [*sentences[:before], ended or _otherwise(entries), *sentences[before:]]


def _rank(one: Standing, now_ms: int) -> tuple[bool, bool, int]:
    return one.cause in _NOTICES, not _is_stuck(one, now_ms), one.since_ms


def _is_stuck(one: Standing, now_ms: int) -> bool:
    return one.stuck_ms is not None and one.stuck_ms <= now_ms


def _is_over(one: Standing, now_ms: int) -> bool:
    return one.stuck_ms is not None and one.stuck_ms <= over_ms(one.cause, now_ms)


def _of(one: Standing, now_ms: int, units: Units) -> Why:
    cause, after, is_stuck = CAUSES[one.cause], NEXT[one.cause], _is_stuck(one, now_ms)
    facts = {
        "unit": units.name(one.unit) if one.unit else _SOMEBODY,
        "partner": Words(one.partner, one.partner) if one.partner else _PARTNER,
        "service": Words(one.stage, one.stage),
    }
    what = Words(cause.vi, cause.en)
    if is_stuck and cause.stuck_vi:
        what = Words(cause.stuck_vi, cause.stuck_en)
    said = ((is_stuck and after.late) or after.words).told(**facts)
    since, until = _at(one.since_ms), _until(one)
    sentence = _SENTENCES[until is not None, is_stuck].told(
        what=what, since=since, next=said, **({"until": until} if until else {})
    )
    return Why(
        vi=sentence.vi,
        en=sentence.en,
        cause=one.cause,
        who=cause.who,
        unit=one.unit,
        partner=one.partner,
        since=since,
        until=until,
        is_stuck=is_stuck,
    )


def _until(one: Standing) -> datetime | None:
    """Return until when it may wait, of what may at all."""
    if one.stuck_ms is None or one.stuck_ms <= one.since_ms:
        return None
    return _at(one.stuck_ms)


# by whether it is one for several agencies, and whether anything was taken in
_OTHERWISE: Mapping[tuple[bool, bool], tuple[Words, Who | None]] = {
    (True, True): (FAMILY, "officer"),
    (True, False): (FAMILY, "officer"),
    (False, True): (MOVING, "us"),
    (False, False): (UNKNOWN, None),
}
# by whether it may wait until some time, and whether it is stuck
_PLAIN = Words("{what}, từ {since}; tiếp theo, {next}.", "{what}, since {since}; next, {next}.")
_SENTENCES = {
    (False, False): _PLAIN,
    (False, True): _PLAIN,
    (True, False): Words(
        "{what}, từ {since}, chậm nhất {until}; tiếp theo, {next}.",
        "{what}, since {since}, until {until} at the latest; next, {next}.",
    ),
    (True, True): Words(
        "{what}, từ {since}, quá hạn từ {until}; tiếp theo, {next}.",
        "{what}, since {since}, overdue since {until}; next, {next}.",
    ),
}


def _ended(entries: Sequence[Entry]) -> Why | None:
    """Return how it ended; None: it did not, or its service took it up again."""
    end: Entry | None = None
    for entry in entries:
        if not entry.is_decided:
            continue
        if entry.type in ENDS:
            end = entry
        elif end is not None and entry.type in WAITS and entry.service == end.service:
            end = None
    if end is None:
        return None
    sentence = ENDS[end.type].told(at=_at(end.logged_ms))
    return Why(vi=sentence.vi, en=sentence.en, since=_at(end.logged_ms))


def _otherwise(entries: Sequence[Entry]) -> Why:
    """Return the sentence of what nothing is known of that it waits for, but it is not over."""
    types = {entry.type for entry in entries if entry.is_decided}
    words, who = _OTHERWISE[bool(types & OF_FAMILIES), bool(types & _KNOWN)]
    return Why(vi=words.vi, en=words.en, who=who)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1_000, UTC)
