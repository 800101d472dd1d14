"""Whether the mail server is there and takes our login, asked without sending anything."""

import smtplib

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from agents.refusals import said_of

_OK = 250


def error() -> str:
    """Why not; empty where it is and does. What it says of a letter is another matter."""
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        return ""
    try:
        backend.open()
        if backend.connection is None:
            return ""
        backend.connection.ehlo_or_helo_if_needed()
        code, words = backend.connection.noop()
        if code != _OK:
            return said_of(smtplib.SMTPResponseException(code, words))
    except (OSError, smtplib.SMTPException, ValueError) as failed:  # ValueError: a host's name that is none
        return said_of(failed)
    finally:
        backend.close()
    return ""
