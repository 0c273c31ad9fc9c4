"""By what an application is found: what events name it, and how a number is compared."""

from typing import Any
from unicodedata import normalize

from services.operations.domain.entries import Entry, gist
from shared.events import intake, payment, petitions

NAME_LIMIT = 256  # characters

_REGISTERED = {intake.Registered.TYPE, intake.InterlinkedRegistered.TYPE}
_MOVED = {payment.Settled.TYPE, payment.Overpaid.TYPE, payment.Mismatched.TYPE}
_NAMED_IN = {*_REGISTERED, *_MOVED, payment.Requested.TYPE, petitions.PetitionReceived.TYPE}


def name_of(entry: Entry) -> dict[str, Any] | None:
    """Return the row of a name that an event of ours gives its application; None: it gives none.

    A partner's transaction is no name by itself: two partners may count alike.
    """
    if entry.type not in _NAMED_IN or not entry.sequence:
        return None
    g = gist(entry.data)
    if entry.type in _MOVED:
        spelled = folded(g.transaction)
        row = {"partner": g.partner, "transaction": g.transaction, "application": entry.application}
        return {"_id": f"{spelled}/{g.partner}/{entry.application}", **row} if spelled else None
    is_petition = entry.type == petitions.PetitionReceived.TYPE
    name = g.dossier_code if entry.type in _REGISTERED else g.code if is_petition else g.reference
    return {"_id": name, "application": entry.application} if name else None


def folded(typed: str) -> str:
    """Return a number as it is compared: capitals and digits alone, of any script."""
    signs = normalize("NFKC", typed[:NAME_LIMIT]).upper()
    return "".join(c for c in signs if c.isalnum())
