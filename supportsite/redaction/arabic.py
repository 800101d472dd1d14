"""Arabic names behind "I am" and below a letter's greeting: there are no capitals, so given names and endings tell."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

LETTER: Final = "\u0620-\u065f\u0670-\u06d3"
# Words behind which a name has ended, or which are none.
STOPS: Final = frozenset(
    """من في على إلى عن مع قد هو هي لم لا لن ليس ليست غير ما ماذا هل كيف متى أين أنا أريد أرغب أود أحتاج لدي عندي طلبت اشتريت
    رقم رقمي هاتفي بريدي عنواني طلبي مكتوب مكتوبة خطأ خاطئ صحيح المدير المديرة المحترم المحترمة العميل الزبون كم لماذا عند لكم
    انا اريد ارغب احتاج هذا هذه ذلك الذي التي كنت كان صاحب صاحبة فريق شركة متجر قسم خدمة العملاء الدعم بانتظار ننتظر شكرا شكراً
    يرجى رجاء الرجاء نرجو نأمل مرحبا السلام نفس كل بعض ضد تحت فوق داخل خارج قرب أمام خلف بين منذ حتى طوال حاليا حالياً فقط
    أيضا أيضاً دائما بحاجة اليوم الآن الان أمس غدا غداً الليلة البارحة الغد جدا جداً يا إن أن لأن لكن ولكن هنا هناك بلا بدون ثم
    بخير عميلكم زبونكم جميعا جميعاً مقدما مقدماً سلفا سلفاً""".split()
)
_GIVEN: Final = frozenset(
    """محمد أحمد احمد محمود مصطفى علي حسن حسين حسام حسني حمد حمدان حمزة حمود خالد خليل خليفة عمر عمرو عمار عماد عثمان عادل عامر
    عاصم عباس عبدالله عبدالرحمن عبدالعزيز عبدالملك عبداللطيف عبدالرحيم عبدالكريم عبدالقادر عبد عدنان عصام عاطف علاء عيسى غازي
    غسان فادي فارس فاروق فؤاد فهد فواز فيصل فراس قاسم قيس كمال كريمة لؤي ليث ماجد ماهر مازن مالك مجدي محسن مراد مروان مشاري
    مشعل معاذ معتز منذر منصور منير مهند موسى ميسرة نادر ناصر نايف نبيل نواف نزار نضال هاشم هاني هشام هيثم وائل وسام وسيم وليد
    ياسر ياسين يحيى يزن يعقوب يوسف يونس إبراهيم ابراهيم إسماعيل اسماعيل إسحاق إلياس أسامة اسامة أشرف أكرم أمجد أنس أنور أيمن أيوب
    إيهاب إياد بدر بسام بشار بشير بكر بلال بندر تامر تركي ثامر جابر جاسم جلال جمال جمعة جهاد حاتم حازم حامد حبيب داود رائد رامي
    رأفت رشيد رضا رمزي رياض زكريا زياد زيد سامر سامي سالم سعد سعود سلطان سلمان سليمان سمير سهيل سيف شادي شاكر شريف صابر صلاح
    صهيب طارق طاهر طلال طلعت طه نشأت بهجت عصمت فاطمة عائشة خديجة زينب مريم سارة سلمى ليلى لينا لمى لطيفة لبنى نورا نورة نوال نادية ناديا
    نجلاء نجوى نسرين نهى هالة هبة هدى هند هيا هيفاء ياسمين يسرا رنا رانيا رحاب رزان رغد رنيم ريم ريما روان رؤى رقية رباب آلاء
    آمنة آية إسراء اسراء إيمان ايمان أسماء اسماء أروى أريج بدرية بشرى بثينة تهاني جميلة جنى جواهر حصة حليمة حنان خلود داليا دانا
    دعاء دلال دينا رهف زهراء سعاد سميرة سمية سناء سهى سهام سوزان شروق شهد شيماء صفاء عبير عزيزة علياء غادة غيداء فرح كوثر
    لجين لمياء مروة مشاعل منال منى منيرة مها مي ميساء ميادة نجاة وجدان وداد ولاء""".split()
)
# Given names that say as much of anybody: "I am happy", "a generous one".
_EITHER: Final = frozenset(
    "سعيد كريم أمين امين صالح جميل سليم فريد هادي نور ماهرة سعيدة مؤمن عزيز ربيع حكيم شجاع نبيلة".split()
)
# A family's name such as "al-Harbi" has the shape of "the present one".
_FAMILY: Final = re.compile(
    rf"ال(?!حالي|تالي|ثاني|نهائي|أصلي|شخصي|رسمي|قانوني|تقني|فني|محلي|خارجي|داخلي|عادي|تجاري|ماضي|شرعي)[{LETTER}]{{2,}}ي|آل"
)
_WORD: Final = rf"[{LETTER}]{{2,20}}"
_UP_TO: Final = rf"(?P<name>{_WORD}(?: {_WORD}){{0,3}})"
_SPEAKS: Final = re.compile(rf"(?<![{LETTER}])(?:و?[أا]نا|معكم?|معاك|يكلمك|المتحدث|المرسل|المرسلة)[ :]+{_UP_TO}")
_GREETS: Final = (
    r"(?:مع )?(?:خالص |أطيب |اطيب |أجمل |فائق )?(?:تحياتي|تحياتنا|التحيات|التحية|الاحترام|الشكر|التقدير|احترامي|شكري|تقديري)"
    r"(?: و ?(?:الاحترام|التقدير|الشكر|تقديري|احترامي|شكري|شكرا))?|المخلصة?|وشكرا|وشكراً|أخوكم|اخوكم|أختكم|اختكم|دمتم بخير"
)
# Below a letter, to its end; without a sign between them there are words that go on: "greetings to you".
_SIGNED: Final = re.compile(
    rf"(?<=[\s.,،!؟?])(?:{_GREETS})(?P<sign> ?[,،.:!\n-]\s{{0,4}}| ){_UP_TO}(?=[ .!]{{0,4}}(?:\n|$))"
)
_JOINED: Final = ("ال", "آل", "بن", "ابن", "بنت", "أبو", "ابو")


def find(text: str) -> Iterator[Span]:
    """The names in `text` of whoever says "I am", or signs."""
    for match in _SPEAKS.finditer(text):
        if end := _end(match["name"]) if _is_somebody(match["name"]) else 0:
            yield Span(match.start("name"), match.start("name") + end, Kind.NAME)
    for match in _SIGNED.finditer(text):
        if _end(match["name"]) == len(match["name"]) and (match["sign"] != " " or _is_somebody(match["name"])):
            yield Span(*match.span("name"), Kind.NAME)


def _is_somebody(name: str) -> bool:
    """Whether words behind "I am" are a name: a given one, or one that may be and then a family's."""
    first, *rest = name.split(" ")
    if first in STOPS:
        return False
    if first in _GIVEN or (first in ("أبو", "ابو") and rest and rest[0] in _GIVEN):
        return True
    second = rest[0] if rest else ""
    if first in _EITHER:
        return second.startswith("ال") and second not in STOPS
    return not _is_verb(first) and bool(_FAMILY.fullmatch(second))


def _end(name: str) -> int:
    """How far a name goes: up to a word that is none, or that an "and" joins on."""
    end = 0
    for at, word in enumerate(re.finditer(r"[^ ]+", name)):
        one = word[0]
        is_name = one in _GIVEN or one in _EITHER or one.startswith(_JOINED)
        if one in STOPS or (not is_name and (_is_verb(one) or (at and one[0] == "و"))):
            break
        end = word.end()
    return end


def _is_verb(word: str) -> bool:
    """Whether a word that is no known name has the shape of an "I did", a "we did" or an "I do"."""
    return len(word) > 3 and (word.endswith(("ت", "نا")) or word[0] in "أي")
