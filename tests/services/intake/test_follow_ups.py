"""What follows on an application: once each, and after the end no more."""

import msgspec
import pytest

from services.intake.domain.follow_ups import ENDINGS, FOLLOWED
from shared.events.data import Document, filed
from shared.events.intake import FollowUpRejected, Supplemented, Withdrawn
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.events.routing import (
    ActionRejected,
    Closed,
    NotAccepted,
    Returned,
    SupplementRequested,
)

BROUGHT = SupplementSubmitted(documents=(Document(name="Original document", sha256="b" * 64),))
OTHER = SupplementSubmitted(documents=(Document(name="Original document", sha256="c" * 64),))
MARKED = SupplementSubmitted(
    documents=(Document(name="Original document", sha256="d" * 64, digitised=True),)
)
BACK = WithdrawalRequested(reason="no longer needed")
NO = ActionRejected(national_code=9, action="withdraw", reason="The result is ready.")
UNSUPPLIED = ActionRejected(national_code=8, action="supplement", reason="It is stopped.")
CLOSED = Closed(national_code=7, reason="no longer needed")
RETURNED = Returned(national_code=10, officer="officer")
NOT_ACCEPTED = NotAccepted(national_code=3, officer="officer", reason="Not ours")


@pytest.fixture
async def lane(make):
    lane = make.Lane()
    await lane.take(make.arrival())
    return lane


async def after(lane, arrival):
    (outcome,) = await lane.take(arrival)
    return outcome


def rejected(outcome) -> tuple[str, str]:
    (event,) = outcome.events
    assert isinstance(event, FollowUpRejected)
    assert event.portal == "sandbox"
    (problem,) = event.problems
    assert problem.remedy_vi
    assert problem.remedy_en
    return event.message_id, problem.code


async def test_the_same_supplement_counts_once_under_whatever_id(make, lane) -> None:
    first = await after(lane, make.follow_up(BROUGHT))
    again = await after(lane, make.follow_up(BROUGHT, id="message 3"))
    assert first.events == (Supplemented(documents=filed(BROUGHT.documents)),)
    assert again.events == ()
    assert again.state == first.state
    other = await after(lane, make.follow_up(OTHER, id="message 4"))
    assert other.events == (Supplemented(documents=filed(OTHER.documents)),)


async def test_what_is_asked_for_again_may_be_the_same(make, lane) -> None:
    await lane.take(make.follow_up(BROUGHT))
    asked = SupplementRequested(national_code=5, officer="officer", content="Legible, please")
    assert (await after(lane, make.moved(asked))).state.supplement == "asked"
    again = await after(lane, make.follow_up(BROUGHT, id="message 3"))
    assert again.events == (Supplemented(documents=filed(BROUGHT.documents)),)
    assert again.state.supplement == "brought"
    assert again.state.national_code == 5


async def test_a_withdrawal_is_asked_once_and_stands_when_routing_says_so(make, lane) -> None:
    asked = await after(lane, make.follow_up(BACK))
    assert asked.events == (Withdrawn(reason=BACK.reason),)
    assert (asked.state.status, asked.state.withdrawal) == ("registered", "asked")
    again = await after(lane, make.follow_up(BACK, id="message 3"))
    assert again.events == ()
    pending = await after(lane, make.follow_up(BROUGHT, id="message 4"))
    assert rejected(pending) == ("message 4", "withdrawal-pending")
    closed = await after(lane, make.moved(CLOSED))
    assert closed.events == ()
    assert (closed.state.status, closed.state.national_code) == ("withdrawn", 7)
    again = await after(lane, make.follow_up(BACK, id="message 5"))
    assert again.events == ()
    late = await after(lane, make.follow_up(BROUGHT, id="message 6"))
    assert rejected(late) == ("message 6", "application-closed")
    same = await after(lane, make.arrival(id="message 7"))
    assert same.events == ()


async def test_a_withdrawal_that_routing_does_not_let_happen_is_answered(make, lane) -> None:
    before = lane.states[make.uuid7()]
    await lane.take(make.follow_up(BACK))
    no = await after(lane, make.moved(NO))
    assert rejected(no) == ("message 2", "too-late-to-withdraw")
    assert no.state == msgspec.structs.replace(before, withdrawals_rejected=1)
    assert no.state.withdrawal == "rejected"
    assert (await after(lane, make.moved(NO, n=2))).events == ()


async def test_a_supplement_that_routing_does_not_take_is_answered_and_may_come_again(
    make, lane
) -> None:
    asked = SupplementRequested(national_code=5, officer="officer", content="Legible, please")
    await lane.take(make.moved(asked))
    await lane.take(make.follow_up(MARKED))
    no = await after(lane, make.moved(UNSUPPLIED, n=2))
    assert rejected(no) == ("message 2", "supplement-not-taken")
    assert (no.state.supplement, no.state.marked) == ("rejected", ())
    again = await after(lane, make.follow_up(MARKED, id="message 3"))
    assert isinstance(again.events[0], Supplemented)
    assert again.state.supplement == "brought"
    assert len(again.state.marked) == 1


async def test_a_supplement_that_nobody_asked_for_is_answered(make, lane) -> None:
    await lane.take(make.follow_up(BROUGHT))
    no = await after(lane, make.moved(UNSUPPLIED))
    assert rejected(no) == ("message 2", "supplement-not-taken")
    assert no.state.supplement == "rejected"
    asked = SupplementRequested(national_code=5, officer="officer", content="Legible, please")
    assert (await after(lane, make.moved(asked, n=2))).state.supplement == "asked"
    assert (await after(lane, make.moved(UNSUPPLIED, n=3))).events == ()


async def test_of_two_supplements_on_their_way_each_is_answered(make, lane) -> None:
    asked = SupplementRequested(national_code=5, officer="officer", content="Legible, please")
    await lane.take(make.moved(asked))
    await lane.take(make.follow_up(BROUGHT), make.follow_up(OTHER, id="message 3"))
    second = await after(lane, make.moved(UNSUPPLIED, n=2))
    assert rejected(second) == ("message 3", "supplement-not-taken")
    assert second.state.supplied, "the first may count"
    first = await after(lane, make.moved(UNSUPPLIED, n=3))
    assert rejected(first) == ("message 2", "supplement-not-taken")
    assert not first.state.supplied


async def test_a_supplement_that_crossed_the_end_is_told_so(make, lane) -> None:
    await lane.take(make.follow_up(BROUGHT))
    await lane.take(make.moved(RETURNED))
    over = msgspec.structs.replace(UNSUPPLIED, national_code=10)
    no = await after(lane, make.moved(over, n=2))
    assert rejected(no) == ("message 2", "application-closed")


async def test_what_is_stopped_may_be_taken_back_later(make, lane) -> None:
    await lane.take(make.follow_up(BACK))
    stopped = msgspec.structs.replace(NO, national_code=8)
    no = await after(lane, make.moved(stopped))
    assert rejected(no) == ("message 2", "withdraw-later")
    again = await after(lane, make.follow_up(BACK, id="message 3"))
    assert again.events == (Withdrawn(reason=BACK.reason),)


async def test_what_an_officer_may_not_do_is_no_business_of_the_door(make, lane) -> None:
    await lane.take(make.follow_up(BACK))
    before = lane.states[make.uuid7()]
    other = msgspec.structs.replace(NO, action="accept")
    outcome = await after(lane, make.moved(other))
    assert (outcome.state, outcome.events) == (before, ())


@pytest.mark.parametrize("ending", [RETURNED, NOT_ACCEPTED], ids=lambda e: e.TYPE)
async def test_after_the_end_nothing_follows(make, lane, ending) -> None:
    ended = await after(lane, make.moved(ending))
    assert ended.events == ()
    assert ended.state.national_code == ending.national_code
    for n, data in enumerate((BROUGHT, BACK)):
        late = await after(lane, make.follow_up(data, id=f"late {n}"))
        assert rejected(late) == (f"late {n}", "application-closed")


async def test_a_withdrawal_that_crossed_the_result_is_answered_by_routing(make, lane) -> None:
    await lane.take(make.follow_up(BACK))
    await lane.take(make.moved(RETURNED))
    no = await after(lane, make.moved(NO, n=2))
    assert rejected(no) == ("message 2", "too-late-to-withdraw")
    assert no.state.end == "returned"


async def test_routing_may_speak_of_what_intake_does_not_know(make) -> None:
    lane = make.Lane()
    for n, data in enumerate((CLOSED, NO, RETURNED), start=1):
        outcome = await after(lane, make.moved(data, n=n))
        assert (outcome.state, outcome.events) == (None, ())


def test_no_move_is_followed_that_every_application_makes_before_its_end() -> None:
    assert {t.TYPE for t in FOLLOWED} == {
        "application.supplement_requested",
        "application.not_accepted",
        "application.cancelled",
        "application.closed",
        "application.returned",
    }
    assert set(ENDINGS) < set(FOLLOWED)


UNREAD = [
    (
        SupplementSubmitted.TYPE,
        {"documents": [{"name": 1, "sha256": "x"}], "more": 1},
        [
            ("unknown-field", "/"),
            ("invalid-value", "/documents/0/name"),
            ("invalid-document-hash", "/documents/0/sha256"),
        ],
    ),
    (SupplementSubmitted.TYPE, [], [("invalid-value", "/")]),
    (WithdrawalRequested.TYPE, {"reason": 7}, [("invalid-value", "/reason")]),
]


@pytest.mark.parametrize(("kind", "data", "found"), UNREAD)
async def test_what_cannot_be_read_is_answered_with_all_that_is_wrong(
    make, lane, kind, data, found
) -> None:
    before = lane.states[make.uuid7()]
    assert kind in lane.table.answers_malformed
    outcome = await after(lane, make.unread(kind, data))
    (said,) = outcome.events
    assert said.message_id == "message 2"
    assert outcome.state == msgspec.structs.replace(before, turned_away=1)
    assert [(p.code, p.field) for p in said.problems] == found
    assert said.catalogue_version == make.CATALOGUE.version
    await lane.take(make.moved(RETURNED))
    (late,) = (await after(lane, make.unread(kind, data, id="message 3"))).events
    assert late.problems[0].code == "application-closed"
    other = await after(lane, make.unread(kind, data, source="/portals/other"))
    assert [p.code for p in other.events[0].problems] == ["unknown-application"]
