"""What notify keeps for forms, and that every form is brought by its milestone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain import MILESTONES
from services.notify.domain.papers import DOCUMENTS_LIMIT, NOTED
from services.notify.forms.filled import BROUGHT_BY, FILLED, filled
from shared.events import encode
from shared.events.data import Filed
from shared.papers import FACTS
from shared.papers.table import load
from tests.services.notify.forms.conftest import DOCUMENTS

BRINGS = {
    "receipt": "application.accepted",
    "supplement": "application.supplement_requested",
    "refusal": "application.not_accepted",
    "apology": "application.apologised",
}
FORMS = pytest.mark.parametrize("form", FILLED)


def test_every_form_but_the_control_slip_is_filled_and_brought_by_a_milestone():
    assert set(FILLED) == set(BROUGHT_BY.values()) == set(FACTS) - {"control-slip"}
    reached_by = {row.form: row.reached_by for row in load()}
    for milestone, form in BROUGHT_BY.items():
        assert MILESTONES[milestone].reached_by.TYPE in reached_by[form]
        assert BRINGS[form] in reached_by[form]
        assert MILESTONES[milestone].reached_by in NOTED


@FORMS
async def test_a_form_is_there_once_its_event_came_and_not_before(office, catalogue, form):
    assert filled(form, office.case.dossier, "", catalogue) is None
    office.learn(BRINGS[form])
    facts = filled(form, office.case.dossier, "Nguyễn Thị Mẫu", catalogue)

    assert type(facts) is FACTS[form]
    assert (facts.unit, facts.province) == ("Phường Ba Đình", "Thành phố Hà Nội")
    assert facts.procedure == "Đăng ký khai sinh"
    assert facts.at == office.case.at
    assert (facts.applicant, facts.officer) == ("Nguyễn Thị Mẫu", "officer-1")


async def test_the_last_word_counts_and_what_was_brought_later_is_on_the_receipt(office, catalogue):
    office.learn("application.supplement_requested", content="first")
    office.learn("application.supplemented")
    office.learn("application.supplement_requested", content="second")
    office.learn("application.accepted")

    facts = filled("supplement", office.case.dossier, "", catalogue)
    receipt = filled("receipt", office.case.dossier, "", catalogue)
    assert facts.content == "second"
    assert receipt.documents == (
        "Tờ khai đăng ký khai sinh",
        "Giấy chứng sinh",
        "Giấy chứng sinh",
    )
    assert receipt.copies == 2


async def test_an_apology_says_when_it_was_accepted_and_both_dates(office, catalogue):
    office.learn("application.accepted")
    accepted_at = office.case.at
    office.learn("application.apologised", reason="Phải xác minh.")

    facts = filled("apology", office.case.dossier, "", catalogue)
    assert facts.accepted_at == accepted_at
    assert facts.reason == "Phải xác minh."
    assert facts.due_before < facts.due


async def test_the_receipt_stays_as_it_was_given_whatever_comes_after(office, catalogue):
    office.learn("application.supplement_requested")
    office.learn("application.accepted", competent_unit="00008")
    given = filled("receipt", office.case.dossier, "", catalogue)
    asked = filled("supplement", office.case.dossier, "", catalogue)
    office.learn("application.supplemented")
    office.learn("application.transferred", receiving_unit="26737", competent_unit="26737")

    assert (given.unit, given.competent) == ("Phường Ba Đình", "Phường Ngọc Hà")
    assert given.documents == DOCUMENTS
    assert filled("receipt", office.case.dossier, "", catalogue) == given
    assert filled("supplement", office.case.dossier, "", catalogue) == asked


async def test_an_apology_comes_from_who_decides_now_and_names_who_accepted_it(office, catalogue):
    office.learn("application.accepted")
    office.learn("application.transferred", receiving_unit="00008", competent_unit="00008")
    office.learn("application.apologised")

    facts = filled("apology", office.case.dossier, "", catalogue)
    assert (facts.unit, facts.accepted_by) == ("Phường Ngọc Hà", "Phường Ba Đình")


async def test_after_a_transfer_the_unit_that_receives_now_issues_the_form(office, catalogue):
    office.learn("application.transferred", receiving_unit="00008")
    office.learn("application.accepted")

    assert filled("receipt", office.case.dossier, "", catalogue).unit == "Phường Ngọc Hà"


async def test_who_decides_is_named_where_it_is_another_unit(office, catalogue):
    office.learn("application.accepted", competent_unit="00008")
    assert filled("receipt", office.case.dossier, "", catalogue).competent == "Phường Ngọc Hà"
    office.learn("application.transferred", receiving_unit="00004", competent_unit="00004")
    office.learn("application.apologised")
    assert filled("apology", office.case.dossier, "", catalogue).competent == ""


async def test_documents_without_end_are_kept_up_to_a_limit(office, catalogue):
    more = tuple(Filed(name=f"{n}", sha256="0" * 64) for n in range(50))
    for _ in range(6):
        office.learn("application.supplemented", documents=more)

    assert len(office.case.dossier.papers.filing.documents) == DOCUMENTS_LIMIT


def test_what_came_before_the_registration_is_not_lost(case):
    case.learn("application.accepted")
    case.learn("application.registered", documents=(Filed(name="x", sha256="0" * 64),))
    case.learn("application.transferred", receiving_unit="00008")

    assert case.dossier.papers.told["receipt"].unit == "00004"
    assert case.dossier.papers.told["receipt"].documents == 1


UNITS = st.sampled_from(["00004", "00008", "00012"])
PLACES = st.fixed_dictionaries({"receiving_unit": UNITS, "competent_unit": UNITS})
SAID = st.one_of(
    st.tuples(st.just("application.transferred"), PLACES),
    st.tuples(st.just("application.readdressed"), PLACES),
    st.tuples(
        st.just("application.accepted"),
        st.fixed_dictionaries({}, optional={"competent_unit": UNITS}),
    ),
    st.tuples(
        st.sampled_from(["application.supplement_requested", "application.apologised"]),
        st.just({}),
    ),
)
REGISTERED = ("application.registered", {"documents": (Filed(name="x", sha256="0" * 64),)})


@given(said=st.lists(SAID, max_size=8), data=st.data())
def test_a_form_names_the_same_units_wherever_the_registration_is_read(new_case, said, data):
    def kept(place):
        case = new_case()
        for type_, changes in [*said[:place], REGISTERED, *said[place:]]:
            case.learn(type_, **changes)
        papers, unit = case.dossier.papers, case.dossier.unit
        told = {form: (t.unit, t.competent, t.documents) for form, t in papers.told.items()}
        return papers.filing, told, unit

    assert kept(data.draw(st.integers(0, len(said)))) == kept(0)


async def test_an_ordinary_application_is_kept_with_few_more_bytes(office):
    office.learn("application.accepted")

    assert len(encode(office.case.dossier.papers)) < 350
