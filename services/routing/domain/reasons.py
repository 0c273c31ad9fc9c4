"""Why something is not possible, and what to do instead: by its code, in Vietnamese and English."""

from collections.abc import Mapping


class Reason(str):
    """A reason in English, which has it in Vietnamese as well; empty: nothing is in the way."""

    __slots__ = ("vi",)

    vi: str

    def __new__(cls, en: str, vi: str) -> "Reason":
        """Return the reason in both languages."""
        made = super().__new__(cls, en)
        made.vi = vi
        return made


NOTHING = Reason("", "")

# code: Vietnamese, English, with the same fields in braces
REASONS: Mapping[str, tuple[str, str]] = {
    "moved-since": (
        "hồ sơ đã thay đổi sau khi ông/bà xem: hãy xem lại rồi quyết định",
        "it has moved since you looked at it: look again, then decide",
    ),
    "not-in-this-state": (
        "không thực hiện được {move} khi hồ sơ ở trạng thái {code} ({stage}); hiện có thể:"
        " {possible}",
        "{move} is not possible in state {code} ({stage}); possible now: {possible}",
    ),
    "not-any-more": (
        "không thực hiện được {move} khi hồ sơ ở trạng thái {code} ({stage}); cán bộ không còn"
        " thao tác nào",
        "{move} is not possible in state {code} ({stage}); no officer can move it now",
    ),
    "unknown-dossier": (
        "chưa có hồ sơ nào mang mã này: kiểm tra mã hoặc thử lại sau ít phút",
        "no such dossier is known here: check the id, or try again in a moment",
    ),
    "calendar-ends": (
        "lịch làm việc chưa có năm cần tính: bổ sung năm đó vào lịch rồi thực hiện lại",
        "{error}: add its year to the calendar, then do it again",
    ),
    "fee-unpaid": (
        "phí, lệ phí khi nộp chưa được thanh toán: tiếp nhận sau khi đã thanh toán",
        "the fee due at submission is unpaid: accept it once it is paid",
    ),
    "fee-expired": (
        "phí, lệ phí khi nộp đã quá hạn thanh toán: từ chối tiếp nhận; công dân có thể nộp hồ sơ"
        " mới",
        "the fee due at submission was not paid in time: refuse it; a new one may be filed",
    ),
    "fee-unknown": (
        "phí, lệ phí khi nộp chưa được xác định: thử lại sau ít phút",
        "its fee is due at submission and not assessed yet: try again in a moment",
    ),
    "asked-enough": (
        "chỉ được yêu cầu bổ sung {limit} lần: quyết định theo hồ sơ hiện có",
        "a supplement may be asked for {limit} time(s): decide on what is there",
    ),
    "demanded-already": (
        "đã yêu cầu nộp {amount} đồng và chưa thanh toán xong: chờ thanh toán, hoặc đến khi hết hạn"
        " thanh toán",
        "{amount} dong are demanded already: wait until they are paid, or can be paid no more",
    ),
    "not-a-candidate": (
        "chọn một trong các đơn vị có thể: {units}",
        "choose one of the units it can be: {units}",
    ),
    "unknown-unit": (
        "hôm nay không có đơn vị nào mang mã {unit}: chọn một đơn vị trong danh mục",
        "no unit has the code {unit} today: choose one of the catalogue",
    ),
    "decided-by-commune": (
        "{unit} là cấp tỉnh, còn {procedure} do cấp xã giải quyết: chọn một xã, phường",
        "{unit} is a province, and a commune decides {procedure}: choose a commune",
    ),
    "decided-by-province": (
        "{unit} là cấp xã, còn {procedure} do cấp tỉnh giải quyết: chọn một tỉnh, thành phố",
        "{unit} is a commune, and a province decides {procedure}: choose a province",
    ),
    "decided-by-ministry": (
        "{unit} là cấp xã, còn {procedure} chuyển lên qua cấp tỉnh: chọn một tỉnh, thành phố",
        "{unit} is a commune, and {procedure} goes up through a province: choose one",
    ),
    "other-province": (
        "{unit} thuộc tỉnh khác: chọn một đơn vị của {here}",
        "{unit} is in another province: choose a unit of {here}",
    ),
    "dated-enough": (
        "chỉ được hẹn lại {limit} lần: giữ ngày hẹn hiện tại",
        "a new date may be given {limit} time(s): the one that stands is kept",
    ),
    "date-not-later": (
        "ngày hẹn mới phải sau {latest} (hôm nay và ngày hẹn cũ): chọn ngày muộn hơn",
        "a new date lies after {latest}, today and the date it had: give a later one",
    ),
    "date-unknown": (
        "lịch làm việc chưa có năm của ngày hẹn mới: chọn ngày sớm hơn",
        "{error}: give an earlier date",
    ),
    "day-off": (
        "{day} là ngày nghỉ: chọn một ngày làm việc",
        "{day} is a day off: give a working day",
    ),
    "not-your-unit": (
        "việc này do {theirs} thực hiện, còn khóa này dành cho {mine}: đề nghị đơn vị đó thực hiện",
        "this is for {theirs} to do, and this key is for {mine}: ask that unit to do it",
    ),
    "same-unit": (
        "{unit} đang giữ hồ sơ: chọn đơn vị khác, hoặc chỉ đổi nơi trả kết quả",
        "{unit} has it already: name another unit, or readdress it",
    ),
    "same-returning-unit": (
        "{unit} đã là nơi trả kết quả: chọn đơn vị khác",
        "{unit} hands it out already: name another unit",
    ),
    "certificate-expired": (
        "chứng thư số của người ký hết hạn ({day}): gia hạn rồi trình ký lại",
        "the signer's certificate expired ({day}): renew it, ask for the signature again",
    ),
    "certificate-too-long": (
        "không chứng thư số nào có hạn đến {day}: sửa lại ngày",
        "no certificate is valid until {day}: correct the day",
    ),
    "another-parcel": (
        "bưu gửi của hồ sơ là {parcel}: sửa số hiệu, hoặc báo cho đúng hồ sơ",
        "its parcel is {parcel}: correct the number, or tell it of the right dossier",
    ),
    "too-many-legs": (
        "bưu gửi này đã được báo {limit} nơi: chỉ báo khi phát xong hoặc hoàn",
        "{limit} places were told of this parcel: tell only its end",
    ),
    "scanned-in-the-future": (
        "thời điểm quét không thể ở tương lai: sửa lại thời điểm",
        "it cannot have been scanned in the future: correct the time",
    ),
    "came-back": (
        "{parcel} đã bị chuyển hoàn: gửi lại thành bưu gửi mới, với số hiệu mới",
        "{parcel} came back: post it again as another parcel, with its own number",
    ),
    "in-post": (
        "kết quả đang trên đường bưu điện: nhận lại trước, hoặc trả qua bưu điện",
        "it is in the post: take it back first, or return it by post",
    ),
    "not-posted": (
        "kết quả chưa gửi bưu điện: gửi trước, hoặc chọn hình thức khác",
        "it was not posted: post it first, or name another form",
    ),
    "no-template": (
        "hồ sơ được tiếp nhận trước khi có các bước: kết thúc mà không qua các bước",
        "it was accepted before there were steps: settle it without",
    ),
    "template-gone": (
        "quy trình {workflow} không còn trong danh mục: khôi phục dòng đó",
        "its steps {workflow} left the catalogue: put the row back",
    ),
    "step-gone": (
        "{workflow} không còn bước {step}: khôi phục các bước, hoặc kết thúc mà không qua bước đó",
        "{workflow} has no step {step} any more: put its steps back, or settle it without",
    ),
    "steps-done": (
        "mọi bước đã xong: kết thúc hồ sơ",
        "all its steps are done: settle it",
    ),
    "not-the-next-step": (
        "{asked} không phải bước tiếp theo: bước tiếp theo là {step}, theo thứ tự {order}",
        "{asked} is not the next step: it is {step}, in the order {order}",
    ),
    "other-catalogue": (
        "danh mục đang dùng là {version}: xem trước lại rồi áp dụng",
        "the catalogue in use is {version}: preview again, then apply that",
    ),
    "due-as-it-is": (
        "hạn đã đúng theo lịch của danh mục này: không phải chuyển gì",
        "it is due as this catalogue's calendar says: nothing is to be moved",
    ),
    "due-otherwise": (
        "theo lịch của danh mục này, hạn là {due}: xem trước lại",
        "by this catalogue's calendar it is due {due}: preview again",
    ),
    "no-such-unit": (
        "đơn vị {what_vi} {unit} không có trong danh mục nào: chọn đơn vị, hoặc từ chối",
        "the {what} unit {unit} is in no catalogue: choose a unit, or refuse",
    ),
    "split-unit": (
        "đơn vị {what_vi} {unit} đã chia thành nhiều đơn vị: chọn đúng đơn vị",
        "the {what} unit {unit} was split into several: choose the right one",
    ),
    "rules-version": (
        "phiên bản của bộ quy tắc chỉ gồm chữ không dấu, chữ số, dấu . / _ và gạch nối: sửa lại",
        "a version of rules has letters, digits, dots, slashes and hyphens, at most 64: correct it",
    ),
    "rule-id": (
        "{id!r} không phải mã quy tắc: chỉ dùng chữ thường không dấu, chữ số và gạch nối",
        "{id!r} is no id for a rule: take small letters, digits and hyphens",
    ),
    "rule-id-reserved": (
        "{id} dành cho quyết định không theo quy tắc nào: đặt mã khác",
        "{id} is what a decision without a rule is called: take another id",
    ),
    "rule-twice": (
        "{id} đã là mã của một quy tắc khác: kết thúc quy tắc đó và đặt mã mới cho quy tắc này",
        "{id} is another rule's id already: end that rule, and give this one an id of its own",
    ),
    "rule-ends-first": (
        "kết thúc ngày {to}, không sau ngày bắt đầu {since}: sửa ngày",
        "it ends on {to}, not after it begins on {since}: correct the days",
    ),
    "rule-unworded": (
        "quy tắc {id} thiếu lý do: viết why_vi và why_en",
        "the rule {id} does not say why: word why_vi and why_en",
    ),
    "rule-procedure": (
        "danh mục không có thủ tục mang mã {procedure}: sửa mã, hoặc nạp danh mục mới trước",
        "the catalogue has no procedure {procedure}: correct the code, or load its edition first",
    ),
    "rule-province": (
        "danh mục không có tỉnh, thành phố mang mã {province}: sửa mã, hoặc nạp danh mục mới trước",
        "the catalogue has no province {province}: correct the code, or load its edition first",
    ),
    "lists-overlap": (
        "tỉnh {province} có hai danh sách cùng lúc: kết thúc danh sách trước",
        "the province {province} has two lists at once: end the earlier one",
    ),
    "no-rule": (
        "không có quy tắc phân tuyến nào có hiệu lực ngày {on} cho hồ sơ như vậy: chọn đơn vị",
        "no routing rule is in force on {on} for such a dossier",
    ),
    "rules-conflict": (
        "các quy tắc {names} mâu thuẫn: chọn một đơn vị",
        "the rules {names} conflict: choose a unit",
    ),
}


def reason(code: str, /, **fields: object) -> Reason:
    """Return the reason with this code."""
    vi, en = REASONS[code]
    return Reason(en.format(**fields), vi.format(**fields))
