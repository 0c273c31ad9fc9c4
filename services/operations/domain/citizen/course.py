"""Where a dossier stands, and what is known of its dates, from what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.reasons import said, why
from services.operations.domain.citizen.sentences import BY_CODE, StateName
from services.operations.domain.citizen.words import Quote, Words
from shared.events import cancelling, handover, intake, routing

TOO_LATE = "too-late-to-withdraw"  # why a withdrawal does not count
Asked = Literal["withdrawal", "taking_back", "correction"]


@dataclass
class Course:
    """`said`, `why`: what an officer wrote about how it stands now, or a rule's reason.

    `due_before`: the date that was told before the one that counts, and why it moved; `asked`: what
    was asked for and nobody has answered, by the message that did; `taken_back`: by which rule.
    """

    state: StateName = "submitted"
    national_code: int = 0  # before it is registered, and of one that never is
    is_accepted: bool = False
    acceptance_due: datetime | None = None
    due: datetime | None = None
    due_before: datetime | None = None
    why_moved: Literal["apologised", "moved"] = "moved"
    said: Quote | None = None
    why: Words | None = None
    tracking: str = ""
    came_back: bool = False
    asked: dict[str, Asked] = field(default_factory=dict)
    taken_back: Words | None = None
    must_go_on: bool = False  # it was too late to take it back
    has_brought: bool = False  # what was asked for
    results: int = 0
    is_cancelled: bool = False
    is_family: bool = False
    is_refused: bool = False
    problems: tuple[Words, ...] = ()
    units: dict[str, str] = field(default_factory=dict)  # by role

    def take(self, decided: Decided) -> None:
        """Take in what was decided next."""
        data = decided.data
        match data:
            case intake.Registered() | intake.InterlinkedRegistered():
                self.national_code = 1
                self.units["receiving"] = data.receiving_unit
            case intake.Refused():
                self.is_refused = True
                self.problems = tuple(Words(p.remedy_vi, p.remedy_en) for p in data.problems)
            case intake.Withdrawn():
                self.taken_back = why(data)
                self.asked[decided.cause] = "taking_back" if self.taken_back else "withdrawal"
            case intake.CorrectionAsked():
                self.asked[decided.cause] = "correction"
            case intake.FollowUpRejected():
                self.asked.pop(data.message_id, None)
                self.must_go_on |= any(p.code == TOO_LATE for p in data.problems)
            case intake.Corrected():
                self.asked.pop(data.message_id, None)
            case routing.Moved():
                self._move(data)

    def _move(self, data: routing.Moved) -> None:
        if data.national_code:
            if data.national_code != self.national_code:
                self.said, self.why, self.has_brought = None, None, False
            self.national_code = data.national_code
        self._keep_said(data)
        self._keep_units(data)
        self._keep_dates(data)
        self.is_cancelled |= isinstance(data, cancelling.Cancelled)
        match data:
            case routing.Resubmitted():
                self.has_brought, self.said, self.why = True, None, None
            case routing.SupplementRequested():
                self.has_brought = False
            case handover.Posted():
                self.tracking, self.came_back = data.tracking, False
            case handover.PostCameBack():
                self.tracking, self.came_back = "", True
            case routing.Processing():
                self.tracking, self.came_back = "", False
            case routing.Settled():
                self.results += 1
            case routing.Closed():
                self.why = self.taken_back

    def _keep_said(self, data: routing.Moved) -> None:
        text, reason = said(data), why(data)
        if text or reason:
            self.said, self.why = text, reason

    def _keep_units(self, data: routing.Moved) -> None:
        match data:
            case routing.Routed() | handover.Transferred() | handover.Readdressed():
                self.units = {
                    "receiving": data.receiving_unit,
                    "competent": data.competent_unit,
                    "returning": data.returning_unit,
                }

    def _keep_dates(self, data: routing.Moved) -> None:
        match data:
            case routing.Routed() | routing.ChoiceNeeded() | routing.Resubmitted():
                self.acceptance_due = data.acceptance_due
            case routing.Accepted():
                self.is_accepted, self.due, self.due_before = True, data.due, None
            case routing.Processing():
                if data.due != self.due:
                    self.due_before = None
                self.due = data.due
            case routing.Apologised():
                self.due_before, self.due, self.why_moved = data.due_before, data.due, "apologised"
            case handover.DueMoved(clock="intake"):
                self.acceptance_due = data.due
            case handover.DueMoved():
                self.due_before, self.due, self.why_moved = data.due_before, data.due, "moved"


def course(decided: Sequence[Decided]) -> Course:
    """Return where a dossier stands; of a parent, `view` says more."""
    found = Course()
    for one in decided:
        found.take(one)
    found.state = _state(found)
    return found


def _state(found: Course) -> StateName:
    if not found.national_code:
        return "refused" if found.is_refused else "submitted"
    if found.national_code == 5 and found.has_brought:
        return "resubmitted"
    if found.national_code == 9 and found.tracking:
        return "in_post"
    return BY_CODE[found.national_code]
