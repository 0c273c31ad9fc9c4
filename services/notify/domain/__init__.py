"""Pure rules: `milestones` (what is told when), `slots` (whom, and by which ways), `moves` (what
becomes of a notice), `draft` (one decision in the making), `clerk`; of what is told to many
`announcement` (the words), `audience` (whom), `broadcasts` (its life).
"""

from services.notify.domain.clerk import Clerk
from services.notify.domain.milestones import EVENT_TYPES, MILESTONES, REACHED_BY
from services.notify.domain.moves import MOVES, OVER, Dossier, Notice, Policy, live_timer

__all__ = [
    "EVENT_TYPES",
    "MILESTONES",
    "MOVES",
    "OVER",
    "REACHED_BY",
    "Clerk",
    "Dossier",
    "Notice",
    "Policy",
    "live_timer",
]
