"""The page to print says all that the report does, and runs nothing."""

from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from services.operations.domain.proof.tally import Item, Proof
from services.operations.domain.proof.words import KINDS, SECTIONS
from services.operations.proofs.paper import page
from services.operations.proofs.report import Report, report_of, signed
from tests.services.operations.proofs.conftest import LATER, PERIOD


def shown(report: Report, keys: Any) -> str:
    return page(signed(report, keys[0]["proof_jwk"]), report)


class Read(HTMLParser):
    """What a page has in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_all_that_is_in_the_report(report: Report, keys: Any) -> None:
    read = Read(shown(report, keys))

    assert "✗ Có ngoại lệ" in read.text
    assert "từ 07:00 28/05/2026 đến 07:00 01/07/2026" in read.text
    for item in report.proof.exceptions:
        assert item.name in read.text
        assert item.detail in read.text
    for kind in report.proof.excepted:
        assert KINDS[kind].vi in read.text
        assert KINDS[kind].en in read.text
    for one in report.equations:
        assert one.of or SECTIONS[one.name].vi in read.text
        assert f"{one.left:,}".replace(",", ".") in read.text


def test_a_period_that_holds_says_so_and_lists_nothing(keys: Any) -> None:
    read = Read(shown(report_of(Proof(), PERIOD, LATER, LATER, "motcua"), keys))

    assert "✓ Đúng và đủ" in read.text
    assert "Excepted" not in read.text
    assert read.tags.count("table") == 1


def test_it_has_the_signature(report: Report, keys: Any) -> None:
    assert signed(report, keys[0]["proof_jwk"]).signature in shown(report, keys)


@pytest.mark.parametrize("field", ["application", "name", "detail"])
def test_whatever_a_sender_wrote_is_text(report: Report, keys: Any, field: str) -> None:
    evil = msgspec.structs.replace(
        Item("gap", "a", "b", "c"), **{field: "<script>alert(1)</script><img src=x>"}
    )
    report.proof.exceptions = [evil]
    report.proof.excepted = {"gap": 1}

    read = Read(shown(report, keys))

    assert not {"script", "img", "link", "iframe"} & set(read.tags)
    assert "<script>alert(1)</script>" in read.text
