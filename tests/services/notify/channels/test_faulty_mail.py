"""Through a mail server on which everything goes wrong, nobody hears the same twice."""

import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from deploy.sandbox.inbox import mail
from deploy.sandbox.inbox.faults import Faults
from deploy.sandbox.inbox.inbox import Inbox
from services.notify.channels import Message
from services.notify.channels.mail.dsn import Told, read_mail
from tests.services.notify.channels.mail.posting import IDS_KEY, channel, message

NOTICES = 60
ATTEMPTS = 4
AT = datetime(2026, 11, 20, tzinfo=UTC)


def attempt(n: int, number: int) -> Message:
    first = message(n, f"citizen-{n}@mail.test")
    return first._replace(key=f"{first.key[:-1]}{number}")


def notice(key: str) -> str:
    return key.rpartition("/")[0]


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_notice_is_shown_once_or_its_end_says_why_not(seed: int) -> None:
    faults = Faults(
        seed=seed,
        greylisted=0.2,
        refused=0.1,
        dropped=0.1,
        slow=0.05,
        slow_s=5.0,
        bounced=0.1,
        receipt_delay_s=0.0,
    )
    devices, ends = Inbox(faults, time.monotonic), dict[str, str]()
    server = await mail.serve(devices, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    live = dict.fromkeys(range(1, NOTICES + 1), 1)
    async with server, channel(port, "?connections=8", limit_s=4.0) as smtp:
        while live:
            sent = [attempt(n, number) for n, number in live.items()]
            # as the lanes do it: only what definitely failed for now gets another attempt
            for (n, number), answer in zip(list(live.items()), await smtp.send(sent), strict=True):
                if answer.finding == "absent" and number < ATTEMPTS:
                    live[n] = number + 1
                else:
                    del live[n]
                    ends[notice(answer.key)] = answer.finding
    back: list[bytes] = []

    async def tell(kind: str, content: bytes) -> bool:
        back.append(content)
        return kind == "report"

    await devices.tell(tell)
    reports = [read_mail(raw, IDS_KEY, AT) for raw in back]
    bounced = {notice(r.receipt.data.key) for r in reports if isinstance(r, Told)}
    assert len(bounced) == len(reports)

    shown = Counter(notice(item.reference) for item in devices.shown)
    assert max(shown.values()) == 1
    for name, end in ends.items():
        if end == "handed":
            assert (shown[name] == 1) != (name in bounced)
        if end in ("rejected", "absent"):
            assert name not in {*shown, *bounced}
    assert {"handed", "rejected", "unknown"} <= set(ends.values())
    assert len(ends) == NOTICES
