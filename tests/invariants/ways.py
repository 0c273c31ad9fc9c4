"""By which ways citizens of the town agree to be told, and who acts for them: drawn from tables."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec
from msgspec import UNSET

from deploy.sandbox.portal import MIDDLE, Application
from shared.events.data import Consent, Way
from shared.events.portal import Representative

Draw = Callable[[str, str], float]  # from 0 to 1, for a purpose and an application

# what citizens agree to, of a hundred; None: they say nothing of it
AGREED: Mapping[tuple[Way, ...] | None, int] = {
    None: 30,
    ("sms", "email"): 18,
    ("email",): 12,
    ("sms", "app"): 10,
    ("app",): 10,
    ("email", "app"): 5,
    ("sms", "zalo"): 5,
    ("zalo",): 4,
    (): 6,
}
ACTING = 0.15  # of all have somebody who acts for them, and is told as well
ACTING_BY: tuple[tuple[Way, ...], ...] = (("sms",), ("email",), ("sms", "email"))
NO_EMAIL, BAD_EMAIL = 0.06, 0.06  # of all: none was given, one that no mail server takes


def agreed(draw: Draw, application: Application) -> Application:
    """Return an application with what its citizen agrees to, the same for the same seed."""
    name = application.id
    ways = _ways(draw("ways", name) * 100)
    is_acted_for = draw("acting", name) < ACTING
    acting = ACTING_BY[int(draw("acting by", name) * len(ACTING_BY))] if is_acted_for else ()
    consent = Consent(channels=("sms",) if ways is None else ways, representative=acting)
    said = UNSET if ways is None and not acting else consent
    personal = application.personal
    if acting:
        personal = msgspec.structs.replace(personal, representative=_acting(personal.phone))
    share = draw("email", name)
    if share < NO_EMAIL:
        personal = msgspec.structs.replace(personal, email="")
    elif share < NO_EMAIL + BAD_EMAIL:
        personal = msgspec.structs.replace(personal, email=f"công-dân-{personal.email}")
    fields = msgspec.structs.replace(application.fields, notices=said)
    return replace(application, fields=fields, personal=personal)


def _ways(drawn: float) -> tuple[Way, ...] | None:
    for ways, percent in AGREED.items():
        if drawn < percent:
            return ways
        drawn -= percent
    raise AssertionError("shares are a hundred")


def _acting(phone: str) -> Representative:
    """Return somebody who acts for the citizen of this number: with another, that nobody has."""
    number = phone.removeprefix("09")
    return Representative(
        name=f"Người {MIDDLE} Đại Diện {number}",
        phone=f"07{number}",
        email=f"acting{number}@example.invalid",
    )
