"""Subjects that an assistant must not handle alone: law, safety, self-harm, a disputed payment, a death. Pure.

Each site says which of the five it wants, and adds words of its own. A pattern a language: English, German, Spanish,
French, Italian, Portuguese, Dutch, Polish, Turkish, Russian, Arabic, Japanese. Found too often is worse here than
found late, for these call at any threshold: words that a plain question has as well are left out.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from .asking import is_latin

TOPICS: Final = {
    "legal": (
        r"\b(?:my (?:lawyers?|attorney|solicitor)(?!\s+(?:wants?|needs?|asks?|would like)\b)|legal (?:action|proceedings)|take (?:you|this) to court|su(?:e|ing) you|small claims court|(?:file|filing) a lawsuit|ombudsman|data protection authority|trading standards)\b",
        r"\b(?:mein(?:e[nm]?)? (?:rechts)?anw[aä]lt\w*|verklage\w*|vor gericht|anzeige erstatten|rechtliche schritte|verbraucherzentrale|vor gericht)\b",
        r"\b(?:mi abogad[oa]|acciones legales|(?:los|les) (?:voy a )?demandar\w*|demandarl[oe]s|oficina del consumidor)\b",
        r"\b(?:mon avocate?|porter plainte|poursuites judiciaires|action en justice|saisir la justice|médiateur de la consommation)\b",
        r"\b(?:(?:il )?mio avvocato|azion[ei] legal[ei]|vie legali|vi denuncio|denunciarvi)\b",
        r"\b(?:(?:o )?meu advogado|processar (?:vocês|a empresa)|aç(?:ão|ões) judicia(?:l|is)|procon)\b",
        r"\b(?:mijn advocaat|juridische stappen|rechtszaak|naar de rechter)\b",
        r"\b(?:m[oó]j(?:ego)? (?:prawnik|adwokat)\w*|poz(?:wę|wać) was|do sądu|rzecznik\w* konsument\w*)\b",
        r"\b(?:avukatım\w*|dava (?:açaca|edece)\w*|mahkemeye|tüketici hakem heyeti\w*)\b",
        r"\b(?:мо(?:й|его|ему|им) (?:адвокат|юрист)\w*|(?:подам|подаю) (?:на вас )?в суд|роспотребнадзор\w*)\b",
        r"(?:محامي[ ي]|سأقاضيكم|سأرفع دعوى|أرفع عليكم دعوى|دعوى قضائية|إجراءات قانونية)",
        r"(?:弁護士|訴えます|訴えてやる|消費者センター|法的措置)",
        r"(?:(?:我|我们)(?:的)?律师|(?:找|请|叫|问|咨询)(?:过)?律师|律师函|起诉|法院告|消费者协会|(?:打|拨|投诉到?|举报到?|找|向)\s?12315(?!\d)|(?<!\d)12315(?:投诉|举报|热线))",
    ),
    "safety": (
        r"\b(?:caught (?:on )?fire|burst into flames|(?:is|it's|was) on fire|started (?:to )?smok(?:e|ing)|smell(?:s|ing)? (?:of )?gas|gas leak|carbon monoxide|electric(?:al)? shock|electrocuted|(?:has |just )?exploded|allergic reaction|(?:got|was|been) (?:badly |seriously )?(?:hurt|injured|poisoned)|burn(?:ed|t) (?:my|his|her|our)|(?:house|home|flat|apartment|kitchen|room) is burning(?! (?:hot|through|up my data))|is burning (?:my|our|the) (?:house|home|flat|apartment|kitchen)|ended up in (?:the )?hospital|call(?:ed)? an ambulance)\b",
        r"\b(?:in brand geraten|angefangen zu brennen|fing (?:an zu brennen|feuer)|brennt (?:gerade|lichterloh)|hat feuer gefangen|steht in flammen|gasgeruch|riecht nach gas|stromschlag|explodiert|allergische reaktion|(?:mich|sich) verbrannt|verletzt worden|krankenwagen|im krankenhaus gelandet)\b",
        r"\b(?:se (?:prendió|incendió)|en llamas|huele a gas|fuga de gas|descarga eléctrica|explotó|reacción alérgica|me quem[eé]|ambulancia)\b",
        r"\b(?:a pris feu|prend feu|en flammes|odeur de gaz|fuite de gaz|électrocuté\w*|a explosé|réaction allergique|(?:me suis|s'est) brûlée?|aux urgences)\b",
        r"\b(?:ha preso fuoco|in fiamme|odore di gas|fuga di gas|scossa elettrica|è esplos[oa]|reazione allergica|mi sono (?:bruciat|scottat|ferit)[oa]|pronto soccorso)\b",
        r"\b(?:pegou fogo|em chamas|cheiro (?:de|a) gás|vazamento de gás|choque elétrico|explodiu|reação alérgica|me queimei|ambulância)\b",
        r"\b(?:vloog in brand|in brand gevlogen|gaslucht|elektrische schok|ontploft|allergische reactie|gewond geraakt)\b",
        r"\b(?:zapalił[ao]? się|stanął w płomieniach|czuć gaz|porażenie prądem|wybuchł[ao]?|reakcj\w+ alergiczn\w+|poparzył\w+)\b",
        r"\b(?:alev aldı|yangın çıktı|gaz kokusu|gaz kaçağı|elektrik çarptı|patladı|alerjik reaksiyon|yaralandı\w*)\b",
        r"\b(?:загорел(?:ся|ась|ось)|пахнет газом|утечка газа|ударило током|взорвал(?:ся|ась|ось)|аллергическая реакция|обжёг(?:ся|лась)?|обожг(?:ся|лась|ла))\b",
        r"(?:اشتعلت|احترق الجهاز|رائحة غاز|تسرب غاز|صعق كهربائي|انفجر|رد فعل تحسسي)",
        r"(?:発火し|火が出|燃え出し|ガス漏れ|ガスの臭い|感電し|爆発し|アレルギー反応|やけどし|火傷し)",
    ),
    "self_harm": (
        r"\b(?:kill(?:ing)? myself|end(?:ing)? my life|take my (?:own )?life|(?:to|gonna) end it all(?=\s*(?:[.,!;]|\Z|now\b|today|tonight))|better off without me(?! \w+ing)|can'?t go on living|life (?:is pointless|has no meaning)|want to die(?! of\b)|suicid(?:e|al)\b(?! squad)|(?:hurt|harm)(?:ing)? myself|self[- ]harm|don'?t want to (?:live|be alive)|no reason to live)\b",
        r"\b(?:mich umbringen|mir das leben nehmen|nicht mehr leben|suizid\w*|selbstmord\w*|will sterben|leben (?:hat|macht) keinen sinn|schluss mit (?:allem(?=\s*(?:[.,!]|\Z))|meinem leben)|sterben will|mir etwas antun)\b",
        r"\b(?:suicid\w*|quitarme la vida|matarme|no quiero (?:seguir )?viv\w*|quiero morir(?:me)?)\b",
        r"\b(?:suicid\w*|me tuer|mettre fin à mes jours|en finir avec la vie|(?:veux|envie de) mourir|plus envie de vivre)\b",
        r"\b(?:suicid\w*|uccidermi|togliermi la vita|voglio morire|farla finita|non voglio più vivere)\b",
        r"\b(?:suic[ií]d\w*|me matar|tirar (?:a )?minha (?:própria )?vida|quero morrer|não quero mais viver)\b",
        r"\b(?:zelfmoord\w*|mezelf iets aandoen|niet meer leven|wil dood)\b",
        r"\b(?:samobój\w*|zabić się|zabiję się|nie chcę (?:już )?żyć|chcę umrzeć)\b",
        r"\b(?:intihar\w*|kendimi öldür\w*|yaşamak istemiyorum|ölmek istiyorum)\b",
        r"\b(?:суицид\w*|самоубий\w*|покончить с собой|не хочу (?:больше )?жить|убью себя|хочу умереть)\b",
        r"(?:انتحار|سأنتحر|أقتل نفسي|لا أريد أن أعيش|أريد أن أموت)",
        r"(?:自殺|死にたい|消えてしまいたい|生きていたくない)",
        r"(?:自杀|自殺|不想活|想死(?!我)|结束(?:自己的)?生命)",
    ),
    "payment": (
        r"\b(?:charge-?back|charge back|disput(?:e|ed|ing) (?:the|this|that|a|my) (?:charge|payment|transaction)|unauthori[sz]ed (?:charge|payment|transaction)s?|fraudulent (?:charge|payment|transaction)s?|(?:didn'?t|did not|never) authori[sz]ed? (?:this|the|that))\b",
        r"\b(?:rückbuchung|zahlung (?:bestreiten|anfechten)|(?:unberechtigte?|nicht autorisierte?|unbefugte?) (?:abbuchung|zahlung|buchung)\w*|kreditkartenbetrug)\b",
        r"\b(?:contracargo|cargos? (?:no autorizados?|fraudulentos?)|disputar (?:el|un|este) (?:cargo|pago))\b",
        r"\b(?:rétrofacturation|(?:prélèvement|paiement|débit) (?:non autorisé|frauduleux)|contester (?:le|un|ce) (?:paiement|prélèvement|débit))\b",
        r"\b(?:addebit[oi] (?:non autorizzat|fraudolent)[oi]|contestare (?:l'addebito|il pagamento))\b",
        r"\b(?:cobrança (?:não autorizada|fraudulenta)|contestar (?:a|uma|essa) (?:cobrança|compra))\b",
        r"\b(?:niet geautoriseerde (?:betaling|afschrijving)|betaling betwisten|frauduleuze (?:betaling|afschrijving))\b",
        r"\b(?:nieautoryzowan\w+ (?:płatno\w+|transakcj\w*|obciążeni\w*)|obciążenie zwrotne)\b",
        r"\b(?:yetkisiz (?:ödeme|işlem|çekim)\w*|ters ibraz)\b",
        r"\b(?:несанкционированн\w+ (?:списани\w*|плат[её]ж\w*)|оспорить (?:плат[её]ж|списание)|чарджб[эе]к\w*)\b",
        r"(?:خصم غير مصرح|عملية احتيالية على بطاقتي|الاعتراض على الدفع)",
        r"(?:不正請求|不正利用され|チャージバック|身に覚えのない請求)",
    ),
    "bereavement": (
        r"\b(?:(?:has|have|had|just|recently|sadly|who|father|mother|dad|mum|mom|husband|wife|son|daughter|brother|sister|partner|gran\w*) passed away|(?:my|our) (?:\w+ )?(?:father|mother|dad|mum|mom|husband|wife|son|daughter|brother|sister|partner|gran\w*|uncle|aunt) (?:has |just |recently |sadly )*died\b(?! (?:in|laughing|of)\b)|(?:my|our) late (?:husband|wife|father|mother)\b(?!'s day))\b",
        r"\b(?:verstorbene?[nrs]?|(?:mein|meine|unser|unsere) (?:\w+ )?(?:vater|mutter|mann|frau|sohn|tochter|bruder|schwester|oma|opa|papa|mama) ist (?:\w+ ){0,3}(?:gestorben|verstorben))\b",
        r"\b(?:falleció|fallecimiento de mi|(?:mi|nuestr[oa]) (?:padre|madre|marido|mujer|esposo|esposa|hij[oa]|herman[oa]|abuel[oa]) (?:\w+ ){0,2}(?:murió|fallecido|fallecida))\b",
        r"\b(?:est décédée?|vient de décéder|décès de (?:mon|ma|notre)|(?:mon|ma) (?:père|mère|mari|femme|fils|fille|frère|soeur|sœur) est (?:morte?|decedee?))\b",
        r"\b(?:è decedut[oa]|(?:mio|mia) (?:padre|madre|marito|moglie|figli[oa]|fratello|sorella|nonn[oa]) è (?:\w+ ){0,2}mort[oa])\b",
        r"\b(?:faleceu|falecimento d[oa] (?:meu|minha)|(?:meu|minha) (?:pai|mãe|marido|esposa|filh[oa]|irmão|irmã|avô|avó) morreu)\b",
        r"\b(?:is overleden|overleden (?:man|vrouw|vader|moeder|echtgeno\w+)|(?:mijn|onze) (?:vader|moeder|man|vrouw|zoon|dochter|broer|zus|oma|opa) is (?:\w+ ){0,2}gestorven)\b",
        r"\b(?:zmarł[aey]? (?:mój|moja|mi|nasz\w?|mąż|żona|ojciec|matka|tata|mama)|(?:mąż|żona|ojciec|matka|tata|mama|syn|córka|brat|siostra|babcia|dziadek) zmarła?|śmierci (?:mojego|mojej|męża|żony|ojca|matki|taty|mamy))\b",
        r"\b(?:vefat et(?:ti|miş|tiğ\w*)|(?:babam|annem|eşim|kocam|karım|oğlum|kızım|kardeşim) (?:\w+ ){0,2}öldü)\b",
        r"\b(?:скончал(?:ся|ась)|(?:мо[йя]|наш[аи]?|у меня) (?:\w+ )?(?:муж|жена|отец|мать|мама|папа|сын|дочь|брат|сестра|бабушка|дедушка) (?:\w+ ){0,2}(?:умер(?:ла)?|погиб(?:ла)?))\b",
        r"(?<!\w)(?:توفي|توفيت|توفى|توفت|وفاة (?:زوجي|والدي|والدتي|أبي|أمي|ابني|أخي))(?!\w)",
        r"(?:(?:父|母|夫|妻|主人|家内|息子|娘|祖父|祖母)が?[^。、]{0,4}(?:亡くなり|亡くなった|他界し)|(?:我|我的|我们|家里?)[^。,，]{0,6}(?:去世|过世|過世|病逝))",
    ),
}  # fmt: skip
_LATIN: Final = 9  # of each subject's patterns, the first ones


def words_of(text: str, topics: Sequence[str] | None, own: Sequence[str]) -> str:
    """The words of a message that name a sensitive subject, "" where none do; `topics` None: all five."""
    for topic, words in _named(text):
        if topics is None or topic in topics:
            return words
    return next((word for word in own if stands_in(word, text)), "")


# The second beat asks again for what the first beat read.
@lru_cache(256)
def _named(text: str) -> tuple[tuple[str, str], ...]:
    """The subjects that a text names, with its words."""
    if not _any(is_latin(text)).search(text):
        return ()
    found = ((topic, _of(topic).search(text)) for topic in TOPICS)
    return tuple((topic, match.group().strip()) for topic, match in found if match)


def stands_in(word: str, text: str) -> bool:
    """Whether a site's own word or phrase stands in a text, as whole words; a * at its end stands for any ending."""
    return bool(word.strip("* ") and _whole(word).search(text))


@lru_cache(512)
def _whole(word: str) -> re.Pattern[str]:
    stem = word.strip()
    end = r"\w*" if stem.endswith("*") else r"(?!\w)"
    return re.compile(rf"(?<!\w){re.escape(stem.rstrip('*'))}{end}", re.I)


# Made when they are first needed, as those of `asking`.
@cache
def _any(latin: bool) -> re.Pattern[str]:
    most = _LATIN if latin else None
    return re.compile("|".join(pattern for patterns in TOPICS.values() for pattern in patterns[:most]), re.I)


@cache
def _of(topic: str) -> re.Pattern[str]:
    return re.compile("|".join(TOPICS[topic]), re.I)
