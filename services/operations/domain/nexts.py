"""What happens next, by cause: who does what.

The second half of a sentence, in words with `{unit}` (whose turn it is), `{partner}`, `{service}`
in them.  Every cause has its words; a test proves that.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.operations.domain.causes import BREAK, CALL, GAP, HELD, POISON
from services.operations.domain.citizen.words import Words


class Next(NamedTuple):
    """`late`: what happens instead once it is stuck, of what may wait for a while."""

    words: Words
    late: Words | None = None


_SERVICE = Words(
    "người vận hành xem dịch vụ có chạy không ở trang Luồng xử lý; dịch vụ chạy thì hồ sơ tự đi "
    "tiếp",
    "an operator looks on the page Flow whether the service runs; once it does, it goes on by "
    "itself",
)
_ASKED_AGAIN = Words(
    "hệ thống tự hỏi lại {partner} theo lịch; người vận hành có thể hỏi ngay",
    "{partner} is asked again by the schedule; an operator can have it asked at once",
)
_CALL_UNIT = Words(
    "người vận hành nhắc {unit}, hoặc chuyển hồ sơ sang đơn vị khác",
    "an operator reminds {unit}, or gives it to another unit",
)
_NEW_DATE = Words(
    "{unit} trả lời công dân; người vận hành có thể hẹn lại ngày kèm thư xin lỗi",
    "{unit} answers the citizen; an operator can give a new date with an apology",
)
_BRING = Words(
    "{unit} liên hệ công dân, hoặc kết thúc hồ sơ",
    "{unit} calls the citizen, or ends it",
)
_HAND_OUT = Words(
    "{unit} liên hệ công dân để trả kết quả",
    "{unit} calls the citizen to hand the result out",
)
_BANK_LATE = Words(
    "người vận hành liên hệ {partner}; hệ thống vẫn hỏi lại theo lịch",
    "an operator calls {partner}, which is still asked by the schedule",
)
_SECOND = Words(
    "người thứ hai đồng ý hoặc từ chối, hoặc người phụ trách tự chuyển tiền và ghi lại, như dòng "
    "thời "
    "gian cho biết",
    "a second person agrees or turns it down, or a person pays by hand and records it, as its "
    "timeline says",
)
_CARRIED = Words(
    "nơi gửi tin trả lời; không trả lời thì hệ thống hỏi lại hoặc đổi nơi gửi",
    "the gateway answers; if not, it is asked again or another takes its place",
)
_ASSIGN = Words("người vận hành giao cho một đơn vị", "an operator assigns it to a unit")

NEXT: Mapping[str, Next] = {
    "unanswered": Next(
        Words("hệ thống tiếp nhận hoặc từ chối", "intake takes it in or refuses it"), _SERVICE
    ),
    "repeated": Next(
        Words(
            "cổng gửi phải dừng gửi lại; hồ sơ chỉ được tính một lần",
            "the portal that sends it has to stop; it counts once",
        )
    ),
    "unrouted": Next(
        Words("hệ thống chọn cơ quan giải quyết", "routing chooses the unit that decides it"),
        _SERVICE,
    ),
    "needs_choice": Next(
        Words(
            "người vận hành chọn một trong các đơn vị ở mục Phân tuyến, người thứ hai đồng ý",
            "an operator chooses one of the units that its routing names, and a second person "
            "agrees",
        )
    ),
    "interlinked_needs_person": Next(
        Words(
            "mở từng hồ sơ con: cơ quan của phần đó quyết định",
            "open its children: the unit of that part decides",
        )
    ),
    "awaiting_acceptance": Next(
        Words("{unit} tiếp nhận hoặc từ chối", "{unit} accepts it or refuses it"), _CALL_UNIT
    ),
    "unassessed": Next(Words("hệ thống tính phí, lệ phí", "payment assesses its fee"), _SERVICE),
    "awaiting_payment": Next(
        Words(
            "công dân nộp qua {partner}; quá hạn mà chưa nộp thì lệnh thanh toán hết hiệu lực",
            "the citizen pays with {partner}; unpaid by then, the order expires",
        ),
        Words(
            "hệ thống hỏi {partner} lần cuối rồi đóng lệnh thanh toán; người vận hành có thể hỏi "
            "ngay",
            "{partner} is asked a last time and the order is closed; an operator can have it asked "
            "at once",
        ),
    ),
    "unpaid": Next(
        Words("{unit} từ chối hồ sơ", "{unit} refuses it"),
        Words(
            "người vận hành nhắc {unit} từ chối, hoặc hủy hồ sơ",
            "an operator reminds {unit} to refuse it, or cancels it",
        ),
    ),
    "partner_asked": Next(
        Words("{partner} trả lời", "{partner} answers"),
        _ASKED_AGAIN,
    ),
    "partner_silent": Next(_ASKED_AGAIN),
    "partner_down": Next(
        Words(
            "hệ thống thử gọi {partner} lại sau ít lâu, rồi hỏi về giao dịch; người vận hành có "
            "thể "
            "hỏi ngay",
            "a call is let through to {partner} after a while, and then it is asked; an operator "
            "can "
            "have it asked at once",
        )
    ),
    "wrong_amount": Next(
        Words(
            "người vận hành đề nghị hoàn tiền, người thứ hai đồng ý; lệnh thanh toán vẫn chờ đủ "
            "tiền",
            "an operator has the money given back, and a second person agrees; the order waits on "
            "for what is due",
        )
    ),
    "told_otherwise": Next(
        Words(
            "người vận hành hỏi {partner} nội dung nào đúng; khoản đã ghi nhận giữ nguyên",
            "an operator asks {partner} which is right; what was booked stands",
        )
    ),
    BREAK: Next(
        Words(
            "sao kê sau có thể tự khớp; nếu không, người vận hành đóng khoản lệch với lý do, người "
            "thứ hai đồng ý",
            "a later statement may match by itself; if not, an operator marks it as reconciled, "
            "and "
            "a second person agrees",
        ),
        Words(
            "người vận hành đóng khoản lệch với lý do, người thứ hai đồng ý",
            "an operator marks the break as reconciled, with a reason, and a second person agrees",
        ),
    ),
    "refund_under_way": Next(
        Words("{partner} trả tiền lại cho công dân", "{partner} gives the citizen the money back"),
        _BANK_LATE,
    ),
    "refund_waits": Next(_SECOND, _SECOND),
    "refund_failed": Next(
        Words(
            "người vận hành cho hoàn lại lần nữa, hoặc người phụ trách chuyển tay và ghi lại",
            "an operator has it tried again, or a person pays by hand and records it",
        )
    ),
    "allowance_under_way": Next(
        Words("{partner} chi trả cho công dân", "{partner} pays the citizen"), _BANK_LATE
    ),
    "allowance_waits": Next(_SECOND, _SECOND),
    "allowance_failed": Next(
        Words(
            "người phụ trách sửa tài khoản nhận, hoặc người vận hành cho chi lại",
            "a person corrects where it goes to, or an operator has it tried again",
        )
    ),
    "in_processing": Next(
        Words(
            "{unit} giải quyết, hoặc yêu cầu bổ sung",
            "{unit} decides it, or asks the citizen for more",
        ),
        _NEW_DATE,
    ),
    "awaiting_supplement": Next(
        Words(
            "công dân bổ sung giấy tờ, rồi {unit} tiếp tục",
            "the citizen brings it, and {unit} goes on",
        ),
        _BRING,
    ),
    "awaiting_obligation": Next(
        Words(
            "công dân nộp tiền, rồi {unit} tiếp tục",
            "the citizen pays, and {unit} goes on",
        ),
        _BRING,
    ),
    "stopped": Next(
        Words("{unit} tiếp tục khi hết lý do dừng", "{unit} goes on once the reason is gone"),
        Words(
            "người vận hành hỏi {unit} khi nào tiếp tục",
            "an operator asks {unit} when it goes on",
        ),
    ),
    "awaiting_signature": Next(
        Words("người ký của {unit} ký số", "the signer of {unit} signs it"), _NEW_DATE
    ),
    "certificate_expired": Next(
        Words(
            "{unit} gia hạn chứng thư số, hoặc người khác ký",
            "{unit} renews the certificate, or another signs",
        )
    ),
    "awaiting_return": Next(
        Words("{unit} trả kết quả cho công dân", "{unit} hands the result out to the citizen"),
        _HAND_OUT,
    ),
    "in_post": Next(
        Words("bưu chính phát kết quả cho công dân", "the post brings the citizen the result"),
        Words("{unit} hỏi bưu chính", "{unit} asks the post where it is"),
    ),
    "post_came_back": Next(_HAND_OUT),
    "notice_under_way": Next(_CARRIED, _CARRIED),
    "gateway_silent": Next(_CARRIED),
    "notice_failing": Next(
        Words(
            "người vận hành cho gửi lại, hoặc báo công dân bằng cách khác",
            "an operator has it sent again, or tells the citizen otherwise",
        )
    ),
    HELD: Next(
        Words(
            "sau khi sửa nguyên nhân, người vận hành cho dịch vụ {service} xử lý lại",
            "once the cause is mended, an operator has {service} decide it again",
        )
    ),
    POISON: Next(
        Words(
            "người vận hành mở bản ghi, cho đọc lại sau khi sửa nguyên nhân hoặc gửi bản đã sửa",
            "an operator opens the message, and has it read again once the cause is mended, or "
            "sends "
            "a mended copy",
        )
    ),
    GAP: Next(
        Words(
            "sự kiện còn thiếu của {service} có thể đang được đọc",
            "the missing event of {service} may still be read",
        ),
        Words(
            "người phụ trách nhật ký phát lại sự kiện từ sổ của dịch vụ {service}, hoặc đọc lại "
            "toàn bộ nhật ký",
            "who runs the log has the event of {service} said again from its journal, or the log "
            "read anew",
        ),
    ),
    CALL: Next(
        Words(
            "{partner} gọi lại, hoặc sao kê có khoản này",
            "{partner} calls again, or its statement has it",
        ),
        Words("người vận hành hỏi {partner}", "an operator asks {partner}"),
    ),
    "petition_unassigned": Next(_ASSIGN, _ASSIGN),
    "petition_open": Next(
        Words("{unit} trả lời công dân", "{unit} answers the citizen"),
        Words("người vận hành nhắc {unit} trả lời", "an operator reminds {unit} to answer"),
    ),
}
