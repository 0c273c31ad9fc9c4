"""Each reason is said in both languages, and nothing is said that has no code."""

import re
from pathlib import Path
from string import Formatter

import pytest

import services.routing.domain as domain
from services.routing.domain.reasons import NOTHING, REASONS, reason

SOURCE = {p.name: p.read_text() for p in Path(next(iter(domain.__path__))).glob("*.py")}
VIETNAMESE = re.compile("[àáảãạăâđèéẻẽẹêìíỉĩịòóỏõọôơùúủũụưỳýỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]")


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_in_vietnamese_and_in_english_and_is_used(code):
    vi, en = REASONS[code]
    assert VIETNAMESE.search(vi)
    assert not VIETNAMESE.search(en)
    assert fields(vi) - {"what_vi"} <= fields(en)
    used = "".join(text for name, text in SOURCE.items() if name != "reasons.py")
    assert f'"{code}"' in used or code.startswith("decided-by-")


def test_a_reason_says_what_it_is_about_in_both():
    why = reason("unknown-unit", unit="00001")
    assert "00001" in why
    assert "00001" in why.vi
    assert not NOTHING


async def test_a_refusal_at_once_gives_the_reason_in_both_languages(desk, registered):
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    body = {"action": "transfer", "competent_unit": "26737", "note": "a reason"}
    refused = await desk.act(headers={"if-match": '"1"'}, **body)
    (problem,) = refused.json()["problems"]
    assert problem["remedy_vi"].startswith("26737 thuộc tỉnh khác: chọn một đơn vị của 01. Hiện")
    assert problem["remedy_en"].startswith("26737 is in another province: choose a unit of 01. P")


async def test_a_rejection_later_gives_the_reason_in_both_languages(desk, registered):
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    path = (await desk.act(action="settle")).json()["outcome"]
    await desk.decide()
    told = (await desk.http.get(path)).json()
    assert "possible now: accept" in told["reason"]
    assert "hiện có thể: accept" in told["reason_vi"]
