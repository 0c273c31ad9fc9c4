"""Petitions (phản ánh, kiến nghị): what is asked (`notify.inbox`), and what came of it
(`notify.events`).

The subject is the petition's own id.  Texts are sealed for it as `shared.vault` seals.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared.events.data import Consent, Data, Instant, Strict
from shared.events.feedback import Score

SEALED_LIMIT = 20_000  # characters

Sealed = Annotated[str, msgspec.Meta(pattern=r"^v1\.[A-Za-z0-9_=-]+$", max_length=SEALED_LIMIT)]
Kind = Literal["attitude", "delay", "procedure_unclear", "payment", "other"]
Dismissal = Literal[
    "complaint_or_denunciation", "court_matter", "other_authority", "filed_before", "not_understood"
]

# --- notify.inbox


class PetitionFiled(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A citizen files a petition.  `text` seals what they say, `contact` an intake `Contact`.

    `application`: what it is about; `unit`: that application's, or the one that is named; empty:
    an operator assigns it.  `content` tells the same from another one under the same id.
    """

    TYPE: ClassVar[str] = "petition.filed"
    code: str
    portal: str
    kind: Kind
    text: Sealed
    content: str
    contact: Sealed | Literal[""] = ""
    language: Literal["vi", "en"] = "vi"
    application: str = ""
    unit: str = ""
    notices: Consent | UnsetType = UNSET


class PetitionWithdrawalAsked(Strict, frozen=True, kw_only=True):
    """The citizen takes it back."""

    TYPE: ClassVar[str] = "petition.withdrawal_asked"


class PetitionAcceptanceTold(Strict, frozen=True, kw_only=True):
    """The citizen takes the answer, and says how good it was: 1 (bad) to 5 (good)."""

    TYPE: ClassVar[str] = "petition.acceptance_told"
    score: Score


class PetitionDisputeTold(Strict, frozen=True, kw_only=True):
    """The citizen does not take the answer; `reason` is sealed."""

    TYPE: ClassVar[str] = "petition.dispute_told"
    reason: Sealed


class OfficerOfPetition(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """What an officer did about it; `officer` is an account name, not a person's.

    `moves_seen`: how often it had moved when the officer looked; if it has moved since, this is
    rejected.  `for_units`: the units, or whole provinces, that the sender speaks for.
    """

    officer: str
    moves_seen: int | None = None
    for_units: tuple[str, ...] = ()


class PetitionAssignedByOperator(OfficerOfPetition, frozen=True, kw_only=True):
    """Nobody was named, and no rule knew: this unit is to answer."""

    TYPE: ClassVar[str] = "officer.assigned_petition"
    unit: str


class PetitionForwardedByOfficer(OfficerOfPetition, frozen=True, kw_only=True):
    """Another unit is to answer; the citizen reads the reason."""

    TYPE: ClassVar[str] = "officer.forwarded_petition"
    unit: str
    reason: str


class PetitionAnsweredByOfficer(OfficerOfPetition, frozen=True, kw_only=True):
    """The answer, sealed."""

    TYPE: ClassVar[str] = "officer.answered_petition"
    answer: Sealed


class PetitionDismissedByOfficer(OfficerOfPetition, frozen=True, kw_only=True):
    """It is nothing to be answered here; `turn_to` says who can help."""

    TYPE: ClassVar[str] = "officer.dismissed_petition"
    reason: Dismissal
    turn_to: str


# --- notify.events


class PetitionMoved(Data, frozen=True, kw_only=True, omit_defaults=True):
    """What all of these say: which petition it is, of which kind, and with which unit it lies."""

    code: str
    kind: Kind
    unit: str = ""
    catalogue_version: str = ""


class PetitionReceived(PetitionMoved, frozen=True, kw_only=True):
    """It is in; an answer is due by then."""

    TYPE: ClassVar[str] = "petition.received"
    portal: str
    due: Instant
    application: str = ""


class PetitionAssigned(PetitionMoved, frozen=True, kw_only=True):
    """This unit is to answer; `officer` is empty where a rule said so."""

    TYPE: ClassVar[str] = "petition.assigned"
    due: Instant
    officer: str = ""


class PetitionForwarded(PetitionMoved, frozen=True, kw_only=True):
    """Another unit is to answer; it is due when it was."""

    TYPE: ClassVar[str] = "petition.forwarded"
    officer: str
    from_unit: str
    reason: str
    due: Instant


class PetitionAnswered(PetitionMoved, frozen=True, kw_only=True):
    """There is an answer, sealed; without a word of the citizen it is closed at `closes_at`.

    `on_time`: by the day that was promised first.
    """

    TYPE: ClassVar[str] = "petition.answered"
    officer: str
    answer: str
    on_time: bool
    closes_at: Instant


class PetitionAnsweredAgain(PetitionAnswered, frozen=True, kw_only=True):
    """There is an answer to what the citizen said of the first; there will be no third."""

    TYPE: ClassVar[str] = "petition.answered_again"


class PetitionDismissed(PetitionMoved, frozen=True, kw_only=True):
    """It is not answered here."""

    TYPE: ClassVar[str] = "petition.dismissed"
    officer: str
    reason: Dismissal
    turn_to: str


class PetitionDisputed(PetitionMoved, frozen=True, kw_only=True):
    """The citizen does not take the answer: another one is due by then."""

    TYPE: ClassVar[str] = "petition.disputed"
    due: Instant


class PetitionAccepted(PetitionMoved, frozen=True, kw_only=True):
    """The citizen takes the answer: the end."""

    TYPE: ClassVar[str] = "petition.accepted"
    score: int


class PetitionClosed(PetitionMoved, frozen=True, kw_only=True):
    """The citizen said nothing of the answer: the end."""

    TYPE: ClassVar[str] = "petition.closed"


class PetitionWithdrawn(PetitionMoved, frozen=True, kw_only=True):
    """The citizen took it back: the end."""

    TYPE: ClassVar[str] = "petition.withdrawn"


class PetitionDueSoon(PetitionMoved, frozen=True, kw_only=True):
    """A warning: it is not answered, and due soon."""

    TYPE: ClassVar[str] = "petition.due_soon"
    due: Instant


class PetitionOverdue(PetitionMoved, frozen=True, kw_only=True):
    """It was due then, and is not answered."""

    TYPE: ClassVar[str] = "petition.overdue"
    due: Instant


class PetitionApologised(PetitionMoved, frozen=True, kw_only=True):
    """The citizen is given the one new date."""

    TYPE: ClassVar[str] = "petition.apologised"
    reason: Literal["not_answered_in_time"]
    due_before: Instant
    due: Instant


class PetitionRejected(Data, frozen=True, kw_only=True):
    """Nothing changed.  `action` and `possible` are words of the table of moves; `message_id` is
    that of what was asked.  `file` and `register`: its id was that of something else.
    """

    TYPE: ClassVar[str] = "petition.rejected"
    action: str
    reason: str
    message_id: str
    possible: tuple[str, ...] = ()
    catalogue_version: str = ""
