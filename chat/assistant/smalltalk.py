"""A greeting, thanks, a no, an "ok", a farewell or "are you a bot?" gets a sentence instead of a search.

Greetings and thanks are known in every language that is detected (language.py), each as people type it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from chat.assent import agrees, is_no
from chat.folding import leading, phrases, words
from chat.sentences import Sentence

_GREETINGS: Final = {
    "en": "hi|hello|hey|hiya|howdy|good morning|good afternoon|good evening|good day|greetings",
    "de": "hallo|hallöchen|guten morgen|guten tag|guten abend|moin|servus|grüß gott|grüss gott|grüß dich|grüezi|hey",
    "es": "hola|buenas|buenos días|buen día|buenas tardes|buenas noches|muy buenas",
    "fr": "bonjour|bonsoir|salut|coucou|rebonjour",
    "it": "ciao|salve|buongiorno|buon giorno|buonasera|buona sera|buon pomeriggio",
    "pt": "olá|oi|bom dia|boa tarde|boa noite",
    "nl": "hallo|hoi|hey|dag|goedemorgen|goede morgen|goedemiddag|goede middag|goedenavond|goede avond|goedendag",
    "pl": "cześć|hej|dzień dobry|dobry wieczór|witam|witaj|siema",
    "tr": "merhaba|merhabalar|selam|selamlar|günaydın|iyi günler|iyi akşamlar|selamün aleyküm",
    "ru": "привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|доброго дня|приветствую",
    "uk": "привіт|вітаю|добрий день|доброго дня|доброго ранку|добрий ранок|добрий вечір|доброго вечора|добридень",
    "ar": "مرحبا|مرحبا بك|مرحبا بكم|أهلا|أهلا وسهلا|أهلا بك|هلا|يا هلا|سلام|السلام عليكم|السلام عليكم ورحمة الله"
    "|السلام عليكم ورحمة الله وبركاته|صباح الخير|مساء الخير",
    "ja": "こんにちは|こんにちわ|こんばんは|おはよう|おはようございます|はじめまして|もしもし|お世話になります"
    "|お世話になっております|いつもお世話になっております",
    "zh": "你好|您好|妳好|嗨|哈喽|哈囉|大家好|你们好|早上好|上午好|中午好|下午好|晚上好|早安|午安|早|在吗|在嗎",
    "cs": "ahoj|dobrý den|dobré ráno|dobré odpoledne|dobrý večer|čau|nazdar|zdravím",
    "da": "hej|hejsa|god morgen|godmorgen|god dag|goddag|god aften|godaften|god eftermiddag|halløj",
    "nb": "hei|heisann|hallo|god morgen|god dag|god kveld|hei på deg",
    "sv": "hej|hejsan|hallå|tjena|god morgon|god dag|god kväll|god eftermiddag",
    "fi": "hei|moi|moikka|terve|huomenta|hyvää huomenta|hyvää päivää|päivää|hyvää iltaa|heippa|tervehdys",
    "el": "γεια|γεια σας|γεια σου|καλημέρα|καλημέρα σας|καλησπέρα|καλησπέρα σας|χαίρετε|καλό απόγευμα",
    "hi": "नमस्ते|नमस्कार|हैलो|हेलो|सुप्रभात|राम राम|namaste|namaskar",
    "hu": "szia|sziasztok|helló|szervusz|üdv|üdvözlöm|jó napot|jó napot kívánok|jó reggelt|jó reggelt kívánok"
    "|jó estét|jó estét kívánok",
    "ko": "안녕|안녕하세요|안녕하십니까|여보세요|좋은 아침입니다|좋은 아침이에요|반갑습니다",
    "ro": "bună|bună ziua|bună dimineața|bună seara|salut|salutare",
    "th": "สวัสดี|สวัสดีครับ|สวัสดีค่ะ|สวัสดีคะ|หวัดดี|หวัดดีครับ|หวัดดีค่ะ",
    "vi": "xin chào|chào|chào bạn|chào anh|chào chị|chào em|chào buổi sáng|alo",
}
_BESIDE_GREETINGS: Final = phrases(
    "there|all|everyone|everybody|team|folks|zusammen|nochmal|a todos|qué tal|à tous|tout le monde|madame|monsieur"
    "|a tutti|tudo bem|pessoal|allemaal|जी|ครับ|ค่ะ|啊|呀"
)
_THANKS: Final = {
    "en": "thank|thanks|thank you|cheers|ty|thx|tysm|much appreciated",
    "de": "danke|dankeschön|vielen dank|herzlichen dank|besten dank|schönen dank|tausend dank",
    "es": "gracias|muy amable|se lo agradezco|te lo agradezco",
    "fr": "merci|mille mercis|je vous remercie|je te remercie",
    "it": "grazie|la ringrazio|ti ringrazio|vi ringrazio",
    "pt": "obrigado|obrigada|brigado|brigada|valeu|agradeço",
    "nl": "bedankt|dank|dank je|dank u|dankjewel|dankuwel|dank je wel|dank u wel",
    "pl": "dziękuję|dzięki|dziękujemy",
    "tr": "teşekkür|teşekkürler|teşekkür ederim|teşekkür ederiz|sağol|sağ ol|sağolun|sağ olun|eyvallah",
    "ru": "спасибо|благодарю|спс",
    "uk": "дякую|дякуємо|спасибі",
    "ar": "شكرا|شكرا لك|شكرا لكم|أشكرك|أشكركم|مشكور|متشكر|جزاك الله خيرا|ألف شكر",
    "ja": "ありがとう|ありがとうございます|ありがとうございました|有難う|有難うございます|有難うございました"
    "|サンキュー|感謝します|助かりました",
    "zh": "谢谢|谢谢你|谢谢您|谢|谢了|多谢|感谢|謝謝|謝謝你|謝謝您|謝|多謝|感謝",
    "cs": "díky|děkuji|děkuju|děkujeme",
    "da": "tak|tak skal du have|tak for hjælpen",
    "nb": "takk|takk skal du ha|takk for hjelpen",
    "sv": "tack|tackar|tack så mycket|tack för hjälpen",
    "fi": "kiitos|kiitti|kiitoksia|kiitokset|kiitos avusta",
    "el": "ευχαριστώ|σας ευχαριστώ|σε ευχαριστώ|ευχαριστούμε",
    "hi": "धन्यवाद|शुक्रिया|dhanyavad|dhanyavaad|shukriya",
    "hu": "köszönöm|köszönjük|köszi|köszike|kösz",
    "ko": "감사합니다|감사해요|감사|고맙습니다|고마워요|고마워|땡큐",
    "ro": "mulțumesc|mulțumim|mersi|vă mulțumesc|îți mulțumesc",
    "th": "ขอบคุณ|ขอบใจ|ขอบพระคุณ",
    "vi": "cảm ơn|cám ơn|xin cảm ơn",
}
_BYES: Final = {
    "en": "bye|goodbye|good bye|bye bye|see you|see ya|have a nice day|have a good day|good night|that's all"
    "|thats all|that is all|that's it|thats it|that was all|that's everything|that'll be all|that will be all"
    "|nothing else|all set|that's all i needed|thats all i needed|that's all i wanted to know|that was all i needed"
    "|no more questions",
    "de": "tschüss|tschüs|auf wiedersehen|bis bald|ciao|schönen tag noch|gute nacht|das war's|das wars|das war alles"
    "|das ist alles|mehr nicht|sonst nichts|keine weiteren fragen",
    "es": "adiós|hasta luego|hasta pronto|chao|eso es todo|es todo|eso era todo|nada más",
    "fr": "au revoir|à bientôt|bonne journée|bonne soirée|c'est tout|ce sera tout|c'était tout|rien d'autre",
    "it": "arrivederci|a presto|buona giornata",
    "pt": "tchau|adeus|até logo",
    "nl": "doei|tot ziens|fijne dag",
    "pl": "do widzenia|pa pa",
    "ru": "до свидания|пока",
    "tr": "hoşça kal|görüşürüz",
    "ar": "مع السلامة|إلى اللقاء",
    "zh": "再见|拜拜",
    "ja": "さようなら|またね",
}
_BESIDE_THANKS: Final = phrases("""
    helped a lot|you helped a lot|u helped a lot|you were|you've been|really|helpful|very helpful
    |so helpful|great help
    |you|very much|so much|so very much|a lot|again|many|great|ok|okay|perfect|super|awesome|got it|that helped
    |that helps|for your help|for the help|a million|schön|sehr|dir|ihnen|euch|nochmals|perfekt|prima|gut
    |alles klar|für die hilfe|für ihre hilfe|muchas|muchísimas|mil|vale|perfecto|genial|de nuevo|por la ayuda
    |por su ayuda|por tu ayuda|beaucoup|bien|à vous|à toi|un grand|infiniment|parfait|d'accord|pour votre aide
    |pour ton aide|encore|mille|tante|molte|infinite|perfetto|va bene|a lei|a te|per l'aiuto|muito|perfeito
    |certo|pela ajuda|wel|hartelijk|heel erg|erg|top|alvast|voor de hulp|bardzo|wielkie|serdecznie|świetnie
    |za pomoc|çok|tamam|большое|огромное|вам|тебе|хорошо|понял|поняла|ок|за помощь|дуже|щиро|добре|велике
    |за допомогу|جزيلا|كثيرا|جدا|حسنا|تمام|どうも|はい|わかりました|了解です|非常|十分|太|了|啦|好的|好|知道了
    |明白了|你|您|的帮助|moc|mockrát|pomoc|tusind|mange|tusen|så mycket|stort|paljon|suuret|oikein|πολύ|εντάξει
    |बहुत|आपका|ठीक है|szépen|nagyon|rendben|oké|정말|대단히|네|mult|frumos|bine|มาก|ครับ|ค่ะ|นะ|bạn|anh|chị
    |nhiều|rất nhiều|ạ
""")
# That an answer was read and understood; a yes to nothing says no more (chat/assent.py).
_UNDERSTOOD: Final = phrases("""
    ok|okay|okey|okej|oké|alright|all right|d'accord|va bene|tamam|vale|хорошо|ок|好的|好|got it|understood|i see
    |i understand|makes sense|that makes sense|good to know|noted|perfect|great|good|cool|nice|awesome|super
    |excellent|wonderful|brilliant|lovely|amazing|fine|fair enough|k|kk|okie|oki|okey dokey|oh|oh ok|ah ok|ah
    |aha|oh i see|ah i see|hm|hmm|mhm|lol|haha|that helps|that helped|that worked|it works|it worked
    |it works now|solved|verstanden|alles klar|passt|prima|perfekt|toll|gut|sehr gut
    |gut zu wissen|ach so|achso|aha ok|hat geklappt|es klappt|hat geholfen|entendido|perfecto|genial|bien|muy bien
    |listo|ya veo|entiendo|ya funciona|compris|j'ai compris|parfait|très bien|c'est noté|ça marche|entendu|je vois
    |capito|perfetto|benissimo|entendi|perfeito|begrepen|duidelijk|понятно|понял|поняла|ясно|отлично|rozumiem
    |jasne|świetnie|anladım|فهمت|جيد|ممتاز|رائع|明白了|明白|知道了|わかりました|分かりました|なるほど|😊|🙂|😀|😃|😄|😁|🎉|💯|🙌
    |that's great|thats great|that's good|thats good|sounds good
""")
# Whoever asks this is not angry, and gets an honest answer.
_WHO: Final = {
    "en": "are you a bot|are you a robot|are you an ai|are you a machine|are you a computer|are you human"
    "|are you a human|are you real|are you a real person|are you a person"
    "|is this a bot|is this an ai|is this a robot|is this a machine"
    "|am i talking to a bot|am i talking to a robot|am i talking to a machine|am i chatting with a bot|what are you",
    "de": "bist du ein bot|bist du ein roboter|bist du eine ki|bist du ein mensch|bist du echt|sind sie ein bot"
    "|sind sie ein roboter|sind sie eine ki|sind sie ein mensch|ist das ein bot|rede ich mit einem bot"
    "|schreibe ich mit einem bot|wer bist du|was bist du",
    "es": "eres un bot|eres un robot|eres una ia|eres una persona|eres humano|es usted un bot|es usted un robot"
    "|es esto un bot|hablo con un bot|hablo con una máquina|quién eres|qué eres",
    "fr": "es-tu un robot|tu es un robot|es-tu un bot|tu es un bot|êtes-vous un robot|vous êtes un robot|es-tu une ia"
    "|tu es une ia|vous êtes une ia|êtes-vous une ia|est-ce un robot|je parle à un robot|qui es-tu|tu es qui",
    "it": "sei un bot|sei un robot|sei umano|sei una persona|sei un'ia|parlo con un bot|chi sei|cosa sei",
    "pt": "você é um robô|você é um bot|és um robô|és um bot|você é humano|quem é você|falo com um robô",
    "nl": "ben je een bot|ben je een robot|ben je een mens|bent u een bot|bent u een robot|is dit een bot|wie ben je",
}
_BESIDE_WHO: Final = phrases(
    "hi|hello|hey|so|or what|then|here|please|really|actually|just|ein|etwa|hier|eigentlich|oder|hallo|hola|bonjour"
    "|alors|quindi|ciao|olá|então|hoi|eigenlijk|or a human|or a person|or a real person|or human|oder ein mensch"
    "|o una persona|ou une personne|o una persona vera|ou uma pessoa|of een mens"
)
# Before thanks or a farewell; before other words it denies them: "non va bene".
_NO_FIRST: Final = phrases("no|nope|nein|nee|non|não|нет|nie")
_LONGEST: Final = 60
_ASKS: Final = frozenset("?？؟")
_Table = Mapping[str, tuple[str, ...]]


def _by_phrase(table: Mapping[str, str]) -> _Table:
    """Each phrase with the languages that have it."""
    by_language = {language: phrases(written) for language, written in table.items()}
    every = frozenset[str]().union(*by_language.values())
    return {one: tuple(language for language, own in by_language.items() if one in own) for one in every}


_GREETING: Final = _by_phrase(_GREETINGS)
_THANK: Final = _by_phrase(_THANKS)
_ASKS_WHO: Final = _by_phrase(_WHO)
_BYE: Final = _by_phrase(_BYES)
_ALONE: Final = (
    (Sentence.SMALL_TALK, _ASKS_WHO, _BESIDE_WHO.union(_ASKS_WHO)),
    (Sentence.GREETING_REPLY, _GREETING, _BESIDE_GREETINGS.union(_GREETING)),
    (Sentence.THANKS_REPLY, _THANK, _BESIDE_THANKS.union(_THANK, _BYE, _UNDERSTOOD)),
    (Sentence.NO_REPLY, _BYE, _BESIDE_THANKS.union(_BYE, _UNDERSTOOD)),
)
_NO: Final = _by_phrase({
    "en": "thanks|thank you|nope|nah|not now|never mind",
    "de": "nein|nee|danke",
    "es": "gracias|ahora no",
    "fr": "non|merci",
    "ar": "لا|كلا|شكرا|ليس",
})  # fmt: skip


def small_talk(text: str, spoken: str = "en") -> tuple[Sentence, str] | None:
    """The sentence that answers `text` and the language for it; None where there is a question in it.

    The language is the one `spoken` where the words are that language's too, else theirs.
    """
    if len(text) > _LONGEST:
        return None
    found = [word for word in words(text) if unicodedata.category(word[0]) != "So"]
    if is_no(text, spoken):
        return Sentence.NO_REPLY, _language(_said(found, _NO), spoken)
    no_first = leading(found, _NO_FIRST)
    for sentence, table, known in _ALONE:
        behind = found[no_first:] if leading(found[no_first:], table) else found
        if theirs := _nothing_but(behind, table, known):
            return sentence, _language(theirs, spoken)
    return (Sentence.NO_REPLY, spoken) if is_understood(text, spoken) else None


def is_understood(text: str, spoken: str) -> bool:
    """Whether it only says "ok": that an answer was understood, or a yes where something was asked."""
    if len(text) > _LONGEST or _ASKS.intersection(text):
        return False
    rest = words(text)
    while many := leading(rest, _UNDERSTOOD):
        rest = rest[many:]
    return agrees(text, spoken=spoken) or (bool(words(text)) and not rest)


def _nothing_but(found: Sequence[str], table: _Table, known: frozenset[str]) -> tuple[str, ...]:
    """The languages of the first phrase of the table in it; none where it has no such phrase, or says more."""
    theirs: tuple[str, ...] = ()
    while found:
        many = leading(found, known)
        if not many:
            return ()
        theirs = theirs or table.get(" ".join(found[:many]), ())
        found = found[many:]
    return theirs


def _said(found: Sequence[str], table: _Table) -> tuple[str, ...]:
    """The languages of the first phrase of the table that stands anywhere in it."""
    starts = ((at, leading(found[at:], table)) for at in range(len(found)))
    return next((table[" ".join(found[at : at + many])] for at, many in starts if many), ())


def _language(theirs: Sequence[str], spoken: str) -> str:
    base = spoken.partition("-")[0]
    return theirs[0] if theirs and base not in theirs else spoken
