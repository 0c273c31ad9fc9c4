"""A call goes to the address that was looked at, under the name that was given, once."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from services.payment.webhooks.calling import Calls, Names, client
from services.payment.webhooks.guard import Denied, Rules

NAME = "bank.example.vn"
SANDBOX = Rules(loopback=True)
BODY, HEADERS = b'{"type":"x"}', {"webhook-id": "e/1", "webhook-timestamp": "1"}
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
LIMIT_S = 5.0


class Server:
    """Answers each connection with the same bytes; keeps what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.heard, self.names = answer, [], []
        self.port, self.hangs, self.keeps = 0, False, False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError), closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heard.append(head + await reader.readexactly(len(BODY)))
            if self.hangs:
                await reader.read()  # until the caller gives up
            writer.write(self.answer)
            await writer.drain()
            if self.keeps:
                await reader.read()

    @property
    def headers(self) -> dict[str, str]:
        [lines] = [h.decode().split("\r\n\r\n")[0].split("\r\n")[1:] for h in self.heard]
        return {n.lower(): v for n, v in (line.split(": ", 1) for line in lines)}


@asynccontextmanager
async def serving(
    answer: bytes = OK, context: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    made = Server(answer)
    if context:
        context.sni_callback = lambda _socket, name, _context: made.names.append(name)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def calling(
    rules: Rules = SANDBOX,
    verify: ssl.SSLContext | bool = True,
    found: Callable[[], str] = lambda: "127.0.0.1",
    limit_s: float = LIMIT_S,
) -> AsyncIterator[Calls]:
    async def resolve(host: str, port: int) -> list[str]:
        return [found()]

    async with client(limit_s, verify) as http:
        yield Calls(http, rules, limit_s, resolve)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for the name, its key, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test only")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path, ssl.create_default_context(cadata=pem.decode())


def server_side(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_a_call_posts_the_body_with_its_headers_and_the_name_as_host() -> None:
    async with serving() as server, calling() as calls:
        url = f"http://localhost:{server.port}/hooks?a=b"
        assert (await calls.post(url, HEADERS, BODY)).status == 204
        assert server.heard[0].startswith(b"POST /hooks?a=b HTTP/1.1\r\n")
        assert server.heard[0].endswith(BODY)
        assert server.headers["host"] == f"localhost:{server.port}"
        assert server.headers["webhook-id"] == "e/1"
        assert server.headers["content-type"] == "application/json"


async def test_over_tls_the_pinned_address_must_have_the_name_s_certificate(authority) -> None:
    path, trusting = authority
    async with (
        serving(context=server_side(path)) as server,
        calling(Rules(frozenset({server.port}), loopback=True), trusting) as calls,
    ):
        assert (await calls.post(f"https://{NAME}:{server.port}/", HEADERS, BODY)).status == 204
        assert server.names == [NAME]
        assert server.headers["host"] == f"{NAME}:{server.port}"
        wrong = await calls.post(f"https://other.example.vn:{server.port}/", HEADERS, BODY)
        assert wrong.status == 0
        assert "certificate" in wrong.problem.lower()
        assert len(server.heard) == 1


async def test_a_certificate_that_nobody_vouches_for_is_no_success(authority) -> None:
    path, _ = authority
    async with (
        serving(context=server_side(path)) as server,
        calling(Rules(frozenset({server.port}), loopback=True)) as calls,
    ):
        answered = await calls.post(f"https://{NAME}:{server.port}/", HEADERS, BODY)
        assert (answered.status, server.heard) == (0, [])


async def test_a_name_that_leads_elsewhere_at_the_next_attempt_is_not_called() -> None:
    addresses = iter(["127.0.0.1", "10.0.0.7"])
    async with serving() as server, calling(found=lambda: next(addresses)) as calls:
        url = f"http://localhost:{server.port}/"
        assert (await calls.post(url, HEADERS, BODY)).status == 204
        with pytest.raises(Denied):
            await calls.post(url, HEADERS, BODY)
        assert len(server.heard) == 1


async def test_without_the_sandbox_s_setting_this_machine_is_not_called() -> None:
    async with serving() as server, calling(Rules(ports=frozenset({server.port}))) as calls:
        for url in (f"http://127.0.0.1:{server.port}/", f"https://{NAME}:{server.port}/"):
            with pytest.raises(Denied):
                await calls.post(url, HEADERS, BODY)
        assert server.heard == []


async def test_a_redirect_is_told_and_not_followed() -> None:
    async with serving() as inside:
        moved = f"HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:{inside.port}/\r\n\r\n".encode()
        async with serving(moved) as server, calling() as calls:
            answered = await calls.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
            assert answered.status == 307
            assert inside.heard == []


async def test_retry_after_is_told() -> None:
    slow = b"HTTP/1.1 429 x\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    async with serving(slow) as server, calling() as calls:
        answered = await calls.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
        assert (answered.status, answered.retry_after) == (429, "120")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 " + 300_000 * b"x",
        b"HTTP/1.1 200 OK\r\nX: " + 300_000 * b"x" + b"\r\n\r\n",
    ],
)
async def test_an_answer_that_is_none_is_no_success(answer) -> None:
    async with serving(answer) as server, calling() as calls:
        answered = await calls.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
        assert answered.status == 0
        assert answered.problem
        assert len(answered.problem) <= 200


async def test_of_a_body_without_end_nothing_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + 1_000_000 * b"x"
    async with serving(endless) as server, calling() as calls:
        answered = await calls.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
        assert answered.status == 200


async def test_who_does_not_answer_is_waited_for_for_a_bounded_time() -> None:
    async with serving() as server, calling(limit_s=0.2) as calls:
        server.hangs = True
        answered = await calls.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
        assert answered.status == 0
        assert "no answer" in answered.problem or "Timeout" in answered.problem


async def test_no_connection_is_kept_for_another_name() -> None:
    async with serving() as server, calling() as calls:
        server.keeps = True
        for host in ("localhost", "127.0.0.1"):
            await calls.post(f"http://{host}:{server.port}/", HEADERS, BODY)
        assert len(server.heard) == 2


async def test_nobody_listening_is_no_success() -> None:
    async with serving() as server:
        port = server.port
    async with calling() as calls:
        answered = await calls.post(f"http://127.0.0.1:{port}/", HEADERS, BODY)
        assert answered.status == 0
        assert "Connect" in answered.problem


async def test_a_name_is_found_with_all_its_addresses_and_one_that_is_none_is_refused() -> None:
    names = Names()
    assert set(await names.find("localhost", 443)) & {"127.0.0.1", "::1"}
    with pytest.raises(OSError, match="-"):
        await names.find("nowhere.invalid", 443)
    names.close()
