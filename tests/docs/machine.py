"""A machine on which docs/install.md is followed: its commands are run as they stand, at paths and ports of a test."""

import contextlib
import datetime as dt
import http.client
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "support.example.com"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
# What the page asks of the machine itself, and a test cannot do to the one that it runs on.
GRANTED = ("apt-get", "adduser", "git", "make", "sudoedit")


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """Folders in place of /etc, /srv and the like; the service, and nginx with TLS in front of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.http, self.https = free_port(), free_port(), free_port()
        self.granted: list[str] = []
        self.told: dict[str, str] = {}
        self.service: subprocess.Popen[bytes] | None = None
        self.nginx: subprocess.Popen[bytes] | None = None
        for name in ("etc/systemd/system", "etc/nginx/sites-available", "etc/nginx/sites-enabled", "bin", "nginx"):
            (folder / name).mkdir(parents=True)
        for example in (ROOT / "docs" / "examples").iterdir():
            copy = folder / "examples" / example.name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(self.here(example.read_text("utf-8")), "utf-8")
            copy.chmod(0o755)
        self._make_certificate()
        self._write_nginx()

    def here(self, text: str) -> str:
        """The page's paths and ports, as they are on this machine."""
        for theirs, ours in (
            ("/srv/tandem/app/docs/examples", f"{self.folder}/examples"),
            ("/srv/tandem/app", str(ROOT)),
            ("/srv/tandem/var", f"{self.folder}/var"),
            ("/var/backups/tandem", f"{self.folder}/backups"),
            (f"/etc/letsencrypt/live/{NAME}", f"{self.folder}/tls"),
            ("/etc/", f"{self.folder}/etc/"),
            ("/usr/local/bin/", f"{self.folder}/bin/"),
            ("PORT=8000", f"PORT={self.port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            ("listen 80;", f"listen 127.0.0.1:{self.http};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.https} ssl;"),
        ):
            text = text.replace(theirs, ours)
        return re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)

    # --- the page's commands

    def follow(self, section: str, **changed: str) -> str:
        """Run the commands of the section whose heading begins so; returns what they said."""
        said = ""
        for command in commands_of(section):
            for theirs, ours in changed.items():
                command = command.replace(theirs.replace("__", "."), ours)
            said += self.do(self.here(command))
        return said

    def do(self, command: str) -> str:
        """One command, without sudo."""
        words = shlex.split(command)
        if words[0] == "sudo":
            words = words[3:] if words[1] == "-u" else words[1:]
        if words[0] in GRANTED:
            self.granted.append(words[0])
            return ""
        if words[0] == "systemctl":
            return self._systemctl(*words[1:])
        if words[0] == "nginx":
            words = self._nginx_command(*words[1:])
        if words[0] == "install":
            words = _without_owner(words)
        return self.run(words)

    def run(self, words: list[str]) -> str:
        """Run a program to its end, which must be a good one."""
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": str(self.folder), "CURL_HOME": str(self.folder)}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{shlex.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def _systemctl(self, *words: str) -> str:
        match [word for word in words if word != "--now"]:
            case ["daemon-reload"]:
                pass
            case ["enable" | "start", "tandem"]:
                self.start()
            case ["stop", "tandem"]:
                self.stop()
            case ["restart", "tandem"]:
                self.stop()
                self.start()
            case ["reload", "nginx"]:
                self.start_nginx()
            case ["enable", "tandem-backup.timer"]:
                assert "OnCalendar" in (self.folder / "etc/systemd/system/tandem-backup.timer").read_text()
            case ["start", "tandem-backup"]:
                unit = self.unit("tandem-backup")
                return self.run(shlex.split(unit["ExecStart"])) + self.run(shlex.split(unit["ExecStartPost"]))
            case _:
                raise AssertionError(f"no such command: systemctl {shlex.join(words)}")
        return ""

    def unit(self, name: str) -> dict[str, str]:
        """The fields of an installed unit."""
        text = (self.folder / f"etc/systemd/system/{name}.service").read_text("utf-8")
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))

    # --- the service and nginx

    def start(self) -> None:
        """Start the service as its unit says, and wait until it is ready."""
        unit = self.unit("tandem")
        lines = Path(unit["EnvironmentFile"]).read_text("utf-8").splitlines()
        environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        log = self.folder / "tandem.log"
        with log.open("wb") as out:
            self.service = subprocess.Popen(
                shlex.split(unit["ExecStart"]),
                cwd=unit["WorkingDirectory"],
                env={"PATH": os.environ["PATH"], **environment},
                umask=int(unit["UMask"], 8),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + 90
        while "\nready after" not in log.read_text("utf-8"):
            assert self.service.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as systemd would; it must end well and in time."""
        assert self.service
        self.service.send_signal(signal.SIGTERM)
        assert self.service.wait(int(self.unit("tandem")["TimeoutStopSec"])) == 0
        self.service = None

    def start_nginx(self) -> None:
        """Start nginx with what is enabled, and wait until it listens."""
        self.nginx = subprocess.Popen(self._nginx_command(), stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.https)):
                return
            assert self.nginx.poll() is None, "nginx does not start"
            assert time.monotonic() < end, "nginx does not listen"
            time.sleep(0.05)

    def end(self) -> None:
        """End what was started here."""
        for process in (self.nginx, self.service):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _nginx_command(self, *options: str) -> list[str]:
        return [NGINX, "-p", f"{self.folder}/nginx", "-c", f"{self.folder}/nginx/nginx.conf", *options]

    def _write_nginx(self) -> None:
        temporary = "".join(
            f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""  # a worker as nobody may not enter a test's folder
        (self.folder / "nginx" / "nginx.conf").write_text(
            f"{user}daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}include {self.folder}/etc/nginx/sites-enabled/*;\n}}\n"
        )

    def _make_certificate(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        tls = self.folder / "tls"
        tls.mkdir()
        (tls / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8
        plain = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        (tls / "privkey.pem").write_bytes(plain)
        route = f"{NAME}:443:127.0.0.1:{self.https}"
        options = (
            "silent",
            "show-error",
            'noproxy = "*"',
            f'cacert = "{tls}/fullchain.pem"',
            f'connect-to = "{route}"',
        )
        (self.folder / ".curlrc").write_text("\n".join(options))
        self.trust = ssl.create_default_context(cafile=str(tls / "fullchain.pem"))

    # --- somebody who comes by

    def fetch(
        self, path: str, *, method: str = "GET", body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        """One request by TLS, through nginx."""
        connection = Secure(self)
        try:
            connection.request(method, path, body, {"Host": NAME, **(headers or {})})
            answer = connection.getresponse()
            return answer, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def fetch_plain(self, path: str, *, port: int, come_from: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """One request without TLS, from an address of this machine."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(come_from, 0))
        try:
            connection.request("GET", path, headers={"Host": NAME, **headers})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    @contextlib.contextmanager
    def socket(
        self, path: str, *, origin: str, come_from: str = "127.0.0.1", direct: bool = False, **headers: str
    ) -> Iterator[ClientConnection]:
        """A WebSocket by TLS through nginx, or `direct`ly to the service."""
        port = self.port if direct else self.https
        ours = socket.create_connection(("127.0.0.1", port), 20, (come_from, 0))
        options: dict[str, Any] = {} if direct else {"ssl": self.trust, "server_hostname": NAME}
        address = f"{'ws' if direct else 'wss'}://{NAME}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with connect(  # type: ignore[arg-type]
            address, sock=ours, origin=origin, additional_headers=named, proxy=None, open_timeout=60, **options
        ) as opened:
            yield opened


class Secure(http.client.HTTPSConnection):
    """HTTPS to a name that no name server knows."""

    def __init__(self, machine: Machine) -> None:
        super().__init__("127.0.0.1", machine.https, timeout=30, context=machine.trust)
        self.trust = machine.trust

    def connect(self) -> None:
        """As http.client does, but asking for the certificate of our name."""
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self.trust.wrap_socket(plain, server_hostname=NAME)


def commands_of(section: str) -> list[str]:
    """The commands in a section's blocks of sh."""
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    parts = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    (text,) = (part for part in parts if part.startswith(section))
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def _without_owner(words: list[str]) -> list[str]:
    """`install` without -o and -g: a test has no other users."""
    kept, skip = [], False
    for word in words:
        if skip or word in ("-o", "-g"):
            skip = not skip
            continue
        kept.append(word)
    return kept
