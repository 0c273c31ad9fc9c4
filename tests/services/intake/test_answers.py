import json
from datetime import date
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.answers import CODES, answer_problems
from services.intake.domain.findings import examine
from shared.catalogue import forms as procedure_forms
from shared.catalogue import load
from shared.events.intake import Registered
from shared.events.portal import Personal, Submitted
from shared.vault import Sealed

TODAY = date(2026, 11, 20)
CATALOGUE, FORMS = load(), procedure_forms.load()
CODES_WRITTEN = sorted(FORMS.written)
BESIDE = {"date-in-future", "unprintable-text"}  # what no schema says
CODES_ALONE = sorted(FORMS.written.keys() - CATALOGUE.interlinked.keys())  # without children
CODES_ALL = sorted(CATALOGUE.procedures)


def form_of(code: str):
    return FORMS.of(CATALOGUE.procedure(code, TODAY), TODAY)


def an_answer(asked) -> str:
    if "enum" in asked:
        return asked["enum"][0]
    return asked.get("examples", ["Thử nghiệm"])[0]


def filled_in(form, names=None) -> dict[str, str]:
    """What a citizen answers: the questions of these names, or all that must be answered."""
    asked = form.schema["properties"]
    given = {n: an_answer(asked[n]) for n in names or form.schema.get("required", ())}
    while lacking := [p for p in answer_problems(given, form, TODAY) if p.code == "missing-answer"]:
        given |= {(n := p.field.rpartition("/")[2]): an_answer(asked[n]) for p in lacking}
    return given


def told(problems) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


@pytest.mark.parametrize("code", CODES_ALL)
def test_a_form_is_answered_by_what_it_asks_for_and_by_all_of_it(code) -> None:
    form = form_of(code)
    assert answer_problems(filled_in(form), form, TODAY) == ()
    everything = filled_in(form, list(form.schema["properties"]))
    assert answer_problems(everything, form, TODAY) == ()


@pytest.mark.parametrize("code", CODES_WRITTEN)
def test_nothing_answered_lacks_each_required_answer_by_its_title(code) -> None:
    form = form_of(code)
    problems = answer_problems({"x": ""}, form, TODAY)
    required = form.schema["required"]
    assert told(problems) == [("missing-answer", f"/personal/answers/{n}") for n in required]
    asked = form.schema["properties"][required[0]]
    assert problems[0].remedy_vi.startswith(asked["title"])
    assert problems[0].remedy_en.startswith(asked["x-title-en"])


def test_what_depends_on_an_answer_is_asked_for_with_it() -> None:
    form = form_of("1.013831")
    land = filled_in(form)
    assert "price_vnd" in land  # the first change is a transfer
    inherited = {n: land[n] for n in form.schema["required"]} | {"change": "inheritance"}
    assert told(answer_problems(inherited, form, TODAY)) == [
        ("missing-answer", "/personal/answers/deceased_name")
    ]
    birth = form_of("1.001193")
    with_father = filled_in(birth) | {"father_personal_number": "001099000001"}
    assert told(answer_problems(with_father, birth, TODAY)) == [
        ("missing-answer", "/personal/answers/father_name")
    ]


def test_a_day_is_in_the_future_from_the_day_after_submission() -> None:
    form = form_of("1.001193")
    for day, found in (("2026-11-20", []), ("2026-11-21", ["date-in-future"])):
        answers = filled_in(form) | {"child_birth_date": day}
        assert [p.code for p in answer_problems(answers, form, TODAY)] == found


@pytest.mark.parametrize("day", ["2026-02-29", "20260101", "01/02/2026", "2026-1-1", "٢٠٢٦-٠١-٠١"])
def test_a_day_that_is_none_is_told_once(day) -> None:
    form = form_of("1.001193")
    answers = filled_in(form) | {"child_birth_date": day}
    assert told(answer_problems(answers, form, TODAY)) == [
        ("invalid-date", "/personal/answers/child_birth_date")
    ]


def test_an_answer_that_reads_as_another_is_refused_and_one_of_several_lines_is_not() -> None:
    form = form_of("1.001193")
    answers = filled_in(form) | {"child_birth_place": "Bệnh viện\nThử Nghiệm"}
    assert answer_problems(answers, form, TODAY) == ()
    answers["child_birth_place"] = "Bệnh viện\u202eThử"
    assert told(answer_problems(answers, form, TODAY)) == [
        ("unprintable-text", "/personal/answers/child_birth_place")
    ]


def test_all_problems_of_a_form_are_told_at_once_and_nothing_is_repeated() -> None:
    form = form_of("1.001193")
    answers = filled_in(form) | {
        "child_sex": "Bí mật 1",
        "mother_personal_number": "Bí mật 2",
        "child_ethnicity": "Bí mật " * 20,
        "Bí mật 3": "x",
        "~a/b": "x",
    }
    problems = answer_problems(answers, form, TODAY)
    assert sorted(told(problems)) == [
        ("answer-not-listed", "/personal/answers/child_sex"),
        ("invalid-answer", "/personal/answers/mother_personal_number"),
        ("missing-answer", "/personal/answers/mother_name"),
        ("too-long", "/personal/answers/child_ethnicity"),
        ("unknown-answer", "/personal/answers"),
    ]
    assert "Bí mật" not in str(problems)


def application(make, code, answers, **changed):
    row = CATALOGUE.procedure(code, TODAY)
    documents = [{"name": n, "sha256": "a" * 64} for n in row.required_documents]
    personal = make.personal(answers=answers, **changed.pop("personal", {}))
    return make.form(**{"procedure": code, "documents": documents, "personal": personal} | changed)


def examined(make, form):
    submitted = msgspec.convert(form | {"personal": ""}, Submitted)
    return examine(submitted, Personal(**form["personal"]), CATALOGUE, FORMS, TODAY)


@pytest.mark.parametrize("code", CODES_ALONE)
async def test_a_form_that_is_answered_is_registered_with_its_answers_sealed(make, code) -> None:
    answers = filled_in(form_of(code))
    lane, form = make.Lane(), application(make, code, answers)
    (outcome,) = await lane.take(make.arrival(form))
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    sealed = [Sealed(make.uuid7(), registered.sealed)]
    (text,) = await lane.vault.open(sealed, who="test", purpose="test")
    assert json.loads(text)["answers"] == {n: normalize("NFC", v) for n, v in answers.items()}
    clear = str(msgspec.structs.replace(registered, sealed="")) + str(outcome.state)
    assert "Thử nghiệm" not in clear


@pytest.mark.parametrize("code", CODES_WRITTEN)
def test_a_form_is_answered_or_its_paper_is_attached(make, code) -> None:
    form = form_of(code)
    rest = [
        {"name": n, "sha256": "a" * 64}
        for n in form.procedure.required_documents
        if n != form.stands_for
    ]
    answered = application(make, code, filled_in(form), documents=rest)
    assert told(examined(make, answered).problems) == []
    neither = application(make, code, {}, documents=rest)
    wanted = [("missing-documents", "/documents")] if form.stands_for else []
    assert told(examined(make, neither).problems) == wanted
    for problem in examined(make, neither).problems:
        assert form.stands_for in problem.remedy_vi
        assert form.stands_for in problem.remedy_en


@pytest.mark.parametrize("code", CODES_ALL)
def test_an_application_with_every_document_needs_no_answers(make, code) -> None:
    assert told(examined(make, application(make, code, {})).problems) == []


def test_each_document_that_is_missing_is_named(make) -> None:
    problems = examined(make, application(make, "1.013992", {}, documents=[])).problems
    assert [p.remedy_en.split("”")[0].strip("“") for p in problems] == [
        "Application",
        "Certificate",
    ]


def test_a_documents_name_counts_in_any_case_and_composition(make) -> None:
    named = [{"name": " ORIGINAL DOCUMENT", "sha256": "a" * 64}]
    assert examined(make, make.form(documents=named)).problems == ()


@pytest.mark.parametrize(
    ("answers", "is_warned"),
    [
        ({"birth_date": "1999-05-01", "sex": "female"}, False),
        ({"birth_date": "1998-05-01", "sex": "female"}, True),
        ({"birth_date": "1999-05-01", "sex": "male"}, True),
    ],
)
def test_answers_that_do_not_fit_the_personal_number_are_a_warning(
    make, answers, is_warned
) -> None:
    filled = filled_in(form_of("3.000333")) | answers
    findings = examined(make, application(make, "3.000333", filled))
    assert findings.problems == ()
    assert bool(findings.warnings) is is_warned


def test_a_form_has_only_keywords_that_problems_have_words_for() -> None:
    quiet = {"type", "properties", "if", "then", "allOf", "const", "title", "examples", "$schema"}

    def keywords(node):
        for name, value in node.items():
            if name in ("properties",):
                for each in value.values():
                    yield from keywords(each)
            elif name in ("if", "then"):
                yield from keywords(value)
            elif name == "allOf":
                for each in value:
                    yield from keywords(each)
            yield name

    for code in CODES_ALL:
        used = {k for k in keywords(form_of(code).schema) if not k.startswith("x-")}
        assert used <= quiet | set(CODES), code


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(CODES_ALL),
    st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=5),
    st.data(),
)
def test_whatever_is_answered_is_taken_or_told_with_a_remedy(code, wild, data) -> None:
    form = form_of(code)
    names = st.sampled_from(sorted(form.schema["properties"]))
    answers = wild | data.draw(st.dictionaries(names, st.text(max_size=30), max_size=5))
    problems = answer_problems(answers, form, TODAY)
    fields = [p.field for p in problems]
    assert len(fields) == len(set(fields))
    for problem in problems:
        name = problem.field.removeprefix("/personal/answers").removeprefix("/")
        assert not name or name in form.schema["properties"]
        assert problem.remedy_vi.endswith(".")
        assert problem.remedy_en.endswith(".")
    by_schema = form.validator.is_valid({k: v for k, v in answers.items() if v})
    assert by_schema is not any(p.code not in BESIDE for p in problems) or (
        "unprintable-text" in {p.code for p in problems}
    )
