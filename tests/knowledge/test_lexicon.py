"""The lexical half: BM25 that follows what is published, and keeps to where it may look."""

import pytest

from knowledge import editions, indexing, lexicon, publish
from knowledge.bm25 import Bm25
from knowledge.shelf import ANYWHERE, Label, Where


def filled(texts: dict[int, str], label: Label = Label()) -> Bm25:  # noqa: B008
    """An index of these sections."""
    made = Bm25()
    for number, text in texts.items():
        made.put(number, text.split(), label, number)
    return made


def order(bm25: Bm25, question: str) -> list[int]:
    """The sections with words in common, best first."""
    scores, _ideal = bm25.scores(question.split())
    slots = [slot for slot in sorted(range(len(scores)), key=lambda slot: -scores[slot]) if scores[slot] > 0]
    return bm25.roll.numbers(slots).tolist() if slots else []


def of_articles() -> Bm25:
    """Two articles, the first of two sections."""
    made = Bm25()
    for number, text, article in ((1, "the tent and more", 1), (2, "in the sand", 1), (3, "one tent here", 2)):
        made.put(number, text.split(), Label(), article)
    return made


def shared(bm25: Bm25, question: str) -> list[int]:
    """All sections, best first, with their articles' words."""
    words = question.split()
    scores = bm25.with_whole(bm25.scores(words)[0], bm25.roll.slots_of([*bm25.roll]), words)
    return [number for _score, number in sorted(zip(-scores, bm25.roll, strict=True))]


class TestBm25:
    """The index itself."""

    def test_rare_words_count_more_than_common_ones_and_short_texts_more_than_long_ones(self):
        bm25 = filled({1: "the tent is here", 2: "the boots are here", 3: "the tent " + "and so on " * 20})
        assert order(bm25, "the tent") == [1, 3, 2]

    def test_what_is_put_again_is_replaced_and_what_is_dropped_is_gone(self):
        bm25 = filled({1: "a tent", 2: "a boot"})
        bm25.put(1, ["kayak"], Label(), 1)
        bm25.drop([2, 99])
        assert order(bm25, "tent boot") == []
        assert order(bm25, "kayak") == [1]

    def test_after_many_changes_it_is_what_a_new_one_would_be(self):
        bm25 = filled({n: f"tent number {n}" for n in range(300)})
        for n in range(300):
            bm25.put(n, f"boot number {n}".split(), Label(), n)
        bm25.drop(range(100, 300))
        fresh = filled({n: f"boot number {n}" for n in range(100)})
        assert bm25.roll.slots < 300, "the traces of what was dropped were swept up"
        for question in ("boot", "number 7", "tent", "boot number 299"):
            assert order(bm25, question)[:1] == order(fresh, question)[:1]
            assert set(order(bm25, question)) == set(order(fresh, question))

    def test_a_word_that_stands_there_very_often_counts_once_more_than_it_can_be_counted(self):
        bm25 = filled({1: "tent " * 5000, 2: "boot"})
        assert order(bm25, "tent") == [1]

    def test_what_stands_in_two_sections_of_an_article_counts_for_either(self):
        bm25 = of_articles()
        assert shared(bm25, "tent sand") == [2, 1, 3]
        bm25.drop([2])
        assert shared(bm25, "tent sand") == [3, 1], "what was dropped counts no more"

    def test_an_article_of_one_section_scores_as_its_section(self):
        bm25 = filled({1: "a tent", 2: "a boot in sand"})
        scores, _ideal = bm25.scores(["tent", "sand"])
        slots = bm25.roll.slots_of([1, 2])
        assert bm25.with_whole(scores, slots, ["tent", "sand"]) == pytest.approx(scores[slots])

    def test_a_text_that_is_not_on_the_shelf_scores_as_if_it_were(self):
        bm25, question = of_articles(), ["tent", "sand", "kayak"]
        there = bm25.with_whole(bm25.scores(question)[0], bm25.roll.slots_of([1, 2]), question)
        beside = bm25.scores_beside(question, {-1: ["the", "tent", "and", "more"], -2: ["in", "the", "sand"]})
        assert [beside[-1], beside[-2]] == pytest.approx(there.tolist())
        assert Bm25().scores_beside(["tent"], {-1: ["tent"], -2: []})[-1] > 0, "on an empty shelf too"
        assert bm25.scores_beside(["tent"], {}) == {}

    def test_articles_are_told_apart_after_a_sweep_too(self):
        bm25 = of_articles()
        for n in range(10, 310):
            bm25.put(n, ["kayak"], Label(), n)
        bm25.drop(range(10, 310))
        assert bm25.roll.slots < 300
        assert shared(bm25, "tent sand") == [2, 1, 3]

    def test_nothing_asked_or_nothing_there_is_nothing(self):
        assert Bm25().scores(["tent"])[0].tolist() == []
        assert order(filled({1: "tent"}), "") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("chroma")
class TestLexicon:
    """What it reads from the rows."""

    def search(self, site, question: str, where: Where = ANYWHERE, *, told: bool = True) -> set[str]:
        """The slugs that were found in English."""
        from knowledge.models import Section

        found = (
            lexicon.current()
            .search(lexicon.shelf_of(site.pk, "en", editions.live(site.pk).pk), question, 9, where, told=told)
            .scores
        )
        rows = Section.objects.filter(pk__in=[number for number, score in found.items() if score > 0])
        return set(rows.values_list("version__article__slug", flat=True))

    @pytest.fixture(autouse=True)
    def forgets(self):
        """Each test reads the rows anew."""
        lexicon.current().forget()
        yield
        lexicon.current().forget()

    def test_published_articles_are_found_by_their_words(self, site, articles):
        assert self.search(site, "bent poles") == {"tents"}

    def test_a_new_version_replaces_the_old_one_once_it_is_indexed(self, site, articles, now):
        assert self.search(site, "parcel") == {"shipping"}
        publish.save_draft(article=articles["shipping"], title="Shipping", body="A drone brings it.")
        version = publish.publish(article=articles["shipping"], by=None, now=now)
        assert self.search(site, "parcel") == {"shipping"}
        indexing.index_version(version.pk, now=now)
        assert (self.search(site, "parcel"), self.search(site, "drone")) == (set(), {"shipping"})

    def test_a_withdrawn_article_leaves(self, site, articles, now):
        assert self.search(site, "parcel")
        publish.withdraw(article=articles["shipping"], by=None, now=now)
        indexing.index_version(articles["shipping"].versions.get().pk, now=now)
        assert self.search(site, "parcel") == set()

    def test_whoever_is_not_told_looks_at_the_rows(self, site, articles, write):
        assert self.search(site, "kayak", told=False) == set()
        write("kayaks", "A kayak floats.")
        lexicon.current().drop(
            lexicon.shelf_of(site.pk, "en", editions.live(site.pk).pk),
            list(site.articles.get(slug="kayaks").published.sections.values_list("pk", flat=True)),
        )
        assert self.search(site, "kayak", told=False) == {"kayaks"}

    def test_regions_and_collections_are_kept_to(self, site, write):
        write("returns", "Return a kayak.", region="UK")
        write("boats", "Hire a kayak.")
        assert self.search(site, "kayak", Where(frozenset({""}))) == {"boats"}
        assert self.search(site, "kayak", Where(frozenset({"", "UK"}))) == {"boats", "returns"}
        assert self.search(site, "kayak", Where(collection="elsewhere")) == set()

    def test_until_it_is_read_nobody_waits_and_afterwards_everything_is_there(self, site, articles, write, monkeypatch):
        follow, seen = lexicon._follow_rows, []

        def reading(key, bm25):
            seen.append(self.search(site, "parcel"))
            if len(seen) == 1:
                write("kayaks", "A kayak floats.")
            follow(key, bm25)

        monkeypatch.setattr(lexicon, "_follow_rows", reading)
        lexicon.current().warm(site.pk, editions.live(site.pk).pk)
        assert seen == [set(), set()]
        assert (self.search(site, "parcel"), self.search(site, "kayak")) == ({"shipping"}, {"kayaks"})

    def test_nothing_of_another_site_is_found(self, other_site, articles):
        assert self.search(other_site, "parcel") == set()
