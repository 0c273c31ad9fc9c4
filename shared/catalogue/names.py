"""Vietnamese names, written the same way whoever wrote them.

A tone mark may stand on either vowel (hoà, hòa: both are right), as one character or as two, or be
left out; what kind of unit it is may be written out, abbreviated or left out.
"""

import re
from unicodedata import combining, normalize

# grave, acute, tilde, hook above, dot below; the other marks (ă, â, ê, ô, ơ, ư) make other vowels
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"\S+")
_BETWEEN = re.compile(r"[^\w\u0300-\u036f]+")
_ABBREVIATED = {"p": "phường", "x": "xã", "đk": "đặc khu", "t": "tỉnh", "tp": "thành phố"}
_KINDS = ("phường", "xã", "đặc khu", "tỉnh", "thành phố", "thị trấn")


def folded(name: str) -> str:
    """Return a name without marks and case: what it is searched by."""
    return "".join(c for c in _words(name) if not combining(c)).replace("đ", "d")


def spoken(name: str) -> str:
    """Return a name with each syllable's tone at its end, without case: what it sounds like."""
    return _WORD.sub(_tone_last, _words(name))


def without_kind(name: str) -> str:
    """Return what follows the kind of unit in a folded or spoken name."""
    for kind in (*map(folded, _KINDS), *map(spoken, _KINDS)):
        if name.startswith(f"{kind} "):
            return name.removeprefix(f"{kind} ")
    return name


def _words(name: str) -> str:
    words = _BETWEEN.sub(" ", normalize("NFD", name.casefold())).split()
    if len(words) > 1 and words[0] in _ABBREVIATED:
        words[0] = normalize("NFD", _ABBREVIATED[words[0]])
    return " ".join(words)


def _tone_last(word: re.Match[str]) -> str:
    return _TONE.sub("", word[0]) + "".join(_TONE.findall(word[0]))
