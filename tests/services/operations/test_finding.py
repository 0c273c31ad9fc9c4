"""One box finds an application by whatever somebody has of it, however they type it."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.finding import FOUND_LIMIT, Found, find, understood
from shared.events import payment
from tests.services.operations.test_petitions import CODE, live


async def kept(world: SimpleNamespace, log: Any) -> Any:
    store = world.Store()
    await store.read(world.Group(log.records))
    return store.journeys


def moved(story: Any, transaction: str, partner: str = "sandbox", kind: Any = None) -> None:
    """Money came under this number."""
    more = {"expected_vnd": 50_000} if kind is payment.Mismatched else {}
    data = (kind or payment.Overpaid)(
        partner=partner,
        reference=story.reference,
        transaction=transaction,
        amount_vnd=50_000,
        **more,
    )
    story.decide("payment", story.submitted(), data)


def kinds(found: Found) -> list[str]:
    return [hit.kind for hit in found.found]


@pytest.mark.parametrize(
    "typed",
    [
        "G09.20-20260609-0000001",
        "  g09.20 – 20260609 – 0000001 ",
        "G09.20 20260609 0000001",
        "g09.20202606090000001",
        "G09 . 20_20260609_0000001",
    ],
)
async def test_a_dossier_code_is_found_as_people_type_it(
    world: SimpleNamespace, story: Any, log: Any, typed: str
) -> None:
    story.registered()
    found = await find(await kept(world, log), typed)
    [hit] = found.found
    assert (hit.application, hit.kind) == (story.application, "dossier_code")
    assert (hit.dossier_code, hit.state and hit.state.code) == (story.code, 1)


async def test_an_id_is_found_with_and_without_its_dashes(
    world: SimpleNamespace, story: Any, log: Any
) -> None:
    story.registered()
    journeys = await kept(world, log)
    for typed in (story.application, story.application.upper(), story.application.replace("-", "")):
        assert kinds(await find(journeys, typed)) == ["application"]
    assert (await find(journeys, world.application(2))).found == []


async def test_an_order_is_found_with_blanks_and_small_letters(
    world: SimpleNamespace, story: Any, log: Any
) -> None:
    story.reference = "DVC020512345678903"
    story.charged()
    journeys = await kept(world, log)
    for typed in ("DVC020512345678903", "dvc 0205-1234567890 3", "020512345678903"):
        assert kinds(await find(journeys, typed)) == ["order"], typed


@pytest.mark.parametrize("kind", [payment.Settled, payment.Overpaid, payment.Mismatched])
@pytest.mark.parametrize("typed", ["FT26-0609 ab/7", "ft260609AB7", "sandbox/FT260609AB7"])
async def test_money_is_found_by_the_number_that_its_partner_gave_it(
    world: SimpleNamespace, story: Any, log: Any, kind: Any, typed: str
) -> None:
    moved(story, "FT260609AB7", kind=kind)
    found = await find(await kept(world, log), typed.replace("/7", "7"))
    [hit] = found.found
    assert (hit.application, hit.name, hit.partner) == (
        story.application,
        "FT260609AB7",
        "sandbox",
    )


async def test_a_transaction_that_looks_like_an_id_is_found(
    world: SimpleNamespace, story: Any, log: Any
) -> None:
    number = "5F0C1E7A-94A1-4F7B-9C3D-2B6E8A1D0F42"
    moved(story, number)
    found = await find(await kept(world, log), number.lower())
    assert [(hit.kind, hit.application) for hit in found.found] == [
        ("transaction", story.application)
    ]


async def test_two_partners_may_count_alike_and_either_can_be_named(
    world: SimpleNamespace, log: Any
) -> None:
    one, other = world.Story(log, 1), world.Story(log, 2)
    moved(one, "77", "sen-vang")
    moved(other, "77", "kho-bac")
    journeys = await kept(world, log)
    assert len((await find(journeys, "77")).found) == 2
    [hit] = (await find(journeys, "Kho-bac / 77")).found
    assert hit.application == other.application


async def test_a_petition_is_found_by_its_code(
    world: SimpleNamespace, story: Any, log: Any
) -> None:
    live(story)
    [hit] = (await find(await kept(world, log), CODE.lower().replace("-", " "))).found
    assert (hit.kind, hit.petition) == ("petition_code", CODE)


async def test_more_than_fit_are_cut_and_it_is_said(world: SimpleNamespace, log: Any) -> None:
    for n in range(1, FOUND_LIMIT + 3):
        moved(world.Story(log, n), "77")
    found = await find(await kept(world, log), "77")
    assert (len(found.found), found.is_cut) == (FOUND_LIMIT, True)


async def test_a_partners_transaction_is_found_however_many_of_others_count_alike(
    world: SimpleNamespace, log: Any
) -> None:
    for n in range(1, FOUND_LIMIT + 6):
        moved(world.Story(log, n), "000123", "an-phat")
    story = world.Story(log, FOUND_LIMIT + 6)
    moved(story, "000123", "sen-vang")
    [hit] = (await find(await kept(world, log), "sen-vang/000123")).found
    assert (hit.application, hit.partner) == (story.application, "sen-vang")


async def test_what_stands_nowhere_is_told_as_what_it_was_taken_for(
    world: SimpleNamespace, log: Any
) -> None:
    found = await find(await kept(world, log), "sen-vang/FT9")
    assert found.found == []
    assert [(u.kind, u.name, u.partner) for u in found.understood] == [
        ("transaction", "FT9", "sen-vang")
    ]


@given(st.text(max_size=300))
def test_whatever_is_typed_is_understood_as_something_or_nothing(typed: str) -> None:
    may_be = understood(typed)
    assert len(may_be) <= 2
    assert all(each.name for each in may_be)
