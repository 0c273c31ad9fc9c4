"""What follows on an application and is not passed on is answered, and counted."""

import msgspec
import pytest

from services.intake.domain.follow_ups import SUPPLEMENTS_LIMIT
from shared.events.data import Document, filed
from shared.events.intake import FollowUpRejected, Registered, Supplemented
from shared.events.portal import SupplementSubmitted, WithdrawalRequested

BROUGHT = SupplementSubmitted(documents=(Document(name="Original document", sha256="b" * 64),))


def rejected(outcome) -> list[str]:
    (event,) = outcome.events
    assert isinstance(event, FollowUpRejected)
    return [p.code for p in event.problems]


async def test_what_a_citizen_brings_is_passed_on(make, lane) -> None:
    await lane.take(make.arrival())
    (outcome,) = await lane.take(make.follow_up(BROUGHT))
    assert outcome.events == (Supplemented(documents=filed(BROUGHT.documents)),)
    assert outcome.state.supplements == 1


async def test_what_follows_on_nothing_changes_nothing_and_is_answered(make, lane) -> None:
    for n, data in enumerate((BROUGHT, WithdrawalRequested())):
        (outcome,) = await lane.take(make.follow_up(data, id=f"message {n}"))
        assert outcome.state is None
        assert rejected(outcome) == ["unknown-application"]
        said = outcome.events[0]
        assert (said.portal, said.message_id) == ("sandbox", f"message {n}")


async def test_an_application_is_registered_also_after_a_follow_up_on_it(make, lane) -> None:
    await lane.take(make.follow_up(BROUGHT))
    (outcome,) = await lane.take(make.arrival())
    assert isinstance(outcome.events[0], Registered)


@pytest.mark.parametrize(
    ("data", "source", "code"),
    [
        (BROUGHT, "/portals/other", "unknown-application"),
        (WithdrawalRequested(), "/portals/other", "unknown-application"),
        (WithdrawalRequested(reason="x" * 501), "/portals/sandbox", "too-long"),
        (SupplementSubmitted(documents=()), "/portals/sandbox", "missing-documents"),
        (
            SupplementSubmitted(documents=(Document(name="x", sha256="y"),)),
            "/portals/sandbox",
            "invalid-document-hash",
        ),
    ],
)
async def test_a_follow_up_that_is_not_passed_on_is_answered_and_counted(
    make, lane, data, source, code
) -> None:
    (first,) = await lane.take(make.arrival())
    (outcome,) = await lane.take(make.follow_up(data, source=source))
    assert rejected(outcome) == [code]
    counted = 0 if code == "unknown-application" else 1
    assert outcome.state == msgspec.structs.replace(first.state, turned_away=counted)


async def test_a_supplement_past_the_limit_is_answered(make, lane) -> None:
    await lane.take(make.arrival())
    full = msgspec.structs.replace(lane.states[make.uuid7()], supplements=SUPPLEMENTS_LIMIT)
    lane.states[make.uuid7()] = full
    assert rejected((await lane.take(make.follow_up(BROUGHT)))[0]) == ["too-many-supplements"]
