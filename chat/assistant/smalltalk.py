"""A message that is a greeting or thanks and nothing else gets a polite sentence instead of a search."""

import re
from typing import Final

from chat.sentences import Sentence

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


def small_talk(text: str) -> tuple[Sentence, str] | None:
    """The sentence that answers `text` and the language it is in; None where there is a question in it."""
    if len(text) > 60:
        return None
    return next(((sentence, language) for sentence, language, alone in _ALONE if alone.fullmatch(text)), None)
