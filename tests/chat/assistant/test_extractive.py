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


def test_of_a_question_of_one_word_the_place_among_what_was_found_says_more():
    reach = a_section("Write to help@shop.example or call us.", 1, title="How can I reach you?")
    sent = a_section("We send an e-mail. Look in your spam folder, then contact us.", 2, title="When is my order sent?")
    assert chosen("contact", reach, sent)[0] == "Write to help@shop.example or call us."


def test_a_pointer_to_another_article_is_not_said_beside_an_answer():
    causes = "For the first three causes, see How do I wash a jacket? Loose seam tape is a fault of ours."
    asked = "who pays when the seam tape of an old coat comes off after rain"
    assert chosen(asked, a_section(causes, title="My jacket leaks")) == ["Loose seam tape is a fault of ours."]


@pytest.mark.parametrize(
    ("question", "title", "steps", "left_out"),
    [
        (
            "How do I light the stove?", "Lighting the stove",
            "Put the stove on firm ground to light it. See that the valve is closed. Then light it with a match.", "",
        ),
        (
            "Comment allumer le réchaud\u202f?", "Allumer le réchaud",
            "Posez le réchaud pour l'allumer. Lisez la pression sur le manomètre. Allumez-le avec une allumette.", "",
        ),
        (
            "How do I light the stove?", "Lighting the stove",
            "Put the stove on firm ground to light it. See Storing a stove. Then light it with a match.",
            "See Storing a stove.",
        ),
    ],
)  # fmt: skip
def test_a_step_that_begins_with_see_is_said_and_a_pointer_to_another_article_is_not(question, title, steps, left_out):
    section = a_section(steps, title=title, language="fr" if "réchaud" in title else "en")
    assert " ".join(chosen(question, section)) == steps.replace(f" {left_out}", "" if left_out else " ")


def test_a_sentence_that_names_no_country_but_has_letters_of_one_is_none():
    steps = a_section("Open Account in your browser and choose Change address.", 1, title="Changing an address")
    other = a_section("Write to us.", 2, title="Contact")
    assert "browser" in chosen("can you send it to another address in france", steps, other)[0]


@pytest.mark.parametrize(
    ("language", "question", "right", "wrong"),
    [
        (
            "en", "Do you ship to France?", "We ship to every country of the world except Russia.",
            "We do not ship gift cards.",
        ),
        (
            "de", "Liefern Sie nach Polen?", "Wir liefern in alle Länder der EU, außer nach Malta.",
            "Sonntags liefern wir nicht.",
        ),
        (
            "en", "I live in Germany, where do I send a return?", "Send the return to our store in the Netherlands.",
            "Send no return before you have its number.",
        ),
    ],
)  # fmt: skip
def test_a_sentence_that_names_another_country_may_be_the_answer(language, question, right, wrong):
    assert chosen(question, a_section(right, 1, language), a_section(wrong, 2, language))[0] == right


@pytest.mark.parametrize(
    ("language", "question", "price", "elsewhere"),
    [
        ("en", "what does shipping to England cost", "A parcel costs €5.", "Shipping to Canada costs €19."),
        ("en", "Was kostet der Versand nach Österreich?", "A parcel costs €5.", "Shipping to Canada costs €19."),
        (
            "de", "was kostet der versand nach osterreich", "Ein Paket kostet 5 €.",
            "Der Versand nach Kanada kostet 19 €.",
        ),
        ("es", "cuánto cuesta el envío a EE. UU.", "Un paquete cuesta 5 €.", "El envío a Canadá cuesta 19 €."),
        ("en", "what does shipping to the U.S.A. cost", "A parcel costs €5.", "Shipping to Canada costs €19."),
    ],
)  # fmt: skip
def test_a_country_is_known_by_other_names_and_in_another_language(language, question, price, elsewhere):
    assert chosen(question, a_section(elsewhere, 1, language), a_section(price, 2, language))[0] == price


def test_a_bare_figure_chooses_no_row():
    services = (
        "Service: Standard; Delivery: 4 days; Weight: up to 20 kg.\n"
        "Service: Express; Delivery: 1 day; Weight: up to 4 kg.\n"
        "Service: Freight; Delivery: 9 days; Weight: over 20 kg."
    )
    assert len(chosen("How do I send a parcel of 9 kg?", a_section(services, section="Services"))) == 3
