"""Faults are counted in what the log shows, not in what was meant to be done."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from deploy.audit.evidence import JOURNALED, Evidence, Heard
from shared import events, topics
from shared.bus import Record
from shared.events import Event
from shared.placement import home
from tests.invariants.counting import Seen, exercised
from tests.invariants.echo import Odd
from tests.invariants.faults import ALL, FAULTS, Fault

APPLICATION = "0198c0de-0000-7000-8000-00000000000c"
LANES = 4
HOME = home(APPLICATION, LANES)
AT = datetime(2026, 11, 20, tzinfo=UTC)


def nothing() -> Seen:
    evidence = Evidence(
        log={name: [] for name in topics.all_names()},
        journals={service: [] for service in JOURNALED},
    )
    return Seen(evidence, LANES, {name: Counter() for name in ALL}, Counter(), ())


def event(type_: str, id_: str = "1", data: bytes = b"{}", at: datetime = AT) -> Event:
    return Event(
        id=id_, source="/x", type=type_, subject=APPLICATION, time=at, data=msgspec.Raw(data)
    )


def with_records(
    seen: Seen, topic: str, *said: Event | bytes, lane: int = HOME, second: int = 0
) -> Seen:
    """Return what is seen with more records, one second after the other."""
    records = list(seen.evidence.log[topic])
    for content in said:
        value = content if isinstance(content, bytes) else events.encode(content)
        ms = int(AT.timestamp() + second + len(records)) * 1000
        record = Record(topic, lane, len(records), ms, APPLICATION.encode(), value)
        records.append(Heard(record, None if isinstance(content, bytes) else content))
    log = {**seen.evidence.log, topic: records}
    return replace(seen, evidence=replace(seen.evidence, log=log))


def letter(service: str, topic: str) -> Event:
    told = {"service": service, "topic": topic, "partition": HOME, "offset": 0, "reason": "odd"}
    return event("record.dead", data=msgspec.json.encode(told))


def times(seen: Seen, kind: str, whom: str) -> int:
    return exercised(seen)[Fault(kind, whom)]


def test_where_nothing_happened_nothing_is_counted() -> None:
    assert set(exercised(nothing()).values()) == {0}
    assert set(exercised(nothing())) == set(FAULTS)


def test_a_death_is_counted_at_its_step() -> None:
    seen = nothing()
    seen.deaths["routing"]["lane.inserted"] = 2
    assert times(seen, "killed", "routing at lane.inserted") == 2
    assert times(seen, "killed", "payment at lane.inserted") == 0


def test_the_same_bytes_again_are_a_copy_and_other_bytes_came_over_the_edge() -> None:
    said = event("officer.accepted")
    later = event("officer.accepted", at=AT + timedelta(seconds=1))
    seen = with_records(nothing(), "routing.inbox", said, said, later)
    assert times(seen, "doubled on the log", "officers' actions") == 1
    assert times(seen, "doubled at the edge", "officers' actions") == 1
    assert times(seen, "overtaken", "officers' actions") == 0


def test_a_copy_behind_another_message_was_overtaken() -> None:
    first, second = event("officer.accepted", "1"), event("officer.started", "2")
    seen = with_records(nothing(), "routing.inbox", first, second, first)
    assert times(seen, "overtaken", "officers' actions") == 1


def test_what_is_said_before_the_submission_is_early() -> None:
    early = event("withdrawal.requested", "early/withdrawal.requested")
    before = with_records(nothing(), "intake.inbox", early)
    assert times(before, "early", "withdrawals") == 0
    seen = with_records(before, "portal.submissions", event("application.submitted"), second=1)
    assert times(seen, "early", "withdrawals") == 1
    late = with_records(before, "portal.submissions", event("application.submitted"), second=-1)
    assert times(late, "early", "withdrawals") == 0


def test_what_follows_is_early_though_it_stands_where_submissions_do() -> None:
    early = event("withdrawal.requested", "early/withdrawal.requested")
    before = with_records(nothing(), "portal.submissions", early)
    assert times(before, "early", "withdrawals") == 0
    seen = with_records(before, "portal.submissions", event("application.submitted"))
    assert times(seen, "early", "withdrawals") == 1


def test_a_callback_before_its_order_is_early() -> None:
    told = b'{"service":"payment","reason":"no order has the reference R1","offset":-1}'
    early = event("record.dead", data=told)
    seen = with_records(nothing(), "payment.inbox.dead", early, early)
    assert times(seen, "early", "bank callbacks") == 1


def test_an_odd_record_counts_once_it_was_set_aside() -> None:
    odd = Odd("poison", "notify.inbox", APPLICATION)
    seen = replace(with_records(nothing(), "notify.inbox", b"{"), odd=(odd,))
    assert times(seen, "poison", "notify.inbox") == 0
    aside = with_records(seen, "notify.inbox.dead", letter("notify", "notify.inbox"))
    assert times(aside, "poison", "notify.inbox") == 1


def test_an_odd_record_counts_once_every_lane_that_reads_it_set_it_aside() -> None:
    odd = Odd("poison", "intake.events", APPLICATION)
    seen = replace(with_records(nothing(), "intake.events", b"{"), odd=(odd,))
    for service, so_far in (("routing", 0), ("notify", 0), ("payment", 1)):
        topic = f"intake.events.{'parked' if service == 'payment' else 'dead'}"
        seen = with_records(seen, topic, letter(service, "intake.events"))
        assert times(seen, "poison", "intake.events") == so_far


def test_what_was_planted_to_be_mended_counts_once_a_lane_has_decided_the_copy() -> None:
    odd = Odd("mended and sent again", "notify.inbox", APPLICATION)
    wrong = event("notice.preferences_changed", "planted")
    aside = with_records(nothing(), "notify.inbox", wrong)
    aside = with_records(aside, "notify.inbox.dead", letter("notify", "notify.inbox"))
    seen = replace(aside, odd=(odd,))
    assert times(seen, odd.kind, odd.topic) == 0
    copy = msgspec.structs.replace(wrong, causationid="notify.inbox/0/0/answered")
    sent = with_records(seen, "notify.inbox", copy)
    assert times(sent, odd.kind, odd.topic) == 0
    cause = {"topic": "notify.inbox", "partition": HOME, "offset": 1}
    row = {"application": APPLICATION, "cause": cause}
    journals = {**sent.evidence.journals, "notify": [row]}
    taken = replace(sent, evidence=replace(sent.evidence, journals=journals))
    assert times(taken, odd.kind, odd.topic) == 1


def test_what_two_cancelled_counts_and_what_went_back_of_it_because_they_did() -> None:
    ended = event("application.cancelled", "1", b'{"checked_by":"second"}')
    by_one = event("application.cancelled", "2")
    seen = with_records(nothing(), "routing.events", ended, by_one)
    assert times(seen, "cancelled by two", "routing") == 1

    def back(**proposed: str) -> Seen:
        said = {"refund": "r", "partner": "p", "amount_vnd": 1}
        records = (
            event("refund.proposed", "1", msgspec.json.encode(said | proposed)),
            event("refund.done", "2", msgspec.json.encode(said)),
        )
        return with_records(seen, "payment.events", *records)

    assert times(back(reason="cancelled"), "cancelled by two", "payment") == 0
    assert times(back(reason="asked", checked_by="second"), "cancelled by two", "payment") == 0
    both = back(reason="cancelled", checked_by="second")
    assert times(both, "cancelled by two", "payment") == 1


def test_a_refund_counts_that_was_sent_anew_and_done_by_its_partner() -> None:
    about = {"refund": "r", "partner": "p", "amount_vnd": 1}

    def given_back(name: str, by: str) -> Seen:
        sent = event("refund.requested", "1", msgspec.json.encode(about | {"name": name}))
        done = event("refund.done", "2", msgspec.json.encode(about | {"by": by}))
        return with_records(nothing(), "payment.events", sent, done)

    told = [times(given_back(*said), "given back when tried again", "payment")
            for said in (("r.2", ""), ("", ""), ("r.2", "a person"))]  # fmt: skip
    assert told == [1, 0, 0]


def test_a_stray_record_counts_once_it_came_home() -> None:
    said = event("officer.accepted")
    seen = with_records(nothing(), "routing.inbox", said, lane=(HOME + 1) % LANES)
    assert times(seen, "wrong partition", "routing.inbox") == 0
    sent_home = with_records(seen, "routing.inbox", said)
    assert times(sent_home, "wrong partition", "routing.inbox") == 1


def test_a_stray_record_that_stood_at_home_before_has_not_come_there() -> None:
    said, later = event("officer.accepted"), event("officer.accepted", at=AT + timedelta(seconds=1))
    seen = with_records(nothing(), "routing.inbox", said)
    seen = with_records(seen, "routing.inbox", said, lane=(HOME + 1) % LANES)
    assert times(seen, "wrong partition", "routing.inbox") == 0
    by_the_edge = with_records(seen, "routing.inbox", later)
    assert times(by_the_edge, "wrong partition", "routing.inbox") == 0


def test_a_clock_is_off_when_the_broker_disagrees() -> None:
    right = with_records(nothing(), "intake.events", event("application.registered"))
    assert times(right, "clock off", "intake") == 0
    wrong = event("application.registered", at=AT + timedelta(seconds=30))
    assert times(with_records(nothing(), "intake.events", wrong), "clock off", "intake") == 1


def test_a_mistake_counts_once_nobody_is_held_by_it_any_more() -> None:
    told = (
        b'{"service":"routing","reason":"Planted: a mistake","topic":"x","partition":0,"offset":0}'
    )
    seen = with_records(nothing(), "routing.inbox.parked", event("record.parked", data=told))

    def rows(**held: object) -> Seen:
        journals = {**seen.evidence.journals, "routing": [{"application": APPLICATION, **held}]}
        return replace(seen, evidence=replace(seen.evidence, journals=journals))

    assert times(rows(held=["a record"]), "mistaken release taken back", "routing") == 0
    assert times(rows(), "mistaken release taken back", "routing") == 1
