"""What became of recipients: shown for each, and counts that add up."""

from msgspec.structs import replace

from services.notify.domain.audience import Told, counted, result
from shared.events import notify
from tests.services.notify.broadcasts.office import DRAFT, application


async def test_what_became_of_each_recipient_is_shown_and_the_counts_add_up(edge):
    office = edge.office
    await office.register(*range(5))
    id_ = await edge.drafted()
    await office.until("ready", id_=id_)
    await edge.do(id_, "approve")
    await office.until("done", id_=id_)
    await office.deliver()
    key = f"{{}}/broadcast-{id_}/sms/1"
    said = {
        0: [notify.ReceiptArrived(key=key.format(application(0)), delivered=True)],
        1: [notify.Answered(key=key.format(application(1)), finding="handed")],
        2: [notify.Answered(key=key.format(application(2)), finding="rejected", reason="blocked")],
    }
    for n, messages in said.items():
        for message in messages:
            await office.take(application(n), message)
    await office.learn(3, "application.closed")
    await office.take(
        application(3),
        notify.Answered(key=key.format(application(3)), finding="absent"),
    )
    page = await edge.get(f"/{id_}/recipients")
    assert [(r["result"], r["messages"][0][2]) for r in page["recipients"]] == [
        ("delivered", ""),
        ("sent", ""),
        ("failed", "blocked"),
        ("dropped", "application.closed"),
        ("not_yet", "requested"),
    ]
    assert (await edge.get(f"/{id_}/recipients", page=page["next"]))["next"] is None
    await office.turns(30)
    one = await edge.get(f"/{id_}")
    assert one["results"] == dict.fromkeys(("delivered", "sent", "failed", "dropped", "not_yet"), 1)
    assert sum(one["results"].values()) == one["recipients"] == 5
    assert one["as_of"]


async def test_recipients_nobody_came_to_yet_are_counted_by_name_and_the_list_adds_up_too(edge):
    office = edge.office
    id_ = await edge.drafted()
    [listed] = (await edge.get(""))["broadcasts"]
    assert (listed["status"], listed["recipients"], listed["results"]) == ("counting", None, {})
    await office.register(*range(5))
    await office.until("ready", id_=id_)
    assert (await edge.get(f"/{id_}"))["results"] == {}
    await edge.do(id_, "approve")
    assert (await edge.get(f"/{id_}"))["results"] == {"not_counted": 5}
    await office.until("done", id_=id_)
    await office.turns(30)
    [listed] = (await edge.get(""))["broadcasts"]
    assert listed["results"] == (await edge.get(f"/{id_}"))["results"] == {"not_yet": 5}
    assert listed["as_of"]


def test_of_several_ways_the_best_counts_and_results_add_up():
    of = [("sms", "failed", ""), ("email", "sent", ""), ("app", "dropped", "")]
    assert result([Told(*each) for each in of], is_cancelled=False) == "sent"
    assert result([], is_cancelled=False) == "not_yet"
    assert result([], is_cancelled=True) == "not_told"
    assert counted({"sent": 1}, ["sent", "failed"]) == {"sent": 2, "failed": 1}


async def test_while_it_is_sent_the_counts_are_fresh_and_afterwards_ever_more_seldom(office):
    await office.register(*range(100))
    await office.draft(draft=replace(DRAFT, per_second=1), units=("00004",))
    await office.until("ready")
    await office.do("approve")
    counted = [await as_of_after(office) for _ in range(95)]
    assert len(set(counted)) > 7
    await office.until("done")
    await office.deliver()  # nobody answers
    counted = [await as_of_after(office) for _ in range(600)]
    assert 3 < len(set(counted)) < 12


async def as_of_after(office):
    await office.turns()
    seen = await office.results.latest(await office.one())
    return seen and seen.as_of
