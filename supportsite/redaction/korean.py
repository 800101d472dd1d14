"""Korean names behind a greeting and below a letter: a family's name, and syllables that given names are made of."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

LETTER: Final = "\uac00-\ud7a3"
# No names, though they begin like one: "user", "courier", "Korean", "full member".
FAMILY: Final = (
    "(?!이용|이웃|이모|이사|이장|배송|배달|손님|장애|조카|조교|강사|안내|전문|신랑|신부|신규|신청|신입|한국|한분|양반|문의|임산|임원|임직|정회|정비|서비)"
    "[김이박최정강조윤장임한오서신권황안송전홍유문손양배백허]"
)
_GIVEN: Final = (
    "[가강건경고광국규균근기길나남다대덕도동두라란래련로린림만명모무문미민범병보복봉비빈상새서석선설섭성세소솔송수숙순슬승"
    "시신아안애양언여연열영예옥완용우욱운웅원유윤율은의이인일자재정제조종주준중지진찬창채천철초춘태택하학한해향헌혁현형혜"
    "호홍화환효훈휘흥희]"
)
# Made of the same syllables: "puppy", "telephone", "a million", "for toddlers", "safety shoes", provinces.
_NO_NAMES: Final = (
    "(?!강아지|강원도|전화기|전라도|전기용|백만원|오만원|이만원|유아용|유아복|정기용|정수기|오천원|이천원|문화재|문화원|신용도|"
    "임시용|이주일|서예용|조명용|장조림|유성용|안경용|전신용|홍보용|서해안|전동기|전용기|정상화|정상인|양수기|유무선|유선용|전원선|문서용)"
)
_FULL: Final = rf"(?P<name>{_NO_NAMES}{FAMILY}{_GIVEN}{{2}})"
_IS: Final = r"(?:입니다|이에요|예요|이라고 ?(?:합니다|해요|하는데)|라고 ?(?:합니다|해요|하는데)|인데요)"
_FORMS: Final = tuple(
    map(
        re.compile,
        (
            # At a sentence's beginning: "It is a Kim Cheolsu" is nowhere else.
            rf"(?:^|[\n.,!?~]|안녕하세요|안녕하십니까|여보세요|고객|주문자|구매자|예약자|수령인|회원|본인은?|(?:^|[ ,.])저) {{0,3}}{_FULL}(?={_IS})",
            rf"(?<![{LETTER}]){_FULL} ?(?:드림|올림|배상)(?=[ .!]{{0,4}}(?:\n|$))",
            rf"(?<![{LETTER}])(?P<name>(?!전화|문자|송금|정보|이상|이거|전달|신고|유감|오늘|정말|안부){FAMILY}{_GIVEN}) ?(?:올림|배상)(?=[ .!]{{0,4}}(?:\n|$))",
            rf"(?:감사합니다|감사드립니다|고맙습니다|부탁드립니다|수고하세요) ?[.,!~\n-]?\s{{0,4}}{_FULL}(?=[ .!]{{0,4}}(?:\n|$))",
        ),
    )
)


def find(text: str) -> Iterator[Span]:
    """The names in `text` of whoever says who they are, or signs."""
    for form in _FORMS:
        yield from (Span(*match.span("name"), Kind.NAME) for match in form.finditer(text))
