"""The steps of a dossier as officers see them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import CLOCK
from services.routing.domain.workflow import steps
from shared.catalogue import Catalogue


@dataclass(frozen=True)
class StepView:
    """A step of the workflow, and when it is due (null: the clock is paused).  `left` is what was
    not said to be done when the result was ready.
    """

    code: str
    name_vi: str
    name_en: str
    role: str
    state: Literal["done", "current", "waiting", "left"]
    due: datetime | None
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class WorkflowView:
    """The template in force at acceptance, the catalogue it is from, and its steps."""

    id: str
    catalogue_version: str
    steps: list[StepView]


WORKFLOW = WorkflowView(
    id="2.000635/2025-07-01",
    catalogue_version="1",
    steps=[
        StepView(
            code="receive",
            name_vi="Tiếp nhận, kiểm tra, chuyển xử lý",
            name_en="Receive, check and pass on",
            role="one_stop",
            state="current",
            due=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
            done_at=None,
            done_by="",
        )
    ],
)


def workflow_view(dossier: Dossier, catalogue: Catalogue) -> WorkflowView:
    """Return the steps of a dossier that has been accepted."""
    is_over = CLOCK[dossier.stage] not in ("statutory", "paused")
    views = []
    for step, due, done in steps(dossier, catalogue):
        is_current = step.code == dossier.step
        open_state: Literal["current", "waiting"] = "current" if is_current else "waiting"
        view = StepView(
            code=step.code,
            name_vi=step.name_vi,
            name_en=step.name_en,
            role=step.role,
            state="done" if done else "left" if is_over else open_state,
            due=due,
            done_at=done.at if done else None,
            done_by=done.who if done else "",
        )
        views.append(view)
    return WorkflowView(dossier.workflow, dossier.workflow_version, views)
