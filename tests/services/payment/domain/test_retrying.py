"""A refund that failed is tried again: its partner is asked first, and nothing goes back twice."""

import pytest

from services.payment.domain.leaving import MOVES
from shared.events.refunds import (
    RefundAnswered,
    RefundDone,
    RefundFailed,
    RefundQueryRequested,
    RefundRequested,
    RefundRetried,
    RefundRetryRefused,
    RefundWaiting,
)
from tests.services.payment.domain.going_back import answer, kinds, statuses
from tests.shared.callers import human


@pytest.fixture
def failed(twice):
    assert kinds(answer(twice, "failed")) == [RefundFailed]
    return twice


def retry(office, checked_by="second", number=1):
    key = office.of(RefundRequested)[0].refund.rpartition(".")[0]
    wish = RefundRetried(
        refund=f"{key}.{number}",
        by="first",
        reason="why",
        principal=human("first"),
        checked_by=checked_by,
        checked_principal=human(checked_by) if checked_by else "",
    )
    return office.hear(wish)


def test_the_partner_is_asked_first_and_told_by_another_name_when_it_surely_did_not(failed):
    assert kinds(retry(failed)) == [RefundQueryRequested]
    (sent,) = answer(failed, "failed")

    first = failed.of(RefundRequested)[0]
    assert isinstance(sent, RefundRequested)
    assert (sent.refund, sent.name) == (first.refund, f"{first.refund}.2")
    assert sent.key not in {first.key, failed.of(RefundQueryRequested)[0].key}
    assert kinds(answer(failed, "done"))[:1] == [RefundDone]
    assert statuses(failed) == ["done"]


def test_what_was_done_after_all_is_not_sent_again(failed):
    retry(failed)

    assert RefundDone in kinds(answer(failed, "done"))
    assert len(failed.of(RefundRequested)) == 1


@pytest.mark.parametrize("finding", ["by_hand", "pending", "unknown", "deferred"])
def test_what_nobody_knows_is_not_sent_again(failed, finding):
    retry(failed)
    answer(failed, finding)

    assert len(failed.of(RefundRequested)) == 1


def test_one_that_fails_again_may_be_tried_again(failed):
    retry(failed)
    answer(failed, "failed")
    assert kinds(answer(failed, "failed")) == [RefundFailed]

    retry(failed)
    (sent,) = answer(failed, "failed")

    assert sent.name.endswith(".refund.1.3")


def test_an_answer_about_the_try_before_leaves_it_to_a_person(failed):
    retry(failed)
    answer(failed, "failed")
    first = failed.of(RefundRequested)[0]
    late = RefundAnswered(key=first.key, refund=first.refund, finding="done")

    assert kinds(failed.hear(late)) == [RefundWaiting]
    assert statuses(failed) == ["by_hand"]


def test_one_that_waits_for_a_person_is_asked_after_and_no_more(twice):
    answer(twice, "by_hand")

    assert kinds(retry(twice)) == [RefundQueryRequested]
    assert kinds(answer(twice, "failed")) == [RefundFailed]


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"checked_by": ""}, "unchecked"),
        ({"checked_by": "first"}, "unchecked"),
        ({"number": 7}, "unknown_refund"),
    ],
)
def test_it_takes_two_and_one_that_there_is(failed, given, because):
    (refused,) = retry(failed, **given)

    assert isinstance(refused, RefundRetryRefused)
    assert refused.because == because
    assert len(failed.of(RefundQueryRequested)) == 0


def test_what_is_under_way_or_over_is_not_tried_again(failed):
    retry(failed)
    assert retry(failed)[0].because == "not_over"
    answer(failed, "done")
    assert retry(failed)[0].because == "not_over"


def test_it_is_tried_from_these_alone():
    tried = {status for status, row in MOVES.items() if row["retried"] != "nothing"}
    assert tried == {"by_hand", "failed"}
