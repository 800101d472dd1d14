"""A sentence that is nearly in its source: one word, figure, condition or bound of its own is enough to cut it."""

import pytest

from chat.assistant import alignment, prompt, spans, yes_or_no
from tests.chat.assistant.shop import Passage

LAMP = Passage(
    1,
    "Headlamps and their batteries",
    "How long a charge lasts",
    "Lumen 200 shines for 4 hours at full power. After six wrong passwords, the account is locked for 30 minutes. "
    "Parcels wait for 7 days in a shop and for 3 days in a locker. Standard delivery costs €4.90, express €12.90.\n"
    "If the refund is over €50, the shop pays the postage. Gift cards cannot be returned unless they are damaged.\n"
    "Only members can use the lounge. Unused items can be returned within 45 days. Alder is lighter than Korrel.\n"
    "Say what is wrong: product, size or colour. You can reach a person on Sundays and holidays.",
)
MAIL = Passage(
    4,
    "How do I change my e-mail address or phone number?",
    "",
    "Choose Change next to the address or number. A new e-mail address must be confirmed with a link.",
)
GERMAN = Passage(2, "Rückgabe", "", "Unbenutzte Artikel können Sie innerhalb von 45 Tagen zurückgeben.", language="de")
THAI = Passage(5, "Thai Time: Is there a happy hour?", "", "Thai Time does not offer a happy hour. Check out is at 11.")
SPANISH = Passage(3, "Devoluciones", "", "Los artículos usados no se pueden devolver.", language="es")


def fault(text: str, passage: Passage = LAMP, question: str = "") -> str:
    section = prompt.shown([passage])[0]
    return alignment.fault(text, section, spans.spans(section.text, section.language), question=question)


@pytest.mark.parametrize(
    "text",
    [
        "The Lumen 200 shines for 4 hours at full power.",
        "A parcel waits for 3 days in a locker.",
        "Parcels wait in a shop for 7 days.",
        "Standard delivery is €4.90.",
        "The shop pays the postage if the refund is over €50.",
        "Gift cards can't be returned unless damaged.",
        "Members can use the lounge.",
        "You can send back unused items within 45 days.",
        "On Sundays you can reach a person.",
        "After six wrong passwords the account is locked for 30 minutes, and Standard delivery costs €4.90.",
    ],
)
def test_what_a_sentence_or_two_neighbours_say_passes(text):
    assert fault(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Lumen 200 has 4 lumens.", "figure 4"),
        ("The Lumen 200 shines for 30 minutes at full power.", "instead 30"),
        ("A parcel waits for 7 days in a locker.", "figure 7"),
        ("Standard delivery costs €12.90.", "figure 12.9"),
        ("The account is locked for 30 minutes.", "condition"),
        ("The shop pays the postage.", "condition"),
        ("Gift cards cannot be returned.", "exception"),
        ("You can use the lounge here.", "fragment"),
        ("Items can be returned within 45 days.", "without unus"),
        ("Only unused items can be returned within 45 days.", "for all: onli"),
        ("All unused items can be returned within 45 days.", "for all: all"),
        ("Unused tents can be returned within 45 days.", "word tent"),
        ("Korrel is lighter than Alder.", "order"),
        ("The wrong size is a product.", "apart wrong size"),
        ("After six wrong batteries, the account is locked for 30 minutes.", "instead batteri"),
        ("Korrel", "fragment"),
        ("Lamp: Lumen 200", "fragment"),
        ("Lumen: How long does it shine?", "question"),
    ],
)
def test_what_is_only_nearly_there_is_cut(text, why):
    assert fault(text) == why


def test_a_title_does_not_lend_a_sentence_another_subject():
    assert fault("A new phone number must be confirmed with a link.", MAIL) == "lent phone"
    assert fault("The new e-mail address must be confirmed with a link.", MAIL) == ""


def test_small_words_that_are_the_matter_count():
    assert fault("Thai Time does not offer take-out.", THAI) == "word takeout"
    assert fault("Check up is at 11.", THAI) == "word up"
    assert fault("Check out is at 11.", THAI) == ""


def test_a_case_that_the_customer_named_need_not_be_said_again():
    question = "My account says six wrong passwords, how long is it locked?"
    assert fault("The account is locked for 30 minutes.", question=question) == ""


@pytest.mark.parametrize(
    ("text", "passage", "why"),
    [
        ("Sie können unbenutzte Artikel innerhalb von 45 Tagen zurückgeben.", GERMAN, ""),
        ("Unbenutzte Artikel können Sie innerhalb von 45 Tagen zurücksenden.", GERMAN, ""),
        ("Sie können Artikel innerhalb von 45 Tagen zurückgeben.", GERMAN, "without unbenutzt"),
        ("Sie können unbenutzte Zelte innerhalb von 45 Tagen zurückgeben.", GERMAN, "word zelt"),
        ("Usted no puede devolver artículos usados.", SPANISH, ""),
        ("Los artículos abiertos no se pueden devolver.", SPANISH, "word abiert"),
    ],
)
def test_other_languages_are_read_by_their_own_words(text, passage, why):
    assert fault(text, passage) == why


@pytest.mark.parametrize(
    ("text", "question", "holds"),
    [
        ("Yes, unused items can be returned.", "Can I return unused items?", True),
        ("No, used items cannot be returned.", "Can I return used items?", True),
        ("Yes, unused items can be returned.", "Can I return used items?", False),
        ("Yes, used items cannot be returned.", "Can I return used items?", False),
        ("No, unused items can be returned.", "Can I return unused items?", False),
        ("Yes, standard delivery costs €4.90.", "Can I return unused items?", False),
        ("Unused items can be returned.", "Can I return used items?", True),
    ],
)
def test_a_yes_or_no_has_to_be_that_of_the_question(text, question, holds):
    assert yes_or_no.answers(text, question, "en") is holds
