"""What code says in further languages: all of it, and nothing is lost on the way."""

import re
from datetime import UTC, datetime

import pytest

from chat import sentences
from chat.sentences import Sentence, language_name, say, say_when

PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("sentence", list(Sentence))
def test_an_arabic_customer_reads_no_english_in_any_sentence(sentence):
    text = PLACEHOLDER.sub("", sentences._FURTHER["ar"][sentence])
    assert re.search("[\u0600-\u06ff]", text)
    assert not re.search("[A-Za-z]", text)


@pytest.mark.parametrize("language", list(sentences._FURTHER))
def test_a_further_language_keeps_what_is_filled_in(language):
    assert set(sentences._FURTHER[language]) <= set(Sentence), "by the names of sentences that there are"
    for sentence in map(Sentence, sentences._FURTHER[language]):
        text = sentences._FURTHER[language][sentence]
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(sentences._WORDS[sentence][0])), sentence


def test_a_language_is_named_in_arabic_and_by_its_code_where_code_has_no_name_for_it():
    assert language_name("en", "ar") in say(Sentence.SOURCE_LANGUAGE, "ar-EG", language=language_name("en", "ar-EG"))
    assert re.search("[\u0600-\u06ff]", say(Sentence.UNKNOWN, "ar"))
    assert language_name("ja", "ar") == "ja"


def test_a_moment_is_told_in_arabic():
    told = say_when(datetime(2026, 11, 30, 9, 5, tzinfo=UTC), "ar")
    assert "نوفمبر" in told
    assert "09:05" in told
