"""Scripts without capitals: a question keeps its words, a name that is told goes."""

import json
import re
import time
from pathlib import Path

import pytest

from chat.assistant import language
from supportsite.redact import Redactor, find

QUESTIONS = json.loads((Path(__file__).parent / "data" / "ordinary-questions.json").read_text("utf-8"))
CASELESS = ("ar", "he", "hi", "ja", "ko", "th", "zh")


def lost(text: str, code: str) -> int:
    """How many letters of a text are taken out."""
    left = re.sub(r"\[[A-Z]+_\d+\]", "", Redactor([text], language=code).redact(text))
    return sum(map(str.isalpha, text)) - sum(map(str.isalpha, left))


def kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


def test_there_are_questions_in_every_language_that_is_detected():
    assert set(language.LANGUAGES) <= set(QUESTIONS)
    assert all(len(questions) >= 10 for questions in QUESTIONS.values())


@pytest.mark.parametrize("code", sorted(QUESTIONS))
def test_an_ordinary_question_keeps_its_letters(code):
    letters = sum(sum(map(str.isalpha, question)) for question in QUESTIONS[code])
    assert sum(lost(question, code) for question in QUESTIONS[code]) <= 0.04 * letters
    assert max(lost(question, code) for question in QUESTIONS[code]) <= 10, "a word or two"


@pytest.mark.parametrize("code", CASELESS)
def test_without_capitals_it_keeps_all_of_them(code):
    assert [question for question in QUESTIONS[code] if lost(question, code)] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("مرحبا، اسمي وليد الحربي وأريد إرجاع الطلب", "وليد الحربي"),
        ("السيد أحمد منصور", "أحمد منصور"),
        ("שמי דנה כהן ואני רוצה להחזיר", "דנה כהן"),
        ('ד"ר לוי', "לוי"),
        ("मेरा नाम प्रिया वर्मा है और मुझे रिफंड चाहिए", "प्रिया वर्मा"),
        ("श्रीमती सुनीता शर्मा को भेजें", "सुनीता शर्मा"),
        ("ฉันชื่อสมหญิง ใจดี อยากคืนสินค้า", "สมหญิง ใจดี"),
        ("ผมชื่อสมชายครับ", "สมชาย"),
        ("นายสมชาย ใจดี รับของแล้ว", "สมชาย ใจดี"),
        ("你好，我叫李娜，想退货", "李娜"),
        ("收件人：欧阳娜娜", "欧阳娜娜"),
        ("王先生下的单", "王先生"),
        ("私の名前は田中太郎です。返品したいです", "田中太郎"),
        ("ソフィアと申します", "ソフィア"),
        ("佐藤様からの注文", "佐藤"),
        ("제 이름은 박지훈입니다", "박지훈"),
        ("김민수 씨에게 보내주세요", "김민수"),
        ("my name is राहुल शर्मा", "राहुल शर्मा"),
        ("Mr. 田中 ordered", "田中"),
        ("меня зовут иван петров и я жду заказ", "иван петров"),
        ("Με λένε Γιώργο Παπαδόπουλο και περιμένω", "Γιώργο Παπαδόπουλο"),
        ("Мене звати Тарас Шевченко", "Тарас Шевченко"),
        ("Tôi tên là Nguyễn Văn Hùng", "Nguyễn Văn Hùng"),
        ("jmenuji se petr novák", "petr novák"),
    ],
)
def test_a_name_that_is_told_is_found(text, name):
    assert kinds(text) == [("NAME", name)]


@pytest.mark.parametrize(
    "text",
    [
        "اسمي غير صحيح في الفاتورة",
        "השם שלי לא מופיע",
        "मेरा नाम गलत है",
        "मेरा नाम सूची में नहीं है",
        "我叫了快递",
        "有黄色女士外套吗",
        "我是学生，有折扣吗",
        "名前は変更できますか？",
        "お客様の声と商品の仕様",
        "고객님 안녕하세요",
        "저는 학생입니다",
        "이름은 어떻게 바꾸나요?",
        "不知道3号能到吗",
        "尺码 M 可以换成 L 吗？",
        "地址是不是填错了，订单12345",
    ],
)
def test_what_only_begins_like_it_stays(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("住在北京市朝阳区建国路88号3单元502室，谢谢", "北京市朝阳区建国路88号3单元502室"),
        ("東京都新宿区西新宿2-8-1に届けてください", "東京都新宿区西新宿2-8-1"),
        ("주소는 서울시 강남구 테헤란로 123입니다", "서울시 강남구 테헤란로 123"),
        ("عنواني شارع الملك فهد 12، الرياض", "شارع الملك فهد 12"),
        ("הכתובת שלי היא רחוב הרצל 15, תל אביב", "רחוב הרצל 15"),
        ("मेरा पता 12 गांधी रोड, दिल्ली", "12 गांधी रोड"),
        ("ที่อยู่: 99/1 ถนนสุขุมวิท", "99/1 ถนนสุขุมวิท"),
    ],
)
def test_an_address_that_is_told_is_found(text, address):
    assert kinds(text) == [("ADDRESS", address)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("手机13812345678谢谢", ("PHONE", "13812345678")),
        ("我的卡号是4111111111111111可以吗", ("CARD", "4111111111111111")),
        ("メールはtaro@example.jpです", ("EMAIL", "taro@example.jp")),
        ("전화번호는 010-1234-5678입니다", ("PHONE", "010-1234-5678")),
        ("رقم بطاقتي ٤١١١ ١١١١ ١١١١ ١١١١", ("CARD", "٤١١١ ١١١١ ١١١١ ١١١١")),
        ("身份证11010519491231002X", ("ID", "11010519491231002X")),
    ],
)
def test_a_number_that_touches_letters_is_found_by_itself(text, found):
    assert kinds(text) == [found]


def test_a_name_is_found_again_where_no_space_is_around_it():
    redactor = Redactor(["我叫王伟，想退货", "王伟的订单在哪里", "제 이름은 김민수입니다", "김민수가 주문했어요"])
    assert redactor.redact("王伟的订单在哪里") == "[NAME_1]的订单在哪里"
    assert redactor.redact("김민수가 주문했어요") == "[NAME_2]가 주문했어요"


@pytest.mark.parametrize(
    "text", ["Что, согласно министерству, значит это?", "Я купил куртку 5 марта", "Это 45 литров?"]
)
def test_a_russian_sentence_is_no_address(text):
    assert kinds(text) == []


HOSTILE = """王|は|ア|김|ا|न|ก|ש|у|Б|王1|가1|路1号|我叫|住在|地址:1|都1|県市|名前は|이름은|اسمي |मेरा नाम |नाम: |ฉันชื่อ|ชื่อ:
서울시 |〒1|と申します|さん|\u0301|\u200b|ﷺ|４|1_|1,|1111,|a.|a-|x?a=|a @|a dot """


@pytest.mark.parametrize("sign", HOSTILE.replace("\n", "|").split("|"))
def test_four_thousand_signs_are_read_in_no_time(sign):
    began = time.thread_time()
    Redactor([(sign * 4000)[:4000]])
    assert time.thread_time() - began < 4, "half a second of processor, and the words it loads first"
