"""Wires routing and runs it."""

from services.routing.api import router
from services.routing.domain.rules import load_rules
from services.routing.lane import table
from shared import service
from shared.catalogue import load
from shared.service import Parts, Resources


async def build(resources: Resources) -> Parts:
    """Return routing's parts."""
    catalogue, rules = load(), load_rules()
    lanes = table(catalogue, rules)
    journal = resources.journal(lanes)
    return Parts(
        router=router(resources.publisher, journal, catalogue, rules, resources.clock),
        lanes=lanes,
    )


if __name__ == "__main__":
    service.main("routing", build)
