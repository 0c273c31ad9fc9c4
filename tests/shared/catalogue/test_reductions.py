"""Whom a fee spares and what a province has set: rows with dates, checked and compared."""

from datetime import date

import pytest

from shared.catalogue.difference import Open, diff, touched
from shared.errors import Misconfigured

DAY = date(2026, 11, 23)
EXEMPTION = {
    "procedure": "2.000815", "category": "elderly", "name_vi": "x", "name_en": "x",
    "source": "a circular", "confidence": "low", "valid_from": "2026-01-01", "valid_to": None,
}  # fmt: skip
RESOLUTION = {
    "province": "01", "procedure": "1.004873", "source": "a resolution", "confidence": "low",
    "valid_from": "2026-01-01", "valid_to": None, "amount_vnd": 5_000,
}  # fmt: skip
ITEM = {"kind": "fee", "name_vi": "x", "name_en": "x", "amount_vnd": 1}


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("fee_exemptions", EXEMPTION | {"procedure": "x"}, "no procedure has the code x"),
        ("fee_exemptions", EXEMPTION | {"procedure": "1.000894"}, "the procedure is free"),
        ("fee_exemptions", EXEMPTION | {"is_reduced": True}, "the fee has no `reduced_vnd`"),
        ("fee_exemptions", EXEMPTION | {"source": ""}, "say by which text"),
        ("fee_exemptions", EXEMPTION | {"percent": 101}, "Expected `int` <= 100"),
        ("fee_exemptions", EXEMPTION | {"percent": 0}, "Expected `int` >= 1"),
        (
            "fee_exemptions",
            EXEMPTION | {"procedure": "1.004222"},
            r"\(1.004222 elderly\): .* overlaps the row before",
        ),
        ("fee_resolutions", RESOLUTION | {"province": "98"}, "no such province"),
        ("fee_resolutions", RESOLUTION | {"province": "00004"}, "no such province"),
        ("fee_resolutions", RESOLUTION | {"procedure": "x"}, "is not in force on 2026-01-01"),
        ("fee_resolutions", RESOLUTION | {"procedure": "2.000815"}, "the same in every province"),
        ("fee_resolutions", RESOLUTION | {"items": [ITEM]}, "give `items` where the fee has"),
        ("fee_resolutions", RESOLUTION | {"procedure": "1.012783"}, "give `items` where the fee"),
        ("fee_resolutions", RESOLUTION | {"source": ""}, "say by which resolution"),
        ("fee_resolutions", RESOLUTION | {"amount_vnd": -1}, "Expected `int` >= 0"),
    ],
)
def test_a_bad_row_is_refused(edition, table, row, said) -> None:
    with pytest.raises(Misconfigured, match=said):
        edition.change("fees", lambda rows: rows.append(row), table).load()


def test_a_good_row_is_found_on_its_days_and_on_no_other(edition) -> None:
    edition.change("fees", lambda rows: rows.append(RESOLUTION), "fee_resolutions")
    found = edition.change("fees", lambda rows: rows.append(EXEMPTION), "fee_exemptions").load()

    assert found.fee_exemption("2.000815", "elderly", DAY)
    assert found.fee_exemption("2.000815", "elderly", date(2025, 12, 31)) is None
    assert found.fee_resolution("1.004873", "01", DAY).amount_vnd == 5_000
    assert found.fee_resolution("1.004873", "01", date(2025, 12, 31)) is None
    assert found.fee_resolution("1.004873", "79", DAY) is None


def test_a_folder_from_before_has_no_such_rows(edition) -> None:
    (edition.folder / "fees.json").unlink()

    assert (edition.load().fee_exemptions, edition.load().fee_resolutions) == ({}, {})


@pytest.mark.parametrize(
    ("table", "row", "unit", "is_touched"),
    [
        ("fee_exemptions", EXEMPTION, "00004", True),
        ("fee_exemptions", EXEMPTION | {"valid_from": "2026-12-01"}, "00004", False),
        ("fee_exemptions", EXEMPTION | {"procedure": "2.000942"}, "00004", False),
        ("fee_resolutions", RESOLUTION, "00004", True),
        ("fee_resolutions", RESOLUTION, "25747", False),
    ],
)
def test_it_touches_the_open_applications_of_its_procedure_and_province(
    catalogue, edition, table, row, unit, is_touched
) -> None:
    new = edition.change("fees", lambda rows: rows.append(row), table).load()
    procedure = "2.000815" if table == "fee_exemptions" else "1.004873"
    one = Open(application="x", procedure=procedure, received=DAY, receiving_unit=unit)

    assert bool(list(touched(diff(catalogue, new), [one], new))) is is_touched
