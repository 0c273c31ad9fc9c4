"""What petitions go by: kinds, periods, limits.  Data, each with how sure we are of it.

No published source that we have names a period: all of low confidence are assumptions, for the
authority in charge to confirm.  That petitions are to be on time and citizens satisfied is scored
(Decision 766/2022: six points each).
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from shared.events import petitions

Confidence = Literal["high", "medium", "low"]


class Kind(NamedTuple):
    """A kind of petition; days are working days of the unit's calendar."""

    vi: str
    en: str
    answer_days: int = 10
    dispute_days: int = 5
    confidence: Confidence = "low"


class Terms(NamedTuple):
    """What holds for all kinds.

    `forwards_limit`: how often it may go on to another unit; `apology_days`: how many working days
    the one new date gives; `due_soon_days`: how many working days before it is due its unit is
    warned; `closing_days`: after how many days an answer of which the citizen says nothing stands.
    """

    forwards_limit: int = 3
    apology_days: int = 5
    due_soon_days: int = 2
    closing_days: int = 15
    confidence: Confidence = "low"


KINDS: Mapping[petitions.Kind, Kind] = {
    "attitude": Kind("Thái độ phục vụ", "attitude of staff"),
    "delay": Kind("Chậm giải quyết", "delay"),
    "procedure_unclear": Kind("Thủ tục chưa rõ", "procedure unclear"),
    "payment": Kind("Phí, lệ phí, thanh toán", "fees and payment"),
    "other": Kind("Khác", "other"),
}
TERMS = Terms()

# Why a petition is not answered here, as its citizen reads it; who can help is said beside it.
DISMISSALS: Mapping[petitions.Dismissal, tuple[str, str]] = {
    "complaint_or_denunciation": (
        "Đây là khiếu nại hoặc tố cáo, được giải quyết theo luật riêng.",
        "This is a complaint or a denunciation, for which there is a law of its own.",
    ),
    "court_matter": (
        "Việc này thuộc thẩm quyền của tòa án.",
        "This is for a court to decide.",
    ),
    "other_authority": (
        "Việc này không thuộc các thủ tục hành chính tiếp nhận ở đây.",
        "This is not about a procedure that is handled here.",
    ),
    "filed_before": (
        "Nội dung này đã được phản ánh và đang hoặc đã được trả lời.",
        "The same was filed before and is being, or was, answered.",
    ),
    "not_understood": (
        "Nội dung chưa rõ; vui lòng gửi lại và nói rõ sự việc.",
        "It is not clear what this is about: file it again and say what happened.",
    ),
}
