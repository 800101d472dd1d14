"""Keyword rules: whole words where a script has them, and anywhere in it where it has none."""

import pytest

from chat.assistant.routing.static import Rule, first


def fits(word: str, text: str) -> bool:
    return first([Rule("returns", any=(word,))], text) is not None


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("退货", "我可以退货吗？"), ("退货*", "我可以退货吗？"), ("返品", "靴を返品したいです"),
        ("คืนสินค้า", "อยากคืนสินค้าได้ไหม"),
        ("반품", "신발을 반품하고 싶어요"), ("Tシャツ", "このTシャツは返品できますか"), ("iPad", "我的iPad坏了"),
    ],
)  # fmt: skip
def test_a_word_of_a_script_without_spaces_is_found_wherever_it_stands(word, text):
    assert fits(word, text)


@pytest.mark.parametrize(
    ("word", "text", "does"),
    [
        ("return", "Can I return it?", True), ("return", "What are the returns?", False),
        ("return*", "What are the returns?", True), ("turn", "Can I return it?", False),
        ("возврат", "Когда возврат?", True), ("возврат", "Сроки возврата?", False), ("退货", "我可以换货吗？", False),
    ],
)  # fmt: skip
def test_a_word_of_a_script_with_spaces_is_a_whole_word(word, text, does):
    assert fits(word, text) is does
