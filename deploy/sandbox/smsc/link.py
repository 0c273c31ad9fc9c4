"""One connection to the message centre, from its bind to its end."""

import asyncio
import hmac
import struct
from collections.abc import Iterable
from contextlib import suppress

import smpp34

from deploy.sandbox.smsc.centre import OK, QUERY_FAILED, SYSTEM_ERROR, Centre, Due, Taken

RESPONSE = 0x8000_0000
QUERY_SM, SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x03, 0x04, 0x05, 0x06, 0x15
BINDS = {0x01: "receiver", 0x02: "transmitter", 0x09: "transceiver"}
INVALID_LENGTH, INVALID_COMMAND, NOT_BOUND, INVALID_PASSWORD = 0x02, 0x03, 0x04, 0x0E
PDU_LIMIT_BYTES = 70_000
BIND_LIMIT_S = 5.0
TICK_S = 0.05
RECEIPTS_AT_ONCE = 100
SYSTEM_ID = b"sandbox-smsc\0"

_HEADER = struct.Struct(">IIII")


class Link:
    """A client's connection."""

    def __init__(
        self,
        centre: Centre,
        account: tuple[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._centre, self._account = centre, account
        self._reader, self._writer = reader, writer
        self._bound_as = ""
        self._sequence = 0
        self._waiting: dict[int, Due] = {}  # receipts that were not answered yet

    async def serve(self) -> None:
        """Serve until either side has had enough."""
        pushing = asyncio.create_task(self._push())
        try:
            while octets := await self._read():
                if not self._handle(octets):
                    break
                await self._writer.drain()
        except (OSError, EOFError, smpp34.SmppError):
            pass  # it is gone, or speaks something else
        finally:
            pushing.cancel()
            for due in self._waiting.values():
                self._centre.again(due)
            self._writer.close()

    def unbind(self) -> None:
        """Ask the client to go."""
        self._sequence += 1
        self._say(UNBIND, self._sequence)

    def drop(self) -> None:
        """Hang up."""
        self._writer.transport.abort()

    async def _read(self) -> bytes:
        limit_s = None if self._bound_as else BIND_LIMIT_S
        async with asyncio.timeout(limit_s):
            length = await self._reader.readexactly(4)
        size = int.from_bytes(length)
        if not _HEADER.size <= size <= PDU_LIMIT_BYTES:
            return b""
        return length + await self._reader.readexactly(size - 4)

    def _handle(self, octets: bytes) -> bool:
        """Answer a PDU; tell whether the connection goes on."""
        command: int
        _, command, status, sequence = _HEADER.unpack_from(octets)
        if command in BINDS:
            return self._bind(command, sequence, octets[_HEADER.size :])
        if command == ENQUIRE_LINK:
            self._say(command | RESPONSE, sequence)
        elif command == UNBIND:
            self._say(command | RESPONSE, sequence)
            return False
        elif command == DELIVER_SM | RESPONSE:
            due = self._waiting.pop(sequence, None)
            if due and status != OK:
                self._centre.again(due)
        elif command & RESPONSE:
            return command != UNBIND | RESPONSE
        elif self._bound_as not in ("transmitter", "transceiver"):
            self._say(command | RESPONSE, sequence, status=NOT_BOUND)
        elif command == SUBMIT_SM:
            return self._submit(sequence, octets)
        elif command == QUERY_SM:
            self._query(sequence, octets[_HEADER.size :])
        else:
            self._say(RESPONSE, sequence, status=INVALID_COMMAND)  # generic_nack
        return True

    def _bind(self, command: int, sequence: int, body: bytes) -> bool:
        if self._centre.fate.strikes("lost_binds", self._account[0]):
            self.drop()
            return False
        theirs, ours = body.split(b"\0")[:2], "\0".join(self._account).encode()
        if not hmac.compare_digest(b"\0".join(theirs), ours):
            self._say(command | RESPONSE, sequence, status=INVALID_PASSWORD)
            return False
        self._bound_as = BINDS[command]
        self._centre.binds += 1
        self._say(command | RESPONSE, sequence, SYSTEM_ID)
        return True

    def _submit(self, sequence: int, octets: bytes) -> bool:
        try:
            submitted = smpp34.decode(octets)
        except smpp34.SmppError:
            self._say(SUBMIT_SM | RESPONSE, sequence, status=INVALID_LENGTH)
            return True
        assert isinstance(submitted, smpp34.SubmitSm)
        centre, number = self._centre, submitted.destination_addr
        if centre.fate.strikes("lost_before", number):
            self.drop()
            return False
        if refusal := centre.refusal(submitted):
            self._say(SUBMIT_SM | RESPONSE, sequence, status=refusal)
            return True
        taken = centre.take(submitted)
        if taken.wants_receipt and centre.fate.strikes("early_receipts", number):
            self._deliver(Due(0.0, taken.id), taken)
        else:
            centre.owe_receipt(taken)
        if centre.fate.strikes("lost_after", number):
            self.drop()
            return False
        if centre.fate.strikes("system_errors", number):
            self._say(SUBMIT_SM | RESPONSE, sequence, status=SYSTEM_ERROR)
        elif not centre.fate.strikes("unanswered", number):
            for _ in range(2 if centre.fate.strikes("answered_twice", number) else 1):
                self._say(SUBMIT_SM | RESPONSE, sequence, taken.id.encode() + b"\0")
        return True

    def _query(self, sequence: int, body: bytes) -> None:
        id_ = body.partition(b"\0")[0]
        state = self._centre.state(id_.decode("latin-1"))
        answer = id_ + b"\0\0" + bytes((state, 0)) if state else b""
        status = OK if state else QUERY_FAILED
        self._say(QUERY_SM | RESPONSE, sequence, answer, status)

    async def _push(self) -> None:
        """Deliver what is due, while somebody can receive."""
        while True:
            await asyncio.sleep(TICK_S)
            if self._bound_as in ("receiver", "transceiver"):
                room = RECEIPTS_AT_ONCE - len(self._waiting)
                for due, taken in self._centre.due(room):
                    self._deliver(due, taken)
                with suppress(OSError):
                    await self._writer.drain()

    def _deliver(self, due: Due, taken: Taken) -> None:
        self._sequence += 1
        self._waiting[self._sequence] = due
        self._writer.write(self._centre.receipt(taken, self._sequence))

    def _say(self, command: int, sequence: int, body: bytes = b"", status: int = OK) -> None:
        header = _HEADER.pack(_HEADER.size + len(body), command, status, sequence)
        self._writer.write(header + body)


class Switchboard:
    """Takes connections."""

    def __init__(self, centre: Centre, account: tuple[str, str]) -> None:
        self.links: set[Link] = set()
        self._centre, self._account = centre, account
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; return the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        self.drop(self.links)
        await asyncio.sleep(0)

    def drop(self, links: Iterable[Link]) -> None:
        """Hang up on these."""
        for link in list(links):
            link.drop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self._centre, self._account, reader, writer)
        self.links.add(link)
        try:
            await link.serve()
        finally:
            self.links.discard(link)
