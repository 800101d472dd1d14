"""What answers a socket at an address that is none of ours: a refusal, and no traceback."""

from typing import Any

from django.urls import re_path


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse the handshake."""
    await receive()
    await send({"type": "websocket.close"})


# A socket, which Django's types of views do not know.
unknown_socket = re_path(r"", refuse)  # type: ignore[arg-type]
