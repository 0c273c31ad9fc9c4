"""Every cause can be released, or it is said who ends it."""

import pytest

from services.operations.console.screen import WAYS
from services.operations.domain.actions import possible
from services.operations.domain.causes import CAUSES
from services.operations.domain.remedies import REMEDIES


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_has_an_action_or_a_remedy_and_not_both(cause: str) -> None:
    assert bool(possible(cause)) != (cause in REMEDIES)


def test_no_remedy_is_of_a_cause_that_there_is_not() -> None:
    assert set(REMEDIES) <= set(CAUSES)


@pytest.mark.parametrize("cause", REMEDIES)
def test_a_remedy_is_a_sentence_in_both_languages_and_its_page_is_one(cause: str) -> None:
    remedy = REMEDIES[cause]
    for words in (remedy.words.vi, remedy.words.en):
        assert words.endswith(".")
        assert words[0].isupper()
    assert remedy.page == "" or remedy.page.partition("/")[0] in {way.label for way in WAYS}
