"""Files that applications name, against the files of their portal: whole batches at a time."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.intake.attachments.checking import Named
from services.intake.attachments.named import ALL, NamedFiles
from services.intake.attachments.scan import Verdict
from shared.errors import Unknown
from shared.events.data import Document, Problem
from tests.services.intake.attachments.pieces import sha

ON = date(2026, 11, 20)


def named(*hashes: str, portal: str = "sandbox", **changed: Any) -> Named:
    papers = tuple(Document(name="Request form", sha256=h, **changed) for h in hashes)
    return Named(portal, "2.000815", papers, ON)


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in problems]


class Counted:
    """A table that counts what it is asked."""

    def __init__(self, *ids: str) -> None:
        self.rows, self.asked = [{"_id": i} for i in ids], list[int]()

    async def get(self, ids: list[str]) -> list[Any]:
        self.asked.append(len(ids))
        return [row for row in self.rows if row["_id"] in ids]


async def test_a_document_may_refer_to_its_own_portals_files_alone(world: Any, make: Any) -> None:
    await world.upload(make.PDF)
    own = named(sha(make.PDF))
    assert await world.named.problems(own) == ()
    others = own._replace(portal="other")
    assert told(await world.named.problems(others)) == [("/documents/0/sha256", "file-not-there")]


async def test_what_is_stated_of_a_file_is_what_it_is(world: Any, make: Any) -> None:
    await world.upload(make.PDF)
    other = named(sha(make.PDF), media_type="image/png")
    assert told(await world.named.problems(other)) == [
        ("/documents/0/media_type", "file-type-differs")
    ]


async def test_a_file_that_is_not_whole_or_not_looked_at_is_not_there(
    world: Any, make: Any
) -> None:
    at = await world.begin(len(make.PDF))
    await world.add(at, 0, make.PDF[:100])
    not_there = [("/documents/0/sha256", "file-not-there")]
    assert told(await world.named.problems(named(sha(make.PDF)))) == not_there
    world.scanner.says = None  # away
    await world.add(at, 100, make.PDF[100:])
    assert told(await world.named.problems(named(sha(make.PDF)))) == not_there


async def test_what_was_infected_is_said_to_every_portal_until_the_scanner_says_other(
    world: Any, make: Any
) -> None:
    wanted = named(sha(make.PDF))
    infected = [("/documents/0/sha256", "file-infected")]
    for _ in range(2):
        world.scanner.says = Verdict("infected", "Made-Up")
        assert (await world.upload(make.PDF)).status_code == 422
        assert told(await world.named.problems(wanted)) == infected
        others = wanted._replace(portal="other")
        assert told(await world.named.problems(others)) == infected
        assert (await world.call("GET", f"/v1/files/{sha(make.PDF)}")).status_code == 404
        world.scanner.says = Verdict("clean")
        assert (await world.upload(make.PDF)).status_code == 204
        assert await world.named.problems(wanted) == ()


async def test_what_another_portals_upload_showed_to_be_infected_may_be_named_no_more(
    world: Any, make: Any
) -> None:
    world.scanner.says = Verdict("not_scanned")
    await world.upload(make.PDF)
    wanted = named(sha(make.PDF))
    assert await world.named.problems(wanted) == ()
    world.scanner.says = Verdict("infected", "Made-Up")
    await world.upload(make.PDF, "other")
    infected = [("/documents/0/sha256", "file-infected")]
    assert told(await world.named.problems(wanted)) == infected
    world.scanner.says = Verdict("not_scanned")
    assert (await world.upload(make.PDF)).status_code == 422, "nobody says that it is clean"
    assert told(await world.named.problems(wanted)) == infected


async def test_what_was_kept_unscanned_is_clean_once_a_scanner_said_so(
    world: Any, make: Any
) -> None:
    async def scan(key: str) -> str:
        answer = await world.call("GET", f"/v1/files/{sha(make.PDF)}", key=key)
        return str(answer.json()["scan"])

    world.scanner.says = Verdict("not_scanned")
    for portal in ("sandbox", "other"):
        await world.upload(make.PDF, portal)
        assert await scan(portal) == "not_scanned"
    world.scanner.says = Verdict("clean")
    await world.upload(make.PDF)
    assert [await scan(key) for key in ("sandbox", "other", "clerk")] == ["clean"] * 3


async def test_a_batch_costs_one_look_up_and_one_more_only_for_what_lacks(make: Any) -> None:
    files, infected = Counted(), Counted("b" * 64)
    lookup = NamedFiles(files, infected, make.LIMITS)
    batch = [named("a" * 64, "b" * 64), named("a" * 64), named()]
    found = await lookup.problems_of(batch)
    assert [[c for _, c in told(p)] for p in found] == [
        ["file-not-there", "file-infected"],
        ["file-not-there"],
        [],
    ]
    assert (files.asked, infected.asked) == ([2], [2])


async def test_what_comes_in_the_same_moment_is_asked_for_together(make: Any) -> None:
    files = Counted()
    lookup = NamedFiles(files, Counted(), make.LIMITS)
    some = [named(f"{n:064x}") for n in range(20)]
    found = await asyncio.gather(*(lookup.problems(each) for each in some))
    assert all(told(p) == [("/documents/0/sha256", "file-not-there")] for p in found)
    assert files.asked == [20]


@pytest.mark.parametrize("elsewhere", [{"sandbox"}, {ALL}])
async def test_of_files_elsewhere_nothing_is_asked(make: Any, elsewhere: set[str]) -> None:
    files = Counted()
    lookup = NamedFiles(files, Counted(), make.LIMITS, elsewhere)
    assert await lookup.problems(named("a" * 64)) == ()
    html = await lookup.problems(named("a" * 64, media_type="text/html"))
    assert told(html) == [("/documents/0/media_type", "file-type-not-permitted")]
    assert files.asked == []


async def test_one_look_up_has_an_end(make: Any) -> None:
    files = Counted()
    lookup = NamedFiles(files, Counted(), make.LIMITS)
    hashes = [f"{n:064x}" for n in range(10_001)]
    await lookup.problems_of([named(*hashes[n : n + 50]) for n in range(0, len(hashes), 50)])
    assert files.asked == [5_000, 5_000, 1]
    too_many = named(*hashes[:51])  # said where documents are looked at
    assert await lookup.problems(too_many) == ()
    assert files.asked == [5_000, 5_000, 1]


async def test_a_database_in_doubt_is_no_verdict(world: Any, make: Any) -> None:
    class Away(Counted):
        async def get(self, ids: list[str]) -> list[Any]:
            raise Unknown("planted")

    lookup = NamedFiles(Away(), Counted(), make.LIMITS)
    with pytest.raises(Unknown):
        await lookup.problems(named("a" * 64))
