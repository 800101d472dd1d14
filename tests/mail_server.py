"""A real mail server on a port of this machine: it keeps what it took, and refuses what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pydantic
from aiosmtpd.controller import Controller

from benchmarks.rig import free_port


@dataclass
class Mailbox:
    """What was taken, oldest first. `refuses` answers the next recipients, such as "550 no such mailbox".

    `refuses_all` answers every recipient, `refuses_texts` every text, `refuses_these` one recipient each.
    """

    url: str
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    refuses_all: str = ""
    refuses_texts: str = ""
    refuses_these: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient, or refuse it."""
        self.asked.append(address)
        if self.refuses:
            return self.refuses.pop(0)
        if refused := self.refuses_all or self.refuses_these.get(address, ""):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the letter, or refuse it."""
        if self.refuses_texts:
            return self.refuses_texts
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@contextmanager
def mail_server(settings: Any) -> Iterator[Mailbox]:
    """Runs one, and has Django's settings name it."""
    port = free_port()
    mailbox = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.TANDEM = settings.TANDEM.model_copy(update={"smtp_url": pydantic.SecretStr(mailbox.url)})
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # pytest-django keeps e-mail in memory
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    try:
        yield mailbox
    finally:
        controller.stop()
