"""A report that a mail came back (RFC 3464), as mail servers write one."""

from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.parser import BytesHeaderParser


def report(raw: bytes, sender: str, recipient: str, envelope_id: str = "") -> bytes:
    """Return the report on a mail to an address that does not exist; its headers come back."""
    out = MIMEMultipart("report", report_type="delivery-status")
    out["From"] = "Mail Delivery System <mailer-daemon@mail.test>"
    out["To"] = sender
    out["Subject"] = "Undelivered Mail Returned to Sender"
    out["Auto-Submitted"] = "auto-replied"
    out.attach(_part("text/plain", "The mail system could not deliver your mail.\n"))
    status = Message()
    status["Content-Type"] = "message/delivery-status"
    about = {"Reporting-MTA": "dns; mail.test"}
    if envelope_id:
        about["Original-Envelope-Id"] = envelope_id
    final = {
        "Final-Recipient": f"rfc822; {recipient}",
        "Action": "failed",
        "Status": "5.1.1",
        "Diagnostic-Code": "smtp; 550 5.1.1 No such user",
    }
    status.set_payload([_block(about), _block(final)])
    out.attach(status)
    headers = BytesHeaderParser().parsebytes(raw)
    kept = "".join(f"{name}: {headers[name]}\n" for name in ("From", "To", "Date", "Message-ID"))
    out.attach(_part("text/rfc822-headers", kept))
    return out.as_bytes()


def _part(media_type: str, text: str) -> Message:
    part = Message()
    part["Content-Type"] = media_type
    part.set_payload(text)
    return part


def _block(fields: dict[str, str]) -> Message:
    block = Message()
    for name, value in fields.items():
        block[name] = value
    return block
