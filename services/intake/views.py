"""What an application's state looks like to portals and citizens."""

from services.intake.domain.dossier import Application
from services.intake.domain.receipt import Contacts, receipt
from services.intake.domain.saga import views as children
from services.intake.forms import Taken, View
from shared.catalogue import Catalogue
from shared.kinship import parent_of
from shared.status_links import StatusLinks
from shared.working_time import local_day


def taken(application: str, state: Application | None = None) -> Taken:
    """Return the answer to what is in the log."""
    return Taken(
        application_id=application,
        status_url=_address(application),
        dossier_code=state.dossier_code if state else "",
        warnings=state.warnings if state else (),
    )


def view(
    application: str,
    state: Application,
    catalogue: Catalogue,
    contacts: Contacts,
    links: StatusLinks,
) -> View:
    """Tell how an application stands, with the receipt of one that came in."""
    handed = None
    if state.dossier_code:
        day, link = local_day(state.decided_at), links.link(application)
        unit, documents = state.receiving_unit, state.marked
        code = links.code(application)
        handed = receipt(unit, day, catalogue, contacts, link, documents, code)
    return View(
        application_id=application,
        status=state.status,
        national_code=state.national_code,
        dossier_code=state.dossier_code,
        decided_at=state.decided_at,
        problems=state.problems,
        warnings=state.warnings,
        end=state.end,
        supplement=state.supplement,
        withdrawal=state.withdrawal,
        correction=state.correction,
        similar=_address(state.similar_to) if state.similar_to else "",
        receipt=handed,
        children=children(state.family) if state.family else (),
        outcome=state.family.outcome if state.family else "",
        parent=_address(parent_of(application)) if state.kin else "",
    )


def _address(application: str) -> str:
    return f"/v1/applications/{application}"
