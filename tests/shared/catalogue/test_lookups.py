import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import pytest

from shared.catalogue import Catalogue, in_force, load
from shared.catalogue.fees import Case, Flat, FreeIfOnTime, Itemised, PerPage, Provincial
from shared.catalogue.reading import DATA
from shared.errors import Misconfigured

TODAY = date(2026, 11, 21)
ACCEPTED_CODE = re.compile(
    r"^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3})*-(?:\d{6}|\d{8})-\d{4,7}$"
)


def test_the_country_has_as_many_units_as_published(catalogue: Catalogue) -> None:
    def kinds(on: date) -> Counter[str]:
        return Counter(u.kind for rows in catalogue.units.values() if (u := in_force(rows, on)))

    assert kinds(date(2025, 7, 1)) == Counter(
        commune=2621, ward=687, special_zone=13, province=28, city=6
    )
    assert kinds(date(2026, 10, 10)) == Counter(
        commune=2599, ward=709, special_zone=13, province=25, city=9
    )
    assert not kinds(date(2025, 6, 30))


def test_every_code_is_in_force_at_most_once_on_any_day(catalogue: Catalogue) -> None:
    tables = (catalogue.units, catalogue.org_codes, catalogue.procedures)
    for rows in (rows for table in tables for rows in table.values()):
        for before, after in pairwise(rows):
            assert before.valid_to is not None
            assert before.valid_from < before.valid_to <= after.valid_from


def test_every_unit_has_a_dossier_prefix_of_its_own(catalogue: Catalogue) -> None:
    units = [u for rows in catalogue.units.values() if (u := in_force(rows, TODAY))]
    prefixes = {catalogue.dossier_prefix(u, TODAY) for u in units}
    assert len(prefixes) == len(units) == 3355
    assert all(ACCEPTED_CODE.match(f"{p}-20261121-0000001") for p in prefixes)


def test_a_unit_keeps_its_number_when_its_kind_changes(catalogue: Catalogue) -> None:
    before, after = catalogue.unit("07294", date(2026, 10, 9)), catalogue.unit("07294", TODAY)
    assert (before.kind, after.kind) == ("commune", "ward")
    assert before.number == after.number


def test_every_unit_is_in_a_province(catalogue: Catalogue) -> None:
    for code in catalogue.units:
        assert catalogue.province_of(code, TODAY).is_province
    assert catalogue.province_of("99999", TODAY) is None


@pytest.mark.parametrize(
    ("old", "kind", "units"),
    [
        ("00001", "exact", ("00097",)),
        ("00007", "default_of_split", ("00008", "00025")),
        ("99999", "unknown", ()),
        ("", "unknown", ()),
    ],
)
def test_an_old_unit_is_never_guessed(catalogue, old: str, kind: str, units: tuple) -> None:
    assert catalogue.current_units(old) == (kind, units)


def test_the_legacy_map_leads_to_units_that_exist(catalogue: Catalogue) -> None:
    found = {old: catalogue.current_units(old, TODAY) for old in catalogue.successors}
    assert len(found) == 10_040
    kinds = Counter(successors.kind for successors in found.values())
    assert kinds == {"exact": 9597, "default_of_split": 443}
    for kind, units in found.values():
        assert (len(units) == 1) == (kind == "exact")
        assert all(catalogue.unit(unit, TODAY) for unit in units)


def test_before_the_merger_no_old_unit_has_become_anything(catalogue: Catalogue) -> None:
    assert catalogue.current_units("00001", date(2025, 6, 30)).kind == "unknown"
    assert catalogue.current_units("00001", date(2025, 7, 1)).units == ("00097",)


def test_a_unit_that_merges_leads_on_who_was_led_to_it(edition) -> None:
    def merge(rows: list) -> None:
        [row] = [r for r in rows if r[0] == "00097"]
        row[6] = "2027-01-01"

    def lead(rows: list) -> None:
        [row] = [r for r in rows if r[0] == "00097"]
        row[3] = "2027-01-01"
        rows.append(["00097", ["00008", "00025"], "2027-01-01", None])

    merged = edition.change("units", merge).change("legacy_map", lead).load()
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert merged.current_units("00001", before) == ("exact", ("00097",))
    assert merged.current_units("00001", after) == ("default_of_split", ("00008", "00025"))
    assert merged.current_units("00097", after) == ("default_of_split", ("00008", "00025"))
    assert merged.unit("00097", after) is None


def test_the_changes_of_october_2026_are_rows_with_dates(catalogue: Catalogue) -> None:
    before, after = date(2026, 10, 9), date(2026, 10, 10)
    codes = [c for c in catalogue.units if catalogue.unit(c, before) != catalogue.unit(c, after)]
    turned = Counter((catalogue.unit(c, before).kind, catalogue.unit(c, after).kind) for c in codes)
    assert turned == {("commune", "ward"): 22, ("province", "city"): 3}
    provinces = {catalogue.unit(c, after).name for c in codes if len(c) == 2}
    assert provinces == {"Thành phố Quảng Ninh", "Thành phố Bắc Ninh", "Thành phố Đồng Nai"}


def test_a_day_off_counts_from_the_day_it_was_announced(edition) -> None:
    new = ["2026-12-24", "off", "announced late", "high", "2026-12-01", None]
    edited = edition.change("calendar", lambda rows: rows.append(new)).load()
    day = date(2026, 12, 24)
    assert day in edited.working_calendar(date(2026, 11, 30)).days
    assert day not in edited.working_calendar(date(2026, 12, 1)).days
    with pytest.raises(Misconfigured, match="no policy is in force on 2025-06-30"):
        edited.working_calendar(date(2025, 6, 30))


def test_the_published_anchors_stand(catalogue: Catalogue) -> None:
    certified_copy = catalogue.procedure("2.000815", TODAY).fee
    assert isinstance(certified_copy, PerPage)
    assert [t.amount_vnd for t in certified_copy.tiers] == [2000, 1000]
    assert certified_copy.cap_vnd == 200_000
    assert certified_copy.kind == "fee"

    temporary_residence = catalogue.procedure("1.004194", TODAY).fee
    assert isinstance(temporary_residence, Flat)
    assert (temporary_residence.amount_vnd, temporary_residence.online_amount_vnd) == (15000, 7000)
    assert temporary_residence.variants == (
        Case(case="person_on_a_list", amount_vnd=10000, online_amount_vnd=5000),
    )
    assert catalogue.procedure("1.004194", TODAY).processing_time.value == 3
    assert catalogue.procedure("2.001263", TODAY).fee.amount_vnd == 400_000
    assert (
        "step-parent adopting step-child" in catalogue.procedure("2.001263", TODAY).fee.exemptions
    )


def test_an_amount_a_province_decides_is_marked_illustrative(catalogue: Catalogue) -> None:
    fees = [rows[0].fee for rows in catalogue.procedures.values()]
    assert len(fees) == 62
    for fee in fees:
        if isinstance(fee, Provincial | Itemised):
            assert fee.illustrative
        if isinstance(fee, Provincial | FreeIfOnTime):
            asked = fee.range if isinstance(fee, Provincial) else fee.late
            assert asked.low_vnd <= asked.illustrative_vnd <= asked.high_vnd


def test_a_procedure_is_known_before_it_is_in_force(catalogue: Catalogue) -> None:
    assert catalogue.knows_procedure("2.000815")
    assert catalogue.procedure("2.000815", date(2025, 6, 30)) is None
    assert not catalogue.knows_procedure("1.001640")


@pytest.mark.parametrize(
    ("province", "channel", "on", "waived"),
    [
        ("01", "online", date(2026, 1, 1), True),
        ("01", "online", date(2025, 12, 31), False),
        ("01", "direct", date(2026, 1, 1), False),
        ("79", "online", date(2026, 1, 1), False),
    ],
)
def test_hanoi_waives_fees_online_since_2026(catalogue, province, channel, on, waived) -> None:
    assert (catalogue.fee_waiver(province, channel, on) is not None) == waived


@pytest.mark.parametrize(
    ("procedure", "channel", "automatic"),
    [
        ("1.001193", "online", True),  # full, free if on time
        ("1.001612", "online", True),  # full, paid at submission
        ("1.001612", "direct", False),
        ("1.004194", "online", False),  # paid after acceptance
        ("2.000815", "online", False),  # partial
    ],
)
def test_only_what_is_fully_online_is_accepted_without_an_officer(
    catalogue: Catalogue, procedure: str, channel: str, automatic: bool
) -> None:
    found = catalogue.procedure(procedure, TODAY)
    assert catalogue.accepted_automatically(found, channel, TODAY) == automatic


def test_every_procedure_has_a_due_date(catalogue: Catalogue) -> None:
    submitted = datetime(2026, 11, 20, 3, tzinfo=UTC)
    for rows in catalogue.procedures.values():
        assert catalogue.statutory_due(rows[0], submitted, TODAY) > submitted
    assert catalogue.intake_due(submitted, TODAY) == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_the_version_changes_with_the_content(catalogue: Catalogue, tmp_path: Path) -> None:
    copy = copytree(DATA, tmp_path / "data")
    assert load(copy).version == catalogue.version
    assert re.fullmatch(r"2026-11-22\+[0-9a-f]{8}", catalogue.version)
    rows = (copy / "policies.json").read_text()
    (copy / "policies.json").write_text(
        rows.replace('"intake_sla_hours":8', '"intake_sla_hours":9')
    )
    assert load(copy).version != catalogue.version


def test_data_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    copy = copytree(DATA, tmp_path / "data")
    rows = (copy / "procedures.json").read_text()
    (copy / "procedures.json").write_text(rows.replace('"per_page"', '"per_leaf"', 1))
    with pytest.raises(Misconfigured, match=r"procedures\.json.*per_leaf.*\$\.rows"):
        load(copy)
    (copy / "units.json").unlink()
    with pytest.raises(Misconfigured, match=r"units\.json"):
        load(copy)


def test_nothing_is_read_at_import() -> None:
    code = (
        "import sys; opened = [];"
        "sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e == 'open' else None);"
        "import shared.catalogue;"
        "sys.exit(any(name.endswith('.json') for name in opened))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
