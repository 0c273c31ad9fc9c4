"""All commands that ask operations; `round_` is called `round`."""

from deploy.operating.alarms import alarms
from deploy.operating.command import release, round_, stuck
from deploy.operating.finding import find, journey
from deploy.operating.flow import flow
from deploy.operating.incidents import incidents
from deploy.operating.indicators import index, indicators
from deploy.operating.letters import dead
from deploy.operating.money import money
from deploy.operating.partner import partner
from deploy.operating.proofs import proofs
from deploy.operating.reads import reads
from deploy.operating.sessions import sessions
from deploy.operating.subscriptions import subscribe, subscriptions
from deploy.operating.units import readiness, sync
from deploy.operating.unsealing import unseal

OPERATING = (
    *(alarms, dead, find, flow, incidents, index, indicators, journey, money, partner, proofs),
    *(readiness, reads, release, sessions, stuck, subscribe, subscriptions, sync, unseal),
)

__all__ = ["OPERATING", "round_"]
