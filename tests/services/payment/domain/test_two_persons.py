"""Above the limit money leaves by two persons: who asked neither agrees nor records alone."""

from datetime import timedelta

import msgspec
import pytest

from services.payment.domain.draft import Pace
from shared.events.cancelling import Cancelled
from shared.events.disbursements import (
    DisbursementChecked,
    DisbursementDone,
    DisbursementFailed,
    DisbursementProposed,
    DisbursementRequested,
    DisbursementWaiting,
)
from shared.events.payment import Requested
from shared.events.refunds import (
    RefundChecked,
    RefundDone,
    RefundProposed,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)
from tests.services.payment.domain import going_back
from tests.services.payment.domain.paid_out import (
    PACE,
    PARTNERS,
    answer,
    ask,
    check,
    granted,
    key,
    kinds,
    record,
)
from tests.shared.callers import human

# ---- refunds


@pytest.fixture
def settled(an_office, a):
    """An office where every refund over 10,000 VND is checked, paid."""
    office = an_office(pace=Pace(check_over_vnd=10_000))
    office.hear(a.routed())
    office.hear(a.paid(reference=office.of(Requested)[0].reference))
    return office


def back_by_hand(office, by):
    going_back.answer(office, "by_hand")
    key = office.of(RefundProposed)[-1].refund
    return RefundDone in kinds(going_back.record(office, key, by))


def test_above_the_limit_who_asked_does_not_record_that_it_is_done(settled):
    going_back.ask(settled)
    going_back.check(settled)

    assert not back_by_hand(settled, by="maker")
    assert back_by_hand(settled, by="cashier")


def test_nor_of_a_part_by_which_the_limit_is_passed(settled):
    going_back.ask(settled, 8_000)
    assert back_by_hand(settled, by="maker"), "below it he may"

    going_back.ask(settled, 8_000)
    going_back.check(settled)
    assert not back_by_hand(settled, by="maker")


BACK = RefundProposed | RefundRequested | RefundWaiting
ROUND = {"checked_by": "checker", "checked_principal": human("checker")}


def test_who_agreed_before_it_came_has_agreed_to_it(settled):
    proposed, asked, *_ = going_back.ask(settled, **ROUND)

    assert (proposed.by, proposed.checked_by) == ("maker", "checker")
    assert isinstance(asked, RefundRequested)
    assert not back_by_hand(settled, by="maker"), "it takes two still"


@pytest.mark.parametrize(
    "changed",
    [
        {"checked_principal": human("maker")},
        {"checked_principal": ""},
        {"checked_principal": "https://id.example.test#checker"},
        {"principal": ""},
    ],
    ids=["who asked, by another name", "nobody in particular", "of another issuer", "unknown"],
)
def test_who_may_be_who_asked_has_agreed_to_nothing(settled, changed):
    proposed, waiting = going_back.ask(settled, **(ROUND | changed))

    assert proposed.checked_by == ""
    assert (type(waiting), waiting.waits_for) == (RefundWaiting, "check")


CANCELLED = Cancelled(
    national_code=3,
    officer="maker",
    reason="r",
    checked_by="checker",
    agreed_vnd=16_000,
    principal=human("maker"),
    checked_principal=human("checker"),
)


def test_who_agreed_to_the_cancelling_agreed_to_the_fee_that_goes_back(settled):
    proposed, asked = (e for e in settled.hear(CANCELLED) if isinstance(e, BACK))

    assert (proposed.amount_vnd, proposed.by, proposed.checked_by) == (16_000, "", "checker")
    assert isinstance(asked, RefundRequested)
    assert settled.hear(CANCELLED) == [], "once"


@pytest.mark.parametrize(
    "changed",
    [
        {"checked_principal": human("maker")},
        {"checked_principal": msgspec.UNSET},
        {"checked_principal": "https://id.example.test#checker"},
        {"principal": msgspec.UNSET},
        {"agreed_vnd": 15_999},
        {"agreed_vnd": msgspec.UNSET},
    ],
    ids=["by another name", "nobody", "of another issuer", "unknown", "to less", "to nothing"],
)
def test_a_cancelling_to_which_two_did_not_agree_gives_back_nothing_unseen(settled, changed):
    said = settled.hear(msgspec.structs.replace(CANCELLED, **changed))
    proposed, waiting = (e for e in said if isinstance(e, BACK))

    assert proposed.checked_by == ""
    assert (type(waiting), waiting.waits_for) == (RefundWaiting, "check")


def test_what_comes_after_the_cancelling_nobody_agreed_to(settled, a):
    settled.hear(CANCELLED)

    said = settled.hear(a.paid(reference=settled.of(Requested)[0].reference, transaction="T2"))

    proposed, waiting = (e for e in said if isinstance(e, BACK))
    assert (proposed.checked_by, type(waiting)) == ("", RefundWaiting)


def test_who_asked_does_not_agree_by_another_name(settled):
    going_back.ask(settled)

    assert going_back.check(settled, by="checker", principal=human("maker")) == []
    assert going_back.check(settled, by="checker", principal="") == []
    assert RefundRequested in kinds(going_back.check(settled))


def test_what_nobody_knows_who_asked_for_is_turned_down_and_never_agreed_to(settled):
    going_back.ask(settled, principal="")

    assert going_back.check(settled) == []
    assert kinds(going_back.check(settled, approved=False)) == [RefundRejected]


# two agree in a round, who asks for it and who agrees to it: whether the money leaves that `maker`
# asked for
PAIRS = [
    (human("first"), human("second"), True),
    (human("maker"), human("second"), True),
    (human("first"), human("maker"), True),
    (human("maker"), human("maker"), False),
    (human("first"), human("first"), False),
    (human("first"), "", False),
    ("", human("second"), False),
    (human("first"), "https://id.example.test#second", False),
]


def by_two(one, other):
    said = {"by": "first", "checked_by": "second", "approved": True, "reason": "looked at"}
    return {**said, "principal": one, "checked_principal": other}


@pytest.mark.parametrize(("one", "other", "leaves"), PAIRS)
def test_two_who_agree_in_a_round_are_two_and_not_both_who_asked(settled, one, other, leaves):
    going_back.ask(settled)
    verdict = RefundChecked(refund=settled.of(RefundProposed)[0].refund, **by_two(one, other))

    assert (kinds(settled.hear(verdict)) == [RefundRequested]) == leaves
    assert RefundRequested not in kinds(settled.hear(verdict)), "once"


@pytest.mark.parametrize(("one", "other", "leaves"), PAIRS)
def test_of_an_allowance_as_well(an_office, a, one, other, leaves):
    office = granted(an_office(partners=PARTNERS, pace=Pace(check_over_vnd=0)), a)
    ask(office)
    verdict = DisbursementChecked(disbursement=key(), **by_two(one, other))

    assert (kinds(office.hear(verdict)) == [DisbursementRequested]) == leaves
    assert DisbursementRequested not in kinds(office.hear(verdict)), "once"


# ---- allowances


@pytest.fixture
def office(an_office, a):
    """A social pension was granted: 500,000 VND a month, no more than the limit of the check."""
    return granted(an_office(partners=PARTNERS, pace=PACE), a)


@pytest.fixture
def asked(office):
    """The allowance of a month is with the bank."""
    ask(office)
    return office


def test_an_allowance_above_the_limit_is_not_recorded_as_paid_by_who_asked(an_office, a):
    office = granted(an_office(pace=Pace(check_over_vnd=0)), a)
    ask(office)
    check(office)  # no bank pays it: a person does

    assert record(office, by="maker") == []
    assert kinds(record(office, by="treasurer")) == [DisbursementDone]
    assert kinds(record(office, "not_paid", by="maker")) == [DisbursementFailed]


def test_several_months_asked_for_together_are_looked_at_as_one_sum(asked, a):
    asked.now += timedelta(days=11)  # it is December
    answer(asked, "done")
    assert kinds(ask(asked, period="2026-12")) == [DisbursementProposed, DisbursementWaiting]

    check(asked, approved=False)
    asked.now += timedelta(days=20)  # a month after the first one: as it should be
    assert kinds(ask(asked, period="2026-12")) == [DisbursementProposed, DisbursementRequested]
