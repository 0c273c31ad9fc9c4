"""The stuck board as a page: groups as rows, a group as a list of applications.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.operations.board import Counted, Group, Situation
from services.operations.console.facts import same, unit, vnd
from services.operations.console.spoken import grouped, instant, moment, stretch
from services.operations.domain.breaks import break_of
from services.operations.domain.causes import CALL, CAUSES, POISON
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.remedies import REMEDIES
from services.operations.domain.waits import Who

STAGES: Mapping[str, Words] = {
    "intake": Words("Ghi nhận", "Intake"),
    "routing": Words("Phân về đơn vị", "Routing"),
    "payment": Words("Thanh toán", "Payment"),
    "processing": Words("Giải quyết", "Processing"),
    "result": Words("Trả kết quả", "Result"),
    "notify": Words("Thông báo", "Notices"),
    "operations": Words("Vận hành", "Operations"),
}
WHOM: Mapping[Who, Words] = {
    "citizen": Words("người dân", "citizen"),
    "officer": Words("cán bộ", "officer"),
    "bank": Words("ngân hàng", "bank"),
    "gateway": Words("nơi gửi tin", "gateway"),
    "us": Words("hệ thống", "us"),
}
_NONE = same("–")
_AGO: Sequence[tuple[str, Words]] = (
    ("hour_ago", Words("1 giờ", "1 h")),
    ("day_ago", Words("24 giờ", "24 h")),
)


class Trend(NamedTuple):
    """How many more or fewer it is than a while ago; `tone`: of the mark."""

    arrow: str
    tone: str
    words: Words


class Row(NamedTuple):
    """A group: what it waits for at which stage, how many, of how many applications, for how long,
    and where they are.
    """

    address: str
    title: Words
    stage: Words
    who: Who
    whom: Words
    matters: Words
    applications: Words
    oldest: Words
    p95: Words
    money: Words
    trends: Sequence[Trend]


class Page(NamedTuple):
    """The board; `counted_at` is when what is stuck was counted, `as_of` the same of what waits as
    it should; `faults` what is made to fail in a demonstration.
    """

    counted_at: Words
    stuck: Sequence[Row]
    waiting: Sequence[Row]
    as_of: Words
    faults: Sequence[Words]


class Line(NamedTuple):
    """One application of a group, or a break that nobody knows the application of; `chosen`: by
    what it is chosen for a round.
    """

    application: str
    chosen: str
    name: str
    address: str  # below the console's root
    procedure: Words
    unit: Words
    since: Words
    waited: Words
    partner: str
    money: Words


def board_page(stuck: Counted, waiting: Counted, faults: Sequence[Words] = ()) -> Page:
    """Return the board."""
    return Page(
        moment(instant(stuck.as_of_ms)),
        [_row(group, "") for group in stuck.groups],
        [_row(group, "?which=waiting") for group in waiting.groups],
        moment(instant(waiting.as_of_ms)),
        faults,
    )


def trends(group: Group) -> list[Trend]:
    """Return how many more or fewer it is than at each time at which somebody counted."""
    return [
        _trend(group.matters - then, ago)
        for name, ago in _AGO
        if (then := getattr(group, name)) is not None
    ]


def _trend(more: int, ago: Words) -> Trend:
    if not more:
        return Trend("→", "same", Words(f"như {ago.vi} trước", f"as {ago.en} ago"))
    by = grouped(abs(more))
    if more > 0:
        words = Words(f"thêm {by.vi} sau {ago.vi}", f"{by.en} more in {ago.en}")
        return Trend("↗", "late", words)
    return Trend("↘", "running", Words(f"bớt {by.vi} sau {ago.vi}", f"{by.en} fewer in {ago.en}"))


def stage_of(stage: str) -> Words:
    """Return what a stage is called; one that there is not has no name, and breaks no page."""
    return STAGES.get(stage, _NONE)


def title_of(cause: str, *, is_stuck: bool = False) -> Words:
    """Return what a cause is called."""
    one = CAUSES[cause]
    if is_stuck and one.stuck_vi:
        return Words(one.stuck_vi, one.stuck_en)
    return Words(one.vi, one.en)


class Otherwise(NamedTuple):
    """Who ends a cause that no round is about; `page`: where in the console, or empty."""

    words: Words
    page: str


def remedy_of(cause: str) -> Otherwise | None:
    """Return how a cause ends that no round is about."""
    if (remedy := REMEDIES.get(cause)) is None:
        return None
    return Otherwise(Words(remedy.words.vi, remedy.words.en), remedy.page)


def lines(situations: Iterable[Situation], units: Units, now: datetime) -> list[Line]:
    """Return the applications of a group."""
    now_ms = int(now.timestamp() * 1_000)
    return [
        Line(
            application=one.application,
            chosen=chosen_by(one),
            name=name_of(one),
            address=address_of(one),
            procedure=units.procedure(one.procedure) if one.procedure else _NONE,
            unit=unit(one.unit, units) if one.unit else _NONE,
            since=moment(instant(one.since_ms)),
            waited=stretch(max(0, now_ms - one.since_ms)),
            partner=one.partner,
            money=vnd(one.vnd) if one.vnd else _NONE,
        )
        for one in situations
    ]


def chosen_by(one: Situation) -> str:
    """Return by what it is chosen for a round: its application, or what stands for one."""
    return one.key.partition("/")[0]


def name_of(one: Situation) -> str:
    """Return what it is called: by its application; of none, the break, or the record's place."""
    return one.dossier or one.application or _about(one)


def address_of(one: Situation) -> str:
    """Return where it is explained: as a break, as a record that was set aside, or as an
    application.
    """
    if break_id := break_of(one.key):
        return f"money/breaks/{break_id}"
    if one.key.split("/", 3)[2] in (POISON, CALL):
        return f"dead/{_about(one)}"
    return f"journeys/{one.application}"


def _about(one: Situation) -> str:
    """Return the break's id, or where a record of nobody stands."""
    return break_of(one.key) or one.key.split("/", 3)[3]


def _row(group: Group, query: str) -> Row:
    return Row(
        address=f"stuck/{group.stage}/{group.cause}{query}",
        title=Words(group.title_vi, group.title_en),
        stage=stage_of(group.stage),
        who=group.who,
        whom=WHOM[group.who],
        matters=grouped(group.matters),
        applications=_NONE if group.applications is None else grouped(group.applications),
        oldest=stretch(group.oldest_s * 1_000),
        p95=_NONE if group.p95_s is None else stretch(group.p95_s * 1_000),
        money=vnd(group.vnd) if group.vnd else _NONE,
        trends=trends(group),
    )
