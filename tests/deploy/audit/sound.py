"""What a small system leaves behind in which all that must hold holds."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy.audit.evidence import Evidence, Heard, Payment
from shared import events, topics
from shared.bus import Record
from shared.events import Event, numbered_id
from shared.trace import span_id, traceparent

APPLICATION = "0198c0de-0000-7000-8000-00000000000c"
ANOTHER = "0198c0de-0000-7000-8000-00000000000d"
DUE = "2026-11-25T10:00:00Z"
PERSONAL = ("001190123456", "Người Thử Nghiệm", "0900000000")
NOWHERE = {"topic": "payment.inbox", "partition": 3, "offset": 7, "id": "never/stood"}

# service, type, data: one application, submitted, paid, accepted, told
STORY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("intake", "application.registered", {"receiving_unit": "00004", "dossier_code": "G1"}),
    ("routing", "application.routed", {"national_code": 1}),
    ("payment", "fee.assessed", {"total_vnd": 10_000}),
    ("payment", "payment.requested", {"reference": "R1", "amount_vnd": 10_000}),
    (
        "payment",
        "payment.settled",
        {"reference": "R1", "amount_vnd": 10_000, "transaction": "T1"},
    ),
    ("payment", "receipt.issued", {"number": "1", "amount_vnd": 10_000}),
    ("routing", "application.accepted", {"national_code": 2, "due": DUE}),
    ("notify", "notice.requested", {"milestone": "accepted", "channel": "sms"}),
    ("notify", "notice.sent", {"milestone": "accepted", "channel": "sms"}),
)

# what payment remembers in the end
PAID: dict[str, Any] = {
    "attempts": [{"number": 1, "amount_vnd": 10_000, "status": "paid", "transaction": "T1"}],
    "money": [{"reference": "R1", "transaction": "T1", "amount_vnd": 10_000, "kept_as": "settled"}],
}


def sound() -> Evidence:
    """Return the evidence of one application's journey, with nothing wrong."""
    submitted = event("portal", 0, "application.submitted", {}, "")
    log: dict[str, list[Heard]] = {name: [] for name in topics.all_names()}
    log["portal.submissions"].append(heard("portal.submissions", 0, submitted))
    rows: dict[str, list[dict[str, Any]]] = {
        s: [] for s in ("intake", "routing", "payment", "notify")
    }
    for service, type_, data in STORY:
        n = len(rows[service]) + 1
        cause = heard("portal.submissions", 0, submitted)
        if (service, n) != ("intake", 1):  # what else led to a decision came to the inbox
            said = event(f"{service}/timers", n, "timer.fired", {}, "")
            cause = heard(f"{service}.inbox", n - 1, said)
            log[f"{service}.inbox"].append(cause)
        assert cause.event is not None
        text = event(service, n, type_, data, cause.event.id)
        log[f"{service}.events"].append(heard(f"{service}.events", n - 1, text))
        due = DUE if type_ == "application.accepted" else None
        rows[service].append(row(service, n, cause, due, text))
    return Evidence(
        log=log,
        journals=rows,
        acknowledged={APPLICATION},
        paid=(Payment("R1", "T1", 10_000),),
        handed={f"{APPLICATION}/accepted/sms/1": 1},
        personal=PERSONAL,
    )


def row(service: str, n: int, cause: Heard, due: str | None, *emitted: Event) -> dict[str, Any]:
    topic, partition, offset, *_ = cause.record
    assert cause.event is not None
    return {
        "_id": f"{APPLICATION}/{n:06d}",
        "application": APPLICATION,
        "version": n,
        "cause": {"topic": topic, "partition": partition, "offset": offset, "id": cause.event.id},
        "state": msgspec.json.encode(
            PAID if service == "payment" else {"due_current": due}
        ).decode(),
        "emitted": [events.encode(text).decode() for text in emitted],
    }


def event(service: str, n: int, type_: str, data: dict[str, Any], cause: str) -> Event:
    return Event(
        id=numbered_id(APPLICATION, service, n),
        source=f"/services/{service}",
        type=type_,
        subject=APPLICATION,
        time=datetime(2026, 11, 20, tzinfo=UTC),
        data=msgspec.Raw(msgspec.json.encode(data)),
        sequence=f"{n:06d}",
        traceparent=traceparent(APPLICATION, span_id(APPLICATION, service, str(n)), True),
        causationid=cause,
    )


def heard(topic: str, offset: int, content: Event) -> Heard:
    headers = (("traceparent", content.traceparent.encode()),)
    record = Record(topic, 1, offset, 0, APPLICATION.encode(), events.encode(content), headers)
    return Heard(record, content)
