"""What happened to notices, counted afterwards in carriers' own books and in notify's events.

Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.audit.devices import APP, GATEWAY, MAIL
from deploy.audit.evidence import Evidence
from services.notify.domain.slots import slot_of
from shared.events.notify import (
    Answered,
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeReceiptMissing,
    NoticeRequested,
    NoticeSent,
)
from tests.invariants.carriers import (
    ASKED,
    BEFELL,
    DROPPED,
    FAILED,
    JOINED,
    MISSED,
    NEVER_KNOWN,
    TOLD,
    TOOK_OVER,
)
from tests.invariants.faults import Fault

FIRST = {"sms": GATEWAY, "email": MAIL, "app": APP}  # whose names events leave out


def of_carriers(evidence: Evidence) -> Iterator[Fault]:
    """Find what befell notices, and what became of it."""
    for (name, what), times in evidence.carried.items():
        if kind := BEFELL[name].get(what):
            yield from [Fault(kind, name)] * times
    yield from _asked_for(evidence)
    yield from _settled(evidence)
    yield from _told(evidence)


def _asked_for(evidence: Evidence) -> Iterator[Fault]:
    """Find attempts that went to another carrier than the one before."""
    before: dict[str, str] = {}
    for data in _said(evidence, NoticeRequested.TYPE):
        notice, _, _ = data["key"].rpartition("/")
        name = _carrier(data)
        if before.setdefault(notice, name) != name:
            yield Fault(TOOK_OVER, name)
        before[notice] = name
        if data.get("joined"):
            yield Fault(JOINED, data["channel"].partition("@")[0])


def _settled(evidence: Evidence) -> Iterator[Fault]:
    """Find attempts of which nobody knew, until somebody asked."""
    carriers = {data["key"]: _carrier(data) for data in _said(evidence, NoticeRequested.TYPE)}
    settled: set[str] = set()
    for heard in evidence.log["notify.inbox"]:
        if heard.event and heard.event.type == Answered.TYPE and "/ask/" in heard.event.id:
            data = heard.data()
            if data["finding"] in ("handed", "absent") and data["key"] not in settled:
                settled.add(data["key"])
                yield Fault(ASKED, carriers.get(data["key"], ""))
    latest = {key.rpartition("/")[0]: name for key, name in carriers.items()}
    for heard in evidence.events_of("notify"):
        if heard.event and heard.event.type == NoticeFailed.TYPE:
            data = heard.data()
            if data["reason"] == "outcome_unknown":
                notice = f"{heard.event.subject}/{data['milestone']}/{data['channel']}"
                yield Fault(NEVER_KNOWN, latest.get(notice, ""))


def _told(evidence: Evidence) -> Iterator[Fault]:
    for data in _said(evidence, NoticeSent.TYPE):
        yield Fault(TOLD, data["channel"])
    for data in _said(evidence, NoticeDelivered.TYPE):
        if data["channel"] == "portal":  # it stands there, and nobody hands it over
            yield Fault(TOLD, "portal")
    for data in _said(evidence, NoticeReceiptMissing.TYPE):
        yield Fault(MISSED, _carrier(data))
    for kind, type_ in ((FAILED, NoticeFailed.TYPE), (DROPPED, NoticeDropped.TYPE)):
        yield from (Fault(kind, data["reason"]) for data in _said(evidence, type_))


def _carrier(data: Mapping[str, Any]) -> str:
    """Return who has an attempt; of each channel's first events leave the name out."""
    return data.get("provider") or FIRST[slot_of(f"{data['milestone']}/{data['channel']}").channel]


def _said(evidence: Evidence, type_: str) -> Iterator[dict[str, Any]]:
    for heard in evidence.events_of("notify"):
        if heard.event and heard.event.type == type_:
            yield heard.data()
