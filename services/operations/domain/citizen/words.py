"""A sentence in both languages, and how amounts and days are written in each."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from shared.clock import VIETNAM

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Words(msgspec.Struct, frozen=True):
    """The same in Vietnamese and in English."""

    vi: str
    en: str

    def told(self, **facts: "Fact") -> "Words":
        """Return the sentence with these facts in it, each written as the language has it."""
        vi, en = (
            getattr(self, language).format_map(
                {name: written(fact, language) for name, fact in facts.items()}
            )
            for language in LANGUAGES
        )
        return Words(vi, en)


class Quote(msgspec.Struct, frozen=True):
    """What somebody wrote, and in which language."""

    text: str
    language: Language


Fact = int | date | str | Words  # đồng, an instant or a day, a code, a name


def written(fact: Fact, language: Language) -> str:
    """Return a fact as it is read in this language; instants in Viet Nam's time."""
    match fact:
        case int():
            grouped = f"{fact:,}"
            return f"{grouped} VND" if language == "en" else f"{grouped.replace(',', '.')} đồng"
        case datetime():
            at = fact.astimezone(VIETNAM)
            on = written(at.date(), language)
            return f"{at:%H:%M} on {on}" if language == "en" else f"{at:%H:%M} ngày {on}"
        case date():
            month = f"{_MONTHS[fact.month - 1]} {fact.year}"
            return f"{fact.day} {month}" if language == "en" else f"{fact:%d/%m/%Y}"
        case Words():
            return str(getattr(fact, language))
        case _:
            return fact


def both(names: Mapping[str, Words], name: str, otherwise: Words) -> Words:
    """Return what a name is called; `otherwise` where it is of a newer table than ours."""
    return names.get(name, otherwise)


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
