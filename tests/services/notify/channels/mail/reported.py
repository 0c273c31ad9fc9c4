"""Reports as mail servers write them, of one mail of ours; synthetic persons and addresses.

`reports/exim.eml` was recorded from Exim 4.96 by `test_exim`.
"""

from pathlib import Path

from services.notify.channels.mail.ids import mail_id

SECRET = b"k" * 32
ADDRESS = "gone@here.test"
APPLICATION = "0198c0de-0000-7000-8000-000000000003"
KEY = f"{APPLICATION}/accepted/email/1"
ID = mail_id(SECRET, KEY, ADDRESS)
EXIM = (Path(__file__).parent / "reports" / "exim.eml").read_bytes()


def report(
    action: str = "failed",
    status: str = "5.1.1",
    recipient: str = f"rfc822; {ADDRESS}",
    diagnostic: str = "smtp; 550 5.1.1 <gone@here.test>: Recipient address rejected",
    id_: str = ID,
    to: str = ADDRESS,
    envelope: str = "",
    returned: str = "message/rfc822",
) -> bytes:
    """Return a report in the form in which Postfix writes one."""
    original = f"Original-Envelope-Id: {envelope}\n" if envelope else ""
    text = f"""\
From: MAILER-DAEMON@mail.test (Mail Delivery System)
To: bounces@dvc.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="A/mail.test"

--A/mail.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.test.

--A/mail.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.test
{original}X-Postfix-Queue-ID: 4F2
Arrival-Date: Fri, 20 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--A/mail.test
Content-Description: Undelivered Message
Content-Type: {returned}

From: khong-tra-loi@dvc.test
To: {to}
Subject: x
Message-ID: <{id_}@dvc.test>

--A/mail.test--
"""
    return text.replace("\n", "\r\n").encode()
