"""A report is shown whole in a terminal."""

from io import StringIO

from rich.console import Console

from deploy.proving.shown import show
from services.operations.domain.proof.words import KINDS
from services.operations.proofs.report import Report


def said(report: Report, rows: int = 20) -> str:
    console = Console(file=StringIO(), width=200)
    show(console, report, rows)
    return console.file.getvalue()


def test_a_person_sees_each_equation_and_each_exception_by_name(report: Report) -> None:
    text = said(report)

    assert text.startswith("2026-05-28 07:00 – 2026-07-01 07:00 (UTC+7): 24 applications\n")
    assert "✗  submissions " in text
    assert all(kind in text and KINDS[kind].en in text for kind in report.proof.excepted)
    assert all(item.application in text for item in report.proof.exceptions)
    assert text.endswith(
        "✗ It does not hold: see the exceptions, by name.\n"
        "… 1 wait, the oldest since 2026-06-17 11:12.\n"
    )


def test_of_each_kind_no_more_rows_are_shown_than_asked_for(report: Report) -> None:
    assert "… and 2 more" in said(report, rows=1)  # three apply to receipts
    assert "019e7044-" not in said(report, rows=0)
