"""What README and docs name is there: paths, commands, routes, ports, events, examples."""

import ast
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.local.settings import Settings
from services.intake.domain.validation import form_problems, personal_problems
from services.intake.forms import Form
from shared.catalogue import load
from shared.events import CONTRACTS, Event, decode
from shared.events.portal import Personal, Submitted
from shared.failpoints import NAMES
from shared.topics import TOPICS
from tests.deploy.deployed import settings_in

ROOT = Path(__file__).resolve().parents[2]
ADR = sorted((ROOT / "docs" / "adr").glob("0*.md"))
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
    *ADR,
    ROOT / "docs/adr/README.md",
]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
TREE = {"services", "shared", "deploy", "tests", "docs", ".ci"}
MAKEFILE = (ROOT / "Makefile").read_text()
ADR_LINES_LIMIT = 60

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text())


def named(page: Path) -> list[str]:
    """What stands in backticks in the prose."""
    return _INLINE.findall(prose(page))


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in _FENCED.findall(page.read_text()) if kind == language]


def paths(page: Path) -> Iterator[str]:
    for name in named(page):
        if name in {p.name for p in ROOT.iterdir()} or (
            re.fullmatch(r"[\w.<>-]+(/[\w.<>-]+)+/?", name) and name.split("/")[0] in TREE
        ):
            yield name


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def routes() -> list[str]:
    """Every path that an edge or the process host serves, as a pattern."""
    shared = (ROOT / "shared" / name for name in ("process_routes.py", "contracts/routes.py"))
    attached = (ROOT / "services/intake/attachments").glob("r*.py")  # routes, reading
    edges = (ROOT / "services").rglob("*api.py")
    sources = [*shared, *attached, *edges, ROOT / "services/routing/rehoming.py"]
    return [
        re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(text))
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if (text := literal(node)).startswith("/")
    ] + ["/openapi\\.json"]


def literal(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "{}" for part in node.values)
    return ""


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_path_that_is_named_exists(page: Path) -> None:
    missing = [p for p in paths(page) if not list(ROOT.glob(re.sub(r"<\w+>", "*", p.rstrip("/"))))]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(prose(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_make_target_that_is_named_exists(page: Path) -> None:
    commands = [
        n
        for n in [*named(page), *"\n".join(blocks(page, "sh")).split("\n")]
        if n.startswith("make ")
    ]
    for command in commands:
        for word in command.split()[1:]:
            variable, is_set, _ = word.partition("=")
            if is_set:
                assert f"$({variable})" in MAKEFILE or f"$(if $({variable})" in MAKEFILE, command
            else:
                assert re.search(rf"^{word}:", MAKEFILE, re.M), command


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_variable_that_is_named_is_read_by_the_code(page: Path) -> None:
    read = {s.variable for f in ("services", "shared", "deploy") for s in settings_in(ROOT / f)}
    assert set(re.findall(r"MOTCUA_[A-Z_]*[A-Z]", page.read_text())) <= read


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_route_that_is_named_is_served(page: Path) -> None:
    served = routes()
    for name in named(page):
        path = re.sub(r"^(GET|POST) ", "", name).split("?")[0]
        if re.fullmatch(r"/[a-z]\S*", path) and not path.startswith("/portals"):
            options = (path, path.removeprefix("/v1"))
            assert any(re.fullmatch(r, p) for r in served for p in options), name


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_an_event_a_topic_or_a_failpoint_that_is_named_exists(page: Path) -> None:
    known = {*CONTRACTS, *TOPICS, *NAMES}
    first = {name.split(".")[0] for name in known}
    for name in named(page):
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) and name.split(".")[0] in first:
            assert name in known


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_port_that_is_named_is_the_one_in_the_settings(page: Path) -> None:
    text = page.read_text()
    for name, port in re.findall(r"\((\w+), port (\d{4})\)", text):
        assert Settings().port(name) == int(port)
    known = {getattr(Settings(), f) for f in Settings.model_fields if f.endswith("_port")}
    for port in re.findall(r"127\.0\.0\.1:(\d+)", text):
        assert int(port) in known


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_examples_are_at_least_well_formed(page: Path) -> None:
    for text in blocks(page, "python"):
        compile(text, str(page), "exec")
    for text in blocks(page, "sh"):
        subprocess.run(["bash", "-n", "-c", text], check=True)


def test_the_application_over_http_in_the_readme_would_be_registered() -> None:
    [text] = [t for t in blocks(ROOT / "README.md", "sh") if "curl" in t]
    body = re.search(r"-d '(\{.*?\})'$", text, re.M | re.S)
    assert body
    form = msgspec.json.decode(body[1], type=Form)
    fields: dict[str, Any] = {f: getattr(form, f) for f in form.__struct_fields__}
    personal = fields.pop("personal")
    assert form_problems(Submitted(personal="", **fields), load(), date(2026, 1, 5)) == ()
    assert personal_problems(personal) == ()


def test_the_application_on_kafka_in_the_readme_would_be_registered() -> None:
    [text] = blocks(ROOT / "README.md", "python")
    fields = assigned(text, "event") | {"time": "2026-01-05T08:00:00+07:00"}
    assert set(fields) <= set(Event.__struct_fields__)
    event = decode(msgspec.json.encode(fields))
    assert event.type == Submitted.TYPE
    submitted = msgspec.json.decode(event.data, type=Submitted)
    assert form_problems(submitted, load(), date(2026, 1, 5)) == ()
    personal = msgspec.convert(assigned(text, "personal"), Personal)
    assert personal_problems(personal) == ()


def assigned(text: str, name: str) -> Any:
    """What a name is set to in a script, what is computed there left out."""
    [value] = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return ast.literal_eval(ast.unparse(_Plain().visit(value)))


class _Plain(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(f"<{node.id}>")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant(ast.unparse(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return ast.Constant(ast.unparse(node))


# ---- decisions


def sentence(page: Path) -> str:
    found = re.search(r"\A# \d+\. .+\n\n((?:> .*\n)+)\n## Context\n", page.read_text())
    assert found, page.name
    return " ".join(line.removeprefix("> ") for line in found[1].splitlines())


@pytest.mark.parametrize("page", ADR, ids=lambda p: p.stem)
def test_a_decision_is_one_page_with_one_sentence_to_quote(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## (.*)$", text, re.M) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= ADR_LINES_LIMIT
    assert sentence(page).count(". ") == 0


def test_decisions_are_numbered_without_gaps_and_stand_in_the_index() -> None:
    titles = [re.match(r"# (\d+)\. (.*)", page.read_text()) for page in ADR]
    assert [int(t[1]) for t in titles if t] == list(range(1, len(ADR) + 1))
    rows = [
        f"| [{t[1]}. {t[2]}]({page.name}) | {sentence(page)} |"
        for t, page in zip(titles, ADR, strict=True)
        if t
    ]
    index = (ROOT / "docs/adr/README.md").read_text()
    assert [line for line in index.splitlines() if line.startswith("| [")] == rows


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert f"docs/{page.name}" in readme
