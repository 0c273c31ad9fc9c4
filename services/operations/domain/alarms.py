"""What somebody is to be woken for: the rules as a table, and when an alarm fires and ends.

What is looked at gives a number for each thing of a rule.  An alarm fires when it was too high (or
too low) for long enough, and ends when it was far enough from that for long enough: what goes up
and down at the threshold does not ring again and again.
"""

from collections.abc import Container, Iterable, Mapping
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.citizen.words import Words

Severity = Literal["critical", "warning"]
Measure = Literal["count", "s", "days"]
MINUTE_S, HOUR_S = 60, 3_600
SIGHTS_LIMIT = 200  # of a rule, the worst first: whoever is woken 200 times looks at the board


class Rule(NamedTuple):
    """`fires_at`: a number that is too high, or too low where `worse` says so, for `lasts_s`;
    `ends_at`: one that is well again, for `quiet_s`.  `about`: what there is an alarm each for.
    """

    severity: Severity
    title: Words
    looks_at: Words
    about: Words
    measure: Measure
    fires_at: int
    ends_at: int
    lasts_s: int
    quiet_s: int
    worse: Literal["more", "less"] = "more"

    def is_over(self, value: int) -> bool:
        """Tell whether this is bad enough to fire."""
        return value >= self.fires_at if self.worse == "more" else value <= self.fires_at

    def is_well(self, value: int) -> bool:
        """Tell whether this is good enough to end."""
        return value <= self.ends_at if self.worse == "more" else value >= self.ends_at


SAMPLED_PER_S = 12  # applications of an age: `alarms.checking` has the limit
_SAMPLE = Words(
    f"Chỉ xem mẫu, nhiều nhất {SAMPLED_PER_S} hồ sơ nộp mỗi giây: chứng minh cả kỳ mới xem hết.",
    f"By sample, {SAMPLED_PER_S} a second of what was submitted at most: a proof looks at all.",
)

RULES: Mapping[str, Rule] = {
    "sequence_gap": Rule(
        "critical",
        Words("Thiếu hoặc sai số thứ tự sự kiện", "An event's number is missing or wrong"),
        Words(
            f"Hồ sơ có nhật ký thiếu số, sai thứ tự hoặc lặp lại với nội dung khác. {_SAMPLE.vi}",
            f"Applications whose log lacks a number, or has one wrong or twice. {_SAMPLE.en}",
        ),
        Words("loại sai lệch", "what is wrong"),
        "count",
        fires_at=1,
        ends_at=0,
        lasts_s=0,
        quiet_s=2 * MINUTE_S,
    ),
    "parity_difference": Rule(
        "critical",
        Words("Số liệu không khớp", "Numbers that must agree differ"),
        Words(
            f"Hồ sơ mà tiền, thông báo hoặc trạng thái không khớp theo nhật ký. {_SAMPLE.vi}",
            f"Applications whose money, notices or state do not add up in the log. {_SAMPLE.en}",
        ),
        Words("loại sai lệch", "what differs"),
        "count",
        fires_at=1,
        ends_at=0,
        lasts_s=0,
        quiet_s=2 * MINUTE_S,
    ),
    "read_lag": Rule(
        "critical",
        Words("Đọc nhật ký bị chậm", "A reader of the log is behind"),
        Words(
            "Bản ghi cũ nhất mà một nhóm đọc chưa đọc đã ở đó bao lâu.",
            "For how long the oldest record that a group has not read has stood there.",
        ),
        Words("nhóm đọc", "the group"),
        "s",
        fires_at=2 * MINUTE_S,
        ends_at=MINUTE_S,
        lasts_s=20,
        quiet_s=MINUTE_S,
    ),
    "partner_down": Rule(
        "critical",
        Words("Đối tác thanh toán không đáp ứng", "A payment partner does not serve"),
        Words(
            "Số lệnh đang chờ một đối tác im lặng hoặc ngừng hoạt động.",
            "Orders that wait for a partner that is silent or let alone.",
        ),
        Words("đối tác", "the partner"),
        "count",
        fires_at=3,
        ends_at=0,
        lasts_s=20,
        quiet_s=2 * MINUTE_S,
    ),
    "late_intake": Rule(
        "critical",
        Words("Tiếp nhận chậm", "Applications are taken in late"),
        Words(
            "Số hồ sơ đã nộp quá thời gian chờ mà chưa được ghi nhận, phân về đơn vị"
            " hoặc tính phí.",
            "Applications that were submitted, and not taken in, routed or assessed in time.",
        ),
        Words("khâu chậm", "which step is late"),
        "count",
        fires_at=1,
        ends_at=0,
        lasts_s=30,
        quiet_s=MINUTE_S,
    ),
    "stuck_growth": Rule(
        "warning",
        Words("Ùn tắc tăng nhanh", "What is stuck grows"),
        Words(
            "Một nhóm hồ sơ ùn tắc tăng thêm bao nhiêu trong mười lăm phút.",
            "By how many a group of the stuck board grew in fifteen minutes.",
        ),
        Words("khâu và nguyên nhân", "stage and cause"),
        "count",
        fires_at=20,
        ends_at=5,
        lasts_s=0,
        quiet_s=5 * MINUTE_S,
    ),
    "stuck_old": Rule(
        "warning",
        Words("Ùn tắc quá lâu", "Something is stuck for too long"),
        Words(
            "Hồ sơ ùn tắc lâu nhất của một nhóm đã ùn tắc bao lâu.",
            "For how long the oldest of a group of the stuck board has been stuck.",
        ),
        Words("khâu và nguyên nhân", "stage and cause"),
        "s",
        fires_at=24 * HOUR_S,
        ends_at=23 * HOUR_S,
        lasts_s=0,
        quiet_s=5 * MINUTE_S,
    ),
    "due_soon": Rule(
        "warning",
        Words("Nhiều hồ sơ sắp quá hạn", "Due dates are about to be missed"),
        Words(
            "Số hồ sơ của một đơn vị đến hạn trong bốn giờ làm việc tới mà chưa xong.",
            "Applications of a unit that are due within four working hours and not done.",
        ),
        Words("đơn vị", "the unit"),
        "count",
        fires_at=10,
        ends_at=5,
        lasts_s=0,
        quiet_s=5 * MINUTE_S,
    ),
    "silent_unit": Rule(
        "warning",
        Words("Đơn vị không có hoạt động", "A unit shows no sign of life"),
        Words(
            "Số việc chờ ở đơn vị mà tám giờ làm việc qua cán bộ không làm gì với hồ sơ nào.",
            "What waits at a unit whose officers did nothing with any in eight working hours.",
        ),
        Words("đơn vị", "the unit"),
        "count",
        fires_at=1,
        ends_at=0,
        lasts_s=0,
        quiet_s=5 * MINUTE_S,
    ),
    "loop_failing": Rule(
        "critical",
        Words("Một việc chạy nền bị lỗi", "Something in the background fails"),
        Words(
            "Một việc chạy nền của operations đã lỗi bao nhiêu lần liên tiếp.",
            "How often in a row something that operations does in the background failed.",
        ),
        Words("việc chạy nền", "what fails"),
        "count",
        fires_at=3,
        ends_at=0,
        lasts_s=0,
        quiet_s=2 * MINUTE_S,
    ),
    "certificate_expiry": Rule(
        "warning",
        Words("Chứng thư hoặc khóa sắp hết hạn", "A certificate or key is about to expire"),
        Words(
            "Còn bao nhiêu ngày thì khóa dùng với đối tác hết hạn; chứng thư của người ký đã"
            " hết hạn mà hồ sơ đang chờ ký thì còn 0 ngày.",
            "In how many days a partner's keys expire; 0 where a signature waits and its signer's"
            " certificate has expired.",
        ),
        Words("khóa hoặc đơn vị", "whose key"),
        "days",
        fires_at=14,
        ends_at=15,
        lasts_s=0,
        quiet_s=5 * MINUTE_S,
        worse="less",
    ),
}


# what stands of a rule that was renamed or taken away since: it ends at the next look
GONE = Rule(
    "warning",
    Words("Quy tắc không còn dùng", "A rule that is no more"),
    Words(
        "Quy tắc này đã được bỏ hoặc đổi tên; cảnh báo của nó tự hết.",
        "This rule was taken away or renamed; its alarms end by themselves.",
    ),
    Words("đối tượng", "what it was about"),
    "count",
    fires_at=0,
    ends_at=0,
    lasts_s=0,
    quiet_s=0,
)


def rule_of(name: str) -> Rule:
    """Return a rule, also of what stands of one that is gone."""
    return RULES.get(name, GONE)


class Sight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of one thing of a rule; `partner` and `unit`, where it is of one; `named`: some
    of the applications, where the board does not list them.
    """

    rule: str
    about: str
    value: int
    partner: str = ""
    unit: str = ""
    named: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what tells it from all others: there is one alarm of a key at a time."""
        return f"{self.rule}/{self.about}"


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a key stands: bad since then, fired under this id, well again since then (0: no)."""

    since_ms: int
    id: str = ""
    well_ms: int = 0


def judged(key: str, mark: Mark | None, value: int | None, now_ms: int) -> Mark | None:
    """Return where a key stands after it was looked at; None: nowhere.  A mark with an id that had
    none has fired; none where there was an id: it has ended.  No value: nothing is there.
    """
    rule = RULES[key.partition("/")[0]]
    if mark is None or not mark.id:
        if value is None or not rule.is_over(value):
            return None
        since_ms = mark.since_ms if mark else now_ms
        has_lasted = now_ms - since_ms >= rule.lasts_s * 1_000
        return Mark(since_ms, alarm_id(key, since_ms) if has_lasted else "")
    if value is not None and not rule.is_well(value):
        return msgspec.structs.replace(mark, well_ms=0)
    well_ms = mark.well_ms or now_ms
    if now_ms - well_ms >= rule.quiet_s * 1_000:
        return None
    return msgspec.structs.replace(mark, well_ms=well_ms)


def worst(sights: Iterable[Sight], standing: Container[str]) -> list[Sight]:
    """Return as many sights of each rule as are looked at: those whose keys stand somewhere, which
    must not look as if they were gone, and then the worst.
    """
    rules: dict[str, list[Sight]] = {}
    for sight in sights:
        rules.setdefault(sight.rule, []).append(sight)
    found = []
    for rule, each in rules.items():
        sign = -1 if RULES[rule].worse == "more" else 1
        each.sort(key=lambda s: (s.key not in standing, sign * s.value, s.about))
        found += each[:SIGHTS_LIMIT]
    return found


def alarm_id(key: str, since_ms: int) -> str:
    """Return the id of an alarm, the same whoever finds it; later ones sort after it."""
    mark = blake2b(f"{key}/{since_ms}".encode(), digest_size=5).hexdigest()
    return f"{since_ms:013d}-{mark}"
