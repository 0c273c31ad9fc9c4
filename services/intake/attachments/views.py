"""What the edge for files shows, with an example of each; all in them is made up."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from services.intake.attachments.checking import File
from services.intake.attachments.media import MediaType
from services.intake.attachments.remedies import fault
from services.intake.attachments.scan import Scan
from services.intake.attachments.standing import Standing, State
from shared import edge
from shared.events.data import Problem


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an upload: refer to the file by `sha256` once it is `stored`."""

    upload_id: str
    state: State
    offset: int
    length: int
    expires_at: datetime
    sha256: str = ""
    media_type: str = ""
    scan: str = ""
    problems: tuple[Problem, ...] = ()


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept; `not_scanned`: no scanner was configured when it came."""

    sha256: str
    size: int
    media_type: MediaType
    scan: Scan
    stored_at: datetime

    @classmethod
    def of(cls, file: File) -> "FileView":
        """Return what is shown of a file."""
        return cls(**{f: getattr(file, f) for f in cls.__struct_fields__})


def shown(standing: Standing) -> UploadView:
    """Return what is shown of an upload."""
    upload, outcome = standing.upload, standing.outcome
    told = {f: getattr(outcome, f) for f in ("sha256", "media_type", "scan")} if outcome else {}
    is_refused = outcome is not None and outcome.code
    return UploadView(
        upload_id=upload.id,
        state=standing.state,
        offset=standing.offset,
        length=upload.wanted.length,
        expires_at=upload.expires_at,
        problems=(fault(outcome.code, "/file"),) if outcome and is_refused else (),
        **told,
    )


_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
UPLOAD = UploadView(
    upload_id="20261121T013000-0199a0b1c2d37e4f8a5b6c7d8e9f0a1b",
    state="stored",
    offset=48_213,
    length=48_213,
    expires_at=datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
    sha256=_SHA256,
    media_type="application/pdf",
    scan="clean",
)
FILE = FileView(
    sha256=_SHA256,
    size=48_213,
    media_type="application/pdf",
    scan="clean",
    stored_at=datetime(2026, 11, 20, 1, 31, tzinfo=UTC),
)

VERSION = edge.header("Tus-Resumable", "the protocol", "1.0.0", required=True)
LENGTH = edge.header("Upload-Length", "the file's size in bytes", "48213", required=True)
METADATA = edge.header(
    "Upload-Metadata",
    "pairs `key base64`: procedure, filetype (the media type), sha256; others are not kept",
    "procedure Mi4wMDA4MTU=,filetype YXBwbGljYXRpb24vcGRm",
    required=False,
)
_OFFSET = edge.header("Upload-Offset", "where this piece begins", "0", required=True)
_CHECKSUM = edge.header(
    "Upload-Checksum",
    "`sha1` or `sha256` of this piece, in Base64; 460 if it is another",
    "sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=",
    required=False,
)
_BINARY = {"type": "string", "format": "binary"}
PATCHED: dict[str, Any] = {
    "parameters": [VERSION, _OFFSET, _CHECKSUM],
    "requestBody": {
        "required": True,
        "content": {
            "application/offset+octet-stream": {"schema": _BINARY, "example": "%PDF-1.7 …"}
        },
    },
}
CONTENT: dict[str, Any] = {
    "description": "The content; `Motcua-Scan` says whether it was scanned",
    "content": {"application/octet-stream": {"schema": _BINARY}},
}
