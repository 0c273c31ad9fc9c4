"""What will happen, drawn from a seed before anything does: who submits what, and what follows."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle, islice
from typing import Literal, NamedTuple

from deploy.local.demo.wrongs import Wrongs
from deploy.sandbox.officers.habits import Fate, Habits, Lot
from deploy.sandbox.payers import LATER, Behaviour
from deploy.sandbox.portal import Application, Citizens, told_by
from services.payment.domain.fees import Asked, assess
from shared.catalogue import Catalogue
from shared.events.data import Consent
from shared.kinship import child_id

Way = Literal["http", "kafka"]

# Of 300 applications, how many citizens pay in an unusual way; of fewer, in proportion.
UNUSUAL: Mapping[Behaviour, int] = {"twice": 8, "decline": 6, "silent": 5}
EARLY, WITHDRAWN, OF = 6, 3, 300
# Of as many, how many meet with what, besides what the officers' habits bring.
LOTS: tuple[tuple[int, Lot], ...] = (
    (3, Lot(detours=("ask_supplement",))),
    (4, Lot(detours=("transfer",))),
    (5, Lot(detours=("ask_signature",))),
    (6, Lot(detours=("post",))),
    (3, Lot(is_refused=True)),
    (4, Lot(is_corrected=True)),
)
SUPPLEMENT = LOTS[0][1]
# Of as many, how many agree to more ways than SMS.  The first meets with much on its way, and
# somebody acts for its citizen.
WAYS: tuple[tuple[int, Consent], ...] = (
    (1, Consent(channels=("sms", "email"), representative=("app",))),
    (12, Consent(channels=("sms", "email"))),
    (6, Consent(channels=("sms", "app"))),
)
SPLIT = 4
# Births for three agencies, and what the registry, the residence and the health card meet with.
FAMILIES: tuple[tuple[int, tuple[Lot, ...]], ...] = (
    (2, (Lot(), Lot(), Lot(detours=("post",)))),
    (1, (Lot(), Lot(is_refused=True), Lot(detours=("ask_signature",)))),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One application's part: how it comes in, how its citizen pays, whether it is taken back.

    `partner`: whom its citizen chooses to pay with, empty: who is offered; `lot`: what it meets
    with, if that is not left to habit; `children`: what its children do.
    """

    application: Application
    way: Way
    paying: Behaviour = "pay"
    partner: str = ""
    is_withdrawn: bool = False
    lot: Lot | None = None
    children: tuple[Lot, ...] = ()

    @property
    def lots(self) -> dict[str, Lot]:
        """Return what it and its children meet with, by application."""
        name = self.application.id
        own = {name: self.lot} if self.lot else {}
        return own | {child_id(name, n): lot for n, lot in enumerate(self.children)}


class Story(NamedTuple):
    """All of it: the applications, and what goes wrong on purpose."""

    parts: list[Part]
    wrongs: Wrongs

    @property
    def lots(self) -> dict[str, Lot]:
        """Return what is not left to the officers' habits, by application."""
        return {name: lot for part in self.parts for name, lot in part.lots.items()}


def draw(
    catalogue: Catalogue,
    on: date,
    count: int,
    seed: int,
    habits: Habits,
    partners: Sequence[str] = (),
) -> Story:
    """Return a story, the same one for the same seed (ids apart), half of it for each way in.

    `habits` are the officers': whoever is to pay in an unusual way must not be turned away.
    `partners`: from whom those who pay as usual choose, every other one of them, in turn.
    """
    chance = random.Random(seed)
    citizens = Citizens(catalogue, on, chance)
    parts = _parts(citizens, count, chance)
    _deal(parts, catalogue, on, chance)
    moments = {
        place: _moment(part, catalogue, on)
        for place, part in enumerate(parts)
        if not part.children and not Fate(habits, part.application.id, part.lot).is_refused
    }
    for place, paying in _cast(moments, count, chance).items():
        parts[place] = replace(parts[place], paying=paying)
    usual = [place for place in moments if parts[place].paying == "pay" and not parts[place].lot]
    for place in chance.sample(usual, _share(WITHDRAWN, count)):
        parts[place] = replace(parts[place], is_withdrawn=True)
    choosing = [n for n in usual if moments[n] and not parts[n].is_withdrawn][::2]
    for place, partner in zip(choosing, cycle(partners), strict=False):
        parts[place] = replace(parts[place], partner=partner)
    _agree(parts, [n for n in moments if moments[n] and parts[n].lot == SUPPLEMENT], chance)
    fresh = citizens.draw(), citizens.draw(), citizens.draw()
    # sent before by either way, and sent again by the other
    return Story(parts, Wrongs.of(fresh, (parts[1].application, parts[0].application)))


def _parts(citizens: Citizens, count: int, chance: random.Random) -> list[Part]:
    """Return what everybody hands in: a few with an old unit, a few for several agencies."""
    ways: tuple[Way, Way] = ("http", "kafka")
    families = [lots for of_all, lots in FAMILIES for _ in range(_share(of_all, count))]
    split = _share(SPLIT, count)
    places = chance.sample(range(2, count), len(families) + split)  # the first two are sent again
    parts = []
    for place in range(count):
        way = ways[place % 2]
        at = places.index(place) if place in places else len(places)
        if at < len(families):
            parts.append(Part(citizens.of_several_agencies(), way, children=families[at]))
        elif at < len(places):
            parts.append(Part(citizens.of_split_unit(), way, lot=Lot()))
        else:
            parts.append(Part(citizens.draw(), way))
    return parts


def _deal(parts: list[Part], catalogue: Catalogue, on: date, chance: random.Random) -> None:
    """Give lots to applications that have none, and that only an officer accepts."""
    free = [n for n, p in enumerate(parts) if not p.lots and not _is_automatic(p, catalogue, on)]
    chance.shuffle(free)
    for of_all, lot in LOTS:
        for _ in range(_share(of_all, len(parts))):
            place = free.pop()
            parts[place] = replace(parts[place], lot=lot)


def _is_automatic(part: Part, catalogue: Catalogue, on: date) -> bool:
    fields = part.application.fields
    procedure = catalogue.procedure(fields.procedure, on)
    assert procedure
    return catalogue.accepted_automatically(procedure, fields.channel, on)


def _agree(parts: list[Part], eventful: Sequence[int], chance: random.Random) -> None:
    """Let some be told by more ways: one that has much to hear, and any others."""
    count, alone = len(parts), [n for n, part in enumerate(parts) if not part.children]
    places = chance.sample(alone, sum(_share(of_all, count) for of_all, _ in WAYS))
    first = next(iter(eventful), places[0])
    drawn = iter([first, *(place for place in places if place != first)])
    for of_all, ways in WAYS:
        for place in islice(drawn, _share(of_all, count)):
            application = told_by(parts[place].application, ways)
            parts[place] = replace(parts[place], application=application)


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
