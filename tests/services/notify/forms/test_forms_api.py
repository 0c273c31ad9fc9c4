"""Official forms at the edge: for who may see the application, and for who has its link."""

import asyncio
from datetime import timedelta
from typing import get_args

import pytest
from structlog.testing import capture_logs

from services.notify.forms.filled import Never
from services.notify.forms_api import LOOKS_AT_ONCE, NEVER, PER_MINUTE
from tests.services.notify.forms.conftest import KEYS, NAME, PAGE

FORMS = ["receipt", "supplement", "refusal", "apology"]
BRINGS = dict(
    zip(
        FORMS,
        ("accepted", "supplement_requested", "not_accepted", "apologised"),
        strict=True,
    )
)


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_comes_as_pdf_and_as_a_page_and_names_the_applicant(office, pdf_text, form):
    office.learn(f"application.{BRINGS[form]}")
    pdf, page = await office.get(f"{form}.pdf"), await office.get(f"{form}.html")

    assert (pdf.headers["content-type"], page.headers["content-type"]) == (
        "application/pdf",
        "text/html; charset=utf-8",
    )
    for text in (pdf_text(pdf.content), page.text):
        assert NAME in text
        assert "G09.20-20261120-0000001" in text
        assert "Đăng ký khai sinh" in text
        assert "officer-1" in text
    for answer in (pdf, page):
        assert answer.headers["cache-control"] == "no-store"
        assert "G09.20-20261120-0000001" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml", "text/html; charset=utf-8"),
        ("application/pdf, text/html", "application/pdf"),
        ("*/*", "application/pdf"),
    ],
)
async def test_without_an_ending_it_comes_as_accept_prefers(office, accept, kind):
    office.learn("application.accepted")
    answer = await office.get("receipt", headers={"accept": accept})

    assert answer.headers["content-type"] == kind


async def test_it_is_glossed_for_who_reads_english_or_asks_for_it(office):
    office.learn("application.accepted")
    plain = await office.get("receipt.html")
    glossed = await office.get("receipt.html", params={"language": "en"})

    assert "Result due at" not in plain.text
    assert "Result due at" in glossed.text
    assert "Giấy tiếp nhận hồ sơ" in glossed.text


async def test_the_name_is_opened_for_the_form_and_stands_in_no_log(office):
    office.learn("application.accepted")
    with capture_logs() as logs:
        answer = await office.get("receipt.html")

    assert NAME in answer.text
    [opened] = [log for log in logs if log["event"] == "opened"]
    assert (opened["who"], opened["purpose"]) == ("notify", "official form")
    assert NAME not in str(logs)


async def test_what_an_officer_typed_goes_out_without_a_personal_number(office, pdf_text):
    office.learn("application.supplement_requested", content="Số 079200001234 không khớp <b>.")

    page = (await office.get("supplement.html")).text
    assert "Số ••• không khớp &lt;b&gt;." in page
    assert "079200001234" not in pdf_text((await office.get("supplement.pdf")).content)


async def test_an_erased_applicant_is_not_named_and_the_form_still_comes(office):
    office.learn("application.accepted")
    await office.vault.destroy(office.case.application)
    answer = await office.get("receipt.html")

    assert answer.status_code == 200
    assert NAME not in answer.text
    assert "Tiếp nhận hồ sơ của" not in answer.text


@pytest.mark.parametrize("form", FORMS)
async def test_too_early_one_is_told_when_there_is_one(office, form):
    answer = await office.get(f"{form}.pdf")

    assert answer.status_code == 404
    [problem] = answer.json()["problems"]
    assert (problem["field"], problem["code"]) == ("/path/form", "not-yet")
    assert problem["remedy_vi"].endswith(".")


async def test_an_interlinked_one_has_no_forms_of_its_own(new_office, case):
    office = new_office(case)
    office.learn("interlinked.registered")
    answer = await office.get("receipt.pdf")

    assert answer.status_code == 409
    assert answer.json()["problems"][0]["code"] == "has-no-forms"


@pytest.mark.parametrize("ending", [None, "interlinked.ended"])
async def test_it_has_none_however_far_it_is(new_office, case, ending):
    office = new_office(case)
    office.learn("interlinked.registered")
    if ending:
        office.learn(ending)

    assert (await office.get("receipt.pdf")).json()["title"] == "has no forms"


async def test_one_from_before_forms_is_told_so_and_not_that_it_is_interlinked(office, changed):
    office.case.dossier = changed(office.case.dossier, papers=None)
    office.learn("application.accepted")
    answer = await office.get("receipt.pdf")

    assert answer.status_code == 409
    [problem] = answer.json()["problems"]
    assert problem["code"] == "older-than-forms"
    assert "liên thông" not in problem["remedy_vi"]
    assert "nơi đã tiếp nhận" in problem["remedy_vi"]


async def test_one_that_was_refused_at_the_door_is_told_that_it_is_not_registered(new_office, case):
    office = new_office(case)
    office.learn("application.refused")

    [problem] = (await office.get("receipt.pdf")).json()["problems"]
    assert problem["code"] == "not-registered"


def test_whatever_has_no_forms_has_words_of_its_own():
    assert set(NEVER) == set(get_args(Never))
    assert len({code for code, _, _ in NEVER.values()}) == len(NEVER)


async def test_a_form_that_there_is_not_is_named_with_those_there_are(office):
    for name in ("control-slip.pdf", "receipt.docx", "x"):
        answer = await office.get(name)
        assert answer.status_code == 404
        assert "receipt, supplement, refusal, apology" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("role", "units", "status"),
    [
        ("operator", "", 200),
        ("officer", "", 200),
        ("officer", "00004", 200),
        ("officer", "01", 200),
        ("officer", "00008", 200),
        ("officer", "79 00013", 403),
        ("partner", "", 403),
        ("nobody", "", 401),
    ],
)
async def test_it_is_for_officers_of_its_units_and_operators(office, role, units, status):
    office.learn("application.accepted", competent_unit="00008")
    office.units = units

    assert (await office.get("receipt.pdf", role)).status_code == status


async def test_another_portal_and_an_unknown_application_are_told_alike(new_office, case):
    office = new_office(case)
    await office.register(portal="another-portal")
    office.learn("application.accepted")
    theirs = await office.get("receipt.pdf")
    office.rows.rows.clear()

    assert (theirs.status_code, theirs.json()["title"]) == (404, "unknown application")
    assert theirs.json() == (await office.get("receipt.pdf")).json()


# ---- with the citizen's link


async def test_who_has_the_link_gets_the_form(office, pdf_text):
    office.learn("application.accepted")
    token = office.links.token(office.case.application)
    answer = await office.post("receipt.pdf", token=token)

    assert NAME in pdf_text(answer.content)
    glossed = await office.post("receipt.html", token=token, language="en")
    assert "Result due at" in glossed.text
    assert token not in glossed.text


async def test_the_receipt_says_where_to_look_and_what_to_type_and_not_the_token(office, pdf_text):
    office.learn("application.accepted")
    application = office.case.application
    page, pdf = await office.get("receipt.html"), await office.get("receipt.pdf")

    for text in (page.text, pdf_text(pdf.content)):
        assert PAGE in text
        assert office.links.code(application) in text
        assert office.links.token(application) not in text


async def test_where_no_page_is_known_it_says_neither(office):
    office.learn("application.accepted")
    office.links.page = ""
    page = (await office.get("receipt.html")).text

    assert "Mã tra cứu" not in page
    assert "Xem tình trạng" not in page


async def test_a_wrong_link_and_one_of_nothing_known_are_told_alike(office):
    unknown = office.links.token("0198c0de-0000-7000-8000-0000000000ff")
    answers = [await office.post("receipt.pdf", token=t) for t in ("x", "A" * 43, unknown, "é")]

    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1


async def test_a_link_is_taken_from_a_form_alone(office):
    token = office.links.token(office.case.application)
    as_json = await office.client("").post("/v1/forms/receipt.pdf", json={"token": token})
    in_address = await office.client("").get("/v1/forms/receipt.pdf", params={"token": token})
    large = await office.post("receipt.pdf", token=token, more="x" * 2_000)

    assert [a.status_code for a in (as_json, in_address, large)] == [415, 405, 413]


async def test_where_too_many_are_drawn_one_is_asked_to_come_again(office):
    office.learn("application.accepted")
    async with office.full_press():
        answer = await office.get("receipt.pdf")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await office.get("receipt.pdf")).status_code == 200


async def test_one_application_has_so_many_forms_a_minute_and_others_have_theirs(office):
    office.learn("application.accepted")
    token = office.links.token(office.case.application)
    by_link = [(await office.post("receipt.html", token=token)) for _ in range(PER_MINUTE)]
    too_many = [await office.post("receipt.html", token=token), await office.get("receipt.html")]

    assert {a.status_code for a in by_link} == {200}
    assert {(a.status_code, a.json()["title"]) for a in too_many} == {(429, "too many forms")}
    wait_s = int(too_many[0].headers["retry-after"])
    assert 0 < wait_s <= 60
    office.asked.take("another")
    office.case.at += timedelta(seconds=wait_s)
    assert (await office.get("receipt.html")).status_code == 200


async def test_who_comes_by_link_is_not_kept_waiting_without_end(office):
    office.learn("application.accepted")
    gate, application = asyncio.Event(), office.case.application

    async def wait(_: str) -> None:
        await gate.wait()

    office.journal.latest, latest = wait, office.journal.latest
    client, body = office.client(""), {"token": office.links.token(application)}
    asked = [
        asyncio.create_task(client.post("/v1/forms/receipt.html", data=body))
        for _ in range(LOOKS_AT_ONCE + 1)
    ]
    done, _ = await asyncio.wait(asked, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    gate.set()
    answers = await asyncio.gather(*asked)
    office.journal.latest = latest

    assert [a.result().status_code for a in done] == [503]
    assert sorted(a.status_code for a in answers)[-1] == 503


def test_keys_are_synthetic():
    assert all(key.startswith("synthetic") for key in KEYS.values())
