"""Which region's article a visitor reads."""

import pytest

from knowledge import search
from knowledge.regions import nearest, reach


def test_austria_reads_its_own_then_europes_then_the_general_text():
    assert reach("at") == ("AT", "EU", "")


def test_the_two_names_of_the_united_kingdom_are_one():
    assert reach("GB") == ("GB", "UK", "")
    assert reach("UK") == ("UK", "GB", "")


def test_without_a_region_only_the_general_text_is_read():
    assert reach("") == ("",)
    assert reach("US") == ("US", "")


def test_the_nearest_variant_of_each_article_counts():
    variants = [("returns", "en", ""), ("returns", "en", "EU"), ("returns", "de", ""), ("tents", "en", "US")]
    assert nearest(variants, reach("AT")) == {("returns", "en", "EU"), ("returns", "de", "")}


@pytest.mark.django_db
def test_a_translation_for_one_country_leaves_the_general_article_to_the_others(write, site):
    write("bent-poles", "A bent tent pole can be straightened by hand, slowly, over the knee.", title="Bent poles")
    swiss = "In der Schweiz repariert unser Laden in Bern Gestänge."
    write("bent-poles", swiss, title="Gestänge", language="de", region="CH")
    asked = {"site": site, "question": "Wie kann ich eine verbogene Zeltstange gerade biegen?", "language": "de"}
    assert [one.language for one in search.find(**asked, region="AT").passages] == ["en"]
    assert "en" not in [one.language for one in search.find(**asked, region="CH").passages]
