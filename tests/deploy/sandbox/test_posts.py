"""A merchant is called until it is heard, at most so often, and never by two clocks at once."""

import httpx
import pytest

from deploy.sandbox.posts import NOTHING, Patience, Post, Posts
from tests.waiting import until


class Merchant:
    """Answers with these statuses, then with 200; 0: not at all."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.heard = list(statuses), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        if not status:
            raise httpx.ReadError("gone")
        return httpx.Response(status)

    def posts(self, **changes) -> Posts:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return Posts(client, "http://merchant/callback", 0.0, **changes)


async def test_what_was_not_heard_is_told_again_each_time_made_anew():
    merchant, made = Merchant(500, 0, 404), []

    def make():
        made.append(Post(str(len(made)).encode()))
        return made[-1]

    posts = merchant.posts()
    await posts.tell(make)
    await posts.rest()

    assert [r.content for r in merchant.heard] == [b"0", b"1", b"2", b"3"]
    assert posts.answers == {"500": 1, NOTHING: 1, "404": 1, "200": 1}
    assert (posts.given_up, posts.pending) == (0, 0)


@pytest.mark.parametrize("tell", ["tell", "tell_later"])
async def test_it_is_given_up_after_so_many_calls(tell):
    merchant = Merchant(*[500] * 99)
    posts = merchant.posts(calls_limit=3)

    told = getattr(posts, tell)(lambda: Post(b"x"))
    if told:
        await told
    await posts.rest()

    assert (len(merchant.heard), posts.given_up) == (3, 1)


async def test_whose_patience_is_endless_gives_up_only_when_calls_count_again():
    merchant, patience = Merchant(*[500, 0] * 9_999), Patience()
    patience.is_endless = True
    posts = merchant.posts(calls_limit=3, patience=patience)

    await posts.tell(lambda: Post(b"x"))
    await until(lambda: len(merchant.heard) > 20)
    assert (posts.given_up, posts.pending) == (0, 1)

    patience.is_endless, before = False, len(merchant.heard)
    await posts.rest()

    assert posts.given_up == 1
    assert len(merchant.heard) - before in (2, 3), "one may have been under way"


async def test_once_says_whether_it_was_heard_and_repeats_nothing():
    merchant = Merchant(202, 500)
    posts = merchant.posts()

    assert [await posts.once(lambda: Post(b"x")) for _ in range(2)] == [True, False]
    assert posts.pending == 0


async def test_a_query_is_fetched_and_an_order_may_have_an_address_of_its_own():
    merchant = Merchant()
    posts = merchant.posts()
    await posts.once(lambda: Post(query="a=1&b=%20"))
    await posts.once(lambda: Post(b"x", {"x-a": "1"}, url="http://other/own"))

    first, second = merchant.heard
    assert (first.method, str(first.url)) == ("GET", "http://merchant/callback?a=1&b=%20")
    assert (second.method, str(second.url), second.headers["x-a"]) == (
        *("POST", "http://other/own"),
        "1",
    )
