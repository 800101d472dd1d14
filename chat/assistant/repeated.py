"""Whether the assistant keeps giving one answer to different messages: that needs no words of any language. Pure."""

from typing import Final

from chat.assistant.smalltalk import small_talk
from chat.assistant.transcript import Line, Role, Transcript
from chat.folding import words
from chat.signals.dialogue import alike

# Of the shorter answer's words, so that a kind line before it makes no other answer of it.
_THE_SAME: Final = 0.95
_SHORT: Final = 16  # characters: "You are welcome."
# What it says by how often one answer was given in a row, on the scale on which .85 calls a person: after the second a
# person is offered, after the third one is called. Ours.
_SAYS: Final = (0.0, 0.0, 0.75, 0.85)


def weight(transcript: Transcript) -> float:
    """What it says that the last answers were one and the same, 0 to .85."""
    if small_talk(transcript.question, transcript.language):
        return 0.0
    return _SAYS[min(_in_a_row(transcript), len(_SAYS) - 1)]


def _in_a_row(transcript: Transcript) -> int:
    """How many of the last answers are alike, each to a message that none after it repeats."""
    before = [line for line in transcript.lines if transcript.returned_at < line.seq < transcript.question_from]
    asked, newest = {words(transcript.question)}, ""
    answers = many = 0
    for line in reversed(before):
        if line.role == Role.ASSISTANT and _is_same(line.text, newest or line.text):
            newest = newest or line.text
            answers += 1
        elif line.role == Role.VISITOR and _is_other(line, asked, transcript.language):
            many = answers
        elif line.role != Role.NOTE:
            break
    return many


def _is_other(line: Line, asked: set[tuple[str, ...]], language: str) -> bool:
    """Whether a message asks something, and what none of those after it asked."""
    found = words(line.text)
    if found in asked or small_talk(line.text, language):
        return False
    asked.add(found)
    return True


def _is_same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > _SHORT and alike(one, other) >= _THE_SAME)
