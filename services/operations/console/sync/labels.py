"""The words of the sync ledger's page."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

SYNC: Mapping[str, Words] = {
    "sync": Words("Đồng bộ với các cổng", "Synchronised with portals"),
    "sync_is": Words(
        "Hồ sơ ngày {day} của {unit}: cổng đã gửi gì, và hệ thống có gì. Đã đọc đến {at}.",
        "Applications of {day}, of {unit}: what portals sent, and what stands here. Read up to"
        " {at}.",
    ),
    "sync_part": Words(
        "Đây là một phần của ngày: các số của mọi phần cộng lại.",
        "This is a part of the day: the numbers of all parts add up.",
    ),
    "sync_differences": Words("Sai lệch", "Differences"),
    "sync_none": Words("Không có sai lệch nào.", "Nothing differs."),
    "sync_units": Words("Theo đơn vị", "By unit"),
    "sync_nothing": Words("Không có hồ sơ nào.", "There are no applications."),
    "sync_kind": Words("Sai lệch gì", "What differs"),
    "sync_theirs": Words("Bên gửi", "Theirs"),
    "sync_ours": Words("Bên nhận", "Ours"),
    "sync_sent": Words("Đã gửi", "Sent"),
    "sync_taken": Words("Tiếp nhận", "Taken in"),
    "sync_refused": Words("Từ chối", "Refused"),
    "sync_routed": Words("Đã phân đơn vị", "Routed"),
    "sync_decided": Words("Đã có kết quả tiếp nhận", "Moved on from code 1"),
    "sync_unknown_unit": Words("Không rõ đơn vị", "The unit cannot be told"),
}
