"""What a batch needs from outside, claimed: a number per application, a reference per attempt."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.simulation.model.parts import RELEASE, Facts, Fetched, Record, Steps, Version

if TYPE_CHECKING:
    from tests.simulation.model.process import Process


def prepare(process: "Process", batch: Sequence[Fetched], states: dict[str, Version]) -> Steps:
    """Gather facts for the batch, and for what its releases bring back."""
    records: list[Record] = []
    for fetched in batch:
        record = fetched.record
        if record.source == RELEASE and process.options.prepares != "without held":
            records += states[record.app].held
        records.append(record)
    if process.options.prepares == "held last":
        records.sort(key=lambda r: r in states[r.app].held)
    facts = Facts({}, {})
    shape = process.world.domain.shape
    for app in dict.fromkeys(r.app for r in records):
        if process.service == "S1" and not states[app].dossier:
            first = next((r for r in records if r.app == app and r.source != RELEASE), None)
            if first:
                facts.numbers[app, first.id] = yield from number(process, app)
        orders = states[app].orders
        for record in records:
            if record.app == app and shape(process.service, record.id).order:
                orders += 1
                facts.references[app, orders] = yield from reference(process, app, orders)
    yield
    return facts


def number(process: "Process", app: str) -> Steps:
    """A number of our own block is offered; the first one claimed for the application stays."""
    if process.options.number == "counted":
        process.counted += 1
        return process.counted
    store = process.world.stores[process.service]
    while not process.block:
        block = sum(1 for kind, _ in store if kind == "block")
        if (yield from process.claim(("block", block), process.name)):
            process.block = [2 * block + 1, 2 * block + 2]
    offered = process.block.pop()
    yield from process.claim(("number", app), offered)
    return offered if process.options.number == "unread" else store["number", app]


def reference(process: "Process", app: str, attempt: int) -> Steps:
    """A reference that nobody has, with a row that tells whose it is."""
    store = process.world.stores[process.service]
    while True:
        offered = process.world.rng.randrange(5 + 2 * len(store))
        if process.options.reference == "late":
            return offered
        is_ours = yield from process.claim(("reference", offered), (app, attempt))
        if is_ours or process.options.reference == "unchecked":
            return offered


def claim_late(process: "Process", versions: Sequence[Version]) -> Steps:
    """What must not be: the row is written when the decision stands already."""
    for version in versions:
        for kind, value in version.uses:
            if kind == "reference":
                yield from process.claim((kind, value), (version.app, version.orders))
