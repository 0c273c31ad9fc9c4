"""The mail server: STARTTLS and AUTH where it is given a certificate and a password.

451 4.7.1    greylisted: the first mail to an address
550 5.1.1    refused: there is no such address
(nothing)    dropped: taken, and the connection is lost before the answer
"""

import asyncio
import ssl
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy.sandbox.inbox.inbox import Inbox, mail_item
from deploy.sandbox.inbox.reports import report

SIZE_LIMIT_BYTES = 16 << 20


class Handler:
    """What is said to whom hands over a mail."""

    def __init__(self, inbox: Inbox, user: str = "", password: str = "") -> None:
        self._inbox, self._login = inbox, LoginPassword(user.encode(), password.encode())

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient or not."""
        inbox = self._inbox
        if inbox.hits("email", "refused", address):
            return "550 5.1.1 No such user"
        if inbox.is_first(address) and inbox.hits("email", "greylisted", address):
            return "451 4.7.1 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        """Take a mail; it may come back later, or its answer be late or lost."""
        raw, inbox = envelope.original_content or b"", self._inbox
        for address in envelope.rcpt_tos:
            item = mail_item(raw, address, inbox.clock())
            if inbox.hits("email", "bounced", item.reference):
                self._bounce(item.reference, report(raw, envelope.mail_from or "", address))
            else:
                inbox.take(item)
            if inbox.hits("email", "dropped", item.reference):
                assert isinstance(server.transport, asyncio.Transport)
                server.transport.abort()
            if inbox.hits("email", "slow", item.reference):
                await asyncio.sleep(inbox.faults.slow_s)
        return "250 2.0.0 OK: queued"

    def _bounce(self, reference: str, back: bytes) -> None:
        """Let a report come later, of some much later, of some twice."""
        inbox = self._inbox
        inbox.lose(reference)
        late_s = inbox.faults.late_s if inbox.hits("email", "late_receipts", reference) else 0.0
        for _ in range(2 if inbox.hits("email", "doubled_receipts", reference) else 1):
            inbox.tell_later("report", back, late_s)

    def knows(self, _: SMTP, __: Session, ___: Envelope, ____: str, told: Any) -> AuthResult:
        """Tell whether somebody may hand over mails."""
        return AuthResult(success=told == self._login)


async def serve(
    inbox: Inbox,
    host: str,
    port: int,
    *,
    context: ssl.SSLContext | None = None,
    user: str = "",
    password: str = "",
) -> asyncio.Server:
    """Start the server."""
    loop = asyncio.get_running_loop()
    handler = Handler(inbox, user, password)
    told: dict[str, Any] = {"tls_context": context, "require_starttls": context is not None}
    if user:
        told |= {"auth_required": True, "authenticator": handler.knows}
        told |= {"auth_require_tls": context is not None}

    def factory() -> SMTP:
        return SMTP(
            handler,
            hostname="inbox.test",
            ident="motcua-sandbox",
            data_size_limit=SIZE_LIMIT_BYTES,
            loop=loop,
            **told,
        )

    return await loop.create_server(factory, host, port)
