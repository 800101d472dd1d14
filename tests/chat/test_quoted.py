"""What a message quotes is somebody else's; what looks like a quotation and is none is heard."""

import pytest

from chat.quoted import own_words

GMAIL = "On Mon, 3 Mar 2025 at 10:00, Bob <me@my.example> wrote:"


@pytest.mark.parametrize(
    "head",
    [
        GMAIL,
        "Am 3. März 2025 schrieb Su Ihrig:",
        "Le lun. 3 mars 2025 à 10:00, Bob <me@my.example> a écrit :",
        "El lun, 3 mar 2025 a las 10:00, Bob escribió:",
        "Il giorno lun 3 mar 2025 alle ore 10:00 Bob ha scritto:",
        "Em seg., 3 de mar. de 2025 às 10:00, Bob escreveu:",
        "Op ma 3 mrt. 2025 om 10:00 schreef Bob <b@x.example>:",
        "W dniu pon., 3.03.2025 o 10:00 Bob napisał(a):",
        "-----Original Message-----",
    ],
)
def test_what_follows_the_head_of_a_mail_is_somebody_elses(head):
    assert own_words(f"Which ports has it?\n\n{head}\nI want a manager") == "Which ports has it?"


@pytest.mark.parametrize(
    "line",
    [
        "On Monday I wrote to you and nobody answered.",
        "On 3 March 2025 I wrote to you:",
        "On 12 May at 10:30 your driver wrote: delivered.",
        "On Friday the driver wrote:",
        "Am 3. März 2025 schrieb mir Ihr Bot:",
        "Le 3 mars 2025 votre collègue m'a écrit :",
        "El lunes su compañero me escribió:",
    ],
)
def test_a_customers_own_sentence_heads_no_mail(line):
    text = f"Hello,\n{line}\nI want a manager"
    assert own_words(text) == text


def test_what_stands_below_a_mails_marked_lines_is_the_writers_again():
    assert own_words(f"{GMAIL}\n\n> We cannot.\n\nThen a manager.").endswith("Then a manager.")
    assert "cannot" not in own_words(f"{GMAIL}\n\n> We cannot.\n\nThen a manager.")


def test_inches_open_no_quotation():
    text = 'My 27" monitor arrived broken, let me talk to a human please, the 32" one too.'
    assert own_words(text) == text
    assert own_words('My 27" one says "please do call our human support" on it') == 'My 27" one says   on it'


@pytest.mark.parametrize("text", ['"Let me speak to a manager now"', "“I want to talk to a human”!", f"{GMAIL}\nhi"])
def test_who_says_nothing_else_says_what_is_quoted(text):
    assert own_words(text) == text


def test_marked_lines_are_never_the_writers():
    assert own_words("> I want to talk to a human\n| now") == ""
