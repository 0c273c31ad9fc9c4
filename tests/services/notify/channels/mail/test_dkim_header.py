"""What we sign, the library's own verifier finds genuine, and nothing that was changed."""

from base64 import b64encode
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization as as_
from cryptography.hazmat.primitives.asymmetric import rsa

from services.notify.channels import Message
from services.notify.channels.mail import dkim_header
from services.notify.channels.mail.letter import HEADERS, House, compose

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
TOLD = {
    "domain": "dvc.test",
    "selector": "s1",
    "private_key": KEY.private_bytes(
        as_.Encoding.PEM, as_.PrivateFormat.PKCS8, as_.NoEncryption()
    ).decode(),
}


def in_dns(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"s1._domainkey.dvc.test."
    public = KEY.public_key().public_bytes(as_.Encoding.DER, as_.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + b64encode(public)


def signed() -> bytes:
    message = Message(
        key="0198c0de-0000-7000-8000-000000000001/accepted/email/1",
        to="a@mail.test",
        sender="Cổng Dịch vụ công <khong-tra-loi@dvc.test>",
        text="Hồ sơ đã được tiếp nhận. " * 20,
        subject="Hồ sơ đã được tiếp nhận " * 5,
        html="<p>Hồ sơ</p>",
    )
    house = House("dvc.test", "https://dvc.test/x", dkim_header.dkim(TOLD))
    return compose(message, "id", datetime(2026, 11, 20, tzinfo=UTC), house)


def is_genuine(mail: bytes) -> bool:
    return bool(dkim.verify(mail, dnsfunc=in_dns))


def test_a_signed_mail_is_genuine_and_a_changed_one_is_not() -> None:
    mail = signed()
    assert is_genuine(mail)
    assert not is_genuine(mail.replace(b"a@mail.test", b"b@mail.test"))
    assert not is_genuine(mail.replace(b"\r\n\r\n", b"\r\n\r\nx", 2))


@pytest.mark.parametrize("name", [*HEADERS, "Reply-To", "Cc", "Sender"])
def test_no_header_can_be_put_before_a_signed_mail(name: str) -> None:
    assert not is_genuine(f"{name}: x@evil.test\r\n".encode() + signed())


def test_what_servers_on_the_way_put_before_it_spoils_nothing() -> None:
    assert is_genuine(b"Received: from a.test by b.test\r\nReturn-Path: <x@y.test>\r\n" + signed())


def test_without_a_key_nobody_signs_and_a_wrong_one_is_said_at_the_start() -> None:
    assert dkim_header.dkim(None) is None
    with pytest.raises(ValueError, match="PEM"):
        dkim_header.dkim(TOLD | {"private_key": "no key"})
