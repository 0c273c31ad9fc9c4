"""Reference data with effective dates: units, procedures, fees, working days, policies.

`load()` reads it once, at start; nothing happens at import.  Reading order: `rows` and `fees` (what
is known), `lookups` (how it is found), `data/README.md` (where it comes from and how sure it is).
"""

from shared.catalogue.lookups import Catalogue, Successors, in_force, load
from shared.catalogue.rows import FeeWaiver, Policy, Procedure, ProcessingTime, Unit

__all__ = [
    "Catalogue",
    "FeeWaiver",
    "Policy",
    "Procedure",
    "ProcessingTime",
    "Successors",
    "Unit",
    "in_force",
    "load",
]
