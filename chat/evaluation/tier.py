"""`manage.py evaluate tier`: which questions are worth the strong model's price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from chat.learned import gain, tier_fitting
from chat.learned.gain import Calls
from chat.learned.tier_fitting import FEWEST, Held, TooFew
from chat.learned.tiers import Router
from knowledge import labelled
from knowledge.evaluation import Result, Run
from knowledge.labelled import TEXT, Field, Unusable


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_QUALITY: Final = Field("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
_COST: Final = Field("a number of 0 or more", lambda value: _is_number(value) and 0 <= value < 1e9, required=False)
ROWS: Final = {"text": TEXT, "light": _QUALITY, "strong": _QUALITY, "light_cost": _COST, "strong_cost": _COST}
# Where rows name no costs: a call to the strong model is the unit, one to the light model counts nothing.
_UNIT: Final = {"light_cost": 0.0, "strong_cost": 1.0}


def run(run: Run) -> Result:
    """Raises BadLine before any work, Unusable where something is missing."""
    rows = run.chosen(labelled.read(run.data, ROWS))
    if run.train is None:
        raise Unusable("evaluate tier needs --train FILE, with rows of the same form")
    router, held = trained(run.train)
    scores = router.gain([row["text"] for row in rows]).astype(np.float64)
    made = calls(rows)
    curve = gain.recovered(scores, made)
    measures = {
        "apgr": gain.apgr(curve),
        "cpt_50": gain.call_share(curve, 0.5),
        "cpt_80": gain.call_share(curve, 0.8),
        "saved_at_95": gain.saved(scores, made, 0.95),
    }
    settings = {"trained_on": str(run.train), "held_out": asdict(held), "limit": run.limit, "seed": run.seed}
    return Result(measures, len(rows), labelled.digest([run.data]), settings)


def trained(file: Path) -> tuple[Router, Held]:
    """The router for a file of questions that both models answered. Raises BadLine, Unusable."""
    rows = labelled.read(file, ROWS)
    try:
        return tier_fitting.train([row["text"] for row in rows], calls(rows))
    except TooFew:
        raise Unusable(f"{file}: expected {FEWEST} questions or more, with the strong model better on them") from None


def calls(rows: Sequence[Mapping[str, Any]]) -> Calls:
    """The rows as numbers."""
    columns = [
        np.array([row.get(name, _UNIT.get(name)) for row in rows], np.float64)
        for name in ("light", "strong", "light_cost", "strong_cost")
    ]
    return Calls(*columns)
