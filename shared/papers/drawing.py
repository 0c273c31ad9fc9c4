"""Facts drawn: in the words of their day, as PDF or as a page, beside the event loop."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, NamedTuple

from shared.papers.facts import FACTS, Facts
from shared.papers.page import page
from shared.papers.pdf import pdf
from shared.papers.press import Press
from shared.papers.sheet import Language, Sheet, sheet
from shared.papers.table import form
from shared.working_time import local_day

Kind = Literal["pdf", "html"]

DRAWN: Mapping[Kind, tuple[str, Callable[[Sheet], bytes]]] = {
    "pdf": ("application/pdf", pdf),
    "html": ("text/html; charset=utf-8", page),
}
NAMES: Mapping[type[Facts], str] = {kind: name for name, kind in FACTS.items()}


class Drawn(NamedTuple):
    """A form as a file."""

    name: str
    media_type: str
    content: bytes


async def draw(press: Press, facts: Facts, kind: Kind, language: Language) -> Drawn:
    """Return the form of these facts.  Raises `Busy`."""
    words = form(NAMES[type(facts)], local_day(facts.at))
    media_type, make = DRAWN[kind]
    content = await press.draw(partial(make, sheet(words, facts, language)))
    return Drawn(f"{words.file}-{facts.dossier_code}.{kind}", media_type, content)
