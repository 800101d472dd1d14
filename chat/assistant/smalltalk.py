"""A message that is a greeting, thanks or a no and nothing else gets a polite sentence instead of a search."""

import re
from typing import Final

from chat.sentences import Sentence
from chat.triggers import is_no

_GREETINGS: Final = {
    "en": "hi|hello|hey|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|greetings",
    "de": "hallo|guten (?:morgen|tag|abend)|moin(?: moin)?|servus|grüß gott|grüezi|hallo zusammen",
    "es": "hola|buenas|buenos días|buenas (?:tardes|noches)|muy buenas",
    "fr": "bonjour|bonsoir|salut|coucou",
}
_THANKS: Final = {
    "en": "thanks?|thank you|thank you (?:so|very) much|thanks (?:a lot|so much|again)|many thanks|cheers|ty|thx"
    "|(?:great|ok|okay|perfect|got it|super),? thanks?(?: you)?|that helped,? thanks?(?: you)?",
    "de": "danke|vielen dank|danke (?:schön|sehr|dir|ihnen)|dankeschön|herzlichen dank|(?:super|ok|perfekt),? danke",
    "es": "gracias|muchas gracias|mil gracias|muy amable|(?:vale|perfecto|genial),? (?:muchas )?gracias",
    "fr": "merci|merci (?:beaucoup|bien|à vous)|un grand merci|(?:parfait|super|ok),? merci(?: beaucoup)?",
}
_ALONE: Final = [
    (sentence, language, re.compile(rf"[\W_]*(?:{words})[\W_]*", re.I))
    for sentence, table in ((Sentence.GREETING_REPLY, _GREETINGS), (Sentence.THANKS_REPLY, _THANKS))
    for language, words in table.items()
]
_NO_REPLY: Final = (
    ("de", re.compile(r"\b(?:nein|nö|nee|danke)\b", re.I)),
    ("es", re.compile(r"\b(?:gracias|ahora no)\b", re.I)),
    ("fr", re.compile(r"\b(?:non|merci)\b", re.I)),
)


def small_talk(text: str) -> tuple[Sentence, str] | None:
    """The sentence that answers `text` and the language it is in; None where there is a question in it."""
    if len(text) > 60:
        return None
    if is_no(text):
        return Sentence.NO_REPLY, next((language for language, words in _NO_REPLY if words.search(text)), "en")
    return next(((sentence, language) for sentence, language, alone in _ALONE if alone.fullmatch(text)), None)
