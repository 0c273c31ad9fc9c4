"""From hand to hand: to another unit, to who signs, to the citizen; and a due date counted anew.

What is asked (`routing.inbox`), and what routing decided (`routing.events`), as in `routing`.
"""

from datetime import date
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from shared.events.data import Instant
from shared.events.routing import Moved, OfficerAction

# --- routing.inbox


class OfficerTransferred(OfficerAction, frozen=True, kw_only=True):
    """Another unit is to decide; `note` says why.

    An empty unit stays as it is.  `rule`, `rule_version`: the rule that moves it there, after a
    merger, say; empty where a person decided.
    """

    TYPE: ClassVar[str] = "officer.transferred"
    competent_unit: str
    receiving_unit: str = ""
    returning_unit: str = ""
    rule: str = ""
    rule_version: str = ""
    checked_by: str | UnsetType = UNSET


class OfficerReaddressed(OfficerAction, frozen=True, kw_only=True):
    """Another unit hands the result out, or stands for the one that received it; who decides stays.

    Fields as in a transfer.
    """

    TYPE: ClassVar[str] = "officer.readdressed"
    returning_unit: str
    receiving_unit: str = ""
    rule: str = ""
    rule_version: str = ""


class OfficerAskedSignature(OfficerAction, frozen=True, kw_only=True):
    """The result waits for `signer` (an account name), whose certificate is valid up to that day,
    that day included.
    """

    TYPE: ClassVar[str] = "officer.asked_signature"
    signer: str
    certificate_expires: date


class OfficerDidStep(OfficerAction, frozen=True, kw_only=True):
    """A step of the workflow is done; `step` is its code."""

    TYPE: ClassVar[str] = "officer.did_step"
    step: str


class OfficerPosted(OfficerAction, frozen=True, kw_only=True):
    """The post collected the result."""

    TYPE: ClassVar[str] = "officer.posted"
    tracking: str


class OfficerToldOfCarriage(OfficerAction, frozen=True, kw_only=True):
    """The result is in transit and has come to `place`; `scanned_at`: when the post scanned it
    there (null: it does not say, and no place counts twice).
    """

    TYPE: ClassVar[str] = "officer.told_of_carriage"
    tracking: str
    place: str
    scanned_at: Instant | None = None


class OfficerTookBack(OfficerAction, frozen=True, kw_only=True):
    """The post could not deliver the result and brought it back; `note` says why."""

    TYPE: ClassVar[str] = "officer.took_back"
    tracking: str


class DueRecounted(OfficerAction, frozen=True, kw_only=True):
    """By the calendar of this catalogue it is due then, no more when it was; `note` says why."""

    TYPE: ClassVar[str] = "operator.recounted_due"
    due_before: Instant
    due: Instant
    catalogue_version: str


# --- routing.events


class Transferred(Moved, frozen=True, kw_only=True):
    """Another unit decides; the clock goes on.  `from_unit` decided until now."""

    TYPE: ClassVar[str] = "application.transferred"
    officer: str
    reason: str
    from_unit: str
    receiving_unit: str
    competent_unit: str
    returning_unit: str
    rule: str
    catalogue_version: str
    checked_by: str | UnsetType = UNSET


class Readdressed(Moved, frozen=True, kw_only=True):
    """Another unit received it, or hands the result out; the one that decides is the same."""

    TYPE: ClassVar[str] = "application.readdressed"
    officer: str
    reason: str
    receiving_unit: str
    competent_unit: str
    returning_unit: str
    rule: str
    catalogue_version: str


class SignatureAsked(Moved, frozen=True, kw_only=True):
    """The result is ready but for its signature; the clock runs on."""

    TYPE: ClassVar[str] = "application.signature_asked"
    officer: str
    signer: str
    certificate_expires: date
    due: Instant


class CertificateExpiring(Moved, frozen=True, kw_only=True):
    """A warning: the certificate of who is to sign expires in a few days."""

    TYPE: ClassVar[str] = "application.certificate_expiring"
    competent_unit: str
    signer: str
    certificate_expires: date


class CertificateExpired(Moved, frozen=True, kw_only=True):
    """The signature is still awaited and its certificate has expired: nothing can be signed."""

    TYPE: ClassVar[str] = "application.certificate_expired"
    competent_unit: str
    signer: str
    certificate_expires: date


class Posted(Moved, frozen=True, kw_only=True):
    """The post collected the result."""

    TYPE: ClassVar[str] = "application.posted"
    officer: str
    tracking: str


class PostCarried(Moved, frozen=True, kw_only=True):
    """The result is in transit and has come to `place`."""

    TYPE: ClassVar[str] = "application.in_transit"
    officer: str
    tracking: str
    place: str


class PostCameBack(Moved, frozen=True, kw_only=True):
    """The post could not deliver the result; it waits at the unit that hands it out."""

    TYPE: ClassVar[str] = "application.post_came_back"
    officer: str
    tracking: str
    reason: str


class ReturnLate(Moved, frozen=True, kw_only=True):
    """The result has been there for long and neither handed out nor posted; or, with `tracking`,
    it has been in the post for long.
    """

    TYPE: ClassVar[str] = "application.return_late"
    returning_unit: str
    return_due: Instant
    tracking: str = ""


class DueMoved(Moved, frozen=True, kw_only=True):
    """The calendar changed, and with it when this is due (`statutory`) or to be taken up
    (`intake`).
    """

    TYPE: ClassVar[str] = "application.due_moved"
    officer: str
    clock: Literal["intake", "statutory"]
    due_before: Instant
    due: Instant
    cause: str
    catalogue_version: str


class StepFinished(Moved, frozen=True, kw_only=True):
    """A step of the workflow is done; it is now at `next_step` (empty: that was the last)."""

    TYPE: ClassVar[str] = "application.step_finished"
    officer: str
    step: str
    next_step: str
