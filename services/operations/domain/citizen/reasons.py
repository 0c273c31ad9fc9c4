"""Why something is so, as a citizen is told: what an officer wrote, or a rule's reason in words.

An officer's text stands as it was written.  What a rule decides has its words here, or brings them
in both languages; tests prove that none is missing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.operations.domain.citizen.words import Quote, Words
from shared.catalogue.interlinked import FAILURES
from shared.events import Data, cancelling, intake, payment, routing
from shared.masking import masked

# which field is what an officer wrote for the citizen to read
SAID: Mapping[type[Data], str] = {
    routing.SupplementRequested: "content",
    routing.NotAccepted: "reason",
    cancelling.Cancelled: "reason",
    routing.Suspended: "reason",
    routing.Apologised: "reason",
}
ELSEWHERE = Words(
    "Nội dung dài, không hiện được ở đây. Hãy xem trên cổng nơi đã nộp hồ sơ, hoặc hỏi nơi tiếp "
    "nhận.",
    "The text is too long for this page. Read it on the portal where you applied, or ask the "
    "receiving unit.",
)
WITH_THE_FAMILY = Words(
    "Phần này được rút vì một phần khác của hồ sơ không có kết quả.",
    "It was taken back because another part of the application came to nothing.",
)
# of a fee that is not asked for, by the word before a colon; behind it stands a law's name for us
WAIVED: Mapping[str, Words] = {
    "no_fee": Words("Thủ tục này không thu phí.", "This procedure costs nothing."),
    "on_time": Words("Nộp đúng hạn thì không thu phí.", "What is handed in on time costs nothing."),
    "application_ended": Words(
        "Hồ sơ đã kết thúc nên không thu nữa.", "The application has ended, so nothing is asked."
    ),
    "waived": Words(
        "Địa phương miễn phí cho cách nộp này.", "The province waives it for this way of applying."
    ),
    "exempt": Words("Ông/bà thuộc diện được miễn.", "You are among those who are spared it."),
}

NOT_WITHDRAWN = frozenset({"too-late-to-withdraw", "withdraw-later"})  # how a wish is answered

_SHORTENED = re.compile(r"… \d+ characters")  # as operations kept long texts before
_BY_A_RULE = re.compile(rf"\w+/(?:{'|'.join(FAILURES)})")


def said(data: Data) -> Quote | None:
    """Return what an officer wrote for the citizen; nothing where a rule says it in words."""
    text = _text(data)
    if not text or why(data) or is_kept(data):
        return None
    # a rule's reason of before it came in both languages is in the applicant's
    is_english = not _officer(data) and text.isascii()
    return Quote(text, "en" if is_english else "vi")


def why(data: Data) -> Words | None:
    """Return the reason in words, where nobody wrote one or it is not here in full."""
    if _SHORTENED.fullmatch(_text(data)):
        return ELSEWHERE
    tell = _RULES.get(type(data))
    return tell(data) if tell else None


def is_by_a_rule(data: intake.Withdrawn) -> bool:
    """Whether the rules of a family took it back, and not the citizen."""
    return _BY_A_RULE.fullmatch(data.reason) is not None


def is_kept(data: Data) -> bool:
    """Whether a supplement came while it was stopped: it stays so, for the reason that it was."""
    return isinstance(data, routing.Suspended) and not data.officer


def _text(data: Data) -> str:
    field = SAID.get(type(data))
    return masked(getattr(data, field).strip()) if field else ""


def _officer(data: Data) -> str:
    return str(getattr(data, "officer", ""))


def _not_accepted(data: routing.NotAccepted) -> Words | None:
    both = data.reason_vi, data.reason_en
    return Words(_sentence(both[0]), _sentence(both[1])) if both[0] and both[1] else None


def _sentence(text: str) -> str:
    """Return a rule's reason as a sentence: rules are written as parts of one."""
    return f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "."


def _waived(data: payment.FeeWaived) -> Words | None:
    return WAIVED.get(data.reason.partition(":")[0])


def _withdrawn(data: intake.Withdrawn) -> Words | None:
    return WITH_THE_FAMILY if is_by_a_rule(data) else None


def _turned_away(data: intake.FollowUpRejected) -> Words | None:
    found = (Words(p.remedy_vi, p.remedy_en) for p in data.problems if p.code in NOT_WITHDRAWN)
    return next(found, None)


_RULES: Mapping[type[Data], Callable[[Any], Words | None]] = {
    routing.NotAccepted: _not_accepted,
    payment.FeeWaived: _waived,
    intake.Withdrawn: _withdrawn,
    intake.FollowUpRejected: _turned_away,
}
