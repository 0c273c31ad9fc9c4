"""Every petition that was filed came in once; a log with petitions in it is sound all the same."""

import msgspec
import pytest

from deploy.audit.invariants import audit
from deploy.audit.notices import notices_reach_once
from deploy.audit.petitions import petitions_are_received_once
from shared import events
from tests.deploy.audit.planted import again, with_message, with_row
from tests.deploy.audit.sound import event, heard, sound

FILED = event("portal", 7, "petition.filed", {"code": "PA-1"}, "")


def petition(*types: str):
    """Return what is sound, with a petition in the same lane of which notify said this."""
    evidence = with_message(sound(), "notify.inbox", FILED)
    place = evidence.log["notify.inbox"][-1].record
    emitted = []
    for type_ in types:
        data = {"milestone": "petition_received", "channel": "sms", "key": "x"}
        evidence = again(evidence, "notify", type_, **data)
        said = msgspec.structs.replace(
            evidence.log["notify.events"][-1].event, causationid=FILED.id
        )
        evidence.log["notify.events"][-1] = heard("notify.events", place.offset, said)
        emitted.append(events.encode(said).decode())
    cause = {"topic": place.topic, "partition": 1, "offset": place.offset, "id": FILED.id}
    return with_row(evidence, "notify", cause=cause, emitted=emitted)


@pytest.mark.parametrize(
    "types", [("petition.received", "petition.assigned"), ("petition.rejected",)]
)
def test_a_petition_that_came_in_or_was_rejected_is_no_fault(types):
    assert list(petitions_are_received_once(petition(*types))) == []
    assert [f.wrong for f in audit(petition(*types))] == [()] * 8


@pytest.mark.parametrize(
    ("types", "wrong"),
    [
        ((), "filed, never received"),
        (("petition.received", "petition.received"), "received 2 times"),
    ],
)
def test_one_that_got_lost_or_came_in_twice_is_found(types, wrong):
    [found] = petitions_are_received_once(petition(*types))
    assert found.endswith(wrong)
    assert any(found in f.wrong for f in audit(petition(*types)))


def test_one_that_nobody_filed_is_found():
    [found] = petitions_are_received_once(again(sound(), "notify", "petition.received"))
    assert found.endswith("received, never filed")


def test_a_notice_of_what_an_answer_has_overtaken_is_found():
    evidence = petition("petition.answered", "notice.requested")
    assert any("no longer so" in wrong for wrong in notices_reach_once(evidence)[1])
