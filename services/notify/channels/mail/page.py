"""The same words as a page: what a mail looks like where texts are not enough.

One column that fits any screen, no picture, no script, nothing fetched: it looks the same
everywhere and tells nobody that it was opened.  Colours have the contrast of WCAG 2.2 AA, by day
and by night; the tests count it.
"""

import re
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Literal, NamedTuple

Language = Literal["vi", "en"]


class Words(NamedTuple):
    """What stands around every message; the domain's own words are between."""

    house: str
    machine: str
    choose: str


WORDS: Mapping[Language, Words] = {
    "vi": Words(
        "Cổng Dịch vụ công",
        "Thư này được gửi tự động, vui lòng không trả lời. Cơ quan nhà nước không bao giờ hỏi "
        "mật khẩu hay mã OTP của bạn qua thư.",
        "Chọn cách nhận thông báo",
    ),
    "en": Words(
        "Public Service Portal",
        "This mail was sent by a machine; please do not answer it. No authority ever asks for "
        "your password or a one-time code by mail.",
        "Choose what you hear of",
    ),
}

# by day and by night: (text, what it stands on)
COLOURS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "day": {
        "head": ("#ffffff", "#9b1c1c"),
        "body": ("#1b1f24", "#ffffff"),
        "foot": ("#4a5563", "#f2f4f7"),
        "link": ("#0b4f9e", "#ffffff"),
        "foot_link": ("#0b4f9e", "#f2f4f7"),
    },
    "night": {
        "head": ("#ffffff", "#8b1a1a"),
        "body": ("#e8eaed", "#1b1f24"),
        "foot": ("#b3bcc8", "#12151a"),
        "link": ("#8ab8ff", "#1b1f24"),
        "foot_link": ("#8ab8ff", "#12151a"),
    },
}

ACCENTED_SHARE = 0.1  # of the letters of a Vietnamese text a third has accents
_ACCENTED = re.compile(r"[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
_LINK = re.compile(r"https://[^\s<>\"'{}|\\^`]+[^\s<>\"'{}|\\^`.,;:!?)\]]")
_CODE = re.compile(r"\b[A-Z]\d{2}(?:\.\d{1,3})*-\d{8}-\d{7}\b", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def spoken(text: str) -> Language:
    """Return the language of a text of ours: Vietnamese has accents, English at most in names."""
    letters = sum(map(str.isalpha, text))
    return "vi" if len(_ACCENTED.findall(text)) >= ACCENTED_SHARE * letters else "en"


def page(subject: str, text: str, language: Language, choose: str = "") -> str:
    """Return a page of a mail; `choose`: where one says what to hear of."""
    words = WORDS[language]
    link = (
        f'<p><a style="{_BUTTON}" href="{escape(choose)}">{words.choose}</a></p>' if choose else ""
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_plain(subject)}</title><style>{_STYLE}</style></head><body>"
        f'<div class="all" style="max-width:36rem;margin:0 auto">'
        f'<p class="head" style="{_paint("head")};{_BAND}">{escape(words.house)}</p>'
        f'<div class="body" role="main" style="{_paint("body")};{_ROOM}">'
        f'<h1 style="{_TITLE}">{_plain(subject)}</h1>{_paragraphs(text)}</div>'
        f'<div class="foot" role="contentinfo" style="{_paint("foot")};{_SMALL}">'
        f"<p>{escape(words.machine)}</p>{link}</div></div></body></html>"
    )


def _paint(part: str, when: str = "day") -> str:
    text, ground = COLOURS[when][part]
    return f"color:{text};background:{ground}"


_FONT = "font-family:system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
_BAND = f"margin:0;padding:1rem 1.25rem;font-weight:700;{_FONT}"
_ROOM = f"padding:1.25rem;{_FONT};font-size:1rem;line-height:1.6;overflow-wrap:anywhere"
_TITLE = "margin:0 0 1rem;font-size:1.375rem;line-height:1.35"
_BUTTON = "display:inline-block;padding:.25rem 0"  # as high as a finger needs
_SMALL = f"padding:.75rem 1.25rem;{_FONT};font-size:.875rem;line-height:1.5"
# what mail programs that drop styles lose is the night, and the ground around the column
_STYLE = (
    f"body{{margin:0;{_paint('foot')}}}"
    f".body a{{color:{COLOURS['day']['link'][0]}}}"
    f".foot a{{color:{COLOURS['day']['foot_link'][0]}}}"
    "@media(prefers-color-scheme:dark){"
    + "".join(
        f".{part}{{{_paint(part, 'night').replace(';', '!important;')}!important}}"
        for part in ("head", "body", "foot")
    )
    + f"body{{{_paint('foot', 'night')}}}"
    f".body a{{color:{COLOURS['night']['link'][0]}}}"
    f".foot a{{color:{COLOURS['night']['foot_link'][0]}}}}}"
)


def _paragraphs(text: str) -> str:
    """Return paragraphs, and lists of what begins with a hyphen."""
    out = ""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for is_list, lines in groupby(block.split("\n"), lambda line: line.startswith("- ")):
            if is_list:
                items = "".join(f"<li>{_line(line[2:])}</li>" for line in lines)
                out += f'<ul style="margin:0 0 1rem;padding-left:1.25rem">{items}</ul>'
            elif said := "<br>".join(map(_line, lines)):
                out += f'<p style="margin:0 0 1rem">{said}</p>'
    return out


def _line(text: str) -> str:
    """Return a line, its links to be followed; what is behind a `#` is not for reading."""
    out, at = "", 0
    for found in _LINK.finditer(text):
        out += _said(text[at : found.start()])
        out += f'<a href="{escape(found[0])}">{escape(found[0].partition("#")[0])}</a>'
        at = found.end()
    return out + _said(text[at:])


def _said(text: str) -> str:
    """Return a text, no code of a dossier in it broken."""
    return _CODE.sub(r'<span style="white-space:nowrap">\g<0></span>', _plain(text))


def _plain(text: str) -> str:
    return escape(_CONTROL.sub(" ", text))
