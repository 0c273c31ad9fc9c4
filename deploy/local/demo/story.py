"""What will happen, drawn from a seed before anything does: who submits what, and what follows."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from deploy.local.demo.wrongs import Wrongs
from deploy.sandbox.officers.habits import Fate, Habits
from deploy.sandbox.payers import LATER, Behaviour
from deploy.sandbox.portal import Application, Citizens
from services.payment.domain.fees import Asked, assess
from shared.catalogue import Catalogue

Way = Literal["http", "kafka"]

# Of 300 applications, how many citizens pay in an unusual way; of fewer, in proportion.
UNUSUAL: Mapping[Behaviour, int] = {"twice": 8, "decline": 6, "silent": 5}
EARLY, WITHDRAWN, OF = 6, 3, 300


@dataclass(frozen=True, slots=True)
class Part:
    """One application's part: how it comes in, how its citizen pays, whether it is taken back."""

    application: Application
    way: Way
    paying: Behaviour = "pay"
    is_withdrawn: bool = False


class Story(NamedTuple):
    """All of it: the applications, and what goes wrong on purpose."""

    parts: list[Part]
    wrongs: Wrongs


def draw(catalogue: Catalogue, on: date, count: int, seed: int, habits: Habits) -> Story:
    """Return a story, the same one for the same seed (ids apart), half of it for each way in.

    `habits` are the officers': whoever is to pay in an unusual way must not be turned away.
    """
    chance = random.Random(seed)
    citizens = Citizens(catalogue, on, chance)
    ways: tuple[Way, Way] = ("http", "kafka")
    parts = [Part(citizens.draw(), ways[n % 2]) for n in range(count)]
    moments = {
        place: _moment(part, catalogue, on)
        for place, part in enumerate(parts)
        if not Fate(habits, part.application.id).is_refused
    }
    for place, paying in _cast(moments, count, chance).items():
        parts[place] = replace(parts[place], paying=paying)
    usual = [place for place in moments if parts[place].paying == "pay"]
    for place in chance.sample(usual, _share(WITHDRAWN, count)):
        parts[place] = replace(parts[place], is_withdrawn=True)
    fresh = citizens.draw(), citizens.draw(), citizens.draw()
    # sent before by either way, and sent again by the other
    return Story(parts, Wrongs.of(fresh, (parts[1].application, parts[0].application)))


def _moment(part: Part, catalogue: Catalogue, on: date) -> str:
    """Return when the fee of an application is due; empty: nothing is to be paid."""
    fields = part.application.fields
    procedure = catalogue.procedure(fields.procedure, on)
    province = catalogue.province_of(fields.receiving_unit, on)
    assert procedure
    assert province
    is_waived = catalogue.fee_waiver(province.code, fields.channel, on) is not None
    is_due = bool(assess(procedure.fee, Asked(fields.channel, fields.copies)))
    return procedure.payment_moment if is_due and not is_waived else ""


def _cast(moments: Mapping[int, str], count: int, chance: random.Random) -> dict[int, Behaviour]:
    """Return who pays in an unusual way, by place.

    Early can only be who pays later than at submission.  Exactly one pays another amount first.
    """
    at_once = [place for place, moment in moments.items() if moment == "at_submission"]
    later = [place for place, moment in moments.items() if moment in LATER]
    chance.shuffle(at_once)
    chance.shuffle(later)
    cast: dict[int, Behaviour] = dict.fromkeys(later[: _share(EARLY, count)], "early")
    first, *others = at_once + later[len(cast) :]
    cast[first] = "wrong_amount_first"
    chance.shuffle(others)
    for paying, of_all in UNUSUAL.items():
        cast |= dict.fromkeys((others.pop() for _ in range(_share(of_all, count))), paying)
    return cast


def _share(of_all: int, count: int) -> int:
    return max(1, round(of_all * count / OF))
