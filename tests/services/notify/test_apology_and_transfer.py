"""The citizen is told of the one new date, and that another unit decides; or not, where silent."""

import pytest
from pydantic import ValidationError

from services.notify.domain import Policy
from services.notify.domain.templates import ours
from services.notify.providers import SANDBOX, read, terms
from services.notify.settings import NotifySettings
from shared.errors import Misconfigured
from shared.events import notify

APOLOGISED, TRANSFERRED = "application.apologised", "application.transferred"


def told(case, milestone):
    return [r for r in case.requests() if r.milestone == milestone]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "xin loi. Ngay hen tra ket qua moi: 29/11/2026."),
        ("en", "We are sorry: application G09.20-20261120-0000001 is delayed."),
    ],
)
def test_an_apology_gives_the_one_new_date(language, text, case):
    case.learn("application.registered", language=language)
    case.learn("application.accepted")
    [request] = [e for e in case.learn(APOLOGISED) if isinstance(e, notify.NoticeRequested)]
    assert text in ours().render(request.template, request.params).text


def test_who_was_not_told_the_first_date_is_told_only_the_new_one(case):
    case.learn("application.accepted")
    case.learn(APOLOGISED)
    case.learn("application.registered")
    assert [r.milestone for r in case.requests()] == ["registered", "apologised"]


@pytest.mark.parametrize("later", ["application.due_moved", "application.suspended"])
def test_a_new_date_that_is_no_more_is_not_told(later, case):
    case.learn(APOLOGISED)
    [dropped] = case.learn(later)
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, later)


def test_a_date_that_a_calendar_moved_is_not_told_as_the_one_given(case):
    case.learn("application.accepted")
    [dropped] = case.learn("application.due_moved")
    assert (dropped.milestone, dropped.reason) == ("accepted", "application.due_moved")


def test_a_transfer_is_told_once_however_often_it_goes_on(case):
    case.learn("application.registered")
    for _ in range(3):
        case.learn(TRANSFERRED)
        case.answer(case.key("transferred"), "handed")
    assert len(told(case, "transferred")) == 1


def test_where_practice_does_not_want_it_nobody_is_told(new_case):
    pace = Policy()
    case = new_case(pace.retry_after_s, pace.ask_after_s, frozenset({"transferred"}))
    case.learn("application.registered")
    assert case.learn(TRANSFERRED) == []
    assert told(case, "transferred") == []
    case.learn(APOLOGISED)
    assert len(told(case, "apologised")) == 1


def test_the_file_of_units_is_read_at_the_start(tmp_path):
    file = tmp_path / "units.json"
    file.write_text('{"26737": "unit@example.invalid"}')
    providers = terms(read(SANDBOX))
    assert NotifySettings(notice_units=file).policy(providers).units == {"26737"}
    file.write_text('{"26737": "nowhere"}')
    with pytest.raises(Misconfigured, match="unit 26737"):
        NotifySettings(notice_units=file).policy(providers)
    file.write_text("[")
    with pytest.raises(Misconfigured, match="is not a file of units"):
        NotifySettings(notice_units=file).policy(providers)


def test_what_is_silent_is_named_in_the_settings():
    providers = terms(read(SANDBOX))
    assert NotifySettings(notice_silent={"transferred"}).policy(providers).silent == {"transferred"}
    assert NotifySettings().policy(providers) == Policy(providers=providers)
    with pytest.raises(ValidationError, match="moved_away is no milestone"):
        NotifySettings(notice_silent={"moved_away"})
