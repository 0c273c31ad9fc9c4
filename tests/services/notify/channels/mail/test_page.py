"""The page of a mail: the words that were said, readable by everybody, and nothing else."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.mail.page import COLOURS, WORDS, page, spoken

SUBJECT = "Hồ sơ G09.20-20261120-0000001: đã được tiếp nhận"
TEXT = """Hồ sơ G09.20-20261120-0000001 đã được tiếp nhận.
Xem tại https://dvc.test/ho-so#token, nếu cần.

Mang theo:
- căn cước
- giấy hẹn"""
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "a", "br", "ul", "li"}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "style", "role", "href"}


class Read(HTMLParser):
    """What a reader of the page finds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._is_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_style = tag in ("style", "title")
        self.text += "\n" if tag in ("p", "br", "li", "h1") else ""

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._is_style else data

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, told in self.tags for n, value in told.items() if n == name]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("when", COLOURS)
def test_every_text_stands_out_from_its_ground_by_day_and_by_night(when: str) -> None:
    assert set(COLOURS[when]) == {"head", "body", "foot", "link", "foot_link"}
    for text, ground in COLOURS[when].values():
        assert contrast(text, ground) >= 4.5
    parts = COLOURS[when]
    assert parts["link"][1] == parts["body"][1]
    assert parts["foot_link"][1] == parts["foot"][1]


@pytest.mark.parametrize("language", WORDS)
def test_it_says_its_language_what_it_is_about_and_what_was_said(language) -> None:
    html = page(SUBJECT, TEXT, language, "https://dvc.test/thong-bao")
    read = Read(html)
    assert read.attributes("lang") == [language]
    assert [t for t, _ in read.tags].count("h1") == 1
    for said in (WORDS[language].house, SUBJECT, "Xem tại https://dvc.test/ho-so, nếu cần."):
        assert f"\n{said}\n" in read.text
    assert "\ncăn cước\ngiấy hẹn" in read.text
    assert WORDS[language].machine in read.text
    assert [t for t, _ in read.tags].count("li") == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TEXT, "vi"),
        ("Hồ sơ G09.20-20261120-0000001 cần bổ sung.", "vi"),
        (
            "Application G09.20-20261120-0000001 was accepted by UBND phường Bến Nghé. "
            "See the details on the Public Service Portal.",
            "en",
        ),
        ("Application G09.20-20261120-0000001: 16,000 VND received.", "en"),
    ],
)
def test_a_text_of_ours_is_vietnamese_or_english(text: str, language: str) -> None:
    assert spoken(text) == language


def test_links_can_be_followed_and_what_is_behind_them_is_not_read_out() -> None:
    read = Read(page(SUBJECT, TEXT, "vi", "https://dvc.test/x"))
    assert read.attributes("href") == ["https://dvc.test/ho-so#token", "https://dvc.test/x"]
    assert "token" not in read.text
    assert Read(page(SUBJECT, "x", "vi")).attributes("href") == []


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = page(SUBJECT, TEXT, "vi", "https://dvc.test/x")
    assert not any(word in html for word in ("src=", "url(", "@import", "<script", "http://"))


words = st.text(max_size=60) | st.sampled_from(
    [
        "<script>",
        "'\"><b onclick=x>",
        "&amp;",
        "https://a.test/\"'<x>#y",
        "- x\n- y",
        "\n\n",
        "\x00",
    ]
)


@given(st.lists(words).map("".join), st.lists(words).map("".join))
def test_whatever_is_said_is_shown_and_never_done(subject: str, text: str) -> None:
    read = Read(page(subject, text, "vi"))
    assert {t for t, _ in read.tags} <= TAGS | {"span"}
    assert {name for _, told in read.tags for name in told} <= ATTRIBUTES
    assert all(link.startswith("https://") for link in read.attributes("href"))
