"""The judge behind `supported`: what stands in a section, and what only looks like it."""

import pytest

from chat.evaluation.support import Cited, sentences, stands

RETURNS = Cited(
    "Return policy",
    "",
    "You can return unused items within 45 days of delivery. The refund goes to the method you paid with.\n"
    "Used items cannot be returned, unless they are faulty. "
    "Parcels wait for 7 days in a shop and for 3 days in a locker.",
    "en",
)
LIST = Cited("Our workshop", "What we cannot repair", "Climbing ropes, harnesses and helmets.\nInflatable mats.", "en")
TABLE = Cited("Shipping", "Prices", "Service: Express; Below €75: €12.90; From €75: €9.90.", "en")
MAIL = Cited(
    "How do I change my e-mail address or phone number?",
    "",
    "Choose Change next to the address or number. A new e-mail address must be confirmed with a link.",
    "en",
)
GERMAN = Cited("Rückgabe", "", "Benutzte Artikel können nicht zurückgegeben werden.", "de")


@pytest.mark.parametrize(
    ("said", "section"),
    [
        ("You can return unused items within 45 days of delivery.", RETURNS),
        ("Unused items can be returned within 45 days.", RETURNS),
        ("You have 45 days from delivery to send back unused items.", RETURNS),
        ("The refund goes back to the method you paid with.", RETURNS),
        ("What we cannot repair: Climbing ropes, harnesses and helmets.", LIST),
        ("We cannot repair climbing ropes.", LIST),
        ("Express: Below €75 €12.90; From €75 €9.90.", TABLE),
        ("Express costs €12.90 below €75.", TABLE),
        ("Benutzte Artikel können nicht zurückgegeben werden.", GERMAN),
    ],
)
def test_it_stands(said, section):
    assert stands(said, [section], language=section.language)


@pytest.mark.parametrize(
    ("said", "section"),
    [
        ("You can return unused items within 60 days of delivery.", RETURNS),
        ("You can return used items within 45 days of delivery.", RETURNS),
        ("Unused items cannot be returned within 45 days.", RETURNS),
        ("Used items cannot be returned.", RETURNS),  # the exception is gone
        ("You can always return unused items within 45 days.", RETURNS),
        ("You can return unused tents within 45 days of delivery.", RETURNS),
        ("No, unused items can be returned within 45 days.", RETURNS),
        ("The refund takes 45 days.", RETURNS),
        ("We can repair climbing ropes.", LIST),
        ("Express costs €4.90 below €75.", TABLE),
        ("You can return unused items within 45 days of delivery.", LIST),
        ("A new phone number must be confirmed with a link.", MAIL),
        ("You can return unused policy within 45 days of delivery.", RETURNS),
        ("Thai Time does not offer take-out.", Cited("Thai Time", "", "Thai Time does not offer a happy hour.", "en")),
        ("Used items cannot be returned.", GERMAN),
    ],
)
def test_it_does_not_stand(said, section):
    assert not stands(said, [section], language="en")


@pytest.mark.parametrize(
    ("language", "source", "said", "does"),
    [
        ("en", "Items must be clean and dry.", "Items may be clean and dry.", False),
        ("en", "Gift cards may be refunded by our team.", "Gift cards will be refunded by our team.", False),
        ("en", "Gift cards may be refunded by our team.", "Gift cards can be refunded by our team.", True),
        ("en", "Outlet items should be returned to a shop.", "Outlet items must be returned to a shop.", False),
        ("en", "Refunds are paid to the card.", "Refunds will be paid to the card.", True),
        ("en", "Refunds are paid to the card.", "Refunds might be paid to the card.", False),
        ("en", "Used items must not be returned.", "Used items may not be returned.", True),
        ("en", "Orders placed before 14:00 leave the same day.", "Orders leave the same day.", False),
        ("en", "Children under 12 are admitted with an adult.", "Children under 12 are admitted.", False),
        ("en", "The lamp is sold without a battery.", "The lamp is sold with a battery.", False),
        ("en", "Pets are welcome in the garden, but not in the house.", "Pets are welcome in the house.", False),
        ("de", "Sie können unbenutzte Artikel zurückgeben.", "Sie müssen unbenutzte Artikel zurückgeben.", False),
        ("es", "Puede devolver los artículos sin usar.", "Debe devolver los artículos sin usar.", False),
        ("fr", "Les articles doivent être propres.", "Les articles peuvent être propres.", False),
        ("fr", "Les chiens sont admis au jardin, mais pas au salon.", "Les chiens sont admis au salon.", False),
    ],
)  # fmt: skip
def test_what_may_or_must_be_and_in_which_case_is_judged(language, source, said, does):
    assert stands(said, [Cited("Info", "", source, language)], language=language) is does


def test_nothing_stands_without_a_source():
    assert not stands("You can return unused items.", [], language="en")


def test_sentences_end_where_a_reader_ends_them():
    assert sentences("It costs €4.90. €75 is free! Ask us.\nItem one") == [
        "It costs €4.90.",
        "€75 is free!",
        "Ask us.",
        "Item one",
    ]
