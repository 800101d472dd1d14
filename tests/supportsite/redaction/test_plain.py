"""What is read is one usual writing; what is found is where it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportsite.redact import Redactor, find
from supportsite.redaction import plain
from supportsite.redaction.span import Kind, Span


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("card ４１１１ １１１１ １１１１ １１１１", "CARD", "４１１１ １１１１ １１１１ １１１１"),
        ("card 4111\u200b1111\u200b1111\u200b1111", "CARD", "4111\u200b1111\u200b1111\u200b1111"),
        ("4111\u00ad1111\u00ad1111\u00ad1111 is it", "CARD", "4111\u00ad1111\u00ad1111\u00ad1111"),
        ("write to john.doe＠example.com", "EMAIL", "john.doe＠example.com"),
        ("my name is Jo\u00adhn Smi\u200bth", "NAME", "Jo\u00adhn Smi\u200bth"),
        ("my name is Jose\u0301 Garci\u0301a", "NAME", "Jose\u0301 Garci\u0301a"),
        ("card\t4111\t1111\t1111\t1111", "CARD", "4111\t1111\t1111\t1111"),
        ("DE89\t3704\t0044\t0532\t0130\t00", "IBAN", "DE89\t3704\t0044\t0532\t0130\t00"),
        ("SSN 078\t05\t1120", "ID", "078\t05\t1120"),
        ("phone\t0151\t2345\t6789", "PHONE", "0151\t2345\t6789"),
        ("手机\t138\t0013\t8000", "PHONE", "138\t0013\t8000"),
    ],
)
def test_another_writing_and_invisible_signs_hide_nothing(text, kind, value):
    assert [(span.kind, text[span.start : span.end]) for span in find(text)] == [(kind, value)]


@pytest.mark.parametrize("text", ["size\t42\nprice\t49.90 €", "Monday\t10:00\t18:00", "a\tb\nc\td"])
def test_a_table_stays(text):
    assert find(text) == []


def test_two_writings_of_a_value_are_one_placeholder():
    redactor = Redactor(
        [
            "4111 1111 1111 1111",
            "４１１１ １１１１ １１１１ １１１１",
            "my name is José García",
            "Jose\u0301 Garci\u0301a?",
        ]
    )
    assert redactor.redact("４１１１ １１１１ １１１１ １１１１") == "[CARD_1]"
    assert redactor.redact("Jose\u0301 Garci\u0301a?") == "[NAME_1]?"


@given(st.text(alphabet=st.sampled_from("aB1 é\u0301王は가ا\u200b４＠.ﷺ\u1161ﬁ…"), max_size=40))
def test_a_place_in_the_copy_leads_back_to_where_it_was_written(text):
    copy = plain.of(text)
    assert len(copy.text) == len(copy.starts) == len(copy.ends)
    for at, sign in enumerate(copy.text):
        (span,) = copy.back([Span(at, at + 1, Kind.NAME)])
        assert 0 <= span.start <= span.end <= len(text)
        if sign.isascii() and sign.isalnum() and text[span.start : span.end].isascii():
            assert text[span.start : span.end] == sign


def test_a_usual_text_is_read_as_it_is():
    for text in ("Where is my order 12345?", "Größe 43 für Mädchen", "كم تكلفة الشحن؟", "运费是多少?"):
        assert plain.of(text).text == text
