"""The "Yes" or "No" before a claim: whether it answers what was asked."""

from chat.assistant import denials, meanings, opposites, scopes
from chat.assistant.polarity import YES_OR_NO


def answers(text: str, question: str, language: str) -> bool:
    """Whether the "Yes" or "No" before a claim answers the question: the claim says what was asked, or its denial."""
    answer = YES_OR_NO.match(text)
    if not answer:
        return True
    claim = text[answer.end() :]
    asked, said = meanings.stems(question, language), meanings.stems(claim, language)
    shared = [stem for stem in asked if meanings.has(stem, said, language)]
    of_all = 5 * len(shared) >= 3 * len(asked) or (len(shared) > 1 and 2 * len(shared) >= len(said))
    if not shared or not of_all or denials.denies(question, language):
        return False
    if any(f"un{one}" in said or one.removeprefix("un") in said - {one} for one in asked):
        return False
    if opposites.opposed(claim, question, language) or scopes.elsewhere(claim, question, language):
        return False
    no = answer.group().strip(" ,.:;!–—").lower() in ("no", "nein", "non")
    return denials.denies(claim, language) is no


def without(text: str) -> str:
    """`text` without the word before its claim; empty where that was all."""
    rest = YES_OR_NO.sub("", text)
    return rest[:1].upper() + rest[1:]
