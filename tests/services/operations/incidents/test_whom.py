"""Whom a scope concerns, on a real database and in memory."""

from services.operations.domain.incidents import Found, Scope
from services.operations.domain.situations import NEVER_MS
from services.operations.incidents.whom import SHARE
from tests.services.operations.incidents.house import HOUR, Office
from tests.services.operations.story import BEGAN


async def test_all_that_is_named_holds_together(either: Office) -> None:
    await either.waits("partner_silent", partner="sen-vang", unit="00004")
    await either.waits("partner_silent", partner="sen-vang", since=BEGAN - 9 * HOUR)
    await either.waits("unanswered", procedure="1.000001", stuck_ms=NEVER_MS)
    for scope, applications in (
        (Scope(), 2),
        (Scope(which="all"), 3),
        (Scope(unit="00004"), 1),
        (Scope(partner="sen-vang", since=BEGAN - 2 * HOUR), 1),
        (Scope(partner="sen-vang", until=BEGAN - 2 * HOUR), 1),
        (Scope(procedure="1.000001", which="all"), 1),
        (Scope(stage="intake", partner="sen-vang"), 0),
    ):
        assert (await either.desk.whom.count(scope)).applications == applications, scope


async def test_money_of_one_thing_counts_once_however_many_rows_are_about_it(
    either: Office,
) -> None:
    for cause, of, vnd in (
        ("partner_silent", "DVC1", 50_000),
        ("awaiting_payment", "DVC1", 50_000),
        ("allowance_waits", "d1", 70_000),
        ("in_processing", "", 0),
    ):
        await either.waits(cause, application="a" * 36, of=of, vnd=vnd)
    await either.waits("partner_silent", of="DVC1")  # of somebody else
    assert number_of(await either.desk.whom.count(Scope())) == (2, 5, 170_000)

    await either.waits("held", application="a" * 36, of="", vnd=125_000)
    assert number_of(await either.desk.whom.count(Scope())) == (2, 6, 175_000)


def number_of(found: Found) -> tuple[int, int, int]:
    return found.applications, found.matters, found.vnd


async def test_a_count_is_told_for_twenty_times_as_long_as_it_took(either: Office) -> None:
    scope, either.took_s = Scope(partner="sen-vang"), 0.1
    counted = [await either.desk.whom.now(scope)]
    await either.waits("partner_silent", partner="sen-vang")
    counted += [await either.desk.whom.now(scope) for _ in range(SHARE + 1)]
    assert [c.found.applications for c in counted] == [0] * (SHARE) + [1] * 2


async def test_a_list_counts_no_longer_than_its_time_and_says_what_was_not_counted(
    either: Office,
) -> None:
    either.took_s = 0.1
    scopes = [Scope(partner=f"p-{n}") for n in range(5)]
    counted = await either.desk.whom.each_now(scopes)
    assert [one is None for one in counted] == [False, False, True, True, True]


async def test_a_fault_of_the_log_concerns_those_in_which_it_was_found_on_the_board_or_not(
    either: Office,
) -> None:
    [on_board] = await either.waits("unpaid", stuck_ms=NEVER_MS)
    places = either.night.tables.places
    for application in (on_board, "z" * 36):
        await places.insert([{"_id": f"wrong/gap/{application}"}])
    await places.insert([{"_id": f"wrong/unbooked/{'y' * 36}"}])
    scope = Scope(finding="gap")
    found = await either.desk.whom.count(scope)
    assert (found.applications, found.matters, found.vnd) == (2, 1, 50_000)
    items = await either.desk.whom.items(scope)
    assert [(i.application, i.since_ms > 0) for i in items] == [(on_board, True), ("z" * 36, False)]


async def test_a_group_that_is_behind_concerns_what_waits_for_it(either: Office) -> None:
    await either.waits("unrouted", stuck_ms=NEVER_MS)
    await either.waits("partner_asked", 2, stuck_ms=NEVER_MS)
    for group, many in (("routing", 1), ("payment-effects", 2), ("notify", 0)):
        scope = Scope(group=group, which="all")
        assert (await either.desk.whom.count(scope)).applications == many
        assert len(await either.desk.whom.items(scope)) == many


async def test_what_is_of_no_application_is_none_and_each_of_it_has_its_money(
    either: Office,
) -> None:
    """Breaks that nobody could place: their money counts, and nobody is to be told of them."""
    [of_one] = await either.waits("partner_down", vnd=50_000)
    for vnd in (2_000, 3_000):
        await either.waits("reconciliation_break", application="", of="", vnd=vnd)
    scope = Scope(stage="payment")

    assert number_of(await either.desk.whom.count(scope)) == (1, 3, 55_000)
    assert [item.application for item in await either.desk.whom.items(scope)] == [of_one]
