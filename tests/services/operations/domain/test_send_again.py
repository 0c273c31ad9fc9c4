"""What a preview says of a notice is what notify does about it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.domain import Policy
from services.operations.domain.actions import ACTIONS, Command, Saying
from shared.events import Data, notify
from tests.services.notify.conftest import Case
from tests.services.operations.story import Log, Story

ACTION = ACTIONS["send_again"]
MILESTONES = ("registered", "accepted", "result_ready")
PATIENCE = Policy((1,), (20,))


class Told:
    """Notify's lane, and the log that operations reads of it."""

    def __init__(self) -> None:
        self.case, self.log = Case(PATIENCE), Log()
        self.story = Story(self.log)
        self.cause = self.story.submitted()
        for type_ in ("registered", "accepted", "settled"):
            self.write(self.case.learn(f"application.{type_}"))

    def write(self, said: list[Data]) -> list[Data]:
        self.story.decide("notify", self.cause, *said)
        return said

    def happen(self, milestone: str, what: str) -> None:
        case = self.case
        if what == "again":
            return self.again(milestone)
        if what == "timer":
            for timer in list(case.timers):
                self.write(case.fire(timer))
        elif what in ("delivered", "undelivered"):
            self.write(case.receipt(case.key(milestone), what == "delivered"))
        else:
            reason = "blocked" if what == "rejected" else ""
            self.write(case.answer(case.key(milestone), what, reason=reason))
        return None

    def again(self, milestone: str) -> None:
        """Preview, and then do it all the same: what is refused in the one is so in the other, but
        that what it tells is over is known to notify alone.
        """
        previewed = ACTION.plan(
            "notify", f"{milestone}~1", self.log.entries(self.story.application)
        )
        said = self.case.take(ACTION.say(Saying(f"{milestone}~1", "o-1", "the gateway is back")))
        done = any(isinstance(event, notify.NoticeReopened) for event in said)
        is_over = any(
            isinstance(e, notify.AgainRefused) and e.because == "no_longer_so" for e in said
        )
        assert isinstance(previewed, Command) == (done or is_over), (previewed, said)
        self.write(said)


happenings = st.tuples(
    st.sampled_from(MILESTONES),
    st.sampled_from(
        [
            *("handed", "rejected", "absent", "unknown", "delivered", "undelivered"),
            *("timer", "again", "again", "again"),
        ]
    ),
)


@given(st.lists(happenings, max_size=40))
@settings(max_examples=300, deadline=None)
def test_what_a_preview_says_of_a_notice_is_what_notify_does(some: list[tuple[str, str]]) -> None:
    told = Told()
    for milestone, what in some:
        told.happen(milestone, what)


def test_what_failed_is_tried_again_under_the_cause_that_said_so(story: Any, log: Any) -> None:
    (failed,) = story.decide(
        "notify",
        story.registered(),
        notify.NoticeFailed(milestone="accepted", channel="sms", reason="blocked"),
    )

    command = ACTION.plan("notify", "accepted~1", log.entries(story.application))

    assert command == Command("notify.inbox", failed.id, failed.traceparent, "accepted~1")


@pytest.mark.parametrize("about", ["", "accepted~2", "registered~1", "nothing"])
def test_of_what_never_failed_nothing_is_sent(about: str, story: Any, log: Any) -> None:
    story.decide(
        "notify",
        story.registered(),
        notify.NoticeFailed(milestone="accepted", channel="sms", reason="blocked"),
    )

    assert ACTION.plan("notify", about, log.entries(story.application)) == "not_failed"
