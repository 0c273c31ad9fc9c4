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
