"""What citizens see: a handset's texts, a mailbox, an app, each with the last one at the bottom.

Links are relative, so that a page and what it leads to can be kept as files beside each other.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from deploy.sandbox.devices.calendar import entry
from deploy.sandbox.devices.item import Item, Kind, hidden, named
from shared.clock import VIETNAM

_STYLE = """
* { box-sizing: border-box }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #dfe3e9; color: #1b1f24 }
main { max-width: 28rem; min-height: 100vh; margin: auto; padding: 0 0 1.5rem; background: #fff }
header { position: sticky; top: 0; padding: .75rem 1rem; background: #f2f4f7;
  border-bottom: 1px solid #c5ccd6 }
h1 { font-size: 1.125rem; line-height: 1.35; margin: 0 } h2 { font-size: 1rem; margin: 0 }
.day { text-align: center; margin: 1rem 0 .5rem }
article { margin: 0 1rem .75rem; overflow-wrap: anywhere }
article p { white-space: pre-line; margin: .125rem 0 0 }
.sms { max-width: 20rem; width: fit-content }
.sms p { background: #e6e9ee; border-radius: 1.125rem 1.125rem 1.125rem .25rem;
  padding: .5rem .875rem; margin: 0 }
.sms small { padding-left: .875rem }
.email { border-bottom: 1px solid #c5ccd6; padding-bottom: .75rem }
.app { border: 1px solid #c5ccd6; border-radius: .875rem; padding: .625rem .875rem;
  background: #f8f9fb }
.top { display: flex; justify-content: space-between; gap: 1rem }
small { color: #4a5563; font-size: .8125rem } time { white-space: nowrap }
.file { display: block; margin: .5rem 0 0; padding: .5rem .75rem; border: 1px solid #c5ccd6;
  border-radius: .5rem; color: #0b4f9e }
.code { white-space: nowrap } .off { text-decoration: line-through }
a { color: #0b4f9e } .more { display: inline-block; padding: .25rem 0 }
ul { list-style: none; margin: 0; padding: 0 }
li a { display: block; padding: .75rem 1rem; border-bottom: 1px solid #c5ccd6;
  text-decoration: none }
li small { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
"""
_NAMES: dict[Kind, str] = {"sms": "Tin nhắn SMS", "email": "Thư điện tử", "app": "Ứng dụng"}
_CODE = re.compile(r"\b[\w.]+-\d{8}-\d{7}\b")
_NOTHING = "<article><p>Chưa có tin nào.</p></article>"


def devices(items: Iterable[Item]) -> str:
    """Return a list of all devices, the one that was last told something first."""
    by_name: dict[str, list[Item]] = {}
    for item in items:
        name = named(item.to)
        by_name[name] = [*by_name.pop(name, []), item]
    lines = "".join(_line(name, shown) for name, shown in reversed(by_name.items()))
    return _page("Thiết bị thử nghiệm", f"<ul>{lines}</ul>" if lines else _NOTHING)


def device(items: Sequence[Item]) -> str:
    """Return what one device shows."""
    if not items:
        return _page("Thiết bị thử nghiệm", _NOTHING)
    first, out = items[0], ""
    numbered = list(enumerate(items))
    for day, shown in groupby(numbered, lambda each: f"{each[1].at.astimezone(VIETNAM):%d/%m/%Y}"):
        out += f'<p class="day"><small>{day}</small></p>'
        out += "".join(_card(number, item) for number, item in shown)
    return _page(_NAMES[first.kind], out, hidden(first.to))


def _line(name: str, shown: Sequence[Item]) -> str:
    last = shown[-1]
    return (
        f'<li><a href="devices/{name}">{_NAMES[last.kind]} · {escape(hidden(last.to))}'
        f"<small>{len(shown)} tin · {_time(last)} · {escape(last.title or last.text)}</small>"
        "</a></li>"
    )


def _card(number: int, item: Item) -> str:
    parts = {"sms": _text, "email": _mail, "app": _push}[item.kind](number, item)
    return f'<article class="{item.kind}">{parts}</article>'


def _text(_: int, item: Item) -> str:
    return f"<p>{_said(item.text)}</p><small>{escape(item.sender)} · {_time(item)}</small>"


def _push(_: int, item: Item) -> str:
    return f"{_top(item)}<h2>{_said(item.title)}</h2><p>{_said(item.text)}</p>"


def _mail(number: int, item: Item) -> str:
    below = f"{named(item.to)}/"
    parts = [_top(item), f"<h2>{_said(item.title)}</h2><p>{_said(item.text.strip())}</p>"]
    for name, content in item.files:
        said = _of_calendar(content) or escape(name)
        parts.append(f'<a class="file" href="{below}files/{number}/{quote(name)}">{said}</a>')
    if item.html:
        link = f"{below}mails/{number}.html"
        parts.append(f'<a class="more" href="{link}">Xem như trong hộp thư</a>')
    return "".join(parts)


def _of_calendar(content: bytes) -> str:
    found = entry(content)
    if found is None:
        return ""
    what = f"{_said(found.title)}, {found.day:%d/%m/%Y}"
    if found.is_cancelled:
        what = f'<span class="off">{what}</span> (đã hủy)'
    return f"Lịch: {what}"


def _said(text: str) -> str:
    """Return a text, no code of a dossier in it broken."""
    return _CODE.sub(r'<span class="code">\g<0></span>', escape(text))


def _top(item: Item) -> str:
    sender = escape(item.sender.partition(" <")[0])
    return f'<small class="top"><span>{sender}</span>{_time(item)}</small>'


def _time(item: Item) -> str:
    at = item.at.astimezone(VIETNAM)
    return f'<time datetime="{at.isoformat()}">{at:%H:%M:%S}</time>'


def _page(title: str, content: str, whose: str = "") -> str:
    below = f"<small>{escape(whose)}</small>" if whose else ""
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
        f"<header><h1>{title}</h1>{below}</header>{content}</main></body></html>"
    )
