"""The official forms that a citizen is offered are those that notify draws, by their titles."""

from collections.abc import Callable

import pytest

from services.notify.forms.filled import FILLED
from services.operations.domain.citizen.forms import FORMS
from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Words
from shared.papers import table
from tests.services.operations import scenes
from tests.services.operations.scenes import begun

Seen = Callable[..., CitizenStatus]


def test_each_form_that_notify_draws_is_offered_after_what_brings_it_by_its_title() -> None:
    rows = {row.form: row for row in table.load() if row.form in FILLED}
    assert {brought.name for brought in FORMS.values()} == set(FILLED) == set(rows)
    for contract, brought in FORMS.items():
        row = rows[brought.name]
        assert contract.TYPE in row.reached_by
        assert brought.title == Words(row.title.vi, row.title.en)


@pytest.mark.parametrize(
    ("scene", "offered"),
    [
        (scenes.submitted, []),
        (scenes.accepted, ["receipt"]),
        (scenes.supplement_requested, ["receipt", "supplement"]),
        (scenes.apologised, ["receipt", "apology"]),
        (scenes.not_accepted, ["refusal"]),
        (scenes.cancelled, ["receipt", "refusal"]),
        (scenes.refused, []),
        (scenes.family, []),
    ],
)
def test_what_was_given_is_offered_and_nothing_else(scene, offered, seen: Seen) -> None:
    assert [form.form for form in seen(begun(scene)).forms] == offered
