"""An operator has told again what did not reach anybody: once, and never to one who may have it."""

from datetime import UTC, datetime, time

import pytest

from services.notify.domain.again import OPENED_LIMIT
from services.notify.domain.timing import Quiet
from shared.events import notify
from shared.events.data import Consent
from shared.events.notify import AgainAsked, AgainRefused, NoticeReopened, NoticeRequested
from shared.working_time import VIETNAM

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def wish(case, milestone="registered", occasion=1):
    return case.take(
        AgainAsked(milestone=milestone, occasion=occasion, by="o-1", reason="the gateway is back"),
        "/operators/o-1",
    )


def test_who_agreed_to_it_stands_on_what_is_opened_again(failed):
    asked = AgainAsked(
        milestone="registered", occasion=1, by="o-1", reason="it works", checked_by="o-2"
    )
    opened = [e for e in failed.take(asked, "/operators/o-1") if isinstance(e, NoticeReopened)]
    assert [(e.by, e.checked_by) for e in opened] == [("o-1", "o-2")]


def because(said):
    (refused,) = said
    assert isinstance(refused, AgainRefused)
    return refused.because


@pytest.fixture
def failed(case):
    """One whose registration could not be told: the provider refused it for good."""
    case.learn("application.registered")
    case.answer(case.key("registered"), "rejected", reason="blocked")
    return case


def exhaust(case, milestone="registered"):
    while case.status(milestone) != "failed":
        case.answer(case.key(milestone), "absent")
        if case.status(milestone) == "waiting":
            case.fire(case.timers[-1])


def test_what_failed_is_asked_for_again_under_a_new_key(failed, application):
    reopened, request = wish(failed)

    assert reopened == NoticeReopened(milestone="registered", channel="sms", by="o-1")
    assert request.key == f"{application}/registered/sms/2"
    sent, *_ = failed.answer(request.key, "handed")
    assert isinstance(sent, notify.NoticeSent)
    assert failed.status("registered") == "sent"


def test_it_is_tried_as_patiently_as_the_first_time(case):
    case.learn("application.registered")
    exhaust(case)
    tried = len(list(case.requests()))
    wish(case)
    exhaust(case)
    assert len(list(case.requests())) == 2 * tried


def test_who_asks_twice_has_it_sent_once(failed):
    wish(failed)

    assert because(wish(failed)) == "under_way"
    failed.answer(failed.key("registered"), "handed")
    assert because(wish(failed)) == "told"
    assert len(list(failed.requests())) == 2


@pytest.mark.parametrize("delivered", [True, False])
def test_what_its_provider_had_is_never_sent_again(case, delivered):
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    case.receipt(case.key("registered"), delivered)

    assert because(wish(case)) == ("told" if delivered else "may_be_there")


def test_of_what_nobody_knows_nothing_is_sent_again(case):
    case.learn("application.registered")
    while case.status("registered") != "failed":
        case.answer(case.key("registered"), "unknown")
        if case.status("registered") == "in_doubt":
            case.fire(case.timers[-1])

    assert because(wish(case)) == "may_be_there"


def test_what_was_delivered_and_then_not_is_left_alone(case):
    case.learn("application.registered")
    case.receipt(case.key("registered"))
    case.receipt(case.key("registered"), delivered=False)

    assert because(wish(case)) == "may_be_there"


def test_what_is_no_longer_so_is_not_told_again(case):
    case.learn("application.registered")
    case.learn("application.accepted")
    case.answer(case.key("accepted"), "rejected", reason="blocked")
    case.learn("application.suspended")
    case.learn("application.processing")

    assert because(wish(case, "accepted")) == "no_longer_so"


def test_what_was_no_longer_so_when_it_failed_is_not_told_again(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.learn("payment.settled")
    case.answer(case.key("payment_requested"), "rejected", reason="blocked")

    assert because(wish(case, "payment_requested")) == "no_longer_so"


def test_after_its_deadline_nobody_is_asked_to_pay(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.answer(case.key("payment_requested"), "rejected", reason="blocked")
    case.at = case.at.replace(year=2027)

    assert because(wish(case, "payment_requested")) == "no_longer_so"


def test_an_occasion_that_another_took_the_place_of_is_left_alone(case):
    case.learn("application.registered")
    for _ in range(2):
        case.learn("application.supplement_requested")
        case.answer(case.key("supplement_requested"), "rejected", reason="blocked")

    assert because(wish(case, "supplement_requested", 1)) == "no_longer_so"
    reopened, request = wish(case, "supplement_requested", 2)
    assert (reopened.occasion, request.occasion) == (2, 2)


def test_who_has_it_by_another_way_is_not_told_again(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("sms", "email")
    sms, email = [r.key for r in case.requests()]
    case.answer(sms, "rejected", reason="blocked")

    assert because(wish(case)) == "under_way"
    case.answer(email, "handed")
    assert because(wish(case)) == "told"


def test_a_representative_is_told_again_though_the_citizen_has_it(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("sms", representative=("email",))
    sms, email = [r.key for r in case.requests()]
    case.answer(sms, "handed")
    case.answer(email, "rejected", reason="blocked")

    _, request = wish(case)
    assert request.channel == "email@representative"


def test_by_a_way_that_nobody_wishes_any_more_nothing_is_sent(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("sms")
    case.answer(case.key("registered"), "rejected", reason="blocked")
    case.take(notify.PreferencesChanged(channels=("email",)), "/portals/sandbox-portal")

    assert because(wish(case)) == "not_wished"


def test_a_broadcast_that_was_cancelled_is_over(case):
    case.learn("application.registered")
    told = notify.BroadcastTold(broadcast="20261120-3f9ac1d2e4")
    (request,) = case.take(told, "/operators/o-1")
    case.answer(request.key, "rejected", reason="blocked")
    case.cancelled = frozenset({request.milestone})

    assert because(wish(case, request.milestone)) == "no_longer_so"


def test_what_never_was_is_said_to_be_unknown(case):
    assert because(wish(case)) == "unknown_notice"
    case.learn("application.registered")
    assert because(wish(case, "registered", 2)) == "unknown_notice"
    assert because(wish(case, "nothing~such/at~all")) == "unknown_notice"


def test_what_was_dropped_did_not_fail(case):
    case.learn("application.registered", contact="")

    assert because(wish(case)) == "not_failed"


def test_it_is_opened_so_often_and_no_more(failed):
    for _ in range(OPENED_LIMIT):
        wish(failed)
        failed.answer(failed.key("registered"), "rejected", reason="blocked")

    assert because(wish(failed)) == "too_often"


def test_what_went_along_with_another_goes_by_itself(new_case, providers):
    case = new_case(providers=providers("email"), join_s={"email": 60.0})
    case.agree("email")
    case.learn("application.accepted")
    case.learn("application.transferred")
    case.fire(case.timers[0])
    lead = next(r for r in case.requests() if r.joined)
    case.answer(lead.key, "rejected", reason="blocked")
    (led,) = (also.milestone for also in lead.joined)

    wish(case, led)
    case.fire(case.timers[-1])
    assert [(r.milestone, r.joined) for r in case.requests()][-1] == (led, ())
    wish(case, lead.milestone)
    case.fire(case.timers[-1])
    case.answer(case.key(lead.milestone), "handed")
    assert (case.status(lead.milestone, "email"), case.status(led, "email")) == (
        "sent",
        "requested",
    )


def test_by_night_it_waits_for_the_morning(new_case):
    case = new_case(quiet=Quiet(time(20), time(8)))
    case.learn("application.registered")
    case.learn("application.accepted")
    case.answer(case.key("accepted"), "rejected", reason="blocked")
    case.at = AT.replace(hour=15)  # ten at night in Viet Nam

    assert wish(case, "accepted") == [NoticeReopened(milestone="accepted", channel="sms", by="o-1")]
    case.at = case.timers[-1].due
    assert case.at == datetime(2026, 11, 21, 8, tzinfo=VIETNAM)
    (request,) = case.fire(case.timers[-1])
    assert isinstance(request, NoticeRequested)


def test_a_contact_that_was_corrected_is_the_one_that_is_told(failed):
    failed.learn("application.registered", contact="v1.synthetic-other", notices=Consent())

    request = next(e for e in wish(failed) if isinstance(e, NoticeRequested))
    assert request.contact == "v1.synthetic-other"
