"""The words of the pages of incidents."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

INCIDENTS: Mapping[str, Words] = {
    "incidents": Words("Sự cố", "Incidents"),
    "incidents_lead": Words(
        "Khi nhiều hồ sơ cùng gặp một việc: ai bị ảnh hưởng, ai đang xử lý, đã làm gì.",
        "What goes wrong for many: whom it concerns, who sees to it, what was done.",
    ),
    "incidents_none": Words("Không có sự cố nào đang mở.", "No incident is open."),
    "incidents_never": Words("Chưa có sự cố nào.", "There was no incident."),
    "incidents_all": Words("Mọi sự cố đã có", "All incidents there were"),
    "incidents_open": Words("Chỉ sự cố đang mở", "Only those that are open"),
    "incidents_more": Words("Cũ hơn", "Older ones"),
    "incident_new": Words("Mở sự cố", "Open an incident"),
    "incident_what": Words("Sự cố", "Incident"),
    "incident_owner": Words("Ai xử lý", "Who is at it"),
    "incident_nobody": Words("chưa có ai", "nobody"),
    "incident_since": Words("Mở lúc", "Open since"),
    "incident_opened": Words("Mở lúc {at}, {by}", "Opened at {at} by {by}"),
    "incident_itself": Words("hệ thống, theo cảnh báo", "the system, for an alarm"),
    "incident_frozen": Words("Khi ghi lại", "When it was kept"),
    "incident_now": Words("Bây giờ", "Now"),
    "incident_uncounted": Words("chưa đếm", "not counted yet"),
    "incident_open": Words("đang mở", "open"),
    "incident_closed": Words("đã đóng", "closed"),
    # whom it concerns
    "incident_scope": Words("Phạm vi", "Scope"),
    "incident_whom": Words("Ai bị ảnh hưởng", "Whom it concerns"),
    "incident_counted": Words("Đếm lúc", "Counted at"),
    "incident_applications": Words("Hồ sơ", "Applications"),
    "incident_matters": Words("Số việc chờ", "What waits"),
    "incident_money": Words("Tiền liên quan", "Money at risk"),
    "incident_one_each": Words(
        "Một hồ sơ chờ nhiều việc vẫn chỉ tính một lần; một người dân có thể có nhiều hồ sơ.",
        "An application counts once however much of it waits; a citizen may have several.",
    ),
    "incident_cut": Words(
        "Có nhiều hơn số được ghi lại: danh sách có tối đa {limit} hồ sơ, chờ lâu nhất trước.",
        "There were more than are kept: the list has {limit} applications, the oldest ones.",
    ),
    "incident_at_least": Words("từ {count} trở lên", "{count} or more"),
    "incident_untold": Words(
        "Bảng ùn tắc không cho biết ai đang chờ vì việc này.",
        "The stuck board cannot tell whom this keeps waiting.",
    ),
    "incident_board": Words("Xem trên bảng ùn tắc", "On the stuck board"),
    "incident_list": Words("Hồ sơ đã ghi lại", "The applications that were kept"),
    "incident_list_none": Words("Không có hồ sơ nào.", "There are none."),
    "incident_list_more": Words("Tiếp theo", "Next"),
    "incident_list_first": Words("Từ đầu", "From the first"),
    "incident_files": Words("Tải về", "Download"),
    "incident_csv": Words("Danh sách hồ sơ (CSV)", "The applications (CSV)"),
    "incident_json": Words("Toàn bộ sự cố (JSON)", "All of the incident (JSON)"),
    "incident_of": Words("Hồ sơ", "Application"),
    "incident_unit": Words("Đơn vị", "Unit"),
    "incident_partner": Words("Đối tác", "Partner"),
    "incident_waits": Words("Chờ từ", "Waits since"),
    # the scope, part by part
    "scope_kind": Words("Chờ việc gì", "What waits"),
    "scope_any": Words("Bất kỳ việc gì", "Anything"),
    "scope_stage": Words("Mọi việc ở khâu này", "All of this stage"),
    "scope_of_finding": Words("Sai lệch trong nhật ký", "Wrong in the log"),
    "scope_of_group": Words("Chờ tiến trình đọc nhật ký", "Waits for a reader of the log"),
    "scope_of_loop": Words("Một việc chạy nền bị lỗi", "Something in the background fails"),
    "scope_unit": Words("Mã đơn vị", "Unit's code"),
    "scope_partner": Words("Đối tác", "Partner"),
    "scope_procedure": Words("Mã thủ tục", "Procedure's code"),
    "scope_since": Words("Bắt đầu chờ từ", "Began to wait from"),
    "scope_until": Words("Bắt đầu chờ trước", "Began to wait before"),
    "scope_which": Words("Gồm", "Which"),
    "scope_stuck": Words("chỉ những gì đang ùn tắc", "what is stuck"),
    "scope_all": Words("cả những gì đang chờ đúng quy định", "also what waits as it should"),
    "scope_empty": Words("Để trống: bất kỳ.", "Left empty: any."),
    "scope_time": Words("Giờ Việt Nam.", "Viet Nam's time."),
    "incident_preview": Words("Xem có bao nhiêu", "See how many"),
    "incident_would": Words("Sự cố này sẽ gồm", "It would concern"),
    "incident_title": Words("Tên sự cố", "What it is called"),
    "incident_title_hint": Words("3 đến 200 ký tự.", "3 to 200 characters."),
    "incident_text": Words("Đã biết gì (không bắt buộc)", "What is known (may be left out)"),
    "incident_open_it": Words("Mở sự cố và ghi lại", "Open it, and keep whom it concerns"),
    # what is done
    "incident_do": Words("Bạn làm gì?", "What do you do?"),
    "incident_own": Words("Tôi xử lý", "I see to it"),
    "incident_freeze": Words("Ghi lại ai bị ảnh hưởng lúc này", "Keep whom it concerns now"),
    "incident_note": Words("Ghi chú", "Note"),
    "incident_note_do": Words("Thêm ghi chú", "Add the note"),
    "incident_close": Words("Vì sao kết thúc", "Why it is over"),
    "incident_close_do": Words("Đóng sự cố", "Close it"),
    "incident_close_means": Words(
        "Đóng rồi thì không thêm được gì nữa; cảnh báo mới sẽ mở sự cố khác.",
        "Nothing is added to what is closed; a new alarm opens another.",
    ),
    "incident_link": Words("Gắn lượt xử lý hoặc thông báo chung", "Link a round or a broadcast"),
    "incident_belongs": Words("Thuộc sự cố này", "What belongs to it"),
    "incident_alarms": Words("Cảnh báo", "Alarms"),
    "incident_alarm_over": Words("đã hết", "ended"),
    "incident_alarm_stands": Words("đang có", "stands"),
    "incident_rounds": Words("Lượt xử lý", "Rounds"),
    "incident_broadcasts": Words("Thông báo chung", "Broadcasts"),
    "incident_none_linked": Words("Chưa gắn gì.", "Nothing is linked yet."),
    "incident_offers_rounds": Words(
        "Lượt xử lý cùng khâu, cùng nguyên nhân", "Rounds of the same stages and causes"
    ),
    "incident_offers_broadcasts": Words(
        "Thông báo chung mà những hồ sơ này đã nhận", "Broadcasts that these applications were told"
    ),
    "incident_told": Words("{told} trên {all} hồ sơ đã xem", "{told} of {all} looked at"),
    "incident_no_offers": Words("Không có.", "There are none."),
    "incident_by_id": Words("Gắn theo mã", "Link by its id"),
    "incident_link_do": Words("Gắn", "Link it"),
    "incident_link_round": Words("Lượt xử lý", "Round"),
    "incident_link_broadcast": Words("Thông báo chung", "Broadcast"),
    "incident_id": Words("Mã", "Id"),
    "incident_kind": Words("Loại", "What it is"),
    "incident_timeline": Words("Diễn biến", "Timeline"),
    "incident_kept": Words("{count} hồ sơ, {money}", "{count} applications, {money}"),
    "incident_for_group": Words("Mở sự cố cho nhóm này", "Open an incident for this group"),
    "incident_of_alarm": Words("Xem sự cố của cảnh báo này", "The incident of this alarm"),
    "incident_for_alarm": Words("Mở sự cố cho cảnh báo này", "Open an incident for this alarm"),
    "incident_did_open": Words("mở sự cố", "opened it"),
    "incident_did_alarm": Words("cảnh báo lại", "an alarm joined"),
    "incident_did_own": Words("nhận xử lý", "took it over"),
    "incident_did_freeze": Words("ghi lại ai bị ảnh hưởng", "kept whom it concerns"),
    "incident_did_note": Words("ghi chú", "noted"),
    "incident_did_round": Words("gắn lượt xử lý", "linked a round"),
    "incident_did_broadcast": Words("gắn thông báo chung", "linked a broadcast"),
    "incident_did_close": Words("đóng sự cố", "closed it"),
    # what is refused
    "refused_unknown-incident": Words("Không có sự cố này.", "There is no such incident."),
    "refused_nothing-in-scope": Words(
        "Không có khâu nào có nguyên nhân này.", "No stage has this cause."
    ),
    "refused_is-closed": Words(
        "Sự cố đã đóng: hãy mở sự cố khác.", "It is closed: open another one."
    ),
    "refused_too-much-done": Words(
        "Sự cố đã có quá nhiều việc ghi lại: hãy mở sự cố khác.",
        "Too much was done about it: open another one.",
    ),
    "refused_incident-words": Words(
        "Chưa có gì thay đổi: ghi chú và lý do cần 3 đến 2.000 ký tự, mã cần 3 đến 100 ký tự.",
        "Nothing has changed: a note or a reason takes 3 to 2,000 characters, an id 3 to 100.",
    ),
    "wrong_incident_title": Words(
        "Tên sự cố cần 3 đến 200 ký tự.", "What it is called takes 3 to 200 characters."
    ),
    "wrong_incident_text": Words(
        "Phần đã biết cần 3 đến 2.000 ký tự, hoặc để trống.",
        "What is known takes 3 to 2,000 characters, or none.",
    ),
    "wrong_incident_scope": Words(
        "Phạm vi không đọc được: xem lại ngày giờ và các mã.",
        "The scope cannot be read: look at the times and codes again.",
    ),
}
