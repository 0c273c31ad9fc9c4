"""The SMS gateway, as notify's effects use it."""

from collections.abc import Sequence

from deploy.simulation.gateway import Gateway
from services.notify.channels import Message
from services.notify.contacts import Notice
from shared.events.notify import Answered


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
        """Hand over."""
        keys = [message.key for message in messages]
        return _answered(keys, await self._gateway.hand(keys))

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
