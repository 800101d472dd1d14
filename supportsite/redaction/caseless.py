"""Names and addresses in scripts without capitals, which the recogniser was not fitted on: by the words around them.

Everything here reads `plain` text: brackets, colons and figures are ASCII's, with a space beside a figure.
"""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction import arabic, korean, plain
from supportsite.redaction.span import Kind, Span

_AR: Final = arabic.LETTER
_HI: Final = "\u0900-\u0963\u0971-\u097f"
_HE: Final = "\u05d0-\u05ea"
_TH: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
_HAN: Final = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_KATA: Final = "\u30a1-\u30fa\u30fc"
_KO: Final = korean.LETTER

# Words behind which a name has ended, or which are none.
_STOPS: Final = arabic.STOPS | frozenset(
    """है हैं हूँ हूं था थी और में पर से को का की के नहीं गलत ग़लत सही क्या कैसे क्यों बदलना बदलें बदलो लिखा मेरा मेरी मेरे मैं मुझे जी
    אני לא על של כבר עם את זה הוא היא כן יש אין רוצה צריך צריכה מספר הטלפון בבקשה מופיע שגוי נכון""".split()
)
_ZH_FAMILY: Final = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾萧蕭田董袁潘蔡蒋蔣余于杜叶葉程苏蘇魏吕呂丁任"
    "沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴"
)
_JA_FAMILY: Final = "|".join(
    """佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡部 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 斉藤 清水 山崎 池田 橋本 阿部 石川 山下
    中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山
    和田 石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 工藤 今井 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野
    野口 武田 松井 千葉 岩崎 菅原 木下 久保 佐野 野村 松尾 市川 菊地 菊池 杉本 古川 大西 島田 水野 桜井 高野 吉川 山内 西田 西川 北村 安田 中田 川口
    平田 川崎 飯田 五十嵐""".split()
)
_ARABIC_NAME: Final = rf"(?P<name>[{_AR}]{{2,20}}(?: [{_AR}]{{2,20}}){{0,2}})"
_HEBREW_NAME: Final = rf"(?P<name>[{_HE}][{_HE}'\"׳״-]{{1,20}}(?: [{_HE}][{_HE}'\"׳״-]{{1,20}}){{0,2}})"
_HINDI_NAME: Final = rf"(?P<name>[{_HI}]{{2,25}}(?: [{_HI}]{{2,25}}){{0,2}})"
# Thai puts no spaces between words: a name goes up to one that is often behind it.
_THAI_NAME: Final = (
    r"(?P<name>"
    + (_run := rf"(?:(?!ครับ|ค่ะ|คะ|นะ|อยาก|ต้องการ|สั่ง|และ|อยู่|เบอร์|โทร|มี|ได้|ขอ|ซื้อ|จะ|ไม่|เป็น|ที่|ผิด)[{_TH}]){{2,25}}")
    + rf"(?: {_run})?)"
)

_TOLD: Final = (
    # Arabic
    rf"(?<![{_AR}])(?:و?اسمي(?: الكامل)?(?: هو)?|أدعى|الاسم ?:|اسم المستلم ?:|صاحب الحساب ?:)[ :]+{_ARABIC_NAME}",
    rf"(?<![{_AR}])ا?ل(?:سيدة?|أستاذة?|دكتورة?|آنسة|مهندسة?)[ :/]+{_ARABIC_NAME}",
    # Hebrew
    rf"(?<![{_HE}])(?:שמי(?: הוא)?|קוראים לי|השם שלי(?: הוא)?|שם(?: מלא)? ?:)[ :]+{_HEBREW_NAME}",
    rf"(?<![{_HE}])(?:מר|גברת|גב['׳]|ד[\"״]ר|פרופ['׳])\s+{_HEBREW_NAME}",
    # Hindi
    rf"(?:(?:मेरा|उनका|उसका)(?: पूरा)? नाम|नाम ?:) ?{_HINDI_NAME}",
    rf"(?<![{_HI}])(?:श्री|श्रीमती|सुश्री|डॉ)\.? {_HINDI_NAME}",
    # Thai
    rf"(?:(?:ฉัน|ผม|หนู|เรา)ชื่อ|ชื่อ(?:ของ)?(?:ดิ?ฉัน|ผม)(?:คือ)?|ชื่อ(?:-| ?และ ?)?นามสกุล ?:|ชื่อ(?:ผู้รับ)? ?:|เรียนคุณ|ถึงคุณ) ?{_THAI_NAME}",
    rf"(?<![{_TH}])(?:นาย|นางสาว|นาง|ด\.ช\.|ด\.ญ\.) ?(?!หน้า|แบบ|จ้าง|ช่าง){_THAI_NAME}",
    # Chinese
    rf"(?:我叫|名字(?:是|叫)|姓名 ?[是:]|收[件货]人 ?[是:]|联系人 ?[是:]|持卡人 ?[是:]|户名 ?[是:]) ?(?![了过的不您你客人快车外什谁])"
    rf"(?P<name>[{_ZH_FAMILY}][{_HAN}]{{1,2}}|[{_HAN}]{{2,4}}(?![{_HAN}]))",
    rf"我是(?P<name>[{_ZH_FAMILY}](?![级中大校])[{_HAN}]{{1,2}})(?=[ ,.!。、\n]|$)",
    rf"(?P<name>[{_ZH_FAMILY}](?![色何意])[{_HAN}]{{0,2}}? ?(?:先生|女士|小姐|太太))",
    # Japanese
    rf"(?:名前は|氏名は|氏名 ?:|名前 ?:|宛名 ?:|名義 ?:) ?(?!必要|不要|同|違|変更|何|誰)"
    rf"(?P<name>[{_HAN}]{{1,6}}(?: [{_HAN}]{{1,6}})?|[{_KATA}]{{2,16}}(?:[ ・][{_KATA}]{{2,16}})?|[\u3041-\u3096]{{2,6}}?)(?=です(?!か)|と申|とい|と言|でござ|[ 、,。.\n]|$)",
    rf"(?<![{_HAN}{_KATA}])(?P<name>[{_HAN}]{{2,6}}(?: [{_HAN}]{{1,4}})?|[{_KATA}]{{2,12}}) ?と(?:申します|いいます|言います)",
    rf"(?P<name>(?:{_JA_FAMILY}) ?[{_HAN}]{{0,3}}) ?(?:さん|さま|様|くん|ちゃん|です(?!か))",
    # Korean
    rf"(?:이름은|성함은|성명은|(?:이름|성명|받는 ?(?:사람|분)|예금주) ?:) ?(?P<name>[{_KO}]{{2,5}}?)(?=입니다|이에요|예요|이고|이며|이라고|라고|인데)",
    rf"(?:이름은|성함은|성명은|(?:이름|성명|받는 ?(?:사람|분)|예금주) ?:) ?(?P<name>{korean.FAMILY}[{_KO}]{{1,2}})(?=[ ,.\n]|$)",
    rf"(?:저는|제가|나는) (?P<name>{korean.FAMILY}[{_KO}]{{1,2}}?)(?=입니다|이에요|예요|이라고|라고)",
    rf"(?<![{_KO}])(?P<name>{korean.FAMILY}[{_KO}]{{1,2}}) ?(?:씨|님)(?![{_KO}]{{3}})",
    # Behind words in Latin letters
    rf"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Herrn?|Frau)\b\.?|[Nn]ame(?: is| ist)?:?) +(?P<name>[{plain.CASELESS}]{{2,30}}(?: [{plain.CASELESS}]{{2,30}})?)",
)
_NAMES: Final = tuple(map(re.compile, _TOLD))
# Up to the first figure, and on while figures follow closely.
_PLACE: Final = (
    r"(?P<place>\d[\d/-]* ?[^\n\d,،、。?!؟।]{4,50}|[^\n,،、。?!؟।]{0,50}?\d[^\s,،、。?!؟।]{0,12}(?: ?[^\s\d,،、。?!؟।]{0,5} ?\d[^\s,،、。?!؟।]{0,12}){0,4}"
    r"(?: ?(?:号|號|室|楼|樓|栋|番地|号室|번지|호|층))?)"
)
_PLACES: Final = tuple(
    map(
        re.compile,
        (
            rf"(?:(?:地址|住址) ?(?:是(?!不)|为|改[成为到]|:)|住在|(?:住所|お?届け先) ?(?:は|:)|주소 ?(?:는|:)) ?{_PLACE}",
            rf"(?:عنواني(?: هو)?|العنوان ?:|أسكن في|(?:मेरा|घर का) पता(?: है)?|पता ?:|ที่อยู่(?:ของ(?:ดิ?ฉัน|ผม))? ?(?:คือ|:)|הכתובת שלי(?: היא)?|כתובת ?:)[ :]*{_PLACE}",
            rf"(?P<place>(?:(?![住在送寄发运到至往请])[{_HAN}]){{2,12}}(?:(?<!知)道|[路街巷弄村]|胡同) ?\d{{1,5}} ?[号號](?: ?[{_HAN}]{{0,2}} ?\d{{1,4}} ?(?:室|单元|楼|栋|号|層|樓)){{0,3}})",
            rf"(?P<place>[{_HAN}]{{1,3}}[都道府県][{_HAN}\u3041-\u3096{_KATA}]{{1,12}}?[市区町村][{_HAN}\u3041-\u3096{_KATA}]{{0,12}} ?\d{{1,4}}(?: ?(?:-|丁目|番地?|号|の) ?\d{{0,4}}){{0,4}})",
            r"(?P<place>〒 ?\d{3}-?\d{4})",
            rf"(?P<place>[{_KO}]{{1,7}}(?:시|도) (?:[{_KO}]{{1,7}}[시군구] ){{0,2}}[{_KO}]{{1,9}}[로길동] ?\d{{1,4}}(?:-\d{{1,4}})?(?: ?(?:번지|호|층))?)",
        ),
    )
)
_HINDI_AFTER: Final = re.compile(r" ?(?:है|हैं|और|जी|[,.।\n]|$)")


def find(text: str) -> Iterator[Span]:
    """The names and addresses in `text` that something beside them announces."""
    if not plain.has_caseless(text):
        return
    for form in _NAMES:
        for match in form.finditer(text):
            start = match.start("name")
            if end := _end(match["name"]):
                if "नाम" in match.group()[: start - match.start()] and not _HINDI_AFTER.match(text, start + end):
                    continue  # "my name in the list …"
                yield Span(start, start + end, Kind.NAME)
    yield from arabic.find(text)
    yield from korean.find(text)
    if any(map(str.isdigit, text)):
        yield from (Span(*match.span("place"), Kind.ADDRESS) for form in _PLACES for match in form.finditer(text))


def _end(name: str) -> int:
    """How far a name goes: up to a word that is none, or that is joined on with an Arabic or Hebrew "and"."""
    end = 0
    for at, word in enumerate(re.finditer(r"[^ ]+", name)):
        if word[0] in _STOPS or (at and word[0][0] in "وו"):
            break
        end = word.end()
    return end
