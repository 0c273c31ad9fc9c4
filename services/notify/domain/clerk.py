"""Works out one decision: one notice per slot, at most one attempt at it live."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.notify.domain.feedback import in_the_way
from services.notify.domain.milestones import BROADCAST, REACHED_BY, RESULT_READY, milestone_of
from services.notify.domain.moves import (
    LOST,
    OVER,
    Happening,
    live_timer,
    params_of,
)
from services.notify.domain.opening import Opening
from services.notify.domain.papers import noted
from services.notify.domain.petitions.deciding import Step
from services.notify.domain.places import placed
from services.notify.domain.providers import PROVIDERS_FAULT
from services.notify.domain.slots import slot_of
from services.notify.domain.timing import tomorrow
from shared.events import Data, payment
from shared.events.feedback import FeedbackGiven, FeedbackRecorded, FeedbackRejected
from shared.events.handover import Readdressed
from shared.events.intake import Corrected, InterlinkedRegistered, Refused, Registered
from shared.events.notify import (
    Answered,
    BroadcastTold,
    NoticeSent,
    PreferencesChanged,
    ReceiptArrived,
)
from shared.events.petitions import PetitionFiled, PetitionMoved
from shared.kinship import is_child

OURS = "/services/notify"
ATTEMPTS_DIGITS = 4


class Clerk(Opening):
    """Takes in one message about one application; `outcome()` is the decision."""

    __slots__ = ()

    def learn(self, source: str, data: Data) -> None:
        """Take in what another service decided."""
        before, lay_at = self.dossier.latest.get(source, ""), self.dossier.result_lies_at
        self._note(source, data)
        type_ = data.TYPE
        for slot in [s for s in self.notices if self.makes_stale(type_, s)]:
            self.withdraw(slot, type_)
        if reached := REACHED_BY.get(type_):
            facts = {f: _text(getattr(data, f)) for f in milestone_of(reached).fields}
            self._reach(reached, facts, before)
        lies_at = self.dossier.result_lies_at
        if reached != RESULT_READY and lies_at not in ("", lay_at):  # moved, or back from the post
            self._reach(RESULT_READY, {"returning_unit": lies_at}, before, is_other=False)
        if self.dossier.contact is not None:
            self.release()

    def announce(self, told: BroadcastTold) -> None:
        """Take in what is told to many; nothing of it is kept for who is not known."""
        if self.dossier.contact is not None and self.dossier.petition is None:
            self.open(f"{BROADCAST}{told.broadcast}", {}, lasts=told.also_over)
            self.release()

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
                self.put_off(slot, after_s)
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
                    self.gather(slot)
                elif notice.status == "sent":
                    if not notice.reason:
                        self.move(slot, "due", "receipt_missing")
                elif notice.status == "waiting":
                    self.send(slot)
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
            if slot_of(slot).way not in self.ways(slot_of(slot).milestone):
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
        self.dossier = placed(self.dossier, data)
        if not isinstance(data, Readdressed):  # what was said before is still so
            latest = {**self.dossier.latest, source: data.TYPE}
            self.dossier = replace(self.dossier, latest=latest)
        if isinstance(data, payment.Requested):
            self.dossier = replace(self.dossier, order_at=data.partner)
        if isinstance(data, payment.Settled | payment.Expired):
            self.dossier = replace(self.dossier, order_at="")
        if isinstance(data, Corrected):
            self.dossier = replace(self.dossier, contact=data.contact)
        if isinstance(data, Registered | InterlinkedRegistered | Refused):
            unit = "" if isinstance(data, Refused) else self.dossier.unit or data.receiving_unit
            self.dossier = replace(
                self.dossier,
                portal=data.portal,
                language=data.language,
                contact=data.contact,
                dossier_code="" if isinstance(data, Refused) else data.dossier_code,
                unit=unit,  # it may have gone on before this was read
                procedure="" if isinstance(data, Refused) else data.procedure,
            )
            if data.notices:
                self._agree(data.notices.channels, data.notices.representative)

    def _agree(self, channels: tuple[str, ...], representative: tuple[str, ...]) -> None:
        """Take in by which ways they are told; what came before that is opened anew."""
        self.dossier = replace(self.dossier, channels=channels, representative=representative)
        waiting = {
            (slot_of(slot).milestone, slot_of(slot).occasion): params_of(self.notices, slot)
            for slot, notice in self.notices.items()
            if notice.status == "awaiting" and notice.attempt == 0
        }
        self.notices = {
            slot: notice
            for slot, notice in self.notices.items()
            if notice.status != "awaiting" or notice.attempt
        }
        for (milestone, occasion), params in waiting.items():
            self.open(milestone, params, occasion=occasion)

    def _tell_as_wished(self, live: Iterable[str]) -> None:
        """Tell what was live, and is not wished by its way any more, by those that are."""
        for slot in live:
            notice, (milestone, _, _, occasion) = self.notices[slot], slot_of(slot)
            if (notice.status, notice.reason) != ("dropped", "opted_out"):
                continue
            if milestone not in self._cancelled:
                params = params_of(self.notices, slot)
                self.open(milestone, params, occasion=occasion, lasts=notice.lasts)
        self.release()

    def _reach(
        self, milestone: str, params: dict[str, str], before: str, *, is_other: bool = True
    ) -> None:
        """Open a milestone's notices; `before`: what its service had said last."""
        spec = milestone_of(milestone)
        if milestone in self.policy.silent:
            return
        if is_child(self.application) and not spec.of_children:
            return
        if spec.unless_told and self._is_told(spec.unless_told, params[spec.unless_told]):
            return
        self.open(milestone, params, is_over=before in spec.stale_after, is_other=is_other)

    def _is_told(self, field: str, value: str) -> bool:
        """Tell whether what was told last, or will be, says this already."""
        telling = [
            said
            for slot, notice in self.notices.items()  # in the order in which they were opened
            if notice.status not in LOST and (said := params_of(self.notices, slot).get(field))
        ]
        return telling[-1:] == [value]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
