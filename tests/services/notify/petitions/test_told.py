"""What citizens and units are told of petitions: words that are true, to whom they concern."""

import pytest

from services.notify.domain.petitions.terms import DISMISSALS
from services.notify.domain.templates import ours, template
from services.notify.domain.wordings import CHANNELS, SAMPLE

# what is so for some reasons of a dismissal only: the reason itself stands at the portal
OF_SOME_REASONS = ("thẩm quyền", "tham quyen", "nơi cần gửi", "noi can gui", "who can help")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_said_of_a_dismissal_is_true_for_every_reason(channel, language):
    assert {"filed_before", "not_understood"} <= DISMISSALS.keys()
    said = ours().render(template("petition_dismissed", channel, language), SAMPLE)
    told = said.text + said.subject
    assert not [words for words in OF_SOME_REASONS if words in told]


@pytest.fixture
def told_both(new_citizen, providers):
    """A petition whose citizen and unit can be told."""
    return new_citizen(providers=providers("sms", "email"), units=frozenset({"26737", "00004"}))


def told_unit(citizen):
    found = [r for r in citizen.case.requests() if r.channel == "email@unit"]
    return [(r.milestone, r.unit, r.params.get("due", "")[:10]) for r in found]


def told_citizen(citizen):
    return [(r.milestone, r.occasion) for r in citizen.case.requests() if r.channel == "sms"]


def test_a_unit_is_told_once_of_what_is_filed_about_it(told_both):
    told_both.do("file")
    assert told_unit(told_both) == [("petition_assigned", "26737", "2026-12-07")]
    assert told_citizen(told_both) == [("petition_received", 1)]


def test_a_unit_is_told_of_what_an_operator_assigns_to_it(told_both):
    told_both.do("file-nowhere")
    assert told_unit(told_both) == []
    told_both.do("assign")
    assert told_unit(told_both) == [("petition_assigned", "26737", "2026-12-07")]
    assert told_citizen(told_both) == [("petition_received", 1)]


def released(citizen):
    """Let what was held to go out together go."""
    for timer in [t for t in citizen.case.timers if t.name.startswith("notice.")]:
        citizen.case.at = max(citizen.case.at, timer.due)
        citizen.case.fire(timer)


def test_a_unit_is_warned_of_each_date_that_comes_near(told_both):
    told_both.do("file")
    told_both.ring("petition.due_soon")
    released(told_both)
    assert told_unit(told_both)[1:] == [("petition_due_soon", "26737", "2026-12-07")]
    told_both.do("answer")
    told_both.do("dispute")
    told_both.ring("petition.due_soon")
    released(told_both)
    warned = [due for milestone, _, due in told_unit(told_both) if milestone == "petition_due_soon"]
    assert (len(warned), warned[0] < warned[1]) == (2, True)
    assert "petition_due_soon" not in {milestone for milestone, _ in told_citizen(told_both)}


def test_a_dispute_is_told_to_the_unit_and_its_date_to_the_citizen(told_both):
    told_both.come_to("disputed")
    due = f"{told_both.petition.due:%Y-%m-%d}"
    assert told_unit(told_both)[-1] == ("petition_disputed", "26737", due)
    assert told_citizen(told_both)[-1] == ("petition_disputed", 1)


def test_a_unit_without_an_address_looks_into_its_list(citizen):
    citizen.do("file")
    citizen.ring("petition.due_soon")
    assert set(citizen.case.dossier.notices) == {"petition_received/sms"}
