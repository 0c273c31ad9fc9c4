"""The tables of what is told fit each other and the contracts, and nothing personal is in them."""

import string
import unicodedata
from datetime import datetime

import pytest

from services.notify.domain.milestones import EVENT_TYPES, MILESTONES, REACHED_BY
from services.notify.domain.templates import CHANNELS, SHOWN, TEXTS, render, template
from shared.contracts import producer
from shared.events import CONTRACTS
from shared.events.intake import Contact
from shared.events.portal import Personal

WORDINGS = ("vi", "plain", "en")
EVERY_TEXT = [(m, w) for m in TEXTS for w in WORDINGS]
PERSONAL = {*Personal.__struct_fields__, *Contact.__struct_fields__}
WRITTEN_BY_A_PERSON = {"note", "reason", "content", "problems", "officer"}
OURS_ALONE = {"sealed", "contact", "subject_hash", "transaction", "facts"}
LONGEST = {
    "dossier_code": "G09.20.123-20261120-0092637",
    "submitted_at": "2026-11-20T01:00:00+00:00",
    "amount_vnd": "999999999",
    "expires_at": "2026-11-20T16:59:00+00:00",
    "due": "2026-12-20T09:30:00+00:00",
}
GSM = set(string.ascii_letters + string.digits + " .,:;!?()/+-%&'\"#=<>*@$_")
SMS_LIMIT = 160


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def may_say(milestone: str) -> set[str]:
    known = {"dossier_code"} if milestone != "refused" else set()
    return {*MILESTONES[milestone].fields, *known}


def test_every_milestone_has_a_text_in_every_wording():
    assert set(TEXTS) == set(MILESTONES)
    assert all(set(texts) == set(WORDINGS) for texts in TEXTS.values())


def test_every_channel_speaks_every_language_in_a_wording_that_exists():
    for channel, wordings in CHANNELS.items():
        assert set(wordings) == {"vi", "en"}, channel
        assert set(wordings.values()) <= set(WORDINGS), channel


@pytest.mark.parametrize(("milestone", "wording"), EVERY_TEXT)
def test_a_text_says_only_what_its_milestone_knows(milestone, wording):
    assert placeholders(TEXTS[milestone][wording]) <= may_say(milestone)


@pytest.mark.parametrize("milestone", TEXTS)
def test_all_wordings_say_the_same(milestone):
    vi, plain, en = (placeholders(TEXTS[milestone][w]) for w in WORDINGS)
    assert vi == plain == en


def test_what_a_milestone_tells_is_in_the_event_that_reaches_it():
    for name, milestone in MILESTONES.items():
        assert set(milestone.fields) <= set(milestone.reached_by.__struct_fields__), name
        assert milestone.reached_by.TYPE not in milestone.stale_after, name


def test_every_type_that_matters_is_a_contract_of_another_service():
    assert set(EVENT_TYPES) <= set(CONTRACTS)
    assert len(REACHED_BY) == len(MILESTONES)
    assert {producer(t) for t in EVENT_TYPES} == {"intake", "routing", "payment"}


def test_nothing_personal_nothing_written_by_hand_and_nothing_secret_is_ever_shown():
    forbidden = PERSONAL | WRITTEN_BY_A_PERSON | OURS_ALONE
    told = set(SHOWN).union(*(may_say(m) for m in MILESTONES))
    assert told == set(SHOWN)
    assert not told & forbidden


@pytest.mark.parametrize("milestone", TEXTS)
def test_the_plain_wording_is_the_vietnamese_one_without_its_accents(milestone):
    bare = TEXTS[milestone]["vi"].replace("đ", "d").replace("Đ", "D")
    bare = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    assert TEXTS[milestone]["plain"] == bare


@pytest.mark.parametrize("milestone", TEXTS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_message_fits_one_sms(milestone, language):
    text = render(template(milestone, "sms", language), LONGEST)
    assert len(text) <= SMS_LIMIT, (len(text), text)
    assert set(text) <= GSM, set(text) - GSM


def test_vietnamese_texts_have_their_accents():
    assert all(not text["vi"].isascii() for text in TEXTS.values())


def test_amounts_and_times_are_written_as_a_citizen_writes_them():
    params = {**LONGEST, "amount_vnd": "1250000"}
    assert render("payment_requested.plain", params).startswith(
        "Ho so G09.20.123-20261120-0092637: vui long nop 1.250.000 dong truoc 23:59 20/11/2026"
    )
    assert "pay 1,250,000 VND before 23:59 20/11/2026" in render("payment_requested.en", params)
    assert "1.250.000 đồng" in render("payment_settled.vi", params)


def test_a_late_evening_in_utc_is_the_next_day_in_viet_nam():
    due = datetime.fromisoformat("2026-12-20T17:30:00+00:00").isoformat()
    assert render("accepted.en", {"dossier_code": "X", "due": due}).endswith("due on 21/12/2026.")


def test_an_unknown_language_reads_vietnamese():
    assert template("returned", "sms", "fr") == "returned.plain"


def test_what_is_put_in_is_never_read_as_a_template():
    text = render("not_accepted.en", {"dossier_code": "{due}"})
    assert text.startswith("Application {due} was not accepted")
