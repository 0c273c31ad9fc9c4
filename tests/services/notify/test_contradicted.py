"""What was delivered and then was not: whoever is asked says the same of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from services.notify.domain.audience import result, told
from services.notify.domain.stuck import unreached
from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.notices import sent
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from shared.events import routing
from tests.services.operations.story import Log, Story


class Said(NamedTuple):
    """What the four say: the citizens' page, the inbox, a broadcast's count, operators' board."""

    page: set[str]
    unreached: list[str]
    counted: str
    board: set[str]


def said(case: Any) -> Said:
    """Ask all four of the notice `registered`."""
    page = sent([Decided(case.at, data) for data in case.emitted])
    log = Log()
    story = Story(log)
    cause = story.external("routing.inbox", "/test", routing.OfficerStarted(officer="o"))
    story.decide("notify", cause, *case.emitted)
    matters = followed(Summary(), log.entries(story.application)).matters
    return Said(
        {notice.standing for notice in page},
        unreached(case.dossier),
        result(told(case.dossier, "registered"), is_cancelled=False),
        {cause for cause, _ in matters},
    )


def delivered(case: Any, ways: Sequence[str]) -> Any:
    case.agree(*ways)
    for request in [*case.requests()]:
        case.answer(request.key, "handed")
        case.receipt(request.key)
    return case


REACHED = Said({"arrived"}, [], "delivered", set())
NOT_REACHED = Said({"sent"}, ["registered"], "sent", {"notice_failing"})
BY_THE_OTHER_WAY = Said({"sent", "arrived"}, [], "delivered", set())


@pytest.mark.parametrize(
    ("ways", "after"),
    [(["sms"], NOT_REACHED), (["sms", "email"], BY_THE_OTHER_WAY)],
    ids=["the only way", "one of two"],
)
def test_all_say_the_same_of_a_notice_whose_provider_took_back_that_it_arrived(
    new_case, providers, ways, after
) -> None:
    case = delivered(new_case(providers=providers(*ways)), ways)
    assert said(case) == REACHED
    case.receipt(next(case.requests()).key, delivered=False)
    assert said(case) == after
