"""What a citizen corrects of an application that no unit has accepted: contact data and answers.

Intake judges a correction and keeps it sealed; routing, which knows whether a unit has accepted,
says whether it may be; then it counts.  What was said before stays sealed in the journal and the
log.  Person, procedure, place and unit are what an application is: they are never corrected.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from unicodedata import normalize

import msgspec
from msgspec.structs import replace

from services.intake.domain.answers import AT, answer_problems, given, pointer
from services.intake.domain.dossier import Application
from services.intake.domain.findings import beside, warnings_of
from services.intake.domain.follow_ups import rejected, turned_away
from services.intake.domain.message_ids import id_of, is_reused, under
from services.intake.domain.pending import Correcting
from services.intake.domain.remedies import problem
from services.intake.domain.shape import json_value, mend
from services.intake.domain.validation import is_short, personal_problems, portal_of
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms, ProcedureForm
from shared.events.data import Problem
from shared.events.intake import Corrected, CorrectionAsked
from shared.events.portal import Correction, Personal, Submitted
from shared.lanes.table import Arrival, Outcome

CORRECTIONS_LIMIT = 20
CORRECT = "correct"  # how routing calls what it did not let happen
FIXED = tuple(sorted({*Submitted.__struct_fields__} - {"personal"}))
FIXED_PERSONAL = ("name", "personal_number", "representative")

_PLACE_HOLDERS = Personal(name="-", personal_number="0" * 12, phone="0900000000")


class Judging(NamedTuple):
    """By what a correction is judged: the form as it was on the day of the application."""

    form: ProcedureForm | None
    forms: Forms
    on: date
    catalogue_version: str


def judging(procedure: str, on: date, catalogue: Catalogue, forms: Forms) -> Judging:
    """Return by what corrections of an application of that day are judged."""
    known = catalogue.procedure(procedure, on)
    return Judging(forms.of(known, on) if known else None, forms, on, catalogue.version)


class Revision(NamedTuple):
    """What was gathered about one correction: what is wrong, or what it changes, sealed anew.

    `content_hash` is keyed; `base` is the sealed value that it was put on top of.
    """

    content_hash: str = ""
    problems: tuple[Problem, ...] = ()
    base: str = ""
    fields: tuple[str, ...] = ()
    sealed: str = ""
    contact: str = ""
    warnings: tuple[Problem, ...] = ()
    catalogue_version: str = ""
    forms_version: str = ""


def outer_problems(data: Any) -> tuple[Problem, ...]:
    """Return what is wrong with a correction around its personal part, as a JSON value."""
    if not isinstance(data, dict):
        return (problem("invalid-value", "/"),)
    found = [problem("not-correctable", f"/{name}") for name in FIXED if name in data]
    if data.keys() - {*FIXED, "personal"}:
        found.append(problem("unknown-field", "/"))
    if "personal" not in data:
        found.append(problem("missing-field", "/personal"))
    return tuple(found)


def read_correction(text: bytes, by: Judging) -> Correction | tuple[Problem, ...]:
    """Return the personal part of a correction, in composed form (NFC); or all that is wrong."""
    data, found, unread = json_value(text), list[Problem](), list[Problem]()
    if isinstance(data, dict):
        found += [
            problem("not-correctable", f"/personal/{name}")
            for name in FIXED_PERSONAL
            if name in data
        ]
        data = {name: value for name, value in data.items() if name not in FIXED_PERSONAL}
    correction = _tidy(mend(Correction, data, "/personal", unread))
    found += unread
    says = tuple(_problems(correction, by, is_more=bool(found)))
    found += beside(unread, says)
    return tuple(found) or correction


def unread_correction(body: bytes, by: Judging) -> tuple[Problem, ...]:
    """Return all that is wrong with a correction, its personal part in the clear."""
    data = json_value(body)
    found = outer_problems(data)
    if isinstance(data, dict) and "personal" in data:
        inner = read_correction(msgspec.json.encode(data["personal"]), by)
        found += () if isinstance(inner, Correction) else inner
    return found


def content(correction: Correction) -> bytes:
    """Return what makes two corrections the same."""
    return b"correction/" + msgspec.json.encode(correction, order="sorted")


def correction_id(application: str, state: Application, hashed: str, key: str) -> str:
    """Return the id of a correction as a message."""
    address = f"{application}/correction"
    return id_of(address, key, len(state.corrected), state.rejections, hashed)


def key_stands(state: Application, message_id: str, content_hash: str) -> bool:
    """Whether the key in this id stands with another correction that counts, or may yet."""
    return is_reused(_said(state), message_id, content_hash)


def _said(state: Application) -> list[tuple[str, str]]:
    """Return the corrections that count or may yet: their ids, and what tells their content."""
    now = state.correcting
    return [*state.corrected.items(), *([(now.message_id, now.content_hash)] if now else [])]


def merged(personal: Personal, correction: Correction) -> Personal:
    """Return personal fields corrected: what is not said stays, answers are those said now."""
    said: dict[str, Any] = dict.fromkeys(correction.removed, "")
    for name in ("phone", "email", "address"):
        if value := getattr(correction, name):
            said[name] = value
    if given(correction.answers):
        said["answers"] = correction.answers
    return replace(personal, **said)


def changed(before: Personal, after: Personal, form: ProcedureForm | None) -> tuple[str, ...]:
    """Return where they differ, as JSON pointers; an answer that no form asks for is not named."""
    asked: Mapping[str, Any] = form.schema["properties"] if form else {}
    fields = ("phone", "email", "address")
    found = [f"/personal/{f}" for f in fields if getattr(before, f) != getattr(after, f)]
    old, new = given(before.answers), given(after.answers)
    names = sorted(n for n in {*old, *new} if old.get(n) != new.get(n))
    found += [pointer(n) for n in names if n in asked]
    return (*found, AT) if any(n not in asked for n in names) else tuple(found)


def warned(personal: Personal, by: Judging) -> tuple[Problem, ...]:
    """Return what is to be looked at in corrected fields."""
    return warnings_of(personal, by.form, by.forms, by.on)


def obstacle(state: Application, content_hash: str = "") -> Problem | None:
    """Return why no correction can be asked for now, as far as intake knows; None if it can."""
    if state.end:
        return problem("application-closed", "/subject")
    if state.withdrawing:
        return problem("withdrawal-pending", "/subject")
    if state.family:
        return problem("has-children", "/subject")
    if state.correcting and state.correcting.content_hash != content_hash:
        return problem("correction-pending", "/subject")
    if len(state.corrected) >= CORRECTIONS_LIMIT:
        return problem("too-many-corrections", "/subject")
    return None


def is_repeated(state: Application, message_id: str, content_hash: str) -> bool:
    """Whether this very correction waits for routing's answer, or was made."""
    now = state.correcting
    return (now is not None and now.content_hash == content_hash) or (
        content_hash in under(_said(state), message_id)
    )


def correct(
    state: Application | None, arrival: Arrival, revision: Revision
) -> Outcome[Application]:
    """Ask for a correction; the same again, or one that changes nothing, gives nothing."""
    message_id, portal = arrival.event.id, portal_of(arrival.event.source)
    if state is None or state.portal != portal:
        return rejected(state, portal, message_id, (problem("unknown-application", "/subject"),))
    if key_stands(state, message_id, revision.content_hash):
        reused = problem("key-reused", "/headers/idempotency-key")
        return turned_away(state, message_id, (reused,))
    if is_repeated(state, message_id, revision.content_hash):
        return Outcome(state)
    in_the_way = obstacle(state)
    if not in_the_way and not revision.problems and revision.base != state.sealed:
        in_the_way = problem("correction-pending", "/subject")  # another one has just come to count
    wrong = (*((in_the_way,) if in_the_way else ()), *revision.problems)
    if wrong:
        return turned_away(state, message_id, wrong)
    if not revision.fields:
        return Outcome(state)
    correcting = Correcting(
        message_id=message_id,
        content_hash=revision.content_hash,
        fields=revision.fields,
        sealed=revision.sealed,
        contact=revision.contact,
        warnings=revision.warnings,
        catalogue_version=revision.catalogue_version,
        forms_version=revision.forms_version,
    )
    asked = CorrectionAsked(
        fields=revision.fields,
        catalogue_version=revision.catalogue_version,
        forms_version=revision.forms_version,
    )
    return Outcome(replace(state, correcting=correcting), (asked,))


def hear_yes(state: Application | None) -> Outcome[Application]:
    """Let the correction count that routing allows."""
    if state is None or state.correcting is None:
        return Outcome(state)
    now = state.correcting
    corrected = replace(
        state,
        correcting=None,
        corrected={**state.corrected, now.message_id: now.content_hash},
        sealed=now.sealed,
        warnings=now.warnings,
    )
    event = Corrected(
        message_id=now.message_id,
        fields=now.fields,
        sealed=now.sealed,
        contact=now.contact,
        warnings=now.warnings,
        catalogue_version=now.catalogue_version,
        forms_version=now.forms_version,
    )
    return Outcome(corrected, (event,))


def hear_no(state: Application) -> Outcome[Application]:
    """Tell the portal that a unit has accepted already: nothing is corrected any more."""
    if state.correcting is None:
        return Outcome(state)
    message_id = state.correcting.message_id
    stays = replace(
        state,
        correcting=None,
        corrections_rejected=state.corrections_rejected + 1,
    )
    return rejected(stays, state.portal, message_id, (problem("too-late-to-correct", "/subject"),))


def _problems(correction: Correction, by: Judging, *, is_more: bool) -> Iterator[Problem]:
    said = replace(correction, answers=given(correction.answers))
    if said == Correction() and not is_more:
        yield problem("nothing-to-correct", "/personal")
    whole = merged(_PLACE_HOLDERS, correction)
    yield from personal_problems(whole)
    if any(getattr(correction, name) for name in correction.removed):
        yield problem("invalid-value", "/personal/removed")
    if said.answers and by.form and is_short(whole):
        yield from answer_problems(said.answers, by.form, by.on)


def _tidy(correction: Correction) -> Correction:
    def tidy(text: str) -> str:
        return normalize("NFC", text).strip()

    return replace(
        correction,
        phone=tidy(correction.phone),
        email=tidy(correction.email),
        address=tidy(correction.address),
        answers={tidy(name): tidy(text) for name, text in correction.answers.items()},
    )
