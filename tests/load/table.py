"""A report as a table of 80 columns, for somebody who sees it for the first time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.table import Table

from tests.load.report import RATIO_GOAL

Report = Mapping[str, Any]
LATENCIES = (
    ("latency_ms", "from submission to acceptance"),
    ("latency_with_pay_time_ms", "the same with the bank's time"),
    ("callback_ms", "answer to a bank's callback"),
)
WIDTHS = (36, 12, 12, 12)


def drawn(content: Report) -> Table:
    """Return what there is to know, ours beside the floor."""
    floor: Report = content["floor"] or {}
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    titles = (f"{content['rate']:g} applications a second", "motcua", "floor", "memory")
    for title, width in zip(titles, WIDTHS, strict=True):
        is_first = title == titles[0]
        table.add_column(title, width=width, justify="left" if is_first else "right", no_wrap=True)
    for name, *cells in _rows(content, floor):
        table.add_row(name, *cells)
    return table


def _rows(content: Report, floor: Report) -> Iterator[tuple[str, ...]]:
    def pair(name: str, say: Callable[[Report], str]) -> tuple[str, ...]:
        return name, say(content), say(floor) if floor else ""

    yield pair("offered, per second", lambda c: f"{c['offered_per_s']:.1f}")
    yield pair("completed, per second", lambda c: f"{c['completed_per_s']:.1f}")
    yield pair("completed", lambda c: f"{c['completed']}")
    yield pair("lost", lambda c: f"{c['lost']}")
    yield ("",)
    for key, what in LATENCIES:
        yield pair(f"{what}, half", _latency(key, "p50"))
        yield pair("… 99 of 100 within", _latency(key, "p99"))
    yield ("",)
    total = "cpu_ms_per_application_total"
    yield pair("CPU for one application", lambda c: f"{c[total]:.2f} ms")
    if ratio := content["floor_ratio"]:
        yield "… of the floor's", f"{ratio:.2f} times", f"goal {RATIO_GOAL:g}"
    for name in sorted({**_cpu(content), **_cpu(floor)}):
        yield _process(name, content, floor)
    part = f"{content['read_side_of_path']:.0%} of path"
    yield "  operations, with its part of mongo", f"{content['read_side_ms']:.2f} ms", part
    yield ("",)
    yield "CPU with nothing to do, before", f"{content['idle_cores']:.2f} cores"
    yield "… after", f"{content['quiet_cores']:.2f} cores"
    yield pair("taken by other programs meanwhile", lambda c: f"{c['other_cores']:.2f} cores")
    yield (
        "lag when the last was offered",
        f"{max(content['lag_at_end_s'].values()):.1f} s",
        _grew(content),
    )
    yield "notices handed over, lost", f"{content['notices_handed']}", f"{content['notices_lost']}"
    yield "notices obsolete at their turn", f"{content['notices_dropped']}"
    if content["invariants"] is not None:
        hold = sum(1 for f in content["invariants"] if f["counted"] and not f["wrong"])
        yield "invariants that hold", f"{hold} of {len(content['invariants'])}"


def _latency(key: str, share: str) -> Callable[[Report], str]:
    return lambda report: _ms(report[key], share)


def _grew(content: Report) -> str:
    return "growing" if content["lag_grew"] else "not growing"


def _cpu(content: Report) -> Mapping[str, float]:
    found: Mapping[str, float] = content.get("cpu_ms_per_application", {})
    return found


def _process(name: str, content: Report, floor: Report) -> tuple[str, ...]:
    both = (_cpu(content).get(name), _cpu(floor).get(name))
    memory = content["rss_mib"].get(name)
    said = ("" if ms is None else f"{ms:.2f} ms" for ms in both)
    return (f"  {name}", *said, "" if memory is None else f"{memory} MiB")


def _ms(found: Mapping[str, float], name: str) -> str:
    value = found.get(name)
    if value is None:
        return "-"
    return f"{value:.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"
