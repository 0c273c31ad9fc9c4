"""What a message says, as named facts in both languages: the fields that operations looks at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.operations.console.spoken import moment, read
from services.operations.domain.citizen.notices import ABOUT, BY
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words, written
from services.operations.domain.entries import Gist, Member
from services.operations.domain.status import STATES


class Fact(NamedTuple):
    """A named value."""

    name: Words
    value: Words


_Write = Callable[[Any, Units], Words]  # of a field's value


def same(text: object) -> Words:
    """Return what is the same in both languages."""
    return Words(f"{text}", f"{text}")


def vnd(amount: int) -> Words:
    """Return an amount."""
    return Words(written(amount, "vi"), written(amount, "en"))


def unit(code: str, units: Units) -> Words:
    """Return a unit by its name, and its code."""
    name = units.name(code)
    return name if name.vi == code else same(f"{name.vi} ({code})")


def channel(text: str) -> Words:
    """Return by which way a notice goes, and to whom if not to the citizen."""
    way, _, whom = text.partition("@")
    by = BY.get(way, same(way))
    return Words(f"{by.vi} ({whom})", f"{by.en} ({whom})") if whom else by


def about(milestone: str) -> Words:
    """Return what a notice is about."""
    return ABOUT.get(milestone, same(milestone))


def _plain(value: object, _: Units) -> Words:
    return same(value)


def _vnd(amount: int, _: Units) -> Words:
    return vnd(amount)


def _procedure(code: str, units: Units) -> Words:
    return units.procedure(code)


def _at(text: str, _: Units) -> Words:
    try:
        return moment(read(text))
    except ValueError:
        return same(text)


def _about(milestone: str, _: Units) -> Words:
    return about(milestone)


def _channel(text: str, _: Units) -> Words:
    return channel(text)


def _state(code: int, _: Units) -> Words:
    state = STATES.get(code)
    return Words(f"{code} · {state.name_vi}", f"{code} · {state.name_en}") if state else same(code)


def _children(children: Sequence[Member], _: Units) -> Words:
    return same(" · ".join(f"{child.name} {child.standing}" for child in children))


def _units(codes: Sequence[str], units: Units) -> Words:
    return same(" · ".join(units.name(code).vi for code in codes))


def _fields(names: Sequence[str], _: Units) -> Words:
    return same(", ".join(names))  # what was corrected, never to what


def _yes(_value: object, _: Units) -> Words:
    return Words("có", "yes")


# in this order; a field at its default says nothing
FACTS: Mapping[str, tuple[Words, _Write]] = {
    "national_code": (Words("Trạng thái", "State"), _state),
    "dossier_code": (Words("Mã hồ sơ", "Dossier code"), _plain),
    "code": (Words("Mã phản ánh", "Petition"), _plain),
    "procedure": (Words("Thủ tục", "Procedure"), _procedure),
    "from_unit": (Words("Từ đơn vị", "From unit"), unit),
    "receiving_unit": (Words("Tiếp nhận", "Received by"), unit),
    "competent_unit": (Words("Giải quyết", "Decided by"), unit),
    "returning_unit": (Words("Trả kết quả", "Handed over by"), unit),
    "unit": (Words("Đơn vị", "Unit"), unit),
    "candidates": (Words("Có thể là", "May be one of"), _units),
    "amount_vnd": (Words("Số tiền", "Amount"), _vnd),
    "total_vnd": (Words("Tổng cộng", "Total"), _vnd),
    "partner": (Words("Đối tác", "Partner"), _plain),
    "reference": (Words("Mã lệnh", "Order"), _plain),
    "transaction": (Words("Mã giao dịch", "Transaction"), _plain),
    "finding": (Words("Kết luận", "Finding"), _plain),
    "series": (Words("Ký hiệu", "Series"), _plain),
    "number": (Words("Số", "Number"), _plain),
    "kind": (Words("Loại", "Kind"), _plain),
    "period": (Words("Kỳ", "Period"), _plain),
    "milestone": (Words("Về việc", "About"), _about),
    "channel": (Words("Qua", "Through"), _channel),
    "officer": (Words("Cán bộ", "Officer"), _plain),
    "operator": (Words("Người vận hành", "Operator"), _plain),
    "checker": (Words("Người kiểm tra", "Checked by"), _plain),
    "did": (Words("Đã làm", "Did"), _plain),
    "field": (Words("Trường", "Field"), _plain),
    "by": (Words("Người làm", "Done by"), _plain),
    "checked_by": (Words("Người duyệt", "Agreed to by"), _plain),
    "action": (Words("Thao tác", "Action"), _plain),
    "signer": (Words("Người ký", "Signer"), _plain),
    "certificate_expires": (Words("Chứng thư hết hạn", "Certificate expires"), _plain),
    "tracking": (Words("Mã bưu gửi", "Parcel"), _plain),
    "place": (Words("Tại", "At"), _plain),
    "step": (Words("Bước", "Step"), _plain),
    "due_before": (Words("Hạn trước", "Due before"), _at),
    "due": (Words("Hạn", "Due"), _at),
    "acceptance_due": (Words("Hạn tiếp nhận", "To be accepted by"), _at),
    "return_due": (Words("Hạn trả kết quả", "To be handed over by"), _at),
    "expires_at": (Words("Hết hạn", "Expires"), _at),
    "clock": (Words("Đồng hồ", "Clock"), _plain),
    "on_time": (Words("Đúng hạn", "On time"), _yes),
    "cause": (Words("Nguyên nhân", "Cause"), _plain),
    "reason": (Words("Lý do", "Reason"), _plain),
    "because": (Words("Vì", "Because of"), _plain),
    "note": (Words("Ghi chú", "Note"), _plain),
    "service": (Words("Dịch vụ", "Service"), _plain),
    "name": (Words("Tên", "Name"), _plain),
    "standing": (Words("Tình trạng", "Standing"), _plain),
    "outcome": (Words("Kết cục", "Outcome"), _plain),
    "children": (Words("Hồ sơ con", "Children"), _children),
    "parent": (Words("Thuộc hồ sơ", "Child of"), _plain),
    "fields": (Words("Trường", "Fields"), _fields),
    "score": (Words("Điểm", "Score"), _plain),
    "score_before": (Words("Điểm trước", "Score before"), _plain),
    "refund": (Words("Lệnh hoàn", "Refund"), _plain),
    "disbursement": (Words("Lệnh chi trả", "Payout"), _plain),
    "key": (Words("Khóa", "Key"), _plain),
    "occasion": (Words("Lần", "Time"), _plain),
}
_NOTHING = Gist()


def facts(g: Gist, units: Units) -> Iterator[Fact]:
    """Yield what a message says, field by field."""
    for field, (name, write) in FACTS.items():
        if getattr(g, field) != getattr(_NOTHING, field):
            yield Fact(name, write(getattr(g, field), units))
