"""The folder of a first start, its demo shop indexed: made once in a run, and copied for each server of a test."""

import os
import shutil
from pathlib import Path

from benchmarks.rig import ROOT, first_start

VARIABLE = "TESTS_READY"  # the folder, once it is there
FOLDER = ROOT / "var" / "tests" / "ready"


def make(folder: Path) -> Path:
    """A first start in `folder`, in place of what an earlier run left there. Returns the folder to copy."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return first_start(folder / "var")


def copy_to(folder: Path) -> None:
    """Lay a copy out in `folder`; nothing where no run has made one, so that a server makes its own."""
    made = os.environ.get(VARIABLE)
    if made:
        shutil.copytree(made, folder, dirs_exist_ok=True)
