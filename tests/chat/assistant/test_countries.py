"""Countries are known by their names in the assistant's own languages."""

import pytest

from chat.assistant.countries import named


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("do you ship to switzerland and the netherlands", "en", {"CH", "NL"}),
        ("Shipping to the United States costs €19.", "en", {"US"}),
        ("orders to the US", "en", {"US"}),
        ("contact us", "en", set()),
        ("Lieferung in die Vereinigten Staaten und nach Kanada", "de", {"US", "CA"}),
        ("In den Niederlanden und im Vereinigten Königreich", "de", {"NL", "GB"}),
        ("¿enviáis a los Países Bajos?", "es", {"NL"}),
        ("la livraison au Royaume-Uni ou en Belgique", "fr", {"GB", "BE"}),
        ("I am hungry and in a hurry", "en", set()),
        ("wir zahlen in Raten", "de", set()),
        ("ship to Norway", "nl", {"NO"}),
        ("PLEASE CALL US NOW", "en", set()),
        ("to the U.S.A. and Holland", "en", {"US", "NL"}),
        ("Northern Ireland and New Mexico", "en", {"GB", "US"}),
        ("suede boots for an island", "en", set()),
        ("livraison en Suède", "fr", {"SE"}),
    ],
)
def test_what_is_named_is_found(text, language, codes):
    assert named(text, language) == codes
