"""How an edge says that a partner which was asked at once gave no answer that is of use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from services.payment.asking import OutOfReach
from services.payment.gateways import Declined, Refused, Unsendable
from shared.events.data import Problem
from shared.problems import RETRY_AFTER_S, Refusal


class Sentence(NamedTuple):
    """A refusal: its status and code, and what to do in Vietnamese and English."""

    status: int
    code: str
    vi: str
    en: str


REFUSED = Sentence(
    502, "partner-answer-refused",
    "Câu trả lời của nơi thanh toán không dùng được: thử lại sau; nếu lặp lại, báo vận hành.",
    "What the partner answered cannot be used: ask later; if it happens again, tell operations.",
)  # fmt: skip
OUT_OF_REACH = Sentence(
    503, "partner-out-of-reach",
    "Tạm thời không hỏi được nơi thanh toán: thử lại sau ít giây.",
    "The partner cannot be asked just now: ask again in a few seconds.",
)  # fmt: skip


def refusal(sentence: Sentence, field: str) -> Refusal:
    """Return a refusal with its field and remedy; what passes says when to come again."""
    status, code, vi, en = sentence
    problem = Problem(field=field, code=code, remedy_vi=vi, remedy_en=en)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == OUT_OF_REACH.status else None
    return Refusal(status, code, en, (problem,), headers)


@contextmanager
def told(field: str, declined: Sentence) -> Iterator[None]:
    """Say what came of asking; `declined`: that the partner has no answer to this.

    Raises `Refusal`.  What the partner said is in none of them: it may be personal.
    """
    try:
        yield
    except Declined:
        raise refusal(declined, field) from None
    except Refused:
        raise refusal(REFUSED, field) from None
    except (OutOfReach, Unsendable):
        raise refusal(OUT_OF_REACH, field) from None
