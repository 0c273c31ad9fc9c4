"""Each notice that was asked for came to an end, or is under way; and to none twice.

A notice is a milestone, which occasion of it, by a channel, to an audience (`sms`,
`sms@representative`).  What it waits for is notify's; from outside it is under way while somebody
says a word of it at least once in the time that the longest timer takes.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from services.operations.domain.proof.tally import Journey, Moment, Proof, read_as
from shared.events.notify import (
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeQueryRequested,
    NoticeReopened,
    NoticeRequested,
    NoticeSent,
)

_ENDS = {
    NoticeSent.TYPE: "sent",
    NoticeDelivered.TYPE: "delivered",
    NoticeFailed.TYPE: "failed",
    NoticeDropped.TYPE: "dropped",
}
_HOLDS = "notify holds it"
_HEARD = frozenset({*_ENDS, NoticeRequested.TYPE, NoticeQueryRequested.TYPE, NoticeReopened.TYPE})


class _Slot(NamedTuple):
    milestone: str
    occasion: int
    way: str

    def __str__(self) -> str:
        again = f"~{self.occasion}" if self.occasion > 1 else ""
        return f"{self.milestone}{again}/{self.way}"


class _Joined(msgspec.Struct, frozen=True):
    milestone: str = ""
    occasion: int = 1


class _Said(msgspec.Struct, frozen=True):
    milestone: str = ""
    occasion: int = 1
    channel: str = ""
    key: str = ""
    attempt_key: str = ""
    joined: tuple[_Joined, ...] = ()


_said = msgspec.json.Decoder(_Said)
_NOTHING = _Said()


class _Notices:
    """How far the notices of one application have come."""

    def __init__(self) -> None:
        self.requested: dict[_Slot, int] = {}  # when the last word of it was
        self.ended: dict[_Slot, str] = {}
        self.sent = Counter[_Slot]()
        self.again = list[_Slot]()  # asked for when it was over
        self._slots: dict[str, tuple[_Slot, ...]] = {}  # what goes out under a key

    def hear(self, entry: Entry) -> None:
        """Take in an event of notify."""
        said = read_as(_said, entry.data, _NOTHING)
        if entry.type == NoticeRequested.TYPE:
            self._slots[said.key] = tuple(_told(said))
            for slot in self._slots[said.key]:
                # what was dropped is told after all when its milestone is reached again
                is_over = self.ended.pop(slot, "dropped") != "dropped"
                self.again += [slot] if is_over else []
                self.requested[slot] = entry.logged_ms
        elif entry.type == NoticeQueryRequested.TYPE:
            for slot in self._slots.get(said.attempt_key, ()):
                self.requested[slot] = entry.logged_ms
        elif entry.type == NoticeReopened.TYPE:
            slot = _Slot(said.milestone, said.occasion, said.channel)
            # an operator had it tried again: it may be what failed, and was never sent
            is_open_again = self.ended.pop(slot, "") == "failed" and not self.sent[slot]
            self.again += [] if is_open_again else [slot]
            self.requested[slot] = entry.logged_ms
        else:
            slot = _Slot(said.milestone, said.occasion, said.channel)
            self.ended[slot] = _ENDS[entry.type]
            self.sent[slot] += entry.type == NoticeSent.TYPE


def notices_end_once(journey: Journey, moment: Moment, into: Proof) -> None:
    """Check the notices of one application."""
    decided = [e for e in journey.entries if e.type in _HEARD and e.sequence]
    found = _Notices()
    for entry in sorted(decided, key=lambda e: e.sequence):
        if entry.service == "notify":
            found.hear(entry)
    is_held = "notify" in journey.held
    kind, why = ("notice_held", _HOLDS) if is_held else ("notice", "its carrier or a timer has it")
    for slot, last_ms in found.requested.items():
        into.count("notices", "requested")
        if slot in found.ended:
            into.count("notices", found.ended[slot])
        elif moment.bears(kind, last_ms):
            into.count("notices", "under_way")
            into.wait(kind, journey.application, f"{slot}", why, last_ms)
        else:
            detail = "asked for, and nobody says what became of it"
            detail = f"{detail}: {why}" if is_held else detail
            into.blame("notice_without_end", journey.application, f"{slot}", detail)
    for slot in found.ended.keys() - found.requested.keys():
        into.count("notices_not_handed_over", found.ended[slot])
    _none_twice(found, journey.application, into)


def _none_twice(found: _Notices, application: str, into: Proof) -> None:
    for slot, times in found.sent.items():
        if times > 1:
            into.blame("notice_twice", application, f"{slot}", f"sent {times} times")
    for slot in found.again:
        into.blame("notice_twice", application, f"{slot}", "asked for when it was over")


def _told(said: _Said) -> Iterator[_Slot]:
    """Yield all that a message tells: it is the notice of each."""
    yield _Slot(said.milestone, said.occasion, said.channel)
    for also in said.joined:
        yield _Slot(also.milestone, also.occasion, said.channel)
