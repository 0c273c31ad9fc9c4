from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from shared.errors import Misconfigured, Unknown
from shared.jwe import NotOpened
from shared.store import Row
from shared.vault import (
    CACHED_FOR_S,
    Sealed,
    Vault,
    dead_letter_sealer,
    open_dead_letter,
    seal,
    unseal,
)
from tests.shared.tables import MemoryTable

MASTER = bytes(range(32))
KEY = bytes(reversed(range(32)))


class Rows(MemoryTable):
    """A table that keeps what it was asked; `doubt`: what is inserted is in doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.doubt = False

    async def begin(self, call: str) -> None:
        self.asked.append(call)

    async def insert_missing(self, rows: Sequence[Row]) -> set[str]:
        stood = await super().insert_missing(rows)
        if self.doubt:
            raise Unknown("the connection broke")
        return stood


class Monotonic:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_is_sealed_opens_again(plaintext: bytes, application: str) -> None:
    sealed = seal(KEY, plaintext, application)
    assert unseal(KEY, sealed, application) == plaintext
    assert seal(KEY, plaintext, application) != sealed


@given(st.text(max_size=80))
def test_any_other_text_does_not_open(text: str) -> None:
    with pytest.raises(NotOpened):
        unseal(KEY, text, "a")
    with pytest.raises(NotOpened):
        unseal(KEY, f"v1.{text}", "a")


def test_a_sealed_value_opens_nowhere_else() -> None:
    sealed = seal(KEY, b"x", "a")
    with pytest.raises(NotOpened):
        unseal(KEY, sealed, "b")
    with pytest.raises(NotOpened):
        unseal(MASTER, sealed, "a")


async def test_two_processes_agree_on_the_keys_of_a_batch() -> None:
    rows = Rows()
    first, second = Vault(rows, MASTER), Vault(rows, MASTER)
    made = await first.keys(["a", "b"], create=True)
    assert await second.keys(["c", "b", "a", "b"], create=True) == made | {
        "c": (await first.keys(["c"], create=False))["c"]
    }
    assert len(set(made.values())) == 2


async def test_a_batch_costs_one_insert_and_one_query_at_most() -> None:
    rows = Rows()
    vault = Vault(rows, MASTER)
    await vault.keys(["a", "b"], create=True)
    assert rows.asked == ["insert_missing"]
    await vault.keys(["a", "b"], create=True)
    await vault.keys(["a", "b"], create=False)
    assert rows.asked == ["insert_missing"]
    await Vault(rows, MASTER).keys(["a", "b", "c"], create=True)
    assert rows.asked == ["insert_missing", "insert_missing", "get"]


async def test_a_key_whose_making_was_in_doubt_is_the_one_that_stands() -> None:
    rows = Rows()
    vault = Vault(rows, MASTER)
    rows.doubt = True
    with pytest.raises(Unknown):
        await vault.keys(["a"], create=True)
    rows.doubt = False
    keys = await vault.keys(["a"], create=True)
    assert keys == await Vault(rows, MASTER).keys(["a"], create=False)


async def test_without_its_key_nothing_opens_again() -> None:
    rows, clock = Rows(), Monotonic()
    here, there = (Vault(rows, MASTER, monotonic=clock) for _ in range(2))
    key = (await here.keys(["a"], create=True))["a"]
    sealed = Sealed("a", seal(key, b"x", "a"))
    assert await there.open([sealed], who="notify", purpose="test") == [b"x"]
    await here.destroy("a")
    assert await here.open([sealed], who="notify", purpose="test") == [None]
    clock.now_s += CACHED_FOR_S
    assert await there.open([sealed], who="notify", purpose="test") == [None]
    await here.keys(["a"], create=True)
    with pytest.raises(NotOpened):
        await here.open([sealed], who="notify", purpose="test")


async def test_every_opening_is_logged_without_what_was_opened() -> None:
    vault = Vault(Rows(), MASTER)
    keys = await vault.keys(["a", "b"], create=True)
    values = [Sealed(a, seal(k, b"secret", a)) for a, k in keys.items()] * 2
    with capture_logs() as logs:
        await vault.open(values, who="notify", purpose="notices")
    assert [(e["who"], e["purpose"], e["applications"]) for e in logs] == [
        ("notify", "notices", ["a", "b"])
    ]
    assert "secret" not in str(logs)


async def test_no_key_stands_in_the_clear_nor_opens_with_another_master_key() -> None:
    rows = Rows()
    key = (await Vault(rows, MASTER).keys(["a"], create=True))["a"]
    assert key not in rows.rows["a"]["wrapped"]
    with pytest.raises(Misconfigured, match="another master key"):
        await Vault(rows, KEY).keys(["a"], create=False)
    rows.rows["b"] = {"_id": "b", "wrapped": rows.rows["a"]["wrapped"]}
    with pytest.raises(Misconfigured):
        await Vault(rows, MASTER).keys(["b"], create=False)


async def test_the_cache_forgets_the_longest_unused() -> None:
    rows = Rows()
    vault = Vault(rows, MASTER, cached_keys=2)
    for application in ("a", "b", "a", "c"):
        await vault.keys([application], create=True)
    rows.asked.clear()
    await vault.keys(["a", "c"], create=False)
    assert rows.asked == []
    await vault.keys(["b"], create=False)
    assert rows.asked == ["get"]


def test_a_subject_is_told_by_a_keyed_hash() -> None:
    here, elsewhere = Vault(Rows(), MASTER), Vault(Rows(), KEY)
    assert here.subject_hash("001199000001") == Vault(Rows(), MASTER).subject_hash("001199000001")
    assert here.subject_hash("001199000001") != here.subject_hash("001199000002")
    assert here.subject_hash("001199000001") != elsewhere.subject_hash("001199000001")


@given(st.binary(max_size=200))
def test_a_dead_letter_is_sealed_whole(value: bytes) -> None:
    sealed = dead_letter_sealer(MASTER)(value)
    assert open_dead_letter(MASTER, sealed) == value
    with pytest.raises(NotOpened):
        open_dead_letter(KEY, sealed)


def test_a_master_key_of_another_length_is_named_at_start() -> None:
    with pytest.raises(Misconfigured, match="32 bytes"):
        Vault(Rows(), b"short")
