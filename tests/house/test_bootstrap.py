"""The set-up refuses what it cannot use, does nothing where all is done, and installs only what is locked."""

import ast
import errno
import re
import sys
import time
from pathlib import Path

import pytest

from supportsite import bootstrap

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"]
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


@pytest.fixture
def project(tmp_path):
    """A folder with locks and an environment that looks installed."""
    for name in LOCKS[:2]:
        (tmp_path / name).write_text("django==5.2\n")
    site_packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    (site_packages / "django").mkdir(parents=True)
    (tmp_path / ".venv" / "bin").mkdir()
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def in_place(project, kind):
    return bootstrap.in_place(kind, str(project / ".venv"), str(project))


def stamp(project, kind):
    bootstrap.write_stamp(str(project / ".venv"), kind, str(project))


def test_an_old_python_is_told_in_one_line_what_to_install():
    with pytest.raises(bootstrap.Trouble) as refused:
        bootstrap.require_python((3, 9, 2), "/usr/bin/python3")
    assert str(refused.value) == (
        "Tandem needs Python 3.11 or newer; this is 3.9.2 (/usr/bin/python3). Install python3.11 or set PYTHON=…"
    )


def test_its_grammar_is_one_that_an_old_python_reads():
    ast.parse((ROOT / "supportsite" / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_it_needs_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "supportsite" / "bootstrap.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)


def test_nothing_is_in_place_before_the_first_installation(project):
    assert not in_place(project, "run")


def test_what_is_in_place_is_seen_at_once(project):
    stamp(project, "run")
    began = time.monotonic()
    assert in_place(project, "run")
    assert time.monotonic() - began < 0.3


def test_the_checks_environment_serves_to_run_but_not_the_other_way_round(project):
    stamp(project, "dev")
    assert in_place(project, "run")
    stamp(project, "run")
    assert not in_place(project, "dev")


@pytest.mark.parametrize("what", ["lock", "package", "interpreter", "interrupted", "stamp"])
def test_it_installs_again_when_something_changed(project, what):
    stamp(project, "run")
    venv = project / ".venv"
    match what:
        case "lock":
            (project / "requirements.txt").write_text("django==5.2.1\n")
        case "package":
            (venv / "lib" / "python3.11" / "site-packages" / "django").rmdir()
        case "interpreter":
            (venv / "bin" / "python").unlink()
        case "interrupted":
            (venv / bootstrap.INSTALLING).touch()
        case "stamp":
            (venv / bootstrap.STAMP).write_text('{"kind"')
    assert not in_place(project, "run")


def test_a_moved_folder_is_set_up_again(project):
    stamp(project, "run")
    moved = project.parent / "moved"
    project.rename(moved)
    assert not in_place(moved, "run")


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("error: failed to copy x: No space left on device (os error 28)", "The disk is full ("),
        ("error: Permission denied (os error 13)", "Tandem cannot write here ("),
        ("  cause: dns error: failed to lookup", "The package index cannot be reached ("),
        ("ERROR: No matching distribution found for nosuch==1", "A package cannot be had for this machine ("),
        ("Hash mismatch for `channels==4.3.2`", "A package is not the one that the lock names ("),
        ("something else went wrong", "The set-up failed: something else"),
    ],
)
def test_what_an_installer_says_becomes_one_line_with_its_mending(words, begins):
    said = bootstrap.explain(f"Resolved 3 packages\n{words}\n")
    assert said.startswith(begins)
    assert "\n" not in said


def test_the_reason_is_dug_out_of_pips_longest_lines():
    line = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: [Errno 111] "
    assert bootstrap.gist(line + "Connection refused')': /simple/uv/") == "Connection refused"


@pytest.mark.parametrize(
    ("number", "begins"), [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "Tandem cannot write")]
)
def test_what_the_system_refuses_becomes_one_line(number, begins):
    assert bootstrap.explain_refusal(OSError(number, "no", "var")).startswith(begins)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(name):
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert all(PINNED.match(block) and "--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "tests/js/package-lock.json"])
def test_no_lock_names_where_packages_come_from(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"https?:|file:|git\+|--(extra-)?index-url|--find-links|\"resolved\"", text)


def test_the_checks_lock_holds_the_run_lock_version_for_version():
    run, dev = (set(PINNED.findall((ROOT / name).read_text())) for name in LOCKS[:2])
    assert run <= dev


def test_the_lock_satisfies_what_the_project_asks_for():
    asked = re.findall(
        r'^  "([A-Za-z0-9._-]+)', (ROOT / "pyproject.toml").read_text().split("[tool.uv]")[0], re.MULTILINE
    )
    locked = {name for name, _ in PINNED.findall((ROOT / "requirements-dev.txt").read_text())}
    assert {name.lower().replace("_", "-") for name in asked} <= locked
