"""One submission for several agencies: what each child gets of it, and where a mistake stands.

Pure mapping, by the rows of the catalogue; the children are examined like any application, and what
is wrong with them is told with the field that the portal sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from services.intake.domain.answers import AT, given
from services.intake.domain.fee_facts import of_child
from services.intake.domain.places import unit_since
from services.intake.domain.saga import Child, Family
from services.intake.domain.validation import composed, plain
from shared.catalogue import Catalogue, Procedure
from shared.catalogue.interlinked import ChildRow, InterlinkedSet
from shared.events import Data
from shared.events.data import Document, Problem
from shared.events.intake import ChildOpened
from shared.events.portal import Personal, Submitted
from shared.kinship import child_id


class Part(NamedTuple):
    """A child as it would have been submitted by itself, and the set that it is of."""

    interlinked: InterlinkedSet
    row: ChildRow
    submitted: Submitted
    personal: Personal
    has_fee: bool


class Made(NamedTuple):
    """What of a child is made with keys."""

    sealed: str
    contact: str
    subject_hash: str


Make = Callable[[str, Part], Made]


def split(
    submitted: Submitted,
    personal: Personal,
    interlinked: InterlinkedSet,
    catalogue: Catalogue,
    on: date,
) -> tuple[Part, ...]:
    """Return what each child gets; where the citizen lives is where it is handed in, unless said.

    A unit that is not known stays as it was sent: it is a problem of its own.  The old one of a day
    that was given receives as the unit that it became, and not at all if it was split.
    """
    answers = given(personal.answers)
    residence = submitted.residence_unit or submitted.receiving_unit
    given_on = submitted.residence_unit_on if submitted.residence_unit else UNSET
    units = {
        "receiving_unit": submitted.receiving_unit,
        "residence_unit": unit_since(residence, given_on, catalogue, on) if given_on else residence,
    }
    return tuple(
        Part(
            interlinked,
            row,
            replace(
                submitted,
                procedure=row.procedure,
                receiving_unit=_unit(row, units[row.received_by], catalogue, on),
                residence_unit=residence,
                residence_unit_on=given_on,
                documents=tuple(_documents(submitted.documents, row.documents)),
                fee_facts=of_child(submitted.fee_facts, catalogue.procedure(row.procedure, on)),
            ),
            replace(personal, answers=_answers(answers, row)),
            _has_fee(catalogue.procedure(row.procedure, on)),
        )
        for row in interlinked.children
    )


def parts_of(
    submitted: Data, personal: Personal, catalogue: Catalogue, on: date
) -> tuple[Part, ...]:
    """Return the children that this has on this day: as a rule none."""
    if not isinstance(submitted, Submitted):
        return ()
    interlinked = catalogue.interlinked_set(submitted.procedure, on)
    return split(submitted, personal, interlinked, catalogue, on) if interlinked else ()


def told_of_parent(part: Part, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Give a child's problems the fields of what was submitted.

    What is wrong with a document itself is told of the parent's, which has all of them.
    """
    for problem in problems:
        field = problem.field
        if field.startswith("/documents/"):
            continue
        if field.startswith(f"{AT}/"):
            asked = part.row.answers.get(field.removeprefix(f"{AT}/"))
            field = f"{AT}/{asked}" if asked else AT
        elif field == "/receiving_unit":
            field = f"/{part.row.received_by}"
        yield replace(problem, field=field)


def _has_fee(procedure: Procedure | None) -> bool:
    return procedure is not None and procedure.payment_moment != "none"


def _unit(row: ChildRow, unit: str, catalogue: Catalogue, on: date) -> str:
    province = catalogue.province_of(unit, on) if row.level == "province" else None
    return province.code if province else unit


def _answers(answers: Mapping[str, str], row: ChildRow) -> dict[str, str]:
    """Return the child's answers: none if nothing was answered, as then paper stands for them."""
    if not answers:
        return {}
    asked = {question: answers.get(of, "") for question, of in row.answers.items()}
    return given({**asked, **row.fixed})


def _documents(documents: Iterable[Document], called: Mapping[str, str]) -> Iterator[Document]:
    names = {plain(name): child_name for name, child_name in called.items()}
    for document in documents:
        if name := names.get(plain(document.name)):
            yield replace(document, name=name)


def family(parent: str, parts: Sequence[Part], portal: str, make: Make) -> Family:
    """Return the children of a submission that is in order, none of them begun.

    `make` seals: what a child will need is kept so that only its own key opens it.
    """
    children = []
    for number, part in enumerate(parts):
        name, submitted = child_id(parent, number), part.submitted
        made = make(name, part)
        opening = ChildOpened(
            name=part.row.name,
            portal=portal,
            procedure=submitted.procedure,
            receiving_unit=submitted.receiving_unit,
            residence_unit=submitted.residence_unit,
            channel=submitted.channel,
            applicant_kind=submitted.applicant_kind,
            language=submitted.language,
            documents=composed(submitted.documents),
            sealed=made.sealed,
            contact=made.contact,
            subject_hash=made.subject_hash,
            copies=submitted.copies if submitted.copies != 1 else UNSET,
            object_unit=submitted.object_unit or UNSET,
            residence_unit_on=submitted.residence_unit_on,
            object_unit_on=submitted.object_unit_on,
            fee_facts=submitted.fee_facts,
            notices=submitted.notices,
        )
        child = Child(
            name=part.row.name,
            application=name,
            procedure=submitted.procedure,
            receiving_unit=submitted.receiving_unit,
            after=part.row.after,
            has_fee=part.has_fee,
            opening=opening,
        )
        children.append(child)
    return Family(children=tuple(children), rules=parts[0].interlinked.table)
