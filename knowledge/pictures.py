"""Pictures of articles: read from whatever was uploaded, encoded anew, kept in the database."""

import hashlib
import io
from datetime import datetime
from typing import IO, Final

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from supportsite.sites.models import Site

from .addresses import picture_path
from .models import Picture

LARGEST_FILE: Final = 15 * 1024 * 1024  # bytes
MOST_PIXELS: Final = 50_000_000  # of what is uploaded: 200 MB once unpacked
LONGEST_SIDE: Final = 1600  # of what is kept: twice the width of the help centre's text
_READ: Final = ("PNG", "JPEG", "WEBP", "GIF")
_KIND: Final = {"PNG": "png", "GIF": "png", "JPEG": "jpeg", "WEBP": "webp"}


class BadPicture(Exception):
    """Why a file cannot be taken, in one sentence for the curator."""


def store(*, site: Site, file: IO[bytes], now: datetime) -> Picture:
    """Keep a picture, and what the file says beside it (place, camera, author) not. Raises BadPicture.

    The same picture on the same site again is the row that is there; so is one that we encoded before.
    """
    data = file.read(LARGEST_FILE + 1)
    kept = Picture.objects.filter(site=site, digest=hashlib.sha256(data).hexdigest()).first()
    if kept:
        return kept
    content, kind, (width, height) = encode(data)
    digest = hashlib.sha256(content).hexdigest()
    fields = {"kind": kind, "width": width, "height": height, "content": content, "made_at": now}
    with transaction.atomic():
        return Picture.objects.get_or_create(site=site, digest=digest, defaults=fields)[0]


def path_of(picture: Picture) -> str:
    """Where a picture is served."""
    return picture_path(picture.public_id, picture.width, picture.height, picture.kind)


def encode(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """The first frame anew, upright and bounded: bytes, kind, (width, height). Raises BadPicture."""
    if len(data) > LARGEST_FILE:
        raise BadPicture(_("The picture is larger than 15 MB. Make it smaller and try again."))
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture(_("The picture has more than 50 million pixels. Make it smaller and try again."))
            kind = _KIND[opened.format or ""]
            picture = ImageOps.exif_transpose(opened)
    # Pillow says what is wrong with a file in all of these ways.
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, KeyError) as fault:
        raise BadPicture(_("This is no picture that can be read. PNG, JPEG, WebP and GIF are.")) from fault
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    bare = _without_metadata(picture, kind)
    bare.save(out, kind, **({"quality": 85} if kind != "png" else {"optimize": True}))
    return out.getvalue(), kind, bare.size


def _without_metadata(picture: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, in a mode that `kind` can hold."""
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    bare = picture.convert("RGBA" if has_alpha and kind != "jpeg" else "RGB")
    bare.info = {}
    return bare
