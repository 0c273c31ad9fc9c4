"""The edge of officers and operators: what is due first comes first; who reads is on record."""

import pytest

from tests.services.notify.petitions.hall import ANSWER, DISPUTE, OTHER, TEXT, WARD, uuid7


async def listed(hall, who="ward", unit=WARD, **query):
    path = f"/v1/units/{unit}/petitions" if unit else "/v1/petitions"
    text = "&".join(f"{name}={value}" for name, value in query.items())
    status, page = await hall.call("GET", f"{path}?{text}", who)
    assert status == 200, page
    return [p["petition"] for p in page["petitions"]], page["next"]


@pytest.fixture
async def filed(hall):
    await hall.file()
    await hall.decide()
    return hall


async def test_a_petition_lies_at_its_unit_until_it_is_answered(filed):
    assert await listed(filed) == ([uuid7()], "")
    assert await listed(filed, "operator", "") == ([uuid7()], "")
    await filed.act("answer", answer=ANSWER)
    await filed.decide()
    assert await listed(filed) == ([], "")
    assert filed.lying.rows == {}
    await filed.tell("dispute", body={"reason": DISPUTE})
    await filed.decide()
    assert await listed(filed) == ([uuid7()], "")


@pytest.mark.parametrize("end", ["withdrawal", "dismiss"])
async def test_at_its_end_it_has_no_row_any_more(filed, end):
    if end == "dismiss":
        await filed.act("dismiss", reason="filed_before", turn_to="PA-1")
    else:
        await filed.tell(end)
    await filed.decide()
    assert filed.lying.rows == {}


async def test_it_goes_on_to_another_unit_and_back(filed):
    await filed.act("forward", unit=OTHER, reason="Thuộc phường khác")
    await filed.decide()
    assert await listed(filed) == ([], "")
    assert await listed(filed, "elsewhere", OTHER) == ([uuid7()], "")
    assert (await filed.look(who="ward"))[0] == 403
    await filed.act("forward", who="elsewhere", unit=WARD, reason="Không đúng")
    await filed.decide()
    assert await listed(filed) == ([uuid7()], "")
    assert len(filed.lying.rows) == 2


async def test_the_citizen_reads_why_it_went_on(filed):
    await filed.act("forward", unit=OTHER, reason="Thuộc phường khác")
    await filed.decide()
    _, view = await filed.look()
    assert (view["unit"], view["forward_reason"]) == (OTHER, "Thuộc phường khác")


async def test_what_is_due_first_comes_first_a_page_at_a_time(hall):
    for n in (3, 1, 2):
        await hall.file(n, key=uuid7(n, hall.at))
        await hall.decide()
        hall.at = hall.at.replace(day=hall.at.day + 3)
    first, after = await listed(hall, limit=2)
    rest, end = await listed(hall, limit=2, after=after)
    dues = [(await hall.call("GET", f"/v1/petitions/{p}"))[1]["due"] for p in first + rest]
    assert len(dues) == 3
    assert dues == sorted(dues)
    assert end == ""


async def test_what_is_overdue_is_shown_to_operators_with_its_one_new_date(filed):
    assert await listed(filed, "operator", "", overdue="true") == ([], "")
    await filed.pass_days(18)
    _, view = await filed.look(who="ward")
    assert (view["promised"], view["due"]) == ("2026-12-07T10:00:00Z", "2026-12-14T10:00:00Z")
    assert await listed(filed) == ([uuid7()], "")
    await filed.pass_days(10)
    assert await listed(filed, "operator", "", overdue="true") == ([uuid7()], "")


async def test_an_operator_assigns_what_no_unit_has(hall):
    await hall.file(unit="")
    await hall.decide()
    assert await listed(hall, "operator", "none") == ([uuid7()], "")
    assert (await hall.look(who="operator"))[1]["possible"] == ["assign", "dismiss"]
    assert (await hall.act("assign", who="officer", unit=WARD))[0] == 403
    assert (await hall.act("assign", who="operator", unit=WARD))[0] == 202
    await hall.decide()
    assert await listed(hall) == ([uuid7()], "")


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "dismiss", "reason": "court_matter", "turn_to": "x"},
        {"action": "assign", "unit": WARD},
        {"action": "answer", "answer": ANSWER},
    ],
)
@pytest.mark.parametrize("who", ["officer", "ward", "province"])
async def test_what_no_unit_has_is_an_operators_alone(hall, who, asked):
    await hall.file(unit="")
    await hall.decide()
    if who == "officer":
        assert (await hall.look(who=who))[1]["possible"] == []
    before = len(hall.records)
    assert (await hall.act(**asked, who=who))[0] == 403
    assert len(hall.records) == before


async def test_an_operator_dismisses_what_no_unit_has(hall):
    await hall.file(unit="")
    await hall.decide()
    status, _ = await hall.act("dismiss", who="operator", reason="court_matter", turn_to="x")
    assert status == 202


async def test_reading_what_was_said_is_on_record_with_its_purpose(filed):
    answered, logs = await filed.texts(purpose="to answer it")
    assert (answered[0], answered[1]["text"]) == (200, TEXT)
    [log] = [line for line in logs if line["event"] == "opened"]
    assert (log["who"], log["purpose"]) == ("/officers/ward", "petition: to answer it")
    assert log["applications"] == [uuid7()]
    assert TEXT not in str(logs)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("elsewhere", 403),
        ("other-portal", 404),
        ("partner", 403),
        ("nobody", 401),
        ("province", 200),
    ],
)
async def test_who_may_read_what_was_said(filed, who, status):
    answered, logs = await filed.texts(who=who)
    assert answered[0] == status
    assert bool(logs) == (status == 200)


async def test_without_a_purpose_nothing_is_opened(filed):
    assert (await filed.texts(purpose=""))[0][0] == 422
    assert (await filed.call("GET", f"/v1/petitions/{uuid7()}/texts", "ward"))[0] == 422


async def test_what_was_erased_is_not_opened_and_gets_no_answer(filed):
    await filed.vault.destroy(uuid7())
    assert (await filed.texts())[0][0] == 410
    assert (await filed.act("answer", answer=ANSWER))[0] == 410


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"action": "answer", "answer": ""}, 422, "invalid-body"),
        ({"action": "answer", "answer": "x" * 3_001}, 422, "invalid-body"),
        ({"action": "answer"}, 422, "invalid-body"),
        ({"action": "close"}, 422, "invalid-body"),
        ({"action": "forward", "unit": OTHER, "reason": ""}, 422, "invalid-body"),
        ({"action": "forward", "unit": WARD, "reason": "x"}, 422, "same-unit"),
        ({"action": "forward", "unit": "99999", "reason": "x"}, 422, "unknown-unit"),
        ({"action": "dismiss", "reason": "weather", "turn_to": "x"}, 422, "invalid-body"),
        ({"action": "dismiss", "reason": "court_matter", "turn_to": ""}, 422, "invalid-body"),
        ({"action": "assign", "unit": WARD, "who": "operator"}, 409, "not-possible"),
        ({"action": "answer", "answer": "x", "who": "elsewhere"}, 403, "not-your-unit"),
        ({"action": "answer", "answer": "x", "who": "portal"}, 403, "wrong-role"),
        ({"action": "answer", "answer": "x", "key": ""}, 422, "invalid-idempotency-key"),
        ({"action": "answer", "answer": "x", "if_match": '"7"'}, 412, "moved"),
        ({"action": "answer", "answer": "x", "if_match": "x"}, 422, "invalid-request"),
        ({"action": "answer", "answer": "x", "n": 2}, 404, "unknown-petition"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_remedy(filed, fields, status, code):
    before = len(filed.records)
    found, told = await filed.act(**fields)
    assert (found, told["type"]) == (status, f"urn:motcua:problem:{code}")
    assert told["detail"]
    assert len(filed.records) == before


async def test_after_three_units_the_one_that_has_it_answers(filed):
    for n, unit in enumerate((OTHER, WARD, OTHER)):
        await filed.act("forward", who="officer", key=f"f-{n}", unit=unit, reason="x")
        await filed.decide()
    status, told = await filed.act("forward", who="officer", key="f-4", unit=WARD, reason="x")
    assert (status, told["title"]) == (409, "forwarded enough")
    assert "answer, dismiss" in told["detail"]


async def test_an_action_under_the_same_key_counts_once(filed):
    for _ in range(2):
        assert (await filed.act("forward", who="officer", unit=OTHER, reason="x"))[0] == 202
        assert len(await filed.decide()) <= 2
    assert (await filed.look(who="operator"))[1]["version"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"action": "answer", "answer": "Một câu khác (thử nghiệm)"},
        {"action": "forward", "unit": OTHER, "reason": "x"},
    ],
)
async def test_something_else_under_the_same_key_is_refused_and_not_thrown_away(filed, other):
    await filed.act("answer", answer=ANSWER)
    await filed.decide()
    before = len(filed.records)
    assert (await filed.act("answer", answer=ANSWER))[0] == 202
    status, told = await filed.act(**other)
    assert (status, told["title"]) == (409, "conflict")
    assert told["problems"][0]["field"] == "/headers/idempotency-key"
    assert len(filed.records) == before


async def test_a_key_is_each_officers_own(filed):
    await filed.act("forward", unit=OTHER, reason="x")
    await filed.decide()
    assert (await filed.act("answer", who="elsewhere", answer=ANSWER))[0] == 202


async def test_two_at_once_under_one_key_are_both_decided_and_the_second_says_why(filed):
    for answer in (ANSWER, "Một câu khác (thử nghiệm)"):
        assert (await filed.act("answer", answer=answer))[0] == 202
    assert "petition.rejected" in [e.type for e in await filed.decide()]
    [told, _] = await filed.texts()
    assert told[1]["answer"] == ANSWER


async def test_who_looked_before_it_moved_is_rejected_by_the_lane(filed):
    await filed.act("forward", who="officer", unit=OTHER, reason="x")
    await filed.act("answer", key="act-2", if_match='"0"', answer=ANSWER)
    *_, rejected = await filed.decide()
    assert rejected.type == "petition.rejected"
    _, view = await filed.look(who="operator")
    [(message, why)] = view["rejected"].items()
    assert (message.rpartition("/")[0], why) == (f"{uuid7()}/answer/act-2", "not_your_unit")
    assert (await filed.look())[1]["rejected"] == {}


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("elsewhere", WARD, 403),
        ("ward", "99999", 404),
        ("ward", "none", 404),
        ("portal", WARD, 403),
        ("province", WARD, 200),
        ("operator", WARD, 200),
    ],
)
async def test_whose_list_may_be_asked_for(filed, who, unit, status):
    assert (await filed.call("GET", f"/v1/units/{unit}/petitions", who))[0] == status


@pytest.mark.parametrize("query", ["after=x", "limit=0", "limit=101"])
async def test_a_page_that_is_none_is_refused(filed, query):
    assert (await filed.call("GET", f"/v1/units/{WARD}/petitions?{query}", "ward"))[0] == 422


async def test_only_operators_see_all(filed):
    assert (await filed.call("GET", "/v1/petitions", "officer"))[0] == 403


async def test_a_row_that_a_crash_left_is_taken_away_when_it_is_seen(filed):
    stale = dict(filed.lying.rows)
    await filed.act("answer", answer=ANSWER)
    await filed.decide()
    filed.lying.rows |= stale
    assert await listed(filed) == ([], "")
    assert await listed(filed, "operator", "") == ([], "")
    assert filed.lying.rows == {}


async def test_rows_that_a_crash_lost_are_written_when_the_versions_are_read_again(filed):
    filed.lying.rows.clear()
    await filed.journal.recent([uuid7()], lambda _: False)
    assert len(filed.lying.rows) == 2
    filed.lying.rows.clear()
    await filed.journal.recent([uuid7()], lambda _: True)
    assert filed.lying.rows == {}
