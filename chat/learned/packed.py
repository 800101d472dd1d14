"""Several saved parts of one thing, as one file of arrays."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np


def pack(parts: Mapping[str, bytes]) -> bytes:
    """For a file; read back by `unpack`."""
    out = io.BytesIO()
    arrays: dict[str, Any] = {name: np.frombuffer(part, np.uint8) for name, part in parts.items()}
    np.savez(out, **arrays)
    return out.getvalue()


def unpack(saved: bytes) -> dict[str, bytes]:
    """What `pack` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        return {name: arrays[name].tobytes() for name in arrays.files}
