"""A draft is searched in its article's place: as it would be once published, and without a trace."""

import pytest

from knowledge import indexing, publish, search, staged
from knowledge.models import Article, Audience, Section, Vector, Version
from tests.curators import TENTS, ZIPS

pytestmark = pytest.mark.django_db
POLES = "How do I repair a bent pole?"
STUCK = "My zip is stuck, what can I do?"


def texts(found: search.Found) -> list[str]:
    """What was found, best first."""
    return [passage.text for passage in found.passages]


def asked(site, question: str, instead=None, **more) -> search.Found:
    """Look for a question in English."""
    return search.find(site=site, question=question, language="en", instead=instead, **more)


@pytest.mark.parametrize("question", [STUCK, "What does express cost?"])
def test_it_finds_what_publishing_would_find(site, tents, now, question):
    draft = staged.stage(tents, title="Tents", body=ZIPS, questions=[], now=now)
    foreseen = asked(site, question, draft)
    publish.save_draft(article=tents, body=ZIPS)
    indexing.index_version(publish.publish(article=tents, by=None, now=now).pk, now=now)
    found = asked(site, question)
    assert texts(foreseen) == texts(found)
    assert [p.url for p in foreseen.passages] == [p.url for p in found.passages]
    assert foreseen.probability == pytest.approx(found.probability, abs=0.1)


def test_what_the_draft_leaves_out_is_not_found(site, tents, now):
    draft = staged.stage(tents, title="Tents", body=ZIPS, questions=[], now=now)
    assert "A bent pole can be straightened by hand." in texts(asked(site, POLES))
    assert "A bent pole can be straightened by hand." not in texts(asked(site, POLES, draft))


def test_it_leaves_no_trace(site, tents, now):
    before = Version.objects.count(), Section.objects.count(), Vector.objects.count()
    draft = staged.stage(tents, title="Tents", body=ZIPS, questions=["zip jammed"], now=now)
    assert texts(asked(site, STUCK, draft))[0].startswith("A stuck zip")
    assert (Version.objects.count(), Section.objects.count(), Vector.objects.count()) == before
    assert "zip" not in " ".join(texts(asked(site, STUCK)))


def test_a_question_it_answers_leads_to_its_text(site, tents, now):
    draft = staged.stage(tents, title="Tents", body=TENTS, questions=["my canvas house smells funky"], now=now)
    found = asked(site, "my canvas house smells funky", draft)
    assert found.passages[0].slug == "tents"
    assert all(not text.startswith("my canvas") for text in texts(found))


def test_an_article_that_nobody_sees_yet_is_found_as_its_draft(site, tents, now):
    fields = {"collection": tents.collection, "language": "de", "title": "Reißverschluss"}
    article = publish.create_article(site=site, slug="zip", body="Ein Reißverschluss klemmt: Wachs hilft.", **fields)
    draft = staged.stage(article, title=article.title, body=article.body, questions=[], now=now)
    question = {"site": site, "question": "Was tun, wenn der Reißverschluss klemmt?", "language": "de"}
    assert search.find(**question, instead=draft).passages[0].slug == "zip"
    assert "zip" not in {passage.slug for passage in search.find(**question).passages}


def test_a_withdrawn_article_is_not_found(site, tents):
    assert {p.slug for p in asked(site, POLES, staged.withdrawn(tents)).passages} == {"shipping"}


def test_who_may_not_see_it_does_not_find_it(site, tents, now):
    Article.objects.filter(pk=tents.pk).update(audience=Audience.LOGGED_IN)
    tents.refresh_from_db()
    draft = staged.stage(tents, title="Tents", body=ZIPS, questions=[], now=now)
    assert "tents" not in {passage.slug for passage in asked(site, STUCK, draft).passages}
    assert asked(site, STUCK, draft, reader=Audience.LOGGED_IN).passages[0].slug == "tents"
