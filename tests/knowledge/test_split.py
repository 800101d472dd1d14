"""Articles become sections that can be read, found and linked to by themselves."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.render import to_html
from knowledge.split import PART, embedded_text, sections


def test_each_heading_begins_a_section_and_the_text_before_the_first_is_one_too():
    pieces = sections("Returns", "You have 30 days.\n\n## The period\n\nIt begins at delivery.\n\n## Costs\n\nNone.")
    assert [(p.heading, p.anchor, p.text) for p in pieces] == [
        ("", "", "You have 30 days."),
        ("The period", "the-period", "It begins at delivery."),
        ("Costs", "costs", "None."),
    ]


def test_a_heading_below_another_carries_the_path_to_it():
    pieces = sections("Returns", "## In Europe\n\n### Costs\n\nNone.\n\n## Elsewhere\n\nTen euros.")
    assert [p.heading for p in pieces] == ["In Europe › Costs", "Elsewhere"]


def test_a_long_section_is_cut_between_paragraphs_and_keeps_its_heading():
    pieces = sections("Terms", "## All\n\n" + "\n\n".join(f"{n} " + "word " * 100 for n in range(6)))
    assert len(pieces) == 6
    assert {(p.heading, p.anchor) for p in pieces} == {("All", "all")}


def test_a_long_paragraph_is_cut_between_sentences_into_even_parts():
    sentences = [f"Sentence number {n} says something about the warranty of tents." for n in range(30)]
    pieces = sections("Terms", " ".join(sentences))
    assert " ".join(p.text for p in pieces) == " ".join(sentences)
    assert all(p.text.endswith(".") and 0.6 * PART < len(p.text) < 1.5 * PART for p in pieces)


def test_an_abbreviation_does_not_end_a_sentence():
    text = "Wir liefern z. B. am Montag und mit Dr. Meier an Nr. 5 in der Stadt. " * 20
    assert all(p.text.endswith("Stadt.") for p in sections("T", text))


def test_chinese_is_cut_at_its_own_full_stops_and_sooner():
    pieces = sections("T", "自收到商品之日起三十天内可以退货。" * 40)
    assert len(pieces) > 4
    assert all(p.text.endswith("。") and len(p.text) < PART for p in pieces)


def test_ten_megabytes_without_a_full_stop_are_cut_all_the_same():
    pieces = sections("T", "word " * 100_000)
    assert max(len(p.text) for p in pieces) < 4 * PART


def test_lists_links_and_marks_leave_their_words():
    (piece,) = sections("T", "Pay by:\n\n- **card**\n- [invoice](article:invoices)\n\n1. `code`\n\n> a quote")
    assert piece.text == "Pay by:\ncard\ninvoice\ncode\na quote"


def test_each_row_of_a_table_can_be_read_by_itself():
    (piece,) = sections("T", "| Service | Days |\n|---|---|\n| Standard | 3 to 5 |\n| Express | 1 |")
    assert piece.text == "Service: Standard; Days: 3 to 5.\nService: Express; Days: 1."


def test_an_article_of_its_title_alone_is_found_by_it():
    assert [p.text for p in sections("Phone hours", " \n")] == ["Phone hours"]


def test_the_models_read_the_titles_above_the_text():
    assert embedded_text("Returns", "Costs", "None.") == "Returns\nCosts\nNone."
    assert embedded_text("Returns", "", "None.") == "Returns\nNone."


def test_headings_of_the_same_name_and_of_other_scripts_have_anchors_of_their_own():
    pieces = sections("T", "## Größe\n\na\n\n## Größe\n\nb\n\n## 返品\n\nc\n\n## !!!\n\nd")
    assert [p.anchor for p in pieces] == ["größe", "größe-2", "返品", "section"]


@given(st.text(max_size=400))
def test_every_section_leads_to_a_heading_of_the_page(markdown):
    html = to_html(markdown, links=str)
    for piece in sections("T", markdown):
        assert not piece.anchor or f'id="{piece.anchor}"' in html
