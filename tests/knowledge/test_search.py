"""A question finds the published section that answers it: of its site, for its region, in its language or another."""

import time

import numpy as np
import pytest
from django.db import connection
from django.urls import resolve

from knowledge import answerable, candidates, embed, indexing, publish, search
from knowledge.candidates import Candidate
from knowledge.language_means import without_language
from knowledge.models import Vector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]


def find(site, question: str, language: str = "en", region: str = "") -> search.Found:
    """Short for the tests."""
    return search.find(site=site, question=question, language=language, region=region)


def test_the_section_that_answers_comes_first_with_what_a_citation_needs(site, articles, now):
    found = find(site, "How much does a parcel cost?")
    first = found.passages[0]
    assert (first.slug, first.heading, first.anchor) == ("shipping", "Prices", "prices")
    assert first.text == "A parcel costs 4.90 euros. Above 75 euros it is free."
    assert (first.title, first.version, first.language) == ("Shipping", 1, "en")
    assert first.date == "2026-11-25"
    assert first.collection_title == "Orders"
    assert found.probability > answerable.threshold(site)
    assert found.shelf == "en/minilm-l6-v2+e5-small"


@pytest.mark.parametrize("count", [1, 64, 128, 512])
def test_the_sections_that_were_found_are_read_by_their_numbers_however_large_the_site(site, count):
    """SQLite began with every article of the site once there were more than some 70: 360 ms among 100,000 sections."""
    rows = candidates._compose_sections(list(range(1, count + 1)), None, site.pk, ["everyone"])
    plan = rows.explain().splitlines()
    assert "knowledge_section" in plan[0], plan
    if connection.vendor == "sqlite":
        assert "INTEGER PRIMARY KEY" in plan[0], plan


def test_the_address_of_a_passage_is_a_page_of_the_help_centre(site, articles, settings):
    url = find(site, "How much does a parcel cost?").passages[0].url
    assert url == f"{settings.TANDEM.public_url}/help/{site.key}/en/shipping/?v=1#prices"
    assert resolve(f"/help/{site.key}/en/shipping/").url_name == "article"


def test_a_question_about_something_else_is_improbable(site, articles):
    assert find(site, "What is the capital of France?").probability < answerable.threshold(site)


def test_nothing_of_another_site_is_found(other_site, articles):
    found = find(other_site, "How much does a parcel cost?")
    assert (found.passages, found.ranked, found.probability) == ((), (), 0)


def test_a_draft_is_not_found(site, articles):
    publish.save_draft(article=articles["tents"], title="Tents", body="Never fold a tent on a Tuesday.")
    texts = [p.text for p in find(site, "May I fold a tent on a Tuesday?").passages]
    assert not any("Tuesday" in text for text in texts)


def test_a_withdrawn_article_is_gone_at_once(site, articles, now):
    publish.withdraw(article=articles["shipping"], by=None, now=now)
    assert "shipping" not in {p.slug for p in find(site, "How much does a parcel cost?").passages}


def test_the_old_text_answers_until_the_new_one_is_indexed_and_never_after(site, articles, now):
    article = articles["shipping"]
    publish.save_draft(article=article, title="Shipping", body="A parcel costs 7 euros to every country.")
    version = publish.publish(article=article, by=None, now=now)
    assert find(site, "How much does a parcel cost?").passages[0].version == 1
    indexing.index_version(version.pk, now=now)
    passages = find(site, "How much does a parcel cost?").passages
    assert passages[0].text == "A parcel costs 7 euros to every country."
    assert {p.version for p in passages if p.slug == "shipping"} == {2}


class TestRegions:
    """A variant for the visitor's region stands in for the general article."""

    @pytest.fixture(autouse=True)
    def variants(self, chroma, write):
        """The same article for everywhere, Europe and the United Kingdom."""
        for region, days in (("", 30), ("EU", 100), ("UK", 60)):
            write("returns", f"You can return unused items within {days} days of delivery.", region=region)

    @pytest.mark.parametrize(
        ("region", "days"), [("", 30), ("US", 30), ("UK", 60), ("GB", 60), ("EU", 100), ("AT", 100), ("de", 100)]
    )
    def test_a_visitor_reads_the_text_of_their_region(self, site, region, days):
        texts = [p.text for p in find(site, "How long can I return items?", region=region).passages]
        assert texts == [f"You can return unused items within {days} days of delivery."]

    def test_the_address_names_the_region(self, site):
        assert "?region=UK&v=1" in find(site, "How long can I return items?", region="GB").passages[0].url

    def test_a_variant_that_was_withdrawn_gives_way_to_the_general_text(self, site, now):
        publish.withdraw(article=site.articles.get(region="UK"), by=None, now=now)
        assert "30 days" in find(site, "How long can I return items?", region="UK").passages[0].text


class TestLanguages:
    """The language of the question first, then any."""

    def test_an_article_of_the_questions_language_wins(self, site, articles, write):
        write("shipping", "Ein Paket kostet 4,90 Euro.", title="Versandkosten", language="de")
        found = find(site, "Was kostet ein Paket?", "de-AT")
        assert found.passages[0].language == "de"
        assert found.shelf == "de/e5-small"

    def test_a_language_without_articles_finds_the_english_one(self, site, articles):
        found = find(site, "Wie viel kostet der Versand von einem Paket?", "de")
        assert (found.passages[0].slug, found.passages[0].language) == ("shipping", "en")

    def test_the_question_leaves_its_language_behind(self, site, articles):
        question = "Wie viel kostet der Versand von einem Paket?"
        first = find(site, question, "de").ranked[0]
        own = embed.named(embed.E5).matrix([question], "query")[0]
        row = np.frombuffer(Vector.objects.get(model=embed.E5, digest=first.digest).numbers, np.float32)
        assert first.cosines[embed.E5] == pytest.approx(float(without_language(own, "de") @ row), abs=1e-5)
        assert first.cosines[embed.E5] < float(own @ row) - 0.3

    def test_where_its_own_language_does_not_answer_another_may(self, site, articles, write):
        write("zelte", "Trocknen Sie das Zelt vor dem Einlagern.", title="Zelte", language="de")
        found = find(site, "Wie viel kostet der Versand von einem Paket?", "de")
        assert "shipping" in {p.slug for p in found.passages}

    def test_a_site_may_forbid_it(self, site, articles):
        site.across_languages = False
        assert find(site, "Wie viel kostet der Versand von einem Paket?", "de").passages == ()

    def test_an_article_is_found_in_one_language_only(self, site, articles, write):
        write("shipping", "Un paquete cuesta 4,90 euros.", title="Gastos de envío", language="es")
        found = find(site, "Quanto costa la spedizione di un pacco?", "it")
        assert [p.language for p in found.passages if p.slug == "shipping"].count("es") == 0


def test_words_in_common_decide_between_what_is_alike_in_meaning_and_no_more():
    def score(cosine: float, lexical: float) -> float:
        return Candidate(1, "returns", "de", "", "digest", lexical, lexical, {embed.E5: cosine}).score

    assert score(0.85, 0.6) > score(0.86, 0.2)
    assert score(0.95, 0.0) > score(0.80, 1.0)


def test_what_the_models_do_not_find_is_found_by_its_words(site, articles, monkeypatch):
    monkeypatch.setattr("knowledge.meaning.nearest", lambda *given: [])
    found = find(site, "bent pole")
    assert found.passages[0].text == "A bent pole can be straightened by hand."
    assert found.ranked[0].dense > 0


def test_until_both_models_have_read_an_article_one_is_enough(site, articles):
    Vector.objects.filter(model=embed.E5).first().delete()
    found = find(site, "How much does a parcel cost?")
    assert found.passages[0].slug == "shipping"
    assert found.shelf == "en/minilm-l6-v2"


def test_a_question_is_read_with_the_one_before(site, articles, write):
    write("tent-washing", "Wash the tent by hand with cold water.", title="Washing a tent")
    write("jacket-washing", "Wash the jacket at 30 degrees.", title="Washing a jacket")
    write("jacket-sizes", "The jacket comes in five sizes.", title="Jacket sizes")
    asked = {"site": site, "question": "and the jacket?", "language": "en"}
    assert search.find(**asked, before="How do I wash my tent?").passages[0].slug == "jacket-washing"
    assert search.find(**asked, before="Which sizes are there?").passages[0].slug == "jacket-sizes"


def test_a_language_is_that_of_every_country_and_each_article_stands_once_in_the_customers_own(site, write):
    site.across_languages = False
    site.save()
    question = "Em quantos dias posso devolver um produto?"
    write("devolucao", "Você pode devolver um produto em até 30 dias.", language="pt-br", title="Devolução")
    found = find(site, question, "pt")
    assert [(one.slug, one.language) for one in found.passages] == [("devolucao", "pt-br")]
    assert found.probability > found.enough
    write("devolucao", "Pode devolver um produto no prazo de 30 dias.", language="pt", title="Devolução")
    for spoken, read in (("pt", "pt"), ("pt-pt", "pt"), ("pt-br", "pt-br")):
        assert [one.language for one in find(site, question, spoken).passages] == [read]
    assert find(site, question, "p").passages == ()


def test_only_the_collection_that_is_asked_for_is_searched(site, articles):
    asked = {"site": site, "question": "How much does a parcel cost?", "language": "en"}
    assert search.find(**asked, collection="orders").passages[0].slug == "shipping"
    assert search.find(**asked, collection="elsewhere").passages == ()


def test_odd_questions_are_questions_like_any_other(site, articles):
    for question in ("", " ", "\0", "🏕️" * 500, "a" * 4000, "'; DROP TABLE", "\u202eabc"):
        assert find(site, question).probability <= 1


def test_a_short_english_question_takes_milliseconds(site, articles):
    find(site, "How much does a parcel cost?")
    spent = []
    for _attempt in range(15):
        start = time.thread_time()
        find(site, "How much does a parcel cost?")
        spent.append(time.thread_time() - start)
    assert sorted(spent)[7] < 0.05


RETURNING = (
    "You can return unused items within 30 days.\n\n## Condition\n\nItems are returned clean.\n\n"
    "## Exceptions\n\nSome returns are not possible: our policy knows outlet goods, food and gas."
)


@pytest.fixture
def returning(site, articles, now):
    """An article whose sections all have the words of its title."""
    article = articles["returns"]
    publish.save_draft(article=article, title="Return policy", body=RETURNING)
    publish.publish(article=article, by=None, now=now)
    while indexing.sweep(now=now, seconds=20):
        pass
    return article


@pytest.mark.parametrize("question", ["what is your return policy", "What's your return policy?", "return policy"])
def test_a_question_that_asks_for_all_of_an_article_finds_its_beginning_first(site, returning, question):
    first = find(site, question).passages[0]
    assert (first.slug, first.heading) == ("returns", "")


def test_one_that_asks_when_does_not(site, returning):
    assert find(site, "when is the return policy").passages[0].heading


@pytest.mark.parametrize("question", ["return policy: exceptions", "what are the exceptions of your return policy"])
def test_one_that_names_a_section_finds_that(site, returning, question):
    assert find(site, question).passages[0].heading == "Exceptions"


@pytest.mark.parametrize(
    ("text", "language", "weigh"),
    [
        ("contact us", "en", 1 / 3),
        ("student discount", "en", 2 / 3),
        ("where can I use a student discount card", "en", 1),
        ("the of and", "en", 1 / 3),
        ("退货政策", "zh", 1),
    ],
)
def test_words_say_less_in_a_question_that_has_few(text, language, weigh):
    assert candidates._weigh([text], language) == pytest.approx(weigh)
