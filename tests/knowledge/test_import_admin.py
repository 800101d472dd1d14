"""Imports in the admin: who may, what the form refuses, and what the page says while it runs and afterwards."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from knowledge import import_files, import_run, imports
from knowledge.models import Article, Import, ImportKind, ImportState
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/import/"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Files are kept in a folder that is thrown away."""
    settings.VAR = tmp_path


def form(site, *files: tuple[str, str], **changes: object) -> dict[str, object]:
    """What the page posts."""
    uploads = [SimpleUploadedFile(name, text.encode()) for name, text in files]
    chosen = {"kind": "files", "site": site.pk, "language": "en", "publish": "", "every_hours": "0", "source": ""}
    return {**chosen, "uploads": uploads, **changes}


def test_uploaded_files_become_articles_and_a_report(desk, site, curator):
    answer = desk.post(LIST + "add/", form(site, ("fees.md", "4 €."), ("bad.pdf", "no"), publish="on"), follow=True)
    imported = Import.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{imported.pk}/change/", 302)]
    assert "waiting" in answer.content.decode()
    assert (imported.source, imported.made_by) == ("fees.md, bad.pdf", curator.user)
    import_run.run(imported.pk)
    page = desk.get(f"{LIST}{imported.pk}/change/").content.decode()
    assert "2 of 2 documents" in page
    assert "It is damaged, or not what its name says." in page
    assert f"/admin/knowledge/article/{Article.objects.get().pk}/change/" in page
    assert Article.objects.get().published.published_by == curator.user
    failed = desk.get(f"{LIST}{imported.pk}/change/?outcome=failed").content.decode()
    assert "bad.pdf" in failed.split("import-lines")[1]
    assert "fees.md" not in failed.split("import-lines")[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Choose at least one file."),
        ({"kind": "web", "source": "javascript:alert(1)"}, "Write an address such as"),
        ({"kind": "web", "source": ""}, "Write an address such as"),
        ({"kind": "web", "source": "https://x.example", "language": "English"}, "Write a language as en"),
    ],
)
def test_the_form_says_what_is_missing(desk, site, changes, said):
    assert said in desk.post(LIST + "add/", form(site, **changes)).content.decode()
    assert not Import.objects.exists()


def test_nobody_imports_into_a_site_or_a_collection_of_others(desk, other_site):
    desk.post(LIST + "add/", form(other_site, ("fees.md", "4 €.")))
    assert not Import.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT])
def test_who_may_not_edit_articles_sees_no_import(site, role):
    agent = logged_in(make_member(site, "Nobody", role))
    imported = imports.make(site=site, kind=ImportKind.WEB, source="https://x.example/")
    for address in (LIST, LIST + "add/", f"{LIST}{imported.pk}/change/", f"{LIST}{imported.pk}/progress/"):
        assert agent.get(address).status_code in (302, 403, 404), address
    assert agent.post(f"{LIST}{imported.pk}/stop/").status_code in (302, 403, 404)
    imported.refresh_from_db()
    assert imported.state == ImportState.WAITING


def test_a_curator_of_another_site_finds_nothing(site, other_site):
    theirs = logged_in(make_member(other_site, "Olga", Role.CURATOR))
    imported = imports.make(site=site, kind=ImportKind.WEB, source="https://x.example/")
    assert theirs.get(f"{LIST}{imported.pk}/change/").status_code == 404
    assert theirs.get(f"{LIST}{imported.pk}/progress/").status_code == 404
    for verb in ("stop", "again", "go-on", "schedule"):
        assert theirs.post(f"{LIST}{imported.pk}/{verb}/").status_code == 404
    assert "x.example" not in theirs.get(LIST).content.decode()


def test_progress_is_a_part_of_the_page_and_says_when_to_stop_asking(desk, site):
    imported = imports.make(site=site, kind=ImportKind.WEB, source="https://x.example/")
    assert "data-open" in desk.get(f"{LIST}{imported.pk}/progress/").content.decode()
    desk.post(f"{LIST}{imported.pk}/stop/")
    assert "data-open" not in desk.get(f"{LIST}{imported.pk}/progress/").content.decode()


def test_stop_again_and_the_interval_work_by_post_alone(desk, site):
    imported = imports.make(site=site, kind=ImportKind.WEB, source="https://x.example/")
    place = f"{LIST}{imported.pk}/"
    assert desk.get(place + "stop/").status_code == 405
    desk.post(place + "stop/")
    desk.post(place + "schedule/", {"every_hours": "24"})
    imported.refresh_from_db()
    assert (imported.state, imported.every_hours) == (ImportState.STOPPED, 24)
    desk.post(place + "again/")
    imported.refresh_from_db()
    assert (imported.state, imported.run) == (ImportState.WAITING, 2)
    assert "at work already" in desk.post(place + "again/", follow=True).content.decode()


def test_what_a_document_is_called_is_shown_as_text(desk, site):
    upload = import_files.Upload((SimpleUploadedFile("<img src=x onerror=alert(1)>.odt", b"x"),))
    imported = imports.make(site=site, kind=ImportKind.FILES, source="x", files=upload)
    import_run.run(imported.pk)
    page = desk.get(f"{LIST}{imported.pk}/change/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_an_import_at_work_is_not_deleted(desk, site):
    imported = imports.make(site=site, kind=ImportKind.WEB, source="https://x.example/")
    desk.post(f"{LIST}{imported.pk}/delete/", {"post": "yes"})
    assert Import.objects.exists()
    imports.stop(imported=imported)
    desk.post(f"{LIST}{imported.pk}/delete/", {"post": "yes"})
    assert not Import.objects.exists()
    imports.clear_files(timezone.now())
