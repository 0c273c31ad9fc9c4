"""What is done about a dossier that cannot be gone on with: it ends, and its fee goes back."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import UNSET

from services.operations.domain.acting.dossiers import MOVED_SINCE, Dossier
from services.operations.domain.acting.shape import Action, Command, Given, Saying, Why, Words
from services.operations.domain.citizen.decided import decided
from services.operations.domain.entries import Entry
from services.operations.domain.status import STATES
from shared.events import Data, payment
from shared.events.cancelling import OperatorCancelled
from shared.events.refunds import RefundProposed, RefundRejected

RESULT_READY = 9  # the national code; its result is on its way to the citizen
OVER = frozenset({3, 7, 10})
# of these moments payment gives back: a tax goes back from who demanded it
OURS = frozenset({"at_submission", "after_acceptance", "with_result"})
REASSESSED = "reassessed"  # the moment of what more was asked for: it goes the way of the fee


def _cancel(
    _: str, __: str, entries: Sequence[Entry], ___: Given | None = None, /
) -> Command | Why:
    dossier = Dossier(entries)
    if dossier.last is None or dossier.code not in STATES or dossier.code in OVER:
        return "not_routed"
    if dossier.code == RESULT_READY:
        return "has_result"
    return dossier.command("")._replace(vnd=back_vnd(one.data for one in decided(entries)))


def back_vnd(said: Iterable[Data]) -> int:
    """Return what payment will have go back once it ends: all that came for it and is not on its
    way back yet, but what an officer demanded.
    """
    came, counted = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    going = Counter[tuple[str, str]]()
    asked = set[str]()
    fee = ""
    for data in said:
        match data:
            case payment.FeeAssessed() if not fee and data.moment in OURS:
                fee = data.moment
            case payment.Settled():
                is_ours = (data.moment or fee) in OURS or (data.moment == REASSESSED and bool(fee))
                counted[data.partner, data.transaction] = data.amount_vnd if is_ours else 0
            case payment.Overpaid():
                counted[data.partner, data.transaction] = data.amount_vnd
            case payment.Mismatched():  # told again, it is as it was told last
                came[data.partner, data.transaction] = data.amount_vnd
            case RefundProposed():  # what goes back counts, whatever is told of it afterwards
                if (of := (data.partner, data.transaction)) in came:
                    counted.setdefault(of, came[of])
                going[of] += data.amount_vnd
                asked |= {data.refund} if data.by else set()
            case RefundRejected() if data.refund in asked:  # in vain
                going[data.partner, data.transaction] -= data.amount_vnd
    return sum(max(0, vnd - going[of]) for of, vnd in (came | counted).items())


def _cancelled(said: Saying) -> OperatorCancelled:
    return OperatorCancelled(
        officer=said.by,
        note=said.reason,
        moves_seen=said.moves_seen,
        checked_by=said.checked_by,
        agreed_vnd=said.amount_vnd or UNSET,
        principal=said.principal or UNSET,
        checked_principal=said.checked_principal or UNSET,
    )


CANCEL = Action(
    frozenset(
        {
            *("needs_choice", "awaiting_acceptance", "unpaid", "in_processing", "stopped"),
            *("awaiting_supplement", "awaiting_obligation", "awaiting_signature"),
            "certificate_expired",
        }
    ),
    Words(
        "Hủy hồ sơ không thể giải quyết tiếp và hoàn phí đã nộp",
        "What cannot be gone on with is cancelled, and the fee that was paid goes back",
    ),
    (
        Words(
            "Hồ sơ kết thúc và không mở lại được: mã 3 của quốc gia; thống kê là không tiếp nhận.",
            "It ends for good, with the national code 3, and counts as not accepted.",
        ),
        Words(
            "Công dân được báo hồ sơ đã bị hủy và nhận phiếu từ chối với đúng lý do ghi ở đây; đơn "
            "vị được báo dừng giải quyết.",
            "The citizen is told, and gets the form of refusal with the reason as it is given "
            "here; the unit is told to stop.",
        ),
        Words(
            "Số tiền nêu ở mỗi hồ sơ được hoàn, một lần; khoản cơ quan thuế yêu cầu thì cơ quan đó "
            "hoàn. Đối tác không hoàn được thì người phụ trách tự chuyển.",
            "What is named of each goes back, once; a tax, from who demanded it. What its partner "
            "cannot do is left to a person.",
        ),
        Words(
            "Ai duyệt lượt này là đồng ý với số tiền đó, kể cả trên mức quy định; nếu số tiền tăng "
            "thì khoản trên mức chờ thêm một người.",
            "Who agrees to the round agrees to so much, also over the limit; should it have become "
            "more, what is over the limit waits for one person more.",
        ),
        Words(
            "Tiền công dân nộp sau đó cũng được hoàn.",
            "What the citizen pays afterwards goes back as well.",
        ),
        Words(
            "Hồ sơ con của hồ sơ liên thông: các phần khác theo quy tắc của thủ tục.",
            "Of a part of several, the others do what the rules of that set say.",
        ),
        MOVED_SINCE,
    ),
    _cancel,
    _cancelled,
    needs_check=True,
)
