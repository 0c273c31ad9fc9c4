"""Where one application stands, and what all of them add up to."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.operations.domain.status import STATES, held_by, status, totals
from services.operations.domain.timeline import TELL, timeline
from services.operations.domain.waits import waiting_for, waits
from shared.events import CONTRACTS, intake, kernel, routing
from shared.events.data import Data

RECORDED = Path(__file__).parents[3] / "contracts" / "recorded" / "routing"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_returned_application_has_state_money_and_notices(story: Any, log: Any) -> None:
    story.returned()
    found = status(log.entries(story.application))

    assert found.state is not None
    assert (found.state.code, found.state.column) == (10, "settled")
    assert found.dossier_code == story.code
    assert (found.procedure, found.receiving_unit) == ("1.001193", "00004")
    assert found.money.assessed_vnd == found.money.settled_vnd == found.money.receipts_vnd == 50_000
    assert found.money.settlements == 1
    assert [(n.milestone, n.state) for n in found.notices] == [
        ("registered", "sent"),
        ("paid", "sent"),
        ("returned", "sent"),
    ]
    assert found.waiting_for is None
    assert found.last_type == "notice.sent"


def test_before_registration_there_is_no_state(story: Any, log: Any) -> None:
    story.submitted()
    found = status(log.entries(story.application))

    assert found.state is None
    assert not found.is_refused


def test_registered_and_not_yet_routed_is_submitted(story: Any, log: Any) -> None:
    story.registered()
    state = status(log.entries(story.application)).state
    assert state is not None
    assert state.code == 1


def test_a_refused_application_says_so(story: Any, log: Any) -> None:
    story.decide("intake", story.submitted(), intake.Refused(portal="sandbox", problems=()))
    found = status(log.entries(story.application))

    assert found.state is None
    assert found.is_refused
    assert found.waiting_for is None


CHILD = intake.ChildView(
    name="residence",
    application="0198c0de-0000-9000-8000-000000000001",
    procedure="1.004222",
    receiving_unit="00004",
    standing="waiting",
)
REFUSED = replace(
    CHILD,
    standing="not_accepted",
    national_code=3,
    dossier_code="H26.1-20261120-0000002",
    by_rule={"birth/not_accepted": "withdraws"},
    needs_person=("fee",),
)


def parent(story: Any) -> Any:
    registered = intake.InterlinkedRegistered(
        dossier_code="H26.1-20261120-0000001",
        portal="sandbox",
        procedure="local.interlinked-birth",
        receiving_unit="00004",
        language="vi",
        contact="sealed",
        submitted_at=AT,
        catalogue_version="test",
        children=(CHILD,),
    )
    return story.decide("intake", story.submitted(), registered)[0]


def test_a_parent_waits_for_those_at_whom_its_children_are(story: Any, log: Any) -> None:
    registered = parent(story)
    assert status(log.entries(story.application)).waiting_for == "officer"
    story.decide("intake", registered, intake.InterlinkedMoved(children=(CHILD,)))
    assert status(log.entries(story.application)).waiting_for == "officer"


def test_a_parent_tells_of_its_children_and_what_the_rules_did(story: Any, log: Any) -> None:
    registered = parent(story)
    found = status(log.entries(story.application))
    assert found.state is not None
    assert (found.state.code, found.dossier_code) == (1, "H26.1-20261120-0000001")
    assert [(c.name, c.standing) for c in found.children] == [("residence", "waiting")]
    story.decide("intake", registered, intake.InterlinkedMoved(children=(REFUSED,)))
    found = status(log.entries(story.application))
    assert found.children[0].by_rule == {"birth/not_accepted": "withdraws"}
    assert found.outcome == ""
    lines = timeline(log.entries(story.application))
    assert lines[-1].text == (
        "residence not_accepted, withdraws after birth/not_accepted, needs a person: fee"
    )


@pytest.mark.parametrize(
    ("outcome", "child", "code"),
    [
        ("done", CHILD, 10),
        ("partly_done", CHILD, 10),
        ("failed", CHILD, 3),
        ("failed", replace(CHILD, by_rule={"citizen": "withdraws"}), 7),
    ],
)
def test_a_parent_at_its_end_has_a_state(story: Any, log: Any, outcome, child, code) -> None:
    ended = intake.InterlinkedEnded(outcome=outcome, needs_person=False, children=(child,))
    story.decide("intake", parent(story), ended)
    found = status(log.entries(story.application))
    assert found.state is not None
    assert (found.state.code, found.outcome, found.waiting_for) == (code, outcome, None)


def test_what_is_held_is_named_until_it_is_released(story: Any, log: Any) -> None:
    routed = story.routed()
    parked = kernel.RecordParked(
        service="payment", topic="routing.events", partition=0, offset=0, reason="KeyError"
    )
    story.external("routing.events.parked", "/services/payment", parked, routed.id)
    held = log.entries(story.application)
    released = kernel.LaneReleased(operator="op", reason="mended")
    story.external("payment.inbox", "/operators/op", released)

    assert held_by(held) == ["payment"]
    assert status(held).waiting_for == "us"
    assert held_by(log.entries(story.application)) == []


@pytest.mark.parametrize("service", ["payment", "routing"])
def test_nobody_is_waited_for_because_a_portal_says_so(story: Any, log: Any, service: str) -> None:
    story.routed()
    before = log.entries(story.application)
    parked = kernel.RecordParked(
        service=service, topic="portal.submissions", partition=0, offset=0, reason="x"
    )
    for forged in (parked, routing.OfficerAccepted(officer="o-1")):
        story.external("portal.submissions", "/portals/x", forged)
    found = log.entries(story.application)

    assert len(found) == len(before) + 2
    assert (status(found).held_by, waiting_for(found)) == ([], "officer")
    assert waits(found) == waits(before)


def test_every_national_code_has_a_column_of_the_statistics_form() -> None:
    assert sorted(STATES) == list(range(1, 11))


@given(
    codes=st.dictionaries(st.integers(1, 10), st.integers(0, 10**6)),
    unrouted=st.integers(0, 10**6),
)
def test_received_is_the_sum_of_its_columns(codes: dict[int, int], unrouted: int) -> None:
    found = totals(sum(codes.values()) + unrouted, codes)
    columns = ("settled", "in_process", "suspended", "not_accepted")

    assert found["received"] == sum(found[c] for c in columns)
    assert found["unrouted"] == unrouted


def test_a_dossier_that_routing_does_not_know_counts_nowhere() -> None:
    assert totals(0, {0: 5}) == {
        "received": 0,
        "settled": 0,
        "in_process": 0,
        "suspended": 0,
        "not_accepted": 0,
        "unrouted": 0,
    }


# ---- the timeline


def test_the_timeline_tells_causes_before_effects(story: Any, log: Any) -> None:
    story.returned()
    lines = timeline(log.entries(story.application))
    told = [line.id for line in lines]

    assert all(told.index(line.cause) < told.index(line.id) for line in lines if line.cause)
    assert [line.type for line in lines[:2]] == ["application.submitted", "application.registered"]


def test_a_message_that_came_twice_is_one_line_that_says_so(story: Any, log: Any) -> None:
    story.paid()
    log.again(next(r for r in log.records if r.topic == "payment.inbox"))

    lines = timeline(log.entries(story.application))

    assert [line.repeats for line in lines if line.type == "payment.notified"] == [1]


def test_every_decided_event_and_nothing_unknown_is_told() -> None:
    assert set(TELL) <= set(CONTRACTS)


@pytest.mark.parametrize("type_", sorted(TELL))
@pytest.mark.parametrize("data", ["{}", "null", "[]", '{"amount_vnd":"many"}'])
def test_a_line_is_told_whatever_its_data(story: Any, log: Any, type_: str, data: str) -> None:
    story.submitted()
    (entry,) = log.entries(story.application)

    (line,) = timeline([msgspec.structs.replace(entry, type=type_, sequence=1, data=data.encode())])

    assert isinstance(line.text, str)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("application.transferred", "from unit 00097 to 00008 · sandbox-officer · "),
        ("application.signature_asked", "of chairman-1 · sandbox-officer"),
        ("application.certificate_expired", "of chairman-1, on 2026-11-25"),
        ("application.in_transit", "parcel EX000000001VN at Hà Nội"),
        ("application.post_came_back", "parcel EX000000001VN · sandbox-officer · "),
        ("application.due_moved", "from 2026-11-30T10:00:00Z to 2026-12-02T10:00:00Z · calendar"),
    ],
)
def test_what_goes_from_hand_to_hand_is_told_with_whose_hands(
    story: Any, log: Any, type_: str, text: str
) -> None:
    recorded = json.loads((RECORDED / f"{type_}.json").read_text())
    story.submitted()
    (entry,) = log.entries(story.application)
    data = json.dumps(recorded["data"]).encode()

    (line,) = timeline([msgspec.structs.replace(entry, type=type_, sequence=1, data=data)])

    assert line.text.startswith(text)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("receipt.adjusted", "P26 00000018 · fee 8,000 VND"),
        ("receipt.invalidated", "P26 00000017 · fee: Spared: a poor household"),
        ("fee.reassessed", "8,000 VND: One copy was asked for"),
    ],
)
def test_what_becomes_of_a_fee_and_its_receipts_is_told(
    story: Any, log: Any, type_: str, text: str
) -> None:
    recorded = json.loads((RECORDED.parent / "payment" / f"{type_}.json").read_text())
    story.submitted()
    (entry,) = log.entries(story.application)
    data = json.dumps(recorded["data"]).encode()

    (line,) = timeline([msgspec.structs.replace(entry, type=type_, sequence=1, data=data)])

    assert line.text == text


def test_the_words_of_a_line_come_from_the_contract(story: Any, log: Any) -> None:
    story.paid()
    texts = {line.type: line.text for line in timeline(log.entries(story.application))}

    assert texts["payment.settled"] == f"50,000 VND by sandbox, order {story.reference}"
    assert texts["receipt.issued"] == "R-1 · fee 50,000 VND"
    assert all(isinstance(CONTRACTS[t], type) and issubclass(CONTRACTS[t], Data) for t in texts)
