"""Yes and no to the same thing, in the languages that have a table."""

import re

import pytest

from chat.assistant.polarity import differs


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "A redirect to a pick-up point is free.", "A redirect to a pick-up point is not free."),
        ("en", "The seal must be unbroken.", "The seal must be broken and not unbroken."),
        ("en", "Pay in 3 is possible from €100.", "Pay in 3 is impossible from €100."),
        ("en", "Gift cards are valid for 3 years.", "Gift cards are invalid for 3 years."),
        ("en", "You pay for the return label.", "We pay for the return label."),
        ("en", "Parcels up to 20 kg are accepted.", "Parcels over 20 kg are accepted."),
        ("en", "Codes do not apply to sale items, but points do.", "Codes apply to sale items."),
        ("en", "Pets are welcome in the garden, but not in the restaurant.", "Pets are welcome in the restaurant."),
        ("en", "We ship to the mainland, not to islands.", "We ship to islands."),
        ("en", "The hotel has a pool but no sauna.", "The hotel has a pool and a sauna."),
        ("en", "The lamp is sold without a battery.", "The lamp is sold with a battery."),
        ("en", "Send it with the form and without the box.", "Send it with the form and with the box."),
        ("de", "Haustiere sind im Garten erlaubt, im Restaurant aber nicht.", "Haustiere sind im Restaurant erlaubt."),
        ("de", "Haustiere sind im Garten erlaubt, aber nicht im Restaurant.", "Haustiere sind im Restaurant erlaubt."),
        ("de", "Die Lampe wird ohne Batterie verkauft.", "Die Lampe wird mit Batterie verkauft."),
        ("es", "Hay mascotas en el jardín, pero no en el restaurante.", "Hay mascotas en el restaurante."),
        ("fr", "Les animaux sont admis au jardin, mais pas au restaurant.", "Les animaux sont admis au restaurant."),
        ("de", "Kundinnen tragen die Kosten der Rücksendung nicht.", "Kundinnen tragen die Kosten der Rücksendung."),
        ("de", "Der Gutschein ist drei Jahre gültig.", "Der Gutschein ist drei Jahre ungültig."),
        ("es", "Los artículos usados no se pueden devolver.", "Los artículos usados se pueden devolver."),
        ("es", "El cambio es gratuito.", "El cambio no es gratuito."),
        ("fr", "Les articles utilisés ne peuvent pas être retournés.", "Les articles utilisés peuvent être retournés."),
        ("fr", "Le retour est possible avant 45 jours.", "Le retour est possible après 45 jours."),
    ],
)
def test_the_opposite_is_seen(language, source, said):
    assert differs(said, [source], language)


def test_of_two_clauses_that_are_as_near_the_one_that_disagrees_counts():
    source = ["A redirect to a pick-up point is free.", "Express parcels with Swiftfell cannot be redirected."]
    assert differs("Yes, an express parcel can be redirected to a pick-up point.", source, "en") == "opposite"


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "A redirect to a pick-up point is free.", "Redirecting to a pick-up point is free."),
        ("en", "Codes do not apply to sale items, but points do.", "Codes don't apply to sale items."),
        ("en", "We refund the price, but not the shipping.", "We refund the price."),
        ("en", "Pets are welcome in the garden, but not in the restaurant.", "Pets are welcome in the garden."),
        ("en", "Pets are welcome in the garden, but not in the restaurant.", "Pets are not welcome in the restaurant."),
        ("en", "Pay with a card and without an account.", "Pay with a card."),
        ("de", "Haustiere sind im Garten erlaubt, im Restaurant aber nicht.", "Haustiere sind im Garten erlaubt."),
        ("es", "Hay mascotas en el jardín, pero no en el restaurante.", "No hay mascotas en el restaurante."),
        ("en", "You can return it within 45 days.", "It can be returned until 45 days have passed."),
        ("en", "Without a receipt we cannot help.", "We cannot help without a receipt."),
        ("de", "Sie können innerhalb von 45 Tagen zurücksenden.", "Eine Rücksendung ist binnen 45 Tagen möglich."),
        ("es", "No se pueden devolver artículos usados.", "Los artículos usados no se pueden devolver."),
        (
            "fr",
            "Vous ne pouvez pas retourner les articles utilisés.",
            "Les articles utilisés ne peuvent pas être retournés.",
        ),
    ],
)
def test_the_same_is_let_through(language, source, said):
    assert differs(said, [source], language) == ""


DOGS = "Small dogs are welcome. Large dogs and cats are not permitted in the rooms or the spa."
GARDEN = "Dogs are welcome in the garden. Dogs are not allowed in the breakfast room and the restaurant."
HUNDE = "Hunde sind im Garten willkommen. Hunde sind im Frühstücksraum, im Spa und im Restaurant nicht erlaubt."
PERROS = (
    "Los perros pequeños son bienvenidos. "
    "Los perros grandes y los gatos no se admiten en las habitaciones ni en el spa."
)
CHIENS = "Les chiens sont les bienvenus au jardin. Les chiens ne sont pas admis au spa, au bar et au restaurant."


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", DOGS, "Yes, large dogs are welcome."),
        ("en", DOGS, "Cats are welcome."),
        ("en", DOGS, "Small dogs and cats are welcome."),
        ("en", GARDEN, "Yes, dogs are welcome in the restaurant."),
        ("en", GARDEN, "Dogs are not allowed in the garden."),
        (
            "en",
            "Pets are welcome in rooms. Pets are not permitted in suites, the spa and the bar.",
            "Pets are welcome in suites.",
        ),
        (
            "en",
            "Large dogs and cats are not permitted in the rooms or the spa. Small dogs are welcome.",
            "Cats are welcome.",
        ),
        (
            "en",
            "Cats are not permitted. Large dogs are welcome in the garden and the spa.",
            "Large dogs are not permitted.",
        ),
        ("de", HUNDE, "Hunde sind im Restaurant willkommen."),
        ("es", PERROS, "Los gatos son bienvenidos."),
        ("es", PERROS, "Los perros grandes son bienvenidos."),
        ("fr", CHIENS, "Les chiens sont les bienvenus au restaurant."),
    ],
)
def test_what_only_a_longer_clause_speaks_of_is_held_against_that(language, source, said):
    assert differs(said, re.split(r"(?<=[.]) ", source), language)


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", DOGS, "Yes, small dogs are welcome."),
        ("en", DOGS, "Cats are not permitted in the spa."),
        ("en", DOGS, "Small dogs are permitted."),
        ("en", DOGS, "Small dogs are welcome, but cats are not permitted."),
        ("en", "Gift cards are valid for 3 years. They cannot be paid out.", "Gift cards cannot be paid out."),
        ("en", "A gift card is not tied to a name, so anyone can spend it.", "Anyone can spend a gift card."),
        ("de", HUNDE, "Hunde sind im Garten willkommen."),
        ("de", HUNDE, "Hunde sind im Restaurant nicht erlaubt."),
        (
            "de",
            "Kleine Hunde sind willkommen. Sie dürfen nicht ins Restaurant.",
            "Kleine Hunde dürfen nicht ins Restaurant.",
        ),
        ("es", PERROS, "Los perros pequeños son bienvenidos."),
        (
            "es",
            "Los perros pequeños son bienvenidos. No se admiten en el bar.",
            "Los perros pequeños no se admiten en el bar.",
        ),
        ("fr", CHIENS, "Les chiens ne sont pas admis au restaurant."),
        ("fr", CHIENS, "Les chiens sont les bienvenus au jardin."),
    ],
)
def test_what_the_longer_clause_says_itself_passes(language, source, said):
    assert differs(said, re.split(r"(?<=[.]) ", source), language) == ""


def test_a_word_of_the_heading_belongs_to_every_clause():
    source = ["They are valid for 3 years.", "They are sent at once.", "Gift cards cannot be paid out."]
    assert differs("Gift cards are valid for 3 years.", source, "en")
    assert differs("Gift cards are valid for 3 years.", source, "en", title="Gift cards") == ""
