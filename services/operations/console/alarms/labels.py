"""The words of the pages of alarms."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

# what operations does in the background, by the names of its loops
LOOPS: Mapping[str, Words] = {
    "rounds": Words("Xử lý hàng loạt", "Rounds"),
    "proofs": Words("Chứng minh không mất hồ sơ", "Proofs of periods"),
    "mending": Words("Soát lại việc đang chờ", "Checking what waits"),
    "indicators": Words("Tính chỉ số", "Counting indicators"),
    "alarms": Words("Kiểm tra cảnh báo", "Looking for alarms"),
    "telling": Words("Báo cảnh báo cho người trực", "Telling of alarms"),
    "incidents": Words("Mở sự cố theo cảnh báo", "Opening incidents for alarms"),
    "subscriptions": Words("Gửi biểu mẫu thống kê", "Sending forms"),
    "trends": Words("Đếm việc đang kẹt mỗi phút", "Counting the board each minute"),
    "readings": Words("Báo cho nhau về đối tác", "Telling each other of partners"),
    "reads": Words("Xóa nhật ký xem đã quá hạn", "Deleting old reads"),
}

ALARMS: Mapping[str, Words] = {
    "alarms": Words("Cảnh báo", "Alarms"),
    "alarms_none": Words("Không có cảnh báo nào.", "No alarm stands."),
    "alarms_all": Words("Mọi cảnh báo đã có", "All alarms there were"),
    "alarms_standing": Words("Chỉ cảnh báo đang có", "Only those that stand"),
    "alarms_rules": Words("Quy tắc và cách xử lý", "Rules and runbooks"),
    "alarms_looked": Words("Kiểm tra lần cuối lúc {at}.", "Looked last at {at}."),
    "alarms_not_looked": Words(
        "Hơn một phút không có tiến trình nào kiểm tra: xem các tiến trình operations.",
        "Nobody has looked for more than a minute: see to the processes of operations.",
    ),
    "alarms_unseen": Words("Không kiểm tra được:", "Could not be looked at:"),
    "alarms_failing": Words("Đang lỗi", "What fails"),
    "alarms_fails": Words(
        "{count} lần liên tiếp, lần cuối lúc {at}: {because}",
        "{count} times in a row, last at {at}: {because}",
    ),
    "alarms_quiet": Words("Đang tắt tiếng", "Silenced"),
    "alarms_more": Words("Cũ hơn", "Older ones"),
    "alarm_what": Words("Cảnh báo", "Alarm"),
    "alarm_about": Words("Về", "About"),
    "alarm_seen": Words("Lúc báo", "When it fired"),
    "alarm_now": Words("Bây giờ", "Now"),
    "alarm_since": Words("Từ", "Since"),
    "alarm_lasts": Words("Đã", "For"),
    "alarm_owner": Words("Ai xử lý", "Who is at it"),
    "alarm_nobody": Words("chưa có ai", "nobody"),
    "alarm_fires_at": Words("báo từ", "fires at"),
    "alarm_ended": Words("Hết lúc", "Ended"),
    "alarm_partner": Words("Đối tác", "Partner"),
    "alarm_unit": Words("Đơn vị", "Unit"),
    "alarm_look": Words("Xem", "Look"),
    "alarm_applications": Words("Một số hồ sơ", "Some of the applications"),
    "alarm_runbook": Words("Cần làm gì", "What to do"),
    "alarm_acts": Words("Đã làm gì", "What was done"),
    "alarm_told": Words("Đã báo cho ai", "Who was told"),
    "alarm_told_nobody": Words("Chưa báo cho ai.", "Nobody was told."),
    "alarm_attempts": Words("lần thử {count}", "attempt {count}"),
    "alarm_do": Words("Bạn làm gì?", "What do you do?"),
    "alarm_own": Words("Tôi xử lý", "I see to it"),
    "alarm_reason": Words("Lý do", "Why"),
    "alarm_hours": Words("Trong mấy giờ", "For how many hours"),
    "alarm_silence": Words("Tắt tiếng", "Silence"),
    "alarm_silence_means": Words(
        "Cảnh báo vẫn hiện ở đây, nhưng không ai được báo cho đến khi hết giờ.",
        "It stands here all the same; nobody is told of it until the time is over.",
    ),
    "alarm_silence_alarm": Words("Tắt cảnh báo này", "Silence this alarm"),
    "alarm_silence_rule": Words("Tắt mọi cảnh báo loại này", "Silence all of this rule"),
    "alarm_silence_partner": Words("Tắt mọi cảnh báo về đối tác", "Silence all of this partner"),
    "alarm_silence_unit": Words("Tắt mọi cảnh báo về đơn vị", "Silence all of this unit"),
    "alarm_unsilence": Words("Bật tiếng lại", "End the silence"),
    "alarm_quiet_until": Words(
        "Tắt tiếng đến {at}, {by}: {reason}", "Silenced until {at} by {by}: {reason}"
    ),
    "rule_looks_at": Words("Kiểm tra gì", "What is looked at"),
    "rule_each": Words("báo riêng cho từng", "an alarm each for"),
    "rule_ends_at": Words("hết khi", "ends at"),
    "rule_now": Words("đang có", "standing now"),
    # how bad it is, what was done, what came of it
    "severity_critical": Words("nghiêm trọng", "critical"),
    "severity_warning": Words("cảnh báo", "warning"),
    "did_fired": Words("đã báo", "fired"),
    "did_own": Words("nhận xử lý", "took it over"),
    "did_silence": Words("tắt tiếng", "silenced it"),
    "did_unsilence": Words("bật tiếng lại", "ended the silence"),
    "did_ended": Words("đã hết", "ended"),
    "told_fired": Words("đã báo", "that it fired"),
    "told_ended": Words("đã hết", "that it ended"),
    "finding_begun": Words("đang gửi", "under way"),
    "finding_done": Words("đã nhận", "has it"),
    "finding_failed": Words("chưa nhận được", "does not have it"),
    # what is refused
    "refused_unknown-alarm": Words("Không có cảnh báo này.", "There is no such alarm."),
    "refused_no-such-time": Words(
        "Chọn thời gian từ bây giờ đến tối đa 30 ngày.", "Name a time within 30 days from now."
    ),
    "refused_nothing-to-silence": Words(
        "Cảnh báo này không thuộc đối tác hay đơn vị nào.",
        "This alarm is of no such partner or unit.",
    ),
    "refused_acted-on-too-often": Words(
        "Đã thao tác quá nhiều lần với cảnh báo này.",
        "Too much was done about this alarm already.",
    ),
    "refused_why": Words(
        "Hãy nêu lý do, từ 3 đến 500 ký tự, và số giờ.",
        "Say why, in 3 to 500 characters, and for how many hours.",
    ),
}
