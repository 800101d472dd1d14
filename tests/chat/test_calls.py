"""Lines that must call a person, and lines that must not: tests/chat/data/ (its README says who wrote them)."""

import json
import os
from pathlib import Path

import pytest

from chat import mood, triggers
from chat.asking import plain
from chat.assistant import language
from chat.assistant.hearing import Heard, hear
from chat.assistant.trace import Trace
from chat.assistant.transcript import Line, Transcript
from chat.signals import feeling
from chat.signals.dialogue import Said
from chat.weighing import Policy
from knowledge.embed import named

DATA = Path(__file__).parent / "data"
ENOUGH = 0.95
EVERY_LINE = bool(os.environ.get("TANDEM_EVERY_LINE"))  # `make calls`
POLICY = Policy()


# What is said every day, most of it with few words.
EVERYDAY = """hello there|morning!|howdy|could use some help|can u help me out
hi I need a hand with something|order no 5567123|its NP-998123|yes thats it|no the other one
ok do that|the green one please|four of them|size 38|joe.miller@post.example
where is my order please|where's my package|cancel order NP-100200|it is too wide
doesn't fit me|didn't like the colour|what are your opening hours|how long does delivery take
I forgot my password|can I pay with paypal|the code didn't arrive|guten abend|hallo miteinander
ich brauche kurz hilfe|bestellnummer 5567123|ja genau|nein die andere|wo ist meine bestellung
wie lange dauert die lieferung|passwort vergessen|zu klein|bonjour madame|besoin d'aide svp
oui c'est ça|où en est ma commande|mot de passe oublié|trop petit|hola buenas
necesito una ayuda|sí eso es|dónde está mi pedido por favor|olvidé mi contraseña|buonasera a tutti
mi serve aiuto|dove si trova il mio pacco|password dimenticata|goedenavond
waar is mijn bestelling|wachtwoord vergeten|olá bom dia|preciso de uma ajuda
onde está meu pedido|esqueci a senha|witam|poproszę o małą pomoc|gdzie jest moje zamówienie
iyi günler|yardıma ihtiyacım var|siparişim nerede kaldı|şifremi unuttum|всем привет
нужна ваша помощь|где мой заказ сейчас|забыл пароль|أهلا|أحتاج مساعدتكم|متى يوصل طلبي
نسيت كلمة السر|どうも|ちょっと手を貸してもらえますか|注文の状況を知りたい
パスワードを忘れました|哈喽|需要一点帮助|我的订单到哪了|忘记密码了
Great, that did the trick. Thanks a million and have a lovely weekend!
Alles klar, hat geklappt. Herzlichen Dank und schönes Wochenende!
Listo, ya me aparece el reembolso. Mil gracias, muy amable.
C'est bon, ça marche. Un grand merci pour votre patience et bonne soirée !
Tutto chiaro, grazie mille per la pazienza e buon lavoro!|Resolvido! Obrigadão, vocês são nota dez.
Gelukt hoor, hartelijk bedankt en een fijne dag nog!|Działa, serdecznie dziękuję za pomoc i miłego dnia!
Sorunum çözüldü, elinize sağlık, iyi çalışmalar.|Всё получилось, огромное спасибо и хорошего дня!
تمام اشتغل معايا، ألف شكر ليكم وربنا يبارك فيكم|解决了,太感谢啦,祝你们工作愉快!""".replace("\n", "|").split("|")


def called(name: str) -> list[tuple[str, bool]]:
    """Each line as a conversation's first message, and whether a person is called in either beat."""
    return judged_each(_lines(name))


def _lines(name: str) -> list[str]:
    """Our own lines; of those that others wrote every third, or all with TANDEM_EVERY_LINE."""
    lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    step = 1 if EVERY_LINE or "-" not in name else 3
    return [json.loads(line)["text"] for line in lines[::step]]


def judged_each(said: list[str], judge=None) -> list[tuple[str, bool]]:
    """The same of these texts, or another judgement of each."""
    judge = judge or _is_called
    spoken = [language.detect(text) or "en" for text in said]
    read: dict[str, dict] = {}  # the vectors by text of each model, of those texts alone that need it
    for model in {model for one in spoken for model in feeling.models(one)}:
        texts = [text for text, one in zip(said, spoken, strict=True) if model in feeling.models(one)]
        read[model] = dict(zip(texts, named(model).matrix(texts, "query"), strict=True))
    return [
        (text, judge(text, one, {model: read[model][text] for model in feeling.models(one)}))
        for text, one in zip(said, spoken, strict=True)
    ]


def _is_called(text: str, spoken: str, vectors: dict) -> bool:
    moods = (mood.score(plain(text), spoken),)
    if triggers.judge(text=text, moods=moods, policy=POLICY):
        return True
    return bool(_heard(text, spoken, vectors, moods).calls)


def _is_offered(text: str, spoken: str, vectors: dict) -> bool:
    moods = (mood.score(plain(text), spoken),)
    calls = triggers.judge(text=text, moods=moods, policy=POLICY)
    return not calls and bool(_heard(text, spoken, vectors, moods).unsure)


def _heard(text: str, spoken: str, vectors: dict, moods: tuple[float, ...]) -> Heard:
    felt = feeling.read(text, [Said(True, text)], vectors, spoken)
    transcript = Transcript("c", spoken, "", (Line(1, "visitor", text),), 1, 1, moods)
    return hear(felt, transcript, POLICY, Trace(lambda: 0.0))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [(f"{name}{of}", name == "calls") for name in ("calls", "harmless") for of in ("", "-unseen", "-blind")],
)
def test_who_calls_for_a_person_gets_one_and_nobody_else(name, wanted):
    found = called(name)
    wrong = [text for text, was_called in found if was_called != wanted]
    # A third of the lines may hold more than a third of those that are missed.
    assert len(wrong) <= (1 - ENOUGH) * len(found) + (0 if EVERY_LINE else 2), "\n".join(wrong)


def test_what_is_said_every_day_calls_nobody():
    assert [text for text, was_called in judged_each(EVERYDAY) if was_called] == []


def test_what_is_said_every_day_has_nobody_offered():
    assert [text for text, was_offered in judged_each(EVERYDAY, _is_offered) if was_offered] == []


@pytest.mark.parametrize("of", ["", "-unseen", "-blind", "-hard"])
def test_few_of_the_lines_that_look_like_calls_have_a_person_offered(of):
    found = judged_each(_lines(f"harmless{of}"), _is_offered)
    offered = [text for text, was_offered in found if was_offered]
    assert len(offered) <= 0.1 * len(found), "\n".join(offered)
