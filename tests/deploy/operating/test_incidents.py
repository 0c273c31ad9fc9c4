"""What an operator reads of incidents in a terminal."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.incidents import _act, board, offers, one, previewed
from services.operations.incidents import views
from services.operations.incidents.offers import OffersView
from shared import edge
from shared.errors import Misconfigured


def drawn(draw: Any, found: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console, edge.builtins(found))
    return " ".join(console.export_text().split())


def test_incidents_are_listed_with_whom_they_concern() -> None:
    said = drawn(board, views.LIST)
    assert "open Payments by sen-vang are delayed 1 1 50,000" in said
    assert "nobody" in said
    assert drawn(board, views.ListView(incidents=[], next="")) == "There is no such incident."


def test_a_preview_says_how_many_it_would_concern() -> None:
    said = drawn(previewed, views.PREVIEW)
    assert said == "stage payment, partner sen-vang now: 1 applications, 1 matters, 50,000 đồng"


def test_what_may_belong_to_it_is_listed_with_the_ids_to_link() -> None:
    said = drawn(offers, views.OFFERS)
    assert "20261120-3f9ac1d2e4 ask_partner · payment/partner_silent · done" in said
    assert "Payments by Sen Vàng are delayed." in said
    assert "told 20 of 20" in said
    nothing = OffersView(rounds=[], broadcasts=[], looked_at=0)
    assert drawn(offers, nothing).startswith("No round and no broadcast")


def test_one_says_whom_it_concerned_and_concerns_and_what_was_done() -> None:
    said = drawn(one, views.ONE)
    assert "stage payment, partner sen-vang" in said
    assert "now: 1 applications, 1 matters, 50,000 đồng" in said
    assert "open operator-1" in said


@pytest.mark.parametrize(
    ("verb", "said", "called"),
    [
        ("freeze", "", ("/i/freeze", {})),
        ("own", "", ("/i/own", {})),
        ("own", "I call the bank", ("/i/own", {"text": "I call the bank"})),
        ("note", "it is noon", ("/i/notes", {"text": "it is noon"})),
        ("close", "it is over", ("/i/close", {"text": "it is over"})),
        ("round", "20261120-1", ("/i/links", {"what": "round", "id": "20261120-1"})),
    ],
)
def test_a_verb_is_a_call(verb: str, said: str, called: tuple[str, dict[str, str]]) -> None:
    assert _act("/i", verb, said) == called


def test_a_verb_without_its_words_is_refused() -> None:
    with pytest.raises(Misconfigured):
        _act("/i", "note", "")
