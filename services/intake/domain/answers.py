"""What may be wrong with the answers to a form, in the words of portals and not of a validator.

Answers are personal: what was sent is never repeated, not even the name of an unknown answer.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.intake.domain.remedies import Remedy, problem
from services.intake.domain.unprintable import is_unprintable
from shared.catalogue.forms import ProcedureForm, Schema
from shared.events.data import Problem

AT = "/personal/answers"
CODES: Mapping[str, str] = {  # JSON Schema keyword → code; a form has no others that can fail
    "required": "missing-answer",
    "dependentRequired": "missing-answer",
    "additionalProperties": "unknown-answer",
    "enum": "answer-not-listed",
    "pattern": "invalid-answer",
    "format": "invalid-date",
    "maxLength": "too-long",
}


def given(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that say something: an empty one is none."""
    return {name: text for name, text in answers.items() if text}


def answer_problems(
    answers: Mapping[str, str], form: ProcedureForm, on: date
) -> tuple[Problem, ...]:
    """Return all that is wrong with what was answered by this day, one problem for each place."""
    found: dict[str, Problem] = {}
    for code, name in _wrong(given(answers), form, on):
        at = pointer(name) if name else AT
        found.setdefault(at, problem(code, at, _about(form.schema, name) if name else None))
    return tuple(found.values())


def _wrong(answers: Mapping[str, str], form: ProcedureForm, on: date) -> Iterator[tuple[str, str]]:
    """Tell each mistake's code, and the name of the answer if the form asks for it."""
    for name, text in answers.items():
        if is_unprintable(name) or is_unprintable(text, may_have_lines=True):
            yield "unprintable-text", name if name in form.schema["properties"] else ""
    for error in form.validator.iter_errors(answers):
        keyword = str(error.validator)
        code = CODES.get(keyword, "invalid-answer")
        if keyword in ("required", "dependentRequired"):
            yield from ((code, name) for name in _lacking(error.validator_value, answers))
        else:
            name = str(error.path[0]) if error.path else ""
            yield code, name if name in form.schema["properties"] else ""
    for name, _ in form.marked("x-past"):
        if answers.get(name, "") > on.isoformat():  # as days are written, so they are ordered
            yield "date-in-future", name


def _lacking(wanted: Any, answers: Mapping[str, str]) -> list[str]:
    if isinstance(wanted, dict):
        wanted = [name for cause, names in wanted.items() if cause in answers for name in names]
    return [name for name in wanted if name not in answers]


def _about(schema: Schema, name: str) -> Remedy:
    """Return what the form calls an answer."""
    asked = schema["properties"][name]
    return Remedy(asked["title"], asked["x-title-en"])


def pointer(name: str) -> str:
    """Return where an answer stands, as a JSON pointer."""
    return f"{AT}/{name.replace('~', '~0').replace('/', '~1')}"
