"""A proof as a page: what must be equal, what is excepted, what is waited for.  Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.proof.labels import PROOF
from services.operations.console.spoken import grouped, moment, stretch
from services.operations.domain.citizen.words import Words
from services.operations.domain.proof.equations import Equation
from services.operations.domain.proof.tally import Item, Proof
from services.operations.domain.proof.words import KINDS, SECTIONS, WAITS, part, waited
from services.operations.proofs.desk import Made
from shared.clock import VIETNAM

SHOWN = 50  # of each kind


class Line(NamedTuple):
    """An equation; `is_one`: of one partner, below that of all."""

    name: Words
    is_one: bool
    left: Words
    right: Words
    holds: bool


class Kind(NamedTuple):
    """What is excepted or waited for, of one kind; `more` of them are not listed."""

    title: Words
    items: Sequence[Item]
    more: int


class Page(NamedTuple):
    """What was found; nothing of it is of one application alone but the items.

    `waited`: how many wait, and since when; None: nothing does.
    """

    looked: Words
    waited: Words | None
    lines: Sequence[Line]
    excepted: Sequence[Kind]
    waiting: Sequence[Kind]


class Row(NamedTuple):
    """A proof in the list; `tone` is the class of how it stands."""

    id: str
    period: Words
    tone: str
    stands: Words
    by: str
    at: Words


def found_page(proof: Proof, equations: Sequence[Equation]) -> Page:
    """Return what was found."""
    return Page(
        looked=PROOF["proof_looked"].told(count=grouped(proof.applications)),
        waited=waited(proof),
        lines=[_line(one) for one in equations],
        excepted=_kinds(proof.excepted, KINDS, proof.exceptions),
        waiting=_kinds(proof.waiting, WAITS, proof.named),
    )


def row(made: Made, now: datetime) -> Row:
    """Return a proof as the list has it."""
    tone, stands = standing(made, now)
    period = period_of(made.since, made.until)
    return Row(made.id, period, tone, stands, made.by, moment(made.at))


def standing(made: Made, now: datetime) -> tuple[str, Words]:
    """Return how a proof stands, and the class that it is shown with."""
    match made.standing:
        case "waiting":
            return "", PROOF["proof_waiting"]
        case "proving":
            told = PROOF["proof_proving"].told(share=str(made.share))
            left = _left(made, now)
            return "", Words(f"{told.vi}, {left.vi}", f"{told.en}, {left.en}") if left else told
        case "aborted":
            return "", PROOF["proof_aborted"].told(by=made.ended_by)
        case "failed":
            return "held", PROOF["proof_failed"].told(because=made.because)
    return verdict(made.holds or False, made.excepted)


def verdict(holds: bool, excepted: int) -> tuple[str, Words]:
    """Return what a proof says in the end, and the class that it is shown with."""
    if holds:
        return "whole", PROOF["proof_holds"]
    if excepted:
        return "held", PROOF["proof_excepted"].told(count=grouped(excepted))
    return "held", PROOF["proof_differs"]


def period_of(since: datetime, until: datetime) -> Words:
    """Return a period: as days where it is of whole days."""
    first, end = since.astimezone(VIETNAM), until.astimezone(VIETNAM)
    if all((at.hour, at.minute, at.second, at.microsecond) == (0,) * 4 for at in (first, end)):
        last = (end - timedelta(days=1)).date()
        return PROOF["proof_of"].told(since=first.date(), until=last)
    return PROOF["proof_of"].told(since=moment(first), until=moment(end))


def _left(made: Made, now: datetime) -> Words | None:
    if not made.share:
        return None
    spent_ms = (now - made.at) / timedelta(milliseconds=1)
    left = stretch(max(1_000, round(spent_ms * (100 - made.share) / made.share)))
    return PROOF["proof_left"].told(left=left)


def _line(one: Equation) -> Line:
    sums = [(part(one.name, what), grouped(n)) for what, n in one.right.items() if n]
    vi = " + ".join(f"{name.vi} {n.vi}" for name, n in sums) or "0"
    en = " + ".join(f"{name.en} {n.en}" for name, n in sums) or "0"
    right = Words(f"{one.relation} {vi}", f"{one.relation} {en}")
    name = same(one.of) if one.of else SECTIONS[one.name]
    return Line(name, bool(one.of), grouped(one.left), right, one.holds)


def _kinds(
    counts: Mapping[str, int], means: Mapping[str, Words], items: Sequence[Item]
) -> list[Kind]:
    found = []
    for kind, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        own = [item for item in items if item.kind == kind][:SHOWN]
        n, name = grouped(count), means.get(kind, same(kind))
        found.append(Kind(Words(f"{n.vi} {name.vi}", f"{n.en} {name.en}"), own, count - len(own)))
    return found
