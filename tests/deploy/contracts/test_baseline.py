"""A change is measured by what was published, however often the files are made in between."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from deploy.contracts.__main__ import main
from deploy.contracts.published import DOCS, FOLDER, PAGE

EVENT = Path(FOLDER) / "events" / "application.routed.json"
WHO = ("-c", "user.name=Synthetic", "-c", "user.email=synthetic@example.org")


class Tree:
    """A repository of its own, with the contracts as the code has them."""

    def __init__(self, folder: Path) -> None:
        self.docs = folder / "docs"
        shutil.copytree(DOCS / FOLDER, self.docs / FOLDER)
        shutil.copy(DOCS / PAGE, self.docs / PAGE)
        self.event = self.docs / EVENT
        self.now = self.event.read_text()
        self.git("init", "-q")

    def git(self, *words: str) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["git", "-C", self.docs, *WHO, *words], check=True, env=env)

    def commit(self, text: str, tag: str = "") -> None:
        """Commit another state of the contract, then make the files anew."""
        self.event.write_text(text)
        self.git("add", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "A state")
        if tag:
            self.git("tag", tag)
        self.event.write_text(self.now)

    @property
    def other(self) -> str:
        """What the code has renamed since."""
        return self.now.replace('"copies"', '"number_of_copies"')


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def ends(tree: Tree, capsys: pytest.CaptureFixture[str], since: str = "") -> tuple[int, str]:
    status = 0
    try:
        main(check=False, docs=tree.docs, since=since)
    except typer.Exit as exit_:
        status = exit_.exit_code
    return status, capsys.readouterr().out


def test_what_breaks_the_last_commit_still_breaks_it_once_the_files_are_made(tree, capsys) -> None:
    tree.commit(tree.other)
    for _ in range(2):
        status, said = ends(tree, capsys)
        assert (status, "removed or renamed" in said, "git's HEAD" in said) == (1, True, True)


def test_what_breaks_the_last_tag_breaks_also_when_it_is_committed(tree, capsys) -> None:
    tree.commit(tree.other, tag="v1")
    tree.commit(tree.now)
    status, said = ends(tree, capsys)
    assert (status, "Compared with git's v1." in said) == (1, True)


def test_what_was_committed_since_the_tag_and_never_published_may_change(tree, capsys) -> None:
    tree.commit(tree.now, tag="v1")
    tree.commit(tree.other)
    status, said = ends(tree, capsys)
    assert (status, "as recorded" in said) == (0, True)


def test_another_commit_may_be_compared_with(tree, capsys) -> None:
    tree.commit(tree.now)
    tree.commit(tree.other)
    assert ends(tree, capsys)[0] == 1
    assert ends(tree, capsys, since="HEAD~1")[0] == 0


def test_a_commit_that_is_none_is_said_in_one_sentence(tree, capsys) -> None:
    tree.commit(tree.now)
    status, said = ends(tree, capsys, since="nothing")
    assert (status, "SINCE=nothing is nothing that git knows" in said) == (1, True)


def test_a_commit_without_contracts_is_said_in_one_sentence(tree, capsys) -> None:
    tree.git("commit", "-q", "--allow-empty", "-m", "Empty")
    status, said = ends(tree, capsys, since="HEAD")
    assert (status, "HEAD has no contracts yet" in said) == (1, True)


def test_files_that_git_does_not_know_are_compared_with_as_they_stand(tree, capsys) -> None:
    status, said = ends(tree, capsys)
    assert (status, "because git does not know them" in said) == (0, True)
