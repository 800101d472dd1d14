"""The words with which a person is named and none is asked for, in twelve languages and more. Pure data.

`DECLINED` says that none is wanted, or asks whether we are one; `IN_PASSING` tells of one, or of somebody else's.
"""

from collections.abc import Mapping, Sequence
from typing import Final

# "I don't want a bot, give me a person" wants one: what is declined reaches no further than to such a word.
_UNTIL: Final = (
    r"(?:(?!\b(?:bots?|chatbots?|chatterbots?|robo\w*|robô\w*|machines?|m[aá]quinas?|macchin[ae]|maschinen?|automat\w*|automaten|computers?"
    r"|makin\w*|бот\w*|робот\w*|автомат\w*|машин\w*|программ\w*|sondern|sino|ma|maar|mais\s+(?:une?|avec|[àa])|but|а|но|ama)\b)[^.,;:!?\n]){0,32}"
)
_EN: Final = (
    r"(?:human|person|agent|someone|somebody|anyone|anybody|manager|representative|supervisor|operator|colleague)"
)
_DE: Final = r"(?:mensch(?:en)?|mitarbeiter(?:in)?|person|berater(?:in)?|kolleg(?:en|in)|jemand(?:em|en)?|chef(?:in)?)"
_ES: Final = (
    r"(?:persona|humano|agente|alguien|nadie|asesora?|operadora?|compañer[oa]|encargad[oa]|responsable|representante)"
)
_FR: Final = r"(?:personne|humain|conseill\w+|agent|quelqu'un|responsable|op[ée]rat\w+|coll[èe]gue)"
_IT: Final = r"(?:person[ae]|operat(?:ore|rice)|uman[oa]|qualcuno|nessuno|consulente|addett[oa]|collega|responsabile)"
_PT: Final = r"(?:pessoa|atendente|humano|algu[eé]m|ningu[eé]m|operadora?|funcion[aá]ri[oa]|colega|gerente|agente)"
_NL: Final = r"(?:niemand|iemand|mens|medewerk\w+|persoon|collega|manager)"
_PL: Final = r"(?:człowiek\w*|konsultant\w*|osob\w+|nikogo|nikim|pracowni\w+|kierowni\w+|doradc\w+|kimś|kimkolwiek)"
_RU: Final = r"(?:оператор\w*|человек\w*|людьми|ни\s+с\s+кем|никого|никому|сотрудни\w*|менеджер\w*|специалист\w*|консультант\w*|кем-\w+)"
_AR: Final = r"(?:أي\s+)?(?:ال)?(?:أحد|احد|حد|موظف|شخص|إنسان|انسان|بشر|مدير|مسؤول|مسئول|ممثل|زميل|مشرف|خدمة)"
_JA: Final = r"(?:担当者?|人間|スタッフ|オペレーター|責任者|上司|店長|社員|係|有人|誰か?|人)(?:の(?:方|人|者))?"

DECLINED: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        rf"\b(?:do\s+i\s+(?:need|have)|(?:don't|dont|do\s+not|didn't|wouldn't)\s+(?:want|need|have|wish|ask|like)|no\s+need|without|rather\s+not|needn't"
        rf"|instead\s+of)\b{_UNTIL}\b{_EN}",
        rf"\bno\s+{_EN}\s+(?:is\s+)?(?:needed|required|necessary|please|thanks)\b",
        r"\b(?:you|you're|your|this|it)\s+(?:are\s+|is\s+|really\s+)*(?:an?\s+)?(?:(?:ai|bot|robot|machine)\s+or\s+(?:an?\s+)?)?"
        r"(?:real|actual|live)\s+(?:human|person|agent)",
        r"(?<!\bif\syou\s)\b(?:don't|dont|do\s+not|needn't|no\s+need\s+to)\s+(?:have\s+to\s+|need\s+to\s+)?"
        rf"(?:transfer|connect|put|pass|get|fetch|bring|send|give)\b(?:\s+(?:me|us)\s*(?:$|[.,;:!?\n])|{_UNTIL}\b{_EN}|\s+(?:me|us)\s+(?:to|on|over|through)\b)",
        r"\b(?:am\s+i|i'm|i\s+am)\s+(?:talking|speaking|chatting)\s+(?:to|with)\b[^.,;:!?\n]{0,24}\b(?:human|person|someone|agent)",
    ),
    "de": (
        r"(?<!\berreiche\s)(?<!\bbekomme\s)(?<!\bfinde\s)\b(?:keinen?|brauche\s+(?:keinen?|niemanden)|ohne)\s+(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|person|rückruf|kollegen)\b",
        r"\b(?:nicht|niemanden)\s+(?:verbinden|weiterleiten|weiterzuleiten|anrufen|anzurufen|zurückzurufen|durchzustellen)\b",
        rf"(?<!\bkonnte\sich\s)\bnicht\s+(?:mit|von)\b{_UNTIL}\b{_DE}\b[^.,;:!?\n]{{0,20}}",
        rf"\b(?:muss|müssen|brauche?n?|möchte|will|soll(?:en)?)\b{_UNTIL}\bmit\s+(?:niemandem\b|(?:keinem|keiner)\s+{_DE}\b)[^.,;:!?\n]{{0,20}}",
        r"\b(?:sind\s+sie|bist\s+du|seid\s+ihr)\s+(?:(?:ein\w*|echte\w*|richtige\w*|wirklich)\s+)*(?:mensch(?:en)?|person|mitarbeiter(?:in)?)\b",
        r"\b(?:muss|soll|braucht)\s+(?:mich\s+)?niemand\b|\bniemand\s+(?:muss|soll|braucht)\b",
    ),
    "es": (
        rf"\bno[^\S\n]+(?:quiero|necesito|deseo|hace\s+falta)\b{_UNTIL}\b{_ES}|\bprefiero\s+no\s+hablar\b{_UNTIL}\b{_ES}|\bsin\s+hablar\s+con\s+{_ES}",
        r"\bno\s+(?:(?:me|nos)\s+(?:pase|ponga|conecte|transfiera|comunique|llame)\w*|hace\s+falta\s+que)\b[^.,;:!?\n]{0,24}",
        r"\b(?:eres|es\s+usted|sois)\s+(?:una?\s+)?(?:persona|humano|agente)\b(?:\s+(?:real|de\s+verdad))?",
    ),
    "it": (
        rf"\b(?:non\s+(?:voglio|serve|mi\s+serve|ho\s+bisogno|desidero|occorre)|senza|preferisco\s+non)\b{_UNTIL}\b{_IT}",
        r"(?<!perché\s)(?<!perche\s)\bnon\s+(?:mi\s+(?:passi|trasferisca|metta|faccia\s+(?:parlare|richiamare|chiamare))|passatemi|trasferitemi|(?:ri)?chiamatemi)\b[^.,;:!?\n]{0,24}",
        r"\b(?:sei|siete)\s+(?:una?\s+)?(?:vera\s+)?(?:persona|uman[oa]|operatore)\b(?:\s+(?:vera|reale))?",
    ),
    "pt": (
        rf"\b(?:n[ãa]o\s+(?:quero|preciso|precisa|desejo|[ée]\s+(?:preciso|necess[áa]rio))|sem|prefiro\s+n[ãa]o)\b{_UNTIL}\b{_PT}[^.,;:!?\n]{{0,16}}",
        r"\b(?:voc[êe]\s+[ée]|[ée]s|tu\s+[ée]s)\s+(?:uma?\s+)?(?:pessoa|humano)\b(?:\s+(?:de\s+verdade|real))?",
        r"\bn[ãa]o\s+(?:me\s+(?:passem?|transfiram?|conectem?|ponham?|liguem?)|(?:passem?|transfiram?|liguem?)-me)\b[^.,;:!?\n]{0,24}",
    ),
    "nl": (
        r"\b(?:hoef\w*|wil)\b[^.,;:!?\n]{0,10}\b(?:niemand|geen\s+(?:mens|medewerker|persoon|collega))\b[^.,;:!?\n]{0,12}",
        rf"\b(?:hoef\w*|wil|liever)\b[^.,;:!?\n]{{0,16}}\bniet\b{_UNTIL}\b{_NL}[^.,;:!?\n]{{0,12}}|\bgeen\s+(?:medewerker|mens|collega)\s+nodig\b",
    ),
    "pl": (
        rf"\bnie\s+(?:chcę|potrzebuję|trzeba|musi\w*|muszę|proszę|ma\s+potrzeby)\b{_UNTIL}\b{_PL}|\b(?:wolę|chcę)\s+z\s+nikim\b",
        r"\bproszę\s+(?:mnie\s+)?nie\s+(?:łączyć|przełączać|przekierow\w+|dzwonić)\b[^.,;:!?\n]{0,24}|\bbez\s+(?:konsultanta|pracownika)\b",
    ),
    "ar": (
        rf"(?:لا\s+داعي|لا\s+أحتاج|لا\s+احتاج|ليس\s+ضروريا|لست\s+بحاجة|لا\s+(?:أريد|اريد|أرغب|ارغب|أود|اود)|أفضل\s+ألا|(?:مش|مو|ما)\s+(?:عايز|عاوز|أبغى|ابغى|أبي|ابي|بدي|أريد|اريد|محتاج))"
        rf"(?:(?!روبوت|بوت|آلي|الي\b|آلة)[^.,،؟!\n]){{0,24}}(?:{_AR}|يتصل)",
        rf"لا\s+(?:تحول|توصل|تربط)\w*[^.,،؟!\n]{{0,16}}{_AR}",
    ),
    "tr": (
        rf"\b(?:kimse|temsilci|insan|biri|yetkili|müdür|çalışan)\w*\b{_UNTIL}\b(?:istemiyorum|istemem|gerek\s+yok|bağlama(?:yın\w*|nıza)?|aktarma(?:yın\w*|nıza)?)\b",
        r"\bbeni\b[^.,;:!?\n]{0,24}\b(?:bağlama|aktarma|arama)(?:yın\w*|n[ıi]za\s+gerek\s+yok)",
    ),
    "ru": (
        rf"\bне\s+(?:хочу|хотел\w*|нужен|нужна|нужно|надо|переводите|соединяйте|переключайте|звоните|требуется)\b{_UNTIL}\b{_RU}",
        rf"\b{_RU}\s+(?:мне\s+)?не\s+(?:нужен|нужна|нужны|нужно|надо|требуется)\b",
    ),
    "fr": (
        rf"\b(?:ne\s+)?(?:veux|souhaite|d[ée]sire|voudrais|tiens)\s+(?:pas|plus)\b{_UNTIL}\b{_FR}|\bne\s+(?:veux|souhaite|d[ée]sire)\s+(?:parler|discuter)\s+[àa]\s+personne\b",
        r"\b(?:c'est|[êe]tes[- ]vous|es[- ]tu|vous\s+[êe]tes|tu\s+es)\s+une?\s+vraie?\s+(?:personne|humain)",
        rf"\b(?:pas|aucun)\s+besoin\s+d[^.,;:!?\n]{{0,24}}\b{_FR}|\bn'ai\s+besoin\s+de\s+(?:parler\s+[àa]\s+)?personne\b",
        rf"\b(?:inutile|pas\s+la\s+peine|sans)\s+(?:de\s+)?(?:me\s+|nous\s+)?(?:passer|transf[ée]rer|mettre|rappeler|parler)\b[^.,;:!?\n]{{0,24}}\b{_FR}"
        r"|\bne\s+me\s+(?:passez|transf[ée]rez|mettez|rappelez)\b[^.,;:!?\n]{0,24}",
    ),
    "ja": (
        rf"{_JA}(?:と|に|へ|を)(?:話|お話|直接|つな|繋|代わ|替わ|かわ|呼)[^。、？！]{{0,6}}(?:わけ(?:では|じゃ)|必要は?(?:な|あり)|なくて(?:も|いい|良い|結構|大丈夫)|たく(?:ない|ありま)|ないで)",
        rf"{_JA}(?:は|も)(?:不要|結構|いりません|要りません|必要(?:ない|ありま))|(?:転送|電話)(?:は|し)[^。、？！]{{0,3}}(?:不要|いりません|なくて)",
    ),
    "zh": (
        r"(?<!要)(?:不想|不要|不用|不需要|不必|无需|無需|别|別|没必要|沒必要)(?:再|给|給|帮|幫|我|和|跟|与|與|找|转|轉|接|联系|聯繫|叫|打|要|到|任何|你们的?|你們的?|一?个|一?個)*"
        r"(?:人工|真人|客服|经理|經理|工作人员|工作人員|人(?=说|說|聊|谈|談|沟|溝|来|來)|人$)[^。，,；！!？?\n]{0,4}",
        r"(?:别|別|不用|不要|不必|不需要)再?(?:给我|給我)?打?(?:电话|電話)",
    ),
}
# "I got to speak to a real person yesterday" tells of one, and "does the robot talk to a person?" of another's talk.
IN_PASSING: Final[Mapping[str, Sequence[str]]] = {
    "toys": (
        r"\b(?:toys?|doll|speaker|parrot|game|spielzeug\w*|puppe|lautsprecher|muñec[oa]|juguete|altavoz|poupée|jouet|enceinte|bambola|giocattolo|boneca|brinquedo|speelgoed\w*|pop|lalka|zabawka|bebek|oyuncak)\b"
        r"(?:(?!\b(?:i|me|we|us|ich|mich|wir|uns|je|moi|m'|nous|yo|me|mi|io|eu|ik|mij|mnie|chcę)\b)[^.,;:!?\n]){0,24}\b(?:talks?|speaks?|chats?|sprechen|reden|hablar|parler|parlare|falar|praten|rozmawiać|konuş\w+)\b"
        r"[^.,;:!?\n]{0,24}",
    ),
    "en": (
        r"\b(?:does|can|will|could)\s+(?:the|this|that|it)\b(?:(?!\b(?:i|me|we|us)\b)[^.,;:!?\n]){0,24}\b(?:talk|speak|chat)\b[^.,;:!?\n]{0,24}",
        r"\b(?:spoke|talked|chatted|spoken|(?:got|able|managed)\s+to\s+(?:speak|talk|chat)|(?:was|were|been|got)\s+(?:helped|answered|called|connected|transferred|put\s+through|passed))\b"
        r"[^.,;:!?\n]{0,40}",
    ),
    "de": (
        r"\b(?:konnte|durfte)\b(?:(?!\bnicht\b)[^.,;:!?\n]){0,24}\b(?:mit|von)\b[^.,;:!?\n]{0,30}\b(?:sprechen|reden|chatten|telefonieren|klären)\b|\bwurde\b[^.,;:!?\n]{0,30}\bmit\b[^.,;:!?\n]{0,30}\bverbunden\b",
    ),
    "es": (
        r"(?<!\bno\s)\b(?:(?:pude|pudimos|logré|conseguí)\s+hablar|me\s+(?:atendió|atendieron|ayudó|contestó|llamó|pasaron))\b[^.,;:!?\n]{0,40}",
    ),
    "fr": (
        r"\b(?:ai\s+(?:enfin\s+)?(?:pu|su|réussi\s+à|fini\s+par)\s+(?:enfin\s+)?(?:parler|discuter|échanger|joindre)|m'a\s+(?:passé|mise?|répondu|rappelée?|aidée?)|j'ai\s+eu)\b[^.,;:!?\n]{0,40}",
    ),
    "it": (
        r"(?<!\bnon\s)\b(?:(?:ho\s+potuto|sono\s+riuscit[oa]\s+a)\s+(?:parlare|chattare)|mi\s+(?:ha|hanno)\s+(?:risposto|passato|aiutat[oa]|chiamat[oa]))\b[^.,;:!?\n]{0,40}",
    ),
    "pt": (
        r"(?<!\bnão\s)(?<!\bnao\s)\b(?:(?:consegui|pude)\s+(?:falar|conversar)|me\s+(?:atendeu|ajudou|ligou|passaram))\b[^.,;:!?\n]{0,40}",
    ),
    "nl": (r"\bkon\s+ik\b(?:(?!\b(?:niet|geen)\b)[^.,;:!?\n]){0,40}\b(?:spreken|praten)\b",),
    "pl": (r"(?<!\bnie\s)\budało\s+(?:mi\s+)?się\s+(?:po)?rozmawiać\b[^.,;:!?\n]{0,40}",),
    "ru": (r"(?<!\bне\s)\bудалось\s+(?:по)?говорить\b[^.,;:!?\n]{0,40}",),
}
