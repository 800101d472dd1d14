"""A customer's yes to something that changes something: narrower than the yes that only calls a person.

What might be a question ("sure?"), a doubt ("ok 👎") or a mere politeness ("please") is none.
"""

import re
import unicodedata
from typing import Final

_YES: Final = frozenset({
    # English
    "yes", "yeah", "yep", "yup", "sure", "ok", "okay", "yes please", "yes thanks", "yes thank you", "yes sure",
    "yes do it", "yes do that", "yes go ahead", "please do", "please do it", "go ahead", "do it",
    # German
    "ja", "jawohl", "klar", "gern", "gerne", "ja bitte", "ja gern", "ja gerne", "ja danke", "ja klar", "ja mach das",
    "ja machen sie das", "einverstanden", "in ordnung",
    # Spanish
    "sí", "si", "claro", "vale", "sí por favor", "si por favor", "sí gracias", "si gracias", "sí claro", "de acuerdo",
    "adelante", "hágalo", "sí hágalo",
    # French
    "oui", "d'accord", "bien sûr", "volontiers", "oui merci", "oui s'il vous plaît", "oui s'il te plaît",
    "oui bien sûr", "oui d'accord", "allez-y",
})  # fmt: skip
_LONGEST: Final = 60
_COMMA: Final = re.compile(r",?\s+")
_PLAIN: Final = re.compile(r"¡?([^.!]+)[.!]{0,3}\Z")


def is_consent(text: str) -> bool:
    """Whether a message is nothing but a plain yes, in one of the languages that code speaks."""
    if len(text) > _LONGEST:
        return False
    found = _PLAIN.match(unicodedata.normalize("NFC", text).strip().casefold().replace("’", "'"))
    return found is not None and _COMMA.sub(" ", found[1].strip()) in _YES
