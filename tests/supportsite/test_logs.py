"""A log says where something broke, and repeats nobody's words."""

import asyncio
import io
import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from celery import Celery
from django.test import Client

from supportsite.logs import Line
from tests.chat.assistant.provider import ask
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


@contextmanager
def lines_of(name: str) -> Iterator[io.StringIO]:
    """What a logger writes as the server would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Line())
    logging.getLogger(name).addHandler(handler)
    yield written
    logging.getLogger(name).removeHandler(handler)


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
    records = [record for record in caplog.records if record.name.startswith("django")]
    assert len(records) == 2
    for record in records:
        assert record.levelname == "WARNING"
        assert record.exc_info is None
        assert "evil" not in record.getMessage()


def test_a_task_that_fails_does_not_bring_its_errors_words_into_the_log():
    @Celery("words", set_as_current=False).task(name="words.repeat")
    def repeat() -> None:
        raise ValueError(WORDS)

    with lines_of("celery.app.trace") as written:
        repeat.apply(throw=False)
    assert "4111" not in written.getvalue()
    assert "words.repeat" in written.getvalue()
    assert "raised unexpected: ValueError" in written.getvalue()


async def test_a_task_that_nobody_awaited_does_not_either():
    async def repeat() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(repeat())
    await asyncio.wait([task])
    with lines_of("asyncio") as written:
        about = {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
        asyncio.get_running_loop().call_exception_handler(about)
    assert "4111" not in written.getvalue()
    assert "never retrieved" in written.getvalue()
    assert "in repeat" in written.getvalue()


@pytest.mark.parametrize("log", [logging.Logger.error, logging.Logger.warning])
def test_an_error_within_a_message_is_named_by_its_kind(log: Callable[..., None]):
    error = ValueError(WORDS)
    with lines_of("daphne.server") as written:
        log(logging.getLogger("daphne.server"), "Exception inside application: %s", error)
        log(logging.getLogger("daphne.server"), "Exception inside application: %s", error, exc_info=error)
    assert "4111" not in written.getvalue()
    assert written.getvalue().count("Exception inside application: ValueError") == 2


def test_a_mail_that_is_refused_names_nobody():
    assert "olga" not in logged(smtplib.SMTPRecipientsRefused({"olga@shop.example": (550, b"no such olga")}))


def test_a_message_that_is_no_error_stays_as_it_is():
    with lines_of("tandem.plain") as written:
        logging.getLogger("tandem.plain").warning("read %d of %s", 2, "three")
        logging.getLogger("tandem.plain").warning("%(done)d%% done", {"done": 50})
        logging.getLogger("tandem.plain").warning("100% done")
    assert [line.partition(": ")[2] for line in written.getvalue().splitlines()] == [
        "read 2 of three", "50% done", "100% done",
    ]  # fmt: skip


async def test_a_provider_that_repeats_the_question_does_not_bring_it_into_the_log(caplog: pytest.LogCaptureFixture):
    answer = Raw(b'data: {"error": {"message": "bad input: How long do I have to return it"}}\n\n')
    await ask(answer)
    assert "a provider failed" in caplog.text
    assert "How long do I have" not in caplog.text
