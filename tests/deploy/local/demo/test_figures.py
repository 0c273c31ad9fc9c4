"""What is told in the end is counted from the evidence, each thing once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy.local.demo import figures

ONE = "0198c0de-0000-7000-8000-000000000001"
TWO = "0198c0de-0000-7000-8000-000000000002"
THREE = "0198c0de-0000-7000-8000-000000000003"
SMS = {"channel": "sms"}


def settled(log: Any, reference: str, transaction: str, amount_vnd: int) -> None:
    log.decided("payment.requested", reference=reference, amount_vnd=amount_vnd)
    log.decided(
        "payment.settled", reference=reference, transaction=transaction, amount_vnd=amount_vnd
    )
    log.moved(reference, transaction, amount_vnd)


def test_money_is_summed_by_kind_and_matched_with_the_banks_books(log: Any) -> None:
    settled(log, "R1", "T1", 30_000)
    log.decided("receipt.issued", number="R1-P", kind="fee", amount_vnd=20_000)
    log.decided("receipt.issued", number="R1-L", kind="charge", amount_vnd=10_000)
    log.decided("payment.overpaid", reference="R1", transaction="T2", amount_vnd=30_000)
    log.moved("R1", "T2", 30_000)
    log.decided("payment.mismatched", reference="R2", transaction="T3", amount_vnd=1)
    log.moved("R2", "T3", 1)

    money = figures.money(log.evidence())

    assert (money.orders, money.settlements, money.settled_vnd) == (1, 1, 30_000)
    assert money.receipts == {"fee": 20_000, "charge": 10_000}
    assert money.receipts_vnd == money.settled_vnd
    assert (money.overpaid, money.overpaid_vnd) == (1, 30_000)
    assert (money.mismatched, money.mismatched_vnd) == (1, 1)
    assert (money.moved, money.moved_vnd, money.matched) == (3, 60_001, 3)


def test_money_that_only_the_bank_knows_of_is_not_matched(log: Any) -> None:
    settled(log, "R1", "T1", 30_000)
    log.moved("R9", "T9", 5)
    log.moved("R1", "T1", 30_001)  # another amount is another thing

    money = figures.money(log.evidence())

    assert (money.moved, money.matched) == (3, 1)


def test_an_event_that_a_zombie_published_again_counts_once(log: Any) -> None:
    settled(log, "R1", "T1", 30_000)
    log.again("payment.events")
    assert figures.money(log.evidence()).settlements == 1


def test_queries_and_callbacks_without_an_order_are_counted(log: Any) -> None:
    for finding in ("paid", "not_found", "paid"):
        log.said("payment.inbox", "payment.queried", finding=finding)
    log.said("payment.inbox.dead", "record.dead")
    log.again("payment.inbox.dead")  # the bank called again

    money = figures.money(log.evidence())

    assert money.queries == {"paid": 2, "not_found": 1}
    assert (money.found_by_query, money.early) == (2, 1)


def test_a_notice_counts_once_as_it_stands_last(log: Any) -> None:
    for type_ in ("notice.requested", "notice.sent", "notice.delivered"):
        log.decided(type_, milestone="accepted", **SMS)
    log.decided("notice.requested", TWO, milestone="accepted", **SMS)
    log.decided("notice.dropped", TWO, milestone="registered", **SMS)

    found = {n.milestone: n.outcomes for n in figures.notices(log.evidence())}

    assert found == {"registered": {"dropped": 1}, "accepted": {"delivered": 1, "requested": 1}}


def test_notices_are_counted_by_way_whoever_is_told(log: Any) -> None:
    for way in ("sms", "app", "app@representative"):
        log.decided("notice.requested", milestone="accepted", channel=way)
        log.decided("notice.sent", milestone="accepted", channel=way)
    assert figures.ways(log.evidence()) == {"sms": 1, "app": 2}


def test_a_dossier_stands_where_its_last_code_says(log: Any) -> None:
    log.decided("application.routed", national_code=1)
    log.decided("application.accepted", national_code=2)
    log.decided("application.routed", TWO, national_code=1)
    log.decided("routing.action_rejected", TWO, national_code=0)
    assert figures.states(log.evidence()) == {1: 1, 2: 1}


def test_latencies_come_from_the_times_of_first_events(log: Any) -> None:
    for application, took_s in ((ONE, 1.0), (TWO, 3.0)):
        log.said("portal.submissions", "application.submitted", application)
        log.decided("application.registered", application, at_s=took_s)
    log.said("portal.submissions", "application.submitted", ONE, at_s=0.9)  # again

    [latency] = figures.latencies(log.evidence())

    assert latency == ("submitted → registered", "", 2, 1.0, 3.0)


def test_a_declined_callback_ends_no_wait_for_money(log: Any) -> None:
    said = {"partner": "vnpay", "reference": "R1", "transaction": "0", "amount_vnd": 1, "code": ""}
    log.decided("payment.requested", reference="R1", amount_vnd=1)
    log.said("payment.inbox", "payment.notified", at_s=1, finding="failed", **said)
    log.said("payment.inbox", "payment.notified", at_s=5, finding="paid", **said)
    [latency] = figures.latencies(log.evidence())
    assert latency.p50_s == 5.0


def test_the_application_to_look_at_was_returned_and_paid_with_a_detour(log: Any) -> None:
    for application in (ONE, TWO):
        log.decided("application.registered", application)
        log.decided("payment.settled", application, reference="R", transaction="T", amount_vnd=1)
        log.decided("application.returned", application, national_code=10)
    log.decided("application.supplement_requested", TWO, national_code=5)
    assert figures.most_telling(log.evidence()) == TWO


def test_of_those_returned_the_one_told_by_most_ways_is_looked_at(log: Any) -> None:
    log.decided("application.registered", notices={"channels": ["sms", "email"]})
    log.decided("application.returned", national_code=10)
    log.decided("application.registered", TWO)
    log.decided("payment.settled", TWO, reference="R", transaction="T", amount_vnd=1)
    log.decided("application.returned", TWO, national_code=10)
    many = {"channels": ["sms", "email"], "representative": ["app"]}
    log.decided("application.registered", THREE, notices=many)  # and is not over
    assert figures.most_telling(log.evidence()) == ONE


def test_of_an_empty_log_there_is_nothing_to_tell(log: Any) -> None:
    evidence = log.evidence()
    assert figures.most_telling(evidence) == ""
    assert figures.latencies(evidence) == []
    assert figures.notices(evidence) == []
    assert figures.money(evidence).moved == 0


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_are_not_above(
    values: list[float], percent: int
) -> None:
    ordered = sorted(values)
    found = figures.percentile(ordered, percent)
    assert found in values
    assert sum(v <= found for v in values) >= len(values) * percent / 100
    assert sum(v < found for v in values) < len(values) * percent / 100
