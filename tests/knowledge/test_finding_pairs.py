"""Two articles that say the same, and two languages that say different things."""

import pytest

from knowledge import care, embed, publish
from knowledge.models import Finding
from tests.knowledge.test_findings import change, found, look

pytestmark = pytest.mark.django_db
POLES = (
    "A bent pole can be straightened by hand. Warm it a little first, and bend it back slowly over your knee. "
    "A pole that is cracked is replaced: we send you a new segment with the next parcel."
)
WARM = "A sleeping bag is warm to 5 degrees when it is dry and you wear long underwear in it."


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
    publish.save_draft(article=write("tents-staff", POLES), audience="logged_in")
    look()
    assert found("duplicate") == []


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
