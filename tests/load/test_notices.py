"""What the bench of notices reports, by the log's own clock: nothing good of what is missing."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared import events
from shared.events import CONTRACTS, Event
from tests.load import milestones
from tests.load.generator import Offered
from tests.load.meter import Used
from tests.load.notices import EACH, Log, Ran, hear, report, since
from tests.load.notices import table as shown

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
TOLD = milestones.Told("0198c0de-0000-7000-8000-00000000000c", "v1.x", "app")


def ran(log: Log) -> Ran:
    used = Used({"notify": 0.5, "sms": 0.2, "mongo": 0.1, "kafka": 0.1, "bench": 0.0}, 1.0, 10.0)
    return Ran(Offered(1, 100.0, 110.0, 0.0), used, used, log)


def log(sent: int = EACH, delivered: int = EACH, dropped: int = 0) -> Log:
    names = [(TOLD.id, name) for name in milestones.MILESTONES]
    reached = dict.fromkeys(names, 107_000)
    return Log(
        reached,
        dict.fromkeys(names[:sent], 107_400),
        {name: 108_000 + 500 * n for n, name in enumerate(names[:delivered])},
        dict.fromkeys(names[EACH - dropped :], 107_300),
    )


def test_a_run_without_a_fault_has_nothing_wrong() -> None:
    content = report("http", 4, 10, ran(log()), [])
    assert content["wrong"] == []
    assert (content["sent_after_ms"]["p50"], content["delivered_after_ms"]["p50"]) == (400, 1_750)
    assert content["delivered_per_s"] == 2.0
    assert content["cpu_ms_by_process"]["notify"] == 125.0
    assert content["notify_core"] == 0.05
    assert shown(content).row_count == 6


@pytest.mark.parametrize(
    ("found", "doubled", "wrong"),
    [
        (log(sent=3), [], "1 notices were not sent"),
        (log(delivered=2), [], "2 receipts are missing"),
        (log(), ["x/accepted/sms/1"], "1 messages came twice"),
    ],
)
def test_what_is_missing_or_doubled_is_said(found: Log, doubled: list[str], wrong: str) -> None:
    assert report("http", 4, 10, ran(found), doubled)["wrong"] == [wrong]


def test_what_was_obsolete_at_its_turn_is_not_missing() -> None:
    told = report("http", 4, 10, ran(log(sent=3, delivered=3, dropped=1)), [])
    assert (told["wrong"], told["dropped"]) == ([], 1)


def test_what_befalls_an_application_is_in_form_and_reaches_its_milestones() -> None:
    found = Log({}, {}, {}, {})
    for service, number, data in milestones.said(TOLD, 7, AT):
        content = events.encode(data)
        assert msgspec.json.decode(content, type=CONTRACTS[data.TYPE]) == data
        hear(found, number, events.encode(event(service, data.TYPE, content)))
    assert [name for _, name in found.reached] == list(milestones.MILESTONES)


def test_what_warmed_up_does_not_count() -> None:
    warm = ("another", "accepted")
    found = log()
    for told in found:
        told[warm] = 99_000
    assert since(found, 100.0) == log()


def test_the_first_of_what_is_said_twice_counts() -> None:
    found, told = (
        Log({}, {}, {}, {}),
        msgspec.json.encode({"milestone": "accepted", "channel": "sms"}),
    )
    for at_ms in (5, 9):
        hear(found, at_ms, events.encode(event("notify", "notice.sent", told)))
    assert found.sent == {(TOLD.id, "accepted"): 5}


def event(service: str, type_: str, content: bytes) -> Event:
    said: dict[str, Any] = {"id": "1", "source": f"/services/{service}", "subject": TOLD.id}
    return Event(**said, type=type_, time=AT, data=msgspec.Raw(content))
