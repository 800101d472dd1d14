"""chat/widget_files.py: the widget's files as a foreign page gets them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from chat import widget_files

ZIPPED = {"Accept-Encoding": "gzip"}


def test_the_loader_names_today_s_version(client: Client) -> None:
    response = client.get("/widget.js")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert f"/embed/{widget_files.current_version()}/" in response.content.decode()
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_part_may_be_kept_for_ever_and_used_by_any_page(client: Client) -> None:
    response = client.get(f"/embed/{widget_files.current_version()}/widget.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_page_from_before_an_update_gets_today_s_for_a_while(client: Client) -> None:
    response = client.get("/embed/0123456789ab/words/de.js")
    assert response.status_code == 200
    assert "immutable" not in response["Cache-Control"]


def test_it_travels_packed_where_the_browser_allows_it(client: Client) -> None:
    address = f"/embed/{widget_files.current_version()}/widget.js"
    packed, plain = client.get(address, headers=ZIPPED), client.get(address)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content


@pytest.fixture
def kept(settings, tmp_path) -> Iterator[Path]:
    """Where packed files are kept for the processes that follow; as many starts as one likes."""
    settings.VAR = tmp_path
    widget_files.packed.cache_clear()
    yield tmp_path / "widget"
    widget_files.packed.cache_clear()


def started_again() -> dict[str, bytes]:
    """What a next process would send."""
    widget_files.packed.cache_clear()
    return widget_files.packed()


def test_they_are_packed_once_for_all_starts(kept: Path, monkeypatch) -> None:
    kept.mkdir()
    for left in ("of-an-older-version.gz", "of-a-killed-process"):
        (kept / left).write_bytes(b"old")
    before = widget_files.packed()
    assert len(list(kept.iterdir())) == len(set(widget_files.parts().values()))
    monkeypatch.setattr(widget_files.gzip, "compress", None)
    assert started_again() == before


@pytest.mark.parametrize("left", [b"", b"cut short", gzip.compress(b"something else", mtime=0)])
def test_a_damaged_file_is_packed_again(kept: Path, left: bytes) -> None:
    before = widget_files.packed()
    for file in kept.iterdir():
        file.write_bytes(left)
    assert started_again() == before
    assert left not in [file.read_bytes() for file in kept.iterdir()]


def test_where_nothing_can_be_kept_they_are_served_all_the_same(kept: Path, client: Client) -> None:
    kept.write_text("a file in the folder's place")
    response = client.get("/widget.js", headers=ZIPPED)
    assert gzip.decompress(response.content) == client.get("/widget.js").content


def test_what_did_not_change_is_not_sent_again(client: Client) -> None:
    tag = client.get("/widget.js")["ETag"]
    assert client.get("/widget.js", headers={"If-None-Match": tag}).status_code == 304


def test_nothing_else_can_be_had(client: Client) -> None:
    for name in ("loader.js", "../settings.py", "words/xx.js", "widget.js/", "types.d.ts"):
        assert client.get(f"/embed/{widget_files.current_version()}/{name}").status_code == 404
    assert client.post("/widget.js").status_code == 405


def test_what_is_quoted_keeps_every_space_and_code_loses_none_that_it_needs() -> None:
    source = 'const a = { b : [ 1, 2 ] };\nreturn a ? "x = { y }; " : `${ f ( a ) } , `;\nlet i = i + +j\nk = 1;\n'
    lean = widget_files.lean_script(source)
    assert lean == 'const a={b:[1,2]};return a?"x = { y }; ":`${ f ( a ) } , `;let i=i + +j\nk=1;'
