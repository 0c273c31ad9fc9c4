"""Reference data with effective dates: units, procedures, fees, working days, policies.

`load()` reads it once, at start; nothing happens at import.  Reading order: `rows` and `fees` (what
is known), `workflows` (steps and their time), `dated`, `lookups` and `names` (how it is found),
`reading`, `checks` and `reductions` (how it comes in, and what is refused), `current` (how another
edition takes its place), `difference` and `turning` (what that changes, and what it must not),
`data/README.md` (where it comes from and how sure it is).
"""

from shared.catalogue.dated import in_force
from shared.catalogue.lookups import Catalogue, Successors
from shared.catalogue.reading import load
from shared.catalogue.rows import (
    Allowance,
    CalendarDay,
    FeeWaiver,
    Policy,
    Procedure,
    ProcessingTime,
    Step,
    Succession,
    Unit,
    Workflow,
)

__all__ = [
    "Allowance",
    "CalendarDay",
    "Catalogue",
    "FeeWaiver",
    "Policy",
    "Procedure",
    "ProcessingTime",
    "Step",
    "Succession",
    "Successors",
    "Unit",
    "Workflow",
    "in_force",
    "load",
]
