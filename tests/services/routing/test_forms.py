"""The control slip: each step with its unit, its hands, and whether it was in time."""

import io
from datetime import UTC, datetime, timedelta

import msgspec
import pypdf
import pytest

from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from services.routing.forms import COORDINATING, control_slip
from shared.papers.facts import STANDINGS
from tests.services.routing.desk import APPLICATION, KEYS, MONDAY

MARITAL_STATUS = "1.004873"
PATH = f"/v1/applications/{APPLICATION}/forms/control-slip"
FRIDAY = datetime(2026, 12, 11, 2, tzinfo=UTC)


@pytest.fixture
def accepted(dossier, asked, catalogue):
    before = dossier(procedure=MARITAL_STATUS)
    return apply(before, asked(Move.ACCEPT), catalogue, MONDAY).state


@pytest.fixture
def done(asked, catalogue):
    """Do the step that it is at, at that time."""

    def done(dossier, at, who="officer-2"):
        step = asked(Move.STEP_DONE, step=dossier.step, officer=who)
        return apply(dossier, step, catalogue, at).state

    return done


def standings(slip):
    return [step.standing for step in slip.steps]


def test_there_is_none_before_acceptance(dossier, catalogue):
    assert control_slip(dossier(), catalogue, MONDAY) is None


def test_it_says_who_had_it_from_when_and_until_when(accepted, done, catalogue):
    first = done(accepted, MONDAY + timedelta(hours=1))
    slip = control_slip(first, catalogue, MONDAY + timedelta(hours=2))
    one, two, *rest = slip.steps

    assert (one.begun, one.ended, one.officer) == (
        MONDAY,
        MONDAY + timedelta(hours=1),
        "officer-2",
    )
    assert (two.begun, two.ended, two.officer) == (one.ended, None, "")
    assert {(step.begun, step.ended) for step in rest} == {(None, None)}
    assert slip.due == accepted.due_current
    assert slip.competent == catalogue.unit(accepted.competent_unit, MONDAY.date()).name


def test_a_step_is_early_on_time_late_under_way_or_to_come(accepted, done, catalogue):
    first = done(accepted, MONDAY)
    due = control_slip(first, catalogue, MONDAY).steps[1].until
    seen = {
        *standings(control_slip(first, catalogue, MONDAY)),
        *standings(control_slip(first, catalogue, due + timedelta(minutes=1))),
        *standings(control_slip(done(first, due), catalogue, due)),
        *standings(control_slip(done(first, due + timedelta(minutes=1)), catalogue, due)),
        *standings(control_slip(done(first, due - timedelta(days=1)), catalogue, due)),
    }
    assert seen == set(STANDINGS) - {"left"}


def test_what_nobody_recorded_is_said_so_once_the_result_is_there(accepted, asked, catalogue):
    started = apply(accepted, asked(Move.START), catalogue, MONDAY).state
    settled = apply(started, asked(Move.SETTLE), catalogue, MONDAY).state

    assert set(standings(control_slip(settled, catalogue, MONDAY))) == {"left"}
    assert control_slip(settled, catalogue, MONDAY).settled_at == MONDAY


def test_a_paused_clock_makes_nothing_late(accepted, asked, catalogue):
    paused = apply(accepted, asked(Move.ASK_SUPPLEMENT, note="x"), catalogue, MONDAY).state
    slip = control_slip(paused, catalogue, FRIDAY)

    assert "open_late" not in standings(slip)
    assert {step.until for step in slip.steps} == {None}


def test_each_step_is_at_the_unit_whose_work_it_is(accepted, catalogue):
    moved = msgspec.structs.replace(accepted, competent_unit="00008", returning_unit="00004")
    slip = control_slip(moved, catalogue, MONDAY)
    roles = [s.role for s in catalogue.workflows_by_id[moved.workflow].steps]
    names = {"one_stop": "Phường Ba Đình", "partner_agency": COORDINATING}

    for role, step in [*zip(roles, slip.steps, strict=True)][1:]:
        assert step.unit == names.get(role, "Phường Ngọc Hà")
    assert slip.steps[0].unit == slip.unit


def test_without_a_template_the_rest_is_said(dossier, catalogue):
    old = dossier(Stage.PROCESSING)
    slip = control_slip(msgspec.structs.replace(old, workflow=""), catalogue, MONDAY)

    assert slip.steps == ()


@pytest.mark.parametrize(("competent", "named"), [("00008", "00008"), ("00004", None)])
def test_acceptance_names_who_decides_where_that_is_another_unit(
    dossier, asked, catalogue, competent, named
):
    before = dossier(receiving_unit="00004", competent_unit=competent)
    [told] = apply(before, asked(Move.ACCEPT), catalogue, MONDAY).events

    assert msgspec.to_builtins(told).get("competent_unit") == named


# ---- at the edge


@pytest.fixture
async def desk(desk, registered):
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    return desk


async def test_too_early_one_is_told_when_there_is_one(desk):
    answer = await desk.http.get(f"{PATH}.pdf")

    assert answer.status_code == 404
    assert answer.json()["problems"][0]["remedy_vi"] == "Phiếu này có sau khi hồ sơ được tiếp nhận."


@pytest.mark.parametrize("role", ["officer", "operator"])
async def test_it_comes_as_pdf_and_as_a_page(desk, role):
    await desk.act(action="accept")
    await desk.decide()
    pdf = await desk.http.get(f"{PATH}.pdf", headers=KEYS[role])
    page = await desk.http.get(PATH, headers=KEYS[role] | {"accept": "text/html"})

    printed = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    for text in (printed, page.text):
        assert "G26.97-20261116-0000001" in text
        assert "Quá trình giải quyết" in text
    assert "Steps" in (await desk.http.get(f"{PATH}.html", params={"language": "en"})).text


@pytest.mark.parametrize(
    ("key", "status"),
    [("ward", 200), ("hanoi", 200), ("elsewhere", 403), ("portal", 403), ("x", 401)],
)
async def test_it_is_for_those_whose_dossier_it_is(desk, key, status):
    await desk.act(action="accept")
    await desk.decide()
    bound = {"authorization": f"Bearer {key}-key"}

    assert (await desk.http.get(f"{PATH}.pdf", headers=bound)).status_code == status


async def test_other_forms_are_not_asked_here(desk):
    answer = await desk.http.get(PATH.replace("control-slip", "receipt.pdf"))

    assert (answer.status_code, "control-slip" in answer.json()["detail"]) == (404, True)
