"""Gaps: questions of one meaning are one, the most wanted first; they close when an article answers them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from knowledge import answered, clusters, gaps, indexing, publish
from knowledge.addresses import article_path
from knowledge.embed import named
from knowledge.models import Article, Asked, Gap, GapState
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WASHING = "Can I wash a sleeping bag in the washing machine?"
WASHING_TOO = "Is it ok to put my sleeping bag into a washing machine?"
WASHED = (
    "You can wash a sleeping bag in the washing machine at 30 degrees, with a mild detergent. "
    "Dry it in a tumble dryer with two tennis balls."
)


def ask(site, question, asker="a", *, kind="unanswered", at=NOW, language="en", region="", cited=()) -> Asked:
    """Somebody asks, and their question is placed."""
    ref = f"{asker}:{question}:{at}"[:100]
    told = {"question": question, "language": language, "region": region, "asker": asker, "cited": cited}
    gaps.record(site=site, ref=ref, kind=kind, now=at, **told)
    while clusters.place_waiting():
        pass
    return Asked.objects.select_related("gap").get(site=site, ref=ref, kind=kind)


def close(now=LATER) -> None:
    while answered.close_answered(now=now, seconds=60):
        pass


def test_the_same_wish_in_other_words_is_one_gap_and_people_are_counted_once(site):
    ask(site, WASHING, "a")
    ask(site, WASHING_TOO, "b")
    ask(site, WASHING_TOO, "b", at=LATER)
    ask(site, "Do you sell gift cards?", "a")
    assert [(gap.people, gap.asked.count()) for gap in Gap.objects.all()] == [(2, 3), (1, 1)]
    assert "sleeping bag" in Gap.objects.first().text


def test_a_language_and_a_site_keep_their_own_gaps(site, other_site):
    ask(site, WASHING)
    ask(other_site, WASHING)
    ask(site, "Kann ich einen Schlafsack in der Waschmaschine waschen?", language="de")
    ask(site, "Darf ein Schlafsack in die Waschmaschine?", "b", language="de")
    assert sorted(Gap.objects.values_list("site__name", "language", "people")) == [
        ("Elsewhere", "en", 1),
        ("Northpine", "de", 2),
        ("Northpine", "en", 1),
    ]


def test_telling_the_same_again_is_no_second_question(site):
    for comment in ("", "It does not."):
        gaps.record(
            site=site, question=WASHING, language="en", asker="a", ref="r", kind="disputed",
            cited=[{"n": 1, "comment": comment}], now=NOW,
        )  # fmt: skip
        clusters.place_waiting()
    assert Asked.objects.get().cited == [{"n": 1, "comment": "It does not."}]
    assert Gap.objects.get().people == 1


def test_what_is_erased_is_gone_and_the_gap_speaks_with_another_voice(site):
    first = ask(site, WASHING, "a")
    ask(site, WASHING_TOO, "b")
    Gap.objects.update(text=WASHING)
    assert gaps.forget(site=site, refs=[first.ref]) == 1
    gap = Gap.objects.get()
    assert (gap.text, gap.people) == (WASHING_TOO, 1)
    gaps.forget(site=site, refs=Asked.objects.values_list("ref", flat=True))
    assert not Gap.objects.exists()


def test_gaps_are_merged_and_split(site):
    one = ask(site, WASHING, "a").gap
    other = ask(site, "Do you sell gift cards?", "b").gap
    merged = gaps.merge([one, other])
    assert (Gap.objects.get(), merged.asked.count(), Gap.objects.get().people) == (merged, 2, 2)
    with pytest.raises(ValidationError):
        gaps.split(merged, merged.asked.values_list("pk", flat=True))
    made = gaps.split(merged, merged.asked.filter(asker="b").values_list("pk", flat=True))
    assert made.text == "Do you sell gift cards?"
    assert [gap.people for gap in Gap.objects.all()] == [1, 1]


def test_gaps_of_two_languages_or_sites_are_not_merged(site, other_site):
    english = ask(site, WASHING).gap
    for other in (ask(other_site, WASHING).gap, ask(site, "Schlafsack waschen?", language="de").gap):
        with pytest.raises(ValidationError):
            gaps.merge([english, other])


def test_a_dismissed_gap_stays_dismissed_and_can_be_brought_back(site):
    gap = ask(site, WASHING).gap
    gaps.dismiss(gap)
    ask(site, WASHING_TOO, "b")
    gap = Gap.objects.get()
    assert (gap.state, gap.people) == ("dismissed", 2)
    gaps.bring_back(gap)
    assert Gap.objects.get().state == "open"


def test_a_gap_closes_once_its_questions_are_answered_and_opens_when_asked_again(site, articles):
    ask(site, WASHING, "a")
    ask(site, WASHING_TOO, "b")
    close()
    assert Gap.objects.get().state == "open"
    article = publish_later(site, articles, "washing-a-sleeping-bag", WASHED)
    close()
    assert Gap.objects.get().state == "open", "it is not findable yet"
    indexing.index_version(article.published_id, now=LATER + timedelta(seconds=1))
    close(LATER + timedelta(seconds=2))
    gap = Gap.objects.get()
    assert (gap.state, gap.article) == ("closed", article)
    ask(site, WASHING, "c", at=LATER + timedelta(hours=1))
    assert Gap.objects.get().state == "open"


def test_an_article_that_is_brought_back_closes_what_its_absence_opened(site, articles):
    article = publish_later(site, articles, "washing-a-sleeping-bag", WASHED, at=NOW - timedelta(days=2))
    indexing.index_version(article.published_id, now=NOW - timedelta(days=2))
    publish.withdraw(article=article, by=None, now=NOW - timedelta(days=1))
    ask(site, WASHING, "a")
    close(NOW)
    assert Gap.objects.get().state == "open"
    back = publish.bring_back(article=article)
    indexing.index_version(back.pk, now=LATER)
    close(LATER)
    assert Gap.objects.get().state == "closed"


def test_a_gap_of_one_region_is_not_closed_by_the_article_of_another(site, articles):
    ask(site, WASHING, "a", region="US")
    article = publish_later(site, articles, "washing-a-sleeping-bag", WASHED, region="UK")
    indexing.index_version(article.published_id, now=LATER)
    close()
    assert Gap.objects.get().state == "open"


def test_one_question_without_an_answer_keeps_its_gap_open(site, articles):
    gap = ask(site, WASHING, "a").gap
    gaps.merge([gap, ask(site, "Do you sell gift cards for a friend?", "b").gap])
    article = publish_later(site, articles, "washing-a-sleeping-bag", WASHED)
    indexing.index_version(article.published_id, now=LATER)
    close()
    assert Gap.objects.get().state == "open"


def test_a_disputed_answer_is_answered_again_only_by_what_was_changed_since(site, articles):
    ask(site, "How many days do I have to return unused items?", "a", kind="disputed")
    close()
    assert Gap.objects.get().state == "open", "the same article still says the same"
    article = articles["returns"]
    publish.save_draft(article=article, body="You can return unused items within 60 days, counted from the delivery.")
    version = publish.publish(article=article, by=None, now=NOW + timedelta(minutes=1))
    indexing.index_version(version.pk, now=LATER + timedelta(seconds=1))
    close(LATER + timedelta(seconds=2))
    assert (Gap.objects.get().state, Gap.objects.get().article) == ("closed", article)


@pytest.mark.parametrize("kind", ["disputed", "unhelpful"])
def test_an_answer_that_failed_is_not_answered_again_by_the_same_text(site, articles, write, kind):
    article, other = write("bags", WASHED), articles["tents"]
    path = article_path(site.key, "en", "bags", version=1)
    gap = ask(site, WASHING, "a", kind=kind, cited=[{"n": 1, "url": settings.TANDEM.public_url + path}]).gap
    for minute, body in ((5, WASHED), (10, WASHED + "\n\n## Drying\n\nIn the sun.")):
        at = NOW + timedelta(minutes=minute)
        publish.save_draft(article=article, body=body, questions=[f"Which detergent for {minute}?"])
        version = publish.publish(article=article, by=None, now=at)
        indexing.index_version(version.pk, now=at)
        close(LATER + timedelta(minutes=minute))
        gap.refresh_from_db()
        assert gap.state == "open"
    Gap.objects.filter(pk=gap.pk).update(checked_at=None)
    given = publish.add_question(article=other, question=WASHING, by=None, now=NOW + timedelta(minutes=15))
    indexing.index_version(given.pk, now=LATER)
    close(LATER + timedelta(hours=1))
    gap.refresh_from_db()
    assert (gap.state, gap.article) == ("closed", other), "another article is another answer"


def test_an_article_that_exists_learns_the_questions_and_the_gap_closes(site, articles, now):
    gap = ask(site, "my canvas house smells funky", "a").gap
    gaps.give_to(gap, articles["tents"], by=None, now=NOW + timedelta(minutes=1))
    gap.refresh_from_db()
    articles["tents"].refresh_from_db()
    assert (gap.state, articles["tents"].published.questions) == ("drafted", ["my canvas house smells funky"])
    indexing.index_version(articles["tents"].published_id, now=LATER)
    close()
    assert Gap.objects.get().state == "closed"


def test_two_clicks_on_write_an_article_begin_one(site, articles):
    shelf = articles["tents"].collection
    first, second = ask(site, WASHING).gap, Gap.objects.get()  # two requests have read it
    begun = [gaps.begin_article(gap, collection=shelf, body="", by=None) for gap in (first, second)]
    assert begun[0] == begun[1]
    assert Article.objects.filter(published=None).count() == 1


def test_what_is_taken_back_while_it_is_read_leaves_no_empty_gap(site, monkeypatch):
    gaps.record(site=site, question=WASHING, language="en", asker="a", ref="r", kind="unhelpful", now=NOW)

    class Slow:
        def matrix(self, texts, kind):
            gaps.take_back(site=site, ref="r", kind="unhelpful")
            return named("minilm-l6-v2").matrix(texts, kind)

    monkeypatch.setattr(clusters, "named", lambda model: Slow())
    assert not clusters.place_waiting()
    assert not Gap.objects.exists()


def test_what_another_worker_places_and_a_curator_moves_meanwhile_stays_there(site, monkeypatch):
    other = ask(site, "Do you sell gift cards?", "a").gap
    gaps.record(site=site, question=WASHING, language="en", asker="a", ref="r", now=NOW)

    class Slow:
        def matrix(self, texts, kind):
            vectors = named("minilm-l6-v2").matrix(texts, kind)
            monkeypatch.setattr(clusters, "named", named)
            clusters.place_waiting()
            Asked.objects.filter(ref="r").update(gap=other)
            return vectors

    monkeypatch.setattr(clusters, "named", lambda model: Slow())
    clusters.place_waiting()
    assert Asked.objects.get(ref="r").gap == other


def test_gaps_are_read_once_for_many_questions_and_what_changes_meanwhile_counts(site, monkeypatch):
    """Another worker makes a gap of the first meaning, and somebody deletes that of the second, while ours has read."""
    other = ask(site, "Do you sell gift cards?", "a").gap
    for number, question in enumerate((WASHING_TOO, "Do you sell gift cards?"), 1):
        gaps.record(site=site, question=question, language="en", asker="b", ref=f"r{number}", now=NOW)
    read = []
    real = clusters.Known.read

    def meanwhile(known):
        real(known)
        if not read:
            read.append(1)
            gaps.forget(site=site, refs=other.asked.values_list("ref", flat=True))
            ask_of_another_worker()

    def ask_of_another_worker():
        vector = named("minilm-l6-v2").matrix([WASHING], "query")[0]
        fields = {"site": site, "language": "en", "text": WASHING, "asked_at": NOW}
        made = Gap.objects.create(**fields, centre=vector.tobytes())
        told = {"question": WASHING, "language": "en", "asker": "c", "ref": "r3", "kind": "unanswered", "at": NOW}
        Asked.objects.create(site=site, gap=made, vector=vector.tobytes(), **told)

    monkeypatch.setattr(clusters.Known, "read", meanwhile)
    clusters.place_waiting()
    found = {asked.ref: asked.gap_id for asked in Asked.objects.all()}
    assert found["r1"] == found["r3"] != found["r2"]
    assert None not in found.values()
    assert Gap.objects.count() == 2


def test_where_there_is_no_model_the_same_words_are_one_gap(site, monkeypatch):
    monkeypatch.setattr(clusters, "models_for", lambda language: ())
    ask(site, "Schlafsack waschen?", "a", language="de")
    ask(site, "schlafsack  waschen", "b", language="de")
    ask(site, "Gutscheine?", "b", language="de")
    assert sorted(Gap.objects.values_list("people", flat=True)) == [1, 2]


def publish_later(site, articles, slug, body, *, at=NOW + timedelta(minutes=1), region="") -> Article:
    """Publish an article a minute after the questions."""
    fields = {"slug": slug, "language": "en", "title": slug.replace("-", " ").capitalize(), "body": body}
    article = publish.create_article(site=site, collection=articles["tents"].collection, region=region, **fields)
    publish.publish(article=article, by=None, now=at)
    return article


def test_a_gap_whose_article_was_withdrawn_gets_a_new_one(write, site, shelf, now):
    old = write("drones", "Old text about drones.")
    gap = Gap.objects.create(site=site, language="en", text="Do you repair drones?", asked_at=now, article=old)
    publish.withdraw(article=old, by=None, now=now)
    gap.refresh_from_db()
    article = gaps.begin_article(gap, collection=shelf, body="", by=None)
    assert article != old
    gap.refresh_from_db()
    assert (gap.state, gap.article) == (GapState.DRAFTED, article)
    assert gaps.begin_article(gap, collection=shelf, body="", by=None) == article


def test_merged_with_one_that_waits_a_closed_gap_waits_too(write, site, now):
    draft = write("drones", "About drones.")
    told = {"site": site, "language": "en", "asked_at": now}
    closed = Gap.objects.create(**told, text="a", people=3, state=GapState.CLOSED, closed_at=now)
    drafted = Gap.objects.create(**told, text="b", people=1, state=GapState.DRAFTED, article=draft)
    for number, gap in enumerate((closed, drafted)):
        row = {"question": gap.text, "language": "en", "asker": str(number), "ref": str(number), "at": now}
        Asked.objects.create(site=site, gap=gap, kind="unanswered", **row)
    merged = gaps.merge([closed, drafted])
    assert (merged.state, merged.article) == (GapState.DRAFTED, draft)
