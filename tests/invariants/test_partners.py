"""What happened with a partner is counted in payment's log and in the partner's own books."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from deploy.audit.evidence import Evidence, Payment
from shared.partners import LIMITS
from tests.invariants.faults import CAME_BACK, LET_ALONE, Fault
from tests.invariants.partners import (
    LATE_MS,
    ledgers,
    not_given_back,
    of_partners,
    unheard,
    wrongly_cancelled,
)
from tests.invariants.paying import BY_NAME, PARTNERS
from tests.invariants.test_counting import APPLICATION, event, nothing, with_records

ONE, OTHER = PARTNERS[0].name, PARTNERS[1].name
ORDER = {"partner": ONE, "reference": "R1", "transaction": "T1", "amount_vnd": 10_000}


def having(topic: str, *said: tuple[str, dict[str, Any]], second: int = 0) -> Evidence:
    """Return evidence of messages of these types, one second after the other."""
    events = [
        event(type_, str(n), msgspec.json.encode(ORDER | data))
        for n, (type_, data) in enumerate(said)
    ]
    return with_records(nothing(), topic, *events, second=second).evidence


def count(evidence: Evidence, kind: str) -> int:
    whom = BY_NAME[ONE].family if kind == CAME_BACK else ONE
    return list(of_partners(evidence)).count(Fault(kind, whom))


def outcomes(*findings: str) -> Evidence:
    return having("payment.inbox", *(("payment.queried", {"finding": f, "key": "k"})
                                     for f in findings))  # fmt: skip


def test_what_is_settled_and_declined_and_given_back_counts_for_its_partner() -> None:
    evidence = having(
        "payment.events",
        ("payment.settled", {}),
        ("payment.failed", {"reason": "declined"}),
        ("payment.failed", {"reason": "not_created"}),
        ("refund.done", {"partner": OTHER}),
    )
    assert [count(evidence, k) for k in ("paid", "declined", "gave back")] == [1, 1, 0]


def test_an_order_paid_twice_and_one_paid_with_another_amount_are_seen_in_the_books() -> None:
    twice = [Payment("R1", "T1", 5, ONE), Payment("R1", "T2", 5, ONE), Payment("R2", "T3", 5, ONE)]
    odd = [Payment("R3", "T4", 5, ONE), Payment("R3", "T5", 6, ONE)]
    evidence = replace(nothing().evidence, paid=[*twice, *odd])
    assert count(evidence, "paid twice") == 1
    assert count(evidence, "another amount came") == 1
    [first, *_] = ledgers(evidence, {})
    assert (first.partner, first.payments, first.paid_vnd) == (ONE, 5, 26)


def test_money_is_found_by_asking_if_no_call_told_of_it_before() -> None:
    asked, told = ("payment.queried", {"finding": "paid", "key": "k"}), (
        "payment.notified", {"finding": "paid"})  # fmt: skip
    assert count(having("payment.inbox", asked, told), "found out by asking") == 1
    assert count(having("payment.inbox", told, asked), "found out by asking") == 0


def test_a_call_long_after_its_order_is_late() -> None:
    opened = having("payment.events", ("payment.requested", {}))
    for second, times in ((1, 0), (LATE_MS // 1_000 + 1, 1)):
        told = having("payment.inbox", ("payment.notified", {"finding": "paid"}), second=second)
        evidence = replace(opened, log={**opened.log, "payment.inbox": told.log["payment.inbox"]})
        assert count(evidence, "told much later") == times


def test_who_is_called_in_vain_is_let_alone_and_comes_back() -> None:
    in_vain = ["unknown"] * LIMITS.failures
    gone = outcomes(*in_vain, "deferred", "deferred")
    assert [count(gone, kind) for kind in (LET_ALONE, CAME_BACK)] == [2, 0]
    back = outcomes(*in_vain, "deferred", "not_found")
    assert [count(back, kind) for kind in (LET_ALONE, CAME_BACK)] == [1, 1]
    busy = outcomes(*in_vain[1:], "deferred", "not_found")
    assert [count(busy, kind) for kind in (LET_ALONE, CAME_BACK)] == [0, 0]


@pytest.mark.parametrize(
    ("status", "is_over"),
    [("done", True), ("rejected", True), ("unknown", False), ("by_hand", False)],
)
def test_a_refund_that_came_to_no_end_is_told_of(status: str, is_over: bool) -> None:
    def row(status: str) -> dict[str, Any]:
        refund = {"number": 1, "partner": ONE, "status": status, "calls": 3}
        return {"application": "a", "state": msgspec.json.encode({"refunds": [refund]})}

    journals = {"payment": [row("requested"), row(status)]}  # the last version counts
    told = not_given_back(replace(nothing().evidence, journals=journals))
    assert told == ([] if is_over else [f"a: refund 1 at {ONE} is still {status}, after 3 calls"])


@pytest.mark.parametrize(
    ("back", "kept_vnd"),
    [
        ([("refund.done", 10_000)], 0),
        ([("refund.done", 4_000), ("refund.rejected", 6_000)], 0),
        ([("refund.done", 4_000)], 6_000),
        ([("refund.proposed", 10_000)], 10_000),
    ],
)
def test_money_of_what_was_cancelled_goes_back_or_somebody_turned_it_down(
    back: list[tuple[str, int]], kept_vnd: int
) -> None:
    said = [(type_, {"amount_vnd": vnd}) for type_, vnd in back]
    paid = having("payment.events", ("payment.settled", {}), *said)
    assert wrongly_cancelled(paid) == [], "it goes on"
    ended = having("routing.events", ("application.cancelled", {}))
    both = replace(paid, log={**paid.log, "routing.events": ended.log["routing.events"]})
    told = [f"{APPLICATION} was cancelled, and {kept_vnd} đồng of T1 are kept"]
    assert wrongly_cancelled(both) == (told if kept_vnd else [])


def test_what_is_cancelled_twice_is_told_of() -> None:
    twice = having("routing.events", *[("application.cancelled", {})] * 2)
    assert wrongly_cancelled(twice) == [f"{APPLICATION} was cancelled 2 times"]


def test_who_is_never_asked_and_gave_up_telling_us_is_told_of() -> None:
    mute = next(row.name for row in PARTNERS if row.family == "sepay")
    befell = {(ONE, "given_up"): 1, (mute, "given_up"): 2, (mute, "late"): 1}
    told = unheard(replace(nothing().evidence, befell=befell))
    assert told == [f"{mute} gave up 2 of its calls, and nobody asks it"]


def test_what_befell_calls_is_told_by_the_sandbox() -> None:
    evidence = replace(nothing().evidence, befell={(ONE, "forged"): 2, (OTHER, "late"): 1})
    assert count(evidence, "forged calls") == 2
    assert count(evidence, "called late") == 0
