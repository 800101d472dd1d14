"""Which language a text is in: quickly for every message, and steadily for short ones."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = (
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hi", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ro",
    "ru", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip

# On 3,576 short questions in 12 languages (benchmarks/language.py) lingua in high-accuracy mode is right on 98.9 % and
# takes 590 MB, in low-accuracy mode on 97.3 % and takes some 35; with these frequent words on 98.9 % too, at no cost.
_COMMON = {
    "cs": "a je se na že to jak kdy kde co mám jsem prosím ale není moje můj objednávka",
    "da": "og er det at jeg ikke hvordan hvornår hvor kan min mit en på til af med fra hvad skal",
    "de": "der die das und ist ich nicht wie wann wo kann mein meine ein eine zu mit von für was auf wird es "
    "sie wurde welche welches welcher welchem wer warum war waren sind hat dem den im am wieviel viele "
    "habe bitte noch bei aus nach",
    "en": "the and is i not how when where can my a to of in what does do was did for it you are which who why "
    "has have many an on with please at from were much",
    "es": "el la los las y es no cómo cuándo dónde puedo mi un una de que qué en por para con se del cuál quién "
    "cuánto cuánta cuántos cuántas al fue lo su como cuando donde quiero tengo está",
    "fi": "ja on ei se että miten milloin missä voin minun en olen mitä tilaus",
    "fr": "le la les et est je ne pas comment quand où puis mon ma un une de des que quel quelle en pour avec "
    "du qui combien à vous au ce mes cette sur il quels quelles dans a mais ai",
    "hu": "a az és nem hogy mikor hol egy van mi az én meg rendelés hogyan",
    "it": "il lo la gli e è non come quando dove posso mio mia un una di che per con del chi quanto i della "
    "sono nel ho quali al cosa mi si",
    "nb": "og er det at jeg ikke hvordan når hvor kan min mitt en på til av med fra hva skal",
    "nl": "de het een en is ik niet hoe wanneer waar kan mijn van op voor met wat wie aan dat zijn er ook bij "
    "je hebben",
    "pl": "i jest nie się na w z jak kiedy gdzie mogę mój moja to że co do czy ile",
    "pt": "o a os as e é não como quando onde posso meu minha um uma de que em por para com do da se quem no na "
    "seu sua qual quanto quantos dos ao foi",
    "ro": "și este nu cum când unde pot meu mea un o de la în cu pe ce care din al cui cât ce s-a cine pentru "
    "să a fost au cât câte câți ale sunt lui mai era cel",
    "sv": "och är det att jag inte hur när var kan min mitt en på till av med från vad ska",
    "tr": "ve bir bu için ne nasıl nerede zaman kaç mı mi değil benim ile olarak hangi kim da de var mu mü nedir kadar",
    "vi": "và là của không có tôi được một cho trong với ở như những nào gì khi bao",
    "ru": "и не что как когда где я мой моя в на с это можно ли какой какие кто что к по был была сколько "
    "почему из для",
    "uk": "і не що як коли де я мій моя в у на з це чи який які хто до був була скільки чому із для та",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LANGUAGES_OF = {
    word: tuple(language for language, words in _WORDS.items() if word in words)
    for word in frozenset().union(*_WORDS.values())
}
_NOISE = re.compile(r"https?://\S+|[\w.+-]+@\S+|\[[A-Z]+_\d+\]|[A-Za-z-]*\d[A-Za-z\d-]*|[#*_`<>|{}\\/]")
# A line that a machine wrote: it begins with a time, a level or a place in a program, or is quoted from a mail.
_LOG = re.compile(
    r"^[\s\[(]*(?:\d{4}[-/]\d\d[-/]\d\d|\d\d?:\d\d:\d\d|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b"
    r"|at [\w.$<>]+\(|File \"|Traceback \(|Caused by:|[\w.]+(?:Error|Exception):|>)"
)
# A script that one of our languages alone writes in; a sign of the first three says about as much as three letters.
_SCRIPTS = {
    "ja": (re.compile("[\u3040-\u30ff]"), 6),
    "zh": (re.compile("[\u4e00-\u9fff]"), 3),
    "th": (re.compile("[\u0e00-\u0e7f]"), 2),
    "ko": (re.compile("[\uac00-\ud7af]"), 3),
    "el": (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), 2),
    "hi": (re.compile("[\u0900-\u097f]"), 2),
    "ar": (re.compile("[\u0600-\u06ff]"), 2),
}
# Letters of Persian and Urdu: what has them is no Arabic, though in its script.
_NOT_ARABIC = re.compile("[کیٹڈڑںہے]|[پچژگ][^پچژگ]*[پچژگ]")
_CYRILLIC = (re.compile("[\u0400-\u04ff]"), 2)
_OWN_SCRIPT = {**_SCRIPTS, "ru": _CYRILLIC, "uk": _CYRILLIC}
_SCRIPT_STAYS = 12  # in the letters' weights: two words or so
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WEIGHT = 1.6  # what one frequent word is worth, in the logarithm of lingua's confidence
_LETTERS_TO_JUDGE = 10
_PLAIN_WORDS = 2
_MARGIN = 2.0  # e^2: another language has to be about seven times as likely as the one that was spoken so far


@cache
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, language.upper()) for language in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def warm() -> None:
    """Load the models, so that the first message finds them there."""
    for text in ("Where is my order and when does it come", "где мой заказ", "أين طلبي", "मेरा ऑर्डर कहाँ है"):
        scores(text)


# A message is asked about twice: in which language the talk goes on, and by whose reader its mood is read.
@lru_cache(256)
def scores(text: str) -> Sequence[tuple[str, float]]:
    """The likely languages of `text`, best first, with a log-likelihood each; empty where it has no words."""
    clean = _NOISE.sub(" ", text[:600])
    script = _script(clean)
    if script == "ar" and _NOT_ARABIC.search(clean):
        return ()
    if script:
        return ((script, 0.0),)
    words = _words(clean)
    if not words:
        return ()
    found = {
        value.language.iso_code_639_1.name.lower(): math.log(value.value + 1e-4)
        for value in _detector().compute_language_confidence_values(_without_names(clean))
        if value.value > 0
    }
    for word in words:
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            if language in found:
                found[language] += _WEIGHT / len(languages)
    return tuple(sorted(found.items(), key=lambda item: -item[1]))


def _without_names(clean: str) -> str:
    """Words with a capital in mid-sentence are names more often than not, and names have no language."""
    words = clean.split()
    plain = [word for i, word in enumerate(words) if i == 0 or not word[:1].isupper()]
    return " ".join(plain if len(plain) >= 3 else words)


def _script(clean: str) -> str:
    weights = {language: weight * len(signs.findall(clean)) for language, (signs, weight) in _SCRIPTS.items()}
    language, weight = max(weights.items(), key=lambda item: item[1])
    return language if weight > len(_LATIN.findall(clean)) else ""


def detect(text: str, default: str = "") -> str:
    """The most likely language of `text` as ISO 639-1, `default` where it has no words."""
    found = scores(text)
    return found[0][0] if found else default


def quick(text: str, default: str) -> str:
    """The language to go on in: `default` unless `text` is long and clear enough to say otherwise (under 1 ms).

    What was pasted from a log says nothing, and whoever writes in the script of `default` goes on in it, whatever
    stands beside that.
    """
    text = _own(text)
    if _letters(text) < _LETTERS_TO_JUDGE or _is_plainly(default, text):
        return default
    found = scores(text)
    if not found or found[0][0] == default or _has_script_of(default, text, found[0][0]):
        return default
    best, score = found[0]
    spoken = dict(found).get(default, math.log(1e-4))
    second = found[1][1] if len(found) > 1 else math.log(1e-4)
    return best if score - max(spoken, second) >= _MARGIN else default


def of_first(text: str, locale: str) -> str:
    """The language that a customer is answered in whose first words these are, from a browser of that locale."""
    return quick(text, of_locale(locale, locale))


def likeliest(text: str, spoken: str) -> str:
    """The language of one text by itself, be it ever so short; `spoken` where it has no words or is plainly in that.

    For what only one language's reader may read, such as VADER; a conversation goes on in that of `quick`.
    """
    return spoken if _is_plainly(spoken, text) else detect(text, spoken)


def of_many(texts: Sequence[str]) -> list[str]:
    """The language of each of `texts`, which belong together: the most frequent one unless a text plainly differs."""
    most = Counter(detect(text, "en") for text in texts[:500]).most_common(1)
    return [quick(text, most[0][0]) for text in texts]


def _own(text: str) -> str:
    """The lines that somebody wrote; all where a machine wrote all."""
    if "\n" not in text:
        return text
    return "\n".join(line for line in text.split("\n") if not _LOG.match(line)).strip() or text


def _has_script_of(spoken: str, text: str, other: str) -> bool:
    """Whether two words or more are in the script of the language spoken so far, and the other one has another."""
    signs, weight = _OWN_SCRIPT.get(spoken, (_LATIN, 0))
    alike = _OWN_SCRIPT.get(other, (_LATIN, 0))[0] == signs
    return not alike and weight * len(signs.findall(text[:600])) >= _SCRIPT_STAYS


def _is_plainly(spoken: str, text: str) -> bool:
    """Whether frequent words alone say so: then lingua's answer, a third of what stands before an ack, changes nothing.

    Of 3,576 questions in 12 languages it is one in 25,000 that another language is taken for the spoken one.
    """
    words = _words(_NOISE.sub(" ", text[:600]))
    hits = Counter(language for word in words for language in _LANGUAGES_OF.get(word, ()))
    own = hits.pop(spoken, 0)
    return own >= _PLAIN_WORDS and own >= 2 * max(hits.values(), default=0)


def _words(clean: str) -> list[str]:
    return [word.lower().split("'")[0].split("’")[0] for word in _TOKEN.findall(clean)]


def _letters(text: str) -> int:
    return sum(len(word) if word.isascii() else 2 * len(word) for word in _TOKEN.findall(_NOISE.sub(" ", text[:600])))


def of_locale(locale: str, default: str) -> str:
    """The language that a browser's locale names: de-AT is de; `default` where it names none."""
    base = locale.replace("_", "-").split("-")[0].lower()
    return base if base.isascii() and base.isalpha() and 2 <= len(base) <= 3 else default
