"""What curators, agents and models write is shown as text, never run."""

import pytest

from knowledge.render import message_html, to_html


def page(markdown: str) -> str:
    """An article's HTML."""
    return to_html(markdown, links=lambda slug: f"/help/x/en/{slug}/")


def test_a_link_to_an_article_leads_to_its_page():
    assert '<a href="/help/x/en/returns/" rel="noopener noreferrer">Returns</a>' in page("[Returns](article:returns)")


def test_the_pages_title_is_the_only_heading_of_level_one():
    assert page("# Big\n\ntext") == '<h2 id="big">Big</h2>\n<p>text</p>\n'


def test_a_wide_table_scrolls_in_its_own_box():
    assert page("| a |\n|---|\n| b |").startswith('<div class="table" tabindex="0"><table>')


@pytest.mark.parametrize("write", [page, message_html])
@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<a href='x' style='position:fixed'>x</a>",
        '[x](https://a.example "onmouseover=alert(1)")',
        "| <svg onload=alert(1)> |\n|---|\n| x |",
    ],
)
def test_nothing_in_a_text_is_run(write, attack):
    html = write(attack).lower()
    for tag in ("<script", "<img src=x", "<svg", ' style="', "<iframe"):
        assert tag not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'src="javascript' not in html
    assert ' onmouseover="' not in html


def test_a_message_keeps_its_lines_and_opens_links_elsewhere():
    html = message_html("Hello **Ann**\nsee [here](https://shop.example/a)\n\n- one\n- two")
    assert "<strong>Ann</strong><br>" in html
    assert 'href="https://shop.example/a"' in html
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert html.count("<li>") == 2


def test_a_message_has_no_headings_and_no_pictures():
    html = message_html("# Not a heading\n\n![x](https://a.example/p.png)")
    assert "<h" not in html
    assert "<img" not in html
