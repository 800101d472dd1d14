"""Two articles that say the same or contradict each other, and two languages that say different things."""

import numpy as np
import pytest

from knowledge import care, embed, figures, indexing, nearby, publish
from knowledge.models import Finding, Inspection
from knowledge.quantities import Quantity
from tests.conftest import NOW
from tests.knowledge.test_findings import change, found, look

pytestmark = pytest.mark.django_db
POLES = (
    "A bent pole can be straightened by hand. Warm it a little first, and bend it back slowly over your knee. "
    "A pole that is cracked is replaced: we send you a new segment with the next parcel."
)
WARM = "A sleeping bag is warm to 5 degrees when it is dry and you wear long underwear in it."


def for_those_who_are_logged_in(article) -> None:
    """Where it is found depends on it, so it is indexed again."""
    publish.save_draft(article=article, audience="logged_in")
    article.refresh_from_db()
    indexing.index_version(article.published_id, now=NOW)


def test_a_section_that_stands_in_two_articles_is_found_once_and_goes_when_one_changes(write):
    write("tents", f"All about tents.\n\n## Poles\n\n{POLES}")
    copy = write("repairs", f"What we mend.\n\n## When a pole is bent\n\n{POLES}")
    write("bags", WARM)
    look()
    assert found("duplicate") == ["Says nearly the same as “Repairs”."]
    one = Finding.objects.get(kind="duplicate")
    assert (one.article.slug, one.anchor, one.other_anchor) == ("tents", "poles", "when-a-pole-is-bent")
    change(copy, "We mend zips. Send us the jacket, and we put in a new zip within two weeks.")
    look()
    assert found("duplicate") == []


def test_nearly_the_same_words_under_the_same_heading_are_found_too(write):
    write("tents", f"## Poles\n\n{POLES}")
    write("tent-poles", "## Poles\n\n" + POLES.replace("by hand", "with your hands").replace("slowly", "carefully"))
    look()
    assert len(found("duplicate")) == 1


def test_what_is_put_aside_stays_so_whichever_side_is_looked_at(write):
    first = write("tents", f"First.\n\n## Poles\n\n{POLES}")
    second = write("repairs", f"Second.\n\n## Poles\n\n{POLES}")
    look()
    care.put_aside(Finding.objects.get(), reason="Both are read.", by=None)
    change(first, f"Changed.\n\n## Poles\n\n{POLES}")
    look()
    change(second, f"Changed too.\n\n## Poles\n\n{POLES}")
    look()
    assert [one.state for one in Finding.objects.filter(kind="duplicate")] == ["aside"]
    change(second, f"## Poles\n\n{POLES} It is free.")
    look()
    assert [one.state for one in Finding.objects.filter(kind="duplicate")] == ["open"]


def test_other_regions_languages_and_audiences_may_say_the_same(write):
    write("tents", POLES)
    write("tents-uk", POLES, region="UK")
    write("tents-de", POLES, language="de")
    for_those_who_are_logged_in(write("tents-staff", POLES))
    look()
    assert Inspection.objects.count() == 4
    assert found("duplicate") == []
    write("tents-too", POLES)
    look()
    assert found("duplicate") == ["Says nearly the same as “Tents too”."]


def test_nothing_is_embedded_for_it(write, monkeypatch):
    write("tents", POLES)
    write("repairs", POLES)
    monkeypatch.setattr(embed.MiniLM, "matrix", lambda *_: pytest.fail("embedded again"))
    look()
    assert len(found("duplicate")) == 1


@pytest.mark.parametrize(
    ("german", "says"),
    [
        ("Sie können Waren innerhalb von 14 Tagen zurückgeben. Der Versand kostet 4,90 €.", ["30 days", "14 Tagen"]),
        ("Sie können Waren innerhalb eines Monats, also 30 Tagen, zurückgeben. Der Versand kostet 4,90 €.", []),
        ("Sie können Waren zurückgeben. Der Versand kostet 4,90 €.", []),
        ("Sie können Waren innerhalb von 30 Tagen zurückgeben. Der Versand kostet 5,90 €.", ["€4.90", "5,90 €"]),
    ],
)
def test_a_translation_with_another_figure_is_found_and_one_that_says_less_is_not(write, german, says):
    write("returns", "You can return goods within 30 days. Shipping costs €4.90.")
    write("returns", german, language="de", title="Rückgabe")
    look()
    told = found("translation")
    assert bool(told) == bool(says)
    assert all(figure in sentence for sentence in told for figure in says)


def test_a_translation_for_another_region_may_have_other_figures(write):
    write("returns", "You can return goods within 30 days.")
    write("returns", "Sie können Waren innerhalb von 45 Tagen zurückgeben.", language="de", region="EU")
    look()
    assert found("translation") == []


RETURNS = "You can return unused items within {} of delivery."


@pytest.mark.parametrize(
    ("language", "text", "other", "said"),
    [
        ("en", RETURNS.format("30 days"), "Unused items may be returned within 14 days of delivery.",
         ["30 days", "14 days"]),
        ("en", "A new zip for a jacket costs €48.", "In our workshop a new jacket zip costs €55.", ["€48", "€55"]),
        ("de", "Der Standardversand dauert in Europa 3 bis 5 Werktage.",
         "In Europa dauert der Standardversand 6 bis 8 Werktage.", ["3 bis 5 Werktage", "6 bis 8 Werktage"]),
        ("es", "Una devolución de botas cuesta 6,90 €.", "La devolución de las botas cuesta 9,50 €.",
         ["6,90 €", "9,50 €"]),
        ("fr", "Le lien du mot de passe est valable 60 minutes.",
         "Le lien pour le mot de passe est valable 24 heures.", ["60 minutes", "24 heures"]),
    ],
)  # fmt: skip
def test_two_articles_that_state_other_figures_of_one_thing_are_found_and_mended(write, language, text, other, said):
    first = write("terms", text, language=language)
    write("questions", f"## What people ask\n\n{other}", language=language)
    look()
    (told,) = found("contradiction")
    assert all(figure in told for figure in said)
    one = Finding.objects.get(kind="contradiction")
    assert (one.anchor, one.other_anchor) == ("", "what-people-ask")
    assert (one.detail["here"]["quote"], one.detail["there"]["quote"]) == (text, other)
    change(first, text.replace(said[0], said[1]))
    look()
    assert found("contradiction") == []


@pytest.mark.parametrize(
    "other",
    [
        RETURNS.format("30 days"),
        RETURNS.format("one month"),
        RETURNS.format("14 to 45 days"),  # ranges that go together
        "You can return outlet items within 14 days of delivery.",
        "You can return unused items of zone 2 within 14 days of delivery.",
        "You can return unused items for €4.90 within the days after delivery.",
        "| Items | Return |\n|---|---|\n| Unused | 14 days of delivery |\n| Used | 3 days |",
        "We answer within 2 days.",
    ],
)
def test_what_goes_together_or_is_of_another_thing_is_no_contradiction(write, other):
    write("returns", RETURNS.format("30 days"))
    write("questions", other)
    look()
    assert found("contradiction") == []


def test_other_regions_and_audiences_may_have_other_terms(write):
    write("returns", RETURNS.format("30 days"))
    write("returns-uk", RETURNS.format("60 days"), region="UK")
    for_those_who_are_logged_in(write("club", RETURNS.format("90 days")))
    look()
    assert Inspection.objects.count() == 3
    assert found("contradiction") == []
    write("terms", RETURNS.format("30 days"), region="UK")
    look()
    assert len(found("contradiction")) == 1


def test_what_each_of_many_has_of_its_own_is_no_contradiction(write):
    weight = "The packed weight of the tent is {} kg."
    for number, slug in enumerate(("korrel", "skarn", "tarnhaus"), 2):
        write(slug, weight.format(number))
    look()
    assert found("contradiction") == []
    write("alder-inn", "Breakfast at the hotel costs €9.", title="Alder Inn: what is breakfast?")
    write("birch-house", "Breakfast at the hotel costs €12.", title="Birch House: what is breakfast?")
    look()
    assert found("contradiction") == []


def test_a_contradiction_that_was_put_aside_stays_so_until_one_of_its_sentences_changes(write):
    first = write("returns", RETURNS.format("30 days"))
    second = write("questions", f"Ask us.\n\n{RETURNS.format('14 days')}")
    look()
    care.put_aside(Finding.objects.get(kind="contradiction"), reason="Two shops.", by=None)
    change(second, f"Do ask us.\n\n{RETURNS.format('14 days')}")
    look()
    assert Finding.objects.get(kind="contradiction").reason == "Two shops."
    change(first, RETURNS.format("45 days"))
    look()
    assert Finding.objects.get(kind="contradiction").state == "open"


def test_of_large_articles_the_nearest_pairs_are_compared_from_either_side(write, monkeypatch):
    monkeypatch.setattr(nearby, "MOST_PAIRS", 3)
    fill = "\n\n".join(f"## Part {n}\n\nAbout thing {n} there is this to say, and no more." for n in range(5))
    first = write("tents", f"{fill}\n\n## Poles\n\n{POLES}")
    second = write("repairs", f"{fill.replace('thing', 'matter')}\n\n## When a pole is bent\n\n{POLES}")
    write("third", fill.replace("thing", "subject"))
    for one, other in ((first, second), (second, first)):
        every = list(nearby.near(one))
        assert len(every) == 6
        pairs = [pair for pair in every if pair.there.version.article == other]
        assert len(pairs) == 3
        assert "bent pole" in pairs[-1].here.text
    look()
    assert len(found("duplicate")) == 1


def test_a_price_list_that_was_not_translated_anew_is_some_findings_and_soon_compared(write, monkeypatch):
    compared = []
    equals = Quantity.equals
    monkeypatch.setattr(Quantity, "equals", lambda self, other: compared.append(1) or equals(self, other))
    for model in (embed.MiniLM, embed.E5Small):
        monkeypatch.setattr(model, "matrix", lambda self, texts, kind: np.eye(384, dtype=np.float32)[: len(texts)])
    rows = range(10, 310)
    english = write("prices", "\n\n".join(f"Item {n} costs €{n}.50, for {n} days." for n in rows))
    write("prices", "\n\n".join(f"Ware {n} kostet {n + 500},50 €, für {n} Tage." for n in rows), language="de")
    assert len(figures.differing(english)) == 20
    assert len(compared) < 20_000
