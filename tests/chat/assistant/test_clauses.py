"""What one sentence says of two things: each keeps its own."""

import pytest

from chat.assistant import prompt
from chat.assistant.drafts import Draft
from chat.assistant.grounding import Verdict, check
from tests.chat.assistant.shop import Passage

# By language: a source of two clauses, what turns its yes into a no, and what says the same in other words.
TOLD = {
    "en": [
        (
            "The library is quiet upstairs and noisy downstairs.",
            ["The library is quiet downstairs.", "The library is noisy upstairs."],
            ["Upstairs, the library is quiet.", "The library is noisy downstairs."],
        ),
        (
            "Blankets are washable, pillows are non-washable.",
            ["Pillows are washable.", "Blankets are non-washable."],
            ["Blankets can be washed, but pillows are non-washable.", "Pillows are non-washable."],
        ),
        (
            "Drivers are insured from the first day, passengers are uninsured.",
            ["Yes, passengers are insured.", "Passengers are insured from the first day."],
            ["Drivers are insured from the first day.", "Passengers are uninsured."],
        ),
        (
            "Silver members pay for parking, gold members park free.",
            ["Silver members park free.", "Gold members pay for parking."],
            ["Gold members park free of charge.", "Silver members pay for parking."],
        ),
        (
            "Notes are saved automatically on the web, but drafts must be saved manually on the phone.",
            ["Notes must be saved manually on the web.", "Drafts are saved automatically on the phone."],
            ["On the web, notes are saved automatically.", "Drafts must be saved manually on the phone."],
        ),
        (
            "The back door is locked at night and unlocked during the day.",
            ["The back door is unlocked at night.", "The back door is locked during the day."],
            ["During the day, the back door is unlocked.", "The back door is locked at night."],
        ),
        (
            "Trains to Leeds run hourly, buses to York run weekly.",
            ["Buses to York run hourly.", "Trains to Leeds run weekly."],
            ["Trains to Leeds run hourly.", "Buses to York run weekly."],
        ),
        (
            "Comments are on in the office and off in the shop.",
            ["Comments are off in the office.", "In the office, comments are off."],
            ["Comments are off in the shop.", "In the shop, comments are off."],
        ),
    ],
    "de": [
        (
            "Der Aufzug ist im Altbau defekt und im Neubau in Betrieb.",
            ["Der Aufzug ist im Altbau in Betrieb.", "Der Aufzug ist im Neubau defekt."],
            ["Im Altbau ist der Aufzug defekt.", "Der Aufzug ist im Neubau in Betrieb."],
        ),
        (
            "Kinder schwimmen gratis, Erwachsene zahlen den vollen Preis.",
            ["Erwachsene schwimmen gratis.", "Kinder zahlen den vollen Preis."],
            ["Den vollen Preis zahlen Erwachsene.", "Kinder schwimmen gratis."],
        ),
    ],
    "es": [
        (
            "El gimnasio está abierto por la mañana y cerrado por la tarde.",
            ["El gimnasio está abierto por la tarde.", "El gimnasio está cerrado por la mañana."],
            ["Por la mañana el gimnasio está abierto.", "El gimnasio está cerrado por la tarde."],
        ),
    ],
    "fr": [
        (
            "Le parking est gratuit le dimanche, payant en semaine.",
            ["Le parking est gratuit en semaine.", "Le parking est payant le dimanche."],
            ["Le dimanche, le parking est gratuit.", "Le parking est payant en semaine."],
        ),
    ],
    "it": [
        (
            "La piscina è aperta in estate e chiusa in inverno.",
            ["La piscina è aperta in inverno.", "La piscina è chiusa in estate."],
            ["In estate la piscina è aperta.", "La piscina è chiusa in inverno."],
        ),
    ],
    "pt": [
        (
            "O seu nome é visível na loja e oculto no fórum.",
            ["O seu nome é visível no fórum.", "O seu nome é oculto na loja."],
            ["Na loja o seu nome é visível.", "O seu nome é oculto no fórum."],
        ),
    ],
    "nl": [
        (
            "Het zwembad is open in de zomer en gesloten in de winter.",
            ["Het zwembad is open in de winter.", "Het zwembad is gesloten in de zomer."],
            ["In de zomer is het zwembad open.", "Het zwembad is gesloten in de winter."],
        ),
    ],
    "sv": [
        (
            "Butiken är öppen på vardagar, stängd på söndagar.",
            ["Butiken är öppen på söndagar.", "Butiken är stängd på vardagar."],
            ["På vardagar är butiken öppen.", "Butiken är stängd på söndagar."],
        ),
    ],
    "ru": [
        (
            "Парковка бесплатна для гостей и платна для посетителей.",
            ["Парковка бесплатна для посетителей.", "Парковка платна для гостей."],
            ["Для гостей парковка бесплатна.", "Парковка платна для посетителей."],
        ),
    ],
    "ar": [
        (
            "المسبح مفتوح في الصيف، مغلق في الشتاء.",
            ["المسبح مفتوح في الشتاء.", "المسبح مغلق في الصيف."],
            ["في الصيف المسبح مفتوح.", "المسبح مغلق في الشتاء."],
        ),
    ],
    "pl": [
        (
            "Basen jest otwarty latem, zamknięty zimą.",
            ["Basen jest otwarty zimą.", "Basen jest zamknięty latem."],
            ["Latem basen jest otwarty.", "Basen jest zamknięty zimą."],
        ),
    ],
}  # fmt: skip
LIES = [(language, source, lie) for language, told in TOLD.items() for source, lies, _ in told for lie in lies]
TRUTHS = [(language, source, one) for language, told in TOLD.items() for source, _, truths in told for one in truths]


def judge(language: str, source: str, said: str, question: str = "") -> Verdict:
    shown = prompt.shown([Passage(1, "", "", source, language=language)])
    return check(Draft(said, (1,), False), shown, language=language, hosts=(), question=question or said)


@pytest.mark.parametrize(("language", "source", "lie"), LIES)
def test_the_one_thing_does_not_get_what_is_said_of_the_other(language, source, lie):
    assert not judge(language, source, lie).passed


@pytest.mark.parametrize(("language", "source", "said"), TRUTHS)
def test_each_thing_keeps_what_is_said_of_it(language, source, said):
    assert judge(language, source, said).passed, judge(language, source, said)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("We repair tents, boots and stoves in Utrecht.", "Boots are repaired in Utrecht."),
        ("Parcels to the US and Canada take 10 days and cost €19.", "Parcels to Canada cost €19."),
        ("Refunds and exchanges are free for members.", "Exchanges are free for members."),
        ("Items that are damaged, wrong or missing are replaced.", "Missing items are replaced."),
        ("You can pay by card, by invoice or in cash, and you get a receipt.", "You can pay by invoice."),
        ("Orders are packed by hand and sent by courier within 2 days.", "Orders are sent within 2 days by courier."),
        ("The hotel has a heated pool, a sauna and a gym that is open all night.", "The hotel has a sauna."),
        ("Your name, address and e-mail are stored and never sold.", "Your address is stored."),
    ],
)
def test_a_list_is_one_thing(source, said):
    assert judge("en", source, said).passed, judge("en", source, said)


@pytest.mark.parametrize(
    ("source", "said", "passes"),
    [
        ("Orders over €75 ship free.", "Orders of €75 ship free.", False),
        ("Orders over €75 ship free.", "Orders from €75 ship free.", False),
        ("Orders over €75 ship free.", "Orders of €75 or more ship free.", False),
        ("Orders over €75 ship free.", "Free shipping is for orders over €75.", True),
        ("Orders over €75 ship free.", "If an order is over €75, it ships free.", True),
        ("Orders from €75 ship free.", "Orders of €75 ship free.", True),
        ("Parcels under 20 kg are accepted.", "Parcels of 20 kg are accepted.", False),
        ("Parcels under 20 kg are accepted.", "Parcels up to 20 kg are accepted.", False),
        ("Parcels under 20 kg are accepted.", "We accept parcels under 20 kg.", True),
        ("Parcels up to 20 kg are accepted.", "Parcels of 20 kg are accepted.", True),
    ],
)
def test_an_amount_from_which_it_holds_is_none_at_which_it_holds(source, said, passes):
    assert judge("en", source, said).passed is passes, judge("en", source, said)


@pytest.mark.parametrize(
    ("language", "source", "lie"),
    [
        ("hi", "इस्तेमाल किया हुआ सामान वापस नहीं किया जा सकता।", "इस्तेमाल किया हुआ सामान वापस किया जा सकता है।"),
        ("ja", "使用済みの商品は返品できません。", "使用済みの商品は返品できます。"),
        ("he", "לא ניתן להחזיר מוצרים משומשים.", "ניתן להחזיר מוצרים משומשים."),
        ("bn", "ব্যবহৃত পণ্য ফেরত দেওয়া যায় না।", "ব্যবহৃত পণ্য ফেরত দেওয়া যায়।"),
        ("ko", "사용한 상품은 반품할 수 없습니다.", "사용한 상품은 반품할 수 있습니다."),
        ("zh", "用过的商品不能退货。", "用过的商品能退货。"),
    ],
)
def test_where_a_no_cannot_be_read_only_the_source_itself_passes(language, source, lie):
    assert not judge(language, source, lie).passed
    assert judge(language, source, source).passed
