"""The event that says where a dossier is now."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import Asked
from shared.events import routing as events


def announce(
    contract: type[events.Moved], dossier: Dossier, asked: Asked, at: datetime
) -> events.Moved:
    """Return this event about the dossier as it stands after the move."""
    return _EVENTS[contract](dossier, asked, at)


def routed(dossier: Dossier) -> events.Routed:
    """Return the event that says which units a dossier has, and why."""
    assert dossier.acceptance_due is not None
    return events.Routed(
        national_code=dossier.national_code,
        portal=dossier.portal,
        dossier_code=dossier.dossier_code,
        procedure=dossier.procedure,
        channel=dossier.channel,
        copies=dossier.copies,
        receiving_unit=dossier.receiving_unit,
        competent_unit=dossier.competent_unit,
        returning_unit=dossier.returning_unit,
        rule=dossier.rule,
        rule_version=dossier.rule_version,
        catalogue_version=dossier.catalogue_version,
        facts=dossier.facts,
        acceptance_due=dossier.acceptance_due,
    )


def _due(dossier: Dossier) -> datetime:
    assert dossier.due_current is not None
    return dossier.due_current


def _acceptance_due(dossier: Dossier) -> datetime:
    assert dossier.acceptance_due is not None
    return dossier.acceptance_due


_EVENTS: Mapping[type[events.Moved], Callable[[Dossier, Asked, datetime], events.Moved]] = {
    events.Routed: lambda d, _a, _at: routed(d),
    events.Accepted: lambda d, a, _at: events.Accepted(
        national_code=d.national_code, officer=a.officer, due=_due(d)
    ),
    events.NotAccepted: lambda d, a, _at: events.NotAccepted(
        national_code=d.national_code, officer=a.officer, reason=a.note
    ),
    events.Processing: lambda d, a, _at: events.Processing(
        national_code=d.national_code, officer=a.officer, due=_due(d)
    ),
    events.SupplementRequested: lambda d, a, _at: events.SupplementRequested(
        national_code=d.national_code, officer=a.officer, content=a.note
    ),
    events.Resubmitted: lambda d, _a, _at: events.Resubmitted(
        national_code=d.national_code, acceptance_due=_acceptance_due(d)
    ),
    events.PaymentDue: lambda d, a, _at: events.PaymentDue(
        national_code=d.national_code, officer=a.officer, amount_vnd=a.amount_vnd
    ),
    events.Suspended: lambda d, a, _at: events.Suspended(
        national_code=d.national_code, officer=a.officer, reason=a.note
    ),
    events.Settled: lambda d, a, at: events.Settled(
        national_code=d.national_code, officer=a.officer, on_time=d.is_on_time(at)
    ),
    events.Returned: lambda d, a, _at: events.Returned(
        national_code=d.national_code, officer=a.officer
    ),
    events.Apologised: lambda d, a, _at: events.Apologised(
        national_code=d.national_code,
        officer=a.officer,
        reason=a.note,
        due_before=d.due_history[-2].due,
        due=_due(d),
    ),
    events.Closed: lambda d, a, _at: events.Closed(national_code=d.national_code, reason=a.note),
}
