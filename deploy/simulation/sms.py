"""The SMS gateway, as notify's effects use it."""

from collections.abc import Sequence
from zlib import crc32

from deploy.simulation.gateway import Gateway
from services.notify.channels import Message
from services.notify.contacts import Notice
from shared.events.notify import Answered

REFUSED = 6  # of so many attempts one


class Unopened:
    """Messages of which only the keys matter; a contact is not opened."""

    async def messages(self, notices: Sequence[Notice]) -> list[Message]:
        """See `Opening`."""
        return [Message(notice.key, "", "", "") for _, notice in notices]

    async def learn(self, said: Sequence[tuple[Message, Answered]]) -> None:
        """Learn nothing."""


class Sms:
    """The gateway as notify's effects use it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """Hand over what it does not refuse for good."""
        keys = [message.key for message in messages]
        taken = [key for key in keys if crc32(key.encode()) % REFUSED]
        found = _answered(taken, await self._gateway.hand(taken))
        refused = [key for key in keys if key not in taken]
        return found + [Answered(key=key, finding="rejected", reason="blocked") for key in refused]

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """Ask."""
        return _answered(keys, await self._gateway.ask(keys))

    async def aclose(self) -> None:
        """End nothing."""


def _answered(keys: Sequence[str], findings: Sequence[str]) -> list[Answered]:
    return [
        Answered(key=key, finding="handed" if finding == "handed" else "absent")
        for key, finding in zip(keys, findings, strict=True)
    ]
