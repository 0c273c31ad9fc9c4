"""Codes are read as people write them, and as nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalogue import load
from shared.dossier_codes import FORM, TYPED_LIMIT, read_code, write_code

ISSUED = st.builds(
    write_code,
    st.from_regex(r"[A-Z][0-9]{2}(\.[1-9][0-9]{0,2})?", fullmatch=True),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 9_999_999),
)
OLD = st.from_regex(FORM, fullmatch=True).filter(lambda code: len(code) <= 60)
DASHES = st.sampled_from(
    ["-", "\u2013", "\u2014", "\u2212", " - ", " ", "\u00a0\u2013 ", "--", "_"]
)
AROUND = st.sampled_from(["", " ", "\t", "\u200b", "\ufeff", "\n", "-"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("H26.1-20261120-0000001", "H26.1-20261120-0000001"),
        ("G09.20-20260609-0092637", "G09.20-20260609-0092637"),
        ("000.00.12.H62-201105-0004", "000.00.12.H62-201105-0004"),
        (" h26.1 – 20261120 – 0000001\n", "H26.1-20261120-0000001"),
        ("H26 . 1 20261120 0000001", "H26.1-20261120-0000001"),
        ("Ｈ２６．１－２０２６１１２０－０００００01", "H26.1-20261120-0000001"),
        ("H55.242-20261120-0000001", "H55.242-20261120-0000001"),
    ],
)
def test_a_code_is_read_as_it_was_issued(typed, code) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "H26.1",
        "H26.1-20261120-001",
        "H26.1-20261120-00000001",
        "H26.1-2026112-0000001",
        "H26.1-2026 1120-0000001",
        "H26.1202611200000001",
        "H2.1-20261120-0000001",
        "H26.1-20261120-0000001 x",
        "H٢٦.1-20261120-0000001",
        "H26." + "1." * TYPED_LIMIT + "1-20261120-0000001",
    ],
)
def test_what_is_no_code_is_not_read(typed) -> None:
    assert read_code(typed) is None


@given(ISSUED | OLD)
def test_what_is_issued_reads_as_itself(code) -> None:
    assert read_code(code) == code


@given(ISSUED | OLD, st.lists(DASHES, min_size=2, max_size=2), AROUND, AROUND, st.booleans())
def test_blanks_dashes_and_case_are_forgiven(code, dashes, before, after, is_lower) -> None:
    unit, day, number = code.split("-")
    typed = f"{before}{unit}{dashes[0]}{day}{dashes[1]}{number}{after}"
    assert read_code(typed.lower() if is_lower else typed) == code


@given(st.text(max_size=TYPED_LIMIT + 5) | st.text("hH0126.- –\u200b", max_size=40))
def test_whatever_is_typed_gives_a_code_or_nothing(typed) -> None:
    code = read_code(typed)
    assert code is None or (FORM.fullmatch(code) and read_code(code) == code)


def test_every_units_codes_are_of_the_form() -> None:
    catalogue, on = load(), date(2026, 11, 20)
    for unit in catalogue.units_in_force(on):
        code = write_code(catalogue.dossier_prefix(unit, on), on, 1)
        assert FORM.fullmatch(code), code
