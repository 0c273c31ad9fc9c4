"""The plot is an SVG that any browser takes, its axes rise, and it says when there is nothing."""

from xml.etree import ElementTree

import pytest

from tests.load.plot import svg
from tests.load.spread import curve

SVG = "{http://www.w3.org/2000/svg}"
VALUES = [float(n) for n in range(100, 1_100)]


def drawn(**curves: list[float]) -> ElementTree.Element:
    return ElementTree.fromstring(svg("A & B", {n: curve(v) for n, v in curves.items()}))


def points(picture: ElementTree.Element) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (p.split(",") for p in line.attrib["points"].split())]
        for line in picture.iter(f"{SVG}polyline")
    ]


def texts(picture: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_every_curve_is_drawn_and_named() -> None:
    picture = drawn(ours=VALUES, floor=VALUES[:300])
    assert len(points(picture)) == 2
    assert {"A & B", "ours", "floor"} <= set(texts(picture))


def test_a_curve_goes_to_the_right_and_up_within_the_picture() -> None:
    [line] = points(drawn(ours=VALUES))
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    assert [y for _, y in line] == sorted((y for _, y in line), reverse=True)
    assert all(0 < x < 860 and 0 < y < 480 for x, y in line)


def test_each_tenth_of_the_slowest_takes_the_same_width() -> None:
    picture = drawn(ours=VALUES)
    x = {t.text: float(t.attrib["x"]) for t in picture.iter(f"{SVG}text") if t.text}
    assert x["90 %"] - x["0 %"] == pytest.approx(x["99 %"] - x["90 %"], abs=0.2)


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [0.0], [120_000.0]])
def test_few_or_odd_values_are_drawn_as_well(values: list[float]) -> None:
    assert points(drawn(ours=values))


def test_nothing_completed_is_said() -> None:
    assert "Nothing was completed." in texts(drawn(ours=[]))
