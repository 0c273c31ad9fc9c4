"""An operator has a number, and finds the application that it belongs to."""

from contextlib import suppress
from datetime import timedelta
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.references import References, reference
from services.payment.references_api import ours, router, same
from services.payment.replay.log import Replay
from shared.problems import Refusal
from tests.services.payment.office import APPLICATION, KEYS
from tests.services.payment.replay.look import LANES, MemoryLook, settled

OURS = reference(APPLICATION, 1)
THEIRS = "G22.99.3-241219795252"
DOSSIER = "H29.1-20261120-0000001"


class Look(MemoryLook):
    """A log; with `at_once` a reading ends after so many records."""

    at_once = 0

    async def read(self, starts, ends):
        async for batch in super().read(starts, ends):
            yield batch[: self.at_once] if self.at_once else batch
            if self.at_once:
                return


@pytest.fixture
def look() -> Look:
    return Look()


@pytest.fixture
async def desk(look, ordered, a):
    """An order is open; what is on the log is what a test writes there."""
    replay = Replay(look, ordered.journal, LANES)
    references = References(ordered.rows)
    ordered.app.include_router(
        router(ordered.registry, references, ordered.journal, replay, lambda: a.now)
    )
    return ordered


@pytest.fixture
def find(desk):
    async def finds(name, role="operator", **asked):
        return await desk.http.get(f"/v1/references/{name}", params=asked, headers=KEYS[role])

    return finds


def problem(answer):
    [found] = answer.json()["problems"]
    assert found["remedy_vi"] != found["remedy_en"]
    return answer.status_code, found["code"], found["field"]


async def test_an_order_number_leads_to_its_application(find, a):
    answer = await find(OURS)

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "reference": OURS,
                "application": a.application,
                "dossier": DOSSIER,
                "partner": "vnpay",
                "transaction": "",
                "amount_vnd": a.amount_vnd,
                "status": "open",
                "payments": "open",
            }
        ],
        "next": "",
        "more": False,
    }


async def test_once_it_is_paid_the_partners_number_stands_beside_it(find, desk, a):
    await desk.call()
    await desk.decide()

    [found] = (await find(OURS)).json()["items"]

    assert (found["status"], found["transaction"], found["payments"]) == (
        "paid",
        "14700001",
        "settled",
    )


@pytest.mark.parametrize(
    "written",
    [
        OURS.lower(),
        OURS[3:],
        f"{OURS[:3]} {OURS[3:9]}-{OURS[9:]}",
        f" {OURS[3:8]}-{OURS[8:]} ",
        f"261120_{OURS}",
        f"Thanh toan ho so {OURS} cam on",
    ],
)
async def test_blanks_dashes_and_small_letters_do_not_matter(find, a, written):
    [found] = (await find(written)).json()["items"]

    assert (found["reference"], found["application"]) == (OURS, a.application)


async def test_a_wrong_digit_is_told_as_one(find):
    wrong = OURS[:-1] + str((int(OURS[-1]) + 1) % 10)

    assert problem(await find(wrong)) == (422, "wrong-check-digit", "/name")


@pytest.mark.parametrize(
    "name", ["x", "14700001", "---", THEIRS, f"{OURS} {reference(APPLICATION, 2)}"]
)
async def test_what_is_no_order_number_needs_a_partner(find, name):
    assert problem(await find(name)) == (422, "not-a-reference", "/name")


async def test_a_number_that_no_order_has_is_unknown(find):
    answer = await find(reference(APPLICATION, 9))

    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "urn:motcua:problem:unknown-reference",
    )


async def test_a_number_that_was_claimed_and_never_opened_says_so(find, desk):
    other = APPLICATION[:-1] + "0"
    claimed = await References(desk.rows).claim([(other, 1)])

    [found] = (await find(claimed[other, 1])).json()["items"]

    assert (found["application"], found["status"], found["payments"]) == (
        other,
        "not_kept",
        "none",
    )


@pytest.mark.parametrize("role", ["portal", "officer"])
async def test_only_operators_look_others_applications_up(find, role):
    assert (await find(OURS, role)).status_code == 403


# ---- a partner's number of a transaction


@pytest.mark.parametrize("written", [THEIRS, "g22 99 3 241219795252", "G22993241219795252"])
async def test_a_partners_number_is_found_on_the_day_it_was_told(find, look, a, written):
    look.write(0, settled(1, transaction="1"))
    look.write(1, settled(2, transaction=THEIRS, reference=OURS))

    answer = await find(written, partner="vnpay")

    [found] = answer.json()["items"]
    assert (found["reference"], found["application"]) == (OURS, a.application)
    assert answer.json()["more"] is False


async def test_a_number_of_another_partner_or_another_day_is_not_found(find, look, a):
    look.write(0, settled(1, partner="other", transaction=THEIRS))
    look.write(1, settled(2, transaction=THEIRS), a.now - timedelta(days=1))

    assert (await find(THEIRS, partner="vnpay")).status_code == 404
    yesterday = (a.now - timedelta(days=1)).date()
    found = (await find(THEIRS, partner="vnpay", day=f"{yesterday}")).json()
    assert len(found["items"]) == 1


async def test_a_partner_that_is_none_is_told_with_those_that_are(find):
    answer = await find(THEIRS, partner="nobody")

    assert problem(answer) == (422, "unknown-partner", "/query/partner")
    assert "vnpay" in answer.json()["detail"]


async def test_a_day_that_is_too_long_to_read_is_gone_on_with(find, look, a):
    look.at_once = 1
    for number in (1, 2):
        look.write(0, settled(number, transaction=f"{number}", reference=OURS))

    first = (await find("2", partner="vnpay")).json()
    again = (await find("2", partner="vnpay", after=first["next"])).json()

    assert (first["items"], first["more"]) == ([], True)
    assert [f["application"] for f in again["items"]] == [a.application]


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_number_or_refused(text):
    with suppress(Refusal):
        assert ours(ours(text).lower()) == ours(text)


@given(st.text(ascii_letters + digits, min_size=1, max_size=20), st.sampled_from(" -._/"))
def test_a_number_is_the_same_however_it_is_set_apart(text, gap):
    assert same(gap.join(text), text.lower())
    assert not same("", text)
    assert not same(f"{text}1", text)
