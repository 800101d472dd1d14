"""When a person is called at once, and when not."""

import time

import pytest

from chat import mood, reception
from chat.triggers import judge, warm
from chat.weighing import Policy


def codes(text: str, *earlier: float, alarm_words=()) -> list[str]:
    moods = [*earlier, mood.score(text)]
    return [r.code for r in judge(text=text, moods=moods, policy=Policy(alarm_words=alarm_words))]


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "can i please speak with a real person",
        "let me speak to your manager",
        "get me a human",
        "human please",
        "AGENT",
        "I want a person",
        "I would like a person",
        "I’d like a human",
        "I need a person please",
        "can I get a person?",
        "Can I please have a real human being?",
        "person",
        "a real person please!",
        "I don't want a bot, give me a human",
        "I don’t want to talk to a bot",
        "I don't need a robot I need an agent",
        "Are you a real person? Get me a human.",
        "is there a person I can talk to",
        "put me through to someone",
        "talk to customer service",
        "Why won't you let me talk to a human",
        "Ich möchte einen Menschen",
        "ich brauche bitte einen echten Mitarbeiter",
        "Kann ich einen Mitarbeiter sprechen?",
        "Verbinden Sie mich bitte mit einem Menschen",
        "Ich will nicht mit einem Bot schreiben",
        "Mensch bitte",
        "Quiero una persona",
        "necesito un agente",
        "¡Póngame con alguien!",
        "No quiero un bot",
        "Je veux une personne",
        "j’ai besoin d’un humain",
        "Je voudrais un conseiller s’il vous plaît",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Kann ich bitte mit einem echten Menschen reden?",
        "Quiero hablar con una persona",
        "páseme con un agente",
        "Je voudrais parler à un conseiller",
        "passez-moi un humain s'il vous plaît",
    ],
)
def test_asking_for_a_person_is_understood(text):
    assert "asked" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to talk to a human, just tell me the price",
        "Can another person collect my parcel?",
        "Do you have a size guide for people over 2 m?",
        "Wie lange dauert die Lieferung?",
        "¿Puede recogerlo otra persona?",
        "Une autre personne peut-elle récupérer mon colis ?",
        "do I need an agent to sign for it?",
        "I need a person to sign for the parcel?",
        "Do you have real person sizes?",
        "Can I transfer the warranty to someone else?",
        "I'd like a four-person tent",
        "Are you a real person?",
        "am i talking to a real live person",
        "tell me if you are a real person or an ai",
        "i'm not a bot, are you",
        "No need for an agent, thanks",
        "Ich möchte nicht mit einem Mitarbeiter sprechen",
        "Kann eine andere Person das Paket annehmen?",
        "No quiero hablar con una persona",
        "Necesito una persona para recogerlo?",
        "Je ne veux pas parler à un conseiller",
        "Personne ne m'a livré",
        "How do I become a rescue operator member?",
    ],
)
def test_a_question_that_names_people_asks_for_none(text):
    assert codes(text) == []


@pytest.mark.parametrize("text", ["This is a scam!", "Das ist Betrug", "Esto es una estafa", "C'est une arnaque"])
def test_anger_in_words_calls_a_person(text):
    assert "angry" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Das ist Betrug, mein altes Abo wird immer noch abgebucht", "wtf, my last order is gone",
        "You are all liars. My last refund never came.", "C'est une arnaque, mon ancien contrat court toujours",
        "Qué vergüenza, mi anterior pedido tampoco llegó", "You people are thieves, my husband paid twice",
        "это обман, мой прошлый заказ так и не пришёл", "ridiculous, my last shop order is lost",
    ],
)  # fmt: skip
def test_anger_about_an_older_order_is_anger_at_us(text):
    assert "angry" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "My landlord is an absolute idiot and I hate him, so I need the parcel delivered to my office instead.",
        "Estoy harto de mi operadora de móvil, ¿vuestro router funciona con cualquier SIM?",
        "My old phone company was a rip-off, what do you have?",
        "Mein alter Anbieter war eine Frechheit, habt ihr Glasfaser?",
        "Mon ancien opérateur était une honte, quel forfait ?",
        "Mi antigua compañía era una estafa, ¿qué tarifa tenéis?",
    ],
)  # fmt: skip
def test_anger_at_somebody_else_calls_nobody(text):
    assert codes(text) == []


def test_where_a_parcel_is_with_three_angry_signs_calls_a_person():
    assert codes("Where is my parcel 😡😡😡") == ["angry"]


def test_all_capitals_call_a_person_but_a_short_code_does_not():
    assert codes("WHERE IS MY ORDER ALREADY") == ["shouting"]
    assert codes("OK") == codes("GTX 300 SL") == codes("Order NP-2231 from DHL") == []


def test_a_mood_that_stays_low_calls_a_person_where_one_word_does_not():
    grumble = "The zip broke and the seam is bad"
    assert codes(grumble) == []
    assert codes(grumble, -0.7, -0.7) == ["angry"]


def test_the_sites_own_words_count_as_whole_words():
    assert codes("My child fell because the clip failed", alarm_words=["fell"]) == ["angry"]
    assert codes("A fellow hiker told me", alarm_words=["fell"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "vorrei parlare con un operatore", "quero falar com um atendente", "ik wil graag een medewerker spreken",
        "chcę rozmawiać z konsultantem", "müşteri temsilcisi ile görüşmek istiyorum", "хочу поговорить с оператором",
        "أريد التحدث إلى موظف", "担当者と話したいのですが", "请帮我转人工客服",
        "m a n a g e r please", "hu\u200bman please",
    ],
)  # fmt: skip
def test_a_person_is_asked_for_in_languages_that_code_does_not_speak_and_in_disguise(text):
    assert codes(text) == ["asked"]


@pytest.mark.parametrize(
    "text",
    [
        "нужен менеджер паролей",
        "chcę menedżer haseł",
        "أريد مدير كلمات المرور",
        "biri arabamı çizdi, garanti var mı",
        "我想和家人聊天", "この部品は関係につながりますか", "per quante persone è la tenda?",
        "IKEA LACK TV", "sick of rain, got jackets?",
        "> I want to speak to a manager\nThat is solved now",
    ],
)  # fmt: skip
def test_words_that_only_look_like_it_call_nobody_in_any_language(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "MY USB-C TO HDMI ADAPTER",
        "HI DO YOU SHIP TO MALTA THANKS",
        "GOOD MORNING! WHICH BULB FITS THE LAMP?",
        "GPS EU MAP UPDATE",
    ],
)
def test_capitals_alone_do_not_call(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "WARUM ANTWORTET MIR HIER KEINER",
        "YOUR SHOP IS A JOKE!!",
        "HELLO WHERE IS MY ORDER???",
        "GDZIE JEST MOJA PACZKA",
    ],
)
def test_capitals_with_which_somebody_insists_call(text):
    assert "shouting" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which ports has it?\n\n-----Original Message-----\nFrom: Bob\nI want to talk to a manager, this is a scam!",
        "Which ports has it?\n\nOn Mon, 3 Mar 2025 at 10:00 Bob wrote:\nI want to speak to a human now",
        "Welche Anschlüsse hat er?\n\nAm 3. März 2025 schrieb Bob:\nIch will mit einem Menschen sprechen",
        'My colleague wrote "I want to speak to a human" in the wrong window. How do I delete it?',
        "How do I report a scam e-mail that pretends to be you?",
        "My neighbour is furious at the postman. Do you sell parcel boxes?",
        "Comment signaler une arnaque ?",
        "Quale stufa scalda una stanza di 20 m2?",
        "ridiculous amounts of data fit on this drive, which model is it?",
    ],
)
def test_what_somebody_else_said_or_did_calls_nobody(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text", ["this is a scam", "you people are thieves", "Das ist doch Betrug!", "c'est une honte"]
)
def test_who_is_called_a_thief_hears_it(text):
    assert "angry" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want a m a n a g e r",
        "m.a.n.a.g.e.r",
        "I want a ma\u2066n\u2069ager",
        "I want a ｍａｎａｇｅｒ",
        "I want a hum\ufe0fan",
        "talk  to  a  h  u  m  a  n",
    ],
)
def test_a_call_in_disguise_is_heard(text):
    assert codes(text) == ["asked"]


@pytest.mark.parametrize(
    "text",
    [
        "M E N S C H   B I T T E", "h a b l a r   c o n   a l g u i e n", "م و ظ ف",  # letters apart
        "reprasentative", "mdewerker aub", "konsulatnt proszę", "hu\u200bmain svp",  # mistyped, and little else
        "musteri temsilcisine baglar misin", "quiero hablar con una persona ya", "czlowieka prosze",
    ],
)  # fmt: skip
def test_a_call_is_heard_however_it_is_typed(text):
    assert codes(text) == ["asked"]


@pytest.mark.parametrize(
    "text",
    [
        "Ich hatte den Support schon angeschrieben, wo finde ich es?", "Konnte jemand meine Bestellung melden?",
        "Ich hatte einen Mitarbeiter am Telefon", "Kurier chce osobe do podpisu, czy mam byc w domu",
        "nie chce rozmawiac z konsultantem, tylko link",
        "1 Person", "2 Menschen", "4 pessoas", "Persona 5", "Hi agent", "Hello Boss", "Kierownica",
        "un encargo", "beraten",
        "هل يمكنكم توفير فاتورة ضريبية؟", "أتمنى لكم التوفيق، متى يصل طلبي؟",
        "Annemin siparişi ne oldu?", "Babam emekli oldu, indirim var mı?",
        "My order number is 4123157 😀", "我的订单号是20123154", "注文番号は12315です", "a late father's day gift",
        "My friend just died in Fortnite", "Quiero un seguro que cubra ladrones",
        "A mia figlia è mancato un pezzo nel pacco",
        "personal", "two persons", "manger", "what does a persona cost?", "agency",
        "don't transfer me, just answer",
        "la consulenza è gratuita", "A B C D", "size   S M L X L   in stock",
    ],
)  # fmt: skip
def test_what_is_nearly_such_a_word_calls_nobody(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text", ["_______", "Name: ___________", "please sign here ________ thanks", "_ _ _ _", "* * * *"]
)
def test_a_line_to_fill_in_is_a_message_like_any_other(text):
    assert codes(text) == []


def test_letters_set_apart_by_signs_are_still_a_word():
    assert "asked" in codes("I want a m-a-n-a-g-e-r")
    assert "asked" in codes("i want a   h u m a n")


@pytest.mark.parametrize("space", [" ", "\n", "\u3000", " \n"])
@pytest.mark.parametrize(
    "opening",
    [
        "i want to talk to", "speak with a", "can i have", "can someone call", "hand me to", "is there a", "real",
        "ich will mit", "kann ich mit einem", "quiero hablar con", "je veux parler à", "voglio parlare con", "not a",
    ],
)  # fmt: skip
def test_nobody_makes_others_wait_by_a_run_of_spaces(opening, space):
    """Three runs that may stand side by side took cubic time: a message of 1.5 kB held the process for a minute."""
    began = time.thread_time()
    codes(opening + space * 1470 + "! x")
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello,\nOn Monday I wrote to you and nobody answered.\nI want to speak to a human now.", "asked"),
        ("Hallo,\nam Montag schrieb ich Ihnen bereits.\nIch möchte mit einem Mitarbeiter sprechen.", "asked"),
        ("El lunes su compañero me escribió que no\nQuiero hablar con una persona, por favor.", "asked"),
        ("Am Dienstag schrieb mir Ihr Bot Unsinn.\nIch will mich umbringen.", "sensitive"),
        ('My 27" monitor arrived broken, let me talk to a human please, the 32" one too.', "asked"),
        ('"Let me speak to a manager now"', "asked"),
        ('My sister wrote "I want to kill myself, please" to me, what now?', "sensitive"),
        ("Which ports has it?\n> the charger caught fire and burned my hand", "sensitive"),
    ],
)
def test_a_call_is_heard_beside_what_looks_like_a_quotation_and_a_subject_for_a_person_in_one(text, code):
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am going to take my life tonight", "I want to end it all", "everyone would be better off without me",
        "I can't go on living like this",
        "The heater is burning my house right now",
        "mein Leben hat keinen Sinn mehr",
    ],
)  # fmt: skip
def test_who_is_in_danger_gets_a_person(text):
    assert codes(text) == ["sensitive"]


@pytest.mark.parametrize("text", ["I want to end it all my subscriptions are too many", "Does the stove suit a house?"])
def test_like_words_of_no_danger_call_nobody(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("words", "code"), [("Let me speak to a human being", "asked"), ("I want to die", "sensitive")]
)
def test_a_call_in_the_middle_of_the_longest_message_is_heard(words, code):
    filler = "I bought a sofa in March and it was meant to come in April. "
    text = f"{filler * 32}{words}. {filler * 33}"[:4000]
    assert codes(text) == [code]


def test_the_longest_message_takes_no_time_in_its_transaction_once_it_was_read():
    text = ("I bought a sofa in March and it was meant to come in April. " * 67)[:4000]
    warm("Where is my sofa?")
    began = time.thread_time()
    warm(text)
    read = time.thread_time()
    codes(text)
    assert read - began < 0.5  # 0.05 on an idle core
    assert time.thread_time() - read < (read - began) / 4


def test_many_at_signs_take_no_time():
    began = time.thread_time()
    assert reception.address_in("@" * 4000) == ""
    assert reception.address_in("a@" * 2000) == ""
    assert time.thread_time() - began < 0.5
