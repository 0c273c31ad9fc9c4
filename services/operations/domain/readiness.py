"""Is a service centre ready?  Points that the system can tell, each with its evidence, and points
that a person has to look at.  Pure.

Which points there are is ours: no text that is known lists them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.citizen.words import Words
from services.operations.domain.entries import Entry, gist
from shared.working_time import local_day

State = Literal["met", "unmet", "unknown"]
AT_WORK_DAYS = 7  # ours
WARN_DAYS = 30  # ours: a certificate that expires sooner is not enough


class Point(NamedTuple):
    """`is_told`: the system tells it by itself; otherwise a person does."""

    title: Words
    is_told: bool = True


POINTS: Mapping[str, Point] = {
    "in_catalogue": Point(Words("Có trong danh mục", "It is in the catalogue")),
    "dossier_codes": Point(Words("Cấp được mã hồ sơ", "It can give dossier codes")),
    "procedures": Point(Words("Thủ tục tiếp nhận được", "Procedures that it can receive")),
    "at_work": Point(Words("Đang hoạt động", "It is at work")),
    "officers": Point(Words("Cán bộ xử lý", "Officers are seen at work")),
    "certificates": Point(Words("Chứng thư số của người ký", "Signers' certificates are valid")),
    "payments": Point(Words("Thu được phí trực tuyến", "Payments reach it")),
    "payment_account": Point(
        Words("Tài khoản thụ hưởng từng thủ tục", "An account for each procedure"), is_told=False
    ),
    "address": Point(Words("Địa chỉ và đường dây nóng", "Address and hotline"), is_told=False),
    "premises": Point(Words("Trụ sở, nơi tiếp công dân", "Premises"), is_told=False),
    "devices": Point(Words("Máy móc, thiết bị", "Devices"), is_told=False),
    "network": Point(Words("Đường truyền", "Network"), is_told=False),
    "meetings": Point(Words("Họp trực tuyến", "Online meetings"), is_told=False),
    "specialist": Point(Words("Cán bộ công nghệ thông tin", "An IT specialist"), is_told=False),
}
BY_HAND = tuple(name for name, point in POINTS.items() if not point.is_told)


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator said of a point, when and why."""

    at_ms: int
    by: str
    is_met: bool
    note: str


class Seen(msgspec.Struct, kw_only=True):
    """What some of a unit's dossiers tell: who worked on them, the last one, and until when whose
    certificate is valid.
    """

    dossiers: int = 0
    last_ms: int = 0
    officers: set[str] = set()
    certificates: dict[str, date] = {}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A point, and what it rests on; `tick` is who said so, of points that are not told."""

    point: str
    state: State
    title_vi: str
    title_en: str
    evidence_vi: str
    evidence_en: str
    tick: Tick | None = None


class Catalogued(NamedTuple):
    """What the catalogue has of a unit; `prefix`: how its dossier codes begin, empty: none."""

    version: str
    since: date | None
    prefix: str
    procedures: int


def seen(dossiers: Iterable[Sequence[Entry]]) -> Seen:
    """Return what these dossiers tell."""
    found = Seen()
    for entries in dossiers:
        found.dossiers += 1
        for entry in entries:
            if entry.topic != "routing.events" or not entry.sequence:
                continue
            g = gist(entry.data)
            if g.officer:
                found.officers.add(g.officer)
                found.last_ms = max(found.last_ms, entry.logged_ms)
            if g.signer and (until := _day(g.certificate_expires)):
                found.certificates[g.signer] = max(until, found.certificates.get(g.signer, until))
    return found


def checked(
    catalogued: Catalogued,
    looked_at: Seen,
    procedures: tuple[int, int],
    ticks: Mapping[str, Tick],
    today: date,
) -> list[Finding]:
    """Return every point; `procedures`: with a payment that settled, of those with a fee."""
    told: Mapping[str, tuple[State, Words]] = {
        "in_catalogue": _in_catalogue(catalogued),
        "dossier_codes": (
            "met" if catalogued.prefix else "unmet",
            Words(f"Mã bắt đầu bằng {catalogued.prefix}.", f"They begin with {catalogued.prefix}.")
            if catalogued.prefix
            else Words("Không có mã định danh.", "There is no identifier."),
        ),
        "procedures": (
            "met" if catalogued.procedures else "unmet",
            Words(
                f"{catalogued.procedures} thủ tục đang có hiệu lực ở cấp này.",
                f"{catalogued.procedures} procedures in force at its level.",
            ),
        ),
        "at_work": _at_work(looked_at, today),
        "officers": _officers(looked_at),
        "certificates": _certificates(looked_at, today),
        "payments": _payments(procedures),
    }
    return [
        _finding(name, *told[name]) if name in told else _by_hand(name, ticks.get(name))
        for name in POINTS
    ]


def _finding(name: str, state: State, evidence: Words, tick: Tick | None = None) -> Finding:
    title = POINTS[name].title
    return Finding(
        point=name,
        state=state,
        title_vi=title.vi,
        title_en=title.en,
        evidence_vi=evidence.vi,
        evidence_en=evidence.en,
        tick=tick,
    )


def _by_hand(name: str, tick: Tick | None) -> Finding:
    if tick is None:
        nobody = Words("Chưa ai xác nhận.", "Nobody has said so yet.")
        return _finding(name, "unknown", nobody)
    return _finding(name, "met" if tick.is_met else "unmet", Words(tick.note, tick.note), tick)


def _in_catalogue(of: Catalogued) -> tuple[State, Words]:
    if of.since is None:
        return "unmet", Words("Không còn hiệu lực.", "It is not in force.")
    text = (
        f"Từ {of.since:%d/%m/%Y}, bản {of.version}.",
        f"Since {of.since}, edition {of.version}.",
    )
    return "met", Words(*text)


def _at_work(found: Seen, today: date) -> tuple[State, Words]:
    if not found.last_ms:
        return "unknown", _NO_DOSSIER
    last = local_day(datetime.fromtimestamp(found.last_ms / 1_000, UTC))
    state: State = "met" if today - last <= timedelta(days=AT_WORK_DAYS) else "unmet"
    return state, Words(f"Lần cuối ngày {last:%d/%m/%Y}.", f"The last time on {last}.")


def _officers(found: Seen) -> tuple[State, Words]:
    number = len(found.officers)
    if not number:
        return "unknown", _NO_DOSSIER
    return "met", Words(
        f"Số tài khoản: {number}, trên số hồ sơ gần đây: {found.dossiers}.",
        f"Accounts seen: {number}; dossiers looked at: {found.dossiers}.",
    )


def _certificates(found: Seen, today: date) -> tuple[State, Words]:
    if not found.certificates:
        return "unknown", Words("Chưa có hồ sơ nào chờ ký.", "No signature was asked for.")
    signer, until = min(found.certificates.items(), key=_until)
    state: State = "met" if until - today > timedelta(days=WARN_DAYS) else "unmet"
    return state, Words(
        f"Sớm nhất hết hạn ngày {until:%d/%m/%Y} ({signer}).",
        f"The first one expires on {until} ({signer}).",
    )


def _payments(procedures: tuple[int, int]) -> tuple[State, Words]:
    paid, charged = procedures
    if not charged:
        return "unknown", Words("Chưa có hồ sơ nào có phí.", "None of its dossiers had a fee.")
    return "met" if paid else "unmet", Words(
        f"{paid} trên {charged} thủ tục có phí đã có giao dịch.",
        f"Procedures with a payment: {paid}, of {charged} with a fee.",
    )


_NO_DOSSIER = Words("Không có hồ sơ nào gần đây.", "There is no dossier of late.")


def _until(item: tuple[str, date]) -> date:
    return item[1]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
