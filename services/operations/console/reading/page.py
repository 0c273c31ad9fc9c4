"""The page of one application, worked out: what the API tells of it, in words and in order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.operations.console.facts import Fact, about, channel, facts, same, unit, vnd
from services.operations.console.labels import LABELS
from services.operations.console.reading.waterfall import WHO, Waterfall, Who, waterfall
from services.operations.console.spoken import moment, read, stretch
from services.operations.console.types import called
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.clocks import Clock
from services.operations.domain.entries import OTHER, Entry, gist
from services.operations.domain.explaining import Explanation
from services.operations.domain.spans import spans
from services.operations.domain.status import Money, Notice, Status
from services.operations.domain.timeline import Line
from services.operations.domain.waits import waits
from services.operations.domain.whys import Why
from services.operations.opened import Opened
from services.operations.views import JourneyView
from shared.catalogue import Catalogue
from shared.working_time import local_day

LINES_LIMIT = 400


class ShownLine(NamedTuple):
    """A message; `number` is its place in the story, `cause` that of what led to it, 0: outside."""

    number: int
    at: Words
    after: Words
    service: str
    type: str
    name: Words
    facts: tuple[Fact, ...]
    source: str
    cause: int
    repeats: int
    is_decided: bool
    place: str


class ShownClock(NamedTuple):
    """A clock, and what is said of it."""

    name: Words
    standing: Words
    tone: str
    facts: tuple[Fact, ...]


class Choice(NamedTuple):
    """Why units are what they are: when, what, and the facts that the rule went by."""

    at: Words
    facts: tuple[Fact, ...]
    by: tuple[tuple[str, str], ...]


class JourneyPage(NamedTuple):
    """All that the page has; the template adds no thought.  `also`: what it waits for beside `why`
    it is here, and whether that is stuck.
    """

    application: str
    title: str
    procedure: Words
    state: Words
    state_other: Words
    code: int
    tone: str
    why: Words
    also: tuple[tuple[Words, bool], ...]
    now: Words
    since: Words
    held_by: tuple[str, ...]
    names: tuple[Fact, ...]
    children: tuple[tuple[str, str, str], ...]
    clocks: tuple[ShownClock, ...]
    money: tuple[Fact, ...]
    notices: tuple[tuple[Words, Words, Words, str], ...]
    routing: tuple[Choice, ...]
    findings: tuple[tuple[Words, str, str], ...]
    waterfall: Waterfall | None
    lines: tuple[ShownLine, ...]
    hidden: int
    is_truncated: bool


def journey_page(
    told: JourneyView, one: Opened, catalogue: Catalogue, now: datetime, *, is_whole: bool = False
) -> JourneyPage:
    """Return the page; of a long story the newest lines, unless all of it (`is_whole`)."""
    units, stands = Units(catalogue, local_day(now)), told.status
    who = None if _is_over(stands) else stands.waiting_for
    lines = tuple(_lines(told.timeline, units))
    shown = lines if is_whole else lines[-LINES_LIMIT:]
    state, other = _state(stands)
    last = read(stands.last_at)
    return JourneyPage(
        application=told.application,
        title=stands.dossier_code or stands.petition or told.application,
        procedure=units.procedure(stands.procedure),
        state=state,
        state_other=other,
        code=stands.state.code if stands.state else 0,
        tone=_tone(stands),
        why=_sentence(told.why[0]),
        also=tuple((_sentence(why), why.is_stuck) for why in told.why[1:]),
        now=_now(stands, told.why[0].who),
        since=stretch(max(0, int((now - last).total_seconds() * 1_000))),
        held_by=tuple(stands.held_by),
        names=tuple(_names(told, units)),
        children=tuple((c.name, c.standing, c.dossier_code) for c in stands.children),
        clocks=tuple(_clock(clock, now) for clock in told.clocks),
        money=tuple(_money(stands.money)),
        notices=tuple(map(_notice, stands.notices)),
        routing=tuple(_choice(each, units) for each in told.routing),
        findings=tuple((LABELS[f"finding_{f.kind}"], f.id, f.detail) for f in told.findings),
        waterfall=_waterfall(one, who, now),
        lines=shown,
        hidden=len(lines) - len(shown),
        is_truncated=told.is_truncated,
    )


def _is_over(stands: Status) -> bool:
    is_returned = stands.state is not None and stands.state.code in (3, 7, 10)
    return stands.is_refused or is_returned


def _state(stands: Status) -> tuple[Words, Words]:
    """Return the state in the language of the page, and in the other one."""
    if stands.petition and stands.state is None:
        return called(stands.last_type), Words(
            called(stands.last_type).en, called(stands.last_type).vi
        )
    if stands.state is None:
        words = LABELS["refused" if stands.is_refused else "not_registered"]
    else:
        words = Words(stands.state.name_vi, stands.state.name_en)
    return words, Words(words.en, words.vi)


def _tone(stands: Status) -> str:
    """Return how it is coloured: what is held stands out before all else."""
    if stands.held_by:
        return "held"
    return stands.state.column if stands.state else "in_process"


def _sentence(why: Why) -> Words:
    return Words(why.vi, why.en)


def _now(stands: Status, who: Who | None) -> Words:
    if stands.held_by:
        return LABELS["now_held"]
    return WHO[who] if who else LABELS["now_nobody"]


def _names(told: JourneyView, units: Units) -> Iterator[Fact]:
    stands = told.status
    if stands.dossier_code or stands.petition:  # else the id is the title
        yield Fact(LABELS["application"], same(told.application))
    if stands.parent:
        yield Fact(LABELS["parent"], same(stands.parent))
    for label, code in (("received", stands.receiving_unit), ("decides", stands.competent_unit)):
        if code:
            yield Fact(LABELS[label], unit(code, units))
    if told.status.last_type:
        name, at = called(stands.last_type), moment(read(stands.last_at))
        yield Fact(LABELS["last"], Words(f"{name.vi}, {at.vi}", f"{name.en}, {at.en}"))


def _clock(clock: Clock, now: datetime) -> ShownClock:
    found = [Fact(LABELS["began"], moment(clock.began_at))]
    if clock.due:
        found.append(Fact(LABELS["due"], moment(clock.due)))
    if clock.due_before:
        found.append(Fact(LABELS["due_before"], moment(clock.due_before)))
    if clock.ended_at:
        found.append(Fact(LABELS["ended"], moment(clock.ended_at)))
    if clock.signer:
        found.append(Fact(LABELS["signer"], same(clock.signer)))
    if clock.due and clock.standing == "running":
        left_ms = int((clock.due - now).total_seconds() * 1_000)
        found.append(Fact(LABELS["left" if left_ms >= 0 else "over"], stretch(abs(left_ms))))
    late = "late" if clock.is_late else clock.standing
    words = LABELS[f"clock_{clock.standing}"]
    if clock.is_late:
        words = Words(f"{words.vi}, {LABELS['late'].vi}", f"{words.en}, {LABELS['late'].en}")
    return ShownClock(LABELS[f"clock_{clock.of}"], words, late, tuple(found))


def _money(money: Money) -> Iterator[Fact]:
    amounts = ("assessed", "settled", "receipts", "mismatched", "overpaid")
    for name in amounts:
        if amount := getattr(money, f"{name}_vnd"):
            yield Fact(LABELS[f"money_{name}"], vnd(amount))
    for name in ("references", "receipts"):
        if found := getattr(money, name):
            yield Fact(LABELS[f"numbers_{name}"], same(", ".join(found)))
    if money.waived_because:
        yield Fact(LABELS["waived"], same(money.waived_because))


def _notice(notice: Notice) -> tuple[Words, Words, Words, str]:
    what = about(notice.milestone)
    if notice.occasion > 1:
        what = Words(f"{what.vi} ({notice.occasion})", f"{what.en} ({notice.occasion})")
    return what, channel(notice.channel), LABELS[f"notice_{notice.state}"], notice.state


def _choice(each: Explanation, units: Units) -> Choice:
    pairs = (
        ("rule", same(" ".join((each.rule, each.rule_version)).strip())),
        ("received", unit(each.receiving_unit, units) if each.receiving_unit else same("")),
        ("decides", unit(each.competent_unit, units) if each.competent_unit else same("")),
        ("hands_over", unit(each.returning_unit, units) if each.returning_unit else same("")),
        ("candidates", same(" · ".join(unit(code, units).vi for code in each.candidates))),
        ("because", Words(each.because_vi or each.because, each.because)),
        ("edition", same(each.catalogue_version)),
    )
    found = tuple(Fact(LABELS[label], words) for label, words in pairs if words.vi)
    by = tuple((name, value) for name, value in each.facts.items() if value)
    return Choice(moment(each.at), found, by)


def _waterfall(one: Opened, who: Who | None, now: datetime) -> Waterfall | None:
    drawn = spans(one.application, one.entries)
    return waterfall(drawn, waits(one.entries), who, int(now.timestamp() * 1_000))


def _lines(lines: Sequence[Line], units: Units) -> Iterator[ShownLine]:
    numbers = {line.id: n for n, line in reversed(list(enumerate(lines, start=1)))}
    first = read(lines[0].at) if lines else None
    for number, line in enumerate(lines, start=1):
        at = read(line.at)
        assert first
        yield ShownLine(
            number=number,
            at=moment(at),
            after=stretch(max(0, int((at - first).total_seconds() * 1_000))),
            service=line.service,
            type=line.type,
            name=called(line.type),
            facts=tuple(_facts(line, units)),
            source=line.source,
            cause=numbers.get(line.cause, 0),
            repeats=line.repeats,
            is_decided=line.is_decided,
            place=f"{line.topic}/{line.partition}/{line.offset}",
        )


def _facts(line: Line, units: Units) -> Iterator[Fact]:
    if line.type == OTHER:
        yield Fact(LABELS["sent_to"], same(line.topic))
    yield from facts(gist(bytes(line.data)), units)


def raw(entry: Entry) -> str:
    """Return a message as it is kept, to be read; what is sealed in it stays sealed."""
    told: Mapping[str, Any] = {
        "topic": entry.topic,
        "partition": entry.partition,
        "offset": entry.offset,
        "id": entry.id,
        "source": entry.source,
        "type": entry.type,
        "subject": entry.application,
        "sequence": entry.sequence or None,
        "traceparent": entry.traceparent,
        "causationid": entry.causationid,
        "data": json.loads(entry.data),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
