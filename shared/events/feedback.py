"""What citizens think of how they were served: `notify.inbox`, then `notify.events`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from shared.events.data import Data, Strict

SEALED_LIMIT = 16_000  # characters of a sealed text

Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
# as `shared.vault` seals: what somebody wrote does not come in the clear by mistake
SealedOrNone = Annotated[
    str, msgspec.Meta(pattern=r"^(v1\.[A-Za-z0-9_=-]+)?$", max_length=SEALED_LIMIT)
]

# Which milestones are asked about, and for how many days after they were told an answer counts;
# within them a later answer takes the place of an earlier one.  What asks for something or says
# that it is late is not asked about: a petition says more.
RATED_DAYS: Mapping[str, int] = {
    "registered": 30,
    "payment_settled": 30,
    "accepted": 30,
    "not_accepted": 30,
    "supplement_requested": 30,
    "result_ready": 30,
    "returned": 30,
    "interlinked_ended": 30,
}


class FeedbackGiven(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """How a citizen was served at a milestone, 1 (badly) to 5 (well).

    `comment` is sealed for the application: `shared.feedback` makes the message.
    """

    TYPE: ClassVar[str] = "feedback.given"
    milestone: str
    score: Score
    comment: SealedOrNone = ""


class FeedbackRecorded(Data, frozen=True, kw_only=True, omit_defaults=True):
    """It counts; `score_before` is the score whose place it took (0: none).  `unit`: who worked on
    it, where that is known; `comment` as it came.
    """

    TYPE: ClassVar[str] = "feedback.recorded"
    milestone: str
    score: int
    score_before: int = 0
    unit: str = ""
    comment: str = ""


class FeedbackRejected(Data, frozen=True, kw_only=True):
    """It does not count: nobody is asked about this milestone (`not_asked`), it was not told
    (`not_told`), or too long ago (`too_late`).
    """

    TYPE: ClassVar[str] = "feedback.rejected"
    milestone: str
    reason: Literal["not_asked", "not_told", "too_late"]
