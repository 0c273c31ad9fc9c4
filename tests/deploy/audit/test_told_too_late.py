"""A notice that is asked for after what it tells of is over is found; not one that is so again."""

import msgspec
import pytest

from deploy.audit.evidence import Evidence, Heard
from deploy.audit.notices import notices_reach_once
from shared import events
from shared.bus import Record
from tests.deploy.audit.sound import APPLICATION, sound

SETTLED, POSTED, BACK = "application.settled", "application.posted", "application.post_came_back"


def told_after(*types: str) -> Evidence:
    """The sound system, in which notify has read these of routing, and asked with the last."""
    evidence = sound()
    heard, rows = [], []
    template = next(h.event for h in evidence.log["routing.events"] if h.event)
    requested = next(
        h.event for h in evidence.log["notify.events"] if h.event.type == "notice.requested"
    )
    ready = msgspec.json.decode(requested.data) | {"milestone": "result_ready"}
    for offset, type_ in enumerate(types, 1_000):
        event = msgspec.structs.replace(template, type=type_)
        record = Record("routing.events", 0, offset, 0, b"", events.encode(event))
        heard.append(Heard(record, event))
        asked = msgspec.structs.replace(requested, data=msgspec.Raw(msgspec.json.encode(ready)))
        rows.append(
            {
                "_id": f"{APPLICATION}/{offset}",
                "application": APPLICATION,
                "version": offset,
                "cause": {"topic": "routing.events", "partition": 0, "offset": offset},
                "emitted": [events.encode(asked).decode()] if offset == 999 + len(types) else [],
            }
        )
    log = {**evidence.log, "routing.events": heard}
    return Evidence(log=log, journals={**evidence.journals, "notify": rows})


def is_too_late(evidence: Evidence) -> bool:
    return any("no longer so" in wrong for wrong in notices_reach_once(evidence)[1])


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ((SETTLED,), False),
        ((SETTLED, POSTED), True),
        ((SETTLED, POSTED, BACK), False),
        ((SETTLED, POSTED, BACK, POSTED), True),
    ],
)
def test_a_result_is_to_be_had_until_it_is_posted_and_again_when_it_comes_back(read, expected):
    assert is_too_late(told_after(*read)) == expected
