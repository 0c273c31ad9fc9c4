"""The words of a broadcast: checked like templates, and what an SMS of them costs."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec.structs import asdict

from services.notify.domain.milestones import BROADCAST, may_say
from services.notify.domain.sms_text import is_gsm, size
from services.notify.domain.templates import Row, misused
from services.notify.domain.wordings import SAMPLE
from shared.events.data import Problem

SEGMENTS_LIMIT = 3  # of an SMS, with the longest dossier code
SMS = ("plain", "en")
_NUMBER = re.compile(r"(?<!\d)(?:\d{9}|\d{12})(?!\d)")  # of a person, old and new

Long = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=459)]
Subject = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`plain` is the SMS in Vietnamese, without accents; `en` the SMS, too.  All may say
    `{dossier_code}`, and nothing else.
    """

    vi: Long
    plain: Short
    en: Short
    subject_vi: Subject
    subject_en: Subject


def as_template(broadcast: str, words: Words, at: datetime) -> Row:
    """Return the words as a row of templates."""
    return Row(milestone=f"{BROADCAST}{broadcast}", valid_from=at.date(), **asdict(words))


def segments(words: Words, language: str, dossier_code: str) -> int:
    """Return how many segments the SMS to an application has."""
    text = words.en if language == "en" else words.plain
    return size(text.replace("{dossier_code}", dossier_code)).segments


def problems(words: Words) -> tuple[Problem, ...]:
    """Say all that is wrong with words."""
    return tuple(p for field in Words.__struct_fields__ for p in _of(field, getattr(words, field)))


def _of(field: str, text: str) -> Iterator[Problem]:
    where, allowed = f"/words/{field}", may_say(BROADCAST)
    if not text.strip():
        vi, en = "Viết nội dung cho trường này.", "Write what this says."
        yield Problem(field=where, code="no-words", remedy_vi=vi, remedy_en=en)
    if next(misused(text, allowed), None):
        known = ", ".join(f"{{{name}}}" for name in sorted(allowed))
        yield Problem(
            field=where,
            code="unknown-variable",
            remedy_vi=f"Chỉ được dùng {known}; các dấu ngoặc nhọn khác phải bỏ đi.",
            remedy_en=f"Say {known} and nothing else in braces.",
        )
    if _NUMBER.search(text):
        yield Problem(
            field=where,
            code="personal-number",
            remedy_vi="Bỏ dãy 9 hoặc 12 chữ số: đó có thể là số định danh của một người.",
            remedy_en="Take out the run of 9 or 12 digits: it may be a person's number.",
        )
    if field in SMS:
        yield from _of_sms(where, text)


def _of_sms(where: str, text: str) -> Iterator[Problem]:
    wrong: Sequence[str] = [c for c in dict.fromkeys(text) if not is_gsm(c)]
    if wrong:
        yield Problem(
            field=where,
            code="not-gsm",
            remedy_vi=f"Viết không dấu; tin SMS không có ký tự {' '.join(wrong)}.",
            remedy_en=f"Write it without {' '.join(wrong)}: an SMS with it has 70 characters.",
        )
    elif size(text.replace("{dossier_code}", SAMPLE["dossier_code"])).segments > SEGMENTS_LIMIT:
        yield Problem(
            field=where,
            code="too-long",
            remedy_vi=f"Rút ngắn: tin SMS dài tối đa {SEGMENTS_LIMIT} phần.",
            remedy_en=f"Shorten it: an SMS has at most {SEGMENTS_LIMIT} segments.",
        )
