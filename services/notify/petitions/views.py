"""What edges show of petitions, and what may be sent about them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.notify.domain import Dossier
from services.notify.domain.petitions.states import CITIZENS, Petition, possible
from services.notify.domain.petitions.terms import DISMISSALS, KINDS
from shared import edge
from shared.events.data import Consent
from shared.events.feedback import Score
from shared.events.petitions import Dismissal, Kind
from shared.journal import Decision

TEXT_LIMIT = 3_000  # characters: sealed they stay within the contract's limit

Said = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT)]
Short = Annotated[str, Meta(max_length=200)]
UnitCode = Annotated[str, Meta(pattern="^[0-9]{2}([0-9]{3})?$")]
UnitOrNone = Annotated[str, Meta(pattern="^([0-9]{2}([0-9]{3})?)?$")]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body; an unknown field is its sender's mistake."""


class Petitioner(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """Who files it, and how they are told of the answer; all of it may be left out."""

    name: Short = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    email: Short = ""


class Form(Strict, frozen=True, kw_only=True):
    """A petition.  `application`: what it is about; `unit`: whom, where there is none."""

    kind: Kind
    text: Said
    contact: Petitioner = Petitioner()
    application: Annotated[str, Meta(max_length=36)] = ""
    unit: UnitOrNone = ""
    language: Literal["vi", "en"] = "vi"
    notices: Consent | UnsetType = UNSET


class Acceptance(Strict, frozen=True, kw_only=True):
    """The answer is taken; how good it was, 1 (bad) to 5 (good)."""

    score: Score


class Dispute(Strict, frozen=True, kw_only=True):
    """The answer is not taken, and why."""

    reason: Said


class Action(Strict, frozen=True, kw_only=True, tag_field="action"):
    """What an officer does."""


class Assign(Action, frozen=True, kw_only=True, tag="assign"):
    """This unit is to answer."""

    unit: UnitCode


class Forward(Action, frozen=True, kw_only=True, tag="forward"):
    """Another unit is to answer; the citizen reads the reason."""

    unit: UnitCode
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Answer(Action, frozen=True, kw_only=True, tag="answer"):
    """What the citizen is answered; it is sealed before it is kept."""

    answer: Said


class Dismiss(Action, frozen=True, kw_only=True, tag="dismiss"):
    """It is nothing to be answered here; `turn_to`: who can help."""

    reason: Dismissal
    turn_to: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True)
class PetitionTaken:
    """It is on its way; `look` shows what came of it."""

    petition: str
    code: str
    look: str


@dataclass(frozen=True)
class PetitionView:
    """How a petition stands; what it says, and what was answered, is at `texts`.

    `waits_for`: `unit`, `operator`, `citizen`, or nobody. `dismissal` and `dismissal_en` say why it
    is not answered here, `turn_to` who can help; `forward_reason` why it went on to this unit.
    `rejected`: what was asked and not done, by the ids of messages, and why.
    """

    petition: str
    code: str
    kind: str
    kind_vi: str
    status: str
    waits_for: str
    unit: str
    application: str
    filed_at: datetime
    due: datetime
    promised: datetime
    since: datetime
    closes_at: datetime | None
    score: int
    possible: list[str]
    dismissal: str
    dismissal_en: str
    turn_to: str
    forward_reason: str
    rejected: dict[str, str]
    version: int


@dataclass(frozen=True)
class PetitionPage:
    """What waits for an office, first what is due first.  `next` is empty at the end; a page may be
    short, or empty, before it.
    """

    petitions: list[PetitionView]
    next: str


@dataclass(frozen=True)
class Texts:
    """What was said, opened; who looked, and what for, is on record."""

    petition: str
    text: str
    name: str
    phone: str
    email: str
    answer: str
    dispute: str


def view(decision: Decision[Dossier], petition: Petition, role: str) -> PetitionView:
    """Return how a petition stands, and what this role may do; the version is for `If-Match`."""
    vi, en = DISMISSALS[petition.dismissal] if petition.dismissal else ("", "")
    return PetitionView(
        petition=decision.application,
        code=petition.code,
        kind=petition.kind,
        kind_vi=KINDS[petition.kind].vi,
        status=petition.status,
        waits_for=_waits_for(petition),
        unit=petition.unit,
        application=petition.application,
        filed_at=petition.filed_at,
        due=petition.due,
        promised=petition.promised,
        since=petition.since,
        closes_at=petition.closes_at,
        score=petition.score,
        possible=offered(petition, role),
        dismissal=vi,
        dismissal_en=en,
        turn_to=petition.turn_to,
        forward_reason=petition.forward_reason,
        rejected={
            message: why
            for message, why in petition.rejected.items()
            if role != "portal" or message.split("/")[1] in _OF_CITIZENS
        },
        version=petition.moves,
    )


_OF_CITIZENS = {*CITIZENS, "filed", "intake"}  # as the ids of messages say


def offered(petition: Petition, role: str) -> list[str]:
    """Return what this role may ask for now; what no unit has yet is an operator's alone."""
    if role == "officer" and petition.status == "received":
        return []
    return [move for move in possible(petition) if (move in CITIZENS) == (role == "portal")]


def _waits_for(petition: Petition) -> str:
    if petition.waits_for_office:
        return "unit" if petition.unit else "operator"
    return "citizen" if possible(petition) else ""


# ---- examples

CODE = "PA-20261120-3RE8JK2K962"
LOOK = f"/v1/petitions/{edge.APPLICATION}"
TAKEN = PetitionTaken(edge.APPLICATION, CODE, LOOK)
_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
_DUE = datetime(2026, 12, 7, 10, tzinfo=UTC)
VIEW = PetitionView(
    petition=edge.APPLICATION,
    code=CODE,
    kind="delay",
    kind_vi=KINDS["delay"].vi,
    status="assigned",
    waits_for="unit",
    unit="26737",
    application="",
    filed_at=_AT,
    due=_DUE,
    promised=_DUE,
    since=_AT,
    closes_at=None,
    score=0,
    possible=["forward", "answer", "dismiss"],
    dismissal="",
    dismissal_en="",
    turn_to="",
    forward_reason="",
    rejected={},
    version=0,
)
PAGE = PetitionPage(petitions=[VIEW], next="")
FORM = {
    "kind": "delay",
    "text": "Hồ sơ đã quá ngày hẹn mà chưa có kết quả.",
    "contact": {"name": "Người Thử Nghiệm", "phone": "0900000000"},
    "unit": "26737",
}
TEXTS = Texts(
    petition=edge.APPLICATION,
    text="Hồ sơ đã quá ngày hẹn mà chưa có kết quả.",
    name="Người Thử Nghiệm",
    phone="0900000000",
    email="",
    answer="",
    dispute="",
)
ANSWER = {"action": "answer", "answer": "Kết quả đã được gửi qua bưu điện hôm nay."}
