"""What is sealed of an application, as a terminal shows it."""

import io

from rich.console import Console

from deploy.operating.unsealing import shown
from services.operations.unsealing import Field, Unsealed
from shared import edge
from tests.services.operations.story import BEGAN, application


def test_each_value_stands_with_its_message_and_place() -> None:
    value = {"name": "Nguyễn Thử Nghiệm", "answers": ["[a]", {"b": 2}]}
    field = Field(
        type="application.registered", at="2026", place="x/0/1", path="$.sealed", value=value
    )
    found = Unsealed(
        application=application(1),
        by="admin-1",
        at=BEGAN,
        reason="A call",
        fields=[field],
        is_whole=False,
    )
    console = Console(file=io.StringIO(), record=True, width=200)
    shown(console, edge.builtins(found))
    said = " ".join(console.export_text().split())
    assert "opened by admin-1 at" in said
    assert "application.registered 2026 $.sealed.name Nguyễn Thử Nghiệm" in said
    assert "$.sealed.answers[0] [a]" in said
    assert "$.sealed.answers[1].b 2" in said
    assert "Older messages" in said
