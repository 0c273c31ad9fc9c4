"""Codes of petitions: made without a claim, read as people type them, wrong ones known as such."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dossier_codes import read_code
from shared.petition_codes import ALPHABET, petition_code, read_petition_code

KEY = bytes(32)
DAY = date(2026, 11, 20)
ID = "0198c0de-0000-7000-8000-000000000001"
CODE = petition_code(KEY, DAY, ID)
codes = st.uuids().map(lambda id_: petition_code(KEY, DAY, str(id_)))


def test_a_code_is_the_same_whoever_works_it_out_and_another_under_another_key():
    assert CODE == "PA-20261120-3RE8JK2K962" == petition_code(KEY, DAY, ID)
    assert petition_code(bytes(31) + b"1", DAY, ID) != CODE


@given(codes)
def test_a_code_is_read_as_it_was_written(code):
    assert read_petition_code(code) == code
    assert read_code(code) is None


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", " "),
        CODE.replace("-", ""),
        f" {CODE}\n",
        CODE.replace("0", "o"),
    ],
)
def test_what_people_do_to_a_code_is_forgiven(typed):
    assert read_petition_code(typed) == CODE


@given(codes, st.integers(3, 21), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_seen(code, at, letter):
    wrong = code[:at] + letter + code[at + 1 :]
    assert read_petition_code(wrong) in (None, code)
    assert (read_petition_code(wrong) == code) == (wrong == code)


@pytest.mark.parametrize("typed", ["", "PA-", "G09.20-20260609-0092637", ID, "PA" * 40, "🙂"])
def test_what_is_no_code_is_none(typed):
    assert read_petition_code(typed) is None


def test_many_petitions_of_a_day_have_as_many_codes():
    assert len({petition_code(KEY, DAY, str(UUID(int=n))) for n in range(5_000)}) == 5_000
