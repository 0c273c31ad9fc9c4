"""What is done about breaks: two say that they are settled."""

from collections.abc import Sequence

from services.operations.domain.acting.shape import Action, Command, Given, Saying, Why, Words
from services.operations.domain.breaks import asked, standing
from services.operations.domain.causes import BREAK
from services.operations.domain.entries import Entry
from shared.events.reconciliation import CloseAsked

TOPIC = "payment.reconciliation"


def _mark(_: str, about: str, __: Sequence[Entry], given: Given | None = None, /) -> Command | Why:
    """Have the break closed that the event of this id opened."""
    turns = given.turns if given else ()
    now = standing(turns)
    if now is None or now.closing or now.opening.id != about:
        return "break_over"
    wish = asked(turns, now)
    if wish and wish.is_waiting:
        return "wish_waits"
    return Command(TOPIC, now.opening.id, "", now.id)


def _said(said: Saying) -> CloseAsked:
    return CloseAsked(partner=said.partner, break_id=said.reference, **said.of_two)


MARK_RECONCILED = Action(
    frozenset({BREAK}),
    Words(
        "Ghi nhận các khoản lệch đối soát đã được giải quyết",
        "Breaks are marked as reconciled",
    ),
    (
        Words(
            "Khoản lệch được đóng với lý do này; sao kê sau không mở lại. Không khoản tiền nào di "
            "chuyển, hồ sơ không thay đổi.",
            "Each break is closed with this reason, and no later statement opens it again. No "
            "money moves, and no application changes.",
        ),
        Words(
            "Ai duyệt lượt này là đồng ý với từng khoản, kể cả trên mức quy định.",
            "Who agrees to the round agrees to each of them, also over the limit.",
        ),
        Words(
            "Khoản đã được đóng trước đó giữ nguyên như khi đóng; trang của khoản lệch ghi lý do.",
            "What was closed meanwhile stays closed as it was: the page of the break says why.",
        ),
    ),
    _mark,
    _said,
    needs_check=True,
)
