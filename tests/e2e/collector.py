"""A collector for tests: takes OTLP over HTTP and keeps the spans."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Span:
    """What matters of an exported span; ids in hex, `parent` empty at the root."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: tuple[str, ...]


class Collector:
    """The spans that came, by id: a span may be exported again after a crash."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._spans: dict[str, Span] = {}
        self._lock = threading.Lock()

    def take(self, body: bytes) -> None:
        """Keep the spans of one request."""
        request = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            for resource in request.resource_spans:
                named = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    for s in scope.spans:
                        span = Span(
                            named["service.name"],
                            s.name,
                            s.trace_id.hex(),
                            s.span_id.hex(),
                            s.parent_span_id.hex(),
                            tuple(a.key for a in s.attributes),
                        )
                        self._spans[span.id] = span

    def of(self, trace: str) -> list[Span]:
        """Return the spans of a trace."""
        with self._lock:
            return [s for s in self._spans.values() if s.trace == trace]

    def count(self) -> int:
        """Return how many spans came in all."""
        with self._lock:
            return len(self._spans)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.take(body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
