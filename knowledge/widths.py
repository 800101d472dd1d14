"""How wide a model's vectors are: as wide as those that are kept, for all of one name are compared."""

from .embed import E5, MINILM, Matrix, ModelUnavailable
from .models import Vector


def checked(model: str, made: Matrix) -> Matrix:
    """What a model made. Raises ModelUnavailable where that is of another width than what is in the rows.

    Behind one name a provider may put another model. Ours never change.
    """
    if model in (MINILM, E5):
        return made
    kept = Vector.objects.filter(model=model).order_by("-pk").values_list("numbers", flat=True).first()
    width = len(kept) // made.itemsize if kept is not None else made.shape[-1]
    if width != made.shape[-1]:
        raise ModelUnavailable(f"{model} gives {made.shape[-1]} numbers for a text, and gave {width} before.")
    return made
