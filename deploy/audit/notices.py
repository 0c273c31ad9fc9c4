"""Whether citizens were told, once, of what was still so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from deploy.audit.evidence import Evidence
from services.notify.domain.milestones import MILESTONES
from shared.events.kernel import LaneReleased
from shared.events.notify import NoticeRequested, NoticeSent
from shared.store import Row


def notices_reach_once(evidence: Evidence) -> tuple[int, Iterable[str]]:
    """Count what the gateway was handed per application, milestone and channel."""
    handed: Counter[str] = Counter()
    for key, times in evidence.handed.items():
        handed[key.rpartition("/")[0]] += times  # the last part of a key is the attempt
    wrong = [f"{notice}: handed {n} times" for notice, n in handed.items() if n != 1]
    sent: Counter[str] = Counter()
    for heard in evidence.events_of("notify"):
        assert heard.event is not None
        if heard.event.type == NoticeSent.TYPE:
            data = heard.data()
            sent[f"{heard.event.subject}/{data['milestone']}/{data['channel']}"] += 1
    wrong += [f"{notice}: sent, never handed" for notice in sent if notice not in handed]
    wrong += [f"{notice}: handed, never told" for notice in handed if notice not in sent]
    wrong += [f"{notice}: told {n} times" for notice, n in sent.items() if n != 1]
    wrong += _too_late(evidence)
    return sum(handed.values()), wrong


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
            gone |= {name for name, m in MILESTONES.items() if type_ in m.stale_after}
            gone -= {name for name, m in MILESTONES.items() if type_ == m.reached_by.TYPE}
            for milestone in _requested(row):
                if milestone in gone:
                    yield f"{application}/{milestone}: asked for when it was no longer so"


def _requested(row: Row) -> Iterator[str]:
    for text in row.get("emitted", ()):
        event = msgspec.json.decode(text)
        if event["type"] == NoticeRequested.TYPE:
            yield event["data"]["milestone"]
