"""How things are put: which wording a channel takes in which language, and how a fact is written.

SMS takes Vietnamese without accents: with one accented letter a message has 70 characters, not 160.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from unicodedata import combining, normalize

from services.notify.domain.sms_text import is_gsm
from shared.clock import VIETNAM

Channel = Literal["sms", "email", "portal", "app", "zalo", "voice"]
Language = Literal["vi", "en"]
Style = Literal["vi", "plain", "en", "said_vi", "said_en"]  # how facts are written, or said

CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Wording(NamedTuple):
    """Where a wording has its words: the first of these fields that a template fills."""

    style: Style
    text: tuple[str, ...]
    subject: tuple[str, ...] = ()


# The named fallbacks: what e-mail, app and hotline have no words of their own for, they say in full
# words, under the subject of the e-mail.
WORDINGS: Mapping[str, Wording] = {
    "vi": Wording("vi", ("vi",)),
    "plain": Wording("plain", ("plain",)),
    "en": Wording("en", ("en",)),
    "email_vi": Wording("vi", ("email_vi", "vi"), ("subject_vi",)),
    "email_en": Wording("en", ("email_en", "en"), ("subject_en",)),
    "push_vi": Wording("vi", ("push_vi", "vi"), ("title_vi", "subject_vi")),
    "push_en": Wording("en", ("push_en", "en"), ("title_en", "subject_en")),
    "unit": Wording("vi", ("unit_vi", "vi"), ("unit_subject_vi", "subject_vi")),
    "voice_vi": Wording("said_vi", ("voice_vi", "vi")),
    "voice_en": Wording("said_en", ("voice_en", "en")),
}

# The portal shows it beside the dossier, the hotline reads it out: it is handed to nobody.
SPOKEN: Mapping[Channel, Mapping[Language, str]] = {
    "sms": {"vi": "plain", "en": "en"},
    "email": {"vi": "email_vi", "en": "email_en"},
    "portal": {"vi": "vi", "en": "en"},
    "app": {"vi": "push_vi", "en": "push_en"},
    "zalo": {"vi": "push_vi", "en": "push_en"},
    "voice": {"vi": "voice_vi", "en": "voice_en"},
}


def _code(value: str, style: Style) -> str:
    if not style.startswith("said"):
        return value
    dot, dash = ("chấm", "gạch") if style == "said_vi" else ("dot", "dash")
    return " ".join({".": dot, "-": dash}.get(c, c) for c in value)


def _amount(value: str, style: Style) -> str:
    amount_vnd = int(value)
    match style:
        case "en":
            return f"{amount_vnd:,} VND"
        case "said_vi" | "said_en":  # a voice stumbles over separators
            return f"{amount_vnd} {'đồng' if style == 'said_vi' else 'dong'}"
        case _:
            return f"{amount_vnd:,} {'đồng' if style == 'vi' else 'dong'}".replace(",", ".")


def _moment(value: str, style: Style) -> str:
    at = datetime.fromisoformat(value).astimezone(VIETNAM)
    if style == "said_vi":
        return f"{at.hour} giờ {at.minute:02} phút, {_day(value, style)}"
    if style == "said_en":
        return f"{at.hour} {at.minute:02}, {_day(value, style)}"
    return f"{at:%H:%M %d/%m/%Y}"


def _day(value: str, style: Style) -> str:
    at = datetime.fromisoformat(value).astimezone(VIETNAM)
    if style == "said_vi":
        return f"ngày {at.day} tháng {at.month} năm {at.year}"
    if style == "said_en":
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{at:%d/%m/%Y}"


def _unit(value: str, style: Style) -> str:
    """Write a unit's name; without one, or where it would not fit an SMS, what it is."""
    plain = _without_accents(value)
    is_fit = value and len(plain) <= UNIT_LIMIT and is_gsm(plain)
    if style in ("en", "said_en"):
        return plain if is_fit else "the competent unit"
    name = value if is_fit else "đơn vị có thẩm quyền"
    return _without_accents(name) if style == "plain" else name


def _without_accents(text: str) -> str:
    letters = normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in letters if not combining(c))


UNIT_LIMIT = 40  # characters; more would make some SMS two
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

# Everything that a notice may ever say of an application, and how it is written; nothing else can
# appear.  The times are Viet Nam's.
SHOWN: Mapping[str, Callable[[str, Style], str]] = {
    "dossier_code": _code,
    "submitted_at": _moment,
    "amount_vnd": _amount,
    "expires_at": _moment,
    "due": _day,
    "competent_unit": _unit,
    "returning_unit": _unit,
    "tracking": _code,
}

# Of these a notice knows the code, and says the name; an event from before may lack it.
UNITS = frozenset({"competent_unit", "returning_unit"})

# What a preview shows in their place, made up; the longest that there is.
SAMPLE: Mapping[str, str] = {
    "dossier_code": "G09.20.123-20261120-0092637",
    "submitted_at": "2026-11-20T01:00:00+00:00",
    "amount_vnd": "999999999",
    "expires_at": "2026-11-20T16:59:00+00:00",
    "due": "2026-12-20T09:30:00+00:00",
    "competent_unit": "00226",
    "returning_unit": "00226",
    "tracking": "VNPOST20261120EE1234",
}
