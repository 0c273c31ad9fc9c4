"""What was told twice is two notices: what becomes of the second says nothing of the first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.notices import rating, sent
from shared.events import Data, notify
from tests.services.operations.story import BEGAN

ASKED = "supplement_requested"
LATER = BEGAN + timedelta(days=5)


def requested(at: datetime, occasion: int = 1, **changed: Any) -> Decided:
    whole: dict[str, Any] = {
        "key": f"{ASKED}~{occasion}/sms/1",
        "milestone": ASKED,
        "channel": "sms",
        "template": "x",
        "language": "vi",
        "contact": "sealed",
        "params": {},
        "occasion": occasion,
    }
    return Decided(at, notify.NoticeRequested(**whole | changed))


def handed(at: datetime, occasion: int = 1, milestone: str = ASKED) -> Decided:
    return Decided(
        at,
        notify.NoticeSent(
            milestone=milestone, channel="sms", gateway_id="g", sent_at=at, occasion=occasion
        ),
    )


def came(at: datetime, end: Callable[..., Data], occasion: int = 1, **more: Any) -> Decided:
    return Decided(at, end(milestone=ASKED, channel="sms", occasion=occasion, **more))


FIRST = (requested(BEGAN), handed(BEGAN), came(BEGAN, notify.NoticeDelivered))
FAILED = came(LATER, notify.NoticeFailed, 2, reason="x")
DROPPED = came(LATER, notify.NoticeDropped, 2, reason="x")


@pytest.mark.parametrize(
    ("second", "standings"),
    [
        ((), ["sending", "arrived"]),
        ((handed(LATER, 2),), ["sent", "arrived"]),
        ((FAILED,), ["failed", "arrived"]),
        ((DROPPED,), ["arrived"]),
    ],
)
def test_what_is_told_again_stands_beside_what_was_told_before(second, standings) -> None:
    found = sent((*FIRST, requested(LATER, 2), *second))
    assert [notice.standing for notice in found] == standings
    assert [n.at for n in found] == [LATER, BEGAN][-len(found) :]


def test_a_late_receipt_of_the_first_is_not_the_seconds() -> None:
    found = sent((*FIRST[:2], requested(LATER, 2), handed(LATER, 2), FIRST[2]))
    assert [notice.standing for notice in found] == ["sent", "arrived"]


def test_what_went_in_one_message_is_told_by_its_own_occasion() -> None:
    joined = notify.Joined(milestone=ASKED, template="x", params={}, occasion=2)
    both = requested(LATER, milestone="resumed", joined=(joined,))
    found = sent((*FIRST, both, handed(LATER, 1, "resumed"), handed(LATER, 2)))
    assert {(n.milestone, n.at, n.standing) for n in found} == {
        (ASKED, BEGAN, "arrived"),
        (ASKED, LATER, "sent"),
        ("resumed", LATER, "sent"),
    }


def test_what_was_told_may_be_rated_though_its_second_time_was_stale() -> None:
    found = rating((*FIRST, requested(LATER, 2), DROPPED), LATER)
    assert found is not None
    assert found.milestone == ASKED
