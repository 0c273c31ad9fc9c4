"""What a citizen reads where a form does not open: a page for a browser, a problem for others."""

import re

import pytest

from services.notify.forms.refused import CLOSE, LINK, STYLE, TITLE, WHY, refused
from services.notify.forms_api import NEVER, PER_MINUTE
from shared.errors import Unknown
from shared.problems import Refusal
from tests.services.notify.forms.conftest import PAGE

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def in_order(text: str, *sentences: str) -> bool:
    """Whether these stand in a text, one after the other."""
    return re.search(".*".join(map(re.escape, sentences)), text, re.DOTALL) is not None


async def open_it(office, form="receipt.pdf", accept=BROWSER, **fields):
    data = {"token": office.token(), "language": "vi"} | fields
    return await office.client("").post(f"/v1/forms/{form}", data=data, headers={"accept": accept})


async def test_too_early_a_browser_is_told_when_there_is_one_and_how_to_go_back(office):
    answer = await open_it(office)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="vi">' in answer.text
    vietnamese, _, english = answer.text.partition('<section lang="en"')
    exists = "Giấy này có sau khi hồ sơ được tiếp nhận."
    assert in_order(vietnamese, TITLE.vi, exists, WHY["no-such-form-yet"].vi, CLOSE.vi)
    assert f'<a href="{PAGE}">{LINK.vi}</a>' in vietnamese
    assert in_order(english, TITLE.en, "It exists once", CLOSE.en, f"{PAGE}?lang=en", LINK.en)
    assert office.token() not in answer.text


async def test_it_is_kept_by_nobody_and_loads_and_runs_nothing(office):
    headers = (await open_it(office)).headers
    policy = headers["content-security-policy"]

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"url\(|@import", STYLE)


async def test_one_from_before_forms_is_sent_to_the_unit_that_has_it(office, changed):
    office.case.dossier = changed(office.case.dossier, papers=None)
    office.learn("application.accepted")
    answer = await open_it(office)

    _, vi, en = NEVER["before_forms"]
    assert answer.status_code == 409
    assert in_order(answer.text, vi, en)


async def test_too_many_are_told_in_words_when_to_come_again(office):
    for _ in range(PER_MINUTE):
        office.asked.take(office.case.application)
    answer = await open_it(office)

    wait_s = int(answer.headers["retry-after"])
    wait = ("1 phút", "1 minute") if wait_s == 60 else (f"{wait_s} giây", f"{wait_s} second")
    assert answer.status_code == 429
    assert in_order(answer.text, f"Hãy thử lại sau {wait[0]}.", f"Try again in {wait[1]}")


async def test_where_there_is_no_room_one_is_told_so(office):
    office.learn("application.accepted")
    async with office.full_press():
        answer = await open_it(office)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert in_order(answer.text, WHY["busy"].vi, "sau 1 giây.", WHY["busy"].en, "in 1 second.")


async def test_where_the_journal_does_not_answer_one_is_told_to_come_again(office):
    async def lost(_: str) -> None:
        raise Unknown

    office.journal.latest = lost
    answer = await open_it(office)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert in_order(answer.text, WHY["outcome-unknown"].vi, "sau 5 giây.")
    as_json = await open_it(office, accept="*/*")
    assert (as_json.status_code, as_json.json()["title"]) == (503, "outcome unknown")


@pytest.mark.parametrize("token", ["x", "A" * 43, ""])
async def test_a_wrong_link_leads_to_where_codes_are_typed(office, token):
    answer = await open_it(office, token=token)

    assert answer.status_code == 404
    assert in_order(answer.text, WHY["unknown-link"].vi, PAGE, WHY["unknown-link"].en)


async def test_a_form_that_there_is_not_and_a_body_too_large_are_told_as_a_page_too(office):
    unknown = await open_it(office, "<b>")
    large = await open_it(office, more="x" * 2_000)

    assert (unknown.status_code, large.status_code) == (404, 413)
    assert WHY["unknown-form"].vi in unknown.text
    assert "<b>" not in unknown.text
    assert "bấm lại nút" in large.text


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/pdf", "application/problem+json, text/html;q=0.5"]
)
async def test_who_does_not_prefer_a_page_gets_the_problem_document(office, accept):
    answer = await open_it(office, accept=accept)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"][0]["code"] == "not-yet"


async def test_who_may_see_the_application_gets_the_problem_document(office):
    answer = await office.get("receipt.pdf", headers={"accept": BROWSER})

    assert answer.headers["content-type"] == "application/problem+json"


async def test_where_no_status_page_is_known_there_is_no_link_to_it(office):
    office.links.page = ""
    answer = await open_it(office)

    assert "<a " not in answer.text
    assert CLOSE.vi in answer.text


@pytest.mark.parametrize(
    ("wait_s", "vi", "en"),
    [
        (1, "1 giây", "1 second"),
        (59, "59 giây", "59 seconds"),
        (60, "1 phút", "1 minute"),
        (61, "2 phút", "2 minutes"),
    ],
)
def test_how_long_to_wait_is_rounded_up(wait_s, vi, en):
    why = Refusal(429, "too-many-forms", "", headers={"Retry-After": str(wait_s)})
    text = refused(why, PAGE).decode()

    assert in_order(text, f"sau {vi}.", f"in {en}.")
