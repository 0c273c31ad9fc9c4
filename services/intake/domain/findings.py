"""All there is to say of what was sent, at once: also of what cannot be read as its contract."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from services.intake.domain import personal_number
from services.intake.domain.answers import answer_problems, given
from services.intake.domain.remedies import problem, warning
from services.intake.domain.shape import json_value, mend
from services.intake.domain.splitting import parts_of, told_of_parent
from services.intake.domain.validation import (
    form_problems,
    is_short,
    normalised,
    personal_problems,
    supplement_problems,
    withdrawal_problems,
)
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms, ProcedureForm
from shared.events import UNREADABLE
from shared.events.data import Problem
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested

_personal = msgspec.json.Decoder(Personal)


class Findings(NamedTuple):
    """What is wrong with an application, and what is only to be looked at."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def read_personal(text: bytes) -> Personal | tuple[Problem, ...]:
    """Return the personal fields in a JSON text, in composed form (NFC), without outer blanks;
    or all that is wrong with them.
    """
    try:
        return normalised(_personal.decode(text))
    except UNREADABLE:
        found: list[Problem] = []
        mended = normalised(mend(Personal, json_value(text), "/personal", found))
        found = found or [problem("invalid-value", "/personal")]
        return (*found, *beside(found, personal_problems(mended)))


def examine(
    submitted: Submitted,
    personal: Personal | None,
    catalogue: Catalogue,
    forms: Forms,
    on: date,
) -> Findings:
    """Return all there is to say of an application made on this day, and of its children.

    Without personal fields (they could not be read) what depends on them is left out.
    """
    found = _examine(submitted, personal, catalogue, forms, on)
    parts = parts_of(submitted, personal, catalogue, on) if personal else ()
    if not parts:
        return found
    told = {(p.field, p.code): p for p in reversed(found.problems)}
    more: dict[tuple[str, str], Problem] = {}
    for part in parts:
        of_child = _examine(part.submitted, part.personal, catalogue, forms, on).problems
        for each in told_of_parent(part, of_child):
            more.setdefault((each.field, each.code), each)
    beside = tuple(each for place, each in more.items() if place not in told)
    return Findings(found.problems + beside, found.warnings)


def _examine(
    submitted: Submitted,
    personal: Personal | None,
    catalogue: Catalogue,
    forms: Forms,
    on: date,
) -> Findings:
    procedure = catalogue.procedure(submitted.procedure, on)
    form = forms.of(procedure, on) if procedure else None
    if personal is None:
        return Findings(form_problems(submitted, catalogue, on, form, is_answered=True))
    is_answered = bool(personal.answers and given(personal.answers))
    problems = form_problems(submitted, catalogue, on, form, is_answered=is_answered)
    problems += personal_problems(personal)
    if is_answered and form and is_short(personal):
        problems += answer_problems(personal.answers, form, on)
    return Findings(problems, warnings_of(personal, form, forms, on))


def unread_problems(
    text: bytes, kind: type[msgspec.Struct], catalogue: Catalogue, forms: Forms, on: date
) -> tuple[Problem, ...]:
    """Return all that is wrong with an application that cannot be decoded as `kind`."""
    found: list[Problem] = []
    read: Any = mend(kind, json_value(text), "", found)
    fields = {f: getattr(read, f) for f in Submitted.__struct_fields__}
    personal = fields.pop("personal")
    submitted = Submitted(personal="", **fields)
    known = normalised(personal) if isinstance(personal, Personal) else None
    return (*found, *beside(found, examine(submitted, known, catalogue, forms, on).problems))


def unread_supplement(text: bytes) -> tuple[Problem, ...]:
    """Return all that is wrong with a supplement that cannot be decoded."""
    found: list[Problem] = []
    read = mend(SupplementSubmitted, json_value(text), "", found)
    return (*found, *beside(found, supplement_problems(read)))


def unread_withdrawal(text: bytes) -> tuple[Problem, ...]:
    """Return all that is wrong with a withdrawal that cannot be decoded."""
    found: list[Problem] = []
    read = mend(WithdrawalRequested, json_value(text), "", found)
    return (*found, *beside(found, withdrawal_problems(read)))


def warnings_of(
    personal: Personal, form: ProcedureForm | None, forms: Forms, on: date
) -> tuple[Problem, ...]:
    """One warning for all doubts: which of them it is would tell of birth or sex."""
    number = personal.personal_number
    if not personal_number.FORM.fullmatch(number):
        return ()
    if personal_number.is_unusual(number, forms.known_prefixes, on) or (
        personal.answers and form and personal_number.disagrees(number, personal.answers, form)
    ):
        return (warning("unusual-personal-number", "/personal/personal_number"),)
    return ()


def beside(found: Sequence[Problem], more: Sequence[Problem]) -> Iterator[Problem]:
    """Yield of `more` what does not follow from `found`: what was not read is not judged."""
    unread = [p.field for p in found if p.code != "unknown-field"]
    if {"/personal", "/personal/answers"} & {*unread}:
        unread.append("/documents")  # answers stand for the form's paper
    if "/" in unread:
        return
    for each in more:
        if not any(_is_within(each.field, at) or _is_within(at, each.field) for at in unread):
            yield each


def _is_within(field: str, other: str) -> bool:
    return field == other or field.startswith(f"{other}/")
