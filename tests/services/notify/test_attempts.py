"""What becomes of a notice: attempts, answers, doubts and receipts, in whatever order they come."""

import pytest

from services.notify.domain import Policy
from shared.events import notify
from shared.lanes.table import Timer


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
    assert [type(e) for e in case.receipt(case.key("registered"))] == [
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
    seconds = Policy().retry_after_s[0]
    assert seconds <= (timer.due - case.at).total_seconds() <= seconds * 1.2
    [again] = case.fire(timer)
    assert again.key == f"{first.rpartition('/')[0]}/2"


def test_an_unknown_outcome_is_asked_after_and_never_sent_again_blindly(case):
    case.learn("application.registered")
    key = case.key("registered")
    assert case.answer(key, "unknown") == []
    [timer] = case.timers
    [query] = case.fire(timer)
    assert query == notify.NoticeQueryRequested(
        key=f"{key}/ask/1", attempt_key=key, channel="sms", provider="sms"
    )
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
        assert n <= (case.timers[-1].due - case.at).total_seconds() <= n * 1.2
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
    assert [type(e) for e in case.receipt(case.key("registered"))] == [notify.NoticeDelivered]


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
