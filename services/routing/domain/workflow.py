"""The steps of a dossier: which are done, whose turn it is, and by when.

The template in force at acceptance is remembered by its id.  When a step is due follows from the
due date that stands, counted back over the steps after it in the working time that these were given
at acceptance: so a pause, a new date or another calendar moves the open steps as it moves the
dossier, and nothing else does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from services.routing.domain.dossier import Dossier, StepDone, procedure_of
from services.routing.domain.reasons import NOTHING, Reason, reason
from services.routing.domain.states import Asked, Move
from shared.catalogue import Catalogue, Step, Workflow
from shared.catalogue.rows import DERIVED
from shared.catalogue.workflows import derived, given, taken
from shared.working_time import WorkingCalendar, add_working_time, local_day

_SIGNING = "leader"  # whose step is done again when a result is not signed


class StepNow(NamedTuple):
    """A step of a dossier; without `done` it is open, and due then unless the clock is paused."""

    step: Step
    due: datetime | None
    done: StepDone | None


def begun(dossier: Dossier, catalogue: Catalogue, at: datetime) -> Dossier:
    """Return the dossier with the template of its procedure and province that is in force now."""
    on = local_day(at)
    province = catalogue.province_of(dossier.competent_unit, on)
    code = province.code if province else ""
    workflow = catalogue.workflow(procedure_of(dossier, catalogue), code, on)
    return replace(
        dossier,
        workflow=workflow.id,
        workflow_version=catalogue.version,
        step=workflow.steps[0].code,
        steps_done=(),
    )


def remembered(dossier: Dossier, catalogue: Catalogue) -> Workflow | None:
    """Return a dossier's template; None: it has none, or its row left the catalogue."""
    if dossier.workflow == DERIVED and dossier.accepted_at:
        policy = catalogue.policy(local_day(dossier.accepted_at))
        return derived(procedure_of(dossier, catalogue), policy)
    return catalogue.workflows_by_id.get(dossier.workflow)


def steps(dossier: Dossier, catalogue: Catalogue) -> tuple[StepNow, ...]:
    """Return the steps in their order."""
    workflow = remembered(dossier, catalogue)
    if workflow is None:
        return ()
    done = {one.step: one for one in dossier.steps_done}
    dues: Sequence[datetime | None] = _dues(dossier, workflow, catalogue)
    if dossier.remaining_ms is not None:
        dues = [None] * len(workflow.steps)
    return tuple(
        StepNow(step, done[step.code].due if step.code in done else due, done.get(step.code))
        for step, due in zip(workflow.steps, dues, strict=True)
    )


def is_repeated(dossier: Dossier, asked: Asked) -> bool:
    """Whether a step is said to be done that is: it changes nothing."""
    return asked.move is Move.STEP_DONE and any(asked.step == d.step for d in dossier.steps_done)


def without_a_step(dossier: Dossier, catalogue: Catalogue, _at: datetime) -> Reason:
    """Return why there is no step to do; or nothing."""
    workflow = remembered(dossier, catalogue)
    if workflow is None:
        if dossier.workflow:
            return reason("template-gone", workflow=dossier.workflow)
        return reason("no-template")
    if not dossier.step:
        return reason("steps-done")
    if dossier.step not in [step.code for step in workflow.steps]:
        return reason("step-gone", workflow=dossier.workflow, step=dossier.step)
    return NOTHING


def out_of_turn(dossier: Dossier, asked: Asked, catalogue: Catalogue, _at: datetime) -> Reason:
    """Return why this is not the step to do, and which is; or nothing."""
    workflow = remembered(dossier, catalogue)
    if workflow is None or asked.step == dossier.step:
        return NOTHING
    order = ", ".join(step.code for step in workflow.steps)
    return reason("not-the-next-step", asked=asked.step, step=dossier.step, order=order)


def step_done(dossier: Dossier, asked: Asked, catalogue: Catalogue, at: datetime) -> Dossier:
    """Return the dossier with its step done, at the next one (empty: it was the last)."""
    now = steps(dossier, catalogue)
    codes = [each.step.code for each in now]
    place = codes.index(asked.step)
    done = StepDone(step=asked.step, at=at, who=asked.officer, due=now[place].due)
    after = "".join(codes[place + 1 : place + 2])
    return replace(dossier, step=after, steps_done=(*dossier.steps_done, done))


def signed_anew(dossier: Dossier, catalogue: Catalogue) -> Dossier:
    """Return the dossier back at the signature: what followed it is done again as well."""
    workflow = remembered(dossier, catalogue)
    if workflow is None:
        return dossier
    codes = [step.code for step in workflow.steps]
    signing = [n for n, step in enumerate(workflow.steps) if step.role == _SIGNING]
    first = signing[-1] if signing else len(codes) - 1
    kept = tuple(one for one in dossier.steps_done if one.step in codes[:first])
    return replace(dossier, step=codes[len(kept)], steps_done=kept)


def _dues(dossier: Dossier, workflow: Workflow, catalogue: Catalogue) -> list[datetime]:
    assert dossier.accepted_at is not None
    assert dossier.due_original is not None
    assert dossier.due_current is not None
    then = catalogue.working_calendar(local_day(dossier.accepted_at))
    now = catalogue.working_calendar(local_day(dossier.due_history[-1].at))
    end = now.worked(dossier.due_current)
    rests = _rests(dossier, dossier.accepted_at, dossier.due_original, workflow, catalogue, then)
    return [now.instant(end - rest) if rest else dossier.due_current for rest in rests]


def _rests(
    dossier: Dossier,
    accepted_at: datetime,
    due: datetime,
    workflow: Workflow,
    catalogue: Catalogue,
    calendar: WorkingCalendar,
) -> list[timedelta]:
    """Return the working time that each step left, at acceptance, to those after it."""
    procedure = procedure_of(dossier, catalogue)
    policy = catalogue.policy(local_day(accepted_at))
    whole, rests = given(procedure, policy), []
    for n in range(1, len(workflow.steps) + 1):
        used = taken(workflow.steps[:n], procedure, policy)
        rest = timedelta(minutes=whole.minutes - used.minutes)
        if whole.calendar_days:
            over = add_working_time(accepted_at, used.calendar_days, "calendar_day", calendar)
            rest = calendar.worked(due) - calendar.worked(over)
        rests.append(rest)
    return rests
