"""What each form says of an application: one struct per form, and the only way to fill one.

A fact that may be empty is left out of the form, with the line that it stands in.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

import msgspec

Standing = Literal["early", "on_time", "late", "open", "open_late", "waiting", "left"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every form says: who issues it and when, for which dossier and procedure.

    `competent`: who decides; empty where that is who issues it.
    """

    at: datetime
    unit: str
    dossier_code: str
    procedure: str
    procedure_en: str = ""
    province: str = ""
    competent: str = ""


class Receipt(Facts, frozen=True, kw_only=True, gc=False):
    """The dossier was accepted at `at`; the result is due.

    `status_page`, `status_code`: where the citizen sees how it stands, and what they type there.
    """

    due: datetime
    copies: int
    applicant: str = ""
    documents: tuple[str, ...] = ()
    officer: str = ""
    status_page: str = ""
    status_code: str = ""


class Supplement(Facts, frozen=True, kw_only=True, gc=False):
    """The applicant is asked for `content`."""

    content: str
    applicant: str = ""
    officer: str = ""


class Refusal(Facts, frozen=True, kw_only=True, gc=False):
    """The dossier is not accepted, for this reason."""

    reason: str
    applicant: str = ""
    officer: str = ""


class Apology(Facts, frozen=True, kw_only=True, gc=False):
    """It is late, or will be; `due` is the new date.  `accepted_at`, `accepted_by`: when and
    by which unit it was accepted, where that is known.
    """

    reason: str
    due_before: datetime
    due: datetime
    applicant: str = ""
    accepted_at: datetime | None = None
    accepted_by: str = ""
    officer: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A step of the work: where, since when, until when it was to be done, and was, by whom."""

    name: str
    unit: str
    standing: Standing
    name_en: str = ""
    begun: datetime | None = None
    until: datetime | None = None
    ended: datetime | None = None
    officer: str = ""


class ControlSlip(Facts, frozen=True, kw_only=True, gc=False):
    """From hand to hand: who had the dossier, until when, and whether in time."""

    accepted_at: datetime
    due: datetime
    steps: tuple[Step, ...]
    settled_at: datetime | None = None


FACTS: Mapping[str, type[Facts]] = {
    "receipt": Receipt,
    "supplement": Supplement,
    "refusal": Refusal,
    "apology": Apology,
    "control-slip": ControlSlip,
}
