"""From what a visitor wrote to the reasons for calling a person. Pure: no rows, no clock.

These are the reasons that are certain at once, by words, capitals and mood; each names its evidence.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from .asking import OTHER_LETTERS, is_latin, plain, words_for_a_person
from .mood import weighted
from .sensitive import stands_in, words_of
from .weighing import HARD, Policy, calling, scaled
from .weighing import Reason as Reason

ANGRY: Final = {
    "en": r"\b(?:scam(?:mers?)?|rip-?off|(?:you|you're|are|lot of|bunch of|are all) (?:thieves|crooks|liars|fraudsters|con artists)|see you in court|furious|livid|outrageous|unacceptable|disgusting|disgraceful|pathetic|ridiculous|fed up|sick (?:and tired )?of (?:this|your?|being|waiting)"
    r"|worst (?:company|service|shop|support|experience)|hate (?:you|this|your)|waste of (?:time|money)|are you kidding|wtf|bullshit|fuck\w*)\b",
    "de": r"\b(?:betrug|betrüger|abzocke|unverschämt(?:heit)?|frechheit|stinksauer|wütend|lächerlich|saftladen|reicht es mir|schnauze voll|inakzeptabel|scheiß\w*)\b",
    "es": r"\b(?:estafa(?:dores)?|timo|inaceptable|indignante|vergüenza|vergonzoso|furios[oa]|hart[oa] de|ridículo|asco|pésimo|mierda)\b",
    "it": r"\b(?:truff(?:a|atori)|ladri|vergogn(?:a|oso|osi|atevi)|inaccettabile|schifo|furios[oa]|ridicol[oi]|pessim[oi]|incompetenti|stufo|stufa)\b",
    "pt": r"\b(?:golpe|golpistas|ladr(?:ão|ões|oes)|vergonha|inaceit[áa]vel|rid[íi]culo|p[ée]ssimo|furios[oa]|palhaçada|descaso|incompetentes)\b",
    "nl": r"\b(?:oplichters?|oplichting|schandalig|belachelijk|woedend|onacceptabel|waardeloos|walgelijk|klote\w*)\b",
    "pl": r"\b(?:oszu(?:ści|st|stwo)|złodziej\w*|skandal|żenada|wściekł[ya]|niedopuszczalne|beznadziejn\w+|kpina)\b",
    "tr": r"\b(?:dolandırıcı\w*|rezalet|rezil\w*|skandal|kabul edilemez|bıktım|hırsız\w*|saçmalık)\b",
    "ru": r"\b(?:мошенник\w*|обман(?:щик\w*|ули|ываете)?|безобрази\w*|позор|возмутительно|бесит|воры|ворюги|издевательство|достали)\b",
    "ar": r"(?:نصاب(?:ون|ين)?|احتيال|عار عليكم|هذا عار|فضيحة|حرامي\w*|سرقتوني|غير مقبول|لصوص)",
    "ja": r"(?:詐欺|最悪|ふざけるな|ふざけんな|許せない|泥棒|いい加減にし)",
    "fr": r"\b(?:arnaque(?:urs?)?|inacceptable|scandaleux|honteux|furieux|furieuse|ras[- ]le[- ]bol|ridicule|marre|inadmissible|merde)\b",
}  # fmt: skip
YES: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please|yes,? please|please do|ja|gern(?:e)?|ja,? bitte|bitte|klar|sí|si|claro|vale|sí,? por favor"
    r"|por favor|oui|d'accord|oui,? s'il vous plaît|volontiers|bien sûr)\W*$",
    re.I,
)

# In one case, one after the other.
UNKNOWNS_UNTIL_PERSON: Final = 2
_ANGRY: Final = re.compile("|".join(ANGRY.values()), re.I)
_ANGRY_LATIN: Final = re.compile(
    "|".join(words for language, words in ANGRY.items() if language not in OTHER_LETTERS), re.I
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def is_yes(text: str) -> bool:
    """Whether a message is nothing but a short yes, in one of the languages that code speaks."""
    return bool(YES.match(text))


def judge(*, text: str, moods: Sequence[float], policy: Policy) -> tuple[Reason, ...]:
    """The reasons to call a person now, none where the assistant may answer."""
    return calling(reasons(text=text, moods=moods, policy=policy), policy)


def reasons(*, text: str, moods: Sequence[float], policy: Policy) -> tuple[Reason, ...]:
    """Everything in a message that speaks for a person, enough or not, before the site's weights.

    `moods` are those of the case, oldest first, this message's last.
    """
    text = plain(text)
    found = (
        _asked(text),
        _sensitive(text, policy),
        _angry(text, policy.alarm_words),
        _shouting(text),
        _low_mood(moods, policy.mood),
    )
    return tuple(reason for reason in found if reason)


def lingering(*, text: str, moods: Sequence[float], policy: Policy) -> tuple[Reason, ...]:
    """What the first beat found, and did not call for: the second beat weighs it together with what it reads itself.

    Nothing where there is no mood: it was said before a person was called and sent away again, which empties the moods
    (docs/log.md), and for the same words nobody is called twice.
    """
    found = reasons(text=text, moods=moods, policy=policy) if moods else ()
    return tuple(reason for reason in found if reason.code not in HARD)


def unknown(in_a_row: int) -> tuple[Reason, ...]:
    """What questions without an answer, one after the other, say: the second one calls (docs/log.md)."""
    return (Reason("unknown", 1.0, str(in_a_row)),) if in_a_row >= UNKNOWNS_UNTIL_PERSON else ()


def _asked(text: str) -> Reason | None:
    words = words_for_a_person(text)
    return Reason("asked", 1.0, words) if words else None


def _sensitive(text: str, policy: Policy) -> Reason | None:
    words = words_of(text, policy.topics, policy.sensitive_words)
    return Reason("sensitive", 1.0, words) if words else None


def _angry(text: str, alarm_words: Sequence[str]) -> Reason | None:
    if words := _words_of_anger(text):
        return Reason("angry", 1.0, words)
    hit = next((word for word in alarm_words if stands_in(word, text)), None)
    return Reason("angry", 1.0, hit) if hit else None


@lru_cache(256)
def _words_of_anger(text: str) -> str:
    match = (_ANGRY_LATIN if is_latin(text) else _ANGRY).search(text)
    return match.group() if match else ""


def _shouting(text: str) -> Reason | None:
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    capital = sum(len(word) for word in words if word.isupper())
    # "IKEA LACK TV" names a thing: three words are shouted only with an exclamation mark, more only with a long one.
    said = (len(words) >= 4 and max(map(len, words)) >= 5) or (len(words) >= 3 and "!" in text)
    loud = said and letters >= 10 and capital >= 0.8 * letters
    return Reason("shouting", 1.0, text.strip()[:80]) if loud else None


def _low_mood(moods: Sequence[float], threshold: float) -> Reason | None:
    """A little below neutral already says a little; at the site's mood it is as much as the threshold that ships."""
    mood = weighted(moods)
    best = 0.0 if threshold < 0 else 1.0
    if not moods or mood >= best:
        return None
    return Reason("angry", scaled((best - mood) / (1 + best), (best - threshold) / (1 + best)), f"{mood:+.2f}")
