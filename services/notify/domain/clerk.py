"""Works out one decision: one notice per milestone and channel, at most one attempt at it live.

The key of an attempt is "<application>/<milestone>/<channel>/<attempt>".  It stays the same until
the gateway, or whoever owns the key's claim, said that the attempt definitely failed.
"""

from datetime import datetime, timedelta

import msgspec

from services.notify.domain.milestones import MILESTONES, REACHED_BY
from services.notify.domain.moves import (
    HAD,
    MOVES,
    OVER,
    Dossier,
    Happening,
    Notice,
    Policy,
    Status,
    live_timer,
)
from services.notify.domain.templates import Templates, template
from services.notify.domain.wordings import Channel
from shared.events import Data
from shared.events.intake import Corrected, InterlinkedRegistered, Refused, Registered
from shared.events.notify import (
    Answered,
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeQueryRequested,
    NoticeRequested,
    NoticeSent,
    ReceiptArrived,
)
from shared.kinship import is_child
from shared.lanes.table import Outcome, Timer

CHANNEL: Channel = "sms"
SLOTS = tuple(f"{milestone}/{CHANNEL}" for milestone in MILESTONES)

_UNKNOWN = Dossier()


class Clerk:
    """Takes in one message about one application; `outcome()` is the decision."""

    def __init__(
        self,
        dossier: Dossier | None,
        application: str,
        at: datetime,
        policy: Policy,
        templates: Templates,
    ) -> None:
        self._dossier = dossier or _UNKNOWN
        self._notices = dict(self._dossier.notices)
        self._application, self._at, self._policy = application, at, policy
        self._templates = templates
        self._events: list[Data] = []
        self._timers: list[Timer] = []

    def outcome(self) -> Outcome[Dossier]:
        """Return what was worked out."""
        dossier = msgspec.structs.replace(self._dossier, notices=self._notices)
        state = dossier if dossier != _UNKNOWN else None  # still unknown here
        return Outcome(state, tuple(self._events), tuple(self._timers))

    def learn(self, source: str, data: Data) -> None:
        """Take in what another service decided."""
        self._note(source, data)
        for slot in self._notices:
            if data.TYPE in _stale_after(slot):
                self._withdraw(slot, data.TYPE)
        milestone = REACHED_BY.get(data.TYPE)
        if milestone and milestone not in self._policy.silent:
            self._reach(milestone, data)
        if self._dossier.contact is not None:
            for slot in SLOTS:  # in the order in which they come in life
                notice = self._notices.get(slot)
                if notice and notice.status == "awaiting":
                    self._move(slot, "due")

    def hear(self, data: Answered | ReceiptArrived, at: datetime) -> None:
        """Take in what the gateway said at `at`, about whichever attempt."""
        slot, _, attempt = data.key.removeprefix(f"{self._application}/").rpartition("/")
        if slot not in self._notices or not attempt.isdecimal():
            return
        happening: Happening
        if isinstance(data, Answered):
            happening, reason = data.finding, data.reason
        else:
            happening, reason = ("delivered" if data.delivered else "undelivered"), data.code
        current = self._notices[slot].attempt
        is_proof = happening in ("handed", "delivered")  # of an earlier attempt it counts as well
        if int(attempt) == current or (is_proof and int(attempt) < current):
            milestone, channel = slot.split("/")
            sent = NoticeSent(
                milestone=milestone, channel=channel, gateway_id=data.gateway_id, sent_at=at
            )
            self._move(slot, happening, reason or happening, sent)

    def fire(self, timer: str) -> None:
        """Take in that a timer came due; a stale one changes nothing."""
        for slot, notice in self._notices.items():
            if live_timer(slot, notice) == timer:
                self._move(slot, "due")
                break

    def _note(self, source: str, data: Data) -> None:
        latest = {**self._dossier.latest, source: data.TYPE}
        self._dossier = msgspec.structs.replace(self._dossier, latest=latest)
        if isinstance(data, Corrected):
            self._dossier = msgspec.structs.replace(self._dossier, contact=data.contact)
        if isinstance(data, Registered | InterlinkedRegistered | Refused):
            self._dossier = msgspec.structs.replace(
                self._dossier,
                portal=data.portal,
                language=data.language,
                contact=data.contact,
                dossier_code="" if isinstance(data, Refused) else data.dossier_code,
            )

    def _reach(self, milestone: str, data: Data) -> None:
        """Open the notice of a milestone, or what was dropped; a live one tells the newer facts."""
        if is_child(self._application) and not MILESTONES[milestone].of_children:
            return
        slot = f"{milestone}/{CHANNEL}"
        params = {f: _text(getattr(data, f)) for f in MILESTONES[milestone].fields}
        old = self._notices.get(slot)
        if old is None or old.status == "dropped":
            self._notices[slot] = Notice(
                status="awaiting", since=self._at, params=params, attempt=old.attempt if old else 0
            )
        elif old.status in OVER:
            return
        else:
            self._notices[slot] = msgspec.structs.replace(old, params=params, stale="")
        for other in self._dossier.latest.values():  # what another service said may be ahead
            if other in MILESTONES[milestone].stale_after:
                self._withdraw(slot, other)

    def _withdraw(self, slot: str, because: str) -> None:
        """Drop a notice at rest; one that may be on its way is dropped should it come back."""
        if "stale" in MOVES[self._notices[slot].status]:
            self._move(slot, "stale", because)
        elif self._notices[slot].status not in OVER:
            self._notices[slot] = msgspec.structs.replace(self._notices[slot], stale=because)

    def _move(
        self, slot: str, happening: Happening, reason: str = "", sent: NoticeSent | None = None
    ) -> None:
        before = self._notices[slot]
        status = MOVES[before.status].get(happening)
        if status is None:
            return
        if sent and happening in HAD and "handed" in MOVES[before.status]:
            self._events.append(sent)
        status, reason = self._unless_over(before, status, reason)
        milestone = slot.partition("/")[0]
        notice = msgspec.structs.replace(
            before,
            status=status,
            words=self._templates.version(milestone, self._at)
            if status == "requested"
            else before.words,
            since=self._at,
            attempt=before.attempt + (status == "requested"),
            asks=0 if status == "requested" else before.asks + (status == "asking"),
            reason=reason if status in ("failed", "dropped") else "",
        )
        self._notices[slot] = notice
        self._act(slot, notice)

    def _unless_over(self, notice: Notice, status: Status, reason: str) -> tuple[Status, str]:
        """Return the next status, or the end that takes its place."""
        if status == "requested" and not self._dossier.contact:
            return "dropped", "no_contact"
        if status == "waiting" and notice.stale:
            return "dropped", notice.stale
        if status == "waiting" and notice.attempt > len(self._policy.retry_after_s):
            return "failed", "attempts_exhausted"
        if status == "in_doubt" and notice.asks >= len(self._policy.ask_after_s):
            return "failed", "outcome_unknown"
        return status, reason

    def _act(self, slot: str, notice: Notice) -> None:
        """Say and do what entering a status means; `sent` has been said on the way in."""
        milestone, channel = slot.split("/")
        key = f"{self._application}/{slot}/{notice.attempt}"
        match notice.status:
            case "requested":
                self._events.append(self._request(milestone, channel, key, notice))
            case "waiting":
                self._wait(slot, notice, self._policy.retry_after_s[notice.attempt - 1])
            case "in_doubt":
                self._wait(slot, notice, self._policy.ask_after_s[notice.asks])
            case "asking":
                self._events.append(
                    NoticeQueryRequested(
                        key=f"{key}/ask/{notice.asks}", attempt_key=key, channel=channel
                    )
                )
            case "delivered":
                self._events.append(NoticeDelivered(milestone=milestone, channel=channel))
            case "failed":
                self._events.append(
                    NoticeFailed(milestone=milestone, channel=channel, reason=notice.reason)
                )
            case "dropped":
                self._events.append(
                    NoticeDropped(milestone=milestone, channel=channel, reason=notice.reason)
                )

    def _request(self, milestone: str, channel: str, key: str, notice: Notice) -> NoticeRequested:
        dossier = self._dossier
        return NoticeRequested(
            key=key,
            milestone=milestone,
            channel=channel,
            template=template(milestone, CHANNEL, dossier.language, notice.words),
            language=dossier.language,
            contact=dossier.contact or "",
            params={"dossier_code": dossier.dossier_code, **notice.params},
        )

    def _wait(self, slot: str, notice: Notice, seconds: float) -> None:
        name = live_timer(slot, notice)
        assert name is not None
        self._timers.append(Timer(name, self._at + timedelta(seconds=seconds)))


def _stale_after(slot: str) -> frozenset[str]:
    return MILESTONES[slot.partition("/")[0]].stale_after


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
