"""The official forms that a citizen or an officer is handed: as PDF, and as a page.

Reading order: `facts` (what each form says, and nothing else), `table` (which forms there are, in
which words and from which day on; they stand in `forms.json`), `said` (how a fact is written, and
what of a free text is hidden), `sheet` (facts and words put together), `pdf` and `page` (a sheet
drawn, by `sheet.typ` and `sheet.html`; `qr`: an address for a telephone), `press` (beside the event
loop, a few at once).
"""

from shared.papers.facts import (
    FACTS,
    Apology,
    ControlSlip,
    Facts,
    Receipt,
    Refusal,
    Step,
    Supplement,
)
from shared.papers.sheet import Sheet, sheet
from shared.papers.table import FORMS, Form, form

__all__ = [
    "FACTS",
    "FORMS",
    "Apology",
    "ControlSlip",
    "Facts",
    "Form",
    "Receipt",
    "Refusal",
    "Sheet",
    "Step",
    "Supplement",
    "form",
    "sheet",
]
