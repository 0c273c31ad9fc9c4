"""Documents of an application against the files they refer to: pure, for the edge and the lane."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from services.intake.attachments.limits import Limits
from services.intake.attachments.media import MediaType
from services.intake.attachments.remedies import fault
from services.intake.attachments.scan import Scan
from shared.events.data import Document, Problem


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a portal, looked at and kept."""

    sha256: str
    portal: str
    size: int
    media_type: MediaType
    scan: Scan
    stored_at: datetime


def document_problems(
    documents: Sequence[Document], files: Mapping[str, File], limits: Limits
) -> tuple[Problem, ...]:
    """Return all that is wrong; `files` are those of the portal that submits, by SHA-256."""
    return tuple(_found(documents, files, limits))


def _found(
    documents: Sequence[Document], files: Mapping[str, File], limits: Limits
) -> Iterator[Problem]:
    for n, document in enumerate(documents):
        file = files.get(document.sha256)
        if file is None:
            yield fault("file-not-there", f"/documents/{n}/sha256")
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
