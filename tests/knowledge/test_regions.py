"""Which region's article a visitor reads."""

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
