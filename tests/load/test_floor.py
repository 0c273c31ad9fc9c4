"""The floor does the real journey's hops, with events of the real size."""

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from services.operations.reader import Pace
from shared import events, partners
from shared.lanes.pace import PACE, PATIENT
from tests.load.floor_events import Envelope, Writer
from tests.load.floor_roles import EFFECTS, LANE_ROLES, OPERATIONS, READS, TOPICS
from tests.load.floor_services import window_s

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
APPLICATION = "019caaf0-0000-7000-8000-000000000001"
# of one application of the real journey, by type
REAL = {
    "application.submitted": 1, "application.registered": 1, "application.routed": 1,
    "fee.assessed": 1, "payment.requested": 1, "payment.notified": 1, "payment.settled": 1,
    "receipt.issued": 1, "application.accepted": 1, "notice.requested": 4, "notice.answered": 4,
    "notice.sent": 4,
}  # fmt: skip
OUTSIDE = {"payment.requested": "payment.notified", "notice.requested": "notice.answered"}


def cause() -> Envelope:
    return Envelope("id", "/portals/x", "t", APPLICATION, "", msgspec.Raw(b"{}"), "0", "00-a-b-00")


def test_its_journey_has_the_same_events_as_the_real_one() -> None:
    counted, left = Counter[str](), ["application.submitted"]
    while left:
        type_ = left.pop()
        counted[type_] += 1
        left += [e for role in LANE_ROLES.values() for e in role.emits.get(type_, ())]
        left += [OUTSIDE[type_]] if type_ in OUTSIDE else []
    assert counted == REAL
    assert counted.keys() <= events.CONTRACTS.keys()


def test_every_topic_is_written_by_somebody_and_read_by_operations() -> None:
    outside = {"portal.submissions", "payment.inbox", "notify.inbox"}
    assert outside | {role.writes for role in LANE_ROLES.values()} == set(TOPICS)
    assert set(READS[OPERATIONS]) == set(TOPICS)


@pytest.mark.parametrize("size", [500, 556, 1_609])
def test_an_event_has_the_size_of_the_real_one(size: int) -> None:
    writer = Writer("payment", {"fee.assessed": size})
    text = writer.event(cause(), "fee.assessed", 1, AT)
    assert len(text) == size
    assert events.decode(text).type == "fee.assessed"


def test_an_event_that_cannot_be_so_small_is_as_small_as_it_can() -> None:
    assert len(Writer("payment", {"fee.assessed": 1}).event(cause(), "fee.assessed", 1, AT)) > 300


def test_its_windows_are_the_real_ones() -> None:
    assert window_s("payment", 0) == PACE.window_s
    assert window_s("payment", PACE.window_full_records) == PACE.window_limit_s
    for role, pace in {"notify": PATIENT, OPERATIONS: Pace()}.items():
        assert window_s(role, 0) == pace.window_s
        assert window_s(role, pace.batch_limit) == 0
    assert window_s(EFFECTS, 1) == partners.PATIENT.window_s
