"""What must hold of any callback: no mistake of ours, and nothing forged is believed."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, get_args

from services.payment.gateways import Call, Gateway, Notice, Refused, Verdict

REFUSING: Sequence[Verdict] = ("not_genuine", "unreadable")
OF_READ: Sequence[Verdict] = [v for v in get_args(Verdict) if v not in REFUSING]
AMOUNT_LIMIT_VND = 10**13
WORD = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
NO_TRANSACTION = ("", "0")


class Voice(NamedTuple):
    """A partner as it calls: some genuine calls, and any text `signed` as it would sign it.

    `signs_code`: not KeyPay, whose status decides nothing and only tells calls apart.
    """

    gateway: Gateway
    at: datetime
    calls: Sequence[Call]
    signed: Callable[[bytes], Call]
    signs_code: bool = True


class Forged(AssertionError):
    """A call was believed that the partner never made."""


def told(voice: Voice) -> frozenset[Notice]:
    """Return what the genuine calls say."""
    read = voice.gateway.read_callback
    return frozenset(notice for call in voice.calls for notice in read(call, voice.at))


def judge(voice: Voice, call: Call, known: frozenset[Notice] | None) -> None:
    """Let the partner's gateway read a call, and answer it in every way that can follow.

    `known`: all that the partner ever said; None: it signed this very call.  Raises `Forged`.
    """
    possible: Sequence[Verdict]
    notices: Sequence[Notice]
    try:
        notices = voice.gateway.read_callback(call, voice.at)
    except Refused as refused:
        notices, possible = (), (refused.verdict, "call_again")
    else:
        possible = OF_READ
    for notice in notices:
        if known is not None and not any(_is_same(voice, notice, said) for said in known):
            raise Forged(f"{notice} was never said")
        _sane(notice)
    for verdict in possible:
        reply = voice.gateway.answer(verdict, call, voice.at)
        assert 200 <= reply.status < 500 or verdict == "call_again", (verdict, reply)


def _is_same(voice: Voice, notice: Notice, said: Notice) -> bool:
    if voice.signs_code or notice.finding != "pending":
        return notice == said
    return notice._replace(code=said.code) == said


def _sane(notice: Notice) -> None:
    assert isinstance(notice.amount_vnd, int), notice
    assert 0 <= notice.amount_vnd <= AMOUNT_LIMIT_VND, notice
    assert all(WORD.fullmatch(text) for text in notice[:2]), notice
    assert notice.finding in ("paid", "failed", "pending"), notice
    if notice.finding == "paid":
        assert notice.transaction not in NO_TRANSACTION, notice
