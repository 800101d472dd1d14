"""Words that are each other's opposites, by language: a sentence with one and its source with the other disagree."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from chat.assistant import words

# Each pair is two groups of word beginnings, or whole words with a $. A state is said of something: "it is open".
_STATES: Final = {
    "en": "possib/impossib;availab/unavailab;free$/paid$,cost$,costs$,pay$,pays$,charged$;includ/exclud;"
    "valid/invalid,expir;allow,permit,welcome/forbid,prohibit,banned$;accept/reject,refus,declin;"
    "unused/used;unopened/opened;unworn/worn;increas/reduc,lower;open/close,shut;online/offline;"
    "automatic/manual;full/partial,half;cover/uncover;working$,works$/broken,defect,faulty;"
    "visib,shown$/hidden,invisib;enabled/disabled;locked/unlocked;safe$/unsafe,dangerous;"
    "public/private;required,mandatory,compulsory/optional,voluntary;quiet/loud,noisy;heated/unheated;"
    "active/inactive;empty/full$;clean/dirty;warm$,hot$/cold$;legal/illegal;same$/different;"
    "busy$/quiet;early$/late$",
    "de": "möglich/unmöglich;verfügbar,lieferbar/vergriffen,ausverkauft;"
    "kostenlos,gratis,frei$,kostenfrei,nichts$/kostenpflichtig,kostet$,kosten$;"
    "inklusive,enthalten,inbegriffen/ausgeschlossen,ausgenommen;"
    "erlaubt,gestattet,zulässig,willkommen/verboten,untersagt,unzulässig;gültig/ungültig,abgelaufen;"
    "unbenutzt/benutzt;ungeöffnet/geöffnet;geöffnet,offen,öffne/geschlossen,zu$,schließ;"
    "funktionier/defekt,kaputt,gestört;sichtbar/unsichtbar,verborgen,versteckt;"
    "aktiviert,eingeschaltet/deaktiviert,ausgeschaltet;sicher$/unsicher,gefährlich;öffentlich/privat;"
    "verpflichtend,pflicht$/freiwillig,optional;ruhig,leise/laut$;beheizt/unbeheizt;"
    "automatisch/manuell;warm/kalt$,kalte",
    "es": "posible/imposible;disponib/agotad;gratis,gratuit/pago$,cuesta,de pago,pagan;incluid/excluid;"
    "permit/prohib;válid/caduc,inválid;abiert,abre$,abren$/cerrad,cierra;"
    "funciona/averiad,rot$,rota$,roto$;visib/ocult,invisib;activad,activ/desactivad,inactiv;"
    "segur/peligros,insegur;públic/privad;obligatori/opcional,voluntari;cubiert/descubiert;"
    "tranquil,silencios/ruidos;automátic/manual;calient/frí",
    "fr": "possible/impossible;disponib/indisponib,épuisé;gratuit/payant,coûte,paient,paie$;"
    "inclus,compris/exclu;autoris,permis/interdit;valable,valid/expir,invalid;ouvert/fermé;"
    "fonctionn/panne,cassé;visib/caché,invisib,masqué;activé/désactivé;sûr$/dangereu;public/privé;"
    "obligatoire/facultati,optionnel;calme/bruyan;automatique/manuel;chaud/froid",
    "it": "possibil/impossibil;disponibil/esaurit,indisponibil;gratis,gratuit/pagament,costa$,costano$;"
    "inclus/esclus;permess,consentit,ammess/vietat,proibit;valid/scadut,invalid;apert/chius;"
    "funziona/guast,rott;visibil/nascost,invisibil;attiv,abilitat/disattiv,disabilitat;sicur/pericolos;"
    "pubblic/privat;obbligatori/facoltativ,opzional;cald/fredd;automatic/manual",
    "pt": "possív/impossív;disponív/esgotad,indisponív;grátis$,gratuit/pago$,paga$,pagos$,custa;"
    "incluíd/excluíd;permitid/proibid;válid/expirad,inválid;abert/fechad,encerrad;"
    "funciona/avariad,quebrad;visív/ocult,escondid,invisív;ativ/desativ,inativ;segur/perigos;"
    "públic/privad;obrigatóri/opciona,facultativ;quente/frio$,fria$;automátic/manua",
    "nl": "mogelijk/onmogelijk;beschikbaar/uitverkocht,onbeschikbaar;gratis/betaald,kost$,kosten$;"
    "inbegrepen/uitgesloten;toegestaan/verboten,verboden;geldig/ongeldig,verlopen;"
    "open$,geopend/gesloten,dicht$;werkt$,werken$/kapot,defect;zichtbaar/onzichtbaar,verborgen;"
    "ingeschakeld/uitgeschakeld;veilig/onveilig,gevaarlijk;openbaar/privé;"
    "verplicht/optioneel,vrijwillig;warm/koud;automatisch/handmatig",
    "sv": "möjlig/omöjlig;tillgänglig/slutsåld,otillgänglig;gratis,kostnadsfri/kostar$,avgiftsbelagd;"
    "ingår$,inkludera/exkludera;tillåt/förbju,otillåt;giltig/ogiltig,utgången;öppen,öppet,öppna/stäng;"
    "fungerar/trasig,sönder;synlig/dold,osynlig;aktiv/inaktiv,avaktiv;säker/osäker,farlig;"
    "offentlig/privat;obligatorisk/frivillig,valfri;varm/kall$,kallt$,kalla$",
    "ru": "возможн/невозможн;доступ/недоступ;бесплатн/платн,стоит$,стоят$;включен,включён/исключен,исключён;"
    "разреш/запрещ;действительн/недействительн,просроч;открыт/закрыт;работает,работают/сломан,неисправ;"
    "видим,видно,видн/скрыт,невидим;включ/отключ,выключ;безопас/опас,небезопас;"
    "обязательн/необязательн,добровольн;тепл/холодн",
    "ar": "ممكن/مستحيل;متاح,متوفر/نفد;مجاني,مجانا/مدفوع;مشمول/مستثن,مستبعد;مسموح/ممنوع,محظور;مفتوح/مغلق,مقفل;"
    "ظاهر,مرئي/مخفي;مفعل/معطل;آمن/خطير;صالح/منته",
}
# What says when, with what or for how many: no state by itself.
_OTHERS: Final = {
    "en": "always/never;before/after;with$/without;can$/must;all/none;everyone/nobody;first/last;new/old",
    "de": "immer/nie;vor/nach;mit/ohne;kann,können/muss,müssen",
    "es": "siempre/nunca;antes/después;con/sin;puede/debe",
    "fr": "toujours/jamais;avant/après;avec/sans;peut,pouvez/doit,devez",
}
# What turns a word into its opposite when put before it: washable, non-washable.
_PREFIXES: Final = {
    "en": ("non", "un", "in", "im", "ir", "dis"), "de": ("un", "nicht"), "es": ("no", "in", "im", "des"),
    "fr": ("non", "in", "im", "dé"), "it": ("non", "in", "im", "dis"), "pt": ("não", "in", "im", "des"),
    "nl": ("on", "niet"), "sv": ("o", "icke"), "ru": ("не",),
}  # fmt: skip
_SHORTEST: Final = 5  # letters of a word that a prefix turns: "formal" and "informal", no "come" and "income"
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-‑](?=[^\W\d_])")
_AND_BEFORE: Final = re.compile(r"^[وف](?=\w{4})")  # Arabic writes "and" as one word with what follows

Pair = tuple[str, str]


def opposed(said: str, source: str, language: str) -> bool:
    """Whether the one has a word and the other its opposite."""
    ours, theirs = _tokens(said), _tokens(source)
    for left, right in _pairs(_base(language)):
        if _one_sided(ours, left, right) and _one_sided(theirs, right, left):
            return True
        if _one_sided(ours, right, left) and _one_sided(theirs, left, right):
            return True
    return any(True for _ in _turned(ours, theirs, language)) or any(True for _ in _turned(theirs, ours, language))


def is_state(token: str, language: str) -> bool:
    """Whether a word in lower case is said of something, and has an opposite."""
    return any(_has([_AND_BEFORE.sub("", token)], group) for pair in _states(_base(language)) for group in pair)


def _tokens(text: str) -> list[str]:
    return [_AND_BEFORE.sub("", token) for token in words.tokens(_HYPHEN.sub("", text))]


def _turned(ours: Sequence[str], theirs: Sequence[str], language: str) -> Iterator[str]:
    """The words of ours of which theirs have only that with a prefix that turns it."""
    for prefix in _PREFIXES.get(_base(language), ()):
        turned = {token.removeprefix(prefix) for token in theirs if token.startswith(prefix)}
        for token in ours:
            if len(token) >= _SHORTEST and token in turned and token not in theirs and prefix + token not in ours:
                yield token


def _one_sided(tokens: Sequence[str], these: str, not_those: str) -> bool:
    return _has(tokens, these) and not _has(tokens, not_those)


def _has(tokens: Sequence[str], beginnings: str) -> bool:
    starts = tuple(start for start in beginnings.split(",") if start)
    open_ended = tuple(start for start in starts if not start.endswith("$"))
    return any(f"{t}$" in starts or (t.startswith(open_ended) if len(t) > 4 else t in starts) for t in tokens)


@cache
def _states(language: str) -> tuple[Pair, ...]:
    return _split(_STATES.get(language, ""))


@cache
def _pairs(language: str) -> tuple[Pair, ...]:
    return (*_states(language), *_split(_OTHERS.get(language, "")))


def _split(listed: str) -> tuple[Pair, ...]:
    found = (pair.partition("/") for pair in listed.split(";") if pair)
    return tuple((left, right) for left, _, right in found)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
