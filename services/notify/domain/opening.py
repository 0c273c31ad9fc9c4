"""Which notices are opened, and when each goes out: now, in the morning, along with others."""

from collections.abc import Iterator

from msgspec.structs import replace

from services.notify.domain.draft import Draft
from services.notify.domain.milestones import milestone_of
from services.notify.domain.moves import OVER, UNDER_WAY, Notice, params_of
from services.notify.domain.slots import Slot, in_life, slot_of, stale_after, ways_for
from services.notify.domain.templates import AGAIN
from services.notify.domain.timing import may_go, with_jitter
from shared.events.notify import NoticeDropped

JOINED_LIMIT = 8  # notices that go along with another
OCCASIONS_LIMIT = 20  # of a milestone


class Opening(Draft):
    """Opens notices, and lets them go or keeps them back for their time."""

    __slots__ = ()

    def ways(self, milestone: str) -> tuple[str, ...]:
        """Return by which ways a milestone is told."""
        dossier = self.dossier
        told = dossier.unit if dossier.unit in self.policy.units else ""
        return ways_for(milestone, dossier.channels, dossier.representative, told)

    def open(
        self,
        milestone: str,
        params: dict[str, str],
        is_over: bool | None = None,
        *,
        occasion: int = 0,
        lasts: bool = False,
        is_other: bool = True,
    ) -> None:
        """Open the notices of a milestone, unless they tell what is no longer so.

        `is_over`: it was reached again, and what was told before is no longer so; None: nothing
        new was said, what `occasion` tells goes by other ways.  `lasts`: no event makes them
        pointless.  `is_other`: told again, it is of another thing, and not of the same elsewhere.
        """
        notices = self.notices
        told = [slot for slot in notices if slot_of(slot).milestone == milestone]
        occasion = occasion or max((slot_of(slot).occasion for slot in told), default=1)
        told = [slot for slot in told if slot_of(slot).occasion == occasion]
        for slot in told:  # each keeps what it has told, and the live ones tell what is so now
            notices[slot] = replace(notices[slot], params=params_of(notices, slot))
        out = [slot for slot in told if self._is_out(slot)]
        is_again = any(notices[slot].words.startswith(AGAIN) for slot in told)
        if is_over is not None and out and self._is_news(out[-1], params, is_over):
            if occasion >= OCCASIONS_LIMIT:
                self.say(self._untold(milestone))
                return
            for slot in told:
                self.withdraw(slot, "superseded")
            occasion, told, out, is_again = occasion + 1, [], [], is_other
        slots = [f"{Slot(milestone, 'portal', way, occasion)}" for way in self.ways(milestone)]
        opened = [slot for slot in slots if slot not in out]
        words = self._templates.version(milestone, self.at, is_again=is_again)
        for slot in opened:
            is_led = not told and slot != opened[0]  # the first one's facts are its own as well
            self._begin(slot, {} if is_led else params, words, lasts)
        for slot in opened:
            for other in self.dossier.latest.values():  # another service may be ahead
                if self.makes_stale(other, slot):
                    self.withdraw(slot, other)

    def _begin(self, slot: str, params: dict[str, str], words: str, lasts: bool) -> None:
        """Open a notice, or let one that still waits tell what is so now."""
        old = self.notices.get(slot)
        if old is not None and old.status != "dropped":
            self.notices[slot] = replace(old, params=params, stale="")
            return
        self.notices.pop(slot, None)  # what is opened last stands last
        self.notices[slot] = Notice(
            status="awaiting",
            since=self.at,
            params=params,
            attempt=old.attempt if old else 0,
            words=words,  # the portal shows it from now on
            lasts=lasts,
        )

    def _untold(self, milestone: str) -> Iterator[NoticeDropped]:
        """Say of each way that a milestone was told too often to be told again."""
        for way in self.ways(milestone):
            yield NoticeDropped(
                milestone=milestone,
                channel=way,
                reason="told_too_often",
                occasion=OCCASIONS_LIMIT + 1,
            )

    def open_again(self, slot: str) -> None:
        """Open what failed as if it had never been tried; its attempts are numbered on."""
        old = self.notices[slot]
        self.notices[slot] = Notice(
            status="awaiting",
            since=self.at,
            params=params_of(self.notices, slot),
            attempt=old.attempt,
            words=old.words,
            lasts=old.lasts,
            opened=old.opened + 1,
            before=old.attempt,
        )

    def makes_stale(self, type_: str, slot: str) -> bool:
        """Tell whether an event makes a notice pointless."""
        return type_ in stale_after(slot) and not self.notices[slot].lasts

    def _is_out(self, slot: str) -> bool:
        """Tell whether a notice was told, or is being told: what it says stands."""
        notice = self.notices[slot]
        if notice.status == "joined":
            notice = self.notices[notice.lead]
        return notice.status in UNDER_WAY or (notice.status in OVER and notice.status != "dropped")

    def _is_news(self, slot: str, params: dict[str, str], is_over: bool) -> bool:
        """Tell whether this is to be told after a notice that is out."""
        spec, before = milestone_of(slot_of(slot).milestone), params_of(self.notices, slot)
        is_other = any(before.get(f) != params.get(f) for f in spec.news_in)
        return spec.again and (is_over or is_other or not spec.news_in)

    def release(self) -> None:
        """Let go of what waited for the contact, in the order in which it comes in life."""
        awaiting = [slot for slot, n in self.notices.items() if n.status == "awaiting"]
        for slot in sorted(awaiting, key=in_life) if len(awaiting) > 1 else awaiting:
            self.send(slot)

    def send(self, slot: str) -> None:
        """Ask for an attempt now, or keep the notice back for its time."""
        milestone, channel, *_ = slot_of(slot)
        policy = self.policy
        if not milestone_of(milestone).urgent and channel in policy.providers:
            join_s = policy.join_s if self.notices[slot].status == "awaiting" else {}
            due = may_go(self.at, channel, policy.quiet, join_s)
            if due > self.at:
                return self.hold(slot, due)
        return self.move(slot, "due")

    def put_off(self, slot: str, after_s: float) -> None:
        """Hold back what there was no room for; it has not cost an attempt."""
        key = self.key(slot, self.notices[slot].attempt)
        wait = with_jitter(after_s, self.policy.jitter, key)
        self.hold(slot, self.at + wait, "put_off")

    def gather(self, slot: str) -> None:
        """Let go of what was held, together with all that is held on the same way."""
        if milestone_of(slot_of(slot).milestone).urgent:
            return self.move(slot, "due")
        quiet = self.policy.quiet
        until = quiet.until(self.at) if quiet else self.at
        if until > self.at:  # the timer is late: it is quiet again
            return self.hold(slot, until)
        if not self.policy.join_s.get(slot_of(slot).channel):
            return self.move(slot, "due")
        way = slot_of(slot).way
        held = sorted(
            (
                other
                for other, notice in self.notices.items()
                if notice.status == "held"
                and slot_of(other).way == way
                and not milestone_of(slot_of(other).milestone).urgent
            ),
            key=in_life,
        )
        lead = next((s for s in held if self.notices[s].joined), held[0])
        others = [s for s in held if s != lead and not self.notices[s].joined][:JOINED_LIMIT]
        for other in others:
            self.move(other, "join")
            self.notices[other] = replace(self.notices[other], lead=lead)
        if others:
            joined = (*self.notices[lead].joined, *others)
            self.notices[lead] = replace(self.notices[lead], joined=joined)
        return self.move(lead, "due")
