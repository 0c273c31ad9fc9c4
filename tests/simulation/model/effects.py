"""Exhaustive model of an effect: two workers have the same request, the first may die at any step.

The partner has no idempotency key.  The second worker is the redelivery (after a rebalance, or
beside a zombie) and completes.  `guard` says what keeps a call from being made twice.
"""

from collections import deque
from typing import NamedTuple

BEFORE_CLAIM, BEFORE_CALL, BEFORE_OUTCOME, DONE, DEAD = range(5)


class State(NamedTuple):
    at: tuple[int, int]  # where each worker is
    claimed: bool
    calls: int
    inbox: tuple[str, ...]


def explore(guard: str) -> dict[str, list[str]]:
    """Return what can go wrong, each with the shortest steps that lead there.

    `claim`: a unique insert first, whoever is refused appends *unknown*; a circuit found open is
    claimed too.  `announce`: *sending* is appended to the inbox first.  `defer unclaimed`: an open
    circuit answers at once.
    """
    wrong: dict[str, list[str]] = {}
    start = State((BEFORE_CLAIM, BEFORE_CLAIM), False, 0, ())
    known, queue = {start}, deque([(start, list[str]())])
    while queue:
        state, trace = queue.popleft()
        for violation in violations(state):
            wrong.setdefault(violation, trace)
        for worker in (0, 1):
            for words, following in steps(state, worker, guard):
                if following not in known:
                    known.add(following)
                    queue.append((following, [*trace, f"W{worker + 1} {words}"]))
    return wrong


def violations(state: State) -> list[str]:
    found = []
    if state.calls > 1:
        found.append("called twice")
    if state.calls and "deferred" in state.inbox:
        found.append("called, and denied")
    ended = all(at in (DONE, DEAD) for at in state.at)
    if ended and not {"ok", "unknown", "deferred"} & set(state.inbox):
        found.append("nobody knows")
    return found


def steps(state: State, worker: int, guard: str) -> list[tuple[str, State]]:
    """Return every single step that this worker can take."""
    at = state.at[worker]
    if at in (DONE, DEAD):
        return []

    def moved(to: int, says: str = "") -> State:
        places = (to, state.at[1]) if worker == 0 else (state.at[0], to)
        return state._replace(at=places, inbox=state.inbox + ((says,) if says else ()))

    defers = "finds the circuit open", moved(DONE, says="deferred")
    out = [("dies", moved(DEAD))] if worker == 0 else []
    if at == BEFORE_CALL:
        out.append(("calls", moved(BEFORE_OUTCOME)._replace(calls=state.calls + 1)))
        out += [defers] if guard == "claim" else []
    elif at == BEFORE_OUTCOME:
        out.append(("appends ok", moved(DONE, says="ok")))
    elif guard == "announce":
        out.append(("appends sending", moved(BEFORE_CALL, says="sending")))
    else:
        refused = "is refused", moved(DONE, says="unknown")
        claims = "claims", moved(BEFORE_CALL)._replace(claimed=True)
        out.append(refused if state.claimed else claims)
        out += [defers] if guard == "defer unclaimed" else []
    return out
