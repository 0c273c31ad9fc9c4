"""A run as one HTML page that needs nothing else: for a phone, a screen and paper.

Texts of a partner are escaped; the page has no script.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from deploy.conformance.cases import CASES, Became, Exchange, Outcome, Played, seen

_PAGE = Path(__file__).with_name("page.html")
WORDS: Mapping[Became, tuple[str, str, str]] = {
    "passed": ("✓", "passed", "đạt"),
    "failed": ("✗", "failed", "không đạt"),
    "not_applicable": ("–", "does not apply", "không áp dụng"),
}
PLAYED: Mapping[str, tuple[str, str]] = {
    "bank": ("the bank, before motcua", "ngân hàng, gọi tới motcua"),
    "ours": ("motcua, before the bank", "motcua, gọi tới ngân hàng"),
}
# text and what it stands on; every pair has the contrast of WCAG AA, which a test computes
THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "ground": "#f6f7f9",
        "card": "#ffffff",
        "code": "#f0f2f5",
        "line": "#d5dae1",
        "text": "#1b2430",
        "dim": "#4d5968",
        "passed": "#11652f",
        "failed": "#a81818",
        "not_applicable": "#4d5968",
    },
    "dark": {
        "ground": "#12161c",
        "card": "#1a2029",
        "code": "#232b36",
        "line": "#384252",
        "text": "#e7ebf0",
        "dim": "#aab4c1",
        "passed": "#6fdc93",
        "failed": "#ff9a93",
        "not_applicable": "#aab4c1",
    },
}


def page(played: Played) -> str:
    """Return a run as HTML."""
    verdict: Became = "passed" if played.is_conform else "failed"
    mark, _, _ = WORDS[verdict]
    as_whom, as_whom_vi = PLAYED[played.side]
    counts = {became: played.count(became) for became in WORDS}
    return Template(_PAGE.read_text()).substitute(
        light=_colours("light"),
        dark=_colours("dark"),
        partner=escape(played.partner),
        title=escape(played.title),
        family=escape(played.family),
        as_whom=as_whom,
        as_whom_vi=as_whom_vi,
        against=escape(played.against),
        began=escape(played.began.replace("T", " ")),
        verdict=verdict,
        mark=mark,
        says="conforms" if played.is_conform else "does not conform yet",
        says_vi="phù hợp" if played.is_conform else "chưa phù hợp",
        counts=" · ".join(f"{counts[b]} {en}" for b, (_, en, _) in WORDS.items()),
        counts_vi=" · ".join(f"{counts[b]} {vi}" for b, (_, _, vi) in WORDS.items()),
        cases="\n".join(_case(played, outcome) for outcome in played.outcomes),
    )


def _colours(theme: str) -> str:
    return ";".join(f"--{name.replace('_', '-')}:{c}" for name, c in THEMES[theme].items())


def _case(played: Played, outcome: Outcome) -> str:
    title, (mark, word, word_vi) = CASES[outcome.case], WORDS[outcome.became]
    is_open = " open" if outcome.became == "failed" else ""
    took = f"{outcome.took_s:.2f} s" if outcome.exchanges else ""
    why = "Why" if outcome.became == "not_applicable" else "Rests on"
    steps = "".join(_step(n, exchange) for n, exchange in enumerate(outcome.exchanges, 1))
    listed = f"<ol>{steps}</ol>" if steps else ""
    return (
        f'<details id="{outcome.case}"{is_open}><summary>'
        f'<span class="mark {outcome.became}">{mark} {word}</span>'
        f'<span class="name">{title.en} <span class="dim" lang="vi">{title.vi}</span></span>'
        f'<span class="took dim">{took}</span></summary>'
        f"<p>{escape(seen(played.side, outcome.case))}</p>"
        f'<p class="dim">{why}: {escape(outcome.clause)}</p>{listed}'
        f'<p class="dim" lang="vi">Kết quả: {word_vi}.</p></details>'
    )


def _step(number: int, exchange: Exchange) -> str:
    became: Became = "passed" if exchange.is_right else "failed"
    verdict = f"{WORDS[became][0]} {'as' if exchange.is_right else 'not as'} expected"
    rows = {"Sent": exchange.sent, "Expected": exchange.expected, "Got": exchange.got}
    told = "".join(
        f"<dt>{name}</dt><dd><pre>{escape(text)}</pre></dd>" for name, text in rows.items()
    )
    return (
        f'<li><h2>{number}. {escape(exchange.does)} <span class="mark {became}">{verdict}</span>'
        f"</h2><dl>{told}</dl></li>"
    )
