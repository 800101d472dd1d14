"""A turn with a real small model, through the setting that an owner would use: what it invents does not get through."""

import pytest

from chat.assistant.steps import Handoff
from tests.chat.assistant.shop import COSTS, PASSWORD, REPAIRS, RETURNS, Turn, a_site, a_turn
from tests.fakes.small_model import NAME, small_model

QUESTIONS = [
    ("How long do I have to return something?", (RETURNS, COSTS)),
    ("Can I return used items?", (RETURNS, COSTS)),
    ("What does express shipping cost?", (COSTS, RETURNS)),
    ("How do I set a new password?", (PASSWORD,)),
    ("Can you repair my climbing harness?", (REPAIRS,)),
]


@pytest.fixture(scope="module")
def model_url():
    with small_model() as url:
        yield url


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("question", "passages"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
async def test_what_reaches_the_customer_stands_in_the_sources(question, passages, model_url):
    site = a_site(model=f"openai:{NAME}", model_url=model_url, timeout=60.0)
    turn: Turn = await a_turn(question, *passages, site=site)
    assert not isinstance(turn.last, Handoff)
    assert turn.answer.text
    assert set(turn.ledger.outcomes) <= {"answered", "ungrounded", "abstained", "empty"}
    assert all(row.closed["tokens_in"] > 0 for row in turn.ledger.rows if row.closed["outcome"] != "ungrounded")
    whole = [" ".join(passage.text.split()) for passage in passages]
    for source in turn.answer.sources:
        assert all(any(piece in text for text in whole) for piece in source.quote.split(" … "))
    for figure in ("45", "4.90", "12.90"):
        if figure in turn.answer.text:
            assert any(figure in source.quote for source in turn.answer.sources)
