"""Units are told by their names, in Vietnamese or without accents, and an SMS stays one."""

from pathlib import Path

import msgspec
import pytest

from services.notify.domain.milestones import MILESTONES
from services.notify.domain.sms_text import is_gsm, size
from services.notify.domain.templates import load, ours, template
from services.notify.domain.wordings import SAMPLE, SHOWN, UNIT_LIMIT, UNITS
from shared import catalogue
from shared.events import routing

NAMED = {"competent_unit": "00226", "returning_unit": "00226", "dossier_code": "X"}
LONGEST = "N" * UNIT_LIMIT


@pytest.fixture(scope="module")
def units():
    return catalogue.load(Path(catalogue.__file__).with_name("data"))


@pytest.fixture(scope="module")
def words(units):
    return load(unit_name=units.unit_name)


@pytest.mark.parametrize("milestone", MILESTONES)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", ["", LONGEST])
def test_a_message_is_one_segment_of_sms(milestone, language, name):
    text = load(unit_name=lambda _: name).render(template(milestone, "sms", language), SAMPLE).text
    assert size(text)[::2] == ("GSM-7", 1), text


def test_every_unit_has_a_name_that_an_sms_can_carry(units):
    assert len(units.units) > 3_000
    for code in units.units:
        name = units.unit_name(code)
        plain = SHOWN["competent_unit"](name, "plain")
        assert plain != SHOWN["competent_unit"]("", "plain"), name
        assert is_gsm(plain), name
        assert plain.isascii(), name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("transferred.vi", "chuyển sang Phường Văn Miếu - Quốc Tử Giám giải quyết"),
        ("transferred.plain", "chuyen sang Phuong Van Mieu - Quoc Tu Giam giai quyet"),
        ("transferred.en", "sent to Phuong Van Mieu - Quoc Tu Giam."),
        ("result_ready.voice_vi", "có kết quả tại Phường Văn Miếu - Quốc Tử Giám."),
        ("result_ready.plain", "co ket qua tai Phuong Van Mieu - Quoc Tu Giam."),
    ],
)
def test_a_unit_is_named_as_the_reader_writes_it(words, name, said):
    assert said in words.render(name, NAMED).text


@pytest.mark.parametrize("params", [{}, dict.fromkeys(UNITS, ""), dict.fromkeys(UNITS, "99999")])
def test_a_unit_that_nobody_knows_or_was_not_told_spoils_no_notice(words, params):
    text = words.render("transferred.vi", {"dossier_code": "X"} | params).text
    assert "chuyển sang đơn vị có thẩm quyền giải quyết" in text
    said = words.render("result_ready.en", {"dossier_code": "X"} | params).text
    assert "is at the competent unit." in said


@pytest.mark.parametrize("name", [LONGEST + "N", "Phường 東京"])
def test_a_name_that_would_make_an_sms_two_is_not_said(name):
    assert SHOWN["returning_unit"](name, "plain") == "don vi co tham quyen"


def test_where_the_result_is_comes_from_who_hands_it_out(case, whole):
    case.learn("application.registered")
    case.learn("application.settled", returning_unit="00226")
    [_, request] = case.requests()
    assert request.params["returning_unit"] == "00226"
    assert ours().render(request.template, request.params).text


def test_an_event_from_before_units_were_told_is_read():
    old = {"national_code": 9, "officer": "o", "on_time": True}
    assert msgspec.convert(old, routing.Settled).returning_unit == ""
