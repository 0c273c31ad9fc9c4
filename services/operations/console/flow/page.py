"""What flows as a page: rates, ages and lags, each with how fresh it is.  Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.labels import LABELS
from services.operations.console.spoken import grouped, instant, stretch
from services.operations.console.stuck.page import STAGES
from services.operations.domain.citizen.words import Words
from services.operations.domain.flows import STAGES as SERVICES
from services.operations.domain.flows import Rate
from services.operations.live import FlowView
from shared.clock import VIETNAM

MINUTES = 60
HEIGHT = 20  # of a line; a minute is one wide
_NONE = same("–")
TONES = {"live": "running", "quiet": "same", "still": "late", "unseen": "paused"}
READERS: Mapping[str, Words] = {
    "intake": Words("Ghi nhận", "Intake"),
    "routing": Words("Phân về đơn vị", "Routing"),
    "payment": Words("Thanh toán", "Payment"),
    "payment-effects": Words("Thanh toán: gọi đối tác", "Payment: calls to partners"),
    "payment-webhooks": Words("Thanh toán: báo cho cổng", "Payment: portals told"),
    "payment-breaks": Words("Thanh toán: chênh lệch", "Payment: breaks"),
    "notify": Words("Thông báo", "Notices"),
    "notify-effects": Words("Thông báo: gửi đi", "Notices: sending"),
    "operations": Words("Vận hành", "Operations"),
    "operations-aside": Words("Vận hành: bản ghi bị gác", "Operations: what is set aside"),
    "operations-money": Words("Vận hành: đối soát", "Operations: reconciliation"),
    "operations-tables": Words("Vận hành: số trực tiếp", "Operations: live numbers"),
}


class Passing(NamedTuple):
    """A service: what flows in and out, and its last hour as a line."""

    name: str
    title: Words
    into: Words
    out: Words
    hour: Words
    line: str


class Age(NamedTuple):
    """How old what waits at a stage is."""

    title: Words
    waits: Words
    median: Words
    p95: Words
    oldest: Words


class Lag(NamedTuple):
    """A reader, and what it has left."""

    title: Words
    name: str
    behind: Words
    is_behind: bool


class Minute(NamedTuple):
    """What flowed out in a minute, by service."""

    at: str
    second: int
    numbers: Sequence[int]


class Page(NamedTuple):
    """All of it; of what nobody saw there is no instant."""

    said: Words
    tone: str
    services: Sequence[Passing]
    names: Sequence[tuple[str, Words]]
    minutes: Sequence[Minute]
    ages: Sequence[Age]
    ages_ago: Words | None
    lags: Sequence[Lag]
    lags_ago: Words | None
    unreadable: Words | None


def flow_page(view: FlowView) -> Page:
    """Return the page."""
    minutes = _minutes(view)
    return Page(
        said=_said(view),
        tone=TONES[view.standing],
        services=[_service(rate, minutes) for rate in view.rates],
        names=[(name, READERS[name]) for name in SERVICES],
        minutes=minutes[::-1],
        ages=[
            Age(
                STAGES[one.stage],
                grouped(one.matters),
                *(stretch(s * 1_000) for s in (one.median_s, one.p95_s, one.oldest_s)),
            )
            for one in view.ages
        ],
        ages_ago=_ago(view, view.ages_as_of_ms),
        lags=[
            Lag(READERS.get(name, same(name)), name, grouped(lag.behind), lag.behind > 0)
            for lag in view.lags
            for name in (lag.reader,)
        ],
        lags_ago=_ago(view, view.lags_as_of_ms),
        unreadable=grouped(view.unreadable) if view.unreadable else None,
    )


def _said(view: FlowView) -> Words:
    if view.standing == "quiet" and view.behind_s is None:
        return LABELS["flow_never"]
    behind = _old(int((view.behind_s or 0) * 1_000))
    words = LABELS[f"flow_{view.standing}"]
    return words.told(behind=behind) if "{behind}" in words.en else words


def _ago(view: FlowView, at_ms: int | None) -> Words | None:
    return None if at_ms is None else _old(max(0, view.as_of_ms - at_ms))


def _old(ms: int) -> Words:
    """Return how long ago that was, to the second."""
    seconds = ms // 1_000
    return stretch(ms) if seconds >= MINUTES else Words(f"{seconds} giây", f"{seconds} s")


def _service(rate: Rate, minutes: Sequence[Minute]) -> Passing:
    numbers = [minute.numbers[SERVICES.index(rate.stage)] for minute in minutes]
    return Passing(
        name=rate.stage,
        title=READERS[rate.stage],
        into=_per_second(rate.in_per_s),
        out=_per_second(rate.out_per_s),
        hour=grouped(sum(numbers)),
        line=_line(numbers),
    )


def _per_second(rate: float | None) -> Words:
    if rate is None:
        return _NONE
    told = f"{rate:,.1f}"
    return Words(told.translate(str.maketrans(",.", ".,")), told)


def _line(numbers: Sequence[int]) -> str:
    """Return the points of a line, of which the highest is as high as it may be."""
    top = max(*numbers, 1)
    return " ".join(f"{n},{HEIGHT - number * HEIGHT / top:.1f}" for n, number in enumerate(numbers))


def _minutes(view: FlowView) -> list[Minute]:
    """Return the last minutes that are over, the oldest first, also those without anything."""
    last = instant(view.as_of_ms).replace(second=0, microsecond=0)
    gave = {(one.minute, one.stage): one.gave for one in view.passed}
    return [
        _minute(at, [gave.get((at, stage), 0) for stage in SERVICES])
        for at in (last - timedelta(minutes=n) for n in range(MINUTES, 0, -1))
    ]


def _minute(at: datetime, numbers: Sequence[int]) -> Minute:
    return Minute(f"{at.astimezone(VIETNAM):%H:%M}", int(at.timestamp()), numbers)
