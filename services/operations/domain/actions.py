"""What operators can do about a cause: the command that is appended, and what may follow from it.

A table; whatever is not in it cannot be done to many at once.  A command is made of one matter and
of the messages of its application, or it is refused, with a reason that the table below words.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.causes import HELD
from services.operations.domain.entries import Entry, gist
from services.operations.domain.status import held_by
from shared.events.data import Data
from shared.events.kernel import LaneReleased, RecordParked

Why = Literal["nothing_held"]


class Command(NamedTuple):
    """What is to be appended for one matter; `reference` is the order's that it is about, empty
    where it is about none; `cause` is the id of the message that it answers.
    """

    topic: str
    cause: str
    traceparent: str
    reference: str = ""


class Words(msgspec.Struct, frozen=True):
    """The same in both languages."""

    vi: str
    en: str


Plan = Callable[[str, str, Sequence[Entry]], Command | Why]  # stage, what it is about, messages
Say = Callable[[str, str, str], Data]  # reference, who, reason


class Action(NamedTuple):
    """What is done about these causes; `follows`: the side effects that may come of it."""

    causes: frozenset[str]
    does: Words
    follows: tuple[Words, ...]
    plan: Plan
    say: Say


def last_held(service: str, entries: Sequence[Entry]) -> Entry | None:
    """Return the last notice of what a service holds, whether or not it was released since."""
    parked = [e for e in entries if e.type == RecordParked.TYPE]
    own = [e for e in parked if gist(e.data).service == service]
    return own[-1] if own else None


def release_of(service: str, held: Entry) -> Command:
    """Return the command that has a service decide again what it holds."""
    return Command(f"{service}.inbox", held.id, held.traceparent)


def _release(stage: str, _: str, entries: Sequence[Entry]) -> Command | Why:
    held = last_held(stage, entries)
    if held is None or stage not in held_by(entries):
        return "nothing_held"
    return release_of(stage, held)


def _released(_: str, by: str, reason: str) -> LaneReleased:
    return LaneReleased(operator=by, reason=reason)


ACTIONS: Mapping[str, Action] = {
    "release": Action(
        frozenset({HELD}),
        Words(
            "Cho dịch vụ xử lý lại hồ sơ đang bị giữ",
            "The service decides again what it holds, in order",
        ),
        (
            Words(
                "Mọi việc hồ sơ còn chờ sẽ diễn ra: tính phí, gọi đối tác, gửi thông báo.",
                "All that the application still waits for may happen: fees, calls to partners, "
                "notices to the citizen.",
            ),
            Words(
                "Nếu nguyên nhân vẫn còn, hồ sơ lại bị giữ.",
                "If the cause is still there, it is held again.",
            ),
        ),
        _release,
        _released,
    ),
}
WHY: Mapping[Why, Words] = {
    "nothing_held": Words(
        "Dịch vụ không còn giữ hồ sơ này.", "The service holds nothing of it any more."
    ),
}
