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
