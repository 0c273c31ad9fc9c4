"""What is known when a dossier comes in, and what of it is kept to ask again later."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Place(NamedTuple):
    """The place that a procedure goes by: its code, the day it was given if named, and what it is
    to the dossier.
    """

    code: str
    given_on: date | None
    what: str


class Filing(NamedTuple):
    """What is known when a dossier comes in; unit codes are of the day `given_on`, those of places
    of a day of their own where the portal named it.
    """

    procedure: str
    residence_unit: str
    receiving_unit: str
    given_on: date
    object_unit: str = ""
    residence_on: date | None = None
    object_on: date | None = None

    def place(self, is_bound: bool) -> Place:
        """Return where its object is, if it is bound to one, else where the applicant lives."""
        if is_bound:
            return Place(self.object_unit, self.object_on, "object's")
        return Place(self.residence_unit, self.residence_on, "residence")

    def days(self) -> dict[str, str]:
        """Return the days of places as facts: as a rule none."""
        named = {"residence_on": self.residence_on, "object_on": self.object_on}
        return {name: day.isoformat() for name, day in named.items() if day}


def filing_of(
    procedure: str, facts: Mapping[str, str], receiving_unit: str, received_on: date
) -> Filing:
    """Return what a dossier came with, from its facts and what it has if they do not tell."""
    return Filing(
        procedure,
        facts.get("residence_unit", ""),
        facts.get("receiving_unit", receiving_unit),
        day_in(facts, "on") or received_on,
        facts.get("object_unit", ""),
        day_in(facts, "residence_on"),
        day_in(facts, "object_on"),
    )


def day_in(facts: Mapping[str, str], name: str) -> date | None:
    """Return a day that is kept in the facts, if it is."""
    return date.fromisoformat(facts[name]) if name in facts else None
