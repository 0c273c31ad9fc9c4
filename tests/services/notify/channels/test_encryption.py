"""To this machine things may go in the clear, elsewhere only in a sandbox, by whichever kind."""

from base64 import b64encode

import pytest

from services.notify.channels.encryption import check, is_near
from services.notify.channels.receipts import Receipts
from services.notify.providers import KINDS, House, Row, channels
from shared.clock import system_clock
from shared.errors import Misconfigured
from tests.services.notify.channels.mail.posting import SENDER, Book, nobody
from tests.services.payment.webhooks.memory import Table

CLEAR = {"sms_http": "http", "push_http": "http", "sms_smpp": "smpp"}
ENCRYPTED = {"sms_http": "https", "push_http": "https", "sms_smpp": "smpps", "smtp": "smtp"}
CHANNEL = {"push_http": "app", "smtp": "email"}
SECRETS = {
    "sms_http": {"key": "synthetic"},
    "sms_smpp": {"system_id": "motcua", "password": "syntheti"},
    "push_http": {"keys": ["whsec_" + b64encode(bytes(32)).decode()]},
    "smtp": {},
}


def receipts(_: str) -> Receipts:
    return nobody


async def made(kind: str, url: str, *, clear: bool = False) -> None:
    sender = SENDER if kind == "smtp" else "DVC"
    row = Row(name="one", channel=CHANNEL.get(kind, "sms"), kind=kind, url=url, sender=sender)
    own = (lambda _: Table(), system_clock, bytes(32), receipts, Book().note)
    found = channels([row], {"one": SECRETS[kind]}, House({}, 10.0, *own, clear))
    await found["one"].aclose()


def test_each_kind_has_an_encrypted_way() -> None:
    assert set(ENCRYPTED) == set(KINDS)
    assert {*CLEAR, "smtp"} == set(KINDS)  # with smtp:// the server is asked for STARTTLS


@pytest.mark.parametrize("kind", CLEAR)
async def test_nothing_goes_in_the_clear_to_another_machine(kind: str) -> None:
    with pytest.raises(Misconfigured, match=r"one: .*in the clear"):
        await made(kind, f"{CLEAR[kind]}://partner.test:1234")


@pytest.mark.parametrize("kind", KINDS)
async def test_it_goes_encrypted_anywhere_and_in_the_clear_to_this_machine(kind: str) -> None:
    await made(kind, f"{ENCRYPTED[kind]}://partner.test:1234")
    for host in ("127.0.0.1", "localhost", "[::1]"):
        await made(kind, f"{CLEAR.get(kind, 'smtp')}://{host}:1234")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_sandbox_may_have_it_clear_by_name_as_docker_compose_does(kind: str) -> None:
    await made(kind, f"{CLEAR.get(kind, 'smtp')}://inbox:1234", clear=True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_password_in_a_url_is_refused_and_not_repeated(kind: str) -> None:
    with pytest.raises(Misconfigured, match="secrets file") as raised:
        await made(kind, f"{ENCRYPTED[kind]}://user:synthetic-secret@partner.test")
    assert "synthetic-secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "partner.test", "http://[::1", "ftp://partner.test"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check(url)


def test_other_machines_are_not_near_whatever_they_are_called() -> None:
    for host in (None, "", "localhost.evil.test", "127.0.0.1.evil.test", "128.0.0.1", "inbox"):
        assert not is_near(host)
