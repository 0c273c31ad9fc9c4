"""Every `motcua` that a page names is one: command, options, and no word more than it takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.exceptions import TyperException
from typer.main import get_command

from deploy.local.cli import app
from tests.architecture.test_docs import IDS, PAGES

_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
_INLINE = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(r"(?:^|[\s(])(?:\.venv/bin/)?motcua( [^\n]*)", re.M)
_STANDS_FOR = re.compile(r"<[^<>\n]+>")  # <application id>
MOTCUA: Any = get_command(app)
OTHERS = {"--wiredTigerCacheSizeGB", "--oplogSize", "--no-mutants", "--plan"}  # of other programs


def in_blocks(text: str) -> Iterator[str]:
    """What follows `motcua` in each line of fenced blocks."""
    for block in _FENCED.findall(text):
        yield from _COMMAND.findall(block.replace("\\\n", " "))


def in_prose(text: str) -> Iterator[str]:
    """What follows `motcua` in each piece of code between backticks, also over two lines."""
    for code in _INLINE.findall(_FENCED.sub("", text)):
        said = re.sub(r"\s+", " ", code)
        if found := re.match(r"(?:\.venv/bin/)?motcua( .*)", said):
            yield found[1]


def words(said: str) -> list[str]:
    """Return the words of one command: without a comment, and what the shell does with it."""
    lexer = shlex.shlex(_STANDS_FOR.sub("X", said), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[str] = []
    for word in lexer:
        if set(word) <= set("();<>|&"):
            break
        found.append(word)
    return found


def parsed(said: str, *, is_whole: bool) -> None:
    """Parse it as the program does, up to running it.  Raises `TyperException`, `KeyError`.

    What is not whole only names a command: what it needs besides may be left out.
    """
    left, command = words(said), MOTCUA
    while left and hasattr(command, "commands"):
        command = command.commands[left.pop(0)]
    if is_whole:
        command.make_context(command.name, left)
        return
    context = command.context_class(command, info_name=command.name)
    more = command.make_parser(context).parse_args(left)[1]
    assert not more, f"it takes no {more}"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_command_that_is_named_is_one_with_these_options(page: Path) -> None:
    text = page.read_text()
    said = [(s, False) for s in in_prose(text)] + [(s, True) for s in in_blocks(text)]
    wrong = []
    for command, is_whole in said:
        try:
            parsed(command, is_whole=is_whole)
        except (TyperException, KeyError, ValueError, AssertionError) as error:
            wrong.append(f"motcua{command}: {error}")
    assert wrong == []


def options(command: Any) -> Iterator[str]:
    """Every option of a command, and of those in it."""
    for option in command.params:
        yield from option.opts
    for each in getattr(command, "commands", {}).values():
        yield from options(each)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_an_option_that_is_named_alone_is_one(page: Path) -> None:
    code = _INLINE.findall(_FENCED.sub("", page.read_text()))
    alone = {each.split()[0] for each in code if each.startswith("--")}
    assert alone <= {*options(MOTCUA), *OTHERS}


@pytest.mark.parametrize(
    "wrong", ["motcua nothing", "motcua stuck --no-such", "motcua sizes x y z", "motcua release"]
)
def test_another_one_in_a_block_is_found(wrong: str) -> None:
    (said,) = in_blocks(f"```sh\n{wrong}  # why\n```\n")
    with pytest.raises((TyperException, KeyError)):
        parsed(said, is_whole=True)


@pytest.mark.parametrize("wrong", ["motcua nothing", "motcua stuck\n --no-such", "motcua sizes x"])
def test_another_one_in_the_prose_is_found(wrong: str) -> None:
    (said,) = in_prose(f"See `{wrong}`: it does that.\n")
    with pytest.raises((TyperException, KeyError, AssertionError)):
        parsed(said, is_whole=False)


def test_what_the_shell_does_with_it_is_no_part_of_it() -> None:
    assert words(' prove $DAY <a day> --out "p q.json" > x.txt || alarm "y"  # z') == [
        *("prove", "$DAY", "X", "--out", "p q.json")
    ]
