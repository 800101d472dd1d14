"""An import brings in what it can, says what it cannot, and may be run again, stopped and killed without doubles."""

import json
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from knowledge import import_files, import_run, import_words, imports, indexing, keeping, publish, search
from knowledge.models import (
    Article,
    Audience,
    Import,
    ImportItem,
    ImportKind,
    ImportState,
    Origin,
    Section,
    Vector,
    Version,
)
from tests.fakes.help_centre import Zendesk, serving
from tests.knowledge import papers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Files are kept in a folder that is thrown away."""
    settings.VAR = tmp_path / "var"


@pytest.fixture
def web(settings):
    """A site on this machine that the owner lets imports read."""
    with serving() as web:
        settings.TANDEM = settings.TANDEM.model_copy(update={"import_hosts": (web.host,)})
        yield web


@pytest.fixture
def run(site):
    """Makes an import, runs it, and gives it back."""

    def run(kind: ImportKind, source: str, *files: tuple[str, bytes | str], **chosen: object) -> Import:
        given = [SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode()) for name, data in files]
        upload = import_files.Upload(tuple(given)) if given else None
        imported = imports.make(kind=kind, source=source, files=upload, **{"site": site, "publish": True} | chosen)
        return again(imported)

    return run


def again(imported: Import) -> Import:
    """Run it as the task does."""
    import_run.run(imported.pk)
    imported.refresh_from_db()
    return imported


def report(imported: Import) -> dict[str, str]:
    """Outcome by document."""
    return dict(imported.items.values_list("key", "outcome"))


def words(imported: Import, key: str) -> str:
    """What the report says of a document."""
    item = imported.items.get(key=key)
    return import_words.say(item.reason, item.detail)


def test_each_file_gets_its_line_and_the_rest_goes_on(run, tmp_path):
    papers.pdf(tmp_path / "lease.pdf", [["The rent is 900 euros."]])
    papers.pdf(tmp_path / "scan.pdf", [[], []])
    imported = run(
        ImportKind.FILES,
        "four files",
        ("fees.md", "# Fees\n\n4 €."),
        ("lease.pdf", (tmp_path / "lease.pdf").read_bytes()),
        ("scan.pdf", (tmp_path / "scan.pdf").read_bytes()),
        ("notes.odt", "x"),
    )
    assert imported.state == ImportState.DONE
    assert report(imported) == {
        "fees.md": "created", "lease.pdf": "created", "scan.pdf": "failed", "notes.odt": "skipped"}  # fmt: skip
    assert words(imported, "scan.pdf").startswith("None of its 2 pages has text")
    assert Article.objects.get(slug="lease").published.sections.get().heading == "p. 1"
    assert not import_files.folder(imported).exists(), "files are kept after they were read"


def test_drafts_stay_drafts(run):
    run(ImportKind.FILES, "a", ("fees.md", "4 €."), publish=False)
    assert Article.objects.get().published is None


def test_the_same_files_again_change_nothing_and_embed_nothing(run, chroma, now):
    files = [(f"a{n}.md", f"# Title {n}\n\nText {n}.") for n in range(60)]
    run(ImportKind.FILES, "a", *files)
    while indexing.sweep(now=now, seconds=60):
        pass
    before = (Article.objects.count(), Version.objects.count(), Section.objects.count(), Vector.objects.count())
    imported = run(ImportKind.FILES, "b", *files)
    assert set(report(imported).values()) == {"unchanged"}
    assert len(report(imported)) == 60
    assert before == (Article.objects.count(), Version.objects.count(), Section.objects.count(), Vector.objects.count())
    assert not indexing.due().exists()


def test_a_changed_file_is_a_new_version_of_the_same_article(run):
    run(ImportKind.FILES, "a", ("fees.md", "4 €."))
    imported = run(ImportKind.FILES, "a", ("fees.md", "5 €."))
    assert report(imported) == {"fees.md": "updated"}
    assert Article.objects.get().published.number == 2


def test_what_was_edited_here_is_kept_unless_it_may_be_replaced(run):
    run(ImportKind.FILES, "a", ("fees.md", "4 €."))
    article = Article.objects.get()
    publish.save_draft(article=article, title=article.title, body="4 € and a smile.")
    imported = run(ImportKind.FILES, "a", ("fees.md", "5 €."))
    assert report(imported) == {"fees.md": "failed"}
    assert "changed here" in words(imported, "fees.md")
    article.refresh_from_db()
    assert article.body == "4 € and a smile."
    run(ImportKind.FILES, "a", ("fees.md", "5 €."), replace=True)
    article.refresh_from_db()
    assert article.published.body == "5 €."


def test_an_article_from_elsewhere_is_not_overwritten(run, write):
    write("fees", "Ours.")
    imported = run(ImportKind.FILES, "a", ("fees.md", "Theirs."))
    assert "from elsewhere" in words(imported, "fees.md")
    assert Article.objects.get().body == "Ours."


def test_of_two_documents_with_one_slug_the_second_is_named(run):
    imported = run(ImportKind.FILES, "a", ("fees.md", "4 €."), ("fees.html", "<p>5 €."))
    assert report(imported) == {"fees.md": "created", "fees.html": "failed"}
    assert "fees.md" in words(imported, "fees.html")


def test_an_archive_is_read_file_by_file(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("help/fees.md", "4 €.")
        archive.writestr("help/README.md", "About these files.")
        archive.writestr("help/broken.docx", "no")
        archive.writestr("help/more.zip", "no")
    imported = run(ImportKind.FILES, "a.zip", ("a.zip", (tmp_path / "a.zip").read_bytes()))
    expected = {"help/fees.md": "created", "help/broken.docx": "failed", "help/more.zip": "skipped"}
    assert report(imported) == {f"a.zip/{name}": outcome for name, outcome in expected.items()}


def test_a_file_larger_than_can_be_read_is_a_line_and_takes_no_room(run, site):
    file = SimpleUploadedFile("huge.pdf", b"")
    file.size = 1 << 30
    imported = imports.make(site=site, kind=ImportKind.FILES, source="huge", files=import_files.Upload((file,)))
    kept = import_files.folder(imported) / "file-00000"
    assert kept.stat().st_blocks == 0
    assert "1024 MB; 200 MB can be read" in words(again(imported), "huge.pdf")


def test_a_kill_between_two_documents_leaves_whole_ones_and_the_next_start_goes_on(site, monkeypatch):
    files = tuple(SimpleUploadedFile(f"a{n}.md", f"Text {n}.".encode()) for n in range(6))
    imported = imports.make(
        site=site, kind=ImportKind.FILES, source="six", files=import_files.Upload(files), publish=True)  # fmt: skip
    keep = keeping.Keeper.keep

    def killed(self, result, **kwargs):
        if self.count == 3:
            raise SystemExit
        keep(self, result, **kwargs)

    monkeypatch.setattr(keeping.Keeper, "keep", killed)
    with pytest.raises(SystemExit):
        import_run.run(imported.pk)
    assert Article.objects.filter(published__sections__isnull=False).count() == ImportItem.objects.count() == 3
    monkeypatch.undo()
    again(imported)
    assert Article.objects.count() == 3, "its lease still holds"
    monkeypatch.setattr(imports, "RUNNER", imports.RUNNER + "-next")
    imports.void_earlier_boots()
    assert imports.due(timezone.now()) == [imported.pk]
    assert again(imported).state == ImportState.DONE
    assert report(imported) == {f"a{n}.md": "created" for n in range(6)}
    assert Version.objects.count() == 6


def test_a_run_that_was_taken_over_writes_nothing_more(site, monkeypatch):
    files = tuple(SimpleUploadedFile(f"a{n}.md", b"Text.") for n in range(3))
    imported = imports.make(site=site, kind=ImportKind.FILES, source="three", files=import_files.Upload(files))
    keep = keeping.Keeper.keep

    def taken_over(self, result, **kwargs):
        keep(self, result, **kwargs)
        Import.objects.update(runner="another")

    monkeypatch.setattr(keeping.Keeper, "keep", taken_over)
    import_run.run(imported.pk)
    assert ImportItem.objects.count() == 1
    assert Import.objects.get().state == ImportState.RUNNING


def test_stopped_it_keeps_what_it_has_and_goes_on_when_told(site, monkeypatch):
    files = tuple(SimpleUploadedFile(f"a{n}.md", b"Text.") for n in range(4))
    imported = imports.make(site=site, kind=ImportKind.FILES, source="four", files=import_files.Upload(files))
    keep = keeping.Keeper.keep
    monkeypatch.setattr(import_run, "_RENEWED_EVERY_S", 0)

    def stopping(self, result, **kwargs):
        keep(self, result, **kwargs)
        if self.count == 2:
            imports.stop(imported=imported)

    monkeypatch.setattr(keeping.Keeper, "keep", stopping)
    assert again(imported).state == ImportState.STOPPED
    assert imported.items.count() == 2
    monkeypatch.setattr(keeping.Keeper, "keep", keep)
    assert imports.go_on(imported=imported)
    assert again(imported).state == ImportState.DONE
    assert imported.items.count() == 4


def test_only_one_import_runs_in_a_process(site):
    first, second = (imports.make(site=site, kind=ImportKind.FILES, source="x") for _ in range(2))
    with import_run._one:
        thread = threading.Thread(target=import_run.run, args=[second.pk])
        thread.start()
        thread.join()
    assert {i.state for i in Import.objects.all()} == {ImportState.WAITING}
    assert imports.due(timezone.now()) == [first.pk, second.pk]


def test_a_page_keeps_its_links_and_a_sitemap_brings_every_page(run, web):
    web.html("/help/returns", "<main><h1>Returns</h1><p>Within 30 days, see <a href='gone'>fees</a>.</p></main>")
    web.html("/help/fees", "<main><h1>Fees</h1><p>4 €.</p></main>")
    web.html("/help/gone", "", status=404)
    web.sitemap("/help/returns", "/help/fees", "/help/gone")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    assert list(report(imported).values()) == ["created", "created", "failed"]
    article = Article.objects.get(slug="help-returns")
    assert (article.title, article.body) == ("Returns", f"Within 30 days, see [fees]({web.address}/help/gone).")


def test_robots_txt_is_respected_also_behind_a_redirect(run, web):
    rules = b"User-agent: *\nDisallow: /private/\nDisallow: /*?print"
    web.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, rules)
    web.html("/private/a", "<p>secret")
    web.html("/a", "<p>open")
    web.pages["/b"] = (302, {"Location": "/private/a"}, b"")
    web.sitemap("/private/a", "/a?print=1", "/a", "/b")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    assert list(report(imported).values()) == ["failed", "failed", "created", "failed"]
    assert "robots.txt" in words(imported, web.address + "/b")
    assert "/private/a" not in web.asked


def test_where_robots_txt_cannot_be_had_nothing_is_read(run, web):
    web.pages["/robots.txt"] = (503, {}, b"")
    web.html("/a", "<p>open")
    imported = run(ImportKind.WEB, web.address + "/a")
    assert imported.state == ImportState.FAILED
    assert imported.reason == "robots_away"
    assert "/a" not in web.asked


def test_what_vanished_is_flagged_and_stays_and_comes_back(run, web):
    for name in ("a", "b"):
        web.html(f"/{name}", f"<p>Text {name}")
    web.sitemap("/a", "/b")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml", every_hours=24)
    web.sitemap("/a")
    assert imports.again(imported=imported)
    assert report(again(imported)) == {f"{web.address}/a": "unchanged", f"{web.address}/b": "vanished"}
    assert Article.objects.get(slug="b").published is not None
    assert Origin.objects.get(article__slug="b").vanished_at
    web.sitemap("/a", "/b")
    imports.again(imported=imported)
    assert report(again(imported))[f"{web.address}/b"] == "unchanged"
    assert Origin.objects.get(article__slug="b").vanished_at is None


def test_a_sitemap_that_is_away_makes_nothing_vanish(run, web):
    web.html("/a", "<p>Text")
    web.sitemap("/a")
    imported = run(ImportKind.WEB, web.address + "/sitemap.xml")
    web.pages["/sitemap.xml"] = (404, {}, b"")
    imports.again(imported=imported)
    again(imported)
    assert not Origin.objects.exclude(vanished_at=None).exists()


def test_a_source_with_an_interval_is_due_again_when_it_is_over(run, web):
    web.html("/a", "<p>Text")
    imported = run(ImportKind.WEB, web.address + "/a", every_hours=24)
    assert imported.next_at == imported.ended_at + timedelta(hours=24)
    assert imports.due(timezone.now()) == []
    assert imports.due(timezone.now() + timedelta(hours=25)) == [imported.pk]
    imported.refresh_from_db()
    assert (imported.state, imported.run) == (ImportState.WAITING, 2)


def guide(web, **manners) -> Zendesk:
    """A help centre of five articles."""
    rows = [
        {"id": n, "title": f"Title {n}", "body": f"<p>Text {n}.</p>", "locale": "en-us", "section_id": 7,
         "draft": False, "user_segment_id": None, "html_url": f"{web.address}/hc/en-us/articles/{n}"}
        for n in range(1, 6)
    ]  # fmt: skip
    return Zendesk(web, rows, [{"id": 7, "name": "Billing & Co"}], **manners)


def test_zendesk_is_read_page_by_page_and_waited_for(run, web):
    guide(web, busy=2)
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    assert imported.state == ImportState.DONE
    assert list(report(imported).values()) == ["created"] * 5
    assert Article.objects.get(slug="3").collection.titles == {"en": "Billing & Co"}
    assert sum("articles.json" in path for path in web.asked) == 3


def test_zendesk_that_stays_busy_fails_the_run_and_keeps_what_there_is(run, web):
    centre = guide(web)
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    centre.busy, centre.retry_after = 99, "3600"
    imports.again(imported=imported)
    again(imported)
    assert (imported.state, imported.reason) == (ImportState.FAILED, "rate_limited")
    assert not Origin.objects.exclude(vanished_at=None).exists()


def test_the_token_is_sent_to_its_own_host_and_to_no_other(run, web, settings):
    guide(web, token="maya@acme.example/token:secret")
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    assert import_words.say(imported.reason, imported.detail) == "The server answered 401."
    chosen = {"zendesk_user": "maya@acme.example", "zendesk_token": _Secret("secret")}
    settings.TANDEM = settings.TANDEM.model_copy(update={**chosen, "zendesk_host": "acme.zendesk.com"})
    imports.again(imported=imported)
    assert again(imported).state == ImportState.FAILED
    assert not any("authorization" in headers for headers in web.headers)
    settings.TANDEM = settings.TANDEM.model_copy(update={"zendesk_host": web.host})
    imports.again(imported=imported)
    assert again(imported).state == ImportState.DONE


class _Secret:
    def __init__(self, value: str) -> None:
        self.get_secret_value = lambda: value


def test_a_page_that_leads_to_another_host_is_not_followed_there(run, web):
    guide(web, next_host="http://evil.example")
    imported = run(ImportKind.ZENDESK, web.address + "/hc/en-us")
    assert (imported.state, imported.reason) == (ImportState.FAILED, "other_host")


def test_a_clause_is_found_with_its_page(run, chroma, now, tmp_path, site):
    clauses = ["The tenant may keep one cat.", "The deposit is three months of rent.", "Subletting needs our consent.",
               "The garden is mown by the landlord.", "Keys that are lost cost 80 euros to replace."]  # fmt: skip
    papers.pdf(tmp_path / "lease.pdf", [[clause] for clause in clauses])
    run(ImportKind.FILES, "lease.pdf", ("lease.pdf", (tmp_path / "lease.pdf").read_bytes()))
    while indexing.sweep(now=now, seconds=60):
        pass
    found = search.find(site=site, question="What does a lost key cost?", language="en")
    assert (found.passages[0].heading, found.passages[0].anchor) == ("p. 5", "p-5")


def test_another_language_calls_a_page_its_own_way_and_rows_keep_their_own_language(run, tmp_path):
    rows = [
        {"id": "a", "title": "Eins", "body": "Text."},
        {"id": "b", "title": "Two", "body": "Text.", "language": "en"},
    ]
    run(ImportKind.FILES, "x", ("articles.jsonl", "\n".join(map(json.dumps, rows))), language="de")
    assert dict(Article.objects.values_list("slug", "language")) == {"a": "de", "b": "en"}
    papers.pdf(tmp_path / "miete.pdf", [["Die Miete beträgt 900 Euro."]])
    run(ImportKind.FILES, "x", ("miete.pdf", (tmp_path / "miete.pdf").read_bytes()), language="de")
    assert Article.objects.get(slug="miete").published.sections.get().heading == "S. 1"


def test_files_of_imports_that_are_gone_are_dropped(site, tmp_path):
    upload = import_files.Upload((SimpleUploadedFile("a.md", b"x"),))
    imported = imports.make(site=site, kind=ImportKind.FILES, source="x", files=upload)
    folder = import_files.folder(imported)
    imports.clear_files(timezone.now())
    assert folder.exists()
    imported.delete()
    imports.clear_files(timezone.now())
    assert folder.exists(), "an upload may be under way"
    import os

    os.utime(folder, (0, 0))
    imports.clear_files(timezone.now())
    assert not Path(folder).exists()


def test_what_an_export_says_is_hidden_is_not_shown_by_an_import(run):
    rows = [
        {"id": "a", "title": "A", "body": "x", "audience": "members", "questions": ["Who may?"], "state": "published"},
        {"id": "b", "title": "B", "body": "x", "state": "draft"},
        {"id": "c", "title": "C", "body": "x", "state": "withdrawn"},
        {"id": "d", "title": "D", "body": "x", "audience": "martians"},
    ]
    rows[0]["audience"] = Audience.choices[1][0]
    for outcome in ("created", "unchanged"):
        imported = run(ImportKind.FILES, "x", ("articles.jsonl", "\n".join(map(json.dumps, rows))))
        assert sorted(report(imported).values()) == sorted([outcome] * 3 + ["failed"])
    hidden = Article.objects.get(slug="a")
    assert (hidden.audience, hidden.published.questions) == (Audience.choices[1][0], ["Who may?"])
    assert set(Article.objects.filter(published=None).values_list("slug", flat=True)) == {"b", "c"}


def test_what_was_withdrawn_here_stays_withdrawn(run, now):
    run(ImportKind.FILES, "a", ("fees.md", "4 €."))
    publish.withdraw(article=Article.objects.get(), by=None, now=now)
    run(ImportKind.FILES, "a", ("fees.md", "5 €."))
    article = Article.objects.get()
    assert (article.published, article.body) == (None, "5 €.")
