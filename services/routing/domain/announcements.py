"""The event that says where a dossier is now."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import UNSET

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import CLOCK, Asked
from shared.events import cancelling, handover
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
        fee_facts=dossier.fee_facts or UNSET,
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


def _signature_asked(dossier: Dossier, officer: str) -> handover.SignatureAsked:
    assert dossier.signature is not None
    return handover.SignatureAsked(
        national_code=dossier.national_code,
        officer=officer,
        signer=dossier.signature.signer,
        certificate_expires=dossier.signature.expires,
        due=_due(dossier),
    )


def _due_moved(dossier: Dossier, asked: Asked) -> handover.DueMoved:
    is_intake = CLOCK[dossier.stage] == "intake"
    assert asked.due_before is not None
    return handover.DueMoved(
        national_code=dossier.national_code,
        officer=asked.officer,
        clock="intake" if is_intake else "statutory",
        due_before=asked.due_before,
        due=_acceptance_due(dossier) if is_intake else _due(dossier),
        cause=asked.note,
        catalogue_version=asked.catalogue_version,
    )


_EVENTS: Mapping[type[events.Moved], Callable[[Dossier, Asked, datetime], events.Moved]] = {
    events.Routed: lambda d, _a, _at: routed(d),
    events.Accepted: lambda d, a, _at: events.Accepted(
        national_code=d.national_code,
        officer=a.officer,
        due=_due(d),
        competent_unit=UNSET if d.competent_unit == d.receiving_unit else d.competent_unit,
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
    events.CorrectionAllowed: lambda d, _a, _at: events.CorrectionAllowed(
        national_code=d.national_code
    ),
    events.PaymentDue: lambda d, a, _at: events.PaymentDue(
        national_code=d.national_code, officer=a.officer, amount_vnd=a.amount_vnd
    ),
    events.Suspended: lambda d, a, _at: events.Suspended(
        national_code=d.national_code, officer=a.officer, reason=a.note
    ),
    events.Settled: lambda d, a, at: events.Settled(
        national_code=d.national_code,
        officer=a.officer,
        on_time=d.is_on_time(at),
        returning_unit=d.returning_unit,
    ),
    events.Returned: lambda d, a, _at: events.Returned(
        national_code=d.national_code,
        officer=a.officer,
        form="post" if d.parcel and not d.parcel.came_back else a.form,
        tracking=d.parcel.tracking if d.parcel and not d.parcel.came_back else "",
    ),
    events.Apologised: lambda d, a, _at: events.Apologised(
        national_code=d.national_code,
        officer=a.officer,
        reason=a.note,
        due_before=d.due_history[-2].due,
        due=_due(d),
        checked_by=a.checked_by or UNSET,
    ),
    cancelling.Cancelled: lambda d, a, _at: cancelling.Cancelled(
        national_code=d.national_code,
        officer=a.officer,
        reason=a.note,
        checked_by=a.checked_by,
        agreed_vnd=a.agreed_vnd or UNSET,
        principal=a.principal or UNSET,
        checked_principal=a.checked_principal or UNSET,
    ),
    events.Closed: lambda d, a, _at: events.Closed(national_code=d.national_code, reason=a.note),
    handover.Transferred: lambda d, a, _at: handover.Transferred(
        national_code=d.national_code,
        officer=a.officer,
        reason=a.note,
        from_unit=d.facts["transferred_from"],
        receiving_unit=d.receiving_unit,
        competent_unit=d.competent_unit,
        returning_unit=d.returning_unit,
        rule=d.rule,
        catalogue_version=d.catalogue_version,
        checked_by=a.checked_by or UNSET,
    ),
    handover.Readdressed: lambda d, a, _at: handover.Readdressed(
        national_code=d.national_code,
        officer=a.officer,
        reason=a.note,
        receiving_unit=d.receiving_unit,
        competent_unit=d.competent_unit,
        returning_unit=d.returning_unit,
        rule=d.rule,
        catalogue_version=d.catalogue_version,
    ),
    handover.SignatureAsked: lambda d, a, _at: _signature_asked(d, a.officer),
    handover.Posted: lambda d, a, _at: handover.Posted(
        national_code=d.national_code, officer=a.officer, tracking=a.tracking
    ),
    handover.PostCarried: lambda d, a, _at: handover.PostCarried(
        national_code=d.national_code, officer=a.officer, tracking=a.tracking, place=a.place
    ),
    handover.PostCameBack: lambda d, a, _at: handover.PostCameBack(
        national_code=d.national_code, officer=a.officer, tracking=a.tracking, reason=a.note
    ),
    handover.DueMoved: lambda d, a, _at: _due_moved(d, a),
    handover.StepFinished: lambda d, a, _at: handover.StepFinished(
        national_code=d.national_code, officer=a.officer, step=a.step, next_step=d.step
    ),
}
