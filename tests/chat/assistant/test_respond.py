"""A turn with the built-in model, from question to answer."""

import json
import re

import pytest

from chat.assistant import follow_up
from chat.assistant.steps import Answer, Doing, Silence
from chat.sentences import Sentence, say
from tests.chat.assistant.shop import (
    COSTS,
    GERMAN,
    PASSWORD,
    POISONED,
    REPAIRS,
    RETURNS,
    Found,
    Search,
    a_site,
    a_turn,
)


async def test_a_question_is_answered_from_its_section_with_the_source():
    turn = await a_turn("How long do I have to return something?", RETURNS, COSTS)
    assert turn.answer.answered == "answer"
    assert turn.answer.text.startswith("You can return unused items within 45 days of delivery.")
    source = turn.answer.sources[0]
    assert (source.n, source.title, source.url) == (1, "Return policy", "https://shop.example/help/1")
    assert source.quote in RETURNS.text
    assert "[1]" in turn.answer.text
    assert turn.ledger.rows == [], "nothing left the machine"


async def test_what_is_being_done_is_said_in_the_customers_language():
    turn = await a_turn("Wie lange kann ich etwas zurückgeben?", GERMAN, language="de")
    assert turn.steps[0] == Doing(say(Sentence.LOOKING, "de", place="Rückgabe"))


async def test_what_no_section_answers_is_not_answered():
    turn = await a_turn("Do you sell boats?", search=Search(Found((RETURNS,), probability=0.2)))
    assert turn.answer.answered == "unknown"
    assert turn.answer.text == say(Sentence.UNKNOWN, "en")
    assert turn.answer.sources == ()
    assert turn.shown == ""


async def test_nothing_found_is_not_answered_whatever_its_probability():
    assert (await a_turn("Do you sell boats?", search=Search(Found((), probability=0.9)))).answer.answered == "unknown"


async def test_a_row_of_a_table_is_said_so_that_it_can_be_read():
    turn = await a_turn("How much is express below 75?", COSTS, RETURNS)
    assert "Express: Below €75 €12.90; From €75 €9.90." in turn.answer.text


async def test_an_item_of_a_list_comes_with_its_heading():
    turn = await a_turn("Can your workshop repair a climbing harness?", REPAIRS)
    assert turn.answer.text == "What we cannot repair: Climbing ropes, harnesses and helmets. [1]"


async def test_steps_come_in_their_order_one_a_line():
    turn = await a_turn("How do I set a new password?", PASSWORD)
    assert turn.answer.text == (
        "Step by step: Open the sign-in page and choose Forgot password.\n"
        "Open the e-mail and select the link.\nEnter a new password. [1]"
    )


async def test_a_source_in_another_language_is_quoted_and_said_to_be():
    turn = await a_turn("Wie lange kann ich etwas zurückgeben?", RETURNS, language="de")
    notice = say(Sentence.SOURCE_LANGUAGE, "de", language="Englisch")
    assert turn.answer.text.startswith(f"{notice} “You can return unused items within 45 days of delivery.”")
    assert turn.answer.sources[0].language == "en"
    assert turn.answer.language == "de"


async def test_where_one_reads_from_right_to_left_a_quote_keeps_its_own_direction():
    turn = await a_turn("كم تكلفة الشحن؟", COSTS, language="ar")
    assert "مصدري لهذا مكتوب بالإنجليزية" in turn.answer.text
    quotes = re.findall("\u2068“[^“”\u2068\u2069]+”\u2069", turn.answer.text)
    assert quotes
    assert turn.answer.text.count("\n") == len(quotes), "each on a line of its own"


@pytest.mark.parametrize(
    ("text", "sentence", "language"),
    [
        ("Hi!", Sentence.GREETING_REPLY, "en"),
        ("hello there", Sentence.GREETING_REPLY, "en"),
        ("Thank you so much!", Sentence.THANKS_REPLY, "en"),
        ("Guten Tag", Sentence.GREETING_REPLY, "de"),
        ("danke schön", Sentence.THANKS_REPLY, "de"),
        ("¡Hola!", Sentence.GREETING_REPLY, "es"),
        ("merci beaucoup", Sentence.THANKS_REPLY, "fr"),
    ],
)
async def test_a_greeting_and_thanks_are_answered_politely(text, sentence, language):
    search = Search(Found((RETURNS,)))
    turn = await a_turn(text, search=search)
    assert turn.answer.text == say(sentence, language)
    assert turn.answer.answered == "answer"
    assert search.asked == []


@pytest.mark.parametrize("text", ["ok", "perfect", "👍", "yes"])
async def test_an_ok_to_an_answer_is_not_searched_and_one_to_a_question_of_the_model_is(text):
    answered = [("visitor", "How long do I have?"), ("assistant", "You have 45 days [1].")]
    turn = await a_turn(text, RETURNS, before=answered)
    assert turn.answer.text == say(Sentence.NO_REPLY, "en")
    asked = [
        ("visitor", "How long do I have?"),
        ("assistant", "You have 45 days [1]. Shall I tell you how to return it?"),
    ]
    turn = await a_turn(text, RETURNS, before=asked)
    assert turn.answer.text != say(Sentence.NO_REPLY, "en")


@pytest.mark.parametrize("end", ["Shall I explain how? [1]", "Shall I? 🙂", "Shall I explain? Just say yes."])
async def test_a_question_of_the_model_is_heard_though_it_is_not_the_last_sign(end):
    asked = [("visitor", "How long do I have?"), ("assistant", f"You have 45 days [1]. {end}")]
    turn = await a_turn("yes", RETURNS, before=asked)
    assert turn.answer.text != say(Sentence.NO_REPLY, "en")


@pytest.mark.parametrize("text", ["ok", "great", "👍"])
@pytest.mark.parametrize("sentence", [Sentence.GREETING_REPLY, Sentence.SMALL_TALK, Sentence.LEFT])
async def test_an_ok_to_what_else_is_no_question(text, sentence):
    turn = await a_turn(text, RETURNS, before=[("visitor", "hi"), ("assistant", say(sentence, "en"))])
    assert turn.answer.text == say(Sentence.NO_REPLY, "en")


async def test_a_greeting_with_a_question_is_a_question():
    assert (await a_turn("Hi, how long do I have to return something?", RETURNS)).answer.sources


async def test_a_blank_question_is_met_with_silence():
    assert isinstance((await a_turn("\u2003 ", RETURNS)).last, Silence)


BEFORE = "How long do I have to return a tent?"


@pytest.mark.parametrize(
    "question", ["And what about boots?", "for boots?", "und Schuhe?", "¿y las botas?", "靴子呢？"]
)
async def test_a_question_that_leans_on_the_one_before_is_read_with_it(question):
    search = Search(Found((COSTS,), probability=0.8), {BEFORE: Found((RETURNS,), probability=0.7)})
    turn = await a_turn(question, search=search, before=[("visitor", BEFORE), ("assistant", "45 days.")])
    assert turn.answer.sources[0].title == "Return policy"
    assert search.befores == [BEFORE]


async def test_what_is_found_for_both_together_gives_way_where_it_does_not_answer():
    search = Search(Found((RETURNS,), probability=0.8), {BEFORE: Found((COSTS,), probability=0.2)})
    turn = await a_turn("And returns?", search=search, before=[("visitor", BEFORE), ("assistant", "45 days.")])
    assert turn.answer.sources[0].title == "Return policy"
    assert search.befores == [BEFORE, ""]


async def test_a_question_that_points_at_something_is_read_with_the_one_before_where_it_is_not_answered_alone():
    search = Search(Found((COSTS,), probability=0.2), {BEFORE: Found((RETURNS,), probability=0.8)})
    turn = await a_turn("Is that the same for all of them?", search=search, before=[("visitor", BEFORE)])
    assert turn.answer.sources[0].title == "Return policy"
    assert search.befores == ["", BEFORE]


async def test_where_a_message_says_other_things_too_what_asks_is_looked_for_by_itself():
    class Asked(Search):
        async def __call__(self, question: str, language: str, region: str, before: str) -> Found:
            await super().__call__(question, language, region, before)
            return Found((RETURNS,), probability=0.9 if question == BEFORE else 0.2)

    search = Asked(Found(()))
    turn = await a_turn(f"Hello, I am Anna. My sister wants a tent too. {BEFORE}", search=search)
    assert turn.answer.sources[0].title == "Return policy"
    assert [asked for asked, _language, _region in search.asked][1:] == [BEFORE]
    read = [step["evidence"] for step in turn.answer.trace["steps"] if step["step"] == "retrieve"]
    assert [one.get("only_what_asks", False) for one in read] == [False, True]


async def test_what_asks_is_not_looked_for_where_the_whole_message_is_enough():
    search = Search(Found((RETURNS,), probability=0.8))
    await a_turn(f"Hello, I am Anna. {BEFORE}", search=search)
    assert len(search.asked) == 1


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("My name is Anna. Do you ship to Norway?", "Do you ship to Norway?"),
        ("Ich heiße Weber.\nWie lange dauert die Lieferung?", "Wie lange dauert die Lieferung?"),
        ("我叫安娜。你们送货到挪威吗？", "你们送货到挪威吗？"),
        ("اسمي آنا. كم تستغرق مدة التوصيل إلى النرويج؟", "كم تستغرق مدة التوصيل إلى النرويج؟"),
        ("Do you ship to Norway? Thanks, Tom.", "Do you ship to Norway?"),
        ("Do you ship to Norway?", ""),
        ("Do you ship to Norway? How long does delivery take?", ""),
        ("I lit the stove twice. Can I return it?", ""),
        ("I bought boots. Really?", ""),
        ("Where is my order", ""),
    ],
)
def test_what_asks_in_a_message(message, asks):
    assert follow_up.what_asks(message) == asks


async def test_without_a_question_before_there_is_nothing_to_lean_on():
    search = Search(Found((RETURNS,)))
    await a_turn("and boots?", search=search)
    assert search.befores == [""]


async def test_a_question_of_its_own_is_not_mixed_with_the_one_before():
    search = Search(Found((COSTS,), probability=0.2))
    before = [("visitor", "How long do I have to return a tent?"), ("assistant", "45 days.")]
    turn = await a_turn("Where can I park my camper van overnight near Utrecht?", search=search, before=before)
    assert turn.answer.answered == "unknown"
    assert len(search.asked) == 1


async def test_several_lines_are_one_question():
    search = Search(Found((RETURNS,)))
    turn = await a_turn("How long do I have\nto return something?", search=search)
    assert isinstance(turn.last, Answer)
    assert search.asked[0][0] == "How long do I have\nto return something?"


async def test_what_an_article_says_to_a_model_is_not_quoted():
    turn = await a_turn("How long is a gift card valid and where is the balance?", POISONED)
    assert "3 years" in turn.answer.text
    assert "evil" not in turn.answer.text
    assert "free" not in turn.answer.text


async def test_the_trace_tells_every_step_in_plain_json():
    turn = await a_turn("How long do I have to return something?", RETURNS)
    trace = json.loads(json.dumps(turn.answer.trace))
    assert [step["step"] for step in trace["steps"]] == [
        "route",
        "redact",
        "language",
        "feel",
        "retrieve",
        "answerable",
        "write",
        "cite",
    ]
    assert all(step["ms"] >= 0 for step in trace["steps"])


async def test_the_trace_says_what_embeddings_of_the_owners_choice_do_not_get():
    question = "How long do I have to return something? I am ann@home.example"
    told = {}
    for chosen in ("", "ollama:nomic-embed-text"):
        turn = await a_turn(question, RETURNS, site=a_site(embeddings=chosen))
        told[chosen] = next(step for step in turn.answer.trace["steps"] if step["step"] == "redact")
    assert told[""]["decision"] == "nothing leaves this machine"
    assert told["ollama:nomic-embed-text"]["evidence"]["counts"] == {"EMAIL": 1}


async def test_the_trace_says_where_the_index_was_away_and_the_rows_were_searched():
    turn = await a_turn("How long do I have to return something?", search=Search(Found((RETURNS,), searched="rows")))
    assert turn.answer.answered == "answer"
    assert next(s for s in turn.answer.trace["steps"] if s["step"] == "retrieve")["evidence"]["searched"] == "rows"


async def test_the_sites_threshold_decides_what_is_answerable():
    question = "How long do I have to return something?"
    for enough, answered in ((0.5, "answer"), (0.7, "unknown")):
        search = Search(Found((RETURNS,), probability=0.6, enough=enough))
        assert (await a_turn(question, search=search)).answer.answered == answered


async def test_how_much_by_itself_is_never_looked_for_alone():
    class Asked(Search):
        async def __call__(self, question: str, language: str, region: str, before: str) -> Found:
            await super().__call__(question, language, region, before)
            found = (RETURNS,) if BEFORE in question else (COSTS,)
            return Found(found, probability=0.2 if before else 0.8)

    search = Asked(Found(()))
    turn = await a_turn("how much", search=search, before=[("visitor", BEFORE), ("visitor", "and for boots?")])
    assert turn.answer.sources[0].title == "Return policy"
    assert search.befores == [f"{BEFORE}\nand for boots?", ""]
