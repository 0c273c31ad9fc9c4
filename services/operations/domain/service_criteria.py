"""The criteria of the six-group service index (Decision 766), as data.

Groups are as published; how points go to criteria within one is as the portal was seen to score in
2026.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.operations.domain.citizen.words import Words

Group = Literal["publicity", "progress", "online", "payment", "digitisation", "satisfaction"]
GROUPS: Mapping[Group, Words] = {
    "publicity": Words("Công khai, minh bạch", "Publicity and transparency"),
    "progress": Words("Tiến độ giải quyết", "Progress"),
    "online": Words("Dịch vụ công trực tuyến", "Online services"),
    "payment": Words("Thanh toán trực tuyến", "Online payment"),
    "digitisation": Words("Số hóa hồ sơ", "Digitisation"),
    "satisfaction": Words("Mức độ hài lòng", "Satisfaction"),
}


class Criterion(NamedTuple):
    """`points` at most; `unknown`: why the log does not tell."""

    group: Group
    points: int
    title: Words
    unknown: Words | None = None


_NOT_PUBLISHED = Words(
    "Nhật ký không ghi việc công bố thủ tục.", "The log does not tell of procedures published."
)
_NOT_SHARED = Words(
    "Nhật ký không ghi việc chia sẻ hay kết nối dữ liệu.",
    "The log does not tell of data shared or connected.",
)
_NOT_BY_UNIT = Words(
    "Phản ánh được lưu theo mã riêng, không theo đơn vị và kỳ.",
    "Petitions are kept by their own ids, not by unit and period.",
)

CRITERIA: Mapping[str, Criterion] = {
    "published": Criterion(
        "publicity", 6, Words("Công bố đúng hạn", "Published on time"), _NOT_PUBLISHED
    ),
    "updated": Criterion(
        "publicity", 4, Words("Cập nhật đúng hạn", "Updated on time"), _NOT_PUBLISHED
    ),
    "complete": Criterion("publicity", 2, Words("Đầy đủ nội dung", "Full content"), _NOT_PUBLISHED),
    "synced": Criterion(
        "publicity",
        6,
        Words("Hồ sơ đồng bộ lên Cổng", "Dossiers synchronised to the portal"),
        Words(
            "Cổng Dịch vụ công quốc gia không cho biết đã nhận những hồ sơ nào.",
            "The national portal does not tell which dossiers it has.",
        ),
    ),
    "in_time": Criterion(
        "progress", 20, Words("Giải quyết trước và đúng hạn", "Settled early and on time")
    ),
    "filed_online": Criterion(
        "online",
        12,
        Words(
            "Nộp trực tuyến, trên hồ sơ thuộc thủ tục toàn trình",
            "Filed online, of those whose procedure is fully online",
        ),
    ),
    "offered": Criterion(
        "payment",
        2,
        Words("Thủ tục cho thanh toán trực tuyến", "Procedures that offer online payment"),
        Words(
            "Nhật ký không ghi thủ tục nào được mở thanh toán.",
            "The log does not tell for which procedures payment is offered.",
        ),
    ),
    "procedures_paid": Criterion(
        "payment",
        2,
        Words(
            "Thủ tục có giao dịch, trên thủ tục có thu phí",
            "Procedures with a payment, of those with a fee",
        ),
    ),
    "paid_online": Criterion(
        "payment",
        6,
        Words(
            "Hồ sơ thanh toán trực tuyến, trên hồ sơ có phí", "Dossiers paid, of those with a fee"
        ),
    ),
    "e_result": Criterion(
        "digitisation",
        6,
        Words("Trả kết quả điện tử, trên kết quả đã trả", "Results returned as electronic ones"),
    ),
    "digitised": Criterion(
        "digitisation",
        4,
        Words(
            "Giấy tờ được số hóa, của hồ sơ nộp bằng giấy",
            "Documents digitised, of dossiers filed on paper",
        ),
    ),
    "e_copies": Criterion(
        "digitisation",
        2,
        Words("Cung cấp chứng thực điện tử", "Electronic certified copies offered"),
        Words(
            "Nhật ký không ghi đơn vị nào cung cấp dịch vụ này.",
            "The log does not tell which units offer them.",
        ),
    ),
    "reused": Criterion(
        "digitisation",
        2,
        Words("Hồ sơ dùng lại giấy tờ đã có", "Dossiers that reuse a document"),
    ),
    "shared": Criterion(
        "digitisation", 4, Words("Chia sẻ để dùng lại", "Shared for reuse"), _NOT_SHARED
    ),
    "population": Criterion(
        "digitisation",
        2,
        Words("Hồ sơ dùng dữ liệu dân cư", "Dossiers that use population data"),
        _NOT_SHARED,
    ),
    "population_procedures": Criterion(
        "digitisation",
        2,
        Words("Thủ tục kết nối dữ liệu dân cư", "Procedures connected to it"),
        _NOT_SHARED,
    ),
    "petitions_in_time": Criterion(
        "satisfaction",
        6,
        Words("Phản ánh được trả lời đúng hạn", "Petitions answered on time"),
        _NOT_BY_UNIT,
    ),
    "petitions_satisfied": Criterion(
        "satisfaction",
        6,
        Words("Hài lòng với trả lời phản ánh", "Satisfied with the answer to a petition"),
        _NOT_BY_UNIT,
    ),
    "satisfied": Criterion(
        "satisfaction",
        6,
        Words("Hài lòng, trên số đánh giá hồ sơ", "Satisfied, of those who rated their dossier"),
    ),
}
KNOWN = tuple(name for name, criterion in CRITERIA.items() if not criterion.unknown)
