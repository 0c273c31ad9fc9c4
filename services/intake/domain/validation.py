"""What may be wrong with an application: all of it at once, each with its field and its remedy."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from unicodedata import normalize
from uuid import UUID

import msgspec
from msgspec import UNSET

from services.intake.domain import personal_number
from services.intake.domain.fee_facts import fee_problems
from services.intake.domain.places import place_problems
from services.intake.domain.remedies import Remedy, problem
from services.intake.domain.unprintable import is_unprintable
from shared.catalogue import Catalogue, Unit
from shared.catalogue.forms import ProcedureForm
from shared.dossier_codes import FORM as DOSSIER
from shared.events.data import Document, Problem
from shared.events.intake import Contact, Reached
from shared.events.portal import (
    Personal,
    Representative,
    Submitted,
    SupplementSubmitted,
    WithdrawalRequested,
)
from shared.reached import is_email, is_mobile

DOCUMENTS_LIMIT = 50
COPIES_LIMIT = 100
TEXT_LIMIT = 500  # characters of a name, an address, a title
CODE_LIMIT = 100  # of the number of a certificate
ANSWERS_LIMIT = 200
ANSWER_LIMIT = 4_000
SHA256 = re.compile(r"[0-9a-f]{64}")
PORTAL = re.compile(r"/portals/([a-z0-9][a-z0-9-]{0,62})")

_UUIDV7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ORGANISATION = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,5}")
_OF_A_PERSON = re.compile(  # a personal number or a mobile one, however its digits are grouped
    r"(?<!\d)(?<!\d[.-])"
    r"(?:\d{12}|0(?:[ .-]?\d){11}|(?:84[ .)-]?|0[ .-]?)[35789](?:[ .-]?\d){8})"
    r"(?![.-]?\d)"
)


@lru_cache(maxsize=1_024)
def portal_of(source: str) -> str:
    """Return the name of the portal that a message comes from, empty if from none."""
    match = PORTAL.fullmatch(source)
    return match[1] if match else ""


def is_uuidv7(application: str) -> bool:
    """Whether this is a UUID of version 7: time-ordered, its tail fit for a trace id."""
    if _UUIDV7.fullmatch(application):  # as it is kept; parsing costs four times as much
        return True
    try:
        return UUID(application).version == 7
    except ValueError:
        return False


def normalised(personal: Personal) -> Personal:
    """Return the same fields as they are kept: composed (NFC), without outer blanks."""

    def tidy(text: str) -> str:
        return normalize("NFC", text).strip()

    return Personal(
        name=tidy(personal.name),
        personal_number=tidy(personal.personal_number),
        phone=tidy(personal.phone),
        email=tidy(personal.email),
        address=tidy(personal.address),
        answers={tidy(k): tidy(v) for k, v in personal.answers.items()},
        representative=Representative(
            name=tidy(acting.name), phone=tidy(acting.phone), email=tidy(acting.email)
        )
        if (acting := personal.representative)
        else UNSET,
    )


def composed(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """Return documents with their names as they are kept: composed (NFC)."""
    if all(d.name.isascii() for d in documents):
        return documents
    return tuple(
        msgspec.structs.replace(d, name=normalize("NFC", d.name).strip()) for d in documents
    )


def contact(personal: Personal) -> Contact:
    """Return how the citizen can be reached; what cannot be right is left out."""
    return Contact(
        name=personal.name[:TEXT_LIMIT],
        phone=personal.phone if is_mobile(personal.phone) else "",
        email=personal.email if _is_email(personal.email) else "",
        representative=Reached(
            name=acting.name[:TEXT_LIMIT],
            phone=acting.phone if is_mobile(acting.phone) else "",
            email=acting.email if _is_email(acting.email) else "",
        )
        if (acting := personal.representative)
        else UNSET,
    )


def envelope_problems(application: str, source: str) -> tuple[Problem, ...]:
    """Return what is wrong with how an application was sent."""
    found = []
    if not is_uuidv7(application):
        found.append(problem("not-uuidv7", "/subject"))
    if not portal_of(source):
        found.append(problem("not-a-portal", "/source"))
    return tuple(found)


def form_problems(
    submitted: Submitted,
    catalogue: Catalogue,
    on: date,
    form: ProcedureForm | None = None,
    *,
    is_answered: bool = False,
) -> tuple[Problem, ...]:
    """Return what is wrong with an application made on this day, personal fields apart.

    Without a `form` what only it asks for is left out; answers to it stand for its paper.
    """
    return tuple(_form(submitted, catalogue, on, form, is_answered))


def personal_problems(personal: Personal) -> tuple[Problem, ...]:
    """Return what is wrong with the personal fields."""
    return tuple(_personal_fields(personal))


def supplement_problems(brought: SupplementSubmitted) -> tuple[Problem, ...]:
    """Return what is wrong with a supplement."""
    if not brought.documents:
        return (problem("missing-documents", "/documents"),)
    return tuple(_documents(brought.documents))


def withdrawal_problems(asked: WithdrawalRequested) -> tuple[Problem, ...]:
    """Return what is wrong with a withdrawal; its reason travels in the clear."""
    if len(asked.reason) > TEXT_LIMIT:
        return (problem("too-long", "/reason"),)
    found = []
    if is_unprintable(asked.reason, may_have_lines=True):
        found.append(problem("unprintable-text", "/reason"))
    if _OF_A_PERSON.search(DOSSIER.sub("", asked.reason)):
        found.append(problem("personal-in-text", "/reason"))
    return tuple(found)


def _form(
    submitted: Submitted,
    catalogue: Catalogue,
    on: date,
    form: ProcedureForm | None,
    is_answered: bool,
) -> Iterator[Problem]:
    procedure = catalogue.procedure(submitted.procedure, on)
    unit = catalogue.unit(submitted.receiving_unit, on)
    if procedure is None:
        known = catalogue.knows_procedure(submitted.procedure)
        yield problem("procedure-not-in-force" if known else "unknown-procedure", "/procedure")
    elif form:
        yield from _asked(submitted, unit, form, is_answered)
    elif procedure.required_documents and not submitted.documents:
        yield problem("missing-documents", "/documents")
    if unit is None:
        yield problem("unknown-unit", "/receiving_unit")
    yield from place_problems(submitted, catalogue, on)
    if not 1 <= submitted.copies <= COPIES_LIMIT:
        yield problem("invalid-copies", "/copies")
    yield from fee_problems(submitted, catalogue, on)
    yield from _documents(submitted.documents)


def _asked(
    submitted: Submitted, unit: Unit | None, form: ProcedureForm, is_answered: bool
) -> Iterator[Problem]:
    """Tell what the procedure's form asks for and is not there."""
    if unit and ("province" if unit.is_province else "commune") not in form.levels:
        yield problem("wrong-level", "/receiving_unit")
    if submitted.channel not in form.channels:
        yield problem("channel-not-offered", "/channel")
    attached = {d.name for d in submitted.documents}
    if not form.documents <= attached:
        attached = {plain(name) for name in attached}
        spared = form.stands_for if is_answered else ""
        for name in form.procedure.required_documents:
            if name in form.documents and name != spared and plain(name) not in attached:
                yield problem("missing-documents", "/documents", Remedy(f"“{name}”", f"“{name}”"))
    elif form.procedure.required_documents and not (attached or is_answered):
        yield problem("missing-documents", "/documents")


def plain(name: str) -> str:
    """Return a document's name as it is compared."""
    return normalize("NFC", name).strip().casefold()


def _documents(documents: Sequence[Document]) -> Iterator[Problem]:
    if len(documents) > DOCUMENTS_LIMIT:
        yield problem("too-many-documents", "/documents")
        return
    for n, document in enumerate(documents):
        if not SHA256.fullmatch(document.sha256):
            yield problem("invalid-document-hash", f"/documents/{n}/sha256")
        if len(document.name) > TEXT_LIMIT:
            yield problem("too-long", f"/documents/{n}/name")
        elif is_unprintable(document.name):
            yield problem("unprintable-text", f"/documents/{n}/name")
        if len(document.media_type) > TEXT_LIMIT:
            yield problem("too-long", f"/documents/{n}/media_type")
        if document.is_marked or document.source or document.certificate:
            yield from _marks(document, f"/documents/{n}")


def _marks(document: Document, at: str) -> Iterator[Problem]:
    """Tell what is wrong with where a document is said to be from; national codes are 0 to 3."""
    if document.digitised and document.reused:
        yield problem("conflicting-origin", f"{at}/reused")
    if document.reused and not document.source:
        yield problem("missing-source", f"{at}/source")
    elif document.source and not document.reused:
        yield problem("conflicting-origin", f"{at}/source")
    elif document.source and not (
        DOSSIER.fullmatch(document.source) or _ORGANISATION.fullmatch(document.source)
    ):
        yield problem("invalid-source", f"{at}/source")
    if document.e_certified and not document.certificate.strip():
        yield problem("missing-certificate", f"{at}/certificate")
    elif document.certificate and not document.e_certified:
        yield problem("conflicting-origin", f"{at}/certificate")
    elif len(document.certificate) > CODE_LIMIT:
        yield problem("too-long", f"{at}/certificate")
    elif is_unprintable(document.certificate):
        yield problem("invalid-value", f"{at}/certificate")


def _personal_fields(personal: Personal) -> Iterator[Problem]:
    if not personal.name:
        yield problem("missing-name", "/personal/name")
    elif is_unprintable(personal.name):
        yield problem("unprintable-name", "/personal/name")
    if not personal_number.FORM.fullmatch(personal.personal_number):
        yield problem("invalid-personal-number", "/personal/personal_number")
    if not is_mobile(personal.phone):
        yield problem("invalid-phone", "/personal/phone")
    if personal.email and not _is_email(personal.email):
        yield problem("invalid-email", "/personal/email")
    for field in ("name", "address"):
        if len(getattr(personal, field)) > TEXT_LIMIT:
            yield problem("too-long", f"/personal/{field}")
    if is_unprintable(personal.address, may_have_lines=True):
        yield problem("unprintable-text", "/personal/address")
    if not is_short(personal):
        yield problem("too-long", "/personal/answers")
    yield from _acting(personal.representative or None)


def _acting(acting: Representative | None) -> Iterator[Problem]:
    if acting is None:
        return
    at = "/personal/representative"
    if not acting.name:
        yield problem("missing-name", f"{at}/name")
    elif is_unprintable(acting.name):
        yield problem("unprintable-name", f"{at}/name")
    elif len(acting.name) > TEXT_LIMIT:
        yield problem("too-long", f"{at}/name")
    if acting.phone and not is_mobile(acting.phone):
        yield problem("invalid-phone", f"{at}/phone")
    if acting.email and not _is_email(acting.email):
        yield problem("invalid-email", f"{at}/email")


def is_short(personal: Personal) -> bool:
    """Whether answers are few and short enough to be looked at."""
    return len(personal.answers) <= ANSWERS_LIMIT and all(
        len(k) <= TEXT_LIMIT and len(v) <= ANSWER_LIMIT for k, v in personal.answers.items()
    )


def _is_email(text: str) -> bool:
    return is_email(text) and not is_unprintable(text)
