"""A request may bring so much and no more, whether it says so beforehand or not."""

from collections.abc import Iterator
from unittest.mock import MagicMock

import pytest

from supportsite import server


@pytest.fixture
def request_(monkeypatch) -> Iterator[server.BoundedRequest]:
    """A request whose body may have ten bytes."""
    monkeypatch.setattr(server, "BODY_BYTES", 10)
    request = server.BoundedRequest(MagicMock())
    yield request
    request.content.close()


def refused(request_: server.BoundedRequest) -> bool:
    """Whether the client was told, and the line ended."""
    return request_.channel.loseConnection.called and request_.channel.transport.write.call_args[0][0].startswith(
        b"HTTP/1.1 413"
    )


def test_a_length_over_the_bound_is_refused_before_the_body(request_):
    request_.gotLength(11)
    assert refused(request_)


def test_chunks_are_taken_up_to_the_bound_and_refused_beyond_it(request_):
    request_.gotLength(None)
    request_.handleContentChunk(b"123456")
    request_.handleContentChunk(b"7890")
    assert not refused(request_)
    request_.handleContentChunk(b"!")
    assert refused(request_)
    request_.content.seek(0)
    assert request_.content.read() == b"1234567890"
