"""A text that nobody sees, or that reads as another, is refused wherever it stands."""

import sys
from unicodedata import category

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.unprintable import is_unprintable
from services.intake.domain.validation import (
    form_problems,
    personal_problems,
    withdrawal_problems,
)
from shared.events.portal import Personal, Submitted, WithdrawalRequested

# letters and marks by category, of which nothing is seen: fillers, joiners, selectors, a blank
UNSEEN = "".join(
    chr(n)
    for first, last in (
        *((0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800)),
        *((0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF)),
    )
    for n in range(first, last + 1)
)


def codes(problems) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\u200bb", "\ufeffa", "a\ue000", "a\tb", "a\u00adb", "a\u3164"]
)
def test_a_name_that_cannot_be_printed_is_refused(make, name: str) -> None:
    problems = personal_problems(Personal(**make.personal(name=name)))
    assert codes(problems) == [("unprintable-name", "/personal/name")]


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\u202eb", "a\u2066b", "\ufeffa", "\u061ca", "a\U000e0041"]
)
def test_a_text_that_reads_as_another_is_refused_wherever_it_stands(make, text: str) -> None:
    problems = personal_problems(Personal(**make.personal(address=text)))
    assert codes(problems) == [("unprintable-text", "/personal/address")]
    paper = {"name": text, "sha256": "a" * 64}
    sent = msgspec.convert(make.form(personal="", documents=[paper]), Submitted)
    found = form_problems(sent, make.CATALOGUE, make.NOW.date())
    assert codes(found) == [("unprintable-text", "/documents/0/name")]


def is_seen(character: str, category: str) -> bool:
    """Whether Unicode's categories let a character pass; blanks (Zs) do."""
    return category[0] in "LMNPSZ" and category not in ("Zl", "Zp") and character not in UNSEEN


def test_what_is_printable_is_told_by_category_of_every_character_there_is() -> None:
    for n in range(sys.maxunicode + 1):
        character = chr(n)
        assert is_unprintable(character) != is_seen(character, category(character)), hex(n)


@given(
    st.text(st.characters(), max_size=20), st.text("\t\r\n", max_size=3), st.sampled_from(UNSEEN)
)
def test_one_character_that_nobody_sees_is_enough(text, lines, unseen) -> None:
    wrong = any(not is_seen(c, category(c)) for c in text)
    assert is_unprintable(text) == wrong
    assert is_unprintable(text + lines) == (wrong or bool(lines))
    assert is_unprintable(lines + text, may_have_lines=True) == any(
        not is_seen(c, category(c)) for c in text if c not in "\t\r\n"
    )
    assert is_unprintable(text + unseen)


@pytest.mark.parametrize("unseen", ["\u061c", "\u00ad", "\u3164", "\U000e0041", "\u202e"])
def test_an_e_mail_address_has_nothing_that_nobody_sees(make, unseen: str) -> None:
    found = personal_problems(Personal(**make.personal(email=f"thu{unseen}@example.org")))
    assert codes(found) == [("invalid-email", "/personal/email")]


def test_a_reason_that_reads_as_another_is_refused() -> None:
    found = withdrawal_problems(WithdrawalRequested(reason="a\u202eb"))
    assert codes(found) == [("unprintable-text", "/reason")]


def test_an_address_may_have_several_lines(make) -> None:
    assert personal_problems(Personal(**make.personal(address="Số 1\r\n\tđường 2"))) == ()
