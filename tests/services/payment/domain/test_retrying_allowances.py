"""An allowance that failed is tried again: its bank is asked first, and no period is paid twice."""

import pytest

from services.payment.domain.leaving import MOVES
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementDone,
    DisbursementFailed,
    DisbursementQueryRequested,
    DisbursementRequested,
    DisbursementRetried,
    DisbursementRetryRefused,
    DisbursementWaiting,
)
from shared.events.routing import Closed
from tests.services.payment.domain.paid_out import (
    PACE,
    PARTNERS,
    answer,
    ask,
    check,
    correct,
    granted,
    key,
    kinds,
    record,
    statuses,
)
from tests.shared.callers import human


@pytest.fixture
def asked(an_office, a):
    """The allowance of a month is with the bank."""
    office = granted(an_office(partners=PARTNERS, pace=PACE), a)
    ask(office)
    return office


@pytest.fixture
def failed(asked):
    assert kinds(answer(asked, "failed")) == [DisbursementFailed]
    return asked


def retry(office, checked_by="second", number=1):
    wish = DisbursementRetried(
        disbursement=key(number),
        by="first",
        reason="why",
        principal=human("first"),
        checked_by=checked_by,
        checked_principal=human(checked_by) if checked_by else "",
    )
    return office.hear(wish)


def why_not(events):
    (refused,) = events
    assert isinstance(refused, DisbursementRetryRefused)
    return refused.because


def test_the_bank_is_asked_first_and_told_by_another_name_when_it_surely_did_not(failed):
    assert kinds(retry(failed)) == [DisbursementQueryRequested]
    (sent,) = answer(failed, "failed")

    first = failed.of(DisbursementRequested)[0]
    assert isinstance(sent, DisbursementRequested)
    assert (sent.disbursement, sent.reference) == (first.disbursement, f"{key()}.2")
    assert (sent.payee, sent.bank, sent.ending) == (first.payee, first.bank, first.ending)
    assert sent.key not in {first.key, failed.of(DisbursementQueryRequested)[0].key}
    assert kinds(answer(failed, "done", transaction="FT1")) == [DisbursementDone]
    assert statuses(failed) == ["done"]


def test_the_same_command_again_asks_nothing(failed):
    retry(failed)
    assert why_not(retry(failed)) == "not_over"
    answer(failed, "failed")
    assert why_not(retry(failed)) == "not_over"
    assert len(failed.of(DisbursementRequested)) == 2


def test_what_the_bank_says_was_paid_after_all_a_person_looks_at(failed):
    retry(failed)

    (waiting,) = answer(failed, "done", transaction="FT1")

    assert isinstance(waiting, DisbursementWaiting)
    assert (waiting.waits_for, waiting.is_doubtful) == ("person", True)
    assert why_not(retry(failed)) == "doubtful"
    assert kinds(record(failed)) == [DisbursementDone]


def test_what_came_back_is_not_taken_for_paid_because_the_bank_says_so(asked):
    answer(asked, "done", transaction="FT1")
    assert kinds(record(asked, "not_paid")) == [DisbursementFailed]
    retry(asked)

    assert kinds(answer(asked, "done", transaction="FT1")) == [DisbursementWaiting]
    assert statuses(asked) == ["by_hand"]


@pytest.mark.parametrize("finding", ["by_hand", "pending", "unknown", "deferred"])
def test_what_nobody_knows_is_not_paid_again(failed, finding):
    retry(failed)
    answer(failed, finding)

    assert len(failed.of(DisbursementRequested)) == 1


def test_who_found_that_it_was_not_paid_opens_the_way_for_another_try(failed):
    retry(failed)
    answer(failed, "by_hand")
    assert why_not(retry(failed)) == "doubtful"
    assert kinds(record(failed, "not_paid")) == [DisbursementFailed]

    retry(failed)

    assert kinds(answer(failed, "failed")) == [DisbursementRequested]


def test_one_that_waits_for_a_person_is_asked_after_and_no_more(asked):
    answer(asked, "by_hand")

    assert kinds(retry(asked)) == [DisbursementQueryRequested]
    assert kinds(answer(asked, "failed")) == [DisbursementFailed]
    assert len(asked.of(DisbursementRequested)) == 1


def test_an_older_try_that_was_paid_after_all_stops_every_other(failed):
    first = failed.of(DisbursementRequested)[0]
    correct(failed)
    check(failed)
    answer(failed, "by_hand")
    late = DisbursementAnswered(key=first.key, disbursement=key(), finding="done")

    (waiting,) = failed.hear(late)

    assert waiting.is_doubtful is True
    assert failed.hear(late) == []
    assert why_not(retry(failed)) == "doubtful"


def test_of_an_application_that_has_ended_nothing_is_paid_anew(failed):
    failed.hear(Closed(national_code=7, reason="r"))
    retry(failed)

    assert kinds(answer(failed, "failed")) == [DisbursementFailed]


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"checked_by": ""}, "unchecked"),
        ({"checked_by": "first"}, "unchecked"),
        ({"number": 7}, "unknown_disbursement"),
    ],
)
def test_it_takes_two_and_one_that_there_is(failed, given, because):
    assert why_not(retry(failed, **given)) == because
    assert failed.of(DisbursementQueryRequested) == []


def test_what_no_bank_was_told_of_cannot_be_asked_after(an_office, a):
    office = granted(an_office(pace=PACE), a)
    ask(office)

    assert why_not(retry(office)) == "unaskable"


@pytest.mark.parametrize("status", MOVES)
def test_only_what_failed_or_is_left_to_a_person_is_tried_again(status):
    is_tried = MOVES[status]["retried"] != "nothing"
    assert is_tried == (status in ("failed", "by_hand"))
