"""What officers do (`routing.inbox`), and what routing decided (`routing.events`).

Every decided event carries `national_code`, 1 to 10, as it stands afterwards (0 if an action was
rejected as no dossier is known yet).  `officer` is empty when a rule or the applicant acted;
`checked_by` is who agreed, where an operator asked for what takes two.
"""

from datetime import date
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from shared.events.data import Amount, Data, FeeFacts, Instant, NationalCode, Strict

ReturnForm = Literal["", "electronic", "counter", "post"]  # empty: not said

# --- routing.inbox


class OfficerAction(Strict, frozen=True, kw_only=True):
    """What an officer did, and why; `officer` is an account name, not a person's.

    `moves_seen`: how often the dossier had moved in the version that the officer acted on; if it
    has moved since, the action is rejected (null: it counts whatever came between).  `for_units`:
    the units, or whole provinces, that the sender speaks for (none: it is not limited to any).
    """

    officer: str
    note: str = ""
    moves_seen: int | None = None
    for_units: tuple[str, ...] = ()


class UnitChosen(OfficerAction, frozen=True, kw_only=True):
    """An officer chose the competent unit where the rules could not; where an operator carries out
    what they now can, `rule` and its version, and who receives it and hands it out by then.
    """

    TYPE: ClassVar[str] = "officer.chose_unit"
    competent_unit: str
    rule: str = ""
    rule_version: str = ""
    receiving_unit: str = ""
    returning_unit: str = ""
    checked_by: str | UnsetType = UNSET


class OfficerAccepted(OfficerAction, frozen=True, kw_only=True):
    """Received: the statutory clock starts."""

    TYPE: ClassVar[str] = "officer.accepted"


class OfficerRefused(OfficerAction, frozen=True, kw_only=True):
    """Not accepted; `note` is the reason the citizen reads."""

    TYPE: ClassVar[str] = "officer.refused"


class OfficerStarted(OfficerAction, frozen=True, kw_only=True):
    """The competent authority took it up."""

    TYPE: ClassVar[str] = "officer.started"


class OfficerAskedSupplement(OfficerAction, frozen=True, kw_only=True):
    """Something is missing; `note` says what."""

    TYPE: ClassVar[str] = "officer.asked_supplement"


class OfficerDemandedPayment(OfficerAction, frozen=True, kw_only=True):
    """A financial obligation came up in processing (a tax notice, say)."""

    TYPE: ClassVar[str] = "officer.demanded_payment"
    amount_vnd: Amount


class OfficerSuspended(OfficerAction, frozen=True, kw_only=True):
    """Processing stopped; `note` says why."""

    TYPE: ClassVar[str] = "officer.suspended"


class OfficerResumed(OfficerAction, frozen=True, kw_only=True):
    """Processing goes on after a stop."""

    TYPE: ClassVar[str] = "officer.resumed"


class OfficerSettled(OfficerAction, frozen=True, kw_only=True):
    """The result is ready and signed."""

    TYPE: ClassVar[str] = "officer.settled"


class OfficerReopened(OfficerAction, frozen=True, kw_only=True):
    """The signer rejected the result; back to processing."""

    TYPE: ClassVar[str] = "officer.reopened"


class OfficerApologised(OfficerAction, frozen=True, kw_only=True):
    """It is late, or will be: the citizen gets an apology (`note` is the reason) and a new date."""

    TYPE: ClassVar[str] = "officer.apologised"
    new_due: date
    checked_by: str | UnsetType = UNSET


class OfficerReturned(OfficerAction, frozen=True, kw_only=True):
    """The citizen has the result; `tracking` names the parcel, should it have come by post."""

    TYPE: ClassVar[str] = "officer.returned"
    form: ReturnForm = ""
    tracking: str = ""


# --- routing.events


class Moved(Data, frozen=True, kw_only=True):
    """The state after this event, in the national code; by which catalogue (empty: from before)."""

    national_code: NationalCode
    catalogue_version: str = ""


class Routed(Moved, frozen=True, kw_only=True):
    """Which unit received it, which decides, which hands the result out, and why.

    `channel`, `copies`, `fee_facts` are as registered; `portal`: whose it is (empty: from before).
    """

    TYPE: ClassVar[str] = "application.routed"
    dossier_code: str
    procedure: str
    channel: str
    copies: int
    receiving_unit: str
    competent_unit: str
    returning_unit: str
    rule: str
    rule_version: str
    catalogue_version: str
    facts: dict[str, str]
    acceptance_due: Instant
    portal: str = ""
    fee_facts: FeeFacts | UnsetType = UNSET


class ChoiceNeeded(Moved, frozen=True, kw_only=True):
    """The rules lead to more than one unit, or to none: a person chooses.

    `acceptance_due` is when it is to be taken up (null in an event from before it was told),
    `reason_vi` why, in Vietnamese.
    """

    TYPE: ClassVar[str] = "routing.choice_needed"
    candidates: tuple[str, ...]
    reason: str
    acceptance_due: Instant | None = None
    reason_vi: str = ""


class Accepted(Moved, frozen=True, kw_only=True):
    """Received; the clock runs to `due`.  Named is who decides, if not who received it."""

    TYPE: ClassVar[str] = "application.accepted"
    officer: str
    due: Instant
    competent_unit: str | UnsetType = UNSET


class NotAccepted(Moved, frozen=True, kw_only=True):
    """Refused by the receiving officer; or by a rule, whose reason is here in both languages."""

    TYPE: ClassVar[str] = "application.not_accepted"
    officer: str
    reason: str
    reason_vi: str | UnsetType = UNSET
    reason_en: str | UnsetType = UNSET


class Processing(Moved, frozen=True, kw_only=True):
    """With the competent authority; `due` may have moved by a pause."""

    TYPE: ClassVar[str] = "application.processing"
    officer: str
    due: Instant


class SupplementRequested(Moved, frozen=True, kw_only=True):
    """The citizen is asked for something; the clock pauses."""

    TYPE: ClassVar[str] = "application.supplement_requested"
    officer: str
    content: str


class CorrectionAllowed(Moved, frozen=True, kw_only=True):
    """No unit has accepted it yet: what the applicant corrects counts."""

    TYPE: ClassVar[str] = "application.correction_allowed"


class Resubmitted(Moved, frozen=True, kw_only=True):
    """The supplement came before the dossier was accepted: an officer looks again, by then."""

    TYPE: ClassVar[str] = "application.resubmitted"
    acceptance_due: Instant


class AcceptanceLate(Moved, frozen=True, kw_only=True):
    """Nobody took it up in time; it can still be accepted."""

    TYPE: ClassVar[str] = "application.acceptance_late"
    receiving_unit: str
    acceptance_due: Instant


class DueSoon(Moved, frozen=True, kw_only=True):
    """A warning: the statutory time is nearly over and the result is not there."""

    TYPE: ClassVar[str] = "application.due_soon"
    competent_unit: str
    due: Instant


class Overdue(Moved, frozen=True, kw_only=True):
    """The statutory time is over and the result is not there; an apology is owed."""

    TYPE: ClassVar[str] = "application.overdue"
    competent_unit: str
    due: Instant


class Apologised(Moved, frozen=True, kw_only=True):
    """The citizen gets an apology, and one new date instead of `due_before`."""

    TYPE: ClassVar[str] = "application.apologised"
    officer: str
    reason: str
    due_before: Instant
    due: Instant
    checked_by: str | UnsetType = UNSET


class PaymentDue(Moved, frozen=True, kw_only=True):
    """A financial obligation is due before processing goes on; the clock pauses."""

    TYPE: ClassVar[str] = "application.payment_due"
    officer: str
    amount_vnd: Amount


class Suspended(Moved, frozen=True, kw_only=True):
    """Stopped; the clock pauses."""

    TYPE: ClassVar[str] = "application.suspended"
    officer: str
    reason: str


class Settled(Moved, frozen=True, kw_only=True):
    """The result is ready; who hands it out (empty in an event from before it was told)."""

    TYPE: ClassVar[str] = "application.settled"
    officer: str
    on_time: bool
    returning_unit: str = ""


class Returned(Moved, frozen=True, kw_only=True):
    """The citizen has the result; the end."""

    TYPE: ClassVar[str] = "application.returned"
    officer: str
    form: str = ""
    tracking: str = ""


class Closed(Moved, frozen=True, kw_only=True):
    """Withdrawn by the citizen; the end."""

    TYPE: ClassVar[str] = "application.closed"
    reason: str


class ActionRejected(Moved, frozen=True, kw_only=True):
    """What an officer or an applicant asked is not possible now; nothing moved.  `reason` says what
    to do instead (`reason_vi`: in Vietnamese), `possible` what an officer may do now.  The
    envelope's `causationid` is the id of the message that asked.
    """

    TYPE: ClassVar[str] = "routing.action_rejected"
    action: str
    reason: str
    possible: tuple[str, ...] = ()
    reason_vi: str = ""
