"""What mail servers say, and what we say for it: reply codes (RFC 5321, 4954, 7504) and enhanced
status codes (RFC 3463 and the registry), of which the class decides and the rest is the reason.

    2yz after the final dot       handed
    4yz, at any step              absent: it definitely has not the mail, try again
    5yz, at any step              rejected; absent where the fault is ours or the provider's: the
                                  next attempt finds it mended, or goes by another provider
    anything else before the dot  absent: nothing was handed over
    silence, a lost connection or anything else after the dot   unknown: never sent twice

A reason says whether the address is at fault: for good (hard), for now (soft), or not at all.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

Finding = Literal["handed", "rejected", "absent", "unknown"]
Hardness = Literal["hard", "soft"]

# whether an address is not to be written to again, by reason; not listed: not the address's fault
HARDNESS: Mapping[str, Hardness] = {
    "no_such_user": "hard",
    "no_such_domain": "hard",
    "bad_address": "hard",
    "mailbox_disabled": "hard",
    "mailbox_full": "soft",
    "expired": "soft",
}

# nothing is wrong with the address or with what is said
OURS = frozenset({"access", "sender_refused", "not_authentic", "protocol"})


class Meaning(NamedTuple):
    """Our word for a reply, why, and their code for whoever looks into it."""

    finding: Finding
    reason: str = ""
    code: str = ""


# by subject and detail of the enhanced code
REASONS: Mapping[str, str] = {
    "0.0": "other",
    **dict.fromkeys(("1.1", "1.4", "1.6", "7.17"), "no_such_user"),
    **dict.fromkeys(("1.2", "1.10", "4.4", "7.18"), "no_such_domain"),
    **dict.fromkeys(("1.3", "6.7"), "bad_address"),
    **dict.fromkeys(("2.1", "7.13"), "mailbox_disabled"),
    "2.2": "mailbox_full",
    **dict.fromkeys(("2.3", "3.4", "7.16"), "too_large"),
    **dict.fromkeys(("1.0", "1.5", "2.0", "2.4", "1.9"), "mailbox"),
    **dict.fromkeys(("1.7", "1.8", "7.27"), "sender_refused"),
    **dict.fromkeys(("3.0", "3.1", "3.2", "3.5", "4.5"), "busy"),
    **dict.fromkeys(("4.0", "4.1", "4.2", "4.3", "4.6"), "out_of_reach"),
    "4.7": "expired",
    **dict.fromkeys(
        ("3.3", "3.6", "5.0", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "7.19"), "protocol"
    ),
    **dict.fromkeys(
        ("6.0", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.8", "6.9", "6.10"), "content"
    ),
    **dict.fromkeys(("7.0", "7.1", "7.2", "7.14", "7.15"), "not_wanted"),
    **dict.fromkeys(
        ("7.3", "7.4", "7.5", "7.6", "7.8", "7.9", "7.10", "7.11", "7.12", "7.30"), "access"
    ),
    **dict.fromkeys(
        ("7.7", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.29"), "not_authentic"
    ),
    "7.28": "throttled",
}

# where there is no enhanced code, or none that is known
ACCESS = frozenset({432, 454, 530, 534, 535, 538})  # whatever stands beside them
BASIC: Mapping[int, str] = {
    421: "busy",
    **dict.fromkeys(ACCESS, "access"),
    450: "mailbox",
    451: "busy",
    452: "busy",
    **dict.fromkeys((455, 500, 501, 502, 503, 504, 555), "protocol"),
    **dict.fromkeys((521, 556), "no_such_domain"),
    550: "no_such_user",
    551: "no_such_user",
    552: "mailbox_full",
    553: "bad_address",
    554: "not_wanted",
}
OTHERWISE = "other"

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])", re.ASCII)


def reason(code: int, text: str) -> tuple[str, str]:
    """Return why, as we say it, and the code as they do."""
    found = _ENHANCED.match(text)
    if found and found[1] == str(code)[0]:
        told = found[0]
        if code in ACCESS:
            return BASIC[code], told
        if known := REASONS.get(told[2:]):
            return known, told
        return BASIC.get(code, OTHERWISE), told
    return BASIC.get(code, OTHERWISE), str(code)


def before_the_dot(code: int, text: str) -> Meaning:
    """Return what a reply means that is not the one that was waited for."""
    why, told = reason(code, text)
    if 500 <= code <= 599:
        return Meaning("absent" if why in OURS else "rejected", why, told)
    if 400 <= code <= 499:
        return Meaning("absent", why, told)
    return Meaning("absent", "protocol", str(code))


def after_the_dot(code: int, text: str) -> Meaning:
    """Return what the reply to the whole mail means."""
    if 200 <= code <= 299:
        return Meaning("handed")
    if 400 <= code <= 599:
        return before_the_dot(code, text)
    return Meaning("unknown", "protocol", str(code))


def status_reason(status: str) -> str:
    """Return why, of a status as delivery reports have it (RFC 3464); malformed: other."""
    found = _ENHANCED.fullmatch(status)
    return REASONS.get(status[2:], OTHERWISE) if found else OTHERWISE
