"""Who is signed in, in this process's memory: a restart asks everybody to sign in again.

The browser has a token, known here by its hash; the name behind it never leaves this process.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.access import Caller

IDLE_S = 30 * 60.0
LIVES_S = 8 * 3_600.0  # a working day, whatever is done meanwhile
KEPT = 2_000  # who was idle for longest is signed out first
KEPT_EACH = 10  # of one account


@dataclass(slots=True)
class Session:
    """Somebody at the console; `csrf` has to come with all that is sent."""

    caller: Caller
    began_s: float
    seen_s: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def is_asked_by(self, token: str) -> bool:
        """Tell whether a form was made for this session."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())


class Sessions:
    """The sessions that last, by the hash of their tokens; who was seen last comes last."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: OrderedDict[str, Session] = OrderedDict()

    def open(self, caller: Caller, before: str = "") -> str:
        """Return the token of a new session; `before`, what the browser had, is none any more."""
        self.close(before)
        now = self._monotonic()
        own = [key for key, session in self._open.items() if session.caller.name == caller.name]
        for key in own[: max(0, len(own) + 1 - KEPT_EACH)]:
            del self._open[key]
        token = secrets.token_urlsafe(32)
        self._open[_key(token)] = Session(caller, now, now)
        while len(self._open) > KEPT:
            self._open.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of this token, seen now; None: there is none, or it is over."""
        session = self._open.get(_key(token)) if token else None
        if session is None:
            return None
        now = self._monotonic()
        if now - session.seen_s >= IDLE_S or now - session.began_s >= LIVES_S:
            self.close(token)
            return None
        session.seen_s = now
        self._open.move_to_end(_key(token))
        return session

    def close(self, token: str) -> None:
        """Sign out; an unknown token is no error."""
        self._open.pop(_key(token), None)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
