"""What came to devices, by the books of who carried it: each names a message in its own way."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from deploy.audit.evidence import Heard
from services.notify.channels.smpp.submitting import reference
from services.notify.domain.slots import slot_of
from services.notify.domain.templates import NoWords, ours
from shared.events.notify import NoticeRequested

GATEWAY, CENTRE, MAIL, APP = "sms", "smsc", "inbox-mail", "inbox-app"
_INBOX = {"email": MAIL, "app": APP}


class Devices(NamedTuple):
    """What carriers took, by the key of the attempt, and how often.

    `lost`: what no device has of it, as its carrier says; `unasked`: whose carrier cannot be asked.
    `carried`: by carrier and fault, how often something went wrong.
    """

    handed: Mapping[str, int]
    lost: Collection[str] = frozenset()
    unasked: Collection[str] = frozenset()
    carried: Mapping[tuple[str, str], int] = {}


def of_gateway(outbox: Mapping[str, Any]) -> Devices:
    """Read the books of the SMS gateway: it knows messages by our references."""
    befell = {(GATEWAY, what): times for what, times in outbox["befell"].items()}
    return Devices(outbox["counts"], outbox["lost"], (), befell)


def of_inbox(outbox: Mapping[str, Any]) -> Devices:
    """Read the books of mails and apps: they know messages by our references, too."""
    befell = {(_INBOX[kind], what): times for kind, what, times in outbox["befell"]}
    mails = [key for key in outbox["counts"] if _channel(key) == "email"]
    return Devices(outbox["counts"], outbox["lost"], mails, befell)


def of_centre(outbox: Mapping[str, Any], notify: Iterable[Heard]) -> Devices:
    """Read the books of a message centre: it knows 16 bits of our reference, and the text.

    What fits nothing that it was asked to carry stands under a name of its own.
    """
    asked = [one for one in _asked(notify) if one.provider == CENTRE]
    keys = _keys(outbox["counts"], asked)
    handed: Counter[str] = Counter()
    for what, times in outbox["counts"].items():
        handed[keys.get(what, f"{CENTRE}/{what}/1")] += times
    befell = {(CENTRE, what): times for what, times in outbox["befell"].items()}
    lost = [keys[what] for what in outbox["lost"] if what in keys]
    return Devices(handed, lost, list(handed), befell | {(CENTRE, "binds"): outbox["binds"]})


def _asked(notify: Iterable[Heard]) -> Iterator[NoticeRequested]:
    for heard in notify:
        if heard.event and heard.event.type == NoticeRequested.TYPE:
            yield msgspec.json.decode(heard.event.data, type=NoticeRequested)


def _keys(shown: Iterable[str], asked: Iterable[NoticeRequested]) -> dict[str, str]:
    """Return whose each message is: by reference and text; where a deployment says more than the
    words that come with the code, as names of units, by reference and dossier code.
    """
    found: dict[str, str] = {}
    others: dict[str, list[NoticeRequested]] = {}
    known = set(shown)
    for one in asked:
        tag = f"{reference(one.key):04x}"
        if (what := f"{tag}/{_text(one)}") in known:
            found[what] = one.key
        else:
            others.setdefault(tag, []).append(one)
    for what in known - found.keys():
        tag, _, text = what.partition("/")
        for one in others.get(tag, ()):
            if (code := one.params.get("dossier_code")) and code in text:
                found[what] = one.key
    return found


def together(*books: Devices) -> Devices:
    """Return all of it as one."""
    handed, carried = Counter[str](), Counter[tuple[str, str]]()
    lost, unasked = set[str](), set[str]()
    for each in books:
        handed.update(each.handed)
        carried.update(each.carried)
        lost.update(each.lost)
        unasked.update(each.unasked)
    return Devices(handed, lost, unasked, carried)


def _channel(key: str) -> str:
    try:
        return slot_of(key.partition("/")[2].rpartition("/")[0]).channel
    except (KeyError, ValueError):  # no key of ours
        return ""


def _text(asked: NoticeRequested) -> str:
    """Return what a handset shows, in the words that come with the code."""
    told = [
        (asked.template, asked.params),
        *((also.template, also.params) for also in asked.joined),
    ]
    try:
        return " ".join(ours().render(name, params).text for name, params in told)
    except NoWords:
        return ""  # it went nowhere
