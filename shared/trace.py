"""Trace ids without chance: the trace is the application, a span is named after what it did.

W3C trace context level 2; sampling reads the low 56 bits of the trace id, which a UUIDv7
draws at random.
"""

import re
from hashlib import blake2b

from shared.kinship import parent_of

_RANDOM_DIGITS = 14  # 56 bits
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id(application: str) -> str:
    """Return the W3C trace id of an application: its id without hyphens, a child's its parent's."""
    return parent_of(application).replace("-", "")


def span_id(*names: str) -> str:
    """Return the id of the span with this name, 16 hex digits, the same whoever asks."""
    return blake2b("/".join(names).encode(), digest_size=8).hexdigest()


def is_sampled(application: str, ratio: float) -> bool:
    """Tell whether the spans of this application are exported; the same at every hop."""
    if ratio >= 1.0:
        return True
    drawn = int(trace_id(application)[-_RANDOM_DIGITS:], 16)
    return drawn < ratio * (1 << 4 * _RANDOM_DIGITS)


def traceparent(application: str, span: str, sampled: bool) -> str:
    """Return the W3C traceparent header of a span of this application."""
    return f"00-{trace_id(application)}-{span}-{'01' if sampled else '00'}"


def parent_span(header: str) -> str:
    """Return the span id in a traceparent, empty if there is none or it is not in W3C's form."""
    return header[36:52] if _FORM.fullmatch(header) else ""
