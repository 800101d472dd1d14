"""A yes and a no, however a customer says it; and what only looks like one."""

import pytest

from chat.assent import agrees, is_consent, is_no, is_yes
from chat.assistant.language import LANGUAGES

CANCEL = "Cancel an order. I will cancel order NP-123456. Shall I do this? It happens only if you answer yes."
YES = {
    "ar": "نعم", "cs": "ano", "da": "ja", "de": "Ja", "el": "ναι", "en": "yes", "es": "sí", "fi": "kyllä",
    "fr": "oui",
    "hi": "हाँ", "hu": "igen", "it": "sì", "ja": "はい", "ko": "네", "nb": "ja", "nl": "ja", "pl": "tak", "pt": "sim",
    "ro": "da", "ru": "да", "sv": "ja", "th": "ใช่ครับ", "tr": "evet", "uk": "так", "vi": "có", "zh": "是的",
}  # fmt: skip
NO = {
    "ar": "لا، شكرًا", "cs": "ne, děkuji", "da": "nej tak", "de": "nö", "el": "όχι", "en": "nope", "es": "ahora no",
    "fi": "ei kiitos", "fr": "pas maintenant", "hi": "नहीं", "hu": "nem, köszönöm", "it": "no grazie", "ja": "いいえ",
    "ko": "아니요", "nb": "nei takk", "nl": "nee", "pl": "nie, dziękuję", "pt": "não, obrigada", "ro": "nu",
    "ru": "нет",
    "sv": "nej tack", "th": "ไม่ครับ", "tr": "hayır", "uk": "ні", "vi": "không", "zh": "不用了，谢谢",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_and_a_no_are_understood_in_every_language_that_is_detected(language):
    yes, no = YES[language], NO[language]
    assert is_consent(yes, CANCEL, language)
    assert is_yes(yes, language)
    assert is_no(no, language, CANCEL)
    assert not is_no(yes, language, CANCEL)
    assert not is_consent(no, CANCEL, language)
    assert not is_yes(no, language)


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Yes, please", "ok", "Ja, bitte", "Sí", "oui", " YES! ", "Yes, a person", "sure, why not?",
        "claro que sí",
        "👍🏽", "please", "yes please get me a person", "ok thanks", "Ja, gern einen Menschen",
    ],
)  # fmt: skip
def test_a_short_yes_to_the_offer_of_a_person_is_a_yes(text):
    assert is_yes(text)


@pytest.mark.parametrize(
    "text", ["yes but how long does it take", "no", "yesterday", "please tell me the price", "sure?", "yes ❌"]
)
def test_anything_else_is_a_question(text):
    assert not is_yes(text)


@pytest.mark.parametrize(
    "text", ["yes", "Yes!", " Yes, please. ", "Ja, gerne", "¡Sí!", "d’accord", "OK", "go ahead", "👍"]
)
def test_a_plain_yes_is_consent(text):
    assert is_consent(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yes, please cancel it.", "yes, cancel order NP-123456", "Yes!!!!", "yes, go ahead please", "oui annulez",
        "ja, bitte stornieren", "yes 👍", "yeees", "sí, cancélalo", "はい、キャンセルしてください", "好的，请取消",
    ],
)  # fmt: skip
def test_a_yes_may_repeat_what_is_asked(text):
    assert is_consent(text, CANCEL)
    assert not is_no(text, "en", CANCEL)


@pytest.mark.parametrize(
    "text",
    [
        "sure?", "ok?", "yes 👎", "ok ❌", "please", "bitte", "por favor", "Yes?!", "yes, but", "",
        "yes " * 40, "?yes", "no",
        "ok, thanks", "okay thank you very much", "yes, no", "yes 🤔", "why not?", "cancel it", "Danke",
        "yes, order NP-123456",
        "Yes, cancel NP-654321", "yes, cancel it tomorrow", "yes, only if it is free", "yes, do not", "yes, a person",
    ],
)  # fmt: skip
def test_what_may_be_a_question_a_doubt_or_something_else_is_no_consent(text):
    assert not is_consent(text, CANCEL)


ADDRESS = "Change the address. I will change the address of order NP-123456. Shall I do this? Only if you answer yes."


@pytest.mark.parametrize(
    "text",
    [
        "Yes, I want my order.", "yes, the order is fine", "yes I do want the order", "ok my order is fine",
        "yes it is",
        "ok so it will be cancelled", "yes, will you cancel my order", "yes, the order",
        "yes I would like to get my order",
        "yes it's needed", "ok that is good", "yes is it cancelled", "yes, my order",
        "Ja, ich möchte meine Bestellung.", "ja die Bestellung ist gut", "sí, quiero mi pedido", "oui, ma commande",
    ],
)  # fmt: skip
def test_a_yes_that_says_something_else_does_nothing(text):
    german = "Bestellung stornieren. Ich storniere die Bestellung NP-123456. Soll ich das tun? Nur, wenn Sie ja sagen."
    spanish = "Cancelar un pedido. Cancelaré el pedido NP-123456. ¿Lo hago? Solo si responde que sí."
    french = "Annuler une commande. J'annule la commande NP-123456. Dois-je le faire ? Seulement si vous dites oui."
    assert not any(is_consent(text, asked) for asked in (CANCEL, ADDRESS, german, spanish, french))


@pytest.mark.parametrize(
    "text",
    [
        "yes, I want to cancel it", "yes I want to cancel my order", "ja, ich möchte stornieren",
        "sí, quiero cancelarlo",
        "Yes please, that would be great", "ok, cancel it now please", "yes, cancel my order NP-123456, thank you",
        "yes I do", "oui, je veux annuler",
        "ja, storniere es", "ja, stornieren Sie sie bitte",
        "yes, I want my order cancelled", "ja, bitte die Bestellung stornieren",
    ],
)  # fmt: skip
def test_a_yes_may_say_what_shall_be_done(text):
    about = {"ja": "Bestellung stornieren. Ich storniere die Bestellung NP-123456.", "ou": "Annuler la commande."}
    assert is_consent(text, about.get(text[:2], CANCEL))


@pytest.mark.parametrize("text", ["yes, change it", "yes change the address please", "Yes, please change the address."])
def test_a_yes_may_repeat_any_deed(text):
    assert is_consent(text, ADDRESS)


@pytest.mark.parametrize(
    "text", ["ja, die Adresse ändern", "ja bitte die Adresse ändern", "ja ist gut", "ja, ich möchte das"]
)
def test_a_yes_may_have_its_verb_at_the_end(text):
    assert is_consent(text, "Adresse ändern. Soll ich Ihre Adresse ändern? Es geschieht nur, wenn Sie ja sagen.", "de")


@pytest.mark.parametrize("text", ["yes, the invoice please", "yes please send the invoice"])
def test_a_yes_may_name_what_it_is_about_with_a_please(text):
    assert is_consent(text, "Send an invoice. Shall I send you the invoice again? Only if you answer yes.")


@pytest.mark.parametrize("text", ["yes it is", "yes, it is unworn", "Yes, the shoes are unworn"])
def test_a_yes_to_a_mere_question_may_say_how_it_is(text):
    assert agrees(text, "Are the shoes unworn? Is it as it was?")


@pytest.mark.parametrize(
    ("text", "language"), [("tak", "da"), ("co", "pl"), ("так", "ru"), ("da", "de"), ("ano", "pt")]
)
def test_a_word_that_means_something_else_where_one_speaks_it_is_no_yes(text, language):
    assert not is_consent(text, CANCEL, language)


@pytest.mark.parametrize(
    "text", ["no thanks", "nein danke", "Non merci", "No, I don't want a person", "nope", "nooo", "not now", "no need"]
)
def test_a_no_is_a_no(text):
    assert is_no(text)
    assert not is_yes(text)


@pytest.mark.parametrize(
    "text",
    ["no, where is my order", "no delivery to Malta?", "None", "nobody answers me", "不知道", "no entiendo", "ไม่ได้"],
)
def test_what_begins_with_no_and_goes_on_is_none(text):
    assert not is_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "don't cancel it", "Please don't cancel my order", "nicht stornieren", "n'annulez pas", "нет, не отменяйте",
        "no I changed my mind", "lieber nicht", "nee", "no, thank you", "👎",
    ],
)  # fmt: skip
def test_a_no_may_repeat_what_is_asked(text):
    assert is_no(text, "en", CANCEL)
    assert not is_consent(text, CANCEL)


def test_cancel_leaves_what_is_open_unless_that_is_what_is_asked():
    assert is_no("cancel it", "en", "Shall I send this?")
    assert is_no("abbrechen", "de", "")
    assert not is_no("cancel it", "en", CANCEL), "it may be the deed, it may be the question"
    assert not is_no("cancel"), "with nothing open it is a wish"
