"""The words with which people ask for a person, in the languages that code speaks. Pure: no rows, no clock."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from .bare_words import names_a_person
from .declining import DECLINED, IN_PASSING
from .folding import fold
from .quoted import own_words

# Who is asked for. After "I want", "someone" and "people" would be something else.
_EN: Final = (
    r"(?:(?:real|actual|live|living|human|different|another|other)\s+)*(?:human(?:\s+being)?|person|agent|representative|rep|advis[eo]r|manager|supervisor"
    r"|operator|boss|customer\s+(?:service|support|care)(?:\s+(?:agent|rep(?:resentative)?|person|team|manager))?|support\s+(?:staff|team|agent|person)|member\s+of\s+(?:your\s+)?staff)"
)
_DE: Final = (
    r"(?:(?:echte|richtige|menschliche|lebende)[nr]?\s+)*(?:mensch(?:en)?|mitarbeiter(?:in)?|person|berater(?:in)?|manager(?:in)?"
    r"|kundenbetreuer(?:in)?|ansprechpartner(?:in)?|kundendienst|kundenservice|support(?:[ -]?mitarbeiter(?:in)?)?|chef(?:in)?|vorgesetzte[nr]?|filialleiter(?:in)?)"
)
_ES: Final = r"(?:ser\s+)?(?:persona|humano|agente|responsable|encargad[oa]|asesora?|operadora?|representante|supervisora?|emplead[oa]|jef[ea]|atenci[oó]n\s+al\s+cliente)"
_FR: Final = (
    r"(?:(?:vraie?|v[ée]ritable)\s+)?(?:(?:[êe]tre\s+)?humain|personne|conseill(?:er|[eè]re)(?:\s+client[eè]le)?|agent|responsable"
    r"|op[ée]rat(?:eur|rice)|employ[ée]e?|sup[ée]rieure?|service\s+client(?:s|[èe]le)?)"
)
_IT: Final = r"(?:(?:vera?o?|reale|essere)\s+)*(?:persona|uman[oa]|operat(?:ore|rice)|responsabile|consulente|addett[oa]|superiore|capo|direttore|assistenza(?:\s+clienti)?|servizio\s+clienti)"
_PT: Final = r"(?:ser\s+)?(?:pessoa|humano|atendente|gerente|respons[aá]vel|supervisora?|operadora?|funcion[aá]ri[oa]|agente|chefe|suporte(?:\s+ao\s+cliente)?|atendimento(?:\s+ao\s+cliente)?)"
_NL: Final = r"(?:(?:echte?|menselijke?)\s+)*(?:mens|persoon|medewerk(?:er|ster)|manager|leidinggevende|chef|baas|collega|iemand|klantenservice|klantendienst|helpdesk)"
_PL: Final = (
    r"(?:(?:prawdziw\w+|żyw\w+)\s+)*(?:człowiek\w*|osob\w+|konsultant\w*|pracownik\w*|kierownik\w*|przełożon\w+|menedżer\w*"
    r"|obsług\w+\s+klienta|kimś|doradc\w+|biur\w+\s+obsługi)"
)
_TR: Final = r"(?:gerçek\s+(?:bir\s+)?)?(?:insan\w*|temsilci\w*|yetkili\w*|müdür\w*|kişi\w*|çalışan\w*|danışman\w*|biri(?:yle|si|yle)\w*|müşteri\s+hizmet\w*)"
_RU: Final = r"(?:(?:живы|настоящи|реальны)\w+\s+)?(?:человек\w*|людьми|людям|оператор\w*|менеджер\w*|сотрудник\w*|начальник\w*|руководител\w*|консультант\w*|специалист\w*|кем-(?:то|нибудь)|служб\w+\s+поддержки|поддержк\w+)"
_CHCE: Final = "chcę|"  # "I want"; without the accent it is "he wants"
_AR: Final = r"(?:ال)?(?:إنسان|انسان|شخص|موظف|مدير|مسؤول|مسئول|ممثل|مشرف|بشر|خدمة\s+العملاء|أحد|احد)\w*"
_BOT: Final = r"(?:chat\s?)?(?:ro)?bots?"
# Certain is only who ends the clause with a person, or goes on with what such a wish goes on with: "I want a human hair
# wig", "a person more" and "an agent for removing rust" are about something else, and the second beat reads the rest.
_ENDS: Final = r"[^\S\n]*(?:[^\w\s'-]|\n|$|\s-)"
_THEN_EN: Final = (
    rf"\b(?={_ENDS}|\s+(?:please|pls|plz|now|right\s+now|here|there|today|asap|immediately|again|instead|already|available|around|awake|online|this|and|but|or|not"
    r"|because|since|so|rather|before|when|responses?|reply|answers?|help|of\s+yours|over\s+the\s+phone|by\s+phone|in\s+charge|about|regarding|that|whom|i\s+can|i\s+could|we\s+can"
    r"|on\s+(?:the\s+)?(?:phone|line|chat|this)|with\s+(?:authority|experience)|from\s+(?:your|the|billing|sales|support)|at\s+(?:your|once|last)|for\s+(?:once|this)|behind|bro|mate|in\s+this\s+chat|on\s+here|is\s+(?:around|available|there)"
    r"|to\s+(?:talk|speak|chat|help|call|look|deal|handle|assist|contact|phone|ring|explain|sort|fix|solve|answer|take\s+over|get\s+back|go|review|check|walk|listen|step|read|respond|reply|write)"
    r"|who(?:'s|\s+(?:is|knows?|understands?|actually|really|speaks|decides|has|will|could|can\s+(?!sign|collect|receive|accept|pick|take|open)\w+)))\b)"
)
_THEN_DE: Final = (
    rf"\b(?={_ENDS}|\s+(?:bitte|jetzt|sofort|endlich|gleich|hier|heute|mal|sprechen|gesprochen|schreiben|dran|reden|erreichen|haben|kontaktieren|dranhaben|der|die|und|aber|oder|weil|denn|statt|anstatt|keinen?|nicht|am\s+telefon"
    r"|ans\s+telefon|aus\s+(?:fleisch|(?:der|dem)\s+(?!buchung|reservierung|tarif|vertrag))|von\s+(?:ihnen|euch)|im\s+chat|wegen|zum\s+(?:reden|sprechen))\b)"
)
_THEN_ES: Final = (
    rf"\b(?={_ENDS}|\s+(?:por\s*fa(?:vor)?|ya|ahora|aqu[ií]|hoy|real|h?uman[oa]|de\s+(?:verdad|carne|una\s+vez|soporte|atenci[oó]n|facturaci[oó]n)|al\s+tel[eé]fono|por\s+(?:tel[eé]fono|este\s+chat)|plis|cuanto\s+antes|inmediatamente|y|o|pero|no|en\s+(?:vez|lugar)"
    r"|para\s+(?:hablar|que\s+me)|que\s+(?:me|entienda|sepa|pueda\s+(?!recoger|firmar)\w+|resuelva|hable|decida)|con\s+(?:quien|qui[eé]n|experiencia))\b)"
)
_THEN_FR: Final = (
    rf"\b(?={_ENDS}|\s+(?:s'il|svp|stp|maintenant|tout\s+de\s+suite|ici|vite|rapidement|imm[ée]diatement|aujourd'hui|au\s+t[ée]l[ée]phone|au\s+plus|en\s+(?:ligne|chair)|dans\s+ce\s+chat|et|ou|mais|car|parce|pas|plut[ôo]t|r[ée]el(?:le)?|humaine?|de\s+(?:chez|votre)"
    r"|pour\s+(?:parler|m'\w+|me)|qui\s+(?:puisse|peut|sait|sache|comprend\w*|comprenne|m\w*)|[àa]\s+qui|client[eè]le)\b)"
)
_THEN_IT: Final = (
    rf"\b(?={_ENDS}|\s+(?:per\s+(?:favore|parlare|piacere)|grazie|subito|adesso|ora|qui|oggi|ver[oa]|reale|uman[oa]|in\s+carne|al\s+telefono|dall'altra|da\s+qualche|e|o|ma|non|invece|immediatamente|con\s+cui|del(?:l[ao])?\s+(?:vostr\w+|assistenza|filiale|negozio)"
    r"|che\s+(?:mi|possa|sappia|capisca|risolva|decida))\b)"
)
_THEN_PT: Final = (
    rf"\b(?={_ENDS}|\s+(?:por\s+favor|agora|j[áa]|aqui|hoje|real|human[oa]|de\s+(?:verdade|carne)|e|ou|mas|n[ãa]o|pelo\s+telefone|ao\s+telefone|imediatamente|urgente|para\s+(?:falar|me)|com\s+quem"
    r"|que\s+(?:me|resolva|entenda|saiba|possa|decida))\b)"
)
_THEN_PL: Final = rf"\b(?={_ENDS}|\s+(?:proszę|teraz|natychmiast|tu|tutaj|już|dzisiaj|od\s+razu|żyw\w+|któr\w+|do\s+rozmowy|przez\s+telefon|z\s+(?:działu|obsługi)|i|a|ale|nie|zamiast)\b)"
_THEN_RU: Final = rf"\b(?={_ENDS}|\s+(?:пожалуйста|сейчас|срочно|немедленно|сюда|тут|здесь|уже|наконец|котор\w+|кто|и|а|но|не|вместо|живо\w+|по\s+телефону|на\s+(?:связь|линию)|в\s+чат|чтобы\s+(?:поговорить|объяснить)|из\s+(?:поддержки|отдела|вас))\b)"
_THEN_AR: Final = rf"(?={_ENDS}|\s+(?:حقيقي|بشري|من\s+فضلك|لو\s+سمحت|رجاء|الآن|الان|حالا|فورا|هنا|يرد|يكلم|يساعد|يفهم|يعرف|يحل|يتصل|يستطيع|يقدر|بدل|مش|مو|ليس|وليس|لا\s|أتكلم|اتكلم|أكلم|اكلم|أتحدث|للتحدث|على\s+(?:الهاتف|الخط)|خدمة|من\s+(?:خدمة|فريق)))"
_NOT_ZH: Final = "(?!椅|桌|室|级|級|助理|账|帐|賬|帳|套|版|课|課|书|書|包|证|證|号|號|系统|系統|软件|軟件|软體|工具|的?(?:电话|電話|邮箱)是|器)"

ASKED: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        r"\b(?:talk|speak|chat|deal|(?:connect|transfer|put|pass)\s+(?:me|us))\b[^.?!\n]{0,20}\b(?:to|with)\s+(?:(?:an?|the|your|some|one\s+of\s+your)\s+)?"
        rf"(?:{_EN}|(?:(?:real|actual)\s+)?(?:someone|somebody|anyone|anybody|people|colleague|staff|one\s+(?:again|of\s+you)))\b(?!\s+else\b)",
        r"\b(?:want|need|get|give|gimme|demand|request|(?:would|'d)\s+(?:really\s+|rather\s+)?(?:like|prefer|have)"
        r"|(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?have)\b(?:\s+(?:me|us))?\s+(?:to\s+)?(?:(?:an?|the|your|one\s+of\s+your)\s+)?"
        rf"{_EN}{_THEN_EN}",
        rf"\b(?:real|actual|live)\s+(?:human|person|agent){_THEN_EN}",
        r"\bhuman\s*(?:please|now|agent|support)\b(?!\s+(?:costume|mask|figure))",
        rf"\bis\s+there\s+(?:an?|any|no)\s+{_EN}{_THEN_EN}",
        r"\bwho\s+(?:can|could|do)\s+i\s+(?:talk|speak|chat)\s+(?:to|with)\b",
        r"\b(?:anyone|anybody|someone|somebody)\s+(?:here\s+|there\s+)?(?:i|we)\s+(?:can|could)\s+(?:talk|speak|chat)\b",
        r"\b(?:any|are\s+there)\s+(?:real\s+|actual\s+)?(?:humans|people)\s+(?:awake|around|here|there|left|reading)\b",
        r"\b(?:can|could|would|will|have)\s+(?:someone|somebody|anyone)\b[^.?!\n]{0,24}\b(?:call|ring|phone|contact|email|get\s+back\s+to)\s+(?:me|us)\b",
        r"\b(?:hand|pass)(?:ing)?\s+(?:me|us|this|it)\s+(?:over\s+|on\s+)?to\s+(?:an?|one\s+of\s+your|your)\s+(?:colleagues?|humans?|person|agents?|staff|team)\b",
        r"\bany\s+(?:humans?|real\s+people|agents?)\s+(?:here|there|available|online|around)\b",
        rf"^\W*(?:an?\s+)?{_EN}(?:\s+(?:please|pls|now))*\W*$",
        r"(?<!i am\s)(?<!i'm\s)\bnot\s+(?:a|another)\s+(?:bot|robot|machine)\b",
        rf"\b(?:don't|dont|do\s+not)\s+(?:want|like|need|wanna)\b[^.,;!?\n]{{0,16}}\b{_BOT}\b",
    ),
    "de": (
        rf"\b(?:mit|von)\s+(?:(?:einem|einer|ihrem|ihrer|dem|der)\s+)?(?:{_DE}|jemandem|kollegen|kollegin)\b[^.?!\n]{{0,20}}"
        r"\b(?:sprechen|reden|chatten|schreiben|telefonieren|verbinden|verbunden|besprechen|klären)",
        rf"\bverbinden?\b[^.?!\n]{{0,20}}\bmit\s+(?:(?:einem|einer|ihrem|dem)\s+)?(?:{_DE}|jemandem)\b",
        r"\bjemanden\s+(?:sprechen|erreichen)\b|\bmit\s+wem\s+kann\s+ich\b[^.?!\n]{0,12}\b(?:sprechen|reden|chatten)",
        r"\b(?:kann|könnte|soll|möge)\b[^.?!\n]{0,16}\bjemand\b[^.?!\n]{0,24}\b(?:anrufen|zurückrufen|melden)\b",
        rf"\b(?:brauche?|will|möchte)\s+(?:mal\s+|bitte\s+)?jemand(?:en)?\s+(?:vom|von|aus)\b|\ban\s+(?:einen?|den|ihren)\s+{_DE}\s+(?:weiterleiten|übergeben|abgeben)",
        rf"\b(?:lieber|bitte)\s+(?:ein|eine|einen)\s+(?:echte[nr]?\s+)?(?:mensch(?:en)?|person){_THEN_DE}|\b(?:mit|von)\s+einem\s+(?:ihrer|eurer)\s+(?:kollegen|mitarbeiter)\b",
        r"\b(?:möchte|moechte|will|wollen|brauche|brauchen|hätte|gib\s+mir|geben\s+sie\s+mir|(?:kann|könnte)\s+ich)"
        r"\s+(?:(?:bitte|gern|gerne|jetzt|endlich|sofort|lieber)\s+)*(?:einen|eine|ihren|den)\s+"
        rf"{_DE}{_THEN_DE}",
        rf"\b(?:echte|richtige)[nr]?\s+(?:mensch(?:en)?|person|mitarbeiter){_THEN_DE}",
        rf"^\W*(?:bitte\s+)?(?:einen?\s+)?{_DE}(?:\s+bitte)?\W*$",
        rf"\bkeinen?\s+{_BOT}\b",
        rf"\bnicht\s+mit\s+(?:einem|einer|dem|diesem)\s+(?:{_BOT}|roboter|maschine|computer)\b",
    ),
    "es": (
        r"\b(?:hablar|chatear|comunicarme|contactar|conectar(?:me)?|pasar(?:me)?|p[aá]s(?:e|a|as)(?:me)?|p[oó]nga(?:me|nme)"
        r"|con[eé]ct[ae](?:me)?|comun[ií]que(?:me|nme|n)?|transfi[eé]r[ae](?:me|nme)?)\b[^.?!\n]{0,20}\bcon\s+(?:(?:una?|el|la|su|alg[uú]n)\s+)?"
        rf"(?:{_ES}|alguien)\b",
        r"\b(?:quiero|quisiera|querr[ií]a|necesito|deseo|prefiero|dame|deme|d[eé]nme|me\s+gustar[ií]a)\s+(?:a\s+)?(?:una?|el|la|alg[uú]n)\s+"
        rf"{_ES}{_THEN_ES}",
        r"\bcon\s+qui[eé]n\s+(?:puedo|podr[ií]a)\s+hablar\b|\batender(?:me)?\s+(?:alguien|una\s+persona)\b",
        r"\b(?:me\s+(?:llame|llamase|llamara|atienda|contacte)|ll[aá]meme|ati[eé]ndame)\s+(?:alguien|una\s+persona|un\s+agente)\b",
        rf"\b(?:persona|agente|humano)\s+(?:real|de\s+verdad){_THEN_ES}",
        rf"^\W*(?:una?\s+)?{_ES}(?:\s+por\s*fa(?:vor)?)?\W*$",
        rf"\bno\s+quiero\b[^.,;!?\n]{{0,16}}\b{_BOT}\b",
    ),
    "fr": (
        r"\b(?:parler|discuter|[ée]changer|joindre|passez-moi|contacter)\b[^.?!\n]{0,20}\b(?:[àa]|avec)?\s*(?:(?:une?|le|la|votre)\s+)?"
        rf"(?:{_FR}|vraie?)\b",
        r"\bparler\s+[àa]\s+(?:quelqu'un|un\s+de\s+vos)\b|\b(?:avec|[àa])\s+qui\s+(?:puis-je|je\s+peux)\s+parler\b",
        rf"\b(?:mettre\s+en\s+(?:relation|contact)\s+avec|transf[ée]rez?[- ]moi\s+(?:vers|[àa]|au)|passez?[- ]moi)\s+(?:(?:une?|le|la|votre)\s+)?{_FR}\b",
        r"\b(?:quelqu'un|une\s+personne)\b[^.?!\n]{0,20}\b(?:me\s+(?:rappel|r[ée]pond|contact)\w+|prenne)",
        rf"\bplut[ôo]t\s+une?\s+{_FR}\b",
        r"\b(?:veux|voudrais|souhaite|d[ée]sire|pr[ée]f[èe]re(?:rais)?|besoin|donnez?[- ]moi|passez?[- ]moi|appelez?[- ]moi|avoir)\s+"
        rf"(?:d')?(?:une?|le|la|votre)\s+{_FR}{_THEN_FR}",
        rf"\bvraie?\s+(?:personne|humain|conseiller){_THEN_FR}",
        rf"^\W*(?:une?\s+)?{_FR}(?:\s+(?:s'il\s+(?:vous|te)\s+pla[iî]t|svp|stp))?\W*$",
        rf"\bne\s+veux\s+pas\b[^.,;!?\n]{{0,16}}\b(?:{_BOT}|machine)\b",
    ),
}
# The languages that code does not speak are understood all the same: a person can read them.
ASKED_ELSEWHERE: Final[Mapping[str, Sequence[str]]] = {
    "it": (
        rf"\b(?:parlare|chattare|scrivere|comunicare|contatt\w+|mett\w+\s+in\s+contatto)\b[^.?!\n]{{0,20}}\b(?:con\s+|a\s+)?(?:(?:una?|il|la|lo|vostro|vostra|un\s+vostro|l[’'])\s*)*(?:{_IT}|qualcuno)\b",
        rf"\b(?:voglio|vorrei|desidero|preferisco|mi\s+(?:passi|dia|serve)|passatemi|passami|chiami)\s+(?:(?:una?|il|la|lo|l[’']|un[’']|il\s+vostro)\s*)*{_IT}{_THEN_IT}",
        rf"^\W*(?:una?\s+|un[’'])?{_IT}(?:\s+per\s+favore|\s+grazie)?\W*$",
        r"\bqualcuno\b[^.?!\n]{0,20}\b(?:chiam|richiam|contatt)\w+|\b(?:richiamatemi|chiamatemi|mi\s+(?:richiami|chiami|chiamate|richiamate))\b",
        rf"\b(?:basta|non\s+voglio|niente)\b[^.,;!?\n]{{0,16}}\b{_BOT}\b|\bpersona\s+(?:vera|reale){_THEN_IT}|\bvera\s+persona{_THEN_IT}",
        r"\bc'è\s+qualcuno\s+(?:di\s+vero|che\s+(?:mi\s+)?(?:può|possa)|lì|li)\b",
    ),
    "pt": (
        rf"\b(?:falar|conversar|comunicar|contat\w+|contact\w+)\b[^.?!\n]{{0,20}}\bcom\s+(?:(?:uma?|o|a|seu|sua|algum|alguma)\s+)*(?:{_PT}|algu[eé]m)\b",
        rf"\b(?:quero|queria|preciso\s+de|prefiro|chame|(?:me\s+)?pass[ea](?:[- ]me)?(?:\s+para)?)\s+(?:(?:uma?|o|a|seu|sua)\s+)*{_PT}{_THEN_PT}",
        rf"^\W*(?:uma?\s+)?{_PT}(?:\s+por\s+favor)?\W*$",
        r"\balgu[eé]m\b[^.?!\n]{0,20}\b(?:ligar|telefonar|atender|contatar|contactar)\b|\b(?:me\s+lig(?:uem|ue)|liguem-me|ligue-me)\b",
        rf"\b(?:chega\s+de|n[ãa]o\s+quero|cansei\s+de)\b[^.,;!?\n]{{0,16}}\b(?:{_BOT}|rob[ôo]s?)\b|\bpessoa\s+(?:de\s+verdade|real){_THEN_PT}",
        r"\b(?:tem|h[áa])\s+(?:algu[eé]m|algum\s+(?:funcion[aá]rio|atendente|humano))\b[^.?!\n]{0,24}\b(?:verdade|a[íi]|ajudar|atender|dispon[íi]vel)\b",
    ),
    "nl": (
        rf"\b{_NL}\s+(?:(?:aan\s+de\s+lijn|even|graag)\s+)?(?:spreken|krijgen)\b|\b(?:spreken|praten|chatten|bellen)\s+met\s+(?:(?:een|de|uw|jullie)\s+)?{_NL}\b",
        rf"\bmet\s+(?:(?:een|de|uw|jullie)\s+)?{_NL}\s+(?:spreken|praten|chatten|bellen)\b|\bverbind\w*\b[^.?!\n]{{0,16}}\bmet\s+(?:(?:een|de|uw)\s+)?{_NL}\b",
        rf"\b(?:geen|niet\s+met\s+een)\s+(?:{_BOT}|robot|computer)\b|\b(?:echt|echte)\s+(?:mens|persoon)\s+(?:graag|alstublieft|a\.?u\.?b)",
        r"\b(?:kan|wil|zou)\s+iemand\b[^.?!\n]{0,24}\b(?:bellen|terugbellen|overnemen|contact)\b|\bbel\s+(?:me|mij)\b",
        rf"^\W*(?:een\s+)?{_NL}(?:\s+(?:graag|alstublieft))?\W*$",
    ),
    "pl": (
        rf"\b(?:rozmawiać|porozmawiać|pogadać|pisać|skontaktować\s+się|kontakt\w*|połącz\w*|połączenie|przełącz\w*)\b[^.?!\n]{{0,24}}\b(?:z|ze|do)\s+{_PL}",
        rf"\b(?:{_CHCE}chciał\w*|poproszę|proszę\s+(?:o|dać)|dajcie|wezwij\w*)\s+(?:mi\s+)?{_PL}{_THEN_PL}",
        r"\bktoś\b[^.?!\n]{0,24}\b(?:zadzwoni\w*|oddzwoni\w*|skontakt\w*)|\bproszę\s+(?:do\s+mnie\s+)?(?:za|od)dzwonić\b|\b(?:dość|nie\s+chcę)\b[^.,;!?\n]{0,12}\b(?:bot\w*|robot\w*)",
        r"\bżyw\w+\s+człowiek\w*|^\W*(?:konsultant|człowiek|kierownik)(?:\s+proszę)?\W*$",
    ),
    "tr": (
        rf"\b{_TR}\s*(?:ile|yle|la|le)?\s+(?:konuş|görüş|yaz[ıi]ş|iletişim)(?!t[uü]|abildi)\w*|\b(?:{_TR})\s*(?:ne|na|ya|ye|e|a)?\s+bağla(?!d)\w*",
        rf"\b(?:biri|birisi)\b[^.?!\n]{{0,16}}\b(?:ara(?:sın|yabilir|yacak|r\s+mı|yın)|ilgilen)\w*|\bbeni\s+arayın\b|\brobot(?:la)?\b[^.?!\n]{{0,12}}\b(?:istemiyorum|değil)|^\W*(?:{_TR})\W*$",
        r"\bbeni\b[^.?!\n]{0,30}\bbağla(?!d)\w*|\bgerçek\s+(?:bir\s+)?(?:insan|kişi)\s+istiyorum\b|\bmüdür\w*\s+(?:çağır|istiyorum)",
    ),
    "ru": (
        rf"\b(?:поговорить|говорить|общаться|связаться|пообщаться|соедините|соедини|переключите|переведите|свяжите)\b[^.?!\n]{{0,24}}\b(?:с|со|на|к)\s+{_RU}",
        rf"\b(?:позовите|позови|дайте|дай|нужен|нужна|нужно|хочу|требую|вызовите)\s+(?:мне\s+)?{_RU}{_THEN_RU}",
        rf"\b(?:кто-нибудь|кто-то)\b[^.?!\n]{{0,20}}\b(?:по|пере)?звон\w*|\bперезвоните\b|\b(?:хватит|не\s+нужен|не\s+хочу)\b[^.,;!?\n]{{0,12}}\b(?:бот|робот)\w*|^\W*{_RU}(?:\s+пожалуйста)?\W*$",
    ),
    "ar": (
        rf"(?:التحدث|الحديث|الكلام|اتكلم|أتكلم|أتحدث|اتحدث|التواصل|أكلم|اكلم)\s+(?:مع|إلى|الى)?\s*{_AR}",
        rf"(?:حولني|حولوني|وصلني|وصلوني|اربطني)\s+(?:إلى|الى|ب|مع|على)?\s*{_AR}|(?:أريد|اريد|أبغى|ابغى|بدي|عايز|أحتاج)\s+{_AR}{_THEN_AR}",
        r"(?:يتصل|تتصلوا|يكلمني|يرد)\s*(?:بي|علي)?\s*(?:أحد|احد|موظف)|(?:اتصلوا|اتصل)\s+بي|(?:كفى|لا\s+أريد|لا\s+اريد)\s+(?:ال)?روبوت\w*",
    ),
    "ja": (
        r"(?:担当者?|人間|スタッフ|オペレーター|責任者|上司|店長|社員|(?<!関)係|有人)(?:の(?:方|人|者))?(?:と|に|へ|を)(?:お?話(?!し?(?:ました|まして|した(?!い|く)|た(?!い|く)|て(?:[、,。]|解決))|せて)|直接|(?:つな|繋)(?!い(?:でもら|でいただき(?:ました|まして|、)|でくれ(?:た|ました)))|代わ|替わ|かわ|変わ|出し|お願い|チャット|呼)",
        r"(?:誰か|どなたか)[^。？！]{0,6}(?:電話|連絡|対応)|(?:折り返し)[^。]{0,4}(?:電話|連絡)|電話で折り返|(?:ボット|ロボット)(?:は|じゃ|では)[^。]{0,10}(?:人[をにと]|なく)|^(?:オペレーター|担当者)$|有人(?:チャット|対応)",
    ),
    "zh": (
        rf"(?:转|轉|找|要|叫|联系|聯繫|接(?!通的))[^。？！,，]{{0,4}}(?:人工|真人|客服|经理|經理|主管|负责人|負責人){_NOT_ZH}|(?<!会)(?<!會)(?:和|跟|与|與)(?:一个|一個|你们的|你們的|个)?(?:人工|真人|客服|经理|經理|工作人员|工作人員|人)(?:说话|說話|谈|談|聊|沟通|溝通|讲|講)(?!过|過|了|完|得)",
        r"^(?:人工|人工客服|真人|真人客服)$|(?:不要|别|別)[^。，,]{0,4}(?:机器人|機器人)|(?:给我|給我)(?:回|打)(?:个|個)?(?:电话|電話)",
    ),
}


_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACED: Final = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-_*]{1,2}[^\W_]){3,}(?![^\W_])")
_SPACES: Final = re.compile(r"\s{2,}")
_WIDE: Final = "\u2003"  # where several spaces were: between two words of letters that are set apart
_LETTERS_APART: Final = re.compile(r"[^\W_](?: [^\W_])+")
_BETWEEN: Final = re.compile(r"[ .\-_*]")
_READ: Final = 4000  # characters, as many as a message may have; of several together the last 500 as well
_SEEN: Final = 5000  # one sign may stand for eighteen letters


# The second beat asks again for what the first beat read.
@lru_cache(256)
def words_for_a_person(text: str) -> str:
    """The words of a message that ask for a person, "" where none do."""
    straight = plain(text)
    if names_a_person(straight):
        return straight
    named: list[tuple[int, int]] | None = None
    for match in _asked(straight).finditer(straight):
        if named is None:
            patterns = (_declined(straight), _in_passing(straight))
            named = [found.span() for pattern in patterns for found in pattern.finditer(straight)]
        if not any(start < match.end() and match.start() < end for start, end in named):
            return match.group().strip()
    return ""


def _asked(text: str) -> re.Pattern[str]:
    return _asked_where(text.isascii())


def _declined(text: str) -> re.Pattern[str]:
    return _declined_where(text.isascii())


def _in_passing(text: str) -> re.Pattern[str]:
    return _in_passing_where(text.isascii())


@lru_cache(256)  # each of the words' readers asks, in both beats
def plain(text: str) -> str:
    """A message as it is judged: what its writer says, without invisible characters, "m a n a g e r" as one word."""
    return _straight(own_words(_read(text)))


@lru_cache(256)
def whole(text: str) -> str:
    """The same with what it quotes."""
    return _straight(_read(text.strip()))


def _read(text: str) -> str:
    return text if len(text) <= _READ else text[: _READ - 500] + "\n" + text[-500:]


def _straight(text: str) -> str:
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", text).replace("’", "'"))[:_SEEN]
    # A run of spaces as one sign: every reader of this has expressions in which several may share one, each with each.
    words = _SPACES.sub(_one_space, seen).split(_WIDE)
    return _SPACED.sub(_joined, " ".join(map(_whole, words)))


def _one_space(run: re.Match[str]) -> str:
    return "\n" if "\n" in run.group() else _WIDE


def _whole(between: str) -> str:
    """What stands between wide spaces: "c o n" is a word there, be it ever so short."""
    return between.replace(" ", "") if _LETTERS_APART.fullmatch(between) else between


def _joined(spaced: re.Match[str]) -> str:
    """Letters set apart as a word; the first of "I want a m a n a g e r" is an article, that of "a g e n t" is not."""
    word = _BETWEEN.sub("", spaced.group())
    return f"{word[0]} {word[1:]}" if word[0] in "aA" and spaced.start() else word


def is_latin(text: str) -> bool:
    """Whether no letter of another alphabet is in it."""
    return not _BEYOND_LATIN.search(text)


def declines_a_person(text: str) -> bool:
    """Whether a message says that no person is wanted, or asks whether we are one."""
    said = plain(text)
    return bool(_declined(said).search(said))


def _any_of(patterns: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    # In every language at once: who writes in one asks in another.
    return re.compile("|".join(pattern for language in patterns.values() for pattern in language), re.I)


def _unaccented(patterns: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """For a text without any accent: its writer leaves them out, or needs none."""
    return {
        language: [fold(pattern) for pattern in patterns[language]]
        for language in patterns
        if language not in OTHER_LETTERS
    }


OTHER_LETTERS: Final = frozenset({"ru", "ar", "ja", "zh"})
_EVERYWHERE: Final = {**ASKED, **ASKED_ELSEWHERE}
# Not where the accent is the mood or the person: "ich hatte" is no wish, and "on chce" another's.
_AS_TYPED: Final = {"de": ASKED["de"], "pl": [fold(one.replace(_CHCE, "")) for one in ASKED_ELSEWHERE["pl"]]}
_BEYOND_LATIN: Final = re.compile("[\u0370-\u1dff\u2e80-\U0010ffff]")


# Made when they are first needed: each takes a tenth of a second, and a start waits for none.
@cache
def _asked_where(ascii_only: bool) -> re.Pattern[str]:
    return _any_of(_unaccented(_EVERYWHERE) | _AS_TYPED if ascii_only else _EVERYWHERE)


@cache
def _declined_where(ascii_only: bool) -> re.Pattern[str]:
    return _any_of(_unaccented(DECLINED) if ascii_only else DECLINED)


@cache
def _in_passing_where(ascii_only: bool) -> re.Pattern[str]:
    return _any_of(_unaccented(IN_PASSING) if ascii_only else IN_PASSING)
