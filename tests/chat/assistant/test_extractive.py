"""The built-in model is a LangChain chat model that quotes, cites and abstains."""

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.output_parsers import StrOutputParser

from chat.assistant import extractive, prompt
from chat.assistant.extractive import ExtractiveChat
from tests.chat.assistant.shop import COSTS, PASSWORD, REPAIRS, RETURNS, Passage


def values(question: str, *passages: Passage) -> dict:
    sections = prompt.shown(passages)
    return prompt.values(site="Shop", language="en", question=question, earlier=[], sections=sections, again=False)


def said(question: str, *passages: Passage) -> str:
    return (prompt.PROMPT | ExtractiveChat() | StrOutputParser()).invoke(values(question, *passages))


def test_says_only_sentences_of_the_sections_each_with_its_number():
    text = said("How long do I have to return something?", RETURNS, COSTS)
    sentences = [part.strip() for part in text.replace("[1]", "|").replace("[2]", "|").split("|") if part.strip()]
    assert 1 <= len(sentences) <= 5
    assert all(sentence in RETURNS.text + COSTS.text for sentence in sentences)


@pytest.mark.parametrize(
    ("question", "passages", "begins"),
    [
        ("How long do I have to return something?", (COSTS, RETURNS), "You can return unused items within 45 days"),
        ("How long until I get my refund?", (RETURNS, COSTS), "The refund takes 5 working days"),
        ("Can I return a used tent?", (RETURNS, COSTS), "Used items cannot be returned."),
        ("What does standard shipping cost?", (RETURNS, COSTS), "Standard shipping costs €4.90 per order."),
        ("Is a wall that came apart on my mat repaired?", (REPAIRS,), "What we cannot repair: Inflatable mats"),
    ],
)
def test_the_answer_comes_first(question, passages, begins):
    assert said(question, *passages).startswith(begins)


def test_a_yes_to_another_question_is_no_answer():
    passage = Passage(
        1, "Can I change my address?", "", "Yes, until the parcel is packed.\nDelivery hours cannot be booked."
    )
    assert said("Can I book an exact hour for the delivery?", passage).startswith("Delivery hours cannot be booked.")


def test_abstains_where_it_has_nothing_to_quote():
    assert said("Anything?", Passage(1, "Empty", "", "")) == "NO_ANSWER"
    assert said("Anything?") == "NO_ANSWER"


async def test_streams_by_sentences_with_usage_at_the_end():
    model = prompt.PROMPT | ExtractiveChat()
    chunks = [chunk async for chunk in model.astream(values("How do I set a new password?", PASSWORD))]
    assert len([chunk for chunk in chunks if chunk.text]) == 3
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert whole.usage_metadata["output_tokens"] > 0
    assert whole.text == said("How do I set a new password?", PASSWORD)


def test_invoke_tells_the_usage():
    message = (prompt.PROMPT | ExtractiveChat()).invoke(values("How do I set a new password?", PASSWORD))
    assert message.usage_metadata["total_tokens"] > 0


def test_messages_that_are_not_ours_are_refused():
    with pytest.raises(ValueError, match=r"not made by chat\.assistant\.prompt"):
        ExtractiveChat().invoke([HumanMessage("Hello")])


def test_a_number_is_no_answer_of_no():
    section = {"n": 1, "language": "en", "title": "Spare parts", "section": "Bolts"}
    section["text"] = "No. 5 bolts fit the frame. No. 6 bolts fit the wheel."
    said = [piece.span.text for piece in extractive.choose("Which bolts fit the frame?", [section])]
    assert said[0].startswith("No. 5 bolts fit the frame.")


def test_a_no_to_another_question_is_not_said():
    section = {"n": 1, "language": "en", "title": "Can I use a stove inside the tent?", "section": ""}
    section["text"] = "No. A stove in a closed tent can kill by carbon monoxide. Cook outdoors."
    elsewhere = extractive.choose("is the stove allowed on a plane", [section])
    assert elsewhere[0].span.text.startswith("A stove in a closed tent")
    same = extractive.choose("Can I use the stove in my tent?", [section])
    assert same[0].span.text.startswith("No. A stove")


def a_section(text: str, n: int = 1, language: str = "en", title: str = "Shipping", section: str = "") -> dict:
    return {"n": n, "language": language, "title": title, "section": section, "text": text}


def chosen(question: str, *sections: dict) -> list[str]:
    return [piece.span.text for piece in extractive.choose(question, sections)]


ZONES = (
    "Zone: 1; Countries: Germany; Standard: 2 working days.\n"
    "Zone: 2; Countries: France, Austria; Standard: 4 working days.\n"
    "Zone: 3; Countries: United States; Standard: 9 working days."
)


@pytest.mark.parametrize(("where", "row"), [("Austria", 1), ("the US", 2), ("the usa", 2), ("germany", 0)])
def test_the_row_of_a_table_is_found_by_any_of_its_cells(where, row):
    said = chosen(f"How long does shipping to {where} take?", a_section(ZONES, section="Zones"))
    assert said == [ZONES.split("\n")[row]]


def test_a_table_of_which_no_row_is_named_is_shown_whole():
    assert len(chosen("How long does standard shipping take in each zone?", a_section(ZONES, section="Zones"))) == 3


@pytest.mark.parametrize(
    ("language", "question", "price", "elsewhere"),
    [
        ("en", "what does shipping to france cost", "A parcel costs €5.", "Shipping to Canada costs €19."),
        (
            "de",
            "was kostet der versand nach österreich",
            "Ein Paket kostet 5 €.",
            "Der Versand nach Kanada kostet 19 €.",
        ),
        ("es", "cuánto cuesta el envío a Francia", "Un paquete cuesta 5 €.", "El envío a Canadá cuesta 19 €."),
        ("fr", "combien coûte la livraison en Belgique", "Un colis coûte 5 €.", "La livraison au Canada coûte 19 €."),
    ],
)
def test_a_sentence_about_another_country_is_no_answer(language, question, price, elsewhere):
    sections = a_section(elsewhere, 1, language), a_section(price, 2, language)
    assert chosen(question, *sections)[0] == price


def test_a_sentence_about_the_country_that_was_asked_about_is():
    sections = a_section("A parcel costs €5.", 1), a_section("Shipping to Canada costs €19.", 2)
    assert chosen("what does shipping to canada cost", *sections)[0] == "Shipping to Canada costs €19."


def test_what_says_little_of_the_question_is_read_from_the_start_of_its_paragraph():
    refund = "We send the refund within 5 days. Your bank then needs some time to show the money."
    assert chosen("when will i get my money back", a_section(refund, title="When do I get my refund?")) == [
        "We send the refund within 5 days.",
        "Your bank then needs some time to show the money.",
    ]


def test_what_answers_by_itself_is_said_first():
    points = "You earn 1 point for every full euro. 100 points are worth €5."
    assert chosen("how much are 100 points worth", a_section(points, title="Points"))[0] == "100 points are worth €5."


def test_a_list_that_is_asked_for_by_its_heading_is_said_whole():
    covered = a_section(
        "Seams that open.\nZips that fail.\nBatteries, covered for 12 months.", section="What is covered"
    )
    covered["title"] = "The warranty"
    assert len(chosen("what is covered by the warranty", covered)) == 3
    assert chosen("are zips that fail covered", covered) == ["Zips that fail."]


def test_a_question_for_all_of_an_article_gets_its_beginning_and_not_a_section_that_shares_a_word():
    title = "Discount for guides and students"
    begins = a_section("Guides receive 20 %. Students with a card receive 8 %.", 1, title=title)
    limits = a_section(
        "The student discount covers up to €800.\nSale items are excluded.", 2, title=title, section="Limits"
    )
    assert "Students with a card receive 8 %." in chosen("is there a discount for students", begins, limits)


def test_of_a_question_of_one_word_the_place_among_what_was_found_says_more():
    reach = a_section("Write to help@shop.example or call us.", 1, title="How can I reach you?")
    sent = a_section("We send an e-mail. Look in your spam folder, then contact us.", 2, title="When is my order sent?")
    assert chosen("contact", reach, sent)[0] == "Write to help@shop.example or call us."


def test_a_pointer_to_another_article_is_not_said_beside_an_answer():
    causes = "For the first three causes, see How do I wash a jacket? Loose seam tape is a fault of ours."
    assert chosen("is loose seam tape a fault", a_section(causes, title="My jacket leaks")) == [
        "Loose seam tape is a fault of ours."
    ]


def test_an_address_is_no_other_country():
    steps = a_section("Open Account in your browser and choose Change address.", 1, title="Changing an address")
    assert chosen("can you send it to another address", steps)
