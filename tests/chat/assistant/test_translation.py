"""A message in another language: what leaves the machine, what comes back, and what is warned of."""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from chat.assistant import breaker, providers, translation
from chat.assistant.translation import NotTranslated, Translator
from supportsite.redact import PLACEHOLDER, Redactor
from tests.chat.assistant.shop import Ledger, a_site
from tests.fakes.openai_server import Cuts, Drips, Fails, Hangs, Says, Speaks, openai_server, refused_url

GERMAN = "Meine Bestellung NP-123456 für 49,90 € kam am 3. März nicht an. Schreiben Sie an jo.berg@example.com."
ENGLISH = "My order [ORDER_1] for €49.90 did not arrive on 3 March. Write to [EMAIL_1]."


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


def translator(url, *texts, ledger=None):
    site = replace(a_site(), model="openai:fake", model_url=url, timeout=1)
    redactor = Redactor(texts or [GERMAN], language="de", orders=("NP-######",))
    return Translator(site, ledger or Ledger(), lambda: 0.0, redactor)


async def test_it_is_translated_without_personal_data_leaving_and_with_it_put_back():
    ledger = Ledger()
    with openai_server(Says(ENGLISH)) as server:
        done = await translator(server.url, ledger=ledger).translate(GERMAN, "de", "en")
    assert done.text == ("My order NP-123456 for €49.90 did not arrive on 3 March. Write to jo.berg@example.com.")
    assert done.warnings == ()
    sent = json.dumps(server.requests)
    assert "jo.berg" not in sent
    assert "NP-123456" not in sent
    assert ledger.outcomes == ["answered"]
    assert ledger.rows[0].closed["tokens_in"] > 0


@pytest.mark.parametrize(
    ("told", "warned"),
    [
        (ENGLISH.replace("49.90", "94.90"), "numbers"),
        (ENGLISH.replace("3 March", "5 March"), "numbers"),
        (ENGLISH.replace("€49.90", "$49.90"), "numbers"),
        (ENGLISH.replace("[ORDER_1]", "your order"), "names"),
        (ENGLISH.replace("[EMAIL_1]", "[EMAIL_2]"), "names"),
        (ENGLISH.replace("Write to", "See https://evil.example/pay or write to"), "links"),
    ],
)
async def test_what_is_not_the_same_in_both_is_warned_of_and_shown_all_the_same(told, warned):
    with openai_server(Says(told)) as server:
        done = await translator(server.url).translate(GERMAN, "de", "en")
    assert warned in done.warnings
    assert done.text


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("Das kostet 1.500,50 € und dauert zwei Wochen.", "That costs €1,500.50 and takes 2 weeks."),
        ("Siehe https://shop.example/hilfe.", "See https://shop.example/hilfe."),
        ("ICH WARTE SEIT 3 TAGEN", "I have been waiting for 3 days"),
        ("Ich komme im Mai.", "I am coming in May."),
    ],
)
def test_other_ways_to_write_the_same_are_no_difference(original, told):
    assert translation.warnings(original, told, original, told, source="de", target="en") == ()


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (Fails(500), "status_500"),
        (Hangs(), "timeout"),
        (Cuts("My order"), "unreachable"),
        (Cuts("My order did not arrive", politely=True), "cut"),
        (Says(""), "empty"),
        (Says("x " * 4000), "nonsense"),
        (Says("My order did not", finish="length"), "cut"),
        (Says("Meine Bestellung ist leider bis heute nicht bei mir angekommen, und ich warte."), "wrong_language"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_a_provider_that_fails_is_told_and_nothing_half_done_is_shown(script, outcome):
    ledger = Ledger()
    with openai_server(script) as server, pytest.raises(NotTranslated) as failed:
        await translator(server.url, ledger=ledger).translate(GERMAN, "de", "en")
    assert failed.value.outcome == outcome
    assert ledger.outcomes == [outcome]


async def test_one_that_keeps_failing_is_left_alone_for_a_while():
    ledger = Ledger()
    made = translator(refused_url(), ledger=ledger)
    for _ in range(breaker.FAILURES + 1):
        with pytest.raises(NotTranslated):
            await made.translate(GERMAN, "de", "en")
    assert len(ledger.rows) == breaker.FAILURES


async def test_one_that_does_not_translate_may_still_answer():
    with openai_server(Says("My order did not", finish="length")) as server:
        made = translator(server.url)
        for _ in range(breaker.FAILURES + 1):
            with pytest.raises(NotTranslated):
                await made.translate(GERMAN, "de", "en")
        assert len(server.requests) == breaker.FAILURES
        assert breaker.may_ask(providers.chain(made.site)[0].breaker, 0.0)


async def test_one_that_drips_is_left_after_two_timeouts():
    with openai_server(Drips("My order", " ")) as server, pytest.raises(NotTranslated, match="timeout"):
        await translator(server.url).translate(GERMAN, "de", "en")
    with openai_server(Drips("My order", " a")) as server, pytest.raises(NotTranslated, match="timeout"):
        await asyncio.wait_for(translator(server.url).translate(GERMAN, "de", "en"), 8)


async def test_a_long_text_has_its_time_for_all_pieces_together(monkeypatch):
    monkeypatch.setattr(translation, "_LASTS_S", 0.3)
    text = "Das ist ein Satz mit noch ein paar Worten. " * 60
    with openai_server(Drips("This is a sentence with some more words.", " a")) as server:
        made = translator(server.url, text)
        made = replace(made, site=replace(made.site, timeout=20.0))
        began = time.monotonic()
        with pytest.raises(NotTranslated, match="timeout"):
            await made.translate(text, "de", "en")
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("text", "target", "longest"),
    [("Wo ist das Paket? " * 99, "en", 900), ("Wo ist das Paket? " * 99, "th", 300), ("Где посылка? " * 99, "de", 450)],
)
def test_what_takes_more_tokens_goes_in_shorter_pieces(text, target, longest):
    assert longest / 2 < max(len(piece) for piece, _behind in translation.pieces(text, target)) <= longest


async def test_without_a_provider_nothing_is_translated():
    made = Translator(a_site(), Ledger(), lambda: 0.0, Redactor(()))
    with pytest.raises(NotTranslated, match="no_provider"):
        await made.translate(GERMAN, "de", "en")


async def test_a_long_text_goes_in_pieces_between_sentences():
    text = "\n".join(f"Das ist der Satz mit der Zahl {n} und noch ein paar Worten." for n in range(100, 140))
    echo = Speaks(
        lambda data: (
            data["text"]
            .replace("Das ist der Satz mit der Zahl", "This is the sentence with the number")
            .replace("und noch ein paar Worten", "and some more words")
        )
    )
    with openai_server(echo) as server:
        done = await translator(server.url, text).translate(text, "de", "en")
    assert len(server.requests) > 1
    assert done.text.splitlines() == [
        f"This is the sentence with the number {n} and some more words." for n in range(100, 140)
    ]
    assert all(len(piece) <= translation.LONGEST_PIECE for piece, _behind in translation.pieces(text))


PAD = "ich habe schon dreimal geschrieben und es kam nie eine antwort darum schreibe ich noch einmal "


@pytest.mark.parametrize("value", ["4111 1111 1111 1111", "johanna.lindqvist@example.com", "Johanna Lindqvist"])
async def test_nothing_personal_leaves_where_a_piece_ends_in_the_middle_of_it(value):
    said = Speaks(lambda data: "I have written three times and there never was an answer. " + data["text"][-9:])
    with openai_server(said) as server:
        for keep in range(1, len(value)):
            text = (f"ich bin Johanna Lindqvist {PAD * 20}")[: translation.LONGEST_PIECE - keep - 1] + " " + value
            text += " und bitte antworten sie bald"
            await translator(server.url, text).translate(text, "de", "en")
        sent = [json.loads(one["messages"][1]["content"].split("\n")[1])["text"] for one in server.requests]
    assert len(sent) == 2 * (len(value) - 1)
    parts = [value[at : at + 4] for at in range(len(value) - 3)]
    assert [text for text in sent if any(part in text for part in parts)] == []


@pytest.mark.parametrize("cuts", ["[NAME_1] ", "你好", "สวัสดี", "x" * 100 + "[EMAIL_12]", "[NAME_" + "1" * 1000 + "]"])
def test_no_piece_ends_within_a_placeholder_or_a_word(cuts):
    for shift in range(0, 12, 3):
        text = "a" * shift + " " + cuts * 150
        made = translation.pieces(text)
        assert "".join(piece + behind for piece, behind in made) == text
        if len(cuts) < translation.LONGEST_PIECE:
            assert sum(piece.count("[") for piece, _ in made) == sum(len(PLACEHOLDER.findall(one)) for one, _ in made)


def test_pieces_lose_nothing():
    for text in ("", "x" * 5000, "A b. C d.\n\n" * 400, "kurz"):
        assert "".join(piece + behind for piece, behind in translation.pieces(text)) == text
