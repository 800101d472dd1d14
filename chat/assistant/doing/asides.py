"""Whether a message is a question or an instruction rather than the text that was asked for.

A text may be anything, so this knows only how one begins to ask or to tell somebody what to do, in the languages that
code speaks. What it does not know is taken as the text, and read back before anything is sent with it.
"""

import re
from typing import Final

_BEFORE: Final = (
    r"(?:(?:first|firstly|but|wait|ok|okay|hold on|and|so|by the way|actually|please|hey|hi|hello|sorry"
    r"|erst|zuerst|erstmal|aber|moment|warte|warten sie|und|also|übrigens|bitte|hallo|entschuldigung"
    r"|primero|pero|espera|espere|y|por cierto|antes|por favor|hola|perdón"
    r"|d'abord|mais|attendez|attends|et|au fait|bonjour|pardon"
    r"|أولا|أولاً|لكن|ولكن|مهلا|لحظة|من فضلك|مرحبا)\b[\s,.:;!-]*){0,3}"
)
_ASKS: Final = {
    "en": r"(?:what|which|how|why|when|where|who|whose)(?:'s|\s+(?:is|are|was|were|do|does|did|can|could|will|would"
    r"|should|has|have|about|long|much|many|often|far|soon|late|big|time|if))\b"
    r"|(?:do|does|did|can|could|will|would|should|is|are|may|have|has)\s+(?:you|i|we|it|they|the|your|there|this|that)\b"
    r"|(?:tell|show|give|send)\s+(?:me|us)\b|(?:explain|ignore|forget|disregard|repeat)\b"
    r"|(?:i\s+(?:want|need|would like)|i'd like)\s+to\s+(?:know|ask)\b|i\s+have\s+(?:a|another)\s+question\b",
    "de": r"(?:was|welche[rsnm]?|wie|warum|wieso|weshalb|wann|wo|woher|wohin|wer|wem|wen)\s+(?:ist|sind|war|kann|kannst"
    r"|können|könnt|muss|müssen|soll|sollte|wird|werden|hat|habt|haben|macht|machen|mache|lange|viel|viele|oft|kostet"
    r"|kosten|geht|dauert|passiert|bekomme|finde|funktioniert|heißt|groß|teuer|weit|schnell)\b"
    r"|(?:können|könnten|könnt|kannst|kann|gibt|haben|habt|hast|ist|sind|darf|muss|wird|liefern|liefert)\s+"
    r"(?:sie|ich|ihr|du|es|man|wir|das|die|der)\b"
    r"|(?:sag|sagt|sagen sie|zeig|zeigt|zeigen sie|gib|geben sie)\s+(?:mir|uns)\b|(?:erklär\w*|ignorier\w*|vergiss)\b"
    r"|ich\s+(?:möchte|will|würde gerne?)\s+(?:\w+\s+)?(?:wissen|fragen)\b|ich habe (?:noch )?eine (?:andere )?frage\b",
    "es": r"¿|(?:qué|cuál(?:es)?|cómo|por qué|cuándo|dónde|quién(?:es)?|cuánt[oa]s?)\b"
    r"|(?:puede|puedes|puedo|pueden|podría|podrían|hay|tienen|tiene)\s+(?:\w+rme|usted|ustedes|que|un|una|algún|decirme)\b"
    r"|(?:dígame|dime|explíqueme|explícame|muéstreme|muéstrame|ignore|ignora|olvide|olvida)\b"
    r"|(?:quiero|quisiera|me gustaría|necesito)\s+(?:saber|preguntar)\b|tengo (?:una|otra) pregunta\b",
    "fr": r"(?:quel(?:le)?s?|comment|pourquoi|combien)\b|(?:est-ce|qu'est-ce)\b"
    r"|(?:quand|où|qui|que)\s+(?:est|sont|puis|peut|peux|dois|vais|va|faut|arrive)\b"
    r"|(?:pouvez|pourriez|avez|puis|peut|peux|dois|livrez)-(?:vous|je|on|tu)\b|y a-t-il\b"
    r"|(?:dites|dis|montrez|montre)-(?:moi|nous)\b|(?:expliquez|explique|ignorez|ignore|oubliez)\b"
    r"|je\s+(?:voudrais|veux|souhaite|aimerais)\s+(?:savoir|demander)\b|j'ai une (?:autre )?question\b",
    "ar": r"(?:هل|كيف|متى|أين|اين|لماذا|كم|ما هو|ما هي|ماذا|أي)\s|(?:أخبرني|اخبرني|قل لي|اشرح|تجاهل|انس)\b"
    r"|(?:أريد|أود|اريد)\s+(?:أن\s+|ان\s+)?(?:أعرف|اعرف|أسأل|اسأل|معرفة)\b|(?:لدي|عندي)\s+سؤال\b",
}  # fmt: skip
_BEGINS: Final = re.compile(rf"\s*{_BEFORE}(?:{'|'.join(_ASKS.values())})", re.I)
_MARK: Final = re.compile(r"[?？؟]")


def is_aside(text: str) -> bool:
    """Whether it asks, or tells us what to do."""
    return bool(_MARK.search(text) or _BEGINS.match(text.replace("’", "'")[:200]))
