"""Nothing inside our own network is ever asked, by whatever way an address leads there; and no server holds us up."""

import gzip
import socket
import time

import pytest

from knowledge import fetch, link_check
from knowledge.documents.document import Reason, Unreadable
from knowledge.fetch import LONGEST_RETRY, Fetched, Fetcher, is_public
from knowledge.models import Failure
from tests.fakes.help_centre import serving


@pytest.fixture
def web():
    """A server on this machine."""
    with serving() as web:
        yield web


@pytest.fixture
def allow(settings):
    """Names hosts as the owner would."""

    def allow(*hosts: str) -> None:
        settings.TANDEM = settings.TANDEM.model_copy(update={"import_hosts": hosts})

    return allow


@pytest.fixture
def fetcher():
    """A client with little patience."""
    fetcher = Fetcher(seconds=1.5, largest=100_000)
    yield fetcher
    fetcher.close()


def reason(fetcher: Fetcher, address: str) -> Reason:
    """Why an address is not fetched."""
    with pytest.raises(Unreadable) as refused:
        fetcher.get(address)
    return refused.value.reason


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::", "192.0.2.1", "2001:db8::1",
     "fec0::1", "192.88.99.1", "3fff::1", "2002:c058:6301::"],
)  # fmt: skip
def test_an_address_that_is_not_of_the_internet_is_none_to_fetch(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_an_address_of_the_internet_may_be_fetched(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1", "[::ffff:7f00:1]"]
)
def test_this_machine_is_not_asked_however_its_address_is_written(fetcher, web, host):
    port = web.address.rpartition(":")[2]
    assert reason(fetcher, f"http://{host}:{port}/") in (Reason.PRIVATE_ADDRESS, Reason.BAD_ADDRESS)
    assert not web.asked


def test_a_redirect_to_this_machine_is_not_followed(fetcher, web, allow):
    with serving() as inside:
        allow(web.host)
        web.pages["/"] = (302, {"Location": inside.address + "/admin"}, b"")
        assert reason(fetcher, web.address + "/") == Reason.PRIVATE_ADDRESS
        assert not inside.asked


@pytest.fixture
def stranger(monkeypatch):
    """A server at 127.0.0.2, which the test calls public."""
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.2")
    with serving("127.0.0.2") as stranger:
        yield stranger


def test_a_strangers_redirect_does_not_lead_to_a_host_that_the_owner_named(fetcher, web, allow, stranger):
    allow(web.host)
    stranger.pages["/"] = (302, {"Location": web.address + "/admin"}, b"")
    assert reason(fetcher, stranger.address + "/") == Reason.OTHER_HOST
    assert not web.asked
    web.html("/", "<p>Here.")
    assert fetcher.get(web.address + "/").status == 200


def test_whoever_follows_links_asks_no_host_of_the_owners_network(web, allow):
    allow(web.host)
    assert link_check.ask(web.address + "/") == (None, None)
    assert not web.asked


def test_a_name_is_asked_for_once_and_no_longer_than_the_time(monkeypatch):
    asked = []

    def slow(*args, **kwargs):
        asked.append(args)
        time.sleep(4)
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(link_check, "_SECONDS", 0.5)
    began = time.monotonic()
    assert link_check.ask("http://slow.example/") == (None, Failure.SILENT)
    assert time.monotonic() - began < 3
    assert len(asked) == 1


def test_one_private_answer_of_the_dns_is_enough_to_refuse(fetcher, web, monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    assert reason(fetcher, "http://two-faced.example/") == Reason.PRIVATE_ADDRESS


def test_the_connection_goes_to_the_address_that_was_looked_at(fetcher, monkeypatch):
    """A name that answers 127.0.0.2, which the test calls public, and 127.0.0.1 at every later look."""
    with serving("127.0.0.2") as outside:
        port = int(outside.address.rpartition(":")[2])
        with serving("127.0.0.1", port) as inside:
            outside.html("/", "<p>outside")
            looks = iter(["127.0.0.2"])
            real = socket.getaddrinfo

            def rebinding(host, *args, **kwargs):
                if host != "rebinding.example":
                    return real(host, *args, **kwargs)
                place = next(looks, "127.0.0.1")
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

            monkeypatch.setattr(socket, "getaddrinfo", rebinding)
            monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.2")
            assert fetcher.get(f"http://rebinding.example:{port}/").data == b"<p>outside"
            assert outside.headers[0]["host"] == f"rebinding.example:{port}"
            assert reason(fetcher, f"http://rebinding.example:{port}/x") in (Reason.PRIVATE_ADDRESS, Reason.STATUS)
            assert not inside.asked


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x.example/", "http://", "http://a b/", "javascript:1",
                                     "http://user:secret@x.example/", "http://x.example:99999/",
                                     "http://xn--a/"])  # fmt: skip
def test_what_is_no_web_address_is_refused(fetcher, address):
    assert reason(fetcher, address) in (Reason.BAD_ADDRESS, Reason.UNREACHABLE)


def test_size_is_bounded_also_of_what_was_packed(fetcher, web, allow):
    allow(web.host)
    web.pages["/large"] = (200, {}, bytes(200_000))
    web.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10_000_000)))
    web.pages["/packed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"good"))
    assert reason(fetcher, web.address + "/large") == Reason.TOO_LARGE
    assert reason(fetcher, web.address + "/bomb") == Reason.BOMB
    assert fetcher.get(web.address + "/packed").data == b"good"


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(fetcher, allow):
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        allow(host)
        import threading

        def drip() -> None:
            connection = server.accept()[0]
            with connection:
                try:
                    for _ in range(100):
                        connection.send(b"H")
                        time.sleep(0.1)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        assert reason(fetcher, f"http://{host}/") in (Reason.SLOW, Reason.UNREACHABLE)
        assert time.monotonic() - began < 6


def test_a_redirect_to_a_name_that_is_none_is_refused(fetcher, web, allow):
    allow(web.host)
    web.pages["/"] = (302, {"Location": "http://xn--a/"}, b"")
    assert reason(fetcher, web.address + "/") == Reason.BAD_ADDRESS


def test_redirects_have_an_end(fetcher, web, allow):
    allow(web.host)
    web.pages["/"] = (302, {"Location": "/"}, b"")
    assert reason(fetcher, web.address + "/") == Reason.REDIRECTS


def test_a_status_is_asked_for_without_the_page_and_by_get_where_head_is_not_known(fetcher, web, allow):
    allow(web.host)
    web.pages["/large"] = (200, {}, bytes(200_000))
    web.pages["/moved"] = (301, {"Location": "/large"}, b"")
    assert fetcher.status(web.address + "/moved") == 200
    assert web.methods == ["HEAD", "HEAD"]
    web.knows_head = False
    assert fetcher.status(web.address + "/large") == 200
    assert web.methods[2:] == ["GET"]
    assert fetcher.status(web.address + "/nowhere") == 404


def test_no_status_is_asked_for_inside_our_network(fetcher, web):
    with pytest.raises(Unreadable) as refused:
        fetcher.status(web.address + "/")
    assert refused.value.reason == Reason.PRIVATE_ADDRESS
    assert not web.asked


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("93", 93),
        ("-5", 0),
        ("inf", LONGEST_RETRY),
        ("9" * 400, LONGEST_RETRY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("nan", 5),
        ("", 5),
        (f"Fri, 31 Dec 2026 23:59:59 +{'9' * 30}", 5),
        (f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT", 5),
    ],
)
def test_whatever_retry_after_holds_it_is_a_time_that_somebody_can_wait(told, seconds):
    assert Fetched("http://a.example/", 429, {"retry-after": told}, b"").retry_after == seconds


def test_addresses_for_protocols_are_not_of_the_internet():
    assert not fetch.is_public("192.0.0.192")
