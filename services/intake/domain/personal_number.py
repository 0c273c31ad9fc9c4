"""What a personal number says by itself, as far as it may be doubted: never a reason to refuse.

Twelve digits: three for where a birth was registered, one for century and sex, two for the year,
six at random; no check digit.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

from shared.catalogue.forms import ProcedureForm

FORM = re.compile(r"[0-9]{12}")
FIRST_CENTURY = 1900


def birth_year(number: str) -> int:
    """Return the year of birth that a number of twelve digits tells."""
    return FIRST_CENTURY + 100 * (int(number[3]) // 2) + int(number[4:6])


def sex(number: str) -> str:
    """Return the sex that a number of twelve digits tells."""
    return "female" if int(number[3]) % 2 else "male"


def is_unusual(number: str, known_prefixes: Collection[str], on: date) -> bool:
    """Whether a number is of no known place, or of a year that has not come."""
    return number[:3] not in known_prefixes or birth_year(number) > on.year


def disagrees(number: str, answers: Mapping[str, str], form: ProcedureForm) -> bool:
    """Whether a number tells another sex or year of birth than the applicant answered."""
    tells = {"birth_date": f"{birth_year(number)}", "sex": sex(number)}
    return any(
        answers.get(name) and not answers[name].startswith(tells[mark])
        for name, mark in form.marked("x-applicant")
    )
