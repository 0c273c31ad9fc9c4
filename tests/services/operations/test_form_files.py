"""The national form as files: every column once, read back as it was told."""

import csv
import io
from datetime import date
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from services.operations.domain.statistics import Form, added
from services.operations.form_files import COLUMNS, FILES, Line, Statistics, numbers

NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def told(**changed: int) -> Statistics:
    """Two units; each column of a unit has a number of its own."""
    forms = [
        Form(**{f: n * 1_000 + i for i, f in enumerate(Form.__struct_fields__)} | changed)
        for n in (1, 2)
    ]
    names = (("00004", "Phường Ba Đình"), ("99999", ""))
    lines = [Line(unit=u, name=n, form=f) for (u, n), f in zip(names, forms, strict=True)]
    return Statistics(
        unit="01",
        name="Thành phố Hà Nội",
        view="receiving",
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        lines=lines,
        total=added(forms),
    )


def of_workbook(content: bytes) -> list[list[str]]:
    """The rows of the only sheet."""
    with ZipFile(io.BytesIO(content)) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(t.itertext()) for t in shared.findall("s:si", NS)]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [_cell(c, strings) for c in row.findall("s:c", NS)]
        for row in sheet.iterfind(".//s:row", NS)
    ]


def _cell(cell: ElementTree.Element, strings: list[str]) -> str:
    value = cell.findtext("s:v", "", NS)
    return strings[int(value)] if cell.get("t") == "s" else value


def test_every_field_of_the_form_is_a_column_once() -> None:
    assert sorted(c.field for c in COLUMNS) == sorted(Form.__struct_fields__)
    assert len({(c.group, c.head) for c in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize("kind", FILES)
def test_the_same_statistics_give_the_same_file(kind: str) -> None:
    assert FILES[kind][1](told()) == FILES[kind][1](told())


def test_a_program_reads_the_numbers_under_the_names_of_the_fields() -> None:
    rows = list(csv.DictReader(io.StringIO(FILES["csv"][1](told()).decode())))

    assert [r["unit"] for r in rows] == ["00004", "99999", "total"]
    assert [int(rows[2][f]) for f in Form.__struct_fields__] == [
        getattr(told().total, f) for f in Form.__struct_fields__
    ]


def test_a_workbook_has_the_numbers_as_numbers_and_the_total_last() -> None:
    rows = of_workbook(FILES["xlsx"][1](told(moved=-3)))

    assert ["Phường Ba Đình", *map(str, numbers(told(moved=-3).lines[0].form))] in rows
    assert rows[-1] == ["Tổng số", *map(str, numbers(told(moved=-3).total))]
    assert [cell for cell in rows[1] if cell] == ["Thành phố Hà Nội"]


def test_paper_says_whose_it_is_of_when_and_the_numbers_grouped() -> None:
    reader = PdfReader(io.BytesIO(FILES["pdf"][1](told(moved=-1_234))))
    text = "\n".join(page.extract_text() for page in reader.pages)

    assert "Từ ngày 01/10/2026 đến ngày 31/10/2026 · Theo đơn vị tiếp nhận" in text
    assert "Phường Ba Đình" in text
    assert "99999" in text  # a unit that nobody knows by name
    assert "−1.234" in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("name", ['#import "x"', "=1+1", "<b>Xã</b>"])
def test_a_name_is_text_in_every_file(name: str) -> None:
    one = told()
    line = Line(unit="00004", name=name, form=one.total)
    odd = Statistics(
        **{f: getattr(one, f) for f in ("unit", "view", "first", "last", "total")},
        name=name,
        lines=[line],
    )
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(FILES["pdf"][1](odd))).pages)

    assert name in text
    assert any(row[0] == name for row in of_workbook(FILES["xlsx"][1](odd)))
