"""The vectors of the demo shop's texts, made beforehand: a first start would read for a minute what is known already.

benchmarks/demo_vectors.py makes them by the models that ship; a text that was edited is read by these as any other.
"""

from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings

from .embed import E5, MINILM, available
from .models import Vector

SHIPPED: Final = Path(__file__).parent / "demo" / "vectors.npz"
_AT_ONCE = 200


def place() -> None:
    """Put them where the vectors of all texts are kept, unless the owner has chosen other models; what is there stays.

    A vector in the file is float16, by which its cosine with another moves by less than 0.001.
    """
    if settings.TANDEM.embeddings or not SHIPPED.exists():
        return
    with np.load(SHIPPED) as stored:
        for model in filter(available, (MINILM, E5)):
            rows = [
                Vector(digest=digest, model=model, numbers=vector.tobytes())
                for digest, vector in zip(
                    stored[f"{model}-digests"].tolist(), stored[model].astype(np.float32), strict=True
                )
            ]
            Vector.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
