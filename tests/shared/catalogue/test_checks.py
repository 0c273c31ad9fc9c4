"""Every kind of bad data, planted, is refused with its row and the reason."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import Misconfigured

Rows = list[Any]


def row(rows: Rows, code: str) -> Any:
    return next(r for r in rows if r[0] == code)


def put(code: str, place: int, value: Any) -> Callable[[Rows], None]:
    def edit(rows: Rows) -> None:
        row(rows, code)[place] = value

    return edit


def add(*new: Any) -> Callable[[Rows], None]:
    return lambda rows: rows.append(list(new))


def drop(code: str) -> Callable[[Rows], None]:
    return lambda rows: rows.remove(row(rows, code))


UNIT = ("99001", "Xã Mới", "commune", "01", 900, "2027-01-01", None)

BAD = [
    ("units", put("07294", 6, "2026-11-01"), r"07294\): from 2026-10-10, overlaps .* 2026-11-01"),
    ("units", put("07294", 6, None), r"07294\): .* until further notice"),
    ("units", put("07294", 6, "2026-10-01"), r"a gap: nothing .* from 2026-10-01 to 2026-10-10"),
    ("units", put("00004", 6, "2025-07-01"), r"00004\): it ends on 2025-07-01 before it begins"),
    ("units", put("00004", 3, "98"), r"units.json row \d+ \(00004\): its province 98 is unknown"),
    ("units", put("00004", 3, "00008"), "its province 00008 is unknown"),
    ("units", put("01", 3, "04"), r"\(01\): a province is in itself, not in 04: a circle"),
    ("units", put("01", 5, "2026-01-01"), "province 01 is not in force all that time"),
    ("units", put("00004", 4, 0), "a ward cannot have the number 0"),
    ("units", put("00008", 4, 1), "the number 1 is that of"),
    ("units", put("00004", 6, "2027-01-01"), r"00004 ends by 2027-01-01 and leads nowhere"),
    ("org_codes", drop("01"), "org_codes.json has no identifier"),
    ("org_codes", put("01", 3, "2025-08-01"), "org_codes.json has no identifier"),
    ("org_codes", put("01", 1, "H14"), r"\(04\): H14 is the identifier of province 01"),
    ("org_codes", add("98", "H98", "high", "2025-07-01", None), "no such province"),
    ("legacy_map", put("00001", 1, ["99999"]), "99999 is no unit on .*, and no row says"),
    ("legacy_map", put("00001", 1, []), r"row 1 \(00001\): 00001 leads to no unit"),
    ("legacy_map", add("00001", ["00097"], "2026-01-01", None), "overlaps the row before"),
    ("legacy_map", put("00001", 1, ["A"]), "A is no unit"),
    ("calendar", add("2026-12-27", "off", "", "high", "2026-01-01", None), "a Sunday is that"),
    (
        "calendar",
        add("2026-12-24", "working", "", "high", "2026-01-01", None),
        "a Thursday is that",
    ),
    ("calendar", add("2031-01-01", "off", "", "high", "2026-01-01", None), "not between first_day"),
    ("calendar", add("2026-01-01", "off", "", "high", "2026-01-01", None), "overlaps"),
    ("procedures", lambda rows: rows.append(rows[0]), r"\(1.001193\): .* overlaps"),
]


@pytest.mark.parametrize(("file", "edit", "said"), BAD, ids=[b[2] for b in BAD])
def test_bad_data_is_refused_with_its_row_and_the_reason(edition, file, edit, said) -> None:
    with pytest.raises(Misconfigured, match=said):
        edition.change(file, edit).load()


def test_units_that_lead_to_each_other_are_a_circle(edition) -> None:
    for code in ("00004", "00008"):
        edition.change("units", put(code, 6, "2027-01-01"))
        edition.change("legacy_map", put(code, 3, "2027-01-01"))
    edition.change("legacy_map", add("00004", ["00008"], "2027-01-01", None))
    edition.change("legacy_map", add("00008", ["00004"], "2027-01-01", None))
    with pytest.raises(Misconfigured, match=r"a circle on 2027-01-01: .*00004 → 00008"):
        edition.load()


def test_a_new_unit_that_ends_must_lead_somewhere(edition) -> None:
    edition.change("units", add(*UNIT[:6], "2027-06-01"))
    with pytest.raises(Misconfigured, match=r"99001\): ends on 2027-06-01: legacy_map.json must"):
        edition.load()
    edition.change("legacy_map", add("99001", ["00004"], "2027-06-01", None)).load()


def test_a_policy_that_ends_needs_one_that_follows(edition) -> None:
    edition.change("policies", lambda rows: rows[0].update(valid_to="2027-01-01"), "policies")
    with pytest.raises(Misconfigured, match="the last policy ends and none follows"):
        edition.load()


def test_a_waiver_of_an_unknown_province_is_refused(edition) -> None:
    edition.change("policies", lambda rows: rows[0].update(province="98"), "fee_waivers")
    with pytest.raises(Misconfigured, match=r"policies.json row 1 \(98 online\): no such province"):
        edition.load()


def test_all_problems_are_said_at_once_up_to_a_limit(edition) -> None:
    def spoil(rows: Rows) -> None:
        for unit in rows[100:130]:
            unit[3] = "98"

    with pytest.raises(Misconfigured) as refused:
        edition.change("units", spoil).load()
    assert str(refused.value).count("its province 98 is unknown") == 20
    assert str(refused.value).endswith("; and 10 more")
