"""Whom an answer is about: every application, petition and dossier code that stands in it.

What was shown says this better than a list of routes: a route that is new is seen as well.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.dossier_codes import FORM
from shared.masking import masked

_ID = re.compile(
    r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-f])"
)
_APART = re.compile(rf"({_ID.pattern})|(?:(?!{_ID.pattern}).)+", re.DOTALL)
_CODE = re.compile(rf"(?<![\w.-]){FORM.pattern}(?![\w.-])")
# what a route takes that stands for somebody, whatever its answer names
TAKES = frozenset({"name", "offset", "q"})
# calls whose body does: what stands there is not written down, that somebody asked is
SEARCHES = frozenset({("POST", "/v1/find"), ("POST", "/console/find/person")})

# routes whose answers are not written down, and why
OPEN: Mapping[str, str] = {
    "/console/static/{name}": "a file of the pages, the same for everybody",
    "/console/sign-in": "nobody is signed in, and nothing is shown",
    "/console/sign-out": "leads away, and shows nothing",
    "/console/oidc": "leads away, and shows nothing",
    "/console/oidc/back": "leads on, and shows nothing",
    "/contracts/asyncapi.json": "what messages look like, with made-up examples",
    "/contracts/events/{event_type}.json": "what a message looks like",
    "/healthz": "of the process alone",
    "/metrics": "numbers of the process alone",
    "/openapi.json": "what routes look like, with made-up examples",
    "/readyz": "of the process alone",
    "/status": "to who has what opens it, which is its citizen; attempts are counted there",
    "/status/feedback": "to who has what opens it, which is its citizen",
    "/v1/reads": "who read: told to those alone who look after that",
    "/v1/status": "to the citizen's portal, with what the citizen has; attempts are counted there",
}

TOLD = frozenset({"/v1/reads"})  # of those, to who is known alone


def named(texts: Iterable[str]) -> frozenset[str]:
    """Return the applications, petitions and dossier codes in these texts."""
    found: set[str] = set()
    for text in texts:
        found.update(_ID.findall(text), _CODE.findall(text))
    return frozenset(found)


def kept(asked: str) -> str:
    """Return what was asked, with what is personal in it hidden."""
    return _APART.sub(lambda found: found[1] or masked(found[0]), asked)


def takes(params: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    """Tell whether a call names somebody, or a message, itself."""
    return not TAKES.isdisjoint(params) or any(query.get(name, "").strip() for name in TAKES)
