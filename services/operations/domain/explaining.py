"""Why an application is where it is: each time that routing chose a unit, by which rule."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from services.operations.domain.citizen.decided import Decided
from shared.events import handover, routing


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A choice: `rule` and its version, the edition of the catalogue, and the facts it went by.

    `because` is what an officer or the rule gave as a reason; `candidates` those among whom a
    person has to choose, and then there are no units yet.
    """

    at: datetime
    rule: str = ""
    rule_version: str = ""
    catalogue_version: str = ""
    facts: dict[str, str] = {}
    receiving_unit: str = ""
    competent_unit: str = ""
    returning_unit: str = ""
    candidates: tuple[str, ...] = ()
    because: str = ""
    because_vi: str = ""


def explanations(decided: Sequence[Decided]) -> Iterator[Explanation]:
    """Yield each choice of units, in order."""
    for each in decided:
        at, data = each.at, each.data
        match data:
            case routing.Routed():
                yield Explanation(
                    at=at,
                    rule=data.rule,
                    rule_version=data.rule_version,
                    catalogue_version=data.catalogue_version,
                    facts=data.facts,
                    receiving_unit=data.receiving_unit,
                    competent_unit=data.competent_unit,
                    returning_unit=data.returning_unit,
                )
            case routing.ChoiceNeeded():
                yield Explanation(
                    at=at,
                    catalogue_version=data.catalogue_version,
                    candidates=data.candidates,
                    because=data.reason,
                    because_vi=data.reason_vi,
                )
            case handover.Transferred() | handover.Readdressed():
                yield Explanation(
                    at=at,
                    rule=data.rule,
                    catalogue_version=data.catalogue_version,
                    receiving_unit=data.receiving_unit,
                    competent_unit=data.competent_unit,
                    returning_unit=data.returning_unit,
                    because=data.reason,
                )
