"""What an application says that its fee depends on: cases, pages, categories that the law has."""

from collections.abc import Iterator
from datetime import date

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from services.intake.domain.remedies import Remedy, problem
from shared.catalogue import Catalogue, Procedure
from shared.catalogue.fees import cases
from shared.events.data import FeeFacts, Problem
from shared.events.portal import Submitted

PAGES_LIMIT = 2_000  # of one copy
AT = "/fee_facts"


def fee_problems(submitted: Submitted, catalogue: Catalogue, on: date) -> Iterator[Problem]:
    """Tell what of the facts no rule knows; that a person is spared is for the officer to see."""
    facts = submitted.fee_facts or None
    if facts is None:
        return
    known = _known_cases(submitted.procedure, catalogue, on)
    if facts.case and facts.case not in known:
        named = ", ".join(known)
        about = Remedy(f"Các trường hợp: {named}", f"The cases are {named}") if known else None
        yield problem("unknown-fee-case", f"{AT}/case", about)
    if not 0 <= facts.pages <= PAGES_LIMIT:
        yield problem("invalid-pages", f"{AT}/pages")
    if facts.exemption and not _is_category(facts.exemption, catalogue, on):
        yield problem("unknown-exemption", f"{AT}/exemption")


def of_child(facts: FeeFacts | UnsetType, procedure: Procedure | None) -> FeeFacts | UnsetType:
    """Return what of a parent's facts holds for a child: a case only where its rule has it."""
    if not facts or not facts.case or procedure is None or facts.case in cases(procedure.fee):
        return facts
    left = replace(facts, case="")
    return left if left != FeeFacts() else UNSET


def _known_cases(procedure: str, catalogue: Catalogue, on: date) -> tuple[str, ...]:
    interlinked = catalogue.interlinked_set(procedure, on)
    children = interlinked.children if interlinked else ()
    codes = [procedure, *(row.procedure for row in children)]
    found = (catalogue.procedure(code, on) for code in codes)
    return tuple(dict.fromkeys(case for row in found if row for case in cases(row.fee)))


def _is_category(category: str, catalogue: Catalogue, on: date) -> bool:
    return any(
        row.category == category and catalogue.fee_exemption(row.procedure, category, on)
        for rows in catalogue.fee_exemptions.values()
        for row in rows
    )
