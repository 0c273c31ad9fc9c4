"""What tests of allowances do with an office."""

import msgspec

from services.payment.domain.draft import Pace
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementAsked,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementProposed,
    DisbursementQueryRequested,
    DisbursementRecorded,
    DisbursementRequested,
)
from tests.services.payment.office import APPLICATION, PARTNER
from tests.shared.callers import human

PENSION = "1.014027"  # 500,000 VND each month
FUNERAL = "1.014028"  # 10,000,000 VND once
MONTH = "2026-11"
ABLE = msgspec.structs.replace(PARTNER.terms, partner="cuu-long", disburses=True, bank="970432")
OTHER = msgspec.structs.replace(ABLE, partner="song-hong", bank="970436")
PARTNERS = (PARTNER.terms, ABLE, OTHER)
PACE = Pace(check_over_vnd=500_000)

ASKED = DisbursementAsked(
    period=MONTH,
    amount_vnd=500_000,
    decision="QĐ 12/2026",
    bank="970436",
    ending="0101",
    payee="v1.sealed",
    by="maker",
    principal=human("maker"),
)


def key(number=1):
    return f"{APPLICATION}.disbursement.{number}"


def kinds(events):
    return [type(e) for e in events]


def granted(office, a, procedure=PENSION):
    """An application that was accepted."""
    office.hear(a.routed(procedure=procedure))
    office.hear(a.accepted())
    return office


def ask(office, **changes):
    return office.hear(msgspec.structs.replace(ASKED, **changes))


def answer(office, finding, **changes):
    calls = (DisbursementRequested, DisbursementQueryRequested)
    asked = [e for e in office.events if isinstance(e, calls)][-1]
    said = {"key": asked.key, "disbursement": asked.disbursement, "finding": finding}
    return office.hear(DisbursementAnswered(**(said | changes)))


def check(office, approved=True, by="checker"):
    key_ = office.of(DisbursementProposed)[-1].disbursement
    who = {"by": by, "principal": human(by)}
    return office.hear(
        DisbursementChecked(disbursement=key_, approved=approved, **who, reason="looked at")
    )


def correct(office, by="maker", **changes):
    whole = {"bank": "970436", "ending": "0202", "payee": "v1.other", "reason": "closed"} | changes
    who = {"by": by, "principal": human(by)}
    return office.hear(DisbursementCorrected(disbursement=key(), **who, **whole))


def record(office, finding="paid", by="treasurer"):
    who = {"by": by, "principal": human(by)}
    slip = {"transaction": "FT9", "reason": "statement"}
    return office.hear(DisbursementRecorded(disbursement=key(), finding=finding, **who, **slip))


def statuses(office):
    return [d.status for d in office.state.disbursements]
