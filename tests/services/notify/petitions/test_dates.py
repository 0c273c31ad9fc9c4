"""Where nobody can say when an answer is due: the edge refuses, so that nothing lies held."""

from datetime import UTC, datetime, timedelta

from tests.services.notify.petitions.hall import ANSWER, DISPUTE, uuid7

UNKNOWN = datetime(2031, 1, 1, tzinfo=UTC)  # no working days are known of this year


async def test_what_nobody_can_say_a_date_of_is_refused_and_may_come_again(hall):
    hall.at = UNKNOWN
    status, told = await hall.file(key=uuid7(1, UNKNOWN))
    assert (status, told["title"]) == (503, "no calendar")
    assert told["problems"][0]["remedy_vi"] != told["problems"][0]["remedy_en"]
    assert hall.records == []


async def test_a_dispute_of_which_nobody_can_say_a_date_is_refused(hall):
    await hall.file()
    await hall.decide()
    hall.at = UNKNOWN - timedelta(days=1)
    await hall.act("answer", answer=ANSWER)
    await hall.decide()
    hall.at = UNKNOWN
    assert (await hall.tell("dispute", body={"reason": DISPUTE}))[0] == 503
