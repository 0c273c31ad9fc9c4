"""What comes straight from Kafka is answered as what comes over HTTP, and can be read on
`intake.events`.
"""

import pytest

from shared.events.intake import Refused, Registered, Supplemented, Withdrawn
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.events.routing import Closed, NotAccepted, Returned

BROUGHT = {"documents": [{"name": "Original document", "sha256": "b" * 64}]}
SUBMISSIONS = {
    "in order": {},
    "of a household business": {"applicant_kind": "household_business", "copies": 100},
    "by post, in English": {"channel": "post", "language": "en", "residence_unit": ""},
    "an unknown procedure": {"procedure": "9.999999"},
    "an unknown unit": {"receiving_unit": "99999"},
    "with an object": {"object_unit": "00008"},
    "an unknown object": {"object_unit": "99999"},
    "an unknown residence": {"residence_unit": "99999"},
    "an old residence of its day": {"residence_unit": "00025", "residence_unit_on": "2025-06-30"},
    "an old object of its day": {"object_unit": "00001", "object_unit_on": "2025-06-30"},
    "a day on which no unit had the code": {"object_unit": "00001", "object_unit_on": "2025-07-01"},
    "a day that has not come": {"residence_unit_on": "2026-11-21"},
    "a day of no unit": {"object_unit_on": "2025-06-30"},
    "no day": {"residence_unit_on": "soon", "copies": 0},
    "no copy": {"copies": 0},
    "too many copies": {"copies": 101},
    "no document": {"documents": []},
    "a wrong hash": {"documents": [{"name": "x", "sha256": "y"}]},
    "too long a name of a document": {"documents": [{"name": "x" * 501, "sha256": "a" * 64}]},
    "no name": {"personal": {"name": " "}},
    "a wrong number": {"personal": {"personal_number": "12"}},
    "a wrong telephone and address": {"personal": {"phone": "1", "email": "a"}},
    "everything at once": {"procedure": "x", "copies": 0, "personal": {"name": "", "phone": ""}},
}


def filled_in(make, changed):
    if "personal" in changed:
        changed = changed | {"personal": make.personal(**changed["personal"])}
    return make.form(**changed)


def told(problems) -> list[tuple[str, str, str, str]]:
    return sorted((p["field"], p["code"], p["remedy_vi"], p["remedy_en"]) for p in problems)


def said(event) -> dict:
    return {"code": getattr(event, "dossier_code", ""), "problems": told(plain(event))}


def plain(event) -> list[dict]:
    problems = getattr(event, "problems", ())
    return [{n: getattr(p, n) for n in p.__struct_fields__} for p in problems]


async def over_http(make, form) -> dict:
    """Send a form over HTTP; what is not in order is answered at once, the rest by looking."""
    edge = make.Edge()
    answer = (await edge.submit(form)).json()
    if "problems" not in answer:
        await edge.settle()
        answer = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    return {"code": answer.get("dossier_code", ""), "problems": told(answer["problems"])}


@pytest.mark.parametrize("changed", SUBMISSIONS.values(), ids=SUBMISSIONS)
async def test_a_submission_has_the_same_answer(make, changed) -> None:
    form = filled_in(make, changed)
    (outcome,) = await make.Lane().take(make.arrival(form))
    (event,) = outcome.events
    assert isinstance(event, Registered | Refused)
    assert said(event) == await over_http(make, form)


def test_the_table_has_both_kinds_of_answers() -> None:
    assert len(SUBMISSIONS) > 10


@pytest.mark.parametrize(
    "before",
    [
        None,
        Closed(national_code=7, reason=""),
        NotAccepted(national_code=3, officer="o", reason="r"),
        Returned(national_code=10, officer="o"),
    ],
    ids=lambda e: e.TYPE if e else "open",
)
@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("supplements", SupplementSubmitted),
        ("withdrawal", WithdrawalRequested),
    ],
)
@pytest.mark.parametrize("form", ["in order", "not in order"])
async def test_what_follows_has_the_same_answer(make, before, what, data, form) -> None:
    right = BROUGHT if what == "supplements" else {"reason": "No longer needed"}
    wrong = {"documents": []} if what == "supplements" else {"reason": "x" * 501}
    body = right if form == "in order" else wrong
    edge = make.Edge()
    await edge.submit()
    await edge.settle()
    if before:
        await edge.lane.take(make.moved(before))
    path = f"/v1/applications/{make.uuid7()}/{what}"
    answer = await edge.call("POST", path, body)
    (outcome,) = await edge.lane.take(make.follow_up(make.msgspec.convert(body, data)))
    events = [e for e in outcome.events if not isinstance(e, Supplemented | Withdrawn)]
    if answer.status_code == 202:
        assert events == []
    else:
        (rejected,) = events
        assert told(answer.json()["problems"]) == told(plain(rejected))
