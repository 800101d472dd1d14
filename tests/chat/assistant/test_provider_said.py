"""What of a provider's words reaches the customer: what a source says, in their language, and no more."""

import re

import pytest

from chat.evaluation.answer import cited_pieces
from chat.evaluation.support import Cited, sentences, stands
from chat.sentences import Sentence, language_name, say
from chat.turn_ports import alike
from tests.chat.assistant.provider import BUILT_IN, GOOD, QUESTION, SHOWN, SLOWLY, ask
from tests.chat.assistant.shop import COSTS, GERMAN, RETURNS, Passage
from tests.fakes.openai_server import Says, Speaks
from tests.fakes.speakers import honest, lying


@pytest.mark.parametrize(
    "text",
    [
        "<p>You can return <b>unused</b> items within 90 days.</p><script>alert(1)</script>",
        "<img src=x onerror=alert(1)> You can return unused items within 45 days [1].",
        "Puede devolver los artículos sin usar en un plazo de 45 días [1].",
        "未使用の商品は45日以内に返品できます。[1]",
        "You can return unused items within 45 days of delivery, and the moon is made of cheese [99].",
    ],
)
async def test_markup_and_other_languages_reach_nobody(text):
    turn, _ = await ask(Says(text))
    assert turn.answer.answered == "answer"
    assert "45 days" in turn.answer.text
    assert all(wrong not in turn.answer.text for wrong in ("<", "90", "cheese", "días", "日"))
    assert all(source.n <= 2 for source in turn.answer.sources)


@pytest.mark.parametrize(
    "text",
    [
        "You can return [unused items](//items．delivery/) within 45 days of delivery [1].",
        "You can return [unused items](//45/45) within 45 days of delivery [1].",
        "You can return ![unused items](//45.45.45.45/45) within 45 days of delivery [1].",
        "You can return unused items within 45 days of delivery. [1](https://1.2.3.4/x)",
        "You can return <i>unused items</i> within 45 days of delivery [1].",
        "You can return unused items within 45 days of delivery.</a>",
        "You can return unused items within 45 days of delivery <<< [1].",
        '{"You can return unused items within 45 days of delivery"}',
        "You can return unused items within 45 days of delivery ½ [1].",
    ],
)
async def test_no_sign_of_a_link_or_of_markup_reaches_the_customer(text):
    turn, _ = await ask(Says(text))
    assert turn.answer.text.startswith(BUILT_IN)
    assert not re.search(r"[<>{}½]|\]\(|//", turn.answer.text)


async def test_a_yes_that_is_not_the_questions_is_taken_out():
    turn, _ = await ask(
        Says("Yes, you can return unused items within 45 days [1]."), question="Can I return used items?"
    )
    assert turn.answer.text == "You can return unused items within 45 days. [1]"
    turn, _ = await ask(Says("No, used items cannot be returned [1]."), question="Can I return used items?")
    assert turn.answer.text == "No, used items cannot be returned. [1]"


async def test_a_sentence_of_a_neighbouring_thing_is_asked_for_once_more_and_then_quoted():
    lie = "Standard shipping costs €12.90 [2]."
    turn, server = await ask(Says(lie), question="What does standard shipping cost?", passages=(COSTS,))
    assert len(server.requests) == 2
    assert "Standard shipping costs €4.90 per order." in turn.answer.text
    assert "standard shipping costs €12.90" not in turn.answer.text.lower()


@pytest.mark.parametrize(
    ("question", "lie"),
    [
        ("What does shipping cost?", "Shipping is free of charge [2]."),
        ("Is shipping free?", "Yes, shipping is free of charge [2]."),
        ("Are orders sent free of charge?", "Yes, orders are sent free of charge [2]."),
        ("Are Standard orders free?", "Standard orders are sent free of charge [2]."),
        ("How long does the refund take?", "The warehouse takes 5 working days after the refund [1]."),
        ("How long does the return take?", "The return of the warehouse takes 5 working days [1]."),
        ("Which items can I return?", "You can return used delivery within 45 days of items [1]."),
        ("Where does the refund go?", "The method goes to the refund you paid with [1]."),
        ("Can you return it for me?", "We can return unused items within 45 days of delivery [1]."),
        ("Can I return items?", "Items can be returned within 45 days of delivery [1]."),
    ],
)
async def test_what_leaves_a_condition_out_or_changes_places_is_no_answer(question, lie):
    turn, _ = await ask(Says(lie), question=question, **SLOWLY)
    assert lie.removesuffix(" [1].").removesuffix(" [2].") not in turn.answer.text
    assert turn.ledger.outcomes == ["ungrounded", "ungrounded"]


@pytest.mark.parametrize(
    ("question", "truth"),
    [
        ("Is shipping free from €75?", "Yes, orders are sent free of charge."),
        ("Is shipping free?", "Orders from €75 are sent free of charge."),
        ("What does a refund take?", "The refund takes five working days after the return reaches our warehouse."),
    ],
)
async def test_a_condition_that_is_said_or_was_asked_about_passes(question, truth):
    turn, _ = await ask(Says(truth), question=question, **SLOWLY)
    assert turn.answer.text.startswith(truth)


@pytest.mark.parametrize(("speaker", "writes"), [(honest, "openai"), (lying, None)])
@pytest.mark.parametrize("question", [QUESTION, "What does standard shipping cost?", "Can I return used items?"])
async def test_speakers_end_in_what_the_sections_say(speaker, writes, question):
    turn, _ = await ask(Speaks(speaker), question=question)
    assert turn.answer.answered == "answer"
    cited = [Cited(p.title, p.heading, p.text, p.language) for p in (RETURNS, COSTS)]
    pieces = [said for piece, _n in cited_pieces(turn.answer.text) for said in sentences(piece)]
    assert all(stands(said, cited, language="en") for said in pieces), turn.answer.text
    assert writes is None or turn.tries == [writes]


async def test_a_number_that_was_not_shown_is_set_right():
    turn, _ = await ask(Says("You can return unused items within 45 days of delivery [9]."))
    assert turn.answer.text == "You can return unused items within 45 days of delivery. [1]"
    assert turn.answer.sources[0].title == "Return policy"


async def test_an_answer_without_numbers_gets_them():
    turn, _ = await ask(Says("You can return unused items within 45 days. Standard shipping costs €4.90 per order."))
    assert turn.answer.text == (
        "You can return unused items within 45 days. [1] Standard shipping costs €4.90 per order. [2]"
    )


async def test_only_the_sentence_that_fails_is_cut():
    text = "You can return unused items within 45 days [1]. A courier collects them tomorrow at 9 [1]."
    turn, _ = await ask(Says(text + " Used items cannot be returned [1]."))
    assert turn.answer.text == "You can return unused items within 45 days. Used items cannot be returned. [1]"


async def test_the_quote_of_a_source_holds_every_sentence_that_cites_it():
    turn, _ = await ask(Says(GOOD))
    assert turn.answer.sources[0].quote == (
        "You can return unused items within 45 days of delivery. … Used items cannot be returned."
    )


async def test_a_true_sentence_on_something_else_is_no_answer():
    turn, _ = await ask(Says("Yes, standard shipping costs €4.90 per order [2]."))
    assert turn.answer.text.startswith(BUILT_IN)
    assert turn.ledger.outcomes == ["ungrounded", "ungrounded"]


@pytest.mark.parametrize(
    ("question", "source", "said"),
    [
        (
            "Are pets allowed in the restaurant?",
            "Pets are welcome in the garden, but not in the restaurant.",
            "Yes, pets are welcome in the restaurant",
        ),
        (
            "Is the lamp sold with a battery?",
            "The lamp is sold without a battery.",
            "Yes, the lamp is sold with a battery",
        ),
        ("Do the items have to be clean?", "Items must be clean and complete.", "Items may be clean and complete"),
        ("When does an order leave?", "Orders placed before 14:00 leave the same day.", "Orders leave the same day"),
    ],
)
async def test_a_no_a_must_or_an_hour_of_the_source_is_not_turned_or_lost(question, source, said):
    passage = Passage(9, "House rules", "", source)
    turn, _ = await ask(Says(f"{said} [1]."), question=question, passages=(passage,), **SLOWLY)
    assert said not in turn.answer.text
    assert turn.answer.text == f"{source} [1]"


async def test_a_promise_of_a_person_in_words_is_cut():
    turn, _ = await ask(Says("I'm transferring you to a colleague now. " + GOOD))
    assert turn.answer.text == SHOWN
    turn, _ = await ask(Says("I am transferring you to a colleague now."))
    assert turn.answer.text.startswith(BUILT_IN)


async def test_a_provider_may_say_that_the_sections_do_not_answer():
    turn, _ = await ask(Says("NO_ANSWER"))
    assert turn.answer.answered == "unknown"
    assert turn.answer.text == say(Sentence.UNKNOWN, "en")
    assert turn.ledger.outcomes == ["abstained"]


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("Wie lange dauert die Erstattung?", "de", "Die Rückerstattung dauert 5 Arbeitstage."),
        ("¿Cuánto tarda el reembolso?", "es", "El reembolso tarda 5 días."),
        ("Hur lång tid tar återbetalningen?", "sv", "Återbetalningen tar 5 dagar."),
    ],
)
async def test_a_provider_writes_in_the_customers_language_from_a_source_in_another(question, language, text):
    turn, _ = await ask(
        Says(f"{text[:-1]} [1]."), question=question, language=language, passages=(RETURNS,), alike=alike, **SLOWLY
    )
    assert turn.answer.text == f"{text} [1]"


@pytest.mark.parametrize(
    ("question", "language", "passage", "text"),
    [
        ("Wie lange dauert die Rückerstattung?", "de", RETURNS, "Die Rückerstattung dauert 45 Tage"),
        ("Wie lange dauert die Lieferung?", "de", RETURNS, "Die Lieferung dauert 45 Tage"),
        ("Was zahle ich?", "de", RETURNS, "Sie zahlen nach 5 Tagen doppelt"),
        ("¿Cuánto tarda el reembolso?", "es", RETURNS, "El reembolso tarda 45 días"),
        ("Combien de temps prend la livraison ?", "fr", RETURNS, "La livraison prend 45 jours"),
        ("Was kostet Express?", "de", COSTS, "Express kostet €4.90"),
        ("Was kostet Express?", "de", COSTS, "Express ist ab €75 gratis"),
        ("Сколько длится доставка?", "ru", RETURNS, "Доставка занимает 45 дней"),
        ("Hur lång tid tar återbetalningen?", "sv", RETURNS, "Återbetalningen tar inte 5 dagar"),
        ("¿Puedo devolver artículos usados?", "es", RETURNS, "Artículos usados: devolver en 45 días"),
    ],
)
async def test_a_right_figure_of_something_else_is_not_told_in_another_language(question, language, passage, text):
    turn, _ = await ask(
        Says(text + " [1]."), question=question, language=language, passages=(passage,), alike=alike, **SLOWLY
    )
    assert text not in turn.answer.text
    assert turn.answer.text.startswith(say(Sentence.SOURCE_LANGUAGE, language, language=language_name("en", language)))
    assert turn.ledger.outcomes == ["ungrounded", "ungrounded"]


async def test_without_a_model_that_reads_every_language_an_article_in_another_is_quoted():
    text = "Die Rückerstattung dauert 5 Arbeitstage [1]."
    turn, _ = await ask(Says(text), question="Wie lange dauert die Erstattung?", language="de", passages=(RETURNS,))
    assert turn.answer.text.startswith(say(Sentence.SOURCE_LANGUAGE, "de", language="Englisch"))


@pytest.mark.parametrize(
    "text",
    ["Sie haben 60 Tage Zeit [1].", "Sie können alles zurückgeben [1].", "You have 45 days to return items [1]."],
)
async def test_across_languages_what_cannot_be_held_against_the_source_is_not_shown(text):
    question = "Wie lange kann ich etwas zurückgeben?"
    turn, _ = await ask(Says(text), question=question, language="de", passages=(RETURNS,))
    assert turn.answer.text.startswith(say(Sentence.SOURCE_LANGUAGE, "de", language="Englisch"))


async def test_the_answer_in_german_is_checked_in_german():
    question = "Kann ich benutzte Artikel zurückgeben?"
    turn, _ = await ask(
        Says("Benutzte Artikel können zurückgegeben werden [1]."), question=question, language="de", passages=(GERMAN,)
    )
    assert "nicht zurückgegeben" in turn.answer.text
