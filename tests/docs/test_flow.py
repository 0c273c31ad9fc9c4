from docs.draw_flow import PAGE, drawn, page, parts
from shared.topics import TOPICS


def test_the_page_is_what_the_registry_draws() -> None:
    assert PAGE.read_text() == page(), "docs/flow.md is stale: run `make docs`"


def test_the_picture_has_every_writer_and_every_reader_but_operations() -> None:
    lines = set(page().splitlines())
    for topic in TOPICS.values():
        pipe = topic.name.replace(".", "_")
        assert {f"    {name} --> {pipe}" for name in parts(topic.written_by)} <= lines
        readers = [name for name in parts(topic.read_by) if drawn(topic, name)]
        assert readers, f"{topic.name} goes nowhere in the picture"
        assert {f"    {pipe} --> {name}" for name in readers} <= lines
