"""The page of settings has every variable that a service or a local start reads."""

from importlib import import_module
from pathlib import Path

from pydantic_settings import BaseSettings

from docs.draw_settings import PAGE, PARTS, page, variables
from docs.meanings import MEANINGS

ROOT = Path(__file__).resolve().parents[2]
READ = ("services", "shared", "deploy/local")


def readers() -> set[type[BaseSettings]]:
    """Every class there that reads the environment."""
    modules = [
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for folder in READ
        for path in (ROOT / folder).rglob("*.py")
        if "BaseSettings)" in path.read_text()
    ]
    return {
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, BaseSettings)
        and found.__module__ == module.__name__
    }


def test_the_page_is_what_the_classes_say() -> None:
    assert PAGE.read_text() == page(), "docs/settings.md is stale: run `make docs`"


def test_every_class_that_reads_the_environment_has_a_table() -> None:
    assert {reader for part in PARTS for reader in part.readers} == readers()


def test_every_variable_has_a_meaning_and_no_other_has() -> None:
    for reader in readers():
        read = [variable for variable, _ in variables(reader)]
        assert list(MEANINGS[reader.__module__]) == read
    assert {reader.__module__ for reader in readers()} == MEANINGS.keys()
