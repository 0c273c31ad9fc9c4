"""Where an application lies: who works on it, and where its result waits."""

from msgspec.structs import replace

from services.notify.domain.moves import Dossier
from services.notify.domain.papers import Papers
from shared.events import Data
from shared.events.handover import PostCameBack, Posted, Readdressed, Transferred
from shared.events.routing import Closed, Processing, Returned, Settled


def placed(dossier: Dossier, data: Data) -> Dossier:
    """Return the same with what an event says of it; it may be one of an application that was not
    read yet.
    """
    unit, result_at = _unit(dossier, data), _result_at(dossier, data)
    is_in_post = _is_in_post(dossier, data)
    if (unit, result_at, is_in_post) == (dossier.unit, dossier.result_at, dossier.is_in_post):
        return dossier
    return replace(dossier, unit=unit, result_at=result_at, is_in_post=is_in_post)


def _unit(dossier: Dossier, data: Data) -> str:
    if isinstance(data, Transferred):
        return data.competent_unit
    if isinstance(data, Readdressed) and dossier.unit in ("", _received_by(dossier)):
        return data.receiving_unit
    return dossier.unit


def _received_by(dossier: Dossier) -> str:
    papers = dossier.papers or Papers()
    return papers.filing.unit if papers.filing else papers.unit


def _result_at(dossier: Dossier, data: Data) -> str:
    if isinstance(data, Settled):
        return data.returning_unit
    if isinstance(data, Transferred | Readdressed) and dossier.result_at:
        return data.returning_unit
    if isinstance(data, Processing | Returned | Closed):  # there is none to hand out
        return ""
    return dossier.result_at


def _is_in_post(dossier: Dossier, data: Data) -> bool:
    if isinstance(data, Posted):
        return True
    if isinstance(data, PostCameBack | Settled | Processing | Returned | Closed):
        return False
    return dossier.is_in_post
