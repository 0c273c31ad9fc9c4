"""What is said of an alarm to whoever is woken by it: a line, and a few more below it."""

from datetime import datetime

from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarm_telling import What
from services.operations.domain.alarms import RULES, Measure, rule_of
from services.operations.domain.citizen.words import Language, Words
from shared.clock import VIETNAM

_HEADS: dict[tuple[What, str], Words] = {
    ("fired", "critical"): Words("NGHIÊM TRỌNG", "CRITICAL"),
    ("fired", "warning"): Words("Cảnh báo", "Warning"),
    ("ended", "critical"): Words("Đã hết", "Over"),
    ("ended", "warning"): Words("Đã hết", "Over"),
}
_SEEN = Words("Thấy", "Seen")
_FROM = Words("báo từ", "fires at")
_SINCE = Words("Từ", "Since")
_ENDED = Words("Hết lúc", "Over since")
_PARTNER, _UNIT = Words("Đối tác", "Partner"), Words("Đơn vị", "Unit")
_LOOK, _RUNBOOK = Words("Xem", "Look"), Words("Làm gì", "What to do")


def headline(alarm: Alarm, what: What, language: Language) -> str:
    """Return one line."""
    head = _in(_HEADS[what, alarm.severity], language)
    return f"[{head}] {_in(rule_of(alarm.rule).title, language)}: {alarm.about}"


def body(alarm: Alarm, what: What, language: Language, console: str) -> str:
    """Return all of it; `console` is where the console is reached."""
    rule = rule_of(alarm.rule)
    seen = measured(alarm.value, rule.measure)
    limit = measured(rule.fires_at, rule.measure)
    lines = [
        headline(alarm, what, language),
        "",
        _in(rule.looks_at, language),
        f"{_in(_SEEN, language)}: {_in(seen, language)}"
        f" ({_in(_FROM, language)} {_in(limit, language)})",
        f"{_in(_SINCE, language)}: {_at(alarm.fired_at)}",
    ]
    if what == "ended" and alarm.ended_at:
        lines.append(f"{_in(_ENDED, language)}: {_at(alarm.ended_at)}")
    named = ((_PARTNER, alarm.partner), (_UNIT, alarm.unit))
    lines += [f"{_in(words, language)}: {value}" for words, value in named if value]
    lines += [
        "",
        f"{_in(_LOOK, language)}: {console}/alarms/{alarm.id}",
        f"{_in(_RUNBOOK, language)}: {console}/alarms/{runbook(alarm.rule)}",
    ]
    return "\n".join(lines) + "\n"


def runbook(rule: str) -> str:
    """Return where what to do about an alarm stands, among the pages of alarms."""
    return f"runbooks/{rule}" if rule in RULES else "runbooks"


def measured(value: int, measure: Measure) -> Words:
    """Return what was seen, in its measure."""
    if measure == "days":
        return Words(f"{value} ngày", f"{value} d")
    if measure == "count":
        return Words(f"{value:,}".replace(",", "."), f"{value:,}")
    minutes, seconds = divmod(value, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "giờ", "h"), (minutes, "phút", "min"), (0 if hours else seconds, "giây", "s"))
    told = [part for part in parts if part[0]] or [parts[-1]]
    return Words(
        " ".join(f"{count} {vi}" for count, vi, _ in told),
        " ".join(f"{count} {en}" for count, _, en in told),
    )


def _in(words: Words, language: Language) -> str:
    return words.en if language == "en" else words.vi


def _at(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} (UTC+7)"
