"""What is pictured could have been: each scene keeps the rules by which services decide."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.operations.domain.citizen.decided import Decided, decided
from services.operations.domain.citizen.view import CitizenStatus, view
from services.routing.domain.edges import MOVES
from services.routing.domain.moves import PAID_BEFORE_ACCEPTANCE
from services.routing.domain.states import NATIONAL_CODE, Stage
from shared.catalogue import Catalogue, load
from shared.events import Data, handover, intake, payment, refunds, routing
from shared.working_time import local_day
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN, Story
from tests.services.operations.variants import EVERY

REMINDERS = routing.DueSoon | routing.Overdue | routing.AcceptanceLate | handover.ReturnLate
ENTERED = {routing.Routed: Stage.SUBMITTED, routing.NotAccepted: Stage.NOT_ACCEPTED}
# what an event of routing follows, at some time before
FOLLOWS: dict[type[Data], type[Data]] = {
    routing.Routed: intake.Registered,
    routing.Resubmitted: intake.Supplemented,
    routing.Closed: intake.Withdrawn,
    routing.CorrectionAllowed: intake.CorrectionAsked,
    routing.Apologised: routing.Overdue,
    refunds.RefundDone: refunds.RefundProposed,
    payment.ReceiptInvalidated: refunds.RefundDone,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(params=EVERY.values(), ids=EVERY)
def story(request: pytest.FixtureRequest) -> Story:
    scene: Callable[[Story], None] = request.param
    return begun(scene)


def history(story: Story) -> list[Decided]:
    return decided(story.log.entries(story.application))


def those(story: Story, *contracts: type[Any]) -> list[Any]:
    return [one.data for one in history(story) if isinstance(one.data, contracts)]


def test_each_move_is_one_that_routing_makes_and_has_its_code(story: Story) -> None:
    stands = {Stage.EXPECTED}
    for data in those(story, routing.Moved):
        if not isinstance(data, REMINDERS):
            stands = set(after(stands, type(data)))
        stands = {stage for stage in stands if NATIONAL_CODE[stage] == data.national_code}
        assert stands, data


def after(stands: set[Stage], contract: type[Data]) -> Iterator[Stage]:
    """Where this event may leave a dossier that stands at one of these."""
    for stage in stands:
        if stage is Stage.EXPECTED and contract in ENTERED:
            yield ENTERED[contract]
        yield from (edge.to for edge in MOVES[stage].values() if edge.emits is contract)


def test_nothing_comes_before_what_it_follows(story: Story) -> None:
    heard: set[type[Data]] = set()
    for one in history(story):
        needed = FOLLOWS.get(type(one.data))
        assert needed is None or needed in heard, one.data
        heard.add(type(one.data))
    kept = [one for one in those(story, routing.Suspended) if not one.officer]
    assert not kept or intake.Supplemented in heard


def test_no_date_is_missed_before_it_has_passed(story: Story) -> None:
    for at, data, _ in history(story):
        match data:
            case routing.Overdue():
                assert at > data.due
            case routing.Apologised():
                assert local_day(data.due) > max(local_day(at), local_day(data.due_before))
            case payment.Requested():
                assert at < data.expires_at


def test_what_is_to_be_paid_first_is_paid_before_acceptance(story: Story) -> None:
    owed: list[str] = []
    for data in those(story, payment.FeeAssessed, payment.Settled, routing.Accepted):
        match data:
            case payment.FeeAssessed(moment=moment):
                owed.append(moment)
            case payment.Settled(moment=moment):
                owed.remove(str(moment))
            case _:
                assert not PAID_BEFORE_ACCEPTANCE & set(owed)


def test_an_order_is_of_what_was_assessed_and_a_payment_of_an_open_order(story: Story) -> None:
    assessed, orders = list[int](), dict[str, payment.Requested]()
    for at, data, _ in history(story):
        match data:
            case payment.FeeAssessed():
                assert data.moment != "on_demand" or those(story, routing.PaymentDue)
                assessed.append(data.total_vnd)
            case payment.Requested(obligation=int() as obligation):
                assert assessed[obligation] == data.amount_vnd
                orders[data.reference] = data
            case payment.Settled():
                order = orders.pop(data.reference)
                assert (order.amount_vnd, at < order.expires_at) == (data.amount_vnd, True)


def test_of_what_was_given_back_in_whole_no_receipt_counts(story: Story, catalogue) -> None:
    money = page(story, catalogue).money
    counted_vnd = sum(r.amount_vnd for r in money.receipts if r.standing == "counts")
    assert counted_vnd == money.paid_vnd - money.given_back_vnd


def test_the_parts_are_of_the_day_of_the_whole(story: Story, catalogue) -> None:
    found = page(story, catalogue)
    for code in (found.dossier_code, *(part.dossier_code for part in found.parts)):
        assert not code or f"-{local_day(BEGAN):%Y%m%d}-" in code


def page(story: Story, catalogue: Catalogue) -> CitizenStatus:
    found = view(story.log.entries(story.application), catalogue, story.log.now)
    assert found is not None
    return found
