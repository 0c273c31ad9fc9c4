"""Documents of an application against the files of its portal."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.intake.attachments.checking import File, Found, document_problems
from services.intake.attachments.limits import Limits
from services.intake.attachments.remedies import FILE_REMEDIES, fault
from shared.events.data import Document

SHA, OTHER = "a" * 64, "b" * 64
LIMITS = Limits(
    procedure="*",
    valid_from=date(2025, 7, 1),
    file_bytes=100,
    total_bytes=150,
    count=2,
    media_types=("application/pdf", "image/png"),
)


def file(make: Any, **changed: Any) -> File:
    whole = {"sha256": SHA, "portal": "sandbox", "size": 80, "media_type": "application/pdf"}
    return File(**{**whole, "scan": "clean", "stored_at": make.NOW} | changed)


def document(sha256: str = SHA, media_type: str = "application/pdf") -> Document:
    return Document(name="Request form", sha256=sha256, media_type=media_type)


def found(documents: list[Document], *files: File, limits: Limits = LIMITS) -> set[tuple[str, str]]:
    told = document_problems(documents, Found({f.sha256: f for f in files}), limits)
    return {(p.field, p.code) for p in told}


def test_a_file_that_is_there_is_fine(make: Any) -> None:
    assert found([document()], file(make)) == set()


def test_a_file_that_is_not_there_is_named(make: Any) -> None:
    assert found([document(), document(OTHER)], file(make)) == {
        ("/documents/1/sha256", "file-not-there")
    }


def test_all_problems_are_said_at_once(make: Any) -> None:
    large = file(make, sha256=OTHER, size=101, media_type="application/xml")
    assert found([document(), document(OTHER), document("c" * 64)], file(make), large) == {
        ("/documents/1", "file-too-large"),
        ("/documents/1/media_type", "file-type-not-permitted"),
        ("/documents/1/media_type", "file-type-differs"),
        ("/documents/2/sha256", "file-not-there"),
        ("/documents", "too-many-files"),
        ("/documents", "files-too-large"),
    }


def test_what_was_infected_is_named_as_such() -> None:
    told = document_problems([document(), document(OTHER)], Found({}, frozenset({SHA})), LIMITS)
    assert [(p.field, p.code) for p in told] == [
        ("/documents/0/sha256", "file-infected"),
        ("/documents/1/sha256", "file-not-there"),
    ]


def test_what_is_no_hash_is_told_where_documents_are_looked_at() -> None:
    assert found([document("no hash")]) == set()


def test_of_files_elsewhere_their_documents_are_all_there_is() -> None:
    three = [document(), document(OTHER, "text/html"), document("c" * 64)]
    told = document_problems(three, None, LIMITS)
    assert [(p.field, p.code) for p in told] == [
        ("/documents/1/media_type", "file-type-not-permitted"),
        ("/documents", "too-many-files"),
    ]


def test_a_file_that_two_documents_name_counts_once(make: Any) -> None:
    tight = msgspec.structs.replace(LIMITS, total_bytes=80, count=1)
    assert found([document(), document()], file(make), limits=tight) == set()


@pytest.mark.parametrize("code", FILE_REMEDIES)
def test_a_remedy_is_a_sentence_in_each_language_and_stands_in_the_docs(code: str) -> None:
    said = fault(code, "/x")
    assert said.remedy_vi != said.remedy_en
    assert said.remedy_vi.endswith(".")
    assert said.remedy_en.endswith(".")
    page = Path(__file__).resolve().parents[4] / "docs" / "files.md"
    assert f"| `{code}` | {said.remedy_en} |" in page.read_text()
