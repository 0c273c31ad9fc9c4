"""Works out one decision: one notice per slot, at most one attempt at it live."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.notify.domain.draft import Draft
from services.notify.domain.feedback import in_the_way
from services.notify.domain.milestones import MILESTONES, REACHED_BY
from services.notify.domain.moves import (
    OVER,
    UNDER_WAY,
    Happening,
    Notice,
    live_timer,
    params_of,
)
from services.notify.domain.papers import noted
from services.notify.domain.petitions.deciding import Step
from services.notify.domain.providers import PROVIDERS_FAULT
from services.notify.domain.slots import UNIT, in_life, slot_of, stale_after, ways_for
from services.notify.domain.timing import may_go, tomorrow, with_jitter
from shared.events import Data
from shared.events.feedback import FeedbackGiven, FeedbackRecorded, FeedbackRejected
from shared.events.handover import Transferred
from shared.events.intake import Corrected, InterlinkedRegistered, Refused, Registered
from shared.events.notify import Answered, NoticeSent, PreferencesChanged, ReceiptArrived
from shared.events.petitions import PetitionFiled, PetitionMoved
from shared.kinship import is_child

OURS = "/services/notify"
JOINED_LIMIT = 8  # notices that go along with another
OCCASIONS_LIMIT = 99  # of a milestone, by one way
ATTEMPTS_DIGITS = 4


class Clerk(Draft):
    """Takes in one message about one application; `outcome()` is the decision."""

    __slots__ = ()

    def learn(self, source: str, data: Data) -> None:
        """Take in what another service decided."""
        before = self.dossier.latest.get(source, "")
        self._note(source, data)
        type_ = data.TYPE
        for slot in [s for s in self.notices if type_ in stale_after(s)]:
            self.withdraw(slot, type_)
        milestone = REACHED_BY.get(type_)
        if milestone and milestone not in self.policy.silent:
            self._reach(milestone, data, before)
        if self.dossier.contact is not None:
            self._release()

    def file(self, data: Data, at: datetime) -> None:
        """Keep what an official form will say of what was decided at `at`."""
        papers = noted(self.dossier.papers, data, at)
        if papers is not self.dossier.papers:
            self.dossier = replace(self.dossier, papers=papers)

    def hear(self, data: Answered | ReceiptArrived, at: datetime) -> None:
        """Take in what the provider said at `at`, about whichever attempt."""
        slot, _, attempt = data.key.removeprefix(f"{self.application}/").rpartition("/")
        if slot not in self.notices or not 0 < len(attempt) <= ATTEMPTS_DIGITS:
            return
        if not attempt.isdecimal():
            return
        happening: Happening
        if isinstance(data, Answered):
            happening, reason = data.finding, data.reason
            if happening == "rejected" and reason in PROVIDERS_FAULT:
                happening = "absent"
            after_s = data.after_s
            if reason == "capped":
                after_s = (tomorrow(self.at) - self.at).total_seconds()
            if after_s and int(attempt) == self.notices[slot].attempt:
                self._put_off(slot, after_s)
                return
        else:
            happening, reason = ("delivered" if data.delivered else "undelivered"), data.code
        current = self.notices[slot].attempt
        is_proof = happening in ("handed", "delivered")  # of an earlier attempt it counts as well
        if int(attempt) == current or (is_proof and int(attempt) < current):
            milestone, _, way, occasion = slot_of(slot)
            sent = NoticeSent(
                milestone=milestone,
                channel=way,
                gateway_id=data.gateway_id,
                sent_at=at,
                occasion=occasion,
            )
            live = [] if self.notices[slot].status in OVER else [slot]
            self.move(slot, happening, reason or happening, sent)
            self._tell_as_wished(live)

    def fire(self, timer: str) -> None:
        """Take in that a timer came due; a stale one changes nothing."""
        for slot, notice in self.notices.items():
            if live_timer(slot, notice) == timer:
                if notice.status == "held":
                    self._gather(slot)
                elif notice.status == "sent":
                    if not notice.reason:
                        self.move(slot, "due", "receipt_missing")
                elif notice.status == "waiting":
                    self._send(slot)
                else:
                    self.move(slot, "due")
                break

    def prefer(self, said: PreferencesChanged) -> None:
        """Take in what the citizen agrees to from now on; what they no longer want is dropped."""
        dossier = self.dossier
        if dossier.contact is None:  # the edge knows no such application either
            return
        given = {
            name: value
            for name in ("channels", "representative", "language")
            if isinstance(value := getattr(said, name), str | tuple)
        }
        self.dossier = dossier = replace(dossier, **given)
        live = {slot: n for slot, n in self.notices.items() if n.status not in OVER}
        for slot, notice in live.items():
            if slot_of(slot).way not in self._ways(slot_of(slot).milestone):
                self.withdraw(slot, "opted_out")
            elif notice.stale == "opted_out":  # it is wished again
                self.notices[slot] = replace(notice, stale="")
        self._tell_as_wished(live)

    def rate(self, given: FeedbackGiven, at: datetime) -> None:
        """Take in how the citizen was served, as they said at `at`; their last word counts."""
        if reason := in_the_way(self.notices, given.milestone, at):
            self.say([FeedbackRejected(milestone=given.milestone, reason=reason)])
            return
        ratings = self.dossier.ratings
        recorded = FeedbackRecorded(
            milestone=given.milestone,
            score=given.score,
            score_before=ratings.get(given.milestone, 0),
            unit=self.dossier.unit,
            comment=given.comment,
        )
        self.dossier = replace(self.dossier, ratings={**ratings, given.milestone: given.score})
        self.say([recorded])

    def begin(self, filed: PetitionFiled) -> None:
        """Open the dossier of a petition: how its citizen is told."""
        self.dossier = replace(
            self.dossier,
            portal=filed.portal,
            language=filed.language,
            contact=filed.contact,
            dossier_code=filed.code,
        )
        if filed.notices:
            self._agree(filed.notices.channels, ())

    def follow(self, step: Step) -> None:
        """Keep what became of a petition, say it, and tell of it as of any milestone."""
        unit = step.petition.unit if step.petition else self.dossier.unit
        self.dossier = replace(self.dossier, petition=step.petition, unit=unit)
        self.say(step.events, step.timers)
        for event in step.events:
            if isinstance(event, PetitionMoved):
                self.learn(OURS, event)

    def _note(self, source: str, data: Data) -> None:
        latest = {**self.dossier.latest, source: data.TYPE}
        self.dossier = replace(self.dossier, latest=latest)
        if isinstance(data, Transferred):
            self.dossier = replace(self.dossier, unit=data.competent_unit)
        if isinstance(data, Corrected):
            self.dossier = replace(self.dossier, contact=data.contact)
        if isinstance(data, Registered | InterlinkedRegistered | Refused):
            self.dossier = replace(
                self.dossier,
                portal=data.portal,
                language=data.language,
                contact=data.contact,
                dossier_code="" if isinstance(data, Refused) else data.dossier_code,
                unit="" if isinstance(data, Refused) else data.receiving_unit,
            )
            if data.notices:
                self._agree(data.notices.channels, data.notices.representative)

    def _agree(self, channels: tuple[str, ...], representative: tuple[str, ...]) -> None:
        """Take in by which ways they are told; what came before that is opened anew."""
        self.dossier = replace(self.dossier, channels=channels, representative=representative)
        for slot, notice in list(self.notices.items()):
            if notice.status == "awaiting" and notice.attempt == 0:
                del self.notices[slot]
                self._open(slot_of(slot).milestone, notice.params)

    def _tell_as_wished(self, live: Iterable[str]) -> None:
        """Tell what was live, and is not wished by its way any more, by those that are."""
        for slot in live:
            if (self.notices[slot].status, self.notices[slot].reason) == ("dropped", "opted_out"):
                self._open(slot_of(slot).milestone, params_of(self.notices, slot))
        self._release()

    def _reach(self, milestone: str, data: Data, before: str) -> None:
        """Open a milestone's notices; `before`: what its service had said last."""
        spec = MILESTONES[milestone]
        if is_child(self.application) and not spec.of_children:
            return
        params = {f: _text(getattr(data, f)) for f in spec.fields}
        if spec.unless_told and self._is_told(spec.unless_told, params[spec.unless_told]):
            return
        self._open(milestone, params, is_over=before in spec.stale_after)

    def _is_told(self, field: str, value: str) -> bool:
        """Tell whether what was told last, or will be, says this already."""
        telling = [
            (notice.since, said)
            for slot, notice in self.notices.items()
            if notice.status != "dropped" and (said := params_of(self.notices, slot).get(field))
        ]
        return bool(telling) and max(telling)[1] == value

    def _ways(self, milestone: str) -> tuple[str, ...]:
        dossier = self.dossier
        told = dossier.unit if dossier.unit in self.policy.units else ""
        return ways_for(milestone, dossier.channels, dossier.representative, told)

    def _open(self, milestone: str, params: dict[str, str], is_over: bool | None = None) -> None:
        """Open the notices of a milestone, unless they tell what is no longer so.

        `is_over`: it was reached again, and what was told before is no longer so; None: nothing
        new was said.
        """
        notices = self.notices
        told = [slot for slot in notices if slot_of(slot).milestone == milestone]
        for slot in told:  # each keeps what it has told, and the live ones tell what is so now
            notices[slot] = replace(notices[slot], params=params_of(notices, slot))
        opened = list[str]()
        for way in self._ways(milestone):
            last = max((s for s in told if slot_of(s).way == way), key=in_life, default="")
            slot = last or f"{milestone}/{way}"
            if last and self._is_out(last):
                if is_over is None or not self._is_news(last, params, is_over):
                    continue
                self.withdraw(last, "superseded")
                slot = f"{slot_of(last)._replace(occasion=slot_of(last).occasion + 1)}"
            old = notices.get(slot)
            if old is None or old.status == "dropped":
                kept = {} if opened and not told else params
                attempt = old.attempt if old else 0
                notices[slot] = Notice(
                    status="awaiting", since=self.at, params=kept, attempt=attempt
                )
            else:
                notices[slot] = replace(old, params=params, stale="")
            opened.append(slot)
        for slot in opened:
            for other in self.dossier.latest.values():  # another service may be ahead
                if other in stale_after(slot):
                    self.withdraw(slot, other)

    def _is_out(self, slot: str) -> bool:
        """Tell whether a notice was told, or is being told: what it says stands."""
        notice = self.notices[slot]
        if notice.status == "joined":
            notice = self.notices[notice.lead]
        return notice.status in UNDER_WAY or (notice.status in OVER and notice.status != "dropped")

    def _is_news(self, slot: str, params: dict[str, str], is_over: bool) -> bool:
        """Tell whether this is to be told after a notice that is out."""
        milestone, _, _, occasion = slot_of(slot)
        if occasion >= OCCASIONS_LIMIT:
            return False
        spec, before = MILESTONES[milestone], params_of(self.notices, slot)
        is_other = any(before.get(f) != params.get(f) for f in spec.news_in)
        is_told_again = spec.again and (is_over or is_other or not spec.news_in)
        return is_told_again or slot.endswith(UNIT)

    def _release(self) -> None:
        """Let go of what waited for the contact, in the order in which it comes in life."""
        awaiting = [slot for slot, n in self.notices.items() if n.status == "awaiting"]
        for slot in sorted(awaiting, key=in_life) if len(awaiting) > 1 else awaiting:
            self._send(slot)

    def _send(self, slot: str) -> None:
        """Ask for an attempt now, or keep the notice back for its time."""
        milestone, channel, *_ = slot_of(slot)
        policy = self.policy
        if not MILESTONES[milestone].urgent and channel in policy.providers:
            join_s = policy.join_s if self.notices[slot].status == "awaiting" else {}
            due = may_go(self.at, channel, policy.quiet, join_s)
            if due > self.at:
                return self.hold(slot, due)
        return self.move(slot, "due")

    def _put_off(self, slot: str, after_s: float) -> None:
        """Hold back what there was no room for; it has not cost an attempt."""
        key = self.key(slot, self.notices[slot].attempt)
        wait = with_jitter(after_s, self.policy.jitter, key)
        self.hold(slot, self.at + wait, "put_off")

    def _gather(self, slot: str) -> None:
        """Let go of what was held, together with all that is held on the same way."""
        if MILESTONES[slot_of(slot).milestone].urgent:
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
                and not MILESTONES[slot_of(other).milestone].urgent
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


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
