"""By what an application is found: what events name it, and how a number is compared."""

from collections.abc import Sequence
from functools import lru_cache
from unicodedata import normalize

from services.operations.domain.entries import Entry, gist
from services.operations.domain.facts import logged_day
from services.operations.domain.seeking import folded_partner
from services.operations.domain.settlement import MOVES, move_of
from shared.events import intake, payment, petitions
from shared.store import Row

NAME_LIMIT = 256  # characters

_REGISTERED = {intake.Registered.TYPE, intake.InterlinkedRegistered.TYPE}
_MOVED = {payment.Settled.TYPE, payment.Overpaid.TYPE, payment.Mismatched.TYPE}
_NAMED_IN = {*_REGISTERED, *_MOVED, payment.Requested.TYPE, petitions.PetitionReceived.TYPE}
NAMING = frozenset({*_NAMED_IN, *MOVES})  # the types of events that name anything


def names_of(entry: Entry) -> Sequence[Row]:
    """Return the rows of names that an event of ours gives its application.

    A partner's transaction is no name by itself: two partners may count alike.  Whatever has to do
    with a partner is found by it, and the day, as well; what moved with it, for its settlement.
    """
    if entry.type in MOVES and (moved := move_of(entry)):
        return (moved, *_named(entry))
    return _named(entry)


def _named(entry: Entry) -> Sequence[Row]:
    if entry.type not in _NAMED_IN or not entry.sequence:
        return ()
    g = gist(entry.data)
    if entry.type in _MOVED:
        spelled = folded(g.transaction)
        row = {"partner": g.partner, "transaction": g.transaction, "application": entry.application}
        moved = [{"_id": f"{spelled}/{g.partner}/{entry.application}", **row}] if spelled else []
        return *moved, _met(entry, g.partner)
    is_petition = entry.type == petitions.PetitionReceived.TYPE
    name = g.dossier_code if entry.type in _REGISTERED else g.code if is_petition else g.reference
    named = [{"_id": name, "application": entry.application}] if name else []
    return (*named, _met(entry, g.partner)) if g.partner else named


@lru_cache(maxsize=1_000)
def with_partner(partner: str) -> str:
    """Return how rows of those begin that had to do with a partner; a day follows, then which."""
    return f"@{folded_partner(partner)}/"


def _met(entry: Entry, partner: str) -> Row:
    where = f"{with_partner(partner)}{logged_day(entry)}/{entry.application}"
    return {"_id": where, "application": entry.application}


def folded(typed: str) -> str:
    """Return a number as it is compared: capitals and digits alone, of any script."""
    signs = normalize("NFKC", typed[:NAME_LIMIT]).upper()
    return "".join(c for c in signs if c.isalnum())
