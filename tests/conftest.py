"""A real Kafka and a real MongoDB, started once per session on free ports in a temporary folder.

A test asks for `kafka_url`, `mongo_url` or `stack` (both) and is marked `stack` by that.  They are
shared by the whole session and start empty: a test brings topics and a database of its own names.
"""

import os
import signal
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from hypothesis import settings

from deploy.local.stack import Stack, running

# a busy machine is no failure: no test asserts how long it takes
settings.register_profile("motcua", deadline=None)
settings.load_profile("motcua")

# a shell that runs this in the background ignores Ctrl-C, and so would all that tests start
signal.signal(signal.SIGINT, signal.default_int_handler)


LONG = {"e2e", "invariants", "simulation"}  # folders
MAY_BE_MISSING = ("docker has no compose plugin",)  # how a reason begins; with --no-skips


R = TypeVar("R", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="what cannot be tested here fails")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport]:
    return no_skip(item.config, (yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport]:
    return no_skip(collector.config, (yield))


def no_skip(config: pytest.Config, report: R) -> R:
    """Return a skip as a failure, if it is asked for and the reason is none of the few."""
    if config.getoption("no_skips") and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(MAY_BE_MISSING):
            report.outcome, report.longrepr = "failed", f"--no-skips: {reason}"
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="session")
def kafka_url(stack: Stack) -> str:
    return stack.kafka_url


@pytest.fixture(scope="session")
def mongo_url(stack: Stack) -> str:
    return stack.mongo_url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
    if "PYTEST_XDIST_WORKER" in os.environ:  # several files at a time: the longest ones begin
        items.sort(key=lambda item: not LONG & set(item.path.parts))
