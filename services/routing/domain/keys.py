"""Whose key may move a dossier, where a key speaks for some units only; a province's is for all its
communes.

Filing anywhere changes nothing of who decides: who received a dossier takes it in, with who is to
decide; from acceptance on the work is done by who decides, and who hands the result out hands it
out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.routing.domain.dossier import Dossier
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import Asked, Move
from shared.catalogue import Catalogue
from shared.working_time import local_day

_RECEIVES, _DECIDES, _RETURNS = UNITS = ("receiving_unit", "competent_unit", "returning_unit")
_TAKES_IN = (_RECEIVES, _DECIDES)

# every move of an officer, and the units of a dossier whose key may make it
WHOSE: Mapping[Move, tuple[str, ...]] = {
    Move.CHOOSE_UNIT: (_RECEIVES,),  # nobody decides yet
    Move.ACCEPT: _TAKES_IN,
    Move.REFUSE: _TAKES_IN,
    Move.START: (_DECIDES,),
    Move.TRANSFER: (_DECIDES,),
    Move.READDRESS: (_DECIDES, _RETURNS),
    Move.ASK_SUPPLEMENT: (_DECIDES,),
    Move.DEMAND_PAYMENT: (_DECIDES,),
    Move.SUSPEND: (_DECIDES,),
    Move.RESUME: (_DECIDES,),
    Move.ASK_SIGNATURE: (_DECIDES,),
    Move.SETTLE: (_DECIDES,),
    Move.REOPEN: (_DECIDES,),
    Move.APOLOGISE: (_DECIDES,),
    Move.STEP_DONE: (_DECIDES,),
    Move.POST: (_RETURNS,),
    Move.CARRY: (_RETURNS,),
    Move.TAKE_BACK: (_RETURNS,),
    Move.RETURN: (_RETURNS,),
}

# instead of these, until it is accepted
UNTIL_ACCEPTED: Mapping[Move, tuple[str, ...]] = {
    Move.TRANSFER: _TAKES_IN,
    Move.READDRESS: _TAKES_IN,
    Move.ASK_SUPPLEMENT: _TAKES_IN,
}


def whose(dossier: Dossier, move: Move) -> tuple[str, ...]:
    """Return the names of the units whose key may make this move now; no move but an officer's."""
    names = WHOSE.get(move, ())
    return names if dossier.accepted_at else UNTIL_ACCEPTED.get(move, names)


def not_theirs(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    """Return why it is not for the sender to do this, if the sender speaks for some units only."""
    if not asked.for_units:
        return NOTHING
    units = {getattr(dossier, name) for name in whose(dossier, asked.move)} - {""}
    if _reach(units, dossier, catalogue, at) & set(asked.for_units):
        return NOTHING
    mine, theirs = ", ".join(asked.for_units), ", ".join(sorted(units)) or "–"
    return reason("not-your-unit", theirs=theirs, mine=mine)


def is_foreign(
    dossier: Dossier, for_units: Sequence[str], catalogue: Catalogue, at: datetime
) -> bool:
    """Whether a key is for some units only, and for none that the dossier has."""
    units = [getattr(dossier, name) for name in UNITS]
    return bool(for_units) and not _reach(units, dossier, catalogue, at) & set(for_units)


def _reach(units: Iterable[str], dossier: Dossier, catalogue: Catalogue, at: datetime) -> set[str]:
    """Return the codes of units and of their provinces, also of units that have ended since."""
    days = [local_day(at), *([local_day(dossier.received_at)] if dossier.received_at else [])]
    named = {unit for unit in units if unit}
    provinces = (catalogue.province_of(unit, day) for unit in named for day in days)
    return named | {province.code for province in provinces if province}
