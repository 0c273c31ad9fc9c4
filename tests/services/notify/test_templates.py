"""The tables of what is told fit each other and the contracts, and nothing personal is in them."""

import json
import string
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.notify.domain.milestones import EVENT_TYPES, MILESTONES, REACHED_BY, may_say
from services.notify.domain.templates import FILE, NoWords, Row, load, ours, template
from services.notify.domain.wordings import CHANNELS, SAMPLE, SHOWN, SPOKEN, WORDINGS
from services.notify.lane import table
from shared.contracts import producer
from shared.errors import Misconfigured
from shared.events import CONTRACTS
from shared.events.intake import Contact
from shared.events.portal import Personal

PERSONAL = {*Personal.__struct_fields__, *Contact.__struct_fields__}
WRITTEN_BY_A_PERSON = {"note", "reason", "content", "problems", "officer"}
OURS_ALONE = {"sealed", "contact", "subject_hash", "transaction", "facts"}
AFTER_MIDNIGHT = "2026-12-20T17:30:00+00:00"


def rows() -> list[dict[str, Any]]:
    return json.loads(FILE.read_text())


def words(name: str, params=SAMPLE) -> str:
    return ours().render(name, params).text


def changed(tmp_path, of: str, **fields):
    """A file of templates in which one row says something else."""
    file = tmp_path / "texts.json"
    file.write_text(json.dumps([r | fields if r["milestone"] == of else r for r in rows()]))
    return file


def with_another_day(tmp_path, **fields):
    """A file in which `accepted` has other words from 2027 on, in Viet Nam."""
    [first] = [r for r in rows() if r["milestone"] == "accepted"]
    file = tmp_path / "texts.json"
    file.write_text(json.dumps([*rows(), first | {"valid_from": "2027-01-01"} | fields]))
    return load(file)


@pytest.mark.parametrize("milestone", MILESTONES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_milestone_has_words_on_every_channel_in_every_language(milestone, channel, language):
    said = ours().render(template(milestone, channel, language), SAMPLE)
    assert said.text
    assert bool(said.subject) == (channel in ("email", "app", "zalo"))
    assert "{" not in said.text + said.subject


def test_the_tables_of_words_are_complete():
    assert set(SPOKEN) == set(CHANNELS)
    for channel, wordings in SPOKEN.items():
        assert set(wordings) == {"vi", "en"}, channel
        assert set(wordings.values()) <= set(WORDINGS), channel
    used = {f for w in WORDINGS.values() for f in (*w.text, *w.subject)}
    assert used == set(Row.__struct_fields__) - {"milestone", "valid_from", "again"}
    assert set(SAMPLE) == set(SHOWN)


def test_all_wordings_say_the_same():
    def shown(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for row in rows():
        assert shown(row["vi"]) == shown(row["plain"]) == shown(row["en"]), row["milestone"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"vi": "{phone}"}, "`vi` says {phone}; it may say dossier_code, due"),
        ({"email_en": "{amount_vnd}"}, "`email_en` says {amount_vnd}"),
        ({"subject_vi": "{due.year}"}, "`subject_vi` says {due.year}"),
        ({"en": "{due!r}"}, "`en` says {due}"),
        ({"en": "{due:>99}"}, "`en` says {due}"),
        ({"en": "{0}"}, "`en` says {0}"),
        ({"en": "{}"}, "`en` says {}"),
        ({"en": "{due"}, "`en` cannot be read"),
        ({"plain": ""}, "`plain` has no words"),
        ({"subject_en": " "}, "`subject_en` has no words"),
        ({"plain": "Ho so đa co"}, "`plain` has a letter"),
        ({"milestone": "moved"}, "moved is no milestone; accepted has no words"),
        ({"valid_from": "soon"}, "is not a file of templates"),
        ({"colour": "red"}, "is not a file of templates"),
        ({"vi": "Gọi 0912 345 678: {dossier_code} {due}"}, "`vi` has a number that may be a"),
        ({"email_en": "CCCD 001090000001"}, "`email_en` has a number that may be a person's"),
        ({"plain": "Ho so {dossier_code}"}, "`plain` does not say {due}"),
        ({"en": "Due {due}"}, "`en` does not say {dossier_code}"),
        ({"en": "{due} {dossier_code} " + "x" * 1_500}, "`en` is longer than an SMS of 10 parts"),
    ],
)
def test_a_file_with_a_mistake_is_refused_at_the_start_and_says_which(tmp_path, fields, wrong):
    with pytest.raises(Misconfigured) as refused:
        load(changed(tmp_path, "accepted", **fields))
    assert wrong in str(refused.value)


def test_a_hotline_and_a_decree_are_no_persons(tmp_path):
    [row] = [r for r in rows() if r["milestone"] == "accepted"]
    said = f"{row['vi']} Hỏi 1022, 1900 1234 hoặc 024 3825 0000; Nghị định 118/2025/NĐ-CP."
    load(changed(tmp_path, "accepted", vi=said))


def test_words_hold_on_the_day_of_the_start(tmp_path):
    file = changed(tmp_path, "accepted", valid_from="2030-01-01")
    load(file, today=date(2030, 1, 1))
    with pytest.raises(Misconfigured, match="accepted has no words before 2030-01-01"):
        load(file, today=date(2029, 12, 31))


def test_a_version_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="stands twice"):
        with_another_day(tmp_path, valid_from="2025-07-01")


def test_a_version_holds_from_its_day_in_viet_nam_and_the_old_words_stay(tmp_path):
    words = with_another_day(tmp_path, plain="Ho so {dossier_code}: hen {due}.")
    last, first = datetime(2026, 12, 31, 16, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert words.version("accepted", last) == ""
    assert words.version("accepted", first) == "@2027-01-01"
    assert words.version("returned", first) == ""
    before, after = (
        template("accepted", "sms", "vi", words.version("accepted", a)) for a in (last, first)
    )
    assert words.render(after, {"dossier_code": "X", "due": AFTER_MIDNIGHT}).text == (
        "Ho so X: hen 21/12/2026."
    )
    assert "duoc tiep nhan" in words.render(before, SAMPLE).text


def test_a_notice_is_asked_for_with_the_version_of_its_day(case, tmp_path):
    words = with_another_day(tmp_path)
    case.table, case.at = table(case.policy, words), datetime(2027, 1, 1, tzinfo=UTC)
    case.learn("application.registered")
    case.learn("application.accepted")
    assert [r.template for r in case.requests()] == [
        "registered.plain",
        "accepted.plain@2027-01-01",
    ]
    assert case.dossier.notices["accepted/sms"].words == "@2027-01-01"


@pytest.mark.parametrize(
    ("name", "params", "reason"),
    [
        ("accepted.plain@2030-01-01", SAMPLE, "template_unknown"),
        ("accepted", SAMPLE, "template_unknown"),
        ("accepted.plain", {"dossier_code": "X"}, "variable_missing"),
        ("accepted.plain", {**SAMPLE, "due": "soon"}, "variable_missing"),
        ("payment_settled.plain", {**SAMPLE, "amount_vnd": "much"}, "variable_missing"),
    ],
)
def test_what_cannot_be_put_into_words_has_a_name(name, params, reason):
    with pytest.raises(NoWords) as none:
        ours().render(name, params)
    assert none.value.reason == reason


def test_what_may_not_be_shown_is_not_even_by_mistake():
    assert "0912" not in words("accepted.plain", {**SAMPLE, "phone": "0912345678"})


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


def test_the_plain_wording_is_the_vietnamese_one_without_its_accents():
    for row in rows():
        bare = row["vi"].replace("đ", "d").replace("Đ", "D")
        bare = unicodedata.normalize("NFD", bare)
        assert row["plain"] == "".join(c for c in bare if not unicodedata.combining(c))


def test_vietnamese_texts_have_their_accents():
    assert all(not row["vi"].isascii() for row in rows())


def test_amounts_and_times_are_written_as_a_citizen_writes_them():
    params = {**SAMPLE, "amount_vnd": "1250000"}
    assert words("payment_requested.plain", params).startswith(
        "Ho so G09.20.123-20261120-0092637: vui long nop 1.250.000 dong truoc 23:59 20/11/2026"
    )
    assert "pay 1,250,000 VND before 23:59 20/11/2026" in words("payment_requested.en", params)
    assert "1.250.000 đồng" in words("payment_settled.vi", params)


def test_what_is_read_out_is_written_as_it_is_said():
    said = words("payment_requested.voice_vi")
    assert "G 0 9 chấm 2 0 chấm 1 2 3 gạch" in said
    assert "nộp 999999999 đồng trước 23 giờ 59 phút, ngày 20 tháng 11 năm 2026" in said
    assert "due on 20 December 2026" in words("accepted.voice_en")


def test_a_late_evening_in_utc_is_the_next_day_in_viet_nam():
    assert words("accepted.en", {"dossier_code": "X", "due": AFTER_MIDNIGHT}).endswith(
        "due on 21/12/2026."
    )


def test_an_unknown_language_reads_vietnamese():
    assert template("returned", "sms", "fr") == "returned.plain"


def test_what_is_put_in_is_never_read_as_a_template():
    text = words("not_accepted.en", {"dossier_code": "{due}"})
    assert text.startswith("Application {due} was not accepted")


def test_what_a_unit_is_told_has_words_for_it(tmp_path):
    with pytest.raises(Misconfigured, match="withdrawn from 2025-07-01 on: `unit_vi` has no words"):
        load(changed(tmp_path, "withdrawn", unit_vi=""))
    assert words("withdrawn.unit") != words("withdrawn.vi")
