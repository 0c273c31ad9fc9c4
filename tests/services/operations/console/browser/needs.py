"""What needs each action, what services do about its command, and by what that shows."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from shared.clock import VIETNAM
from shared.events import Data, Event, notify, payment, refunds, routing
from shared.events import disbursements as allowances
from shared.events.cancelling import Cancelled, OperatorCancelled
from tests.services.operations import scenes
from tests.services.operations.api.edge import park
from tests.services.operations.console.browser import money
from tests.services.operations.console.browser.person import Person
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.test_dead_pages import mistaken
from tests.services.operations.console.test_money_pages import reconciled
from tests.services.operations.dead.office import event_of
from tests.services.operations.money.partners import Payment, heard
from tests.services.operations.scenes import begun
from tests.services.operations.story import Story

MATTERS = 2  # of each need
UNIT = "00004"


class Need(NamedTuple):
    """`group`: the page on which it is found; `plant` brings it about, and `service` does what a
    command says; `done` counts of how many; `vnd`: what hangs on each; `given`: what is typed.
    """

    group: str
    plant: Callable[[ConsoleEdge], Awaitable[None]]
    service: Callable[[Story, Event], None]
    done: Callable[[ConsoleEdge], int]
    vnd: int = 0
    given: Mapping[str, str] = {}
    comes: Callable[[Person, str], Awaitable[None]] = Person.picks  # to the form
    goes_on: Callable[[ConsoleEdge], Awaitable[None]] | None = None  # what is heard in the meantime


def planted(scene: Callable[[Story], None]) -> Callable[[ConsoleEdge], Awaitable[None]]:
    """Return what has applications come to this."""

    async def plant(edge: ConsoleEdge) -> None:
        for n in range(1, MATTERS + 1):
            await edge.read(begun(scene, n))

    return plant


def decided(contract: type[Data]) -> Callable[[ConsoleEdge], int]:
    """Return what counts the applications of which this was decided once."""

    def done(edge: ConsoleEdge) -> int:
        found = [s.log.entries(s.application) for s in edge.stories.values()]
        return [[e.type for e in some].count(contract.TYPE) for some in found].count(1)

    return done


# ---- what a service holds


def held(story: Story) -> None:
    scenes.fee_due(story)
    park(story)


def decides_again(story: Story, event: Event) -> None:
    """What was held is held no more: the command itself says so."""
    del story, event


# ---- a notice that reached nobody


def unreached(story: Story) -> None:
    scenes.submitted(story)
    lost = notify.NoticeFailed(milestone="accepted", channel="sms", reason="blocked")
    story.decide("notify", story.submitted(), lost)


def tells(story: Story, event: Event) -> None:
    """Notify hands it over, and the gateway takes it."""
    said = money.told(event, notify.AgainAsked)
    again = notify.NoticeReopened(milestone=said.milestone, channel="sms", by=said.by)
    (reopened,) = story.decide("notify", event, again)
    story.told(reopened, said.milestone)


# ---- dossiers


def unrouted(story: Story) -> None:
    choice = routing.ChoiceNeeded(
        national_code=1, candidates=(UNIT, "00008"), reason="the ward was divided"
    )
    story.decide("routing", story.registered(), choice)


def routes(story: Story, event: Event) -> None:
    assert money.told(event, routing.UnitChosen).competent_unit == UNIT
    story.routed(event)


def late(story: Story) -> None:
    scenes.processing(story)
    story.log.pass_time(days=7)
    overdue = routing.Overdue(national_code=4, competent_unit=UNIT, due=scenes.DUE)
    scenes.act(story, overdue)


def apologises(story: Story, event: Event) -> None:
    said = money.told(event, routing.OfficerApologised)
    new = datetime.combine(said.new_due, datetime.max.time().replace(microsecond=0), VIETNAM)
    by = {"officer": said.officer, "reason": said.note, "checked_by": said.checked_by}
    dates = {"due_before": scenes.DUE, "due": new}
    story.decide("routing", event, routing.Apologised(national_code=4, **dates, **by))


def cancels(story: Story, event: Event) -> None:
    """Routing ends it, and payment has its money given back."""
    said = money.told(event, OperatorCancelled)
    why = {"officer": said.officer, "reason": said.note, "checked_by": said.checked_by}
    (ended,) = story.decide("routing", event, Cancelled(national_code=3, **why))
    by = {"reason": "cancelled", "by": "", "checked_by": said.checked_by}
    back = refunds.RefundProposed(**money.back(story), **by)
    story.decide("payment", ended, back, refunds.RefundRequested(**money.call(story, 1)))


# ---- what is of no application


async def breaks(edge: ConsoleEdge) -> None:
    story = await edge.read(begun(scenes.fee_due))
    edge.payment = Payment(story.log)
    await reconciled(edge, story)
    await edge.payment.act()


async def tick_some(person: Person, action: str) -> None:
    await person.picks(action, ticks=MATTERS)


async def payment_acts(edge: ConsoleEdge) -> None:
    assert edge.payment
    await edge.payment.act()
    await heard(edge.store, edge.payment.log)


def closed(edge: ConsoleEdge) -> int:
    """How many breaks were closed since; one was so before."""
    assert edge.payment
    topic = "payment.reconciliation"
    said = [event_of(r).type for r in edge.payment.log.records if r.topic == topic]
    return said.count("reconciliation.break_closed") - 1


async def aside(edge: ConsoleEdge) -> None:
    await mistaken(edge, MATTERS)


async def follow_to_round(person: Person, _: str) -> None:
    """The group's own page leads to a round of it."""
    await person.page.click("main table a")
    await person.page.click("a[href*='rounds/new/redrive']")
    await person.page.wait_for_selector("#reason")


async def routing_decides(edge: ConsoleEdge) -> None:
    """Routing reads what was sent again, and once it has all of it decides."""
    await edge.set_aside()
    taken = [*map(event_of, (r for r in edge.office.log.records if r.topic == "routing.inbox"))]
    if len(taken) == 2 * MATTERS and not edge.stories:
        for n, event in enumerate(taken[MATTERS:], 1):
            story = edge.stories[event.subject] = Story(edge.office.log, n)
            accepted = routing.Accepted(national_code=2, officer="o-7", due=scenes.DUE)
            story.decide("routing", event, accepted)
        await edge.set_aside()


NEEDS: Mapping[str, Need] = {
    "release": Need(
        *("stuck/payment/held", planted(held), decides_again),
        lambda edge: len(edge.published),
    ),
    "ask_partner": Need(
        *(
            "stuck/payment/partner_silent",
            planted(money.silent),
            money.asks,
            decided(payment.Settled),
        ),
        vnd=50_000,
    ),
    "send_again": Need(
        *("stuck/notify/notice_failing", planted(unreached), tells),
        decided(notify.NoticeReopened),
    ),
    "give_back": Need(
        *("stuck/payment/wrong_amount", planted(money.mismatched), money.gives_back),
        decided(refunds.RefundDone),
        vnd=9_000,
    ),
    "retry_refund": Need(
        *("stuck/payment/refund_failed", planted(money.not_given_back), money.tries_refund),
        decided(refunds.RefundDone),
        vnd=50_000,
    ),
    "approve_refund": Need(
        *(
            "stuck/payment/refund_waits?which=all",
            planted(money.refund_unchecked),
            money.refunds_checked,
        ),
        decided(refunds.RefundDone),
        vnd=50_000,
    ),
    "approve_allowance": Need(
        *(
            "stuck/payment/allowance_waits?which=all",
            planted(money.allowance_unchecked),
            money.pays,
        ),
        decided(allowances.DisbursementDone),
        vnd=500_000,
    ),
    "retry_allowance": Need(
        *("stuck/payment/allowance_failed", planted(money.not_paid), money.tries_allowance),
        decided(allowances.DisbursementDone),
        vnd=500_000,
    ),
    "reassign_unit": Need(
        *("stuck/routing/needs_choice", planted(unrouted), routes, decided(routing.Routed)),
        given={"to_unit": UNIT},
    ),
    "extend_deadline": Need(
        *("stuck/processing/in_processing", planted(late), apologises),
        decided(routing.Apologised),
        given={"working_days": "3"},
    ),
    "cancel": Need(
        *("stuck/processing/in_processing?which=all", planted(scenes.processing), cancels),
        decided(Cancelled),
        vnd=50_000,
    ),
    "mark_reconciled": Need(
        *("stuck/payment/reconciliation_break?which=all", breaks, decides_again, closed),
        comes=tick_some,
        goes_on=payment_acts,
    ),
    "redrive": Need(
        *("dead", aside, decides_again, lambda edge: len(edge.office.taken)),
        comes=follow_to_round,
        goes_on=routing_decides,
    ),
}
