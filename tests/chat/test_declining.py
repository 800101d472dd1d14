"""Who names a person as a thing, declines one or tells of one asks for none; who asks beside that still does."""

import time

import pytest

from chat import asking
from chat.asking import declines_a_person, words_for_a_person


@pytest.mark.parametrize(
    "text",
    [
        "I want a human hair wig in blonde.", "I want an operator manual for the M200",
        "We need an agent for removing rust", "I need a representative sample of the fabric",
        "I'd like a human skeleton model",
        "Does the toy robot talk to a person?",
        "I need a person added to my booking",
        "I want a manager account for my colleague", "I'd like a person more at the table",
        "Ich möchte einen Manager-Sessel", "Ich will eine Person weniger buchen",
        "Quiero una persona más en la reserva.", "Necesito un agente desengrasante",
        "Je voudrais un agent nettoyant pour four.", "J'ai besoin d'une personne de moins sur le devis",
        "Vorrei una persona in più nella prenotazione", "Vorrei un capo in lana",
        "Quero uma pessoa a mais na mesa", "Quero um agente de limpeza", "Ik wil een persoon minder",
        "Poproszę konsultanta podatkowego w pudełku", "Нужен менеджер задач для команды",
        "Хочу убрать одного человека из брони", "أريد شخصا إضافيا في الحجز", "أريد إنسان آلي للأطفال",
        "我要一个经理椅", "予約の人数を一人減らしたいです",
    ],
)  # fmt: skip
def test_a_person_as_a_thing_or_one_more_is_no_certain_call(text):
    assert words_for_a_person(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to talk to a person, just give me the tracking link.",
        "Please don't get me an agent, a link will do",
        "Ich muss mit keinem Mitarbeiter sprechen",
        "Sie müssen mich mit niemandem verbinden, die Antwort reicht mir.",
        "No hace falta que me pongan con nadie", "No quiero hablar con un asesor, solo el horario",
        "Je ne veux pas parler à un conseiller, juste connaître vos horaires.", "Inutile de me passer un conseiller",
        "Non voglio parlare con un operatore, solo sapere gli orari.", "Non mi passi nessun operatore",
        "Não me passe para um atendente", "Não preciso falar com ninguém, só o prazo",
        "Je hoeft me niet door te verbinden met een medewerker", "Ik hoef niemand te spreken",
        "Nie trzeba mnie łączyć z konsultantem", "nie chce rozmawiac z czlowiekiem, podaj tylko cennik",
        "Beni temsilciye bağlamanıza gerek yok", "Kimseyle konuşmak istemiyorum",
        "Не надо соединять меня с оператором", "Оператор не нужен, только цена",
        "لا أريد التحدث مع موظف، فقط أريد معرفة ساعات العمل.",
        "مش عايز أكلم حد",
        "担当者と話したいわけではなく、営業時間だけ知りたいです。",
        "スタッフと話す必要はありません", "我不想转人工，只想知道营业时间。", "不用转人工，告诉我运费就行",
    ],
)  # fmt: skip
def test_who_wants_no_person_is_understood_in_every_language(text):
    assert declines_a_person(text)
    assert words_for_a_person(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I spoke to a real person yesterday, she was lovely. Just checking: is my order NP-10 out?",
        "I got to speak to an agent on Monday, all good. When does it ship?",
        "Gestern konnte ich mit einem Mitarbeiter sprechen, sehr nett. Wann kommt das Paket?",
        "Hier, j'ai pu parler à une personne très patiente.",
        "Ayer me atendió una persona de verdad, y todo perfecto",
        "Ieri mi ha risposto una persona vera, bravissima", "Ontem consegui falar com um atendente muito simpático",
        "Dün temsilcinizle konuştum, çok yardımcı oldu", "昨日担当者の方と話して、とても親切でした。",
        "上周我和客服谈过了，问题已经解决。",
    ],
)  # fmt: skip
def test_who_tells_of_a_person_they_spoke_with_asks_for_none(text):
    assert words_for_a_person(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to talk to a bot, I want a person",
        "I spoke with a person yesterday and nothing happened, I want to speak to one again",
        "I don't want that agent again, get me a different person", "I want a person who knows about contracts",
        "I need a manager, because this has gone on since March", "I want a person\nMy order is NP-12",
        "Ich will nicht mit einem Bot, sondern mit einem Menschen sprechen",
        "Gestern konnte ich nicht mit einem Mitarbeiter sprechen", "Ich will einen Menschen, und zwar heute noch.",
        "No quiero hablar con una máquina, quiero una persona.", "No pude hablar con una persona",
        "Necesito un asesor que entienda de facturas", "Je ne veux pas d'un robot, je veux parler à quelqu'un.",
        "Je veux un responsable qui puisse décider", "Non voglio un robot, voglio una persona.",
        "Perché non mi passate un operatore? Voglio parlare con qualcuno",
        "Não quero falar com um robô, quero uma pessoa.",
        "Ik wil niet met een robot praten, ik wil een medewerker spreken",
        "Nie chcę rozmawiać z botem, chcę człowieka.",
        "Dün temsilcinizle konuştum ama olmadı, müdürünüzle görüşmek istiyorum",
        "Я не хочу говорить с ботом, дайте человека.", "لا أريد التحدث مع روبوت، أريد موظف.",
        "昨日担当者と話しましたが何も変わりません。責任者と話したいです。",
        "我不想跟机器人说话，给我转人工。",
        "要不要转人工？我要人工客服",
        "别废话给我转人工",
    ],
)  # fmt: skip
def test_who_wants_a_person_beside_that_is_heard_at_once(text):
    assert words_for_a_person(text)


@pytest.mark.parametrize(
    "run",
    ["don't want ", "не хочу ", "不想给我", "j'ai pu parler ", "does the toy ", "I want a human ", "no quiero ", "\n"],
)
def test_a_hundred_thousand_characters_of_such_words_take_no_time(run):
    text = run * (100_000 // len(run))
    began = time.thread_time()
    for pattern in (asking._declined(text), asking._in_passing(text)):
        list(pattern.finditer(text))
    assert time.thread_time() - began < 5
