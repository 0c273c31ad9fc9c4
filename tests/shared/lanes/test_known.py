"""What a process remembers of its own decisions, and who asks the journal."""

from datetime import UTC, datetime
from typing import Any

from shared.journal import Cause, Decision
from shared.lanes.known import Known, LatestDecisions


def a_decision(application: str = "a", version: int = 1) -> Decision[Any]:
    return Decision(
        application=application,
        version=version,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        cause=Cause("portal.submissions", 0, 0, "m"),
        state=None,
        state_json=b"null",
        traceparent="",
    )


class Journal:
    """Has one decision of every application, and counts who asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def latest(self, application: str) -> Decision[Any]:
        self.asked.append(application)
        return a_decision(application)


async def test_what_this_process_decided_is_not_asked_of_the_journal() -> None:
    known, journal = Known[Any](), Journal()
    known.put([a_decision("a", 3)])
    latest = LatestDecisions(known, journal)
    decision = await latest.latest("a")
    assert decision is not None
    assert (decision.version, journal.asked) == (3, [])


async def test_what_was_forgotten_is_asked_of_the_journal() -> None:
    known, journal = Known[Any](), Journal()
    known.put([a_decision("a", 3)])
    known.forget(["a"])
    decision = await LatestDecisions(known, journal).latest("a")
    assert decision is not None
    assert (decision.version, journal.asked) == (1, ["a"])


def test_what_was_used_longest_ago_gives_way() -> None:
    known = Known[Any](limit=2)
    for application in ("a", "b", "a", "c"):
        known.put([a_decision(application)])
    assert [known.get(a) is not None for a in ("a", "b", "c")] == [True, False, True]
