"""A session that is told anything at all."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.smpp import wire
from services.notify.channels.smpp.session import WAITING_LIMIT, Limits, Session
from services.notify.channels.smpp.wire import Frames, Pdu
from services.notify.channels.sms_smpp import connect
from tests.services.notify.channels.smpp.side import SECRET, Kept, Row, Rows, centre, until

COMMANDS = st.one_of(
    st.sampled_from([0x05, 0x06, 0x15, 0x103, 0x8000_0000, 0x8000_0004, 0x8000_0009]),
    st.integers(0, 0xFFFF_FFFF),
)
PDUS = st.builds(
    lambda command, status, sequence, body: wire.pdu(command, sequence, body, status),
    COMMANDS,
    st.integers(0, 0xFFFF_FFFF),
    st.integers(0, 20),
    st.binary(max_size=40),
)


class Line(asyncio.Transport):
    """What is written; and whether it was closed or reading waits."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = self.paused = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


def session(arrived=None) -> tuple[Session, Line]:
    async def keep(pdus):
        return [0] * len(pdus)

    made, line = Session(Limits(tick_s=0.01), arrived or keep, lambda: 0.0), Line()
    made.connection_made(line)
    return made, line


@given(st.lists(st.one_of(PDUS, st.binary(max_size=30)), max_size=8))
def test_whatever_comes_is_answered_in_whole_pdus_or_ends_the_bind(stream):
    async def hear() -> None:
        made, line = session()
        made.request(wire.ENQUIRE_LINK, lambda n: wire.pdu(wire.ENQUIRE_LINK, n))
        for octets in stream:
            if not line.closed:
                made.data_received(octets)
        made.connection_lost(None)
        frames = Frames()
        said = frames.feed(line.written)
        assert b"".join(one.octets for one in said) == line.written
        assert made.under_way() == []

    asyncio.run(hear())


async def test_an_answer_belongs_to_the_request_of_its_number_whatever_the_order():
    made, _ = session()
    first, second = (
        made.request(wire.SUBMIT_SM, lambda n: wire.pdu(wire.SUBMIT_SM, n)) for _ in range(2)
    )
    for sequence in (2, 1, 1, 7):
        made.data_received(wire.pdu(wire.SUBMIT_SM | wire.RESPONSE, sequence, b"%d\0" % sequence))
    assert [wire.message_id((await a).body) for a in (first, second)] == ["1", "2"]


async def test_an_answer_to_something_else_is_none():
    made, _ = session()
    one, other = (
        made.request(wire.SUBMIT_SM, lambda n: wire.pdu(wire.SUBMIT_SM, n)) for _ in range(2)
    )
    for command in (wire.ENQUIRE_LINK | wire.RESPONSE, wire.GENERIC_NACK):
        made.data_received(wire.pdu(command, 1))
    assert not one.done()
    made.data_received(wire.pdu(wire.SUBMIT_SM | wire.RESPONSE, 1, b"1\0"))
    made.data_received(wire.pdu(wire.GENERIC_NACK, 2, status=0x03))
    assert (wire.message_id((await one).body), (await other).status) == ("1", 0x03)


async def test_what_is_not_for_us_is_nacked_unless_it_wants_no_answer():
    made, line = session()
    made.data_received(wire.pdu(0x103, 5))  # data_sm
    for command in wire.WITHOUT_ANSWER:
        made.data_received(wire.pdu(command, 6))
    assert line.written == wire.pdu(wire.GENERIC_NACK, 5, status=0x03)


async def test_numbers_come_round_and_are_never_nought():
    made, line = session()
    made._sequence = wire.SEQUENCE_LIMIT - 1
    for _ in range(2):
        made.request(wire.ENQUIRE_LINK, lambda n: wire.pdu(wire.ENQUIRE_LINK, n))
    numbers = [one.sequence for one in Frames().feed(line.written)]
    assert numbers == [wire.SEQUENCE_LIMIT, 1]


async def test_reading_waits_while_too_much_waits_to_be_kept():
    let = asyncio.Event()
    batches: list[list[Pdu]] = []

    async def keep(pdus):
        batches.append(list(pdus))
        await let.wait()
        return [0] * len(pdus)

    made, line = session(keep)
    serving = asyncio.create_task(made.serve())
    one = wire.pdu(wire.DELIVER_SM, 1)
    made.data_received(one)
    await until(lambda: batches)
    made.data_received(one * (WAITING_LIMIT + 1))
    assert line.paused
    let.set()
    await until(lambda: len(batches) == 2)
    await until(lambda: not line.paused)
    assert line.written == wire.pdu(5 | wire.RESPONSE, 1, b"\0") * (WAITING_LIMIT + 2)
    made.connection_lost(None)
    await serving


async def test_an_address_with_tls_is_bound_to_only_by_its_own_certificate(tmp_path, monkeypatch):
    certificate, ours = issued(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate, ours)
    async with centre() as (_, switchboard, _):
        server = await asyncio.start_server(switchboard._serve, "127.0.0.1", 0, ssl=theirs)
        row = Row(url=f"smpps://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        for trusted in (False, True):
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            made = connect(
                row, SECRET, Kept(), table=Rows(), clock=lambda: None, marks_key=b"", limit_s=5.0
            )
            running = asyncio.create_task(made.run())
            await until(lambda m=made: m.is_bound() or m._why != "not bound yet")
            assert made.is_bound() == trusted
            assert trusted or "CERTIFICATE_VERIFY_FAILED" in made._why
            await made.aclose()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        server.close()


def issued(folder):
    """A certificate of 127.0.0.1's, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smsc.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private
