"""A form with its facts in it, ready to be drawn: texts alone, nothing to decide."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from shared.papers.facts import Facts, Step
from shared.papers.qr import qr
from shared.papers.said import STANDS, Said, brief, day, said, shown
from shared.papers.table import Column, Form, Part, placeholders
from shared.working_time import local_day

Language = Literal["vi", "en"]

# facts that are written in a way of their own: no text of a person, and times of steps
AS_THEY_ARE: Mapping[str, Callable[[Any], Said]] = {
    **dict.fromkeys(("dossier_code", "status_page", "status_code"), Said),
    "standing": STANDS.__getitem__,
    **dict.fromkeys(("begun", "ended", "until"), brief),
}

NATION = Said("Cộng hòa xã hội chủ nghĩa Việt Nam", "Socialist Republic of Viet Nam")
MOTTO = Said("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")
DOSSIER = Said("Mã hồ sơ", "Dossier")
FOOT = Said(
    "Bản thể hiện điện tử, lập từ dữ liệu của hồ sơ.",
    "Drawn from the data of the dossier. The Vietnamese text is the official one.",
)


class Block(msgspec.Struct, frozen=True, omit_defaults=False, gc=False):
    """A part: `label` over `lines` (fact, list, sentence), or over `rows` under `columns`.

    `qr`: the fact as a QR code, as SVG.
    """

    kind: Literal["fact", "list", "text", "table"]
    label: Said
    lines: tuple[Said, ...] = ()
    columns: tuple[Said, ...] = ()
    rows: tuple[tuple[Said, ...], ...] = ()
    qr: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A form as it is drawn; glosses show in English alone.  `day`: that of issue, for the file."""

    language: Language
    form: str
    day: tuple[int, int, int]
    of: Said
    nation: Said
    motto: Said
    unit: str
    province: str
    desk: Said
    on: Said
    title: Said
    dossier: Said
    dossier_code: str
    blocks: tuple[Block, ...]
    signed: Said | None
    signer: str
    foot: Said


def sheet(form: Form, facts: Facts, language: Language = "vi") -> Sheet:
    """Return a form with these facts in it."""
    on, signer = day(facts.at), form.signed and shown(getattr(facts, form.signed.fact))
    return Sheet(
        language=language,
        form=form.form,
        day=_day(facts),
        of=form.of,
        nation=NATION,
        motto=MOTTO,
        unit=shown(facts.unit),
        province=shown(facts.province) if facts.province != facts.unit else "",
        desk=form.desk,
        on=Said(f"Ngày {on.vi}", on.en),
        title=form.title,
        dossier=DOSSIER,
        dossier_code=facts.dossier_code,
        blocks=tuple(_blocks(form, facts)),
        signed=Said(form.signed.vi, form.signed.en) if form.signed and signer else None,
        signer=signer or "",
        foot=FOOT,
    )


def _day(facts: Facts) -> tuple[int, int, int]:
    on = local_day(facts.at)
    return on.year, on.month, on.day


def _blocks(form: Form, facts: Facts) -> Iterator[Block]:
    for part in form.parts:
        label = Said(part.vi, part.en)
        if part.columns:
            if steps := getattr(facts, part.each):
                columns = tuple(Said(c.vi, c.en) for c in part.columns)
                rows = tuple(_row(part.columns, step) for step in steps)
                yield Block("table", label, columns=columns, rows=rows)
        elif part.each:
            if lines := tuple(map(said, getattr(facts, part.each))):
                yield Block("list", label, lines)
        elif part.fact:
            if (value := _glossed(facts, part.fact)).vi:
                yield Block("fact", label, (value,), qr=qr(value.vi) if part.qr else "")
        elif sentence := _sentence(part, facts):
            yield Block("text", Said(""), (sentence,))


def _sentence(part: Part, facts: Facts) -> Said | None:
    values = {name: _glossed(facts, name) for name in placeholders(part)}
    if not all(value.vi for value in values.values()):
        return None
    vi = part.vi.format_map({name: value.vi for name, value in values.items()})
    en = part.en.format_map({name: value.en or value.vi for name, value in values.items()})
    return Said(vi, en)


def _row(columns: tuple[Column, ...], step: Step) -> tuple[Said, ...]:
    return tuple(_glossed(step, column.fact) for column in columns)


def _glossed(facts: Facts | Step, name: str) -> Said:
    """Return a fact as it is written, with what the facts say of it in English."""
    found = getattr(facts, name)
    if name in AS_THEY_ARE:
        return AS_THEY_ARE[name](found)
    value = said(found)
    return Said(value.vi, shown(en)) if (en := getattr(facts, f"{name}_en", "")) else value
