"""Whether a text says no, in the languages whose words for it we know."""

import re
from typing import Final

_DENIALS: Final = {
    "en": r"\b(?:not|no|never|none|cannot|neither|nor|nobody|nothing|unable)\b|n['’]t\b",
    "de": r"\b(?:nicht|kein\w*|nie|niemals|weder|nein|niemand|nichts)\b",
    "es": r"\b(?:no|nunca|jamás|ni|tampoco|ningun[oa]?|ningún|nadie|nada)\b",
    "fr": r"\b(?:ne|pas|jamais|aucune?|ni|non|rien|personne)\b|\bn['’]",
    "it": r"\b(?:non|mai|né|nessun\w*|niente)\b",
    "pt": r"\b(?:não|nunca|nem|nenhum\w*|nada)\b",
    "nl": r"\b(?:niet|geen|nooit|noch|niets|niemand)\b",
    "ru": r"\b(?:не|нет|ни|нельзя|никогда|никто|ничего)\b",
    "uk": r"\b(?:не|немає|ні|ніколи|ніхто|нічого)\b",
    "pl": r"\b(?:nie|nigdy|żad\w+|nikt|nic|ani)\b",
    "cs": r"\b(?:není|nikdy|nikdo|nic|ani|žádn\w+|ne(?!bo\b|boť\b|ž\b|j)\w*)\b",
    "sv": r"\b(?:inte|ej|icke|aldrig|ing(?:en|et|a)|ingenting)\b",
    "da": r"\b(?:ikke|ej|aldrig|ing(?:en|et)|intet)\b",
    "nb": r"\b(?:ikke|aldri|ingen|intet|ingenting)\b",
    "ro": r"\b(?:nu|niciodată|nici|nici?un\w*|nimeni|nimic)\b|\bn-",
    "ar": r"\b[وف]?(?:لا|لم|لن|ليس\w*)\b",
    "tr": r"\b(?:değil\w*|yok\w*|asla|hiç\w*|hayır|\w+m[ae]z\w*|\w+m[ıiuü]yor\w*|\w+m[ae](?:d[ıi]|yacak|yecek)\w*)\b",
}
# Words that say no without a denial: "islands are excluded" is "not to islands".
_REFUSALS: Final = {
    "en": r"\b(?:exclud\w+|exempt|forbidden|prohibited|impossible|unavailable|refused|rejected|declined|missing)\b",
    "de": r"\b(?:ausgeschlossen|ausgenommen|verboten|unmöglich|abgelehnt|verweigert)\b",
    "es": r"\b(?:exclu\w+|prohibid\w+|imposible|rechazad\w+)\b",
    "fr": r"\b(?:exclu\w*|interdit\w*|impossible|refusé\w*)\b",
    "it": r"\b(?:esclus\w+|vietat\w+|impossibil\w+|rifiutat\w+)\b",
    "pt": r"\b(?:exclu\w+|proibid\w+|impossív\w+|recusad\w+)\b",
    "nl": r"\b(?:uitgesloten|verboden|onmogelijk|geweigerd)\b",
    "ru": r"\b(?:исключ\w+|запре[щт]\w+|невозможн\w+|отказ\w+)\b",
    "uk": r"\b(?:виключ\w+|заборон\w+|неможлив\w+|відмов\w+)\b",
    "pl": r"\b(?:wyklucz\w+|wyłącz\w+|zabron\w+|niemożliw\w+|odrzuc\w+)\b",
    "cs": r"\b(?:vylouč\w+|zakáz\w+|odmít\w+)\b",
    "sv": r"\b(?:utesl\w+|undanta\w+|förbju\w+|omöjlig\w*|nekas)\b",
    "da": r"\b(?:udeluk\w+|undtag\w*|forbud\w*|umulig\w*|afvis\w+)\b",
    "nb": r"\b(?:uteluk\w+|unnta\w*|forbud\w*|umulig\w*|avvis\w+)\b",
    "ro": r"\b(?:exclu\w+|interzis\w*|imposibil\w*|refuz\w+)\b",
    "ar": r"(?:ممنوع|مستثن|مستبعد|مستحيل|مرفوض)",
    "tr": r"\b(?:hariç|yasak\w*|imk[aâ]ns[ıi]z\w*)\b",
}
_DENIES: Final = {language: re.compile(pattern, re.I) for language, pattern in _DENIALS.items()}
_REFUSES: Final = {language: re.compile(pattern, re.I) for language, pattern in _REFUSALS.items()}


def are_read(language: str) -> bool:
    """Whether there are words for this language."""
    return _base(language) in _DENIES


def denies(text: str, language: str) -> bool:
    """Whether `text` says no: by a denial or a word of refusal, not by both."""
    denial, refusal = _DENIES.get(_base(language)), _REFUSES.get(_base(language))
    return bool(denial and denial.search(text)) != bool(refusal and refusal.search(text))


def count(text: str, language: str) -> int:
    """How often `text` says no, by a denial or a word of refusal."""
    base = _base(language)
    patterns = [pattern for pattern in (_DENIES.get(base), _REFUSES.get(base)) if pattern]
    return sum(len(pattern.findall(text)) for pattern in patterns)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
