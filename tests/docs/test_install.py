"""docs/install.md, followed command by command behind a real nginx with TLS."""

import contextlib
import json
import re
import uuid
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.urls import reverse
from websockets.exceptions import ConnectionClosed

from chat import tier_admin
from knowledge import pictures
from knowledge.reading import LARGEST_FILE
from supportsite import bodies
from tests.docs.machine import GRANTED, NAME, NGINX, ROOT, Machine, commands_of

pytestmark = pytest.mark.timeout(300)
SHOP = "https://www.example.com"
OWN = f"https://{NAME}"
WIDGET, CONSOLE = "/ws/v1/widget/", "/ws/v1/console/"
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture(scope="module")
def machine(tmp_path_factory) -> Iterator[Machine]:
    """Sections 1 to 6 of the page, in their order."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    try:
        machine.follow("1. ")
        machine.follow("2. ")
        # The limit is low, so that a test sees whose address counts without a hundred sockets.
        with (machine.folder / "etc" / "tandem.env").open("a") as settings:
            settings.write("TANDEM_LIMIT_NEW_VISITORS=2\n")
        machine.follow("3. ")
        machine.told["site"] = machine.follow("4. ")
        machine.follow("5. ")
        machine.told["look"] = machine.follow("6. ")
        yield machine
    finally:
        machine.end()


@pytest.fixture(scope="module")
def site(machine) -> str:
    """The public key that `create_site` printed, in the line for the pages."""
    found = re.search(rf'<script async src="{OWN}/widget.js" data-site="(site_\w+)"></script>', machine.told["site"])
    assert found
    return found[1]


@pytest.fixture(scope="module")
def login(machine) -> dict[str, str]:
    """The owner's, as printed."""
    return dict(re.findall(r"^(login|password) +(\S+)", machine.told["site"], flags=re.MULTILINE))


class Visitor:
    """A client of the widget's socket."""

    def __init__(self, socket, site: str, **hello) -> None:
        self.socket = socket
        self.tell({"type": "hello", "site": site, "page": SHOP + "/", **hello})

    def tell(self, frame) -> None:
        self.socket.send(json.dumps(frame))

    def hear(self, *types: str):
        """The next frame of one of these types."""
        while True:
            frame = json.loads(self.socket.recv(timeout=30))
            if frame["type"] in types:
                return frame

    def say(self, text: str):
        """Write; the ack, or the error."""
        self.tell({"type": "message", "id": str(uuid.uuid4()), "text": text})
        return self.hear("ack", "error")


def log_in(machine, login, path: str) -> tuple[int, list[str], str]:
    """Log in by the form at `path`: status, the cookies set, and the cookies to send from now on."""
    page, text = machine.fetch(path)
    csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)[1]
    cookie = page.getheader("Set-Cookie").split(";")[0]
    fields = {"csrfmiddlewaretoken": csrf, "username": login["login"], "password": login["password"], "next": "/admin/"}
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": OWN,
        "Referer": OWN + path,
    }
    answer, _text = machine.fetch(path, method="POST", body=urlencode(fields), headers=headers)
    cookies = answer.headers.get_all("Set-Cookie") or []
    return answer.status, cookies, "; ".join(cookie.split(";")[0] for cookie in cookies)


# --- the page itself ------------------------------------------------------------------------------------------------


def test_nginx_is_here():
    assert NGINX


def test_every_command_was_followed_or_is_the_machines_own(machine):
    assert set(machine.granted) == set(GRANTED)
    # Looking is section 6: health, headers and the doctor, each ending well.
    assert '{"ready": true}' in machine.told["look"]
    assert "Strict-Transport-Security: max-age=31536000" in machine.told["look"]
    assert "FAULT" not in machine.told["look"]
    assert "note" not in machine.told["look"]


def test_the_page_names_only_what_exists():
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)", page):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"/docs/examples/([\w.-]+)", page):
        assert (EXAMPLES / name).exists(), name
    commands = {
        word for line in commands_of("4.") + commands_of("7.") for word in re.findall(r"tandem tandem (\w+)", line)
    }
    for command in commands:
        assert (ROOT / "supportsite" / "management" / "commands" / f"{command}.py").exists(), command


def test_the_examples_agree_on_name_and_port():
    env = dict(line.split("=", 1) for line in (EXAMPLES / "tandem.env").read_text().splitlines() if line[0] != "#")
    assert env["TANDEM_URL"] == OWN
    for name in ("nginx.conf", "Caddyfile"):
        text = (EXAMPLES / name).read_text()
        assert NAME in text
        assert f"127.0.0.1:{env['PORT']}" in text
    unit = (EXAMPLES / "tandem.service").read_text()
    assert f"ReadWritePaths={env['TANDEM_VAR']}\n" in unit


def test_the_examples_let_through_as_much_as_tandem_takes_and_no_more():
    megabytes = {most // bodies.MEGABYTE for most in (bodies.ORDINARY, bodies.ADMIN[1], bodies.IMPORT[1])}
    nginx, caddy = ((EXAMPLES / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    assert {int(size) for size in re.findall(r"client_max_body_size (\d+)m;", nginx)} == megabytes
    assert {int(size) for size in re.findall(r"max_size (\d+)MB", caddy)} == megabytes
    for text in (nginx, caddy):
        assert bodies.IMPORT[0].decode() in text
    assert bodies.IMPORT[0].decode() == reverse("admin:knowledge_import_add")
    assert min(megabytes) * 10**6 > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert bodies.ADMIN[1] > max(pictures.LARGEST_FILE, tier_admin.LARGEST)
    assert f"{LARGEST_FILE >> 20} MB of file" in (ROOT / "docs" / "importing.md").read_text("utf-8")


# --- behind nginx ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/console/login/", "/admin/login/", "/widget.js", "/api/v1/docs/"])
def test_it_answers_by_tls_and_says_to_stay_there(machine, path):
    answer, text = machine.fetch(path)
    assert answer.status == 200, text
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize(
    ("path", "most"), [("/resume/", 3), ("/admin/login/", 22), ("/admin/knowledge/import/add/", 256)]
)
def test_nginx_takes_large_files_at_the_address_of_imports_only(machine, path, most):
    """Nginx says 413 by the length; what it lets through, Tandem refuses here for want of a cookie."""
    refused, text = machine.fetch(path, method="POST", headers={"Content-Length": str((most << 20) + 1)})
    assert (refused.status, "nginx" in text) == (413, True)
    if most < 256:
        answer, text = machine.fetch(path, method="POST", body="x" * ((most << 20) - 1000))
        assert "nginx" not in text
        assert answer.status in (400, 403, 413)


def test_plain_http_is_sent_to_tls(machine):
    answer = machine.fetch_plain("/console/", port=machine.http, come_from="127.0.0.1", headers={})
    assert (answer.status, answer.getheader("Location")) == (301, OWN + "/console/")


def test_there_is_no_demo(machine):
    answer, _text = machine.fetch("/")
    assert (answer.status, answer.getheader("Location")) == (302, "/help/")
    assert not (machine.folder / "var" / "demo.json").exists()


def test_what_is_kept_is_for_the_service_only(machine):
    # The weights are public, and a hard link into the package that brings them.
    kept = [path for path in (machine.folder / "var").rglob("*") if path.is_file() and path.stat().st_nlink == 1]
    assert kept
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in kept if path.stat().st_mode & 0o077} == {}


@pytest.mark.parametrize("path", ["/console/login/", "/admin/login/"])
def test_the_printed_login_works_and_its_cookies_are_secure(machine, login, path):
    page, _text = machine.fetch(path)
    assert "; Secure" in page.getheader("Set-Cookie")
    status, cookies, sent = log_in(machine, login, path)
    assert status == 302
    (session,) = (cookie for cookie in cookies if cookie.startswith("sessionid="))
    assert "; Secure" in session
    assert "; HttpOnly" in session
    answer, _text = machine.fetch("/console/" if "console" in path else "/admin/", headers={"Cookie": sent})
    assert answer.status == 200


def test_another_host_name_is_refused(machine):
    answer, _text = machine.fetch("/console/login/", headers={"Host": "evil.example"})
    assert answer.status in (301, 400, 421)


def test_the_widget_speaks_with_its_own_pages_only(machine, site):
    with machine.socket(WIDGET, origin=SHOP) as socket:
        welcome = Visitor(socket, site).hear("welcome", "error")
        assert (welcome["type"], welcome["site"]["name"]) == ("welcome", "Northpine")
    with machine.socket(WIDGET, origin="https://evil.example") as socket:
        assert Visitor(socket, site).hear("welcome", "error")["code"] == "bad_site"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        assert socket.close_code == 4403


def test_the_console_speaks_with_its_own_pages_only(machine, login):
    _status, _cookies, sent = log_in(machine, login, "/console/login/")
    with machine.socket(CONSOLE, origin=OWN, Cookie=sent) as socket:
        socket.send('{"type": "hello"}')
        assert json.loads(socket.recv(timeout=10))["type"] == "welcome"
    with machine.socket(CONSOLE, origin=SHOP, Cookie=sent) as socket:
        with contextlib.suppress(ConnectionClosed):
            socket.send('{"type": "hello"}')
            list(socket)
        assert socket.close_code == 4403


def first_words(machine, site, come_from: str, *, direct: bool = False, claimed: str = "") -> str:
    """A new visitor's first message: `ack` or `rate_limited`."""
    headers = {"X_Forwarded_For": claimed} if claimed else {}
    with machine.socket(WIDGET, origin=SHOP, come_from=come_from, direct=direct, **headers) as socket:
        visitor = Visitor(socket, site)
        visitor.hear("welcome")
        answer = visitor.say("Hello, do you deliver to Austria?")
        return answer.get("code", answer["type"])


def test_a_clients_address_is_the_one_that_nginx_saw_and_nobody_elses_word(machine, site):
    """New visitors are limited to two an hour from one address."""
    assert [first_words(machine, site, "127.0.0.2") for _ in range(3)] == ["ack", "ack", "rate_limited"]
    # Saying that one is somebody else does not help through the proxy,
    assert first_words(machine, site, "127.0.0.2", claimed="203.0.113.9") == "rate_limited"
    # another client of the proxy is another address,
    assert first_words(machine, site, "127.0.0.3") == "ack"
    # and past the proxy nobody's word is taken, neither to take another's place nor to leave one's own.
    assert first_words(machine, site, "127.0.0.4", direct=True, claimed="127.0.0.2") == "ack"
    assert first_words(machine, site, "127.0.0.4", direct=True, claimed="203.0.113.10") == "ack"
    assert first_words(machine, site, "127.0.0.4", direct=True, claimed="203.0.113.11") == "rate_limited"


def test_tls_is_believed_from_the_proxy_only(machine):
    told = {"X-Forwarded-Proto": "https"}
    believed = machine.fetch_plain("/healthz", port=machine.port, come_from="127.0.0.1", headers=told)
    stranger = machine.fetch_plain("/healthz", port=machine.port, come_from="127.0.0.5", headers=told)
    assert believed.getheader("Strict-Transport-Security")
    assert stranger.getheader("Strict-Transport-Security") is None


# --- keeping it -----------------------------------------------------------------------------------------------------


def test_backup_restore_and_upgrade_as_the_page_says(machine, site):
    with machine.socket(WIDGET, origin=SHOP, come_from="127.0.0.7") as socket:
        visitor = Visitor(socket, site)
        welcome = visitor.hear("welcome")
        assert visitor.say("Before the backup")["type"] == "ack"
        conversation = visitor.hear("conversation")["id"]
        machine.follow("7. ")
        saved = sorted((machine.folder / "backups").glob("tandem-*.tar.gz"))
        assert saved
        assert {path.stat().st_mode & 0o777 for path in saved} == {0o600}
        assert visitor.say("After the backup")["type"] == "ack"
    refused = machine.folder / "var"
    with pytest.raises(AssertionError, match="Tandem is running"):
        machine.run([str(machine.folder / "bin" / "tandem"), "restore", str(saved[-1])])
    assert not list(refused.glob("before-restore-*"))

    said = machine.follow("8. ", **{"tandem-20260131T031500Z__tar__gz": saved[-1].name})
    assert "Restored: " in said
    assert "FAULT" not in said
    with machine.socket(WIDGET, origin=SHOP, come_from="127.0.0.7") as socket:
        known = {"token": welcome["token"], "conversation": conversation, "epoch": welcome["epoch"], "after": 3}
        again = Visitor(socket, site, **known).hear("welcome", "error")
    assert again["type"] == "welcome"
    assert again["epoch"] != welcome["epoch"]
    assert again["reset"] is True
    said_by_visitor = [event["text"] for event in again["events"] if event["from"]["role"] == "visitor"]
    assert said_by_visitor == ["Before the backup"]

    said = machine.follow("9. ")
    assert "FAULT" not in said
    assert len(list((machine.folder / "backups").glob("tandem-*.tar.gz"))) > len(saved)
