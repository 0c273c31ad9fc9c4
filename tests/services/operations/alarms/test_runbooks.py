"""Every rule has a runbook, in both languages, and stands in the table of the docs."""

import re
from pathlib import Path

import pytest

from services.operations.domain.alarms import RULES

DOCS = Path(__file__).parents[4] / "docs"
HEADS = {
    "en": ["What it means", "Look", "Do", "Escalate"],
    "vi": ["Nghĩa là gì", "Xem ở đâu", "Làm gì", "Báo lên khi"],
}


def test_there_is_a_page_for_each_rule_and_no_other() -> None:
    assert {path.stem for path in (DOCS / "runbooks").iterdir()} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_page_says_in_both_languages_what_it_means_and_what_to_do(rule: str) -> None:
    english, vietnamese = (DOCS / "runbooks" / f"{rule}.md").read_text().split("\n---\n")
    for text, title, language in (
        (english, RULES[rule].title.en, "en"),
        (vietnamese, RULES[rule].title.vi, "vi"),
    ):
        assert re.findall(r"^# (.+)$", text, re.M) == [title]
        assert re.findall(r"^## (.+)$", text, re.M) == HEADS[language]
        parts = re.split(r"^## .+$", text, flags=re.M)[1:]
        assert all(len(part.split()) > 10 for part in parts)


def test_the_docs_have_every_rule_with_how_bad_it_is() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (critical|warning) \|", (DOCS / "alarms.md").read_text(), re.M
    )
    assert rows == [(name, rule.severity) for name, rule in RULES.items()]
