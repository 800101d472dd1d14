"""A yes and a no, in every language that is detected: to a question of ours, and to the offer of a person. Pure.

A yes to something that changes something has to be plain: what might be a question ("sure?"), a doubt ("ok 👎") or a
mere politeness ("please", "ok thanks") is none.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from .asking import declines_a_person, plain
from .folding import UNSPACED, fold, leading, phrases, words

_YES: Final = phrases("""
    yes|yeah|yep|yup|yea|aye|sure|ok|okay|okey|alright|all right|absolutely|definitely|certainly|of course
    |go ahead|do it|do that|please do|sure thing|sounds good|that works|i agree|agreed|i confirm|confirmed|👍|✅
    |✔|👌|🆗|ja|jo|jawohl|jep|klar|na klar|gern|gerne|natürlich|selbstverständlich|einverstanden|in ordnung
    |auf jeden fall|unbedingt|sí|claro|claro que sí|vale|por supuesto|de acuerdo|adelante|hágalo|hazlo|dale
    |está bien|confirmo|oui|ouais|d'accord|volontiers|bien sûr|bien entendu|avec plaisir|allez-y|vas-y
    |je confirme|sì|certo|certo che sì|certamente|va bene|d'accordo|volentieri|proceda pure|lo faccia|confermo
    |sim|com certeza|está bem|pode ser|claro que sim|pode fazer|jawel|zeker|tuurlijk|natuurlijk|akkoord|graag
    |doe maar|is goed|jasne|oczywiście|zgoda|zgadzam się|potwierdzam|evet|tamam|olur|elbette|tabii|tabii ki
    |onaylıyorum|да|ага|угу|конечно|хорошо|ладно|давайте|согласен|согласна|подтверждаю|звичайно|гаразд|згоден
    |згодна|авжеж|نعم|أجل|ايوه|أيوا|اي نعم|موافق|موافقة|أوافق|بالتأكيد|أكيد|بالطبع|طبعا|حسنا|تمام|بلى|はい|ええ
    |うん|もちろん|了解です|承知しました|是|是的|好|好的|好啊|可以|行|当然|嗯|同意|确认|确定|没问题|没問題|當然
    |確認|jasně|samozřejmě|souhlasím|selvfølgelig|jada|selvsagt|gjerne|javisst|visst|självklart|gärna|okej|jadå
    |absolut|ναι|βεβαίως|φυσικά|εντάξει|σίγουρα|συμφωνώ|μάλιστα|kyllä|joo|juu|totta kai|tottakai|selvä|हाँ|हां
    |जी हाँ|जी हां|जी|ठीक है|बिल्कुल|ज़रूर|igen|persze|rendben|oké|természetesen|네|예|네네|응|그래|그래요
    |좋아요|물론이죠|당연하죠|sigur|desigur|de acord|bineînțeles|ใช่|ได้|ตกลง|ได้เลย|โอเค|vâng|đồng ý|tất nhiên
""")
_NO: Final = phrases("""
    no|nope|nah|not now|not yet|not really|not today|rather not|i'd rather not|better not|no need|no thanks
    |don't|do not|i don't want|never mind|nevermind|forget it|forget that|stop|leave it|i changed my mind
    |i've changed my mind|👎|❌|🚫|nein|nö|nee|lieber nicht|besser nicht|jetzt nicht|nicht jetzt|noch nicht
    |nicht nötig|bitte nicht|auf keinen fall|lass es|lass das|lassen sie es|lassen sie das|vergiss es
    |vergessen sie es|kein bedarf|ahora no|todavía no|mejor no|no hace falta|no quiero|de momento no|déjalo
    |déjelo|olvídalo|olvídelo|para nada|non|pas maintenant|pas encore|pas besoin|pas la peine|surtout pas
    |sans façon|je ne veux pas|laisse tomber|laissez tomber|oublie|oubliez|oubliez ça|non ora|non adesso
    |non serve|meglio di no|lascia stare|lasci stare|lascia perdere|non voglio|não|agora não|melhor não
    |não precisa|ainda não|não quero|deixa pra lá|deixa estar|deixe estar|esqueça|esquece|neen|niet nu|nu niet
    |nog niet|liever niet|niet nodig|hoeft niet|laat maar|nie|nie teraz|lepiej nie|nie trzeba|jeszcze nie
    |nie chcę|nieważne|hayır|yok|şimdi değil|gerek yok|istemiyorum|vazgeçtim|boş ver|boşver|нет|неа|не сейчас
    |не надо|не нужно|лучше не надо|пока нет|не стоит|не хочу|передумал|передумала|я передумал|я передумала
    |забудьте|ні|не зараз|не треба|не потрібно|краще ні|поки ні|я передумав|لا|كلا|ليس الآن|لا داعي|لا حاجة
    |لا أريد|لا أريد ذلك|غيرت رأيي|انس الأمر|لا تفعل|いいえ|いえ|いや|結構です|けっこうです|いいです|大丈夫です
    |今はいいです|必要ありません|いりません|やめます|やめておきます|やめてください|不|不用|不用了|不要|不需要
    |不行|不必|不了|不是|算了|没有|別|别|先不用|暂时不用|沒有|teď ne|raději ne|není třeba|ještě ne|nechci|nej
    |ikke nu|helst ikke|glem det|nei|ikke nå|nä|inte nu|helst inte|glöm det|behövs inte|ei nyt|ei kiitos
    |mieluummin ei|ei tarvitse|ei vielä|unohda se|όχι|όχι τώρα|δεν χρειάζεται|δεν θέλω|άστο|नहीं|जी नहीं
    |अभी नहीं|रहने दो|रहने दीजिए|नहीं चाहिए|nem|most nem|inkább nem|nem kell|nem szükséges|nem kérem|nu acum
    |nu e nevoie|nu este nevoie|mai bine nu|nu vreau|아니|아니요|아니오|아뇨|괜찮아요|괜찮습니다|됐어요
    |필요 없어요|필요없어요|하지 마세요|하지마세요|ไม่|ไม่ใช่|ไม่ต้อง|ไม่เอา|ไม่เป็นไร|ยังไม่|không|không cần
    |thôi|chưa|bỏ qua đi
""")
# At the beginning of a no that repeats what is asked: "don't cancel", "nicht stornieren", "n'annulez pas".
_NOT: Final = phrases("not|nicht|ne|n|pas|не|nie|nem|niet|ikke|inte|non|não|لا")
# What leaves a question of ours, or is what the question is about.
_CANCEL: Final = phrases("""
    cancel|abort|abbrechen|abbruch|cancelar|cancela|cancele|annuler|annule|annulez|annulla|annulli|annullare
    |annuleren|anuluj|iptal|iptal et|отмена|отмените|отменить|скасувати|скасуйте|إلغاء|الغ|キャンセル|取消
""")
_CANCELLING: Final = re.compile(
    r"\b(?:cancel|abbrech|abbruch|storn|annul|anul|iptal|отмен|скас|huy)|الغ|لغي|キャンセル|取り?消|취소|ยกเลิก"
)
# A yes or a no of one language that means something else in another: it counts where its own is spoken.
_YES_THERE: Final = {
    "pl": phrases("tak"),
    "uk": phrases("так"),
    "ro": phrases("da"),
    "cs": phrases("ano"),
    "vi": phrases("có|được|dạ"),
}
_NO_THERE: Final = {"cs": phrases("ne"), "hu": phrases("ne"), "ro": phrases("nu"), "fi": phrases("ei")}

# What may stand beside either.
_KINDLY: Final = phrases("""
    please|pls|plz|thanks|thank|you|ty|thx|very|much|so|it|that|this|the|my|i|i'm|i am|oh|ah|sir|madam|just|now
    |right|then|bitte|danke|schön|sehr|es|das|den|die|der|mein|meine|meinen|ihnen|jetzt|doch|mal|ach|alles|gut
    |por favor|gracias|muchas|lo|la|el|mi|eso|está|bien|merci|svp|stp|s'il vous plaît|s'il te plaît|beaucoup|le
    |les|ma|mon|ça|per favore|grazie|mille|obrigado|obrigada|isso|aub|alstublieft|alsjeblieft|dank|je|u|wel
    |bedankt|het|dat|hoor|proszę|dziękuję|dzięki|to|lütfen|teşekkürler|teşekkür|ederim|bunu|пожалуйста|спасибо
    |большое|это|будь ласка|дякую|це|من فضلك|لو سمحت|رجاء|شكرا|جزيلا|ذلك|هذا|お願いします|おねがいします
    |お願い致します|お願いいたします|ありがとう|ありがとうございます|です|请|請|谢谢|謝謝|您|你|的|了|吧|啊
    |麻烦了|麻烦您|prosím|děkuji|díky|tak|takk|tack|det|kiitos|παρακαλώ|ευχαριστώ|το|कृपया|धन्यवाद|जी|kérem
    |köszönöm|szépen|te rog|vă rog|mulțumesc|mersi|요|감사합니다|부탁드려요|부탁드립니다|부탁해요|ครับ|ค่ะ|คะ|นะ
    |เลย|ขอบคุณ|cảm ơn|ạ|nhé|🙏|😊|🙂|😀|😄|☺|❤
""")
_BESIDE_YES: Final = _KINDLY | phrases("""
    would|will|be|is|great|good|nice|lovely|fine|perfect|helpful|want|like|do|d|a|bit|confirm|send|wäre|ist|nett
    |super|toll|prima|machen|mach|sie|tun|möchte|ich|genau|senden|que|quiero|haga|je|veux|fais|faites|cela
    |parfait|envoyez|vai|pode|fazer|quero|fallo|voglio|graag|maar|doen|zrób|zrobić|yapın|istiyorum|yap|сделайте
    |хочу|давай|зробіть|أريد|افعل|してください|てください|やってください|해주세요|해 주세요|कीजिए|करें|udělejte
    |gør|gjør|gör|kör
""")
# What a yes to a deed may not begin to speak of: whose a thing is, and what is or will be, is another matter.
_POINTING: Final = phrases("""
    the|my|i|i'm|i am|it|that|this|es|das|den|die|der|mein|meine|meinen|ihnen|lo|la|el|mi|eso|está|le|les|ma|mon|ça
    |isso|het|dat|je|to|bunu|det|το|это|це|ذلك|هذا|who|what|there|they|you|so|right|bien|gut|alles
""")
_STATES: Final = phrases("is|are|was|be|will|would|shall|can|happens|answer|only|ist|wird|werden|sera|será|est")
_GLADLY: Final = phrases("""
    sie|ihn|vous|usted|them|do
    |that would be great|that would be good|that would be nice|that would be lovely|that would be perfect
    |that would be helpful|would be great|would be good|would be nice|i do|i confirm|i confirm that|i agree to that
    |i want that|i'd like that|ist gut|ist ok|so ist es
    |ich möchte das|sí quiero|i would like that|that's right|that is right|right|genau|das wäre nett|das wäre super
    |das wäre toll|das wäre gut|das möchte ich|das will ich|eso quiero|lo quiero|je le veux|je veux bien|c'est ça
    |parfait|lo voglio|quero isso|так|send|machen|mach|machen sie|machen sie das|tun sie das|tun sie es|senden|haga
    |que lo haga|faites|faites le|fais le|envoyez|pode|fazer|fallo|doen|zrób|zrób to|zrobić|yapın|yap|сделайте
    |сделайте это|давай|зробіть|зробіть це|افعل|افعل ذلك|してください|てください|やってください|해주세요|해 주세요|कीजिए
    |करें|udělejte|udělejte to|gør det|gjør det|gör det|kör
""")
_ASKS_FOR_IT: Final = phrases("please|bitte|svp|favor|favore|graag|alstublieft|proszę|lütfen|пожалуйста")
_WISH: Final = phrases("""
    i want|i want to|i want you to|i'd like to|i would like to|i would like you to|ich möchte|ich will|möchte ich
    |quiero|quiero que|je veux|je voudrais|voglio|vorrei|quero|graag|chcę|хочу|я хочу|أريد|istiyorum
""")
_BESIDE_NO: Final = _KINDLY | phrases("""
    all|good|fine|ok|okay|not|needed|need|well|sorry|but|for|is|s|ve|have|changed|mind|don't want|do not want|👍
    |und|passt|schon|nicht|nötig|aber|pero|ahora|hace|falta|de|momento|mais|c'est|bon|besoin|pas|ora|adesso
    |agora|nu|niet|teraz|şimdi|сейчас|зараз|не|nie|الآن|今|现在
""")
_PERSON: Final = phrases("""
    a person|person|human|a human|someone|somebody|agent|an agent|get|me|fetch|call|connect|why not
    |einen menschen|mensch|menschen|jemanden|mitarbeiter|holen|warum nicht|una persona|persona|a una persona
    |alguien|por qué no|une personne|quelqu'un|un humain|appelez|pourquoi pas|perché no|uma pessoa|pessoa
    |por que não|een mens|waarom niet|człowieka|dlaczego nie|bir insan|neden olmasın|человека|почему бы и нет
    |شخصا|شخص|لم لا
""")
_POLITE_YES: Final = phrases("""
    please|bitte|por favor|s'il vous plaît|per favore|alsjeblieft|alstublieft|proszę|lütfen|пожалуйста|من فضلك
    |お願いします|y|🙏|why not|warum nicht|por qué no|pourquoi pas|perché no|por que não|waarom niet
    |dlaczego nie|neden olmasın|почему бы и нет|لم لا|要|需要
    |perfect|great|awesome|good|nice|cool|fine|lovely|excellent|brilliant|wonderful|amazing|super|k|kk|that's great
    |thats great|that's good|that's fine|perfekt|toll|prima|gut|sehr gut|passt|genial|perfecto|muy bien|listo|parfait
    |très bien|ça marche|ça me va|perfetto|benissimo|perfeito|ótimo|uitstekend|prachtig|świetnie|super|harika
    |отлично|замечательно|чудово|ممتاز|رائع|جيد|太好了|いいですね|助かります|💯|🙌|🎉
""")
_BEFORE: Final = phrases("""
    oh|ah|ach|please|pls|bitte|por favor|ok|okay|sorry|well|thanks|thank you|but|danke|gracias|merci
""")
_MERELY_OK: Final = phrases("ok|okay|okey|alright|all right|vale|tamam|rendben|oké|ok|okej|好|好的|حسنا|تمام|d'accord")
_THANKS: Final = phrases("""
    thanks|thank|you|very|so|much|a lot|thx|ty|danke|vielen|schön|sehr|muchas|mille|beaucoup|gracias|merci
    |grazie|obrigado|obrigada|bedankt|dank|спасибо|дякую|شكرا|谢谢|謝謝|ありがとう|ありがとうございます
    |teşekkürler|teşekkür ederim|köszönöm|tack|tak|takk|dziękuję
""")
# Words of the question that no yes may borrow: with them it would be a yes but.
_HEDGES: Final = phrases("""
    not|only|but|never|unless|until|without|cannot|if|when|first|later|nur|nicht|aber|kein|keine|ohne|erst|wenn
    |falls|solo|pero|nunca|hasta|sin|cuando|seulement|mais|jamais|sans|quand|avant|不|没|別|别|لا|не|ни
""")
_QUESTION: Final = re.compile(r"[?？؟]")
_ANY_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_WHY_NOT: Final = re.compile(
    r"\b(why not|warum nicht|por qu[eé] no|pourquoi pas|perch[eé] no|por que não|waarom niet)\s*\?+|لم لا\s*؟", re.I
)
_LONGEST: Final = 80
_SHORT: Final = 60
_LIKE: Final = 5  # letters that two forms of a word share


def is_yes(text: str, spoken: str = "") -> bool:
    """Whether a message is nothing but a short yes to the offer of a person; a polite word is one."""
    said = _WHY_NOT.sub(r" \1 ", plain(text))
    return _is_all(said, _YES | _POLITE_YES | _there(_YES_THERE, spoken), _BESIDE_YES | _PERSON, "")


def is_consent(text: str, about: str = "", spoken: str = "") -> bool:
    """Whether a message is nothing but a plain yes to a deed, and says what shall be done where it says more.

    "yes, cancel my order" is one; "yes, I want my order" and "ok, my order is fine" only have the words of one.
    `about` is what is asked.
    """
    said = plain(text)
    asks = bool(_ASKS_FOR_IT.intersection(words(said)))
    return agrees(text, about, spoken) and _says_what(_after_the_yes(said, spoken), about, asks=asks)


def _after_the_yes(said: str, spoken: str) -> tuple[str, ...]:
    """What a message goes on with when the words that agree, and kind ones, are said."""
    found = words(said)
    kind = _YES | _there(_YES_THERE, spoken) | _BEFORE | _GLADLY | (_KINDLY - _POINTING)
    while many := leading(found, kind):
        found = found[many:]
    return found


def _says_what(rest: Sequence[str], about: str, *, asks: bool) -> bool:
    """Whether it is an order to do what was asked: with its verb first, or to cancel where that is the deed.

    Elsewhere it may name the thing, with a please (`asks`) or with more of the question: "ja, die Adresse ändern".
    """
    beside = _YES | _KINDLY | _GLADLY
    if not rest or _nothing_but(rest, beside, ""):
        return True
    if _STATES.intersection(rest):
        return False
    if _cancels(about):
        said = f"{' '.join(rest)} {''.join(rest)}"  # a sign is a word where none are spaced
        return _cancels(said) and _nothing_but(rest, beside | _WISH | _CANCEL, about)
    named = [word for word in rest if not leading([word], beside)]
    return (asks or len(named) > 1 or not leading(rest, _POINTING)) and _nothing_but(rest, beside, about)


def agrees(text: str, about: str = "", spoken: str = "") -> bool:
    """Whether a message is nothing but a yes; it may repeat words of what it is asked, which is `about` them."""
    said = plain(text)
    found = words(said)
    if not _QUESTION.search(said) and leading(found, _MERELY_OK) and _nothing_but(found, _MERELY_OK | _THANKS, ""):
        return _nothing_but(found, _MERELY_OK, "")  # "ok thanks" ends a talk as often as it agrees
    return _is_all(said, _YES | _there(_YES_THERE, spoken), _BESIDE_YES, about)


def is_no(text: str, spoken: str = "", about: str | None = None) -> bool:
    """Whether a message is nothing but a no: no question, and no person wanted.

    `about` is what is asked where something is open: "cancel" leaves it, unless that is what a yes would do.
    """
    said = plain(text)
    noes = _NO | _there(_NO_THERE, spoken)
    if about is not None:
        noes |= frozenset() if _cancels(about) else _CANCEL
        noes |= _NOT if about else frozenset()
    return _is_all(said, noes, _BESIDE_NO, about or "") or _declines(said, noes)


def _declines(said: str, noes: frozenset[str]) -> bool:
    """A no that goes on to say that no person is wanted."""
    if len(said) > _SHORT or _QUESTION.search(said):
        return False
    return bool(leading(words(said), noes)) and declines_a_person(said)


def _is_all(said: str, answers: frozenset[str], beside: frozenset[str], about: str) -> bool:
    """Whether it begins with one of the answers and goes on with nothing else of weight."""
    if len(said) > _LONGEST or _QUESTION.search(said):
        return False
    found = words(said)
    while (many := leading(found, _BEFORE)) and not leading(found, answers):
        found = found[many:]
    if not (many := leading(found, answers)):
        return False
    known = answers | beside | (_CANCEL if _cancels(about) else frozenset())
    return _nothing_but(found[many:], known, about)


def _nothing_but(found: Sequence[str], known: Collection[str], about: str) -> bool:
    asked = words(about)
    while found:
        many = leading(found, known) or _of_the_question(found, asked)
        if not many:
            return False
        found = found[many:]
    return True


def _of_the_question(found: Sequence[str], asked: Sequence[str]) -> int:
    """How many words these begin with that the question has too, in the same or another form."""
    if not asked or found[0] in _HEDGES | _NO:
        return 0
    if not _ANY_UNSPACED.match(found[0]):
        return int(any(_is_form_of(found[0], one) for one in asked))
    joined = " ".join(asked)
    runs = (many for many in range(len(found), 1, -1) if " ".join(found[:many]) in joined)
    return next((many for many in runs if not _HEDGES.intersection(found[:many])), 0)


def _is_form_of(word: str, other: str) -> bool:
    """Whether two words are one: "cancel" and "cancelled"; with a digit in it they have to be the same."""
    if word == other or (_cancels(word) and _cancels(other)):
        return True
    return word[:_LIKE] == other[:_LIKE] and len(word) >= _LIKE and word.isalpha()


def _cancels(text: str) -> bool:
    return bool(_CANCELLING.search(fold(text).casefold()))


def _there(answers: Mapping[str, frozenset[str]], spoken: str) -> frozenset[str]:
    return answers.get(spoken.partition("-")[0], frozenset())
