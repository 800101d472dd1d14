"""Each turn as OpenTelemetry spans, where the owner names a collector: steps, decisions, times, tokens; no words.

A step's evidence stays here: questions, articles and what was redacted are in it. Sending happens in a thread of the
SDK's; a collector that is away costs a customer nothing, and its spans are lost.
"""

import time
from functools import cache
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Tracer, set_span_in_context

_NANO: Final = 1_000_000  # in a millisecond
_MOST_SPANS: Final = 4096  # that wait for the collector


def provider(exporter: SpanExporter) -> TracerProvider:
    """What makes spans for `exporter`; not the process's own, which belongs to whatever library sets one."""
    made = TracerProvider(resource=Resource.create({"service.name": "tandem"}))
    made.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=_MOST_SPANS))
    return made


@cache
def to_collector(endpoint: str) -> TracerProvider:
    """Spans for the collector at an address such as http://127.0.0.1:4317, by OTLP over gRPC."""
    return provider(OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://")))


def tell(spans: TracerProvider, turn: str, trace: dict[str, Any]) -> None:
    """A span for the turn of this public id, which has just ended, and one for each step, by the trace's times."""
    tracer = spans.get_tracer("tandem.turn")
    ended = time.time_ns()
    began = ended - int(trace.get("ms", 0) * _NANO)
    spent = {f"tandem.{name}": value for name, value in trace.get("spent", {}).items()}
    about = {"tandem.turn": turn, **spent}
    whole = tracer.start_span("turn", start_time=began, attributes=about)
    at = began
    for step in trace.get("steps", ()):
        at = _step(tracer, whole, step, at)
    whole.end(ended)


def _step(tracer: Tracer, whole: Any, step: dict[str, Any], began: int) -> int:
    """One step, right after the one before; when it ended."""
    ended = began + int((step["ms"] or 0) * _NANO)
    about = {"tandem.decision": str(step["decision"])}
    inside = set_span_in_context(whole)
    tracer.start_span(step["step"], context=inside, start_time=began, attributes=about).end(ended)
    return ended
