"""Questions that an article answers: they find it, in any language, and no customer ever reads them."""

import pytest

from knowledge import indexing, publish, search
from knowledge.models import Article, Audience, SectionKind, Version

pytestmark = pytest.mark.django_db
# In English a text has a score of 1.42 beside itself: 1 by e5, .3 by MiniLM, .12 by words.
ALMOST_ITSELF = 1.3
SLANG = "yo my canvas house went mouldy, wat do"


def found(site, question: str, **asked: str) -> list[search.Passage]:
    """What a customer's question brings."""
    return list(search.find(site=site, question=question, language="en", **asked).passages)


def ask_also(article: Article, question: str, now) -> Version:
    """Give the article a question, and wait for the index."""
    version = publish.add_question(article=article, question=question, by=None, now=now)
    assert version is not None
    indexing.index_version(version.pk, now=now)
    return version


def test_a_question_in_customers_words_finds_the_article_and_is_never_quoted(site, articles, now):
    assert found(site, SLANG)[0].score < ALMOST_ITSELF
    ask_also(articles["tents"], SLANG, now)
    first = found(site, SLANG)[0]
    assert (first.slug, first.text) == ("tents", "Dry the tent before you store it.")
    assert first.score > ALMOST_ITSELF
    assert all(SLANG not in f"{p.title} {p.heading} {p.text}" for p in found(site, SLANG))


def test_a_question_in_another_language_finds_it_too(site, articles, now):
    question = "Mein Zelt schimmelt, was nun?"
    before = {p.slug: p.score for p in search.find(site=site, question=question, language="de").passages}
    ask_also(articles["tents"], question, now)
    first = search.find(site=site, question=question, language="de").passages[0]
    assert first.slug == "tents"
    assert first.score > before.get("tents", 0.0) + 0.1


def test_the_section_that_fits_best_is_the_one_that_is_quoted(site, articles, now):
    ask_also(articles["tents"], "How do I straighten a bent pole?", now)
    assert found(site, "How do I straighten a bent pole?")[0].heading == "Poles"


def test_what_readers_see_stays_as_it_was_and_the_draft_too(site, articles, now):
    tents = articles["tents"]
    publish.save_draft(article=tents, title="Tents", body="Half-written")
    version = ask_also(tents, SLANG, now)
    tents.refresh_from_db()
    assert (version.body, version.questions) == ("Dry the tent before you store it.\n\n## Poles\n\nA bent pole can be "
                                                 "straightened by hand.", [SLANG])  # fmt: skip
    assert (tents.body, tents.questions) == ("Half-written", [SLANG])


def test_the_same_question_twice_is_one(site, articles, now):
    first = ask_also(articles["tents"], SLANG, now)
    assert publish.add_question(article=articles["tents"], question=SLANG, by=None, now=now) == first


def test_a_question_of_a_draft_finds_nothing_until_it_is_published(site, articles, now):
    tents = articles["tents"]
    publish.save_draft(article=tents, title=tents.title, body=tents.body, questions=[SLANG])
    assert tents.published.sections.filter(kind=SectionKind.QUESTION).count() == 0
    version = publish.publish(article=tents, by=None, now=now)
    assert version.number == 2
    assert version.sections.filter(kind=SectionKind.QUESTION).get().text == SLANG


def test_undo_brings_back_the_questions_of_that_day(site, articles, now):
    ask_also(articles["tents"], SLANG, now)
    version = publish.undo(article=articles["tents"], to_number=1, by=None, now=now)
    assert version.questions == []
    indexing.index_version(version.pk, now=now)
    assert found(site, SLANG)[0].score < ALMOST_ITSELF


def test_a_question_for_who_is_logged_in_finds_nothing_for_others(site, articles, now):
    ask_also(articles["tents"], SLANG, now)
    Article.objects.filter(slug="tents").update(audience="logged_in")
    assert "tents" not in {passage.slug for passage in found(site, SLANG)}
    asked = search.find(site=site, question=SLANG, language="en", reader=Audience.LOGGED_IN)
    assert asked.passages[0].slug == "tents"
