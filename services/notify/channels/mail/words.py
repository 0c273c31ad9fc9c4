"""What mail servers say, and what we say for it: reply codes (RFC 5321, 4954, 7504) and enhanced
status codes (RFC 3463 and the registry), of which the class decides and the rest is the reason.

    2yz after the final dot       handed
    4yz, at any step              absent: it definitely has not the mail, try again
    5yz before the dot            rejected, if a known enhanced code says that it is about the
                                  recipient's address (but not at MAIL, which names ours) or about
                                  the mail; else absent: the fault may be ours or the provider's,
                                  the next attempt finds it mended, or goes by another provider
    5yz after the dot             rejected; absent where the reason is ours
    anything else before the dot  absent: nothing was handed over
    silence, a lost connection or anything else after the dot   unknown: never sent twice

A reason says whether the address is at fault: for good (hard), for now (soft), or not at all.  Only
what is said at RCPT, or in a report, may blame it, and never without an enhanced code: a bare 550
is said of our own address, our network and our words just as well.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

Finding = Literal["handed", "rejected", "absent", "unknown"]
Hardness = Literal["hard", "soft"]
Step = Literal["MAIL", "RCPT", "DATA", "dot"]

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
OF_THE_MAIL = frozenset({"too_large", "content"})
OF_THE_ADDRESS = frozenset({*HARDNESS, "mailbox"})


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
    521: "access",
    **dict.fromkeys((550, 551, 552, 553, 556), "mailbox"),
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


def refused(step: Step, code: int, text: str) -> Meaning:
    """Return what a reply to a step means that is not the one that was waited for."""
    why, told = reason(code, text)
    if not 400 <= code <= 599:
        return Meaning("absent", "protocol", str(code))
    if code < 500:
        return Meaning("absent", why, told)
    if step == "MAIL" and why in OF_THE_ADDRESS:
        why = "sender_refused"
    elif step != "RCPT" and why in HARDNESS:
        why = "mailbox"
    is_exact = step == "dot" or (told[2:] in REASONS and why in OF_THE_MAIL | OF_THE_ADDRESS)
    is_theirs = is_exact and why not in OURS
    return Meaning("rejected" if is_theirs else "absent", why, told)


def after_the_dot(code: int, text: str) -> Meaning:
    """Return what the reply to the whole mail means."""
    if 200 <= code <= 299:
        return Meaning("handed")
    if 400 <= code <= 599:
        return refused("dot", code, text)
    return Meaning("unknown", "protocol", str(code))


def status_reason(status: str) -> str:
    """Return why, of a status as delivery reports have it (RFC 3464); malformed: other."""
    found = _ENHANCED.fullmatch(status)
    return REASONS.get(status[2:], OTHERWISE) if found else OTHERWISE
