"""The words of the page of readiness."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

READINESS: Mapping[str, Words] = {
    "readiness": Words("Mức sẵn sàng", "Readiness"),
    "readiness_of": Words("Mức sẵn sàng: {unit}", "Readiness: {unit}"),
    "readiness_met": Words("{met} trên {all} điểm đạt.", "{met} of {all} points are met."),
    "readiness_told": Words("Hệ thống tự kiểm tra", "What the system tells"),
    "readiness_by_hand": Words("Người vận hành xác nhận", "What operators say"),
    "readiness_point": Words("Điểm", "Point"),
    "readiness_state": Words("Tình trạng", "State"),
    "readiness_evidence": Words("Căn cứ", "Evidence"),
    "readiness_said": Words("{by}, lúc {at}", "{by}, at {at}"),
    "readiness_note": Words("Căn cứ (3 đến 500 ký tự)", "How you know (3 to 500 characters)"),
    "readiness_do_met": Words("Đạt", "It is met"),
    "readiness_do_unmet": Words("Chưa đạt", "It is not"),
    "state_met": Words("đạt", "met"),
    "state_unmet": Words("chưa đạt", "not met"),
    "state_unknown": Words("chưa rõ", "not known"),
    "refused_unknown-unit": Words("Không có đơn vị nào mang mã này.", "No unit has this code."),
    "refused_unfit-note": Words(
        "Căn cứ phải có 3 đến 500 ký tự; chưa có gì thay đổi.",
        "How you know takes 3 to 500 characters; nothing has changed.",
    ),
}
