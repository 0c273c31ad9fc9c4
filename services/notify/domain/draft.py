"""What one decision has worked out so far: moves made, events said, timers set.

The key of an attempt is "<application>/<slot>/<attempt>".  It stays the same until the provider, or
whoever owns the key's claim, said that the attempt definitely failed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from services.notify.domain.milestones import CANCELLED
from services.notify.domain.moves import (
    CONTRADICTED,
    FATE,
    HAD,
    MOVES,
    NEVER_HAD,
    OVER,
    PUT_OFF_LIMIT,
    UNDER_WAY,
    Dossier,
    Happening,
    Notice,
    Status,
    again_after_s,
    is_last_try,
    is_too_late,
    live_timer,
)
from services.notify.domain.saying import UNKNOWN, Saying
from services.notify.domain.slots import UNIT, slot_of
from services.notify.domain.timing import with_jitter
from shared.events import Data
from shared.events.notify import (
    NoticeContradicted,
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeQueryRequested,
    NoticeReceiptMissing,
    NoticeSent,
)
from shared.lanes.table import Outcome, Timer

# a message that cannot be made: what goes along in it is told by itself
WORDS_FAULT = frozenset({"template_unknown", "variable_missing", "too_large"})


class Draft(Saying):
    """One decision in the making."""

    __slots__ = ()

    def outcome(self) -> Outcome[Dossier]:
        """Return what was worked out."""
        dossier = replace(self.dossier, notices=self.notices)
        state = dossier if dossier != UNKNOWN else None  # still unknown here
        return Outcome(state, tuple(self._events), tuple(self._timers))

    def say(self, events: Iterable[Data], timers: Iterable[Timer] = ()) -> None:
        """Say these, after what was said, and set these timers."""
        self._events += events
        self._timers += timers

    def withdraw(self, slot: str, because: str) -> None:
        """Drop a notice at rest; one that may be on its way is dropped should it come back."""
        notice = self.notices[slot]
        is_led = notice.status == "joined" and self.notices[notice.lead].status in UNDER_WAY
        if "stale" in MOVES[notice.status] and not is_led:
            self.move(slot, "stale", because)
        elif notice.stale in ("", "opted_out") and (notice.never_had or notice.status not in OVER):
            self.notices[slot] = replace(notice, stale=because)  # it may be wished, or opened again

    def move(
        self, slot: str, happening: Happening, reason: str = "", sent: NoticeSent | None = None
    ) -> None:
        """Let something happen to a notice; `sent` is said if it proves that it was handed over."""
        before = self.notices[slot]
        status = MOVES[before.status].get(happening)
        if status is None:
            return
        if sent and (happening not in HAD or "handed" not in MOVES[before.status]):
            sent = None
        if sent:
            self._events.append(sent)
        if before.status == "delivered":
            self._contradict(slot, before, reason)
            return
        status, reason = self._unless_over(slot, before, status, reason)
        if status == "requested":
            notice = self._next_attempt(slot, before)
        else:
            notice = replace(
                before,
                status=status,
                since=self.at,
                asks=before.asks + (status == "asking"),
                put_off=before.put_off + (happening == "put_off"),
                reason=reason if status in ("failed", "dropped") or happening == "due" else "",
                never_had=status == "failed" and happening in NEVER_HAD,
            )
            if status == "waiting":
                notice = self._tried(slot, notice)
            elif before.lead and status == "held":
                notice = replace(notice, lead="")
        self.notices[slot] = notice
        self._act(slot, notice)
        if notice.joined:
            self._lead(slot, notice, sent)

    def hold(self, slot: str, until: datetime, because: Happening = "hold") -> None:
        """Keep a notice back until then."""
        before = self.notices[slot]
        self.move(slot, because)
        notice = self.notices[slot]
        if notice.status == "held" and notice is not before:
            self._wait(slot, notice, until)

    def _unless_over(
        self, slot: str, notice: Notice, status: Status, reason: str
    ) -> tuple[Status, str]:
        """Return the next status, or the end that takes its place."""
        policy = self.policy
        if status == "requested":
            return self._unless_in_vain(slot, reason)
        if status in ("waiting", "held") and notice.stale:
            return "dropped", notice.stale
        if status == "waiting" and is_last_try(policy, notice) and self._all_failed(slot, notice):
            return "failed", "attempts_exhausted"
        if status == "held" and notice.put_off >= PUT_OFF_LIMIT:
            return "failed", "rate_exceeded"
        if status == "in_doubt" and notice.asks >= len(policy.ask_after_s):
            return "failed", "outcome_unknown"
        return status, reason

    def in_vain(self, slot: str) -> str:
        """Return why a notice would be dropped if it went out now; empty: it would not."""
        status, reason = self._unless_in_vain(slot, "")
        return reason if status == "dropped" else ""

    def _unless_in_vain(self, slot: str, reason: str) -> tuple[Status, str]:
        """Return that it is to be asked for, or the end that takes the place of that."""
        milestone, channel, *_ = slot_of(slot)
        if milestone in self._cancelled:
            return "dropped", CANCELLED
        if is_too_late(self.notices, slot, self.at):
            return "dropped", "too_late"
        if channel == "portal":
            return "delivered", ""  # it stands there
        if not self.dossier.contact and not slot.endswith(UNIT):
            return "dropped", "no_contact"
        if channel not in self.policy.providers:
            return "dropped", "no_provider"
        return "requested", reason

    def _next_attempt(self, slot: str, notice: Notice) -> Notice:
        channel = slot_of(slot).channel
        attempt, providers = notice.attempt + 1, self.policy.providers
        key = self.key(slot, attempt)
        chosen = providers.choose(channel, key, notice.tried, self._unhealthy)
        return replace(
            notice,
            status="requested",
            since=self.at,
            attempt=attempt,
            asks=0,
            reason="",
            words=self.version(slot),
            provider=chosen,
        )

    def _tried(self, slot: str, notice: Notice) -> Notice:
        """Return a notice that knows who failed it; once all did, all are asked again."""
        if self._all_failed(slot, notice):
            return replace(notice, tried=()) if notice.tried else notice
        tried = (*notice.tried, notice.provider)
        return replace(notice, tried=tried, failovers=notice.failovers + 1)

    def _all_failed(self, slot: str, notice: Notice) -> bool:
        tried = (*notice.tried, notice.provider)
        return self.policy.providers.all_tried(slot_of(slot).channel, tried)

    def _contradict(self, slot: str, notice: Notice, reason: str) -> None:
        """Keep, and say, that a notice which was delivered is told not to have been."""
        if notice.reason:
            return
        self.notices[slot] = replace(notice, since=self.at, reason=CONTRADICTED)
        milestone, _, way, occasion = slot_of(slot)
        self._events.append(
            NoticeContradicted(
                milestone=milestone,
                channel=way,
                provider=notice.provider,
                reason=reason,
                occasion=occasion,
            )
        )
        for other in notice.joined:
            if self.notices[other].lead == slot:
                self.move(other, "undelivered", reason)

    def _lead(self, slot: str, notice: Notice, sent: NoticeSent | None) -> None:
        """Let those that go out in this notice's message share its fate."""
        for other in notice.joined:
            led = self.notices[other]
            if led.lead != slot:
                continue
            if notice.status in FATE:
                if notice.reason in WORDS_FAULT and not led.stale:  # whose words, nobody says
                    self.hold(other, self.at + self._again(other), "alone")
                    continue
                milestone, _, _, occasion = slot_of(other)
                own = sent and replace(sent, milestone=milestone, occasion=occasion)
                self.move(other, FATE[notice.status], notice.reason, own)
                self.notices[other] = replace(self.notices[other], never_had=notice.never_had)
            elif notice.status not in ("waiting", "held", "dropped") or led.status != "joined":
                continue
            elif led.stale:
                self.move(other, "stale", led.stale)
            elif notice.status == "dropped":
                self.hold(other, self.at + self._again(other), "alone")

    def _act(self, slot: str, notice: Notice) -> None:
        """Say and do what entering a status means; `sent` has been said on the way in."""
        milestone, channel, way, occasion = slot_of(slot)
        said: dict[str, Any] = {"milestone": milestone, "channel": way, "occasion": occasion}
        match notice.status:
            case "requested":
                self._leave_out(slot, notice)
                self._events.append(self.request(slot, notice))
            case "sent":
                self._expect_a_receipt(slot, notice)
            case "waiting":
                self._wait(slot, notice, self.at + self._again(slot))
            case "in_doubt":
                carrier = self.policy.providers.row(channel, notice.provider)
                seconds = max(self.policy.ask_after_s[notice.asks], 2 * carrier.limit_s)
                key = self.key(slot, notice.attempt)
                self._wait(slot, notice, self.at + with_jitter(seconds, self.policy.jitter, key))
            case "asking":
                key = self.key(slot, notice.attempt)
                self._events.append(
                    NoticeQueryRequested(
                        key=f"{key}/ask/{notice.asks}",
                        attempt_key=key,
                        channel=way,
                        provider=notice.provider,
                    )
                )
            case "delivered":
                self._events.append(NoticeDelivered(**said))
            case "failed":
                self._events.append(NoticeFailed(**said, reason=notice.reason))
            case "dropped":
                self._events.append(NoticeDropped(**said, reason=notice.reason))

    def _leave_out(self, lead: str, notice: Notice) -> None:
        """Drop what was cancelled and would go out in a notice's message."""
        for slot in notice.joined:
            is_led = (self.notices[slot].status, self.notices[slot].lead) == ("joined", lead)
            if is_led and slot_of(slot).milestone in self._cancelled:
                self.move(slot, "stale", CANCELLED)

    def _again(self, slot: str) -> timedelta:
        policy, notice = self.policy, self.notices[slot]
        key = self.key(slot, notice.attempt)
        return with_jitter(again_after_s(policy, notice), policy.jitter, key)

    def _expect_a_receipt(self, slot: str, notice: Notice) -> None:
        milestone, channel, way, occasion = slot_of(slot)
        if notice.lead:  # its lead expects it
            return
        if notice.reason:  # `due` while it was sent: the time is over
            missing = NoticeReceiptMissing(
                milestone=milestone, channel=way, provider=notice.provider, occasion=occasion
            )
            self._events.append(missing)
        elif within_s := self.policy.providers.row(channel, notice.provider).receipt_within_s:
            self._wait(slot, notice, self.at + timedelta(seconds=within_s))

    def _wait(self, slot: str, notice: Notice, until: datetime) -> None:
        name = live_timer(slot, notice)
        assert name is not None
        self._timers.append(Timer(name, until))
