"""Sets Tandem up on a machine that has nothing but Python, and returns at once where all is in place.

`make` runs it with any Python 3: `python3 supportsite/bootstrap.py run|dev|test`. It needs only the standard
library, and its grammar is one that Python 3.6 reads, to say that it is too old. A step that was needed says
its seconds. What goes wrong is one line: what it is, and how to mend it.
"""

import contextlib
import errno
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from typing import Any, Dict, Iterator, List, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
MEGABYTES = {"run": 900, "dev": 1500}  # of disk, as measured
STAMP, INSTALLING = ".tandem-lock", ".tandem-installing"
WIDEST = 160  # characters of an installer's own words that fit into our one line

# What the installers print, and which trouble it tells of; the first that fits counts.
SIGNS = {
    "full": ("No space left on device", "os error 28", "Disk quota exceeded"),
    "read-only": ("Read-only file system", "Permission denied", "os error 13", "os error 30"),
    "altered": ("ash mismatch", "DO NOT MATCH THE HASHES"),
    "offline": (
        "dns error",
        "name resolution",
        "error sending request",
        "ailed to connect",
        "onnection refused",
        "NewConnectionError",
        "unreachable",
        "imed out",
        "ProxyError",
        "tunnel error",
        "SSLError",
    ),
    "missing": (
        "not found in the package registry",
        "No matching distribution",
        "No solution found",
        "there is no version of",
        "no wheels with a matching",
        "no source distribution",
        "Failed to build",
    ),
}


class Trouble(Exception):
    """What keeps the set-up from going on: one line, with how to mend it."""


def require_python(version: Tuple[int, ...], where: str) -> None:
    """Refuse a Python that is too old, before anything that it could not run."""
    if tuple(version[:2]) < OLDEST:
        needed, found = ".".join(map(str, OLDEST)), ".".join(map(str, version[:3]))
        raise Trouble(
            f"Tandem needs Python {needed} or newer; this is {found} ({where}). Install python{needed} or set PYTHON=…"
        )


# What is in place


def fingerprint(kind: str, root: str) -> str:
    """What an environment is made from: the lock, the Python, and the folder, which its scripts name."""
    digest = hashlib.sha256(repr((sys.version_info[:2], root)).encode())
    with open(os.path.join(root, LOCKS[kind]), "rb") as lock:
        digest.update(lock.read())
    return digest.hexdigest()


def read_stamp(venv: str) -> Dict[str, Any]:
    """The note that the last complete installation left, or an empty one."""
    try:
        with open(os.path.join(venv, STAMP), encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: str, kind: str, root: str) -> None:
    """Note a complete installation; the file has its name only once the note is whole."""
    stamp = {"kind": kind, "root": root, "made_from": fingerprint(kind, root), "packages": packages(venv)}
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(stamp, file)
    os.replace(path + ".new", path)


def packages(venv: str) -> List[str]:
    """The names in site-packages."""
    found = glob.glob(os.path.join(venv, "lib", "python*", "site-packages"))
    return sorted(set(os.listdir(found[0])) - {"__pycache__"}) if found else []


def in_place(kind: str, venv: str, root: str) -> bool:
    """Whether what `kind` needs is installed, complete and from this lock. `dev` holds `run`."""
    stamp = read_stamp(venv)
    had = stamp.get("kind")
    return (
        had in (kind, "dev")
        and not os.path.exists(os.path.join(venv, INSTALLING))
        and stamp.get("made_from") == fingerprint(had, root)
        and is_whole(stamp, venv)
        and runs(interpreter(venv))
    )


def is_whole(stamp: Dict[str, Any], venv: str) -> bool:
    """Whether everything that was installed is still there; more may be."""
    return set(stamp.get("packages", [])) <= set(packages(venv))


def interpreter(venv: str) -> str:
    """The Python of an environment."""
    return os.path.join(venv, "bin", "python")


def runs(python: str) -> bool:
    """Whether this Python starts and is of the version that asks."""
    code = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        return subprocess.call([python, "-ISc", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


# Installing


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Print how long a step took, if it came to its end."""
    began = time.monotonic()
    yield
    print(f"{name:<34}{time.monotonic() - began:>6.1f} s", flush=True)


@contextlib.contextmanager
def alone(path: str) -> Iterator[None]:
    """Let one set-up at a time into this folder. Installers inherit the lock: they may outlive us."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open(path, "w", encoding="utf-8") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another set-up in this folder …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def failed(command: List[str], name: str, **more: str) -> str:
    """Run an installer, showing on a terminal what it does. Returns its last words if it failed, else ''."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,
        env=dict(environment(), **more),
        encoding="utf-8",
        errors="replace",
    ) as child:
        assert child.stdout is not None
        words = [shown(line, name) for line in child.stdout]
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    return ("".join(words[-60:]) or "it said nothing") if child.returncode else ""


def shown(line: str, name: str) -> str:
    """Show what an installer is at, in one line of the terminal that the next one replaces."""
    if sys.stdout.isatty() and line.strip().startswith(("Download", "Prepared", "Installed")):
        print(f"\r\033[K{name}: {line.strip()}"[:79], end="", flush=True)
    return line


def environment() -> Dict[str, str]:
    """What the installers are told. uv does not read pip's settings, so what they name is handed on."""
    known = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", UV_NO_PROGRESS="1")
    known.pop("VIRTUAL_ENV", None)
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if theirs in known:
            known.setdefault(ours, known[theirs])
    return known


def make_venv(venv: str) -> None:
    """Make the environment anew, without a pip in it: that would take longer than all the rest."""
    with step("virtual environment"):
        shutil.rmtree(venv, ignore_errors=True)
        words = failed([sys.executable, "-I", "-m", "venv", "--without-pip", venv], "virtual environment")
    if words:
        raise Trouble(explain(words))


def pip_install(venv: str, lock: str, name: str, *more: str) -> str:
    """Install a lock with pip: the one that Python carries as a wheel, or the machine's own."""
    options = ["--quiet", "--require-hashes", "--no-deps", "--retries", "2", "-r", lock]
    return failed([*pip(venv), "install", *options, *more], name)


def pip(venv: str) -> List[str]:
    """How to call a pip that works on this environment."""
    with contextlib.suppress(ImportError):
        import ensurepip

        bundled = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
        wheels = glob.glob(os.path.join(sysconfig.get_config_var("WHEEL_PKG_DIR") or bundled, "pip-*.whl"))
        if wheels:
            return [interpreter(venv), os.path.join(max(wheels), "pip")]
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if asked.returncode:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise Trouble(f"This Python cannot install packages. On Debian or Ubuntu: apt-get install {package}")
    return [sys.executable, "-m", "pip", "--python", interpreter(venv)]


def mirror(venv: str) -> Dict[str, str]:
    """The index that a settings file of pip names, said in uv's words."""
    if "PIP_INDEX_URL" in os.environ or "UV_DEFAULT_INDEX" in os.environ:
        return {}
    command = [*pip(venv), "config", "get", "global.index-url"]
    asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    return {"UV_DEFAULT_INDEX": asked.stdout.strip()} if asked.returncode == 0 else {}


def get_uv(venv: str, root: str) -> str:
    """The fast installer, from its own lock in a folder of its own, or '' where this machine has none."""
    folder, lock = os.path.join(venv, ".uv"), os.path.join(root, "requirements-uv.txt")
    uv = os.path.join(folder, "bin", "uv")
    with open(lock, encoding="utf-8") as file:
        version = file.readline().split()[0].split("==")[1]
    if os.path.exists(uv) and os.path.isdir(os.path.join(folder, f"uv-{version}.dist-info")):
        return uv
    with step("installer"):
        shutil.rmtree(folder, ignore_errors=True)
        words = pip_install(venv, lock, "installer", "--target", folder)
    if words and meaning(words) != "missing":
        raise Trouble(explain(words))
    return "" if words else uv


def install(kind: str, venv: str, root: str) -> None:
    """Make the environment hold exactly what the lock says; what an interruption left is made anew."""
    mark, stamp = os.path.join(venv, INSTALLING), read_stamp(venv)
    if stamp.get("root", root) != root or os.path.exists(mark) or not runs(interpreter(venv)):
        make_venv(venv)
    with open(mark, "w", encoding="utf-8"):
        pass
    uv = get_uv(venv, root)
    with step("packages"):
        words = sync(uv, os.path.join(root, LOCKS[kind]), venv, again=not is_whole(stamp, venv))
        if meaning(words) in ("offline", "missing", "altered"):  # found before anything was touched
            os.remove(mark)
        if words:
            raise Trouble(explain(words, kind))
    write_stamp(venv, kind, root)
    os.remove(mark)


def sync(uv: str, lock: str, venv: str, again: bool) -> str:
    """Install the lock with uv, or with pip where uv cannot. Returns what went wrong, or ''.

    `again` installs also what seems to be there: files were lost that its records do not miss.
    """
    words = "there is none for this machine"
    if uv:
        command = [uv, "pip", "sync", "--python", interpreter(venv), "--require-hashes", lock]
        words = failed([*command, "--reinstall"] if again else command, "packages", **mirror(venv))
    if not words or meaning(words):
        return words
    print(f"uv cannot be used ({gist(words)}); pip does it, which takes minutes …", flush=True)
    return pip_install(venv, lock, "packages", *(["--force-reinstall"] if again else []))


# Saying what is wrong


def meaning(words: str) -> str:
    """Which of the known troubles an installer's words tell of, or ''."""
    return next((trouble for trouble, signs in SIGNS.items() if any(sign in words for sign in signs)), "")


def explain(words: str, kind: str = "run") -> str:
    """One line for an installer's words: what is wrong and how to mend it."""
    trouble, said = meaning(words), gist(words)
    if trouble == "full":
        return f"The disk is full ({room()}). Free some: Tandem needs about {MEGABYTES[kind]} MB."
    if trouble == "read-only":
        return f"Tandem cannot write here ({said}). Give this user the folder {ROOT}, or use a copy elsewhere."
    if trouble == "altered":
        return f"A package is not the one that the lock names ({said}). Set PIP_INDEX_URL to another index."
    if trouble == "offline":
        mend = "Check the network; behind a proxy set HTTPS_PROXY, for a mirror of your own PIP_INDEX_URL."
        return f"The package index cannot be reached ({said}). {mend}"
    if trouble == "missing":
        mend = "Set PIP_INDEX_URL to an index that has it, or PYTHON to another Python."
        return f"A package cannot be had for this machine ({said}). {mend}"
    return f"The set-up failed: {said}"


def gist(words: str) -> str:
    """The line of an installer's words that says most, cut to a readable length."""
    lines = [line.strip(" ×│╰─▶├\t") for line in words.splitlines()]
    telling = [line for line in lines if meaning(line) == meaning(words) != ""]
    telling = telling or [line for line in lines if "rror" in line] or [line for line in lines if line]
    reason = re.search(r"\[Errno -?\d+\] ([^'\"]+)", telling[-1]) if telling else None
    return reason.group(1) if reason else (telling or ["no reason given"])[-1][:WIDEST].strip()


def room() -> str:
    """How much is free where we write: in this folder, and in the home with its caches."""
    free = [(shutil.disk_usage(place).free >> 20, place) for place in (ROOT, os.path.expanduser("~"))]
    return ", ".join(f"{megabytes} MB free in {place}" for megabytes, place in free)


def explain_refusal(error: OSError) -> str:
    """One line for what the system refused us."""
    known = {errno.ENOSPC: "No space left on device", errno.EROFS: "Read-only file system"}
    reason = "Permission denied" if isinstance(error, PermissionError) else str(error)
    return explain(f"{known.get(error.errno or 0, reason)}: {error.filename or ROOT}")


# The whole


def prepare(kind: str, root: str) -> None:
    """Put `.venv` and `var/` in place for `run` (the product) or `dev` (and its checks)."""
    var, venv = os.path.join(root, "var"), os.path.join(root, ".venv")
    os.makedirs(var, mode=0o700, exist_ok=True)
    if not os.access(var, os.W_OK):
        raise Trouble(explain(f"Permission denied: {var}"))
    if in_place(kind, venv, root):
        return
    with alone(os.path.join(var, "setup.lock")):
        if not in_place(kind, venv, root):
            keep = read_stamp(venv).get("kind") == "dev"
            install("dev" if keep else kind, venv, root)


def main(arguments: List[str]) -> int:
    """Prepare, or say in one line why not."""
    if arguments not in (["run"], ["dev"], ["test"]):
        print("usage: python3 supportsite/bootstrap.py run|dev|test", file=sys.stderr)
        return 2
    try:
        require_python(sys.version_info[:3], sys.executable)
        prepare("run" if arguments == ["run"] else "dev", ROOT)
        if arguments == ["test"]:
            machine = os.path.join(ROOT, "tests", "machine.py")
            return subprocess.call([interpreter(os.path.join(ROOT, ".venv")), machine])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except OSError as error:
        print(explain_refusal(error), file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped; the next make takes it up again.", file=sys.stderr)
        return 130
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
