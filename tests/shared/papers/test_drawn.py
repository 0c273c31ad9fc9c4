"""Every form in every language, drawn, and read back by readers of others."""

import io
import json
import re
from html.parser import HTMLParser

import msgspec
import pypdf
import pytest

from shared.masking import HIDDEN
from shared.papers import FACTS, form, sheet
from shared.papers.page import page
from shared.papers.pdf import pdf
from shared.papers.sheet import AS_THEY_ARE

FORMS = pytest.mark.parametrize("name", FACTS)
LANGUAGES = pytest.mark.parametrize("language", ["vi", "en"])


def drawn(facts, language="vi"):
    name = next(n for n, kind in FACTS.items() if type(facts) is kind)
    return sheet(form(name, facts.at.date()), facts, language)


def changed(facts, changes):
    return msgspec.structs.replace(facts, **changes)


def read(made):
    return pypdf.PdfReader(io.BytesIO(made))


def words(text):
    return " ".join(text.replace("\u200b", "").split())


def text_of(made):
    return words("\n".join(each.extract_text() for each in read(made).pages))


class Seen(HTMLParser):
    """A page as it is read: its text, and its elements in order."""

    def __init__(self, made):
        super().__init__()
        self.text, self.elements, self.is_style = "", [], False
        self.feed(made.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.is_style = tag == "style"

    def handle_data(self, data):
        self.text += "" if self.is_style else data

    def tags(self, name):
        return [attrs for tag, attrs in self.elements if tag == name]


@FORMS
@LANGUAGES
def test_a_form_says_the_same_as_pdf_and_as_a_page(usual, name, language):
    whole = drawn(usual[name], language)
    printed, seen = text_of(pdf(whole)), words(Seen(page(whole)).text)

    assert "H29.1-20261120-0000001" in printed
    assert whole.title.vi.upper() in printed
    for block in whole.blocks:
        for said in (
            block.label,
            *block.lines,
            *block.columns,
            *(c for r in block.rows for c in r),
        ):
            for line in said.vi.split("\n"):
                assert words(line) in seen
                assert words(line).replace(" ", "") in printed.replace(" ", "")
    assert (whole.title.en in printed) == (whole.title.en in seen) == (language == "en")


@FORMS
@LANGUAGES
def test_the_awkward_is_drawn_too(usual, awkward, name, language):
    whole = drawn(changed(usual[name], awkward[name]), language)

    assert "/MarkInfo" in read(pdf(whole)).trailer["/Root"]
    seen = Seen(page(whole))
    assert not seen.tags("script")
    assert not seen.tags("b")


@FORMS
def test_what_is_not_known_leaves_no_line_behind(usual, bare, name):
    whole = drawn(changed(usual[name], bare[name]))

    lines = [said.vi for block in whole.blocks for said in block.lines]
    assert "" not in lines
    assert not any("None" in line or "Vào lúc" in line for line in lines)
    assert whole.signed is None
    assert pdf(whole).startswith(b"%PDF-")
    assert "None" not in Seen(page(whole)).text


def test_forty_documents_go_over_two_pages_each_with_the_code(usual, awkward):
    pages = read(pdf(drawn(changed(usual["receipt"], awkward["receipt"])))).pages

    assert len(pages) == 2
    for n, each in enumerate(pages, 1):
        assert "H29.1-20261120-0000001" in each.extract_text()
        assert f"{n}/2" in each.extract_text()
    assert "Văn bản thứ 40" in words(pages[1].extract_text())


@FORMS
def test_the_same_facts_give_the_same_bytes_on_any_day(usual, name):
    whole = drawn(usual[name])
    once = pdf(whole)

    assert once == pdf(whole)
    assert page(whole) == page(whole)
    assert "/CreationDate" not in read(once).metadata or "20261120" in str(
        read(once).metadata["/CreationDate"]
    )


@FORMS
def test_a_pdf_is_tagged_has_a_title_a_language_and_its_fonts_with_it(usual, name):
    made = read(pdf(drawn(usual[name])))
    root = made.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert made.metadata.title.endswith("H29.1-20261120-0000001")
    for each in made.pages:
        for font in each["/Resources"]["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"]
            assert {"/FontFile3", "/FontFile2"} & set(descriptor)


@FORMS
@LANGUAGES
def test_a_page_can_be_read_by_who_does_not_see_it(usual, name, language):
    seen = Seen(page(drawn(usual[name], language)))

    assert seen.tags("html") == [{"lang": "vi"}]
    assert len(seen.tags("h1")) == len(seen.tags("main")) == 1
    assert all(head["scope"] in ("col", "row") for head in seen.tags("th"))
    ids = {attrs["id"] for _, attrs in seen.elements if "id" in attrs}
    named = {
        attrs["aria-labelledby"] for _, a in [*seen.elements] if (attrs := a).get("aria-labelledby")
    }
    assert named <= ids
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in seen.elements}
    glosses = [a for a in seen.tags("span") if a.get("class") == "gloss"]
    assert bool(glosses) == (language == "en")
    assert all(a["lang"] == "en" for a in glosses)
    if name == "control-slip":
        assert (
            len(seen.tags("table")) == len(seen.tags("thead")) == len(seen.tags("figcaption")) == 1
        )


@FORMS
@LANGUAGES
def test_no_text_of_a_form_shows_a_personal_number(usual, name, language):
    number = "079200001234"
    facts = usual[name]
    texts = {
        field: (f"x {number} y",) if isinstance(value, tuple) else f"x {number} y"
        for field in facts.__struct_fields__
        if isinstance(value := getattr(facts, field), str | tuple) and field not in AS_THEY_ARE
    }
    if "steps" in texts:
        texts["steps"] = tuple(
            msgspec.structs.replace(s, name=number, unit=number, officer=number, name_en=number)
            for s in facts.steps
        )
    whole = drawn(changed(facts, texts), language)

    for made in (text_of(pdf(whole)), page(whole).decode(), json.dumps(msgspec.to_builtins(whole))):
        assert number not in re.sub(r"\s", "", made)
    assert HIDDEN in text_of(pdf(whole))


@LANGUAGES
def test_a_receipt_says_where_to_look_and_the_code_whatever_digits_it_has(usual, language):
    whole = drawn(usual["receipt"], language)
    made = pdf(whole)
    seen = Seen(page(whole))

    assert "0792-0000-1234" in text_of(made)
    assert "0792-0000-1234" in words(seen.text)
    address = usual["receipt"].status_page
    [link] = [a.get_object()["/A"]["/URI"] for a in read(made).pages[0]["/Annots"]]
    assert link == seen.tags("a")[0]["href"] == address
    assert len(seen.tags("svg")) == 1
    assert {"role": "img", "class": "qr", "aria-label": f"QR: {address}"} in seen.tags("span")
    every = (read(made).get_object(n) for n in range(1, read(made).trailer["/Size"]))
    assert [o["/Alt"] for o in every if isinstance(o, dict) and "/Alt" in o] == [f"QR: {address}"]


def test_a_document_called_like_a_standing_is_still_a_document(usual):
    whole = drawn(changed(usual["receipt"], {"documents": ("late",)}))

    assert [b.lines[0].vi for b in whole.blocks if b.kind == "list"] == ["late"]
