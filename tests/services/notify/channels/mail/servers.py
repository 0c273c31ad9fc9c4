"""Two mail servers on loopback: aiosmtpd, with TLS and AUTH, and one that says what it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "motcua", "synthetic-password"
DROP, SILENCE = "(drop)", "(silence)"
STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return a server's context, and the certificate it is trusted by, both made on the spot."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(pem + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, pem.decode()


class Office:
    """aiosmtpd's handler: keeps what it takes, counts connections."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.connections = self.encrypted = 0
        self.hosts: set[str] = set()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, told: list[str]
    ) -> list[str]:
        self.connections += session.host_name is None
        self.encrypted += session.ssl is not None
        self.hosts.add(hostname)
        session.host_name = hostname
        return told

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 No such user"
        if address.startswith("grey"):
            return "451 4.7.1 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.taken.append(envelope)
        if envelope.rcpt_tos[0].startswith("drop"):
            server.transport.abort()
        return f"250 2.0.0 OK: queued as Q{len(self.taken)}"

    def knows(self, server: SMTP, session: Session, envelope: Envelope, _: str, data: Any) -> Any:
        ok = data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=ok)


@asynccontextmanager
async def aiosmtpd(office: Office, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Run a real server, with STARTTLS and AUTH where it has a certificate; its port."""
    loop = asyncio.get_running_loop()
    told: dict[str, Any] = {}
    if context:
        told = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": office.knows,
        }

    def factory() -> SMTP:
        return SMTP(office, hostname="mail.test", ident="test", loop=loop, **told)

    server = await loop.create_server(factory, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


class Script:
    """A server that follows the protocol but at one step says something else.

    `said` has what is heard, by step; of a step at which nothing is planned it says yes.  `times`:
    how often it misbehaves, then it is like any other.  `slow_s`: how long it thinks, by step.
    """

    ASIDE: ClassVar = {"RSET": b"250 x\r\n", "QUIT": b"221 x\r\n", "AUTH": b"535 5.7.8 No\r\n"}
    YES = ("220 x", "250-x\r\n250-SIZE 999999\r\n250 DSN", "250 x", "250 x", "354 x", "250 x")

    def __init__(
        self,
        step: str = "",
        answer: str = "",
        times: int = 1_000,
        slow_s: Mapping[str, float] | None = None,
    ) -> None:
        self.slow_s = slow_s or {}
        self.step, self.answer, self.times = step, answer, times
        self.said: list[tuple[str, str]] = []
        self.connections = 0
        self.mails: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if not await self._say(writer, "greeting"):
                return
            while line := await reader.readline():
                text = line.decode().strip()
                verb = text.split(" ")[0].upper()
                self.said.append((verb, text))
                if verb in self.ASIDE:
                    writer.write(self.ASIDE[verb])
                    continue
                is_planned = self._is_planned(verb)
                if not await self._say(writer, verb):
                    return
                if verb == "DATA" and not is_planned:
                    self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    if not await self._say(writer, "dot"):
                        return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _is_planned(self, step: str) -> bool:
        return self.step == step and self.times > 0

    async def _say(self, writer: asyncio.StreamWriter, step: str) -> bool:
        await asyncio.sleep(self.slow_s.get(step, 0))
        answer = self.answer if self._is_planned(step) else self.YES[STEPS.index(step)]
        self.times -= self._is_planned(step)
        if answer == DROP:
            writer.transport.abort()
            return False
        if answer == SILENCE:
            await asyncio.sleep(8)
            return False
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[int]:
    """Run a scripted server; its port."""
    serve: Callable[..., Awaitable[None]] = script.serve
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
