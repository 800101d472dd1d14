"""The countries that a text names, in the languages that the assistant itself speaks; others are not known."""

import re
from functools import cache, lru_cache
from typing import Final

from chat.assistant import words

# Code: English, German, Spanish, French; those that a shop of Europe or America is asked about.
_NAMES: Final = """
AE: United Arab Emirates, Vereinigte Arabische Emirate, Emiratos Árabes Unidos, Émirats arabes unis
AL: Albania, Albanien, Albania, Albanie
AR: Argentina, Argentinien, Argentina, Argentine
AT: Austria, Österreich, Austria, Autriche
AU: Australia, Australien, Australia, Australie
BA: Bosnia, Bosnien, Bosnia, Bosnie
BE: Belgium, Belgien, Bélgica, Belgique
BG: Bulgaria, Bulgarien, Bulgaria, Bulgarie
BR: Brazil, Brasilien, Brasil, Brésil
CA: Canada, Kanada, Canadá, Canada
CH: Switzerland, Schweiz, Suiza, Suisse
CL: Chile, Chile, Chile, Chili
CN: China, China, China, Chine
CO: Colombia, Kolumbien, Colombia, Colombie
CY: Cyprus, Zypern, Chipre, Chypre
CZ: Czech Republic, Tschechien, República Checa, Tchéquie
DE: Germany, Deutschland, Alemania, Allemagne
DK: Denmark, Dänemark, Dinamarca, Danemark
EE: Estonia, Estland, Estonia, Estonie
ES: Spain, Spanien, España, Espagne
FI: Finland, Finnland, Finlandia, Finlande
FR: France, Frankreich, Francia, France
GB: UK, UK, UK, UK
GR: Greece, Griechenland, Grecia, Grèce
HR: Croatia, Kroatien, Croacia, Croatie
HU: Hungary, Ungarn, Hungría, Hongrie
IE: Ireland, Irland, Irlanda, Irlande
IL: Israel, Israel, Israel, Israël
IN: India, Indien, India, Inde
IS: Iceland, Island, Islandia, Islande
IT: Italy, Italien, Italia, Italie
JP: Japan, Japan, Japón, Japon
KR: South Korea, Südkorea, Corea del Sur, Corée du Sud
LI: Liechtenstein, Liechtenstein, Liechtenstein, Liechtenstein
LT: Lithuania, Litauen, Lituania, Lituanie
LU: Luxembourg, Luxemburg, Luxemburgo, Luxembourg
LV: Latvia, Lettland, Letonia, Lettonie
MA: Morocco, Marokko, Marruecos, Maroc
MT: Malta, Malta, Malta, Malte
MX: Mexico, Mexiko, México, Mexique
NL: Netherlands, Niederlande, Países Bajos, Pays-Bas
NO: Norway, Norwegen, Noruega, Norvège
NZ: New Zealand, Neuseeland, Nueva Zelanda, Nouvelle-Zélande
PL: Poland, Polen, Polonia, Pologne
PT: Portugal, Portugal, Portugal, Portugal
RO: Romania, Rumänien, Rumanía, Roumanie
RS: Serbia, Serbien, Serbia, Serbie
RU: Russia, Russland, Rusia, Russie
SE: Sweden, Schweden, Suecia, Suède
SG: Singapore, Singapur, Singapur, Singapour
SI: Slovenia, Slowenien, Eslovenia, Slovénie
SK: Slovakia, Slowakei, Eslovaquia, Slovaquie
TR: Turkey, Türkei, Turquía, Turquie
UA: Ukraine, Ukraine, Ucrania, Ukraine
US: USA, USA, USA, USA
ZA: South Africa, Südafrika, Sudáfrica, Afrique du Sud
"""
_IN: Final = ("en", "de", "es", "fr")


@lru_cache(maxsize=4096)
def named(text: str, language: str) -> frozenset[str]:
    """The codes of the countries that `text` names, however they are spelled."""
    known = _known(language)
    return frozenset(known[found] for found in _any_of(language).findall(words.shortened(text)))


@cache
def _known(language: str) -> dict[str, str]:
    lines = [line.split(": ") for line in _NAMES.strip().split("\n")]
    place = _IN.index(language) if language in _IN else 0
    return {words.shortened(names.split(", ")[place]): code for code, names in lines}


@cache
def _any_of(language: str) -> re.Pattern[str]:
    # With an ending: "den Niederlanden".
    return re.compile(rf"\b({'|'.join(sorted(_known(language), key=len, reverse=True))})(?:n|s)?\b")
