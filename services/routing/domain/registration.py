"""A dossier comes in: its units, its intake clock and, if the policy lets it, its acceptance."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from services.routing.domain.announcements import routed
from services.routing.domain.dossier import Dossier, Fee
from services.routing.domain.moves import apply
from services.routing.domain.rules import Rules, explain
from services.routing.domain.states import Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.events import routing as events
from shared.events.data import joined, marked
from shared.events.intake import Registered
from shared.lanes.table import Outcome
from shared.working_time import local_day

_STAGES: Mapping[str, Stage] = {
    "human_choice": Stage.UNROUTED,
    "refuse": Stage.NOT_ACCEPTED,
}


def register(
    dossier: Dossier, data: Registered, catalogue: Catalogue, rules: Rules, at: datetime
) -> Outcome[Dossier]:
    """Return the dossier routed, handed to a person who chooses its unit, or refused by a rule."""
    if dossier.stage is not Stage.EXPECTED:
        return Outcome(dossier)
    received_at = min(data.submitted_at, at)
    on = local_day(received_at)
    places = data.residence_unit, data.receiving_unit
    route = explain(
        catalogue,
        rules,
        data.procedure,
        *places,
        on,
        data.object_unit,
        residence_on=data.residence_unit_on or None,
        object_on=data.object_unit_on or None,
    )
    procedure = catalogue.procedure(data.procedure, on)
    assert procedure is not None
    came = replace(
        dossier,
        stage=_STAGES.get(route.outcome, Stage.SUBMITTED),
        dossier_code=data.dossier_code,
        portal=data.portal,
        procedure=data.procedure,
        channel=data.channel,
        copies=data.copies,
        fee_facts=data.fee_facts or None,
        receiving_unit=route.receiving_unit,
        competent_unit=route.competent_unit,
        returning_unit=route.returning_unit,
        candidates=route.candidates,
        rule=route.rule,
        rule_version=route.rule_version,
        catalogue_version=route.catalogue_version,
        facts={**route.facts, "tried": route.tried},
        is_automatic=catalogue.accepted_automatically(procedure, data.channel, on),
        received_at=received_at,
        acceptance_due=catalogue.intake_due(received_at, on),
        documents=marked((), joined(data.documents, data.marks)),
    )
    if came.stage is Stage.NOT_ACCEPTED:
        reason = route.why if data.language == "en" else route.why_vi
        refused = events.NotAccepted(
            national_code=came.national_code,
            officer="",
            reason=reason,
            reason_vi=route.why_vi,
            reason_en=route.why,
        )
        return Outcome(came, (refused,))
    if not route.competent_unit:
        choice = events.ChoiceNeeded(
            national_code=came.national_code,
            candidates=route.candidates,
            reason=route.reason,
            reason_vi=route.reason_vi,
            acceptance_due=came.acceptance_due,
        )
        return Outcome(came, (choice,))
    said = replace(routed(came), facts=route.facts)  # the rules that failed stay in the journal
    return accept_if_ready(Outcome(came, (said,)), catalogue, at)


def accept_if_ready(
    outcome: Outcome[Dossier], catalogue: Catalogue, at: datetime
) -> Outcome[Dossier]:
    """Let an automatic acceptance follow, once the fee stands in its way no more."""
    dossier = outcome.state
    if dossier is None or dossier.stage is not Stage.SUBMITTED or not dossier.is_automatic:
        return outcome
    if dossier.fee not in (Fee.FREE, Fee.LATER, Fee.PAID):
        return outcome
    accepted = apply(dossier, Asked(Move.ACCEPT), catalogue, at)
    return Outcome(accepted.state, (*outcome.events, *accepted.events))
