"""Operators: what they have services do about applications, mostly when it is not possible."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import msgspec

from deploy.simulation.outside import Outside
from deploy.simulation.people import catalogue
from deploy.simulation.world import World
from services.operations.domain.acting.dossiers import STILL
from shared.events import Data, Event
from shared.events.cancelling import OperatorCancelled
from shared.events.handover import OfficerTransferred
from shared.events.notify import AgainAsked, NoticeFailed, NoticeRequested, NoticeSent
from shared.events.payment import Mismatched, Overpaid
from shared.events.refunds import RefundAsked, RefundFailed, RefundRetried, RefundWaiting
from shared.events.routing import Accepted, OfficerApologised
from shared.principals import LOCAL, Principal
from shared.working_time import local_day

OPERATOR, CHECKER = "operator.simulated", "checker.simulated"
AGAIN, TWICE = 0.5, 0.3  # how often
MOVED, DATED, BACK, ENDED, RETRIED = 0.2, 0.1, 0.3, 0.4, 0.6
MONEY = frozenset({Mismatched.TYPE, Overpaid.TYPE})
NOTICES = frozenset({NoticeFailed.TYPE, NoticeRequested.TYPE, NoticeSent.TYPE})


class Said(msgspec.Struct, frozen=True):
    """What was asked for: of which service, about which application, and as of how many moves."""

    service: str
    application: str
    moves_seen: int | None = None


class _Told(msgspec.Struct):
    milestone: str = ""
    occasion: int = 1
    competent_unit: str = ""
    partner: str = ""
    transaction: str = ""
    amount_vnd: int = 0
    refund: str = ""


class Operators:
    """Act on what they see, now and then twice; drawn beside, so that all else stays as a seed has
    it.  `said` is what they asked for, by its id.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._rng, self._world = Random(f"operators {seed}"), world
        self._outside = Outside(world, self._rng)
        self._moves = Counter[str]()
        self.said: dict[str, Said] = {}
        self._outside.listen("notify.events", self._hear_of_notice)
        self._outside.listen("routing.events", self._hear_of_dossier)
        self._outside.listen("payment.events", self._hear_of_money)
        self._outside.listen("payment.events", self._hear_of_refund)

    def _hear_of_notice(self, event: Event) -> None:
        if event.type not in NOTICES:
            return
        told = msgspec.json.decode(event.data, type=_Told)
        if self._rng.random() < (AGAIN if event.type == NoticeFailed.TYPE else AGAIN / 5):
            wish = AgainAsked(
                milestone=told.milestone, occasion=told.occasion, by=OPERATOR, reason="r"
            )
            self._say(Said("notify", event.subject), wish)

    def _hear_of_dossier(self, event: Event) -> None:
        self._moves[event.subject] += event.type not in STILL
        told = msgspec.json.decode(event.data, type=_Told)
        said = Said("routing", event.subject, self._moves[event.subject] - 1)
        asked: dict[str, Any] = {"officer": OPERATOR, "note": "r", "moves_seen": said.moves_seen}
        today = local_day(self._world.clock())
        if told.competent_unit and self._rng.random() < MOVED:
            home = catalogue().province_of(told.competent_unit, today)
            units = [
                u for u in catalogue().units_in_force(today) if home and u.province == home.code
            ]
            for unit in self._rng.sample(units, min(1, len(units))):
                self._say(said, OfficerTransferred(**asked, competent_unit=unit.code))
        if self._rng.random() < DATED:
            new_due = today + timedelta(days=self._rng.randrange(60))
            self._say(said, OfficerApologised(**asked, new_due=new_due))
        if self._rng.random() < (ENDED if event.type == Accepted.TYPE else ENDED / 10):
            second = self._rng.choice((CHECKER, OPERATOR))
            agreed: dict[str, Any] = {
                "checked_by": second,
                "agreed_vnd": self._rng.choice((0, 10**9)),
                "principal": Principal(LOCAL, OPERATOR).text,
                "checked_principal": Principal(LOCAL, second).text,
            }
            self._say(said, OperatorCancelled(**asked, **agreed))

    def _hear_of_money(self, event: Event) -> None:
        if event.type in MONEY and self._rng.random() < BACK:
            money = msgspec.json.decode(event.data, type=_Told)
            more_vnd = self._rng.choice((0, 0, 0, 1))
            wish = RefundAsked(
                partner=money.partner,
                transaction=money.transaction,
                amount_vnd=money.amount_vnd + more_vnd,
                by=OPERATOR,
                reason="r",
                principal=Principal(LOCAL, OPERATOR).text,
                checked_by=CHECKER,
                checked_principal=Principal(LOCAL, self._rng.choice((OPERATOR, CHECKER))).text,
            )
            self._say(Said("payment", event.subject), wish)

    def _hear_of_refund(self, event: Event) -> None:
        chance = {RefundFailed.TYPE: RETRIED, RefundWaiting.TYPE: RETRIED / 3}
        if self._rng.random() < chance.get(event.type, 0.0):
            refund = msgspec.json.decode(event.data, type=_Told).refund
            second = self._rng.choice((CHECKER, CHECKER, OPERATOR))
            wish = RefundRetried(
                refund=refund,
                by=OPERATOR,
                reason="r",
                principal=Principal(LOCAL, OPERATOR).text,
                checked_by=second,
                checked_principal=Principal(LOCAL, second).text,
            )
            self._say(Said("payment", event.subject), wish)

    def _say(self, said: Said, data: Data) -> None:
        for _ in range(2 if self._rng.random() < TWICE else 1):
            id_ = f"round-{len(self.said) + 1:05}"
            self.said[id_] = said
            self._outside.say(
                f"{said.service}.inbox",
                said.application,
                data,
                source=f"/operators/{OPERATOR}",
                id_=id_,
            )
