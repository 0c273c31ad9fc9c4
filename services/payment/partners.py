"""The partners: rows of a file, their keys from the secrets file, each behind its gateway."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import msgspec

from services.payment.domain.partner_fees import PartnerFee
from services.payment.domain.terms import Terms
from services.payment.gateways import Account, Gateway, Key, Partner
from services.payment.gateways.bills import Beneficiary, numbers
from services.payment.gateways.disbursing import Disburses
from services.payment.gateways.not_done import AnswersNoQuery
from shared.errors import Misconfigured

SANDBOX = Path(__file__).with_name("sandbox_partners.json")
_BEGUN = datetime(2025, 7, 1, tzinfo=UTC)


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A partner without its keys; an empty `base_url` or `page_url` is the deployment's sandbox,
    under its name.  `timeout_s`: how long a call to it may take, if not as long as its family's;
    `disburses`: allowances are paid out of our account there.  `accounts`: where money comes for a
    procedure, a unit, or both, in the place of `account`.  `fees`: what it keeps of a payment.
    """

    name: str
    title: str
    kind: Literal["bank", "intermediary"]
    family: str
    min_vnd: int
    max_vnd: int
    lifetime_s: int | None = None  # None: the deployment's
    active_from: datetime = _BEGUN
    active_to: datetime | None = None
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    account: Account | None = None
    accounts: tuple[Beneficiary, ...] = ()
    base_url: str = ""
    page_url: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=120)] | None = None  # of a call; None: usual
    disburses: bool = False
    fees: tuple[PartnerFee, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` where fees cannot be meant."""
        if len({fee.valid_from for fee in self.fees}) < len(self.fees):
            raise ValueError(f"two fees of {self.name} begin at once")

    @property
    def account_numbers(self) -> frozenset[str]:
        """Return every account of ours there."""
        return numbers(self.account, self.accounts, self.ids)


class Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a partner knows us by, and the keys by direction; `ids`: those that are secret."""

    merchant: Annotated[str, msgspec.Meta(min_length=1)]
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    outgoing: tuple[Key, ...]
    incoming: tuple[Key, ...]


def read(path: Path) -> tuple[Row, ...]:
    """Read a file of partners, in the order of preference.  Raises `Misconfigured`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Row, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not a file of partners: {error}") from error


def keyed(row: Row, secrets: Mapping[str, Any], *, lifetime_s: int, **deployed: Any) -> Partner:
    """Return a partner of the registry.  Raises `Misconfigured` where its keys are missing."""
    try:
        keys = msgspec.convert(secrets[row.name], Keys)
    except KeyError:
        raise Misconfigured(f"partner {row.name}: the secrets file has no keys of it") from None
    except msgspec.ValidationError as error:
        raise Misconfigured(f"partner {row.name}: its keys cannot be read: {error}") from error
    terms = Terms(
        partner=row.name,
        lifetime_s=row.lifetime_s or lifetime_s,
        min_vnd=row.min_vnd,
        max_vnd=row.max_vnd,
        active_from=row.active_from,
        active_to=row.active_to,
    )
    ours = {"name", "title", "kind", "family", "account", "accounts", "disburses"}
    return Partner(
        **{name: getattr(row, name) for name in ours},
        ids={**row.ids, **keys.ids},
        merchant=keys.merchant,
        outgoing=keys.outgoing,
        incoming=keys.incoming,
        terms=terms,
        **deployed,
    )


@runtime_checkable
class AsksFirst(Protocol):
    """What a family says besides whose `create` returns a `Sending`: it is asked to make an order
    before a citizen can pay.
    """

    @property
    def creates_again(self) -> bool:
        """Tell whether it makes a single order however often it is asked for the same one."""


class Registry:
    """The partners of this deployment, by name; `terms`: what they take, by preference."""

    def __init__(
        self, partners: Iterable[Partner], families: Mapping[str, Callable[[Partner], Gateway]]
    ) -> None:
        self._gateways: dict[str, Gateway] = {}
        for row in partners:
            if row.family not in families:
                raise Misconfigured(f"partner {row.name}: no family {row.family!r} is known")
            if row.name in self._gateways or row.terms.partner != row.name:
                raise Misconfigured(f"partner {row.name}: its name stands twice or differs")
            gateway = self._gateways[row.name] = families[row.family](row)
            if row.disburses and (row.account is None or not isinstance(gateway, Disburses)):
                why = "pays nothing out" if row.account else "has no account of ours"
                raise Misconfigured(f"partner {row.name}: it {why}: leave `disburses` out")
        self.terms = tuple(_terms(gateway) for gateway in self._gateways.values())

    def __getitem__(self, name: str) -> Gateway:
        return self._gateways[name]

    def check_keys(self, at: datetime) -> None:
        """Check that each partner has keys that are valid.  Raises `Misconfigured`."""
        for gateway in self:
            gateway.partner.check_keys(at, signs=not isinstance(gateway, AnswersNoQuery))

    def get(self, name: str) -> Gateway | None:
        """Return a partner that may have left this deployment since."""
        return self._gateways.get(name)

    def __iter__(self) -> Iterator[Gateway]:
        return iter(self._gateways.values())

    @property
    def call_limit_s(self) -> float:
        """Return how long a call to any of them may take."""
        return max((g.partner.call_limit_s for g in self), default=0.0)


def _terms(gateway: Gateway) -> Terms:
    partner = gateway.partner
    bank = partner.account.bank if partner.account and partner.disburses else ""
    terms = msgspec.structs.replace(partner.terms, disburses=partner.disburses, bank=bank)
    if not isinstance(gateway, AsksFirst):
        return terms
    return msgspec.structs.replace(terms, asks_first=True, creates_again=gateway.creates_again)
