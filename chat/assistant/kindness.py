"""One short line before an answer that shows the customer was heard, and what a model is told of their mood.

We write the lines: a model that consoles by itself promises too much. Never the same line twice in a conversation,
never before a happy or neutral question.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from chat.signals.feeling import Feeling

LANGUAGES: Final = ("en", "de", "es", "fr", "ar")
# Below this the emotion is a guess, and a wrong word of comfort is worse than none.
SURE: Final = 0.6
CONFUSED: Final = 0.8
# Anger and confusion are negative, but not every "how" or "no" is.
NEGATIVE: Final = 0.45
# Where the reader has learnt less, "I want to cancel my order" is angry to it at .68.
_NEGATIVE_IN: Final = {"ar": 0.75}
# What a trace says of a line that is due, where two halves are compared.
SAID: Final = "said"
HELD: Final = "held"

LINES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "anger": {
        "en": (
            "I understand that this is annoying.",
            "You have every reason to be annoyed.",
            "That should have gone better.",
        ),
        "de": (
            "Ich verstehe, dass das ärgerlich ist.",
            "Ihr Ärger ist verständlich.",
            "Das hätte besser laufen sollen.",
        ),
        "es": (
            "Entiendo que esto es molesto.",
            "Es normal que esté molesto con esto.",
            "Esto debería haber ido mejor.",
        ),
        "fr": (
            "Je comprends que ce soit agaçant.",
            "Votre agacement est compréhensible.",
            "Cela aurait dû mieux se passer.",
        ),
        "ar": (
            "أفهم أن هذا مزعج.",
            "من حقك أن تنزعج من هذا.",
            "كان ينبغي أن يسير هذا بشكل أفضل.",
        ),
    },
    "fear": {
        "en": (
            "I see why this worries you. Let's take it step by step.",
            "It is good that you ask right away.",
            "I understand that this is unsettling.",
        ),
        "de": (
            "Ich verstehe, dass Ihnen das Sorgen macht. Gehen wir es Schritt für Schritt an.",
            "Gut, dass Sie gleich fragen.",
            "Ich verstehe, dass das beunruhigend ist.",
        ),
        "es": (
            "Entiendo que esto le preocupe. Vayamos paso a paso.",
            "Ha hecho bien en preguntar enseguida.",
            "Entiendo que esto es inquietante.",
        ),
        "fr": (
            "Je comprends que cela vous inquiète. Voyons cela étape par étape.",
            "Vous avez bien fait de demander tout de suite.",
            "Je comprends que ce soit inquiétant.",
        ),
        "ar": (
            "أفهم أن هذا يقلقك. لنتناوله خطوة بخطوة.",
            "أحسنت بأنك سألت فورًا.",
            "أفهم أن هذا غير مطمئن.",
        ),
    },
    "sadness": {
        "en": (
            "I'm sorry to hear that.",
            "That must be hard.",
            "I understand that this is a sad moment.",
        ),
        "de": (
            "Das tut mir leid.",
            "Das ist sicher nicht leicht.",
            "Ich verstehe, dass Sie das traurig macht.",
        ),
        "es": (
            "Siento mucho leer esto.",
            "Seguro que no es fácil.",
            "Entiendo que es un momento triste.",
        ),
        "fr": (
            "Je suis désolé de l'apprendre.",
            "Ce n'est sûrement pas facile.",
            "Je comprends que ce soit un moment triste.",
        ),
        "ar": (
            "يؤسفني سماع ذلك.",
            "لا بد أن هذا ليس سهلًا.",
            "أفهم أن هذه لحظة حزينة.",
        ),
    },
    "confusion": {
        "en": (
            "That can be confusing.",
            "Let me put it more simply.",
            "Good that you ask again.",
        ),
        "de": (
            "Das kann verwirrend sein.",
            "Ich sage es noch einmal einfacher.",
            "Gut, dass Sie nachfragen.",
        ),
        "es": (
            "Es fácil confundirse con esto.",
            "Se lo digo de forma más sencilla.",
            "Hace bien en preguntar otra vez.",
        ),
        "fr": (
            "Cela peut prêter à confusion.",
            "Je le dis plus simplement.",
            "Vous faites bien de redemander.",
        ),
        "ar": (
            "قد يكون هذا مربكًا.",
            "سأقوله بشكل أبسط.",
            "جيد أنك تسأل مرة أخرى.",
        ),
    },
}  # fmt: skip

_PROMISES: Final = frozenset(line for lines in LINES["confusion"].values() for line in lines)

_GUIDANCE: Final = {
    "anger": "The customer is annoyed: be brief, give the remedy first, do not explain why it happened.",
    "fear": "The customer is worried: give the safe step first, calmly, one step a sentence.",
    "sadness": "The customer is sad: be gentle and plain, ask nothing of them that is not needed.",
    "confusion": "The customer is confused: use short plain words, one step a sentence, no technical terms.",
}


def line(feeling: Feeling, language: str, said: Sequence[str]) -> str:
    """A line of LINES that none of `said`, the assistant's earlier messages, holds; "" where none is due or left."""
    base = language.partition("-")[0]
    if not _is_felt(feeling) or feeling.negative < _NEGATIVE_IN.get(base, 0.0):
        return ""
    choice = LINES[feeling.emotion].get(base, ())
    return next((one for one in choice if not any(one in earlier for earlier in said)), "")


def before_unknown(line: str) -> str:
    """The line before "I don't know": none that promises to say something more simply."""
    return "" if line.strip() in _PROMISES else line


def is_kind_half(site: str, conversation: str) -> bool:
    """Whether a conversation is in the half with kindness: always the same one, by chance, and by nothing else.

    `site` is its key. Visitors are told apart by `audience.place_of` in a way that says nothing of this one.
    """
    return hashlib.sha256(f"kindness/{site}/{conversation}".encode()).digest()[0] % 2 == 0


def guidance(feeling: Feeling) -> str:
    """What a model is told of the customer's mood: a sentence of ours, never their words."""
    return _GUIDANCE[feeling.emotion] if _is_felt(feeling) else ""


def _is_felt(feeling: Feeling) -> bool:
    # Confusion is no bad mood: "I don't understand" is neutral to VADER and to most.
    confused = feeling.emotion == "confusion" and feeling.sure >= CONFUSED
    low = feeling.sure >= SURE and feeling.negative >= NEGATIVE
    return feeling.emotion in LINES and (confused or low) and feeling.positive < NEGATIVE
