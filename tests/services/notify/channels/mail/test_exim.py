"""A mail that another mail server takes and cannot deliver comes back as a report on our notice."""

import mailbox
from datetime import UTC, datetime

from services.notify.channels.mail.dsn import Told, read_mail
from services.notify.channels.receipts import Receipt
from shared.events.notify import ReceiptArrived
from tests.services.notify.channels.mail.exim import exim, missing
from tests.services.notify.channels.mail.posting import IDS_KEY, channel, findings, message
from tests.waiting import until

AT = datetime(2026, 11, 20, tzinfo=UTC)


@missing
async def test_exim_takes_refuses_and_reports_and_each_is_what_it_is() -> None:
    async with (
        exim() as (port, file),
        channel(port, "?return_path=bounces@dvc.test") as mail,
    ):
        found = await findings(
            mail,
            message(1, "citizen@here.test"),
            message(2, "nobody@here.test"),
            message(3, "gone@here.test", html="<p>Hồ sơ</p>"),
        )

        def arrived() -> list[mailbox.mboxMessage]:
            if not file.exists():
                return []
            box = mailbox.mbox(str(file))
            all_ = list(box)
            box.close()
            return all_ if len(all_) == 2 else []

        mails = await until(arrived)
    assert found == [("handed", ""), ("rejected", "no_such_user"), ("handed", "")]
    [report] = [m for m in mails if m.get_content_type() == "multipart/report"]
    # Exim says 5.0.0, and nothing more exact: the address is not given up for that
    assert read_mail(report.as_bytes(), IDS_KEY, AT) == Told(
        Receipt(
            message(3).key[:36],
            ReceiptArrived(key=message(3).key, delivered=False, code="other"),
        ),
        None,
    )
    assert "Hồ sơ" not in str(report)  # headers came back, the text did not
