"""The first step of a turn: who is angry, stuck or asks for a person in other words gets one; others an answer."""

import time
from dataclasses import replace

import pytest

from chat.assistant import kindness, prompt
from chat.assistant.ports import Ports
from chat.assistant.respond import respond
from chat.assistant.steps import Answer, Handoff
from chat.assistant.transcript import Line, Role
from chat.signals import feeling
from chat.signals.dialogue import Said
from chat.signals.feeling import Feeling
from tests.chat.assistant.shop import GERMAN, RETURNS, Found, Ledger, Search, Turn, a_site, a_transcript
from tests.fakes.openai_server import Says, openai_server

SHIPPING = "You can follow your parcel on the tracking page."


async def a_felt_turn(
    question: str,
    *passages,
    before=(),
    language="en",
    felt: Feeling | None = None,
    conversation="c1",
    earlier: tuple[Line, ...] = (),
    **site,
) -> Turn:
    """A turn that reads the customer's mood, for real or as told."""

    async def feel(question, lines, spoken):
        return felt or feeling.feel(question, lines, spoken)

    ledger = Ledger()
    ports = Ports(Search(Found(passages or (RETURNS,))), ledger, time.monotonic, feel=feel)
    transcript = replace(a_transcript(question, before=before, language=language), conversation=conversation)
    transcript = replace(transcript, before=earlier)
    steps = respond(transcript, a_site(**site), ports)
    return Turn([step async for step in steps], ledger)


def reasons(turn: Turn) -> list[str]:
    """The codes for which a person is called, none where the assistant answered."""
    return [reason.code for reason in turn.last.reasons] if isinstance(turn.last, Handoff) else []


async def test_who_asks_the_same_politely_again_is_stuck():
    before = [
        ("visitor", "Why was I charged twice?"), ("assistant", "Payments are collected when the order ships."),
        ("visitor", "That's not what I asked. I see two charges."),
        ("assistant", "Payments are collected when the order ships."),
    ]  # fmt: skip
    turn = await a_felt_turn("No, you did not answer my question about the two charges.", before=before)
    assert "stuck" in reasons(turn)
    assert any("No" in reason.evidence for reason in turn.last.reasons)
    assert not turn.shown


async def test_nobody_is_stuck_who_has_asked_once():
    assert reasons(await a_felt_turn("No, that's not what I asked. Wrong. How long do I have to return it?")) == []


async def test_a_talk_that_goes_well_goes_on():
    before = [
        ("visitor", "Is there a discount?"), ("assistant", "Yes, ten percent."),
        ("visitor", "Great. Do you ship to Norway?"), ("assistant", "Yes, for nine euros."),
    ]  # fmt: skip
    turn = await a_felt_turn("Perfect, and how long do I have to return something?", before=before)
    assert isinstance(turn.last, Answer)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I'd like one of your staff to look into this", "en"),
        ("jemand von euch soll das bitte persönlich anschauen", "de"),
    ],
)
async def test_a_wish_for_a_person_in_other_words_is_understood(text, language):
    assert reasons(await a_felt_turn(text, language=language)) == ["asked"]


@pytest.mark.parametrize(
    "text",
    [
        "Are you a real person?", "I don't need a person, how long do I have to return something?",
        "How do I ignore the system update?", "Why was my card rejected?", "does it survive terrible weather",
    ],
)  # fmt: skip
async def test_a_harmless_question_calls_nobody(text):
    assert reasons(await a_felt_turn(text)) == []


async def test_what_was_read_is_in_the_trace():
    turn = await a_felt_turn("How long do I have to return something?")
    step = next(step for step in turn.answer.trace["steps"] if step["step"] == "feel")
    assert step["decision"] == "neutral"
    assert set(step["evidence"]) == set(Feeling().as_json())


WORRIED = Feeling(emotion="fear", sure=0.9, negative=0.8)
ASKED = "How long do I have to return something?"


async def test_a_worried_customer_reads_a_line_that_fits_before_the_answer():
    turn = await a_felt_turn(ASKED, felt=WORRIED)
    line = kindness.LINES["fear"]["en"][0]
    assert turn.answer.text.startswith(f"{line} You can return")
    assert turn.shown == turn.answer.text
    assert turn.answer.sources[0].n == 1


async def test_the_line_is_in_the_customers_language():
    turn = await a_felt_turn("Wie lange kann ich etwas zurückgeben?", GERMAN, language="de", felt=WORRIED)
    assert turn.answer.text.startswith(kindness.LINES["fear"]["de"][0])


@pytest.mark.parametrize(
    ("text", "is_due"), [("هذا غير مقبول! طلبي متأخر منذ أسبوعين", True), ("أريد إلغاء طلبي", False)]
)
def test_in_arabic_a_wish_is_no_anger(text, is_due):
    felt = feeling.feel(text, [Said(True, text)], "ar")
    assert bool(kindness.line(felt, "ar", ())) == is_due


async def test_no_line_comes_twice_in_a_conversation_and_none_where_all_were_said():
    said: list[tuple[str, str]] = []
    starts = []
    for _ in range(4):
        answer = (await a_felt_turn(ASKED, before=said, felt=WORRIED)).answer.text
        starts.append(next((line for line in kindness.LINES["fear"]["en"] if answer.startswith(line)), ""))
        said += [("visitor", ASKED), ("assistant", answer)]
    assert starts == [*kindness.LINES["fear"]["en"], ""]


async def test_no_line_of_an_earlier_case_comes_again():
    first = (await a_felt_turn(ASKED, felt=WORRIED)).answer.text
    again = await a_felt_turn(ASKED, felt=WORRIED, earlier=(Line(1, Role.ASSISTANT, first),))
    assert again.answer.text.startswith(kindness.LINES["fear"]["en"][1])


@pytest.mark.parametrize(
    "felt",
    [
        Feeling(emotion="joy", sure=0.9, positive=0.9),
        Feeling(emotion="neutral", sure=0.9),
        Feeling(emotion="fear", sure=0.9, positive=0.7, negative=0.2),
        Feeling(emotion="anger", sure=0.4, negative=0.8),
    ],
)
async def test_nothing_goes_before_the_answer_to_a_happy_or_neutral_question(felt):
    assert (await a_felt_turn(ASKED, felt=felt)).answer.text.startswith("You can return")


async def test_a_site_may_do_without():
    assert (await a_felt_turn(ASKED, felt=WORRIED, kindness=False)).answer.text.startswith("You can return")


async def test_by_halves_a_conversation_is_always_in_the_same_one_and_the_trace_says_which():
    starts, told = {}, {}
    for number in range(12):
        name = f"conversation-{number}"
        turns = [await a_felt_turn(ASKED, felt=WORRIED, conversation=name, by_halves=True) for _ in range(2)]
        first, again = (turn.answer.text.startswith(kindness.LINES["fear"]["en"][0]) for turn in turns)
        assert first is again
        starts[name] = first
        told[name] = [step["decision"] for step in turns[0].answer.trace["steps"] if step["step"] == "kindness"]
    assert set(starts.values()) == {True, False}
    assert told == {name: ["said" if said else "held"] for name, said in starts.items()}


def test_the_halves_are_halves_and_others_on_another_site():
    names = [f"{number:032x}" for number in range(2000)]
    here, there = ([kindness.is_kind_half(site, name) for name in names] for site in ("site_a", "site_b"))
    assert 900 < sum(here) < 1100
    assert 900 < sum(one == other for one, other in zip(here, there, strict=True)) < 1100


async def test_nothing_is_told_of_kindness_where_none_was_due_or_nothing_is_compared():
    for site in ({"by_halves": True}, {"felt": WORRIED}, {"felt": WORRIED, "kindness": False}):
        turn = await a_felt_turn(ASKED, **site)
        assert "kindness" not in [step["step"] for step in turn.answer.trace["steps"]]


async def test_a_provider_is_told_of_the_mood_in_one_half_only():
    told = set()
    with openai_server(*[Says("You have 45 days from delivery to return unused items [1].")] * 8) as server:
        for number in range(8):
            name = f"conversation-{number}"
            site = {"model": "openai:fake", "model_url": server.url, "by_halves": True, "key": "site_x"}
            await a_felt_turn(ASKED, felt=WORRIED, conversation=name, **site)
            is_told = "The customer is worried" in server.requests[-1]["messages"][0]["content"]
            assert is_told is kindness.is_kind_half("site_x", name)
            told.add(is_told)
    assert told == {True, False}


@pytest.mark.parametrize("kind", [True, False])
async def test_a_provider_is_told_of_the_mood_unless_the_site_does_without(kind):
    with openai_server(Says("You have 45 days from delivery to return unused items [1].")) as server:
        site = {"model": "openai:fake", "model_url": server.url, "kindness": kind}
        await a_felt_turn(ASKED, felt=WORRIED, **site)
        asked = server.requests[0]["messages"][0]["content"]
    assert ("The customer is worried" in asked) is kind


async def test_an_answer_that_is_not_known_is_kind_too():
    turn = await a_felt_turn("Do you sell boats?", felt=WORRIED)
    assert turn.answer.text.startswith(kindness.LINES["fear"]["en"][0])


def test_every_emotion_has_three_lines_in_every_language_that_code_speaks():
    for emotion, lines in kindness.LINES.items():
        assert {language: len(set(said)) for language, said in lines.items()} == dict.fromkeys(kindness.LANGUAGES, 3), (
            emotion
        )


def test_a_model_is_told_of_the_mood_in_our_words():
    values = {"site": "Shop", "language": "en", "question": "q", "earlier": (), "sections": (), "again": False}
    told = prompt.PROMPT.format_messages(**prompt.values(**values, tone=kindness.guidance(WORRIED)))[0].text
    assert told.endswith("calmly, one step a sentence.")
    plain = prompt.PROMPT.format_messages(**prompt.values(**values))[0].text
    assert told.startswith(plain)
    assert "worried" not in plain


@pytest.mark.parametrize(
    ("upset", "positive", "told"),
    [(0.45, 0.1, ["angry"]), (0.45, 0.9, []), (0.6, 0.9, ["angry"])],
)
async def test_what_sounds_like_praise_has_to_be_surer_to_be_the_end_of_patience(upset, positive, told):
    """As near as "all clear, many thanks" is to "many thanks for nothing"."""
    felt = Feeling(upset=upset, positive=positive)
    turn = await a_felt_turn("Vielen Dank, damit hat sich alles erledigt.", GERMAN, language="de", felt=felt)
    assert reasons(turn) == told


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks for your kind words, but I have now waited eight weeks and I am done with you.", "en"),
        ("Danke für die nette Antwort, aber ich habe jetzt endgültig genug von euch.", "de"),
        ("Vielen Dank für gar nichts, ihr habt mir den ganzen Urlaub verdorben.", "de"),
    ],
)
async def test_bitter_thanks_call_a_person(text, language):
    assert reasons(await a_felt_turn(text, language=language)) == ["angry"]
