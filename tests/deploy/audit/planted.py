"""Every way in which what a system leaves behind can be wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from deploy.audit.evidence import Evidence, Heard, Payment
from shared.events import Event
from tests.deploy.audit.sound import (
    ANOTHER,
    APPLICATION,
    DUE,
    NOWHERE,
    PERSONAL,
    STORY,
    event,
    heard,
)


def altered(evidence: Evidence, topic: str, at: int, **changes: Any) -> Evidence:
    """Return evidence in which one event on the log is another."""
    old = evidence.log[topic][at]
    assert old.event is not None
    new = heard(topic, old.record.offset, msgspec.structs.replace(old.event, **changes))
    records = [*evidence.log[topic]]
    records[at] = new
    return replace(evidence, log={**evidence.log, topic: records})


def without(evidence: Evidence, topic: str, at: int) -> Evidence:
    records = [h for n, h in enumerate(evidence.log[topic]) if n != at]
    return replace(evidence, log={**evidence.log, topic: records})


def again(evidence: Evidence, service: str, type_: str, **changes: Any) -> Evidence:
    """Return evidence in which a service decided one more event, like one of the story."""
    like = next((d for s, t, d in STORY if (s, t) == (service, type_)), STORY[-1][2])
    data = like | changes
    records = evidence.log[f"{service}.events"]
    first, n = records[0].event, len(records) + 1
    assert first is not None
    more = heard(f"{service}.events", n - 1, event(service, n, type_, data, first.causationid))
    return replace(evidence, log={**evidence.log, f"{service}.events": [*records, more]})


def due_moved_silently(evidence: Evidence) -> Evidence:
    first, second = evidence.journals["routing"]
    state = msgspec.json.encode({"due_current": "2027-01-01T00:00:00Z"}).decode()
    third = {**second, "version": 3, "_id": f"{APPLICATION}/000003", "state": state, "emitted": []}
    third["cause"] = {"topic": "routing.inbox", "partition": 1, "offset": 9, "id": ""}
    return replace(evidence, journals={**evidence.journals, "routing": [first, second, third]})


def in_the_clear(evidence: Evidence, text: str) -> Evidence:
    return replace(evidence, texts={"a log file": f"said {text} aloud".encode()})


def with_record(evidence: Evidence, **changes: Any) -> Evidence:
    """Return evidence with one record of a portal changed that holds no event."""
    first = evidence.log["portal.submissions"][0].record
    more = Heard(first._replace(offset=1, **changes), None)
    records = [*evidence.log["portal.submissions"], more]
    return replace(evidence, log={**evidence.log, "portal.submissions": records})


def settled_under_another_order(evidence: Evidence) -> Evidence:
    """One obligation met twice, each time with an order, a transaction and a receipt of its own."""
    twice = again(evidence, "payment", "payment.settled", reference="R2", transaction="T2")
    twice = again(twice, "payment", "receipt.issued", number="2")
    return replace(twice, paid=(*twice.paid, Payment("R2", "T2", 10_000)))


def with_row(evidence: Evidence, service: str, **changes: Any) -> Evidence:
    """Return evidence in which a service has one more version, like its last one."""
    rows = evidence.journals[service]
    n = len(rows) + 1
    more = {**rows[-1], "_id": f"{APPLICATION}/{n:06d}", "version": n, "emitted": [], **changes}
    return replace(evidence, journals={**evidence.journals, service: [*rows, more]})


def with_message(evidence: Evidence, topic: str, content: Event) -> Evidence:
    records = evidence.log[topic]
    more = heard(topic, len(records), content)
    return replace(evidence, log={**evidence.log, topic: [*records, more]})


def unplaced(reference: str) -> Event:
    """Return the dead letter of a callback about an order that nobody knows."""
    told = {"service": "payment", "topic": "payment.inbox", "partition": 0, "offset": -1}
    told["reason"] = f"no order has the reference {reference}"
    return event("payment", 1, "record.dead", told, "")


def told_by_bank(**changes: Any) -> Event:
    """Return a callback of the story's order, as it stands in the inbox once it was answered."""
    said = {"reference": "R1", "transaction": "T1", "amount_vnd": 10_000}
    said |= {"finding": "paid", "code": "00/00"} | changes
    return event("payment", 9, "payment.notified", said, "")


def mistold(evidence: Evidence) -> Evidence:
    """Return evidence in which another amount of the story's transaction is kept for a person."""
    kept = booked(evidence, "payment.mismatched", transaction="T1", amount_vnd=1)
    return replace(kept, paid=evidence.paid)


def dead_letter(topic: str, offset: int) -> Event:
    told = {"service": "intake", "topic": topic, "partition": 1, "offset": offset, "reason": "odd"}
    return event("intake", 1, "record.dead", told, "")


def untraced() -> Event:
    """Return a timer of payment that has left the trace of its application."""
    fired = event("payment/timers", 2, "timer.fired", {}, "")
    return msgspec.structs.replace(fired, traceparent="")


def headerless(evidence: Evidence, topic: str) -> Evidence:
    first, *others = evidence.log[topic]
    bare = replace(first, record=first.record._replace(headers=()))
    return replace(evidence, log={**evidence.log, topic: [bare, *others]})


def counting(evidence: Evidence, **changes: Any) -> Evidence:
    """Return evidence with what operations counts, all right but for the changes."""
    types = {type_: 1 for _, type_, _ in STORY}
    kinds = ("fee.assessed", "payment.settled", "receipt.issued")
    told = {
        "types": types,
        "states": [{"code": 2, "count": 1}],
        "vnd": dict.fromkeys(kinds, 10_000),
        "dead": 0,
        "parked": 0,
        "forks": 0,
    }
    return replace(evidence, told=told | changes)


KEPT_AS = {"payment.mismatched": "mismatched", "payment.overpaid": "overpaid"}


def booked(evidence: Evidence, type_: str, **changes: Any) -> Evidence:
    """Return evidence in which payment has one more transaction, and the bank's books as well."""
    data: dict[str, Any] = {"reference": "R1", "transaction": "T2", "amount_vnd": 10_000} | changes
    paid = (*evidence.paid, Payment(data["reference"], data["transaction"], data["amount_vnd"]))
    told = remembering(said(evidence, type_, data), money=data | {"kept_as": KEPT_AS[type_]})
    return replace(told, paid=paid)


def said(evidence: Evidence, type_: str, data: dict[str, Any]) -> Evidence:
    """Return evidence in which payment has said one thing more."""
    n = len(evidence.log["payment.events"]) + 1
    cause = evidence.log["portal.submissions"][0].event
    assert cause is not None
    return with_message(evidence, "payment.events", event("payment", n, type_, data, cause.id))


def remembering(evidence: Evidence, **more: dict[str, Any]) -> Evidence:
    """Return evidence in which payment remembers more, in the lists of these names."""
    *before, last = evidence.journals["payment"]
    state = msgspec.json.decode(last["state"])
    for name, item in more.items():
        state[name] = [*state.get(name, ()), item]
    last = {**last, "state": msgspec.json.encode(state).decode()}
    return replace(evidence, journals={**evidence.journals, "payment": [*before, last]})


def ordered_by_another(evidence: Evidence, reference: str) -> Evidence:
    """Return evidence in which another application ordered with this reference."""
    data = msgspec.Raw(msgspec.json.encode({"reference": reference, "amount_vnd": 10_000}))
    more = event("payment", 9, "payment.requested", {}, "")
    more = msgspec.structs.replace(more, subject=ANOTHER, data=data)
    return with_message(evidence, "payment.events", more)


def packed_row(*words: object) -> dict[str, list[dict[str, Any]]]:
    """Return a collection as operations keeps its own: bytes, in which text stands as UTF-8."""
    return {"operations.journeys": [{"_id": "x/", "entries": msgspec.msgpack.encode(words)}]}


FAULTS: tuple[tuple[int, Callable[[Evidence], Evidence]], ...] = (
    (1, lambda e: replace(e, acknowledged={*e.acknowledged, "another"})),
    (1, lambda e: again(e, "intake", "application.registered")),
    (1, lambda e: again(e, "intake", "application.registered", dossier_code="G2")),
    (1, lambda e: altered(e, "intake.events", 0, type="application.refused")),
    (1, lambda e: without(e, "portal.submissions", 0)),
    (1, lambda e: altered(e, "portal.submissions", 0, type="withdrawal.requested")),
    (2, lambda e: again(e, "payment", "payment.settled", transaction="T2")),
    (2, lambda e: replace(e, paid=())),
    (2, lambda e: altered(e, "payment.events", 0, data=msgspec.Raw(b'{"total_vnd":1}'))),
    (2, lambda e: again(e, "payment", "receipt.issued")),
    (2, lambda e: again(e, "payment", "receipt.issued", amount_vnd=0)),  # its number once more
    (2, lambda e: replace(e, paid=(*e.paid, Payment("R9", "T9", 5)))),
    (2, settled_under_another_order),
    (
        2,
        lambda e: with_message(
            replace(e, paid=(*e.paid, Payment("R1", "T9", 5))), "payment.inbox.dead", unplaced("R1")
        ),
    ),
    (2, lambda e: replace(e, paid=(Payment("R1", "T1", 20_000),))),
    (2, lambda e: replace(e, paid=(Payment("R9", "T1", 10_000),))),
    (2, lambda e: replace(e, paid=(Payment("R1", "T1", 10_000, "another"),))),
    (2, lambda e: booked(e, "payment.mismatched", reference="R9")),
    (2, lambda e: booked(ordered_by_another(e, "R9"), "payment.overpaid", reference="R9")),
    (2, lambda e: ordered_by_another(e, "R1")),
    (2, lambda e: with_message(e, "payment.inbox", told_by_bank(amount_vnd=1))),
    (2, lambda e: with_message(e, "payment.inbox", told_by_bank(transaction="T2"))),
    (2, lambda e: booked(e, "payment.overpaid", transaction="T1", amount_vnd=1)),
    (2, lambda e: mistold(mistold(e))),
    (4, lambda e: without(e, "payment.events", 1)),
    (4, lambda e: without(e, "payment.events", 3)),
    (4, lambda e: altered(e, "routing.events", 0, data=msgspec.Raw(b'{"national_code":4}'))),
    (4, lambda e: with_row(e, "payment")),
    (4, lambda e: with_row(e, "payment", cause=NOWHERE)),
    (4, lambda e: with_message(e, "payment.inbox", event("x", 9, "timer.fired", {}, ""))),
    (4, lambda e: with_message(e, "routing.events", event("routing", 1, "application.x", {}, ""))),
    (
        4,  # a good message, decided once already
        lambda e: with_message(e, "portal.submissions.dead", dead_letter("portal.submissions", 0)),
    ),
    (
        4,  # and what never stood anywhere
        lambda e: with_message(e, "portal.submissions.dead", dead_letter("portal.submissions", 9)),
    ),
    (5, lambda e: with_message(e, "payment.inbox", untraced())),
    (5, lambda e: headerless(e, "routing.events")),
    (5, lambda e: altered(e, "routing.events", 0, traceparent="")),
    (5, lambda e: altered(e, "routing.events", 1, causationid="nobody/knows")),
    (6, lambda e: without(without(e, "routing.events", 1), "routing.events", 0)),
    (6, lambda e: counting(e, states=[{"code": 2, "count": 2}])),
    (6, lambda e: counting(e, states=[{"code": 2, "count": 1}, {"code": 4, "count": 1}])),
    (6, lambda e: counting(e, types={})),
    (6, lambda e: counting(e, forks=1)),
    (6, lambda e: counting(e, vnd={})),
    (6, lambda e: counting(e, vnd=counting(e).told["vnd"] | {"payment.settled": 20_000})),
    (6, lambda e: counting(e, vnd=counting(e).told["vnd"] | {"payment.overpaid": 1})),
    (6, lambda e: counting(e, dead=1)),
    (6, lambda e: counting(e, parked=1)),
    (6, lambda e: counting(with_message(e, "payment.inbox.dead", unplaced("R9")))),
    (7, lambda e: in_the_clear(e, "+84900000000")),
    (7, lambda e: in_the_clear(e, PERSONAL[0])),
    (7, lambda e: in_the_clear(e, PERSONAL[1])),
    (7, lambda e: with_record(e, key=PERSONAL[0].encode())),
    (7, lambda e: with_record(e, headers=(("who", PERSONAL[1].encode()),))),
    (7, lambda e: replace(e, collections={"operations.names": [{"_id": PERSONAL[0]}]})),
    (7, lambda e: replace(e, collections=packed_row("to", PERSONAL[1]))),
    (7, lambda e: replace(e, collections=packed_row(msgspec.json.encode({"to": PERSONAL[1]})))),
    (7, lambda e: with_row(e, "notify", held=[[{"value": PERSONAL[1].encode()}]])),
    (8, due_moved_silently),
    (8, lambda e: with_row(e, "routing", state='{"due_current":null}')),
    (8, lambda e: with_row(e, "routing", state=f'{{"due_current":"{DUE}","acceptance_due":"x"}}')),
)
