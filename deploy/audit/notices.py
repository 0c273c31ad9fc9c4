"""Whether citizens were told, once, of what was still so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from deploy.audit.evidence import Evidence
from services.notify.domain.milestones import MILESTONES
from services.notify.domain.moves import Dossier, live_timer
from services.notify.domain.slots import Slot
from shared.events.handover import PostCameBack
from shared.events.kernel import LaneReleased
from shared.events.notify import (
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeRequested,
    NoticeSent,
)
from shared.store import Row

ENDS = frozenset(c.TYPE for c in (NoticeSent, NoticeDelivered, NoticeFailed, NoticeDropped))
TIMERS = "notify.timers"
# what is told of is so again, though it was reached long ago: the result is back from the post
_SO_AGAIN: Mapping[str, frozenset[str]] = {PostCameBack.TYPE: frozenset({"result_ready"})}
UNKNOWN = "outcome_unknown"  # why a notice failed of which its carrier may have a message


class _Said:
    """What carriers had, and what notify said, by notice."""

    def __init__(self, evidence: Evidence) -> None:
        self.handed, self.sent = Counter[str](), Counter[str]()
        self.delivered, self.doubtful, self.lost = set[str](), set[str](), set[str]()
        self.unasked = {key.rpartition("/")[0] for key in evidence.unasked}
        self.wrong: list[str] = []
        for key, times in evidence.handed.items():
            self._carried(evidence, key, key.rpartition("/")[0], times)
        for heard in evidence.events_of("notify"):
            assert heard.event is not None
            if heard.event.type in ENDS or heard.event.type == NoticeRequested.TYPE:
                self._hear(evidence, heard.event.subject, heard.event.type, heard.data())

    def _carried(self, evidence: Evidence, key: str, notice: str, times: int) -> None:
        self.handed[notice] += times
        if key in evidence.lost:
            self.lost.add(notice)

    def _hear(
        self, evidence: Evidence, application: str, type_: str, data: Mapping[str, Any]
    ) -> None:
        notice = f"{application}/{_slot(data, data['channel'])}"
        match type_:
            case NoticeSent.TYPE:
                self.sent[notice] += 1
            case NoticeDelivered.TYPE:
                self.delivered.add(notice)
            case NoticeFailed.TYPE | NoticeDropped.TYPE if not data.get("reason"):
                self.wrong.append(f"{notice}: ended without a reason")
            case NoticeFailed.TYPE if data["reason"] == UNKNOWN:
                self.doubtful.add(notice)
            case NoticeRequested.TYPE:
                for also in data.get("joined", ()):  # told in the same message: its notice as well
                    other, key = f"{application}/{_slot(also, data['channel'])}", data["key"]
                    if times := evidence.handed.get(key, 0):
                        self._carried(evidence, key, other, times)
                    self.unasked |= {other} if key in evidence.unasked else set()


def notices_reach_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Count what carriers were handed per application, milestone and channel.

    Of what went by a carrier that cannot be asked nobody may ever know; that has to be said.
    """
    said = _Said(evidence)
    handed, sent = said.handed, said.sent
    untold = handed.keys() - sent.keys() - (said.doubtful & said.unasked)
    wrong = said.wrong
    wrong += [f"{notice}: handed {n} times" for notice, n in handed.items() if n != 1]
    wrong += [f"{notice}: sent, never handed" for notice in sent if notice not in handed]
    wrong += [f"{notice}: handed, never told" for notice in untold]
    wrong += [f"{notice}: told {n} times" for notice, n in sent.items() if n != 1]
    wrong += [f"{notice}: said to be delivered, and lost" for notice in said.lost & said.delivered]
    wrong += _without_an_end(evidence)
    wrong += _too_late(evidence)
    return sum(handed.values()), wrong


def _without_an_end(evidence: Evidence) -> Iterator[str]:
    """Find notices asked for of which nobody ever said that they were sent, failed or dropped.

    The log is at rest, so every call has been answered: only a timer can still bring an end, or
    an operator, to an application that is held.
    """
    open_: dict[tuple[str, str], None] = {}
    for heard in evidence.events_of("notify"):
        assert heard.event is not None
        if heard.event.type == NoticeRequested.TYPE or heard.event.type in ENDS:
            data = heard.data()
            open_.pop((heard.event.subject, _slot(data, data["channel"])), None)
            if heard.event.type == NoticeRequested.TYPE:
                for told in _told(data):
                    open_[heard.event.subject, _slot(told, data["channel"])] = None
    latest = {row["application"]: row for row in evidence.journals["notify"]}
    timers = evidence.collections.get(TIMERS)  # None: they were not read
    due = {(row["application"], row["name"]) for row in timers or ()}
    for application, slot in open_:
        row = latest.get(application, {})
        timer = _awaited(row, slot)
        is_timed = timer is not None and (timers is None or (application, timer) in due)
        if not is_timed and not row.get("held"):
            yield f"{application}/{slot}: asked for, and never sent, failed or dropped"


def _awaited(row: Row, slot: str) -> str | None:
    """Return the timer that a notice waits for, by the state of its application."""
    if not row.get("state"):
        return None
    notices = msgspec.json.decode(row["state"], type=Dossier).notices
    notice = notices.get(slot)
    if notice and notice.status == "joined":  # it waits for what its lead waits for
        slot, notice = notice.lead, notices.get(notice.lead)
    return live_timer(slot, notice) if notice else None


def _too_late(evidence: Evidence) -> Iterator[str]:
    """Find notices asked for after notify knew that what they tell of is no longer so."""
    types = {
        (heard.record.topic, heard.record.partition, heard.record.offset): heard.event.type
        for topic in ("intake.events", "routing.events", "payment.events", "notify.inbox")
        for heard in evidence.log[topic]
        if heard.event
    }
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in evidence.journals["notify"]:
        if "archived" in row:
            continue  # it stands for versions that are no longer there
        rows[row["application"]].append(row)
    for application, versions in rows.items():
        gone: set[str] = set()
        for row in versions:
            cause = row["cause"]
            type_ = types.get((cause["topic"], cause["partition"], cause["offset"]), "")
            if type_ == LaneReleased.TYPE:
                gone.clear()  # it brings back several messages: which one, nobody can tell
            for known in (type_, *_decided(row)):  # also what notify itself decides, of petitions
                gone |= {name for name, m in MILESTONES.items() if known in m.stale_after}
                gone -= {name for name, m in MILESTONES.items() if known == m.reached_by.TYPE}
                gone -= _SO_AGAIN.get(known, frozenset())
            for milestone in _requested(row):
                if milestone in gone:
                    yield f"{application}/{milestone}: asked for when it was no longer so"


def _decided(row: Row) -> Iterator[str]:
    """Return the types of what this version says of a petition."""
    for text in row.get("emitted", ()):
        if '"type":"petition.' in text:
            yield msgspec.json.decode(text)["type"]


def _requested(row: Row) -> Iterator[str]:
    for text in row.get("emitted", ()):
        event = msgspec.json.decode(text)
        if event["type"] == NoticeRequested.TYPE:
            yield from (told["milestone"] for told in _told(event["data"]))


def _told(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return all that a message tells: of each its milestone, and which occasion of it."""
    yield data
    yield from data.get("joined", ())


def _slot(told: Mapping[str, Any], way: str) -> str:
    return f"{Slot(told['milestone'], 'sms', way, told.get('occasion', 1))}"
