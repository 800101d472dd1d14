"""Greetings and thanks are answered politely in every language that is detected."""

import pytest

from chat.assistant.language import LANGUAGES
from chat.assistant.smalltalk import small_talk
from chat.sentences import Sentence

GREETINGS = {
    "ar": "مرحبًا! السلام عليكم", "cs": "Dobrý den", "da": "Goddag", "de": "Hallo zusammen", "el": "Γεια σας!",
    "en": "Good morning, team", "es": "Hola, buenos días", "fi": "Hyvää päivää", "fr": "Bonjour à tous",
    "hi": "नमस्ते जी",
    "hu": "Jó napot kívánok!", "it": "ciao", "ja": "こんにちは！", "ko": "안녕하세요", "nb": "Hei på deg",
    "nl": "hoi",
    "pl": "Dzień dobry", "pt": "Olá, bom dia!", "ro": "Bună ziua", "ru": "Здравствуйте!", "sv": "Hejsan",
    "th": "สวัสดีค่ะ",
    "tr": "Merhaba 👋", "uk": "Добрий день", "vi": "Xin chào", "zh": "您好，在吗？",
}  # fmt: skip
THANKS = {
    "ar": "شكرا جزيلا", "cs": "Mockrát děkuji", "da": "Mange tak", "de": "Super, vielen Dank!",
    "el": "Ευχαριστώ πολύ",
    "en": "Got it, thank you so much", "es": "Muchísimas gracias", "fi": "Kiitos paljon", "fr": "Un grand merci",
    "hi": "बहुत धन्यवाद",
    "hu": "Köszönöm szépen", "it": "grazie mille", "ja": "どうもありがとうございます", "ko": "정말 감사합니다",
    "nb": "Tusen takk",
    "nl": "Hartelijk bedankt", "pl": "Dziękuję bardzo", "pt": "Muito obrigada", "ro": "Mulțumesc frumos",
    "ru": "Спасибо большое",
    "sv": "Tack så mycket", "th": "ขอบคุณมากครับ", "tr": "Çok teşekkürler", "uk": "Щиро дякую",
    "vi": "Cảm ơn bạn nhiều",
    "zh": "好的，谢谢您",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greeting_and_thanks_are_known_in_every_language_that_is_detected(language):
    assert small_talk(GREETINGS[language], language) == (Sentence.GREETING_REPLY, language)
    assert small_talk(THANKS[language], language) == (Sentence.THANKS_REPLY, language)
    assert small_talk(GREETINGS[language].upper(), language) == (Sentence.GREETING_REPLY, language)


def test_who_greets_is_answered_in_the_language_of_the_greeting_or_in_that_of_the_talk_where_it_has_it_too():
    assert small_talk("Hallo", "en") == (Sentence.GREETING_REPLY, "de")
    assert small_talk("Hallo", "nl") == (Sentence.GREETING_REPLY, "nl")
    assert small_talk("no", "es") == (Sentence.NO_REPLY, "es")
    assert small_talk("nein danke", "en") == (Sentence.NO_REPLY, "de")


@pytest.mark.parametrize(
    "text",
    [
        "Hi, how long do I have to return something?", "Hallo Berlin", "ok?", "ok but how long", "please", "你好吗",
        "谢谢你们的帐篷", "merci de m'aider",
        "Thanks to whom?", "ciao bella, dove siete", "good boots", "мне спасибо не надо", "مرحبا أين طلبي",
    ],
)  # fmt: skip
def test_what_says_more_or_less_than_that_is_a_question(text):
    assert small_talk(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("are you a bot", "en"), ("hey, are you a bot or what?", "en"), ("Are you a real person?", "en"),
        ("bist du ein Bot?", "de"), ("¿eres un robot?", "es"), ("tu es un robot ?", "fr"), ("sei un bot?", "it"),
    ],
)  # fmt: skip
def test_whoever_asks_who_answers_is_told(text, language):
    assert small_talk(text, language) == (Sentence.SMALL_TALK, language)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("thanks you were really helpful", Sentence.THANKS_REPLY), ("thanks, bye!", Sentence.THANKS_REPLY),
        ("bye", Sentence.NO_REPLY), ("ok goodbye", Sentence.NO_REPLY), ("Tschüss", Sentence.NO_REPLY),
        ("au revoir", Sentence.NO_REPLY), ("thanks, that's all", Sentence.THANKS_REPLY),
        ("nein danke, das war's", Sentence.THANKS_REPLY), ("c'est tout", Sentence.NO_REPLY),
        ("nothing else", Sentence.NO_REPLY), ("eso es todo, gracias", Sentence.THANKS_REPLY),
    ],
)  # fmt: skip
def test_whoever_leaves_is_let_go(text, sentence):
    found = small_talk(text)
    assert found
    assert found[0] == sentence


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("ok", "en"), ("ok", "de"), ("Perfect!", "en"), ("great", "en"), ("got it", "en"), ("oh ok, cool", "en"),
        ("👍", "fr"), ("😊", "en"), ("hmm", "en"), ("yes", "en"), ("alles klar", "de"), ("vale", "es"),
        ("c'est noté", "fr"), ("понятно", "ru"), ("好的", "zh"), ("わかりました", "ja"), ("جيد", "ar"),
    ],
)  # fmt: skip
def test_who_only_says_that_they_understood_is_not_told_that_nothing_was_found(text, spoken):
    assert small_talk(text, spoken) == (Sentence.NO_REPLY, spoken)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("no funciona, gracias", "es"), ("no, no entiendo. gracias", "es"), ("non va bene, grazie", "it"),
        ("non capito grazie", "it"), ("non ça marche merci", "fr"), ("non compris, merci", "fr"),
        ("no makes sense thanks", "en"), ("nothing else works now", "en"), ("nada más funciona", "es"),
    ],
)  # fmt: skip
def test_who_says_politely_that_it_does_not_work_is_not_sent_away(text, spoken):
    assert small_talk(text, spoken) is None


@pytest.mark.parametrize(
    ("text", "spoken"), [("no thanks, bye", "en"), ("nein, vielen dank", "de"), ("no, gracias, nada más", "es")]
)
def test_a_no_before_thanks_is_polite(text, spoken):
    assert small_talk(text, spoken)


@pytest.mark.parametrize(
    "text", ["are you a bot? I want a human", "is this a robot vacuum", "are you open", "are you real leather"]
)
def test_what_only_begins_like_that_is_a_question(text):
    assert small_talk(text) is None
