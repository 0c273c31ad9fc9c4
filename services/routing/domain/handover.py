"""From hand to hand: to another unit, to who signs, to the post and to the citizen.

What must hold before such a move and the remedy if it does not, and what it leaves on the dossier.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from services.routing.domain.dossier import TRANSFERRED, Dossier, Parcel, Signature
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import CLOCK, Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.working_time import add_working_time, local_day

LEGS_LIMIT = 50  # places that one parcel may be told to have come to
CERTIFICATE_LIMIT = timedelta(days=3_660)  # beyond ten years a day is a slip of the pen

# what stands in the way, with the remedy (empty: nothing), of the move itself and of what is asked
# with it; what is left behind besides the stage
Barrier = Callable[[Dossier, Catalogue, datetime], Reason]
Obstacle = Callable[[Dossier, Asked, Catalogue, datetime], Reason]
Mark = Callable[[Dossier, Asked, Catalogue, datetime], Dossier]


def is_repeated(dossier: Dossier, asked: Asked) -> bool:
    """Whether a leg of the post is told again that is known, or late: it changes nothing."""
    parcel = dossier.parcel
    if parcel is None or asked.tracking != parcel.tracking:
        return False
    match asked.move, dossier.stage:
        case Move.CARRY, Stage.IN_POST:
            return _is_passed(parcel, asked)
        case Move.CARRY, Stage.SETTLED | Stage.RETURNED:
            return True
        case Move.TAKE_BACK, Stage.SETTLED | Stage.RETURNED:
            return parcel.came_back
        case Move.RETURN, Stage.RETURNED:
            return not parcel.came_back
    return asked.move is Move.POST and dossier.stage in (Stage.IN_POST, Stage.RETURNED)


def _is_passed(parcel: Parcel, asked: Asked) -> bool:
    """Whether it has been there: by the time of the scan, or if none is told, by the place."""
    if asked.scanned_at and parcel.scanned_at:
        return asked.scanned_at <= parcel.scanned_at
    return asked.place in (parcel.place, *parcel.passed)


def holder(dossier: Dossier) -> str:
    """Return the unit at which a dossier lies: whose turn it is, or whoever waits for others."""
    if dossier.accepted_at is None:
        return dossier.receiving_unit
    return dossier.returning_unit if CLOCK[dossier.stage] == "return" else dossier.competent_unit


# --- obstacles


def home_provinces(codes: Iterable[str], catalogue: Catalogue, on: date) -> set[str]:
    """Return the provinces of units, of those that have ended as they were, if they still stand."""
    last = ((catalogue.unit(c, on) or [None, *catalogue.units.get(c, ())][-1]) for c in codes if c)
    return {unit.province for unit in last if unit and catalogue.unit(unit.province, on)}


def _unreachable(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    on, after = local_day(at), _units(dossier, asked)
    before = (dossier.receiving_unit, dossier.competent_unit, dossier.returning_unit)
    if asked.move is Move.TRANSFER and asked.competent_unit == dossier.competent_unit:
        return reason("same-unit", unit=asked.competent_unit)
    if after == before:
        return reason("same-returning-unit", unit=asked.returning_unit)
    homes = home_provinces(before, catalogue, on)
    for code in [new for new, old in zip(after, before, strict=True) if new != old]:
        to = catalogue.province_of(code, on)
        if to is None:
            return reason("unknown-unit", unit=code)
        if homes and to.code not in homes:
            return reason("other-province", unit=code, here=", ".join(sorted(homes)))
    return NOTHING


def _expired(expires: date | None, at: datetime) -> Reason:
    if expires is not None and expires >= local_day(at):
        return NOTHING
    return reason("certificate-expired", day=expires)


def _unsignable(_dossier: Dossier, asked: Asked, _catalogue: Catalogue, at: datetime) -> Reason:
    expires = asked.certificate_expires
    if expires is not None and expires - local_day(at) > CERTIFICATE_LIMIT:
        return reason("certificate-too-long", day=expires)
    return _expired(expires, at)


def _another_parcel(dossier: Dossier, asked: Asked, _catalogue: Catalogue, _at: datetime) -> Reason:
    parcel = dossier.parcel
    if parcel is None or asked.tracking == parcel.tracking:
        return NOTHING
    return reason("another-parcel", parcel=parcel.tracking)


def _carried_enough(dossier: Dossier, _catalogue: Catalogue, _at: datetime) -> Reason:
    if dossier.parcel is None or dossier.parcel.legs < LEGS_LIMIT:
        return NOTHING
    return reason("too-many-legs", limit=LEGS_LIMIT)


def _carried(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    if asked.scanned_at and asked.scanned_at > at:
        return reason("scanned-in-the-future")
    return _another_parcel(dossier, asked, catalogue, at)


def _posted_before(dossier: Dossier, asked: Asked, _catalogue: Catalogue, _at: datetime) -> Reason:
    if dossier.parcel is None or asked.tracking != dossier.parcel.tracking:
        return NOTHING
    return reason("came-back", parcel=asked.tracking)


def _unreturned(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Reason:
    if dossier.stage is Stage.IN_POST:
        if asked.form not in ("", "post"):
            return reason("in-post")
        return _another_parcel(dossier, asked, catalogue, at) if asked.tracking else NOTHING
    return reason("not-posted") if asked.form == "post" else NOTHING


BARRIERS: Mapping[Move, Barrier] = {
    Move.CARRY: _carried_enough,
    Move.SETTLE: lambda d, _c, at: _expired(d.signature.expires, at) if d.signature else NOTHING,
}

OBSTACLES: Mapping[Move, Obstacle] = {
    Move.TRANSFER: _unreachable,
    Move.READDRESS: _unreachable,
    Move.ASK_SIGNATURE: _unsignable,
    Move.POST: _posted_before,
    Move.CARRY: _carried,
    Move.TAKE_BACK: _another_parcel,
    Move.RETURN: _unreturned,
}


# --- what a move leaves behind


def _units(dossier: Dossier, asked: Asked) -> tuple[str, str, str]:
    return (
        asked.receiving_unit or dossier.receiving_unit,
        asked.competent_unit or dossier.competent_unit,
        asked.returning_unit or dossier.returning_unit,
    )


def _transfer(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    receiving, competent, returning = _units(dossier, asked)
    first = {"first_rule": dossier.rule, "first_rule_version": dossier.rule_version}
    kept = first | {k: v for k, v in dossier.facts.items() if k != "outcome"}
    from_unit = {"officer": asked.officer, "transferred_from": dossier.competent_unit}
    return replace(
        dossier,
        receiving_unit=receiving,
        competent_unit=competent,
        returning_unit=returning,
        rule=asked.rule or TRANSFERRED,
        rule_version=asked.rule_version or dossier.rule_version,
        facts=kept | from_unit | units_on(at),
        catalogue_version=catalogue.version,
        signature=None,
    )


def units_on(at: datetime) -> dict[str, str]:
    """Return the day by whose catalogue a dossier's units are named: codes are given again."""
    return {"units_on": local_day(at).isoformat()}


def _readdress(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    receiving, _, returning = _units(dossier, asked)
    return replace(
        dossier,
        receiving_unit=receiving,
        returning_unit=returning,
        rule=asked.rule or dossier.rule,
        rule_version=asked.rule_version or dossier.rule_version,
        facts=dossier.facts | units_on(at),
        catalogue_version=catalogue.version,
    )


def _ask_signature(dossier: Dossier, asked: Asked, _catalogue: Catalogue, _at: datetime) -> Dossier:
    assert asked.certificate_expires is not None
    signature = Signature(signer=asked.signer, expires=asked.certificate_expires)
    return replace(dossier, signature=signature)


def _settle(dossier: Dossier, _asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    ready = replace(dossier, settled_at=at, signature=None)
    return _awaited(ready, catalogue.policy(local_day(at)).return_hours, catalogue, at)


def _reopen(dossier: Dossier, _asked: Asked, _catalogue: Catalogue, _at: datetime) -> Dossier:
    return replace(dossier, settled_at=None, signature=None, return_due=None, is_return_late=False)


def _post(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    sent = replace(dossier, parcel=Parcel(tracking=asked.tracking))
    return _awaited(sent, catalogue.policy(local_day(at)).post_hours, catalogue, at)


def _carry(dossier: Dossier, asked: Asked, _catalogue: Catalogue, _at: datetime) -> Dossier:
    assert dossier.parcel is not None
    before = dossier.parcel
    parcel = replace(
        before,
        place=asked.place,
        legs=before.legs + 1,
        passed=(*before.passed, before.place) if before.place else (),
        scanned_at=asked.scanned_at or before.scanned_at,
    )
    return replace(dossier, parcel=parcel)


def _take_back(dossier: Dossier, _asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    assert dossier.parcel is not None
    back = replace(dossier, parcel=replace(dossier.parcel, came_back=True))
    return _awaited(back, catalogue.policy(local_day(at)).return_hours, catalogue, at)


def _awaited(dossier: Dossier, hours: int, catalogue: Catalogue, at: datetime) -> Dossier:
    calendar = catalogue.working_calendar(local_day(at))
    due = add_working_time(at, hours, "working_hour", calendar)
    return replace(dossier, return_due=due, is_return_late=False)


MARKS: Mapping[Move, Mark] = {
    Move.TRANSFER: _transfer,
    Move.READDRESS: _readdress,
    Move.ASK_SIGNATURE: _ask_signature,
    Move.SETTLE: _settle,
    Move.REOPEN: _reopen,
    Move.POST: _post,
    Move.CARRY: _carry,
    Move.TAKE_BACK: _take_back,
}
