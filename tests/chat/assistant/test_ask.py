"""`manage.py ask` runs a turn from the shell."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge import search
from supportsite.sites.models import Site
from tests.chat.assistant.shop import RETURNS, Found

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(search, "find", lambda **_: Found((RETURNS,)))
    return Site.objects.create(name="Shop")


def ask(*arguments: str) -> str:
    out = StringIO()
    call_command("ask", *arguments, stdout=out)
    return out.getvalue()


def test_prints_the_answer_and_its_sources(site):
    printed = ask("How long do I have to return something?")
    assert "You can return unused items within 45 days of delivery." in printed
    assert "[1] Return policy\n    https://shop.example/help/1" in printed
    assert '"step": "retrieve"' not in printed


def test_prints_why_when_asked(site):
    assert '"step": "retrieve"' in ask("How long do I have to return something?", "--trace", "--site", site.key)


def test_speaks_the_language_of_the_question(site):
    assert "Meine Quelle dafür ist auf Englisch" in ask("Wie lange kann ich etwas zurückgeben?")


def test_says_which_site_is_missing(site):
    with pytest.raises(CommandError, match="no site with the key"):
        ask("Anything?", "--site", "site_none")
    Site.objects.create(name="Another")
    with pytest.raises(CommandError, match="several sites"):
        ask("Anything?")
