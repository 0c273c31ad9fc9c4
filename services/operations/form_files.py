"""The national form as a file: CSV for programs, a workbook and a PDF for people."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.facts import View
from services.operations.domain.statistics import Form
from shared.papers.pdf import compiled
from shared.papers.said import Said
from shared.papers.sheet import MOTTO, NATION

FileKind = Literal["csv", "xlsx", "pdf"]
TEMPLATE = Path(__file__).with_name("statistics.typ")
NAME_WIDTH, COLUMN_WIDTH = 34, 11  # of a workbook, in characters


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, or a province, and its form."""

    unit: str
    name: str
    form: Form


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a unit in a period, both days included, UTC+7, and of all that is below it.

    `view`: `receiving`, where each application counts at the unit that received it, or `competent`,
    where it counts at the unit that decides, from the day on that it is routed there.
    """

    unit: str
    name: str
    view: View
    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    lines: list[Line]
    total: Form


class Column(NamedTuple):
    """A column of the form, under the head of its group."""

    field: str
    group: Said
    head: Said


_RECEIVED = Said("Số hồ sơ đã tiếp nhận", "Received")
_SETTLED = Said("Số hồ sơ đã giải quyết", "Settled")
_IN_PROCESS = Said("Số hồ sơ đang giải quyết", "In process")
_SUSPENDED = Said("Số hồ sơ tạm dừng", "Suspended")
_NOT_ACCEPTED = Said("Không tiếp nhận", "Not accepted")
_TOTAL, _WITHIN = Said("Tổng số", "Total"), Said("Trong hạn", "Within")
_OVERDUE = Said("Quá hạn", "Overdue")

COLUMNS = (
    Column("received", _RECEIVED, _TOTAL),
    Column("carried_over", _RECEIVED, Said("Kỳ trước chuyển sang", "Carried over")),
    Column("in_period", _RECEIVED, Said("Trong kỳ", "In period")),
    Column("online", _RECEIVED, Said("Trực tuyến", "Online")),
    Column("direct", _RECEIVED, Said("Trực tiếp", "Direct")),
    Column("post", _RECEIVED, Said("Bưu chính", "Post")),
    Column("moved", _RECEIVED, Said("Chuyển đến trừ chuyển đi", "Moved here less away")),
    Column("reopened", _RECEIVED, Said("Xử lý lại", "Reopened")),
    Column("settled", _SETTLED, _TOTAL),
    Column("settled_early", _SETTLED, Said("Trước hạn", "Early")),
    Column("settled_on_time", _SETTLED, Said("Đúng hạn", "On time")),
    Column("settled_late", _SETTLED, Said("Quá hạn", "Late")),
    Column("in_process", _IN_PROCESS, _TOTAL),
    Column("in_process_within", _IN_PROCESS, _WITHIN),
    Column("in_process_overdue", _IN_PROCESS, _OVERDUE),
    Column("suspended", _SUSPENDED, _TOTAL),
    Column("suspended_within", _SUSPENDED, _WITHIN),
    Column("suspended_overdue", _SUSPENDED, _OVERDUE),
    Column("not_accepted", _NOT_ACCEPTED, _TOTAL),
)
TITLE = Said(
    "Tình hình, kết quả giải quyết thủ tục hành chính", "Settlement of administrative procedures"
)
COUNTED: Mapping[View, Said] = {
    "receiving": Said("Theo đơn vị tiếp nhận", "By the unit that received"),
    "competent": Said("Theo đơn vị giải quyết", "By the unit that decides"),
}
UNIT = Said("Đơn vị", "Unit")


class Group(msgspec.Struct):
    """Columns under one head."""

    head: Said
    columns: int


class _Told(msgspec.Struct, kw_only=True):
    """What the template draws."""

    nation: Said
    motto: Said
    title: Said
    unit: str
    period: Said
    counted: Said
    day: tuple[int, int, int]
    first_head: Said
    groups: list[Group]
    heads: list[Said]
    rows: list[tuple[str, list[int]]]
    total: list[int]


def numbers(form: Form) -> list[int]:
    """Return the cells of a form, in the order of the columns."""
    return [getattr(form, column.field) for column in COLUMNS]


def name_of(told: Statistics) -> str:
    """Return what a file of it is called, without its ending."""
    return f"thong-ke-{told.unit}-{told.first}-{told.last}-{told.view}"


def as_csv(told: Statistics) -> bytes:
    """Return the lines under the names of the fields; the last one is the total."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["unit", "name", *(column.field for column in COLUMNS)])
    writer.writerows([line.unit, line.name, *numbers(line.form)] for line in told.lines)
    writer.writerow(["total", told.name, *numbers(told.total)])
    return text.getvalue().encode()


def as_xlsx(told: Statistics) -> bytes:
    """Return a workbook; the same statistics give the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": TITLE.vi, "created": _midnight(told.last)})
    bold = book.add_format({"bold": True})
    head = book.add_format(
        {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    )
    cell, sum_ = book.add_format({"border": 1}), book.add_format({"border": 1, "bold": True})
    sheet = book.add_worksheet("Thống kê")
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for n, line in enumerate((TITLE.vi, told.name, _period(told).vi, COUNTED[told.view].vi)):
        sheet.write(n, 0, line, bold)
    at = 5
    sheet.merge_range(at, 0, at + 1, 0, UNIT.vi, head)
    column = 1
    for group in groups():
        if group.columns > 1:
            sheet.merge_range(at, column, at, column + group.columns - 1, group.head.vi, head)
        else:
            sheet.write(at, column, group.head.vi, head)
        column += group.columns
    sheet.write_row(at + 1, 1, [c.head.vi for c in COLUMNS], head)
    for n, line_ in enumerate(told.lines, start=at + 2):
        sheet.write_row(n, 0, [line_.name or line_.unit, *numbers(line_.form)], cell)
    sheet.write_row(at + 2 + len(told.lines), 0, [_TOTAL.vi, *numbers(told.total)], sum_)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, len(COLUMNS), COLUMN_WIDTH)
    sheet.freeze_panes(at + 2, 1)
    book.close()
    return out.getvalue()


def as_pdf(told: Statistics) -> bytes:
    """Return the form on A4, tagged."""
    return compiled(
        TEMPLATE,
        _Told(
            nation=NATION,
            motto=MOTTO,
            title=TITLE,
            unit=told.name,
            period=_period(told),
            counted=COUNTED[told.view],
            day=(told.last.year, told.last.month, told.last.day),
            first_head=UNIT,
            groups=groups(),
            heads=[column.head for column in COLUMNS],
            rows=[(line.name or line.unit, numbers(line.form)) for line in told.lines],
            total=numbers(told.total),
        ),
    )


FILES: Mapping[FileKind, tuple[str, Callable[[Statistics], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "pdf": ("application/pdf", as_pdf),
}


def _period(told: Statistics) -> Said:
    return Said(
        f"Từ ngày {told.first:%d/%m/%Y} đến ngày {told.last:%d/%m/%Y}",
        f"From {told.first} to {told.last}",
    )


def groups(columns: Iterable[Column] = COLUMNS) -> list[Group]:
    """Return the heads of columns that stand under one."""
    found: Sequence[tuple[Said, int]] = [
        (head, len(list(some))) for head, some in groupby(columns, key=lambda c: c.group)
    ]
    return [Group(head, number) for head, number in found]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
