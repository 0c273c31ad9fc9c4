"""Mails of ours, the channel that sends them, and what came of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from services.notify.channels import Message
from services.notify.channels.email_smtp import EmailSmtp, connect
from services.notify.channels.receipts import AddressBounced
from shared.errors import Unknown
from tests.services.payment.webhooks.memory import Table

APPLICATION = "0198c0de-0000-7000-8000-{n:012}"
SENDER = "Cổng Dịch vụ công <khong-tra-loi@dvc.test>"
IDS_KEY = b"k" * 32


def message(n: int = 1, to: str = "a@mail.test", **changed: Any) -> Message:
    key = f"{APPLICATION.format(n=n)}/accepted/email/1"
    text = "Hồ sơ đã được tiếp nhận.\n.\n..\nBye"
    return Message(key=key, to=to, sender=SENDER, text=text, subject="Hồ sơ")._replace(**changed)


class Book:
    """Addresses that bounced."""

    def __init__(self) -> None:
        self.bounced: list[AddressBounced] = []
        self.is_down = False

    async def note(self, bounced: Any) -> None:
        if self.is_down:
            raise Unknown("down")
        self.bounced += bounced


async def nobody(_: Any) -> None:
    pytest.fail("mail servers push no receipts")


@asynccontextmanager
async def channel(
    port: int,
    query: str = "",
    book: Book | None = None,
    limit_s: float = 30.0,
    table: Table | None = None,
    **secret: Any,
) -> AsyncIterator[EmailSmtp]:
    row = SimpleNamespace(name="mail", url=f"smtp://127.0.0.1:{port}{query}", sender=SENDER)
    bounced = (book or Book()).note
    made = connect(
        row,
        secret,
        nobody,
        table=table or Table(),
        ids_key=IDS_KEY,
        bounced=bounced,
        limit_s=limit_s,
    )
    try:
        yield made
    finally:
        await made.aclose()


async def findings(of: EmailSmtp, *messages: Message) -> list[tuple[str, str]]:
    answers = await of.send(messages)
    assert [a.key for a in answers] == [m.key for m in messages]
    return [(a.finding, a.reason) for a in answers]
