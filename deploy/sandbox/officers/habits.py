"""What officers do about an event, drawn from a seed and the application's id, or told by a lot."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.officers.books import todays
from shared.events import Event
from shared.events.handover import (
    PostCameBack,
    PostCarried,
    Posted,
    Readdressed,
    SignatureAsked,
    StepFinished,
    Transferred,
)
from shared.events.routing import (
    Accepted,
    ActionRejected,
    Apologised,
    ChoiceNeeded,
    CorrectionAllowed,
    Processing,
    Resubmitted,
    Routed,
    Settled,
    Suspended,
)
from shared.kinship import is_child
from shared.working_time import local_day

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Body = dict[str, Any]
Detour = Literal[
    "ask_supplement", "demand_payment", "suspend", "apologise", "step_done", "readdress",
    "transfer", "ask_signature", "reopen", "post",
]  # fmt: skip
WITH_RESULT: tuple[Detour, ...] = ("reopen", "post")  # the others are made while at work
NEEDLESS: tuple[Detour, ...] = (
    "apologise", "step_done", "readdress", "transfer", "ask_signature"
)  # fmt: skip
AT_WORK = 4  # the national code of what is in processing
PLACE_VI = "Bưu cục Thử Nghiệm"
CERTIFICATE_DAYS = 200  # how long a signer's certificate is still valid


class Habits(BaseSettings):
    """`MOTCUA_OFFICERS_…` variables: of all applications, how many meet with what, and when."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_OFFICERS_", frozen=True)

    seed: int = 0
    refused: Ratio = 0.02
    asked_for_supplement: Ratio = 0.1
    demanded_payment: Ratio = 0.0
    suspended: Ratio = 0.02
    apologised: Ratio = 0.0
    stepped: Ratio = 0.0  # whose first step is said to be done
    readdressed: Ratio = 0.0
    transferred: Ratio = 0.0
    signed: Ratio = 0.0
    reopened: Ratio = 0.02
    posted: Ratio = 0.0
    brought_back: Ratio = 0.0  # of those posted
    delay_s: Annotated[float, Field(ge=0.0)] = 0.5  # before each action, on average
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16  # calls at a time
    patience_s: Annotated[float, Field(gt=0.0)] = 300.0  # for a payment, or for an edge to answer


class Lot(NamedTuple):
    """What one application is to meet with, whatever would be drawn for it.

    `is_corrected`: the officer leaves it until its citizen has corrected something.
    """

    is_refused: bool = False
    detours: tuple[Detour, ...] = ()
    is_corrected: bool = False


def seeded(application: str) -> str:
    """Return what of an id comes from a sandbox portal's seed: its end; the clock gave the rest.

    Of a child also which one it is: one for several agencies meets with something in each.
    """
    return application[-12:] + (application[14] if is_child(application) else "")


class Fate:
    """What one application meets with, drawn once; and what was heard of it on the way."""

    def __init__(self, habits: Habits, application: str, lot: Lot | None = None) -> None:
        self.chance = random.Random(f"{habits.seed}/{seeded(application)}")
        self.is_refused = self.chance.random() < habits.refused
        likely: Mapping[Detour, float] = {
            "ask_supplement": habits.asked_for_supplement,
            "demand_payment": habits.demanded_payment,
            "suspend": habits.suspended,
            "reopen": habits.reopened,
            "apologise": habits.apologised,
            "step_done": habits.stepped,
            "readdress": habits.readdressed,
            "transfer": habits.transferred,
            "ask_signature": habits.signed,
            "post": habits.posted,
        }
        self.detours = [name for name, ratio in likely.items() if self.chance.random() < ratio]
        self.is_brought_back = self.chance.random() < habits.brought_back
        self.is_awaited = False
        if lot:
            self.is_refused, self.detours = lot.is_refused, list(lot.detours)
            self.is_awaited = lot.is_corrected
        self.unit = ""
        self.due: datetime | None = None
        self._parcels, self._last = 0, ""

    def is_news(self, event: Event) -> bool:
        """Tell whether this event is heard for the first time: the log may have it twice."""
        is_news = event.sequence > self._last
        self._last = max(self._last, event.sequence)
        if is_news:
            said = msgspec.json.decode(event.data, type=_Said)
            self.unit, self.due = said.competent_unit or self.unit, said.due or self.due
        return is_news

    def is_taken_up(self, event: Event) -> bool:
        """Tell whether it is now that an officer looks whether to accept it."""
        if self.is_awaited:
            self.is_awaited = event.type != CorrectionAllowed.TYPE
            return not self.is_awaited
        return event.type in (Routed.TYPE, Resubmitted.TYPE)

    def next(self, *, has_result: bool) -> Detour | None:
        """Return the next detour, while at work or with the result in hand."""
        for detour in self.detours:
            if (detour in WITH_RESULT) == has_result:
                self.detours.remove(detour)
                return detour
        return None

    def parcel(self, application: str, *, is_new: bool = False) -> str:
        """Return what the post calls the parcel; one that came back gets another name."""
        self._parcels += is_new
        return f"EX{int(application[-7:], 16) * 10 % 10**9 + self._parcels:09d}VN"


class _Said(msgspec.Struct):
    competent_unit: str = ""
    due: datetime | None = None


def react(event: Event, fate: Fate) -> Body | None:
    """Return what an officer does about this event, if anything."""
    match event.type:
        case ChoiceNeeded.TYPE:
            candidates = msgspec.json.decode(event.data, type=ChoiceNeeded).candidates
            if not candidates:
                return refusal()
            return {"action": "choose_unit", "competent_unit": fate.chance.choice(candidates)}
        case Accepted.TYPE | Transferred.TYPE:
            return {"action": "start"}
        case Processing.TYPE | Apologised.TYPE | StepFinished.TYPE | Readdressed.TYPE:
            return _at_work(event, fate)
        case ActionRejected.TYPE if _is_needless(event):
            return _at_work(event, fate)
        case SignatureAsked.TYPE:
            return {"action": "settle"}
        case Suspended.TYPE:
            return {"action": "resume"}
        case Settled.TYPE:
            return _detour(event, fate, has_result=True) or {"action": "return"}
    return _in_the_post(event, fate)


def _at_work(event: Event, fate: Fate) -> Body:
    return _detour(event, fate, has_result=False) or {"action": "settle"}


def _is_needless(event: Event) -> bool:
    """Tell whether an officer was told no to what the work can go on without."""
    said = msgspec.json.decode(event.data, type=ActionRejected)
    return said.national_code == AT_WORK and said.action in NEEDLESS


def _in_the_post(event: Event, fate: Fate) -> Body | None:
    parcel = fate.parcel(event.subject)
    match event.type:
        case Posted.TYPE:
            return {"action": "carry", "tracking": parcel, "place": PLACE_VI}
        case PostCarried.TYPE if fate.is_brought_back:
            fate.is_brought_back = False
            return {"action": "take_back", "tracking": parcel, "note": "Ví dụ: vắng nhà"}
        case PostCarried.TYPE:
            return {"action": "return", "form": "post", "tracking": parcel}
        case PostCameBack.TYPE:
            return {"action": "post", "tracking": fate.parcel(event.subject, is_new=True)}
    return None


def _detour(event: Event, fate: Fate, *, has_result: bool) -> Body | None:
    """Return the next detour; one to a unit beside is none where there is no other."""
    while name := fate.next(has_result=has_result):
        body: Body = {"action": name, "note": f"Ví dụ: {name}"}
        more = _MORE.get(name)
        body |= more(event, fate) if more else {}
        if all(body.values()):
            return body
    return None


def _signature(event: Event, _: Fate) -> Body:
    until = local_day(event.time) + timedelta(days=CERTIFICATE_DAYS)
    return {"signer": "chairman-1", "certificate_expires": until.isoformat()}


def _new_date(event: Event, fate: Fate) -> Body:
    return {"new_due": todays().day_after(fate.due or event.time).isoformat()}


_MORE: Mapping[Detour, Callable[[Event, Fate], Body]] = {
    "demand_payment": lambda *_: {"amount_vnd": 50_000},
    "apologise": _new_date,
    "readdress": lambda _, fate: {"returning_unit": todays().beside(fate.unit)},
    "transfer": lambda _, fate: {"competent_unit": todays().beside(fate.unit)},
    "ask_signature": _signature,
    "post": lambda event, fate: {"tracking": fate.parcel(event.subject, is_new=True)},
}


def refusal() -> Body:
    """Return what an officer sends who does not take it in."""
    return {"action": "refuse", "note": "Ví dụ: hồ sơ không thuộc thẩm quyền"}
