"""Whom a broadcast concerns: all that is named, a family once, page by page."""

import msgspec
import pytest

from services.notify.broadcasts.rows import Recipients
from services.notify.broadcasts.walking import Walk
from services.notify.domain.audience import Tally
from shared.pages import Pages
from tests.services.notify.broadcasts.office import ID, Office, application

EVERYBODY = {"units": ("00004",)}


async def concerned(office: Office, **audience) -> list[str]:
    await office.draft(**audience)
    await office.until("ready")
    found, number = list[str](), 0
    while page := await office.rows.page(ID, number):
        found, number = [*found, *page.applications], number + 1
    return found


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"procedures": ("1.001193",)}, {1, 3, 4}),
        ({"procedures": ("9.9",)}, {2}),
        ({"units": ("00004",)}, {1, 2, 4}),
        ({"units": ("00008",)}, {3, 4}),
        ({"partners": ("vnpay",)}, {3}),
        ({"partners": ("momo",)}, set()),
        ({"procedures": ("1.001193", "9.9"), "units": ("00004",)}, {1, 2, 4}),
        ({"procedures": ("9.9",), "units": ("00008",)}, set()),
        ({"units": ("00004",), "also_over": True}, {1, 2, 4, 5}),
        ({"applications": (application(2), application(5), application(99))}, {2}),
        ({"applications": (application(2), application(5)), "also_over": True}, {2, 5}),
        ({"applications": (application(2),) * 600}, {2}),
    ],
)
async def test_an_audience_is_what_is_named_all_of_it(office, audience, expected):
    await office.register(1)
    await office.register(2, procedure="9.9")
    await office.register(3, receiving_unit="00008")
    await office.learn(3, "payment.requested")
    await office.register(4)
    await office.learn(4, "application.accepted", competent_unit="00008")
    await office.learn(4, "payment.requested")
    await office.learn(4, "payment.settled")
    await office.register(5)
    await office.learn(5, "application.returned")
    await office.learn(6, "application.refused")
    found = await concerned(office, **audience)
    assert set(found) == {application(n) for n in expected}
    tally = (await office.one()).tally
    listed = len(set(audience.get("applications", ())))
    assert (tally.recipients, tally.passed_over) == (len(found), listed and listed - len(found))


async def test_a_family_hears_it_once_by_its_parent(office):
    for version in (7, 8, 9):
        await office.learn(1, "application.registered", version)
    await office.learn(2, "application.registered", 8)  # its parent is not concerned
    await office.learn(2, "application.registered", receiving_unit="00008")
    found = await concerned(office, **EVERYBODY)
    assert found == [application(1), application(2, 8)]


async def test_more_pages_than_one_are_found_and_nobody_twice(office):
    await office.register(*range(90))
    assert await concerned(office, **EVERYBODY) == [application(n) for n in range(90)]


async def test_a_walk_goes_on_where_nobody_is_concerned(office):
    await office.register(*range(300), receiving_unit="00008")
    await office.register(300)
    assert await concerned(office, **EVERYBODY) == [application(300)]
    assert len(office.recipients.rows) == 1


async def test_who_comes_later_is_not_told(office):
    await office.register(1, 2)
    await office.draft(**EVERYBODY)
    await office.until("ready")
    await office.register(3)
    await office.do("approve")
    await office.until("done")
    await office.deliver()
    assert office.requested() == [application(1), application(2)]


async def test_a_broadcast_to_nobody_is_done_at_once(office):
    assert (await office.send(**EVERYBODY)).tally.recipients == 0


async def test_what_concerns_too_many_is_refused(office):
    await office.register(*range(60))
    pages = Pages(office.decided, office.journal, 20)
    walk = Walk(office.rows, pages, office.journal, office.clock, 50)
    await office.draft(**EVERYBODY)
    while (broadcast := await office.one()).status == "counting":
        await walk.step(broadcast)
    assert (broadcast.status, broadcast.acts[-1].by) == ("rejected", "/services/notify")
    assert "1,000,000" in broadcast.acts[-1].reason


async def test_of_two_who_find_the_same_page_the_first_counts(office):
    await office.register(1)
    await office.draft(**EVERYBODY)

    def another_is_first() -> bool:
        tally = Tally(recipients=1, messages={"sms/vi": (1, 1)})
        page = Recipients(applications=(application(1),), tally=tally, after="")
        text = msgspec.json.encode(page).decode()
        office.recipients.rows.setdefault(f"{ID}/000000", {"_id": f"{ID}/000000", "page": text})
        return False

    await office.register(2)  # the other came before it
    office.recipients.fails = another_is_first
    counted = await office.until("ready")
    assert counted.tally.recipients == 1
