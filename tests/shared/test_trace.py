"""Trace ids and sampling."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trace import is_sampled, parent_span, span_id, trace_id, traceparent


def uuid7(milliseconds: int, noise: int) -> str:
    fields = (milliseconds << 80) | (7 << 76) | (2 << 62)
    return str(UUID(int=fields | (noise & ((1 << 62) - 1))))


def test_the_trace_id_is_the_application_id() -> None:
    application = uuid7(1_700_000_000_000, 42)
    assert trace_id(application) == UUID(application).hex


def test_a_span_is_named_by_what_it_did_and_by_nothing_else() -> None:
    assert span_id("a", "routing", "1") == span_id("a", "routing", "1")
    assert span_id("a", "routing", "1") != span_id("a", "routing", "2")
    assert len(span_id("a")) == 16


@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.1, 0.5, 1.0])
def test_the_observed_rate_of_sampling_is_the_one_asked_for(ratio: float) -> None:
    applications = [uuid7(1_700_000_000_000 + n, n * 0x9E3779B97F4A7C15) for n in range(20_000)]
    observed = sum(is_sampled(a, ratio) for a in applications) / len(applications)
    assert observed == pytest.approx(ratio, abs=0.01)


@given(st.integers(0, 1 << 61), st.floats(0, 1), st.floats(0, 1))
def test_what_a_lower_ratio_samples_a_higher_one_samples_too(
    noise: int, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    application = uuid7(1_700_000_000_000, noise)
    assert is_sampled(application, high) or not is_sampled(application, low)


def test_the_parent_in_a_traceparent_is_its_span() -> None:
    application = uuid7(1, 2)
    assert parent_span(traceparent(application, "00f067aa0ba902b7", True)) == "00f067aa0ba902b7"
    assert parent_span("") == ""


SOUND = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "header",
    [
        "zz" * 28,
        SOUND.replace("4bf92f", "zzzzzz"),
        SOUND.upper(),
        SOUND + "0",
        SOUND[:-1],
        SOUND + "\n",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
    ],
)
def test_a_traceparent_in_any_other_form_has_no_parent(header: str) -> None:
    assert parent_span(SOUND)
    assert parent_span(header) == ""
