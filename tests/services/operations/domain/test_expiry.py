"""Partners' keys and until when they are valid, by the secrets file."""

from datetime import UTC, datetime, timedelta

from services.operations.domain.expiry import days_left, expiring

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def key(days: float | None) -> dict[str, str]:
    ends = {} if days is None else {"valid_to": (NOW + timedelta(days=days)).isoformat()}
    return {"secret": "made-up", "valid_from": "2020-01-01T00:00:00Z", **ends}


def test_of_each_direction_the_key_that_ends_last_counts() -> None:
    partners = {"sen-vang": {"outgoing": [key(3), key(12.5)], "incoming": [key(-1)]}}
    found = {(s.about, s.value, s.partner) for s in days_left(expiring(partners), NOW)}
    assert found == {("sen-vang/outgoing", 12, "sen-vang"), ("sen-vang/incoming", 0, "sen-vang")}


def test_a_key_for_ever_never_ends_and_what_cannot_be_read_says_nothing() -> None:
    odd = {"valid_to": "soon"}
    partners = {"a": {"outgoing": [key(3), key(None)]}, "b": {"outgoing": [odd]}, "c": {}}
    assert expiring(partners) == []
