"""A curator brings in what exists, watches it, and reads what went wrong with one of the files."""

import re
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Curator, Customer
from tests.knowledge import papers

ARTICLES = 40


@pytest.fixture
def files(tmp_path) -> list[Path]:
    """A folder of Markdown as an archive, a contract, and a scan that has no text."""
    archive = tmp_path / "handbook.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(ARTICLES):
            packed.writestr(f"rules-{number}.md", f"# House rule {number}\n\nRule {number} is about item {number}.")
    contract = papers.pdf(
        tmp_path / "rental-contract.pdf",
        [["Rental contract for canoes."], ["A canoe is returned before six in the evening."],
         ["A paddle that is lost costs 45 euros to replace."]],
        title="Canoe rental contract",
    )  # fmt: skip
    return [contract, archive, papers.pdf(tmp_path / "scanned-letter.pdf", [[], []])]


@pytest.mark.timeout(600)
def test_a_curator_imports_files_and_reads_which_one_failed(server, open_context, picture, files):
    curator = Curator(open_context(WIDE), server).log_in()
    page = curator.page
    page.goto(server.url + "/admin/knowledge/import/add/")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_label(re.compile("published articles")).check()
    site = page.locator("select[name=site]")
    if not site.input_value():
        site.select_option(label="Northpine")
    picture(page, "1-what-to-bring-in")
    page.get_by_role("button", name="Import").click()
    progress = page.locator("#import-progress")
    expect(progress).to_be_visible()
    picture(page, "2-at-work")
    expect(progress).to_contain_text(f"{ARTICLES + 2} of {ARTICLES + 2} documents", timeout=60_000)
    expect(progress).to_contain_text("done")
    page.get_by_role("link", name=re.compile("failed 1")).click()
    line = page.get_by_role("listitem").filter(has_text="scanned-letter.pdf")
    expect(line).to_contain_text("None of its 2 pages has text")
    picture(page, "3-the-failing-file")

    until_indexed(server, "rental-contract")
    customer = Customer(open_context(), server).open()
    customer.ask("What does a lost paddle cost?")
    customer.reads(re.compile("45 euros"))
    customer.sheet.get_by_role("button", name="Canoe rental contract").click()
    customer.reads(re.compile(r"p\. 3"))
    picture(customer.page, "4-answered-with-the-page")


def until_indexed(server, slug: str) -> None:
    """After its first start a server has the demo's other languages to index before."""
    query = """SELECT v.indexed_at FROM knowledge_article a JOIN knowledge_version v ON v.id = a.published_id
        WHERE a.slug = ?"""
    end = time.monotonic() + 400
    with closing(sqlite3.connect(f"file:{server.folder / 'tandem.sqlite3'}?mode=ro", uri=True, timeout=20)) as base:
        while not base.execute(query, [slug]).fetchone()[0]:
            assert time.monotonic() < end, "it is not indexed"
            time.sleep(0.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_the_import_pages_read_on_every_screen(server, open_context, picture, files, size, scheme):
    curator = Curator(open_context(size, scheme, bypass_csp=True), server).log_in()
    page = curator.page
    page.goto(server.url + "/admin/knowledge/import/add/")
    picture(page, "form")
    check(page)
    page.locator("input[type=file]").set_input_files([files[0], files[2]])
    site = page.locator("select[name=site]")
    if not site.input_value():
        site.select_option(label="Northpine")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#import-progress")).to_contain_text("2 of 2 documents", timeout=60_000)
    expect(page.locator(".import-lines > li")).to_have_count(2)  # the page comes anew when it is done
    picture(page, "report")
    check(page)
