"""Whether a sentence may reach the customer: a section that was shown has to say the same.

The same words, every figure, address and name, and the same yes or no. Two texts in one language are compared clause by
clause. Where no section is in the customer's language, only figures, names, addresses, bounds, denials and forces can
be, so a sentence without any of the first three is not let through.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from chat.assistant import abroad, alignment, denials, polarity, spans, words, yes_or_no
from chat.assistant.drafts import LONGEST, Draft
from chat.assistant.prompt import Shown
from chat.assistant.spans import Span

# Share of a sentence's weight that its source has to carry before its words are looked at one by one.
COVERED: Final = 0.6
# A sentence in another language than its section has at least one figure, name or address to so many words.
_WORDS_TO_AN_ANCHOR: Final = 4
QUOTE_LENGTH: Final = 300
_BESIDE: Final = 2  # words before a customer's value
_YOURS: Final = {
    "my": "your", "mein": "dein", "meine": "deine", "mi": "su", "mis": "sus", "mon": "votre", "ma": "votre",
}  # fmt: skip

_PLACEHOLDER: Final = re.compile(r"\[[A-Z]+_\d+\]")
# What a reader's screen could take for something else than words. A section's own stands in a quotation.
_MARKUP: Final = re.compile(r"[<>`{}|\\^~]|\]\s*[(\[:]|!\[|//|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SECRET: Final = re.compile(r"\[(?:CARD|IBAN|ID)_\d+\]")
_OWN_DEED: Final = re.compile(
    r"\b(?:I|I['’](?:m|ve|ll|d)|me|my|ich|mir|mein\w*|yo|je|j['’])\b|\b(?:he|estoy|voy a)\s+\w+(?:ado|ido|ando|iendo)\b"
)
# A model that speaks of its papers instead of answering from them.
_OF_ITS_PAPERS: Final = re.compile(
    r"\b(?:the|this|these|each|provided|given) (?:following |above )?(?:sections?|facts?|json|context|question)\b"
    r"|\b(?:the|my) (?:answer (?:is|to)|answers are)\b|\b(?:the|an) (?:answer|reply):|\b(?:last|previous) answer\b"
    r"|\bthe customer(?:'s question| asks?| asked| wants?)\b"
    r"|\b(?:der|die|das|diese[rs]?) (?:abschnitte?|fakten|frage)\b|\bdie antwort (?:ist|lautet)\b|\bder kunde fragt\b"
    r"|\b(?:la|las|los) (?:sección|secciones|hechos|pregunta)\b|\bla respuesta es\b|\bel cliente pregunta\b"
    r"|\b(?:la|les|cette) (?:sections?|faits|question)\b|\bla réponse est\b|\ble client demande\b",
    re.I,
)
_YES_OR_NO: Final = re.compile(r"^\W*(?:yes|no|ja|nein|sí|oui|non)\b", re.I)
_YES_OR_NO_AND_MORE: Final = re.compile(r"^\W*(?:yes|no|ja|nein|sí|oui|non)\s*[,.:;!–—]\s*\S", re.I)
_FIGURE_ASKED: Final = re.compile(
    r"\b(?:how (?:long|much|many|soon|old|far)|when|wie (?:lange|viel\w*|hoch)|wann|cuánt\w+|cuándo|combien|quand)\b",
    re.I,
)
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Verdict:
    """`reason` says why a sentence is cut, empty where it passed. `n` is the section that covers it, `quote` its words.

    `claims` is false for what states nothing (a greeting, "Sure."): it is cut, and the answer is none the worse.
    `abroad`: it was held against a section in another language, which is sure only with abroad.py.
    """

    reason: str
    n: int = 0
    quote: str = ""
    coverage: float = 0.0
    claims: bool = True
    verbatim: bool = False
    item: bool = False
    abroad: bool = False

    @property
    def passed(self) -> bool:
        """Whether the sentence may be shown."""
        return not self.reason


def check(
    draft: Draft,
    shown: Sequence[Shown],
    *,
    language: str,
    hosts: Iterable[str],
    known: Iterable[str] = (),
    site: str = "",
    after: Verdict | None = None,
    question: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
    said: Iterable[str] = (),
) -> Verdict:
    """Judge a sentence.

    `known` are the placeholders of this conversation, `values` what they stand for, and `said` the customer's lines as
    a model saw them; `site` is the shop's name, `after` what passed before, `question` what the customer asked.
    """
    if len(draft.text) > LONGEST:
        return Verdict("too_long")
    meant = _meant(draft.text, shown, values)
    if verbatim := _verbatim(meant, shown, draft.cited, after):
        return verbatim
    text = unicodedata.normalize("NFKC", meant)  # a full-width dot is a dot to a browser, and ½ has figures
    if not words.content(text, language) and not words.quantities(text):
        return Verdict("says_nothing", claims=False)
    if spans.speaks_to_a_model(text):
        return Verdict("instruction")
    if _OWN_DEED.search(text):
        return Verdict("own_deed", claims=False)
    if _OF_ITS_PAPERS.search(text):
        return Verdict("of_its_papers", claims=False)
    if spans.is_row(text):
        return Verdict("row")  # a row of a table passes as it stands or not at all
    if foreign := set(_PLACEHOLDER.findall(text)) - set(known):
        return Verdict(f"placeholder {sorted(foreign)[0]}")
    if not _links_allowed(text, shown, hosts):
        return Verdict("link")
    if _has_markup(draft.text, shown) or _has_markup(text, shown):
        return Verdict("markup")
    if free := next((one for one in _PLACEHOLDER.findall(text) if not _may_stand(one, text, said)), ""):
        return Verdict(f"placeholder {free}")
    own = [section for section in shown if _base(section.language) == _base(language)]
    return _best([_covered(text, section, language, site, question) for section in _ordered(own or shown, draft.cited)])


def to_the_point(draft: Draft, verdict: Verdict, *, question: str, language: str) -> Verdict:
    """The verdict on a first sentence: cut where it is true and says nothing on what was asked.

    A yes or no has to speak of a third of what the question speaks of, anything else of some of it, or be the figure
    that was asked for.
    """
    asked = words.content(question, language)
    shared = asked & words.content(draft.text, language)
    if _YES_OR_NO.match(draft.text):
        enough = 3 * len(shared) >= len(asked)
    else:
        enough = bool(shared) or (bool(_FIGURE_ASKED.search(question)) and bool(words.quantities(draft.text)))
    return verdict if enough or not asked else replace(verdict, reason="beside_the_question")


def plain(draft: Draft, *, question: str, language: str) -> Draft:
    """The draft without its "Yes" or "No" where what it claims is neither what was asked nor the denial of it."""
    if not _YES_OR_NO_AND_MORE.match(draft.text):
        return draft
    if yes_or_no.answers(draft.text, question, language):
        return draft
    return replace(draft, text=yes_or_no.without(draft.text))


def _ordered(shown: Sequence[Shown], cited: Sequence[int]) -> list[Shown]:
    """The cited sections first: a number that was not shown counts for nothing, a wrong one is set right."""
    return sorted(shown, key=lambda section: section.n not in cited)


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    passed = [verdict for verdict in verdicts if verdict.passed]
    if passed:
        return passed[0]
    return max(verdicts, key=lambda verdict: verdict.coverage, default=Verdict("nothing_shown"))


def _verbatim(text: str, shown: Sequence[Shown], cited: Sequence[int], after: Verdict | None) -> Verdict | None:
    """A whole piece of a section, word for word, is covered by itself; an item of a list only after its heading."""
    plain = _plain(text)
    for section in _ordered(shown, cited):
        for span in spans.spans(section.text, section.language):
            goes_on = not span.is_item or (after is not None and after.item and after.n == section.n)
            if plain == _plain(span.said(section.heading)) or (plain == _plain(span.said("")) and goes_on):
                return Verdict("", section.n, span.text[:QUOTE_LENGTH], 1.0, verbatim=True, item=span.is_item)
    return None


def _covered(text: str, section: Shown, language: str, site: str, question: str) -> Verdict:
    pieces = spans.spans(section.text, section.language)
    if _base(section.language) != _base(language):
        return _covered_abroad(text, section, pieces, language, site)
    if not denials.are_read(language):
        return Verdict("unread", section.n)  # a yes and a no may have the same words
    weights = spans.weights(pieces)
    stems = words.content(_PLACEHOLDER.sub(" ", text), section.language)
    cover = _cover(stems, pieces, weights)
    above = words.content(f"{section.title} {section.heading}", section.language)
    below = frozenset[str]().union(*(span.stems for span in cover))
    coverage = _share(stems, above | below, weights) if _share(stems, below, weights) >= COVERED / 2 else 0.0
    quote = _quote(cover, pieces)
    if reason := _missing(text, section, cover, section.language, site):
        return Verdict(reason, section.n, quote, coverage)
    if coverage < COVERED:
        return Verdict("not_covered", section.n, quote, coverage)
    if figure := _figure_out_of_place(text, section, cover):
        return Verdict(f"figure {figure} of something else", section.n, quote, coverage)
    if reason := _opposite(text, section, cover, pieces):
        return Verdict(reason, section.n, quote, coverage)
    if reason := alignment.fault(_PLACEHOLDER.sub(" ", text), section, pieces, question=question):
        return Verdict(f"unaligned: {reason}", section.n, quote, coverage)
    return Verdict("", section.n, quote, coverage)


def _opposite(text: str, section: Shown, cover: Sequence[Span], pieces: Sequence[Span]) -> str:
    said, whole = _under(section, cover), _under(section, pieces)
    return polarity.differs(text, said, section.language, section=whole, title=section.title, heading=section.heading)


def _under(section: Shown, pieces: Sequence[Span]) -> list[str]:
    """The pieces as they are meant: an item of a list under its heading."""
    return [f"{section.heading} {piece.text}" if piece.is_item else piece.text for piece in pieces]


def _covered_abroad(text: str, section: Shown, pieces: Sequence[Span], language: str, site: str) -> Verdict:
    """A sentence in another language than the section: judged by what is written alike in both."""
    anchors = _anchors(text, language)
    best = max(pieces, key=lambda piece: len(anchors & _anchors(piece.text, section.language)), default=None)
    shared = anchors & _anchors(best.text, section.language) if best else frozenset()
    if not best or not shared or len(words.content(text, language)) > _WORDS_TO_AN_ANCHOR * len(shared):
        return Verdict("no_anchor", section.n)
    quote, coverage = _quote([best], pieces), len(shared) / len(anchors)
    if reason := _missing(text, section, [best], language, site):
        return Verdict(reason, section.n, quote, coverage)
    reason = abroad.differs(text, language, best.text, section.language)
    return Verdict(reason, section.n, quote, coverage, abroad=not reason)


def _anchors(text: str, language: str) -> frozenset[str]:
    quantities = {f"{number} {unit}" for number, unit in words.quantities(text)}
    return frozenset(quantities | words.facts(text) | words.names(text, language))


def _cover(stems: frozenset[str], pieces: Sequence[Span], weights: dict[str, float]) -> list[Span]:
    """The one to three pieces that together say most of it, in the section's order."""
    chosen: list[Span] = []
    left = stems
    while left and len(chosen) < 3:
        best = max(pieces, key=lambda piece: sum(weights.get(s, 0.0) + 0.1 for s in left & piece.stems), default=None)
        gain = left & best.stems if best else frozenset()
        if not best or not gain or (chosen and sum(weights.get(s, 0.0) for s in gain) < 0.5):
            break
        chosen.append(best)
        left -= gain
    return sorted(chosen, key=pieces.index)


def _share(stems: frozenset[str], covered: frozenset[str], weights: dict[str, float]) -> float:
    """How much of the sentence is covered; a word that the section does not have at all weighs most."""
    total = sum(weights.get(stem, 1.0) + 0.2 for stem in stems)
    return sum(weights.get(stem, 1.0) + 0.2 for stem in stems & covered) / total if total else 0.0


def _missing(text: str, section: Shown, cover: Sequence[Span], language: str, site: str) -> str:
    """Which figure, address or name of the sentence its source does not have."""
    source = " ".join([section.title, section.heading, *(span.text for span in cover)])
    have = words.quantities(source)
    for number, unit in words.quantities(_PLACEHOLDER.sub(" ", text)):
        if not words.has(have, number, unit):
            return f"figure {number} {unit}".strip()
    whole = f"{section.title} {section.heading} {section.text} {site}"
    if lost := words.facts(_PLACEHOLDER.sub(" ", text)) - words.facts(whole):
        return f"fact {sorted(lost)[0]}"
    lowered = whole.lower()
    if strange := [name for name in words.names(text, language) if name not in lowered]:
        return f"name {min(strange)}"
    return ""


def _figure_out_of_place(text: str, section: Shown, cover: Sequence[Span]) -> str:
    """A figure whose piece of the source speaks of other things than the sentence does."""
    figures = {number for number, _ in words.quantities(text)}
    said = words.content(text, section.language) - figures
    above = words.content(section.heading, section.language)
    for figure in figures:
        homes = [span for span in cover if figure in {number for number, _ in words.quantities(span.text)}]
        if homes and all(len(said & (span.stems | above)) * 3 < len(said) for span in homes):
            return figure
    return ""


def _links_allowed(text: str, shown: Sequence[Shown], hosts: Iterable[str]) -> bool:
    everything = " ".join(section.text for section in shown)
    allowed = set(hosts)
    for link in words.LINK.findall(text):
        if link.rstrip(".,;:!?/") not in everything and _host(link) not in allowed:
            return False
    return True


def _has_markup(text: str, shown: Sequence[Shown]) -> bool:
    """Whether it has a sign of markup, or a link's brackets or slashes beside whole addresses."""
    for sign in {match.group() for match in _MARKUP.finditer(words.LINK.sub(" ", text))}:
        if len(sign) > 1 or sign == "<" or not any(sign in section.text for section in shown):
            return True
    return False


def _meant(text: str, shown: Sequence[Shown], values: Mapping[str, str]) -> str:
    """The text with those of the customer's values in it that a section has too: there they are the shop's."""
    everything = _SPACE.sub(" ", " ".join(section.text for section in shown)).casefold()
    return _PLACEHOLDER.sub(lambda one: _told(values.get(one.group(), ""), everything) or one.group(), text)


def _told(value: str, everything: str) -> str:
    return value if _SPACE.sub(" ", value).casefold() in everything else ""


def _may_stand(placeholder: str, text: str, said: Iterable[str]) -> bool:
    """Whether a value of the customer's may stand in an answer.

    They said it of the same thing, behind the same words; or it is their name, by which they are spoken to. A card's or
    an account's number or an id is never repeated.
    """
    if _SECRET.match(placeholder):
        return False
    before, _, behind = text.partition(placeholder)
    if not before.strip() and placeholder.startswith("[NAME_"):
        return behind.startswith(",")
    return bool(before.strip()) and any(
        _words_before(before) == _words_before(line.partition(placeholder)[0]) for line in said if placeholder in line
    )


def _words_before(text: str) -> list[str]:
    return [_YOURS.get(token, token) for token in words.tokens(_PLACEHOLDER.sub(" ", text))[-_BESIDE:]]


def _host(link: str) -> str:
    return urlsplit(link if "//" in link else "//" + link).hostname or ""


def _quote(cover: Sequence[Span], pieces: Sequence[Span]) -> str:
    """The covering pieces as they stand, with a mark where something between them is left out."""
    quote, last = "", -1
    for span in cover:
        at = pieces.index(span)
        longer = quote + ("" if not quote else " " if at == last + 1 else " … ") + span.text
        if len(longer) > QUOTE_LENGTH:
            break
        quote, last = longer, at
    return quote or (cover[0].text[: QUOTE_LENGTH - 1] + "…" if cover else "")


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" .“”\"'„«»").casefold()
