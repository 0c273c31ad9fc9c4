"""What an operator proposes: other rules, other units, another day; and what of it is refused."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from services.routing.domain.preview import Proposal, missing_heirs
from services.routing.domain.rule_file import TOLD_LIMIT, wrongs
from services.routing.domain.rules import Rules
from shared.catalogue import Catalogue, Unit
from shared.clock import Clock
from shared.events.data import Problem
from shared.problems import Refusal
from shared.working_time import local_day

UNITS_LIMIT = 5_000
TRIALS_LIMIT = 2_000_000  # some seconds

Code = Annotated[str, Meta(pattern="^[0-9]{2}([0-9]{3})?$")]
Codes = Annotated[str, Meta(pattern="^[0-9]{5}( [0-9]{5}){0,9}$")]
Heirs = Annotated[dict[Code, Codes], Meta(max_length=UNITS_LIMIT)]
After = Annotated[str, Meta(pattern="^([0-9a-f-]{36})?$")]


class Rehoming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows units that ended (`{"00082": "00004"}`, several codes: split), as of a day
    (empty: today); `after`: the `next` of the page before.
    """

    successors: Heirs = {}
    on: date | None = None
    after: After = ""


class Proposed(Rehoming, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same under other rules or units, which take the place of those in force."""

    rules: Rules | None = None
    units: Annotated[tuple[Unit, ...], Meta(max_length=UNITS_LIMIT)] = ()


def proposal_of(asked: Rehoming, catalogue: Catalogue, rules: Rules, clock: Clock) -> Proposal:
    """Return what is proposed.  Raises `Refusal` with every code that is no unit's."""
    on = asked.on or local_day(clock())
    proposal = Proposal(catalogue, rules, on, asked.successors)
    problems = tuple(_no_unit(code, on) for code in missing_heirs(proposal))
    if problems:
        detail = "Name units that are in force on that day, or add them to `units`."
        raise Refusal(422, "unknown-unit", detail, problems)
    return proposal


def refuse_what_is_not_yet(proposal: Proposal, clock: Clock) -> None:
    """Let nothing be carried out before its day.  Raises `Refusal`."""
    today = local_day(clock())
    if proposal.on <= today:
        return
    problem = Problem(
        field="/on",
        code="not-yet",
        remedy_vi=f"Đến ngày {proposal.on} mới thực hiện được; trước đó chỉ xem trước.",
        remedy_en=f"Send it on {proposal.on} or later; until then, preview it.",
    )
    raise Refusal(422, "not-yet", f"Today is {today}: nothing was sent.", (problem,))


def _no_unit(code: str, on: date) -> Problem:
    return Problem(
        field="/successors",
        code="unknown-unit",
        remedy_vi=f"Không có đơn vị nào mang mã {code} vào ngày {on}: sửa mã hoặc thêm đơn vị.",
        remedy_en=f"No unit has the code {code} on {on}: correct it, or add the unit.",
    )


def refuse_what_takes_too_long(proposal: Proposal) -> None:
    """Each rule is tried on each case, and each procedure and province named makes more of both."""
    rules = proposal.rules
    if rules.case_count() * len(rules.rules) <= TRIALS_LIMIT:
        return
    problem = Problem(
        field="/rules",
        code="too-many-cases",
        remedy_vi="Bộ quy tắc nêu quá nhiều thủ tục và tỉnh: hãy xem trước từng phần.",
        remedy_en="The rules name too many procedures and provinces: preview them in parts.",
    )
    detail = f"{rules.case_count()} cases by {len(rules.rules)} rules are more than can be tried."
    raise Refusal(422, "too-many-cases", detail, (problem,))


def refuse_what_is_wrong(rules: Rules, catalogue: Catalogue) -> None:
    """Hold rules against what is asked of a file of rules."""
    found = wrongs(rules, catalogue)
    problems = tuple(
        Problem(
            field=f"/rules{wrong.field}",
            code=wrong.code,
            remedy_vi=f"{wrong.reason.vi[:1].upper()}{wrong.reason.vi[1:]}.",
            remedy_en=f"{wrong.reason[:1].upper()}{wrong.reason[1:]}.",
        )
        for wrong in found[:TOLD_LIMIT]
    )
    if problems:
        detail = f"Correct the rules: {len(found)} problem(s), the first ones are named."
        raise Refusal(422, "invalid-rules", detail, problems)
