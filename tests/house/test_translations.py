"""Every string that is marked for translation is translated, and what is compiled is what is written."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from chat.sentences import Sentence, say
from knowledge import publish
from knowledge.models import Collection

ROOT = settings.BASE_DIR
APPS = ("supportsite", "knowledge", "chat", "agents")
MARKS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|\{\w+\}")
CUSTOMER = ("name", "email", "number", "when", "day", "time", "zone")  # what sentences to customers are filled with
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


@cache
def marked() -> frozenset[str]:
    """Every string in code and templates that says it is to be translated; of a plural both."""
    return frozenset([*_in_code(), *_in_templates()])


def _in_code() -> Iterator[str]:
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                for argument in node.args[: MARKS[node.func.id]]:
                    if isinstance(argument, ast.Constant):
                        yield str(argument.value)


def test_no_string_is_marked_by_a_name_that_the_tools_do_not_know() -> None:
    """An alias of gettext such as `_lazy` marks nothing: GNU gettext looks for the names, and so does this file."""
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                for name in node.names:
                    assert not name.asname or name.asname in MARKS, f"{path}: {name.asname}"


def _in_templates() -> Iterator[str]:
    folder = ROOT / "templates"
    for path in folder.rglob("*.html"):
        nodes: Any = engines["django"].engine.get_template(str(path.relative_to(folder))).nodelist
        for node in nodes.get_nodes_by_type(TranslateNode):
            yield str(node.filter_expression.var.literal)
        for node in nodes.get_nodes_by_type(BlockTranslateNode):
            yield from (node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural) if tokens)


def catalogue(language: str) -> Catalog:
    with (ROOT / "supportsite" / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file)


def pairs(language: str) -> list[tuple[str, str]]:
    """Each string with its translation; of a plural each form."""
    found = []
    for message in catalogue(language):
        if message.id and isinstance(message.id, tuple):
            found += list(zip(message.id, message.string, strict=True))
        elif message.id:
            found.append((message.id, message.string))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_marked_string_is_translated_and_no_other(language: str) -> None:
    translated = {source for source, text in pairs(language) if text}
    assert marked() - translated == set(), "run `make messages` and translate them"
    assert translated - marked() == set(), "nobody says these any more: run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_is_doubtful_and_each_keeps_its_placeholders(language: str) -> None:
    assert [message.id for message in catalogue(language) if message.fuzzy and message.id] == []
    for source, text in pairs(language):
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(source)), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = gettext.translation("django", ROOT / "supportsite" / "locale", [language])
    for message in catalogue(language):
        if message.id and isinstance(message.id, tuple):
            told = tuple(compiled.ngettext(*message.id, n) for n in (1, 2))
        elif message.id:
            told = compiled.gettext(message.id)
        assert not message.id or told == message.string, "run `make messages`"
    assert len(compiled._catalog) - 1 == len(pairs(language))  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "log_in", "search", "nothing"),
    [
        ("de", "Anmelden", "Artikel durchsuchen", "Diese Seite gibt es nicht"),
        ("es", "Iniciar sesión", "Buscar en los artículos", "Esta página no existe"),
        ("fr", "Se connecter", "Rechercher dans les articles", "Cette page n’existe pas"),
    ],
)
def test_a_browser_is_spoken_to_in_its_language(client, site, now, language, log_in, search, nothing) -> None:
    shelf = Collection.objects.create(site=site, slug="orders", titles={"en": "Orders"})
    fields = {"slug": "delivery", "language": language, "title": "Titel", "body": "Text."}
    publish.publish(article=publish.create_article(site=site, collection=shelf, **fields), by=None, now=now, wake=False)
    wants = {"accept-language": language}
    for address, words in (("/console/login/", log_in), ("/help/", search), ("/nowhere/", nothing)):
        page = client.get(address, headers=wants, follow=True).content.decode()
        assert words in page
        assert f'<html lang="{language}"' in page


def test_french_signs_do_not_begin_a_line():
    """Before : ; ? ! and » a space that does not break, and after « too."""
    texts = [str(text) for message in catalogue("fr") for text in _forms(message.string) if message.id]
    values = dict.fromkeys(("language", "place", "site", "text", *CUSTOMER), "x")
    texts += [say(sentence, "fr", **values) for sentence in Sentence]
    texts += re.findall(r'"(.*)"', (ROOT / "static" / "shared" / "words" / "fr.js").read_text())
    assert [text for text in texts if re.search(r" [:;?!»]|« ", text)] == []


def _forms(string: Any) -> tuple[Any, ...]:
    return string if isinstance(string, tuple | list) else (string,)
