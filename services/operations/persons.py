"""The applications of a person, of whom somebody types the personal number.

The log does not say whose an application is (docs/adr/0025), intake knows.  The number goes no
further than this process: intake is asked by its keyed hash, and writes down who asked, and why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import httpx
import msgspec

from services.operations.domain.persons import hash_in, number_in
from services.operations.finding import FOUND_LIMIT, Found, Understood, hits, understood
from services.operations.journeys import Journeys
from shared.access import Caller
from shared.problems import Refusal

SEARCHES = "/v1/subjects/searches"
REASON_LEAST, REASON_LIMIT = 3, 500  # characters
CALL_LIMIT_S = 2.0
TRIES = 2
_NOT_LET_IN = (401, 403)
_SURE = ("application", "dossier_code", "petition_code")

Reason = Annotated[str, msgspec.Meta(min_length=REASON_LEAST, max_length=REASON_LIMIT)]


class _Theirs(msgspec.Struct, frozen=True):
    """What intake answers; what else it says may be added to."""

    applications: list[str]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Persons:
    """Finds by person: `hashed` makes a number's hash; `address` and `key` are intake's."""

    journeys: Journeys
    http: httpx.AsyncClient
    address: str
    key: str
    hashed: Callable[[str], str]

    def meant(self, typed: str) -> str | None:
        """Return the hash of the person who is meant; None: it is no person's number."""
        if hashed := hash_in(typed):
            return hashed
        number = number_in(typed)
        if number is None or any(each.kind in _SURE for each in understood(typed)):
            return None
        return self.hashed(number)

    async def find(self, subject: str, caller: Caller, reason: str) -> Found:
        """Return the newest applications of the person with this hash, those on the log.

        Raises `Refusal` 422, 503, `Unknown`.
        """
        if not REASON_LEAST <= len(reason.strip()) <= REASON_LIMIT:
            detail = "Say why: `reason`, of 3 to 500 characters. It is written down with your name."
            raise Refusal(422, "reason-needed", detail)
        theirs = await self._asked(subject, caller, reason.strip())
        named = dict.fromkeys(theirs.applications[:FOUND_LIMIT], Understood("subject", subject))
        is_cut = theirs.is_cut or len(theirs.applications) > FOUND_LIMIT
        return Found(
            asked=f"subject:{subject}",
            understood=[Understood("subject", subject)],
            found=await hits(self.journeys, named),
            is_cut=is_cut,
        )

    async def _asked(self, subject: str, caller: Caller, reason: str) -> _Theirs:
        body = {"subject_hash": subject, "reason": reason, "asked_by": caller.source}
        for _ in range(TRIES):
            try:
                answer = await self.http.post(
                    f"{self.address}{SEARCHES}",
                    json=body,
                    headers={"authorization": f"Bearer {self.key}"},
                    timeout=CALL_LIMIT_S,
                )
            except httpx.HTTPError:
                continue
            if answer.status_code == httpx.codes.OK:
                return _read(answer.content)
            if answer.status_code in _NOT_LET_IN:
                raise _not_taken()
        raise _silent()


def _read(content: bytes) -> _Theirs:
    try:
        return msgspec.json.decode(content, type=_Theirs)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _silent() from error


def _silent() -> Refusal:
    detail = "Intake does not answer: try again, or find by a code."
    return Refusal(503, "intake-silent", detail, headers={"Retry-After": "5"})


def _not_taken() -> Refusal:
    detail = (
        "Intake does not take operations' key: `intake_key` of the secrets has to be an operator's "
        "there. Until then, find by a code."
    )
    return Refusal(503, "intake-refuses", detail)
