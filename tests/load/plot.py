"""Latencies as an SVG: percentiles on a logarithmic axis that opens towards the slowest.

Each gridline to the right leaves a tenth as many slower ones: half, one in ten, one in a hundred.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 84, 28, 76, 70
COLOURS = ("#0b5fa5", "#c2571a", "#5d5d5d")
DASHES = ("", "8 5", "2 4")
NAMES = {0.0: "0 %", 0.5: "50 %", 0.9: "90 %", 0.99: "99 %", 0.999: "99.9 %", 0.9999: "99.99 %"}
END = 0.1  # of a decade, for the slowest of all
KEY_WIDTH = 250
TICKS = (1, 2, 5)


Curve = Sequence[tuple[float, float]]  # a share (0 to 1) and the milliseconds it took at most


def svg(title: str, curves: Mapping[str, Curve]) -> str:
    """Return the picture of some curves, by name."""
    shown = {name: curve for name, curve in curves.items() if curve}
    if not shown:
        return _page(title, ['<text x="84" y="120">Nothing was completed.</text>'])
    axes = _Axes(list(shown.values()))
    parts = [*axes.grid()]
    for n, (name, curve) in enumerate(shown.items()):
        parts += _drawn(axes, n, name, curve)
    return _page(title, parts)


class _Axes:
    def __init__(self, curves: Sequence[Curve]) -> None:
        inner = [-log10(1 - share) for curve in curves for share, _ in curve if share < 1]
        self.decades = max(1.0, *inner) + END
        low = max(1.0, min(ms for curve in curves for _, ms in curve))
        high = max(2.0, *(ms for curve in curves for _, ms in curve))
        self.ticks = _ticks(low, high)
        self._low, self._high = log10(self.ticks[0]), log10(self.ticks[-1])

    def x(self, share: float) -> float:
        """Return where a percentile (0 to 1) stands."""
        decades = min(self.decades, -log10(max(1 - share, 1e-12)))
        return LEFT + (WIDTH - LEFT - RIGHT) * decades / self.decades

    def y(self, ms: float) -> float:
        """Return where a latency stands."""
        share = (log10(max(ms, 1.0)) - self._low) / (self._high - self._low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def grid(self) -> Iterator[str]:
        """Yield the lines and what stands at them."""
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for share, name in NAMES.items():
            if -log10(max(1 - share, 1e-12)) <= self.decades:
                x = f"{self.x(share):.1f}"
                yield f'<path class="grid" d="M{x} {TOP}V{bottom}"/>'
                yield (
                    f'<text class="tick" text-anchor="middle" x="{x}" y="{bottom + 20}">'
                    f"{name}</text>"
                )
        for ms in self.ticks:
            y = self.y(ms)
            yield f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>'
            yield (
                f'<text class="tick" text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">'
                f"{_time(ms)}</text>"
            )
        yield (
            f'<text class="tick" text-anchor="middle" x="{(LEFT + right) / 2}" y="{HEIGHT - 22}">'
            "share of applications that took no longer</text>"
        )


def _drawn(axes: _Axes, n: int, name: str, curve: Curve) -> Iterator[str]:
    points = " ".join(f"{axes.x(share):.1f},{axes.y(ms):.1f}" for share, ms in curve)
    style = f'stroke="{COLOURS[n % 3]}" stroke-dasharray="{DASHES[n % 3]}"'
    x = LEFT + KEY_WIDTH * n
    yield f'<polyline class="curve" {style} points="{points}"/>'
    yield f'<path class="curve" {style} d="M{x} {TOP - 20}h34"/>'
    yield f'<text x="{x + 42}" y="{TOP - 16}">{escape(name)}</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, … from at most `low` to at least `high`."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    every = [float(step * 10**decade) for decade in decades for step in TICKS]
    first = max(n for n, tick in enumerate(every) if tick <= low)
    last = min(n for n, tick in enumerate(every) if tick >= high)
    return every[first : max(last, first + 1) + 1]


def _time(ms: float) -> str:
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"


def _page(title: str, parts: Sequence[str]) -> str:
    style = (
        "text{font:14px system-ui,sans-serif;fill:#222}.tick{font-size:13px;fill:#555}"
        ".title{font-size:17px;font-weight:600}.grid{stroke:#ddd;fill:none}"
        ".curve{fill:none;stroke-width:2.5;stroke-linejoin:round}"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{escape(title)}</title><style>{style}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text class="title" x="{LEFT}" y="30">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )
