"""PostgreSQL and Redis of the tests' own: started in a temporary folder, ended by them; never the system's service.

PostgreSQL refuses to run as root: a user who may nothing else runs it then (Debian's package makes `postgres`).
"""

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

READY_WITHIN_S = 30.0
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
# Those of this run's tests, where they run on servers (tests/on_servers.py).
running: "Servers | None" = None
UNPRIVILEGED = ("postgres", "nobody")


class Missing(Exception):
    """What has to be installed before these servers can run."""


@dataclass(frozen=True)
class Servers:
    """Both, as Tandem's settings name them."""

    folder: Path
    database_url: str
    redis_url: str
    redis_pid: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def freeze_redis(self) -> None:
        """Let it take connections and answer nothing."""
        os.kill(self.redis_pid, signal.SIGSTOP)

    def thaw_redis(self) -> None:
        """Let it go on."""
        os.kill(self.redis_pid, signal.SIGCONT)

    @property
    def settings(self) -> dict[str, str]:
        """What a process of Tandem is given in its environment."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, "TANDEM_SECRET_KEY": "of-the-tests" * 4}

    def another(self) -> "Servers":
        """The same servers with an empty database and a place in Redis of its own."""
        number = next(self.numbers)
        _psql(_url(self.folder, "postgres"), f"CREATE DATABASE tandem{number}")
        redis_url = f"{self.redis_url.rsplit('/', 1)[0]}/{number}"
        return replace(self, database_url=_url(self.folder, f"tandem{number}"), redis_url=redis_url)


def missing() -> list[str]:
    """The Debian packages whose programs are not here."""
    wanted = {"postgresql": _postgresql("initdb"), "redis-server": shutil.which("redis-server")}
    return [package for package, program in wanted.items() if not program]


@contextlib.contextmanager
def servers(*, durable: bool = True) -> Iterator[Servers]:
    """Both servers, gone at the end. Without `durable` PostgreSQL waits for no disk. Raises Missing."""
    if packages := missing():
        raise Missing(f"not here: {' '.join(packages)}. On Debian or Ubuntu: apt-get install {' '.join(packages)}")
    # A socket's path may have 107 bytes: not below pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="tandem-servers-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        user = _user()
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        database_url = stack.enter_context(_postgres(folder, user, durable=durable))
        redis_url, pid = stack.enter_context(redis(folder))
        yield Servers(folder, database_url, redis_url, pid)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[tuple[str, int]]:
    """A Redis that keeps nothing; its URL and process id."""
    program = shutil.which("redis-server")
    if not program:
        raise Missing("redis-server is not here. On Debian or Ubuntu: apt-get install redis-server")
    port = _free_port()
    command: list[str] = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--databases", "256", "--dir", str(folder)]
    process = _start(command, folder / "redis.log")
    try:
        _wait(process, lambda: _accepts(port), folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0", process.pid
    finally:
        _end(process, signal.SIGTERM)


@contextlib.contextmanager
def _postgres(folder: Path, user: pwd.struct_passwd | None, *, durable: bool) -> Iterator[str]:
    initdb, server = _postgresql("initdb"), _postgresql("postgres")
    assert initdb
    assert server
    data, log = folder / "postgresql", folder / "postgresql.log"
    _run([initdb, "-D", data, "-U", "tandem", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], user)
    said = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": 200, "shared_buffers": "64MB"}
    if not durable:
        said |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in said.items() for part in ("-c", f"{name}={value}")]
    process = _start([server, "-D", data, *options], log, user)
    try:
        _wait(process, lambda: (folder / ".s.PGSQL.5432").exists() and _answers(folder), log)
        _psql(_url(folder, "postgres"), "CREATE DATABASE tandem")
        yield _url(folder, "tandem")
    finally:
        _end(process, signal.SIGINT)  # "fast": connections are closed


def _psql(url: str, statement: str) -> None:
    _run([_postgresql("psql"), "--quiet", "--no-psqlrc", url, "-c", statement])


def _url(folder: Path, name: str) -> str:
    return f"postgresql://tandem@/{name}?host={folder}"


def _postgresql(program: str) -> Path | None:
    """One of PostgreSQL's programs, of its newest version here."""
    placed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = placed[-1] if placed else shutil.which(program)
    return Path(found) if found else None


def _user() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL where we are root, and may nothing else; None where we are not."""
    if os.geteuid():
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Missing("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'")


def _start(command: Sequence[object], log: Path, user: pwd.struct_passwd | None = None) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            start_new_session=True,
            preexec_fn=_end_with_us,
            **_as(user),
        )


def _end_with_us() -> None:
    """In the child: who is killed leaves no server behind (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _run(command: Sequence[object], user: pwd.struct_passwd | None = None) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False, **_as(user))
    assert not done.returncode, f"{words[0]}: {done.stdout}{done.stderr}"


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _wait(process: subprocess.Popen[bytes], is_there: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while not is_there():
        assert process.poll() is None, f"it ended:\n{log.read_text(errors='replace')[-2000:]}"
        assert time.monotonic() < end, f"it did not get ready:\n{log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.05)


def _answers(folder: Path) -> bool:
    command = [str(_postgresql("psql")), "--quiet", "--no-psqlrc", _url(folder, "postgres"), "-c", "SELECT 1"]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
