"""Each form of file is read as a person would read it, and each bad one ends as a reason; in the real process."""

import os
import re
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.documents.document import Document, Fault, Reason
from knowledge.reading import Reader, form_of
from knowledge.render import to_html
from tests.knowledge import papers


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The process that reads."""
    with Reader() as reading:
        yield reading


@pytest.fixture
def read(reader, tmp_path):
    """Reads bytes or a file under a name."""

    def read(name: str, data: bytes | str | None = None, **options: str) -> list[Document | Fault]:
        file = tmp_path / name
        if data is not None:
            file.write_bytes(data.encode() if isinstance(data, str) else data)
        return list(reader.read(file, form=form_of(name), key=name, **options))

    return read


def one(results: list[Document | Fault]) -> Document:
    """The only document."""
    (document,) = results
    assert isinstance(document, Document), document
    return document


def reason(results: list[Document | Fault]) -> Reason:
    """Why the only one was refused."""
    (fault,) = results
    assert isinstance(fault, Fault), fault
    return fault.reason


def test_markdown_keeps_what_its_front_matter_says_and_passes_over_what_it_does_not_know(read):
    text = "---\ntitle: Fees: what we charge\nlanguage: de\ntags:\n  - money\n---\n# Fees\n\n4 €."
    found = one(read("fees.AT.md", text))
    assert (found.slug, found.region, found.language, found.title) == ("fees", "AT", "de", "Fees: what we charge")
    assert [piece.text for piece in found.pieces] == ["4 €."]


@pytest.mark.parametrize(
    ("name", "slug", "region"),
    [
        ("iso.9001.md", "iso-9001", ""),
        ("release-2.1.md", "release-2-1", ""),
        ("release-2.1.EU.md", "release-2-1", "EU"),
        ("fees.de.md", "fees-de", ""),
        ("fees.UK.md", "fees", "UK"),
        ("v2.0 fees.markdown", "v2-0-fees", ""),
    ],
)
def test_of_a_name_with_dots_only_a_region_is_taken_for_one(read, name, slug, region):
    found = one(read(name, "Text."))
    assert (found.slug, found.region) == (slug, region)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('How to say "yes"', 'How to say "yes"'),
        ('"How to say \\"yes\\": a guide"', 'How to say "yes": a guide'),
        ("'It''s open'", "It's open"),
        ('"Yes" and "no"', '"Yes" and "no"'),
        ("The players' guide", "The players' guide"),
        ('"', '"'),
    ],
)
def test_a_title_keeps_the_quotes_that_are_its_own(read, written, title):
    assert one(read("a.md", f"---\ntitle: {written}\n---\nText.")).title == title


@pytest.mark.parametrize(
    ("base", "leads"),
    [
        ("/docs/", "https://shop.example/docs/fees"),
        ("https://cdn.example/x/", "https://cdn.example/x/fees"),
        ("javascript:alert(1)", "https://shop.example/help/fees"),
        ("http://[", "https://shop.example/help/fees"),
    ],
)
def test_links_of_a_page_lead_from_where_it_says(read, base, leads):
    page = f"<head><base href='{base}'></head><main><p>See <a href='fees'>fees</a>.</p></main>"
    assert f"[fees]({leads})" in one(read("a.html", page, address="https://shop.example/help/a")).body


def test_html_keeps_the_main_part_and_nothing_that_runs_or_loads(read):
    page = """<html lang="en-GB"><head><title>Returns | Shop</title><style>p {}</style></head><body><nav>Home</nav>
      <main><h1>Returns</h1><script>steal()</script><p onclick="x()">Send it <a href="javascript:alert(1)">back</a>
      within <b>30 days</b>, see <a href="/terms">terms</a>.</p><img src="data:image/png;base64,AAAA" alt="">
      <img src="/box.png" alt="A box"><h2>Refunds</h2><ul><li>Card: 5 days</li></ul></main><footer>©</footer></body>"""
    found = one(read("returns.html", page, address="https://shop.example/help/returns.html"))
    assert (found.title, found.language, found.slug) == ("Returns", "en", "help-returns")
    assert "Send it back" in found.body
    assert "[terms](https://shop.example/terms)" in found.body
    assert "![A box](https://shop.example/box.png)" in found.body
    assert found.pictures == ("https://shop.example/box.png",)
    assert "- Card: 5 days" in found.body
    assert not any(word in found.body for word in ("steal", "javascript", "Home", "data:", "©", "<"))
    assert {note.reason for note in found.notes} == {Reason.PICTURES_LEFT_OUT}
    assert found.pieces[-1].heading == "Refunds"


def test_a_pipe_in_a_cell_is_a_letter(read):
    table = "<table><tr><th>Plan</th><th>Fee</th></tr><tr><td>Basic | monthly</td><td>9 EUR</td></tr></table>"
    expected = "Plan: Basic | monthly; Fee: 9 EUR."
    assert [piece.text for piece in one(read("fees.html", f"<h1>Fees</h1>{table}")).pieces] == [expected]
    assert [piece.text for piece in one(read("fees.csv", f"title,body\nFees,{table}\n")).pieces] == [expected]


def test_a_word_document_keeps_headings_and_paragraphs(read, tmp_path):
    papers.docx(tmp_path / "terms.docx", [("Heading1", "Terms"), ("Normal", "Pay in 14 days."), ("Heading2", "Late"),
                                          ("Normal", "Then 5 % are due.")])  # fmt: skip
    found = one(read("terms.docx"))
    assert (found.title, found.body) == ("Terms", "Pay in 14 days.\n\n## Late\n\nThen 5 % are due.")


def test_a_table_in_latin_1_with_stray_quotes_loses_one_row_and_not_the_rest(read):
    table = (
        'Frage;Antwort;Kategorie\nWie groß?;5" breit, 3" hoch;Maße\nOffen?;"Nie geschlossen;Maße\n'
        'Zwei Zeilen?;"Ja,\nzwei.";Maße\nKaputt;zu;viele;Felder\nTeuer?;Nein.;Preise\n'
    ).encode("latin-1")
    results = read("fragen.csv", table)
    found = {d.title: d for d in results if isinstance(d, Document)}
    assert found["Wie groß?"].body == '5" breit, 3" hoch'
    assert found["Offen?"].body == '"Nie geschlossen'
    assert found["Zwei Zeilen?"].body == "Ja,\nzwei."
    assert (found["Teuer?"].body, found["Teuer?"].collection) == ("Nein.", "Preise")
    (fault,) = [f for f in results if isinstance(f, Fault)]
    assert (fault.reason, fault.line, fault.detail) == (Reason.FIELDS, 6, {"expected": 3, "found": 4})
    assert {note.reason for note in found["Offen?"].notes} == {Reason.WINDOWS_1252, Reason.STRAY_QUOTE}


@pytest.mark.parametrize("strange", ["\u2028", "\x0c", "\x85", "\x1c"])
def test_what_is_no_line_end_in_a_table_ends_no_row(read, strange):
    (found,) = read("faq.csv", f'title,body,id\nOpen?,"From 9{strange}to 5.",hours\n')
    assert (found.slug, "From 9" in found.body, "to 5." in found.body) == ("hours", True, True)


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_a_table_may_say_its_separator_first(read, first):
    found = one(read("faq.csv", f"{first}\ntitle;body\nOne, two?;Yes, three.\n"))
    assert (found.title, found.body, found.line) == ("One, two?", "Yes, three.", 3)


def test_a_table_without_a_column_of_answers_says_which_names_are_known(read):
    (fault,) = read("faq.csv", "question,reply\na,b\n")
    assert (fault.reason, fault.detail["field"]) == (Reason.NO_COLUMN, "body")
    assert "answer" in str(fault.detail["names"])


def test_a_zendesk_export_keeps_drafts_and_restricted_articles_unpublished(read):
    export = """{"sections": [{"id": 7, "name": "Billing"}], "articles": [
      {"id": 1, "title": "Invoices", "body": "<p>By <b>mail</b>.</p>", "locale": "en-us", "section_id": 7,
       "draft": false, "user_segment_id": null, "html_url": "https://acme.zendesk.com/hc/en-us/articles/1"},
      {"id": 2, "title": "Secret", "body": "<p>Only us.</p>", "locale": "en-us", "user_segment_id": 9},
      {"id": 3, "title": "", "body": "<p>x</p>"}, {"id": 4, "title": "Later", "body": "<p>x</p>", "draft": true}]}"""
    first, second, third, fourth = read("export.json", export)
    assert (first.body, first.collection, first.language, first.slug) == ("By **mail**.", "Billing", "en", "1")
    assert first.key == "zendesk:acme.zendesk.com:1:en-us"
    assert [first.draft, second.draft, fourth.draft] == [False, True, True]
    assert (third.reason, third.detail) == (Reason.NO_TEXT_FIELD, {"field": "title"})


def test_pdf_sections_know_their_page_and_their_place_in_the_outline(read, tmp_path):
    pages = [
        ["Lease 2026", "Contents", "1 Rent . . . . . . . . 2", "2 Notice . . . . . . . 3"],
        ["Lease 2026", "1 Rent", "The rent is 900 euros a month. It is due on the third", "2"],
        ["Lease 2026", "working day. Later payment costs 5 euros.", "2 Notice", "Three months to the end of a month.",
         "3"],
    ]  # fmt: skip
    papers.pdf(tmp_path / "lease.pdf", pages, title="Flat lease", outline=[("Rent", 1), ("Notice", 2)])
    found = one(read("lease.pdf"))
    assert found.title == "Flat lease"
    texts = {piece.heading: piece.text for piece in found.pieces}
    assert texts["Rent › p. 2"] == "The rent is 900 euros a month. It is due on the third working day."
    assert texts["Rent › p. 3"] == "Later payment costs 5 euros."
    assert texts["Notice › p. 3"] == "Three months to the end of a month."
    assert "Lease 2026" not in found.body
    assert ". . ." not in found.body


def test_clauses_on_top_of_every_page_of_a_pdf_keep_their_numbers(read, tmp_path):
    fees = ["water", "light", "heat", "waste"]
    pages = [
        [f"Clause {n}", f"The tenant pays for the {fee} in full.", f"Page {n} of 4"] for n, fee in enumerate(fees, 1)
    ]
    papers.pdf(tmp_path / "a.pdf", pages)
    body = one(read("a.pdf")).body
    assert [f"Clause {n}" in body for n in range(1, 5)] == [True] * 4
    assert "Page" not in body


def test_what_looks_like_markdown_in_a_pdf_stays_text(read, tmp_path):
    papers.pdf(tmp_path / "a.pdf", [["# no heading", "Call *now* or [click](javascript:x) <b>here</b>."]])
    found = one(read("a.pdf"))
    assert [piece.text.replace("\n", " ") for piece in found.pieces] == [
        "# no heading Call *now* or [click](javascript:x) <b>here</b>."
    ]


def test_pages_without_text_are_named(read, tmp_path):
    papers.pdf(tmp_path / "a.pdf", [["One."], [], ["Three."]])
    (note,) = one(read("a.pdf")).notes
    assert (note.reason, note.detail) == (Reason.PAGES_WITHOUT_TEXT, {"count": 1, "pages": "p. 2"})


@pytest.mark.parametrize(
    ("name", "make", "why"),
    [
        ("a.pdf", lambda path: papers.pdf(path, [["Secret."]], encrypted=True), Reason.ENCRYPTED),
        ("a.pdf", lambda path: papers.pdf(path, [[], []]), Reason.SCANNED),
        ("a.pdf", lambda path: path.write_bytes(papers.pdf(path, [["x"]]).read_bytes()[:90]), Reason.CORRUPT),
        ("a.pdf", lambda path: os.truncate(papers.pdf(path, [["x"]]), 1 << 30), Reason.TOO_LARGE),
        ("a.pdf", lambda path: path.write_bytes(b""), Reason.EMPTY),
        ("a.docx", papers.bomb, Reason.BOMB),
        ("a.docx", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" * 200), Reason.OLD_WORD),
        ("a.docx", lambda path: path.write_bytes(b"PK no archive"), Reason.CORRUPT),
        ("a.docx", lambda path: zipfile.ZipFile(path, "w").writestr("x", "y"), Reason.CORRUPT),
        ("a.html", lambda path: path.write_text("<p><script>only()</script>"), Reason.EMPTY),
        ("a.html", lambda path: path.write_text("<div>" * 40_000 + "x"), Reason.NESTED),
        ("a.md", lambda path: path.write_text("x" * 10_000_000), Reason.TOO_LONG),
        ("a.md", lambda path: path.write_bytes(b"one\n\xff"), Reason.NOT_UTF8),
        ("a.json", lambda path: path.write_text("[" * 100_000), Reason.NO_JSON),
        ("a.json", lambda path: path.write_text("{}"), Reason.NO_ARTICLES),
        ("a.odt", lambda path: path.write_text("x"), Reason.UNKNOWN_FORM),
        ("gone.pdf", lambda path: None, Reason.FILE_GONE),
    ],
)
def test_a_bad_file_ends_as_a_reason_and_the_next_one_is_read(read, tmp_path, name, make, why):
    make(tmp_path / name)
    assert reason(read(name)) == why
    assert one(read("good.md", "Good.")).body == "Good."


def test_one_paragraph_of_three_megabytes_is_cut_between_sentences(read):
    found = one(read("long.md", "This is one more sentence. " * 120_000))
    assert max(len(piece.text) for piece in found.pieces) <= 1200
    assert all(piece.text.endswith("sentence.") for piece in found.pieces)


def test_reading_that_takes_too_long_is_given_up(tmp_path):
    file = tmp_path / "slow.html"
    file.write_text("<p>word " * 600_000)
    with Reader(seconds=0.5) as reading:
        assert reason(list(reading.read(file, form="html", key="slow"))) == Reason.SLOW


def test_more_memory_than_allowed_is_a_reason_and_no_outage(tmp_path, monkeypatch):
    file = tmp_path / "big.html"
    file.write_text("<p>word</p>" * 600_000)
    with Reader(memory=130 * 1024**2) as reading:
        assert reason(list(reading.read(file, form="html", key="big"))) in (Reason.MEMORY, Reason.CRASHED)
        (tmp_path / "a.md").write_text("Good.")
        assert one(list(reading.read(tmp_path / "a.md", form="markdown", key="a.md"))).body == "Good."


def test_a_reading_process_that_was_killed_is_started_again(tmp_path):
    (tmp_path / "a.md").write_text("Good.")
    with Reader() as reading:
        one(list(reading.read(tmp_path / "a.md", form="markdown", key="a.md")))
        os.kill(reading._process.pid, signal.SIGKILL)
        reading._process.wait()
        assert one(list(reading.read(tmp_path / "a.md", form="markdown", key="a.md"))).body == "Good."


def test_no_secret_is_in_the_environment_of_the_process_that_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (tmp_path / "a.md").write_text("Good.")
    with Reader() as reading:
        list(reading.read(tmp_path / "a.md", form="markdown", key="a.md"))
        assert b"sk-secret" not in Path(f"/proc/{reading._process.pid}/environ").read_bytes()


def test_no_name_in_an_archive_becomes_a_path(reader, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../../evil.md", "Evil.")
        archive.writestr("/etc/evil.md", "Evil.")
        archive.writestr("good/a.md", "Good.")
    members = list(reader.unpack(tmp_path / "a.zip", key="a.zip", into=tmp_path / "inside"))
    assert {Path(member.file).parent for member in members} == {tmp_path / "inside"}
    assert [member.key for member in members] == ["a.zip/etc/evil.md", "a.zip/good/a.md"]


def test_an_archive_that_would_explode_is_not_unpacked(reader, tmp_path):
    papers.bomb(tmp_path / "a.zip", "a.md")
    (fault,) = reader.unpack(tmp_path / "a.zip", key="a.zip", into=tmp_path / "inside")
    assert fault.reason == Reason.BOMB


def test_a_quote_that_is_never_closed_swallows_no_row(read):
    table = 'question,answer\nScreen size,"He said hello\nDelivery,"Two days"\nReturns,"30 days"\n'
    found = read("faq.csv", table)
    assert [row.title for row in found if isinstance(row, Document)] == ["Screen size", "Delivery", "Returns"]
    assert Reason.STRAY_QUOTE in {note.reason for note in found[0].notes}


def test_questions_in_another_script_with_one_latin_word_are_as_many_articles(read):
    table = "question,answer\nЧто такое VPN?,Это сеть.\nКак включить VPN?,В настройках.\nСколько стоит VPN?,Два евро.\n"
    slugs = [row.slug for row in read("faq.csv", table)]
    assert len(set(slugs)) == 3
    assert all(slug.startswith("vpn-") for slug in slugs)
    assert [row.slug for row in read("faq.csv", table)] == slugs
    assert one(read("Straße.md", "Text.")).slug == "strae"  # of letters that a slug merely simplifies nothing is added


def test_what_a_reader_opens_and_what_is_set_off_is_text(read):
    page = """<main><h1>FAQ</h1><p>What customers ask.</p>
      <h3><button aria-expanded="false" aria-controls="a1">How long can I return an item?</button></h3>
      <div id="a1" hidden><p>Within 30 days.</p></div>
      <aside class="warning"><p>Underwear cannot be returned.</p></aside>
      <div hidden>Never seen</div><button>Was this helpful?</button></main>"""
    body = one(read("faq.html", page)).body
    assert "### How long can I return an item?\n\nWithin 30 days." in body
    assert "Underwear cannot be returned." in body
    assert "Never seen" not in body
    assert "helpful" not in body


def test_a_page_that_is_one_form_is_read_and_a_form_in_a_page_is_not(read):
    whole = "<body><form id=aspnetForm><h1>Returns</h1><p>Thirty days, in the box they came in.</p></form></body>"
    assert one(read("page.html", whole)).body == "Thirty days, in the box they came in."
    part = "<body><h1>Returns</h1><p>Thirty days, in the box they came in.</p><form>Your name</form></body>"
    assert one(read("page.html", part)).body == "Thirty days, in the box they came in."


def test_text_that_looks_like_markdown_stays_text(read):
    page = "<main><h1>R</h1><p>Net.</p><p>[1]: https://example.com/x</p><p>~~~</p><p>Free.</p><h2>Refunds</h2><p>x</p></main>"
    body = one(read("page.html", page)).body
    shown = to_html(body, links=str)
    assert "<h2" in shown
    assert "[1]: https://example.com/x" in re.sub("<[^>]+>", "", shown)


def test_a_blank_behind_a_quote_changes_nothing(read):
    table = '"title" ,"body"\n"Returns" ,"Within 30 days.\n\nUnworn, please." \nShipping,We ship.\n'
    found = read("faq.csv", table)
    assert [row.title for row in found if isinstance(row, Document)] == ["Returns", "Shipping"]
    assert found[0].body.endswith("Unworn, please.")


def test_what_a_mere_button_opens_is_no_text(read):
    page = """<main><h1>Refunds</h1><p>On your card.</p><button aria-controls="share">Share</button>
      <div id="share" hidden>Post this</div><h2><button aria-controls="ask">Ask</button></h2>
      <div id="ask" role="dialog" hidden>Tell us</div></main>"""
    body = one(read("page.html", page)).body
    assert "On your card." in body
    assert "Post this" not in body
    assert "Tell us" not in body
