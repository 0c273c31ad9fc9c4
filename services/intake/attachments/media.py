"""The type of a file by its content: what a name or a header says of it proves nothing.

Each check is strict about what could pass for two types at once, or carry what runs when opened.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from os import SEEK_END
from typing import BinaryIO, Final, Literal
from xml.parsers import expat

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MediaType = Literal[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/xml",
]
TAIL_BYTES = 1024  # readers of PDF look for its end here
TYPES_BYTES = 256 << 10  # of a package's list of types: more is no document of Word's
MEMBERS_LIMIT = 5_000

_MAIN = f"{DOCX}.main+xml".encode()
_RUNS = ("html", "svg")  # roots that a browser would run scripts of


def media_type(content: BinaryIO) -> MediaType | None:
    """Return what a file is, or None for anything we do not know.  May read all of it."""
    for kind, is_it in _CHECKS.items():
        content.seek(0)
        if is_it(content):
            return kind
    return None


def _is_pdf(content: BinaryIO) -> bool:
    if content.read(5) != b"%PDF-":
        return False
    size = content.seek(0, SEEK_END)
    content.seek(max(0, size - TAIL_BYTES))
    return b"%%EOF" in content.read()


def _is_png(content: BinaryIO) -> bool:
    head = content.read(16)
    return head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:] == b"IHDR"


def _is_jpeg(content: BinaryIO) -> bool:
    return content.read(4)[:3] == b"\xff\xd8\xff"


def _is_docx(content: BinaryIO) -> bool:
    """A package whose main part is a text without macros."""
    if content.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(content) as package:
            names = package.namelist()
            if len(names) > MEMBERS_LIMIT or "word/document.xml" not in names:
                return False
            with package.open("[Content_Types].xml") as types:
                said = types.read(TYPES_BYTES)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError):
        return False
    except (KeyError, ValueError, RuntimeError):  # no types; offsets out of it; encrypted
        return False
    return _MAIN in said and not any(n.lower().endswith("vbaproject.bin") for n in names)


class _NotTaken(Exception):
    """Well-formed or not, this is none of ours."""


def _is_xml(content: BinaryIO) -> bool:
    """Well-formed throughout, no DTD (entities grow), no root that a browser would run."""
    roots: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise _NotTaken

    def start(name: str, _: object) -> None:
        if not roots:
            roots.append(name.rpartition(" ")[2].lower())
            if roots[0] in _RUNS:
                raise _NotTaken

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    try:
        parser.ParseFile(content)
    except (expat.ExpatError, _NotTaken, ValueError, LookupError):
        return False
    return True


_CHECKS: Mapping[MediaType, Callable[[BinaryIO], bool]] = {
    "application/pdf": _is_pdf,
    "image/png": _is_png,
    "image/jpeg": _is_jpeg,
    DOCX: _is_docx,
    "application/xml": _is_xml,
}
