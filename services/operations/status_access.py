"""Who may see how an application stands: who has its link, or its dossier code and the code beside.

A right token opens whatever else was tried, and a wrong one counts for nothing: nobody guesses
one.  Attempts at codes are limited by dossier: by who asks for it, and (far above what people do,
far below what sixty bits bear) wherever they come from.  Never by who asks alone: many people share
an address, or a portal, and what one of them tries is nobody else's.  They are counted before
anything is looked up: a thousand at once are no way around it.  A wrong pair is refused in one
sentence, whichever half of it is wrong, and takes as long as one half-right.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol
from uuid import UUID

from services.operations.domain.citizen.words import Words
from shared.dossier_codes import read_code
from shared.errors import Unknown
from shared.problems import Refusal
from shared.status_links import StatusLinks

WINDOW_S = 900.0
PER_PAIR = 10  # wrong attempts in a window, of one who asks at one dossier
PER_DOSSIER = 3_000  # of all together: else ten tries of anybody kept its citizen out
PER_PORTAL_PAIR = 100  # it asks for whoever stands before it
LOOKS_WINDOW_S, LOOKS = 60.0, 60  # at one application, by whoever is right
KEPT = 50_000  # dossier codes, and who asked for which, that are remembered, each
TOKEN_LIMIT = 200  # characters
_NOBODY = str(UUID(int=0))

WRONG = Words(
    "Không có hồ sơ nào khớp với các mã này. Hãy kiểm tra từng ký tự; hồ sơ vừa nộp có thể cần "
    "một phút.",
    "No application fits these codes. Check them character by character; one that was submitted "
    "just now may need a minute.",
)
TOO_MANY = Words(
    "Đã thử quá nhiều lần. Hãy đợi {minutes} phút rồi thử lại, hoặc mở liên kết tra cứu do nơi nộp "
    "hồ sơ cấp.",
    "That was tried too often. Wait {minutes} minutes and try again, or open the link that you "
    "were given where you applied.",
)
OFTEN = Words(
    "Hồ sơ này vừa được xem quá nhiều lần. Hãy đợi {minutes} phút rồi xem lại.",
    "This application was looked at too often just now. Wait {minutes} minutes and look again.",
)


class Attempts:
    """Counts attempts by key, so many in a window, in bounded memory: the oldest key is forgotten
    first.
    """

    def __init__(
        self, limit: int, monotonic: Callable[[], float], window_s: float = WINDOW_S
    ) -> None:
        self._limit, self._monotonic, self._window_s = limit, monotonic, window_s
        self._counted: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how many, until when

    def take(self, key: str) -> float:
        """Count an attempt; return 0, or for how long there may be none, and then count nothing."""
        now = self._monotonic()
        count, until = self._counted.get(key, (0, 0.0))
        if now >= until:
            count, until = 0, now + self._window_s
            self._counted.pop(key, None)
        if count >= self._limit:
            return until - now
        self._counted[key] = count + 1, until
        while len(self._counted) > KEPT:
            self._counted.popitem(last=False)
        return 0.0

    def give_back(self, key: str) -> None:
        """Take an attempt as not made: it was right."""
        count, until = self._counted.get(key, (0, 0.0))
        if count > 1:
            self._counted[key] = count - 1, until
        else:
            self._counted.pop(key, None)


class Asked(NamedTuple):
    """What somebody shows: the token of a link, or both codes as they were typed."""

    token: str = ""
    dossier_code: str = ""
    code: str = ""


class Finds(Protocol):
    """`services.operations.journeys.Journeys`."""

    async def find(self, name: str) -> str | None:
        """Return the application with this dossier code.  Raises `Unknown`."""


class StatusAccess:
    """Lets in who shows what is right, and holds off who guesses."""

    def __init__(self, journeys: Finds, links: StatusLinks, monotonic: Callable[[], float]) -> None:
        self._journeys, self.links = journeys, links
        self._by_citizen = Attempts(PER_PAIR, monotonic)
        self._by_portal = Attempts(PER_PORTAL_PAIR, monotonic)
        self._by_dossier = Attempts(PER_DOSSIER, monotonic)
        self._looks = Attempts(LOOKS, monotonic, LOOKS_WINDOW_S)

    async def by_citizen(self, asked: Asked, address: str) -> str:
        """Return the application.  Raises `Refusal` 404, 429, `Unknown`."""
        return await self._opened(asked, self._by_citizen, network(address))

    async def by_portal(self, asked: Asked, portal: str) -> str:
        """Return the same for a portal, which asks for many people."""
        return await self._opened(asked, self._by_portal, portal)

    async def _opened(self, asked: Asked, by_pair: Attempts, who: str) -> str:
        if asked.token:
            found = self.links.application(asked.token[:TOKEN_LIMIT])
        else:
            found = await self._by_codes(asked, by_pair, who)
        if found is None:
            raise Refusal(404, "unknown-pair", WRONG.en)
        _hold(self._looks.take(found), "too-many-looks")
        return found

    async def _by_codes(self, asked: Asked, by_pair: Attempts, who: str) -> str | None:
        dossier = read_code(asked.dossier_code)
        if dossier is None:
            return None
        counted = (by_pair, f"{dossier} {who}"), (self._by_dossier, dossier)
        _take(counted)
        try:
            application = await self._found(dossier, asked.code)
        except Unknown:
            _give_back(counted)
            raise
        if application is not None:
            _give_back(counted)
        return application

    async def _found(self, dossier: str, code: str) -> str | None:
        application = await self._journeys.find(dossier)
        # of a dossier that is not there a code is worked out as well
        is_right = self.links.is_code(application or _NOBODY, code)
        return application if is_right else None


def network(address: str) -> str:
    """Return what counts as one caller: an address, of IPv6 the network that a home is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(getattr(found, "ipv4_mapped", None) or found)


def wait_words(code: str, wait_s: float) -> Words:
    """Return how somebody is told for how long there is nothing for them."""
    minutes = str(max(1, -int(-wait_s // 60)))
    return (OFTEN if code == "too-many-looks" else TOO_MANY).told(minutes=minutes)


def _take(counted: Sequence[tuple[Attempts, str]]) -> None:
    """Count an attempt at all of these, or at none.  Raises `Refusal` 429."""
    for n, (attempts, key) in enumerate(counted):
        if wait_s := attempts.take(key):
            _give_back(counted[:n])
            _hold(wait_s)


def _give_back(counted: Sequence[tuple[Attempts, str]]) -> None:
    for attempts, key in counted:
        attempts.give_back(key)


def _hold(wait_s: float, code: str = "too-many-attempts") -> None:
    if wait_s:
        headers = {"Retry-After": str(max(1, -int(-wait_s // 1)))}
        raise Refusal(429, code, wait_words(code, wait_s).en, headers=headers)
