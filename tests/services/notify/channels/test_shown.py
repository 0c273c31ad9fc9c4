"""What is shown of a thing, in a traceback or a log, tells neither people nor secrets."""

import ssl
from types import SimpleNamespace
from typing import Any

import pytest

from services.notify.channels import Message
from services.notify.channels.mail import dsn
from services.notify.channels.mail.pool import Server
from services.notify.channels.mail.transaction import Envelope
from services.notify.channels.receipts import AddressBounced
from services.notify.channels.smpp import account, told
from services.notify.providers import House
from tests.services.notify.channels.mail.reported import ADDRESS, ID, KEY, report
from tests.services.notify.edges import AT

NUMBER, PASSWORD = "84912345678", "syntheti"
PLACE = account.read(
    SimpleNamespace(name="smsc", url="smpp://127.0.0.1", sender="DVC"),
    {"system_id": "motcua", "password": PASSWORD},
)
UNUSED: Any = None
REPORTED = dsn.read_mail(report(), b"k" * 32, AT)
RECIPIENT = dsn._Recipient("failed", "5.1.1", f"550 <{ADDRESS}>", (ADDRESS,))


@pytest.mark.parametrize(
    "thing",
    [
        Message(KEY, ADDRESS, "", ADDRESS),
        Envelope(ADDRESS, "b@dvc.test", ID, ADDRESS.encode()),
        dsn.Bounce(ID, ADDRESS, "failed", "5.1.1", f"smtp; 550 <{ADDRESS}>"),
        RECIPIENT,
        REPORTED,
        AddressBounced(ADDRESS, KEY, "hard", "no_such_user", AT),
        told.Told("1", "delivered", "000", NUMBER, None),
        Server("h", 25, "none", "n", "u", PASSWORD, ssl.create_default_context()),
        account.Account("motcua", PASSWORD),
        PLACE,
        House({}, 1.0, UNUSED, UNUSED, PASSWORD.encode(), UNUSED, UNUSED),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_nothing_shows_a_person_or_a_secret(thing: object) -> None:
    shown = f"{thing!r} {thing}"
    for hidden in (ADDRESS, ID, NUMBER, PASSWORD):
        assert hidden not in shown
