"""What an operator ends (`routing.inbox`), and that routing did (`routing.events`)."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from shared.events.data import Amount
from shared.events.routing import Moved, OfficerAction

# --- routing.inbox


class OperatorCancelled(OfficerAction, frozen=True, kw_only=True):
    """It cannot be gone on with: it ends, and what was paid goes back.  `note` is the reason that
    the citizen reads, `checked_by` who agreed to it, and that so much goes back (`agreed_vnd`);
    `principal` is the human behind `officer`, `checked_principal` behind `checked_by`
    (`shared.principals`), if known.
    """

    TYPE: ClassVar[str] = "operator.cancelled"
    checked_by: str = ""
    agreed_vnd: Amount | UnsetType = UNSET
    principal: str | UnsetType = UNSET
    checked_principal: str | UnsetType = UNSET


# --- routing.events


class Cancelled(Moved, frozen=True, kw_only=True):
    """The authority cannot go on with it, accepted or not; the end.  Who agreed to it, and to how
    much going back, as the command says.
    """

    TYPE: ClassVar[str] = "application.cancelled"
    officer: str
    reason: str
    checked_by: str = ""
    agreed_vnd: Amount | UnsetType = UNSET
    principal: str | UnsetType = UNSET
    checked_principal: str | UnsetType = UNSET
