"""How the code is laid out: learn one service and you know five."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "shared", "deploy")
LINES_LIMIT = 300

# what every service has, what it may have, and what only one has, with the reason
EVERY = {"__init__", "__main__", "api", "domain"}
SOME = {"lane", "effects", "settings", "views", "gateways", "channels"}
OWN = {
    # what portals send, and what procedures ask for; what a batch of it needs; dossier codes,
    # claimed in blocks; likely duplicates, known by marks; what is corrected, put on top of what
    # stands; what the edge is wired with, and what follows on an application; files, from upload
    # on; whose applications are whose
    "intake": {
        *("forms", "forms_api", "door", "numbers", "likeness", "revisions"),
        *("subjects", "subjects_api"),
        *("desk", "follow_ups_api", "corrections_api", "attachments"),
    },
    # an officer's act, once per key; its steps, and what lies at a unit; why a dossier is where it
    # is, and what would move it or its due date; who had it, on paper
    "routing": {
        "actions",
        "answers",
        "steps",
        "inbox",
        "inbox_api",
        "rehoming",
        "proposals",
        "recounts_api",
        "forms",
        "forms_api",
    },
    # a partner's order number, claimed before the order opens; a bank's call, in its own words, or
    # set aside; who the banks are; whose money it becomes, and what for; ISO 20022; how a citizen
    # pays, chooses, and for whom; what
    # operators do about refunds, and how partners are told; what one says it moved on a day, and
    # what of that does not match; what a bank reads again, and is told of by itself; a receipt's
    # number, as its unit counts; a fee assessed again; receipts on paper, and checked; what a
    # partner is asked at once, for somebody who waits; whose a number is; what waits for operators;
    # allowances that an office has paid out, in which words, and how banks are told
    "payment": {
        *("references", "callbacks", "set_aside", "partners", "billing"),
        *("paying", "orders_api", "lookups", "iso20022", "refunds_api", "refunding"),
        *("statements", "breaks", "breaks_api", "closings"),
        *("replay", "partner_api", "webhooks", "webhooks_api"),
        *("receipt_numbers", "reassessments_api", "paper", "receipts_api"),
        *("asking", "unanswered", "partner_receipts_api", "accounts_api"),
        *("references_api", "refunds_waiting", "waiting_api"),
        *("allowances", "disbursements_api", "disbursing"),
    },
    # who carries notices, how they fare and how fast; the one place that opens a contact, and
    # addresses to which nothing may be sent; what a notice says and costs, before any is sent, and
    # which nobody moves; what is kept for a time
    # what became of mails comes in as mails, too; of messages in apps, by provider
    "notify": {
        *("providers", "pulse", "rates", "contacts", "addresses", "templates_api", "stuck_api"),
        *("bounces_api", "receipts_api", "addresses_api", "sweeping"),
        # official forms
        *("forms", "forms_api"),
        # what edges share; how citizens say they were served, and what they complain of
        *("desk", "feedback_api", "petitions"),
        # what operators tell many
        *("broadcasts", "broadcasts_api"),
    },
    # it reads with a loop of its own instead of a lane: its package says what each is for
    "operations": {
        *("letters", "dead", "dead_api"),
        *("finding", "persons", "seeking", "opened", "console", "situations"),
        "reaching",
        *("board", "board_stages", "lately", "stuck_api"),
        *("rounds", "rounds_api", "money", "money_api", "partner_api", "settlement_api"),
        *("alarms", "alarms_api"),
        *("incidents", "incidents_api"),
        *("guard", "limits", "reads", "reads_api", "sessions_api", "unsealing", "unsealing_api"),
        *("indicators", "indicators_api", "readiness_api", "sync_api"),
        *("facts", "statistics", "statistics_api", "form_files", "form_lines"),
        *("subscriptions", "subscriptions_api"),
        *("journeys", "reader", "counts", "flow", "tables", "proving", "proof_api", "proofs"),
        *("edition", "mending", "wiring", "readers", "trends", "turns", "delivery", "live"),
        *("status_access", "status_api", "pages", "example", "rating_api"),
    },
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}

# where a check is silenced: which rules, then in words why
SILENCED = re.compile(r"#\s*(?:ruff:\s*)?(?:noqa|type:\s*ignore)\b")
SILENCED_WITH_REASON = re.compile(r"(?:: [A-Z0-9, ]+ - |\[[a-z, -]+\]  # )\w")

# tests that are programs of their own, started with `python -m`
TEST_PROGRAMS = {"tests/simulation/model"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "__pycache__" not in path.parts:
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parts(service: str) -> set[str]:
    folder = ROOT / "services" / service
    return {p.stem for p in folder.iterdir() if p.suffix == ".py" or list(p.rglob("*.py"))}


def calls(text: str) -> set[str]:
    tree = ast.walk(ast.parse(text))
    return {ast.unparse(node.func) for node in tree if isinstance(node, ast.Call)}


def imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def prints(text: str) -> bool:
    return bool(calls(text) & {"print", "pprint", "sys.stdout.write"})


def mocks(text: str) -> bool:
    libraries = ("mock", "unittest.mock", "pytest_mock")
    return any(i == name or i.startswith(f"{name}.") for i in imports(text) for name in libraries)


def patches(text: str) -> bool:
    ways = ("monkeypatch.setattr", "monkeypatch.setitem", "mocker.patch", "mock.patch")
    return any(call.startswith(ways) for call in calls(text))


def silences_without_reason(text: str) -> bool:
    comments = (
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )
    rests = (rest for comment in comments for rest in SILENCED.split(comment)[1:])
    return any(not SILENCED_WITH_REASON.match(rest) for rest in rests)


def acts_when_imported(text: str) -> bool:
    loud = (ast.For, ast.While, ast.With, ast.Try)
    return any(
        isinstance(node, loud)
        or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
        for node in ast.parse(text).body
    )


def where(check: Callable[[str], bool], *folders: str) -> list[str]:
    return [name(path) for path in sources(*folders) if check(path.read_text())]


def test_there_are_five_services_and_no_other_folder_beside_them() -> None:
    folders = {p.parent.name for p in (ROOT / "services").glob("*/__init__.py")}
    assert folders == set(SERVICES) == set(OWN)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_files_that_every_service_has(service: str) -> None:
    assert parts(service) >= EVERY
    assert ("lane" in parts(service)) == ("reader" not in parts(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_file_of_a_name_that_is_not_in_the_table(service: str) -> None:
    assert parts(service) <= EVERY | SOME | OWN[service]


@pytest.mark.parametrize("service", SERVICES)
def test_a_name_of_its_own_is_in_use(service: str) -> None:
    assert OWN[service] <= parts(service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_reads_and_writes_and_in_which_order_to_read_it(
    service: str,
) -> None:
    text = ast.get_docstring(ast.parse((ROOT / "services" / service / "__init__.py").read_text()))
    assert text
    assert "reads" in text.lower()
    assert "writes" in text.lower()
    assert "Reading order:" in text


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [
        name(path)
        for path in sources(*PACKAGES, "tests", "docs")
        if VAGUE & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert vague == []


def test_tests_are_no_packages() -> None:
    found = {name(path.parent) for path in sources("tests") if path.name == "__init__.py"}
    assert found <= TEST_PROGRAMS


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    lengths = {name(p): len(p.read_text().splitlines()) for p in sources(*PACKAGES, "tests")}
    too_long = {n: k for n, k in lengths.items() if k > LINES_LIMIT}
    assert too_long == {}


def test_nothing_is_mocked_and_no_module_is_patched() -> None:
    assert where(mocks, *PACKAGES, "tests") == []
    assert where(patches, *PACKAGES, "tests") == []


def test_nothing_prints_but_the_command_line_through_its_console() -> None:
    assert where(prints, *PACKAGES) == []


def test_no_check_is_silenced_without_a_reason_beside_it() -> None:
    assert where(silences_without_reason, *PACKAGES, "tests", "docs") == []


def test_a_check_may_be_silenced_for_a_reason() -> None:
    assert not silences_without_reason("run()  # noqa: S603, S607 - the command is ours")
    assert not silences_without_reason("run()  # type: ignore[no-any-return]  # it has no types")
    assert not silences_without_reason("text = '# noqa'")


def test_nothing_happens_when_a_service_or_the_kernel_is_imported() -> None:
    assert where(acts_when_imported, "services", "shared") == []


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (prints, "def f(): print(1)"),
        (mocks, "from unittest.mock import patch"),
        (mocks, "from unittest import mock"),
        (mocks, "import unittest.mock as m"),
        (patches, "def test(monkeypatch): monkeypatch.setattr(a, 'b', 1)"),
        (patches, "with mock.patch.object(a, 'b'): pass"),
        (silences_without_reason, "run()  # noqa: S603"),
        (silences_without_reason, "run()  # noqa"),
        (silences_without_reason, "run()  #noqa:S603"),
        (silences_without_reason, "# ruff: noqa: S603"),
        (silences_without_reason, "run()  # type: ignore[misc]"),
        (silences_without_reason, "run()  # type: ignore"),
        (silences_without_reason, "run()  # noqa: S603 - it is ours  # type: ignore[misc]"),
        (acts_when_imported, "connect()"),
        (acts_when_imported, "for x in y: register(x)"),
    ],
)
def test_a_planted_breach_is_seen(check: Callable[[str], bool], planted: str) -> None:
    assert check(planted)
