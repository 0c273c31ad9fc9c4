"""The service index: every criterion counts what it says, and what is not known has no number."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.service_criteria import CRITERIA, GROUPS, KNOWN
from services.operations.domain.service_index import Tally, added, lines, tallied
from shared.events import feedback, intake, payment, routing
from shared.events.data import Filed, Mark
from tests.services.operations.story import BEGAN, Log, Story

BIRTH, CLOSED = "1.001193", "9.999999"  # only the first is fully online
PAPER = tuple(Filed(name=f"d{n}", sha256="0" * 64) for n in range(4))


def is_fully_online(procedure: str, at_ms: int) -> bool:
    return procedure == BIRTH and at_ms > 0


class Dossier:
    """A made-up dossier that was settled, and what it is to count as."""

    def __init__(self, n: int = 1) -> None:
        self.story = Story(Log(), n)

    def filed(self, procedure: str = BIRTH, channel: str = "online", **more: Any) -> "Dossier":
        data = intake.Registered(
            dossier_code=self.story.code,
            portal="sandbox",
            procedure=procedure,
            receiving_unit="00004",
            residence_unit="00004",
            channel=channel,
            applicant_kind="citizen",
            language="vi",
            copies=1,
            sealed="sealed",
            contact="sealed",
            subject_hash="hash",
            submitted_at=BEGAN,
            catalogue_version="2026-06",
            **({"documents": ()} | more),
        )
        self.last = self.story.decide("intake", self.story.submitted(), data)[0]
        return self

    def charged(self, *, paid: bool, vnd: int = 8_000) -> "Dossier":
        assessed = payment.FeeAssessed(lines=(), total_vnd=vnd, moment="x", catalogue_version="1")
        self.last = self.story.decide("payment", self.last, assessed)[0]
        if paid:
            data = payment.Settled(partner="p", reference="r", transaction="t", amount_vnd=vnd)
            self.story.decide("payment", self.last, data)
        return self

    def waived(self) -> "Dossier":
        data = payment.FeeWaived(reason="x", catalogue_version="1")
        self.story.decide("payment", self.last, data)
        return self

    def returned(self, form: str) -> "Dossier":
        data = routing.Returned(national_code=10, officer="o", form=form)
        self.story.decide("routing", self.last, data)
        return self

    def rated(self, *scores: int, milestone: str = "returned") -> "Dossier":
        for score in scores:
            data = feedback.FeedbackRecorded(milestone=milestone, score=score)
            self.story.decide("notify", self.last, data)
        return self

    def tally(self) -> Tally:
        return tallied(self.story.log.entries(self.story.application), is_fully_online)


def dossier() -> Dossier:
    return Dossier().filed()


MARKED = (Mark(document=0, digitised=True), Mark(document=2, reused=True))
CASES: dict[str, list[tuple[Callable[[], Dossier], int, int]]] = {
    "filed_online": [
        (dossier, 1, 1),
        (lambda: Dossier().filed(channel="direct"), 0, 1),
        (lambda: Dossier().filed(procedure=CLOSED), 0, 0),
    ],
    "paid_online": [
        (dossier, 0, 0),
        (lambda: dossier().charged(paid=True), 1, 1),
        (lambda: dossier().charged(paid=False), 0, 1),
        (lambda: dossier().charged(paid=False, vnd=0), 0, 0),
        (lambda: dossier().charged(paid=False).waived(), 0, 0),
    ],
    "e_result": [
        (dossier, 0, 0),
        (lambda: dossier().returned("electronic"), 1, 1),
        (lambda: dossier().returned("counter"), 0, 1),
        (lambda: dossier().returned(""), 0, 0),
    ],
    "digitised": [
        (lambda: Dossier().filed(channel="direct", documents=PAPER, marks=MARKED), 1, 4),
        (lambda: Dossier().filed(channel="post", documents=PAPER), 0, 4),
        (lambda: Dossier().filed(channel="online", documents=PAPER, marks=MARKED), 0, 0),
    ],
    "reused": [
        (lambda: Dossier().filed(documents=PAPER, marks=MARKED), 1, 1),
        (lambda: Dossier().filed(documents=PAPER, marks=MARKED[:1]), 0, 1),
    ],
    "satisfied": [
        (dossier, 0, 0),
        (lambda: dossier().rated(4), 1, 1),
        (lambda: dossier().rated(3), 0, 1),
        (lambda: dossier().rated(1, 5), 1, 1),
        (lambda: dossier().rated(5).rated(2, milestone="accepted"), 1, 2),
    ],
    "procedures_paid": [
        (lambda: dossier().charged(paid=True), 1, 1),
        (lambda: dossier().charged(paid=False), 0, 1),
        (dossier, 0, 0),
    ],
}


@pytest.mark.parametrize(
    ("name", "made", "part", "all_"),
    [(name, *case) for name, cases in CASES.items() for case in cases],
)
def test_a_dossier_counts_as_what_the_criterion_says(
    name: str, made: Callable[[], Dossier], part: int, all_: int
) -> None:
    line = next(line for line in lines(made().tally(), (0, 0)) if line.criterion == name)
    assert (line.numerator, line.denominator) == (part, all_)
    assert line.points == (line.most * part / all_ if all_ else None)


def test_every_criterion_is_counted_here_or_says_why_the_log_does_not_tell() -> None:
    assert set(KNOWN) == {*CASES, "in_time"}
    for line in lines(Tally(), (9, 10)):
        is_known = line.criterion in KNOWN
        assert (line.numerator is None, bool(line.why_vi and line.why_en)) == (
            not is_known,
            not is_known,
        )


def test_points_are_those_of_the_decision() -> None:
    found: Counter[str] = Counter()
    for criterion in CRITERIA.values():
        found[criterion.group] += criterion.points
    wanted = dict(zip(GROUPS, (18, 20, 12, 10, 22, 18), strict=True))
    assert found == wanted
    assert sum(wanted.values()) == 100


def test_what_is_in_time_is_of_the_form_and_needs_no_dossier_opened() -> None:
    told = {line.criterion: line for line in lines(None, (9, 10))}
    assert (told["in_time"].points, told["filed_online"].numerator) == (18.0, None)


def test_a_procedure_that_is_paid_for_twice_counts_once() -> None:
    tallies = [Dossier(n).filed().charged(paid=n == 2).tally() for n in (1, 2, 3)]
    assert (added(tallies).paid, added(tallies).charged) == ({BIRTH}, {BIRTH})


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_dossiers_counted_in_any_pieces_are_the_same(seed: int) -> None:
    rng = random.Random(seed)
    made = [case[0]().tally() for cases in CASES.values() for case in cases]
    tallies = [rng.choice(made) for _ in range(rng.randrange(1, 20))]
    cut = rng.randrange(len(tallies) + 1)
    pieces = [added(tallies[cut:]), added(tallies[:cut])]
    again = [msgspec.json.decode(msgspec.json.encode(piece), type=Tally) for piece in pieces]
    assert added(again) == added(tallies)
    assert added(tallies).dossiers == len(tallies)


def test_what_is_cut_short_says_nothing() -> None:
    story = dossier().story
    broken = [
        msgspec.structs.replace(e, data=b'{"omitted_bytes":9}')
        for e in story.log.entries(story.application)
    ]
    assert tallied(broken, is_fully_online) == Tally(dossiers=1)


def test_the_order_of_the_log_says_which_fee_stands() -> None:
    one = dossier().charged(paid=False).waived()
    one.story.log.pass_time(days=1)
    again = one.charged(paid=False)
    line = next(x for x in lines(again.tally(), (0, 0)) if x.criterion == "paid_online")
    assert line.denominator == 1
