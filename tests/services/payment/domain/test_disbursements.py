"""An allowance is paid out once for a period, never more than granted, and asked after for ever."""

from datetime import timedelta
from typing import get_args

import pytest

from services.payment.domain.disbursements import DEEDS
from services.payment.domain.draft import Pace
from services.payment.domain.leaving import Deed
from services.payment.domain.standing import standing
from services.payment.domain.terms import payer
from shared.events.disbursements import (
    DisbursementDone,
    DisbursementFailed,
    DisbursementProposed,
    DisbursementQueryRequested,
    DisbursementRejected,
    DisbursementRequested,
    DisbursementWaiting,
)
from shared.events.routing import Closed
from tests.services.payment.domain.paid_out import (
    ABLE,
    FUNERAL,
    MONTH,
    OTHER,
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
from tests.services.payment.office import APPLICATION, NOW


@pytest.fixture
def office(an_office, a):
    """A social pension was granted: 500,000 VND a month, no more than the limit of the check."""
    return granted(an_office(partners=PARTNERS, pace=PACE), a)


@pytest.fixture
def asked(office):
    """The allowance of a month is with the bank."""
    ask(office)
    return office


def test_every_deed_is_there():
    assert set(DEEDS) == set(get_args(Deed))


# ---- what may be asked for


def test_an_allowance_goes_to_the_payees_own_bank_where_that_pays(office):
    proposed, requested = ask(office)

    assert (proposed.by, proposed.decision, proposed.amount_vnd) == ("maker", "QĐ 12/2026", 500_000)
    assert isinstance(requested, DisbursementRequested)
    assert (requested.partner, requested.reference) == ("song-hong", key())
    assert (requested.payee, requested.ending) == ("v1.sealed", "0101")
    assert standing(office.state) == "moving"


def test_else_it_goes_to_the_first_bank_that_pays(office):
    assert ask(office, bank="970405")[-1].partner == "cuu-long"
    assert payer([ABLE, OTHER], "970436", 10**13, NOW) is None


def test_without_a_bank_that_pays_a_person_does(an_office, a):
    office = granted(an_office(), a)
    assert kinds(ask(office)) == [DisbursementProposed, DisbursementWaiting]
    assert statuses(office) == ["by_hand"]

    (done,) = record(office)
    assert (done.partner, done.reference, done.transaction, done.by) == (
        "",
        "",
        "FT9",
        "treasurer",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": 500_001},
        {"amount_vnd": 0},
        {"period": "2026-10"},  # before the application
        {"period": "2026-12"},  # not yet
        {"period": "2026-13"},
        {"period": "once"},
        {"period": ""},
    ],
)
def test_no_more_than_is_granted_and_for_no_other_month(office, changes):
    assert ask(office, **changes) == []


def test_each_month_is_paid_once(asked):
    assert ask(asked) == []
    answer(asked, "done", transaction="FT1")
    assert ask(asked) == []

    asked.now += timedelta(days=31)
    assert DisbursementRequested in kinds(ask(asked, period="2026-12"))
    assert ask(asked, period="2026-12", amount_vnd=1) == []


def test_what_is_paid_once_has_one_period(an_office, a):
    office = granted(an_office(partners=PARTNERS, pace=Pace(check_over_vnd=10**9)), a, FUNERAL)
    assert ask(office, period=MONTH) == []
    assert DisbursementRequested in kinds(ask(office, period="once", amount_vnd=10_000_000))
    assert ask(office, period="once", amount_vnd=1) == []


def test_a_procedure_that_pays_nothing_keeps_nothing(an_office, a):
    office = granted(an_office(partners=PARTNERS), a, procedure="2.000635")
    assert not office.state.is_accepted
    assert ask(office) == []


def test_what_is_not_accepted_or_withdrawn_is_not_paid(an_office, a):
    office = an_office(partners=PARTNERS)
    office.hear(a.routed(procedure="1.014027"))
    assert ask(office) == []
    office.hear(a.accepted())
    office.hear(Closed(national_code=7, reason="r"))
    assert ask(office) == []


# ---- a second person


@pytest.fixture
def dear(an_office, a):
    """One over the limit waits for a second person."""
    office = granted(an_office(partners=PARTNERS, pace=Pace(check_over_vnd=499_999)), a)
    ask(office)
    return office


def test_over_the_limit_a_second_person_has_to_agree(dear):
    assert kinds(dear.events)[-2:] == [DisbursementProposed, DisbursementWaiting]
    assert check(dear, by="maker") == []

    assert kinds(check(dear)) == [DisbursementRequested]
    assert check(dear) == []


def test_what_a_second_person_turns_down_may_be_asked_for_anew(dear):
    (rejected,) = check(dear, approved=False)
    assert isinstance(rejected, DisbursementRejected)
    assert standing(dear.state) == "resting"

    assert kinds(ask(dear)) == [DisbursementProposed, DisbursementWaiting]
    assert statuses(dear) == ["rejected", "waiting_for_check"]


def test_what_was_withdrawn_meanwhile_is_not_agreed_to(dear):
    dear.hear(Closed(national_code=7, reason="r"))
    assert check(dear) == []
    assert kinds(check(dear, approved=False)) == [DisbursementRejected]


# ---- the bank


def test_it_is_done_when_the_bank_says_so(asked):
    (done,) = answer(asked, "done", transaction="FT1")
    assert isinstance(done, DisbursementDone)
    assert done.unit, "which received the application"
    assert (done.partner, done.transaction, done.by) == ("song-hong", "FT1", "")
    assert standing(asked.state) == "resting"
    assert answer(asked, "done", transaction="FT1") == []


@pytest.mark.parametrize("finding", ["pending", "unknown"])
def test_what_nobody_knows_is_asked_after_and_never_sent_again(asked, finding):
    assert answer(asked, finding) == []
    for _ in range(Pace().ask_limit - 1):
        (question,) = asked.ring()
        assert isinstance(question, DisbursementQueryRequested)
        assert question.reference == key()
        answer(asked, "unknown")

    assert statuses(asked) == ["by_hand"]
    assert kinds(asked.events)[-1] is DisbursementWaiting
    assert len(asked.of(DisbursementRequested)) == 1


def test_what_was_not_sent_is_sent_later_as_the_same(asked):
    answer(asked, "deferred")
    (again,) = asked.ring()

    assert isinstance(again, DisbursementRequested)
    assert (again.reference, again.asked_at) == (key(), NOW)
    assert again.key == f"{APPLICATION}/disbursement/1/1/2"
    assert answer(asked, "done", transaction="FT1")


def test_a_late_answer_to_an_earlier_call_of_the_same_try_counts(asked):
    first = asked.of(DisbursementRequested)[0].key
    answer(asked, "unknown")
    asked.ring()

    assert answer(asked, "failed", key=first) == [], "the question is under way"
    assert kinds(answer(asked, "done", key=first)) == [DisbursementDone]


# ---- what failed


@pytest.fixture
def failed(asked):
    """The bank refused it: the account is closed."""
    answer(asked, "failed", code="RJCT/AC04")
    return asked


def test_what_the_bank_refused_waits_for_another_account(failed):
    (said,) = failed.of(DisbursementFailed)
    assert (said.code, said.by, said.ending) == ("RJCT/AC04", "", "0101")
    assert standing(failed.state) == "moving"
    assert ask(failed) == [], "its period is taken all the same"


def test_another_account_is_another_try_and_always_looked_at(failed):
    assert kinds(correct(failed, by="corrector")) == [DisbursementWaiting]
    assert check(failed, by="corrector") == []
    (again,) = check(failed)

    assert (again.reference, again.payee, again.ending) == (f"{key()}.2", "v1.other", "0202")
    assert again.key == f"{APPLICATION}/disbursement/1/2/1"
    (done,) = answer(failed, "done", transaction="FT2")
    assert (done.reference, done.ending) == (f"{key()}.2", "0202")


def test_only_what_surely_failed_is_tried_again(asked):
    assert correct(asked) == []
    answer(asked, "unknown")
    assert correct(asked) == []
    answer(asked, "done")
    assert correct(asked) == []


def test_a_bank_that_says_done_after_it_said_failed_leaves_it_to_a_person(failed):
    assert kinds(answer(failed, "done")) == [DisbursementWaiting]
    assert correct(failed) == [], "nobody sends it a second time"
    assert kinds(record(failed)) == [DisbursementDone]


def test_so_does_one_that_says_it_of_an_earlier_account(failed):
    correct(failed)
    assert kinds(answer(failed, "done")) == [DisbursementWaiting]
    assert check(failed) == []
    assert len(failed.of(DisbursementRequested)) == 1


# ---- people


@pytest.mark.parametrize("finding", ["unknown", "by_hand"])
def test_a_person_who_knows_says_whether_it_was_paid(asked, finding):
    answer(asked, finding)
    assert kinds(record(asked, "not_paid")) == [DisbursementFailed]
    assert record(asked, "not_paid") == []
    assert kinds(correct(asked)) == [DisbursementWaiting]


def test_what_came_back_is_recorded_and_tried_again(asked):
    answer(asked, "done", transaction="FT1")
    (back,) = record(asked, "not_paid")
    assert (back.code, back.by) == ("not_paid", "treasurer")

    correct(asked)
    check(asked)
    answer(asked, "done", transaction="FT2")
    assert [d.transaction for d in asked.of(DisbursementDone)] == ["FT1", "FT2"]
    assert asked.state.disbursements[0].transaction == "FT2"


def test_what_the_bank_has_is_not_recorded_by_hand(asked):
    assert record(asked) == []
    assert record(asked, "not_paid") == []


def test_one_of_another_application_is_unknown_here(asked):
    other = "019aa0a5-b1c0-7d3e-8f4a-000000000404.disbursement.1"
    assert answer(asked, "done", disbursement=other) == []
    assert answer(asked, "done", disbursement=key(9)) == []
