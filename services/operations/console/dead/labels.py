"""The words of the pages of what is set aside."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

DEAD: Mapping[str, Words] = {
    "dead": Words("Bản ghi lỗi", "Set aside"),
    "dead_lead": Words(
        "Những gì hệ thống không đọc hoặc không xử lý được. Bản gốc luôn được giữ.",
        "What services could not read or decide, by why. The original is always kept.",
    ),
    "dead_nothing": Words("Không có bản ghi nào bị để lại.", "Nothing is set aside."),
    "dead_not_whole": Words(
        "Còn nhiều hơn số đếm được ở đây.", "There is more than is counted here."
    ),
    "dead_group": Words("Nguyên nhân", "Why"),
    "dead_where": Words("Ở đâu", "Where"),
    "dead_count": Words("Số bản ghi", "How many"),
    "dead_hour": Words("Giờ qua", "Last hour"),
    "dead_before": Words("Giờ trước đó", "Hour before"),
    "dead_oldest": Words("Cũ nhất", "Oldest"),
    "dead_newest": Words("Mới nhất", "Newest"),
    "dead_kind_dead": Words("không đọc được", "nobody can read it"),
    "dead_kind_call": Words("cuộc gọi của đối tác", "a partner's call"),
    "dead_kind_parked": Words("đang giữ lại", "held"),
    "dead_at_field": Words("tại", "at"),
    "dead_list": Words("Từng bản ghi, cũ nhất trước", "One by one, the oldest first"),
    "dead_more": Words("Trang tiếp theo", "Next page"),
    "dead_gone": Words(
        "Không còn bản ghi nào ở nhóm này.", "Nothing of this group is there any more."
    ),
    "dead_nobody": Words("chưa biết của hồ sơ nào", "of no application that is known"),
    "dead_since": Words("Từ {at}, đã {took}", "Since {at}, for {took}"),
    # one
    "dead_one": Words("Một bản ghi", "One record"),
    "dead_differs": Words("Khác với hợp đồng dữ liệu", "Where it differs from its contract"),
    "dead_schema": Words("Hợp đồng: {schema}", "The contract: {schema}"),
    "dead_path": Words("Trường", "Field"),
    "dead_expected": Words("Hợp đồng có", "The contract has"),
    "dead_found": Words("Bản ghi có", "The record has"),
    "dead_as_agreed": Words(
        "Đúng hợp đồng dữ liệu hiện nay.", "It is as its contract of today has it."
    ),
    "dead_sample": Words("Bản ghi", "The record"),
    "dead_masked": Words(
        "Không hiện giá trị nào có thể là dữ liệu cá nhân: chữ số hiện là 9, chữ cái là a.",
        "No value that may be personal is shown: digits are shown as 9, letters as a.",
    ),
    "dead_no_sample": Words("Không phải JSON: không hiện được.", "It is no JSON: not to be shown."),
    "dead_wrong_here": Words("sai ở đây", "wrong here"),
    "dead_journey": Words("Hành trình của hồ sơ", "The application's journey"),
    # what was done
    "dead_done": Words("Đã xử lý", "What was done"),
    "dead_did_redriven": Words("Đã gửi lại như cũ", "Sent again as it was"),
    "dead_did_edited": Words("Đã gửi một bản sao đã sửa", "A mended copy was sent"),
    "dead_did_dismissed": Words("Đã cho qua, không gửi lại", "Dismissed, nothing was sent"),
    "dead_by": Words("{by}, lúc {at}: {reason}", "{by}, at {at}: {reason}"),
    "dead_checked": Words("Người kiểm tra: {by}", "Accepted by {by}"),
    "dead_became_not_yet": Words("Chưa thấy kết quả.", "Nothing came of it yet."),
    "dead_became_taken": Words("Dịch vụ đã xử lý.", "The service has taken it."),
    "dead_became_held": Words(
        "Dịch vụ đọc được nhưng đang giữ lại.", "The service could read it, and holds it."
    ),
    "dead_became_came_back": Words(
        "Lại bị để lại: xem bản ghi mới.", "It was set aside again: look for the new one."
    ),
    # what may be done
    "dead_send": Words("Gửi lại như cũ", "Send it again as it was"),
    "dead_send_all": Words(
        "Gửi lại cả trang: {count} bản ghi", "Send these again: {count} records"
    ),
    "dead_send_round": Words(
        "Gửi lại cả nhóm theo lượt: xem trước, theo dõi, dừng được",
        "Send all of the group in a round: previewed, followed, stopped at any time",
    ),
    "dead_send_lead": Words(
        "Gửi lại sau khi đã sửa nguyên nhân. Gửi nhiều lần cũng chỉ tính một lần.",
        "After the cause was mended. However often it is sent, it counts once.",
    ),
    "dead_decide_again": Words("Cho xử lý lại", "Have it decided again"),
    "dead_dismiss_all": Words(
        "Đề nghị cho qua cả trang: {count} bản ghi", "Ask to dismiss these: {count} records"
    ),
    "dead_dismiss_lead": Words(
        "Không gửi gì nữa; bản gốc vẫn được giữ. Người thứ hai phải đồng ý.",
        "Nothing is sent of it, and it is kept. A second person has to agree.",
    ),
    "dead_asked": Words("Đề nghị cho qua", "Asked to be dismissed"),
    "dead_asked_by": Words(
        "{by}, {count} bản ghi ở trang này: {reason}", "{by}, {count} records here: {reason}"
    ),
    "dead_asked_one": Words(
        "{by} đề nghị cho qua, không gửi lại", "{by} asks to dismiss it, nothing is sent"
    ),
    "dead_agree": Words("Đồng ý cho qua", "Agree: nothing is sent"),
    "dead_dismiss": Words("Đề nghị cho qua, không gửi lại", "Ask to dismiss, nothing is sent"),
    "dead_why": Words("Lý do", "Reason"),
    "dead_result": Words("Kết quả", "Result"),
    "dead_result_sent": Words("đã gửi", "sent"),
    "dead_result_asked": Words("chờ người thứ hai đồng ý", "wait for a second person"),
    "dead_result_dismissed": Words("đã cho qua", "dismissed"),
    "dead_result_rejected": Words("đã từ chối", "turned down"),
    "dead_result_not_asked": Words("chưa ai đề nghị cho qua", "nobody asked to dismiss"),
    "dead_result_waits": Words(
        "đã có đề nghị khác chờ người thứ hai", "have something else waiting for a second person"
    ),
    "dead_result_own": Words(
        "do bạn đề nghị: người khác phải đồng ý", "you asked for: somebody else has to agree"
    ),
    "dead_result_not_told_apart": Words(
        "không chắc là hai người", "nobody can be sure that you are two"
    ),
    "dead_result_unreadable": Words("không đọc được", "cannot be read"),
    "dead_result_cut_off": Words("chỉ còn phần đầu", "only its beginning is kept"),
    "dead_result_a_call": Words("là cuộc gọi của đối tác", "is a partner's call"),
    "dead_result_our_own": Words("do hệ thống viết", "is of our own"),
    "dead_result_still_wrong": Words("vẫn sai hợp đồng", "is still against its contract"),
    "dead_result_answered": Words("đã xử lý từ trước", "was answered before"),
    "dead_result_nothing_held": Words("không còn bị giữ", "is held no more"),
    "dead_result_soon": Words(
        "Bản ghi rời bảng sau vài giây; mở từng bản ghi để xem kết quả.",
        "They leave the board within seconds; open one to see what came of it.",
    ),
    # mending
    "dead_mend": Words("Sửa một bản sao", "Mend a copy"),
    "dead_mend_lead": Words(
        "Chỉ ghi những trường cần sửa; các trường khác giữ nguyên. Người thứ hai phải chấp nhận.",
        "Only what is to change; all else stays. A second person has to accept it.",
    ),
    "dead_value": Words("Giá trị mới", "New value"),
    "dead_remove": Words("Bỏ trường này", "Take this field out"),
    "dead_row": Words("Trường {n}", "Field {n}"),
    "dead_propose": Words("Gửi để kiểm tra", "Send it to be checked"),
    "dead_not_accepted": Words("Bản sao chưa đúng hợp đồng", "The copy is not as agreed"),
    "dead_copies": Words("Việc cần hai người", "What takes two"),
    "dead_copy": Words("Bản sao {n} của {by}", "Copy {n}, by {by}"),
    "dead_verdict_accepted": Words("đã chấp nhận", "accepted"),
    "dead_verdict_rejected": Words("đã từ chối", "rejected"),
    "dead_verdict_waits": Words("chờ người thứ hai", "waits for a second person"),
    "dead_accept": Words("Chấp nhận và gửi", "Accept and send"),
    "dead_reject": Words("Từ chối", "Reject"),
    "dead_own": Words(
        "Bạn đã đề nghị: người khác phải chấp nhận.",
        "You asked for it: somebody else has to agree.",
    ),
    # what is refused
    "refused_unknown-record": Words(
        "Không có bản ghi nào bị để lại ở đây.", "Nothing that was set aside stands there."
    ),
    "refused_unknown-edit": Words("Không có bản sao này.", "There is no such copy of it."),
    "refused_not-mendable": Words(
        "Bản ghi này không sửa được bằng bản sao.", "This record cannot be mended by a copy."
    ),
    "refused_copy-waits": Words(
        "Đã có một đề nghị chờ người thứ hai, hoặc đã quá nhiều đề nghị.",
        "Something of it waits for a second person already, or there was too much.",
    ),
    "refused_decided-already": Words(
        "Người khác đã quyết định: hãy mở lại trang.",
        "Somebody decided already: open the page again.",
    ),
    "refused_reason-needed": Words(
        "Hãy ghi lý do, từ 3 đến 500 ký tự.", "Give a reason of 3 to 500 characters."
    ),
}
