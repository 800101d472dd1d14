"""What curators, agents and models write is shown as text, never run."""

import re
import time

import pytest

from knowledge.markdown import anchor_of
from knowledge.render import message_html, shows_foreign_pictures, to_html


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


def test_a_message_links_to_those_addresses_alone_that_it_may():
    text = "see [here](https://shop.example/a), [there](//items．delivery/) or <https://evil.example>"
    html = message_html(text, links={"https://shop.example/a"})
    assert html.count("<a ") == 1
    assert 'href="https://shop.example/a"' in html
    assert ", there or https://evil.example</p>" in html


def test_equal_headings_have_anchors_of_their_own():
    html = to_html("## A\n\n## A-2\n\n## A\n\n## A\n\n## A-2", links=str)
    assert re.findall('<h2 id="([^"]+)', html) == ["a", "a-2", "a-3", "a-4", "a-2-2"]


def test_a_log_of_thousands_of_equal_headings_keeps_no_reader_waiting():
    taken: dict[str, int] = {}
    begun = time.thread_time()
    assert len({anchor_of("Fixed", taken) for _each in range(30_000)}) == 30_000
    assert time.thread_time() - begun < 5  # 0.1; looking through those before, each time, took over a minute


def test_a_message_has_no_headings_and_no_pictures():
    html = message_html("# Not a heading\n\n![x](https://a.example/p.png)")
    assert "<h" not in html
    assert "<img" not in html


def test_a_picture_of_another_host_is_a_link_that_says_what_it_shows():
    for source in ("https://a.example/p.png", "//a.example/p.png", "http://a.example/p.png"):
        html = page(f"Look: ![A *green* tent](<{source}>)")
        assert "<img" not in html
        assert f'<a href="{source}" rel="noopener noreferrer">Picture: A green tent</a>' in html


def test_our_own_pictures_are_shown(settings):
    for source in ("/static/tent.png", f"{settings.TANDEM.public_url}/static/tent.png"):
        assert f'<img src="{source}" alt="A tent">' in page(f"![A tent]({source})")


def test_a_foreign_picture_in_a_link_leaves_that_link():
    html = page("[![A tent](https://a.example/p.png)](https://shop.example/tents)")
    assert html == '<p><a href="https://shop.example/tents" rel="noopener noreferrer">Picture: A tent</a></p>\n'


def test_what_a_foreign_picture_shows_is_text():
    assert "<b>" not in page("![<b>x</b>](https://a.example/p.png)")
    assert "Picture: –" in page("![](https://a.example/p.png)")


def test_pictures_in_data_are_named_and_lead_nowhere():
    html = page("![A dot](data:image/png;base64,AAAA)")
    assert "Picture: A dot" in html
    assert "data:" not in html


@pytest.mark.parametrize(
    ("markdown", "foreign"),
    [("![x](https://a.example/p.png)", True), ("![x](/static/p.png)", False), ("[x](https://a.example/)", False)],
)
def test_whether_a_text_has_foreign_pictures(markdown, foreign):
    assert shows_foreign_pictures(markdown) is foreign
