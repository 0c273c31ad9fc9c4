"""The words of the pages of rounds."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words
from services.operations.domain.rounds import Doing, Status

ROUNDS: Mapping[str, Words] = {
    "rounds": Words("Lượt xử lý", "Rounds"),
    "rounds_lead": Words(
        "Mỗi lượt làm một việc cho nhiều hồ sơ: xem trước, gửi lệnh dần, rồi kiểm tra nguyên nhân "
        "đã hết chưa.",
        "A round does one thing to many: it is previewed, sent little by little, and looked at "
        "afterwards.",
    ),
    "rounds_none": Words(
        "Chưa có lượt nào. Mở một nhóm của trang Hồ sơ ùn tắc để bắt đầu.",
        "There is none yet. Open a group of the page Stuck to begin one.",
    ),
    "rounds_more": Words("Các lượt trước đó", "Earlier rounds"),
    "round_what": Words("Việc làm", "What is done"),
    "round_status": Words("Tình trạng", "Standing"),
    "round_by": Words("Người lập", "Begun by"),
    "round_at": Words("Lúc", "At"),
    "round_why": Words("Lý do", "Reason"),
    "round_items": Words("Số việc", "How many"),
    # what can be done about a group, and about one application
    "do": Words("Có thể làm gì", "What can be done"),
    "do_all": Words("Làm cho cả nhóm", "Do it to the whole group"),
    "do_chosen": Words("Làm cho hồ sơ đã chọn bên dưới", "Do it to those chosen below"),
    "do_seen": Words(
        "Người vận hành có thể làm; vai trò của tài khoản này chỉ xem.",
        "Operators can do it; the role of this account only looks.",
    ),
    "do_about": Words("Về", "About"),
    "choose": Words("Chọn {name}", "Choose {name}"),
    # the form
    "new_lead": Words(
        "Bước tiếp theo chỉ xem trước: chưa có gì được thực hiện.",
        "The next step is a preview: nothing is done yet.",
    ),
    "new_follows": Words("Điều có thể xảy ra sau đó", "What may follow"),
    "new_needs_check": Words(
        "Việc này sửa tiền hoặc trạng thái: sau khi xin, một người khác phải duyệt.",
        "This corrects money or state: once asked for, another person has to agree.",
    ),
    "new_to": Words("Làm cho", "To which"),
    "new_chosen": Words("Đã chọn: {count}", "Chosen: {count}"),
    "new_stuck": Words("Những việc đang ùn tắc", "What is stuck"),
    "new_all": Words("Cả những việc đang chờ đúng quy định", "Also what waits as it should"),
    "new_group": Words("Nhóm bản ghi {group}", "Group of messages {group}"),
    "new_unit": Words("Chỉ của đơn vị (mã)", "Of this unit alone (code)"),
    "new_partner": Words("Chỉ của đối tác", "Of this partner alone"),
    "new_since": Words("Bắt đầu chờ từ", "Began to wait from"),
    "new_until": Words("Bắt đầu chờ trước", "Began to wait before"),
    "new_any_time": Words(
        "Giờ Việt Nam; để trống: bất cứ lúc nào.", "Viet Nam's time; empty: whenever it was."
    ),
    "wrong_time": Words("Hãy nhập ngày và giờ.", "Give a day and a time."),
    "wrong_until": Words(
        "Thời điểm này phải sau thời điểm trên.", "This is to be after the one above."
    ),
    "new_any": Words("Để trống: tất cả.", "Empty: all of them."),
    "new_to_unit": Words("Giao cho đơn vị (mã)", "To this unit (code)"),
    "new_to_unit_hint": Words(
        "Một đơn vị trong cùng tỉnh; hồ sơ phải chọn đơn vị thì hành trình ghi các đơn vị có thể.",
        "One of the same province; where a unit has to be chosen, the journey names those it can "
        "be.",
    ),
    "new_working_days": Words("Số ngày làm việc kể từ hôm nay", "Working days from now on"),
    "wrong_to_unit": Words("Hãy nhập mã đơn vị.", "Give the code of a unit."),
    "wrong_working_days": Words(
        "Hãy nhập số ngày làm việc, từ 1 đến {limit}.", "Give working days, from 1 to {limit}."
    ),
    "new_no_unit": Words(
        "Hôm nay không có đơn vị nào mang mã này.", "No unit has this code today."
    ),
    "new_reason": Words("Lý do", "Reason"),
    "new_reason_hint": Words(
        "Từ 3 đến 500 ký tự; được ghi vào dòng thời gian của từng hồ sơ.",
        "3 to 500 characters; it stands in the timeline of each application.",
    ),
    "new_preview": Words("Xem trước", "Preview"),
    "new_back": Words("Quay lại nhóm", "Back to the group"),
    "refused_no-reason": Words(
        "Hãy ghi lý do, từ 3 đến 500 ký tự.", "Say why, in 3 to 500 characters."
    ),
    # one round
    "round_about": Words("Nguyên nhân", "Cause"),
    "round_only": Words("Phạm vi", "Scope"),
    "round_matters": Words(
        "{items} việc của {people} hồ sơ", "{items} matters of {people} applications"
    ),
    "round_money": Words("Tiền liên quan", "Money at risk"),
    "round_refused": Words("Không làm được", "Refused"),
    "round_see_refused": Words("Xem những việc không làm được", "See those that are refused"),
    "round_cut": Words(
        "Còn nhiều hơn số một lượt nhận được: hãy lập lượt khác khi lượt này xong.",
        "There are more than a round takes: begin another when this one is done.",
    ),
    "round_nothing": Words(
        "Không có việc nào để làm.", "There is nothing that anything could be done to."
    ),
    "round_preview": Words(
        "Chưa có gì được thực hiện. Xem từng việc bên dưới rồi bắt đầu.",
        "Nothing is done yet. Look at each below, then start.",
    ),
    "round_waits": Words(
        "{by} đã xin: một người khác phải duyệt.", "{by} asked for it: another has to agree."
    ),
    "round_yours": Words(
        "Bạn là người xin: hãy để người khác duyệt.",
        "You asked for it yourself: let another look at it.",
    ),
    "round_late": Words(
        "Việc vừa bấm không còn làm được: lượt này đã sang tình trạng khác.",
        "What you asked for is not possible any more: the round had moved on.",
    ),
    "round_sent": Words("Đã xử lý {done} trên {all}", "{done} of {all} done"),
    "round_looked": Words("Đã kiểm tra {done} trên {all}", "{done} of {all} looked at"),
    "round_live": Words(
        "Trang tự cập nhật; không có tập lệnh thì tải lại trang.",
        "This is brought up to date by itself; without scripts, load the page again.",
    ),
    "round_gone": Words(
        "Nguyên nhân đã hết ở cả {count} việc đã gửi.",
        "The cause is gone of all {count} that were sent.",
    ),
    "round_gone_of_sent": Words(
        "Nguyên nhân đã hết ở {count} việc đã gửi; những việc khác không được làm.",
        "The cause is gone of the {count} that were sent; nothing was done to the others.",
    ),
    "round_left": Words(
        "Nguyên nhân chưa hết ở {count} việc: xem từng việc bên dưới.",
        "The cause is not gone of {count}: look at each below.",
    ),
    "round_none_sent": Words("Không lệnh nào được gửi.", "No command was sent."),
    "round_list": Words("Từng việc", "Each of them"),
    "round_only_those": Words("Chỉ những việc: {outcome}.", "Only those: {outcome}."),
    "round_all": Words("Xem tất cả", "Show all of them"),
    "round_more": Words("Trang tiếp theo", "Next page"),
    "round_first": Words("Về trang đầu", "Back to the first page"),
    "round_acts": Words("Ai đã làm gì", "Who did what"),
    "round_itself": Words("hệ thống", "the system"),
    "item_application": Words("Hồ sơ", "Application"),
    "item_unit": Words("Đơn vị", "Unit"),
    "item_detail": Words("Nội dung", "Detail"),
    "item_since": Words("Chờ từ", "Waits since"),
    "item_money": Words("Tiền", "Money"),
    "item_result": Words("Kết quả", "Result"),
    "item_would": Words("sẽ được làm", "would be done"),
    "item_there": Words("chờ từ {at}", "waits since {at}"),
    # what a person does
    "do_start": Words("Bắt đầu", "Start"),
    "do_ask": Words("Xin duyệt", "Ask for it"),
    "do_approve": Words("Duyệt", "Approve"),
    "do_reject": Words("Từ chối", "Reject"),
    "do_pause": Words("Tạm dừng", "Pause"),
    "do_resume": Words("Tiếp tục", "Resume"),
    "do_abort": Words("Dừng hẳn", "Abort"),
    "do_discard": Words("Bỏ lượt này", "Discard"),
    "check_hint": Words(
        "Từ 3 đến 500 ký tự; được ghi lại cùng lượt này.",
        "3 to 500 characters; it is kept with the round.",
    ),
    "check_reason": Words("Lý do duyệt hoặc từ chối", "Why you approve or reject"),
    "refused_too-many-open": Words(
        "Đang có quá nhiều lượt chạy: hãy đợi một lượt xong, hoặc dừng một lượt.",
        "Too many rounds are under way: wait for one of them, or abort one.",
    ),
    "refused_too-many-acts": Words(
        "Lượt này đã bị tạm dừng quá nhiều lần: hãy dừng hẳn, hoặc để nó chạy.",
        "It was paused too often: abort it, or let it be.",
    ),
    "refused_preview-too-old": Words(
        "Kết quả xem trước đã quá cũ: hãy xem trước lại rồi bắt đầu.",
        "It was previewed too long ago: preview it anew, then start it.",
    ),
    "refused_no-form-key": Words(
        "Biểu mẫu không đầy đủ: hãy mở lại và gửi lần nữa.",
        "The form is not whole: open it anew, and send it again.",
    ),
    "refused_unknown-round": Words("Không có lượt nào mang mã này.", "No round has this id."),
    "refused_no-such-action": Words(
        "Không có cách xử lý này cho nguyên nhân đó.", "There is no such action for this cause."
    ),
    "refused_none-chosen": Words(
        "Chưa chọn hồ sơ nào: quay lại và chọn, hoặc làm cho cả nhóm.",
        "No application was chosen: go back and choose, or do it to the whole group.",
    ),
}
STATUSES: Mapping[Status, Words] = {
    "ready": Words("Chưa bắt đầu", "Not started"),
    "waiting_for_check": Words("Chờ người khác duyệt", "Waits for another to agree"),
    "running": Words("Đang gửi", "Sending"),
    "paused": Words("Tạm dừng", "Paused"),
    "checking": Words("Đang kiểm tra nguyên nhân", "Looking whether the cause is gone"),
    "done": Words("Đã xong", "Done"),
    "aborted": Words("Đã dừng hẳn", "Aborted"),
    "rejected": Words("Bị từ chối", "Rejected"),
    "expired": Words("Hết hạn, không ai bắt đầu", "Expired, nobody started it"),
}
RESULTS: Mapping[str, Words] = {
    "not_yet": Words("chưa đến lượt", "not its turn yet"),
    "not_sent": Words("không gửi: lượt đã dừng", "not sent: the round was stopped"),
    "refused": Words("không làm được", "refused"),
    "sent": Words("đã gửi lệnh", "sent"),
    "gone_before": Words("không còn chờ khi đến lượt", "waited no more when it was its turn"),
}
CHECKS: Mapping[str, Words] = {
    "gone": Words("nguyên nhân đã hết", "the cause is gone"),
    "still_there": Words("nguyên nhân vẫn còn", "the cause is still there"),
    "came_back": Words("nguyên nhân lại xuất hiện", "the cause is back again"),
    "under_way": Words("đang làm lại, chưa xong", "set going again, and not over"),
    "unknown": Words("chưa biết: số liệu đến chậm", "not known: the read side is behind"),
}
DOINGS: Mapping[Doing, Words] = {
    "preview": Words("lập và xem trước", "began and previewed it"),
    "start": Words("bắt đầu", "started it"),
    "ask": Words("xin duyệt", "asked for it"),
    "approve": Words("duyệt", "agreed to it"),
    "reject": Words("từ chối", "turned it down"),
    "pause": Words("tạm dừng", "paused it"),
    "resume": Words("cho chạy tiếp", "let it go on"),
    "abort": Words("dừng hẳn", "aborted it"),
    "sent": Words("đã gửi hết", "sent all of it"),
    "checked": Words("đã kiểm tra hết", "looked at all of it"),
    "expire": Words("xóa kết quả xem trước đã cũ", "deleted the old preview"),
}
