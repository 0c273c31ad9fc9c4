"""Latencies by the log's clock: what counts, what does not, and what is seen to be missing."""

from random import Random

from deploy.sandbox.portal import uuid7
from tests.load.journeys import ACCEPTED, NOTIFIED, REQUESTED, SUBMITTED, Journeys, Outcome

BEGAN_S, ENDED_S = 1_000.0, 1_010.0
DUE_MS = 1_005_000
Heard = tuple[str, int, bytes, bytes]


def journey(n: int = 0, due_ms: int = DUE_MS) -> list[Heard]:
    """A journey of 900 ms, of which the bank took 200."""
    key = uuid7(due_ms, Random(n)).encode()
    return [
        ("portal.submissions", due_ms + 10, key, b"{" + SUBMITTED + b"}"),
        ("payment.events", due_ms + 400, key, b"{" + REQUESTED + b"}"),
        ("payment.inbox", due_ms + 600, key, b"{" + NOTIFIED + b"}"),
        ("routing.events", due_ms + 900, key, b"{" + ACCEPTED + b"}"),
    ]


def outcome(*records: Heard) -> Outcome:
    journeys = Journeys()
    for record in records:
        journeys.hear(*record)
    return journeys.outcome(BEGAN_S, ENDED_S)


def test_the_time_the_bank_took_is_not_ours() -> None:
    found = outcome(*journey())
    assert found.latency_ms == [700]
    assert found.whole_ms == [900]
    assert found.pay_ms == [200]


def test_latency_counts_from_when_it_was_due_however_late_it_was_sent() -> None:
    late = [(topic, at + 5_000, key, value) for topic, at, key, value in journey()]
    assert outcome(*late).latency_ms == [5_700]


def test_what_comes_again_later_changes_nothing() -> None:
    again = [(topic, at + 9_000, key, value) for topic, at, key, value in journey()]
    assert outcome(*journey(), *again) == outcome(*journey())


def test_a_dropped_acceptance_is_an_application_lost() -> None:
    whole = [record for n in range(20) for record in journey(n)]
    planted = [r for r in whole if r != journey(7)[-1]]
    assert outcome(*whole).completed == 20
    found = outcome(*planted)
    assert (found.submitted, found.completed) == (20, 19)
    assert found.unfinished == [journey(7)[0][2].decode()]


def test_what_was_due_before_the_measurement_does_not_count() -> None:
    found = outcome(*journey(1), *journey(2, int(BEGAN_S * 1000) - 1))
    assert (found.submitted, found.completed) == (1, 1)


def test_an_event_of_another_type_is_no_acceptance() -> None:
    *rest, (topic, at, key, _) = journey()
    assert outcome(*rest, (topic, at, key, b'{"type":"application.routed"}')).completed == 0


def test_an_application_that_owed_nothing_has_no_pay_time() -> None:
    submitted, _, _, accepted = journey()
    assert outcome(submitted, accepted).latency_ms == [900]


def test_the_rate_is_that_between_the_first_and_the_last() -> None:
    records = [r for n in range(11) for r in journey(n, DUE_MS + 100 * n)]
    assert outcome(*records).completed_per_s == 10.0


def test_what_is_not_accepted_when_the_last_is_due_is_the_backlog() -> None:
    late = journey(1, int(ENDED_S * 1000) - 500)
    assert outcome(*journey(), *late).backlog_at_end == 1
