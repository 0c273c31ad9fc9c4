"""What an application has to pay, by the catalogue: procedure, province, channel, date, person."""

from datetime import date
from typing import NamedTuple

import msgspec

from services.payment.domain.fees import Asked, assess, is_illustrative, spared, total_vnd
from shared.catalogue import Catalogue, Procedure
from shared.catalogue.fees import LATE
from shared.events.data import Exemption, FeeFacts, FeeLine

IF_LATE = "at_submission_if_late"
NOT_SAID = FeeFacts()


class NotInCatalogue(Exception):
    """A procedure or unit that our catalogue does not have: load the one that intake has."""


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the fee of an application was assessed on: enough to assess it again, as of its day.

    `unit` received it: its province sets amounts, and it gives the receipts.
    """

    procedure: str
    unit: str
    channel: str
    copies: int
    on: date
    dossier_code: str = ""
    facts: FeeFacts = NOT_SAID


class Assessment(NamedTuple):
    """What is due, and why: `reason` where nothing is, `source` where a province set the amount,
    `exemption` where a person or a province is spared some of it.
    """

    moment: str
    lines: tuple[FeeLine, ...]
    reason: str
    illustrative: bool = False
    source: str = ""
    exemption: Exemption | None = None


def judge(catalogue: Catalogue, basis: Basis) -> Assessment:
    """Return what is due.  Raises `NotInCatalogue`, `UnknownCase`."""
    procedure = catalogue.procedure(basis.procedure, basis.on)
    if procedure is None:
        raise NotInCatalogue(f"procedure {basis.procedure} on {basis.on}")
    moment = procedure.payment_moment
    if moment == "none":
        return Assessment(moment, (), "no_fee")
    if moment == IF_LATE:
        if basis.facts.case != LATE:
            return Assessment(moment, (), "on_time")  # what a late one owes may come as payment_due
        moment = "at_submission"
    province = catalogue.province_of(basis.unit, basis.on)
    if province is None:
        raise NotInCatalogue(f"unit {basis.unit} on {basis.on}")
    own = catalogue.fee_resolution(basis.procedure, province.code, basis.on)
    facts = basis.facts
    asked = Asked(basis.channel, basis.copies, facts.case, facts.pages or 1, own)
    lines = assess(procedure.fee, asked)
    waiver = catalogue.fee_waiver(province.code, basis.channel, basis.on)
    if waiver:
        reason = f"waived: {waiver.source}"
        off_vnd = total_vnd(lines)
        given = Exemption(rule="waiver", source=waiver.source, off_vnd=off_vnd) if off_vnd else None
        return Assessment(moment, (), reason, exemption=given)
    found = Assessment(
        moment,
        lines,
        "no_fee",
        is_illustrative(procedure.fee, asked),
        own.source if own else "",
    )
    return _for_the_person(catalogue, procedure, basis, found)


def _for_the_person(
    catalogue: Catalogue, procedure: Procedure, basis: Basis, found: Assessment
) -> Assessment:
    category = basis.facts.exemption
    row = catalogue.fee_exemption(procedure.code, category, basis.on) if category else None
    if row is None:
        return found
    left = spared(procedure.fee, found.lines, row)
    off_vnd = total_vnd(found.lines) - total_vnd(left)
    if not off_vnd:
        return found
    given = Exemption(
        rule="exemption",
        category=category,
        name_vi=row.name_vi,
        source=row.source,
        off_vnd=off_vnd,
    )
    return found._replace(lines=left, reason=f"exempt: {row.source}", exemption=given)
