"""kill -9 in the middle of an import: the next start goes on, every article is whole, and none is there twice."""

import asyncio
import io
import random
import re
import time
import zipfile
from typing import Any

import httpx
import pytest

from benchmarks.rig import Tandem

from .conftest import ROUNDS

FILES = 60
ENDS_WITHIN_S = 240.0
PAGE = "/admin/knowledge/import/add/"
pytestmark = pytest.mark.timeout(300 + 120 * ROUNDS)


async def test_an_import_goes_on_after_a_kill(server: Tandem, dice: random.Random, count_hits: dict[str, Any]) -> None:
    """Each round: an archive is uploaded in the admin, the server is killed somewhere in the reading, and starts."""
    for number in range(ROUNDS):
        if number:
            await asyncio.to_thread(server.start)
        _upload(server, f"round-{number}")
        wanted = dice.randrange(1, FILES)
        read = await _until(server, wanted)
        server.kill()
        _count(count_hits, read)
        _whole(server, f"round-{number}")
        await asyncio.to_thread(server.start)
        await _ended(server)
        assert _articles(server, f"round-{number}") == FILES
        assert server.rows("SELECT count(*), count(DISTINCT key) FROM knowledge_importitem")[0] == (
            (number + 1) * (FILES + 1),
            (number + 1) * (FILES + 1),
        )
        _whole(server, f"round-{number}")
        server.stop()
        assert "FAULT" not in server.command("doctor")
    assert count_hits["in the middle"], "no kill hit its moment"


def _upload(server: Tandem, name: str) -> None:
    """As a curator does: log in, choose the archive, publish."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(FILES):
            archive.writestr(f"{name}-{number}.md", f"# {name} {number}\n\nText {number}.\n\n## More\n\nMore {number}.")
        archive.writestr(f"{name}-broken.docx", "no")
    login = server.demo["admin"]
    with httpx.Client(base_url=server.origin, follow_redirects=True, timeout=30, trust_env=False) as browser:
        who = {"username": login["username"], "password": login["password"], "next": PAGE}
        page = browser.post("/admin/login/", data={**who, "csrfmiddlewaretoken": _token(browser.get("/admin/login/"))})
        site = server.rows("SELECT id FROM sites_site WHERE is_demo = 1")[0][0]
        chosen = {
            "kind": "files",
            "site": str(site),
            "language": "en",
            "publish": "on",
            "csrfmiddlewaretoken": _token(page),
        }
        files = {"uploads": (f"{name}.zip", packed.getvalue(), "application/zip")}
        answer = browser.post(PAGE, data=chosen, files=files, headers={"Referer": server.origin + PAGE})
        assert answer.status_code == 200, answer.text[:500]
        assert "import-progress" in answer.text, re.findall(r"errorlist.{0,200}", answer.text)


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text[:300]
    return found.group(1)


async def _until(server: Tandem, wanted: int) -> int:
    """Until so many documents of the newest import have their line; how many have."""
    deadline = time.monotonic() + ENDS_WITHIN_S
    while (read := _lines(server)) < wanted:
        assert time.monotonic() < deadline, f"{read} documents were read"
        await asyncio.sleep(0.005)
    return read


async def _ended(server: Tandem) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while state := server.rows("SELECT state FROM knowledge_import WHERE state <> 'done'"):
        assert time.monotonic() < deadline, f"{state}, {_lines(server)} documents were read"
        await asyncio.sleep(0.1)


def _lines(server: Tandem) -> int:
    newest = "SELECT count(*) FROM knowledge_importitem WHERE imported_id = (SELECT max(id) FROM knowledge_import)"
    return int(server.rows(newest)[0][0])


def _articles(server: Tandem, name: str) -> int:
    return int(server.rows(f"SELECT count(*) FROM knowledge_article WHERE slug LIKE '{name}-%'")[0][0])


def _whole(server: Tandem, name: str) -> None:
    """Each article has its line, its published version, and that version both of its sections."""
    query = f"""SELECT a.slug, count(DISTINCT i.id), count(DISTINCT v.id), count(DISTINCT s.id)
        FROM knowledge_article a
        LEFT JOIN knowledge_importitem i ON i.article_id = a.id
        LEFT JOIN knowledge_version v ON v.id = a.published_id
        LEFT JOIN knowledge_section s ON s.version_id = v.id
        WHERE a.slug LIKE '{name}-%' GROUP BY a.id"""
    halves = [row for row in server.rows(query) if row[1:] != (1, 1, 2)]
    assert not halves, halves


def _count(counted: dict[str, Any], read: int) -> None:
    hits = {"kills": 1, "in the middle": 0 < read < FILES + 1}
    for name, hit in hits.items():
        counted[name] = counted.get(name, 0) + int(hit)
