"""Every application that was received stands somewhere, once: at the end of the period, and now.

An interlinked application is its children: each counts where its agency received it.
"""

from services.operations.domain.entries import Entry, gist
from services.operations.domain.proof.tally import Journey, Moment, Proof
from services.operations.domain.status import STATES
from shared.events.intake import Registered


def stands_somewhere(journey: Journey, moment: Moment, into: Proof) -> None:
    """Count one application in its column of the statistics form."""
    own = [e for e in journey.entries if e.sequence]
    registered = [e for e in own if e.type == Registered.TYPE and e.service == "intake"]
    decided = (e for e in own if e.service == "routing" and _has_state(e))
    routed = sorted(decided, key=lambda e: e.sequence)
    if registered:
        first = registered[0]
        if first.logged_ms < moment.until_ms:
            before = [e for e in routed if e.logged_ms < moment.until_ms]
            into.count("at_the_end", "received")
            into.count("at_the_end", _column(before))
        into.count("now", "received")
        into.count("now", _column(routed))
        _is_on_its_way(first, routed, journey, moment, into)
    elif routed:
        detail = "has a state, and was never received"
        into.blame("never_received", journey.application, routed[0].id, detail)


def _has_state(entry: Entry) -> bool:
    """Tell whether a dossier stands somewhere: an action that came before any was turned down."""
    return gist(entry.data).national_code != 0


def _is_on_its_way(
    first: Entry, routed: list[Entry], journey: Journey, moment: Moment, into: Proof
) -> None:
    called = journey.application, gist(first.data).dossier_code
    if not routed:
        is_held = "routing" in journey.held
        kind = "unrouted_held" if is_held else "unrouted"
        why = "routing holds it" if is_held else "routing has not taken it yet"
        if moment.bears(kind, first.logged_ms):
            into.wait(kind, *called, why, first.logged_ms)
        else:
            into.blame("never_routed", *called, f"received, and routing never took it: {why}")
    elif _column(routed) == "nowhere":
        code = gist(routed[-1].data).national_code
        into.blame("nowhere", *called, f"stands at code {code}, which is none")


def _column(routed: list[Entry]) -> str:
    """Return the column of a dossier after these events of routing; before any it is in process."""
    if not routed:
        return "in_process"
    state = STATES.get(gist(routed[-1].data).national_code)
    return state.column if state else "nowhere"
