"""The page: what it asks for, what it shows, and what it keeps to itself."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.notify.forms_api import TOKEN
from services.operations import pages
from services.operations.domain.citizen.words import Language
from services.operations.example import STATUS
from services.operations.pages.labels import LABELS
from services.operations.settings import OperationsSettings
from services.operations.status_api import FORM_LIMIT_BYTES
from shared.events import routing
from tests.services.operations import scenes, variants
from tests.services.operations.families import CHILDREN
from tests.services.operations.scenes import SCENES, act, begun
from tests.services.operations.status.edge import FORM, FORMS, LINKS, StatusEdge
from tests.services.operations.variants import LONG, VARIANTS

VOID = {"meta", "input", "br", "link", "img"}


class Outline(HTMLParser):
    """Takes a page apart: ids, what refers to them, and what was left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def all(self, attribute: str) -> list[str]:
        return [v for _, attrs in self.tags if (v := attrs.get(attribute)) is not None]


async def page(edge: StatusEdge, scene: str, language: str = "vi") -> Outline:
    story = await edge.read(begun({**SCENES, **VARIANTS}[scene]))
    token = {"token": LINKS.token(story.application)}
    return Outline((await edge.post(token, f"/status?lang={language}")).text)


async def test_the_form_is_in_vietnamese_and_by_a_link_in_english(edge: StatusEdge) -> None:
    async with edge.client() as client:
        vi, en = await client.get("/status"), await client.get("/status?lang=en")
        odd = await client.get("/status?lang=xx")
    assert '<html lang="vi">' in vi.text
    assert 'href="?lang=en" lang="en"' in vi.text
    assert '<html lang="en">' in en.text
    assert odd.text == vi.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_keeps_frames_or_adds_to_the_page(edge: StatusEdge, method: str) -> None:
    async with edge.client() as client:
        answer = await client.request(method, "/status", headers=FORM)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = dict(p.split(" ", 1) for p in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["script-src"])
    assert "://" not in answer.text


async def test_nothing_typed_is_said_at_the_field_and_in_a_summary_that_leads_there(
    edge: StatusEdge,
) -> None:
    answer = await edge.post({"dossier_code": "H29", "code": ""})
    found = Outline(answer.text)
    assert answer.status_code == 422
    assert {"#dossier_code", "#code"} <= set(found.all("href"))
    dossier, code = (a for a in found.of("input") if a["id"] in ("dossier_code", "code"))
    assert dossier["value"] == "H29"
    for field in (dossier, code):
        assert field["aria-invalid"] == "true"
        assert f"{field['id']}-wrong" in str(field["aria-describedby"])
    assert "<title>Lỗi: " in answer.text
    assert 'role="alert"' in answer.text


async def test_what_is_typed_is_shown_as_text_alone(edge: StatusEdge) -> None:
    answer = await edge.post({"dossier_code": '"><script>alert(1)</script>', "code": "<b>"})
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


async def test_what_an_officer_writes_is_shown_as_text_alone(edge: StatusEdge) -> None:
    story = begun(scenes.processing)
    sign = scenes.routing.Suspended(national_code=8, officer="o1", reason="<img src=x onerror=y>")
    scenes.act(story, sign)
    await edge.read(story)
    answer = await edge.look(story)
    assert "<img" not in answer.text
    assert "&lt;img" in answer.text


async def test_what_is_to_be_brought_is_shown_in_full_however_long_it_may_be(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(variants.asked_at_length))
    assert variants.LONG in (await edge.look(story)).text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("scene", [*SCENES, *VARIANTS])
async def test_every_page_is_well_formed_and_all_that_is_referred_to_is_there(
    edge: StatusEdge, scene: str, language: str
) -> None:
    found = await page(edge, scene, language)
    ids = found.all("id")
    assert found.open == []
    assert len(ids) == len(set(ids))
    referred = [
        *found.all("aria-labelledby"),
        *found.all("for"),
        *(part for refs in found.all("aria-describedby") for part in refs.split()),
        *(h[1:] for h in found.all("href") if h.startswith("#")),
    ]
    assert set(referred) <= set(ids)
    assert [len(found.of(tag)) for tag in ("main", "header", "h1", "title")] == [1] * 4
    assert found.of("html") == [{"lang": language}]
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    labelled = set(found.all("for"))
    assert {str(i["id"]) for i in found.of("input") if i.get("type") != "hidden"} <= labelled


async def test_one_stage_is_the_current_one(edge: StatusEdge) -> None:
    assert (await page(edge, "processing")).all("aria-current") == ["step"]


async def test_what_is_in_another_language_says_so(edge: StatusEdge) -> None:
    found = await page(edge, "supplement_requested", "en")
    assert {"lang": "vi"} in found.of("blockquote")
    assert {"lang": "vi"} not in (await page(edge, "supplement_requested")).of("blockquote")


async def test_a_long_note_stands_once_in_full_and_a_short_one_wherever_it_belongs(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(variants.asked_at_length))
    text = (await edge.look(story)).text
    assert text.count(LONG) == 1
    assert text.count(f"<p>{LONG[:100]}") == 2
    assert LABELS["in_full_above"].vi in text
    act(story, routing.Suspended(national_code=8, officer="o1", reason="Chờ kết luận"))
    text = (await edge.look(await edge.read(story))).text
    assert (text.count(LONG), text.count("Chờ kết luận")) == (1, 2)
    assert LABELS["in_full_above"].vi not in text


async def test_the_language_is_changed_without_typing_the_codes_again(edge: StatusEdge) -> None:
    found = await page(edge, "processing")
    (token,) = {f["value"] for f in found.of("input") if f.get("name") == "token"}
    answer = await edge.post({"token": token}, "/status?lang=en")
    assert '<html lang="en">' in answer.text


async def test_a_part_that_is_registered_is_opened_from_its_parent(edge: StatusEdge) -> None:
    found = await page(edge, "family")
    tokens = {f["value"] for f in found.of("input") if f.get("name") == "token"}
    assert LINKS.token(CHILDREN[0].application) in tokens
    assert LINKS.token(CHILDREN[1].application) not in tokens


async def test_what_opens_it_stands_in_no_address(edge: StatusEdge) -> None:
    found = await page(edge, "family")
    assert all(len(a) < 40 for a in (*found.all("href"), *found.all("action")))


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        (FORM, b"x" * (FORM_LIMIT_BYTES + 1), 413),
        (FORM, b"&".join([b"a=1"] * 50), 422),
        (FORM, b"\xff=1", 422),
    ],
)
async def test_what_is_no_form_is_refused(edge: StatusEdge, headers, content, status) -> None:
    async with edge.client() as client:
        answer = await client.post("/status", content=content, headers=headers)
    assert answer.status_code == status


async def test_official_forms_are_asked_of_notify_by_buttons_that_need_no_script(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(SCENES["supplement_requested"]))
    answer = await edge.look(story)
    found = Outline(answer.text)
    buttons = [f for f in found.of("form") if str(f["action"]).startswith(FORMS)]
    assert [f["action"] for f in buttons] == [f"{FORMS}/{n}.pdf" for n in ("receipt", "supplement")]
    assert [f["method"] for f in buttons] == ["post", "post"]
    assert f"{FORMS}/receipt.html" in found.all("formaction")
    asked = TOKEN["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    names = {str(i["name"]) for i in found.of("input") if i.get("type") == "hidden"}
    assert set(asked["properties"]) <= names
    assert "form-action 'self' http://127.0.0.1:9;" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(("language", "elsewhere"), [("vi", "(thẻ mới)"), ("en", "(new tab)")])
def test_a_button_that_opens_a_new_tab_says_so(language: Language, elsewhere: str) -> None:
    page = pages.Pages(FORMS).status(language, STATUS, {"": "x"})
    opening = re.findall(r'<form[^>]*target="_blank".*?</form>', page, re.DOTALL)
    buttons = [b for form in opening for b in re.findall(r"<button[^>]*>(.*?)<span", form)]
    assert len(buttons) == 2 * len(STATUS.forms) > 0
    assert [b for b in buttons if elsewhere not in b] == []


def test_where_no_forms_are_served_none_are_offered() -> None:
    policy = pages.Pages().headers["content-security-policy"]
    assert "form-action 'self';" in policy
    page = pages.Pages().status("vi", STATUS, {"": "x"})
    assert "receipt.pdf" in pages.Pages(FORMS).status("vi", STATUS, {"": "x"})
    assert "receipt.pdf" not in page


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("", True),
        ("https://dvc.example.invalid/v1/forms", True),
        ("http://127.0.0.1:8104/v1/forms", True),
        ("https://dvc.example.invalid/v1/forms/", False),
        ("https://a.example; script-src *", False),
        ("dvc.example.invalid", False),
    ],
)
def test_an_address_that_cannot_be_one_ends_the_process(address: str, fits: bool) -> None:
    if fits:
        assert OperationsSettings(forms=address).forms == address
    else:
        with pytest.raises(ValidationError):
            OperationsSettings(forms=address)


def test_every_label_has_words_in_both_languages_and_is_in_use() -> None:
    here = Path(pages.__file__).parent
    sources = (*here.glob("*.html"), *here.parent.glob("*.py"))
    used = set(re.findall(r'"(\w+)"', "".join(p.read_text() for p in sources)))
    used |= {f"score_{n}" for n in range(1, 6)}
    assert [name for name, words in LABELS.items() if not (words.vi and words.en)] == []
    assert LABELS.keys() - used == set()
