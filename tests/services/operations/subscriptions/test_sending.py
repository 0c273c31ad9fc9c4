"""Forms reach a mailbox as files, and a webhook signed."""

import json
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest

from services.operations.delivery import client
from services.operations.domain.statistics import Period
from services.operations.domain.subscriptions import Subscription
from services.operations.form_files import as_csv
from services.operations.subscriptions.sending import Sending
from tests.services.notify.channels.mail.servers import Office, aiosmtpd
from tests.services.operations.alarms.test_sending import Receiver, answering
from tests.services.operations.subscriptions.office import MAIL, form_of

AT = datetime(2026, 12, 1, 0, tzinfo=UTC)
TOLD = Subscription(
    id="20261120-1", unit="01", view="receiving", every="monthly", kind="csv", target="office",
    by="o-1", at=AT,
)  # fmt: skip
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


async def send(target: Any) -> str:
    form = await form_of("01", NOVEMBER, "receiving")
    async with client() as http:
        return await Sending(http).send(target, TOLD, form, as_csv(form), AT)


@pytest.mark.parametrize(("language", "says"), [("vi", "Tiếp nhận 0 ="), ("en", "Received 0 =")])
async def test_a_mail_has_the_form_as_a_file_and_its_sum_as_text(language: Any, says: str) -> None:
    office = Office()
    async with aiosmtpd(office) as port:
        target = msgspec.structs.replace(MAIL, server=f"smtp://127.0.0.1:{port}", language=language)
        assert await send(target) == ""
        assert await send(target) == ""
    one, again = (
        message_from_bytes(bytes(each.content), policy=policy.default) for each in office.taken
    )
    assert isinstance(one, EmailMessage)
    assert one["Message-ID"] == again["Message-ID"] == "<20261120-1.2026-11-30@example.invalid>"
    assert "Thành phố Hà Nội, 01/11/2026 – 30/11/2026" in one["Subject"]
    body = one.get_body()
    assert body
    assert says in body.get_content()
    [file] = one.iter_attachments()
    assert file.get_filename() == "thong-ke-01-2026-11-01-2026-11-30-receiving.csv"
    assert "Phường Ba Đình" in file.get_content()


async def test_a_webhook_has_the_total_and_the_file() -> None:
    receiver = Receiver()
    async with answering(receiver) as target:
        assert await send(target) == ""
    [(headers, body)] = receiver.taken
    said = json.loads(body)
    assert headers["webhook-id"] == "20261120-1_2026-11-30"
    assert (said["type"], said["data"]["total"]["received"]) == ("statistics.form", 0)
    assert said["data"]["file"]["media_type"] == "text/csv"


async def test_what_goes_wrong_is_said_and_ends_nothing() -> None:
    assert "Connect" in await send(msgspec.structs.replace(MAIL, server="smtp://127.0.0.1:1"))
    async with answering(Receiver(500)) as target:
        assert await send(target) == "it answered 500"
