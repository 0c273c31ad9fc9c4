"""What goes over the wire: whole, in pieces, or cut off; and how a report shows it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import httpx

from services.payment.gateways import Answer, Partner, Sending
from shared.errors import Misconfigured

SHOWN_LIMIT = 1_500
SENT = ".send_request_body.complete"  # what the client says when all bytes have left
_PROOF = re.compile(r"[0-9A-Fa-f]{64,}")
_PROOF_SHOWN = 6


class Heard(NamedTuple):
    """An answer, or why there is none."""

    answer: Answer | None
    why: str = ""


class Wire:
    """Sends; an answer that takes longer than `limit_s` is none.

    `pause_s`: between two pieces; `cut_s`: after which a connection is cut off at the latest.
    """

    def __init__(
        self, client: httpx.AsyncClient, limit_s: float, pause_s: float, cut_s: float
    ) -> None:
        self.client, self._limit_s = client, limit_s
        self._pause_s, self._cut_s = pause_s, cut_s

    async def whole(self, sending: Sending) -> Heard:
        """Send at once."""
        return await self._heard(sending, sending.body)

    async def slowly(self, sending: Sending) -> Heard:
        """Send in two pieces, with a pause between them; what has no body is sent at once."""
        if not sending.body:
            return await self.whole(sending)
        return await self._heard(sending, self._pieces(sending.body))

    async def cut(self, sending: Sending) -> None:
        """Send, and cut the connection off as soon as all is sent."""
        sent = asyncio.Event()

        async def note(event: str, _: object) -> None:
            if event.endswith(SENT):
                sent.set()

        task = asyncio.create_task(self._request(sending, sending.body, {"trace": note}))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._cut_s):
                await sent.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _heard(self, sending: Sending, content: bytes | AsyncIterator[bytes]) -> Heard:
        try:
            async with asyncio.timeout(self._limit_s):
                response = await self._request(sending, content)
        except TimeoutError:
            return Heard(None, f"no answer within {self._limit_s:g} s")
        except httpx.HTTPError as error:
            return Heard(None, f"no answer: {type(error).__name__}")
        return Heard(Answer(response.status_code, response.content, response.headers))

    async def _request(
        self,
        sending: Sending,
        content: bytes | AsyncIterator[bytes],
        extensions: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        return await self.client.request(
            sending.method,
            sending.url,
            content=content,
            headers=sending.headers,
            extensions=dict(extensions or {}),
        )

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        middle = len(body) // 2
        yield body[:middle]
        await asyncio.sleep(self._pause_s)
        yield body[middle:]


async def require_answer(client: httpx.AsyncClient, url: str, what: str) -> None:
    """Check that somebody answers at an address.  Raises `Misconfigured`."""
    try:
        await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Misconfigured(
            f"Nobody answers at {url} ({type(error).__name__}): start what is there, or give the"
            f" right address as {what}."
        ) from None


class Shown:
    """Shows what was sent and what came: keys not at all, signatures by their beginning."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted((s for s in secrets if s), key=len, reverse=True)

    def sent(self, sending: Sending) -> str:
        """Return a request in a few lines."""
        named = [f"{name}: {value}" for name, value in sending.headers]
        return self.text(
            "\n".join([f"{sending.method} {sending.url}", *named, "", _read(sending.body)])
        )

    def heard(self, heard: Heard) -> str:
        """Return an answer in a few lines."""
        if heard.answer is None:
            return heard.why
        body = _read(heard.answer.body)
        return self.text(f"{heard.answer.status} {body}".rstrip())

    def text(self, text: str) -> str:
        """Return a text without keys, its signatures shortened."""
        for secret in self._secrets:
            text = text.replace(secret, "(a key)")
        text = _PROOF.sub(lambda found: f"{found[0][:_PROOF_SHOWN]}…", text).strip()
        return text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"


def secrets_of(row: Partner) -> list[str]:
    """Return all that no report may show of a partner's row."""
    keys = [key.secret for key in (*row.outgoing, *row.incoming)]
    return keys + [row.ids[name] for name in ("api_key", "access_key") if name in row.ids]


def _read(body: bytes) -> str:
    return body.decode("utf-8", "replace")
