"""The reports of a run: whole, readable by who reads such files, and without a key."""

import io
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema
from rich.console import Console

from deploy.conformance.cases import NAMES, Exchange, Outcome, Played
from deploy.conformance.junit import junit
from deploy.conformance.page import THEMES, page
from deploy.conformance.shown import as_line, show
from deploy.conformance.wire import SHOWN_LIMIT, Shown, secrets_of
from services.payment.gateways import Sending
from tests.deploy.conformance.conftest import played
from tests.deploy.conformance.town import ONE_OF_EACH, at_work

SCHEMA = Path(__file__).parent / "junit_schema" / "JUnit.xsd"
NASTY = '<script>alert("x")</script> & \x00\x1b[31m \ud800 $partner [red]'
AA = 4.5  # WCAG 2.2, 1.4.3
VOID = {"meta", "link", "br", "hr"}


def a_run(*outcomes: Outcome, **changes) -> Played:
    run = Played(
        partner="sen-vang",
        title="Cổng thanh toán Sen Vàng (thử nghiệm)",
        family="vnpay",
        side="bank",
        against="http://127.0.0.1:8103",
        began="2026-11-20T09:00:00+07:00",
        outcomes=outcomes,
    )
    return run._replace(**changes)


RIGHT = Outcome(
    "valid", "passed", "A clause", [Exchange("paid", "GET /", "200", "200 {}", True)], 0.25
)
WRONG = Outcome("replay", "failed", NASTY, [Exchange(NASTY, NASTY, NASTY, NASTY, False)], 1.0)
NOT = Outcome("slow", "not_applicable", "It has no body.")
WHOLE = a_run(RIGHT, WRONG, NOT)


class Tags(HTMLParser):
    """The elements of a page, and whether each that begins also ends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.seen, self.ids = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


# ---- JUnit


@pytest.mark.parametrize("run", [WHOLE, a_run(RIGHT), a_run(NOT), a_run()], ids=str)
def test_the_junit_file_is_valid(run):
    xmlschema.XMLSchema(str(SCHEMA)).validate(io.BytesIO(junit(run)))


def test_the_junit_file_tells_what_failed_and_what_does_not_apply():
    [suite] = Xml.fromstring(junit(WHOLE))
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "0")
    assert cases == {"valid": [], "replay": ["failure"], "slow": ["skipped"]}
    told = suite.findtext("system-out")
    for text in ("GET /", "expected: 200", "Rests on: A clause", "It has no body."):
        assert text in told


# ---- HTML


def test_what_a_partner_says_is_no_part_of_the_page():
    text = page(WHOLE._replace(partner=NASTY, title=NASTY, against=NASTY))
    found = Tags(text)

    assert "script" not in found.seen
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))


def test_the_page_needs_nothing_but_itself():
    text = page(WHOLE)
    for elsewhere in ("src=", "href=", "url(", "@import", "<link", "<script"):
        assert elsewhere not in text


def test_the_page_shows_each_case_with_what_it_rests_on():
    text = page(WHOLE)
    assert Tags(text).ids == ["valid", "replay", "slow"]
    for said in ("GET /", "A clause", "It has no body.", "does not conform yet", "chưa phù hợp"):
        assert said in text
    assert text.count("<details") == 3
    assert text.count(" open><summary>") == 1, "what failed is open"
    assert "conforms" in page(a_run(RIGHT))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["text", "dim", "passed", "failed", "not_applicable"])
@pytest.mark.parametrize("ground", ["ground", "card", "code"])
def test_every_text_can_be_read_on_its_ground(theme, text, ground):
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= AA


def test_contrast_is_computed_as_wcag_has_it():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < AA < contrast("#767676", "#ffffff")


# ---- the terminal


def test_a_run_is_shown_and_said_as_json():
    out = io.StringIO()
    show(Console(file=out, width=200), a_run(RIGHT, WRONG._replace(clause="[b]"), NOT))
    assert "1 passed, 1 failed, 1 do not apply" in out.getvalue()
    assert "[red]" in out.getvalue(), "what a partner says is shown as it is"

    told = json.loads(as_line(a_run(RIGHT, NOT)))
    assert told["conforms"] is True
    assert told["outcomes"][0]["exchanges"][0]["got"] == "200 {}"


def test_a_run_in_which_nothing_applies_does_not_conform():
    assert not a_run(NOT).is_conform
    assert not a_run().is_conform


# ---- keys


def test_keys_are_not_shown_and_signatures_shortened():
    shown = Shown(["a-secret", "a-secret-and-more", ""])
    proof = "ab" * 32
    text = shown.sent(Sending("http://x", f"{proof} a-secret-and-more a-secret".encode()))

    assert "secret" not in text
    assert "ababab…" in text
    assert proof not in text
    assert len(shown.text("x" * 10_000)) <= SHOWN_LIMIT + 1


@pytest.mark.parametrize("side", ["bank", "ours"])
@pytest.mark.parametrize("family", ["vnpay", "momo", "payos", "zalopay"])
async def test_no_report_has_a_key_in_it(a_town, side, family):
    async with at_work(a_town()) as town:
        row = town.partners[ONE_OF_EACH[family]]
        run = await played(town, side, row.name)

    assert len(run.outcomes) == len(NAMES)
    for report in (page(run), junit(run).decode(), as_line(run)):
        for secret in (*secrets_of(row), "portal-key"):
            assert secret not in report
