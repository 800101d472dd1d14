"""How loud a message is: its capitals, and what is said in them. Pure.

Capitals alone are no anger: a key sticks, and "USB-C HUB MIT HDMI" is a name. They are certain with a mark of
exclamation, a bad mood, or a word with which people insist; else they only add to what else is found.
"""

import re
from typing import Final

CERTAIN: Final = 1.0
PERHAPS: Final = 0.6  # as much as half of what calls a person
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LOW: Final = -0.2
_POLITE: Final = re.compile(
    r"\b(?:please|pls|sorry|thanks?|thank you|hi|hello|hey|good (?:morning|day|afternoon|evening)|(?:kind|best) regards|cheers"
    r"|bitte|danke|hallo|guten (?:tag|morgen|abend)|grüß gott|(?:viele|liebe|mit freundlichen) grüßen?|moin|servus"
    r"|por favor|gracias|hola|buen[oa]s (?:d[ií]as|tardes|noches)|un saludo|saludos|s'il (?:vous|te) pla[iî]t|svp|merci"
    r"|bonjour|bonsoir|cordialement|per favore|per cortesia|grazie|buongiorno|buonasera|salve|obrigad[oa]|ol[aá]|bom dia|boa (?:tarde|noite)"
    r"|alstublieft|graag|bedankt|dank u|goedemorgen|goedendag|proszę|dziękuję|dzień dobry|lütfen|teşekkür\w*|merhaba|iyi günler"
    r"|пожалуйста|спасибо|здравствуйте|добрый (?:день|вечер))\b",
    re.I,
)
_INSISTS: Final = re.compile(
    r"\b(?:now|already|still|again|why|nobody|no one|never|stop|enough|waiting|where (?:is|are) my|i want|money back|i (?:told|asked|said)|times"
    r"|sofort|endlich|immer noch|schon wieder|warum|wieso|niemand|keiner|nie|genug|reicht|warte|wo (?:ist|bleibt)|ich will|geld zurück|mal"
    r"|ya|ahora|todav[ií]a|otra vez|por qu[eé]|nadie|nunca|basta|esperando|d[oó]nde est[aá]n?|quiero|mi dinero|veces|de una vez"
    r"|maintenant|encore|toujours|pourquoi|personne ne|jamais|assez|j'attends|o[uù] (?:est|sont)|je veux|mon argent|fois"
    r"|adesso|subito|ancora|perch[eé]|nessuno|mai|basta|aspett\w+|dov'[eè]|voglio|soldi|volte"
    r"|agora|j[aá]|ainda|de novo|por qu[eê]|ningu[eé]m|chega|esperando|cad[eê]|onde est[aá]o?|quero|meu dinheiro|vezes"
    r"|nu|nog steeds|alweer|waarom|niemand|nooit|genoeg|waar (?:is|blijft)|ik wil|mijn geld|keer"
    r"|teraz|natychmiast|znowu|dlaczego|nikt|nigdy|dość|czekam|gdzie (?:jest|są)|chcę|pieniądze|razy"
    r"|hemen|hâlâ|hala|yine|neden|niye|kimse|asla|yeter|bekliyorum|nerede|istiyorum|paramı|kere"
    r"|сейчас|немедленно|опять|снова|почему|никто|никогда|хватит|жду|ждать|где|верните|деньги|раз)\b",
    re.I,
)


def volume(text: str, mood: float) -> float:
    """0 where nobody shouts, `PERHAPS`, or `CERTAIN`; `mood` is VADER's of this text, -1 to 1."""
    if not _in_capitals(text):
        return 0.0
    if "!!" in text or "??" in text:
        return CERTAIN
    insists = "!" in text or mood < _LOW or _INSISTS.search(text)
    return CERTAIN if insists and not _POLITE.search(text) else PERHAPS


def _in_capitals(text: str) -> bool:
    """Three words are shouted only with an exclamation mark, more only with a long one ("IKEA LACK TV" is a name)."""
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    capital = sum(len(word) for word in words if word.isupper())
    said = (len(words) >= 4 and max(map(len, words)) >= 5) or (len(words) >= 3 and "!" in text)
    return said and letters >= 10 and capital >= 0.8 * letters
