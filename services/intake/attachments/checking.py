"""Documents of an application against the files they refer to: pure, for the edge and the lane."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from services.intake.attachments.limits import Limits
from services.intake.attachments.media import MediaType
from services.intake.attachments.remedies import fault
from services.intake.attachments.scan import Scan
from services.intake.domain.validation import SHA256
from shared.events.data import Document, Problem


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a portal, looked at and kept."""

    sha256: str
    portal: str
    size: int
    media_type: MediaType
    scan: Scan
    stored_at: datetime


class Named(NamedTuple):
    """Documents that a portal names, for a procedure, on a day."""

    portal: str
    procedure: str
    documents: tuple[Document, ...]
    on: date


class Found(NamedTuple):
    """Of what is named, the files that are there, by SHA-256, and what was refused as infected."""

    files: Mapping[str, File]
    infected: frozenset[str] = frozenset()


def document_problems(
    documents: Sequence[Document], found: Found | None, limits: Limits
) -> tuple[Problem, ...]:
    """Return all that is wrong; `found` is of the portal that submits, None: its files lie
    elsewhere, and what it says of them is all there is.

    What is no SHA-256 is passed over: that is said where the document is looked at.
    """
    if found is None:
        return tuple(_referred(documents, limits))
    return tuple(_looked_at(documents, found, limits))


def _referred(documents: Sequence[Document], limits: Limits) -> Iterator[Problem]:
    for n, document in enumerate(documents):
        if document.media_type not in limits.media_types:
            yield fault("file-type-not-permitted", f"/documents/{n}/media_type")
    if len({d.sha256 for d in documents}) > limits.count:
        yield fault("too-many-files", "/documents")


def _looked_at(documents: Sequence[Document], found: Found, limits: Limits) -> Iterator[Problem]:
    files = found.files
    for n, document in enumerate(documents):
        if not SHA256.fullmatch(document.sha256):
            continue
        file = files.get(document.sha256)
        if file is None:
            is_infected = document.sha256 in found.infected
            code = "file-infected" if is_infected else "file-not-there"
            yield fault(code, f"/documents/{n}/sha256")
            continue
        if file.size > limits.file_bytes:
            yield fault("file-too-large", f"/documents/{n}")
        if file.media_type not in limits.media_types:
            yield fault("file-type-not-permitted", f"/documents/{n}/media_type")
        if document.media_type != file.media_type:
            yield fault("file-type-differs", f"/documents/{n}/media_type")
    different = {d.sha256 for d in documents}
    if len(different) > limits.count:
        yield fault("too-many-files", "/documents")
    if sum(files[sha256].size for sha256 in different if sha256 in files) > limits.total_bytes:
        yield fault("files-too-large", "/documents")
