"""An approved answer wins over generation, word for word and with an honest source."""

from dataclasses import dataclass

from chat.assistant.ports import Ports
from chat.assistant.respond import respond
from chat.assistant.steps import Answer
from tests.chat.assistant.shop import RETURNS, Found, Ledger, Search, a_site, a_transcript

TEXT = "You have 100 days. <b>Really.</b>"


@dataclass(frozen=True)
class Wording:
    text: str = TEXT
    question: str = "How long can I return things?"
    language: str = "en"
    date: str = "2026-11-02"


async def asked(question: str, **options: object) -> tuple[Answer, Ledger, Search]:
    """A turn on a site with fixed wording for every question, and a provider where nobody listens."""
    ledger, search = Ledger(), Search(Found((RETURNS,)))

    async def approved(text: str, language: str, region: str, /) -> Wording | None:
        return Wording() if "return" in text and (language, region) == ("en", "") else None

    site = a_site(model="openai:fake", model_url="http://127.0.0.1:1/v1")
    ports = Ports(search, ledger, lambda: 0.0, approved)
    steps = [step async for step in respond(a_transcript(question, **options), site, ports)]
    assert isinstance(steps[-1], Answer)
    return steps[-1], ledger, search


async def test_it_is_said_word_for_word_and_nothing_leaves():
    answer, ledger, _ = await asked("How long can I return things?")
    assert answer.text == TEXT + " [1]"
    assert answer.answered == "answer"
    source = answer.sources[0]
    assert (source.title, source.url, source.quote, source.date) == (
        "Answer approved by Shop", "", TEXT, "2026-11-02",
    )  # fmt: skip
    assert not ledger.rows
    assert "approved" in [step["step"] for step in answer.trace["steps"]]


async def test_a_question_that_leans_on_another_is_answered_from_the_articles():
    before = [("visitor", "Can I return a tent?"), ("assistant", "Yes.")]
    answer, _, search = await asked("and for a return to a shop?", before=before)
    assert search.asked
    assert TEXT not in answer.text
