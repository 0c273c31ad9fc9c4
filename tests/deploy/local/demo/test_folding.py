"""Notices told by many ways make one line for each of their steps, and lose nothing."""

from typing import Any

from deploy.local.demo.folding import folded, with_fewer_bars


def line(type_: str, text: str = "", service: str = "notify", repeats: int = 0) -> dict[str, Any]:
    return {"type": type_, "text": text, "service": service, "repeats": repeats, "at": type_}


def told(*lines: dict[str, Any]) -> list[tuple[str, str]]:
    found = folded({"findings": [], "timeline": lines})
    assert found["findings"] == []
    return [(one["type"], one["text"]) for one in found["timeline"]]


def test_a_step_of_several_notices_is_one_line_where_its_first_was() -> None:
    assert told(
        line("asked", "registered · sms"),
        line("asked", "registered · email"),
        line("answered", "handed"),
        line("asked", "payment · sms"),
        line("answered", "handed"),
        *[line("receipt")] * 3,
    ) == [
        ("asked", "registered · sms, email; payment · sms"),
        ("answered", "handed ×2"),
        ("receipt", "×3"),
    ]


def test_what_another_service_says_begins_another_stretch() -> None:
    said = line("accepted", "by officer-1", service="routing")
    lines = (line("asked", "a · sms"), said, said, line("asked", "b · sms"))
    assert told(*lines) == [(each["type"], each["text"]) for each in lines]


def test_a_message_that_came_again_is_still_said_to_have() -> None:
    lines = [line("receipt", repeats=1), line("receipt", repeats=2)]
    [one] = folded({"timeline": lines})["timeline"]
    assert one["repeats"] == 3


def span(id_: str, parent: str, type_: str, end_ms: int, service: str = "notify") -> dict[str, Any]:
    return {"id": id_, "parent": parent, "types": [type_], "end_ms": end_ms, "service": service}


def test_of_steps_alike_the_one_that_ended_last_is_drawn_below_the_one_before() -> None:
    spans = [
        span("1", "0", "registered", 1, "intake"),
        span("2", "1", "asked", 2),
        span("3", "2", "answered", 5),
        span("4", "2", "answered", 3),
        span("5", "4", "sent", 7),  # of the one that answered first
        span("6", "3", "sent", 6),
        span("7", "1", "routed", 8, "routing"),
        span("8", "7", "asked", 9),  # of another milestone
    ]
    drawn = with_fewer_bars({"spans": spans, "waits": []})
    assert drawn["spans"] == spans
    assert [(s["id"], s["parent"], *s["types"]) for s in drawn["shown"]] == [
        ("1", "0", "registered"),
        ("2", "1", "asked"),
        ("3", "2", "answered ×2"),
        ("5", "3", "sent ×2"),
        ("7", "1", "routed"),
        ("8", "7", "asked"),
    ]


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    assert with_fewer_bars({"spans": [], "waits": []})["shown"] == []
