from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalogue import Catalogue
from shared.catalogue.names import folded, spoken

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ Nguyên", "Thủy Nguyên"),
        ("Khoẻ", "Khỏe"),
        ("Tuý", "Túy"),
        ("P. Ba Đình", "Phường Ba Đình"),
        ("TP Hà Nội", "THÀNH PHỐ  HÀ NỘI"),
        ("Vũng Tàu", normalize("NFD", "Vũng Tàu")),
        ("Bà Rịa-Vũng Tàu", "Bà Rịa – Vũng Tàu"),
    ],
)
def test_a_name_is_the_same_however_its_tone_is_placed_and_composed(one: str, other: str) -> None:
    assert spoken(one) == spoken(other)
    assert folded(one) == folded(other)


def test_other_marks_and_tones_make_other_names() -> None:
    names = ["Tân An", "Tấn An", "Tan An", "Đan An", "Tăn An", "Tân Ấn"]
    assert len({spoken(name) for name in names}) == len(names)
    assert folded("Đắk Đrông ở Huế") == "dak drong o hue"


@given(st.text(max_size=40))
def test_a_folded_name_folds_to_itself(name: str) -> None:
    once = folded(name)
    if once.split()[:1] not in (["p"], ["x"], ["t"], ["tp"], ["đk"]):
        assert folded(once) == once


def test_every_unit_is_found_by_its_name_in_both_tone_styles_and_without_marks(
    catalogue: Catalogue,
) -> None:
    for unit in catalogue.units_in_force(TODAY):
        for name in (unit.name, folded(unit.name), swapped(unit.name)):
            assert unit in catalogue.units_named(name, TODAY), name


def swapped(name: str) -> str:
    """The same name with its tones on the other vowel of oa, oe, uy."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    text = normalize("NFD", name)
    for pair in ("oa", "oe", "uy"):
        for tone in tones:
            new, old = pair + tone, f"{pair[0]}{tone}{pair[1]}"
            text = text.replace(old, "\0").replace(new, old).replace("\0", new)
    return normalize("NFC", text)


def test_both_tone_styles_are_indeed_in_the_test() -> None:
    assert swapped("Xã Hòa Bình") == "Xã Hoà Bình"
    assert swapped("Phường Thuý Sơn") == "Phường Thúy Sơn"


def test_marks_that_are_typed_are_heeded(catalogue: Catalogue) -> None:
    loose = {u.name for u in catalogue.units_named("tan an", TODAY)}
    exact = {u.name for u in catalogue.units_named("Tân An", TODAY)}
    assert exact < loose
    assert all(spoken(name).endswith(spoken("Tân An")) for name in exact)


def test_a_province_narrows_what_is_found(catalogue: Catalogue) -> None:
    everywhere = catalogue.units_named("Hòa Bình", TODAY)
    provinces = {u.province for u in everywhere}
    assert len(provinces) > 1
    for province in provinces:
        inside = catalogue.units_named("Hoà Bình", TODAY, province)
        assert inside == tuple(u for u in everywhere if u.province == province)


def test_a_name_counts_on_the_day_it_is_borne(catalogue: Catalogue) -> None:
    [before] = catalogue.units_named("Xã Bố Hạ", date(2026, 10, 9))
    [after] = catalogue.units_named("phuong bo ha", TODAY)
    assert (before.code, before.kind) == (after.code, "commune")
    assert catalogue.units_named("Không Đâu Cả", TODAY) == ()
    assert catalogue.units_named("", TODAY) == ()
