"""Fixed wording for chosen questions: who may write it, what it answers, and how it is undone."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from knowledge import approved
from knowledge.models import ApprovedAnswer
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/approvedanswer/"
WARRANTY = "The warranty is two years. <b>Really.</b>"


def a_warranty(site: Site, now: datetime, **fields: object) -> ApprovedAnswer:
    given = {"language": "en", "questions": ["How long is the warranty?", "What is your guarantee period?"]}
    row = ApprovedAnswer(site=site, **{**given, "text": WARRANTY, **fields})
    return approved.save(answer=row, by=None, now=now)


def said(site: Site, question: str, language: str = "en", region: str = "") -> str:
    found = approved.find(site=site, question=question, language=language, region=region)
    return found.text if found else ""


@pytest.mark.parametrize(
    "question",
    [
        "How long is the warranty?",
        "how long is the warranty",
        "HOW LONG is the warranty??",
        "How long is your warranty?",
    ],
)
def test_a_question_near_enough_gets_the_fixed_wording(site, now, question):
    a_warranty(site, now)
    assert said(site, question) == WARRANTY


@pytest.mark.parametrize(
    "question",
    [
        "How much is the warranty?",
        "Where is the warranty?",
        "How long is the warranty not valid?",
        "How long is the warranty of 2019 tents?",
        "How long is the delivery?",
        "Does the warranty cover a broken zip?",
        "How do I claim the warranty?",
        "",
        "🙂",
    ],
)
def test_a_question_for_something_else_does_not(site, now, question):
    a_warranty(site, now)
    assert said(site, question) == ""


@pytest.mark.parametrize(
    ("language", "phrasing", "question"),
    [
        ("en", "Can I return unworn shoes?", "Can I return worn shoes?"),
        ("en", "Are you open on Saturday?", "Are you open on Sunday?"),
        ("en", "Are you open on Saturday?", "Are you closed on Saturday?"),
        ("en", "Do you deliver from Germany to Austria?", "Do you deliver from Austria to Germany?"),
        ("en", "Is shipping to Norway free?", "Is shipping from Norway free?"),
        ("en", "Do I have to pay for return shipping?", "Do I have to pay for shipping?"),
        ("de", "Kann ich ungetragene Schuhe zurückgeben?", "Kann ich getragene Schuhe zurückgeben?"),
        ("de", "Haben Sie am Samstag geöffnet?", "Haben Sie am Samstag geschlossen?"),
        ("es", "¿Abren los sábados?", "¿Cierran los sábados?"),
        ("es", "¿Cuándo llega el pedido?", "¿Donde llega el pedido?"),
        ("en", "Is it free over the limit?", "Is it free under the limit?"),
        ("it", "Quando arriva il pacco?", "Dove arriva il pacco?"),
        ("nl", "Is verzenden gratis?", "Is verzenden niet gratis?"),
        ("pt", "Posso devolver um produto?", "Não posso devolver um produto?"),
        ("ru", "Когда придёт посылка?", "Где придёт посылка?"),
    ],
)
def test_a_question_of_like_words_for_something_else_does_not(site, now, language, phrasing, question):
    a_warranty(site, now, language=language, questions=[phrasing], text="So it is.")
    assert said(site, phrasing, language) == "So it is."
    assert said(site, question, language) == ""


def test_only_in_its_language_its_region_and_on_its_site(site, other_site, now):
    a_warranty(site, now, region="UK", text="Three years in the UK.")
    question = "How long is the warranty?"
    assert said(site, question) == ""
    assert said(site, question, region="UK") == "Three years in the UK."
    assert said(site, question, "de", "UK") == ""
    assert said(other_site, question, region="UK") == ""
    a_warranty(site, now)
    assert said(site, question) == WARRANTY
    assert said(site, question, "en-gb", "uk") == "Three years in the UK."


def test_what_is_for_a_region_reaches_its_countries_and_the_nearest_goes_first(site, now):
    question = "How long is the warranty?"
    a_warranty(site, now)
    a_warranty(site, now, region="EU", text="Two years in the Union.")
    a_warranty(site, now, region="UK", text="Three years in the UK.")
    assert said(site, question, region="GB") == "Three years in the UK."
    assert said(site, question, region="at") == "Two years in the Union."
    a_warranty(site, now, region="AT", text="Two years in Austria.")
    assert said(site, question, region="AT") == "Two years in Austria."
    assert said(site, question, region="DE") == "Two years in the Union."
    assert said(site, question, region="US") == WARRANTY


def test_a_language_is_that_of_every_country_its_own_first(site, now):
    question = "Qual é o prazo de garantia?"
    a_warranty(site, now, language="pt-br", questions=[question], text="Um ano no Brasil.")
    assert said(site, question, "pt") == said(site, question, "pt-pt") == "Um ano no Brasil."
    a_warranty(site, now, language="pt", questions=[question], text="Dois anos.")
    assert said(site, question, "pt") == said(site, question, "pt-pt") == "Dois anos."
    assert said(site, question, "pt-br") == "Um ano no Brasil."
    assert said(site, question, "p") == said(site, question, ".*") == ""


def test_what_is_not_in_use_is_not_said(site, now):
    a_warranty(site, now, is_on=False)
    assert said(site, "How long is the warranty?") == ""


def test_a_change_can_be_undone_and_the_undoing_too(site, now):
    row = a_warranty(site, now)
    with pytest.raises(approved.NothingToUndo):
        approved.undo(answer=row, by=None, now=now)
    row.text = "One year."
    approved.save(answer=row, by=None, now=now)
    approved.save(answer=row, by=None, now=now)
    assert row.versions.count() == 2, "saving what is there is no version"
    approved.undo(answer=row, by=None, now=now)
    assert said(site, "How long is the warranty?") == WARRANTY
    approved.undo(answer=row, by=None, now=now)
    assert said(site, "How long is the warranty?") == "One year."


@pytest.mark.parametrize(
    "fields",
    [
        {"questions": []},
        {"questions": ["?!"]},
        {"questions": ["x" * 301]},
        {"questions": ["a question"] * 31},
        {"text": "  "},
        {"text": "x" * 2001},
        {"language": "English"},
        {"region": "the UK"},
    ],
)
def test_what_is_wrong_is_refused(site, now, fields):
    with pytest.raises(ValidationError):
        a_warranty(site, now, **fields)


@given(st.text(max_size=200))
def test_any_question_is_looked_at_without_a_fault(text):
    approved._Question(text, "en")._may_be("How long is the warranty?")


def test_a_curator_writes_one_and_undoes_it(desk: Client, site, now):
    fields = {"site": site.pk, "language": "en", "region": "uk", "questions": "Do you ship gas?\nGas by post?"}
    answer = desk.post(LIST + "add/", {**fields, "text": "No.", "is_on": "on"}, follow=True)
    assert answer.status_code == 200
    row = ApprovedAnswer.objects.get()
    assert (row.region, row.questions, row.versions.get().made_by.username) == (
        "UK", ["Do you ship gas?", "Gas by post?"], answer.wsgi_request.user.username,
    )  # fmt: skip
    change = f"{LIST}{row.pk}/change/"
    desk.post(change, {**fields, "text": "Never <script>", "is_on": "on"})
    assert said(site, "do you ship gas", region="UK") == "Never <script>"
    assert "<script>" not in desk.get(change).content.decode().partition("What it was")[2].partition("</p>")[0]
    desk.post(LIST, {"action": "undo", "_selected_action": row.pk})
    assert said(site, "do you ship gas", region="UK") == "No."


def test_what_is_wrong_is_told_at_its_field(desk: Client, site):
    fields = {"site": site.pk, "language": "English", "questions": "Why?", "text": "So.", "is_on": "on"}
    page = desk.post(LIST + "add/", fields).content.decode()
    assert "Write a language as" in page
    assert not ApprovedAnswer.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT])
def test_an_agent_may_not(site, now, role):
    row = a_warranty(site, now)
    client = logged_in(make_member(site, "Ada", role))
    assert client.get(LIST).status_code in (302, 403)
    assert client.get(f"{LIST}{row.pk}/change/").status_code in (302, 403)


def test_a_curator_of_another_site_sees_none_of_it(other_site, site, now):
    row = a_warranty(site, now)
    client = logged_in(make_member(other_site, "Olga", Role.CURATOR))
    assert "warranty" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{row.pk}/change/").status_code in (302, 403, 404)
