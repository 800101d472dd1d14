"""A sentence in another language than its section: which yes or no, bound and force it has."""

import pytest

from chat.assistant.abroad import differs


@pytest.mark.parametrize(
    ("language", "text", "source", "why"),
    [
        ("de", "Die Lieferung dauert 3 Tage.", "Delivery takes 3 days.", ""),
        ("de", "Die Lieferung dauert nicht 3 Tage.", "Delivery takes 3 days.", "opposite"),
        ("de", "Sie haben nach 45 Tagen Zeit.", "You have time within 45 days.", "bound"),
        ("de", "Die Bank muss 5 € berechnen.", "The bank may charge €5.", "force"),
        ("de", "Die Bank berechnet 5 €.", "The bank may charge €5.", "force"),
        ("es", "El banco puede cobrar 5 €.", "The bank may charge €5.", ""),
        ("fr", "La banque devrait facturer 5 €.", "The bank may charge €5.", "force"),
        ("ru", "Доставка занимает 3 дня.", "Delivery takes 3 days.", ""),
        ("ru", "Доставка не занимает 3 дня.", "Delivery takes 3 days.", "opposite"),
        ("pl", "Dostawa nie trwa 3 dni.", "Delivery takes 3 days.", "opposite"),
        ("tr", "Teslimat 3 gün sürmez.", "Delivery takes 3 days.", "opposite"),
        ("ar", "لا يستغرق التوصيل 3 أيام.", "Delivery takes 3 days.", "opposite"),
        ("ru", "Возврат через 45 дней.", "Returns within 45 days.", "unread"),
        ("ru", "Банк берёт 5 €.", "The bank may charge €5.", "unread"),
        ("ru", "Возврат 45 дней.", "Unused items come back, 45 days.", "unread"),
        ("fi", "Toimitus kestää 3 päivää.", "Delivery takes 3 days.", "unread"),
    ],
)
def test_what_cannot_be_read_in_either_language_is_not_taken_for_the_same(language, text, source, why):
    assert differs(text, language, source, "en") == why
