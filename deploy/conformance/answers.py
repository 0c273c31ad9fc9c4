"""How a callback is acknowledged in each family's own words, as its public text has it.

This table is written from those texts, not from what the edge says: it is what the edge is held to.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from services.payment.gateways import Answer

Means = Literal["recorded", "already_final", "unknown_order", "amount_differs", "not_genuine"]


class Word(NamedTuple):
    """A status, and what a field of the JSON body says; an empty one is not looked at."""

    status: int
    field: str = ""
    says: str = ""

    def __str__(self) -> str:
        """Return it as a report shows it."""
        return f"{self.status}, {self.field} {self.says}" if self.field else f"{self.status}"


def _words(status: int, field: str, said: str) -> Mapping[Means, Word]:
    """Return one status with five words, in the order of `Means`."""
    recorded, final, unknown, amount, forged = (Word(status, field, s) for s in said.split())
    return {
        "recorded": recorded,
        "already_final": final,
        "unknown_order": unknown,
        "amount_differs": amount,
        "not_genuine": forged,
    }


def _statuses(*codes: int) -> Mapping[Means, Word]:
    """Return five statuses without a word, in the order of `Means`."""
    recorded, final, unknown, amount, forged = (Word(code) for code in codes)
    return {
        "recorded": recorded,
        "already_final": final,
        "unknown_order": unknown,
        "amount_differs": amount,
        "not_genuine": forged,
    }


ANSWERS: Mapping[str, Mapping[Means, Word]] = {
    "vnpay": _words(200, "RspCode", "00 02 01 04 97"),
    "momo": _statuses(204, 204, 204, 204, 400),
    "zalopay": _words(200, "return_code", "1 2 0 -1 -1"),
    "payos": _statuses(200, 200, 200, 200, 401),
    "casso": _statuses(200, 200, 200, 200, 401),
    "sepay": _statuses(200, 200, 200, 200, 401),
    "platform": _words(200, "MaLoi", "00 00 99 99 99"),
    "keypay": _words(200, "return_code", "0 0 -1 -1 -1"),
    "neutral": {
        "recorded": Word(200, "outcome", "recorded"),
        "already_final": Word(200, "outcome", "already_final"),
        "unknown_order": Word(404, "code", "unknown_reference"),
        "amount_differs": Word(409, "code", "amount_differs"),
        "not_genuine": Word(401, "code", "not_genuine"),
    },
    "iso20022": {
        "recorded": Word(202, "code", "recorded"),
        "already_final": Word(202, "code", "already_final"),
        "unknown_order": Word(404, "code", "unknown_order"),
        "amount_differs": Word(202, "code", "amount_differs"),
        "not_genuine": Word(401, "code", "not_genuine"),
    },
}


def fits(word: Word, answer: Answer) -> bool:
    """Tell whether an answer says this."""
    if answer.status != word.status:
        return False
    if not word.field:
        return True
    try:
        said = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return str(said.get(word.field)) == word.says
