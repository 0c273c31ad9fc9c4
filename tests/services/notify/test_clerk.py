"""What is told when, one decision after the other."""

from datetime import timedelta

import pytest

from services.notify.domain import MILESTONES, MOVES, OVER, Policy
from services.notify.domain.moves import HAD, Happening, Status
from shared.events import notify
from shared.lanes.table import Timer

JOURNEY = (
    "application.registered",
    "payment.requested",
    "payment.settled",
    "application.accepted",
)


def kinds(emitted):
    return [type(e) for e in emitted]


# ---- the table


def test_the_table_covers_every_status_and_every_happening():
    assert set(MOVES) == set(Status.__args__)
    used = {h for moves in MOVES.values() for h in moves}
    assert used == set(Happening.__args__)


def test_every_status_leads_to_an_end_and_no_end_leads_back_to_trying():
    reach = {s: set(moves.values()) for s, moves in MOVES.items()}
    for _ in MOVES:
        reach = {s: r.union(*(reach[t] for t in r)) for s, r in reach.items()}
    assert all(reach[s] & OVER for s in set(MOVES) - OVER)
    assert all(reach[s] <= OVER for s in OVER)


def test_an_attempt_that_is_live_takes_every_answer():
    answers = {"handed", "rejected", "absent", "deferred", "delivered", "undelivered"}
    assert all(answers <= set(MOVES[s]) for s in ("requested", "in_doubt", "asking"))


def test_only_a_definite_no_leads_to_another_attempt():
    before_a_new_attempt = {
        h for moves in MOVES.values() for h, t in moves.items() if t == "waiting"
    }
    assert before_a_new_attempt == {"absent", "deferred"}
    assert not before_a_new_attempt & HAD


# ---- what is told


def test_the_usual_journey_has_exactly_four_notices(case):
    for type_ in JOURNEY:
        case.learn(type_)
    told = [(r.milestone, r.channel) for r in case.requests()]
    assert told == [
        ("registered", "sms"),
        ("payment_requested", "sms"),
        ("payment_settled", "sms"),
        ("accepted", "sms"),
    ]


def test_a_request_carries_the_sealed_contact_and_what_the_template_says(case, application):
    [request] = case.learn("application.registered", language="en")
    assert request == notify.NoticeRequested(
        key=f"{application}/registered/sms/1",
        milestone="registered",
        channel="sms",
        template="registered.en",
        language="en",
        contact="v1.synthetic-contact",
        params={
            "dossier_code": "G09.20-20261120-0000001",
            "submitted_at": "2026-11-20T08:00:00+00:00",
        },
    )


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_milestone_is_told_once_even_if_reached_twice(case, milestone):
    if milestone != "refused":
        case.learn("application.registered")
    reached_by = MILESTONES[milestone].reached_by.TYPE
    case.learn(reached_by)
    case.answer(case.key(milestone), "handed")
    case.learn(reached_by)
    assert [r.milestone for r in case.requests()].count(milestone) == 1


def test_what_comes_before_the_contact_waits_for_it(case):
    assert case.learn("payment.requested") == []
    assert case.learn("application.accepted") == []
    requests = case.learn("application.registered")
    assert [r.milestone for r in requests] == ["registered", "payment_requested", "accepted"]
    assert {r.params["dossier_code"] for r in requests} == {"G09.20-20261120-0000001"}


def test_nobody_is_asked_for_money_that_has_come(case):
    case.learn("payment.requested")
    [dropped] = case.learn("payment.settled")
    assert dropped == notify.NoticeDropped(
        milestone="payment_requested", channel="sms", reason="payment.settled"
    )
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "payment_settled"]


@pytest.mark.parametrize("late", ["payment.requested", "payment.settled"])
def test_nothing_is_told_after_the_application_is_closed(case, late):
    case.learn("application.registered")
    case.learn("application.closed")
    [dropped] = case.learn(late)
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "application.closed")


def test_a_closed_application_is_not_even_said_to_be_registered(case):
    case.learn("application.closed")
    [dropped] = case.learn("application.registered")
    assert (dropped.milestone, dropped.reason) == ("registered", "application.closed")


def test_a_wrong_due_date_is_not_told(case):
    case.learn("application.accepted")
    case.learn("application.supplement_requested")
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "supplement_requested"]


def test_a_result_that_was_sent_back_is_told_when_it_is_ready_again(case):
    case.learn("application.settled")
    case.learn("application.processing")
    case.learn("application.settled")
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "result_ready"]


def test_a_refusal_is_told_if_the_contact_was_readable(case):
    [request] = case.learn("application.refused")
    assert (request.template, request.contact) == ("refused.plain", "v1.synthetic-contact")


def test_a_refusal_without_a_contact_is_dropped(case):
    [dropped] = case.learn("application.refused", contact="")
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "no_contact")


# ---- what becomes of an attempt


def test_a_notice_handed_over_is_sent_and_a_receipt_makes_it_delivered(case):
    case.learn("application.registered")
    [sent] = case.answer(case.key("registered"), "handed", gateway_id="sms-1")
    assert sent == notify.NoticeSent(
        milestone="registered", channel="sms", gateway_id="sms-1", sent_at=case.at
    )
    [delivered] = case.receipt(case.key("registered"))
    assert delivered == notify.NoticeDelivered(milestone="registered", channel="sms")


def test_a_receipt_may_come_before_the_answer(case):
    case.learn("application.registered")
    assert kinds(case.receipt(case.key("registered"))) == [
        notify.NoticeSent,
        notify.NoticeDelivered,
    ]
    assert case.answer(case.key("registered"), "handed") == []
    assert case.status("registered") == "delivered"


@pytest.mark.parametrize("first", [True, False])
def test_contradicting_receipts_end_in_delivered_whatever_their_order(case, first):
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    case.receipt(case.key("registered"), delivered=first)
    case.receipt(case.key("registered"), delivered=not first)
    assert case.status("registered") == "delivered"


def test_a_message_that_never_reaches_its_device_has_failed(case):
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    [failed] = case.receipt(case.key("registered"), delivered=False)
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "undelivered")


def test_a_rejected_number_ends_the_notice_with_the_reason(case):
    case.learn("application.registered")
    [failed] = case.answer(case.key("registered"), "rejected", reason="invalid_number")
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "invalid_number")


@pytest.mark.parametrize("finding", ["absent", "deferred"])
def test_a_definite_no_brings_a_new_attempt_under_a_new_key(case, finding):
    case.learn("application.registered")
    first = case.key("registered")
    assert case.answer(first, finding) == []
    [timer] = case.timers
    assert timer.name == "notice.retry/registered/sms/1"
    assert timer.due == case.at + timedelta(seconds=Policy().retry_after_s[0])
    [again] = case.fire(timer)
    assert again.key == f"{first.rpartition('/')[0]}/2"


def test_an_unknown_outcome_is_asked_after_and_never_sent_again_blindly(case):
    case.learn("application.registered")
    key = case.key("registered")
    assert case.answer(key, "unknown") == []
    [timer] = case.timers
    [query] = case.fire(timer)
    assert query == notify.NoticeQueryRequested(key=f"{key}/ask/1", attempt_key=key, channel="sms")
    [sent] = case.answer(key, "handed")
    assert type(sent) is notify.NoticeSent


def test_a_question_without_an_answer_is_asked_again_under_its_own_key(case):
    case.learn("application.registered")
    key = case.key("registered")
    for n in (1, 2):
        case.answer(key, "unknown")
        [query] = case.fire(case.timers[-1])
        assert (query.attempt_key, query.key) == (key, f"{key}/ask/{n}")


def test_the_real_answer_overtakes_the_doubt(case):
    case.learn("application.registered")
    key = case.key("registered")
    case.answer(key, "unknown")
    case.answer(key, "handed")
    assert case.fire(case.timers[0]) == []
    assert case.status("registered") == "sent"


def test_a_question_set_for_an_earlier_attempt_is_not_put_early_for_the_next(case):
    case.learn("application.registered")
    first = case.key("registered")
    case.answer(first, "unknown")
    case.answer(first, "absent")
    asking, retrying = case.timers
    case.fire(retrying)
    case.answer(case.key("registered"), "unknown")
    assert case.fire(asking) == []
    assert case.status("registered") == "in_doubt"


def test_a_doubt_about_an_earlier_attempt_is_no_doubt_about_the_next(case):
    case.learn("application.registered")
    first = case.key("registered")
    case.answer(first, "deferred")
    case.answer(first, "unknown")
    case.fire(case.timers[0])
    case.answer(first, "unknown")
    case.answer(first, "absent")
    assert case.status("registered") == "requested"


@pytest.mark.parametrize("retried", [True, False])
def test_proof_of_an_earlier_attempt_ends_the_notice(case, retried):
    case.learn("application.registered")
    first = case.key("registered")
    case.answer(first, "absent")
    if retried:
        case.fire(case.timers[0])
    case.answer(first, "handed")
    assert case.status("registered") == "sent"
    assert case.fire(case.timers[0]) == []


def test_each_attempt_has_questions_of_its_own(new_case):
    case = new_case((1,), (20,))
    case.learn("application.registered")
    for n in (1, 2):
        case.answer(case.key("registered"), "unknown")
        [query] = case.fire(case.timers[-1])
        assert query.key.endswith(f"/registered/sms/{n}/ask/1")
        case.answer(case.key("registered"), "absent")
        if n == 1:
            case.fire(case.timers[-1])


def test_what_was_told_is_not_rewritten_by_what_comes_later(case):
    case.learn("application.registered")
    case.learn("payment.requested", amount_vnd=120_000)
    case.answer(case.key("payment_requested"), "handed")
    case.learn("payment.requested", amount_vnd=90_000)
    assert case.dossier.notices["payment_requested/sms"].params["amount_vnd"] == "120000"


def test_attempts_are_numbered_to_an_end(new_case):
    case = new_case((1, 2), (20,))
    case.learn("application.registered")
    for n in (1, 2):
        assert case.answer(case.key("registered"), "absent") == []
        assert case.timers[-1].due == case.at + timedelta(seconds=n)
        case.fire(case.timers[-1])
    [failed] = case.answer(case.key("registered"), "absent")
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "attempts_exhausted")
    assert [r.key[-1] for r in case.requests()] == ["1", "2", "3"]


def test_questions_are_numbered_to_an_end_and_nothing_is_sent_again(new_case):
    case = new_case((1,), (20,))
    case.learn("application.registered")
    case.answer(case.key("registered"), "unknown")
    case.fire(case.timers[-1])
    [failed] = case.answer(case.key("registered"), "unknown")
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "outcome_unknown")
    assert len(list(case.requests())) == 1


def test_a_receipt_knows_better_than_our_giving_up(new_case):
    case = new_case((), ())
    case.learn("application.registered")
    case.answer(case.key("registered"), "unknown")
    assert case.status("registered") == "failed"
    assert kinds(case.receipt(case.key("registered"))) == [notify.NoticeDelivered]


def test_a_notice_that_came_back_is_dropped_if_it_is_stale_by_then(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.answer(case.key("payment_requested"), "unknown")
    case.learn("payment.settled")
    assert case.status("payment_requested") == "in_doubt"
    [dropped] = case.answer(case.key("payment_requested"), "absent")
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "payment.settled")


def test_a_notice_waiting_for_its_next_attempt_is_dropped_at_once(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.answer(case.key("payment_requested"), "deferred")
    dropped = case.learn("payment.settled")[0]
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "payment.settled")
    assert case.fire(case.timers[0]) == []


def test_a_dropped_notice_that_comes_back_to_life_has_a_new_key(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.answer(case.key("payment_requested"), "deferred")
    case.learn("payment.expired")
    case.learn("payment.requested", amount_vnd=90_000)
    *_, again = case.requests()
    assert (again.key[-1], again.params["amount_vnd"]) == ("2", "90000")


@pytest.mark.parametrize(
    "key", ["", "registered", "{a}/registered/sms", "{a}/registered/sms/x", "{a}/other/sms/1"]
)
def test_an_answer_about_nothing_of_ours_changes_nothing(case, application, key):
    case.learn("application.registered")
    before = case.dossier
    assert case.answer(key.format(a=application), "handed") == []
    assert case.dossier == before


def test_an_attempt_never_made_proves_nothing(case, application):
    case.learn("application.registered")
    assert case.answer(f"{application}/registered/sms/2", "handed") == []


def test_an_answer_about_an_unknown_application_leaves_it_unknown(case, application):
    key = f"{application}/registered/sms/1"
    assert case.answer(key, "handed") == case.receipt(key) == []
    assert case.fire(Timer("notice.retry/registered/sms/1", case.at)) == []
    assert case.dossier is None
