"""What provinces take at any of their points: rows with dates, checked and compared as all are."""

from datetime import date

import pytest

from shared.catalogue.difference import Open, diff, procedures, touched
from shared.errors import Misconfigured

HA_NOI, CAN_THO = "01", "92"
BIRTH, MARRIAGE = "1.001193", "1.000894"
DAY = date(2026, 11, 23)
OPEN = Open(
    application="019b1e6c-0000-7000-8000-000000000001",
    procedure=BIRTH,
    received=DAY,
    receiving_unit="00004",
)


def test_can_tho_has_a_list_from_october_2025_on_and_no_other_province_has_one(catalogue) -> None:
    assert dict(catalogue.lists) == {CAN_THO: (date(2025, 10, 1), date.max)}
    assert catalogue.takes_anywhere(CAN_THO, BIRTH, date(2025, 9, 30)) is None
    assert catalogue.takes_anywhere(CAN_THO, BIRTH, date(2025, 10, 1)) is True
    assert catalogue.takes_anywhere(CAN_THO, "9.999999", DAY) is False
    assert catalogue.takes_anywhere(HA_NOI, BIRTH, DAY) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["98", BIRTH, "2026-01-01", None], r"\(1.001193 98\): no such province"),
        (["00004", BIRTH, "2026-01-01", None], r"\(1.001193 00004\): no such province"),
        ([CAN_THO, BIRTH, "2026-01-01", None], r"\(1.001193 92\): .* overlaps the row before"),
        ([HA_NOI, BIRTH, "2026-01-01", "2026-01-01"], "it ends on 2026-01-01 before it begins"),
        ([HA_NOI, " 1.001193", "2026-01-01", None], "non_boundary.json: Expected `str` matching"),
    ],
)
def test_a_bad_row_is_refused(edition, row, said) -> None:
    with pytest.raises(Misconfigured, match=said):
        edition.change("non_boundary", lambda rows: rows.append(row)).load()


def test_a_code_that_the_catalogue_does_not_have_may_be_listed(edition) -> None:
    row = [HA_NOI, "9.999999", "2026-01-01", None]
    edition.change("non_boundary", lambda rows: rows.append(row)).load()


@pytest.fixture
def touching(catalogue, edition):
    """Compare after an edit; tell whether an application is touched."""

    def compare(edit):
        new = edition.change("non_boundary", edit).load()
        changes = diff(catalogue, new)

        def is_touched(**facts) -> bool:
            one = {f: getattr(OPEN, f) for f in OPEN.__struct_fields__} | facts
            return bool(list(touched(changes, [Open(**one)], new)))

        return changes, is_touched

    return compare


def test_one_row_more_touches_its_procedure_in_its_province_from_its_day(touching) -> None:
    changes, is_touched = touching(
        lambda rows: rows.append([CAN_THO, "9.999999", "2026-11-01", None])
    )
    assert procedures(changes) == ["9.999999"]
    there = {"procedure": "9.999999", "receiving_unit": "31135"}
    assert is_touched(**there)
    assert not is_touched(**there | {"received": date(2026, 10, 31)})
    assert not is_touched(**there | {"procedure": BIRTH})
    assert not is_touched(**there | {"receiving_unit": "00004"})


def test_a_first_list_touches_also_what_it_does_not_name(touching) -> None:
    _, is_touched = touching(lambda rows: rows.append([HA_NOI, MARRIAGE, "2026-11-01", None]))
    assert is_touched()
    assert is_touched(procedure=MARRIAGE)
    assert not is_touched(receiving_unit="31135")
    assert not is_touched(received=date(2026, 10, 31))
