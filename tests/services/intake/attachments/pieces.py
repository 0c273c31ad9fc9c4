"""What is sent to attachments, and what is answered."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def codes(answer: Any) -> list[str]:
    return [p["code"] for p in answer.json().get("problems", ())]


async def of(*pieces: bytes | Exception) -> AsyncIterator[bytes]:
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece
