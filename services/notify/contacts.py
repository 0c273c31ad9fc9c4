"""The one place where a contact is opened, just before its notice is sent; nothing of it is kept.

Whatever keeps a notice from going out has a name: `REASONS` says which there are.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from services.notify.channels import Message
from services.notify.domain.templates import NoWords, Templates, ours
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.intake import Contact
from shared.events.notify import Answered, NoticeRequested
from shared.jwe import NotOpened
from shared.vault import Sealed, Vault

REASONS: Mapping[str, str] = {
    "contact_erased": "the application's key was destroyed: nobody may be told any more",
    "contact_unreadable": "what was sealed is no contact of this application",
    "no_phone": "the citizen left no phone number",
    "template_unknown": "it was decided with a template that this deployment does not have",
    "variable_missing": "the template wants what its milestone does not know",
    "not_a_mobile": "no Vietnamese mobile number: no SMS reaches it",
}
MOBILE = re.compile(r"(\+84|0)[35789][0-9]{8}")

Notice = tuple[str, NoticeRequested]  # an application, and what is to be handed over for it


class Opening(Protocol):
    """What makes messages of notices; where that leads nowhere, it says why."""

    async def messages(self, notices: Sequence[Notice]) -> Sequence[Message | Answered]:
        """Return one for each, in order.  Raises `NotCalled`."""


class Contacts:
    """Opens contacts with the vault."""

    def __init__(self, vault: Vault, templates: Templates | None = None) -> None:
        self._vault, self._templates = vault, templates or ours()

    async def messages(self, notices: Sequence[Notice]) -> list[Message | Answered]:
        """See `Opening`."""
        sealed = [Sealed(application, n.contact) for application, n in notices]
        try:
            opened = await self._opened(sealed)
        except Unknown as doubt:
            raise NotCalled("contacts cannot be opened now") from doubt
        return [self._message(n, text) for (_, n), text in zip(notices, opened, strict=True)]

    def _message(self, notice: NoticeRequested, opened: bytes | None) -> Message | Answered:
        to, reason = _address(opened)
        if reason:
            return Answered(key=notice.key, finding="rejected", reason=reason)
        try:
            words = self._templates.render(notice.template, notice.params)
        except NoWords as none:
            return Answered(key=notice.key, finding="rejected", reason=none.reason)
        return Message(notice.key, to, "", words.text, words.subject)

    async def _opened(self, sealed: Sequence[Sealed]) -> list[bytes | None]:
        try:
            return await self._vault.open(sealed, who="notify", purpose="notice")
        except NotOpened:
            if len(sealed) == 1:
                return [b""]
            return [text for one in sealed for text in await self._opened([one])]


def _address(opened: bytes | None) -> tuple[str, str]:
    """Return where a message goes, or why it cannot."""
    if opened is None:
        return "", "contact_erased"
    try:
        contact = msgspec.json.decode(opened, type=Contact)
    except msgspec.DecodeError:
        return "", "contact_unreadable"
    if not contact.phone:
        return "", "no_phone"
    return (contact.phone, "") if MOBILE.fullmatch(contact.phone) else ("", "not_a_mobile")
