"""The table of forms: whole, and in the words of its day."""

import json
from datetime import date

import pytest

from shared.errors import Misconfigured
from shared.events import CONTRACTS
from shared.papers.facts import FACTS, Facts, Step
from shared.papers.table import FILE, form, load, placeholders, problems

ROWS = load()


def test_every_form_has_facts_and_all_facts_have_a_form():
    assert {row.form for row in ROWS} == set(FACTS)
    assert all(row.reached_by and set(row.reached_by) <= set(CONTRACTS) for row in ROWS)
    assert len({row.file for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.form)
def test_every_fact_of_a_form_stands_somewhere_on_it(row):
    used = {name for part in row.parts for name in (part.fact, part.each, *placeholders(part))}
    used |= {row.signed.fact} if row.signed else set()
    glosses = {name for name in FACTS[row.form].__struct_fields__ if name.endswith("_en")}
    assert used - {""} >= set(FACTS[row.form].__struct_fields__) - set(Facts.__struct_fields__)
    assert {name.removesuffix("_en") for name in glosses} <= used


def test_every_fact_of_a_step_has_a_column():
    [columns] = [part.columns for row in ROWS for part in row.parts if part.columns]
    assert {c.fact for c in columns} | {"name_en"} == set(Step.__struct_fields__)


def test_every_word_stands_in_both_languages():
    for row in ROWS:
        said = [row.of, row.desk, row.title, *row.parts, *(c for p in row.parts for c in p.columns)]
        assert all(one.vi and one.en for one in said)
        assert row.exists_vi
        assert row.exists_en


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"form": "lost"}, "lost stands in one of table and facts alone"),
        ({"parts": [{"vi": "x", "fact": "personal_number"}]}, "no fact of it"),
        ({"parts": [{"vi": "{phone}"}]}, "says phone, no fact of it"),
        ({"signed": {"vi": "x", "fact": "name"}}, "signed by name"),
        ({"parts": [{"vi": "x", "each": "documents", "columns": [{"vi": "x", "fact": "y"}]}]}, "y"),
        ({"parts": [{"vi": "x", "fact": "unit", "qr": True}]}, "QR code of unit, no address"),
        ({"more": 1}, "unknown field"),
    ],
)
def test_a_wrong_file_is_refused_and_says_why(tmp_path, change, wrong):
    rows = json.loads(FILE.read_text())
    rows[0] |= change
    file = tmp_path / "forms.json"
    file.write_text(json.dumps(rows))

    with pytest.raises(Misconfigured, match=wrong):
        load(file)


def test_two_rows_for_one_day_are_told():
    assert [*problems((*ROWS, ROWS[0]))] == ["receipt stands twice for a day"]


def test_a_form_from_before_the_first_day_has_the_first_words():
    assert form("receipt", date(2000, 1, 1)) == form("receipt", date(2026, 11, 20))
