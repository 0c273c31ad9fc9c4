"""Who has both codes, or the link, sees an application; whoever guesses is held off."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations import status_access
from services.operations.domain.citizen.words import Words
from services.operations.pages.labels import LABELS
from services.operations.status_access import (
    LOOKS,
    LOOKS_WINDOW_S,
    OFTEN,
    PER_DOSSIER,
    PER_PAIR,
    WINDOW_S,
    WRONG,
    Asked,
    Attempts,
    network,
)
from shared.problems import Refusal
from tests.services.operations import scenes
from tests.services.operations.scenes import begun
from tests.services.operations.status.edge import LINKS, StatusEdge, Ticks
from tests.services.operations.story import Story, application

NOBODYS = "H29.1-20261120-7777777"
WRONG_CODE = "0000-0000-0000"
MANY = 40  # far more than is answered at one dossier


async def test_both_codes_open_an_application_however_they_are_typed(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    typed = LINKS.code(story.application).lower().replace("-", " ").replace("0", "o")
    for code, dossier in (("", ""), (typed, f" {story.code.lower()} ")):
        answer = await edge.look(story, code=code, dossier=dossier)
        assert answer.status_code == 200
        assert story.code in answer.text


async def test_the_links_token_opens_it_alone(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    answer = await edge.post({"token": LINKS.token(story.application)})
    assert (answer.status_code, story.code in answer.text) == (200, True)
    other = LINKS.token(application(9))
    for token in (other, other[:-1], "x", "ư" * 43, "A" * 10_000):
        assert (await edge.post({"token": token})).status_code == 404


async def test_a_wrong_pair_is_refused_in_one_sentence_whichever_half_is_wrong(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    answers = [
        await edge.look(story, code=WRONG_CODE),
        await edge.look(story, dossier=NOBODYS),
        await edge.look(story, dossier=NOBODYS, code=WRONG_CODE),
        await edge.look(story, code=LINKS.code(application(9))),
    ]
    assert {a.status_code for a in answers} == {404}
    typed = [(story.code, WRONG_CODE), (NOBODYS, LINKS.code(story.application))]
    pages = {
        a.text.replace(d, "D").replace(c, "C") for a, (d, c) in zip(answers, typed, strict=False)
    }
    assert len(pages) == 1
    assert WRONG.vi in pages.pop()


async def test_what_is_not_in_the_log_yet_is_not_told_apart(edge: StatusEdge) -> None:
    answer = await edge.post({"token": LINKS.token(application(9))})
    assert WRONG.vi in answer.text


async def test_a_payments_reference_opens_nothing(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.fee_due))
    for name in (story.reference, story.application):
        answer = await edge.look(story, dossier=name)
        assert answer.status_code == 422


async def test_attempts_of_one_address_on_one_dossier_are_limited_and_keep_out_nobody_else(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    for _ in range(PER_PAIR):
        answer = await edge.look(story, code=WRONG_CODE, address="198.51.100.1")
        assert answer.status_code == 404
    held = await edge.look(story, address="198.51.100.1")
    assert held.status_code == 429
    assert held.headers["retry-after"] == str(int(WINDOW_S))
    assert "15 phút" in held.text
    by_link = await edge.post({"token": LINKS.token(story.application)}, address="198.51.100.1")
    assert by_link.status_code == 200
    assert (await edge.look(story, address="198.51.100.2")).status_code == 200
    edge.ticks.now_s = WINDOW_S
    assert (await edge.look(story, address="198.51.100.1")).status_code == 200


async def flood(edge: StatusEdge, story: Story) -> None:
    """Try wrong codes at a dossier, from ever other addresses, until no more are answered."""
    wrong = Asked(dossier_code=story.code, code=WRONG_CODE)
    for n in range(PER_DOSSIER):
        with pytest.raises(Refusal) as why:
            await edge.access.by_citizen(wrong, f"10.0.{n >> 8}.{n & 255}")
        assert why.value.status == 404


async def test_attempts_on_one_dossier_are_limited_wherever_they_come_from(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    await flood(edge, story)
    assert (await edge.look(story)).status_code == 429
    assert (await edge.post({"token": LINKS.token(story.application)})).status_code == 200


async def test_who_was_right_while_others_flooded_the_dossier_is_held_no_longer_than_they_are(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    await flood(edge, story)
    edge.ticks.now_s = WINDOW_S - 1
    for _ in range(PER_PAIR + 1):
        held = await edge.look(story)
        assert (held.status_code, held.headers["retry-after"]) == (429, "1")
    edge.ticks.now_s = WINDOW_S
    assert (await edge.look(story)).status_code == 200


async def test_whatever_others_try_from_an_address_keeps_nobody_behind_it_from_their_own(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    for n in range(MANY):
        assert (await edge.post({"token": "x" * 43})).status_code == 404
        tried = await edge.look(story, dossier=f"H29.1-20261120-{n:07d}", code=WRONG_CODE)
        assert tried.status_code == 404
    assert (await edge.look(story)).status_code == 200
    assert (await edge.post({"token": LINKS.token(story.application)})).status_code == 200


async def test_attempts_at_one_dossier_count_as_one_homes(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    for n in range(PER_PAIR):
        await edge.look(story, code=WRONG_CODE, address=f"2001:db8::{n + 1}")
    assert (await edge.look(story, address="2001:db8::ff")).status_code == 429
    assert (await edge.look(story, address="2001:db8:0:1::1")).status_code == 200


async def test_what_is_right_counts_against_nobody(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    for _ in range(MANY):
        assert (await edge.look(story)).status_code == 200


async def test_right_looks_at_one_application_are_limited_and_at_others_go_on(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    token, other = LINKS.token(story.application), LINKS.token(application(9))
    for n in range(LOOKS):
        await edge.access.by_citizen(Asked(token=token), f"198.51.100.{n}")
    held = [await edge.post({"token": token}), await edge.look(story)]
    assert {(a.status_code, a.headers["retry-after"]) for a in held} == {(429, "60")}
    assert all(OFTEN.told(minutes="1").vi in answer.text for answer in held)
    assert await edge.access.by_citizen(Asked(token=other), "198.51.100.1") == application(9)
    edge.ticks.now_s = LOOKS_WINDOW_S
    assert (await edge.look(story)).status_code == 200


async def test_an_outage_counts_against_nobody_and_is_said(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    edge.store.trouble.fails = lambda: True
    for _ in range(MANY):
        answer = await edge.look(story)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    edge.store.trouble.fails = lambda: False
    assert (await edge.look(story)).status_code == 200


async def test_what_opens_an_application_stands_in_no_log(
    edge: StatusEdge, caplog: pytest.LogCaptureFixture
) -> None:
    story = await edge.read(begun(scenes.processing))
    with caplog.at_level(logging.DEBUG):
        await edge.look(story)
        await edge.post({"token": LINKS.token(story.application)})
    said = " ".join(r.getMessage() for r in caplog.records)
    assert LINKS.token(story.application) not in said
    assert LINKS.code(story.application) not in said


def test_a_thousand_attempts_at_once_are_counted_before_any_is_answered() -> None:
    attempts = Attempts(3, Ticks())
    assert [attempts.take("a") > 0 for _ in range(5)] == [False] * 3 + [True] * 2


def test_memory_is_bounded_and_the_oldest_key_goes_first() -> None:
    attempts = Attempts(1, Ticks())
    for n in range(status_access.KEPT + 1):
        attempts.take(str(n))
    assert attempts.take("0") == 0.0
    assert attempts.take(str(status_access.KEPT)) > 0.0


@given(st.lists(st.sampled_from(["take", "give", "wait"]), max_size=40))
def test_no_more_than_the_limit_is_ever_out(steps: list[str]) -> None:
    ticks, out = Ticks(), 0
    attempts = Attempts(3, ticks, 10.0)
    for step in steps:
        if step == "take":
            out += attempts.take("a") == 0.0
        elif step == "give" and out:
            attempts.give_back("a")
            out -= 1
        elif step == "wait":
            ticks.now_s, out = ticks.now_s + 10.0, 0
        assert out <= 3


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_home_counts_once(address: str, counted: str) -> None:
    assert network(address) == counted


def test_the_refusal_names_its_remedy_in_both_languages() -> None:
    words = status_access.TOO_MANY.told(minutes="3")
    assert words == Words(
        "Đã thử quá nhiều lần. Hãy đợi 3 phút rồi thử lại, hoặc mở liên kết tra cứu do nơi nộp "
        "hồ sơ cấp.",
        "That was tried too often. Wait 3 minutes and try again, or open the link that you were "
        "given where you applied.",
    )


@pytest.mark.parametrize("words", [*LABELS.values(), status_access.TOO_MANY])
def test_no_message_is_said_to_have_the_codes_and_no_paper_the_link(words: Words) -> None:
    for text in ("tin nhắn", "thông báo đã gửi cho"):
        assert text not in words.vi
    for text in ("a message", "sent you"):
        assert text not in words.en
    assert not ("liên kết" in words.vi and "giấy tiếp nhận" in words.vi)
    assert not ("link" in words.en and "receipt" in words.en)
