"""Why a dossier is where it is, in plain words, from what was stored when it was decided.

Nothing is decided again: the rules are asked for their wording only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.routing.domain.dossier import BY_A_PERSON, CHOSEN, TRANSFERRED, Dossier
from services.routing.domain.rule_table import CONFLICT, NO_RULE, OUTRANKED, Rules
from services.routing.domain.states import Stage
from services.routing.domain.unit_names import Names
from shared.catalogue import Catalogue

Language = Literal["vi", "en"]
Words = Mapping[Language, str]

OUTCOMES: Mapping[str, Words] = {
    "settle_here": {
        "vi": "{competent} đã tiếp nhận và giải quyết hồ sơ; {returning} trả kết quả.",
        "en": "{competent} received it and decides it; {returning} hands the result out.",
    },
    "forward": {
        "vi": "{receiving} tiếp nhận và chuyển cho {competent} giải quyết; {returning} trả kết"
        " quả.",
        "en": "{receiving} received it and {competent} decides it; {returning} hands the result"
        " out.",
    },
    "vertical_agency": {
        "vi": "Cơ quan ngành dọc giải quyết, qua {competent}; {returning} trả kết quả.",
        "en": "A vertical agency decides it, reached through {competent}; {returning} hands the"
        " result out.",
    },
    "refuse": {
        "vi": "Hồ sơ không được tiếp nhận tại {receiving}.",
        "en": "It was not accepted at {receiving}.",
    },
    "human_choice": {
        "vi": "Quy tắc không xác định được đơn vị: một người phải chọn{candidates}.",
        "en": "The rules cannot tell the unit: a person must choose{candidates}.",
    },
    CHOSEN: {
        "vi": "Cán bộ {officer} đã chọn {competent}{candidates}; {returning} trả kết quả.",
        "en": "Officer {officer} chose {competent}{candidates}; {returning} hands the result out.",
    },
    TRANSFERRED: {
        "vi": "Cán bộ {officer} đã chuyển hồ sơ từ {previous} sang {competent}; {returning} trả kết"
        " quả.",
        "en": "Officer {officer} transferred it from {previous} to {competent}; {returning} hands"
        " the result out.",
    },
}

RULES: Mapping[str, Words] = {
    "decided": {
        "vi": "Quy tắc {rule} (phiên bản {version}): {why}.",
        "en": "Rule {rule} (version {version}): {why}.",
    },
    "forgotten": {
        "vi": "Quy tắc {rule} (phiên bản {version}) không còn trong bộ quy tắc hiện hành.",
        "en": "Rule {rule} (version {version}) is no longer among the rules.",
    },
    NO_RULE: {
        "vi": "Không có quy tắc nào (phiên bản {version}) áp dụng cho hồ sơ này.",
        "en": "No rule (version {version}) applies to such a dossier.",
    },
    CONFLICT: {
        "vi": "Các quy tắc {rule} (phiên bản {version}) mâu thuẫn với nhau.",
        "en": "The rules {rule} (version {version}) conflict.",
    },
    CHOSEN: {
        "vi": "Trước đó quy tắc (phiên bản {version}) không xác định được đơn vị.",
        "en": "Before that, the rules (version {version}) could not tell the unit.",
    },
    TRANSFERRED: {
        "vi": "Quy tắc (phiên bản {version}) đã chọn đơn vị khác trước khi chuyển.",
        "en": "The rules (version {version}) had chosen another unit before.",
    },
}

CONDITIONS: Mapping[str, Words] = {
    "procedure": {"vi": "dành cho thủ tục khác", "en": "it is for other procedures"},
    "province": {"vi": "dành cho tỉnh khác", "en": "it is for other provinces"},
    "level": {
        "vi": "dành cho cấp thẩm quyền khác",
        "en": "it is for another level of authority",
    },
    "non_boundary": {
        "vi": "dành cho loại địa giới khác",
        "en": "it is for procedures with another boundary",
    },
    "received_at": {
        "vi": "dành cho hồ sơ tiếp nhận ở nơi khác",
        "en": "it is for what is received elsewhere",
    },
    "place_of": {
        "vi": "dành cho thủ tục giải quyết theo nơi khác (nơi cư trú hay nơi có đối tượng)",
        "en": "it is for procedures that go by another place (the residence, or the object)",
    },
    "place": {
        "vi": "nơi cư trú hoặc nơi có tài sản không phù hợp",
        "en": "the residence or the property is not where it asks",
    },
    "listed": {
        "vi": "danh mục phi địa giới của tỉnh không phù hợp",
        "en": "the province's list of procedures says otherwise",
    },
    OUTRANKED: {
        "vi": "phù hợp, nhưng có quy tắc cụ thể hơn",
        "en": "it applies, but a more specific rule decided",
    },
}

_FAILED: Words = {"vi": "Quy tắc {rule} không áp dụng: {why}.", "en": "Rule {rule} did not: {why}."}
_AMONG: Words = {"vi": " trong số {units}", "en": " among {units}"}
_CAME: Words = {
    "vi": "Ngày {on}: thủ tục {procedure}, nộp tại {receiving}, nơi cư trú {residence}.",
    "en": "On {on}: procedure {procedure}, filed at {receiving}, residence {residence}.",
}
_MOVED: Words = {
    "vi": "Trước đó hồ sơ ở {previous}; quy tắc đang có hiệu lực chuyển sang đơn vị này.",
    "en": "It was with {previous} before; the rules in force now moved it.",
}
_TOLD: Words = {
    "vi": "Trước đó một người phải chọn đơn vị{candidates}; nay quy tắc đang có hiệu lực xác định.",
    "en": "A person was to choose its unit{candidates}; the rules in force now tell it.",
}
OVER: Mapping[Stage, Words] = {
    Stage.NOT_ACCEPTED: {
        "vi": "Hồ sơ đã bị từ chối tiếp nhận, giải quyết.",
        "en": "It has been refused, or cancelled.",
    },
    Stage.RETURNED: {"vi": "Đã trả kết quả.", "en": "Its result has been handed out."},
    Stage.WITHDRAWN: {"vi": "Hồ sơ đã được rút.", "en": "It has been withdrawn."},
}
_FIRST: Words = {"vi": "Lúc đầu: {ruled}", "en": "At first: {ruled}"}
_OBJECT: Words = {
    "vi": "Thủ tục này theo nơi có đất, nhà, cơ sở kinh doanh hoặc tài sản, không theo nơi cư trú:"
    " {object}.",
    "en": "It goes by where the land, the house, the business or the property is, and not by the"
    " residence: {object}.",
}
_LISTED: Mapping[str, Words] = {
    "listed": {
        "vi": "Thủ tục có trong danh mục phi địa giới của tỉnh.",
        "en": "The province lists it as taken at any of its points.",
    },
    "unlisted": {
        "vi": "Thủ tục không có trong danh mục phi địa giới của tỉnh.",
        "en": "The province does not list it as taken at any of its points.",
    },
}


class Failed(NamedTuple):
    """A rule that was tried, and the first condition that was not met."""

    rule: str
    condition: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, from which facts; `vi`, `en`: the same in sentences.

    `tried` is empty for what was routed before it was kept.
    """

    outcome: str
    rule: str
    rule_version: str
    catalogue_version: str
    facts: Mapping[str, str]
    tried: tuple[Failed, ...]
    vi: tuple[str, ...]
    en: tuple[str, ...]


def explanation(dossier: Dossier, rules: Rules, catalogue: Catalogue) -> Explanation:
    """Return why the dossier's units are what they are."""
    facts = {name: value for name, value in dossier.facts.items() if name != "tried"}
    tried = tuple(failed(dossier.facts.get("tried", "")))
    outcome = _outcome(dossier)
    return Explanation(
        outcome=outcome,
        rule=dossier.rule,
        rule_version=dossier.rule_version,
        catalogue_version=dossier.catalogue_version,
        facts=facts,
        tried=tried,
        vi=tuple(_sentences("vi", dossier, outcome, tried, rules, catalogue)),
        en=tuple(_sentences("en", dossier, outcome, tried, rules, catalogue)),
    )


def failed(tried: str) -> Iterator[Failed]:
    """Read what `Verdict.tried` wrote."""
    for group in tried.split():
        condition, _, names = group.partition(":")
        yield from (Failed(rule, condition) for rule in names.split(","))


def _outcome(dossier: Dossier) -> str:
    """Return the outcome stored, or for what was routed before it was kept, what shows."""
    if dossier.rule in BY_A_PERSON:
        return dossier.rule
    if "outcome" in dossier.facts:
        return dossier.facts["outcome"]
    if not dossier.competent_unit:
        return "human_choice"
    return "settle_here" if dossier.competent_unit == dossier.receiving_unit else "forward"


def _sentences(
    language: Language,
    dossier: Dossier,
    outcome: str,
    tried: Sequence[Failed],
    rules: Rules,
    catalogue: Catalogue,
) -> Iterator[str]:
    names = Names(catalogue, dossier, language)
    facts = dossier.facts
    yield _CAME[language].format(
        on=names.came_on(),
        procedure=names.procedure(),
        receiving=names.given(facts.get("receiving_unit", dossier.receiving_unit)),
        residence=names.place("residence"),
    )
    if facts.get("place_of") == "object":
        yield _OBJECT[language].format(object=names.place("object"))
    if "listed" in facts:
        yield _LISTED[facts["listed"]][language]
    candidates = dossier.candidates or facts.get("candidates", "").split()
    among = ", ".join(map(names.given, candidates))
    chosen_from = _AMONG[language].format(units=among) if among else ""
    yield OUTCOMES[outcome][language].format(
        receiving=names.now(dossier.receiving_unit),
        competent=names.now(dossier.competent_unit),
        returning=names.now(dossier.returning_unit),
        candidates=chosen_from,
        officer=facts.get("officer", ""),
        previous=names.given(facts.get("transferred_from", "")),
    )
    if "transferred_from" in facts and dossier.rule not in BY_A_PERSON:
        yield _MOVED[language].format(previous=names.given(facts["transferred_from"]))
    elif "first_rule" in facts and dossier.rule not in BY_A_PERSON:
        yield _TOLD[language].format(candidates=chosen_from)
    if outcome != "refuse" and dossier.stage in OVER:
        yield OVER[dossier.stage][language]
    yield _ruled(language, dossier.rule, dossier.rule_version, rules)
    first = facts.get("first_rule", "")
    if first and first not in BY_A_PERSON:
        ruled = _ruled(language, first, facts["first_rule_version"], rules)
        yield _FIRST[language].format(ruled=ruled)
    for rule, condition in tried:
        words = CONDITIONS.get(condition)
        why = words[language] if words else condition
        yield _FAILED[language].format(rule=rule, why=why)


def _ruled(language: Language, decided: str, version: str, rules: Rules) -> str:
    kind, _, names = decided.partition(":")
    rule = rules.named(decided)
    if rule:
        kind = "decided"
    elif kind not in RULES:
        kind = "forgotten"
    why = (rule.why_vi if language == "vi" else rule.why_en) if rule else ""
    named = names.replace("+", ", ") or decided
    return RULES[kind][language].format(rule=named, version=version, why=why)


def is_explained(dossier: Dossier) -> bool:
    """Whether intake has handed it over: before that there is nothing to explain."""
    return dossier.stage is not Stage.EXPECTED
