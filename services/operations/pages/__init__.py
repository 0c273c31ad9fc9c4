"""The citizens' page: HTML without anything from elsewhere, which works without its script.

Reading order: `labels` (the words of the page), `layout.html`, `mistakes.html`, `form.html`,
`status.html`, `rating.html`, then `status.css` and `open_link.js`, which stand in the page itself
and are the only ones that may.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Fact, Language, Words, written
from services.operations.pages.labels import LABELS
from shared.feedback import COMMENT_LIMIT

HERE = Path(__file__).parent
OTHER: Mapping[Language, tuple[Language, str]] = {
    "vi": ("en", "English"),
    "en": ("vi", "Tiếng Việt"),
}


class Mistake(NamedTuple):
    """What is wrong with what was typed, and in which field of the page; none: in all of it."""

    words: Words
    field: str = ""


class Typed(NamedTuple):
    """What stands in the fields of the form."""

    dossier_code: str = ""
    code: str = ""


class Answered(NamedTuple):
    """What somebody answered to how it went, which did not go through; or that it did."""

    score: int = 0
    comment: str = ""
    is_sent: bool = False


NOTHING_TYPED = Typed()
NOT_ANSWERED = Answered()


class Pages:
    """The two pages, in both languages; `forms`: where official forms are asked for, if at all."""

    def __init__(self, forms: str = "") -> None:
        style, script = ((HERE / name).read_text() for name in ("status.css", "open_link.js"))
        self.headers = _headers(style, script, forms)
        self._jinja = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals |= {
            "style": style,
            "script": script,
            "comment_limit": COMMENT_LIMIT,
            "forms": forms,
        }

    def form(
        self, language: Language, typed: Typed = NOTHING_TYPED, mistakes: tuple[Mistake, ...] = ()
    ) -> str:
        """Return the page that asks for the codes."""
        return self._page("form.html", language, typed=typed, mistakes=mistakes)

    def status(
        self,
        language: Language,
        told: CitizenStatus,
        tokens: Mapping[str, str],
        answered: Answered = NOT_ANSWERED,
        mistakes: tuple[Mistake, ...] = (),
    ) -> str:
        """Return the page of an application; `tokens` open it (as ``""``) and its parts."""
        return self._page(
            "status.html",
            language,
            told=told,
            tokens=tokens,
            answered=answered,
            mistakes=mistakes,
        )

    def _page(self, name: str, language: Language, **said: object) -> str:
        def tell(words: Words) -> str:
            return words.en if language == "en" else words.vi

        def fact(value: Fact) -> str:
            return written(value, language)

        other, other_name = OTHER[language]
        return self._jinja.get_template(name).render(
            **said,
            lang=language,
            other=other,
            other_name=other_name,
            t=lambda label: tell(LABELS[label]),
            tell=tell,
            fact=fact,
        )


def _headers(style: str, script: str, forms: str) -> dict[str, str]:
    address = urlsplit(forms)
    elsewhere = f" {address.scheme}://{address.netloc}" if forms else ""
    rules = (
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        f"form-action 'self'{elsewhere}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "cache-control": "no-store",
        "content-security-policy": "; ".join(rules),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow",
    }


def _hash(text: str) -> str:
    """Return by what a browser knows a script or a style that stands in the page."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
