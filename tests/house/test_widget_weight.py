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
        "rating.js",
        *(f"words/rating/{language}.js" for language in LANGUAGES),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_a_resolved_case_loads_is_small_too(language: str) -> None:
    loaded = ("rating.js", f"words/rating/{language}.js")
    assert sum(len(widget_files.packed()[name]) for name in loaded) <= 2 * KB


def test_the_sheet_has_no_token_that_nothing_reads_and_every_one_that_something_does() -> None:
    parts = {name: text.decode() for name, text in widget_files.parts().items()}
    written = set(re.findall(r"(--[\w-]+):", parts["widget.css"]))
    read = {name for text in parts.values() for name in re.findall(r"var\((--[\w-]+)", text)}
    assert written - {"--accent"} <= read
    assert read - written == {"--a", "--height", "--top"}, "the loader's own, and what the sheet is measured by"


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
    for name in (*widget_files.MODULES, *widget_files.LATER.values()):
        for line in (widget_files.STATIC / name).read_text("utf-8").splitlines():
            if line.startswith(("import ", "export ")):
                assert re.match(
                    r'import \{[^}]*\} from "\./|import \{[^}]*\} from "\.\./|export (async |const |class |function )',
                    line,
                ), line
    joined = widget_files.parts()["widget.js"].decode()
    assert re.findall(r"\bexport [^(]*\(\w+\)|\bimport\b(?!\()", joined) == ["export async function start(face)"]
    assert joined.endswith("export{button,load,make};"), "what is loaded later takes these from it"


def test_the_address_changes_with_what_is_behind_it() -> None:
    assert widget_files.current_version().encode() in widget_files.parts()["loader.js"]
    assert b"VERSION" not in widget_files.parts()["loader.js"]
