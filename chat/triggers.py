"""From what a visitor wrote to the reasons for calling a person. Pure: no rows, no clock.

These are the reasons that are certain at once, by words, capitals and mood; each names its evidence.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from .asking import OTHER_LETTERS, declines_a_person, is_latin, plain, whole, words_for_a_person
from .mood import weighted
from .sensitive import stands_in, words_of
from .shouting import volume
from .weighing import HARD, HEARD, Policy, calling, scaled, valued
from .weighing import Reason as Reason

# Words that say at once that somebody is angry with us. "Scam" and the like also name what others do: they count
# where somebody is called one, and not in a question.
ANGRY: Final = {
    "en": r"\b(?:(?:this is|it'?s|that'?s|what|such|total|complete|absolute|pure|you(?: guys| people)?(?: are|'re)?|your|bunch of|lot of|are all|are)\s+(?:\w+\s+){0,2}(?:scam(?:mers?)?|rip-?off|thieves|crooks|liars|fraudsters|con artists|fraud|theft)\b(?![^.!\n]{0,40}\?)|see you in court"
    r"|(?:i'?m|i am|makes? me|so|absolutely|am) (?:\w+ ){0,2}(?:furious|livid)|(?:this|that|it|what|how|you|your\s\w+|service|company|support|is|are|absolutely|simply|just|completely|utterly|totally) (?:is |are |'s |so |really )*(?:outrageous|unacceptable|disgusting|disgraceful|pathetic|ridiculous)\b(?! amounts?\b)"
    r"|(?:^|[.!,]\s*)(?:unacceptable|outrageous|disgraceful|disgusting|pathetic|ridiculous)\b(?! amounts?\b)|fed up with (?:you|this|your|waiting|the way)|(?:i'?m|i am|really|so) fed up|sick (?:and tired )?of (?:this|your?|being|waiting)"
    r"|worst (?:company|service|shop|support|experience)|hate (?:you|this (?:company|shop|service|bot)|your)|waste of (?:time|money)|are you (?:kidding|serious|joking)(?: me)?\s*[?!]{2,}|are you kidding(?: me)?|wtf|bullshit|fuck\w*)\b",
    "de": r"\b(?:(?:das ist|ihr seid|sie sind|so ein|reiner?|alles) (?:\w+ ){0,2}(?:betrug|betrüger|abzocker?|diebe)\b(?![^.!\n]{0,40}\?)|unverschämt(?:heit)?|frechheit|(?:ich bin|bin|macht mich) (?:\w+ ){0,2}(?:stinksauer|wütend|stocksauer)|lächerlich|saftladen|reicht es mir|mir reicht'?s|schnauze voll|inakzeptabel|scheiß(?:laden|verein|service|bot|firma)|verarsch\w*)\b",
    "es": r"\b(?:(?:es|son|sois|qué|vaya|menuda|una|unos) (?:\w+ ){0,2}(?:estafa(?:dores)?|timo|ladrones|sinvergüenzas)\b(?![^.!\n]{0,40}\?)|inaceptable|indignante|vergüenza|vergonzoso|(?:estoy|me tienen?) (?:\w+ ){0,2}furios[oa]|hart[oa] de|ridículo|qué asco|pésimo|mierda)\b",
    "it": r"\b(?:(?:è|siete|che|una vera|dei) (?:\w+ ){0,2}(?:truff(?:a|atori)|ladri)\b(?![^.!\n]{0,40}\?)|vergogn(?:a|oso|osi|atevi)|inaccettabile|che schifo|fa schifo|(?:sono|mi fa) (?:\w+ ){0,2}furios[oa]|ridicol[oi]|pessim[oi] (?:servizio|assistenza)|incompetenti|(?:mi avete|sono|m'avete) (?:\w+ ){0,2}stufat?[oa])\b",
    "pt": r"\b(?:(?:é|são|que|um|uns|bando de) (?:\w+ ){0,2}(?:golpe|golpistas|ladr(?:ão|ões|oes))\b(?![^.!\n]{0,40}\?)|que vergonha|uma vergonha|inaceit[áa]vel|rid[íi]culo|p[ée]ssimo|(?:estou|tô|to) (?:\w+ ){0,2}furios[oa]|palhaç(?:ada|o)|descaso|incompetentes|falta de respeito)\b",
    "nl": r"\b(?:(?:jullie zijn|dit is|wat een|stelletje) (?:\w+ ){0,2}(?:oplichters?|oplichting|dieven)\b(?![^.!\n]{0,40}\?)|schandalig|belachelijk|(?:ik ben|maakt me) (?:\w+ ){0,2}(?:woedend|spuugzat)|spuugzat|onacceptabel|waardeloze? (?:service|bedrijf|winkel)|walgelijk|klote\w*)\b",
    "pl": r"\b(?:(?:jesteście|to|to jest|band[ąa]|zwykłe|zwykli) (?:\w+ ){0,2}(?:oszu(?:ści|stów|st|stwo)|złodziej\w*)\b(?![^.!\n]{0,40}\?)|skandal|żenada|(?:jestem) (?:\w+ ){0,2}wściekł[ya]|niedopuszczalne|beznadziejn\w+ (?:obsługa|firma|sklep)|kpina|mam (?:\w+ ){0,2}(?:dość|dosyć))\b",
    "tr": r"\b(?:(?:siz|hepiniz|tam bir|resmen) (?:\w+ ){0,2}(?:dolandırıcı|hırsız)\w*\b(?![^.!\n]{0,40}\?)|dolandırıcısınız|rezalet|rezil\w*|kabul edilemez|bıktım|dalga mı geçiyorsun\w*|saçmalık)\b",
    "ru": r"\b(?:(?:вы|это|просто|сплошные|одни) (?:\w+ ){0,2}(?:мошенник\w*|обман\w*|воры|ворюги|жулики)\b(?![^.!\n]{0,40}\?)|безобрази[ею]|позор|возмутительно|бесит\w*|издевательство|(?:вы )?издева(?:етесь|ться)|достали)\b",
    "ar": r"(?:أنتم نصاب\w*|انتم نصاب\w*|نصابين|نصابون|عار عليكم|هذا عار|فضيحة|أنتم حرامي\w*|يا حرامي\w*|سرقتوني|غير مقبول|أنتم لصوص|حرام عليكم|خدمتكم زفت)",
    "ja": r"(?:詐欺(?:だ|会社|師)|最悪(?:だ|です|の|な|。|！)|ふざけるな|ふざけんな|許せない|泥棒(?:だ|め)|いい加減にし|最低(?:だ|です|の会社|な会社))",
    "fr": r"\b(?:(?:c'est|vous êtes|quelle|une vraie|bande d'?e?|pure) (?:\w+ |l'|d'){0,3}(?:arnaque(?:urs?)?|voleurs?|escrocs?|incapables)\b(?![^.!\n]{0,40}\?)|arnaqueurs|inacceptable|scandaleux|honteux|(?:c'est|quelle) (?:une )?honte|je suis (?:\w+ ){0,2}(?:furieux|furieuse|hors de moi)|ras[- ]le[- ]bol|ridicule|(?:j'en ai|y en a|en ai) marre|marre de|inadmissible|service de merde|de merde|vous (?:vous )?(?:moquez|foutez)|tu sers à rien)\b",
}  # fmt: skip
# In one case, one after the other.
UNKNOWNS_UNTIL_PERSON: Final = 2
# "My old provider was a rip-off": whose anger is at somebody else may well like us. Not "my last order": that is ours.
_MY: Final = r"(?:my|our|the|mein\w*|unser\w*|mi|mon|ma|notre|mio|mia|meu|minha|mijn|onze|m[oó]j\w*|мо[йяеи]\w?)"
_OLD: Final = (
    r"(?:old|former|previous|last|ex|alte[nrs]?|früher\w+|vorige\w*|vorherige\w*|letzte[nrs]?|antigu[oa]|anterior|ancien\w*|précédente?|vecchi[oa]|precedente|antig[oa]|oude|star[aey]\w?|poprzedni\w*"
    r"|стар\w+|прошл\w+|прежн\w+|бывш\w+)"
)
_PEOPLE: Final = (
    r"(?:landlord|neighbou?rs?|boss|husband|wife|brother|sister|tenants?|flatmates?|roommates?|employer|ex-\w+|vermieter\w*|nachbar\w*|mann|frau|chef|arbeitgeber\w*|vecin[oa]s?|caser[oa]|jef[ea]|marido|mujer"
    r"|voisine?s?|propriétaire|patron|mari|femme|vicin[oi]|capo|marito|moglie|vizinh[oa]s?|chefe|senhorio|buur\w*|huisbaas|baas|sąsi\w+|szef\w*|mąż|żona|сосед\w*|начальник\w*|муж|жена|хозяин)"
)
_COMPANIES: Final = (
    r"(?:(?:\w+\s+)?(?:provider|compan(?:y|ies)|supplier|operator|carrier|network|insurer|insurance|dealer|contractor|agency)|bank|isp|shop|store|\w*anbieter\w*|firma|\w*versicherung|händler\w*|laden|proveedor\w*|compañ[ií]a|empresa"
    r"|banco|operadora?|aseguradora|tienda|fournisseur|opérateur|banque|assureur|assurance|magasin|fornitore|gestore|operatore|banca|azienda|negozio|assicurazione|compagnia|fornecedor|provedor|loja|seguradora|aanbieder"
    r"|leverancier|verzekeraar|winkel|bedrijf|dostawc\w+|operator\w*|sklep\w*|ubezpieczyciel\w*|провайдер\w*|оператор\w*|банк\w*|магазин\w*|компани\w*)"
)
_OF_OTHERS: Final = re.compile(
    rf"(?:\b{_MY}\s+(?:\w+\s+)?(?:{_PEOPLE}|{_OLD}\s+{_COMPANIES}|{_COMPANIES}\s+{_OLD})\b"
    r"|\b(?:my|mein\w*|mi|mon|ma|mia|meu|minha|mijn|m[oó]j\w*|мо\w+)\s+(?:bank|(?:mobile|phone|internet|energy)\s+(?:provider|company|operator|network)|mobilfunk\w+|handyanbieter|stromanbieter"
    r"|banco|operadora\s+de\s+(?:m[óo]vil|telefon[ií]a|telefonia)|compañ[ií]a\s+de\s+\w+|banque|opérateur\s+(?:mobile|t[ée]l[ée]phonique)|banca|gestore\s+telefonico|telefoonaanbieder|bank\w*|банк\w*|мобильн\w+\s+оператор\w*)\b)"
    r"(?!\s+(?:order|transfer|payment|statement|account|contract|refund|bill|invoice|subscription|parcel|delivery|claim)s?\b)",
    re.I,
)
# Said to our face: that is no other's.
_TO_US: Final = re.compile(
    r"\b(?:you\w*|ihr|sie\s+sind|sois|vous|siete|voi|avete|vocês|jullie|jesteście|siz|hepiniz|вы|ваш\w*)\b|\w+s[ıi]n[ıi]z\b|أنتم|انتم",
    re.I,
)
_ANGRY: Final = re.compile("|".join(ANGRY.values()), re.I)
_ANGRY_LATIN: Final = re.compile(
    "|".join(words for language, words in ANGRY.items() if language not in OTHER_LETTERS), re.I
)


def warm(text: str) -> None:
    """Read a message's words before its transaction, or before anybody's: what was read is known for a while.

    The first message of its kind makes the patterns, and a long one takes 12 ms a thousand characters.
    """
    declines_a_person(text)
    reasons(text=text, moods=(), policy=Policy())


def judge(*, text: str, moods: Sequence[float], policy: Policy, value: float | None = None) -> tuple[Reason, ...]:
    """The reasons to call a person now, none where the assistant may answer."""
    return calling(reasons(text=text, moods=moods, policy=policy, value=value), policy)


def reasons(*, text: str, moods: Sequence[float], policy: Policy, value: float | None = None) -> tuple[Reason, ...]:
    """Everything in a message that speaks for a person, enough or not, before the site's weights.

    `moods` are those of the case, oldest first, this message's last. `value` is a verified customer's.
    """
    quoted_too, text = whole(text), plain(text)
    if moods and moods[-1] < 0 and is_of_others(text):
        moods = (*moods[:-1], 0.0)
    found = (
        _asked(text),
        _sensitive(quoted_too, policy),
        _angry(text, policy.alarm_words),
        _shouting(text, moods[-1] if moods else 0.0),
        _low_mood(moods, policy.mood),
    )
    return (*(reason for reason in found if reason), *valued(value, policy))


def lingering(*, text: str, moods: Sequence[float], policy: Policy, value: float | None = None) -> tuple[Reason, ...]:
    """What the first beat found, and did not call for: the second beat weighs it together with what it reads itself."""
    found = reasons(text=text, moods=moods, policy=policy, value=value)
    return tuple(reason for reason in found if reason.code not in HARD)


def sensitive(text: str, policy: Policy) -> tuple[Reason, ...]:
    """The subject of a message that is one for a person, by its words; who says it does not matter."""
    found = _sensitive(whole(text), policy)
    return (found,) if found else ()


def unknown(in_a_row: int, policy: Policy, value: float | None = None) -> tuple[Reason, ...]:
    """What questions without an answer, one after the other, say: the second one calls (docs/log.md).

    For an important customer the first one is heard.
    """
    if in_a_row >= UNKNOWNS_UNTIL_PERSON:
        return (Reason("unknown", 1.0, str(in_a_row)),)
    important = valued(value, policy) if in_a_row else ()
    return (Reason("unknown", HEARD, str(in_a_row)), *important) if important else ()


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
    return match.group() if match and (_TO_US.search(match.group()) or not is_of_others(text)) else ""


@lru_cache(256)
def is_of_others(text: str) -> bool:
    """Whether a message speaks of a landlord, a husband, or a company that the customer had before."""
    return bool(_OF_OTHERS.search(text))


def _shouting(text: str, mood: float) -> Reason | None:
    loud = volume(text, mood)
    return Reason("shouting", loud, text.strip()[:80]) if loud else None


def _low_mood(moods: Sequence[float], threshold: float) -> Reason | None:
    """A little below neutral already says a little; at the site's mood it is as much as the threshold that ships."""
    mood = weighted(moods)
    best = 0.0 if threshold < 0 else 1.0
    if not moods or mood >= best:
        return None
    return Reason("angry", scaled((best - mood) / (1 + best), (best - threshold) / (1 + best)), f"{mood:+.2f}")
