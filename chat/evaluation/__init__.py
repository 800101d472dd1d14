"""How good it is on an owner's labelled rows: a file for each capability, each with `run` (docs/evaluation.md)."""
