"""The log checked by sample: applications are proven a quarter of an hour, a day, ten days and
thirty days after they were submitted, and those in which something was wrong again and again.

`motcua prove` looks at all of a period; this finds out that it is worth a look.  Where more come
than are looked at, each age begins at another quarter of them: together they see most.
Rows of places:

    proven/<until>                until then it was looked
    wrong/<kind>/<application>    it was found
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from services.operations.counts import ReadUntil
from services.operations.domain.alarms import Sight
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proving import Proving
from shared.errors import Unknown
from shared.store import Row, Table, prefix

AGES = (timedelta(minutes=15), timedelta(days=1), timedelta(days=10), timedelta(days=30))
PROVEN_LIMIT = 125  # applications of one age in a look, or a page more
BEHIND_LIMIT = timedelta(minutes=1)  # it is behind by more than reading takes
BACK_LIMIT = timedelta(minutes=10)  # looks that were missed before that are missed
WRONG_LIMIT = 1_000  # of all kinds together
AGAIN_LIMIT = 50  # looked at again in a look
# the rule of each kind of exception: those that are not here are differences
SEQUENCES = frozenset({"gap", "misorder", "fork", "orphan"})
# what has a rule of its own
OTHERS = frozenset({"unanswered"})


class Checking:
    """Proves some applications in each look."""

    def __init__(self, places: Table, proving: Proving, read: ReadUntil) -> None:
        self._places, self._proving, self._read = places, proving, read

    async def look(self, now: datetime) -> list[Sight]:
        """Return how many applications are wrong, by kind.  Raises `Unknown`, also while a lane is
        behind: what stands half-way there is not lost.
        """
        as_of = await self._read.as_of()
        if now - as_of > BEHIND_LIMIT:
            raise Unknown(f"what came after {as_of:%H:%M:%S} UTC is not read in every lane")
        rows = await self._places.ranges([prefix("wrong/")], WRONG_LIMIT)
        await self._again(rows, as_of, now)
        await self._more(as_of, now, WRONG_LIMIT - len(rows))
        found = defaultdict(list)
        for row in await self._places.ranges([prefix("wrong/")], WRONG_LIMIT):
            _, kind, application = str(row["_id"]).split("/")
            found[kind].append(application)
        return [_sight(kind, applications) for kind, applications in found.items()]

    async def _more(self, as_of: datetime, now: datetime, room: int) -> None:
        """Prove the applications that have come to one of the ages since the last look."""
        rows = await self._places.ranges([prefix("proven/")])
        last = datetime.fromtimestamp(max((_ms_in(r) for r in rows), default=0) / 1_000, UTC)
        since = max(last, now - BACK_LIMIT)
        if since >= now:
            return
        wrong: set[tuple[str, str]] = set()
        for nth, age in enumerate(AGES):
            begin = since + (now - since) * nth / len(AGES)  # other ages look at others
            proof = Proof()
            for period in (Period(begin - age, now - age), Period(since - age, begin - age)):
                left = PROVEN_LIMIT - proof.applications
                if left > 0 and period.since < period.until:
                    part = await self._proving.some(period, as_of, period.ids[0], left)
                    proof.add(part.proof)
            wrong |= {(item.kind, item.application) for item in proof.exceptions}
        come = [{"_id": f"wrong/{k}/{a}"} for k, a in sorted(wrong) if a and k not in OTHERS]
        await self._places.insert_missing(come[: max(0, room)])
        await self._places.insert_missing([{"_id": f"proven/{_ms(now):015d}"}])
        await self._places.delete([str(row["_id"]) for row in rows if _ms_in(row) < _ms(now)])

    async def _again(self, rows: list[Row], as_of: datetime, now: datetime) -> None:
        """Look again at some that were wrong, each look at others, and forget what is mended."""
        if not rows:
            return
        first = int(now.timestamp()) % len(rows)
        for row in (rows[first:] + rows[:first])[:AGAIN_LIMIT]:
            _, kind, application = str(row["_id"]).split("/")
            proof = await self._proving.one(application, as_of)
            if kind not in proof.excepted:
                await self._places.delete([str(row["_id"])])


def _sight(kind: str, applications: list[str]) -> Sight:
    rule = "sequence_gap" if kind in SEQUENCES else "parity_difference"
    return Sight(rule=rule, about=kind, value=len(applications), named=tuple(applications[:5]))


def _ms_in(row: Row) -> int:
    return int(str(row["_id"]).partition("/")[2])


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
