"""What an OpenTelemetry collector is told of a turn: its steps and times, and nobody's words."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from asgiref.sync import sync_to_async
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service

from chat import lifecycle, telemetry, turns
from chat.models import Event, Turn
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Where is my parcel, I am Ophelia Brandt of Larkfield"


class Collector(service.TraceServiceServicer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []

    def Export(self, request: Any, context: Any) -> Any:
        """As the OTLP service does."""
        self.spans += [span for of in request.resource_spans for scope in of.scope_spans for span in scope.spans]
        return messages.ExportTraceServiceResponse()


@pytest.fixture
def collector(settings) -> Iterator[Collector]:
    """A collector on this machine, named in the settings."""
    kept, server = Collector(), grpc.server(ThreadPoolExecutor(2))
    service.add_TraceServiceServicer_to_server(kept, server)
    address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    settings.TANDEM = settings.TANDEM.model_copy(update={"otlp_endpoint": address})
    yield kept
    telemetry.to_collector(address).shutdown()
    server.stop(None).wait()


async def test_a_turn_is_a_span_with_its_steps_and_without_words(site, collector, settings):
    where = lifecycle.Where(locale="en", page="")
    asked = {"client_id": "a", "text": SECRET, "now": NOW, "where": where}
    done = await sync_to_async(lifecycle.post_message)(site=site, visitor_id="a" * 32, **asked)
    await turns.run(done.turn_id)
    assert await Event.objects.filter(role="assistant", kind="message").acount() == 1
    telemetry.to_collector(settings.TANDEM.otlp_endpoint).force_flush()
    by_name = {span.name: span for span in collector.spans}
    whole = by_name["turn"]
    turn = await Turn.objects.aget()
    assert {"language", "retrieve", "answerable"} <= set(by_name)
    assert {one.key: one.value.string_value for one in whole.attributes}["tandem.turn"] == turn.public_id
    assert (whole.end_time_unix_nano - whole.start_time_unix_nano) / 1e6 == pytest.approx(turn.trace["ms"], abs=1)
    assert by_name["retrieve"].parent_span_id == whole.span_id
    sent = str(collector.spans)
    assert "Ophelia" not in sent
    assert "parcel" not in sent
