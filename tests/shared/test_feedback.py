"""The message of a citizen's answer: its comment is in it sealed, or not at all."""

from datetime import UTC, datetime

import msgspec
import pytest

from shared.events.feedback import FeedbackGiven
from shared.feedback import Erased, given
from shared.vault import Sealed, Vault
from tests.shared.tables import MemoryTable

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
COMMENT = "Cán bộ hướng dẫn rất rõ (thử nghiệm)"


@pytest.fixture
def vault() -> Vault:
    return Vault(MemoryTable(), bytes(32), cached_keys=0)


async def ask(vault, **changes):
    said = {"milestone": "accepted", "score": 4, "comment": "", "key": "1"} | changes
    return await given(vault, lambda: AT, "/citizens/status-page", APPLICATION, **said)


async def test_a_comment_goes_sealed_and_opens_with_the_applications_key(vault):
    await vault.keys([APPLICATION], create=True)
    event = await ask(vault, comment=COMMENT)
    assert "thử nghiệm" not in bytes(event.data).decode()
    said = msgspec.json.decode(event.data, type=FeedbackGiven)
    [opened] = await vault.open([Sealed(APPLICATION, said.comment)], who="test", purpose="test")
    assert opened == COMMENT.encode()


async def test_without_a_comment_no_key_is_asked_for(vault):
    event = await ask(vault)
    assert bytes(event.data) == b'{"milestone":"accepted","score":4}'


async def test_a_comment_on_what_was_erased_is_not_sent_in_the_clear(vault):
    with pytest.raises(Erased):
        await ask(vault, comment=COMMENT)


async def test_the_same_answer_under_its_key_is_the_same_message(vault):
    first, second = await ask(vault, key="form-1"), await ask(vault, key="form-1")
    assert first.id == second.id == f"{APPLICATION}/feedback/accepted/form-1"
    assert (await ask(vault)).id != first.id


@pytest.mark.parametrize(
    "wrong", [{"score": 0}, {"score": 6}, {"comment": COMMENT}, {"comment": "v1."}, {"by": "x"}]
)
def test_what_is_no_answer_does_not_decode(wrong):
    text = msgspec.json.encode({"milestone": "accepted", "score": 4} | wrong)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=FeedbackGiven)
