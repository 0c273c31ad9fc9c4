"""Units, partners and days are understood however they are typed."""

from collections.abc import Iterable
from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.seeking import Sought, folded_partner, sought

TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 20)
MONTH = (date(2026, 11, 1), date(2026, 11, 30))
NAMES = {"phuong ba dinh": ["00004"], "79": ["26734", "79"], "26734": ["26734"]}


def named(text: str) -> Iterable[str]:
    return NAMES.get(text, ())


def means(typed: str) -> Sought | None:
    return sought(typed, TODAY, named)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unit:79", Sought(("26734", "79"))),
        ("đơn vị 26734", Sought(("26734",))),
        ("DON VI: 26734", Sought(("26734",))),
        ("26734", Sought(("26734",))),
        ("Phường Ba Đình", Sought(("00004",))),
        ("đơn vị phường  Ba-Đình", Sought(("00004",))),
        ("sen-vang", Sought(partner="senvang")),
        ("Sen Vàng", Sought(partner="senvang")),
        ("đối tác sen vang", Sought(partner="senvang")),
        ("2026-11-20", Sought((), "", DAY, DAY)),
        ("20/11/2026", Sought((), "", DAY, DAY)),
        ("20.11.2026", Sought((), "", DAY, DAY)),
        ("20 11 2026", Sought((), "", DAY, DAY)),
        ("20261120", Sought((), "", DAY, DAY)),
        ("ngày 20 tháng 11 năm 2026", Sought((), "", DAY, DAY)),
        ("11/2026", Sought((), "", *MONTH)),
        ("2026-11", Sought((), "", *MONTH)),
        ("tháng 11 năm 2026", Sought((), "", *MONTH)),
        ("hôm qua", Sought((), "", date(2026, 11, 22), date(2026, 11, 22))),
        ("today", Sought((), "", TODAY, TODAY)),
        ("sen-vang 20/11/2026", Sought((), "senvang", DAY, DAY)),
        ("20/11/2026 sen-vang", Sought((), "senvang", DAY, DAY)),
        ("unit:79 sen-vang 2026-11", Sought(("26734", "79"), "senvang", *MONTH)),
        ("26734 20/11/2026 – 22/11/2026", Sought(("26734",), "", DAY, date(2026, 11, 22))),
        ("từ 22/11/2026 đến 20/11/2026", Sought((), "", DAY, date(2026, 11, 22))),
        ("unit 99999", None),  # there is none
        ("đối tác", None),
        ("", None),
        (" – ", None),
        ("ngày", None),
    ],
)
def test_what_is_typed_is_what_is_meant(typed: str, meant: Sought | None) -> None:
    assert means(typed) == meant


def test_a_day_that_is_none_is_no_day() -> None:
    found = means("31/02/2026")
    assert found is None or found.since is None


UNITS = {"unit": "unit:79", "đơn vị": "đơn vị 79", "bare": "79", "": ""}
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FORMS = (
    *("{0:%Y-%m-%d}", "{0:%d/%m/%Y}", "{0.day}.{0.month}.{0.year}"),
    "ngày {0:%d} tháng {0:%m} năm {0:%Y}",
)
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"


def styled(text: str, draw: st.DrawFn) -> str:
    """The same as somebody else types it: case, marks, dashes, blanks."""
    form = draw(st.sampled_from(("NFC", "NFD", "NFKC")))
    case = draw(st.sampled_from((str.lower, str.upper, str.title, str)))
    dash, blank = draw(st.sampled_from(DASHES)), draw(st.sampled_from((" ", "  ", "\t", "\u00a0")))
    if draw(st.booleans()):
        bare = normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
        text = "".join(c for c in bare if ord(c) < 0x300 or ord(c) > 0x36F)
    spaced = case(normalize(form, text)).replace("-", dash).replace(" ", blank)
    return draw(st.sampled_from(("", " ", "\u200b"))) + spaced + " "


@st.composite
def typed_and_meant(draw: st.DrawFn) -> tuple[str, Sought]:
    unit = draw(st.sampled_from(list(UNITS.values())))
    partner = draw(st.sampled_from(("", "sen-vang", "Sen Vàng", "kho-bac")))
    days = draw(st.lists(DAYS, max_size=2).map(sorted))
    told = [draw(st.sampled_from(FORMS)).format(day) for day in days]
    parts = draw(st.permutations([p for p in (unit, partner, " - ".join(told)) if p]))
    since, until = (days[0], days[-1]) if days else (None, None)
    units = tuple(NAMES["79"]) if unit else ()
    meant = Sought(units, folded_partner(partner), since, until)
    return styled(" ".join(parts), draw), meant


@given(typed_and_meant())
def test_order_case_marks_dashes_and_blanks_do_not_matter(case: tuple[str, Sought]) -> None:
    typed, meant = case
    assert means(typed) == (meant if meant != Sought() else None), typed


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_not(typed: str) -> None:
    found = means(typed)
    assert found is None or found != Sought()
    if found and found.since:
        assert found.until
        assert found.since <= found.until
