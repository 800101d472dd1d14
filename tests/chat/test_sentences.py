"""What code says in languages that it speaks only so far: the rest is English, and nothing is lost on the way."""

import re
from datetime import UTC, datetime

import pytest

from chat import sentences
from chat.sentences import Sentence, language_name, say, say_when

PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", list(sentences._FURTHER))
def test_a_further_language_keeps_what_is_filled_in(language):
    for sentence, text in sentences._FURTHER[language].items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(sentences._WORDS[sentence][0])), sentence


def test_an_arabic_customer_reads_arabic_and_english_where_code_has_no_arabic():
    assert language_name("en", "ar") in say(Sentence.SOURCE_LANGUAGE, "ar-EG", language=language_name("en", "ar-EG"))
    assert re.search("[\u0600-\u06ff]", say(Sentence.UNKNOWN, "ar"))
    assert say(Sentence.ASK_YES_NO, "ar") == say(Sentence.ASK_YES_NO, "en")
    assert language_name("ja", "ar") == "ja"


def test_a_moment_is_told_in_arabic():
    told = say_when(datetime(2026, 11, 30, 9, 5, tzinfo=UTC), "ar")
    assert "نوفمبر" in told
    assert "09:05" in told
