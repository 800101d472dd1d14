"""The countries that a text names, and where it says something of one, in the languages the assistant itself speaks."""

import re
from functools import cache, lru_cache
from typing import Final

from chat.assistant import words
from knowledge.question_words import bare

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
# Other names, in whatever language; and what only sounds like a country.
_ALSO: Final = """
GB: England, Great Britain, Britain, Scotland, Wales, Northern Ireland, Großbritannien, Schottland, Nordirland
GB: Gran Bretaña, Inglaterra, Escocia, Irlanda del Norte, Grande-Bretagne, Angleterre, Écosse, Irlande du Nord
NL: Holland, Holanda, Hollande
US: EE. UU., EE.UU., EEUU, New Mexico, New England
CZ: Czechia, Chequia, República Checa
KP: North Korea, Nordkorea, Corea del Norte, Corée du Nord
"""
_IN: Final = ("en", "de", "es", "fr")
# Names that are other words in another language ("an island", "suede", "chili"): read in their own only.
_OTHER_WORDS: Final = frozenset({"island", "suede", "chili", "turkey", "china", "chine", "inde"})
_BEFORE: Final = (
    r"\b(?:to|into|for|in|within|nach|fur|ins?|innerhalb|a|al|para|en|dentro de|au|aux|pour|vers|dans|chez)"
    r"(?: (?:the|die|den|der|das|la|el|los|las|le|les))? "
)
# A sentence that holds everywhere, or everywhere else.
_FOR_ALL: Final = re.compile(
    r"\b(?:except|excluding|apart from|other than|outside|every|all|any|ausser|außer|ausgenommen|alle[nrms]?"
    r"|jede[snrm]?|excepto|salvo|menos|fuera de|todos?|todas?|cualquier|sauf|hormis|hors|excepte|tous|toutes?|chaque)\b"
)


@lru_cache(maxsize=4096)
def named(text: str, language: str) -> frozenset[str]:
    """The codes of the countries that `text` names, however they are spelled."""
    known = _known(language)
    return frozenset(known[found] for found in _any_of(language).findall(_plain(text)))


@lru_cache(maxsize=4096)
def of_one(text: str, language: str) -> frozenset[str]:
    """Those that `text` names where it says what holds in one or for what goes there: "to Norway", "in Spain".

    None of a sentence that holds for all but some, nor of where something is or comes from: "from our shop, Venlo,
    Netherlands".
    """
    plain = _plain(text)
    if _FOR_ALL.search(plain) or not re.search(_BEFORE + _any_of(language).pattern, plain):
        return frozenset()
    return named(text, language)


def _plain(text: str) -> str:
    return bare(words.shortened(text))


@cache
def _known(language: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for code, names in _lines(_NAMES):
        for spoken, name in zip(_IN, map(_plain, names), strict=True):
            if spoken == language or name not in _OTHER_WORDS:
                known[name] = code
    return known | {_plain(name): code for code, names in _lines(_ALSO) for name in names}


def _lines(table: str) -> list[tuple[str, list[str]]]:
    return [(line[:2], line[4:].split(", ")) for line in table.strip().split("\n")]


@cache
def _any_of(language: str) -> re.Pattern[str]:
    # With an ending: "den Niederlanden".
    names = "|".join(map(re.escape, sorted(_known(language), key=len, reverse=True)))
    return re.compile(rf"(?<!\w)({names})(?:n|s)?(?!\w)")
