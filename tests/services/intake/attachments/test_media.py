"""What a file is, is told by its content alone."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.attachments.media import DOCX, media_type


def kind(content: bytes) -> str | None:
    return media_type(io.BytesIO(content))


def test_each_type_is_known_by_its_content(make: Any) -> None:
    assert kind(make.PDF) == "application/pdf"
    assert kind(make.PNG) == "image/png"
    assert kind(make.JPEG) == "image/jpeg"
    assert kind(make.docx()) == DOCX
    assert kind(make.XML) == "application/xml"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 without an end",
        b"MZ\x90\x00" + bytes(60),
        b"\x89PNG\r\n\x1a\n",
        b"<don>",
        b"<a/><b/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<html><script/></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"PK\x03\x04" + bytes(100),
        b"just a text",
    ],
)
def test_what_is_none_of_them_is_not_taken_for_one(content: bytes) -> None:
    assert kind(content) is None


def test_a_package_that_is_no_text_or_runs_macros_is_none(make: Any) -> None:
    assert kind(make.docx(main="application/vnd.ms-excel")) is None
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert kind(make.docx(main=macros)) is None
    assert kind(make.docx(word__vbaProject="x")) == DOCX
    assert kind(make.docx(**{"word__vbaProject.bin": "x"})) is None


def test_a_broken_package_is_none(make: Any) -> None:
    whole = make.docx()
    for cut in range(0, len(whole), 7):
        assert kind(whole[:cut]) is None


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"<?xml", b"<", b"%PDF-"]))
def test_any_content_has_an_answer(content: bytes, head: bytes) -> None:
    assert kind(head + content) in {None, "application/xml", "application/pdf", "image/jpeg"}
