"""The one place where a contact is opened, just before its notice is sent or an official form is
drawn; nothing of it is kept.

Whatever keeps a notice from going out has a name: `REASONS` says which there are.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from services.notify.addresses import SUPPRESSED_FOR, Addresses, channel_of
from services.notify.channels import Message
from services.notify.domain.milestones import milestone_of
from services.notify.domain.templates import NoWords, Templates, ours
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.intake import Contact, Reached
from shared.events.notify import Answered, NoticeRequested
from shared.jwe import NotOpened
from shared.reached import is_mobile
from shared.vault import Sealed, Vault

REASONS: Mapping[str, str] = {
    "contact_erased": "the application's key was destroyed: nobody may be told any more",
    "contact_unreadable": "what was sealed is no contact of this application",
    "no_phone": "the person left no phone number",
    "no_email": "the person left no e-mail address",
    "no_unit_address": "the file of units has no address of this one any more",
    "no_representative": "nobody is known to act for the citizen any more",
    "template_unknown": "it was decided with a template that this deployment does not have",
    "variable_missing": "the template wants what its milestone does not know",
    "capped": "the address was told enough for today: it waits until tomorrow",
    **dict.fromkeys(SUPPRESSED_FOR, "a provider said so of the address not long ago"),
    "not_a_mobile": "no Vietnamese mobile number: no message reaches it",
}
DEADLINE = "expires_at"  # after it a notice is of no use
_BETWEEN = {"sms": " "}  # what stands between milestones told in one message

Notice = tuple[str, NoticeRequested]  # an application, and what is to be handed over for it
# has the words of milestones ready, those of broadcasts; raises `Unknown`
Learn = Callable[[Iterable[str]], Awaitable[None]]


class Opening(Protocol):
    """What makes messages of notices; where that leads nowhere, it says why."""

    async def learn(self, said: Sequence[tuple[Message, Answered]]) -> None:
        """Take in what was not handed over."""

    async def messages(self, notices: Sequence[Notice]) -> Sequence[Message | Answered]:
        """Return one for each, in order.  Raises `NotCalled`."""


class Contacts:
    """Opens contacts with the vault."""

    def __init__(
        self,
        vault: Vault,
        templates: Templates | None = None,
        addresses: Addresses | None = None,
        units: Mapping[str, str] | None = None,
        learn_words: Learn | None = None,
    ) -> None:
        self._vault, self._templates = vault, templates or ours()
        self._addresses, self._units = addresses, units or {}
        self._learn_words = learn_words

    async def messages(self, notices: Sequence[Notice]) -> list[Message | Answered]:
        """See `Opening`."""
        sealed = [Sealed(application, n.contact) for application, n in notices if not n.unit]
        try:
            opened = iter(await self._opened(sealed) if sealed else ())
            if self._learn_words:
                await self._learn_words(_milestones(notices))
        except Unknown as doubt:
            raise NotCalled("contacts cannot be opened now") from doubt
        found = [self._message(n, b"" if n.unit else next(opened)) for _, n in notices]
        of_units = {n.key for _, n in notices if n.unit}  # they are told as much as there is
        return await self._allowed(found, of_units) if self._addresses else found

    async def applicants(self, contacts: Sequence[Sealed]) -> list[str]:
        """Return the names of applicants, for official forms; empty where none can be had.

        Raises `Unknown`.
        """
        known = [one for one in contacts if one.value]
        opened = iter(await self._opened(known, "official form") if known else ())
        return [_name(next(opened)) if one.value else "" for one in contacts]

    async def learn(self, said: Sequence[tuple[Message, Answered]]) -> None:
        """See `Opening`.  What is not kept now is learned from the next rejection."""
        if not self._addresses:
            return
        with suppress(Unknown):
            for message, answer in said:
                if answer.finding == "rejected" and answer.reason in SUPPRESSED_FOR:
                    channel = channel_of(message.key)
                    await self._addresses.suppress(message.to, answer.reason, channel=channel)
            await self._addresses.give_back([m for m, _ in said if not m.urgent])

    async def _allowed(
        self, found: list[Message | Answered], of_units: Collection[str]
    ) -> list[Message | Answered]:
        """Return the same without what may not go out now; what is urgent is not asked after."""
        assert self._addresses is not None
        usual = [one for one in found if isinstance(one, Message) and not one.urgent]
        try:
            refused = await self._addresses.refused(usual, of_units)
        except Unknown as doubt:
            raise NotCalled("nobody says now whom nothing may be sent to") from doubt
        return [
            Answered(key=one.key, finding="rejected", reason=refused[one.key])
            if one.key in refused
            else one
            for one in found
        ]

    def _message(self, notice: NoticeRequested, opened: bytes | None) -> Message | Answered:
        channel, _, audience = notice.channel.partition("@")
        if notice.unit:
            to = self._units.get(notice.unit, "")
            reason = "" if to else "no_unit_address"
        else:
            to, reason = _address(opened, channel, audience)
        if reason:
            return Answered(key=notice.key, finding="rejected", reason=reason)
        try:
            words = self._templates.render(notice.template, notice.params)
            also = [self._templates.render(j.template, j.params).text for j in notice.joined]
        except NoWords as none:
            # who started before it does not have the words yet: another attempt may find them
            may_come = none.reason == "template_unknown"
            finding: Literal["deferred", "rejected"] = "deferred" if may_come else "rejected"
            return Answered(key=notice.key, finding=finding, reason=none.reason)
        text = _BETWEEN.get(channel, "\n\n").join((words.text, *also))
        is_urgent, until = milestone_of(notice.milestone).urgent, _until(notice)
        return Message(notice.key, to, "", text, words.subject, urgent=is_urgent, until=until)

    async def _opened(
        self, sealed: Sequence[Sealed], purpose: str = "notice"
    ) -> list[bytes | None]:
        try:
            return await self._vault.open(sealed, who="notify", purpose=purpose)
        except NotOpened:
            if len(sealed) == 1:
                return [b""]
            return [text for one in sealed for text in await self._opened([one], purpose)]


def _name(opened: bytes | None) -> str:
    try:
        return msgspec.json.decode(opened or b"{}", type=Contact).name
    except msgspec.DecodeError:
        return ""


def _milestones(notices: Sequence[Notice]) -> set[str]:
    led = {also.milestone for _, notice in notices for also in notice.joined}
    return led | {notice.milestone for _, notice in notices}


def _until(notice: NoticeRequested) -> datetime | None:
    """Return when its deadline is, if it tells of one."""
    deadline = notice.params.get(DEADLINE)
    return datetime.fromisoformat(deadline) if deadline else None


def _address(opened: bytes | None, channel: str, audience: str) -> tuple[str, str]:
    """Return where a message goes, or why it cannot."""
    if opened is None:
        return "", "contact_erased"
    try:
        contact = msgspec.json.decode(opened, type=Contact)
    except msgspec.DecodeError:
        return "", "contact_unreadable"
    person: Reached = contact
    if audience:
        if not contact.representative:
            return "", "no_representative"
        person = contact.representative
    if channel == "email":
        return (person.email, "") if person.email else ("", "no_email")
    if not person.phone:
        return "", "no_phone"
    return (person.phone, "") if is_mobile(person.phone) else ("", "not_a_mobile")
