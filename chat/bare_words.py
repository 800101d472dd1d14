"""A message that is little but the word for a person: "agnet please", "umano grazie", "M E N S C H". Pure."""

import re
from difflib import get_close_matches
from typing import Final

from .folding import fold

_PERSONS: Final = tuple(
    fold("""
    human humans person agent representative rep advisor adviser manager supervisor operator boss staff
    mensch menschen mitarbeiter mitarbeiterin berater beraterin kundenberater kundenbetreuer ansprechpartner
    kundendienst kundenservice chef chefin vorgesetzter vorgesetzten filialleiter
    persona humano agente responsable encargado encargada asesor asesora operador operadora representante empleado jefe
    humain personne conseiller conseillère opérateur opératrice employé supérieur
    umano umana operatore operatrice responsabile consulente addetto addetta superiore
    pessoa atendente gerente responsável funcionário funcionária chefe
    mens persoon medewerker medewerkster leidinggevende klantenservice
    człowiek człowieka konsultant konsultanta pracownik kierownik kierownika przełożony doradca
    insan temsilci temsilcisi yetkili müdür danışman
    человек человека оператор оператора менеджер менеджера сотрудник сотрудника консультант консультанта специалист
    начальник
    موظف انسان شخص مدير مسؤول ممثل مشرف بشر
    """).split()
)
# What may stand beside it. Not "one": that is an answer to "for how many?".
_BESIDE: Final = frozenset(
    fold("""
    a an the please pls plz pleas now thanks thx real actual live customer support service
    bitte jetzt ein eine einen echter echte echten richtiger danke
    por favor porfa un una ya real verdad gracias
    svp stp merci une vrai vraie s'il vous te plaît
    per favore grazie grz vera vero subito
    uma verdade agora obrigado obrigada
    aub alstublieft graag een echt nu
    proszę poproszę teraz żywy żywego
    lütfen hemen gerçek bir müşteri
    пожалуйста срочно живой живого нужен дайте
    من فضلك لو سمحت حقيقي
    """).split()
)
# Words of their own that are nearly one of those.
_OTHERS: Final = frozenset(
    fold("""
    personal persons personne personen personas personnel manger management menger agency agentur humor humour humane
    operation operations menschlich consultant consult conseil representation superior
    """).split()
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NOT_SO: Final = re.compile(r"[?\d]")  # "2 Personen" is an answer
_MOST_WORDS: Final = 4
_LONGEST: Final = 60
# Below six letters one wrong letter makes another word.
_TO_BE_MISTYPED: Final = 6
_NEAR: Final = 0.87


def names_a_person(text: str) -> bool:
    """Whether a message (as `asking.plain` gives it) says nothing but that, be it mistyped."""
    if len(text) > _LONGEST or _NOT_SO.search(text):
        return False
    words = _WORD.findall(fold(text.lower()))
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    persons = [_is_person(word) for word in words]
    return any(persons) and all(person or word in _BESIDE for person, word in zip(persons, words, strict=True))


def _is_person(word: str) -> bool:
    if word in _PERSONS:
        return True
    if len(word) < _TO_BE_MISTYPED or word in _OTHERS or word in _BESIDE:
        return False
    # Another ending makes another word ("kierownica", "beraten"); who mistypes does so in the middle.
    alike = [person for person in _PERSONS if (person[0], person[-2:]) == (word[0], word[-2:])]
    return bool(get_close_matches(word, alike, 1, _NEAR))
