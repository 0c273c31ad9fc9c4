"""How the console's pages are drawn: templates, words in both languages, files by their content.

A file is answered under a name that has its hash in it, so a browser may keep it for ever.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.operations.console.labels import LABELS
from services.operations.console.sessions import Session
from services.operations.domain.citizen.words import Fact, Language, Words, written
from services.operations.domain.roles import MAY
from shared.access import Caller

HERE = Path(__file__).parent
ROOT = "/console"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
OTHER: Mapping[Language, tuple[Language, str]] = {
    "vi": ("en", "English"),
    "en": ("vi", "Tiếng Việt"),
}
_RULES = (
    "default-src 'none'",
    *(f"{kind}-src 'self'" for kind in ("style", "script", "img", "connect")),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "; ".join(_RULES),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
FOR_EVER = {
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
}


class Way(NamedTuple):
    """An entry of the navigation, and who has it."""

    path: str
    label: str
    roles: tuple[str, ...]


ALL_UNITS = MAY["read"]
READERS = MAY["read_of_units"]
PARTNERS = MAY["read_of_partner"]
AUDITORS = MAY["audit"]
WAYS = (
    Way(f"{ROOT}/find", "find", READERS),
    Way(f"{ROOT}/stuck", "stuck", ALL_UNITS),
    Way(f"{ROOT}/flow", "flow", ALL_UNITS),
    Way(f"{ROOT}/rounds", "rounds", ALL_UNITS),
    Way(f"{ROOT}/dead", "dead", ALL_UNITS),
    Way(f"{ROOT}/money", "money", ALL_UNITS),
    Way(f"{ROOT}/incidents", "incidents", ALL_UNITS),
    Way(f"{ROOT}/alarms", "alarms", ALL_UNITS),
    Way(f"{ROOT}/indicators", "indicators", ALL_UNITS),
    Way(f"{ROOT}/statistics", "statistics", READERS),
    Way(f"{ROOT}/proof", "proof", ALL_UNITS),
    Way(f"{ROOT}/reads", "reads", AUDITORS),
    Way(f"{ROOT}/sessions/everybody", "sessions", MAY["end_sessions"]),
    Way(f"{ROOT}/partner/overview", "own", PARTNERS),
    Way(f"{ROOT}/partner/settlements", "settlement", PARTNERS),
    Way(f"{ROOT}/partner/calls", "calls", PARTNERS),
    Way(f"{ROOT}/partner/refused", "refusals", PARTNERS),
)


def home_of(role: str) -> str:
    """Return the page that somebody of a role begins with."""
    return next((way.path for way in WAYS if role in way.roles), WAYS[0].path)


def lead_to(address: str) -> Response:
    """Lead the browser to a page, as what was sent is done."""
    return RedirectResponse(address, 303, HEADERS)


class Visit(NamedTuple):
    """Who looks at a page, in which language; `address` is the page, without its language.

    `is_part`: htmx asks for a part of a page, to be put into the one that is open.
    """

    lang: Language
    address: str
    session: Session | None = None
    is_part: bool = False

    @property
    def role(self) -> str:
        """Return the role of who is signed in, or nothing."""
        return self.session.caller.role if self.session else ""

    @property
    def caller(self) -> Caller:
        """Return who is signed in: behind a seat that is somebody."""
        assert self.session
        return self.session.caller


class Screen:
    """Draws pages; `ways` is what their navigation has."""

    def __init__(self, ways: Sequence[Way] = WAYS) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        names = {path.name: self._file(path) for path in sorted((HERE / "static").iterdir())}
        self._jinja = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals |= {"static": names, "ways": ways, "root": ROOT}

    def _file(self, path: Path) -> str:
        """Keep a file; return where it is answered."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:16]
        name = f"{path.stem}.{digest}{path.suffix}"
        self._files[name] = content, KINDS[path.suffix]
        return f"{ROOT}/static/{name}"

    def file(self, name: str) -> Response | None:
        """Return what is answered under this name."""
        found = self._files.get(name)
        return Response(found[0], 200, FOR_EVER, found[1]) if found else None

    def page(
        self, visit: Visit, template: str, status: int = 200, /, **said: object
    ) -> HTMLResponse:
        """Return a page that nobody keeps, frames or adds anything to."""
        return HTMLResponse(self.text(visit, template, **said), status, HEADERS)

    def text(self, visit: Visit, template: str, /, **said: object) -> str:
        """Return a page, or a part of one, as it is written."""

        def tell(words: Words) -> str:
            return words.en if visit.lang == "en" else words.vi

        def fact(value: Fact) -> str:
            return written(value, visit.lang)

        def label(name: str, /, **facts: Fact) -> str:
            return tell(LABELS[name].told(**facts) if facts else LABELS[name])

        other, other_name = OTHER[visit.lang]
        joint = "&" if "?" in visit.address else "?"
        return self._jinja.get_template(template).render(
            **said,
            visit=visit,
            caller=visit.session.caller if visit.session else None,
            csrf=visit.session.csrf if visit.session else "",
            lang=visit.lang,
            other=other,
            other_name=other_name,
            other_address=f"{visit.address}{joint}lang={other}",
            t=label,
            tell=tell,
            fact=fact,
        )
