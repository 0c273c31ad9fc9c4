"""What payment says, and whether the fee still stands in the way of acceptance."""

from datetime import datetime

from msgspec.structs import replace

from services.routing.domain.dossier import Demand, Dossier, Fee
from services.routing.domain.moves import PAID_BEFORE_ACCEPTANCE, apply
from services.routing.domain.registration import accept_if_ready
from services.routing.domain.states import Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.events import payment
from shared.lanes.table import Outcome

ON_DEMAND = "on_demand"  # the moment of an obligation that an officer made

Finding = payment.FeeAssessed | payment.FeeWaived | payment.Settled | payment.Expired


def hear(dossier: Dossier, data: Finding, catalogue: Catalogue, at: datetime) -> Outcome[Dossier]:
    """Return what follows: an automatic acceptance, processing that goes on, or only a note."""
    if isinstance(data, payment.Settled) and _meets_demand(dossier, data):
        if dossier.stage is Stage.AWAITING_PAYMENT:
            return apply(dossier, Asked(Move.PAY), catalogue, at)
        return Outcome(
            replace(dossier, demand=Demand.PAID)
        )  # suspended, say: it counts all the same
    if isinstance(data, payment.Expired) and data.moment == ON_DEMAND:
        is_due = dossier.demand is Demand.DUE
        return Outcome(replace(dossier, demand=Demand.EXPIRED) if is_due else dossier)
    return accept_if_ready(Outcome(replace(dossier, fee=_fee(dossier.fee, data))), catalogue, at)


def _meets_demand(dossier: Dossier, data: payment.Settled) -> bool:
    """Tell money for what an officer demands now from money for the fee, or for a demand before."""
    is_awaited = dossier.stage is Stage.AWAITING_PAYMENT
    is_for_demand = data.moment == ON_DEMAND or (is_awaited and not data.moment)
    is_open = dossier.demanded_vnd > 0 and dossier.demand in (Demand.NONE, Demand.DUE)
    return is_open and is_for_demand and data.amount_vnd == dossier.demanded_vnd


def _fee(before: Fee, data: Finding) -> Fee:
    match data:
        case payment.Settled() if data.moment != ON_DEMAND:
            return Fee.PAID
        case payment.Expired() if before is Fee.DUE:
            return Fee.EXPIRED
        case payment.FeeWaived() if before in (Fee.UNKNOWN, Fee.DUE):  # or spared afterwards
            return Fee.FREE
        case payment.FeeAssessed() if before is Fee.UNKNOWN and data.moment != ON_DEMAND:
            return Fee.DUE if data.moment in PAID_BEFORE_ACCEPTANCE else Fee.LATER
    return before
