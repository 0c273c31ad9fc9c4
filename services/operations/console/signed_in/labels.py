"""The words of the pages of who is signed in."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

SIGNED_IN: Mapping[str, Words] = {
    "sessions": Words("Phiên đăng nhập", "Sessions"),
    "sessions_own": Words("Các phiên của bạn", "Your sessions"),
    "sessions_own_lead": Words(
        "Mỗi trình duyệt đang đăng nhập bằng tài khoản của bạn là một phiên. Nếu có phiên lạ, hãy "
        "kết thúc các phiên khác rồi báo người quản trị.",
        "Each browser that is signed in as you is a session. If there is one that you do not "
        "recognise, end the others, then tell an administrator.",
    ),
    "sessions_lead": Words(
        "Ai đang đăng nhập, ở mọi tiến trình. Kết thúc có hiệu lực ngay với yêu cầu kế tiếp và "
        "được ghi vào nhật ký; tài khoản còn hiệu lực vẫn đăng nhập lại được.",
        "Who is signed in, in all processes. Ending holds from the next request on and is written "
        "down; whose account still stands may sign in again.",
    ),
    "sessions_now": Words("Đang đăng nhập, mới nhất trước", "Signed in, the newest first"),
    "sessions_who": Words("Ai", "Who"),
    "sessions_role": Words("Vai trò", "Role"),
    "sessions_way": Words("Đăng nhập bằng", "Signed in by"),
    "sessions_since": Words("Từ lúc", "Since"),
    "sessions_seen": Words("Hoạt động gần nhất", "Last seen"),
    "sessions_this": Words("phiên này", "this one"),
    "sessions_none": Words("Không có ai đang đăng nhập.", "Nobody is signed in."),
    "sessions_cut": Words(
        "Chỉ hiện {count} phiên mới nhất.", "These are the newest {count} of them."
    ),
    "sessions_units": Words("đơn vị: {units}", "units: {units}"),
    "way_account": Words("tài khoản nội bộ", "a local account"),
    "way_provider": Words("tài khoản cơ quan", "the organisation"),
    "sessions_end_own": Words("Kết thúc các phiên khác của bạn", "End your other sessions"),
    "sessions_no_other": Words("Bạn không có phiên nào khác.", "You have no other session."),
    "sessions_end": Words("Kết thúc mọi phiên của một người", "End all sessions of a person"),
    "sessions_whose": Words("Của ai", "Whose"),
    "sessions_count": Words("{name} · {role}: {count} phiên", "{name} · {role}: {count} open"),
    "sessions_reason": Words(
        "Lý do (được ghi lại)",
        "Why (it is written down)",
    ),
    "sessions_end_do": Words("Kết thúc mọi phiên", "End all of them"),
    "sessions_ended": Words("Đã kết thúc {count} phiên.", "{count} ended."),
    "refused_nobody-signed-in": Words(
        "Người này không còn phiên nào đang mở: có thể đã tự đăng xuất. Hãy mở lại trang.",
        "This person has no open session any more, and may have signed out. Open the page again.",
    ),
}
