"""Pictures of imported documents are served by us; what cannot be had costs no word, and nothing is fetched twice."""

import base64
import io
import json
import re
import zipfile

import pytest
from PIL import Image

from knowledge import fetch
from knowledge.documents.document import Reason
from knowledge.import_pictures import Copier
from knowledge.import_words import say
from knowledge.models import Article, ImportKind, Picture
from knowledge.picture_names import named, renamed
from tests.fakes.help_centre import serving
from tests.knowledge import papers
from tests.knowledge.test_imports import own_folder, report, run, web  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

OURS = re.compile(r"!\[A box\]\(/help/pictures/[0-9a-f]{32}-40x20\.png\)")


def png(colour: str = "red") -> bytes:
    """A picture's bytes."""
    file = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(file, "PNG")
    return file.getvalue()


def body() -> str:
    """What readers of the only article see."""
    return Article.objects.get().published.body


def notes(imported) -> list[str]:
    """What the report says of its only document."""
    return [say(Reason(note["reason"]), note["detail"]) for note in imported.items.get().notes]


def test_a_pages_picture_is_copied_and_not_asked_for_again_while_the_page_stays(run, web):  # noqa: F811
    web.html("/help/box", '<main><h1>Box</h1><p>So: <img src="/box.png?x=1" alt="A box"></p></main>')
    web.pages["/box.png?x=1"] = (200, {"Content-Type": "image/png"}, png())
    imported = run(ImportKind.WEB, web.address + "/help/box")
    assert OURS.search(body())
    assert notes(imported) == ["Pictures copied: 1."]
    asked = web.asked.count("/box.png?x=1")
    assert set(report(run(ImportKind.WEB, web.address + "/help/box")).values()) == {"unchanged"}
    assert web.asked.count("/box.png?x=1") == asked == 1


@pytest.mark.parametrize("answer", [(404, {}, b""), (200, {"Content-Type": "image/png"}, b"<svg onload=alert(1)>")])
def test_a_picture_that_cannot_be_had_is_a_link_and_the_article_is_there(run, web, answer):  # noqa: F811
    web.html("/help/box", '<main><h1>Box</h1><p>So: <img src="/box.png" alt="A box"></p></main>')
    web.pages["/box.png"] = answer
    imported = run(ImportKind.WEB, web.address + "/help/box")
    assert body() == f"So: ![A box]({web.address}/box.png)"
    assert notes(imported) == ["Pictures that could not be copied, which readers see as links: 1."]
    assert not Picture.objects.exists()


def test_a_picture_that_robots_may_not_read_is_not_asked_for(run, web):  # noqa: F811
    web.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/")
    web.html("/help/box", '<main><h1>Box</h1><p>So: <img src="/private/box.png" alt="A box"></p></main>')
    run(ImportKind.WEB, web.address + "/help/box")
    assert "/private/box.png" not in web.asked


def test_no_picture_is_fetched_from_our_own_network(run, web, settings):  # noqa: F811
    web.pages["/box.png"] = (200, {"Content-Type": "image/png"}, png())
    settings.TANDEM = settings.TANDEM.model_copy(update={"import_hosts": ()})
    run(ImportKind.FILES, "x", ("box.md", f"# Box\n\nSo: ![A box]({web.address}/box.png)"))
    assert web.asked == []


def test_what_a_page_or_a_word_document_holds_is_copied(run, tmp_path):  # noqa: F811
    inside = base64.b64encode(png()).decode()
    page = f'<main><h1>Box</h1><p>So: <img src="data:image/png;base64,{inside}" alt="A box"></p></main>'
    word = papers.docx(tmp_path / "word.docx", [("Normal", "So:")], picture=png("blue")).read_bytes()
    run(ImportKind.FILES, "x", ("page.html", page), ("word.docx", word))
    for article in Article.objects.all():
        assert OURS.search(article.published.body), article.published.body
    assert Picture.objects.count() == 2


def test_pictures_beside_the_files_of_an_archive_are_found_and_a_missing_one_leaves_its_words(run):  # noqa: F811
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("docs/help/box.md", "# Box\n\nSo: ![A box](../img/the%20box.png) ![A lid](lid.png)")
        archive.writestr("docs/img/the box.png", png())
    imported = run(ImportKind.FILES, "x", ("docs.zip", packed.getvalue()))
    assert report(imported) == {"docs.zip/docs/help/box.md": "created"}
    assert OURS.search(body())
    assert body().endswith(" A lid")
    assert notes(imported) == ["Pictures left out: 1.", "Pictures copied: 1."]


def test_a_picture_by_reference_is_copied_like_any_other(run):  # noqa: F811
    text = "# Box\n\nSo: ![A box][m] ![A lid][lid] ![m]\n\n[m]: box.png 'Brown'\n[lid]: lid.png\n"
    imported = run(ImportKind.FILES, "x", ("box.md", text), ("box.png", png()))
    path = f"/help/pictures/{Picture.objects.get().public_id}-40x20.png"
    assert body().startswith(f'# Box\n\nSo: ![A box]({path} "Brown") A lid ![m]({path} "Brown")')
    assert notes(imported) == ["Pictures left out: 1.", "Pictures copied: 1."]


def test_no_path_leads_out_of_what_was_uploaded(run, tmp_path):  # noqa: F811
    (tmp_path / "secret.png").write_bytes(png())
    text = f"# Box\n\n![a]({tmp_path}/secret.png) ![b](../../../secret.png) ![c](embedded:../../secret.png)"
    run(ImportKind.FILES, "x", ("box.md", text))
    assert body().endswith("\n\na b c")
    assert not Picture.objects.exists()


def test_an_export_holds_the_pictures_and_comes_back_as_it_was(run, desk):  # noqa: F811
    run(ImportKind.FILES, "x", ("box.md", "# Box\n\nSo: ![A box](box.png)"), ("box.png", png()))
    before = body()
    packed = desk.get("/admin/knowledge/article/export/").getvalue()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        row = json.loads(archive.read("articles.jsonl"))
        assert row["body"].endswith(f"![A box]({archive.namelist()[1]})")
    Article.objects.all().delete()
    run(ImportKind.FILES, "x", ("articles.zip", packed))
    assert body() == before
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("text", [
    "![a][m] [a][m]\n\n[m]: x.png", "![M][]\n\n[m]: <x.png>\n 'A \"map\"'", "![m]\n\n> [m]: x.png",
    "![a](x.png)![a][b]",
    "![a](x.png)", "![a [b] \\] c](x.png)", "![a]( <x.png> 'Title' )", "[![a](x.png)](y)", "| ![a](x.png) |\n|---|\n",
])  # fmt: skip
def test_every_way_to_name_a_picture_is_found_and_renamed(text):
    assert named(text) == ["x.png"]
    assert named(renamed(text, {"x.png": "/new.png"})) == ["/new.png"]
    assert named(renamed(text, {"x.png": ""})) == []


def test_a_text_that_only_looks_like_pictures_is_read_at_once():
    hostile = "![" * 100_000 + "a" * 100_000 + "](" * 100_000
    assert renamed(hostile, {"x": "y"}) == hostile


def test_an_address_that_is_none_costs_the_import_nothing_else(run):  # noqa: F811
    bad = "# A\n\nSo: ![A box](http://xn--a/box.png)"
    imported = run(ImportKind.FILES, "x", ("a.md", bad), ("b.md", "# B\n\nText."))
    assert (imported.state, report(imported)) == ("done", {"a.md": "created", "b.md": "created"})


def test_a_source_that_is_none_is_said(run):  # noqa: F811
    assert run(ImportKind.WEB, "http://xn--a/").state == "failed"


def test_a_strangers_page_does_not_fetch_pictures_of_the_owners_network(run, web, monkeypatch):  # noqa: F811
    web.pages["/box.png"] = (200, {"Content-Type": "image/png"}, png())
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.2")
    with serving("127.0.0.2") as stranger:
        stranger.html("/box", f'<main><h1>Box</h1><p>So: <img src="{web.address}/box.png" alt="A box"></p></main>')
        imported = run(ImportKind.WEB, stranger.address + "/box")
    assert notes(imported) == ["Pictures that could not be copied, which readers see as links: 1."]
    assert "/box.png" not in web.asked


def test_a_document_that_breaks_us_is_a_line_of_the_report_and_the_others_come(run, monkeypatch, caplog):  # noqa: F811
    real = Copier.copied
    monkeypatch.setattr(Copier, "copied", lambda self, one: 1 / 0 if one.key == "a.md" else real(self, one))
    imported = run(ImportKind.FILES, "x", ("a.md", "# A\n\nText."), ("b.md", "# B\n\nText."))
    assert (imported.state, report(imported)) == ("done", {"a.md": "failed", "b.md": "created"})
    assert "ZeroDivisionError" in caplog.text
