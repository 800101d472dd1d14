"""What a shop's page pays for the widget, in bytes as they travel."""

import re

import pytest

from chat import widget_files

KB = 1024
LANGUAGES = ("en", "de", "es", "fr", "ar")


def test_the_loader_is_small() -> None:
    assert len(widget_files.packed()["loader.js"]) <= 3 * KB


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_together_is_small(language: str) -> None:
    loaded = ("loader.js", "widget.js", "widget.css", f"words/{language}.js")
    weights = {name: len(widget_files.packed()[name]) for name in loaded}
    assert sum(weights.values()) <= 15 * KB, weights


def test_nothing_else_is_served() -> None:
    assert set(widget_files.parts()) == {
        "loader.js",
        "widget.js",
        "widget.css",
        *(f"words/{language}.js" for language in LANGUAGES),
    }


def test_modules_that_are_joined_share_no_name() -> None:
    texts = [(widget_files.STATIC / name).read_text("utf-8") for name in widget_files.MODULES]
    names = [
        name
        for text in texts
        for name in re.findall(r"^(?:export )?(?:async )?(?:const|let|function|class) \*?(\w+)", text, re.MULTILINE)
    ]
    assert sorted(names) == sorted(set(names))


def test_only_what_starts_a_module_is_left_out() -> None:
    """The joiner knows two forms of import and export, at the start of a line; there must be no other."""
    for name in widget_files.MODULES:
        for line in (widget_files.STATIC / name).read_text("utf-8").splitlines():
            if line.startswith(("import ", "export ")):
                assert re.match(
                    r'import \{[^}]*\} from "\./|import \{[^}]*\} from "\.\./|export (async |const |class |function )',
                    line,
                ), line
    joined = widget_files.parts()["widget.js"].decode()
    assert re.findall(r"\bexport [^(]*\(\w+\)|\bimport\b(?!\()", joined) == ["export async function start(face)"]


def test_the_address_changes_with_what_is_behind_it() -> None:
    assert widget_files.current_version().encode() in widget_files.parts()["loader.js"]
    assert b"VERSION" not in widget_files.parts()["loader.js"]
