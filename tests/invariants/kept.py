"""What a run that does not hold leaves: all that was read, a JSON line each, to be searched.

`zgrep REFERENCE build/invariants.jsonl.gz` tells the story of an order, an application, a notice.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import msgspec

from deploy.audit.evidence import Evidence

LEVEL = 1  # of compression: a full run is 300 MB, and is written while somebody waits


def keep(path: Path, evidence: Evidence) -> None:
    """Write it, replacing what another run left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encode = msgspec.json.Encoder(enc_hook=str).encode
    with gzip.open(path, "wb", compresslevel=LEVEL) as lines:
        for line in _lines(evidence):
            lines.write(encode(line) + b"\n")


def _lines(evidence: Evidence) -> Iterator[dict[str, object]]:
    """Yield where each thing stood, and what it is."""
    for topic, records in evidence.log.items():
        for heard in records:
            r = heard.record
            yield {
                "where": f"{topic}[{r.partition}]@{r.offset}",
                "at_ms": r.timestamp_ms,
                "key": (r.key or b"").decode(errors="replace"),
                "value": (r.value or b"").decode(errors="replace"),
            }
    journals = {f"{service} journal": rows for service, rows in evidence.journals.items()}
    for name, rows in (journals | dict(evidence.collections)).items():
        for row in rows:
            yield {"where": name, "row": repr(row)}
    for name in ("paid", "given_back", "paid_out"):
        for payment in getattr(evidence, name) or ():
            yield {"where": name, "row": msgspec.to_builtins(payment)}
    for file, text in evidence.texts.items():
        for said in text.decode(errors="replace").splitlines():
            yield {"where": file, "value": said}
