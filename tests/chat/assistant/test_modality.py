"""Can, should, must: said with the force that the source has."""

import pytest

from chat.assistant.modality import fault, forces


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "Items must be clean.", "Items may be clean."),
        ("en", "Items must be clean.", "Items should be clean."),
        ("en", "Gift cards may be refunded.", "Gift cards will be refunded."),
        ("en", "Heavy parcels may be charged.", "Heavy parcels are charged."),
        ("en", "Outlet items should be returned to a shop.", "Outlet items must be returned to a shop."),
        ("en", "Outlet items should be returned to a shop.", "Outlet items can be returned to a shop."),
        ("en", "You may try things.", "You must try things."),
        ("en", "Prices include tax.", "Prices might include tax."),
        ("en", "Refunds are paid to the card.", "Refunds must be paid to the card."),
        ("en", "You do not need a receipt.", "You must not have a receipt."),
        ("en", "You may have to sign a statement.", "You have to sign a statement."),
        (
            "en",
            "Your bank converts the amount and may charge a fee.",
            "Your bank converts the amount and charges a fee.",
        ),
        ("en", "Items that must be clean can be returned.", "Items that can be clean must be returned."),
        ("de", "Artikel müssen sauber sein.", "Artikel sollten sauber sein."),
        ("de", "Sie dürfen das Zelt testen.", "Sie müssen das Zelt testen."),
        ("de", "Sie müssen den Beleg nicht zeigen.", "Sie dürfen den Beleg nicht zeigen."),
        ("de", "Eine Gebühr kann anfallen.", "Eine Gebühr fällt an."),
        ("es", "Puede devolver los artículos.", "Debe devolver los artículos."),
        ("es", "El banco puede cobrar una tarifa.", "El banco cobra una tarifa."),
        ("fr", "Les articles doivent être propres.", "Les articles devraient être propres."),
        ("fr", "La banque peut facturer des frais.", "La banque facture des frais."),
    ],
)
def test_another_force_than_the_source_has_is_seen(language, source, said):
    assert fault(said, source, language).startswith("force")


@pytest.mark.parametrize(
    ("language", "source", "said"),
    [
        ("en", "You can return unused items within 45 days.", "Unused items may be returned within 45 days."),
        ("en", "You can return unused items within 45 days.", "You have 45 days to return unused items."),
        ("en", "You can return unused items within 45 days.", "Returning unused items is possible within 45 days."),
        ("en", "Refunds are paid to the card.", "Refunds will be paid to the card."),
        ("en", "Cards are refunded by our team.", "Cards can be refunded by our team."),
        ("en", "You need a receipt.", "A receipt is required."),
        ("en", "Used items cannot be returned.", "Used items are not returned."),
        ("en", "You do not need a receipt.", "No receipt is required."),
        ("en", "If you have to cancel, write to us.", "Write to us to cancel."),
        ("en", "Items must be clean and we refund the price.", "We refund the price."),
        ("de", "Sie können Artikel zurückgeben.", "Eine Rückgabe der Artikel ist möglich."),
        ("de", "Sie brauchen keinen Beleg.", "Ein Beleg ist nicht nötig."),
        ("es", "Debe mostrar el recibo.", "Hay que mostrar el recibo."),
        ("fr", "Vous devez montrer le reçu.", "Il faut montrer le reçu."),
    ],
)
def test_the_same_in_other_words_is_let_through(language, source, said):
    assert fault(said, source, language) == ""


def test_as_soon_as_possible_and_the_month_of_may_have_no_force():
    assert forces("We answer as soon as possible in May.", "en") == ()
