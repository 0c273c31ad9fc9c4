"""What is published is what the code says, and the pages name every refusal."""

import ast
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import ValidationError

from deploy.contracts.published import DOCS, files, standing
from services.payment.views import Shown
from shared.problems import RETRY_AFTER_S

ROOT = Path(__file__).resolve().parents[2]
REFUSING = (
    "services/intake/api.py",
    "services/payment/api.py",
    "services/payment/reassessments_api.py",
    "services/payment/receipts_api.py",
    "services/notify/desk.py",
    "services/notify/forms_api.py",
    "services/notify/templates_api.py",
    "services/routing/api.py",
    "shared/access.py",
    "shared/edge.py",
    "shared/papers/edge.py",
    "shared/problems.py",
)
NOT_FOR_PORTALS = {
    "invalid-receipts",
    "invalid-idempotency-key",
    "archived",
    "invalid-if-match",
    "version-conflict",
    "not-possible",
    "not-your-unit",
}


def test_the_contracts_are_not_stale() -> None:
    made, there = files(), standing()
    stale = sorted(path for path in {*made, *there} if made.get(path) != there.get(path))
    assert stale == [], "run `make contracts`"


def test_a_message_is_checked_as_the_page_says(tmp_path: Path, monkeypatch) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (DOCS / "contracts.md").read_text(), re.S)
    recorded = ROOT / "tests/contracts/recorded/portal/application.submitted.json"
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.chdir(tmp_path)
    message = json.loads(recorded.read_text())
    (tmp_path / "message.json").write_text(json.dumps(message))
    exec(example, {})
    del message["data"]["procedure"]
    (tmp_path / "message.json").write_text(json.dumps(message))
    with pytest.raises(ValidationError, match="procedure"):
        exec(example, {})


def codes(file: str) -> set[tuple[str, str]]:
    """The status and code of every refusal with a code of its own."""
    return {
        (str(status.value), code.value)
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("Refusal", "answer")
        and len(node.args) >= 2
        and isinstance(status := node.args[0], ast.Constant)
        and isinstance(code := node.args[1], ast.Constant)
    }


@pytest.mark.parametrize("file", REFUSING)
def test_every_refusal_stands_in_the_table_for_portals(file: str) -> None:
    rows = [line for line in (DOCS / "portals.md").read_text().splitlines() if "|" in line]
    found = codes(file)
    assert found
    for status, code in found:
        if code not in NOT_FOR_PORTALS:
            assert [r for r in rows if r.startswith(f"| {status}") and f"`{code}`" in r], (
                status,
                code,
            )


def test_every_status_of_a_payment_stands_there() -> None:
    page = (DOCS / "portals.md").read_text()
    _, _, after = page.partition("| `status` of a payment |")
    table = after.partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == set(get_args(Shown))


def test_a_caller_is_told_when_to_come_again() -> None:
    assert RETRY_AFTER_S > 0
    assert "`Retry-After`" in (DOCS / "portals.md").read_text()
