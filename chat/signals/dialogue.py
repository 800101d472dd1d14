"""How a conversation goes, as figures: repetition, corrections, refusals, apologies, moods. Pure: no rows, no clock.

Most dissatisfaction is polite, and words alone find little of it: what the assistant said counts as much.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from chat.learned.linear import Matrix
from chat.mood import score

# What is read of a conversation: the customer's last lines, and as many of the other side.
LINES: Final = 3
_MOST_CHARACTERS: Final = 1000
_WORD: Final = re.compile(r"[^\W_]{2,}")
# Written without spaces, so that a sentence is one "word": Chinese, Japanese, Thai and its neighbours.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff]+")
_COMMON: Final = frozenset(
    "the and you for are can with that this have what how your please need would like want there will not but was from any"
    " der die das und ich sie ist nicht ein eine mit von auf mir bitte el la los las que una por con para me no es de en"
    " le les des une est pas je vous que pour dans".split()
)


def _cue(*languages: str) -> re.Pattern[str]:
    return re.compile("|".join(languages), re.I)


# What each side says, a line a language: English, German, Spanish and Portuguese, French and Italian.
CUES: Final = {
    "refuses": _cue(
        r"^\W*(?:(?:hmm*|oh|ok(?:ay)?|actually|sorry|well|but|thanks but)\W+)?(?:no+|nope|nah|negative|not\b|never\s?mind|none|neither|don'?t\b|do not\b|i don'?t|i do not|i'm not|that'?s not|it'?s not)",
        r"^\W*(?:nein|nee+|nö|nicht|kein\w*|das ist nicht|stimmt nicht)",
        r"^\W*(?:no|nada|ningun\w*|tampoco|não|nenhum\w*|nunca)\b",
        r"^\W*(?:non|pas\b|aucun\w*|ce n'est pas|c'est pas|niente|nessun\w*)",
    ),
    "denies": _cue(
        r"\b(?:not|no|nothing|never|cannot|without)\b|n['’]?t\b",
        r"\b(?:nicht|kein\w*|nie|nichts)\b",
        r"\b(?:no|nada|nunca|não|sin|sem)\b",
        r"\b(?:ne|pas|rien|jamais|non|niente|mai)\b",
    ),
    "corrects": _cue(
        r"\b(?:actually|sorry|instead|i (?:meant|mean|said|asked|told|wanted)|as i said|like i said|already (?:said|told|gave|tried|did)|i (?:just|already)"
        r"|wrong|incorrect|not (?:right|correct|what)|mistake|change (?:it|the|that|my)|should (?:be|have)|supposed to|again)\b",
        r"\b(?:eigentlich|entschuldigung|sorry|stattdessen|ich (?:meinte|sagte|habe gesagt|wollte)|wie gesagt|schon (?:gesagt|versucht|gemacht)|bereits|falsch|nicht das|nochmal|wieder)\b",
        r"\b(?:en realidad|en cambio|quise decir|dije|ya (?:dije|le dije|lo he|probé|lo hice)|equivocad[oa]|incorrecto|otra vez|de novo|já (?:disse|tentei)|errado)\b",
        r"\b(?:en fait|plutôt|je (?:voulais|parlais|demandais)|j'ai (?:dit|demandé|déjà)|déjà (?:dit|essayé|fait)|faux|erreur|encore une fois|già (?:detto|provato)|sbagliato)\b",
    ),
    "seeks": _cue(
        r"\b(?:another|other|different|else|alternative|what about|how about|prefer|rather|more (?:\w+s|options?)|(?:some|any|find|show)(?: \w+){0,2} more)\b",
        r"\b(?:andere[nrs]?|anders|alternative|lieber|sonst)\b",
        r"\b(?:otr[oa]s?|diferente|alternativa|prefiero|outr[oa]s?)\b",
        r"\b(?:autres?|différente?|alternative|préfère|altr[oi]|divers[oa])\b",
    ),
    "minds": _cue(
        r"\b(?:too (?:early|late|expensive|far|much|many|small|big|large|long|short|slow|soon)|(?:a )?pity|(?:so|that'?s|how) sad|shame|unfortunate\w*|disappoint\w*"
        r"|(?:it |they )?(?:must|needs? to|has to|have to|should) be|only (?:need|want|one)|(?:not|isn'?t|don'?t|doesn'?t) (?:\w+ )?(?:good|work\w*|interested|like|suit\w*|help\w*|enough|needed|necessary))\b",
        r"\b(?:zu (?:früh|spät|teuer|weit|viel|klein|groß|lang|kurz)|muss (?:\w+ )?sein|gefällt mir nicht|passt (?:\w+ )?nicht|hilft (?:\w+ )?nicht|reicht nicht|nur (?:ein\w*|zwei))\b",
        r"\b(?:demasiado|muy (?:temprano|tarde|caro|lejos|grande|pequeño)|tiene que ser|no me (?:gusta|sirve|ayuda|interesa)|muito (?:cedo|tarde|caro|longe)|tem que ser|não (?:serve|ajuda))\b",
        r"\b(?:trop (?:tôt|tard|cher|loin|grand|petit)|il faut que|ne (?:me )?(?:convient|plaît|sert|suffit|aide) (?:pas|à rien)|troppo|deve essere|non (?:mi )?(?:piace|serve|aiuta))\b",
    ),
    "doubts": _cue(
        r"\b(?:are you sure|why|really|still|look again|try again|check again|double.?check|how come|hmm+|seriously|i guess|too bad|forget it|whatever)\b|\?\s*\?|\.\.\.|…",
        r"\b(?:sicher|warum|wieso|wirklich|immer noch|noch immer|schade|vergessen sie|egal)\b",
        r"\b(?:seguro|por qué|de verdad|todavía|sigue|lástima|olvídelo|da igual|ainda|porque não)\b",
        r"\b(?:sûr|pourquoi|vraiment|toujours pas|encore|dommage|laissez tomber|tant pis|ancora|perché)\b",
    ),
    "agrees": _cue(
        r"\b(?:yes|yeah|yep|yup|sure|ok(?:ay)?|right|correct|fine|sounds|works?|perfect|great|good|awesome|nice|love(?:ly)?|excellent|wonderful|exactly)\b",
        r"\b(?:ja|klar|gern\w*|passt|stimmt|super|perfekt|prima|toll|gut|genau)\b",
        r"\b(?:sí|claro|vale|perfecto|genial|bien|bueno|exacto|sim|ótimo|perfeito|bom)\b",
        r"\b(?:oui|d'accord|parfait|super|bien|exactement|sì|certo|perfetto|bene|ottimo)\b",
    ),
    "thanks": _cue(
        r"\b(?:thanks?|thank you|thx|cheers|appreciate\w*)\b",
        r"\b(?:dank\w*)\b",
        r"\b(?:gracias|obrigad[oa])\b",
        r"\b(?:merci|grazie)\b",
    ),
    "ends": _cue(
        r"\b(?:that'?s (?:all|it|everything)|that (?:is|will be|'ll be) all|all (?:i need(?:ed)?|set|good)|bye|good ?bye|nothing else|see you|have a (?:good|great|nice) day|not for me|no more)\b",
        r"\b(?:das (?:ist|war|wäre) alles|tschüss|auf wiedersehen|schönen tag)\b",
        r"\b(?:eso es todo|adiós|nada más|hasta luego|é só isso|tchau)\b",
        r"\b(?:c'est tout|au revoir|bonne journée|è tutto|arrivederci)\b",
    ),
}  # fmt: skip
OTHER_SIDE: Final = {
    "apologises": _cue(
        r"\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret|afraid)\b",
        r"\b(?:leider|entschuldig\w*|tut mir leid|bedauer\w*)\b",
        r"\b(?:lo siento|lamento|perdón|desafortunadamente|lamentablemente|desculpe|infelizmente)\b",
        r"\b(?:désolée?s?|malheureusement|regrett\w*|pardon|mi dispiace|purtroppo)\b",
    ),
    "fails": _cue(
        r"\b(?:unable|could ?n['o]t|cannot|can['’]?t|failed|not (?:available|successful|able|possible|found|show\w*|find\w*|have|work\w*|see\w*)|un(?:available|successful)"
        r"|(?:don'?t|doesn'?t|didn'?t|isn'?t|aren'?t|wasn'?t|won'?t)|(?:do|does|did|is|are|was) not|only (?:\w+ ){0,2}(?:choice|option|one|1|possibility|available)|no (?:\w+ ){0,3}(?:available|that|match\w*|meet\w*|in|with|found)|there (?:are|is) no|booked up|no longer|sold out|full)\b",
        r"\b(?:nicht (?:gefunden|möglich|verfügbar)|konnte nicht|kann nicht|kein\w*|ausgebucht|nichts gefunden)\b",
        r"\b(?:no (?:puedo|pude|he podido|hay|encontr\w*|es posible|está disponible)|não (?:há|consigo|encontrei|foi possível)|agotad[oa])\b",
        r"\b(?:ne (?:peux|trouve|sais) pas|n'ai (?:pas|rien) (?:pu|trouvé)|pas (?:disponible|possible)|impossible|aucun\w*|non (?:posso|riesco|è possibile))\b",
    ),
    "succeeds": _cue(
        r"\b(?:success\w*|(?:is|are|been|was|i(?:'ve)?) (?:booked|confirmed|reserved|scheduled|made|all set)|reference (?:number)?|enjoy|all set|done|here you go|playing)\b",
        r"\b(?:gebucht|bestätigt|erledigt|erfolgreich|viel spaß)\b",
        r"\b(?:reservad[oa]|confirmad[oa]|listo|hecho|con éxito|disfrut\w*|feito)\b",
        r"\b(?:réservée?|confirmée?|c'est fait|avec succès|profitez|prenotat[oa]|fatto)\b",
    ),
    "confirms": _cue(
        r"\b(?:confirm\w*|is (?:that|this|it) (?:correct|right|ok\w*)|does that|right\?|correct\?|the following details?|should i|shall i|would you like|do you want)\b",
        r"\b(?:bestätigen|richtig\?|stimmt das|soll ich|möchten sie)\b",
        r"\b(?:confirm\w*|correcto\?|es correcto|desea|quiere|posso|deseja)\b",
        r"\b(?:confirm\w*|est-ce (?:correct|bien)|voulez-vous|souhaitez-vous|conferm\w*|vuole)\b",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One line of a conversation: `customer` tells who, `language` that of the talk. VADER reads English alone."""

    customer: bool
    text: str
    language: str = "en"


def measure(lines: Sequence[Said]) -> dict[str, float]:
    """The figures of a conversation, judged after its last customer's line; each is around 0 to 1."""
    upto = max((at for at, line in enumerate(lines) if line.customer), default=-1)
    read = [replace(line, text=line.text[:_MOST_CHARACTERS]) for line in lines[: upto + 1]]
    mine = [line for line in read if line.customer][::-1]
    theirs = [line for line in read if not line.customer][::-1]
    found: dict[str, float] = {}
    for age in range(LINES):
        found |= _of_customer(age, mine)
        found |= _of_other_side(age, theirs)
    found["repeats"] = _repeats(mine)
    found["made_repeat"] = _repeats(theirs)
    found["turns"] = min(len(mine), 6) / 6
    found["troubles"] = sum(found[f"{cue}_{age}"] for cue in ("apologises", "fails") for age in range(LINES)) / 6
    found["refused_a_confirmation"] = found["refuses_0"] * found["confirms_0"]
    found["refused_after_failure"] = found["refuses_0"] * found["fails_0"]
    found["another_after_failure"] = found["seeks_0"] * max(found["fails_0"], found["apologises_0"])
    found["thanks_alone"] = found["thanks_0"] * (1 - found["agrees_0"])
    return found


def matrix(conversations: Sequence[Sequence[Said]]) -> Matrix:
    """(conversations, figures), a row each."""
    return np.array([list(measure(lines).values()) for lines in conversations], np.float32)


# A conversation's earlier lines come again with every turn.
@lru_cache(4096)
def cues(text: str) -> frozenset[str]:
    """Those of CUES that a customer's line has."""
    return frozenset(cue for cue, pattern in CUES.items() if pattern.search(text))


@lru_cache(4096)
def _their_cues(text: str) -> frozenset[str]:
    return frozenset(cue for cue, pattern in OTHER_SIDE.items() if pattern.search(text))


def _of_customer(age: int, mine: Sequence[Said]) -> dict[str, float]:
    text = mine[age].text if age < len(mine) else ""
    found = {f"{cue}_{age}": float(cue in cues(text)) for cue in CUES}
    found[f"mood_{age}"] = score(text, mine[age].language) if text else 0.0
    found[f"asks_{age}"] = float("?" in text)
    found[f"short_{age}"] = 1 / (1 + len(_WORD.findall(text)) / 4) if text else 0.0
    return found


def _of_other_side(age: int, theirs: Sequence[Said]) -> dict[str, float]:
    text = theirs[age].text if age < len(theirs) else ""
    found = {f"{cue}_{age}": float(cue in _their_cues(text)) for cue in OTHER_SIDE}
    found[f"their_mood_{age}"] = score(text, theirs[age].language) if text else 0.0
    found[f"they_ask_{age}"] = float("?" in text)
    found[f"they_say_little_{age}"] = 1 / (1 + len(_WORD.findall(text)) / 12) if text else 0.0
    return found


def _repeats(newest_first: Sequence[Said]) -> float:
    """How much of the newest line one of the three before it has."""
    return max((alike(newest_first[0].text, other.text) for other in newest_first[1:4]), default=0.0)


def alike(one: str, other: str) -> float:
    """The share of the shorter text's words that both have, without the commonest; 0 where hardly a word is left."""
    first, second = _words(one), _words(other)
    shorter = min(first.total(), second.total())
    return (first & second).total() / shorter if shorter >= 2 else 0.0


def _words(text: str) -> Counter[str]:
    text = text.casefold()
    pairs = {run[at : at + 2] for run in _UNSPACED.findall(text) for at in range(len(run) - 1)}
    return Counter((set(_WORD.findall(_UNSPACED.sub(" ", text))) - _COMMON) | pairs)
