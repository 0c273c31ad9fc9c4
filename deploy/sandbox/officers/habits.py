"""What officers do about an event, drawn from a seed and the application's id."""

import random
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.events import Event
from shared.events.routing import Accepted, ChoiceNeeded, Processing, Settled, Suspended

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Body = dict[str, Any]
Detour = Literal["ask_supplement", "demand_payment", "suspend", "reopen"]


class Habits(BaseSettings):
    """`MOTCUA_OFFICERS_…` variables: of all applications, how many meet with what, and when."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_OFFICERS_", frozen=True)

    seed: int = 0
    refused: Ratio = 0.02
    asked_for_supplement: Ratio = 0.1
    demanded_payment: Ratio = 0.0
    suspended: Ratio = 0.02
    reopened: Ratio = 0.02
    delay_s: Annotated[float, Field(ge=0.0)] = 0.5  # before each action, on average
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16  # calls at a time
    patience_s: Annotated[float, Field(gt=0.0)] = 300.0  # for a payment, or for an edge to answer


class Fate:
    """What one application meets with, drawn once."""

    def __init__(self, habits: Habits, application: str) -> None:
        # the end of a sandbox portal's id comes from its seed, the beginning from the clock
        self.chance = random.Random(f"{habits.seed}/{application[-12:]}")
        self.is_refused = self.chance.random() < habits.refused
        likely: Mapping[Detour, float] = {
            "ask_supplement": habits.asked_for_supplement,
            "demand_payment": habits.demanded_payment,
            "suspend": habits.suspended,
            "reopen": habits.reopened,
        }
        self.detours = [name for name, ratio in likely.items() if self.chance.random() < ratio]
        self._last = ""

    def is_news(self, event: Event) -> bool:
        """Tell whether this event is heard for the first time: the log may have it twice."""
        is_news = event.sequence > self._last
        self._last = max(self._last, event.sequence)
        return is_news


def react(event: Event, fate: Fate) -> Body | None:
    """Return what an officer does about this event, if anything."""
    match event.type:
        case ChoiceNeeded.TYPE:
            candidates = msgspec.json.decode(event.data, type=ChoiceNeeded).candidates
            if not candidates:
                return refusal()
            return {"action": "choose_unit", "competent_unit": fate.chance.choice(candidates)}
        case Accepted.TYPE:
            return {"action": "start"}
        case Processing.TYPE:
            if fate.detours and fate.detours[0] != "reopen":
                return _detour(fate.detours.pop(0))
            return {"action": "settle"}
        case Suspended.TYPE:
            return {"action": "resume"}
        case Settled.TYPE:
            return _detour(fate.detours.pop(0)) if fate.detours else {"action": "return"}
    return None


def _detour(name: Detour) -> Body:
    body: Body = {"action": name, "note": f"Ví dụ: {name}"}
    return body | ({"amount_vnd": 50_000} if name == "demand_payment" else {})


def refusal() -> Body:
    """Return what an officer sends who does not take it in."""
    return {"action": "refuse", "note": "Ví dụ: hồ sơ không thuộc thẩm quyền"}
