"""A log says where something broke, and repeats nobody's words."""

import logging

import pytest
from django.test import Client

from supportsite.logs import Line
from tests.chat.assistant.test_provider_path import ask
from tests.fakes.openai_server import Raw

WORDS = "my card is 4111 1111 1111 1111"


def logged(error: BaseException) -> str:
    """The line of an error that was raised and caught."""
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001
        record = logging.LogRecord("tandem", logging.ERROR, "x.py", 1, "it broke", (), (type(caught), caught, None))
        record.exc_info = (type(caught), caught, caught.__traceback__)
        return Line().format(record)


def test_the_text_of_an_error_is_left_out_and_its_place_is_not():
    line = logged(ValueError(f"cannot read {WORDS}"))
    assert "4111" not in line
    assert "ValueError" in line
    assert "in logged" in line


def test_what_led_to_it_is_named_without_words_too():
    error = RuntimeError(WORDS)
    error.__cause__ = KeyError(WORDS)
    line = logged(error)
    assert "4111" not in line
    assert "KeyError" in line


def test_an_error_of_the_machine_keeps_its_text():
    assert "No space left on device" in logged(OSError(28, "No space left on device"))


def test_a_request_for_a_foreign_host_is_one_line(client: Client, caplog: pytest.LogCaptureFixture):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/help/", headers={"host": "evil.example"}).status_code == 400
    for record in caplog.records:
        assert record.exc_info is None
        assert "evil" not in record.getMessage()


async def test_a_provider_that_repeats_the_question_does_not_bring_it_into_the_log(caplog: pytest.LogCaptureFixture):
    answer = Raw(b'data: {"error": {"message": "bad input: How long do I have to return it"}}\n\n')
    await ask(answer)
    assert "a provider failed" in caplog.text
    assert "How long do I have" not in caplog.text
