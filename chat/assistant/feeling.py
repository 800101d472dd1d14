"""From what a message tells to what speaks for a person: read as the first step of a turn, weighed with the rest."""

import re
from collections.abc import Sequence
from typing import Final

from chat.asking import declines_a_person, plain
from chat.assistant import repeated
from chat.assistant.transcript import Line, Role, Transcript
from chat.quoted import own_words
from chat.signals.conversations import THRESHOLD
from chat.signals.dialogue import CUES, Said
from chat.signals.feeling import Feeling
from chat.triggers import Reason, is_of_others, lingering, sensitive
from chat.weighing import ENOUGH, HEARD, Policy, calling, scaled, weigh

# Precision first: whoever is called in vain trusts the next call less (docs/escalation.md has what these find).
WANTS_PERSON: Final = 0.42
_SURELY_WANTS: Final = 0.65
ANGER: Final = 0.75
NEGATIVE: Final = 0.75
UPSET: Final = 0.37
GRAVE: Final = 0.6
_SURELY_UPSET: Final = 0.5
_GLAD: Final = 0.7
DISSATISFIED: Final = ENOUGH
# Below a call, and from here on a person is offered (docs/escalation.md has how often).
MAY_WANT_PERSON: Final = 0.2
_MAY_BE_UPSET: Final = 0.2
_BAD: Final = 0.5
_MAY_BE_STUCK: Final = THRESHOLD
_WORDS_OF_A_WISH: Final = 8  # "could use some help" is how one says hello
_WORDS_OF_A_MOOD: Final = 4  # "nein die andere" is an answer
# Nobody is stuck who has asked once.
_ANSWERS_BEFORE_STUCK: Final = 2
_WORDS_AT_LEAST: Final = 3  # "no!" alone is an answer
_WORD: Final = re.compile(r"[^\W\d_]+")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f\uac00-\ud7af]{5}")  # or with few spaces


def said(transcript: Transcript) -> list[Said]:
    """The lines of both sides up to the question, its own as one; of a case that came back, those since."""
    earlier = [Said(line.role == Role.VISITOR, line.text) for line in _before(transcript) if line.role != Role.NOTE]
    return [*earlier, Said(True, transcript.question)]


def judge(feeling: Feeling, transcript: Transcript, policy: Policy) -> tuple[Reason, ...]:
    """Why a person is called now; none where the assistant may answer."""
    return calling(everything(feeling, transcript, policy), policy)


def everything(feeling: Feeling, transcript: Transcript, policy: Policy, *, stuck: bool = True) -> tuple[Reason, ...]:
    """What speaks for a person, enough or not, with what the message's words and moods said too little of.

    Nothing of what was said before a person was called and sent away again: for the same words nobody is called twice.
    Nor without any mood, as in a procedure's preview. `stuck`: whether they may be.
    """
    if not transcript.moods or _came_back(transcript):
        return ()
    value = transcript.customer.value if transcript.customer else None
    said_before = lingering(text=transcript.question, moods=transcript.moods, policy=policy, value=value)
    found = reasons(feeling, transcript, policy)
    return (*(one for one in found if stuck or one.code != "stuck"), *said_before)


def named(transcript: Transcript, policy: Policy) -> tuple[Reason, ...]:
    """The subject that the question's words name, by the site's policy as it is now.

    The first beat went by that of the page, which may have been open since before the site named it. A colleague's
    reply is brought all the same.
    """
    return () if transcript.reply or _came_back(transcript) else sensitive(transcript.question, policy)


def reasons(feeling: Feeling, transcript: Transcript, policy: Policy) -> tuple[Reason, ...]:
    """What this reading alone says for a person, before the site's weights."""
    text = transcript.question.strip()
    found = [_grave(feeling, text, policy)]
    question = own_words(text)
    # Else most of it is somebody else's, and the models have read it all.
    if 2 * len(question) >= len(text):
        found += [
            _asked(feeling, question, quotes=question != text),
            _angry(feeling, question),
            _upset(feeling, question),
            _stuck(feeling, transcript),
        ]
    return tuple(reason for reason in found if reason)


def unsure(feeling: Feeling, told: Sequence[Reason], transcript: Transcript, policy: Policy) -> tuple[str, ...]:
    """The codes of those of `everything` that is told that are heard and do not call; `asked`: who may want a person.

    Somebody else's words are none, and moods and wishes are hardly ever right in a few.
    """
    question = transcript.question.strip()
    if not transcript.moods or own_words(question) != question:
        return ()
    heard = [one.code for one in weigh(told, policy) if one.weight >= HEARD and _may_be(one, feeling, question)]
    wants = feeling.wants_person >= MAY_WANT_PERSON and _says_enough(question, _WORDS_OF_A_WISH)
    return (*heard, "asked") if wants and not declines_a_person(question) else tuple(heard)


def _may_be(reason: Reason, feeling: Feeling, question: str) -> bool:
    """Whether one that is heard is worth an offer: a neighbour, a wasp and bad weather make people angry as well."""
    if reason.code == "angry":
        weary = feeling.upset >= _MAY_BE_UPSET and feeling.negative >= _BAD
        return weary and _says_enough(question, _WORDS_OF_A_MOOD)
    return reason.code == "shouting" or (reason.code == "stuck" and reason.weight >= _MAY_BE_STUCK)


def _asked(feeling: Feeling, question: str, *, quotes: bool) -> Reason | None:
    # The models have read what is quoted as well, and a single word is like little that they know.
    enough = WANTS_PERSON if _says_enough(question, 2) and not quotes else _SURELY_WANTS
    if feeling.wants_person < enough or declines_a_person(question):
        return None
    return Reason("asked", 1.0, f"{feeling.wants_person:.2f}: {question.strip()[:80]}")


def _grave(feeling: Feeling, question: str, policy: Policy) -> Reason | None:
    if feeling.grave < GRAVE or not _is_the_sites(feeling.subject, policy):
        return None
    return Reason("sensitive", 1.0, f"{feeling.subject} {feeling.grave:.2f}: {question.strip()[:80]}")


def _is_the_sites(subject: str, policy: Policy) -> bool:
    return policy.topics is None or subject in policy.topics


def _angry(feeling: Feeling, question: str) -> Reason | None:
    if feeling.emotion != "anger" or feeling.vader > 0 or not _says_enough(question):
        return None
    # A landlord's fault makes angry as well; then it counts where patience with us is running out.
    if feeling.upset < _MAY_BE_UPSET and is_of_others(plain(question)):
        return None
    weight = min(scaled(feeling.sure, ANGER), scaled(feeling.negative, NEGATIVE))
    return Reason("angry", weight, f"anger {feeling.sure:.2f}: {question.strip()[:80]}")


def _upset(feeling: Feeling, question: str) -> Reason | None:
    """At the end of their patience with us; who wants no person has the words of those who do, and is not."""
    sure = feeling.upset
    # VADER takes "Oh brilliant, another delay" for praise, the mood "Many thanks for nothing": only what is hardly
    # sure gives way to them.
    praises = feeling.vader > 0 or feeling.positive >= _GLAD
    if not _says_enough(question) or (praises and sure < _SURELY_UPSET):
        return None
    if sure >= _MAY_BE_UPSET and declines_a_person(question):
        return None
    return Reason("angry", scaled(sure, UPSET), f"upset {sure:.2f}: {question.strip()[:80]}")


def _says_enough(question: str, words: int = _WORDS_AT_LEAST) -> bool:
    return len(_WORD.findall(question)) >= words or bool(_UNSPACED.search(question))


def _stuck(feeling: Feeling, transcript: Transcript) -> Reason | None:
    if not may_be_stuck(transcript):
        return None
    cues = (CUES[cue].search(transcript.question) for cue in ("corrects", "refuses", "minds", "doubts"))
    words = ", ".join(found.group().strip() for found in cues if found)
    # The same answer again says it in any language, unless it was what they wanted.
    again = repeated.weight(transcript) if feeling.positive < _GLAD else 0.0
    weight = max(scaled(feeling.dissatisfied, DISSATISFIED), again)
    return Reason("stuck", weight, f"{weight:.2f}: {words or transcript.question.strip()[:80]}")


def may_be_stuck(transcript: Transcript) -> bool:
    """Whether the assistant has answered often enough for that."""
    return sum(line.role == Role.ASSISTANT for line in _before(transcript)) >= _ANSWERS_BEFORE_STUCK


def _before(transcript: Transcript) -> Sequence[Line]:
    """What was said before the question; an earlier talk that a person ended says nothing of this one."""
    return [line for line in transcript.lines if transcript.returned_at < line.seq < transcript.question_from]


def _came_back(transcript: Transcript) -> bool:
    return transcript.question_upto <= transcript.returned_at
